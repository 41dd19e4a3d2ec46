/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers and displays as tills share them, in virtual time: a core with a
 * store and real drivers on fake lines. Maria has a badge; events are written
 * to one trace as "till type why;":
 *
 *	bench_add(&reader_em4100, "reader1", "1 2");
 *	bench_start();
 *	bench_arm(&claim, "1", 60000);
 */
#ifndef TILLD_TESTS_READER_BENCH_H
#define TILLD_TESTS_READER_BENCH_H

#include "core/core_private.h"
#include "core/reader.h"
#include "drivers.h"

#include "fake_transport.h"
#include "store_rig.h"

#define BENCH_DEVICES 6

struct bench_device {
	struct device *device;
	struct fake_line *line;
};

struct reader_bench {
	struct store_rig rig;
	struct fake_lines lines;
	struct core *core;
	struct bench_device devices[BENCH_DEVICES]; /* in their order */
	size_t devices_count;
	struct subscription *subscription;
	char trace[8192];
};

extern struct reader_bench bench;

/* Somebody who waits for a badge. */
struct bench_claim {
	struct reader_claim claim;
	struct prompt_pages pages;
	int badges; /* that counted */
	int overs;
	int64_t wait_ms; /* as told when it was busy */
};

int bench_set_up(void **state);
int bench_tear_down(void **state);

/* tills: ids of one character, blanks between. Before bench_start(). */
void bench_add(const struct driver *driver, const char *name,
	       const char *tills);
/* Everything is ready and quiet, the trace empty. */
void bench_start(void);
/* Takes a device away, as a reload does. */
void bench_remove(size_t at);

/* With one page, "ASK" and the till. Each with a uid of its own. */
enum problem bench_arm(struct bench_claim *claim, const char *till, int64_t ms);
enum problem bench_arm_pages(struct bench_claim *claim, const char *till,
			     int64_t ms, const struct prompt_facts *facts);

/* Maria's badge, at that reader; and an unknown one. */
void bench_swipe(size_t reader);
void bench_swipe_unknown(size_t reader);
void bench_advance(int64_t ms);
void bench_unplug(size_t at);

/* What happened since the last look, without "device". */
void bench_expect(const char *wanted);

/* What was last written to an Epson display: its two lines, "" once cleared. */
void bench_expect_lines(size_t display, const char *first, const char *second);

/* An app writes. */
bool bench_show(const char *till, const char *first);

#endif
