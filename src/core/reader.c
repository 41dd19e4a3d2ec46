/* SPDX-License-Identifier: Apache-2.0 */
#include "core/reader.h"

#include "core/record.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Badges that led to nothing are on record one by one up to here, and counted
 * past it: a reader that goes mad must not fill the disk. */
#define READER_WRONG_BURST	 5
#define READER_WRONG_INTERVAL_MS 2000

struct reader {
	struct core *core;
	struct fixture *fixture;
	struct reader_claim *claim;   /* who waits; NULL: nobody */
	int64_t quiet;		      /* swipes before this are ignored */
	char turn[POLICY_ID_MAX + 1]; /* the till that goes next; "": any */
	int64_t turn_ends;
	struct timer *timer; /* the claim's end */
	struct rates *wrong;
	int64_t uncounted; /* wrong ones that were not recorded */
};

static void reader_tell(struct reader *reader, const char *till,
			const char *type, const char *why)
{
	json_t *event = json_make();

	json_put_text(event, "reader", device_name(reader->fixture->device));
	json_put_text(event, "why", why);
	events_publish(reader->core, 0, type, till, event);
}

/* What a person did at the reader that led to nothing, to all its tills. */
static void reader_tell_all(struct reader *reader, const char *why)
{
	for (size_t i = 0; i < reader->fixture->tills_count; i++)
		reader_tell(reader, reader->fixture->tills[i], "reader.ignored",
			    why);
}

static void reader_note_uncounted(struct reader *reader, const char *till)
{
	struct record *record;
	json_t *entry;

	if (!reader->uncounted)
		return;
	entry = record_note(reader->core, &record, "unknown-badges", till);
	json_put_text(entry, "reader", device_name(reader->fixture->device));
	json_put_int(entry, "count", reader->uncounted);
	record_commit(record, NULL, NULL);
	reader->uncounted = 0;
}

static struct reader_claim *reader_release(struct reader *reader)
{
	struct reader_claim *claim = reader->claim;

	timer_stop(reader->timer);
	reader->claim = NULL;
	reader->quiet = core_now(reader->core) + READER_QUIET_MS;
	claim->reader = NULL;
	if (*reader->turn && strcmp(reader->turn, claim->till) != 0)
		reader->turn_ends = core_now(reader->core) + READER_TURN_MS;
	reader_note_uncounted(reader, claim->till);
	reader_tell(reader, claim->till, "reader.disarmed", NULL);
	return claim;
}

static void reader_expire(void *arg)
{
	struct reader *reader = arg;
	struct reader_claim *claim;

	if (!reader->claim)
		return;
	claim = reader_release(reader);
	claim->over(claim);
}

struct reader *reader_new(struct core *core, struct fixture *fixture)
{
	struct reader *reader = ALLOC_NEW(struct reader);

	reader->core = core;
	reader->fixture = fixture;
	reader->timer = timer_new(core->env.timers, reader_expire, reader);
	reader->wrong = rates_new(READER_WRONG_BURST, READER_WRONG_INTERVAL_MS);
	return reader;
}

struct reader *reader_free(struct reader *reader)
{
	if (!reader)
		return NULL;
	reader_expire(reader);
	timer_free(reader->timer);
	rates_free(reader->wrong);
	free(reader);
	return NULL;
}

bool reader_serves(struct core *core, const char *till)
{
	return core_fixture(core, till, DEVICE_READER);
}

/* --- arming --- */

static bool reader_is_there(const struct reader *reader)
{
	enum device_state state = device_state(reader->fixture->device);

	return state == DEVICE_READY || state == DEVICE_BUSY;
}

/* How long the till has to wait for its turn; 0: it is its turn. */
static int64_t reader_wait(const struct reader *reader, const char *till)
{
	int64_t now = core_now(reader->core);

	if (reader->claim)
		return reader->claim->ends > now ? reader->claim->ends - now
						 : 1;
	if (*reader->turn && strcmp(reader->turn, till) != 0 &&
	    reader->turn_ends > now)
		return reader->turn_ends - now;
	return 0;
}

/* The first other till that was told busy goes next. */
static void reader_promise(struct reader *reader, const char *till)
{
	if (reader->claim && !*reader->turn &&
	    strcmp(reader->claim->till, till) != 0)
		text_copy(reader->turn, sizeof(reader->turn), till);
}

static bool reader_may_arm(struct core *core, uid_t uid, const char *till,
			   int64_t *out_wait_ms)
{
	char subject[64];

	snprintf(subject, sizeof(subject), "%u@%s", (unsigned int)uid, till);
	return rates_take(core->armings, subject, core_now(core), out_wait_ms);
}

bool reader_arm(struct core *core, uid_t uid, struct reader_claim *claim,
		int64_t ms, enum problem *out_why, int64_t *out_wait_ms)
{
	struct fixture *fixture =
		core_fixture(core, claim->till, DEVICE_READER);
	struct reader *reader = fixture ? fixture->reader : NULL;
	int64_t wait = 0;

	*out_wait_ms = 0;
	*out_why = PROBLEM_NO_READER;
	if (!reader || !reader_is_there(reader))
		return false;
	*out_why = PROBLEM_TOO_MANY_REQUESTS;
	if (!reader_may_arm(core, uid, claim->till, out_wait_ms))
		return false;
	wait = reader_wait(reader, claim->till);
	if (wait) {
		reader_promise(reader, claim->till);
		*out_why = PROBLEM_READER_BUSY;
		*out_wait_ms = wait;
		return false;
	}
	*reader->turn = 0;
	claim->reader = reader;
	claim->armed = core_now(core);
	claim->ends = claim->armed + ms;
	reader->claim = claim;
	timer_set(reader->timer, ms);
	reader_tell(reader, claim->till, "reader.armed", NULL);
	return true;
}

void reader_disarm(struct core *core, struct reader_claim *claim)
{
	(void)core;
	if (claim->reader)
		reader_release(claim->reader);
}

void reader_changed(struct core *core, struct fixture *fixture)
{
	(void)core;
	if (!reader_is_there(fixture->reader))
		reader_expire(fixture->reader);
}

/* --- swiping --- */

static void reader_note_unknown(struct reader *reader, const char *till)
{
	struct record *record;
	json_t *entry =
		record_note(reader->core, &record, "unknown-badge", till);

	json_put_text(entry, "reader", device_name(reader->fixture->device));
	record_commit(record, NULL, NULL);
	reader_tell(reader, till, "reader.unknown-badge", NULL);
}

/* Why this swipe does not count, or NULL. */
static const char *reader_fault(const struct reader *reader)
{
	int64_t now = core_now(reader->core);

	if (now < reader->quiet)
		return "too soon after the reader was last asked";
	if (!reader->claim)
		return "nobody asked for a badge";
	if (now - reader->claim->armed < READER_SETTLE_MS)
		return "too soon after the reader was asked";
	return NULL;
}

void reader_swipe(struct core *core, struct fixture *fixture,
		  const char *badge_id)
{
	struct reader *reader = fixture->reader;
	struct reader_claim *claim = reader->claim;
	const char *fault = reader_fault(reader);
	const struct policy_operator *who;
	uint8_t key[HASH_SIZE];
	int64_t wait;

	/* What is shown faster than any hand can is noise. */
	if (!rates_take(reader->wrong, "swipe", core_now(core), &wait)) {
		reader->uncounted += reader->claim != NULL;
		return;
	}
	if (fault || !store_keys(core->store)) {
		reader_tell_all(reader, fault ? fault : "not set up");
		return;
	}
	keys_badge(store_keys(core->store), badge_id, key);
	who = policy_badge(core->policy, key, core_wall(core), NULL);
	if (!who) {
		reader_note_unknown(reader, claim->till);
		return;
	}
	if (claim->badge(claim, who) && reader->claim == claim)
		reader_release(reader);
}
