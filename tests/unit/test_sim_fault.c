/* SPDX-License-Identifier: Apache-2.0 */
/* What tillsim's wires can do to a model's bytes. */
#include "sim/fault.h"
#include "util/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SEND(fault, now, text) \
	fault_send((fault), (now), (const uint8_t *)(text), strlen(text))

/* The next parcel is that, and arrives exactly then. */
static void test_expect(struct fault *fault, int64_t due, const char *text)
{
	CLEANUP(buf_cleanup) struct buf got = BUF_INIT(FAULT_QUEUE_MAX);

	assert_int_equal(fault_next_due(fault), due);
	assert_false(fault_take(fault, due - 1, &got));
	assert_true(fault_take(fault, due, &got));
	assert_string_equal(buf_text(&got), text);
}

static void test_expect_none(struct fault *fault)
{
	CLEANUP(buf_cleanup) struct buf got = BUF_INIT(FAULT_QUEUE_MAX);

	assert_int_equal(fault_next_due(fault), -1);
	assert_false(fault_take(fault, INT64_MAX, &got));
}

static void test_good_wire(void **state)
{
	struct fault fault;

	(void)state;
	fault_init(&fault, 1);
	SEND(&fault, 100, "one");
	SEND(&fault, 101, "two");
	test_expect(&fault, 100, "one");
	test_expect(&fault, 101, "two");
	test_expect_none(&fault);
}

static void test_silence(void **state)
{
	struct fault fault;

	(void)state;
	fault_init(&fault, 1);
	fault.silent = true;
	SEND(&fault, 100, "one");
	test_expect_none(&fault);
	fault.silent = false;
	SEND(&fault, 100, "two");
	test_expect(&fault, 100, "two");
}

static void test_lost_and_doubled(void **state)
{
	struct fault fault;

	(void)state;
	fault_init(&fault, 1);
	fault.lose = 2;
	fault.doubled = 1;
	SEND(&fault, 100, "one");
	SEND(&fault, 100, "two");
	SEND(&fault, 100, "three");
	SEND(&fault, 100, "four");
	test_expect(&fault, 100, "three");
	test_expect(&fault, 100, "three");
	test_expect(&fault, 100, "four");
	test_expect_none(&fault);
}

/* Later bytes never overtake, even if the delay has become shorter. */
static void test_delay(void **state)
{
	struct fault fault;

	(void)state;
	fault_init(&fault, 1);
	fault.delay = 50;
	SEND(&fault, 100, "one");
	fault.delay = 0;
	SEND(&fault, 110, "two");
	test_expect(&fault, 150, "one");
	test_expect(&fault, 150, "two");
	SEND(&fault, 160, "three");
	test_expect(&fault, 160, "three");
}

static void test_split(void **state)
{
	struct fault fault;

	(void)state;
	fault_init(&fault, 1);
	fault.split = true;
	SEND(&fault, 100, "ab");
	SEND(&fault, 100, "c");
	test_expect(&fault, 100, "a");
	test_expect(&fault, 102, "b");
	test_expect(&fault, 104, "c");
	test_expect_none(&fault);
}

/* The same in every run, and no respecter of silence. */
static void test_noise(void **state)
{
	CLEANUP(buf_cleanup) struct buf one = BUF_INIT(1000);
	CLEANUP(buf_cleanup) struct buf two = BUF_INIT(1000);
	CLEANUP(buf_cleanup) struct buf other = BUF_INIT(1000);
	struct fault fault;

	(void)state;
	fault_init(&fault, 1);
	fault.silent = true;
	fault.lose = 5;
	fault_make_noise(&fault, 0, 300);
	while (fault_take(&fault, 0, &one))
		;
	fault_init(&fault, 1);
	fault_make_noise(&fault, 0, 300);
	while (fault_take(&fault, 0, &two))
		;
	fault_init(&fault, 2);
	fault_make_noise(&fault, 0, 300);
	while (fault_take(&fault, 0, &other))
		;
	assert_int_equal(one.len, 300);
	assert_int_equal(two.len, 300);
	assert_memory_equal(one.data, two.data, 300);
	assert_memory_not_equal(one.data, other.data, 300);
	assert_memory_not_equal(one.data, one.data + 150, 150);
}

static void test_clear_keeps_what_is_broken(void **state)
{
	struct fault fault;

	(void)state;
	fault_init(&fault, 1);
	fault.delay = 10;
	SEND(&fault, 100, "one");
	fault_clear(&fault);
	test_expect_none(&fault);
	SEND(&fault, 100, "two");
	test_expect(&fault, 110, "two");
}

static void test_queue_is_bounded(void **state)
{
	static const uint8_t bytes[FAULT_QUEUE_MAX];
	struct fault fault;

	(void)state;
	fault_init(&fault, 1);
	fault_send(&fault, 0, bytes, sizeof(bytes));
	assert_int_equal(fault.queued, FAULT_QUEUE_MAX);
	fault_send(&fault, 0, bytes, 1);
	assert_int_equal(fault.queued, FAULT_QUEUE_MAX);
	fault_clear(&fault);
	assert_int_equal(fault.queued, 0);
	fault_send(&fault, 0, bytes, 0);
	test_expect_none(&fault);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_wire),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_lost_and_doubled),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_clear_keeps_what_is_broken),
		cmocka_unit_test(test_queue_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
