/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drawers that are no ESC/POS printer's (docs/protocols.md A.5, A.7, A.8), and
 * a reader that only has to be there.
 */
#include "peers.h"

#include <string.h>

struct box {
	bool open;
	uint8_t number;
};

static void box_pulse(struct peer *peer)
{
	peer->moved++;
	((struct box *)peer->state)->open = true;
}

static void box_close(struct peer *peer)
{
	((struct box *)peer->state)->open = false;
}

static bool box_is_open(const struct peer *peer)
{
	return ((const struct box *)peer->state)->open;
}

/* --- Star: 23 06 and seven more; bit 2 of the third is the switch --- */

static size_t star_length(const struct peer *peer)
{
	const uint8_t *in = peer->in.data;

	if (in[0] != 0x1b)
		return 1;
	if (peer->in.len < 2)
		return 2;
	return in[1] == 0x07 ? 4 : in[1] == 0x06 ? 3 : 2;
}

static void star_take(struct peer *peer)
{
	const uint8_t *in = peer->in.data;
	uint8_t status[9] = { 0x23, 0x06, box_is_open(peer) ? 0x04 : 0 };

	if (in[0] == 0x07 || in[0] == 0x1c || in[0] == 0x19 || in[0] == 0x1a)
		box_pulse(peer);
	else if (in[0] == 0x1b && in[1] == 0x06 && in[2] == 0x01)
		peer_send(peer, status, sizeof(status));
	else if (in[0] == '\n') /* what is printed is one line */
		peer->moved++;
}

static void star_input(struct peer *peer)
{
	while (peer->in.len && peer->in.len >= star_length(peer)) {
		size_t len = star_length(peer);

		star_take(peer);
		buf_drop(&peer->in, len);
	}
}

const struct peer_class peer_star = { .class = DEVICE_DRAWER,
				      .state_size = sizeof(struct box),
				      .input = star_input,
				      .stranger = box_close };

/* --- Posiflex: the descriptor is the maker's --- */

#define POSIFLEX_REPORT 120

static const uint8_t posiflex_descriptor[] = {
	0x06, 0xa0, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x09, 0x02, 0x15, 0x00, 0x26,
	0xff, 0x00, 0x75, 0x08, 0x95, 0x78, 0x81, 0x02, 0x09, 0x03, 0x15, 0x00,
	0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x78, 0x91, 0x02, 0xc0
};

/* Drawer 3, by its product number. */
static void posiflex_input(struct peer *peer)
{
	while (peer->in.len > POSIFLEX_REPORT) {
		const uint8_t *in = peer->in.data;
		uint8_t answer[POSIFLEX_REPORT] = { 3 << 4 };

		answer[0] |= !box_is_open(peer);
		if (in[0] == 0 && in[1] == 3 && in[2] == 3)
			box_pulse(peer);
		else if (in[0] == 0 && in[1] == 3 && in[2] == 4)
			peer_send(peer, answer, sizeof(answer));
		buf_drop(&peer->in, 1 + POSIFLEX_REPORT);
	}
}

const struct peer_class peer_posiflex = {
	.class = DEVICE_DRAWER,
	.state_size = sizeof(struct box),
	.input = posiflex_input,
	.stranger = box_close,
	.facts = { .vendor = 0x0d3a,
		   .product = 0x0203,
		   .reports = posiflex_descriptor,
		   .reports_len = sizeof(posiflex_descriptor) },
};

/* --- APG: the descriptor is made up of what is known --- */

static const uint8_t apg_descriptor[] = { 0x05, 0xf0, 0x09, 0x01, 0xa1, 0x01,
					  0x15, 0x00, 0x26, 0xff, 0x00, 0x75,
					  0x08, 0x95, 0x02, 0x09, 0x04, 0x81,
					  0x02, 0x09, 0x03, 0x91, 0x02, 0xc0 };

static void apg_input(struct peer *peer)
{
	while (peer->in.len > 2) {
		const uint8_t *in = peer->in.data;
		uint8_t answer[2] = { box_is_open(peer) ? 1 : 2, 1 };

		if (in[0] == 0 && in[1] == 1 && in[2] == 1)
			box_pulse(peer);
		else if (in[0] == 0 && in[1] == 0 && in[2] == 0)
			peer_send(peer, answer, sizeof(answer));
		buf_drop(&peer->in, 3);
	}
}

const struct peer_class peer_apg = {
	.class = DEVICE_DRAWER,
	.state_size = sizeof(struct box),
	.input = apg_input,
	.stranger = box_close,
	.facts = { .vendor = 0x07c5,
		   .product = 0x0500,
		   .reports = apg_descriptor,
		   .reports_len = sizeof(apg_descriptor) },
};

/* --- a trigger: each 07 opens it, and CTS is on while it is open --- */

static void trigger_input(struct peer *peer)
{
	for (size_t i = 0; i < peer->in.len; i++)
		if (peer->in.data[i] == 0x07)
			box_pulse(peer);
	buf_reset(&peer->in);
}

static unsigned int trigger_modem(const struct peer *peer)
{
	return box_is_open(peer) ? DRIVER_MODEM_CTS : 0;
}

const struct peer_class peer_trigger = { .class = DEVICE_DRAWER,
					 .state_size = sizeof(struct box),
					 .input = trigger_input,
					 .stranger = box_close,
					 .modem = trigger_modem };

/* --- a reader of stripes that nobody swipes at; the maker's descriptor --- */

static const uint8_t magtek_descriptor[] = {
	0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x26, 0xff,
	0x00, 0x75, 0x08, 0x09, 0x20, 0x09, 0x21, 0x09, 0x22, 0x09, 0x28,
	0x09, 0x29, 0x09, 0x2a, 0x09, 0x38, 0x95, 0x07, 0x81, 0x02, 0x09,
	0x30, 0x95, 0x6e, 0x82, 0x02, 0x01, 0x09, 0x31, 0x95, 0x6e, 0x82,
	0x02, 0x01, 0x09, 0x32, 0x95, 0x6e, 0x82, 0x02, 0x01, 0x09, 0x20,
	0x95, 0x18, 0xb2, 0x02, 0x01, 0xc0
};

static void magtek_input(struct peer *peer)
{
	buf_reset(&peer->in);
}

const struct peer_class peer_magtek = {
	.class = DEVICE_READER,
	.input = magtek_input,
	.facts = { .vendor = 0x0801,
		   .product = 0x0002,
		   .reports = magtek_descriptor,
		   .reports_len = sizeof(magtek_descriptor) },
};
