/* SPDX-License-Identifier: Apache-2.0 */
#include "core/reader.h"

#include "core/authorization.h"
#include "core/record.h"
#include "core/turns.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/message.h"
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
	struct turns *turns;
	struct reader_claim *claim; /* who waits; NULL: nobody */
	int64_t quiet;		    /* swipes before this are ignored */
	struct timer *timer;	    /* the claim's end */
	struct rates *wrong;
	bool noisy;	   /* said to be; until it is quiet again */
	int64_t uncounted; /* wrong ones that were not recorded */
};

static json_t *reader_event(const struct reader *reader)
{
	return json_put_text(json_make(), "reader",
			     device_name(reader->fixture->device));
}

static void reader_tell(struct reader *reader, const char *till,
			const char *type, const char *why)
{
	json_t *event = reader_event(reader);

	json_put_text(event, "why", why);
	events_publish(reader->core, type, till, event);
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

/* --- letting go --- */

/* Who is next at the reader, or at a display, hears of it. */
static void reader_pass(struct reader *reader, struct turns *turns,
			const struct fixture *fixture)
{
	json_t *event;
	size_t next;

	if (!turns_leave(turns, core_now(reader->core), &next))
		return;
	event = reader_event(reader);
	json_put_int(event, "seconds", TURNS_KEPT_MS / 1000);
	events_publish(reader->core, "reader.turn", fixture->tills[next],
		       event);
}

static void reader_pass_display(struct reader *reader,
				struct reader_claim *claim)
{
	struct prompt *prompt = claim->question.prompt;

	if (!prompt)
		return;
	prompt_hide(&claim->question);
	reader_pass(reader, prompt_turns(prompt), prompt_fixture(prompt));
}

static struct reader_claim *reader_release(struct reader *reader,
					   const char *why)
{
	struct reader_claim *claim = reader->claim;
	json_t *event;

	timer_stop(reader->timer);
	reader->claim = NULL;
	reader->quiet = core_now(reader->core) + READER_QUIET_MS;
	claim->reader = NULL;
	reader_note_uncounted(reader, claim->question.till);
	event = reader_event(reader);
	json_put_text(event, "why", why);
	json_put_text(event, "authorization", claim->question.authorization);
	events_publish(reader->core, "reader.disarmed", claim->question.till,
		       event);
	reader_pass_display(reader, claim);
	reader_pass(reader, reader->turns, reader->fixture);
	authorizations_reader_is_free(reader->core);
	return claim;
}

static void reader_end(struct reader *reader, const char *why)
{
	struct reader_claim *claim;

	if (!reader->claim)
		return;
	claim = reader_release(reader, why);
	if (claim->over)
		claim->over(claim);
}

static void reader_due(void *arg)
{
	struct reader *reader = arg;

	reader_end(reader,
		   reader->claim && reader->claim->cut ? "turn" : "time-over");
}

struct reader *reader_new(struct core *core, struct fixture *fixture)
{
	struct reader *reader = ALLOC_NEW(struct reader);

	reader->core = core;
	reader->fixture = fixture;
	reader->turns = turns_new(fixture->tills_count);
	reader->timer = timer_new(core->env.timers, reader_due, reader);
	reader->wrong = rates_new(READER_WRONG_BURST, READER_WRONG_INTERVAL_MS);
	return reader;
}

struct reader *reader_free(struct reader *reader)
{
	if (!reader)
		return NULL;
	reader_end(reader, "device-gone");
	timer_free(reader->timer);
	rates_free(reader->wrong);
	turns_free(reader->turns);
	free(reader);
	return NULL;
}

bool reader_serves(struct core *core, const char *till)
{
	return core_fixture(core, till, DEVICE_READER);
}

bool reader_proves(struct core *core, const char *till)
{
	const struct fixture *fixture = core_fixture(core, till, DEVICE_READER);

	return fixture && device_proves(fixture->device);
}

/* --- arming --- */

bool reader_is_armed(const struct reader *reader)
{
	return reader->claim;
}

static bool reader_is_there(const struct reader *reader)
{
	enum device_state state = device_state(reader->fixture->device);

	return state == DEVICE_READY || state == DEVICE_BUSY;
}

static const char reader_no_prompt[] =
	N_("the display of this till could not show what is asked");

const char *reader_hindrance(struct core *core, const char *till)
{
	const struct prompt *prompt = prompt_of(core, till);

	if (!reader_is_there(core_fixture(core, till, DEVICE_READER)->reader))
		return N_("the badge reader of this till is not there");
	return prompt && !prompt_is_there(prompt) ? reader_no_prompt : NULL;
}

/* The turns that have to come round before a till can ask: at the reader, and
 * at its display. */
struct reader_turns {
	struct {
		struct turns *turns;
		size_t till;
	} at[2];
	size_t count;
};

static void reader_add_turns(struct reader_turns *all, struct turns *turns,
			     const struct fixture *fixture, const char *till)
{
	all->at[all->count].turns = turns;
	all->at[all->count].till = core_till_place(fixture, till);
	all->count++;
}

static struct reader_turns reader_turns(const struct reader *reader,
					struct prompt *prompt, const char *till)
{
	struct reader_turns all = { 0 };

	reader_add_turns(&all, reader->turns, reader->fixture, till);
	if (prompt)
		reader_add_turns(&all, prompt_turns(prompt),
				 prompt_fixture(prompt), till);
	return all;
}

/* Whether all of them are free; until when, in out_until. */
static bool reader_may_take(const struct reader_turns *all, int64_t now,
			    int64_t *out_until)
{
	int64_t least = INT64_MAX, until;

	for (size_t i = 0; i < all->count; i++) {
		if (!turns_may_take(all->at[i].turns, all->at[i].till, now,
				    &until))
			return false;
		least = until < least ? until : least;
	}
	*out_until = least;
	return true;
}

static bool reader_is_taken(const struct reader_turns *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (turns_is_taken(all->at[i].turns))
			return true;
	return false;
}

/* When to come back. While somebody has it, that is a promise: at the display
 * for the same time as at the reader. */
static int64_t reader_queue(const struct reader_turns *all, int64_t now)
{
	bool taken = reader_is_taken(all);
	int64_t at = now;

	for (size_t i = 0; i < all->count; i++) {
		struct turns *turns = all->at[i].turns;
		int64_t place =
			taken ? turns_place(turns, all->at[i].till, now, at)
			      : turns_opens(turns, all->at[i].till, now);

		at = place > at ? place : at;
	}
	for (size_t i = 0; taken && i < all->count; i++)
		turns_promise(all->at[i].turns, all->at[i].till, at);
	return at > now ? at : now + 1;
}

static bool reader_may_arm(struct core *core, uid_t uid, const char *till,
			   int64_t *out_wait_ms)
{
	char subject[64];

	snprintf(subject, sizeof(subject), "%u@%s", (unsigned int)uid, till);
	return rates_take(core->armings, subject, core_now(core), out_wait_ms);
}

/* It can be read from now on, or no longer. */
static void reader_question_changed(struct prompt_question *question)
{
	struct reader_claim *claim = (struct reader_claim *)question;

	claim->since = core_now(claim->reader->core);
}

static void reader_question_gone(struct prompt_question *question)
{
	struct reader_claim *claim = (struct reader_claim *)question;

	reader_end(claim->reader, "device-gone");
}

static void reader_tell_armed(struct reader *reader,
			      const struct reader_claim *claim)
{
	const struct prompt_question *question = &claim->question;
	json_t *event = reader_event(reader);

	json_put_text(event, "for",
		      claim->number		? "enrollment"
		      : question->authorization ? "authorization"
						: "sign-on");
	json_put_text(event, "authorization", question->authorization);
	json_put_text(event, "prompt",
		      prompt_name(reader->core, question->till));
	json_put_int(event, "seconds",
		     (claim->ends - core_now(reader->core) + 999) / 1000);
	events_publish(reader->core, "reader.armed", question->till, event);
}

/* Who is asked goes before a technician who tries the reader, also before one
 * whose test was just on its way to it. */
static void reader_end_tests(struct reader *reader)
{
	device_fail_queued(reader->fixture->device, REASON_BUSY);
}

static void reader_take(struct reader *reader, struct reader_claim *claim,
			struct prompt *prompt, const struct reader_turns *all)
{
	int64_t now = core_now(reader->core);

	for (size_t i = 0; i < all->count; i++)
		turns_take(all->at[i].turns, all->at[i].till, claim->ends);
	claim->reader = reader;
	claim->since = now;
	reader->claim = claim;
	reader_end_tests(reader);
	timer_set(reader->timer, claim->ends - now);
	reader_tell_armed(reader, claim);
	claim->question.changed = reader_question_changed;
	claim->question.gone = reader_question_gone;
	if (prompt)
		prompt_show(prompt, &claim->question);
}

/* Whether the till has a reader that could be asked, whoever has it. */
static enum problem reader_problem(struct core *core, const char *till)
{
	const struct fixture *fixture = core_fixture(core, till, DEVICE_READER);

	if (core->stopping)
		return PROBLEM_STOPPING;
	return fixture && reader_is_there(fixture->reader) ? PROBLEMS
							   : PROBLEM_NO_READER;
}

enum problem reader_arm_again(struct core *core, struct reader_claim *claim,
			      int64_t ms, int64_t *out_wait_ms)
{
	const char *till = claim->question.till;
	enum problem why = reader_problem(core, till);
	struct prompt *prompt = prompt_of(core, till);
	int64_t now = core_now(core), until;
	struct reader_turns all;
	struct reader *reader;

	*out_wait_ms = 0;
	if (why != PROBLEMS)
		return why;
	reader = core_fixture(core, till, DEVICE_READER)->reader;
	all = reader_turns(reader, prompt, till);
	if (!reader_may_take(&all, now, &until)) {
		*out_wait_ms = reader_queue(&all, now) - now;
		return PROBLEM_READER_BUSY;
	}
	claim->cut = until < now + ms;
	claim->ends = claim->cut ? until : now + ms;
	reader_take(reader, claim, prompt, &all);
	return PROBLEMS;
}

enum problem reader_arm(struct core *core, uid_t uid,
			struct reader_claim *claim, int64_t ms,
			int64_t *out_wait_ms)
{
	const char *till = claim->question.till;
	enum problem why = reader_problem(core, till);

	*out_wait_ms = 0;
	if (why != PROBLEMS)
		return why;
	if (!reader_may_arm(core, uid, till, out_wait_ms))
		return PROBLEM_TOO_MANY_REQUESTS;
	return reader_arm_again(core, claim, ms, out_wait_ms);
}

void reader_disarm(struct reader_claim *claim)
{
	if (claim->reader)
		reader_release(claim->reader, "ended");
}

void readers_stop(struct core *core)
{
	struct fixture *fixture;

	LIST_FOREACH(fixture, &core->fixtures, entry)
	if (fixture->reader)
		reader_end(fixture->reader, "stopping");
}

void reader_changed(struct core *core, struct fixture *fixture)
{
	if (!reader_is_there(fixture->reader))
		reader_end(fixture->reader, "device-gone");
	else if (fixture->reader->claim)
		reader_end_tests(fixture->reader);
	else
		authorizations_reader_is_free(core);
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

const char *reader_objection(const struct reader_claim *claim)
{
	const struct prompt_question *question = &claim->question;
	int64_t now = core_now(claim->reader->core);

	if (now >= claim->ends) /* while the box slept */
		return N_("the time for it is over");
	if (now < claim->reader->quiet)
		return N_("too soon after the reader was last asked");
	if (question->prompt && !prompt_is_there(question->prompt))
		return reader_no_prompt;
	if (question->prompt && !question->read)
		return N_("the display has not shown all of what is asked yet");
	if (now - claim->since < READER_SETTLE_MS)
		return N_("too soon after the reader was asked");
	return NULL;
}

/* Why this swipe does not count, or NULL. */
static const char *reader_fault(const struct reader *reader)
{
	if (reader->claim)
		return reader_objection(reader->claim);
	if (core_now(reader->core) < reader->quiet)
		return N_("too soon after the reader was last asked");
	return "nobody asked for a badge";
}

/* What is shown faster than any hand can is noise: said once, then counted. */
static bool reader_is_noise(struct reader *reader)
{
	int64_t wait_ms;

	if (rates_take(reader->wrong, "swipe", core_now(reader->core),
		       &wait_ms)) {
		reader->noisy = false;
		return false;
	}
	reader->uncounted += reader->claim != NULL;
	if (!reader->noisy)
		reader_tell_all(reader, "badges come too fast; wait a moment");
	reader->noisy = true;
	return true;
}

void reader_turn_away(struct core *core, struct fixture *fixture,
		      const char *why)
{
	struct reader *reader = fixture->reader;

	(void)core;
	if (!reader_is_noise(reader))
		reader_tell_all(reader, why);
}

void reader_swipe(struct core *core, struct fixture *fixture,
		  const char *badge_id, bool proven)
{
	struct reader *reader = fixture->reader;
	struct reader_claim *claim = reader->claim;
	const char *fault = reader_fault(reader);
	const struct policy_operator *who;
	const struct policy_badge *badge;
	uint8_t key[HASH_SIZE];

	if (reader_is_noise(reader))
		return;
	if (fault || !store_keys(core->store)) {
		reader_tell_all(reader, fault ? fault : "not set up");
		return;
	}
	keys_badge(store_keys(core->store), badge_id, key);
	if (claim->number) {
		if (claim->number(claim, badge_id, key) &&
		    reader->claim == claim)
			reader_release(reader, "ended");
		return;
	}
	who = policy_badge(core->policy, key, core_wall(core), &badge);
	if (!who) {
		reader_note_unknown(reader, claim->question.till);
		return;
	}
	text_copy(claim->shown, sizeof(claim->shown), badge->handle);
	claim->proven = proven;
	if (claim->badge(claim, who) && reader->claim == claim)
		reader_release(reader, "ended");
}
