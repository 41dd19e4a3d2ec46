/* SPDX-License-Identifier: Apache-2.0 */
#include "core/witness.h"

#include "core/record.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"

#include <stdlib.h>
#include <string.h>

/* A commanded drawer is seen open by then, at the latest. */
#define WITNESS_EXPECT_MS 5000

struct witness {
	struct core *core;
	struct fixture *fixture;
	int64_t expected_until;
	int64_t reports; /* daily reports of a printer, as told last; 0: none */
	bool reporting;	 /* one was begun here since */
};

struct witness *witness_new(struct core *core, struct fixture *fixture)
{
	struct witness *witness = ALLOC_NEW(struct witness);

	witness->core = core;
	witness->fixture = fixture;
	return witness;
}

struct witness *witness_free(struct witness *witness)
{
	free(witness);
	return NULL;
}

bool witness_sees(enum device_class class)
{
	return class == DEVICE_DRAWER || class == DEVICE_PRINTER;
}

void witness_expect(struct witness *witness)
{
	witness->reporting = true;
	witness->expected_until = core_now(witness->core) + WITNESS_EXPECT_MS;
}

static bool witness_is(const json_t *status, const char *state)
{
	const char *drawer = json_text(status, "drawer");

	return drawer && !strcmp(drawer, state);
}

static void witness_record(struct core *core, struct fixture *fixture,
			   const char *kind)
{
	const char *till = fixture->tills_count ? fixture->tills[0] : NULL;
	struct record *record;
	json_t *entry = record_note(core, &record, kind, till);

	json_put_text(entry, "device", device_name(fixture->device));
	record_commit(record, NULL, NULL);
}

static void witness_record_reports(struct core *core, struct fixture *fixture,
				   int64_t before, int64_t now)
{
	const char *till = fixture->tills_count ? fixture->tills[0] : NULL;
	struct record *record;
	json_t *entry = record_note(core, &record, "report.unsolicited", till);

	json_put_text(entry, "device", device_name(fixture->device));
	json_put_int(entry, "before", before);
	json_put_int(entry, "now", now);
	record_commit(record, NULL, NULL);
	log_warning("%s has made a daily report that nobody asked for here",
		    device_name(fixture->device));
}

/* Fewer than before: it is another printer. */
static void witness_reports(struct core *core, struct fixture *fixture,
			    const json_t *now)
{
	struct witness *witness = fixture->witness;
	int64_t before = witness->reports;
	int64_t reports = json_int(now, "daily_reports", 0);
	int64_t own = witness->reporting ? 1 : 0;

	if (!reports || reports == before)
		return;
	witness->reports = reports;
	witness->reporting = false;
	if (before && reports > before + own)
		witness_record_reports(core, fixture, before + own, reports);
}

static void witness_drawer(struct core *core, struct fixture *fixture,
			   const json_t *before, const json_t *now)
{
	struct witness *witness = fixture->witness;
	bool opened = witness_is(now, "open") && !witness_is(before, "open");

	if (opened && !before) {
		/* First word since the device came: since when, who knows. */
		witness_record(core, fixture, "drawer.found-open");
	} else if (opened && core_now(core) >= witness->expected_until) {
		log_warning("%s was opened without having been told to",
			    device_name(fixture->device));
		witness_record(core, fixture, "drawer.unsolicited");
	} else if (opened) {
		witness->expected_until = 0; /* once per command */
		witness_record(core, fixture, "drawer.opened");
	}
	if (witness_is(now, "closed") && witness_is(before, "open")) {
		/* One that was open already has not been opened by a command. */
		witness->expected_until = 0;
		witness_record(core, fixture, "drawer.closed");
	}
}

void witness_status(struct core *core, struct fixture *fixture,
		    const json_t *before, const json_t *now)
{
	if (device_driver(fixture->device)->class == DEVICE_PRINTER)
		witness_reports(core, fixture, now);
	else
		witness_drawer(core, fixture, before, now);
}
