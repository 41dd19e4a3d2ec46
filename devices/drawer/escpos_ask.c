/* SPDX-License-Identifier: Apache-2.0 */
#include "drawer/escpos_ask.h"

#include "util/buf.h"
#include "util/cleanup.h"

#define ESCPOS_ANSWER_MS  400 /* for an answer that takes a millisecond */
#define ESCPOS_ASK_LENGTH 3

static void escpos_ask_send(struct driver_io *io, struct escpos_ask *ask)
{
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(ESCPOS_ASK_LENGTH);

	ask->noise = ESCPOS_NOTHING;
	ask->heard = false;
	ask->under_way++;
	escpos_add_question(&out, ask->question);
	driver_write(io, out.data, out.len);
	driver_deadline(io, ESCPOS_ANSWER_MS);
}

void escpos_ask_begin(struct driver_io *io, struct escpos_ask *ask,
		      enum escpos_question question)
{
	ask->question = question;
	ask->tries = 0;
	ask->worst = ESCPOS_NOTHING;
	escpos_ask_send(io, ask);
}

void escpos_ask_drop(struct escpos_ask *ask)
{
	ask->question = ESCPOS_ASK_NOTHING;
	ask->worst = ESCPOS_NOTHING;
}

static bool escpos_ask_believe(struct driver_io *io, struct escpos_ask *ask)
{
	if (!ask->under_way)
		return false;
	ask->under_way--;
	if (ask->question == ESCPOS_ASK_NOTHING)
		return false;
	if (!ask->under_way && ask->noise == ESCPOS_NOTHING)
		return true;
	ask->heard = true;
	driver_deadline(io, ESCPOS_ANSWER_MS);
	return false;
}

static void escpos_ask_note(struct escpos_ask *ask, enum escpos_kind kind)
{
	if (kind > ask->noise)
		ask->noise = kind;
	if (kind > ask->worst)
		ask->worst = kind;
}

bool escpos_ask_read(struct driver_io *io, struct escpos_ask *ask, uint8_t byte,
		     enum escpos_question *out_question)
{
	enum escpos_kind kind = escpos_read(&ask->reader, byte);

	if (kind != ESCPOS_ANSWER) {
		escpos_ask_note(ask, kind);
		return false;
	}
	if (!escpos_ask_believe(io, ask))
		return false;
	*out_question = ask->question;
	ask->question = ESCPOS_ASK_NOTHING;
	driver_deadline_stop(io);
	return true;
}

bool escpos_ask_again(struct driver_io *io, struct escpos_ask *ask, int tries)
{
	if (ask->heard) /* and then it was quiet: no more are under way */
		ask->under_way = 0;
	if (++ask->tries >= tries)
		return false;
	escpos_ask_send(io, ask);
	return true;
}
