/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl trace. */
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <inttypes.h>
#include <string.h>

#define TRACE_WAIT_S	60 /* at once, for something new */
#define TRACE_LIMIT	200
#define TRACE_PAGE	1000
#define TRACE_BYTES	16 /* on a line */
#define TRACE_INDENT	17 /* columns before the words */
#define TRACE_WORDS	44 /* columns for them, where bytes follow */
#define TRACE_TIME_AT	11 /* in 2026-11-22T10:15:00.250Z */
#define TRACE_TIME_SIZE 12

struct trace {
	struct cli *cli;
	const char *device;
	FILE *record;  /* or NULL */
	bool begun;    /* its first line is written */
	int64_t after; /* -1: the newest, to begin with */
	bool more;     /* there is some already */
};

/* --- bytes --- */

static bool trace_is_hidden(const json_t *hidden, size_t at)
{
	const json_t *range;
	size_t i;

	json_array_foreach (hidden, i, range) {
		json_int_t from = json_integer_value(json_array_get(range, 0));
		json_int_t len = json_integer_value(json_array_get(range, 1));

		if ((json_int_t)at >= from && (json_int_t)at - from < len)
			return true;
	}
	return false;
}

/* "1b 70 **": those of one line. */
static void trace_print_bytes(const char *hex, size_t from, size_t count,
			      const json_t *hidden)
{
	for (size_t i = from; i < from + count; i++)
		printf("%s%.2s", i == from ? "" : " ",
		       trace_is_hidden(hidden, i) ? "**" : hex + 2 * i);
	putchar('\n');
}

static void trace_print_hex(const json_t *record, size_t column)
{
	const char *hex = json_text(record, "hex");
	const json_t *hidden = json_object_get(record, "hidden");
	size_t count = hex ? strlen(hex) / 2 : 0;

	for (size_t at = 0; at < count; at += TRACE_BYTES) {
		size_t left = count - at;

		for (; column < TRACE_INDENT + TRACE_WORDS; column++)
			putchar(' ');
		trace_print_bytes(hex, at,
				  left < TRACE_BYTES ? left : TRACE_BYTES,
				  hidden);
		column = 0;
	}
	if (!count)
		putchar('\n');
}

/* --- records --- */

static char trace_arrow(const json_t *record)
{
	const char *way = json_text(record, "way");

	if (!way || !strcmp(way, "note"))
		return '-';
	return !strcmp(way, "out") ? '>' : '<';
}

/* Words, and how often. New. */
static char *trace_words(const json_t *record)
{
	const char *text = json_text(record, "text");
	const char *until = json_text(record, "until");
	int64_t times = json_int(record, "times", 1);

	if (times < 2 || !until || strlen(until) < TRACE_TIME_AT)
		return alloc_text(text ? text : "");
	return alloc_format("%s (%" PRId64 " times, until %.8s)",
			    text ? text : "", times, until + TRACE_TIME_AT);
}

static void trace_print(const json_t *record)
{
	CLEANUP_FREE char *words = trace_words(record);
	const char *at = json_text(record, "at");
	size_t column = TRACE_INDENT;

	printf("%.*s  %c  ", TRACE_TIME_SIZE,
	       at && strlen(at) > TRACE_TIME_AT ? at + TRACE_TIME_AT : "",
	       trace_arrow(record));
	column += say_clean(stdout, words);
	if (column >= TRACE_INDENT + TRACE_WORDS && json_text(record, "hex")) {
		putchar('\n');
		column = 0;
	}
	trace_print_hex(record, column);
}

/* --- recording --- */

static void trace_record_line(struct trace *trace, const json_t *line)
{
	CLEANUP_FREE char *text = json_line(line);

	fprintf(trace->record, "%s\n", text);
}

/* The first line tells what the others are about. */
static void trace_record_head(struct trace *trace, const json_t *page)
{
	static const char *const told[] = { "device", "driver", "line",
					    "settings" };
	CLEANUP_JSON json_t *head = json_make();

	json_put_int(head, "tilld_trace", 1);
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		json_put(head, told[i],
			 json_incref(json_object_get(page, told[i])));
	trace_record_line(trace, head);
	trace->begun = true;
}

static void trace_take(struct trace *trace, const json_t *page)
{
	const json_t *records = json_object_get(page, "records"), *record;
	size_t i;

	if (trace->record && !trace->begun)
		trace_record_head(trace, page);
	json_array_foreach (records, i, record) {
		if (cli_prints(trace->cli))
			trace_print(record);
		if (trace->record)
			trace_record_line(trace, record);
	}
	trace->after = json_int(page, "last", 0);
	trace->more = json_flag(page, "more");
	fflush(stdout);
}

/* --- asking --- */

static enum cli_exit trace_ask(struct trace *trace, bool wait)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	struct cli *cli = trace->cli;
	int64_t usual = trace->record ? TRACE_PAGE : TRACE_LIMIT;
	int64_t limit = cli->args->limit > 0 ? cli->args->limit : usual;
	bool first = trace->after < 0;
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	client_add_path(&path, "/v1/devices/{}/trace", trace->device);
	client_add_query_int(&path, "limit", first ? limit : TRACE_PAGE);
	if (!first)
		client_add_query_int(&path, "after", trace->after);
	if (wait)
		client_add_query_int(&path, "wait", TRACE_WAIT_S);
	exit = cli_call(cli,
			&(struct client_request){
				.method = "GET",
				.path = buf_text(&path),
				.patience = wait ? 2 * TRACE_WAIT_S : 0 },
			&answer);
	if (!exit)
		trace_take(trace, answer.json);
	return exit;
}

/* What has been shown stays shown: Ctrl-C is how it ends. */
static enum cli_exit trace_run(struct trace *trace)
{
	bool follows = args_has(trace->cli->args, OPTION_FOLLOW);
	enum cli_exit exit = trace_ask(trace, false);

	while (!exit && (follows || trace->more) && !interrupt_came() &&
	       !ferror(stdout))
		exit = trace_ask(trace, follows);
	return interrupt_came() ? CLI_EXIT_DONE : exit;
}

enum cli_exit verb_trace(struct cli *cli, const char *const *words,
			 size_t count)
{
	const char *path = cli->args->record;
	struct trace trace = { .cli = cli, .device = words[0], .after = -1 };
	CLEANUP_FILE FILE *file = NULL;

	(void)count;
	if (!cli->args->limit)
		return cli_misuse(_("--limit takes 1 to 1000."));
	if (!cli_is_id("device", words[0]))
		return CLI_EXIT_USAGE;
	if (!path)
		return trace_run(&trace);
	file = output_open(path);
	if (!file)
		return CLI_EXIT_OUTPUT;
	trace.record = file;
	return output_keep(file, path, trace_run(&trace), CLI_EXIT_DONE);
}
