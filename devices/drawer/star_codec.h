/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of Star's commands that a drawer needs. Source: docs/protocols.md
 * A.5 (Star's command specifications; two independent parsers of the status).
 */
#ifndef TILLD_DRAWER_STAR_CODEC_H
#define TILLD_DRAWER_STAR_CODEC_H

#include "device/driver.h"
#include "util/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define STAR_PULSE_MAX_MS 1270 /* of drive 1, in units of 10 ms */
#define STAR_PULSE_2_MS	  200  /* drive 2 has no other */
#define STAR_STATUS_MIN	  7
#define STAR_STATUS_MAX	  33

/* ESC ACK SOH: answered with a status. */
void star_add_question(struct buf *out);

/* Drive 1: ESC BEL n1 n2 sets the times, BEL pulses. Drive 2: SUB. */
void star_add_pulse(struct buf *out, int drive, int64_t on_ms, int64_t off_ms);

struct star_reader {
	uint8_t status[STAR_STATUS_MAX];
	size_t len, size; /* so far, and in all */
};

enum star_event {
	STAR_NOTHING, /* a status goes on */
	STAR_STATUS,  /* it is whole, in reader->status */
	STAR_NOISE,   /* this byte begins none */
};

enum star_event star_read(struct star_reader *reader, uint8_t byte);

/* Of a whole status. */
bool star_is_offline(const uint8_t *status);
bool star_is_cover_open(const uint8_t *status);
bool star_is_paper_out(const uint8_t *status);
bool star_is_switch_set(const uint8_t *status); /* the drawer's */

/* For people (device/trace.h). */
size_t star_trace(struct trace *trace);

#endif
