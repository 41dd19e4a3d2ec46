/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking a printer, one question at a time. Answers don't say what they
 * answer, and may come late or never; one to a question from before the pulse
 * would tell nothing about what came of it. So an answer is believed only if
 * it must be one to the last question: no other is under way, and nothing
 * strange came with it. All questions are harmless and may be asked again.
 */
#ifndef TILLD_DRAWER_ESCPOS_ASK_H
#define TILLD_DRAWER_ESCPOS_ASK_H

#include "device/driver.h"
#include "drawer/escpos_codec.h"

#include <stdbool.h>
#include <stdint.h>

/* Zeroed is the state of a line that has just come up. */
struct escpos_ask {
	enum escpos_question question; /* and its answer is waited for */
	enum escpos_kind worst;	       /* strangest since it was first asked */
	/* the rest is its own */
	struct escpos_reader reader;
	enum escpos_kind noise; /* strangest since it was last sent */
	int tries;
	int under_way; /* answers that may still come */
	bool heard;    /* one came, but maybe to an earlier question */
};

/* Sends question and sets the deadline for its answer. */
void escpos_ask_begin(struct driver_io *io, struct escpos_ask *ask,
		      enum escpos_question question);

/* Waits no longer; an answer that still comes will not be believed. From then
 * on worst is the strangest of what comes unasked. */
void escpos_ask_drop(struct escpos_ask *ask);

/* Takes in a byte. True if it answers out_question; the deadline is off. */
bool escpos_ask_read(struct driver_io *io, struct escpos_ask *ask, uint8_t byte,
		     enum escpos_question *out_question);

/* The deadline is over: asks again, or returns false after so many tries. */
bool escpos_ask_again(struct driver_io *io, struct escpos_ask *ask, int tries);

#endif
