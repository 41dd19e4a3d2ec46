/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl journal list, export. */
#include "cli/entry.h"
#include "cli/output.h"
#include "cli/proof.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

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

static void journal_print(struct cli *cli, const json_t *page)
{
	static const char *const headings[] = { "SEQ",	"TIME", "TILL",
						"WHAT", "WHO",	"DETAILS",
						NULL };
	const json_t *entries = json_object_get(page, "entries"), *entry;
	/* sums stand in many kinds of entries, and in many of their fields */
	CLEANUP_JSON json_t *currencies =
		json_array_size(entries) ? cli_list_currencies(cli) : NULL;
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
		say_note(_("No entries."));
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
	client_add_path(&path, "/v1/journal");
	client_add_query(&path, "kind", args->kind);
	client_add_query(&path, "till", args->till);
	client_add_query(&path, "operation", args->operation);
	client_add_query(&path, "order",
			 args_has(args, OPTION_NEWEST) ? "newest" : "oldest");
	exit = cli_get_page(cli, &path, &answer);
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
			say_error(_("The journal could not be written: %s."),
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
		say_note(_("Key fingerprint (SHA-256): %s"),
			 verdict.fingerprint);
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

/* What is not sound is kept: it is evidence of just that. */
enum cli_exit verb_export_journal(struct cli *cli, const char *const *words,
				  size_t count)
{
	CLEANUP_FILE FILE *file = NULL;

	if (!count || !strcmp(words[0], "-"))
		return journal_export_to(cli, stdout);
	file = output_open(words[0]);
	if (!file)
		return CLI_EXIT_OUTPUT;
	return output_keep(file, words[0], journal_export_to(cli, file),
			   CLI_EXIT_JOURNAL);
}
