/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ZVT on the wire as the terminal sees it: the serial frame and its checksum
 * (protocol text 2.1), the APDU that TCP carries bare (2.2, 3).
 */
#ifndef TILLD_SIM_ZVT_WIRE_H
#define TILLD_SIM_ZVT_WIRE_H

#include "util/buf.h"

#define PT_APDU_MAX 8192
#define PT_ACK	    0x06
#define PT_NAK	    0x15

enum pt_ear_state {
	PT_EAR_IDLE,
	PT_EAR_BEGIN, /* DLE came, STX is due */
	PT_EAR_BODY,
	PT_EAR_ESCAPE, /* DLE within the body */
	PT_EAR_CRC,    /* two bytes as they are, never stuffed */
};

/* A receiver. What it heard last stays in apdu until the next byte. */
struct pt_ear {
	bool serial;
	enum pt_ear_state state;
	bool done;
	struct buf apdu;
	uint8_t crc[2];
	size_t crc_len;
};

enum pt_heard {
	PT_HEARD_NOTHING,
	PT_HEARD_ACK,
	PT_HEARD_NAK,
	PT_HEARD_APDU,
	PT_HEARD_BROKEN,
};

void pt_ear_init(struct pt_ear *ear, bool serial);
void pt_ear_reset(struct pt_ear *ear);
enum pt_heard pt_ear_feed(struct pt_ear *ear, uint8_t byte);

/* In the middle of something, so that a gap is an error. */
bool pt_ear_is_inside(const struct pt_ear *ear);

void pt_frame_add(struct buf *out, const uint8_t *apdu, size_t len);

#endif
