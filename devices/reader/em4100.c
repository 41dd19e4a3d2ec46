/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serial readers of 125 kHz badges. They only speak when a tag comes near, so
 * the reader is ready as soon as its line is. Some send a tag once, others
 * again and again while it stays (every 65 ms or so): within "repeat" of the
 * last time it is one swipe. What is in here identifies people, and is wiped.
 */
#include "device/driver.h"
#include "drivers.h"
#include "reader/badge.h"
#include "reader/em4100_codec.h"
#include "util/secret.h"

#include <string.h>

#define READER_GAP_MS	 200  /* a frame takes 17 ms at 9600 bit/s */
#define READER_REPORT_MS 1000 /* one line of the log for all noise within */

/* Three deadlines share the one there is; each is set or READER_NEVER. */
#define READER_NEVER INT64_MAX

struct reader_state {
	struct em4100_reader frame;
	uint8_t last[EM4100_TAG_SIZE]; /* seen; until forget_at */
	int64_t gap_at, forget_at, report_at;
	unsigned int noise, wrong; /* bytes and frames dropped, unreported */
};

static const struct driver_option reader_options[] = {
	{ .name = "checksum",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "xor sum",
	  .otherwise = "xor",
	  .help = "How the reader makes its checksum; hardly any adds up." },
	{ .name = "repeat",
	  .type = DRIVER_OPTION_DURATION,
	  .min = 0,
	  .max = 60000,
	  .otherwise = "1000",
	  .help = "Milliseconds for which a badge has to be gone before it "
		  "counts as shown again." },
	{ .name = "id-bits",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "40 32 24",
	  .otherwise = "40",
	  .help = "How many bits of a tag's number count; the same at all "
		  "readers of a site, and no more than any of them tells." },
	{ .name = NULL },
};

static int64_t reader_earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void reader_set_deadline(struct driver_io *io)
{
	const struct reader_state *s = driver_state(io);
	int64_t now = driver_now(io);
	int64_t due = reader_earlier(reader_earlier(s->gap_at, s->forget_at),
				     s->report_at);

	if (due == READER_NEVER)
		driver_deadline_stop(io);
	else
		driver_deadline(io, due > now ? due - now : 0);
}

static void reader_forget_last(struct reader_state *s)
{
	secret_wipe(s->last, sizeof(s->last));
	s->forget_at = READER_NEVER;
}

/* Tells the last tag's sightings from a new swipe. */
static bool reader_is_repeated(struct driver_io *io,
			       const uint8_t tag[EM4100_TAG_SIZE])
{
	const struct reader_state *s = driver_state(io);

	return s->forget_at != READER_NEVER && driver_now(io) < s->forget_at &&
	       secret_equal(s->last, tag, EM4100_TAG_SIZE);
}

static void reader_take_tag(struct driver_io *io,
			    const uint8_t tag[EM4100_TAG_SIZE])
{
	struct reader_state *s = driver_state(io);
	bool repeated = reader_is_repeated(io, tag);
	char id[BADGE_ID_SIZE];

	memcpy(s->last, tag, sizeof(s->last));
	s->forget_at = driver_now(io) + driver_option_int(io, "repeat");
	if (repeated)
		return;
	badge_name_tag(tag, (int)driver_option_int(io, "id-bits"), id);
	driver_swipe(io, id);
	secret_wipe(id, sizeof(id));
}

static void reader_note_dropped(struct driver_io *io, unsigned int *counter)
{
	struct reader_state *s = driver_state(io);

	(*counter)++;
	if (s->report_at == READER_NEVER)
		s->report_at = driver_now(io) + READER_REPORT_MS;
}

static void reader_report_dropped(struct driver_io *io)
{
	struct reader_state *s = driver_state(io);

	driver_log(io, "dropped: %u wrong checksums, %u broken frames or bytes",
		   s->wrong, s->noise);
	s->wrong = 0;
	s->noise = 0;
	s->report_at = READER_NEVER;
}

static void reader_take_byte(struct driver_io *io, uint8_t byte)
{
	struct reader_state *s = driver_state(io);
	enum em4100_checksum checksum =
		strcmp(driver_option(io, "checksum"), "sum") ? EM4100_XOR
							     : EM4100_SUM;
	uint8_t tag[EM4100_TAG_SIZE];

	switch (em4100_read(&s->frame, byte, checksum, tag)) {
	case EM4100_NOTHING:
		break;
	case EM4100_TAG:
		reader_take_tag(io, tag);
		secret_wipe(tag, sizeof(tag));
		break;
	case EM4100_BAD_CHECKSUM:
		reader_note_dropped(io, &s->wrong);
		break;
	case EM4100_NOISE:
		reader_note_dropped(io, &s->noise);
		break;
	}
}

static void reader_open(struct driver_io *io)
{
	struct reader_state *s = driver_state(io);

	s->gap_at = READER_NEVER;
	s->forget_at = READER_NEVER;
	s->report_at = READER_NEVER;
	driver_ready(io, NULL);
}

/* There is nothing that a reader can be asked to do. */
static void reader_start(struct driver_io *io, const struct op *op)
{
	(void)op;
	driver_done(io, OUTCOME_FAILED, REASON_NOT_SUPPORTED, NULL);
}

/* Bytes that come late may get here before the deadline does. */
static void reader_expire(struct driver_io *io)
{
	struct reader_state *s = driver_state(io);
	int64_t now = driver_now(io);

	if (s->gap_at <= now) {
		em4100_reset(&s->frame);
		s->gap_at = READER_NEVER;
		reader_note_dropped(io, &s->noise);
	}
	if (s->forget_at <= now)
		reader_forget_last(s);
	if (s->report_at <= now)
		reader_report_dropped(io);
}

static void reader_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	struct reader_state *s = driver_state(io);

	reader_expire(io);
	for (size_t i = 0; i < len; i++)
		reader_take_byte(io, data[i]);
	s->gap_at = s->frame.at ? driver_now(io) + READER_GAP_MS : READER_NEVER;
	reader_set_deadline(io);
}

static void reader_timeout(struct driver_io *io)
{
	reader_expire(io);
	reader_set_deadline(io);
}

const struct driver reader_em4100 = {
	.name = "em4100-reader",
	.summary = "badge reader, 125 kHz EM4100 tags, serial",
	.class = DEVICE_READER,
	.state_size = sizeof(struct reader_state),
	.line = { .baud = 9600,
		  .data_bits = 8,
		  .stop_bits = 1,
		  .parity = DRIVER_PARITY_NONE,
		  .flow = DRIVER_FLOW_NONE },
	.options = reader_options,
	.open = reader_open,
	.start = reader_start,
	.input = reader_input,
	.timeout = reader_timeout,
	.trace = em4100_trace,
};
