/* SPDX-License-Identifier: Apache-2.0 */
#include "zvt_world.h"

#include "sim/models.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ZVT_WORLD_WIRE_MAX (1 << 20)
#define ZVT_WORLD_CHUNKS   4096
#define ZVT_WORLD_LIMIT_MS (30 * 60 * 1000)
#define ZVT_WORLD_REST_MS  (2 * 60 * 1000)

extern const struct driver terminal_zvt;

/* --- the wire --- */

/* For whoever looks for a fault: ZVT_WORLD_TELL=1 shows what went to and fro. */
static void zvt_world_tell(const struct zvt_world *world, const char *who,
			   const uint8_t *data, size_t len)
{
	if (!getenv("ZVT_WORLD_TELL"))
		return;
	printf("# %8.3f %s", (double)(world->fake.now - 1000000) / 1000, who);
	for (size_t i = 0; i < len; i++)
		printf(" %02X", data[i]);
	printf("\n");
}

static void zvt_world_send(void *arg, const uint8_t *data, size_t len)
{
	struct zvt_world *world = arg;
	size_t at =
		(world->chunk_first + world->chunk_count) % ZVT_WORLD_CHUNKS;

	if (!world->up)
		return;
	assert_true(world->chunk_count < ZVT_WORLD_CHUNKS);
	buf_add(&world->wire, data, len);
	world->chunks[at] = len;
	if (!world->chunk_count++)
		timer_set(world->wire_timer, world->wire_ms);
}

static void zvt_world_deliver(void *arg)
{
	struct zvt_world *world = arg;
	uint8_t bytes[8192];
	size_t len = world->chunks[world->chunk_first];

	assert_true(len <= sizeof(bytes));
	memcpy(bytes, world->wire.data, len);
	buf_drop(&world->wire, len);
	world->chunk_first = (world->chunk_first + 1) % ZVT_WORLD_CHUNKS;
	if (--world->chunk_count)
		timer_set(world->wire_timer, world->wire_ms);
	if (len > 2)
		world->heard++;
	zvt_world_tell(world, "<", bytes, len);
	fake_line_input(world->line, bytes, len);
}

static void zvt_world_empty_wire(struct zvt_world *world)
{
	timer_stop(world->wire_timer);
	buf_reset(&world->wire);
	world->chunk_count = 0;
}

static void zvt_world_timer(void *arg, int64_t ms)
{
	struct zvt_world *world = arg;

	if (ms < 0)
		timer_stop(world->model_timer);
	else
		timer_set(world->model_timer, ms);
}

static void zvt_world_model_due(void *arg)
{
	struct zvt_world *world = arg;

	model_zvt.timeout(world->model);
}

static int64_t zvt_world_now(void *arg)
{
	return ((struct zvt_world *)arg)->fake.now;
}

static void zvt_world_show(void *arg, const char *line)
{
	(void)arg;
	if (getenv("ZVT_WORLD_TELL"))
		printf("# terminal: %s\n", line);
}

/* A serial cable stays where it is, whoever hangs up. */
static void zvt_world_hang_up(void *arg)
{
	struct zvt_world *world = arg;

	if (world->serial)
		return;
	zvt_world_empty_wire(world);
	world->up = false;
	world->lines.refuse = REASON_CONNECTION_REFUSED;
	fake_line_drop(world->line, REASON_UNPLUGGED);
}

static void zvt_world_come_back(void *arg)
{
	struct zvt_world *world = arg;

	world->lines.refuse = REASON_NONE;
}

/* What the till wrote arrives at once; so does that it hung up. */
static bool zvt_world_pass_on(struct zvt_world *world)
{
	struct fake_line *line = world->line;
	bool was_up = world->up, again = line->opens != world->opens;
	uint8_t bytes[8192];
	size_t len = line->written.len;

	if (was_up && (!line->up || again)) {
		world->up = false;
		zvt_world_empty_wire(world);
		model_zvt.line(world->model, false);
	}
	if (!world->up && line->up) {
		world->up = true;
		world->opens = line->opens;
		model_zvt.line(world->model, true);
	}
	if (!len)
		return was_up != world->up;
	assert_true(len <= sizeof(bytes));
	memcpy(bytes, line->written.data, len);
	buf_reset(&line->written);
	zvt_world_tell(world, ">", bytes, len);
	if (world->up)
		model_zvt.input(world->model, bytes, len);
	return true;
}

void zvt_world_advance(struct zvt_world *world, int64_t ms)
{
	int64_t until = world->fake.now + ms, next;

	for (;;) {
		while (fake_env_step(&world->fake) || zvt_world_pass_on(world))
			if (world->kill_at && world->heard >= world->kill_at)
				zvt_world_kill(world);
		next = fake_env_next(&world->fake);
		if (next < 0 || world->fake.now + next > until)
			break;
		world->fake.now += next;
	}
	world->fake.now = until;
}

/* --- the till --- */

static void zvt_world_user_saved(void *arg)
{
	struct zvt_world *world = arg;
	bool fails =
		world->disk_fails_at && world->saves >= world->disk_fails_at;

	if (!fails && world->writing) {
		json_decref(world->evidence);
		world->evidence = world->writing;
		world->writing = NULL;
	}
	device_saved(world->device, world->op.id, fails ? -5 : 0);
}

static void zvt_world_user_save(void *arg, const json_t *evidence)
{
	struct zvt_world *world = arg;

	world->saves++;
	json_decref(world->writing);
	world->writing = json_deep_copy(evidence);
	timer_set(world->save_timer, world->save_ms);
}

static void zvt_world_user_committed(void *arg)
{
	struct zvt_world *world = arg;

	world->heard = 0;
	if (world->when_committed)
		zvt_world_do(world, world->when_committed);
	world->when_committed = NULL;
}

static void zvt_world_user_progress(void *arg, const json_t *progress)
{
	struct zvt_world *world = arg;

	json_array_append_new(world->progress,
			      json_string(json_text(progress, "text")));
}

static void zvt_world_user_doubtful(void *arg, enum reason reason)
{
	struct zvt_world *world = arg;

	(void)reason;
	world->doubts++;
	if (world->when_doubtful)
		zvt_world_do(world, world->when_doubtful);
	world->when_doubtful = NULL;
}

static void zvt_world_user_done(void *arg, enum outcome outcome,
				enum reason reason, const json_t *result)
{
	struct zvt_world *world = arg;

	world->running = false;
	world->dones++;
	world->outcome = outcome;
	world->reason = reason;
	json_decref(world->result);
	world->result = result ? json_deep_copy(result) : NULL;
}

static struct device_user zvt_world_user(struct zvt_world *world)
{
	return (struct device_user){
		.save = zvt_world_user_save,
		.committed = zvt_world_user_committed,
		.progress = zvt_world_user_progress,
		.doubtful = zvt_world_user_doubtful,
		.done = zvt_world_user_done,
		.arg = world,
	};
}

static void zvt_world_changed(void *arg, struct device *device)
{
	(void)arg;
	(void)device;
}

static void zvt_world_status(void *arg, struct device *device,
			     const json_t *before, const json_t *now)
{
	(void)arg;
	(void)device;
	(void)before;
	(void)now;
}

static void zvt_world_make_device(struct zvt_world *world)
{
	const struct device_listener listener = { .changed = zvt_world_changed,
						  .status = zvt_world_status };
	const struct transport_config serial = { .path = "/dev/ttyS9" };
	const struct transport_config tcp = { .host = "127.0.0.1",
					      .port = 20007 };
	const struct device_config config = {
		.name = "terminal",
		.driver = &terminal_zvt,
		.transport = world->serial ? serial : tcp,
		.settings = world->settings,
		.settings_count = world->settings_count,
	};

	world->device = device_new(&config, &world->fake.env,
				   &world->lines.transports, &listener);
	world->line = world->lines.last;
	world->opens = 0;
	device_open(world->device);
}

void zvt_world_kill(struct zvt_world *world)
{
	struct device_user user = zvt_world_user(world);

	world->kill_at = 0;
	json_decref(world->writing);
	world->writing = NULL;
	world->when_committed = NULL;
	timer_stop(world->save_timer);
	zvt_world_empty_wire(world);
	if (world->up)
		model_zvt.line(world->model, false);
	world->up = false;
	device_free(world->device);
	zvt_world_make_device(world);
	if (world->running)
		device_recover(world->device, &world->op, world->evidence,
			       &user);
}

/* --- the terminal --- */

static size_t zvt_world_split(char *text, struct model_option *options)
{
	size_t count = 0;
	char *rest;

	for (char *word = strtok_r(text, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		char *equals = strchr(word, '=');

		assert_non_null(equals);
		*equals = '\0';
		options[count++] = (struct model_option){ word, equals + 1 };
	}
	return count;
}

static void zvt_world_make_model(struct zvt_world *world, const char *text)
{
	const struct model_host host = {
		.send = zvt_world_send,
		.timer = zvt_world_timer,
		.now = zvt_world_now,
		.show = zvt_world_show,
		.hang_up = zvt_world_hang_up,
		.come_back = zvt_world_come_back,
		.arg = world,
	};
	CLEANUP_FREE char *copy = alloc_text(text ? text : "");
	struct model_option options[16];
	size_t count = zvt_world_split(copy, options);
	char *error = NULL;

	world->model =
		model_zvt.create(&host, options, count, world->serial, &error);
	if (!world->model)
		fail_msg("%s", error);
}

void zvt_world_start(struct zvt_world *world, bool serial, const char *options,
		     const struct device_setting *settings, size_t count)
{
	*world = (struct zvt_world){
		.serial = serial,
		.settings = settings,
		.settings_count = count,
		.wire_ms = 1,
		.save_ms = 5,
		.progress = json_array(),
	};
	fake_env_init(&world->fake);
	fake_lines_init(&world->lines, &world->fake);
	world->model_timer =
		timer_new(&world->fake.timers, zvt_world_model_due, world);
	world->wire_timer =
		timer_new(&world->fake.timers, zvt_world_deliver, world);
	world->save_timer =
		timer_new(&world->fake.timers, zvt_world_user_saved, world);
	buf_init(&world->wire, ZVT_WORLD_WIRE_MAX);
	zvt_world_make_model(world, options);
	zvt_world_make_device(world);
	zvt_world_advance(world, 10000);
	assert_int_equal(device_state(world->device), DEVICE_READY);
}

void zvt_world_stop(struct zvt_world *world)
{
	world->device = device_free(world->device);
	model_zvt.destroy(world->model);
	timer_free(world->model_timer);
	timer_free(world->wire_timer);
	timer_free(world->save_timer);
	buf_free(&world->wire);
	json_decref(world->result);
	json_decref(world->evidence);
	json_decref(world->writing);
	json_decref(world->progress);
	fake_env_free(&world->fake);
}

/* --- operations --- */

void zvt_world_begin(struct zvt_world *world, const struct op *op)
{
	struct device_user user = zvt_world_user(world);

	world->op = *op;
	snprintf(world->op.id, sizeof(world->op.id), "op%d", world->dones);
	world->running = true;
	world->dones_before = world->dones;
	json_decref(world->evidence);
	world->evidence = NULL;
	json_array_clear(world->progress);
	device_start(world->device, &world->op, 60000, &user);
}

void zvt_world_pay(struct zvt_world *world, int64_t amount)
{
	struct op op = { .kind = OP_PAYMENT, .payment.amount = amount };

	zvt_world_begin(world, &op);
}

void zvt_world_reverse(struct zvt_world *world, const json_t *payment)
{
	const char *terminal = json_text(payment, "terminal");
	struct op op = {
		.kind = OP_REVERSAL,
		.reversal = { .amount = json_int(payment, "amount", -1),
			      .receipt = json_int(payment, "receipt", -1),
			      .trace = json_int(payment, "trace", -1),
			      .terminal = terminal ? strtoll(terminal, NULL, 10)
						   : 0 },
	};

	zvt_world_begin(world, &op);
}

void zvt_world_settle(struct zvt_world *world)
{
	int64_t limit = world->fake.now + ZVT_WORLD_LIMIT_MS;
	int dones = world->dones_before;

	while (world->running && world->fake.now < limit)
		zvt_world_advance(world, 1000);
	if (world->running)
		fail_msg("the operation came to no end");
	assert_int_equal(world->dones, dones + 1);
	zvt_world_advance(world, ZVT_WORLD_REST_MS);
	assert_int_equal(world->dones, dones + 1);
}

void zvt_world_do(struct zvt_world *world, const char *command)
{
	CLEANUP_FREE char *objection = model_zvt.command(world->model, command);

	if (objection)
		fail_msg("%s: %s", command, objection);
}

/* --- the terminal's own book --- */

int64_t zvt_world_net(const struct zvt_world *world, int64_t amount)
{
	CLEANUP_JSON json_t *account = model_zvt.account(world->model);
	char label[24];

	snprintf(label, sizeof(label), "%lld", (long long)amount);
	return json_int(json_object_get(account, "net"), label, 0);
}

int64_t zvt_world_count(const struct zvt_world *world, const char *list)
{
	CLEANUP_JSON json_t *account = model_zvt.account(world->model);

	return (int64_t)json_array_size(json_object_get(account, list));
}

int64_t zvt_world_number(const struct zvt_world *world, const char *name)
{
	CLEANUP_JSON json_t *account = model_zvt.account(world->model);

	return json_int(account, name, -1);
}

void zvt_world_expect_manners(const struct zvt_world *world, const char *what)
{
	CLEANUP_JSON json_t *account = model_zvt.account(world->model);
	const json_t *violations = json_object_get(account, "violations");
	CLEANUP_FREE char *text = json_line(violations);

	if (json_array_size(violations))
		print_error("%s: %s\n", what, text);
	assert_int_equal(json_array_size(violations), 0);
}
