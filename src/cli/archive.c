/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl journal segments, journal archive, backup. */
#include "cli/output.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ARCHIVE_PATIENCE_S 600

/* --- segments --- */

static void archive_add(struct table *table, const json_t *segment)
{
	CLEANUP_FREE char *first =
		alloc_format("%" PRId64, json_int(segment, "first", 0));
	CLEANUP_FREE char *last =
		alloc_format("%" PRId64, json_int(segment, "last", 0));

	table_add(table, first);
	table_add(table, last);
	table_add(table, json_text(segment, "file"));
	table_add(table, json_text(segment, "sha256"));
}

/* What could be archived by its age, but is still asked for. */
static void archive_tell_kept(const json_t *page)
{
	const char *why = json_text(page, "kept_for");

	if (why)
		say_note("Entries from %" PRId64 " on stay: a%s %s is open.",
			 json_int(page, "kept_from", 0), *why == 'o' ? "n" : "",
			 why);
}

static void archive_print(const json_t *page)
{
	static const char *const headings[] = { "FIRST", "LAST", "FILE",
						"SHA-256", NULL };
	const json_t *segments = json_object_get(page, "segments"), *segment;
	struct table *table = table_new(headings);
	size_t i;

	json_array_foreach (segments, i, segment)
		archive_add(table, segment);
	table_print(table, stdout);
	table_free(table);
	if (!json_array_size(segments))
		say_note(_("No archived segments."));
	archive_tell_kept(page);
}

enum cli_exit verb_list_segments(struct cli *cli, const char *const *words,
				 size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	(void)words;
	(void)count;
	client_add_path(&path, "/v1/journal/segments");
	exit = cli_get_page(cli, &path, &answer);
	if (!exit && cli_prints(cli))
		archive_print(answer.json);
	return exit;
}

/* --- archive --- */

enum cli_exit verb_archive_journal(struct cli *cli, const char *const *words,
				   size_t count)
{
	CLEANUP_JSON json_t *body = json_make();
	char entries[SAY_COUNT_SIZE], segments[SAY_COUNT_SIZE];
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	(void)words;
	(void)count;
	if (cli->args->keep_days >= 0)
		json_put_int(body, "keep_days", cli->args->keep_days);
	cli_sign_in_if_kept(cli);
	exit = cli_call(cli,
			&(struct client_request){
				.method = "POST",
				.path = "/v1/journal/archive",
				.body = body,
				.patience = ARCHIVE_PATIENCE_S,
			},
			&answer);
	if (exit || !cli_prints(cli))
		return exit;
	say_count(entries, json_int(answer.json, "entries", 0), "entry",
		  "entries");
	say_count(segments, json_int(answer.json, "segments", 0), "segment",
		  "segments");
	printf("Archived: %s in %s.\n", entries, segments);
	if (!json_int(answer.json, "segments", 0))
		say_note(_("What is not old enough, not sealed yet or still "
			   "asked for stays: see tillctl journal segments."));
	return exit;
}

/* --- backup --- */

/* "Database File Format", section 1.3: page size and their number, big-endian,
 * and the id of our application. */
#define BACKUP_HEAD	   100
#define BACKUP_AT_PAGE	   16
#define BACKUP_AT_PAGES	   28
#define BACKUP_AT_ID	   68
#define BACKUP_APPLICATION 0x74696c6c
#define BACKUP_SEAL	   159 /* bytes behind it: store/backup.h */

struct backup_file {
	FILE *out;
	uint8_t head[BACKUP_HEAD];
	int64_t len;
	int error; /* the errno of writing it */
};

static bool backup_take(void *arg, const void *bytes, size_t len)
{
	struct backup_file *file = arg;

	for (size_t i = 0; i < len && file->len + (int64_t)i < BACKUP_HEAD; i++)
		file->head[file->len + (int64_t)i] =
			((const uint8_t *)bytes)[i];
	file->len += (int64_t)len;
	fwrite(bytes, 1, len, file->out);
	file->error = errno;
	return !ferror(file->out);
}

static uint32_t backup_number(const struct backup_file *file, size_t at,
			      size_t len)
{
	uint32_t number = 0;

	for (size_t i = 0; i < len; i++)
		number = number << 8 | file->head[at + i];
	return number;
}

/* All pages that the first one says there are, and the seal. */
static bool backup_is_whole(const struct backup_file *file)
{
	int64_t page = backup_number(file, BACKUP_AT_PAGE, 2);

	if (file->len < BACKUP_HEAD ||
	    backup_number(file, BACKUP_AT_ID, 4) != BACKUP_APPLICATION)
		return false;
	if (page == 1)
		page = 65536;
	return page * backup_number(file, BACKUP_AT_PAGES, 4) + BACKUP_SEAL ==
	       file->len;
}

static enum cli_exit backup_fetch(struct cli *cli, struct backup_file *file)
{
	CLEANUP_JSON json_t *nothing = json_make();
	struct client_request request = {
		.method = "POST",
		.path = "/v1/backup",
		.body = nothing,
		.sink = backup_take,
		.sink_arg = file,
		.endless = true,
	};
	CLI_ANSWER answer = { 0 };
	int r;

	cli_sign_in_if_kept(cli);
	r = client_send(cli_client(cli), &request, &answer);
	if (r == CLIENT_E_STOPPED) {
		say_error(_("The backup could not be written: %s."),
			  strerror(file->error));
		return CLI_EXIT_OUTPUT;
	}
	if (r)
		return cli_tell_error(cli, r);
	if (answer.status != 200)
		return cli_tell_answer(cli, &answer);
	if (backup_is_whole(file))
		return CLI_EXIT_DONE;
	say_error(_(
		"The backup was cut short, and is worth nothing; try again."));
	return CLI_EXIT_OUTPUT;
}

/* So that it can be encrypted before it lies anywhere. */
static enum cli_exit backup_to_output(struct cli *cli)
{
	struct backup_file file = { .out = stdout };
	enum cli_exit exit = backup_fetch(cli, &file);

	if (!exit && fflush(stdout)) {
		say_error(_("The backup could not be written: %s."),
			  strerror(errno));
		exit = CLI_EXIT_OUTPUT;
	}
	if (!exit)
		say_note("The backup has %" PRId64 " bytes. Keys are not in "
			 "it: keep those apart.",
			 file.len);
	return exit;
}

enum cli_exit verb_take_backup(struct cli *cli, const char *const *words,
			       size_t count)
{
	struct backup_file file = { 0 };
	enum cli_exit exit;

	(void)count;
	if (!strcmp(words[0], "-"))
		return backup_to_output(cli);
	file.out = output_open(words[0]);
	if (!file.out)
		return CLI_EXIT_OUTPUT;
	exit = output_keep(file.out, words[0], backup_fetch(cli, &file),
			   CLI_EXIT_DONE);
	if (fclose(file.out) && !exit)
		exit = CLI_EXIT_OUTPUT;
	if (!exit && cli_prints(cli))
		printf("The backup is in %s: %" PRId64 " bytes. Keys are not "
		       "in it: keep those apart.\n",
		       words[0], file.len);
	return exit;
}
