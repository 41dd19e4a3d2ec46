/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is there, and which dialect it speaks (docs/protocols.md 4.9): the same
 * harmless question in one dialect and, where that isn't answered, in the
 * other. Where an operation is in doubt, the question is its witness, too.
 */
#include "printer/datecs_private.h"

#include "util/json.h"

#include <string.h>

static const struct datecs_dialect *datecs_dialect_named(const char *name)
{
	if (name && !strcmp(name, datecs_x.name))
		return &datecs_x;
	if (name && !strcmp(name, datecs_classic.name))
		return &datecs_classic;
	return NULL;
}

static void datecs_speech_set(struct driver_io *io,
			      const struct datecs_dialect *dialect)
{
	struct datecs *p = driver_state(io);
	const char *page = driver_option(io, "code-page");
	const char *letters = driver_option(io, "tax-letters");

	p->speech = (struct datecs_speech){
		.dialect = dialect,
		.page = strcmp(page, "ascii") ? "CP1251" : "ASCII",
		.columns = (size_t)driver_option_int(io, "columns"),
		.cyrillic_taxes = !strcmp(letters, "cyrillic"),
	};
	datecs_rules_set(io, NULL);
}

/* --- the end --- */

static json_t *datecs_identity_make(const struct datecs *p)
{
	const struct datecs_identity *identity = &p->facts.identity;
	json_t *json = json_make();

	json_put_text(json, "model", identity->model);
	json_put_text(json, "firmware",
		      identity->firmware[0] ? identity->firmware : NULL);
	return json_put_text(json, "serial",
			     identity->serial[0] ? identity->serial : NULL);
}

static void datecs_open_finish(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct datecs_kept *kept = driver_kept(io);

	kept->classic = p->speech.dialect == &datecs_classic;
	p->stage = DATECS_IDLE;
	driver_deadline(io, DATECS_TICK_MS);
	driver_rules(io, &p->facts.rules);
	driver_ready(io, datecs_identity_make(p));
}

static void datecs_cancel_answered(struct driver_io *io, enum datecs_end end)
{
	if (end == DATECS_SILENT || end == DATECS_OPEN)
		datecs_line_lose(io, REASON_NO_ANSWER);
	else
		datecs_open_finish(io);
}

/* Whether the printer agreed shows in the status that is asked for next. */
static void datecs_cancel_foreign(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	bool fiscal = p->status.fiscal_open || p->status.storno_open;

	driver_log(io, "cancels the document that is open in it");
	datecs_ask_begin(io, DATECS_ASK_ONCE,
			 fiscal ? DATECS_RECEIPT_CANCEL
				: DATECS_NONFISCAL_CLOSE,
			 datecs_seq_take(io), NULL, datecs_cancel_answered);
}

static void datecs_identity_finished(struct driver_io *io,
				     const struct datecs_failure *failure)
{
	struct datecs *p = driver_state(io);

	if (failure)
		datecs_line_lose(io, failure->reason);
	else if (datecs_watch_is_open(p) && !driver_doubt(io) &&
		 driver_option_bool(io, "cancel-foreign"))
		datecs_cancel_foreign(io);
	else
		datecs_open_finish(io);
}

/* --- which dialect --- */

/* In doubt, all questions have the SEQ of the doubtful command: a printer that
 * remembers it answers to that instead, and none makes it forget. */
static uint8_t datecs_probe_seq(struct driver_io *io)
{
	struct datecs_kept *kept = driver_kept(io);
	int64_t seq = json_int(driver_doubt(io), "sequence", 0);

	if (seq < ' ' || seq > 0x7F)
		return datecs_seq_take(io);
	kept->seq = (uint8_t)seq;
	kept->seeded = true;
	return kept->seq;
}

static void datecs_probe_ask(struct driver_io *io,
			     const struct datecs_dialect *dialect)
{
	struct datecs *p = driver_state(io);
	struct buf frame = BUF_INIT(DATECS_FRAME_MAX);

	p->stage = DATECS_PROBING;
	p->probe.dialect = dialect;
	p->probe.seq = datecs_probe_seq(io);
	p->probe.heard = DATECS_HEARD_NOTHING;
	p->probe.begun_at = driver_now(io);
	p->reader = (struct datecs_reader){ 0 };
	datecs_probe_build(dialect, p->probe.seq, &frame);
	driver_write(io, frame.data, frame.len);
	driver_deadline(io, DATECS_FIRST_MS);
	buf_free(&frame);
}

/* The one that is configured; or the one that it spoke last goes first. */
static void datecs_probe_begin(struct driver_io *io)
{
	const struct datecs_kept *kept = driver_kept(io);
	struct datecs *p = driver_state(io);
	const struct datecs_dialect *dialect =
		datecs_dialect_named(driver_option(io, "dialect"));

	p->probe.configured = dialect != NULL;
	if (!dialect && !p->probe.round)
		dialect = datecs_dialect_named(
			json_text(driver_doubt(io), "dialect"));
	if (!dialect)
		dialect = kept->classic && !p->probe.round ? &datecs_classic
							   : &datecs_x;
	datecs_probe_ask(io, dialect);
}

static void datecs_probe_settle(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	if (p->answer.command != DATECS_PROBE_COMMAND)
		p->witness = (struct datecs_witness){ .found = true,
						      .seq = p->probe.seq,
						      .answer = p->answer };
	datecs_speech_set(io, p->probe.dialect);
	datecs_walk_begin(io, datecs_steps_identity, datecs_identity_finished);
}

/* The last word of several attempts. */
static enum reason datecs_probe_reason(const struct datecs *p)
{
	if (p->probe.broken)
		return REASON_GARBLED;
	return p->probe.naked ? REASON_WRONG_PROTOCOL : REASON_NO_ANSWER;
}

static void datecs_probe_next_round(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	if (++p->probe.round < DATECS_PROBE_ROUNDS)
		datecs_probe_begin(io);
	else
		datecs_line_lose(io, datecs_probe_reason(p));
}

static void datecs_probe_conclude(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct datecs_detection found =
		datecs_dialect_detect(p->probe.dialect, p->probe.heard);

	switch (found.finding) {
	case DATECS_FINDING_SETTLED:
		datecs_probe_settle(io);
		return;
	case DATECS_FINDING_ASK:
		if (p->probe.configured || found.next == &datecs_x)
			datecs_probe_next_round(io);
		else
			datecs_probe_ask(io, found.next);
		return;
	case DATECS_FINDING_WAIT: /* it said so, and then no more */
	case DATECS_FINDING_NOBODY:
		datecs_probe_next_round(io);
		return;
	}
}

static void datecs_probe_syn(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	int64_t spent = driver_now(io) - p->probe.begun_at;

	p->probe.heard = DATECS_HEARD_SYN;
	if (spent >= DATECS_PATIENT_MS)
		datecs_probe_conclude(io);
	else
		driver_deadline(io, DATECS_SYN_GAP_MS);
}

static void datecs_probe_nak(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->probe.naked = true;
	p->probe.heard = p->probe.heard == DATECS_HEARD_SYN
				 ? DATECS_HEARD_SYN_NAK
				 : DATECS_HEARD_NAK;
	datecs_probe_conclude(io);
}

void datecs_open_input(struct driver_io *io, enum datecs_read got)
{
	struct datecs *p = driver_state(io);

	switch (got) {
	case DATECS_READ_MORE:
		return;
	case DATECS_READ_ANSWER:
		if (p->answer.seq != p->probe.seq)
			return; /* late, from before */
		p->probe.heard = DATECS_HEARD_ANSWER;
		datecs_probe_conclude(io);
		return;
	case DATECS_READ_NAK:
		datecs_probe_nak(io);
		return;
	case DATECS_READ_SYN:
		datecs_probe_syn(io);
		return;
	case DATECS_READ_BROKEN:
		p->probe.broken = true;
		p->probe.heard = DATECS_HEARD_NOISE;
		return;
	}
}

static void datecs_probe_tick(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	if (p->probe.heard == DATECS_HEARD_NOTHING && p->reader.noise) {
		p->probe.broken = true;
		p->probe.heard = DATECS_HEARD_NOISE;
	}
	datecs_probe_conclude(io);
}

/* --- from outside --- */

void datecs_open_begin(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->stage = DATECS_DISCARDING;
	datecs_speech_set(io, &datecs_x);
	datecs_counters_clear(&p->facts.counters);
	p->reports = DATECS_NOT_TOLD;
	driver_deadline(io, DATECS_DISCARD_MS);
}

void datecs_open_tick(struct driver_io *io)
{
	const struct datecs *p = driver_state(io);

	if (p->stage == DATECS_PROBING)
		datecs_probe_tick(io);
	else
		datecs_probe_begin(io);
}
