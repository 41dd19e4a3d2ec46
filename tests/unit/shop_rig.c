/* SPDX-License-Identifier: Apache-2.0 */
#include "shop_rig.h"

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

#define SHOP_SENT_MAX	 (1 << 20)
#define SHOP_OPTIONS_MAX 12
#define SHOP_READY_MS	 (2 * 60 * 1000)
#define SHOP_WAIT_MS	 (60 * 1000)

/* --- the model's host --- */

static void shop_model_send(void *arg, const uint8_t *data, size_t len)
{
	struct shop *shop = arg;

	if (!shop->away)
		buf_add(&shop->sent, data, len);
}

static void shop_model_timer(void *arg, int64_t ms)
{
	struct shop *shop = arg;

	if (ms < 0)
		timer_stop(shop->model_timer);
	else
		timer_set(shop->model_timer, ms);
}

static int64_t shop_model_now(void *arg)
{
	return ((struct shop *)arg)->fake.now;
}

static void shop_model_show(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

static void shop_model_hang_up(void *arg)
{
	struct shop *shop = arg;

	shop->away = true;
	buf_reset(&shop->sent);
}

static void shop_model_come_back(void *arg)
{
	((struct shop *)arg)->away = false;
}

static void shop_model_due(void *arg)
{
	struct shop *shop = arg;

	shop->model->class->timeout(shop->model);
}

static size_t shop_split_options(char *text, struct model_option *options)
{
	size_t count = 0;
	char *rest;

	for (char *word = strtok_r(text, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		char *equals = strchr(word, '=');

		assert_non_null(equals);
		assert_true(count < SHOP_OPTIONS_MAX);
		*equals = 0;
		options[count++] = (struct model_option){ word, equals + 1 };
	}
	return count;
}

static void shop_make_model(struct shop *shop)
{
	const struct model_host host = {
		.send = shop_model_send,
		.timer = shop_model_timer,
		.now = shop_model_now,
		.show = shop_model_show,
		.hang_up = shop_model_hang_up,
		.come_back = shop_model_come_back,
		.arg = shop,
	};
	struct model_option list[SHOP_OPTIONS_MAX];
	CLEANUP_FREE char *text = alloc_text(shop->setup.options);
	CLEANUP_FREE char *error = NULL;
	size_t count = shop_split_options(text, list);

	shop->model_timer = timer_new(&shop->fake.timers, shop_model_due, shop);
	shop->model =
		shop->setup.class->create(&host, list, count, true, &error);
	assert_null(error);
}

/* --- the daemon --- */

static void shop_changed(void *arg, struct device *device)
{
	(void)arg;
	(void)device;
}

static void shop_status(void *arg, struct device *device, const json_t *before,
			const json_t *now)
{
	(void)arg;
	(void)device;
	(void)before;
	(void)now;
}

static void shop_swipe(void *arg, struct device *device, const char *id,
		       bool proven)
{
	(void)proven;
	(void)arg;
	(void)device;
	fail_msg("a badge: %s", id);
}

static void shop_turned_away(void *arg, struct device *device, const char *why)
{
	(void)arg;
	(void)device;
	fail_msg("a card: %s", why);
}

static void shop_save(void *arg, const json_t *evidence)
{
	struct shop *shop = arg;

	shop->save_due = true;
	if (shop->save_err)
		return;
	json_decref(shop->evidence);
	shop->evidence = json_deep_copy(evidence);
}

static void shop_committed(void *arg)
{
	((struct shop *)arg)->committed = true;
}

static void shop_progress(void *arg, const json_t *progress)
{
	assert_non_null(json_text(progress, "text"));
	((struct shop *)arg)->progresses++;
}

static void shop_done(void *arg, enum outcome outcome, enum reason reason,
		      const json_t *result)
{
	struct shop *shop = arg;

	shop->dones++;
	shop->begun = false;
	shop->outcome = outcome;
	shop->reason = reason;
	json_decref(shop->result);
	shop->result = result ? json_deep_copy(result) : NULL;
}

static struct device_user shop_user(struct shop *shop)
{
	return (struct device_user){ .save = shop_save,
				     .committed = shop_committed,
				     .progress = shop_progress,
				     .done = shop_done,
				     .arg = shop };
}

static void shop_make_device(struct shop *shop)
{
	const struct device_listener listener = { .changed = shop_changed,
						  .status = shop_status,
						  .swipe = shop_swipe,
						  .turned_away =
							  shop_turned_away,
						  .arg = shop };
	struct device_config config = { .name = "device",
					.driver = shop->setup.driver,
					.settings = shop->setup.settings,
					.settings_count =
						shop->setup.settings_count,
					.transport.path = "/dev/ttyS9" };

	shop->device = device_new(&config, &shop->fake.env,
				  &shop->lines.transports, &listener);
	shop->line = shop->lines.last;
}

void shop_init(struct shop *shop, const struct shop_setup *setup)
{
	*shop = (struct shop){ .setup = *setup };
	fake_env_init(&shop->fake);
	fake_lines_init(&shop->lines, &shop->fake);
	buf_init(&shop->sent, SHOP_SENT_MAX);
	shop_make_model(shop);
	shop_make_device(shop);
}

void shop_free(struct shop *shop)
{
	json_t *told = device_describe(shop->device);
	const json_t *statistics = json_object_get(told, "statistics");

	assert_int_equal(json_int(statistics, "driver_bugs", -1), 0);
	json_decref(told);
	device_free(shop->device);
	shop->model->class->destroy(shop->model);
	timer_free(shop->model_timer);
	buf_free(&shop->sent);
	op_clear(&shop->op);
	json_decref(shop->evidence);
	json_decref(shop->result);
	fake_env_free(&shop->fake);
}

void shop_kill(struct shop *shop)
{
	struct device_user user = shop_user(shop);
	bool recovers = shop->begun;

	shop->killed = false;
	shop->save_due = false;
	device_free(shop->device);
	shop_make_device(shop);
	if (recovers)
		device_recover(shop->device, &shop->op, shop->evidence, &user);
	device_open(shop->device);
}

/* --- the line --- */

/* The model is told that somebody is at its port, or nobody. */
static void shop_follow_line(struct shop *shop)
{
	bool gone = shop->away && !shop->setup.deaf;

	shop->lines.refuse = gone ? REASON_PORT_MISSING : REASON_NONE;
	if (gone && shop->line->up) {
		buf_reset(&shop->line->written);
		fake_line_drop(shop->line, REASON_UNPLUGGED);
	}
}

static bool shop_carry_out(struct shop *shop)
{
	struct buf *written = &shop->line->written;
	struct buf bytes = *written;
	bool passed = true;

	if (!bytes.len)
		return false;
	buf_init(written, bytes.max);
	if (shop->watch)
		passed = shop->watch(shop, bytes.data, bytes.len);
	if (passed && !shop->away)
		shop->model->class->input(shop->model, bytes.data, bytes.len);
	buf_free(&bytes);
	return true;
}

static bool shop_carry_in(struct shop *shop)
{
	struct buf bytes = shop->sent;

	if (!bytes.len)
		return false;
	buf_init(&shop->sent, SHOP_SENT_MAX);
	if (shop->line->up)
		fake_line_input(shop->line, bytes.data, bytes.len);
	buf_free(&bytes);
	return true;
}

static bool shop_pump(struct shop *shop)
{
	bool any;

	shop_follow_line(shop);
	if (shop->killed) {
		shop_kill(shop);
		return true;
	}
	any = shop_carry_out(shop);
	if (!shop->killed)
		any |= shop_carry_in(shop);
	if (shop->save_due && !shop->killed) {
		shop->save_due = false;
		device_saved(shop->device, shop->op.id, shop->save_err);
		any = true;
	}
	return any;
}

static bool shop_run(struct shop *shop, bool (*pred)(const struct shop *),
		     int64_t ms)
{
	int64_t until = shop->fake.now + ms;

	for (;;) {
		int64_t next;

		fake_env_run(&shop->fake);
		if (shop_pump(shop))
			continue;
		if (pred(shop))
			return true;
		if (shop->fake.now >= until)
			return false;
		next = fake_env_next(&shop->fake);
		if (next < 0 || next > until - shop->fake.now)
			next = until - shop->fake.now;
		fake_env_advance(&shop->fake, next);
	}
}

static bool shop_is_ready(const struct shop *shop)
{
	return device_state(shop->device) == DEVICE_READY;
}

static bool shop_is_done(const struct shop *shop)
{
	return shop->dones > 0;
}

static bool shop_is_never(const struct shop *shop)
{
	(void)shop;
	return false;
}

/* --- what a test does --- */

void shop_open(struct shop *shop)
{
	shop->model->class->line(shop->model, true);
	device_open(shop->device);
	assert_true(shop_run(shop, shop_is_ready, SHOP_READY_MS));
}

void shop_start(struct shop *shop, const struct op *op)
{
	struct device_user user = shop_user(shop);

	op_clear(&shop->op);
	shop->op = op_copy(op);
	shop->begun = true;
	shop->dones = 0;
	shop->committed = false;
	json_decref(shop->evidence);
	shop->evidence = NULL;
	device_start(shop->device, op, SHOP_WAIT_MS, &user);
}

bool shop_finish(struct shop *shop, int64_t ms)
{
	return shop_run(shop, shop_is_done, ms);
}

void shop_wait(struct shop *shop, int64_t ms)
{
	shop_run(shop, shop_is_never, ms);
}

void shop_do(struct shop *shop, const char *command)
{
	char *error = shop->model->class->command(shop->model, command);

	if (error)
		fail_msg("%s: %s", command, error);
}

int64_t shop_number(const struct shop *shop, const char *key)
{
	json_t *account = shop->model->class->account(shop->model);
	const json_t *value = json_object_get(account, key);
	int64_t number = json_is_boolean(value) ? json_is_true(value)
						: json_int(account, key, -1);

	json_decref(account);
	return number;
}

int64_t shop_count(const struct shop *shop, const char *key)
{
	json_t *account = shop->model->class->account(shop->model);
	const json_t *list = json_object_get(account, key);
	int64_t count = (int64_t)json_array_size(list);

	assert_true(json_is_array(list));
	json_decref(account);
	return count;
}
