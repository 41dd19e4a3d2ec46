/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A world of one device for the contract test: a driver in the real framework,
 * a peer that plays its device, and a line between them that does its worst;
 * in virtual time. What should not be is told by world_breach().
 */
#ifndef TILLD_TESTS_WORLD_H
#define TILLD_TESTS_WORLD_H

#include "device/device.h"
#include "fake_env.h"
#include "fake_transport.h"
#include "peers.h"

#define SECOND_MS 1000
#define MINUTE_MS (60 * SECOND_MS)

#define OPEN_OWN_MS (10 * MINUTE_MS) /* the framework's limit, not its own */
#define HOSTILE_MS  (20 * MINUTE_MS)
#define HEALED_MS   (60 * MINUTE_MS)

struct variant {
	const struct driver *driver;
	char label[80];
	bool serial;
	enum driver_plug plug; /* NONE: serial, or by TCP */
	struct device_setting setting;
};

enum mood {
	MOOD_GOOD,
	MOOD_DEAF,    /* switched off, with the cable in: does nothing */
	MOOD_MUTE,    /* does what it is told, its answers are lost */
	MOOD_GARBAGE, /* random bytes for answers, and in between */
	MOOD_ECHO,    /* sends back what it got, and does nothing */
	MOOD_TRICKLE, /* a byte at a time */
	MOOD_DOUBLED, /* every answer twice */
	MOODS,
};

/* What happens when so many bytes went over the line; -1: never. */
struct fate {
	long unplug_at;
	void (*meanwhile)(struct peer *peer); /* while it is unplugged */
	long abort_at;
	long garbage_at;
	int save_err;
};

#define FATE_NONE \
	((struct fate){ .unplug_at = -1, .abort_at = -1, .garbage_at = -1 })

struct world {
	const struct variant *variant;
	struct fake_env fake;
	struct fake_lines lines;
	struct fake_line *line;
	struct device *device;
	struct peer peer;
	enum mood mood;
	struct fate fate;
	size_t seen;	  /* of what the driver wrote */
	int opens_seen;	  /* of the line */
	long bytes;	  /* over the line, both ways */
	long at_once;	  /* since time went by last */
	int64_t up_since; /* the line, for the driver's open; -1 */
	int64_t noise_at;

	const char *op_id;
	bool save_due;
	int dones;
	enum outcome outcome;
	enum reason reason;
	bool committed;
	int moved_before;
	char scene[160];
};

extern const char *const world_mood_names[MOODS];

/* So far; world_breach() prints the scene and what is wrong, and counts. */
extern int world_breaches;
void world_breach(const struct world *world, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Show what goes over the line. */
extern bool world_tracing;

/* Where garbage may by chance read as an answer of the device, what the driver
 * says of it can't be held against it: displays and ESC/POS have no checksum,
 * and an echoed status byte is a status byte. Nor that something was sent,
 * where nothing is ever answered, to one that is switched off. */
bool world_can_lie(enum mood mood, const struct variant *variant);

void world_init(struct world *world, const struct variant *variant);
void world_set_scene(struct world *world, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
uint32_t world_random(struct world *world, uint32_t below);

/* Tells of what the framework found, too. */
void world_free(struct world *world);

/* Until pred holds; false if it does not within ms. */
bool world_run(struct world *world, bool (*pred)(const struct world *),
	       int64_t ms);
bool world_is_ready(const struct world *world);
bool world_is_done(const struct world *world);
bool world_is_never(const struct world *world);

/* One turn without time going by, and a step of time: for a finer grip. */
bool world_pump(struct world *world);
void world_pass(struct world *world, int64_t most);

/* Until it is ready, on a good line, and has come to rest. */
void world_open_well(struct world *world);

struct op world_make_op(enum op_kind kind);
struct device_user world_user(struct world *world);
void world_start(struct world *world, enum op_kind kind);

/* After the trouble: the line is good again, and everything comes to an end. */
void world_heal(struct world *world);

/* One completion, which agrees with what the device did; and ready again. */
void world_check_end(struct world *world, bool can_lie);

#endif
