/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bench for one driver: plays the framework's side of device/driver.h in
 * virtual time, so that a test can say byte for byte what comes and goes.
 * It also holds the driver to the contract's plainest rules: it aborts the
 * test on a second completion, a commit outside an operation, "failed" past
 * the point of no return, or bytes after driver_lost().
 */
#ifndef TILLD_TESTS_DRIVER_RIG_H
#define TILLD_TESTS_DRIVER_RIG_H

#include "device/driver.h"
#include "util/buf.h"

struct rig_setting {
	const char *name;
	const char *value;
};

struct driver_io {
	const struct driver *driver;
	const struct rig_setting *settings; /* NULL name ends */
	bool serial;
	int baud;  /* as configured */
	int speed; /* set since the line came up; 0: none was */
	void *state;
	uint8_t kept[DRIVER_KEPT_SIZE];
	int64_t now;
	int64_t deadline;  /* -1: none */
	struct buf output; /* written since the last rig_clear */
	bool open, ready, lost, busy, committed, recovering;
	enum reason lost_reason;
	const json_t *doubt; /* borrowed: what driver_doubt() tells */
	json_t *identity, *status, *evidence, *progress, *result;
	struct receipt_rules rules;
	int currency;
	int saves;	 /* driver_save calls so far */
	bool hold_saves; /* the test answers saves itself: rig_saved */
	bool save_pending;
	int dones; /* completions so far */
	enum outcome outcome;
	enum reason reason;
	int commits;
	int swipes;
	int proven; /* of these */
	bool proves;
	int randoms; /* driver_random() fills with 1, 2, 3... */
	char swipe[96];
	int turned_away;
	char why[128];			  /* the last time */
	const struct driver_facts *facts; /* borrowed; NULL: not by USB */
	unsigned int modem;		  /* lines that are on */
	bool has_modem;
	int progresses;
	char log[256]; /* the last line of it */
	int logs;
};

void rig_init(struct driver_io *rig, const struct driver *driver,
	      const struct rig_setting *settings, bool serial);
void rig_free(struct driver_io *rig);

/* Calls open with fresh state (again after lost: a line that came back). */
void rig_open(struct driver_io *rig);
void rig_start(struct driver_io *rig, const struct op *op);
void rig_recover(struct driver_io *rig, const struct op *op,
		 const json_t *evidence);
void rig_input(struct driver_io *rig, const void *data, size_t len);
void rig_input_hex(struct driver_io *rig,
		   const char *hex); /* blanks are fine */
void rig_saved(struct driver_io *rig, int err);

/* Lets time go by, calling timeout whenever a deadline is due. */
void rig_advance(struct driver_io *rig, int64_t ms);

/* The line breaks: close is called; state is wiped. */
void rig_unplug(struct driver_io *rig);

/* Forgets what was written so far. */
void rig_clear(struct driver_io *rig);

/* Asserts (cmocka) that exactly these bytes were written since, and clears. */
void rig_expect(struct driver_io *rig, const void *data, size_t len);
void rig_expect_hex(struct driver_io *rig, const char *hex);
void rig_expect_nothing(struct driver_io *rig);

#endif
