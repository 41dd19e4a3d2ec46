/* SPDX-License-Identifier: Apache-2.0 */
#include "driver_rig.h"

#include "util/alloc.h"
#include "util/secret.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

#define RIG_OUTPUT_MAX (1024 * 1024)

void rig_init(struct driver_io *rig, const struct driver *driver,
	      const struct rig_setting *settings, bool serial)
{
	*rig = (struct driver_io){ .driver = driver,
				   .settings = settings,
				   .serial = serial,
				   .now = 1000000,
				   .deadline = -1 };
	buf_init(&rig->output, RIG_OUTPUT_MAX);
	rig->state = alloc_zero(1, driver->state_size);
}

static void rig_drop(json_t **json)
{
	json_decref(*json);
	*json = NULL;
}

void rig_free(struct driver_io *rig)
{
	rig_unplug(rig);
	free(rig->state);
	buf_free(&rig->output);
	rig_drop(&rig->identity);
	rig_drop(&rig->status);
	rig_drop(&rig->evidence);
	rig_drop(&rig->progress);
	rig_drop(&rig->result);
}

void rig_open(struct driver_io *rig)
{
	rig->speed = 0;
	rig_unplug(rig);
	rig->open = true;
	rig->lost = false;
	rig->driver->open(rig);
}

void rig_unplug(struct driver_io *rig)
{
	bool was_open = rig->open;

	if (rig->lost)
		rig->open = false; /* what close writes now goes nowhere */
	if (was_open && rig->driver->close)
		rig->driver->close(rig);
	rig->open = false;
	rig->ready = false;
	rig->busy = false;
	rig->committed = false;
	rig->save_pending = false;
	rig->deadline = -1;
	secret_wipe(rig->state, rig->driver->state_size);
}

static void rig_begin(struct driver_io *rig)
{
	assert_true(rig->ready);
	assert_false(rig->busy);
	rig->busy = true;
	rig->committed = false;
	rig->recovering = false;
	rig->dones = 0;
	rig_drop(&rig->result);
}

void rig_start(struct driver_io *rig, const struct op *op)
{
	rig_begin(rig);
	rig_drop(&rig->evidence);
	assert_true(rig->driver->ops & DRIVER_OP(op->kind));
	rig->driver->start(rig, op);
}

void rig_recover(struct driver_io *rig, const struct op *op,
		 const json_t *evidence)
{
	rig_begin(rig);
	rig->recovering = true; /* "failed" is possible, with evidence */
	rig->committed = true;
	assert_non_null(rig->driver->recover);
	rig->driver->recover(rig, op, evidence);
}

static void rig_answer_saves(struct driver_io *rig)
{
	while (rig->open && !rig->lost && rig->save_pending && !rig->hold_saves)
		rig_saved(rig, 0);
}

void rig_saved(struct driver_io *rig, int err)
{
	assert_true(rig->save_pending);
	rig->save_pending = false;
	if (rig->driver->saved)
		rig->driver->saved(rig, err);
}

void rig_input(struct driver_io *rig, const void *data, size_t len)
{
	rig_answer_saves(rig);
	if (!rig->open || rig->lost || !len)
		return;
	/* a copy of exact size, so that ASan sees a read past it */
	uint8_t *copy = malloc(len);

	memcpy(copy, data, len);
	rig->driver->input(rig, copy, len);
	free(copy);
	rig_answer_saves(rig);
}

static size_t rig_from_hex(const char *hex, uint8_t *out, size_t max)
{
	size_t len = 0;

	while (*hex) {
		unsigned int byte;

		if (isspace((unsigned char)*hex)) {
			hex++;
			continue;
		}
		assert_true(len < max);
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		out[len++] = (uint8_t)byte;
		hex += 2;
	}
	return len;
}

void rig_input_hex(struct driver_io *rig, const char *hex)
{
	uint8_t data[4096];

	rig_input(rig, data, rig_from_hex(hex, data, sizeof(data)));
}

void rig_advance(struct driver_io *rig, int64_t ms)
{
	int64_t until = rig->now + ms;

	rig_answer_saves(rig);
	while (rig->open && !rig->lost && rig->deadline >= 0 &&
	       rig->deadline <= until) {
		if (rig->deadline > rig->now)
			rig->now = rig->deadline;
		rig->deadline = -1;
		assert_non_null(rig->driver->timeout);
		rig->driver->timeout(rig);
		rig_answer_saves(rig);
	}
	rig->now = until;
}

void rig_clear(struct driver_io *rig)
{
	buf_reset(&rig->output);
}

void rig_expect(struct driver_io *rig, const void *data, size_t len)
{
	rig_answer_saves(rig);
	if (rig->output.len != len ||
	    (len && memcmp(rig->output.data, data, len) != 0)) {
		fputs("written: ", stderr);
		for (size_t i = 0; i < rig->output.len; i++)
			fprintf(stderr, "%02x ", rig->output.data[i]);
		fputs("\nexpected: ", stderr);
		for (size_t i = 0; i < len; i++)
			fprintf(stderr, "%02x ", ((const uint8_t *)data)[i]);
		fputs("\n", stderr);
		fail();
	}
	rig_clear(rig);
}

void rig_expect_hex(struct driver_io *rig, const char *hex)
{
	uint8_t data[4096];

	rig_expect(rig, data, rig_from_hex(hex, data, sizeof(data)));
}

void rig_expect_nothing(struct driver_io *rig)
{
	rig_expect(rig, NULL, 0);
}

/* --- the framework's side of driver.h --- */

void *driver_state(struct driver_io *io)
{
	return io->state;
}

void *driver_kept(struct driver_io *io)
{
	return io->kept;
}

const json_t *driver_doubt(struct driver_io *io)
{
	return io->doubt;
}

int64_t driver_now(struct driver_io *io)
{
	return io->now;
}

const char *driver_option(struct driver_io *io, const char *name)
{
	for (const struct rig_setting *s = io->settings; s && s->name; s++)
		if (!strcmp(s->name, name))
			return s->value;
	for (const struct driver_option *o = io->driver->options; o && o->name;
	     o++)
		if (!strcmp(o->name, name))
			return o->otherwise;
	fail_msg("no such option: %s", name);
	return NULL;
}

int64_t driver_option_int(struct driver_io *io, const char *name)
{
	return strtoll(driver_option(io, name), NULL, 10);
}

bool driver_option_bool(struct driver_io *io, const char *name)
{
	return !strcmp(driver_option(io, name), "yes");
}

bool driver_is_serial(struct driver_io *io)
{
	return io->serial;
}

int driver_speed(struct driver_io *io)
{
	return io->serial ? io->baud : 0;
}

void driver_set_speed(struct driver_io *io, int baud)
{
	io->speed = baud;
}

void driver_write(struct driver_io *io, const void *data, size_t len)
{
	if (!io->open)
		return;
	assert_false(io->lost);
	buf_add(&io->output, data, len);
	assert_false(io->output.failed);
}

void driver_deadline(struct driver_io *io, int64_t ms)
{
	assert_true(ms >= 0);
	io->deadline = io->now + ms;
}

void driver_deadline_stop(struct driver_io *io)
{
	io->deadline = -1;
}

void driver_ready(struct driver_io *io, json_t *identity)
{
	assert_true(io->open);
	assert_false(io->ready);
	io->ready = true;
	rig_drop(&io->identity);
	io->identity = identity;
}

void driver_lost(struct driver_io *io, enum reason reason)
{
	assert_true(io->open);
	assert_false(io->lost);
	assert_int_not_equal(reason, REASON_NONE);
	io->lost = true;
	io->ready = false;
	io->lost_reason = reason;
	io->deadline = -1;
}

void driver_commit(struct driver_io *io)
{
	assert_true(io->busy);
	io->committed = true;
	io->commits++;
}

void driver_save(struct driver_io *io, json_t *evidence)
{
	assert_true(io->busy);
	assert_false(io->save_pending);
	rig_drop(&io->evidence);
	io->evidence = evidence;
	io->saves++;
	io->save_pending = true;
}

void driver_done(struct driver_io *io, enum outcome outcome, enum reason reason,
		 json_t *result)
{
	assert_true(io->busy);
	assert_int_equal(io->dones, 0);
	assert_false(outcome == OUTCOME_FAILED && io->committed &&
		     !io->recovering);
	assert_int_equal(reason == REASON_NONE,
			 outcome == OUTCOME_OK || outcome == OUTCOME_SENT);
	io->dones++;
	io->busy = false;
	io->outcome = outcome;
	io->reason = reason;
	io->result = result;
}

void driver_progress(struct driver_io *io, json_t *progress)
{
	io->progresses++;
	rig_drop(&io->progress);
	io->progress = progress;
}

void driver_status(struct driver_io *io, json_t *status)
{
	rig_drop(&io->status);
	io->status = status;
}

void driver_currency(struct driver_io *io, int number)
{
	io->currency = number;
}

void driver_rules(struct driver_io *io, const struct receipt_rules *rules)
{
	io->rules = *rules;
}

void driver_swipe_proven(struct driver_io *io, const char *id)
{
	io->proven++;
	driver_swipe(io, id);
}

void driver_proves(struct driver_io *io, bool proves)
{
	io->proves = proves;
}

/* Foreseen by the tests, and never the same. */
void driver_random(struct driver_io *io, void *out, size_t len)
{
	memset(out, ++io->randoms, len);
}

void driver_swipe(struct driver_io *io, const char *id)
{
	io->swipes++;
	snprintf(io->swipe, sizeof(io->swipe), "%s", id);
}

void driver_turn_away(struct driver_io *io, const char *why)
{
	io->turned_away++;
	snprintf(io->why, sizeof(io->why), "%s", why);
}

const struct driver_facts *driver_facts(struct driver_io *io)
{
	return io->facts;
}

bool driver_modem(struct driver_io *io, unsigned int *out_lines)
{
	if (io->has_modem)
		*out_lines = io->modem;
	return io->has_modem;
}

void driver_log(struct driver_io *io, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(io->log, sizeof(io->log), format, args);
	va_end(args);
	for (const char *at = io->log; *at; at++)
		assert_false((unsigned char)*at < ' ' || *at == 0x7f);
	io->logs++;
}
