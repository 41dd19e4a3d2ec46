/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl events. */
#include "cli/entry.h"
#include "cli/say.h"
#include "cli/sse.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <inttypes.h>
#include <string.h>

struct events {
	struct cli *cli;
	struct sse sse;
	struct entry_context context;
	int64_t left; /* to be printed; -1: no end */
	bool heard;   /* this connection has brought something */
};

static void events_print(const json_t *event,
			 const struct entry_context *context)
{
	CLEANUP_FREE char *who = entry_who(event, context);
	CLEANUP_FREE char *details = entry_details(event, context);
	const char *at = json_text(event, "at");
	const char *till = json_text(event, "till");
	CLEANUP_FREE char *line = NULL;
	char time[SAY_TIME_SIZE];

	say_time(at ? at : "-", time);
	line = alloc_format("%-20s  %-4s  %-20s  %-10s  %s", time,
			    till ? till : "-", entry_what(event),
			    *who ? who : "-", *details ? details : "-");
	say_clean(stdout, line);
	putchar('\n');
}

static void events_on_event(void *arg, const char *type, const char *data)
{
	struct events *events = arg;
	CLEANUP_JSON json_t *event = json_parse(data, strlen(data));

	(void)type; /* it is in the data as well */
	if (!event || !events->left)
		return;
	if (cli_prints(events->cli))
		events_print(event, &events->context);
	else
		say_json_text(stdout, data, strlen(data));
	fflush(stdout);
	if (events->left > 0)
		events->left--;
}

static bool events_take(void *arg, const void *bytes, size_t len)
{
	struct events *events = arg;

	events->heard = true;
	return sse_feed(&events->sse, bytes, len) && events->left &&
	       !ferror(stdout);
}

/* One connection, to its end. */
static int events_follow(struct events *events, const char *path,
			 enum cli_exit *out_exit)
{
	struct cli *cli = events->cli;
	struct client_request request = {
		.method = "GET",
		.path = path,
		.last_event = *events->sse.id ? events->sse.id : NULL,
		.sink = events_take,
		.sink_arg = events,
		.endless = true,
	};
	CLI_ANSWER answer = { 0 };
	int r;

	events->heard = false;
	sse_restart(&events->sse);
	r = client_send(cli_client(cli), &request, &answer);
	if (!r && answer.status != 200) {
		*out_exit = cli_tell_answer(cli, &answer);
		return CLIENT_E_STOPPED;
	}
	return r;
}

/* A daemon that is started again is followed on, from where it was. */
static enum cli_exit events_run(struct events *events, const char *path)
{
	static const int pauses[] = { 250, 500, 1000, 2000, 4000, 8000 };
	enum cli_exit exit = CLI_EXIT_DONE;
	bool ever = false;
	size_t tries = 0;

	for (;;) {
		int r = events_follow(events, path, &exit);

		if (r == CLIENT_E_STOPPED || r == CLIENT_E_INTERRUPTED)
			return exit;
		ever = ever || events->heard;
		tries = events->heard ? 0 : tries + 1;
		if (!ever || tries == sizeof(pauses) / sizeof(pauses[0]))
			return cli_tell_error(events->cli,
					      r ? r : CLIENT_E_LOST);
		if (!tries)
			say_note(_("The connection was lost; going on as soon "
				   "as it is back."));
		events->cli->pause(pauses[tries]);
	}
}

enum cli_exit verb_follow_events(struct cli *cli, const char *const *words,
				 size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	const struct args *args = cli->args;
	struct events events = { .cli = cli, .left = args->count };
	CLEANUP_JSON json_t *currencies = NULL;
	enum cli_exit exit;

	(void)words;
	(void)count;
	if (!args->count)
		return cli_misuse(_("--count takes 1 and more."));
	client_add_path(&path, "/v1/events");
	client_add_query(&path, "till", args->till);
	if (args->after >= 0)
		client_add_query_int(&path, "after", args->after);
	if (cli_prints(cli))
		currencies = cli_list_currencies(cli);
	events.context.currencies = currencies;
	sse_init(&events.sse, events_on_event, &events);
	exit = events_run(&events, buf_text(&path));
	sse_free(&events.sse);
	return exit;
}
