/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Datecs printer for the rig, one frame at a time: what the driver has to
 * ask, and what it is answered. Frames are the tests' own (isl_frame.h).
 */
#ifndef TILLD_TESTS_DATECS_BENCH_H
#define TILLD_TESTS_DATECS_BENCH_H

#include "driver_rig.h"
#include "isl_frame.h"

extern const struct driver printer_datecs;

/* The printer that the rig is wired to speaks the classic dialect. */
extern bool datecs_bench_classic;

/* The driver must have written exactly this; its SEQ. */
int datecs_hear(struct driver_io *rig, int command, const char *data);

/* What was heard last is answered; status NULL is that of an idle printer. */
void datecs_say(struct driver_io *rig, const char *data, const char *status);

/* Something else is said. */
void datecs_say_as(struct driver_io *rig, int seq, int command,
		   const char *data, const char *status);

struct datecs_line {
	int command; /* 0 ends a list */
	const char *data;
	const char *said;
};

void datecs_play(struct driver_io *rig, const struct datecs_line *lines);

extern const struct datecs_line datecs_identity_x[], datecs_identity_c[];
extern const struct datecs_line datecs_ready_x[], datecs_ready_c[];
/* Of the forty-second day; and after its Z report. */
extern const struct datecs_line datecs_before_x[], datecs_before_c[];
extern const struct datecs_line datecs_after_x[], datecs_after_c[];

/* A new rig with an open line, up to where the printer is ready. */
void datecs_open(struct driver_io *rig, bool classic,
		 const struct rig_setting *settings);

/* Starts a report, up to where its command is heard; its SEQ. */
int datecs_start(struct driver_io *rig, enum op_kind kind, bool summary,
		 int command, const char *data);
struct op datecs_op(enum op_kind kind, bool summary);

/* The one completion. code may be NULL: there must be none. */
void datecs_ended(struct driver_io *rig, enum outcome outcome,
		  enum reason reason, const char *code);

#endif
