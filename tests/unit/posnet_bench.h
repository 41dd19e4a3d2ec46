/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A POSNET printer for the rig, one frame at a time: what the driver has to
 * say, and what it is answered. Its checksums are its own.
 */
#ifndef TILLD_TESTS_POSNET_BENCH_H
#define TILLD_TESTS_POSNET_BENCH_H

#include "driver_rig.h"

extern const struct driver printer_posnet;

/* The clock read at the opening makes this the first token. */
#define BENCH_TOKEN 17

/* payload with 02, '#', checksum and 03 around; valid until the next call. */
const char *bench_seal(const char *payload);

/* The printer says payload; or something with a checksum that is wrong. A
 * frame, here and below, has its checksum already and lacks 02 and 03. */
void bench_say(struct driver_io *rig, const char *payload);
void bench_say_spoilt(struct driver_io *rig, const char *payload);

void bench_say_frame(struct driver_io *rig, const char *frame);

/* The driver must have written exactly this payload. */
void bench_hear(struct driver_io *rig, const char *payload);
void bench_hear_frame(struct driver_io *rig, const char *frame);

struct bench_line {
	const char *heard; /* NULL ends a list */
	const char *said;  /* NULL: no answer */
};

void bench_play(struct driver_io *rig, const struct bench_line *lines);

extern const struct bench_line bench_identity[]; /* opening, past !sdev */
extern const struct bench_line bench_able[];	 /* !sdev, !sprn: fine */
extern const struct bench_line bench_token[];	 /* rpt @0017: not known */
extern const struct bench_line bench_daily[];	 /* clock, no receipt open */
extern const struct bench_line bench_before[];	 /* counters */
extern const struct bench_line bench_after[];	 /* ...one daily report later */

/* Opens, up to where the printer is ready and its first status told. */
void bench_open(struct driver_io *rig);

/* Lets time go by with probes answered so, up to where something else is
 * written (false) or the time is over (true). */
bool bench_wait(struct driver_io *rig, int64_t ms, const char *sdev,
		const char *sprn);

#define BENCH_SDEV_READY  "sdev\tds0\tcpN\tqeT\tpeN\ttl0\t"
#define BENCH_SDEV_BUSY	  "sdev\tds0\tcpN\tqeN\tpeN\ttl0\t"
#define BENCH_SDEV_KEY	  "sdev\tds2\tcpN\tqeN\tpeN\ttl0\t"
#define BENCH_SPRN_FINE	  "sprn\tpr0\t"
#define BENCH_SPRN_COVER  "sprn\tpr3\t"
#define BENCH_SPRN_PAPER  "sprn\tpr5\t"
#define BENCH_SPRN_CUTTER "sprn\tpr8\t"

/* Starts a report of that kind; a daily one up to where its command is heard. */
void bench_start(struct driver_io *rig, enum op_kind kind);
void bench_start_daily(struct driver_io *rig);
struct op bench_op(enum op_kind kind);

/* The one completion. code may be NULL: there must be none. */
void bench_ended(struct driver_io *rig, enum outcome outcome,
		 enum reason reason, const char *code);

/* --- the daily report --- */

#define BENCH_DAILY	"dailyrep\t@0017\tda2026-09-08\t"
#define BENCH_DONE	"dailyrep\t@0017\t"
#define BENCH_ASK	"rpt\t@0017\t"
#define BENCH_NOT_FOUND "ERR\t@0017\t?13\tcmrpt\t"

/* Another printer and another daemon, with a daily report under way. */
void bench_again(struct driver_io *rig);

/* It ended well, with the counters of bench_before and bench_after. */
void bench_ended_ok(struct driver_io *rig);

/* From the result: when is "before" or "after"; -1 if it is not there. */
int64_t bench_counter(const struct driver_io *rig, const char *when,
		      const char *name);

#endif
