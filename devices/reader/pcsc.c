/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chip cards at a reader of PC/SC. A card that comes is asked, one thing after
 * the other: whether it is a payment card, which is no badge; whether it can
 * prove that it is no copy (PIV), and then it has to; and else its number. What
 * it told is wiped when it is let go. It counts once, however long it stays.
 */
#include "drivers.h"
#include "reader/pcsc_private.h"
#include "util/secret.h"

/* pcscd may find a card that lies on the reader somewhat later than that. */
#define PCSC_SETTLE_MS 1000

static const struct driver_option pcsc_options[] = {
	{ .name = "cards",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "any piv uid",
	  .otherwise = "any",
	  .help = "Which cards count: those that prove themselves and, by "
		  "their number, others (any); only the first (piv); or all by "
		  "their number alone (uid)." },
	{ .name = "byte-order",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "as-read reversed",
	  .otherwise = "as-read",
	  .help = "Which end of a card's number comes first; reversed where "
		  "other readers of the site tell it so." },
	{ .name = "id-bits",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "40 32 24",
	  .otherwise = "40",
	  .help = "How many bits of a number of four or five bytes count; the "
		  "same at all readers of a site." },
	{ .name = "repeat",
	  .type = DRIVER_OPTION_DURATION,
	  .min = 0,
	  .max = 60000,
	  .otherwise = "1000",
	  .help = "Milliseconds for which a card has to be gone before it "
		  "counts as shown again." },
	{ .name = NULL },
};

static void pcsc_lose(struct driver_io *io, enum reason reason)
{
	struct pcsc_state *s = driver_state(io);

	s->lost = true;
	driver_lost(io, reason);
}

static void pcsc_set_deadline(struct driver_io *io)
{
	const struct pcsc_state *s = driver_state(io);
	int64_t now = driver_now(io);
	int64_t due = s->answer_at < s->forget_at ? s->answer_at : s->forget_at;

	if (due == PCSC_NEVER)
		driver_deadline_stop(io);
	else
		driver_deadline(io, due > now ? due - now : 0);
}

/* --- cards come and go --- */

static void pcsc_forget_last(struct pcsc_state *s)
{
	secret_wipe(s->last, sizeof(s->last));
	s->forget_at = PCSC_NEVER;
}

static void pcsc_note_gone(struct driver_io *io)
{
	struct pcsc_state *s = driver_state(io);

	if (*s->last)
		s->forget_at = driver_now(io) + driver_option_int(io, "repeat");
}

static void pcsc_note_stays(struct driver_io *io)
{
	driver_log(io, "a card lies on the reader; it does not count before it "
		       "is taken away and shown again");
}

static void pcsc_take_record(struct driver_io *io)
{
	struct pcsc_state *s = driver_state(io);
	size_t len;
	const uint8_t *body = card_body(&s->record, &len);

	switch (card_what(&s->record)) {
	case DRIVER_CARD_IN:
		if (driver_now(io) >= s->settled)
			pcsc_begin(io, body, len);
		else
			pcsc_note_stays(io);
		break;
	case DRIVER_CARD_STAYS:
		pcsc_note_stays(io);
		break;
	case DRIVER_CARD_OUT:
		pcsc_take_fault(io, DRIVER_CARD_GONE);
		pcsc_note_gone(io);
		break;
	case DRIVER_CARD_ANSWER:
		pcsc_take_answer(io, body, len);
		break;
	case DRIVER_CARD_FAILED:
		pcsc_take_fault(io, len ? body[0] : DRIVER_CARD_DUMB);
		break;
	default: /* what only this end says */
		pcsc_lose(io, REASON_GARBLED);
		break;
	}
}

/* --- the driver --- */

static void pcsc_open(struct driver_io *io)
{
	struct pcsc_state *s = driver_state(io);

	s->answer_at = PCSC_NEVER;
	s->forget_at = PCSC_NEVER;
	s->settled = driver_now(io) + PCSC_SETTLE_MS;
	driver_proves(io, !pcsc_takes(io, "uid"));
	driver_ready(io, NULL);
}

/* There is nothing that a reader can be asked to do. */
static void pcsc_start(struct driver_io *io, const struct op *op)
{
	(void)op;
	driver_done(io, OUTCOME_FAILED, REASON_NOT_SUPPORTED, NULL);
}

/* What comes late may get here before the deadline does. */
static void pcsc_expire(struct driver_io *io)
{
	struct pcsc_state *s = driver_state(io);
	int64_t now = driver_now(io);

	if (s->forget_at <= now)
		pcsc_forget_last(s);
	if (s->answer_at <= now)
		pcsc_lose(io, REASON_NO_ANSWER);
}

static void pcsc_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	struct pcsc_state *s = driver_state(io);

	pcsc_expire(io);
	for (size_t i = 0; i < len && !s->lost; i++) {
		enum card_event event = card_read(&s->record, data[i]);

		if (event == CARD_NOISE)
			pcsc_lose(io, REASON_GARBLED);
		if (event != CARD_RECORD)
			continue;
		pcsc_take_record(io);
		secret_wipe(&s->record, sizeof(s->record));
	}
	if (!s->lost)
		pcsc_set_deadline(io);
}

static void pcsc_timeout(struct driver_io *io)
{
	const struct pcsc_state *s = driver_state(io);

	pcsc_expire(io);
	if (!s->lost)
		pcsc_set_deadline(io);
}

static void pcsc_close(struct driver_io *io)
{
	pcsc_wipe_card(driver_state(io));
}

const struct driver reader_pcsc = {
	.name = "pcsc-reader",
	.summary = "badge reader, chip cards by PC/SC: PIV, MIFARE and others",
	.class = DEVICE_READER,
	.state_size = sizeof(struct pcsc_state),
	.plugs = DRIVER_CAN(DRIVER_PLUG_CARD),
	.options = pcsc_options,
	.open = pcsc_open,
	.start = pcsc_start,
	.input = pcsc_input,
	.timeout = pcsc_timeout,
	.close = pcsc_close,
	.trace = card_trace,
};
