/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A supervisor's consent and the disk: what could not be written was not
 * given, not asked and not spent; and nothing is spent twice.
 */
#include "core/operation.h"
#include "core/reader.h"
#include "util/json.h"

#include "core_rig.h"
#include "fault_vfs.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BROKEN SQLITE_IOERR_WRITE

static void expect_state(const char *id, const char *state)
{
	const struct rig_answer *seen = rig_look_at(id);

	rig_expect(seen, "");
	assert_string_equal(rig_text(seen, "state", NULL), state);
}

/* Asked for under that key, and consented to. */
static const char *consented(const char *token, const char *key)
{
	const char *id = rig_ask(token, key);

	rig_expect(rig_approve(id, "piotr"), "");
	expect_state(id, "approved");
	return id;
}

static int drawers(void)
{
	return rig.moved[DEVICE_DRAWER];
}

/* --- spending --- */

static void test_an_intent_that_was_not_written_spends_nothing(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = consented(anna, "k");

	(void)state;
	rig_break_disk(BROKEN);
	rig_expect(rig_open_drawer(anna, "k"), "disk-failed");
	rig_break_disk(0);
	assert_int_equal(drawers(), 0);
	expect_state(id, "approved");
	rig_expect(rig_open_drawer(anna, "k"), "");
	expect_state(id, "spent");
	assert_int_equal(drawers(), 1);
	assert_int_equal(rig_count("intent"), 1);
	assert_int_equal(rig_count("refused"), 1);
}

static void test_a_full_disk_spends_nothing(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = consented(anna, "k");

	(void)state;
	rig_break_disk(SQLITE_FULL);
	rig_expect(rig_open_drawer(anna, "k"), "disk-full");
	rig_break_disk(0);
	expect_state(id, "approved");
	assert_int_equal(drawers(), 0);
}

static void test_two_at_once_spend_it_once(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = consented(anna, "k");
	struct rig_answer *first, *second;

	(void)state;
	rig_hold();
	first = rig_open_drawer(anna, "k");
	second = rig_open_drawer(anna, "k");
	rig_run();
	rig_break_disk(BROKEN);
	rig_let_go();
	rig_expect(first, "disk-failed");
	rig_expect(second, "disk-failed");
	rig_break_disk(0);
	expect_state(id, "approved");
	rig_hold();
	first = rig_open_drawer(anna, "k");
	second = rig_open_drawer(anna, "k");
	rig_run();
	rig_let_go();
	rig_expect(first, "");
	rig_expect(second, "");
	assert_int_equal(drawers(), 1);
	assert_int_equal(rig_count("intent"), 1);
}

static void test_what_was_given_back_still_expires(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = consented(anna, "k");

	(void)state;
	rig_break_disk(BROKEN);
	rig_expect(rig_open_drawer(anna, "k"), "disk-failed");
	rig_break_disk(0);
	rig_advance(core_config_default.consent_ms);
	expect_state(id, "expired");
	assert_string_not_equal(rig_ask(anna, "k"), id);
	assert_int_equal(drawers(), 0);
}

/* A consent is for a minute, also where the box slept through most of it. */
static void test_what_was_slept_over_is_not_spent(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = consented(anna, "k");

	(void)state;
	rig_sleep(core_config_default.consent_ms);
	expect_state(id, "expired");
	rig_expect(rig_open_drawer(anna, "k"), "authorization-required");
	rig_expect(rig_approve(id, "maria"), "authorization-expired");
	assert_int_equal(drawers(), 0);
}

static void test_what_was_slept_over_is_not_armed(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_sleep(core_config_default.consent_ms + 1);
	rig_expect(rig_arm(anna, id), "authorization-expired");
	rig_expect(rig_approve(id, "maria"), "authorization-expired");
	assert_int_equal(rig_count("authorization.approved"), 0);
}

static void test_a_badge_after_a_sleep_does_not_count(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_expect(rig_arm(anna, id), "");
	rig_advance(READER_SETTLE_MS);
	rig_sleep(core_config_default.consent_ms);
	rig_swipe(MARIAS_BADGE);
	rig_run();
	assert_int_equal(rig_count("authorization.approved"), 0);
	rig_advance(core_config_default.consent_ms);
	rig_expect(rig_arm(anna, rig_ask(anna, "k")), "");
	rig_advance(READER_SETTLE_MS + READER_QUIET_MS);
	rig_swipe(MARIAS_BADGE);
	rig_run();
	assert_int_equal(rig_count("authorization.approved"), 1);
}

/* While its intent is being written it belongs to that alone... */
static void test_nothing_ends_it_while_it_is_being_spent(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = consented(anna, "k");
	struct rig_answer *opening, *withdrawing;

	(void)state;
	opening = rig_open_drawer(anna, "k");
	while (!operation_by_key(rig.core, "1", RIG_UID, "k"))
		rig_work_once();
	withdrawing = rig_withdraw(anna, id);
	rig_hold();
	rig_advance(core_config_default.consent_ms);
	rig_let_go();
	rig_expect(withdrawing, "authorization-spent");
	rig_expect(opening, "");
	expect_state(id, "spent");
	assert_int_equal(rig_count("authorization.expired"), 0);
	assert_int_equal(drawers(), 1);
}

/* ... and what would have ended it meanwhile does, if that came to nothing. */
static void test_what_expired_meanwhile_is_not_given_back(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = consented(anna, "k");
	struct rig_answer *opening = rig_open_drawer(anna, "k");

	(void)state;
	while (!operation_by_key(rig.core, "1", RIG_UID, "k"))
		rig_work_once();
	rig_hold();
	rig_advance(core_config_default.consent_ms);
	rig_break_disk(BROKEN);
	rig_let_go();
	rig_expect(opening, "disk-failed");
	rig_break_disk(0);
	expect_state(id, "expired");
	assert_int_equal(drawers(), 0);
}

/* --- settling, which is spending too --- */

static const char *an_unknown_opening(void)
{
	const char *piotr = rig_sign_on("piotr");
	struct rig_answer *answer;

	rig.outcome = OUTCOME_UNKNOWN;
	answer = rig_open_drawer(piotr, "unknown");
	rig_expect(answer, "outcome-unknown");
	rig.outcome = OUTCOME_OK;
	return rig_text(answer, "operation", "id");
}

static const char *a_consented_settling(const char *token,
					const char *operation)
{
	struct rig_answer *asked = rig_settle(token, operation, "failed");
	const char *id;

	rig_expect(asked, "authorization-required");
	id = rig_text(asked, "authorization", "id");
	rig_expect(rig_approve(id, "piotr"), "");
	return id;
}

static void test_a_settling_that_was_not_written_spends_nothing(void **state)
{
	const char *operation = an_unknown_opening();
	const char *anna = rig_sign_on("anna");
	const char *id = a_consented_settling(anna, operation);

	(void)state;
	rig_break_disk(BROKEN);
	rig_expect(rig_settle(anna, operation, "failed"), "disk-failed");
	rig_break_disk(0);
	expect_state(id, "approved");
	rig_expect(rig_settle(anna, operation, "failed"), "");
	expect_state(id, "spent");
	assert_int_equal(rig_count("settled"), 1);
}

static void test_two_settlings_spend_one_consent(void **state)
{
	const char *operation = an_unknown_opening();
	const char *anna = rig_sign_on("anna");
	struct rig_answer *first, *second;

	(void)state;
	a_consented_settling(anna, operation);
	rig_hold();
	first = rig_settle(anna, operation, "failed");
	second = rig_settle(anna, operation, "failed");
	rig_run();
	rig_let_go();
	rig_expect(first, "");
	rig_expect(second, "operation-ended");
	assert_int_equal(rig_count("settled"), 1);
	assert_int_equal(rig_count("refused"), 1);
}

/* --- asking --- */

static void test_a_refusal_that_was_not_written_asks_nobody(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	rig_break_disk(BROKEN);
	rig_expect(rig_open_drawer(anna, "k"), "disk-failed");
	rig_break_disk(0);
	rig_ask(anna, "k");
	assert_int_equal(rig_count("refused"), 1);
}

static void test_two_at_once_ask_once(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *first, *second;

	(void)state;
	first = rig_open_drawer(anna, "k");
	second = rig_open_drawer(anna, "k");
	rig_break_disk(BROKEN);
	rig_expect(first, "disk-failed");
	rig_expect(second, "disk-failed");
	rig_break_disk(0);
	first = rig_open_drawer(anna, "k");
	second = rig_open_drawer(anna, "k");
	rig_expect(first, "authorization-required");
	rig_expect(second, "authorization-required");
	assert_string_equal(rig_text(first, "authorization", "id"),
			    rig_text(second, "authorization", "id"));
	assert_int_equal(rig_count("refused"), 1);
}

static void test_who_signed_off_meanwhile_asks_nobody(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *opening, *leaving;

	(void)state;
	opening = rig_open_drawer(anna, "k");
	rig_work_once(); /* its key was looked for, the refusal is on its way */
	leaving = rig_sign_off(anna);
	rig_expect(leaving, "");
	assert_true(opening->told);
	assert_int_equal(rig_count("authorization.void"), 1);
}

/* --- consenting --- */

static const char *armed(struct rig_answer **out_answer, const char *token)
{
	rig.wait = 50;
	*out_answer = rig_open_drawer(token, "k");
	rig.wait = -1;
	rig_advance(READER_SETTLE_MS);
	assert_false((*out_answer)->told);
	return rig_ask(token, "k");
}

static void test_a_consent_that_was_not_written_was_not_given(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *waiting;
	const char *id = armed(&waiting, anna);

	(void)state;
	rig_break_disk(BROKEN);
	rig_swipe(PIOTRS_BADGE);
	rig_run();
	rig_break_disk(0);
	expect_state(id, "armed");
	assert_false(waiting->told);
	rig_expect(rig_open_drawer(anna, "k"), "authorization-required");
	rig_swipe(PIOTRS_BADGE);
	rig_expect(waiting, "");
	assert_int_equal(drawers(), 1);
	assert_int_equal(rig_count("authorization.approved"), 1);
}

static void test_nobody_goes_ahead_before_it_is_written(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *waiting, *withdrawing;
	const char *id = armed(&waiting, anna);

	(void)state;
	rig_hold();
	rig_swipe(PIOTRS_BADGE);
	rig_run();
	assert_null(operation_by_key(rig.core, "1", RIG_UID, "k"));
	withdrawing = rig_withdraw(anna, id); /* still in time */
	rig_run();
	assert_false(withdrawing->told);
	rig_let_go();
	rig_expect(withdrawing, "");
	rig_expect(waiting, "authorization-withdrawn");
	expect_state(id, "withdrawn");
	assert_int_equal(drawers(), 0);
}

/* --- whatever write fails first --- */

/* Signs on, asks, consents and does it; what was not done is done again when
 * the disk is well. True if a write failed at all. */
static bool opened_although_write_fails(int number)
{
	const char *anna = rig_sign_on("anna"), *id = "";
	struct rig_answer *asked, *done;

	fault_vfs_fail(number, 1000000, BROKEN);
	asked = rig_open_drawer(anna, "k");
	rig_run();
	if (asked->body)
		id = rig_text(asked, "authorization", "id");
	rig_approve(id, "piotr");
	rig_run();
	done = rig_open_drawer(anna, "k");
	rig_run();
	rig_break_disk(0);
	if (done->status != 200) {
		rig_advance(5000); /* for an outcome that is owed */
		asked = rig_open_drawer(anna, "k");
		rig_run();
		if (!strcmp(asked->code, "authorization-required")) {
			id = rig_text(asked, "authorization", "id");
			rig_expect(rig_approve(id, "piotr"), "");
			asked = rig_open_drawer(anna, "k");
		}
		rig_expect(asked, "");
	}
	assert_int_equal(drawers(), 1);
	assert_int_equal(rig_count("intent"), 1);
	assert_int_equal(rig_count("outcome"), 1);
	assert_int_equal(rig_count("authorization.approved"), 1);
	assert_int_equal(rig_count("refused"), 1);
	return fault_vfs_failed() > 0;
}

static void test_any_write_may_fail(void **state)
{
	bool failed = true;

	for (int number = 1; failed; number++) {
		failed = opened_although_write_fails(number);
		assert_true(number < 200);
		rig_tear_down(state);
		rig_set_up(state);
	}
}

/* Whoever is told that it is done finds it in the journal. */
static bool ended_although_write_fails(int number, bool deny)
{
	const char *anna = rig_sign_on("anna"), *id = rig_ask(anna, "k");
	struct rig_answer *told;
	bool done;

	fault_vfs_fail(number, 1000000, BROKEN);
	told = deny ? rig_deny(id, "piotr") : rig_withdraw(anna, id);
	rig_run();
	rig_break_disk(0);
	done = told->status == 200 || told->status == 204;
	assert_true(told->told);
	if (!done)
		assert_string_equal(told->code, "disk-failed");
	assert_int_equal(rig_count(deny ? "authorization.denied"
					: "authorization.withdrawn"),
			 done);
	return !done;
}

static void test_an_end_is_told_when_it_is_written(void **state)
{
	for (int deny = 0; deny < 2; deny++) {
		bool failed = true;

		for (int number = 1; failed; number++) {
			failed = ended_although_write_fails(number, deny);
			assert_true(number < 200);
			rig_tear_down(state);
			rig_set_up(state);
		}
	}
}

/* --- a device that can't --- */

static void expect_not_ready(struct rig_answer *answer, const char *reason)
{
	rig_expect(answer, "device-not-ready");
	assert_string_equal(rig_text(answer, "reason", NULL), reason);
}

static void test_nobody_is_asked_for_what_can_not_be_done(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	rig_tell_device(DEVICE_PRINTER, "p");
	expect_not_ready(rig_print_z(anna, "z"), "paper-out");
	rig_tell_device(DEVICE_DRAWER, "f");
	expect_not_ready(rig_open_drawer(anna, "d"), "printer-offline");
	assert_int_equal(rig_count("refused"), 0);
	rig_tell_device(DEVICE_PRINTER, "P");
	rig_expect(rig_print_z(anna, "z"), "authorization-required");
	rig_tell_device(DEVICE_DRAWER, "op"); /* a drawer needs no paper */
	rig_expect(rig_open_drawer(anna, "d"), "authorization-required");
	rig_expect(rig_print_z(NULL, "z"), "sign-on-required");
}

static void test_a_device_that_can_not_spends_nothing(void **state)
{
	const char *anna = rig_sign_on("anna"), *id;
	struct rig_answer *asked = rig_print_z(anna, "z");

	(void)state;
	rig_expect(asked, "authorization-required");
	id = rig_text(asked, "authorization", "id");
	rig_expect(rig_approve(id, "maria"), "");
	rig_tell_device(DEVICE_PRINTER, "p");
	expect_not_ready(rig_print_z(anna, "z"), "paper-out");
	expect_state(id, "approved");
	assert_int_equal(rig.moved[DEVICE_PRINTER], 0);
	rig_tell_device(DEVICE_PRINTER, "P");
	rig_expect(rig_print_z(anna, "z"), "");
	expect_state(id, "spent");
	assert_int_equal(rig.moved[DEVICE_PRINTER], 1);
}

/* Where nobody's consent is at stake the device itself is asked. */
static void test_who_may_asks_the_device_itself(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig_tell_device(DEVICE_PRINTER, "p");
	rig_expect(rig_print_z(maria, "z"), "");
	assert_int_equal(rig.moved[DEVICE_PRINTER], 1);
}

/* --- outcomes --- */

static struct rig_answer *pay(const char *token, const char *key)
{
	return rig_act(token, ACTION_PAYMENT, key, NULL, "{'amount':100}");
}

/* The record of it is owed: until it is written the terminal is held. */
static void test_an_unknown_payment_holds_before_it_is_written(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *first;

	(void)state;
	rig_open_session(maria);
	rig.outcome = OUTCOME_UNKNOWN;
	rig.breaks = BROKEN;
	first = pay(maria, "first");
	rig_run();
	assert_false(first->told);
	rig.breaks = 0;
	rig_break_disk(0);
	rig_expect(pay(maria, "second"), "outcome-open");
	rig_advance(2000);
	rig_expect(first, "outcome-unknown");
	rig_expect(pay(maria, "third"), "outcome-open");
	assert_int_equal(rig.moved[DEVICE_TERMINAL], 1);
}

/* What is on disk may be older than what is told of it in between: as long as
 * it goes on, only memory knows. */
static void test_who_asks_again_meanwhile_is_not_sent_to_the_disk(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *first = rig_open_drawer(maria, "k"), *second, *third;

	(void)state;
	while (!drawers())
		rig_work_once();
	rig_hold();
	second = rig_open_drawer(maria, "k");
	rig.wait = 0;
	third = rig_open_drawer(maria, "k");
	rig_run();
	assert_false(first->told || second->told);
	assert_true(third->told);
	assert_int_equal(third->status, 202);
	rig_let_go();
	rig_expect(first, "");
	rig_expect(second, "");
	assert_int_equal(second->status, 200);
	assert_string_equal(rig_text(second, "id", NULL),
			    rig_text(first, "id", NULL));
	assert_int_equal(drawers(), 1);
}

/* Another request under the same key went ahead unseen. */
static void test_who_loses_a_key_is_told_of_its_own_body_only(void **state)
{
	const char *maria = rig_sign_on("maria");
	const struct operation_grounds grounds = { .signon = "s" };
	struct operation_row row = { .till = "1",
				     .uid = RIG_UID,
				     .key = "k",
				     .action = "drawer.open",
				     .operator= "maria",
				     .device = "rig-drawer",
				     .body = { 1 } };
	const struct op op = { .kind = OP_DRAWER_OPEN };
	struct rig_answer *other;

	(void)state;
	rig_expect(rig_open_drawer(maria, "k"), "");
	row.op = op_to_json(&op);
	operation_begin(rig.core, rig_caller(maria, &other), &row, &op,
			&grounds);
	operation_row_clear(&row);
	rig_expect(other, "key-reused");
	assert_int_equal(drawers(), 1);
}

/* It writes no intent that a consent could be spent with. */
static void test_what_shows_asks_for_nothing(void **state)
{
	(void)state;
	for (enum action action = 0; action < ACTIONS; action++) {
		struct demand required = action_required(action);

		if (action_row(action)->kind == ACTION_SHOWS)
			assert_true(demand_empty(&required));
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_intent_that_was_not_written_spends_nothing),
		TEST(test_a_full_disk_spends_nothing),
		TEST(test_two_at_once_spend_it_once),
		TEST(test_what_was_given_back_still_expires),
		TEST(test_what_was_slept_over_is_not_spent),
		TEST(test_what_was_slept_over_is_not_armed),
		TEST(test_a_badge_after_a_sleep_does_not_count),
		TEST(test_nothing_ends_it_while_it_is_being_spent),
		TEST(test_what_expired_meanwhile_is_not_given_back),
		TEST(test_a_settling_that_was_not_written_spends_nothing),
		TEST(test_two_settlings_spend_one_consent),
		TEST(test_a_refusal_that_was_not_written_asks_nobody),
		TEST(test_two_at_once_ask_once),
		TEST(test_who_signed_off_meanwhile_asks_nobody),
		TEST(test_a_consent_that_was_not_written_was_not_given),
		TEST(test_nobody_goes_ahead_before_it_is_written),
		TEST(test_any_write_may_fail),
		TEST(test_an_end_is_told_when_it_is_written),
		TEST(test_nobody_is_asked_for_what_can_not_be_done),
		TEST(test_a_device_that_can_not_spends_nothing),
		TEST(test_who_may_asks_the_device_itself),
		TEST(test_an_unknown_payment_holds_before_it_is_written),
		TEST(test_who_asks_again_meanwhile_is_not_sent_to_the_disk),
		TEST(test_who_loses_a_key_is_told_of_its_own_body_only),
		cmocka_unit_test(test_what_shows_asks_for_nothing),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: consent", tests, NULL, NULL);
}
