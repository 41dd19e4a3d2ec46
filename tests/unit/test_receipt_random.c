/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thousands of receipts at random: what we reckon and refuse beforehand has to
 * be what the simulator's printer, which shares no code with us, comes to and
 * refuses. First its commands are made here, without any sum in them that it
 * would check; then the driver makes them, sums and all.
 */
#include "posnet_world.h"
#include "receipt_maker.h"

#include "sim/models.h"
#include "util/alloc.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

#define RAW_RECEIPTS	4000
#define DRIVEN_RECEIPTS 250

static struct sim_rig sim;

/* --- as bare as can be --- */

static unsigned int raw_crc(const char *text)
{
	unsigned int crc = 0;

	for (; *text; text++) {
		crc ^= (unsigned int)(unsigned char)*text << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) &
			      0xffff;
	}
	return crc;
}

/* True if the printer does it. */
static bool raw_ask(const char *payload)
{
	char *frame =
		alloc_format("\x02%s#%04X\x03", payload, raw_crc(payload));

	sim_rig_clear(&sim);
	sim_rig_input(&sim, frame, strlen(frame));
	free(frame);
	assert_int_not_equal(sim.sent.len, 0);
	assert_null(strstr(buf_text(&sim.sent), "ERR\t"));
	return !strstr(buf_text(&sim.sent), "\t?");
}

static int64_t raw_field(const char *name)
{
	char key[8];
	const char *at;

	snprintf(key, sizeof(key), "\t%s", name);
	at = strstr(buf_text(&sim.sent), key);
	assert_non_null(at);
	return atoll(at + strlen(key));
}

static void raw_put_discount(struct buf *out,
			     const struct receipt_discount *discount)
{
	if (discount->set)
		buf_add_format(out, "rd%d\t%s%lld\t", !discount->markup,
			       discount->percent ? "rp" : "rw",
			       (long long)discount->value);
}

static bool raw_line(const struct receipt_line *line)
{
	struct buf out = BUF_INIT(1024);
	bool done;

	buf_add_format(&out,
		       "trline\tna%s\tvt%d\tpr%lld\til%lld.%08lld\tst%d\t",
		       line->name, line->rate, (long long)line->price,
		       (long long)(line->quantity / 100000000),
		       (long long)(line->quantity % 100000000),
		       line->voids != 0);
	raw_put_discount(&out, &line->discount);
	done = raw_ask(buf_text(&out));
	buf_free(&out);
	return done;
}

static bool raw_discount(const struct receipt_discount *discount)
{
	struct buf out = BUF_INIT(256);
	bool done;

	buf_add_text(&out, "trdiscntsubtot\t");
	raw_put_discount(&out, discount);
	done = raw_ask(buf_text(&out));
	buf_free(&out);
	return done;
}

static bool raw_pay(const struct receipt_payment *payment)
{
	static const int types[] = { 0, 2, 3, 4, 5, 8, 6 };
	char text[64];

	snprintf(text, sizeof(text), "trpayment\tty%d\twa%lld\t",
		 types[payment->kind], (long long)payment->amount);
	return raw_ask(text);
}

/* Whether the printer goes along with all of it. */
static bool raw_receipt(const struct receipt *receipt)
{
	bool done = raw_ask("trinit\tbm0\t");

	for (size_t i = 0; done && i < receipt->lines_count; i++)
		done = raw_line(&receipt->lines[i]);
	for (size_t i = 0; done && i < receipt->discounts_count; i++)
		done = raw_discount(&receipt->discounts[i]);
	for (size_t i = 0; done && i < receipt->payments_count; i++)
		done = raw_pay(&receipt->payments[i]);
	return done && raw_ask("trend\t");
}

static void raw_agrees(const struct receipt_sums *sums, unsigned int seed)
{
	assert_true(raw_ask("strns\t"));
	for (int i = 0; i < 7; i++) {
		const char name[] = { 'v', (char)('a' + i), 0 };

		if (raw_field(name) != sums->gross[i])
			fail_msg("seed %u, rate %d: %lld there, %lld here",
				 seed, i, (long long)raw_field(name),
				 (long long)sums->gross[i]);
	}
	assert_int_equal(raw_field("fp"), sums->paid);
	assert_int_equal(raw_field("re"), sums->change);
}

/* The account's own VAT of the last receipt, rate by rate. */
static void raw_vat_agrees(const struct receipt_sums *sums)
{
	json_t *account = sim.model->class->account(sim.model);
	const json_t *last = json_object_get(account, "last_receipt");
	const json_t *vat = json_object_get(last, "vat");

	assert_int_equal(json_array_size(vat), 7);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(json_integer_value(json_array_get(vat, i)),
				 sums->vat[i]);
	json_decref(account);
}

static bool test_raw_one(unsigned int seed)
{
	unsigned int roll = seed;
	json_t *json = maker_random(&roll);
	struct receipt_fault fault = { "", NULL };
	struct receipt *receipt = receipt_parse(json, &fault);
	struct receipt_sums sums;
	bool expected, done;

	json_decref(json);
	if (!receipt)
		return false; /* takes back what it may not */
	sim_rig_start(&sim, &model_posnet, false, "speed=fast");
	expected = receipt_reckon(receipt, &maker_rules, &sums, &fault);
	done = raw_receipt(receipt);
	if (done != expected)
		fail_msg("seed %u: %s by us (%s %s), %s there", seed,
			 expected ? "good" : "refused", fault.field,
			 fault.detail ? fault.detail : "",
			 done ? "good" : buf_text(&sim.sent));
	if (done) {
		raw_agrees(&sums, seed);
		raw_vat_agrees(&sums);
	}
	sim_rig_stop(&sim);
	receipt_drop(receipt);
	return done;
}

static void test_raw(void **state)
{
	int good = 0;

	(void)state;
	for (unsigned int seed = 1; seed <= RAW_RECEIPTS; seed++)
		good += test_raw_one(seed * 2654435761U);
	assert_true(good > RAW_RECEIPTS / 3); /* both kinds are there */
	assert_true(good < RAW_RECEIPTS * 9 / 10);
}

/* --- by the driver --- */

static struct posnet_world world;

static bool test_driven_one(unsigned int seed)
{
	unsigned int roll = seed;
	json_t *json = maker_random(&roll);
	struct receipt_fault fault;
	struct op op = { .kind = OP_RECEIPT, .id = "op" };
	struct receipt_sums sums;
	int64_t total;
	bool good;

	op.receipt = receipt_parse(json, &fault);
	json_decref(json);
	if (!op.receipt)
		return false;
	good = receipt_reckon(op.receipt, &world.rig.rules, &sums, &fault);
	total = posnet_world_number(&world, "day_total");
	posnet_world_begin(&world, &op);
	assert_true(posnet_world_ends(&world, 60000));
	if (world.rig.outcome != (good ? OUTCOME_OK : OUTCOME_REFUSED))
		fail_msg("seed %u: %s %s", seed,
			 outcome_name(world.rig.outcome),
			 reason_name(world.rig.reason));
	assert_int_equal(posnet_world_number(&world, "day_total") - total,
			 good ? sums.total : 0);
	op_clear(&op);
	return good;
}

static void test_driven(void **state)
{
	int good = 0;

	(void)state;
	posnet_world_start(&world, "speed=fast", NULL);
	for (unsigned int seed = 1; seed <= DRIVEN_RECEIPTS; seed++)
		good += test_driven_one(seed * 40503U + 7);
	assert_true(good > DRIVEN_RECEIPTS / 3);
	/* what was refused was refused before anything was printed */
	assert_int_equal(posnet_world_count(&world, "bc"), 0);
	assert_int_equal(posnet_world_number(&world, "unknown_fields"), 0);
	posnet_world_stop(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_driven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
