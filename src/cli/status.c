/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl status, health. */
#include "cli/status.h"
#include "cli/interrupt.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_PAUSE_MS 300 /* between two looks: what comes together */
#define STATUS_LOST_MS	2000

/* --- on a terminal only --- */

static bool status_is_screen(void)
{
	return isatty(STDOUT_FILENO) != 0;
}

static bool status_has_colours(void)
{
	const char *kind = getenv("TERM");

	return status_is_screen() && !getenv("NO_COLOR") && kind &&
	       strcmp(kind, "dumb") != 0;
}

static void status_print_verdict(bool well, const char *text)
{
	bool coloured = status_has_colours();

	if (coloured)
		printf("\033[%sm", well ? "32" : "31;1");
	say_clean(stdout, text);
	printf("%s\n", coloured ? "\033[0m" : "");
}

/* --- what is wrong --- */

static size_t status_count(const json_t *status, const char *level)
{
	const json_t *trouble;
	size_t count = 0, i;

	json_array_foreach (json_object_get(status, "troubles"), i, trouble) {
		const char *told = json_text(trouble, "level");

		count += told && !strcmp(told, level);
	}
	return count;
}

static void status_print_troubles(const json_t *status)
{
	const json_t *troubles = json_object_get(status, "troubles"), *trouble;
	char count[SAY_COUNT_SIZE];
	size_t i;

	if (!json_array_size(troubles)) {
		status_print_verdict(true, "All is well.");
		return;
	}
	say_count(count, (int64_t)json_array_size(troubles),
		  "thing needs somebody:", "things need somebody:");
	status_print_verdict(false, count);
	json_array_foreach (troubles, i, trouble) {
		CLEANUP_FREE char *line =
			alloc_format("  %s: %s %s", json_text(trouble, "about"),
				     json_text(trouble, "sentence"),
				     json_text(trouble, "advice"));

		say_clean(stdout, line);
		putchar('\n');
	}
}

/* --- tables --- */

/* "open since 10:15, Anna" New. */
static char *status_session(const json_t *session)
{
	const json_t *owner = json_object_get(session, "owner");
	const char *state = json_text(session, "state");
	const char *name = json_text(owner, "name");

	if (!session)
		return alloc_text("");
	return alloc_format("%s%s%s%s", state ? state : "?",
			    json_flag(session, "locked") ? ", locked" : "",
			    name ? ", " : "", name ? name : "");
}

static void status_print_tills(const json_t *tills)
{
	static const char *const headings[] = { "TILL", "NAME", "SIGN-ONS",
						"SESSION", NULL };
	struct table *table = table_new(headings);
	const json_t *till;
	size_t i;

	json_array_foreach (tills, i, till) {
		CLEANUP_FREE char *count =
			alloc_format("%" PRId64, json_int(till, "sign_ons", 0));
		CLEANUP_FREE char *session =
			status_session(json_object_get(till, "session"));

		table_add(table, json_text(till, "id"));
		table_add(table, json_text(till, "name"));
		table_add(table, count);
		table_add(table, session);
	}
	table_print(table, stdout);
	table_free(table);
}

/* "drawer-open ok, 12:04:31" New. */
static char *status_last(const json_t *device)
{
	const json_t *last = json_object_get(device, "last");
	const char *at = json_text(last, "at");

	if (!last)
		return alloc_text("");
	return alloc_format("%s %s, %.8s", json_text(last, "kind"),
			    json_text(last, "outcome"),
			    at && strlen(at) > 11 ? at + 11 : "");
}

/* "TILLSIM FP 1.00, SIM 2600000001" New. */
static char *status_identity(const json_t *device)
{
	static const char *const parts[] = { "model", "firmware", "serial",
					     "terminal" };
	const json_t *identity = json_object_get(device, "identity");
	char *text = alloc_text("");

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *part = json_text(identity, parts[i]);
		char *longer;

		if (!part)
			continue;
		longer = alloc_format("%s%s%s", text, *text ? ", " : "", part);
		free(text);
		text = longer;
	}
	return text;
}

static void status_add_device(struct table *table, const json_t *device)
{
	CLEANUP_FREE char *last = status_last(device);
	CLEANUP_FREE char *identity = status_identity(device);
	const char *since = json_text(device, "since");
	char time[SAY_TIME_SIZE];

	say_time(since ? since : "", time);
	table_add(table, json_text(device, "name"));
	table_add(table, json_text(device, "state"));
	table_add(table, time);
	table_add(table, json_text(device, "driver"));
	table_add(table, json_text(device, "port"));
	table_add(table, last);
	table_add(table, identity);
}

static void status_print_devices(const json_t *devices)
{
	static const char *const headings[] = { "DEVICE",   "STATE", "SINCE",
						"DRIVER",   "PORT",  "LAST",
						"IDENTITY", NULL };
	struct table *table = table_new(headings);
	const json_t *device;
	size_t i;

	json_array_foreach (devices, i, device)
		status_add_device(table, device);
	table_print(table, stdout);
	table_free(table);
}

static void status_print_operations(const json_t *operations)
{
	static const char *const headings[] = { "OPERATION", "TILL", "DEVICE",
						"STATE",     "WHAT", NULL };
	struct table *table = table_new(headings);
	const json_t *operation;
	size_t i;

	json_array_foreach (operations, i, operation) {
		table_add(table, json_text(operation, "id"));
		table_add(table, json_text(operation, "till"));
		table_add(table, json_text(operation, "device"));
		table_add(table, json_text(operation, "state"));
		table_add(table, json_text(operation, "action"));
	}
	table_print(table, stdout);
	table_free(table);
}

static void status_print_waiting(const json_t *waiting)
{
	const json_t *authorization;
	size_t i;

	json_array_foreach (waiting, i, authorization) {
		CLEANUP_FREE char *line =
			alloc_format("Waits for a supervisor: %s",
				     json_text(authorization, "sentence"));

		say_clean(stdout, line);
		putchar('\n');
	}
}

static void status_print_box(const json_t *status)
{
	const json_t *journal = json_object_get(status, "journal");
	const char *since = json_text(status, "since");
	CLEANUP_FREE char *line = NULL;
	char time[SAY_TIME_SIZE];

	say_time(since ? since : "", time);
	line = alloc_format("%s: tilld %s since %s; journal at %" PRId64
			    ", sealed up to %" PRId64,
			    json_text(status, "box"),
			    json_text(status, "version"), time,
			    json_int(journal, "seq", 0),
			    json_int(journal, "sealed_seq", 0));
	say_clean(stdout, line);
	putchar('\n');
}

/* A blank line between what is there. */
static void status_print_part(const json_t *status, const char *name,
			      void (*print)(const json_t *part))
{
	const json_t *part = json_object_get(status, name);

	if (!json_array_size(part))
		return;
	putchar('\n');
	print(part);
}

static void status_print(const json_t *status)
{
	status_print_box(status);
	status_print_troubles(status);
	status_print_part(status, "tills", status_print_tills);
	status_print_part(status, "devices", status_print_devices);
	status_print_part(status, "operations", status_print_operations);
	status_print_part(status, "authorizations", status_print_waiting);
}

/* --- looking, once and on --- */

static enum cli_exit status_look(struct cli *cli, bool again)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_get(cli, "/v1/status", &answer);

	if (exit || !cli_prints(cli))
		return exit;
	if (status_is_screen() && args_has(cli->args, OPTION_WATCH))
		fputs("\033[H\033[2J\033[3J", stdout);
	else if (again)
		putchar('\n');
	status_print(answer.json);
	fflush(stdout);
	return exit;
}

/* The stream begins with a comment; whatever comes after it is news. */
static bool status_take(void *arg, const void *bytes, size_t len)
{
	bool *begun = arg;
	bool news = *begun || (len && *(const char *)bytes != ':');

	*begun = true;
	return !news;
}

/* Until something happens. */
static enum cli_exit status_wait(struct cli *cli)
{
	bool begun = false;
	struct client_request request = { .method = "GET",
					  .path = "/v1/events",
					  .sink = status_take,
					  .sink_arg = &begun,
					  .endless = true };
	CLI_ANSWER answer = { 0 };
	int r = client_send(cli_client(cli), &request, &answer);

	if (!r && answer.status != 200)
		return cli_tell_answer(cli, &answer);
	cli->pause(r == CLIENT_E_STOPPED ? STATUS_PAUSE_MS : STATUS_LOST_MS);
	return CLI_EXIT_DONE;
}

enum cli_exit verb_show_status(struct cli *cli, const char *const *words,
			       size_t count)
{
	enum cli_exit exit = status_look(cli, false);

	(void)words;
	(void)count;
	if (!args_has(cli->args, OPTION_WATCH))
		return exit;
	while ((!exit || exit == CLI_EXIT_UNREACHABLE) && !interrupt_came() &&
	       !ferror(stdout)) {
		exit = status_wait(cli);
		if (!exit && !interrupt_came())
			exit = status_look(cli, true);
	}
	return interrupt_came() ? CLI_EXIT_DONE : exit;
}

/* --- for monitoring --- */

static const char *const health_words[] = { "OK", "WARNING", "CRITICAL",
					    "UNKNOWN" };

static void health_print_counts(const json_t *status)
{
	size_t devices = json_array_size(json_object_get(status, "devices"));
	size_t tills = json_array_size(json_object_get(status, "tills"));
	char devices_text[SAY_COUNT_SIZE], tills_text[SAY_COUNT_SIZE];

	say_count(devices_text, (int64_t)devices, "device", "devices");
	say_count(tills_text, (int64_t)tills, "till", "tills");
	printf(" - %s, %s", devices_text, tills_text);
}

/* One line, as monitoring wants it; the worst comes first. */
static void health_print(enum health health, const json_t *status)
{
	static const char *const levels[] = { "critical", "warning" };
	const json_t *trouble;
	const char *between = " - ";

	fputs(health_words[health], stdout);
	for (size_t level = 0; level < 2; level++) {
		size_t i;

		json_array_foreach (json_object_get(status, "troubles"), i,
				    trouble) {
			CLEANUP_FREE char *text = NULL;

			if (strcmp(json_text(trouble, "level"), levels[level]))
				continue;
			text = alloc_format("%s%s: %s", between,
					    json_text(trouble, "about"),
					    json_text(trouble, "sentence"));
			say_clean(stdout, text);
			between = " ";
		}
	}
	if (health == HEALTH_WELL)
		health_print_counts(status);
	putchar('\n');
}

static enum health health_judge(const json_t *status)
{
	if (status_count(status, "critical"))
		return HEALTH_CRITICAL;
	return status_count(status, "warning") ? HEALTH_WARNING : HEALTH_WELL;
}

enum cli_exit verb_check_health(struct cli *cli, const char *const *words,
				size_t count)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_get(cli, "/v1/status", &answer);
	enum health health = HEALTH_UNKNOWN;

	(void)words;
	(void)count;
	if (exit == CLI_EXIT_UNREACHABLE)
		health = HEALTH_CRITICAL;
	else if (!exit)
		health = health_judge(answer.json);
	if (exit)
		printf("%s - the daemon %s\n", health_words[health],
		       exit == CLI_EXIT_UNREACHABLE ? "does not answer"
						    : "does not tell");
	else if (cli_prints(cli))
		health_print(health, answer.json);
	return (enum cli_exit)health;
}
