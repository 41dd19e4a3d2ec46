/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl journal verify: the daemon's own, or files, without a daemon. */
#include "cli/proof.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void verify_print_place(const json_t *verdict)
{
	const char *file = json_text(verdict, "file");

	printf(" (");
	if (file) {
		say_clean(stdout, file);
		printf(", ");
	}
	printf("line %" PRId64 ")", json_int(verdict, "line", 0));
}

static void verify_print_archived(int64_t archived)
{
	char entries[SAY_COUNT_SIZE];

	say_count(entries, archived, "entry is", "entries are");
	printf("\n%s in the archive, and their signed heads stand here.",
	       entries);
}

static void verify_print_verdict(const json_t *verdict)
{
	const char *sentence = json_text(verdict, "sentence");
	const char *fingerprint = json_text(verdict, "fingerprint");
	char entries[SAY_COUNT_SIZE], seals[SAY_COUNT_SIZE];
	char unsealed[SAY_COUNT_SIZE];

	say_count(entries, json_int(verdict, "entries", 0), "entry", "entries");
	say_count(seals, json_int(verdict, "seals", 0), "seal that holds",
		  "seals that hold");
	say_count(unsealed, json_int(verdict, "unsealed", 0), "entry",
		  "entries");
	say_clean(stdout, sentence ? sentence : "?");
	if (!json_flag(verdict, "sound"))
		verify_print_place(verdict);
	if (json_int(verdict, "archived", 0))
		verify_print_archived(json_int(verdict, "archived", 0));
	printf("\n%s, %s, %s since the last\n", entries, seals, unsealed);
	if (!fingerprint || !*fingerprint)
		return;
	fputs("Key fingerprint (SHA-256): ", stdout);
	say_clean(stdout, fingerprint);
	putchar('\n');
}

static enum cli_exit verify_tell_verdict(const struct cli *cli,
					 const json_t *verdict)
{
	if (cli_prints(cli))
		verify_print_verdict(verdict);
	return json_flag(verdict, "sound") ? CLI_EXIT_DONE : CLI_EXIT_JOURNAL;
}

static enum cli_exit verify_ask_daemon(struct cli *cli)
{
	CLEANUP_JSON json_t *nothing = json_make();
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	cli_sign_in_if_kept(cli);
	exit = cli_call(cli,
			&(struct client_request){
				.method = "POST",
				.path = "/v1/journal/verify",
				.body = nothing,
				.patience = 600,
			},
			&answer);
	return exit ? exit : verify_tell_verdict(cli, answer.json);
}

static int verify_read(struct proof *proof, const char *path)
{
	bool is_input = !strcmp(path, "-");
	CLEANUP_FD int fd =
		is_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : proof_read(proof, fd);
}

/* One after the other, as one journal. */
static enum cli_exit verify_read_all(struct proof *proof,
				     const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int r;

		if (i)
			proof_next(proof);
		r = verify_read(proof, paths[i]);
		if (r)
			return cli_misuse("%s: %s", paths[i], strerror(-r));
	}
	return CLI_EXIT_DONE;
}

static enum cli_exit verify_tell(const struct cli *cli, const json_t *told)
{
	if (!cli_prints(cli)) {
		CLEANUP_FREE char *line = json_line(told);

		say_json_text(stdout, line, strlen(line));
	} else if (!cli->args->key && json_flag(told, "sound")) {
		say_note(_(
			"Compare the whole fingerprint with that of your box "
			"(tillctl journal verify prints it there), or give it "
			"with --key."));
	}
	return verify_tell_verdict(cli, told);
}

static enum cli_exit verify_files(struct cli *cli, const char *const *paths,
				  size_t count)
{
	const char *key = cli->args->key;
	uint8_t public[PROOF_KEY_SIZE];
	struct journal_verdict verdict;
	CLEANUP_JSON json_t *told = NULL;
	struct proof *proof;
	enum cli_exit exit;

	if (key && !proof_read_key(key, public))
		return cli_misuse(_("--key takes the 64 hexadecimal digits of "
				    "the public key or of its fingerprint, or "
				    "the path of a seal.pub."));
	proof = proof_new(key ? public : NULL);
	exit = verify_read_all(proof, paths, count);
	verdict = proof_end(proof);
	proof_free(proof);
	if (exit)
		return exit;
	told = proof_tell(&verdict);
	if (count > 1 && verdict.fault)
		json_put_text(told, "file", paths[verdict.file]);
	return verify_tell(cli, told);
}

enum cli_exit verb_verify_journal(struct cli *cli, const char *const *words,
				  size_t count)
{
	if (!count && cli->args->key)
		return cli_misuse(_("--key goes with a FILE."));
	return count ? verify_files(cli, words, count) : verify_ask_daemon(cli);
}
