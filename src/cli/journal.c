/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl journal list, export, verify. */
#include "cli/entry.h"
#include "cli/proof.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* --- list --- */

static void journal_add(struct table *table, const json_t *entry,
			const struct entry_context *context)
{
	CLEANUP_FREE char *seq =
		alloc_format("%" PRId64, json_int(entry, "seq", 0));
	CLEANUP_FREE char *who = entry_who(entry, context);
	CLEANUP_FREE char *details = entry_details(entry, context);
	const char *at = json_text(entry, "time");
	char time[SAY_TIME_SIZE];

	say_time(at ? at : "", time);
	table_add(table, seq);
	table_add(table, time);
	table_add(table, json_text(entry, "till"));
	table_add(table, entry_what(entry));
	table_add(table, who);
	table_add(table, details);
}

static bool journal_has_amount(const json_t *entries)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (entries, i, entry)
		if (json_object_get(json_object_get(entry, "parameters"),
				    "amount") ||
		    json_object_get(json_object_get(entry, "result"), "amount"))
			return true;
	return false;
}

static void journal_print(struct cli *cli, const json_t *page)
{
	static const char *const headings[] = { "SEQ",	"TIME", "TILL",
						"WHAT", "WHO",	"DETAILS",
						NULL };
	const json_t *entries = json_object_get(page, "entries"), *entry;
	CLEANUP_JSON json_t *currencies =
		journal_has_amount(entries) ? cli_list_currencies(cli) : NULL;
	struct entry_context context = {
		.names = json_object_get(page, "names"),
		.currencies = currencies,
		.ids = args_has(cli->args, OPTION_OPERATION),
	};
	struct table *table = table_new(headings);
	size_t i;

	json_array_foreach (entries, i, entry)
		journal_add(table, entry, &context);
	table_print(table, stdout);
	table_free(table);
	if (!json_array_size(entries))
		say_note("No entries.");
}

enum cli_exit verb_list_journal(struct cli *cli, const char *const *words,
				size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	const struct args *args = cli->args;
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	(void)words;
	(void)count;
	if (!args->limit)
		return cli_misuse("--limit takes 1 to 1000.");
	cli_sign_in_if_kept(cli);
	client_add_path(&path, "/v1/journal");
	client_add_query(&path, "kind", args->kind);
	client_add_query(&path, "till", args->till);
	client_add_query(&path, "operation", args->operation);
	client_add_query(&path, "order",
			 args_has(args, OPTION_NEWEST) ? "newest" : "oldest");
	if (args->limit > 0)
		client_add_query_int(&path, "limit", args->limit);
	if (args->after >= 0)
		client_add_query_int(&path, "after", args->after);
	exit = cli_get(cli, buf_text(&path), &answer);
	if (!exit && cli_prints(cli))
		journal_print(cli, answer.json);
	return exit;
}

/* --- export --- */

struct journal_export {
	struct proof *proof;
	FILE *out;
	bool shown; /* on a terminal */
	int error;  /* the errno of writing it */
};

static bool journal_take(void *arg, const void *bytes, size_t len)
{
	struct journal_export *export = arg;

	proof_feed(export->proof, bytes, len);
	if (export->shown)
		proof_show(export->out, bytes, len);
	else
		fwrite(bytes, 1, len, export->out);
	export->error = errno;
	return !ferror(export->out);
}

static enum cli_exit journal_fetch(struct cli *cli,
				   struct journal_export *export)
{
	struct client_request request = {
		.method = "GET",
		.path = "/v1/journal/export",
		.sink = journal_take,
		.sink_arg = export,
		.endless = true,
	};
	CLI_ANSWER answer = { 0 };
	int r;

	cli_sign_in_if_kept(cli);
	r = client_send(cli_client(cli), &request, &answer);
	if (r == CLIENT_E_STOPPED) {
		if (export->out != stdout || say_end() != SAY_UNREAD)
			say_error("The journal could not be written: %s.",
				  strerror(export->error));
		return CLI_EXIT_OUTPUT;
	}
	if (r)
		return cli_tell_error(cli, r);
	return answer.status == 200 ? CLI_EXIT_DONE
				    : cli_tell_answer(cli, &answer);
}

/* Told on standard error: the journal itself may be on standard output. */
static enum cli_exit journal_end_export(struct journal_export *export)
{
	struct journal_verdict verdict = proof_end(export->proof);
	char entries[SAY_COUNT_SIZE];

	say_count(entries, verdict.entries, "entry", "entries");
	say_note("%s %s.", journal_fault_text(verdict.fault), entries);
	if (*verdict.fingerprint)
		say_note("Key fingerprint (SHA-256): %s", verdict.fingerprint);
	return verdict.fault == JOURNAL_SOUND ? CLI_EXIT_DONE
					      : CLI_EXIT_JOURNAL;
}

static enum cli_exit journal_export_to(struct cli *cli, FILE *out)
{
	struct journal_export export = {
		.proof = proof_new(NULL),
		.out = out,
		.shown = isatty(fileno(out)),
	};
	enum cli_exit exit = journal_fetch(cli, &export);

	if (!exit)
		exit = journal_end_export(&export);
	proof_free(export.proof);
	return exit;
}

/* Safely there, or not at all. */
static enum cli_exit journal_keep_file(FILE *file, const char *path,
				       enum cli_exit exit)
{
	bool written = !fflush(file) && !fsync(fileno(file));

	if (!exit && !written) {
		say_error("%s can't be written: %s.", path, strerror(errno));
		exit = CLI_EXIT_OUTPUT;
	}
	/* What is not sound is kept: it is evidence of just that. */
	if (exit && exit != CLI_EXIT_JOURNAL)
		unlink(path);
	return exit;
}

static enum cli_exit journal_refuse_file(const char *path, int error)
{
	switch (error) {
	case EEXIST:
	case ELOOP:
		say_error("%s is there already, and nothing is written over: "
			  "take another name.",
			  path);
		break;
	case ENOENT:
	case ENOTDIR:
		say_error("There is no folder for %s.", path);
		break;
	default:
		say_error("%s can't be written: %s.", path, strerror(error));
	}
	return CLI_EXIT_OUTPUT;
}

enum cli_exit verb_export_journal(struct cli *cli, const char *const *words,
				  size_t count)
{
	CLEANUP_FILE FILE *file = NULL;
	int fd;

	if (!count || !strcmp(words[0], "-"))
		return journal_export_to(cli, stdout);
	fd = open(words[0],
		  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		return journal_refuse_file(words[0], errno);
	return journal_keep_file(file, words[0], journal_export_to(cli, file));
}

/* --- verify --- */

static void journal_print_verdict(const json_t *verdict)
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
		printf(" (line %" PRId64 ")", json_int(verdict, "line", 0));
	printf("\n%s, %s, %s since the last\n", entries, seals, unsealed);
	if (!fingerprint || !*fingerprint)
		return;
	fputs("Key fingerprint (SHA-256): ", stdout);
	say_clean(stdout, fingerprint);
	putchar('\n');
}

static enum cli_exit journal_tell_verdict(const struct cli *cli,
					  const json_t *verdict)
{
	if (cli_prints(cli))
		journal_print_verdict(verdict);
	return json_flag(verdict, "sound") ? CLI_EXIT_DONE : CLI_EXIT_JOURNAL;
}

static enum cli_exit journal_ask_daemon(struct cli *cli)
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
	return exit ? exit : journal_tell_verdict(cli, answer.json);
}

static enum cli_exit journal_verify_file(struct cli *cli, const char *path)
{
	bool is_input = !strcmp(path, "-");
	CLEANUP_FD int fd =
		is_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	struct journal_verdict verdict;
	CLEANUP_JSON json_t *told = NULL;
	uint8_t public[PROOF_KEY_SIZE];
	const char *key = cli->args->key;
	int r;

	if (key && !proof_read_key(key, public))
		return cli_misuse("--key takes the 64 hexadecimal digits of "
				  "the public key or of its fingerprint, or "
				  "the path of a seal.pub.");
	if (fd < 0)
		return cli_misuse("%s: %s", path, strerror(errno));
	r = proof_file(fd, key ? public : NULL, &verdict);
	if (r)
		return cli_misuse("%s: %s", path, strerror(-r));
	told = proof_tell(&verdict);
	if (!cli_prints(cli)) {
		CLEANUP_FREE char *line = json_line(told);

		say_json_text(stdout, line, strlen(line));
	} else if (!key && verdict.fault == JOURNAL_SOUND) {
		say_note("Compare the whole fingerprint with that of your box "
			 "(tillctl journal verify prints it there), or give it "
			 "with --key.");
	}
	return journal_tell_verdict(cli, told);
}

enum cli_exit verb_verify_journal(struct cli *cli, const char *const *words,
				  size_t count)
{
	if (!count && cli->args->key)
		return cli_misuse("--key goes with a FILE.");
	return count ? journal_verify_file(cli, words[0])
		     : journal_ask_daemon(cli);
}
