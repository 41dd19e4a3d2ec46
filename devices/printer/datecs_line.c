/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request at a time, and the wait for its answer (docs/protocols.md 4.2):
 * within 500 ms something comes, be it a NAK (not understood) or SYN again and
 * again while the printer works on it.
 */
#include "printer/datecs_private.h"

#include "util/secret.h"

#include <string.h>

void datecs_line_lose(struct driver_io *io, enum reason reason)
{
	struct datecs *p = driver_state(io);

	p->stage = DATECS_GONE;
	driver_deadline_stop(io);
	driver_lost(io, reason);
}

void datecs_pause_begin(struct driver_io *io, int64_t ms,
			void (*resume)(struct driver_io *io))
{
	struct datecs *p = driver_state(io);

	p->stage = DATECS_PAUSING;
	p->resume = resume;
	driver_deadline(io, ms);
}

/* The first guess is as good as any, and unlikely to be the last one's. */
uint8_t datecs_seq_take(struct driver_io *io)
{
	struct datecs_kept *kept = driver_kept(io);

	if (!kept->seeded)
		kept->seq = (uint8_t)(' ' + driver_now(io) % ('\x7f' - ' '));
	kept->seeded = true;
	kept->seq = datecs_seq_next(kept->seq);
	return kept->seq;
}

/* --- sending --- */

static void datecs_ask_send(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct buf data = BUF_INIT(DATECS_DATA_SIZE);
	struct buf frame = BUF_INIT(DATECS_FRAME_MAX);

	buf_add(&data, p->ask.data, p->ask.data_len);
	datecs_request_build(&p->speech, p->ask.action, p->ask.seq, &data,
			     &frame);
	p->ask.refused = false;
	/* what can't be said was found out before: see datecs_ask_fill */
	if (!frame.failed)
		driver_write(io, frame.data, frame.len);
	driver_deadline(io, DATECS_FIRST_MS);
	buf_free(&data);
	buf_free(&frame);
}

static void datecs_ask_fill(struct datecs *p, const struct buf *data)
{
	struct buf plain = BUF_INIT(DATECS_DATA_SIZE);

	if (!data) {
		datecs_plain_write(&p->speech, p->ask.action, &plain);
		data = &plain;
	}
	if (!data->failed && data->len) {
		memcpy(p->ask.data, data->data, data->len);
		p->ask.data_len = data->len;
	}
	buf_free(&plain);
}

void datecs_ask_begin(struct driver_io *io, enum datecs_ask_kind kind,
		      enum datecs_action action, uint8_t seq,
		      const struct buf *data,
		      void (*answered)(struct driver_io *io,
				       enum datecs_end end))
{
	struct datecs *p = driver_state(io);

	p->stage = DATECS_ASKING;
	secret_wipe(&p->ask, sizeof(p->ask));
	p->ask.kind = kind;
	p->ask.action = action;
	p->ask.seq = kind == DATECS_ASK_READ ? datecs_seq_take(io) : seq;
	p->ask.begun_at = driver_now(io);
	p->ask.answered = answered;
	p->printing = kind != DATECS_ASK_READ && kind != DATECS_ASK_WITNESS &&
		      datecs_command_of(action)->prints;
	datecs_ask_fill(p, data);
	datecs_ask_send(io);
}

/* A card's number can stand in an answer (4.6, 53), and passes through here. */
static void datecs_ask_end(struct driver_io *io, enum datecs_end end)
{
	struct datecs *p = driver_state(io);

	p->stage = DATECS_IDLE;
	p->printing = false;
	driver_deadline_stop(io);
	secret_wipe(p->reader.data, sizeof(p->reader.data));
	secret_wipe(p->ask.data, sizeof(p->ask.data));
	p->ask.answered(io, end);
}

/* --- what doesn't come, or isn't what it should be --- */

static bool datecs_ask_is_read(const struct datecs *p)
{
	return p->ask.kind == DATECS_ASK_READ ||
	       p->ask.kind == DATECS_ASK_WITNESS;
}

/* How it ends after all attempts. */
static enum datecs_end datecs_ask_failure(const struct datecs *p)
{
	if (!datecs_ask_is_read(p))
		return p->ask.refused ? DATECS_NOT_TAKEN : DATECS_OPEN;
	return p->ask.spoilt || p->ask.refused ? DATECS_SENSELESS
					       : DATECS_SILENT;
}

static bool datecs_ask_is_worn_out(struct driver_io *io)
{
	const struct datecs *p = driver_state(io);
	int64_t patience = p->patient ? DATECS_PATIENT_MS : DATECS_QUICK_MS;

	if (!datecs_ask_is_read(p))
		patience = DATECS_WORK_MS;
	return p->ask.repeats >= DATECS_REPEATS_MAX ||
	       driver_now(io) - p->ask.begun_at >= patience;
}

/* The same bytes once more, or the end. */
static void datecs_ask_repeat(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	if (datecs_ask_is_worn_out(io)) {
		datecs_ask_end(io, datecs_ask_failure(p));
		return;
	}
	p->ask.repeats++;
	datecs_ask_send(io);
}

/* It may have been carried out. A report is sent again if nothing whatever was
 * heard, for then, within these two seconds, the printer can't have been off
 * and on again; a Z report isn't even then. */
static void datecs_ask_doubt(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	bool heard = p->ask.worked || p->ask.spoilt;

	if (p->ask.kind == DATECS_ASK_ONCE ||
	    (p->ask.kind == DATECS_ASK_AGAIN && heard))
		datecs_ask_end(io, DATECS_OPEN);
	else
		datecs_ask_repeat(io);
}

/* SYN that never ends says as little as none. */
static void datecs_ask_work(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	int64_t spent = driver_now(io) - p->ask.begun_at;
	int64_t limit =
		datecs_ask_is_read(p) ? DATECS_PATIENT_MS : DATECS_WORK_MS;

	p->ask.worked = true;
	if (spent >= limit)
		datecs_ask_end(io, datecs_ask_failure(p));
	else
		driver_deadline(io, DATECS_SYN_GAP_MS);
}

void datecs_ask_tick(struct driver_io *io)
{
	datecs_ask_doubt(io);
}

/* --- what comes --- */

/* Under our SEQ, to another command: ours was not carried out. */
static void datecs_ask_replay(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	switch (p->ask.kind) {
	case DATECS_ASK_READ:
		p->ask.seq = datecs_seq_take(io);
		datecs_ask_repeat(io);
		return;
	case DATECS_ASK_AGAIN:
	case DATECS_ASK_ONCE:
		datecs_ask_end(io, DATECS_NOT_TAKEN);
		return;
	case DATECS_ASK_WITNESS:
		datecs_ask_end(io, DATECS_REPLAYED);
		return;
	}
}

/* The same SEQ would only bring the same answer. */
static void datecs_ask_senseless(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->ask.spoilt = true;
	if (p->ask.kind == DATECS_ASK_READ) {
		p->ask.seq = datecs_seq_take(io);
		datecs_ask_repeat(io);
	} else {
		datecs_ask_end(io, datecs_ask_failure(p));
	}
}

static void datecs_ask_read_reply(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	datecs_reply_read(&p->speech, p->ask.action, &p->answer, &p->reply);
	switch (p->reply.verdict) {
	case DATECS_VERDICT_DONE:
		datecs_ask_end(io, DATECS_DONE);
		return;
	case DATECS_VERDICT_REFUSED:
		datecs_ask_end(io, DATECS_REFUSED);
		return;
	case DATECS_VERDICT_SENSELESS:
		datecs_ask_senseless(io);
		return;
	}
}

static void datecs_ask_answer(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	unsigned int command =
		datecs_command_number(p->speech.dialect, p->ask.action);

	switch (datecs_answer_match(&p->answer, p->ask.seq, command)) {
	case DATECS_MATCH_OURS:
		datecs_watch_take(io);
		datecs_ask_read_reply(io);
		return;
	case DATECS_MATCH_REPLAY:
		datecs_ask_replay(io);
		return;
	case DATECS_MATCH_STRAY:
		return;
	}
}

void datecs_ask_input(struct driver_io *io, enum datecs_read got)
{
	struct datecs *p = driver_state(io);

	switch (got) {
	case DATECS_READ_MORE:
		return;
	case DATECS_READ_ANSWER:
		datecs_ask_answer(io);
		return;
	case DATECS_READ_NAK:
		p->ask.refused = true;
		datecs_ask_repeat(io);
		return;
	case DATECS_READ_SYN:
		datecs_ask_work(io);
		return;
	case DATECS_READ_BROKEN:
		p->ask.spoilt = true;
		datecs_ask_doubt(io);
		return;
	}
}
