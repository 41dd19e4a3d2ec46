/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A till and a card terminal in virtual time: the driver "zvt-terminal" in its
 * framework (device.c) on one end, the model of the terminal on the other,
 * which share no code. A run takes milliseconds, whatever is waited for.
 *
 *	struct zvt_world world;
 *
 *	zvt_world_start(&world, true, "booking=keep");
 *	zvt_world_pay(&world, 1234);
 *	zvt_world_settle(&world);
 *	assert_int_equal(world.outcome, OUTCOME_OK);
 *	zvt_world_stop(&world);
 */
#ifndef TILLD_TESTS_ZVT_WORLD_H
#define TILLD_TESTS_ZVT_WORLD_H

#include "device/device.h"
#include "fake_env.h"
#include "fake_transport.h"
#include "sim/model.h"

struct zvt_world {
	struct fake_env fake;
	struct fake_lines lines;
	struct fake_line *line;
	struct device *device;
	const struct device_setting *settings;
	size_t settings_count;
	bool serial;

	/* the terminal, and the wire to the till */
	struct model *model;
	struct timer *model_timer;
	struct timer *wire_timer;
	struct timer *save_timer;
	struct buf wire; /* from the terminal, arriving one by one */
	size_t chunks[4096];
	size_t chunk_first, chunk_count;
	bool up; /* as the terminal sees it */
	int opens;
	int64_t wire_ms;   /* how long a chunk travels */
	int64_t save_ms;   /* how long a disk takes */
	int disk_fails_at; /* from the nth save on; 0: never */
	int saves;

	/* the one operation under way, or that ended last */
	struct op op;
	bool running;
	int dones, dones_before;
	int doubts;
	enum outcome outcome;
	enum reason reason;
	json_t *result;
	json_t *evidence; /* on disk */
	json_t *writing;  /* on its way there */
	json_t *progress; /* an array of texts */
	/* told to the model when the point of no return is passed; or NULL */
	const char *when_committed;
	const char *when_doubtful; /* ... when the line was lost past it */
	/* the daemon is killed when the nth message of the terminal since then
	 * came; 0: never */
	int kill_at;
	int heard;
};

/* options are the model's, settings the driver's. */
void zvt_world_start(struct zvt_world *world, bool serial, const char *options,
		     const struct device_setting *settings, size_t count);
void zvt_world_stop(struct zvt_world *world);

/* Begins; zvt_world_settle lets it come to its end. */
void zvt_world_begin(struct zvt_world *world, const struct op *op);
void zvt_world_pay(struct zvt_world *world, int64_t amount);

/* Cancels the payment whose result that is. */
void zvt_world_reverse(struct zvt_world *world, const json_t *payment);

/* Lets time go by until the operation has ended, half an hour at most, and the
 * terminal has come to rest. */
void zvt_world_settle(struct zvt_world *world);
void zvt_world_advance(struct zvt_world *world, int64_t ms);

/* The daemon dies, and another takes the operation up from what is on disk. */
void zvt_world_kill(struct zvt_world *world);

void zvt_world_do(struct zvt_world *world, const char *command);

/* Payments of that amount, less what was reversed. */
int64_t zvt_world_net(const struct zvt_world *world, int64_t amount);
int64_t zvt_world_count(const struct zvt_world *world, const char *list);
int64_t zvt_world_number(const struct zvt_world *world, const char *name);

/* The terminal saw nothing against the protocol; else tells what. */
void zvt_world_expect_manners(const struct zvt_world *world, const char *what);

#endif
