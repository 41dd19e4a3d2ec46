/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shop of one device: a driver in the real framework, and one of tillsim's
 * models at the other end of the line; in virtual time. The test plays the
 * rest of the daemon: what a driver saves is on disk at once, and the daemon
 * may be killed, which leaves nothing but that.
 */
#ifndef TILLD_TESTS_SHOP_RIG_H
#define TILLD_TESTS_SHOP_RIG_H

#include "device/device.h"
#include "fake_env.h"
#include "fake_transport.h"
#include "sim/model.h"

struct shop;

struct shop_setup {
	const struct driver *driver;
	const struct model_class *class;
	const struct device_setting *settings; /* of the driver */
	size_t settings_count;
	const char *options; /* of the model, as in sim_rig_start */
	/* a cable whose other end may go without anybody noticing, rather than
	 * a connection */
	bool deaf;
};

struct shop {
	struct shop_setup setup;
	struct fake_env fake;
	struct fake_lines lines;
	struct fake_line *line;
	struct device *device;
	struct model *model;
	struct timer *model_timer;
	struct buf sent; /* by the model, not delivered yet */
	bool away;	 /* the model hung up */

	/* called before bytes of the driver's reach the model; false: they
	 * don't */
	bool (*watch)(struct shop *shop, const uint8_t *data, size_t len);
	void *arg;

	struct op op;
	bool begun;	  /* and not ended */
	json_t *evidence; /* on disk */
	bool save_due;
	int save_err;
	bool committed; /* on disk */
	bool killed;	/* as soon as the callback is over */
	int dones;
	enum outcome outcome;
	enum reason reason;
	json_t *result;
	int progresses;
};

void shop_init(struct shop *shop, const struct shop_setup *setup);
void shop_free(struct shop *shop);

/* Opens the device, and lets it become ready: fails the test if not. */
void shop_open(struct shop *shop);

void shop_start(struct shop *shop, const struct op *op);

/* Until it has ended; false if it has not within ms. */
bool shop_finish(struct shop *shop, int64_t ms);
void shop_wait(struct shop *shop, int64_t ms);

/* The daemon ends without a word, and is started again. */
void shop_kill(struct shop *shop);

/* Of the model: a command that is done; numbers (a flag is 0 or 1) and lengths
 * of lists in its account. */
void shop_do(struct shop *shop, const char *command);
int64_t shop_number(const struct shop *shop, const char *key);
int64_t shop_count(const struct shop *shop, const char *key);

#endif
