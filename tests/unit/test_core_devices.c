/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done at devices, and by whom: settled, cancelled, at one's own till,
 * and not at all where the device has no form for it.
 */
#include "core/core_private.h"
#include "util/json.h"
#include "util/text.h"

#include "core_rig.h"
#include "fault_vfs.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int drawers(void)
{
	return rig.moved[DEVICE_DRAWER];
}

static const char *missing(const struct rig_answer *answer)
{
	return rig_text_of(answer, "missing", 0, "id", NULL);
}

/* --- what is seen while nothing can be written --- */

static void test_what_was_not_recorded_leaves_a_gap_on_record(void **state)
{
	(void)state;
	rig_tell_device(DEVICE_DRAWER, "d");
	rig_run();
	rig_break_disk(SQLITE_FULL);
	rig_tell_device(DEVICE_DRAWER, "DdD");
	rig_advance(5 * 60000);
	assert_int_equal(rig_count("drawer.unsolicited"), 0);
	rig_break_disk(0);
	rig_advance(5 * 60000);
	assert_int_equal(rig_count("drawer.gap"), 1);
	rig_advance(5 * 60000);
	assert_int_equal(rig_count("drawer.gap"), 1);
}

/* --- left open --- */

#define HOUR_MS (60 * 60000)

static void test_a_drawer_left_open_is_on_record_again_and_again(void **state)
{
	(void)state;
	rig_tell_device(DEVICE_DRAWER, "dD");
	rig_advance(2 * HOUR_MS - 1000);
	assert_int_equal(rig_count("drawer.left-open"), 0);
	rig_advance(1000);
	assert_int_equal(rig_count("drawer.left-open"), 1);
	rig_advance(2 * HOUR_MS);
	assert_int_equal(rig_count("drawer.left-open"), 2);
	/* shut for a moment, it begins anew */
	rig_tell_device(DEVICE_DRAWER, "dD");
	rig_advance(2 * HOUR_MS - 1000);
	assert_int_equal(rig_count("drawer.left-open"), 2);
	rig_tell_device(DEVICE_DRAWER, "d");
	rig_advance(3 * HOUR_MS);
	assert_int_equal(rig_count("drawer.left-open"), 2);
}

/* Nobody knows of it while its device is away; when it is back, and open still,
 * it has been so all the time. */
static void test_a_drawer_left_open_is_not_forgotten_with_its_line(void **state)
{
	(void)state;
	rig_tell_device(DEVICE_DRAWER, "dD");
	rig_advance(HOUR_MS);
	fake_line_drop(rig.device_lines[DEVICE_DRAWER], REASON_UNPLUGGED);
	rig.lines.refuse = REASON_PORT_MISSING;
	rig_advance(2 * HOUR_MS);
	assert_int_equal(rig_count("drawer.left-open"), 0);
	rig.lines.refuse = REASON_NONE;
	rig_advance(60000);
	rig_tell_device(DEVICE_DRAWER, "D");
	rig_advance(HOUR_MS);
	assert_int_equal(rig_count("drawer.left-open"), 1);
}

/* --- an unknown outcome is settled by whom it could have been done --- */

/* What that person does stays unknown. */
static void leave_unknown(const char *login,
			  struct rig_answer *(*act)(const char *token,
						    const char *key),
			  char out_id[RANDOM_ID_SIZE])
{
	struct rig_answer *answer;

	rig.outcome = OUTCOME_UNKNOWN;
	answer = act(rig_sign_on(login), "k");
	rig_expect(answer, "outcome-unknown");
	rig.outcome = OUTCOME_OK;
	text_copy(out_id, RANDOM_ID_SIZE, rig_text(answer, "operation", "id"));
}

static void test_settling_takes_what_the_action_took(void **state)
{
	struct rig_answer *asked;
	char id[RANDOM_ID_SIZE];
	const char *anna, *maria;

	(void)state;
	leave_unknown("piotr", rig_open_drawer, id);
	anna = rig_sign_on("anna");
	asked = rig_settle(anna, id, "ok");
	rig_expect(asked, "authorization-required");
	assert_int_equal(rig_size(asked, "missing"), 1);
	assert_string_equal(missing(asked), "drawer.open");
	rig_expect(rig_approve(rig_text(asked, "authorization", "id"), "piotr"),
		   "");
	asked = rig_settle(anna, id, "ok");
	rig_expect(asked, "");
	assert_string_equal(rig_text(asked, "outcome", NULL), "ok");
	maria = rig_sign_on("maria");
	rig_expect(rig_settle(maria, id, "failed"), "operation-ended");
	assert_int_equal(drawers(), 1); /* nothing moves by that */
	assert_int_equal(rig_count("settled"), 1);
}

static void test_of_a_report_what_the_report_takes(void **state)
{
	struct rig_answer *asked;
	char id[RANDOM_ID_SIZE];
	const char *maria, *piotr;

	(void)state;
	leave_unknown("maria", rig_print_z, id);
	piotr = rig_sign_on("piotr");
	asked = rig_settle(piotr, id, "failed");
	rig_expect(asked, "authorization-required");
	assert_string_equal(missing(asked), "report.daily");
	maria = rig_sign_on("maria");
	rig_expect(rig_settle(maria, id, "failed"), "");
	assert_int_equal(rig.moved[DEVICE_PRINTER], 1);
}

/* --- at one's own till --- */

static struct rig_answer *at_the_back(const char *token, enum action action,
				      const char *key, const char *of)
{
	struct rig_answer *answer;
	json_t *params = rig_json("{'reason':'change'}");

	rig.uid = RIG_UID_BACK;
	action_submit(rig.core, rig_caller(token, &answer),
		      &(struct action_call){ .action = action,
					     .till = "2",
					     .key = key,
					     .params = params,
					     .of = of });
	rig.uid = RIG_UID;
	json_decref(params);
	rig_run();
	return answer;
}

/* Others share its printer, and have no drawer by that. */
static void test_a_drawer_belongs_to_one_till(void **state)
{
	const char *front = rig_sign_on("maria");
	const char *back = rig_sign_on_at_back("maria");

	(void)state;
	rig_expect(at_the_back(back, ACTION_DRAWER_OPEN, "k", NULL),
		   "no-such-device");
	assert_int_equal(drawers(), 0);
	rig_expect(rig_open_drawer(front, "k"), "");
	assert_int_equal(drawers(), 1);
}

/* --- what there is no form for --- */

/* 7.00 of one currency are not to become 7.00 of another at the terminal. */
static void test_a_terminal_of_another_currency(void **state)
{
	struct rig_answer *answer;
	const char *anna, *maria;

	(void)state;
	rig_change_policy("'name':'Front till','currency':'EUR',",
			  "'name':'Front till','currency':'PLN',");
	anna = rig_sign_on("anna");
	rig_open_session(anna);
	answer = rig_act(anna, ACTION_PAYMENT, "p", NULL, "{'amount':700}");
	rig_expect(answer, "device-not-ready");
	assert_string_equal(rig_text(answer, "reason", NULL),
			    "currency-differs");
	rig_tell_device(DEVICE_TERMINAL, "0"); /* as bad as any other */
	answer = rig_act(anna, ACTION_PAYMENT, "q", NULL, "{'amount':700}");
	rig_expect(answer, "device-not-ready");
	assert_int_equal(rig.moved[DEVICE_TERMINAL], 0);
	rig_expect(rig_sign_off(anna), "");
	maria = rig_sign_on("maria");
	rig_expect(rig_open_drawer(maria, "d"), ""); /* no sum, no matter */
}

/* 1000 yen are not to become 10.00 on paper. */
static void test_a_currency_without_cents(void **state)
{
	static const char sold[] =
		"{'lines':[{'name':'Tea','price':1000,'vat':'A'}],"
		"'payments':[{'kind':'cash','amount':1000}]}";
	struct rig_answer *answer;
	const char *maria;

	(void)state;
	rig_change_policy("'name':'Front till','currency':'EUR',",
			  "'name':'Front till','currency':'JPY',");
	maria = rig_sign_on("maria");
	rig_open_session(maria);
	answer = rig_act(maria, ACTION_RECEIPT, "r", NULL, sold);
	rig_expect(answer, "device-not-ready");
	assert_string_equal(rig_text(answer, "reason", NULL),
			    "currency-differs");
	assert_int_equal(rig.moved[DEVICE_PRINTER], 0);
}

static const char *pay(const char *token, const char *key)
{
	struct rig_answer *answer =
		rig_act(token, ACTION_PAYMENT, key, NULL, "{'amount':700}");

	rig_run();
	return *answer->code ? rig_text(answer, "operation", "id")
			     : rig_text(answer, "id", NULL);
}

static struct rig_answer *cancel(const char *token, const char *key,
				 const char *payment)
{
	return rig_act(token, ACTION_PAYMENT_CANCEL, key, payment,
		       "{'reason':'back'}");
}

static const char *open_session(const char *login)
{
	const char *token = rig_sign_on(login);

	rig_open_session(token);
	return token;
}

/* The receipt of that number is somebody else's there: nobody is asked. */
static void test_a_terminal_in_the_place_of_another(void **state)
{
	const char *anna = open_session("anna"), *paid;
	struct rig_answer *answer;

	(void)state;
	rig_tell_device(DEVICE_TERMINAL, "A");
	paid = pay(anna, "p");
	rig_tell_device(DEVICE_TERMINAL, "B");
	answer = cancel(anna, "c", paid);
	rig_expect(answer, "payment-not-reversible");
	assert_string_equal(rig_text(answer, "detail", NULL),
			    "It was taken at another card terminal, in whose "
			    "place there is this one now; refund it.");
	assert_int_equal(rig_count("refused"), 0);
	assert_int_equal(rig.moved[DEVICE_TERMINAL], 1);
	/* the driver is told which one it was, and looks again */
	rig_tell_device(DEVICE_TERMINAL, "A");
	rig_expect(rig_sign_off(anna), "");
	rig_expect(cancel(rig_sign_on("maria"), "c", paid), "");
	assert_int_equal(rig.moved[DEVICE_TERMINAL], 2);
	assert_int_equal(rig.reversal.terminal, 52000017);
	assert_int_equal(rig.reversal.receipt, 7);
}

/* Nor does a consent count that was given before it was exchanged. */
static void test_a_terminal_exchanged_after_the_consent(void **state)
{
	const char *anna = open_session("anna"), *paid, *asked;
	struct rig_answer *answer;

	(void)state;
	rig_tell_device(DEVICE_TERMINAL, "A");
	paid = pay(anna, "p");
	answer = cancel(anna, "c", paid);
	rig_expect(answer, "authorization-required");
	asked = rig_text(answer, "authorization", "id");
	rig_expect(rig_approve(asked, "maria"), "");
	rig_tell_device(DEVICE_TERMINAL, "B");
	rig_expect(cancel(anna, "c", paid), "payment-not-reversible");
	assert_int_equal(rig.moved[DEVICE_TERMINAL], 1);
	rig_tell_device(DEVICE_TERMINAL, "A");
	rig_expect(cancel(anna, "c", paid), ""); /* nor is it spent */
	assert_int_equal(rig.moved[DEVICE_TERMINAL], 2);
}

/* A payment, or a terminal, of which that is not known is what it was. */
static void test_a_terminal_that_never_tells_who_it_is(void **state)
{
	const char *maria = open_session("maria"), *before, *after;

	(void)state;
	before = pay(maria, "p");
	rig_expect(cancel(maria, "c", before), "");
	assert_int_equal(rig.reversal.terminal, 0);
	before = pay(maria, "q");
	rig_tell_device(DEVICE_TERMINAL, "B");
	rig_expect(cancel(maria, "d", before), "");
	after = pay(maria, "r");
	fake_line_drop(rig.device_lines[DEVICE_TERMINAL], REASON_UNPLUGGED);
	rig_advance(2000);
	rig_expect(cancel(maria, "e", after), "");
	assert_int_equal(rig.reversal.terminal, 52000099);
	assert_int_equal(rig.moved[DEVICE_TERMINAL], 6);
}

/* Its numbers are those of the last booking there was: that may be anybody's. */
static void test_what_a_person_settled_has_no_numbers(void **state)
{
	const char *maria = open_session("maria"), *paid;
	struct rig_answer *answer;

	(void)state;
	rig_tell_device(DEVICE_TERMINAL, "A");
	rig.outcome = OUTCOME_UNKNOWN;
	paid = pay(maria, "p");
	rig.outcome = OUTCOME_OK;
	rig_expect(rig_settle(maria, paid, "ok"), "");
	answer = cancel(maria, "c", paid);
	rig_expect(answer, "payment-not-reversible");
	assert_string_equal(rig_text(answer, "detail", NULL),
			    "A person said what became of it, so its receipt "
			    "is not known; refund it.");
	assert_int_equal(rig.moved[DEVICE_TERMINAL], 1);
}

static void test_what_a_device_can_not_do(void **state)
{
	static const char period[] = "{'from_number':1,'to_number':2}";
	const char *maria = rig_sign_on("maria");
	const char *anna;

	(void)state;
	rig_expect(rig_act(maria, ACTION_REPORT_PERIODIC, "k", NULL, period),
		   "not-supported");
	anna = rig_sign_on("anna");
	rig_expect(rig_act(anna, ACTION_REPORT_PERIODIC, "k", NULL, period),
		   "not-supported");
	assert_int_equal(rig.moved[DEVICE_PRINTER], 0);
	assert_int_equal(rig_count("intent") + rig_count("refused"), 0);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_was_not_recorded_leaves_a_gap_on_record),
		TEST(test_a_drawer_left_open_is_on_record_again_and_again),
		TEST(test_a_drawer_left_open_is_not_forgotten_with_its_line),
		TEST(test_settling_takes_what_the_action_took),
		TEST(test_of_a_report_what_the_report_takes),
		TEST(test_a_drawer_belongs_to_one_till),
		TEST(test_a_terminal_of_another_currency),
		TEST(test_a_currency_without_cents),
		TEST(test_a_terminal_in_the_place_of_another),
		TEST(test_a_terminal_exchanged_after_the_consent),
		TEST(test_a_terminal_that_never_tells_who_it_is),
		TEST(test_what_a_person_settled_has_no_numbers),
		TEST(test_what_a_device_can_not_do),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: devices", tests, NULL, NULL);
}
