/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the receipt printer model, shared by its three files: the
 * queue and the paper (model_escpos_print.c), the status bytes
 * (model_escpos_status.c), and the rest (model_escpos.c).
 */
#ifndef TILLD_SIM_MODEL_ESCPOS_H
#define TILLD_SIM_MODEL_ESCPOS_H

#include "sim/drawer.h"
#include "sim/escpos.h"
#include "sim/model.h"
#include "util/buf.h"

#define MODEL_ESCPOS_BUFFER  4096 /* bytes that wait while offline */
#define MODEL_ESCPOS_COLUMNS 48
#define MODEL_ESCPOS_KEPT    64 /* lines of paper in the account */

enum model_escpos_paper {
	MODEL_ESCPOS_PAPER_OUT,
	MODEL_ESCPOS_PAPER_LOW,
	MODEL_ESCPOS_PAPER_OK
};

/* Whether DLE DC4 1 moves the drawer; makers contradict each other (A.3). */
enum model_escpos_realtime {
	MODEL_ESCPOS_REALTIME_ON,
	MODEL_ESCPOS_REALTIME_OFF,
	MODEL_ESCPOS_REALTIME_NOT_IN_ERROR
};

/* What becomes of t2 in ESC p (A.2). */
enum model_escpos_off_time {
	MODEL_ESCPOS_OFF_PLAIN,
	MODEL_ESCPOS_OFF_AT_LEAST_ON, /* TM-T88III, TM-U590, SRP-F310 */
	MODEL_ESCPOS_OFF_AT_LEAST_100 /* TM-U220, in ms */
};

struct model_escpos {
	struct model model;
	struct drawer drawer;
	bool serial;
	int realtime, off_time, buffer, line_time; /* settings */

	struct escpos_scanner scanner;
	struct escpos_payload payload; /* being skipped */
	struct buf queue;
	struct buf line;      /* not yet printed, UTF-8 */
	unsigned int columns; /* of it */
	const char *page;
	bool selected;
	uint8_t asb; /* categories, 0 is off */
	uint8_t asb_sent[4];

	bool powered, cover_open, button_offline, error;
	int paper;
	int64_t power_due;   /* -1: not by itself */
	int64_t drive_until; /* one drive output at a time */
	int64_t busy_until;  /* printing the line before */

	unsigned int lines, cuts, unknown, bad_pulses, ignored_pulses, overrun;
	json_t *printed;
};

int64_t model_escpos_now(const struct model_escpos *escpos);
void model_escpos_show(const struct model_escpos *escpos, const char *line);
void model_escpos_send(const struct model_escpos *escpos, const void *data,
		       size_t len);
bool model_escpos_is_offline(const struct model_escpos *escpos);
void model_escpos_start_pulse(struct model_escpos *escpos,
			      const struct drawer_pulse *pulse);

/* Executes the queue in order, and only while online and powered. */
void model_escpos_work(struct model_escpos *escpos);
void model_escpos_forget_queue(struct model_escpos *escpos);
void model_escpos_reset(struct model_escpos *escpos);

/* DLE EOT n, GS r n, GS I n */
void model_escpos_send_status(const struct model_escpos *escpos, uint8_t n);
void model_escpos_answer_status(const struct model_escpos *escpos, uint8_t n);
void model_escpos_answer_id(const struct model_escpos *escpos, uint8_t n);

/* GS a n; and the report, at once or if something in it changed. */
void model_escpos_set_asb(struct model_escpos *escpos, uint8_t n);
void model_escpos_send_asb(struct model_escpos *escpos);
void model_escpos_push_asb(struct model_escpos *escpos);

#endif
