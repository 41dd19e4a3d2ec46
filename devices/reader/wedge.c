/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers that pretend to be keyboards. What a reader types comes in one quick
 * burst: all tracks and one Enter (MagTek), an Enter behind each (ID TECH), or
 * digits and Enter (tags). Whoever types by hand is slower, and is not
 * listened to. What was typed is wiped when the burst is over.
 */
#include "device/driver.h"
#include "drivers.h"
#include "reader/stripe.h"
#include "reader/wedge_codec.h"
#include "util/secret.h"

#include <string.h>

#define WEDGE_KEY_MS   100  /* between two keys; a hand is slower */
#define WEDGE_TRACK_MS 150  /* from an Enter to another track */
#define WEDGE_BURST_MS 1000 /* all of it */

struct wedge_state {
	struct wedge wedge;
	int64_t began, last; /* of this burst */
	int64_t deaf_until;  /* the rest of a broken one is no badge */
	bool entered;	     /* an Enter was the last key */
	uint8_t record[DRIVER_KEY_SIZE];
	size_t record_len;
};

static const struct driver_option wedge_options[] = {
	{ .name = "digits",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "decimal hex",
	  .otherwise = "decimal",
	  .help = "How the reader writes the number of a tag: ten or eight "
		  "decimal digits, or hexadecimal." },
	{ .name = "id-bits",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "40 32 24",
	  .otherwise = "40",
	  .help = "How many bits of a tag's number count, where the reader "
		  "tells as many; the same at all readers of a site." },
	STRIPE_OPTION_TRACK,
	{ .name = NULL },
};

/* Numbers that adapters and hobbyists share stand in no rule: whoever has such
 * a reader names it in the configuration, and in a rule of its own. */
static const struct driver_match wedge_matches[] = {
	{ DRIVER_PLUG_KEYS, 0x0801, 0x0001, 0x0001 }, /* MagTek */
	{ DRIVER_PLUG_KEYS, 0x0acd, 0x2030, 0x2030 }, /* ID TECH */
	{ DRIVER_PLUG_KEYS, 0x0c27, 0x3bfa, 0x3bfa }, /* rf IDeas pcProx */
	{ DRIVER_PLUG_KEYS, 0x09d8, 0x0410, 0x0410 }, /* Elatec TWN4 */
	{ .plug = DRIVER_PLUG_NONE },
};

/* --- a burst is over --- */

static void wedge_tell(struct driver_io *io, char id[BADGE_ID_SIZE])
{
	driver_swipe(io, id);
	secret_wipe(id, BADGE_ID_SIZE);
}

static enum wedge_digits wedge_digits(struct driver_io *io)
{
	return strcmp(driver_option(io, "digits"), "hex") ? WEDGE_DECIMAL
							  : WEDGE_HEX;
}

static bool wedge_take_uid(struct driver_io *io, const struct wedge *wedge)
{
	uint8_t uid[BADGE_UID_MAX];
	char id[BADGE_ID_SIZE];
	size_t len =
		wedge_read_uid(wedge->text, wedge->len, wedge_digits(io), uid);
	bool good = len && badge_name_uid(uid, len, BADGE_TAG_BITS, id);

	if (good)
		wedge_tell(io, id);
	secret_wipe(uid, sizeof(uid));
	return good;
}

static bool wedge_take_tag(struct driver_io *io, const struct wedge *wedge)
{
	int most = (int)driver_option_int(io, "id-bits");
	uint8_t tag[BADGE_TAG_SIZE];
	char id[BADGE_ID_SIZE];
	int bits =
		wedge_read_tag(wedge->text, wedge->len, wedge_digits(io), tag);

	if (!bits)
		return false;
	badge_name_tag(tag, bits < most ? bits : most, id);
	wedge_tell(io, id);
	secret_wipe(tag, sizeof(tag));
	return true;
}

static void wedge_take_burst(struct driver_io *io, const struct wedge *wedge)
{
	struct badge_stripe stripe;

	if (wedge_take_tag(io, wedge) || wedge_take_uid(io, wedge))
		return;
	if (!badge_read_stripe(wedge->text, wedge->len, &stripe)) {
		driver_log(io, "%zu keys were no badge", wedge->len);
		return;
	}
	stripe_take(io, &stripe);
	secret_wipe(&stripe, sizeof(stripe));
}

static void wedge_end(struct driver_io *io)
{
	struct wedge_state *s = driver_state(io);
	bool shifted[2] = { s->wedge.shifted[0], s->wedge.shifted[1] };

	if (s->wedge.spoiled)
		driver_log(io, "keys were lost, or too many: no badge");
	else if (s->entered)
		wedge_take_burst(io, &s->wedge);
	else
		driver_log(io, "%zu keys without an Enter: no badge",
			   s->wedge.len);
	if (s->wedge.spoiled || !s->entered)
		s->deaf_until = driver_now(io) + WEDGE_BURST_MS;
	wedge_reset(&s->wedge);
	memcpy(s->wedge.shifted, shifted, sizeof(shifted));
	s->entered = false;
}

/* --- keys --- */

static bool wedge_is_begun(const struct wedge_state *s)
{
	return s->wedge.len || s->wedge.spoiled;
}

static void wedge_wait(struct driver_io *io)
{
	const struct wedge_state *s = driver_state(io);
	int64_t left = s->began + WEDGE_BURST_MS - driver_now(io);
	int64_t wait = s->entered ? WEDGE_TRACK_MS : WEDGE_KEY_MS;

	if (wedge_is_begun(s))
		driver_deadline(io, wait < left ? wait : left);
	else
		driver_deadline_stop(io);
}

static void wedge_take_key_or_gap(struct wedge_state *s, unsigned int code,
				  int value)
{
	size_t len = s->wedge.len;

	if (code == DRIVER_KEYS_LOST) {
		wedge_reset(&s->wedge);
		s->wedge.spoiled = true;
		s->entered = false;
	} else if (wedge_take_key(&s->wedge, code, value)) {
		s->entered = true;
	} else if (s->wedge.len > len) {
		s->entered = false;
	}
}

static void wedge_take_record(struct driver_io *io)
{
	struct wedge_state *s = driver_state(io);
	unsigned int code = s->record[0] | (unsigned int)s->record[1] << 8;
	int64_t now = driver_now(io);
	bool begun = wedge_is_begun(s);
	size_t len = s->wedge.len;

	wedge_take_key_or_gap(s, code, s->record[2]);
	if (now < s->deaf_until && !s->wedge.spoiled && s->wedge.len > len) {
		s->wedge.text[len] = '\0';
		s->wedge.len = len;
		s->entered = false;
		s->deaf_until = now + WEDGE_BURST_MS;
	}
	if (!begun && wedge_is_begun(s))
		s->began = now;
	s->last = now;
}

static void wedge_open(struct driver_io *io)
{
	driver_ready(io, NULL);
}

/* There is nothing that a reader can be asked to do. */
static void wedge_start(struct driver_io *io, const struct op *op)
{
	(void)op;
	driver_done(io, OUTCOME_FAILED, REASON_NOT_SUPPORTED, NULL);
}

/* Keys may get here before the deadline does that has gone by. */
static void wedge_expire(struct driver_io *io)
{
	const struct wedge_state *s = driver_state(io);
	int64_t now = driver_now(io);

	if (wedge_is_begun(s) &&
	    (now - s->last >= (s->entered ? WEDGE_TRACK_MS : WEDGE_KEY_MS) ||
	     now - s->began >= WEDGE_BURST_MS))
		wedge_end(io);
}

static void wedge_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	struct wedge_state *s = driver_state(io);

	wedge_expire(io);
	for (size_t i = 0; i < len; i++) {
		s->record[s->record_len++] = data[i];
		if (s->record_len < sizeof(s->record))
			continue;
		s->record_len = 0;
		wedge_take_record(io);
	}
	wedge_wait(io);
}

static void wedge_timeout(struct driver_io *io)
{
	wedge_end(io);
}

const struct driver reader_wedge = {
	.name = "wedge-reader",
	.summary = "badge reader that types: magnetic stripe, 125 kHz tags",
	.class = DEVICE_READER,
	.state_size = sizeof(struct wedge_state),
	.plugs = DRIVER_CAN(DRIVER_PLUG_KEYS),
	.matches = wedge_matches,
	.options = wedge_options,
	.open = wedge_open,
	.start = wedge_start,
	.input = wedge_input,
	.timeout = wedge_timeout,
	.trace = wedge_trace,
};
