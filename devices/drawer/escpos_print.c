/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Printing on the printer that the drawer hangs on. GS r is answered in its
 * order, when all that was sent before it has been carried out: behind the job
 * it says that the job was printed. A printer that does not know GS r (clones
 * do not, all of them) is found out by asking it before; what it was sent is
 * sent, if it is online when it has taken all of it.
 *
 * A job is sent once and never again. One that broke off may have left the
 * printer waiting for the rest of an image, for which it would take the next
 * job's first bytes: it is given as many NULs as that may be, which are nothing
 * anywhere else. Wire facts: docs/protocols.md A.4, A.10.
 */
#include "drawer/escpos_codec.h"
#include "drawer/escpos_private.h"
#include "util/cleanup.h"
#include "util/json.h"

#define PRINT_ANSWER_MS 400   /* in order, by a printer at rest */
#define PRINT_BUSY_MS	5000  /* by one that may still print what it has */
#define PRINT_LOOK_MS	500   /* from look to look */
#define PRINT_LATEST_MS 30000 /* for paper to be put in, say */
#define PRINT_BYTE_MS	5     /* a line of 40 characters in 200 ms */
#define PRINT_BITS	11    /* of a byte on a serial line, at most */

static int64_t escpos_print_line_ms(struct driver_io *io, size_t len)
{
	int speed = driver_speed(io);

	return speed > 0 ? (int64_t)len * PRINT_BITS * 1000 / speed : 0;
}

static void escpos_print_end(struct driver_io *io, enum outcome outcome,
			     enum reason reason)
{
	struct drawer_state *s = driver_state(io);
	struct drawer_kept *kept = driver_kept(io);
	int64_t len = (int64_t)s->print.job->len;

	if (outcome == OUTCOME_OK || outcome == OUTCOME_SENT)
		kept->owed = 0;
	escpos_end(io, outcome, reason,
		   json_put_int(json_make(), "bytes", len));
}

/* --- before --- */

static void escpos_print_commit(struct driver_io *io)
{
	struct drawer_kept *kept = driver_kept(io);

	kept->pulsed = true;
	driver_commit(io);
}

/* Asks, to be answered in order, behind what is in out. */
static void escpos_print_ask(struct driver_io *io, struct buf *out)
{
	struct drawer_state *s = driver_state(io);

	s->in_order++;
	escpos_add_question_in_order(out);
	driver_write(io, out->data, out->len);
}

/* Has it ended what came before? It answers in order, then. */
static void escpos_print_sound(struct driver_io *io)
{
	struct drawer_state *s = driver_state(io);
	struct drawer_kept *kept = driver_kept(io);
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(JOB_BYTES_MAX + 8);

	if (kept->owed)
		escpos_print_commit(io);
	for (uint32_t i = 0; i < kept->owed; i++)
		buf_add_byte(&out, 0);
	s->phase = DRAWER_SOUNDING;
	s->print.heard = false;
	escpos_print_ask(io, &out);
	escpos_pause(io,
		     escpos_print_line_ms(io, out.len) +
			     (kept->owed ? PRINT_BUSY_MS : PRINT_ANSWER_MS));
}

/* --- the job itself --- */

static void escpos_print_send(struct driver_io *io)
{
	struct drawer_state *s = driver_state(io);
	struct drawer_kept *kept = driver_kept(io);
	const struct job *job = s->print.job;
	int64_t line_ms = escpos_print_line_ms(io, job->len);
	CLEANUP(buf_cleanup) struct buf question = BUF_INIT(8);

	escpos_print_commit(io);
	kept->owed = (uint32_t)job->len;
	s->phase = DRAWER_PRINTING;
	s->print.until = driver_now(io) + line_ms + PRINT_LATEST_MS +
			 (int64_t)job->len * PRINT_BYTE_MS;
	driver_write(io, job->data, job->len);
	if (s->print.answers)
		escpos_print_ask(io, &question);
	escpos_pause(io, line_ms + PRINT_LOOK_MS);
}

/* Where there is none left the printer goes offline, and is asked why. */
static void escpos_print_note_paper(struct driver_io *io, uint8_t answer)
{
	escpos_note_paper(io, escpos_is_roll_near_end(answer)
				      ? DRAWER_PAPER_LOW
				      : DRAWER_PAPER_OK);
}

/* The last one that can come is an answer to the last question. */
static void escpos_print_answered_in_order(struct driver_io *io)
{
	struct drawer_state *s = driver_state(io);

	s->print.heard = true;
	if (s->in_order)
		return;
	if (s->phase == DRAWER_SOUNDING) {
		s->print.answers = true;
		escpos_print_send(io);
	} else if (s->print.job && s->print.answers) {
		s->print.printed = true;
		if (s->phase == DRAWER_PRINTING)
			escpos_ask_printer(io, DRAWER_LOOKING);
	}
}

bool escpos_print_input(struct driver_io *io, uint8_t byte)
{
	struct drawer_state *s = driver_state(io);
	struct escpos_reader reader = s->ask.reader;

	if (!s->in_order || escpos_read(&reader, byte) != ESCPOS_OTHER ||
	    !escpos_is_in_order(byte))
		return false;
	s->ask.reader = reader;
	s->in_order--;
	escpos_print_note_paper(io, byte);
	escpos_print_answered_in_order(io);
	return true;
}

/* --- after --- */

static const char *escpos_print_words(enum reason trouble)
{
	return trouble == REASON_PAPER_OUT    ? "paper out"
	       : trouble == REASON_COVER_OPEN ? "cover open"
					      : "printer offline";
}

/* It will print what it has as soon as it can: people are told why not now. */
static void escpos_print_wait(struct driver_io *io, enum reason trouble)
{
	struct drawer_state *s = driver_state(io);

	if (trouble != REASON_NONE && trouble != s->print.trouble)
		driver_progress(io, json_put_text(json_make(), "text",
						  escpos_print_words(trouble)));
	s->print.trouble = trouble;
	s->phase = DRAWER_PRINTING;
	if (driver_now(io) < s->print.until)
		escpos_pause(io, PRINT_LOOK_MS);
	else
		escpos_print_end(io, OUTCOME_UNKNOWN,
				 trouble ? trouble : REASON_NO_ANSWER);
}

static void escpos_print_looked(struct driver_io *io, bool offline)
{
	struct drawer_state *s = driver_state(io);

	if (offline)
		escpos_ask_begin(io, &s->ask, ESCPOS_ASK_CAUSE);
	else if (s->print.printed)
		escpos_print_end(io, OUTCOME_OK, REASON_NONE);
	else if (!s->print.answers)
		escpos_print_end(io, OUTCOME_SENT, REASON_NONE);
	else
		escpos_print_wait(io, REASON_NONE);
}

static enum reason escpos_print_cause(uint8_t answer)
{
	return escpos_is_cover_open(answer)   ? REASON_COVER_OPEN
	       : escpos_is_paper_stop(answer) ? REASON_PAPER_OUT
	       : escpos_is_error(answer)      ? REASON_PRINTER_ERROR
					      : REASON_PRINTER_OFFLINE;
}

static void escpos_print_doubt(struct driver_io *io)
{
	const struct drawer_kept *kept = driver_kept(io);

	escpos_print_end(io, OUTCOME_UNKNOWN,
			 kept->pulsed ? REASON_NO_ANSWER : REASON_RESTARTED);
}

void escpos_print_answered(struct driver_io *io, enum escpos_question question,
			   uint8_t answer)
{
	const struct drawer_state *s = driver_state(io);

	if (question == ESCPOS_ASK_CAUSE) {
		escpos_print_wait(io, escpos_print_cause(answer));
		return;
	}
	escpos_note_printer(io, answer);
	if (s->recovering)
		escpos_print_doubt(io);
	else if (s->phase == DRAWER_LOOKING)
		escpos_print_looked(io, s->offline);
	else if (s->offline)
		escpos_explain(io);
	else
		escpos_print_sound(io);
}

void escpos_print_timeout(struct driver_io *io)
{
	struct drawer_state *s = driver_state(io);

	if (s->phase != DRAWER_SOUNDING) {
		escpos_ask_printer(io, DRAWER_LOOKING);
	} else if (s->print.heard) { /* and then it was quiet: no more come */
		s->in_order = 0;
		escpos_print_sound(io);
	} else {
		escpos_print_send(io);
	}
}

/* A question waits behind the job, on a line that may be held up for a while;
 * one about the cause, the printer may not know. */
bool escpos_print_goes_on(struct driver_io *io)
{
	const struct drawer_state *s = driver_state(io);

	if (s->recovering || !s->print.job)
		return false;
	if (s->ask.question == ESCPOS_ASK_CAUSE)
		escpos_print_wait(io, REASON_PRINTER_OFFLINE);
	else if (driver_now(io) < s->print.until)
		escpos_print_wait(io, s->print.trouble);
	else
		return false;
	return true;
}

/* --- begun and taken up --- */

void escpos_print_begin(struct driver_io *io, const struct op *op)
{
	struct drawer_state *s = driver_state(io);

	s->print = (struct escpos_print){ .job = op->job };
	escpos_ask_printer(io, DRAWER_PREPARING);
}

void escpos_print_recover(struct driver_io *io, const struct op *op)
{
	struct drawer_state *s = driver_state(io);
	struct drawer_kept *kept = driver_kept(io);

	s->print = (struct escpos_print){ .job = op->job };
	kept->owed = (uint32_t)op->job->len;
	escpos_ask_printer(io, DRAWER_PREPARING);
}
