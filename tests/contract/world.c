/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "util/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NOISE_MS      400 /* between bursts of spontaneous garbage */
#define NOISE_MAX     40
#define BYTES_AT_ONCE 200000 /* without time going by: talks for ever */

/* --- hostility --- */

const char *const world_mood_names[MOODS] = {
	"good", "deaf", "mute", "garbage", "echo", "trickle", "doubled",
};

/* Drawers that are not asked anything, as they are set here. */
static bool world_is_blind(const struct variant *variant)
{
	const char *name = variant->driver->name;

	return !variant->setting.name &&
	       (!strcmp(name, "apg-drawer") || !strcmp(name, "trigger-drawer"));
}

bool world_can_lie(enum mood mood, const struct variant *variant)
{
	if (mood == MOOD_DEAF)
		return world_is_blind(variant);
	return (mood == MOOD_GARBAGE || mood == MOOD_ECHO) &&
	       variant->driver->class == DEVICE_DRAWER;
}

int world_breaches;

void world_breach(const struct world *world, const char *format, ...)
{
	va_list args;

	world_breaches++;
	printf("BREACH %s: ", world->scene);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

/* --- the device's listener and user --- */

static void world_changed(void *arg, struct device *device)
{
	struct world *world = arg;
	bool opening = device_state(device) == DEVICE_OPENING;

	if (opening || world->up_since < 0)
		return;
	if (world->fake.now - world->up_since >= OPEN_OWN_MS)
		world_breach(world, "open was ended by the framework");
	world->up_since = -1;
}

static void world_status(void *arg, struct device *device, const json_t *before,
			 const json_t *now)
{
	(void)device;
	(void)before;
	if (!json_is_object(now))
		world_breach(arg, "a status that is no object");
}

static void world_swipe(void *arg, struct device *device, const char *id,
			bool proven)
{
	(void)proven;
	(void)device;
	if (!id[0])
		world_breach(arg, "an empty badge");
}

static void world_turned_away(void *arg, struct device *device, const char *why)
{
	(void)device;
	if (!why[0])
		world_breach(arg, "turned away for no reason");
}

static void world_save(void *arg, const json_t *evidence)
{
	struct world *world = arg;

	if (!json_is_object(evidence))
		world_breach(world, "evidence that is no object");
	world->save_due = true;
}

static void world_committed(void *arg)
{
	((struct world *)arg)->committed = true;
}

static void world_done(void *arg, enum outcome outcome, enum reason reason,
		       const json_t *result)
{
	struct world *world = arg;

	if (result && !json_is_object(result))
		world_breach(world, "a result that is no object");
	world->dones++;
	world->outcome = outcome;
	world->reason = reason;
}

/* --- bytes --- */

bool world_tracing;

static void world_trace(const struct world *world, const char *what,
			const uint8_t *data, size_t len)
{
	if (!world_tracing || (!len && *what == 0x3c))
		return;
	printf("%10lld %s", (long long)world->fake.now, what);
	for (size_t i = 0; i < len; i++)
		printf(" %02x", data[i]);
	printf("\n");
}

uint32_t world_random(struct world *world, uint32_t below)
{
	uint32_t value;

	random_fill(world->fake.env.random, &value, sizeof(value));
	return value % below;
}

static void world_forget_bytes(struct world *world)
{
	world->seen = world->line->written.len;
	peer_down(&world->peer);
}

static void world_unplug(struct world *world)
{
	world_forget_bytes(world);
	fake_line_drop(world->line, REASON_UNPLUGGED);
	world_forget_bytes(world); /* a last word, too late */
	world_trace(world, "unplugged", NULL, 0);
	world->peer.reticent = false;
	if (world->fate.meanwhile)
		world->fate.meanwhile(&world->peer);
}

static void world_noise(struct world *world)
{
	uint8_t noise[NOISE_MAX];
	size_t len = 1 + world_random(world, NOISE_MAX);

	random_fill(world->fake.env.random, noise, len);
	fake_line_input(world->line, noise, len);
}

/* Counts a byte; false if the line went with it. */
static bool world_count_byte(struct world *world)
{
	long at = world->bytes++;

	world->at_once++;
	if (at == world->fate.abort_at)
		device_abort(world->device, world->op_id);
	if (at == world->fate.garbage_at)
		world_noise(world);
	if (at != world->fate.unplug_at)
		return world->line->up;
	world_unplug(world);
	return false;
}

/* What the driver wrote reaches the device, byte by byte. */
static bool world_carry_out(struct world *world)
{
	bool any = false;

	if (world->line->written.len > world->seen)
		world_trace(world, "<<",
			    world->line->written.data + world->seen,
			    world->line->written.len - world->seen);
	while (world->seen < world->line->written.len) {
		uint8_t byte = world->line->written.data[world->seen++];

		any = true;
		if (!world_count_byte(world))
			return true;
		if (world->mood == MOOD_ECHO)
			peer_send(&world->peer, &byte, 1);
		else if (world->mood != MOOD_DEAF)
			peer_input(&world->peer, &byte, 1);
		if (world->peer.chunks > PEER_CHUNKS / 2)
			break;
	}
	return any;
}

/* One answer, as the mood has it; false if the line went with it. */
static bool world_feed(struct world *world, const uint8_t *data, size_t len)
{
	size_t whole = 0;

	world_trace(world, ">>", data, len);
	for (size_t i = 0; i < len; i++) {
		if (world->bytes == world->fate.unplug_at)
			fake_line_input(world->line, data, whole);
		if (!world_count_byte(world))
			return false;
		whole++;
		if (world->mood == MOOD_TRICKLE) {
			fake_line_input(world->line, data + i, 1);
			fake_env_advance(&world->fake, 1);
		}
	}
	if (world->mood != MOOD_TRICKLE)
		fake_line_input(world->line, data, len);
	return world->line->up;
}

static void world_answer(struct world *world, const uint8_t *data, size_t len)
{
	switch (world->mood) {
	case MOOD_GOOD:
	case MOOD_ECHO:
	case MOOD_TRICKLE:
		world_feed(world, data, len);
		break;
	case MOOD_DOUBLED:
		if (world_feed(world, data, len))
			world_feed(world, data, len);
		break;
	case MOOD_GARBAGE:
		world_noise(world);
		break;
	case MOOD_DEAF:
	case MOOD_MUTE:
	case MOODS:
		break;
	}
}

/* What the device sent reaches the driver. */
static bool world_carry_in(struct world *world)
{
	struct peer *peer = &world->peer;
	struct buf out = peer->out;
	size_t ends[PEER_CHUNKS], chunks = peer->chunks, start = 0;
	int opens = world->line->opens;

	if (!chunks)
		return false;
	memcpy(ends, peer->ends, sizeof(ends));
	buf_init(&peer->out, out.max);
	peer->chunks = 0;
	for (size_t i = 0; i < chunks; i++) {
		if (world->line->up && opens == world->line->opens)
			world_answer(world, out.data + start, ends[i] - start);
		start = ends[i];
	}
	buf_free(&out);
	return true;
}

/* A line that came up again knows nothing of what was on the old one. */
static void world_watch_line(struct world *world)
{
	if (!world->line->up || world->opens_seen == world->line->opens)
		return;
	world->opens_seen = world->line->opens;
	peer_down(&world->peer);
	if (device_state(world->device) == DEVICE_OPENING)
		world->up_since = world->fake.now;
}

bool world_pump(struct world *world)
{
	bool any;

	if (world->peer.class->modem)
		world->lines.modem = world->peer.class->modem(&world->peer);
	world_watch_line(world);
	if (!world->line->up) {
		world_forget_bytes(world);
		return false;
	}
	any = world_carry_out(world);
	any |= world_carry_in(world);
	if (world->save_due) {
		world->save_due = false;
		device_saved(world->device, world->op_id, world->fate.save_err);
		any = true;
	}
	return any;
}

/* --- time --- */

void world_pass(struct world *world, int64_t most)
{
	int64_t next = fake_env_next(&world->fake);

	if (next < 0 || next > most)
		next = most;
	if (world->mood == MOOD_GARBAGE && next > NOISE_MS)
		next = NOISE_MS;
	if (next)
		world->at_once = 0;
	fake_env_advance(&world->fake, next);
	if (world->mood == MOOD_GARBAGE && world->fake.now >= world->noise_at) {
		world->noise_at = world->fake.now + NOISE_MS;
		world_noise(world);
	}
}

bool world_run(struct world *world, bool (*pred)(const struct world *),
	       int64_t ms)
{
	int64_t until = world->fake.now + ms;

	for (;;) {
		fake_env_run(&world->fake);
		if (world_pump(world)) {
			if (world->at_once < BYTES_AT_ONCE)
				continue;
			world_breach(world,
				     "talks for ever while time stands still");
			return false;
		}
		if (pred(world))
			return true;
		if (world->fake.now >= until)
			return false;
		world_pass(world, until - world->fake.now);
	}
}

bool world_is_ready(const struct world *world)
{
	return device_state(world->device) == DEVICE_READY;
}

bool world_is_done(const struct world *world)
{
	return world->dones > 0;
}

bool world_is_never(const struct world *world)
{
	(void)world;
	return false;
}

/* --- making worlds --- */

void world_init(struct world *world, const struct variant *variant)
{
	const struct device_listener listener = { .changed = world_changed,
						  .status = world_status,
						  .swipe = world_swipe,
						  .turned_away =
							  world_turned_away,
						  .arg = world };
	struct device_config config = {
		.name = "device",
		.driver = variant->driver,
		.settings = &variant->setting,
		.settings_count = variant->setting.name != NULL,
	};

	*world = (struct world){ .variant = variant,
				 .fate = FATE_NONE,
				 .up_since = -1,
				 .op_id = "op" };
	config.transport.plug = variant->plug;
	if (variant->plug)
		config.transport.plug_name = "04b8:0202";
	else if (variant->serial)
		config.transport.path = "/dev/ttyS9";
	else
		config.transport.host = "127.0.0.1";
	fake_env_init(&world->fake);
	fake_lines_init(&world->lines, &world->fake);
	peer_init(&world->peer, variant->driver, variant->setting.value,
		  variant->serial);
	world->lines.facts = world->peer.class->facts;
	world->lines.has_modem = world->peer.class->modem != NULL;
	world->device = device_new(&config, &world->fake.env,
				   &world->lines.transports, &listener);
	world->line = world->lines.last;
}

void world_set_scene(struct world *world, const char *format, ...)
{
	int len = snprintf(world->scene, sizeof(world->scene), "%s, ",
			   world->variant->label);
	va_list args;

	va_start(args, format);
	vsnprintf(world->scene + len, sizeof(world->scene) - (size_t)len,
		  format, args);
	va_end(args);
}

void world_free(struct world *world)
{
	json_t *json = device_describe(world->device);
	const json_t *statistics = json_object_get(json, "statistics");

	if (json_int(statistics, "driver_bugs", 0))
		world_breach(world, "the framework found breaches: see above");
	json_decref(json);
	if (world->line->writes_while_shut)
		world_breach(world, "bytes for a closed line");
	world->device = device_free(world->device);
	peer_free(&world->peer);
	fake_env_free(&world->fake);
}

void world_open_well(struct world *world)
{
	device_open(world->device);
	if (!world_run(world, world_is_ready, 2 * MINUTE_MS))
		world_breach(world, "not ready on a good line (%s)",
			     reason_name(device_reason(world->device)));
	world_run(world, world_is_never, 2 * SECOND_MS);
	world->bytes = 0;
	world->moved_before = world->peer.moved;
}

static struct receipt *world_make_receipt(void)
{
	json_t *json =
		json_pack("{s:[{s:s, s:i, s:s}], s:[{s:s, s:i}]}", "lines",
			  "name", "Apples", "price", 200, "vat", "B",
			  "payments", "kind", "cash", "amount", 200);
	struct receipt_fault fault;
	struct receipt *receipt = receipt_parse(json, &fault);

	json_decref(json);
	return receipt;
}

struct op world_make_op(enum op_kind kind)
{
	struct op op = { .kind = kind, .id = "op" };

	switch (kind) {
	case OP_REPORT_BY_DATES:
		op.report = (struct op_report){ .from_date = "2026-11-01",
						.to_date = "2026-11-21" };
		break;
	case OP_REPORT_BY_NUMBERS:
		op.report =
			(struct op_report){ .from_number = 1, .to_number = 4 };
		break;
	case OP_PAYMENT:
	case OP_REFUND:
		op.payment.amount = 2500; /* as the payment before it */
		break;
	case OP_REVERSAL:
		op.reversal = (struct op_reversal){ .amount = 2500,
						    .receipt = 231,
						    .trace = 231 };
		break;
	case OP_DISPLAY_SHOW:
		op.display = (struct op_display){ { "Total", "12.34" } };
		break;
	case OP_RECEIPT:
	case OP_INVOICE:
		op.receipt = world_make_receipt();
		break;
	case OP_GOODS_RETURN:
		op.goods = (struct op_return){
			.amount = 200,
			.cash = 200,
			.receipt = world_make_receipt(),
			.original = { 7, "2026-11-22T09:30:00", "" },
		};
		break;
	case OP_CASH_SLIP:
		op.cash = (struct op_cash){ .amount = 2500 };
		break;
	case OP_PRINT_TEXT:
		op.print.lines = json_pack("[s]", "Hello");
		break;
	case OP_PRINT_JOB:
		op.job = job_new("\x1b@Hello\n", 8);
		break;
	case OP_PRINT_COPY:
		op.print.count = 1;
		break;
	case OP_CLOCK_SET:
		op.clock = (struct op_clock){ "2026-11-22T10:30" };
		break;
	case OP_DRAWER_OPEN:
	case OP_REPORT_X:
	case OP_REPORT_Z:
	case OP_FISCAL_READ:
	case OP_DISPLAY_CLEAR:
	case OP_TERMINAL_DAY_END:
	case OP_TERMINAL_RECEIPT:
	case OP_TERMINAL_STATUS:
	case OP_TERMINAL_DIAGNOSIS:
	case OP_TERMINAL_INITIALISE:
	case OP_TERMINAL_LOG_OFF:
	case OP_TEST_INTERNAL:
	case OP_TEST_EXTERNAL:
	case OP_TEST_INTERACTIVE:
	case OP_TEST_SCAN:
	case OP_KINDS:
		break;
	}
	return op;
}

struct device_user world_user(struct world *world)
{
	return (struct device_user){ .save = world_save,
				     .committed = world_committed,
				     .done = world_done,
				     .arg = world };
}

void world_start(struct world *world, enum op_kind kind)
{
	struct op op = world_make_op(kind);
	struct device_user user = world_user(world);

	device_start(world->device, &op, 5 * SECOND_MS, &user);
	op_clear(&op);
}

/* --- what must hold at the end --- */

static void world_check_truth(const struct world *world)
{
	int moved = world->peer.moved - world->moved_before;
	bool says_yes =
		world->outcome == OUTCOME_OK || world->outcome == OUTCOME_SENT;
	bool says_no = world->outcome == OUTCOME_FAILED ||
		       world->outcome == OUTCOME_REFUSED;
	enum device_class class = world->variant->driver->class;

	if (moved > 1)
		world_breach(world, "moved %d times", moved);
	if (says_no && moved)
		world_breach(world, "%s (%s), but it moved",
			     outcome_name(world->outcome),
			     reason_name(world->reason));
	if (says_yes && world->committed && !moved && class != DEVICE_DISPLAY)
		world_breach(world, "%s, but nothing moved",
			     outcome_name(world->outcome));
}

void world_check_end(struct world *world, bool can_lie)
{
	if (world->dones != 1)
		world_breach(world, "%d completions", world->dones);
	else if (!can_lie)
		world_check_truth(world);
	if (!world_is_ready(world))
		world_breach(world, "not ready again, but %s (%s)",
			     device_state_name(device_state(world->device)),
			     reason_name(device_reason(world->device)));
}

void world_heal(struct world *world)
{
	world->mood = MOOD_GOOD;
	world->fate = FATE_NONE;
	world->lines.refuse = REASON_NONE;
	world_run(world, world_is_done, HEALED_MS);
	world_run(world, world_is_ready, 5 * MINUTE_MS);
	world_run(world, world_is_never,
		  MINUTE_MS); /* for a second completion */
	world_run(world, world_is_ready, 5 * MINUTE_MS);
}
