/* SPDX-License-Identifier: Apache-2.0 */
#include "peers.h"

#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define PEER_BUFFER_MAX 65536

/* --- what all have in common --- */

/* By driver, and by the setting that it is tried with. */
static const struct {
	const char *driver, *setting;
	const struct peer_class *class;
} peer_classes[] = {
	{ "escpos-drawer", NULL, &peer_escpos },
	{ "posnet-printer", NULL, &peer_posnet },
	/* the second of them has to be found out */
	{ "datecs-printer", "classic", &peer_datecs_classic },
	{ "datecs-printer", "yes", &peer_datecs_classic },
	{ "datecs-printer", NULL, &peer_datecs_x },
	{ "zvt-terminal", NULL, &peer_zvt },
	{ "star-drawer", NULL, &peer_star },
	{ "posiflex-drawer", NULL, &peer_posiflex },
	{ "apg-drawer", NULL, &peer_apg },
	{ "trigger-drawer", NULL, &peer_trigger },
	{ "swipe-reader", NULL, &peer_magtek },
};

static const struct peer_class *peer_find(const struct driver *driver,
					  const char *setting)
{
	for (size_t i = 0; i < sizeof(peer_classes) / sizeof(*peer_classes);
	     i++)
		if (!strcmp(peer_classes[i].driver, driver->name) &&
		    (!peer_classes[i].setting ||
		     (setting && !strcmp(peer_classes[i].setting, setting))))
			return peer_classes[i].class;
	return &peer_mute;
}

void peer_init(struct peer *peer, const struct driver *driver,
	       const char *setting, bool serial)
{
	*peer = (struct peer){ .class = peer_find(driver, setting),
			       .serial = serial };
	buf_init(&peer->in, PEER_BUFFER_MAX);
	buf_init(&peer->out, PEER_BUFFER_MAX);
	peer->state = alloc_zero(1, peer->class->state_size);
	if (peer->class->init)
		peer->class->init(peer);
}

void peer_free(struct peer *peer)
{
	free(peer->state);
	buf_free(&peer->in);
	buf_free(&peer->out);
}

void peer_input(struct peer *peer, const uint8_t *data, size_t len)
{
	buf_add(&peer->in, data, len);
	peer->class->input(peer);
}

void peer_down(struct peer *peer)
{
	buf_reset(&peer->in);
	buf_reset(&peer->out);
	peer->chunks = 0;
	if (peer->class->down)
		peer->class->down(peer);
}

void peer_power_cycle(struct peer *peer)
{
	if (peer->class->power_cycle)
		peer->class->power_cycle(peer);
}

void peer_meet_stranger(struct peer *peer)
{
	if (peer->class->stranger)
		peer->class->stranger(peer);
}

void peer_send(struct peer *peer, const void *data, size_t len)
{
	if (peer->chunks == PEER_CHUNKS)
		abort(); /* the driver asks without ever listening */
	buf_add(&peer->out, data, len);
	peer->ends[peer->chunks++] = peer->out.len;
}

static void peer_send_byte(struct peer *peer, uint8_t byte)
{
	peer_send(peer, &byte, 1);
}

/* --- nobody to talk to: displays, readers --- */

static void mute_input(struct peer *peer)
{
	buf_reset(&peer->in);
}

const struct peer_class peer_mute = { .input = mute_input };

/* --- a drawer on an ESC/POS printer (docs/protocols.md A.2 to A.4) --- */

struct escpos {
	bool open;
};

/* How long a command is that begins with these two bytes. */
static size_t escpos_length(const uint8_t *at, size_t len)
{
	static const struct {
		uint8_t first, second;
		size_t length;
	} commands[] = {
		{ 0x10, 0x04, 3 }, /* DLE EOT n */
		{ 0x10, 0x05, 3 }, /* DLE ENQ n */
		{ 0x10, 0x14, 5 }, /* DLE DC4 1 m t */
		{ 0x1b, 0x40, 2 }, /* ESC @ */
		{ 0x1b, 0x3d, 3 }, /* ESC = n */
		{ 0x1b, 0x70, 5 }, /* ESC p m t1 t2 */
		{ 0x1d, 0x61, 3 }, /* GS a n */
		{ 0x1d, 0x72, 3 }, /* GS r n */
	};

	if (len < 2)
		return 2;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (at[0] == commands[i].first && at[1] == commands[i].second)
			return commands[i].length;
	return 1;
}

static void escpos_pulse(struct peer *peer)
{
	struct escpos *escpos = peer->state;

	peer->moved++;
	escpos->open = true;
}

/* The drawer's switch pulls pin 3 low when it is open: low is open. */
static void escpos_take(struct peer *peer, const uint8_t *at)
{
	bool open = ((struct escpos *)peer->state)->open;

	if (at[0] == 0x10 && at[1] == 0x04)
		peer_send_byte(peer, at[2] == 1 && !open ? 0x16 : 0x12);
	else if (at[0] == 0x1d && at[1] == 0x72)
		peer_send_byte(peer, at[2] == 2 && !open ? 0x01 : 0x00);
	else if (at[0] == 0x1d && at[1] == 0x61 && at[2])
		peer_send(peer, (uint8_t[]){ open ? 0x10 : 0x14, 0, 0, 0 }, 4);
	else if ((at[0] == 0x1b && at[1] == 0x70) ||
		 (at[0] == 0x10 && at[1] == 0x14 && at[2] == 1))
		escpos_pulse(peer);
	else if (at[0] == '\n') /* what is printed is one line */
		peer->moved++;
}

static void escpos_close(struct peer *peer)
{
	((struct escpos *)peer->state)->open = false;
}

static void escpos_input(struct peer *peer)
{
	while (peer->in.len) {
		size_t length = escpos_length(peer->in.data, peer->in.len);

		if (length > peer->in.len)
			return;
		escpos_take(peer, peer->in.data);
		buf_drop(&peer->in, length);
	}
}

const struct peer_class peer_escpos = { .class = DEVICE_DRAWER,
					.state_size = sizeof(struct escpos),
					.input = escpos_input,
					.stranger = escpos_close };
