/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl session list, session report. */
#include "cli/act.h"
#include "cli/amount.h"
#include "cli/say.h"
#include "cli/shift.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/money.h"

#include <inttypes.h>
#include <string.h>

#define SESSION_NUMBER_DIGITS 18 /* an id is longer, and not of digits only */
#define SESSIONS_LIMIT_MAX    100

/* --- the list --- */

static void session_list_number(struct table *table, const json_t *session,
				const char *name)
{
	CLEANUP_FREE char *text =
		alloc_format("%" PRId64, json_int(session, name, 0));

	table_add(table, text);
}

static void session_list_time(struct table *table, const json_t *session,
			      const char *name)
{
	const char *time = json_text(session, name);
	char text[SAY_TIME_SIZE];

	say_time(time ? time : "", text);
	table_add(table, text);
}

static void session_list_person(struct table *table, const json_t *session,
				const char *who, const char *how)
{
	const char *name = json_text(json_object_get(session, who), "name");
	CLEANUP_FREE char *text = alloc_format("%s%s", name ? name : "", how);

	table_add(table, text);
}

static void session_list_sum(struct table *table, const json_t *session,
			     const char *name, const char *currency)
{
	char text[MONEY_TEXT_SIZE] = "";

	if (json_is_integer(json_object_get(session, name)))
		money_format(json_int(session, name, 0), currency, text);
	table_add(table, text);
}

/* Sums have columns of their own where any is told. */
static void session_list_print(const json_t *sessions, const char *currency)
{
	static const char *const headings[] = { "NUMBER", "DAY",    "STATE",
						"OWNER",  "OPENED", "CLOSED",
						"BY",	  NULL };
	static const char *const with_sums[] = {
		"NUMBER", "DAY",   "STATE",   "OWNER",	   "OPENED", "CLOSED",
		"BY",	  "FLOAT", "COUNTED", "TAKEN OUT", NULL
	};
	bool sums = json_object_get(json_array_get(sessions, 0), "float");
	struct table *table = table_new(sums ? with_sums : headings);
	const json_t *one;
	size_t i;

	json_array_foreach (sessions, i, one) {
		session_list_number(table, one, "number");
		session_list_number(table, one, "day");
		table_add(table, json_text(one, "state"));
		session_list_person(table, one, "owner", "");
		session_list_time(table, one, "opened_at");
		session_list_time(table, one, "closed_at");
		session_list_person(table, one, "closed_by",
				    json_flag(one, "forced") ? ", by force"
							     : "");
		if (!sums)
			continue;
		session_list_sum(table, one, "float", currency);
		session_list_sum(table, one, "counted", currency);
		session_list_sum(table, one, "withdrawal", currency);
	}
	table_print(table, stdout);
	table_free(table);
}

enum cli_exit verb_list_sessions(struct cli *cli, const char *const *words,
				 size_t count)
{
	const struct args *args = cli->args;
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	char currency[CLI_CURRENCY_SIZE];
	CLI_ANSWER answer = { 0 };
	const json_t *sessions;
	enum cli_exit exit;

	(void)words;
	(void)count;
	if (args->limit > SESSIONS_LIMIT_MAX)
		return cli_misuse(_("--limit goes up to %d here."),
				  SESSIONS_LIMIT_MAX);
	exit = amount_begin(cli, NULL, currency);
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/sessions", cli->till);
	if (args->before >= 0)
		client_add_query_int(&path, "before", args->before);
	if (args->limit >= 0)
		client_add_query_int(&path, "limit", args->limit);
	exit = cli_get(cli, buf_text(&path), &answer);
	if (exit || !cli_prints(cli))
		return exit;
	sessions = json_object_get(answer.json, "sessions");
	if (json_array_size(sessions))
		session_list_print(sessions, currency);
	else
		say_note(_("No sessions."));
	return CLI_EXIT_DONE;
}

/* --- which one a report is about --- */

/* The newest before that number (0: of all); NULL if there is none. */
static enum cli_exit session_find_before(struct cli *cli, int64_t before,
					 struct client_answer *out_answer,
					 const json_t **out_session)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	enum cli_exit exit;

	client_add_path(&path, "/v1/tills/{}/sessions", cli->till);
	if (before)
		client_add_query_int(&path, "before", before);
	client_add_query_int(&path, "limit", 1);
	exit = cli_look(cli, buf_text(&path), out_answer);
	if (!exit)
		*out_session = json_array_get(
			json_object_get(out_answer->json, "sessions"), 0);
	return exit;
}

static bool session_is_number(const char *word)
{
	size_t len = strlen(word);

	return len && len <= SESSION_NUMBER_DIGITS &&
	       strspn(word, "0123456789") == len;
}

/* The id of the one with that number, or of the newest. New. */
static enum cli_exit session_find_id(struct cli *cli, const char *word,
				     char **out_id)
{
	int64_t number = word ? strtoll(word, NULL, 10) : 0;
	CLI_ANSWER answer = { 0 };
	const json_t *session = NULL;
	enum cli_exit exit = session_find_before(cli, word ? number + 1 : 0,
						 &answer, &session);

	if (exit)
		return exit;
	if (word && json_int(session, "number", 0) != number)
		session = NULL;
	if (session && json_text(session, "id")) {
		*out_id = alloc_text(json_text(session, "id"));
		return CLI_EXIT_DONE;
	}
	say_error(_("There is no such session at till %s."), cli->till);
	say_note(_("  Which there are: tillctl session list"));
	return CLI_EXIT_REFUSED;
}

/* --- the report --- */

static void session_report_row(struct table *table, const char *kind,
			       const json_t *sum, const char *how,
			       const char *currency)
{
	CLEANUP_FREE char *name = alloc_format("%s%s", kind, how);
	char text[MONEY_TEXT_SIZE];

	if (!json_int(sum, "entries", 0))
		return;
	table_add(table, name);
	session_list_number(table, sum, "entries");
	money_format(json_int(sum, "amount", 0), currency, text);
	table_add(table, text);
}

static void session_report_rows(struct table *table, const json_t *sums,
				const char *how, const char *currency)
{
	const char *kind;
	json_t *sum;

	json_object_foreach ((json_t *)(uintptr_t)sums, kind, sum)
		session_report_row(table, kind, sum, how, currency);
}

/* What only those are told who may see the balance. */
static void session_report_cash(const json_t *figures, const char *currency)
{
	static const char *const headings[] = { "CASH", "ENTRIES", "AMOUNT",
						NULL };
	struct table *table = table_new(headings);

	session_report_rows(table, json_object_get(figures, "witnessed"), "",
			    currency);
	session_report_rows(table, json_object_get(figures, "declared"),
			    ", declared", currency);
	putchar('\n');
	table_print(table, stdout);
	table_free(table);
}

/* In this order, and in words; what else is counted comes after them. */
static const struct session_counter {
	const char *name;
	const char *words;
} session_counters[] = {
	{ "drawer_by_hand", "drawer opened by hand" },
	{ "drawer_for_event", "drawer opened by an event" },
	{ "drawer_without_sale", "drawer opened without a sale" },
	{ "drawer_unsolicited", "drawer opened unsolicited" },
	{ "refusals", "authorizations asked for" },
	{ "authorizations", "authorizations given" },
	{ "card_cancelled", "card payments cancelled" },
	{ "settled", "unknown outcomes settled" },
};

#define SESSION_COUNTERS \
	(sizeof(session_counters) / sizeof(session_counters[0]))

static void session_report_counter(struct table *table, json_t *counters,
				   const char *name, const char *words)
{
	if (!json_object_get(counters, name))
		return;
	table_add(table, words);
	session_list_number(table, counters, name);
	json_object_del(counters, name);
}

static void session_report_counters(const json_t *counters)
{
	static const char *const headings[] = { "WHAT HAPPENED", "TIMES",
						NULL };
	json_t *left = json_copy((json_t *)(uintptr_t)counters);
	struct table *table = table_new(headings);
	const char *name;
	json_t *times;
	void *next;

	for (size_t i = 0; i < SESSION_COUNTERS; i++)
		session_report_counter(table, left, session_counters[i].name,
				       session_counters[i].words);
	json_object_foreach_safe(left, next, name, times)
		session_report_counter(table, left, name, name);
	putchar('\n');
	table_print(table, stdout);
	table_free(table);
	json_decref(left);
}

static void session_report_print(const json_t *report, const char *currency)
{
	const json_t *figures = json_object_get(report, "figures");

	shift_print_session(json_object_get(report, "session"), figures,
			    currency);
	if (figures)
		session_report_cash(figures, currency);
	session_report_counters(json_object_get(report, "counters"));
}

enum cli_exit verb_report_session(struct cli *cli, const char *const *words,
				  size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	const char *word = count ? words[0] : NULL;
	char currency[CLI_CURRENCY_SIZE];
	CLEANUP_FREE char *id = NULL;
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	if (word && !cli_is_id("session", word))
		return CLI_EXIT_USAGE;
	exit = amount_begin(cli, NULL, currency);
	if (!exit && (!word || session_is_number(word)))
		exit = session_find_id(cli, word, &id);
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/sessions/{}", cli->till,
			id ? id : word);
	exit = act_look(cli, buf_text(&path), &answer);
	if (!exit && cli_prints(cli))
		session_report_print(answer.json, currency);
	return exit;
}
