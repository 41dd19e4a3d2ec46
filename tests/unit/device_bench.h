/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bench for the framework (device.c), in virtual time, with a driver that
 * does as it is told: each letter, of its script or from the line, is one call
 * into the framework (see bench_call). What the framework calls, and what the
 * user of an operation hears, is written to one trace:
 *
 *	bench.script.start = "co";
 *	bench_open();
 *	bench_start("a");
 *	bench_run();
 *	bench_expect("start a;a:committed;a:done ok none 7;");
 */
#ifndef TILLD_TESTS_DEVICE_BENCH_H
#define TILLD_TESTS_DEVICE_BENCH_H

#include "device/device_private.h"
#include "fake_env.h"
#include "fake_transport.h"

struct device_bench {
	struct fake_env fake;
	struct fake_lines lines;
	struct device *device;
	struct fake_line *line;
	bool save_at_once; /* answered from within save() */
	/* what the driver does in each callback; NULL is nothing */
	struct {
		const char *open, *start, *recover, *timeout, *saved, *abort,
			*close;
	} script;
	char trace[4096];
};

extern struct device_bench bench;

extern const struct driver bench_driver;

/* Can't be asked what became of anything, and can't be stopped. */
extern const struct driver bench_mute_driver;

int bench_set_up(void **arg); /* with a bench_driver, not open yet */
int bench_tear_down(void **arg);
void bench_make(const struct driver *driver,
		const struct device_setting *settings, size_t count);
void bench_remake(const struct driver *driver);

/* Opens it, and lets it be ready for a while. */
void bench_open(void);

/* id is what the trace calls it; it outlives the operation. */
void bench_start(char *id);
void bench_start_kind(char *id, enum op_kind kind, int64_t wait_ms);
void bench_recover(char *id, const char *evidence);

void bench_run(void);
void bench_advance(int64_t ms);
void bench_input(const char *calls);
void bench_unplug(void);

/* What happened since the last look. */
void bench_expect(const char *wanted);
void bench_forget(void);
void bench_assert_state(enum device_state state, enum reason reason);
int64_t bench_statistic(const char *name);

#endif
