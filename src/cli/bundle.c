/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tillctl report: all that somebody far away needs to see what is wrong, in one
 * file that can be mailed. It is made of what the daemon tells technicians, and
 * holds no secret: tilld.conf is not read (what the daemon took from it is told
 * without passwords), nor the journal, and as a last net no line passes that
 * reads as a card number.
 */
#include "cli/doctor.h"
#include "cli/output.h"
#include "cli/run.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/card.h"
#include "util/clock.h"
#include "util/json.h"
#include "util/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define BUNDLE_TRACE	 1000 /* records of each device */
#define BUNDLE_LOG_LINES "2000"
#define BUNDLE_LINE_MAX	 4096
#define BUNDLE_INDENT	 1

/* --- the net --- */

/* Every text in it; what reads as a card number goes. */
static json_t *bundle_clean(const json_t *value)
{
	json_t *clean, *part;
	const char *name;
	size_t i;

	if (json_is_string(value))
		return json_string(card_is_in(json_string_value(value))
					   ? "(left out: it reads as a card "
					     "number)"
					   : json_string_value(value));
	if (json_is_array(value)) {
		clean = json_array();
		json_array_foreach (value, i, part)
			json_array_append_new(clean, bundle_clean(part));
		return clean;
	}
	if (!json_is_object(value))
		return json_deep_copy(value);
	clean = json_object();
	json_object_foreach ((json_t *)(uintptr_t)value, name, part)
		json_object_set_new(clean, name, bundle_clean(part));
	return clean;
}

/* --- its parts --- */

static json_t *bundle_box(void)
{
	json_t *box = json_make();
	struct utsname names;

	if (!uname(&names)) {
		json_put_text(box, "system", names.sysname);
		json_put_text(box, "release", names.release);
		json_put_text(box, "machine", names.machine);
	}
	json_put_text(box, "tillctl", PACKAGE_VERSION);
	return json_put_int(box, "uid", getuid());
}

static json_t *bundle_traces(struct cli *cli, const json_t *status)
{
	json_t *traces = json_make();
	const json_t *device;
	size_t i;

	json_array_foreach (json_object_get(status, "devices"), i, device) {
		CLEANUP(buf_cleanup)
		struct buf path = BUF_INIT(CLIENT_PATH_MAX);
		const char *name = json_text(device, "name");
		CLI_ANSWER answer = { 0 };

		client_add_path(&path, "/v1/devices/{}/trace", name);
		client_add_query_int(&path, "limit", BUNDLE_TRACE);
		if (!cli_look(cli, buf_text(&path), &answer))
			json_put(traces, name, json_incref(answer.json));
	}
	return traces;
}

/* What the system kept of the daemon's log; empty where it keeps none. */
static json_t *bundle_read_log(FILE *file)
{
	char line[BUNDLE_LINE_MAX];
	json_t *lines = json_array();

	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (text_is_plain(line))
			json_array_append_new(lines, json_string(line));
	}
	return lines;
}

static json_t *bundle_log(void)
{
	static const char *const words[] = { "journalctl",
					     "-u",
					     "tilld.service",
					     "-n",
					     BUNDLE_LOG_LINES,
					     "--no-pager",
					     "-q",
					     NULL };
	CLEANUP_FILE FILE *file = run_read(words);

	return file ? bundle_read_log(file) : json_array();
}

static json_t *bundle_make(struct cli *cli, const json_t *status)
{
	char at[CLOCK_TEXT_SIZE];
	json_t *bundle = json_make();
	enum finding worst;

	clock_format(clock_wall_ms(clock_system()), at);
	json_put_int(bundle, "tilld_report", 1);
	json_put_text(bundle, "made_at", at);
	json_put(bundle, "box", bundle_box());
	json_put(bundle, "status", json_deep_copy(status));
	json_put(bundle, "doctor", doctor_examine(cli, false, &worst));
	json_put(bundle, "traces", bundle_traces(cli, status));
	return json_put(bundle, "log", bundle_log());
}

/* --- the file --- */

/* "tilld-report-20261122T101500.json" New. */
static char *bundle_name(void)
{
	char at[CLOCK_TEXT_SIZE], plain[CLOCK_TEXT_SIZE] = "";
	size_t len = 0;

	clock_format(clock_wall_ms(clock_system()), at);
	for (size_t i = 0; at[i] && at[i] != '.'; i++)
		if (!strchr("-:", at[i]))
			plain[len++] = at[i];
	return alloc_format("tilld-report-%s.json", plain);
}

static enum cli_exit bundle_write(FILE *file, const json_t *bundle)
{
	CLEANUP_JSON json_t *clean = bundle_clean(bundle);

	if (json_dumpf(clean, file, JSON_INDENT(BUNDLE_INDENT)) ||
	    fputc('\n', file) == EOF)
		return CLI_EXIT_OUTPUT;
	return CLI_EXIT_DONE;
}

enum cli_exit verb_write_bundle(struct cli *cli, const char *const *words,
				size_t count)
{
	const char *path = cli->args->record;
	CLEANUP_FREE char *usual = bundle_name();
	CLEANUP_JSON json_t *bundle = NULL;
	CLEANUP_FILE FILE *file = NULL;
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	(void)words;
	(void)count;
	exit = cli_look(cli, "/v1/status", &answer);
	if (exit)
		return exit;
	bundle = bundle_make(cli, answer.json);
	if (path && !strcmp(path, "-"))
		return bundle_write(stdout, bundle);
	path = path ? path : usual;
	file = output_open(path);
	if (!file)
		return CLI_EXIT_OUTPUT;
	exit = output_keep(file, path, bundle_write(file, bundle),
			   CLI_EXIT_DONE);
	if (!exit)
		say_note("%s has state, traces and log, and no secret; amounts "
			 "and names of people are in it.",
			 path);
	return exit;
}
