/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every driver in the table, in the real framework, in virtual time, on a line
 * that does its worst. Whatever happens there:
 *
 * - every open ends in ready or lost, by the driver's own deadlines;
 * - every start and recover ends in exactly one completion, while the line is
 *   bad or, for what was past its point of no return, once it is good again;
 * - what the driver says became of it agrees with what the device really did:
 *   never ok without a movement, never failed or refused with one, never two;
 * - the framework finds no breach of the driver's contract (driver_bugs);
 * - the device is ready again after the trouble is over.
 *
 * A breach is printed with all that is needed to repeat it, and the rest goes
 * on. CONTRACT_ONLY=text runs the cases whose name contains text;
 * CONTRACT_STRIDE=n cuts the line at each n-th byte only; CONTRACT_STORMS=n has
 * n storms for each operation, CONTRACT_SEED=n only that one; CONTRACT_LOG=1
 * shows what went over the line.
 */
#include "drivers.h"
#include "util/json.h"
#include "util/log.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CUTS_MAX 160 /* of one conversation, unless told otherwise */

/* Settings that make a driver behave in another way than by default. */
static const struct {
	const char *driver;
	struct device_setting setting;
} variant_settings[] = {
	{ "escpos-drawer", { "sensor", "low-is-open" } },
	{ "star-drawer", { "sensor", "set-is-open" } },
	{ "star-drawer", { "drive", "2" } },
	{ "apg-drawer", { "sensor", "reported" } },
	{ "trigger-drawer", { "sensor", "cts-is-open" } },
	{ "posnet-printer", { "cancel-foreign", "yes" } },
	{ "datecs-printer", { "dialect", "classic" } },
	{ "datecs-printer", { "cancel-foreign", "yes" } },
};

/* --- opening --- */

static void check_open(const struct variant *variant, enum mood mood,
		       uint64_t seed)
{
	struct world world;

	world_init(&world, variant);
	world_set_scene(&world, "open %s, seed %d", world_mood_names[mood],
			(int)seed);
	world.fake.seed = seed;
	world.mood = mood;
	device_open(world.device);
	world_run(&world, world_is_never, OPEN_OWN_MS + MINUTE_MS);
	if (!world_is_ready(&world) && world.line->opens < 2)
		world_breach(&world, "neither ready nor lost");
	world.mood = MOOD_GOOD;
	if (!world_run(&world, world_is_ready, 5 * MINUTE_MS))
		world_breach(&world, "not ready again");
	if (world.peer.moved)
		world_breach(&world, "opening moved something");
	world_free(&world);
}

static void check_open_unplugged(const struct variant *variant, long at)
{
	struct world world;

	world_init(&world, variant);
	world_set_scene(&world, "open, unplugged at byte %ld", at);
	world.fate.unplug_at = at;
	device_open(world.device);
	if (!world_run(&world, world_is_ready, OPEN_OWN_MS))
		world_breach(&world, "not ready again");
	world_free(&world);
}

/* A number from the environment, for whoever looks into a breach. */
static long wish(const char *name, long otherwise)
{
	const char *value = getenv(name);

	return value ? strtol(value, NULL, 10) : otherwise;
}

static long conversation_stride(long bytes)
{
	long stride = wish("CONTRACT_STRIDE", bytes / CUTS_MAX);

	return stride > 0 ? stride : 1;
}

static void test_open(void **state)
{
	const struct variant *variant = *state;
	struct world world;
	long bytes, stride;

	for (int mood = 0; mood < MOODS; mood++)
		for (uint64_t seed = 1; seed <= 8; seed++)
			if (seed == 1 || mood == MOOD_GARBAGE)
				check_open(variant, (enum mood)mood, seed);
	world_init(&world, variant);
	world_set_scene(&world, "open");
	device_open(world.device);
	world_run(&world, world_is_ready, 2 * MINUTE_MS);
	bytes = world.bytes;
	world_free(&world);
	stride = conversation_stride(bytes);
	for (long at = 0; at < bytes; at += stride)
		check_open_unplugged(variant, at);
}

/* --- operations --- */

/* How many bytes one undisturbed operation takes, with what follows. */
static long measure_op(const struct variant *variant, enum op_kind kind)
{
	struct world world;
	long bytes;

	world_init(&world, variant);
	world_set_scene(&world, "%s undisturbed", op_kind_name(kind));
	world_open_well(&world);
	world_start(&world, kind);
	world_run(&world, world_is_done, HOSTILE_MS);
	bytes = world.bytes;
	/* a dialect may lack what its driver can do in others */
	if (world.outcome != OUTCOME_OK && world.outcome != OUTCOME_SENT &&
	    world.reason != REASON_NOT_SUPPORTED)
		world_breach(&world, "%s (%s) with a good device",
			     outcome_name(world.outcome),
			     reason_name(world.reason));
	world_run(&world, world_is_never, MINUTE_MS);
	world_check_end(&world, false);
	world_free(&world);
	return bytes;
}

/* The trouble is there from the start, and for twenty minutes. */
static void check_op_in_mood(const struct variant *variant, enum op_kind kind,
			     enum mood mood, uint64_t seed)
{
	struct world world;

	world_init(&world, variant);
	world_set_scene(&world, "%s %s, seed %d", op_kind_name(kind),
			world_mood_names[mood], (int)seed);
	world_open_well(&world);
	world.fake.seed = seed;
	world.mood = mood;
	world_start(&world, kind);
	world_run(&world, world_is_done, HOSTILE_MS);
	if (!world.dones && !world.committed)
		world_breach(&world, "no end in twenty minutes");
	world_heal(&world);
	world_check_end(&world, world_can_lie(mood, variant));
	world_free(&world);
}

/* The trouble begins with a byte somewhere in the middle. */
static void check_op_with_fate(const struct variant *variant, enum op_kind kind,
			       const char *what, long at, struct fate fate)
{
	struct world world;

	world_init(&world, variant);
	world_set_scene(&world, "%s, %s at byte %ld", op_kind_name(kind), what,
			at);
	world_open_well(&world);
	world.fate = fate;
	world.fake.seed = (uint64_t)at + 1;
	world_start(&world, kind);
	world_run(&world, world_is_done, HOSTILE_MS);
	world_heal(&world);
	world_check_end(&world, fate.garbage_at >= 0 &&
					world_can_lie(MOOD_GARBAGE, variant));
	world_free(&world);
}

/* Cut off from a device that only tells afterwards what it did last: that may
 * well be what it had done before. */
static void check_op_reticent(const struct variant *variant, enum op_kind kind,
			      long at)
{
	struct world world;

	world_init(&world, variant);
	world_set_scene(&world, "%s, reticent, unplugged at byte %ld",
			op_kind_name(kind), at);
	world.peer.reticent = true;
	world_open_well(&world);
	world.fate.unplug_at = at;
	world_start(&world, kind);
	world_run(&world, world_is_done, HOSTILE_MS);
	world_heal(&world);
	world_check_end(&world, false);
	world_free(&world);
}

static void check_op_cuts(const struct variant *variant, enum op_kind kind)
{
	long bytes = measure_op(variant, kind);
	long stride = conversation_stride(bytes);

	for (long at = 0; at <= bytes; at += stride) {
		struct fate fate = FATE_NONE;

		fate.unplug_at = at;
		check_op_with_fate(variant, kind, "unplugged", at, fate);
		fate.meanwhile = peer_power_cycle;
		check_op_with_fate(variant, kind, "power cut", at, fate);
		fate.meanwhile = peer_meet_stranger;
		check_op_with_fate(variant, kind, "stranger", at, fate);
		check_op_reticent(variant, kind, at);
		fate = FATE_NONE;
		fate.abort_at = at;
		check_op_with_fate(variant, kind, "called off", at, fate);
		fate = FATE_NONE;
		fate.garbage_at = at;
		check_op_with_fate(variant, kind, "garbage", at, fate);
	}
}

static void check_op_save_fails(const struct variant *variant,
				enum op_kind kind)
{
	struct fate fate = FATE_NONE;

	fate.save_err = 28; /* ENOSPC */
	check_op_with_fate(variant, kind, "no space to save", 0, fate);
}

/* Silence or nonsense from some point on: the device dies in the middle. */
static void check_op_dies(const struct variant *variant, enum op_kind kind,
			  enum mood mood, long at)
{
	struct world world;

	world_init(&world, variant);
	world_set_scene(&world, "%s, %s from byte %ld on", op_kind_name(kind),
			world_mood_names[mood], at);
	world_open_well(&world);
	world.fate.unplug_at = -1;
	world_start(&world, kind);
	for (int i = 0; i < 100000 && world.bytes < at && !world.dones; i++) {
		fake_env_run(&world.fake);
		if (!world_pump(&world))
			world_pass(&world, SECOND_MS);
	}
	world.mood = mood;
	world_run(&world, world_is_done, HOSTILE_MS);
	world_heal(&world);
	world_check_end(&world, world_can_lie(mood, variant));
	world_free(&world);
}

static void check_op(const struct variant *variant, enum op_kind kind)
{
	long bytes = measure_op(variant, kind);

	for (int mood = 0; mood < MOODS; mood++)
		for (uint64_t seed = 1; seed <= 8; seed++)
			if (seed == 1 || mood == MOOD_GARBAGE)
				check_op_in_mood(variant, kind, (enum mood)mood,
						 seed);
	for (long at = 1; at < bytes; at += 1 + bytes / 40) {
		check_op_dies(variant, kind, MOOD_DEAF, at);
		check_op_dies(variant, kind, MOOD_MUTE, at);
		check_op_dies(variant, kind, MOOD_GARBAGE, at);
	}
	check_op_save_fails(variant, kind);
}

static void for_each_op(const struct variant *variant,
			void (*check)(const struct variant *variant,
				      enum op_kind kind))
{
	for (int kind = 0; kind < OP_KINDS; kind++)
		if (variant->driver->ops & DRIVER_OP(kind))
			check(variant, (enum op_kind)kind);
}

static void test_ops(void **state)
{
	for_each_op(*state, check_op);
}

static void test_cuts(void **state)
{
	for_each_op(*state, check_op_cuts);
}

/* --- storms --- */

#define STORM_EVENTS 40
#define STORM_SEEDS  48

static void world_have_event(struct world *world)
{
	static void (*const meanwhiles[])(struct peer * peer) = {
		NULL, peer_power_cycle, peer_meet_stranger
	};

	world->mood = (enum mood)world_random(world, MOODS);
	if (world_random(world, 2))
		world->mood = MOOD_GOOD;
	world->fate = FATE_NONE;
	world->fate.meanwhile = meanwhiles[world_random(world, 3)];
	if (!world_random(world, 3))
		world->fate.unplug_at =
			world->bytes + (long)world_random(world, 200);
	if (!world_random(world, 12))
		world->fate.abort_at =
			world->bytes + (long)world_random(world, 100);
	if (!world_random(world, 6))
		world->fate.save_err = 5;
	world->lines.refuse =
		world_random(world, 5) ? REASON_NONE : REASON_PORT_MISSING;
}

/* All that can go wrong does, one thing after another. */
static void check_op_in_storm(const struct variant *variant, enum op_kind kind,
			      uint64_t seed)
{
	struct world world;
	bool lied = false;

	world_init(&world, variant);
	world_set_scene(&world, "%s in a storm, seed %d", op_kind_name(kind),
			(int)seed);
	world_open_well(&world);
	world.fake.seed = seed;
	world_start(&world, kind);
	for (int i = 0; i < STORM_EVENTS; i++) {
		world_have_event(&world);
		lied |= world_can_lie(world.mood, variant);
		world_run(&world, world_is_never, world_random(&world, 15000));
	}
	world_heal(&world);
	world_check_end(&world, lied);
	world_free(&world);
}

static void check_op_in_storms(const struct variant *variant, enum op_kind kind)
{
	uint64_t seeds = (uint64_t)wish("CONTRACT_STORMS", STORM_SEEDS);
	uint64_t only = (uint64_t)wish("CONTRACT_SEED", 0);

	for (uint64_t seed = 1; seed <= seeds; seed++)
		if (!only || seed == only)
			check_op_in_storm(variant, kind, seed);
}

static void test_storms(void **state)
{
	for_each_op(*state, check_op_in_storms);
}

/* --- recovery after a restart --- */

static const char *const evidences[] = {
	NULL,
	"{}",
	"{\"status\":{\"drawer\":\"closed\"}}",
	"{\"status\":7}",
	"{\"token\":\"x\",\"before\":[],\"baseline\":{\"receipt\":\"x\"}}",
	"[1,2,3]",
};

static void check_recovery(const struct variant *variant, enum op_kind kind,
			   enum mood mood, const char *evidence)
{
	struct op op = world_make_op(kind);
	struct device_user user;
	struct world world;
	json_t *json = evidence ? json_parse(evidence, strlen(evidence)) : NULL;

	world_init(&world, variant);
	world_set_scene(&world, "recover %s %s from %s", op_kind_name(kind),
			world_mood_names[mood],
			evidence ? evidence : "nothing");
	user = world_user(&world);
	device_recover(world.device, &op, json, &user);
	op_clear(&op);
	json_decref(json);
	device_open(world.device);
	world_run(&world, world_is_ready, MINUTE_MS / 60); /* still opening */
	world.mood = mood;
	world_run(&world, world_is_done, HOSTILE_MS);
	world_heal(&world);
	world_check_end(&world, true);
	if (world.peer.moved)
		world_breach(&world, "recovery moved something");
	if (world.outcome == OUTCOME_OK || world.outcome == OUTCOME_SENT)
		world_breach(&world, "%s, of what never happened",
			     outcome_name(world.outcome));
	world_free(&world);
}

static void check_recoveries(const struct variant *variant, enum op_kind kind)
{
	size_t count = sizeof(evidences) / sizeof(*evidences);

	for (size_t i = 0; i < count; i++)
		for (int mood = 0; mood < MOODS; mood++)
			check_recovery(variant, kind, (enum mood)mood,
				       evidences[i]);
}

static void test_recoveries(void **state)
{
	const struct variant *variant = *state;

	if (variant->driver->recover)
		for_each_op(variant, check_recoveries);
}

/* --- the table --- */

static void test_descriptor(void **state)
{
	const struct driver *driver = ((const struct variant *)*state)->driver;

	assert_non_null(driver->name);
	assert_non_null(driver->summary);
	assert_non_null(driver->open);
	assert_non_null(driver->input);
	assert_ptr_equal(driver_find(driver->name), driver);
	assert_in_range(driver->class, 0, DEVICE_CLASSES - 1);
	assert_true(!driver->ops || driver->start);
	assert_true(driver->line.baud > 0 || driver->tcp_port > 0 ||
		    driver->plugs);
	for (const struct driver_match *m = driver->matches; m && m->plug;
	     m++) {
		assert_true(driver->plugs & DRIVER_CAN(m->plug));
		assert_true(m->vendor && m->first && m->first <= m->last);
	}
	for (const struct driver_option *o = driver->options; o && o->name;
	     o++) {
		assert_non_null(o->otherwise);
		assert_non_null(o->help);
		assert_true(o->min <= o->max || !o->max);
	}
}

struct part {
	const char *name;
	void (*run)(void **state);
};

static const struct part parts[] = {
	{ "descriptor", test_descriptor },
	{ "open", test_open },
	{ "ops", test_ops },
	{ "cuts", test_cuts },
	{ "storms", test_storms },
	{ "recoveries", test_recoveries },
};

#define PARTS	     (sizeof(parts) / sizeof(*parts))
#define VARIANTS_MAX 64

struct one_case {
	char name[128];
	struct variant *variant;
	const struct part *part;
};

static struct variant variants[VARIANTS_MAX];
static size_t variants_count;
static struct one_case ones[VARIANTS_MAX * PARTS];
static struct CMUnitTest cases[VARIANTS_MAX * PARTS];
static size_t cases_count;

static void run_case(void **state)
{
	struct one_case *one = *state;
	void *variant = one->variant;

	world_breaches = 0;
	one->part->run(&variant);
	if (world_breaches)
		fail_msg("%d breaches", world_breaches);
}

static void add_case(struct variant *variant, const struct part *part)
{
	const char *only = getenv("CONTRACT_ONLY");
	struct one_case *one = &ones[cases_count];

	*one = (struct one_case){ .variant = variant, .part = part };
	snprintf(one->name, sizeof(one->name), "%s: %s", variant->label,
		 part->name);
	if (!only || strstr(one->name, only))
		cases[cases_count++] =
			(struct CMUnitTest){ .name = one->name,
					     .test_func = run_case,
					     .initial_state = one };
}

static void add_variant(const struct driver *driver, enum driver_plug plug,
			bool serial, const struct device_setting *setting)
{
	static const char *const plugs[DRIVER_PLUGS] = {
		[DRIVER_PLUG_USB] = "usb",
		[DRIVER_PLUG_HID] = "hid",
		[DRIVER_PLUG_KEYS] = "keyboard",
		[DRIVER_PLUG_CARD] = "pcsc",
	};
	struct variant *variant = &variants[variants_count++];

	if (variants_count > VARIANTS_MAX)
		abort();
	variant->driver = driver;
	variant->plug = plug;
	variant->serial = serial;
	if (setting)
		variant->setting = *setting;
	snprintf(variant->label, sizeof(variant->label), "%s/%s%s%s",
		 driver->name,
		 plug	  ? plugs[plug]
		 : serial ? "serial"
			  : "tcp",
		 setting ? "/" : "", setting ? setting->value : "");
	for (size_t i = 0; i < PARTS; i++)
		add_case(variant, &parts[i]);
}

/* Where it has neither a serial line nor TCP. */
static enum driver_plug first_plug(const struct driver *driver)
{
	enum driver_plug plug = DRIVER_PLUG_NONE;

	if (driver->line.baud || driver->tcp_port)
		return plug;
	while (!(driver->plugs & DRIVER_CAN(plug)))
		plug++;
	return plug;
}

static void add_driver(const struct driver *driver)
{
	size_t count = sizeof(variant_settings) / sizeof(*variant_settings);

	if (driver->line.baud)
		add_variant(driver, DRIVER_PLUG_NONE, true, NULL);
	if (driver->tcp_port)
		add_variant(driver, DRIVER_PLUG_NONE, false, NULL);
	for (int plug = 0; plug < DRIVER_PLUGS; plug++)
		if (driver->plugs & DRIVER_CAN(plug))
			add_variant(driver, (enum driver_plug)plug, false,
				    NULL);
	for (size_t i = 0; i < count; i++)
		if (!strcmp(variant_settings[i].driver, driver->name))
			add_variant(driver, first_plug(driver),
				    driver->line.baud != 0,
				    &variant_settings[i].setting);
}

int main(void)
{
	world_tracing = wish("CONTRACT_LOG", 0);
	log_set_level(world_tracing ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR);
	for (const struct driver *const *at = drivers; *at; at++)
		add_driver(*at);
	return _cmocka_run_group_tests("contract", cases, cases_count, NULL,
				       NULL);
}
