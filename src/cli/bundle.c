/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tillctl report: all that somebody far away needs to see what is wrong, in one
 * file that can be mailed. It is made of what the daemon tells technicians, and
 * holds no secret: of tilld.conf only what is known to be none is taken, and as
 * a last net no text passes that reads as a card number. With no daemon there
 * it is made of what can be seen without.
 */
#include "cli/bundle.h"
#include "cli/doctor.h"
#include "cli/loglines.h"
#include "cli/output.h"
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
#define BUNDLE_LOG_LINES 2000
#define BUNDLE_ENTRIES	 200
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

static bool bundle_take_line(void *arg, const json_t *line)
{
	json_array_append_new(arg, json_deep_copy(line));
	return true;
}

/* What was kept of the daemon's log; empty where nothing was. */
static json_t *bundle_log(int daemon)
{
	const struct loglines_wanted wanted = { .daemon = daemon,
						.limit = BUNDLE_LOG_LINES };
	json_t *lines = json_array();

	loglines_read(&wanted, bundle_take_line, lines);
	return lines;
}

/* The last entries; for whom the journal is not, why they are not there. */
static json_t *bundle_journal(struct cli *cli)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	struct client_request request = { .method = "GET" };
	CLI_ANSWER answer = { 0 };

	cli_sign_in_if_kept(cli); /* root needs none */
	client_add_path(&path, "/v1/journal");
	client_add_query(&path, "order", "newest");
	client_add_query_int(&path, "limit", BUNDLE_ENTRIES);
	request.path = buf_text(&path);
	if (client_send(cli_client(cli), &request, &answer) || !answer.json)
		return json_put_text(json_make(), "left_out", "no answer");
	if (answer.status != 200)
		return json_put_text(json_make(), "left_out",
				     json_text(answer.json, "code"));
	return json_incref(answer.json);
}

/* What follows -c or --config on the daemon's command line. New. */
static char *bundle_find_config(int daemon)
{
	CLEANUP_FREE char *name = alloc_format("/proc/%d/cmdline", daemon);
	CLEANUP_FILE FILE *file = daemon ? fopen(name, "re") : NULL;
	char text[BUNDLE_LINE_MAX] = "";
	size_t len = file ? fread(text, 1, sizeof(text) - 2, file) : 0;

	for (const char *at = text; at < text + len; at += strlen(at) + 1) {
		if (!strcmp(at, "-c") || !strcmp(at, "--config"))
			return alloc_text(at + strlen(at) + 1);
		if (!strncmp(at, "--config=", strlen("--config=")))
			return alloc_text(at + strlen("--config="));
	}
	return alloc_text(TILLD_SYSCONFDIR "/tilld/tilld.conf");
}

/* status: NULL if the daemon does not answer. */
static json_t *bundle_make(struct cli *cli, const json_t *status)
{
	struct doctor doctor = { .cli = cli };
	char at[CLOCK_TEXT_SIZE];
	json_t *bundle = json_make();
	CLEANUP_FREE char *config = NULL;
	enum finding worst;

	doctor_find_daemon(&doctor);
	config = bundle_find_config(doctor.daemon);
	clock_format(clock_wall_ms(clock_system()), at);
	json_put_int(bundle, "tilld_report", 1);
	json_put_text(bundle, "made_at", at);
	json_put(bundle, "box", bundle_box());
	json_put(bundle, "doctor", doctor_examine(cli, false, &worst));
	json_put(bundle, "config", bundle_read_config(config));
	if (status) {
		json_put(bundle, "status", json_deep_copy(status));
		json_put(bundle, "traces", bundle_traces(cli, status));
		json_put(bundle, "journal", bundle_journal(cli));
	}
	return json_put(bundle, "log", bundle_log(doctor.daemon));
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
	if (exit && exit != CLI_EXIT_UNREACHABLE)
		return exit;
	bundle = bundle_make(cli, answer.json);
	if (path && !strcmp(path, "-"))
		return bundle_write(stdout, bundle);
	path = path ? path : usual;
	file = output_open(path);
	if (!file) {
		say_note(_(
			"  --record FILE puts it elsewhere; with - it goes to "
			"standard output."));
		return CLI_EXIT_OUTPUT;
	}
	exit = output_keep(file, path, bundle_write(file, bundle),
			   CLI_EXIT_DONE);
	if (!exit)
		say_note(_("%s has %s, and no secret; amounts and names of "
			   "people may be in it."),
			 path,
			 answer.json ? "state, traces, journal and log"
				     : "what can be seen without the daemon");
	return exit;
}
