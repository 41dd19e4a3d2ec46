/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded sessions (tillctl trace -f --record) against the drivers of today:
 * what a device said is said again at the times when it did, in virtual time,
 * and the driver has to say what it said then, and come to the same outcome.
 * Where the recording has a stand-in for a secret any byte will do.
 *
 *	test_replay		all of tests/replay
 *	test_replay FILE...	these
 */
#include "device/device.h"
#include "fake_env.h"
#include "fake_transport.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/hash.h"
#include "util/json.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLAY_LINE_MAX	    (1024 * 1024)
#define REPLAY_PATIENCE_MS  20000 /* of virtual time, for what is due */
#define REPLAY_SETTINGS_MAX 32
#define REPLAY_WAIT_MS	    60000
#define REPLAY_LATE_MS	    100
#define REPLAY_REPORTS_MAX  4096

struct replay {
	const char *path;
	size_t number; /* of the line */
	struct fake_env fake;
	struct fake_lines lines;
	struct device *device;
	struct fake_line *line;
	int64_t begun; /* the wall time of its first record */
	int64_t offset;
	char op[OP_ID_SIZE]; /* begun last */
	bool done;
	enum outcome outcome;
	enum reason reason;
	json_t *result;
	int64_t phase; /* ms between the two clocks, which are cut to whole ones
			*/
	bool quiet;    /* there is another phase to be tried */
	uint8_t reports[REPLAY_REPORTS_MAX];
	bool failed;
};

static void replay_fail(struct replay *replay, const char *what,
			const char *wanted, const char *got)
{
	if (!replay->failed && !replay->quiet)
		printf("# %s:%zu: %s: wanted %s, got %s\n", replay->path,
		       replay->number, what, wanted ? wanted : "nothing",
		       got ? got : "nothing");
	replay->failed = true;
}

/* --- time --- */

static bool replay_is_over(const struct replay *replay, int64_t end)
{
	return replay->failed || replay->fake.now >= end;
}

static int64_t replay_patience(const struct replay *replay)
{
	return replay->fake.now + REPLAY_PATIENCE_MS;
}

/*
 * To when it was. A daemon's timers go off a bit late, and what comes in
 * meanwhile comes first: so shortly before, time jumps, and what is due goes
 * off only when it is looked for.
 */
static void replay_advance(struct replay *replay, const json_t *record)
{
	const char *at = json_text(record, "at");
	int64_t wall, due;

	if (!at || !clock_parse(at, &wall)) {
		replay_fail(replay, "the time", "a time", at);
		return;
	}
	if (!replay->begun)
		replay->begun = wall;
	due = replay->offset + wall - replay->begun;
	if (due - REPLAY_LATE_MS > replay->fake.now)
		fake_env_advance(&replay->fake,
				 due - REPLAY_LATE_MS - replay->fake.now);
	if (due > replay->fake.now)
		replay->fake.now = due;
}

/* --- bytes --- */

static bool replay_is_hidden(const json_t *hidden, size_t at)
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

static void replay_read_hex(const char *hex, struct buf *out)
{
	for (; *hex; hex += 2) {
		unsigned int byte = 0;

		if (sscanf(hex, "%2x", &byte) != 1)
			return;
		buf_add_byte(out, (uint8_t)byte);
	}
}

static void replay_write_hex(const uint8_t *bytes, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len; i++)
		buf_add_format(out, "%02x", bytes[i]);
}

/* What the driver says now, against what it said then. */
static void replay_out(struct replay *replay, const json_t *record,
		       const struct buf *wanted)
{
	CLEANUP(buf_cleanup) struct buf got = BUF_INIT(REPLAY_LINE_MAX);
	const json_t *hidden = json_object_get(record, "hidden");
	struct buf *written = &replay->line->written;
	int64_t end = replay_patience(replay);
	bool same = true;

	if (written->len < wanted->len)
		fake_env_run(&replay->fake);
	while (written->len < wanted->len && !replay_is_over(replay, end))
		fake_env_advance(&replay->fake, 1);
	for (size_t i = 0; i < wanted->len; i++)
		same = same && i < written->len &&
		       (replay_is_hidden(hidden, i) ||
			written->data[i] == wanted->data[i]);
	replay_write_hex(
		written->data,
		written->len < wanted->len ? written->len : wanted->len, &got);
	if (!same)
		replay_fail(replay, json_text(record, "text"),
			    json_text(record, "hex"), buf_text(&got));
	buf_drop(written, wanted->len);
}

static void replay_bytes(struct replay *replay, const json_t *record)
{
	CLEANUP(buf_cleanup) struct buf bytes = BUF_INIT(REPLAY_LINE_MAX);
	const char *hex = json_text(record, "hex");

	if (!hex) {
		replay_fail(replay, json_text(record, "text"),
			    "bytes: what is not shown can't be played", NULL);
		return;
	}
	replay_read_hex(hex, &bytes);
	if (!strcmp(json_text(record, "way"), "out"))
		replay_out(replay, record, &bytes);
	else
		fake_line_input(replay->line, bytes.data, bytes.len);
}

/* --- what the framework did --- */

static void replay_done(void *arg, enum outcome outcome, enum reason reason,
			const json_t *result)
{
	struct replay *replay = arg;

	replay->done = true;
	replay->outcome = outcome;
	replay->reason = reason;
	json_decref(replay->result);
	replay->result = result ? json_deep_copy(result) : NULL;
}

static void replay_save(void *arg, const json_t *evidence)
{
	struct replay *replay = arg;

	(void)evidence;
	device_saved(replay->device, replay->op, 0);
}

static void replay_begin(struct replay *replay, const json_t *detail)
{
	const struct device_user user = { .save = replay_save,
					  .done = replay_done,
					  .arg = replay };
	struct op op;

	if (!op_from_json(json_object_get(detail, "op"), &op)) {
		replay_fail(replay, "the operation", "one that is known", NULL);
		return;
	}
	replay->done = false;
	memcpy(replay->op, op.id, sizeof(replay->op));
	device_start(replay->device, &op, REPLAY_WAIT_MS, &user);
	fake_env_run(&replay->fake);
	op_clear(&op);
}

/* One of an earlier daemon; what was lost in this recording is asked about by
 * itself. */
static void replay_recover(struct replay *replay, const json_t *detail)
{
	const struct device_user user = { .save = replay_save,
					  .done = replay_done,
					  .arg = replay };
	struct op op;

	if (!op_from_json(json_object_get(detail, "op"), &op)) {
		replay_fail(replay, "the operation", "one that is known", NULL);
		return;
	}
	if (strcmp(op.id, replay->op)) {
		memcpy(replay->op, op.id, sizeof(replay->op));
		device_recover(replay->device, &op,
			       json_object_get(detail, "evidence"), &user);
		fake_env_run(&replay->fake);
	}
	op_clear(&op);
}

/* Digits may be stand-ins: of a card number, on a slip. */
static char *replay_bare(const json_t *value)
{
	char *text = value ? json_line(value) : alloc_text("");
	bool quoted = false;

	for (char *at = text; *at; at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (quoted && (isdigit((unsigned char)*at) || *at == '*'))
			*at = '0';
	}
	return text;
}

static void replay_end(struct replay *replay, const json_t *detail)
{
	const char *reason = json_text(detail, "reason");
	int64_t end = replay_patience(replay);
	CLEANUP_FREE char *wanted = NULL, *got = NULL;

	while (!replay->done && !replay_is_over(replay, end))
		fake_env_advance(&replay->fake, 1);
	if (!replay->done) {
		replay_fail(replay, "the operation", "an end", NULL);
		return;
	}
	if (strcmp(json_text(detail, "outcome"), outcome_name(replay->outcome)))
		replay_fail(replay, "the outcome", json_text(detail, "outcome"),
			    outcome_name(replay->outcome));
	if (strcmp(reason ? reason : "none", reason_name(replay->reason)))
		replay_fail(replay, "the reason", reason,
			    reason_name(replay->reason));
	wanted = replay_bare(json_object_get(detail, "result"));
	got = replay_bare(replay->result);
	if (strcmp(wanted, got))
		replay_fail(replay, "the result", wanted, got);
}

static void replay_up(struct replay *replay, const json_t *detail)
{
	int64_t end = replay_patience(replay);

	(void)detail;
	while (!replay->line->up && !replay_is_over(replay, end))
		fake_env_advance(&replay->fake, 1);
	if (!replay->line->up)
		replay_fail(replay, "the line", "up", NULL);
}

static bool replay_is_ready(const struct replay *replay)
{
	enum device_state state = device_state(replay->device);

	return state == DEVICE_READY || state == DEVICE_BUSY;
}

static void replay_ready(struct replay *replay, const json_t *detail)
{
	int64_t end = replay_patience(replay);
	json_t *described;

	while (!replay_is_ready(replay) && !replay_is_over(replay, end))
		fake_env_advance(&replay->fake, 1);
	described = device_describe(replay->device);
	if (!replay_is_ready(replay))
		replay_fail(replay, "the device", "ready",
			    json_text(described, "reason"));
	else if (detail &&
		 !json_equal(detail, json_object_get(described, "identity")))
		replay_fail(replay, "the device", "the same identity", NULL);
	json_decref(described);
}

/* The plug was pulled, unless the driver gives the line up by itself. */
static void replay_lost(struct replay *replay, const json_t *detail)
{
	enum reason reason = REASON_UNPLUGGED;

	reason_from_name(json_text(detail, "reason"), &reason);
	if (reason == REASON_UNPLUGGED)
		fake_line_drop(replay->line, reason);
	for (int64_t end = replay_patience(replay);
	     replay_is_ready(replay) && !replay_is_over(replay, end);)
		fake_env_advance(&replay->fake, 1);
	if (replay_is_ready(replay))
		replay_fail(replay, "the device", "lost", "ready");
	buf_reset(&replay->line->written);
}

static void replay_speed(struct replay *replay, const json_t *detail)
{
	(void)replay;
	(void)detail;
}

static void replay_note(struct replay *replay, const json_t *record)
{
	static const struct {
		const char *event;
		void (*play)(struct replay *replay, const json_t *detail);
	} notes[] = {
		{ "up", replay_up },	       { "ready", replay_ready },
		{ "lost", replay_lost },       { "begin", replay_begin },
		{ "recover", replay_recover }, { "done", replay_end },
		{ "speed", replay_speed },
	};
	const char *event = json_text(record, "event");

	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (event && !strcmp(notes[i].event, event)) {
			notes[i].play(replay,
				      json_object_get(record, "detail"));
			return;
		}
	replay_fail(replay, "the event", "one that is known", event);
}

static void replay_record(struct replay *replay, const json_t *record)
{
	const char *way = json_text(record, "way");

	replay_advance(replay, record);
	if (json_object_get(record, "times"))
		replay_fail(replay, json_text(record, "text"),
			    "each of them: it was recorded too late", NULL);
	else if (way && !strcmp(way, "note"))
		replay_note(replay, record);
	else
		replay_bytes(replay, record);
}

/* --- a device --- */

static void replay_changed(void *arg, struct device *device)
{
	(void)arg;
	(void)device;
}

static void replay_status(void *arg, struct device *device,
			  const json_t *before, const json_t *now)
{
	(void)arg;
	(void)device;
	(void)before;
	(void)now;
}

static void replay_swipe(void *arg, struct device *device, const char *badge_id,
			 bool proven)
{
	(void)proven;
	(void)arg;
	(void)device;
	(void)badge_id;
}

/* What USB said of it; good as long as that detail is. */
static void replay_set_facts(struct replay *replay, const json_t *detail)
{
	struct driver_facts *facts = &replay->lines.facts;
	const char *reports = json_text(detail, "reports");
	size_t len = reports ? strlen(reports) / 2 : 0;

	facts->vendor = (uint16_t)json_int(detail, "vendor", 0);
	facts->product = (uint16_t)json_int(detail, "product", 0);
	facts->model = json_text(detail, "model");
	facts->serial = json_text(detail, "serial");
	if (len > sizeof(replay->reports) ||
	    (reports && !hash_from_hex(reports, len, replay->reports)))
		replay_fail(replay, "the reports", "hexadecimal", reports);
	facts->reports = replay->reports;
	facts->reports_len = len;
}

static void replay_set_line(struct transport_config *config, const char *line)
{
	static const struct {
		const char *line;
		enum driver_plug plug;
	} plugs[] = {
		{ "usb", DRIVER_PLUG_USB },
		{ "hid", DRIVER_PLUG_HID },
		{ "keyboard", DRIVER_PLUG_KEYS },
		{ "pcsc", DRIVER_PLUG_CARD },
	};

	if (!strcmp(line, "tcp"))
		config->host = "127.0.0.1";
	else if (!strcmp(line, "serial"))
		config->path = "/dev/replayed";
	for (size_t i = 0; i < sizeof(plugs) / sizeof(plugs[0]); i++)
		if (!strcmp(line, plugs[i].line)) {
			config->plug = plugs[i].plug;
			config->plug_name = "replayed";
		}
}

/* head and first: the first two lines. */
static void replay_make(struct replay *replay, const struct driver *driver,
			const json_t *head, const json_t *first)
{
	const struct device_listener listener = { .changed = replay_changed,
						  .status = replay_status,
						  .swipe = replay_swipe };
	struct device_setting settings[REPLAY_SETTINGS_MAX];
	struct device_config config = { .name = "replayed",
					.driver = driver,
					.settings = settings };
	const char *line = json_text(head, "line"), *name;
	json_t *value;

	json_object_foreach (json_object_get(head, "settings"), name, value)
		if (config.settings_count < REPLAY_SETTINGS_MAX)
			settings[config.settings_count++] =
				(struct device_setting){
					name, json_string_value(value)
				};
	config.transport.line = driver->line;
	replay_set_line(&config.transport, line ? line : "serial");
	fake_env_init(&replay->fake);
	replay->fake.now = json_int(json_object_get(first, "detail"), "clock",
				    replay->fake.now);
	fake_lines_init(&replay->lines, &replay->fake);
	replay_set_facts(replay, json_object_get(first, "detail"));
	replay->device = device_new(&config, &replay->fake.env,
				    &replay->lines.transports, &listener);
	replay->line = replay->lines.last;
	replay->offset = replay->fake.now + replay->phase;
	device_open(replay->device);
}

static void replay_free(struct replay *replay)
{
	device_free(replay->device);
	json_decref(replay->result);
	fake_env_free(&replay->fake);
}

/* --- a file --- */

static json_t *replay_next(struct replay *replay, FILE *file)
{
	CLEANUP_FREE char *line = NULL;
	size_t size = 0;
	ssize_t len = getline(&line, &size, file);
	json_t *record;

	if (len < 0)
		return NULL;
	replay->number++;
	record = json_parse(line, (size_t)len);
	if (!record)
		replay_fail(replay, "the line", "JSON", NULL);
	return record;
}

static void replay_play(struct replay *replay, FILE *file)
{
	CLEANUP_JSON json_t *head = replay_next(replay, file);
	CLEANUP_JSON json_t *first = replay_next(replay, file);
	const char *name = json_text(head, "driver");
	const struct driver *driver = name ? driver_find(name) : NULL;
	json_t *record;

	if (!driver) {
		replay_fail(replay, "the driver", "one that is there", name);
		return;
	}
	replay_make(replay, driver, head, first);
	replay_record(replay, first);
	while (!replay->failed && (record = replay_next(replay, file))) {
		replay_record(replay, record);
		json_decref(record);
	}
	replay_free(replay);
}

static bool replay_in_phase(const char *path, int64_t phase, bool quiet)
{
	struct replay replay = { .path = path, .phase = phase, .quiet = quiet };
	CLEANUP_FILE FILE *file = fopen(path, "re");

	if (!file)
		replay_fail(&replay, "the file", "to be read", strerror(errno));
	else
		replay_play(&replay, file);
	return !replay.failed;
}

static bool replay_file(const char *path)
{
	return replay_in_phase(path, 1, true) ||
	       replay_in_phase(path, -1, true) ||
	       replay_in_phase(path, 0, false);
}

static int replay_all(char **paths, size_t count)
{
	int bad = 0;

	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		const char *name = strrchr(paths[i], '/');
		bool good = replay_file(paths[i]);

		printf("%s %zu - %s\n", good ? "ok" : "not ok", i + 1,
		       name ? name + 1 : paths[i]);
		bad += !good;
	}
	return bad;
}

int main(int argc, char **argv)
{
	const char *top = getenv("TILLD_SOURCE");
	CLEANUP_FREE char *pattern =
		alloc_format("%s/tests/replay/*.trace", top ? top : ".");
	glob_t found;
	int bad;

	if (argc > 1)
		return replay_all(argv + 1, (size_t)argc - 1) ? 1 : 0;
	if (glob(pattern, 0, NULL, &found) || !found.gl_pathc) {
		printf("Bail out! no recordings: %s\n", pattern);
		return 1;
	}
	bad = replay_all(found.gl_pathv, found.gl_pathc);
	globfree(&found);
	return bad ? 1 : 0;
}
