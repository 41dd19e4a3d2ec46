/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shift.h"

#include "cli/act.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/way_out.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/money.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* --- finding it --- */

enum cli_exit shift_look(struct cli *cli, struct client_answer *out_answer)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);

	client_add_path(&path, "/v1/tills/{}/session", cli->till);
	return cli_look(cli, buf_text(&path), out_answer);
}

const json_t *shift_session(const struct cli *cli,
			    const struct client_answer *answer)
{
	const json_t *session = json_object_get(answer->json, "session");
	const char *id = json_text(session, "id");

	if (id && text_is_name(id, SHIFT_ID_SIZE - 1))
		return session;
	say_error(_("No session is open at till %s."), cli->till);
	way_out_tell_code("session-needed");
	return NULL;
}

enum cli_exit shift_change(struct cli *cli, const char *id, const char *what,
			   const json_t *body, struct client_answer *out_answer)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);

	client_add_path(&path, "/v1/tills/{}/sessions/{}/{}", cli->till, id,
			what);
	return act_do(cli, buf_text(&path), body, cli->args->key, out_answer);
}

enum cli_exit shift_change_open(struct cli *cli, const char *what,
				const json_t *body,
				struct client_answer *out_answer)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = shift_look(cli, &answer);
	const json_t *session;

	*out_answer = (struct client_answer){ 0 };
	if (exit)
		return exit;
	session = shift_session(cli, &answer);
	if (!session)
		return CLI_EXIT_REFUSED;
	return shift_change(cli, json_text(session, "id"), what, body,
			    out_answer);
}

void shift_put_grounds(const struct cli *cli, json_t *body)
{
	if (args_has(cli->args, OPTION_FORCE))
		json_put_bool(body, "force", true);
	json_put_text(body, "reason", cli->args->reason);
}

/* --- telling --- */

/* A line of two columns; none without a text. */
static void shift_add(struct table *table, const char *title,
		      const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void shift_add(struct table *table, const char *title,
		      const char *format, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	table_add(table, title);
	table_add(table, text);
}

static const char *shift_name(const json_t *session, const char *who)
{
	const char *name = json_text(json_object_get(session, who), "name");

	return name ? name : "somebody who is gone";
}

/* "2026-11-22 08:01:12Z by Anna" */
static void shift_add_step(struct table *table, const char *title,
			   const json_t *session, const char *at,
			   const char *who, const char *how)
{
	const char *time = json_text(session, at);
	char text[SAY_TIME_SIZE];

	if (!time)
		return;
	say_time(time, text);
	shift_add(table, title, "%s by %s%s", text, shift_name(session, who),
		  how);
}

/* "17, till 1"; the number is told of those that are listed. */
static void shift_add_name(struct table *table, const json_t *session)
{
	const char *till = json_text(session, "till");
	int64_t number = json_int(session, "number", 0);

	if (number)
		shift_add(table, "Session", "%" PRId64 ", till %s", number,
			  till ? till : "?");
	else
		shift_add(table, "Session", "till %s", till ? till : "?");
}

static void shift_add_state(struct table *table, const json_t *session)
{
	const char *state = json_text(session, "state");
	bool closing = state && !strcmp(state, "closing");

	shift_add(table, "State", "%s%s",
		  closing ? "being counted"
		  : state ? state
			  : "?",
		  json_flag(session, "locked") ? ", locked" : "");
}

static void shift_add_sum(struct table *table, const char *title,
			  const json_t *object, const char *name,
			  const char *currency)
{
	char text[MONEY_TEXT_SIZE];

	if (!json_is_integer(json_object_get(object, name)))
		return;
	money_format(json_int(object, name, 0), currency, text);
	shift_add(table, title, "%s", text);
}

void shift_print_session(const json_t *session, const json_t *figures,
			 const char *currency)
{
	static const char *const headings[] = { "", "", NULL };
	struct table *table = table_new(headings);
	int64_t counts = json_int(session, "counts", 0);

	shift_add_name(table, session);
	shift_add_state(table, session);
	shift_add(table, "Owner", "%s", shift_name(session, "owner"));
	shift_add(table, "Day", "%" PRId64, json_int(session, "day", 0));
	shift_add_step(table, "Opened", session, "opened_at", "opened_by", "");
	shift_add_step(table, "Closed", session, "closed_at", "closed_by",
		       json_flag(session, "forced") ? ", by force" : "");
	if (counts)
		shift_add(table, "Counts", "%" PRId64, counts);
	shift_add_sum(table, "Float", session, "float", currency);
	shift_add_sum(table, "Counted", session, "counted", currency);
	shift_add_sum(table, "Taken out", session, "withdrawal", currency);
	shift_add_sum(table, "Expected", figures, "expected", currency);
	shift_add_sum(table, "Difference", figures, "difference", currency);
	table_print(table, stdout);
	table_free(table);
}

void shift_print_day(const json_t *day)
{
	static const char *const headings[] = { "", "", NULL };
	struct table *table = table_new(headings);
	const char *date = json_text(day, "date");
	const char *state = json_text(day, "state");
	const char *begun = json_text(day, "begun_at");
	const char *ended = json_text(day, "ended_at");
	char time[SAY_TIME_SIZE];

	shift_add(table, "Day", "%" PRId64 ", %s", json_int(day, "number", 0),
		  date ? date : "?");
	shift_add(table, "State", "%s", state ? state : "?");
	say_time(begun ? begun : "?", time);
	shift_add(table, "Begun", "%s", time);
	if (ended) {
		say_time(ended, time);
		shift_add(table, "Ended", "%s", time);
	}
	table_print(table, stdout);
	table_free(table);
}
