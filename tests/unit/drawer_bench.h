/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the drawer's driver have in common. Bytes:
 * docs/protocols.md A.2 (the pulse) and A.4 (DLE EOT and its answers). Every
 * function fails the running test where something is not as it says.
 */
#ifndef TILLD_TESTS_DRAWER_BENCH_H
#define TILLD_TESTS_DRAWER_BENCH_H

#include "driver_rig.h"

#define ASK	 "10 04 01"
#define CAUSE	 "10 04 02"
#define PAPER	 "10 04 04"
#define PULSE	 "1b 70 00 32 c8"
#define HIGH	 "16"
#define LOW	 "12"
#define OFF_HIGH "1e"
#define OFF_LOW	 "1a"

/* The longest that an operation may take with a printer gone silent. */
#define PATIENCE_MS 10000

extern const struct op drawer_bench_open;
extern const struct rig_setting drawer_bench_low[];  /* low-is-open */
extern const struct rig_setting drawer_bench_high[]; /* high-is-open */

/* The second answer, once it was quiet: ready. */
void drawer_bench_confirm(struct driver_io *rig, const char *answer);

/* Opens the line: two answers make it ready. The first rest is over then. */
void drawer_bench_come_up(struct driver_io *rig, const char *answer);
void drawer_bench_start(struct driver_io *rig,
			const struct rig_setting *settings, const char *answer);

/* Asks for the drawer, up to the pulse. */
void drawer_bench_pulse(struct driver_io *rig, const char *answer);

/* Answers every question until it is done or lost, for ms at most. */
void drawer_bench_answer(struct driver_io *rig, const char *answer, int64_t ms);

/* The status told last; paper NULL: none told. */
void drawer_bench_status(const struct driver_io *rig, const char *drawer,
			 bool online, const char *paper);

/* Done once, and so; drawer NULL: without a result. */
void drawer_bench_done(const struct driver_io *rig, enum outcome outcome,
		       enum reason reason, const char *drawer);

#endif
