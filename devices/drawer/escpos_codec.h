/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of ESC/POS that a drawer needs: the queued pulse, the real-time
 * questions, and telling a printer's bytes apart. Source: docs/protocols.md
 * A.2, A.4 (Epson and Citizen specifications, appendix on status bytes).
 */
#ifndef TILLD_DRAWER_ESCPOS_CODEC_H
#define TILLD_DRAWER_ESCPOS_CODEC_H

#include "device/driver.h"
#include "util/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define ESCPOS_XON  0x11
#define ESCPOS_XOFF 0x13

#define ESCPOS_PULSE_MAX_MS 510 /* a byte, in units of 2 ms */

/* DLE EOT n: answered at once, ahead of all that is queued, with one byte. */
enum escpos_question {
	ESCPOS_ASK_NOTHING = 0,
	ESCPOS_ASK_PRINTER = 1, /* online, drawer */
	ESCPOS_ASK_CAUSE = 2,	/* why it is offline */
	ESCPOS_ASK_PAPER = 4,
};

void escpos_add_question(struct buf *out, enum escpos_question question);

/* GS r 1: answered in its order, with one byte about the paper. */
void escpos_add_question_in_order(struct buf *out);
bool escpos_is_in_order(uint8_t answer); /* has the form of that */
bool escpos_is_roll_near_end(uint8_t answer);

/* ESC p: pin is 2 or 5; times are 0 to ESCPOS_PULSE_MAX_MS, rounded down. */
void escpos_add_pulse(struct buf *out, int pin, int64_t on_ms, int64_t off_ms);

/* Answers to ESCPOS_ASK_PRINTER. */
bool escpos_is_offline(uint8_t answer);
bool escpos_is_pin3_high(uint8_t answer);

/* Answers to ESCPOS_ASK_CAUSE. */
bool escpos_is_cover_open(uint8_t answer);
bool escpos_is_paper_stop(uint8_t answer);
bool escpos_is_error(uint8_t answer);

/* Answers to ESCPOS_ASK_PAPER. */
bool escpos_is_paper_near_end(uint8_t answer);
bool escpos_is_paper_end(uint8_t answer);

/* What a byte is, in the order of how strange it is. */
enum escpos_kind {
	ESCPOS_NOTHING, /* flow control, or part of an unasked-for report */
	ESCPOS_ANSWER,	/* has the form of an answer to DLE EOT */
	ESCPOS_OTHER,	/* seven bits, but nothing that we asked for */
	ESCPOS_GARBAGE, /* no ESC/POS status byte at all: line settings? */
};

struct escpos_reader {
	uint8_t report_left; /* bytes to come of an automatic status report */
};

enum escpos_kind escpos_read(struct escpos_reader *reader, uint8_t byte);

/* For people (device/trace.h). */
size_t escpos_trace(struct trace *trace);

#endif
