/* SPDX-License-Identifier: Apache-2.0 */
#include "core/witness.h"

#include "core/operation.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* A commanded drawer is seen open by then, at the latest. */
#define WITNESS_EXPECT_MS 5000
#define WITNESS_RETRY_MS  30000

/* Left open: a shorter "open-alarm" would fill the journal. */
#define WITNESS_ALARM_MIN_MS 5000

struct witness {
	struct core *core;
	struct fixture *fixture;
	int64_t expected_until;
	bool reported; /* a Z of ours was made that is not counted yet */
	bool counting; /* how many there are is on its way to disk */
	struct timer *recount;
	int64_t missed; /* seen, and not on record: the disk did not work */
	int64_t missed_since; /* wall */
	struct timer *retry;  /* to write that down */
	int64_t open_since;  /* seen open, and not closed since; -1: it isn't */
	struct timer *alarm; /* that it still is */
};

static void witness_write_gap(void *arg);
static void witness_recount(void *arg);
static void witness_sound_alarm(void *arg);

struct witness *witness_new(struct core *core, struct fixture *fixture)
{
	struct witness *witness = ALLOC_NEW(struct witness);

	witness->core = core;
	witness->fixture = fixture;
	witness->retry =
		timer_new(core->env.timers, witness_write_gap, witness);
	witness->recount =
		timer_new(core->env.timers, witness_recount, witness);
	witness->alarm =
		timer_new(core->env.timers, witness_sound_alarm, witness);
	witness->open_since = -1;
	return witness;
}

struct witness *witness_free(struct witness *witness)
{
	if (witness) {
		timer_free(witness->retry);
		timer_free(witness->recount);
		timer_free(witness->alarm);
	}
	free(witness);
	return NULL;
}

bool witness_sees(enum device_class class)
{
	return class == DEVICE_DRAWER || class == DEVICE_PRINTER;
}

void witness_expect(struct witness *witness)
{
	witness->expected_until = core_now(witness->core) + WITNESS_EXPECT_MS;
}

static bool witness_is(const json_t *status, const char *state)
{
	const char *drawer = json_text(status, "drawer");

	return drawer && !strcmp(drawer, state);
}

/* What was seen of a drawer, on its way to disk; the drawer may be taken out of
 * the configuration meanwhile. */
struct witness_note {
	struct core *core;
	char device[DEVICE_NAME_MAX + 1];
	int64_t wall;
	int64_t gap; /* so many are told by it; 0: it is one itself */
};

static void witness_noted(void *arg, int error)
{
	struct witness_note *note = arg;
	struct fixture *fixture = core_fixture_named(note->core, note->device);
	struct witness *witness = fixture ? fixture->witness : NULL;

	if (witness && !error) {
		witness->missed -= note->gap;
	} else if (witness && !note->gap) {
		if (!witness->missed++)
			witness->missed_since = note->wall;
	}
	if (witness && witness->missed)
		timer_set(witness->retry, WITNESS_RETRY_MS);
	free(note);
}

static void witness_record(struct core *core, struct fixture *fixture,
			   const char *kind, int64_t gap)
{
	const char *till = fixture->tills_count ? fixture->tills[0] : NULL;
	struct witness_note *note = ALLOC_NEW(struct witness_note);
	struct record *record;
	json_t *entry = record_note(core, &record, kind, till);

	note->core = core;
	text_copy(note->device, sizeof(note->device),
		  device_name(fixture->device));
	note->wall = core_wall(core);
	note->gap = gap;
	json_put_text(entry, "device", note->device);
	if (gap) {
		char since[CLOCK_TEXT_SIZE];

		clock_format(fixture->witness->missed_since, since);
		json_put_text(entry, "since", since);
		json_put_int(entry, "count", gap);
	}
	record_commit(record, witness_noted, note);
}

/* What it was is in the log; that something is missing, in the journal. */
static void witness_write_gap(void *arg)
{
	struct witness *witness = arg;

	witness_record(witness->core, witness->fixture, "drawer.gap",
		       witness->missed);
}

/* --- a fiscal printer's daily reports --- */

#define WITNESS_NOT_TOLD (-1) /* how many there are; a new printer has none */

/* By its own number, at whatever till it stands; else by its place. */
static const char *witness_printer(const struct fixture *fixture)
{
	const char *serial = device_serial(fixture->device);

	return serial ? serial : device_name(fixture->device);
}

void witness_load(void *core, const char *printer, int64_t reports)
{
	json_put_int(((struct core *)core)->reports, printer, reports);
}

/* A count on its way to disk. */
struct witness_count {
	struct core *core;
	char device[DEVICE_NAME_MAX + 1];
	char printer[STORE_PRINTER_SIZE];
	int64_t reports;
};

static void witness_counted(void *arg, int error)
{
	struct witness_count *count = arg;
	struct fixture *fixture =
		core_fixture_named(count->core, count->device);

	if (!error)
		json_put_int(count->core->reports, count->printer,
			     count->reports);
	if (fixture && fixture->witness) {
		fixture->witness->counting = false;
		timer_set(fixture->witness->recount,
			  error ? WITNESS_RETRY_MS : 0);
	}
	free(count);
}

/* More of them than there should be. */
static void witness_enter(const char *device, const char *till,
			  struct record *record, int64_t before, int64_t now)
{
	json_t *entry = record_entry(record, "report.unsolicited", till);

	json_put_text(entry, "device", device);
	json_put_int(entry, "before", before);
	json_put_int(entry, "now", now);
	log_line_about(LOG_LEVEL_WARNING,
		       LOG_OF(.device = device, .till = till,
			      .event = "report.unsolicited"),
		       "%s has made a daily report that nobody asked for here",
		       device);
}

/* before: so many should there be, and there are more; or WITNESS_NOT_TOLD. */
static void witness_count(struct core *core, struct fixture *fixture,
			  int64_t before, int64_t now)
{
	const char *till = fixture->tills_count ? fixture->tills[0] : NULL;
	struct witness_count *count = ALLOC_NEW(struct witness_count);
	struct record *record = record_new(core);

	count->core = core;
	count->reports = now;
	text_copy(count->device, sizeof(count->device),
		  device_name(fixture->device));
	text_copy(count->printer, sizeof(count->printer),
		  witness_printer(fixture));
	txn_reports_seen(record->txn, count->printer, now);
	if (before >= 0)
		witness_enter(count->device, till, record, before, now);
	fixture->witness->counting = true;
	record_commit(record, witness_counted, count);
}

/* Before it is ready, nobody knows which printer it is. */
static bool witness_knows(const struct device *device)
{
	enum device_state state = device_state(device);

	return state == DEVICE_READY || state == DEVICE_BUSY;
}

/* Fewer than before: its memory is another one; but one less may have been
 * told before the last was made. While a Z of ours is under way, or nobody has
 * found out about it yet, its outcome will tell. */
static void witness_reports(struct core *core, struct fixture *fixture,
			    const json_t *now)
{
	struct witness *witness = fixture->witness;
	int64_t reports = json_int(now, "daily_reports", WITNESS_NOT_TOLD);
	int64_t before = json_int(core->reports, witness_printer(fixture),
				  WITNESS_NOT_TOLD);
	int64_t own = witness->reported ? 1 : 0;

	if (reports < 0 || reports == before || reports == before - 1 ||
	    witness->counting || !witness_knows(fixture->device) ||
	    operation_is_reporting(core, fixture->device))
		return;
	if (store_is_new(core->store)) {
		timer_set(witness->recount, WITNESS_RETRY_MS);
		return;
	}
	witness->reported = false;
	witness_count(core, fixture,
		      before >= 0 && reports > before + own ? before + own
							    : WITNESS_NOT_TOLD,
		      reports);
}

static void witness_recount(void *arg)
{
	struct witness *witness = arg;

	witness_reports(witness->core, witness->fixture,
			device_status(witness->fixture->device, NULL));
}

/* As the outcome itself tells. */
static int64_t witness_reports_then(const struct operation_row *row,
				    const char *when)
{
	const json_t *counters = json_object_get(row->result, "counters");

	return json_int(json_object_get(counters, when), "daily_reports",
			WITNESS_NOT_TOLD);
}

static int64_t witness_reports_before(const struct operation_row *row)
{
	return witness_reports_then(row, "before");
}

/* With this one; 0: it tells nothing of it. */
static int64_t witness_reports_after(const struct operation_row *row)
{
	int64_t after = witness_reports_then(row, "after");
	int64_t before = witness_reports_before(row);

	if (after > 0)
		return after;
	return before >= 0 && row->outcome == OUTCOME_OK ? before + 1 : 0;
}

void witness_device_changed(struct core *core, struct fixture *fixture)
{
	witness_reports(core, fixture, device_status(fixture->device, NULL));
}

void witness_report(struct core *core, struct fixture *fixture,
		    const struct operation_row *row,
		    struct witness_told *out_told)
{
	struct witness *witness = fixture->witness;
	struct witness_told told = { .reports = witness_reports_after(row) };
	int64_t known, was = witness_reports_before(row);

	text_copy(told.printer, sizeof(told.printer), witness_printer(fixture));
	known = json_int(core->reports, told.printer, WITNESS_NOT_TOLD);
	if (!told.reports) {
		witness->reported = row->outcome == OUTCOME_OK ||
				    row->outcome == OUTCOME_UNKNOWN;
		witness_reports(core, fixture,
				device_status(fixture->device, NULL));
		return;
	}
	/* that of an earlier one may have been written later */
	if (told.reports < known)
		return;
	/* made by hand before this one began, and not seen till then */
	told.before = known + (witness->reported ? 1 : 0);
	told.found = known >= 0 && was > told.before ? was : 0;
	json_put_int(core->reports, told.printer, told.reports);
	*out_told = told;
}

/* On a second try the outcome of a later one may be on disk before it: the
 * count goes up, never back. */
void witness_put(const struct witness_told *told,
		 const struct operation_row *row, struct record *record)
{
	int64_t known = json_int(record->core->reports, told->printer, 0);

	if (told->found)
		witness_enter(row->device, row->till, record, told->before,
			      told->found);
	if (told->reports)
		txn_reports_seen(record->txn, told->printer,
				 told->reports > known ? told->reports : known);
}

/* --- left open --- */

static int64_t witness_alarm_ms(const struct witness *witness)
{
	int64_t ms =
		device_option_int(witness->fixture->device, "open-alarm", 0);

	return ms && ms < WITNESS_ALARM_MIN_MS ? WITNESS_ALARM_MIN_MS : ms;
}

static void witness_watch_open(struct witness *witness, const json_t *now)
{
	int64_t ms = witness_alarm_ms(witness);

	if (witness_is(now, "closed")) {
		witness->open_since = -1;
		timer_stop(witness->alarm);
	} else if (witness_is(now, "open") && witness->open_since < 0 && ms) {
		witness->open_since = core_now(witness->core);
		timer_set(witness->alarm, ms);
	}
}

/* Nobody can tell of a drawer whose device is away; it may still be open. */
static void witness_sound_alarm(void *arg)
{
	struct witness *witness = arg;
	struct core *core = witness->core;
	const struct fixture *fixture = witness->fixture;
	int64_t open_ms = core_now(core) - witness->open_since;
	struct record *record;
	json_t *entry;

	timer_set(witness->alarm, witness_alarm_ms(witness));
	if (!witness_is(device_status(fixture->device, NULL), "open"))
		return;
	entry = record_note(core, &record, "drawer.left-open",
			    fixture->tills_count ? fixture->tills[0] : NULL);
	json_put_text(entry, "device", device_name(fixture->device));
	json_put_int(entry, "seconds", open_ms / 1000);
	record_commit(record, NULL, NULL);
	log_line_about(LOG_LEVEL_WARNING,
		       LOG_OF(.device = device_name(fixture->device),
			      .till = fixture->tills_count ? fixture->tills[0]
							   : NULL,
			      .event = "drawer.left-open"),
		       "%s has been open for %d seconds",
		       device_name(fixture->device), (int)(open_ms / 1000));
}

/* --- a drawer --- */

static void witness_drawer(struct core *core, struct fixture *fixture,
			   const json_t *before, const json_t *now)
{
	struct witness *witness = fixture->witness;
	bool opened = witness_is(now, "open") && !witness_is(before, "open");

	if (opened && !before) {
		/* First word since the device came: since when, who knows. */
		witness_record(core, fixture, "drawer.found-open", 0);
	} else if (opened && core_now(core) >= witness->expected_until) {
		log_line_about(LOG_LEVEL_WARNING,
			       LOG_OF(.device = device_name(fixture->device),
				      .till = fixture->tills_count
						      ? fixture->tills[0]
						      : NULL,
				      .event = "drawer.unsolicited"),
			       "%s was opened without having been told to",
			       device_name(fixture->device));
		witness_record(core, fixture, "drawer.unsolicited", 0);
	} else if (opened) {
		witness->expected_until = 0; /* once per command */
		witness_record(core, fixture, "drawer.opened", 0);
	}
	if (witness_is(now, "closed") && witness_is(before, "open")) {
		/* One that was open already has not been opened by a command. */
		witness->expected_until = 0;
		witness_record(core, fixture, "drawer.closed", 0);
	}
	witness_watch_open(witness, now);
}

void witness_status(struct core *core, struct fixture *fixture,
		    const json_t *before, const json_t *now)
{
	if (device_driver(fixture->device)->class == DEVICE_PRINTER)
		witness_reports(core, fixture, now);
	else
		witness_drawer(core, fixture, before, now);
}
