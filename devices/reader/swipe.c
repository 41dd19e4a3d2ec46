/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers for magnetic stripes that send reports: MagTek, and ID TECH. They
 * only speak when a card is swiped, and then send one whole report, whatever
 * they could read. It is wiped as soon as it has been looked at; of a payment
 * card nothing is kept or told but that it was one.
 */
#include "device/driver.h"
#include "drivers.h"
#include "reader/stripe.h"
#include "reader/swipe_codec.h"
#include "util/hid.h"
#include "util/secret.h"

#include <string.h>

#define READER_GAP_MS 2000 /* 337 bytes in packets of 8, every 10 ms: 0.5 s */

struct swipe_state {
	size_t size; /* of a report */
	size_t len;  /* of the one that comes */
	uint8_t report[SWIPE_SIZE_MAX];
};

static const struct driver_option swipe_options[] = {
	STRIPE_OPTION_TRACK,
	{ .name = NULL },
};

static const struct driver_match swipe_matches[] = {
	{ DRIVER_PLUG_HID, 0x0801, 0x0002, 0x0003 }, /* MagTek */
	{ DRIVER_PLUG_HID, 0x0801, 0x0011, 0x0011 }, /* MagneSafe */
	{ DRIVER_PLUG_HID, 0x0801, 0x0013, 0x0014 }, /* insert, wireless */
	{ DRIVER_PLUG_HID, 0x0acd, 0x2010, 0x2010 }, /* ID TECH */
	{ .plug = DRIVER_PLUG_NONE },
};

static void swipe_take_report(struct driver_io *io)
{
	struct swipe_state *s = driver_state(io);
	struct badge_stripe stripe;

	switch (swipe_read(s->report, s->size, &stripe)) {
	case SWIPE_STRIPE:
		stripe_take(io, &stripe);
		secret_wipe(&stripe, sizeof(stripe));
		break;
	case SWIPE_PAYMENT:
		driver_turn_away(io, badge_card_sentence(BADGE_CARD_PAYMENT));
		break;
	case SWIPE_UNREADABLE:
		driver_turn_away(io,
				 badge_card_sentence(BADGE_CARD_UNREADABLE));
		break;
	}
	secret_wipe(s->report, sizeof(s->report));
	s->len = 0;
}

static void swipe_open(struct driver_io *io)
{
	struct swipe_state *s = driver_state(io);
	const struct driver_facts *facts = driver_facts(io);
	struct hid_sizes sizes = { 0 };

	if (!facts ||
	    !hid_read_sizes(facts->reports, facts->reports_len, &sizes) ||
	    sizes.numbered || !swipe_is_size(sizes.in)) {
		driver_log(io, "reports of %zu bytes: no reader that is known",
			   sizes.in);
		driver_lost(io, REASON_WRONG_PROTOCOL);
		return;
	}
	s->size = sizes.in;
	driver_ready(io, NULL);
}

/* There is nothing that a reader can be asked to do. */
static void swipe_start(struct driver_io *io, const struct op *op)
{
	(void)op;
	driver_done(io, OUTCOME_FAILED, REASON_NOT_SUPPORTED, NULL);
}

static void swipe_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	struct swipe_state *s = driver_state(io);

	for (size_t i = 0; i < len && s->size; i++) {
		s->report[s->len++] = data[i];
		if (s->len == s->size)
			swipe_take_report(io);
	}
	if (s->len)
		driver_deadline(io, READER_GAP_MS);
	else
		driver_deadline_stop(io);
}

/* Half a report: the rest is not to come. */
static void swipe_timeout(struct driver_io *io)
{
	struct swipe_state *s = driver_state(io);

	secret_wipe(s->report, sizeof(s->report));
	s->len = 0;
	driver_log(io, "half a report was dropped");
}

const struct driver reader_swipe_hid = {
	.name = "swipe-reader",
	.summary = "badge reader, magnetic stripe, MagTek and ID TECH by USB",
	.class = DEVICE_READER,
	.state_size = sizeof(struct swipe_state),
	.plugs = DRIVER_CAN(DRIVER_PLUG_HID),
	.matches = swipe_matches,
	.options = swipe_options,
	.open = swipe_open,
	.start = swipe_start,
	.input = swipe_input,
	.timeout = swipe_timeout,
	.trace = swipe_trace,
};
