/* SPDX-License-Identifier: Apache-2.0 */
#include "drawer/kick.h"

#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <assert.h>
#include <string.h>

#define KICK_ANSWER_MS 400
#define KICK_TRIES     4
#define KICK_SENT_MS   200 /* a line that still holds then has taken it */

/* Of printing: from look to look; for paper to be put in, say; a line of 40
 * characters in 200 ms; bits of a byte on a serial line, at most. */
#define KICK_LOOK_MS   500
#define KICK_LATEST_MS 30000
#define KICK_BYTE_MS   5
#define KICK_BYTE_BITS 11

/* What has to outlast a lost line. */
struct kick_kept {
	struct duty duty;
	enum drawer_level before; /* the pulse */
	bool pulsed; /* or printed, by an operation that has not ended */
	/* As many bytes of a job that broke off may still be waited for by the
	 * printer, which would take the next one's for them. */
	uint32_t owed;
};

static_assert(sizeof(struct kick_kept) <= DRIVER_KEPT_SIZE, "kept");

static void kick_saw(struct driver_io *io);

/* --- what is known --- */

static void kick_tell_status(struct driver_io *io)
{
	const struct kick *s = driver_state(io);
	bool online = s->seen.trouble == REASON_NONE;
	json_t *status =
		json_pack("{s:s, s:b}", "drawer",
			  drawer_level_name(s->seen.level), "online", online);

	if (s->seen.paper != KICK_PAPER_UNKNOWN)
		json_put_text(status, "paper",
			      s->seen.paper == KICK_PAPER_OUT ? "out" : "ok");
	driver_status(io, status);
}

static void kick_note(struct driver_io *io, const struct kick_seen *seen)
{
	struct kick *s = driver_state(io);
	bool same = s->told && s->seen.level == seen->level &&
		    s->seen.paper == seen->paper &&
		    s->seen.trouble == seen->trouble;

	s->seen.if_open = seen->if_open;
	s->seen.if_closed = seen->if_closed;

	if (same)
		return;
	s->told = true;
	s->seen = *seen;
	kick_tell_status(io);
}

/* --- asking --- */

static void kick_send_question(struct driver_io *io)
{
	struct kick *s = driver_state(io);

	s->asking = true;
	s->heard = false;
	s->noisy = false;
	s->under_way++;
	driver_deadline(io, KICK_ANSWER_MS);
	s->make->ask(io);
}

static void kick_ask(struct driver_io *io)
{
	struct kick *s = driver_state(io);

	s->tries = 0;
	if (s->make->ask)
		kick_send_question(io);
	else
		kick_saw(io);
}

static void kick_pause(struct driver_io *io, int64_t ms)
{
	struct kick *s = driver_state(io);

	s->asking = false;
	driver_deadline(io, ms);
}

static void kick_rest_idle(struct driver_io *io)
{
	struct kick *s = driver_state(io);

	s->phase = KICK_IDLE;
	if (s->make->ask)
		kick_pause(io, driver_option_int(io, "poll"));
	else
		driver_deadline_stop(io);
}

void kick_answered(struct driver_io *io, const struct kick_seen *seen)
{
	struct kick *s = driver_state(io);
	bool asked = s->under_way > 0;

	if (asked)
		s->under_way--;
	if (!s->asking) {
		if (!asked)
			kick_note(io, seen);
	} else if (s->under_way) {
		s->heard = true;
		driver_deadline(io, KICK_ANSWER_MS);
	} else {
		s->asking = false;
		driver_deadline_stop(io);
		kick_note(io, seen);
		kick_saw(io);
	}
}

void kick_noise(struct driver_io *io)
{
	struct kick *s = driver_state(io);

	s->noisy = true;
}

/* --- opening the drawer --- */

static void kick_end(struct driver_io *io, enum outcome outcome,
		     enum reason reason, json_t *result)
{
	struct kick *s = driver_state(io);
	struct kick_kept *kept = driver_kept(io);

	s->running = false;
	s->recovering = false;
	s->job = NULL;
	kept->pulsed = false;
	kick_rest_idle(io);
	driver_done(io, outcome, reason, result);
}

static void kick_end_watching(struct driver_io *io, enum outcome outcome,
			      enum reason reason)
{
	const struct kick *s = driver_state(io);
	json_t *result =
		json_pack("{s:s}", "drawer", drawer_level_name(s->seen.level));

	if (s->was_open)
		json_object_set_new(result, "was_open", json_true());
	kick_end(io, outcome, reason, result);
}

static void kick_pulse(struct driver_io *io)
{
	struct kick *s = driver_state(io);
	struct kick_kept *kept = driver_kept(io);

	kept->before = s->seen.level;
	kept->pulsed = true;
	duty_note(&kept->duty, driver_now(io), s->make->on_time(io));
	s->was_open = s->seen.level == DRAWER_OPEN;
	s->phase = KICK_WATCHING;
	s->watch_until = driver_now(io) + DRAWER_SPRING_MS;
	driver_commit(io);
	s->make->pulse(io);
	kick_pause(io, s->make->ask ? DRAWER_WATCH_MS : KICK_SENT_MS);
}

/* Why the outcome of an operation that was begun earlier is not known. */
static enum reason kick_doubt(struct driver_io *io)
{
	const struct kick_kept *kept = driver_kept(io);

	return kept->pulsed ? REASON_NO_ANSWER : REASON_RESTARTED;
}

static void kick_end_recovering(struct driver_io *io)
{
	const struct kick *s = driver_state(io);
	const struct kick_kept *kept = driver_kept(io);

	if (s->seen.level == DRAWER_OPEN && kept->before == DRAWER_CLOSED)
		kick_end_watching(io, OUTCOME_OK, REASON_NONE);
	else
		kick_end_watching(io, OUTCOME_UNKNOWN, kick_doubt(io));
}

static void kick_end_pulsed(struct driver_io *io)
{
	const struct kick *s = driver_state(io);

	if (s->seen.level == DRAWER_OPEN)
		kick_end_watching(io, OUTCOME_OK, REASON_NONE);
	else if (s->seen.trouble != REASON_NONE) /* it may have kept it */
		kick_end_watching(io, OUTCOME_UNKNOWN, s->seen.trouble);
	else if (s->seen.level == DRAWER_NO_SENSOR)
		kick_end_watching(io, OUTCOME_SENT, REASON_NONE);
	else
		kick_end_watching(io, OUTCOME_UNKNOWN,
				  s->seen.level == DRAWER_CLOSED
					  ? REASON_DRAWER_STAYED_SHUT
					  : REASON_NO_ANSWER);
}

/* A drawer needs up to 150 ms to spring open, so it is looked at again. */
static void kick_saw_watching(struct driver_io *io)
{
	const struct kick *s = driver_state(io);
	bool shut = s->seen.level == DRAWER_CLOSED ||
		    s->seen.level == DRAWER_UNKNOWN;

	if (shut && s->make->ask && driver_now(io) < s->watch_until)
		kick_pause(io, DRAWER_WATCH_MS);
	else if (s->recovering)
		kick_end_recovering(io);
	else
		kick_end_pulsed(io);
}

static void kick_saw_checking(struct driver_io *io)
{
	const struct kick *s = driver_state(io);

	if (s->seen.trouble != REASON_NONE)
		kick_end(io, OUTCOME_FAILED, s->seen.trouble, NULL);
	else
		kick_pulse(io);
}

static void kick_saw_opening(struct driver_io *io)
{
	kick_rest_idle(io);
	driver_ready(io, NULL);
}

/* --- printing --- */

static void kick_end_printing(struct driver_io *io, enum outcome outcome,
			      enum reason reason)
{
	const struct kick *s = driver_state(io);
	struct kick_kept *kept = driver_kept(io);

	if (outcome == OUTCOME_SENT)
		kept->owed = 0;
	kick_end(io, outcome, reason,
		 json_put_int(json_make(), "bytes", (int64_t)s->job->len));
}

/* Sent once. The printer may still wait for the rest of an image of one that
 * broke off: it is given as many NULs, which are nothing anywhere else. */
static void kick_print(struct driver_io *io)
{
	struct kick *s = driver_state(io);
	struct kick_kept *kept = driver_kept(io);
	size_t owed = kept->owed, len = owed + s->job->len;
	int speed = driver_speed(io);
	int64_t line_ms =
		speed > 0 ? (int64_t)len * KICK_BYTE_BITS * 1000 / speed : 0;
	CLEANUP(buf_cleanup) struct buf nothing = BUF_INIT(JOB_BYTES_MAX);

	for (size_t i = 0; i < owed; i++)
		buf_add_byte(&nothing, 0);
	kept->pulsed = true;
	kept->owed = (uint32_t)s->job->len;
	s->phase = KICK_PRINTING;
	s->watch_until = driver_now(io) + line_ms + KICK_LATEST_MS +
			 (int64_t)len * KICK_BYTE_MS;
	driver_commit(io);
	driver_write(io, nothing.data, nothing.len);
	driver_write(io, s->job->data, s->job->len);
	kick_pause(io, line_ms + KICK_LOOK_MS);
}

static void kick_saw_preparing(struct driver_io *io)
{
	const struct kick *s = driver_state(io);

	if (s->recovering)
		kick_end_printing(io, OUTCOME_UNKNOWN, kick_doubt(io));
	else if (s->seen.trouble != REASON_NONE)
		kick_end(io, OUTCOME_FAILED, s->seen.trouble, NULL);
	else
		kick_print(io);
}

/* It will print what it has as soon as it can. */
static void kick_saw_printing(struct driver_io *io)
{
	const struct kick *s = driver_state(io);

	if (s->seen.trouble == REASON_NONE)
		kick_end_printing(io, OUTCOME_SENT, REASON_NONE);
	else if (driver_now(io) < s->watch_until)
		kick_pause(io, KICK_LOOK_MS);
	else
		kick_end_printing(io, OUTCOME_UNKNOWN, s->seen.trouble);
}

static void kick_begin_printing(struct driver_io *io, const struct op *op)
{
	struct kick *s = driver_state(io);

	s->job = op->job;
	s->phase = KICK_PREPARING;
	kick_ask(io);
}

/* One that stays silent, and may, tells nothing. */
static void kick_saw_testing(struct driver_io *io)
{
	const struct kick *s = driver_state(io);
	const struct kick_seen *seen = &s->seen;
	json_t *result;

	if (seen->level == DRAWER_UNKNOWN) {
		kick_end(io, OUTCOME_FAILED, REASON_NO_ANSWER, NULL);
		return;
	}
	result = json_pack("{s:s, s:b}", "drawer",
			   drawer_level_name(seen->level), "online",
			   seen->trouble == REASON_NONE);
	if (seen->if_open)
		json_object_set_new(result, "sensor_if",
				    json_pack("{s:s, s:s}", "open",
					      seen->if_open, "closed",
					      seen->if_closed));
	kick_end(io, OUTCOME_OK, REASON_NONE, result);
}

/* The drawer is as s->seen has it. RESTING asks nothing. */
static void kick_saw(struct driver_io *io)
{
	static void (*const saw[KICK_PHASES])(struct driver_io * io) = {
		[KICK_OPENING] = kick_saw_opening,
		[KICK_IDLE] = kick_rest_idle,
		[KICK_CHECKING] = kick_saw_checking,
		[KICK_WATCHING] = kick_saw_watching,
		[KICK_TESTING] = kick_saw_testing,
		[KICK_PREPARING] = kick_saw_preparing,
		[KICK_PRINTING] = kick_saw_printing,
	};
	const struct kick *s = driver_state(io);

	saw[s->phase](io);
}

static void kick_begin(struct driver_io *io)
{
	struct kick *s = driver_state(io);
	struct kick_kept *kept = driver_kept(io);
	int64_t wait = duty_wait(&kept->duty, driver_now(io),
				 driver_option_int(io, "kicks-per-minute"));

	if (wait >= DRAWER_REST_MS) {
		kick_end(io, OUTCOME_FAILED, REASON_DRAWER_RESTING,
			 json_put_int(json_make(), "retry_after",
				      (wait + 999) / 1000));
	} else if (wait > 0) {
		s->phase = KICK_RESTING;
		kick_pause(io, wait);
	} else {
		s->phase = KICK_CHECKING;
		kick_ask(io);
	}
}

/* --- what is late --- */

static void kick_give_up(struct driver_io *io)
{
	struct kick *s = driver_state(io);
	struct kick_seen seen = s->seen; /* the last news; at first: unknown */

	if (s->make->must_answer) {
		driver_lost(io, s->noisy ? REASON_WRONG_PROTOCOL
					 : REASON_NO_ANSWER);
		return;
	}
	s->asking = false;
	s->under_way = 0;
	kick_note(io, &seen);
	kick_saw(io);
}

static void kick_question_late(struct driver_io *io)
{
	struct kick *s = driver_state(io);
	int tries = s->make->must_answer ? KICK_TRIES : 1;

	if (s->heard) /* and then it was quiet: no more are under way */
		s->under_way = 0;
	if (s->phase == KICK_PRINTING && driver_now(io) < s->watch_until) {
		kick_pause(io, KICK_LOOK_MS); /* it waits behind the job */
		return;
	}
	if (++s->tries < tries)
		kick_send_question(io);
	else
		kick_give_up(io);
}

/* --- what the framework calls --- */

void kick_open(struct driver_io *io, const struct kick_make *make)
{
	struct kick *s = driver_state(io);
	struct kick_kept *kept = driver_kept(io);

	s->make = make;
	duty_begin(&kept->duty, driver_now(io), make->on_time(io));
	if (!make->ask)
		kick_note(io, &(struct kick_seen){ .level = DRAWER_NO_SENSOR });
	kick_ask(io);
}

void kick_start(struct driver_io *io, const struct op *op)
{
	struct kick *s = driver_state(io);

	s->running = true;
	if (op->kind == OP_DRAWER_OPEN) {
		kick_begin(io);
	} else if (op->kind == OP_PRINT_JOB) {
		kick_begin_printing(io, op);
	} else if (s->make->ask) {
		s->phase = KICK_TESTING;
		kick_ask(io);
	} else {
		kick_end(io, OUTCOME_FAILED, REASON_NOT_SUPPORTED, NULL);
	}
}

/*
 * Nothing is pulsed here. A drawer that was closed and is open now is taken to
 * have been opened by the operation. What we know ourselves of the moment
 * before the pulse goes before evidence, which is from before the intent.
 */
void kick_recover(struct driver_io *io, const struct op *op,
		  const json_t *evidence)
{
	struct kick *s = driver_state(io);
	struct kick_kept *kept = driver_kept(io);

	s->running = true;
	s->recovering = true;
	if (op->kind == OP_PRINT_JOB) {
		kept->owed = (uint32_t)op->job->len;
		kick_begin_printing(io, op);
		return;
	}
	if (!kept->pulsed)
		kept->before = drawer_level_in_evidence(evidence);
	s->was_open = kept->before == DRAWER_OPEN;
	s->phase = KICK_WATCHING;
	s->watch_until = driver_now(io) + DRAWER_SPRING_MS;
	kick_ask(io);
}

void kick_timeout(struct driver_io *io)
{
	const struct kick *s = driver_state(io);

	if (s->asking)
		kick_question_late(io);
	else if (s->phase == KICK_RESTING)
		kick_begin(io);
	else
		kick_ask(io);
}

void kick_abort(struct driver_io *io)
{
	const struct kick *s = driver_state(io);

	if (s->running && s->phase != KICK_WATCHING &&
	    s->phase != KICK_PRINTING)
		kick_end(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
}
