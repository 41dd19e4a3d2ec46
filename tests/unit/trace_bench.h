/* SPDX-License-Identifier: Apache-2.0 */
/* A tap on the line of one driver, for tests of what a trace tells. */
#ifndef TILLD_TESTS_TRACE_BENCH_H
#define TILLD_TESTS_TRACE_BENCH_H

#include "device/tap.h"
#include "fake_env.h"

struct trace_bench {
	struct fake_env fake;
	struct tap *tap;
	int told;
};

extern struct trace_bench bench;

/* For cmocka. */
int set_up(void **state);
int tear_down(void **state);

/* A tap of its own, with nothing told yet. */
void tap_to(const struct driver *driver, bool serial);

void out(const void *bytes, size_t len);
void in(const void *bytes, size_t len);
/* One byte at a time: nothing may depend on how they are cut. */
void in_bytes(const void *bytes, size_t len);

/* All that was told: "out asks for the printer...;in online...;" */
void expect_told(const char *wanted);

/* Of the record before the newest back ones. New. */
json_t *record_at(size_t back);
void expect_hex(size_t back, const char *wanted); /* "": none is shown */

/* All that the trace holds, looked through for a secret in any spelling. */
void expect_nowhere(const void *secret, size_t len);

#endif
