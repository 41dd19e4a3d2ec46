/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl print job: a document, or what another program has made. */
#include "cli/act.h"
#include "cli/policy_file.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PRINT_JOB_MAX	 ((size_t)48 * 1024) /* what the daemon takes */
#define PRINT_JOB_BASE64 (PRINT_JOB_MAX / 3 * 4 + 4)

static enum cli_exit print_job_read(const char *path, struct buf *out)
{
	bool is_input = !strcmp(path, "-");
	CLEANUP_FILE FILE *file = is_input ? NULL : fopen(path, "re");
	FILE *from = is_input ? stdin : file;
	uint8_t part[4096];
	size_t len;

	if (!from)
		return cli_misuse("%s: %s", path, strerror(errno));
	while ((len = fread(part, 1, sizeof(part), from)) > 0)
		buf_add(out, part, len);
	if (ferror(from))
		return cli_misuse("%s: %s", path, strerror(errno));
	if (out->failed)
		return cli_misuse(
			_("%s is longer than a job may be: %zu bytes."), path,
			PRINT_JOB_MAX);
	return CLI_EXIT_DONE;
}

/* Base64 (RFC 4648, section 4). */
static void print_job_encode(const struct buf *job, struct buf *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789+/";

	for (size_t at = 0; at < job->len; at += 3) {
		size_t left = job->len - at;
		uint32_t bits = (uint32_t)job->data[at] << 16;

		bits |= left > 1 ? (uint32_t)job->data[at + 1] << 8 : 0;
		bits |= left > 2 ? job->data[at + 2] : 0;
		for (size_t i = 0; i < 4; i++)
			buf_add_byte(
				out,
				i > left
					? (uint8_t)'='
					: (uint8_t)digits[bits >> (18 - 6 * i) &
							  0x3f]);
	}
}

static enum cli_exit print_job_make_raw(const char *path, const char *language,
					json_t **out_body)
{
	CLEANUP(buf_cleanup) struct buf job = BUF_INIT(PRINT_JOB_MAX);
	CLEANUP(buf_cleanup) struct buf data = BUF_INIT(PRINT_JOB_BASE64);
	enum cli_exit exit;
	json_t *raw;

	if (strcmp(language, "escpos") != 0 && strcmp(language, "star") != 0)
		return cli_misuse(_("The language is escpos or star."));
	exit = print_job_read(path, &job);
	if (exit)
		return exit;
	print_job_encode(&job, &data);
	raw = json_put_text(json_make(), "language", language);
	json_put_text(raw, "data", buf_text(&data));
	*out_body = json_put(json_make(), "raw", raw);
	return CLI_EXIT_DONE;
}

/* A file that can be read and still is no document is most likely one of those
 * that other programs make. */
static enum cli_exit print_job_make_document(const char *path,
					     json_t **out_body)
{
	enum cli_exit exit = policy_file_read(path, out_body);

	if (exit && (!strcmp(path, "-") || !access(path, R_OK)))
		say_note(_("Of what another program has made say the language: "
			   "tillctl print job %s escpos (or star)."),
			 path);
	return exit;
}

enum cli_exit verb_print_job(struct cli *cli, const char *const *words,
			     size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body = NULL;
	enum cli_exit exit =
		count > 1 ? print_job_make_raw(words[0], words[1], &body)
			  : print_job_make_document(words[0], &body);

	if (!exit)
		exit = cli_sign_in(cli);
	if (exit)
		return exit;
	if (cli->args->reference)
		json_put_text(body, "reference", cli->args->reference);
	client_add_path(&path, "/v1/tills/{}/jobs", cli->till);
	return act_run(cli, buf_text(&path), body, NULL);
}
