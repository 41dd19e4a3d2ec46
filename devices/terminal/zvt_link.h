/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How ZVT messages travel (PA00P016 rev 04). On a serial line each is a frame
 *
 *	10 02 <message, every 10 doubled> 10 03 CRC-low CRC-high
 *
 * answered by one raw byte, 06 or 15; the two bytes of the CRC are not
 * doubled, whatever they are. On TCP messages follow each other with nothing
 * around them.
 *
 * Sans I/O: bytes and the time go in, events come out, and what is to be
 * written collects in out for the caller to take. There are no sequence
 * numbers, so a frame that comes again before its sender can have seen our
 * answer is known as a repeat by its being identical, and is acknowledged and
 * answered again without being told again.
 */
#ifndef TILLD_TERMINAL_ZVT_LINK_H
#define TILLD_TERMINAL_ZVT_LINK_H

#include "terminal/zvt_codec.h"
#include "util/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define ZVT_T1_MS 200  /* between two bytes of one frame */
#define ZVT_T2_MS 5000 /* for the 06 or 15 to a frame */
#define ZVT_SENDS 3    /* of one frame, in all */

/* What may be done for a frame that was not acknowledged. */
enum zvt_link_care {
	ZVT_LINK_REPEAT, /* sent again on 15 and on silence */
	ZVT_LINK_MONEY,	 /* on 15 only, and only if nothing else was heard:
			  * a frame that may have been taken is not repeated */
	ZVT_LINK_WISH,	 /* never; that it got lost is no error */
};

enum zvt_link_event {
	ZVT_LINK_NOTHING,  /* for now */
	ZVT_LINK_MESSAGE,  /* out_apdu; valid until the next call */
	ZVT_LINK_TAKEN,	   /* our frame was acknowledged */
	ZVT_LINK_DROPPED,  /* a wish was not, and is given up */
	ZVT_LINK_SILENT,   /* our frame was not answered, repeats included;
			    * or a message never got complete */
	ZVT_LINK_REJECTED, /* our frame was answered by 15 each time */
	ZVT_LINK_GARBLED,  /* TCP: these bytes are not ZVT */
};

enum zvt_link_state {
	ZVT_LINK_IDLE,
	ZVT_LINK_DLE, /* 10 outside a frame */
	ZVT_LINK_BODY,
	ZVT_LINK_BODY_DLE, /* 10 within a frame */
	ZVT_LINK_CRC_LOW,
	ZVT_LINK_CRC_HIGH,
	ZVT_LINK_SKIP, /* the frame is broken; wait for its end */
};

struct zvt_link {
	bool serial;
	int64_t t3;	  /* ms that a message on TCP may take to come */
	struct buf in;	  /* came, not looked at yet */
	struct buf apdu;  /* being received, then told */
	struct buf last;  /* told, and its sender has not got our answer yet */
	struct buf frame; /* ours, as sent, until it is acknowledged */
	struct buf out;	  /* for the line; the caller writes and resets it */
	size_t at;	  /* how far in has been read */
	enum zvt_link_state state;
	uint8_t crc_low;
	int64_t heard_at; /* the last byte */
	int64_t begun_at; /* TCP: the first of an incomplete message, or -1 */
	bool waiting;	  /* for the 06 to frame */
	bool answering;	  /* frame is an answer */
	bool disturbed;	  /* other bytes than 06 and 15 came since */
	enum zvt_link_care care;
	int sends;
	int64_t sent_at;
};

void zvt_link_init(struct zvt_link *link, bool serial, int64_t t3);
void zvt_link_clear(struct zvt_link *link); /* wipes */

void zvt_link_feed(struct zvt_link *link, int64_t now, const uint8_t *data,
		   size_t len);

/* What comes next of all that came in and of the time; call until NOTHING. */
enum zvt_link_event zvt_link_next(struct zvt_link *link, int64_t now,
				  struct zvt_apdu *out_apdu);

/*
 * Sends a message. One that is not acknowledged yet is given up for it: when
 * both sides began at once the terminal wins, and gets its answer.
 */
void zvt_link_submit(struct zvt_link *link, int64_t now, const struct buf *apdu,
		     enum zvt_link_care care);

/* Nothing of ours is under way, and nothing is half received. */
bool zvt_link_is_quiet(const struct zvt_link *link);

/* When zvt_link_next should be called though nothing came; -1 for never. */
int64_t zvt_link_due(const struct zvt_link *link);

/* CRC-16/KERMIT, as is over the bytes of a message and one 03. */
uint16_t zvt_link_crc(const uint8_t *data, size_t len, uint16_t crc);

/* The whole frame of a message, CRC included. */
void zvt_link_write_frame(struct buf *buf, const uint8_t *apdu, size_t len);

#endif
