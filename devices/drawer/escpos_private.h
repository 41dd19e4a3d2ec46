/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the ESC/POS driver share: escpos.c, which opens the
 * drawer and asks how things are, and escpos_print.c. */
#ifndef TILLD_DRAWER_ESCPOS_PRIVATE_H
#define TILLD_DRAWER_ESCPOS_PRIVATE_H

#include "device/driver.h"
#include "drawer/duty.h"
#include "drawer/escpos_ask.h"
#include "drawer/level.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

enum drawer_paper {
	DRAWER_PAPER_UNKNOWN,
	DRAWER_PAPER_OK,
	DRAWER_PAPER_LOW,
	DRAWER_PAPER_OUT,
};

/* A job on its way. */
struct escpos_print {
	const struct job *job;
	bool heard;   /* an answer in order, maybe to an earlier question */
	bool answers; /* it answered in order before: it will behind the job */
	bool printed; /* and did: all before that was carried out */
	enum reason trouble; /* that it had when it was asked last, or NONE */
	int64_t until;
};

enum drawer_phase {
	DRAWER_OPENING,	   /* the printer has not answered yet */
	DRAWER_CONFIRMING, /* nor a second time */
	DRAWER_IDLE,
	DRAWER_EXPLAINING, /* asked why it is offline */
	DRAWER_RESTING,	   /* a pulse was asked for, the solenoid rests */
	DRAWER_CHECKING,   /* is the printer online? */
	DRAWER_WATCHING,   /* pulsed: does the drawer open? */
	DRAWER_TESTING,	   /* asked once more, and nothing else */
	DRAWER_PREPARING,  /* a job is to be printed: is the printer online? */
	DRAWER_SOUNDING,   /* does it answer in order? */
	DRAWER_PRINTING,   /* the job has been sent */
	DRAWER_LOOKING,	   /* and what has become of the printer? */
	DRAWER_PHASES,
};

struct drawer_state {
	enum drawer_phase phase;
	struct escpos_ask ask;

	enum drawer_level level;
	enum drawer_paper paper;
	bool told, high, offline;

	int in_order; /* answers in order that may still come */
	bool running, recovering;
	struct escpos_print print;
	bool was_open;
	int64_t watch_until;
};

/* What has to outlast a lost line. */
struct drawer_kept {
	struct duty duty;
	enum drawer_level before; /* the pulse */
	bool pulsed; /* or printed, by an operation that has not ended */
	/* As many bytes of a job that broke off may still be waited for by the
	 * printer, which would take the next one's for them. */
	uint32_t owed;
};

static_assert(sizeof(struct drawer_kept) <= DRIVER_KEPT_SIZE, "kept");

/* escpos.c */
void escpos_ask_printer(struct driver_io *io, enum drawer_phase phase);
void escpos_pause(struct driver_io *io, int64_t ms);
void escpos_note_printer(struct driver_io *io, uint8_t answer);
void escpos_note_paper(struct driver_io *io, enum drawer_paper paper);
/* Asks why it is offline; a running operation fails then. */
void escpos_explain(struct driver_io *io);
void escpos_end(struct driver_io *io, enum outcome outcome, enum reason reason,
		json_t *result);

/* escpos_print.c: begins; is answered in the phases that are its own; gets a
 * byte first (true: it was for it); its deadline is due; the line is to be
 * given up in LOOKING (false: it is). */
void escpos_print_begin(struct driver_io *io, const struct op *op);
void escpos_print_answered(struct driver_io *io, enum escpos_question question,
			   uint8_t answer);
bool escpos_print_input(struct driver_io *io, uint8_t byte);
void escpos_print_timeout(struct driver_io *io);
bool escpos_print_goes_on(struct driver_io *io);
/* One that was begun before may have been printed, in part or whole. */
void escpos_print_recover(struct driver_io *io, const struct op *op);

#endif
