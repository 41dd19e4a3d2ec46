/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Consents and sign-ons end with the people, rights and badges that they hung
 * on; and what they take of the clock.
 */
#include "core/authorization.h"
#include "core/reader.h"
#include "util/alloc.h"
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

#define BROKEN SQLITE_IOERR_WRITE

#define ANNA   "'login':'anna',"
#define PIOTR  "'login':'piotr',"
#define GONE   "'active':false,"
#define A_PIN  "'badge':{'drawer.open':'pin'},'clients':{'users':[1000,"
#define A_CARD "'badge':{'drawer.open':'piv'},'clients':{'users':[1000,"
#define FRONT  "'clients':{'users':[1000,"

#define BLOCKED(badge) "{'id':'" badge "','active':false}"

static void expect_state(const char *id, const char *state)
{
	const struct rig_answer *seen = rig_look_at(id);

	rig_expect(seen, "");
	assert_string_equal(rig_text(seen, "state", NULL), state);
}

/* Consented to by badge at the reader. */
static void swipe_for(const char *token, const char *id, const char *badge)
{
	rig_expect(rig_arm(token, id), "");
	rig_advance(READER_SETTLE_MS + READER_QUIET_MS);
	rig_swipe(badge);
	rig_run();
}

static int drawers(void)
{
	return rig.moved[DEVICE_DRAWER];
}

/* --- people --- */

static void test_who_asked_is_gone(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_change_policy(ANNA, ANNA GONE);
	expect_state(id, "void");
	rig_expect(rig_who_am_i(anna), "sign-on-required");
	rig_expect(rig_open_drawer(anna, "k"), "sign-on-required");
	rig_run();
	assert_int_equal(rig_count("sign-off"), 1);
	rig_restart();
	rig_expect(rig_who_am_i(anna), "sign-on-required");
}

static void test_who_consented_is_gone(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_expect(rig_approve(id, "piotr"), "");
	rig_change_policy(PIOTR, PIOTR GONE);
	expect_state(id, "outdated");
	assert_int_equal(rig_count("authorization.outdated"), 1);
	rig_expect(rig_open_drawer(anna, "k2"), "authorization-required");
	/* told once, to the request that it was for; then it is asked anew */
	rig_expect(rig_open_drawer(anna, "k"), "authorization-outdated");
	rig_expect(rig_open_drawer(anna, "k"), "authorization-required");
	assert_int_equal(drawers(), 0);
}

/* At whichever moment that is, no consent is left behind. */
static void test_who_consented_is_gone_while_it_is_written(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct policy *with = policy_ref(rig.core->policy), *without;
	size_t outdated = 0;
	char key[8];

	(void)state;
	rig_change_policy(PIOTR, PIOTR GONE);
	without = policy_ref(rig.core->policy);
	for (int steps = 0; steps < 12; steps++) {
		struct rig_answer *approving;
		const char *id;

		core_set_policy(rig.core, policy_ref(with));
		snprintf(key, sizeof(key), "k%d", steps);
		id = rig_ask(anna, key);
		approving = rig_approve(id, "piotr");
		for (int i = 0; i < steps && !approving->told; i++)
			rig_work_once();
		core_set_policy(rig.core, policy_ref(without));
		rig_run();
		assert_true(approving->told);
		outdated += !strcmp(approving->code, "authorization-outdated");
		assert_string_not_equal(
			rig_text(rig_look_at(id), "state", NULL), "approved");
		if (!strcmp(rig_text(rig_look_at(id), "state", NULL),
			    "outdated"))
			rig_expect(rig_open_drawer(anna, key),
				   "authorization-outdated");
		rig_expect(rig_open_drawer(anna, key),
			   "authorization-required");
	}
	assert_int_not_equal(outdated, 0);
	policy_unref(with);
	policy_unref(without);
}

static void test_who_consented_may_no_longer(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_expect(rig_approve(id, "piotr"), "");
	rig_change_policy("'id':'lead','tills':['1']",
			  "'id':'lead','tills':['2']");
	expect_state(id, "outdated");
	assert_int_equal(drawers(), 0);
}

static void test_who_asked_may_by_now(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_expect(rig_approve(id, "piotr"), "");
	rig_change_policy("'groups':['sell']", "'groups':['sell','lead']");
	rig_expect(rig_open_drawer(anna, "k"), "");
	expect_state(id, "void");
	assert_int_equal(drawers(), 1);
}

static struct rig_answer *open_till_spending(const char *token, const char *id,
					     const char *key)
{
	struct rig_answer *opening = rig_open_drawer(token, key);

	while (authorization_state(authorization_by_id(rig.core, id)) !=
	       CONSENT_SPENDING)
		rig_work_once();
	return opening;
}

/* What was taken for an intent is that intent's; there is nothing to go back
 * to if it was not written. */
static void test_who_consented_is_gone_while_it_is_spent(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct policy *with = policy_ref(rig.core->policy), *without;
	struct rig_answer *opening;
	const char *id;

	(void)state;
	rig_change_policy(PIOTR, PIOTR GONE);
	without = policy_ref(rig.core->policy);
	core_set_policy(rig.core, policy_ref(with));
	id = rig_ask(anna, "k");
	rig_expect(rig_approve(id, "piotr"), "");
	opening = open_till_spending(anna, id, "k");
	core_set_policy(rig.core, policy_ref(without));
	rig_expect(opening, "");
	expect_state(id, "spent");
	core_set_policy(rig.core, with);
	id = rig_ask(anna, "k2");
	rig_expect(rig_approve(id, "piotr"), "");
	opening = open_till_spending(anna, id, "k2");
	core_set_policy(rig.core, without);
	rig_break_disk(BROKEN);
	rig_expect(opening, "disk-failed");
	rig_break_disk(0);
	expect_state(id, "outdated");
	assert_int_equal(drawers(), 1);
}

/* --- badges --- */

static void test_a_badge_that_consented_is_blocked(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");

	(void)state;
	swipe_for(anna, id, PIOTRS_BADGE);
	expect_state(id, "approved");
	rig_change_policy("['" PIOTRS_BADGE "']",
			  "[" BLOCKED(PIOTRS_BADGE) "]");
	expect_state(id, "outdated");
	assert_int_equal(drawers(), 0);
}

static void test_another_badge_of_theirs_is_blocked(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id;

	(void)state;
	rig_change_policy("['" PIOTRS_BADGE "']",
			  "['" PIOTRS_BADGE "','em4100:0000000001']");
	id = rig_ask(anna, "k");
	swipe_for(anna, id, PIOTRS_BADGE);
	rig_change_policy("'em4100:0000000001'", BLOCKED("em4100:0000000001"));
	expect_state(id, "approved");
	rig_expect(rig_open_drawer(anna, "k"), "");
}

static void test_a_consent_by_password_needs_no_badge(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_expect(rig_approve(id, "piotr"), "");
	rig_change_policy("['" PIOTRS_BADGE "']", "[]");
	expect_state(id, "approved");
}

static void test_a_sign_on_by_a_badge_ends_with_it(void **state)
{
	const char *anna = rig_sign_on_by_badge(ANNAS_BADGE);
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_change_policy("['" ANNAS_BADGE "']", "[]");
	rig_expect(rig_who_am_i(anna), "sign-on-required");
	expect_state(id, "void");
}

static void test_a_sign_on_by_a_badge_ends_over_a_restart(void **state)
{
	const char *anna = rig_sign_on_by_badge(ANNAS_BADGE);

	(void)state;
	rig_restart();
	rig_expect(rig_who_am_i(anna), "");
	rig_change_policy("['" ANNAS_BADGE "']", "[" BLOCKED(ANNAS_BADGE) "]");
	rig_expect(rig_who_am_i(anna), "sign-on-required");
}

/* Past its time it is no badge, and what hangs on it ends as well. */
static void test_a_sign_on_by_a_badge_ends_with_its_time(void **state)
{
	const char *anna;

	(void)state;
	rig_change_policy("['" ANNAS_BADGE "']",
			  "[{'id':'" ANNAS_BADGE "',"
			  "'until':'2026-11-22T10:20:00Z'}]");
	anna = rig_sign_on_by_badge(ANNAS_BADGE);
	rig_expect(rig_who_am_i(anna), "");
	rig_advance(5 * 60 * 1000);
	rig_expect(rig_who_am_i(anna), "sign-on-required");
}

static void test_a_sign_on_by_password_stays(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	rig_change_policy("['" ANNAS_BADGE "']", "[]");
	rig_expect(rig_who_am_i(anna), "");
}

/* --- how strong a badge has to be --- */

static void test_a_badge_alone_does_no_longer(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");

	(void)state;
	swipe_for(anna, id, PIOTRS_BADGE);
	rig_change_policy(FRONT, A_PIN);
	expect_state(id, "outdated");
}

static void test_with_the_pin_it_does(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_expect(rig_arm(anna, id), "");
	rig_change_policy(FRONT, A_PIN);
	rig_expect(rig_give_pin(anna, id, "2580"), "");
	rig_advance(READER_SETTLE_MS);
	rig_swipe(MARIAS_BADGE);
	rig_run();
	expect_state(id, "approved");
	rig_expect(rig_open_drawer(anna, "k"), "");
}

/* The reader waits, a PIN is there: but now it takes a card that proves itself,
 * and no reader of ours can do that. */
static void test_a_card_is_asked_for_all_at_once(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id;

	(void)state;
	rig_change_policy(FRONT, A_PIN);
	id = rig_ask(anna, "k");
	rig_expect(rig_arm(anna, id), "");
	rig_expect(rig_give_pin(anna, id, "2580"), "");
	rig_change_policy(A_PIN, A_CARD);
	expect_state(id, "pending");
	rig_advance(READER_SETTLE_MS + READER_QUIET_MS);
	rig_swipe(MARIAS_BADGE);
	rig_run();
	expect_state(id, "pending");
	assert_int_equal(rig_count("authorization.approved"), 0);
}

static void test_what_takes_a_card_says_so(void **state)
{
	const char *anna = rig_sign_on("anna");
	const struct rig_answer *armed, *seen;
	const char *id;

	(void)state;
	rig_change_policy(FRONT, A_CARD);
	id = rig_ask(anna, "k");
	seen = rig_look_at(id);
	rig_expect(seen, "");
	assert_string_equal(rig_text(seen, "badge", NULL), "piv");
	assert_int_equal(rig_size(seen, "how"), 1);
	assert_string_equal(json_string_value(json_array_get(
				    json_object_get(seen->body, "how"), 0)),
			    "password");
	armed = rig_arm(anna, id);
	rig_expect(armed, "no-reader");
	assert_non_null(strstr(rig_text(armed, "detail", NULL), "card"));
	rig_expect(rig_give_pin(anna, id, "2580"), "pin-not-asked");
	rig_expect(rig_approve(id, "maria"), "");
	rig_expect(rig_open_drawer(anna, "k"), "");
}

/* --- cards that prove themselves --- */

static void test_a_card_that_proves_itself_will_do(void **state)
{
	const char *anna = rig_sign_on("anna");
	const struct rig_answer *seen;
	const char *id;

	(void)state;
	rig_change_policy(FRONT, A_CARD);
	rig_prove();
	id = rig_ask(anna, "k");
	seen = rig_look_at(id);
	assert_string_equal(rig_text(seen, "badge", NULL), "piv");
	assert_int_equal(rig_size(seen, "how"), 2);
	rig_expect(rig_arm(anna, id), "");
	rig_advance(READER_SETTLE_MS + READER_QUIET_MS);
	rig_swipe(MARIAS_BADGE);
	rig_run();
	expect_state(id, "armed");
	rig_swipe_proven(MARIAS_BADGE);
	rig_run();
	expect_state(id, "approved");
	rig_expect(rig_open_drawer(anna, "k"), "");
	assert_int_equal(rig_count("authorization.approved"), 1);
	rig_expect(rig_open_drawer(anna, "k2"), "authorization-required");
}

/* A copied badge alone moves no money; one that is no copy is more. */
static void test_proof_is_more_than_a_pin(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id;

	(void)state;
	rig_change_policy(FRONT, A_PIN);
	id = rig_ask(anna, "k");
	rig_expect(rig_arm(anna, id), "");
	rig_advance(READER_SETTLE_MS + READER_QUIET_MS);
	rig_swipe(MARIAS_BADGE);
	rig_run();
	expect_state(id, "armed");
	rig_swipe_proven(MARIAS_BADGE);
	rig_run();
	expect_state(id, "approved");
}

/* Whoever gives one means it to be looked at. */
static void test_a_wrong_pin_beside_proof_is_wrong(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id;

	(void)state;
	rig_change_policy(FRONT, A_PIN);
	id = rig_ask(anna, "k");
	rig_expect(rig_arm(anna, id), "");
	rig_expect(rig_give_pin(anna, id, "0000"), "");
	rig_advance(READER_SETTLE_MS + READER_QUIET_MS);
	rig_swipe_proven(MARIAS_BADGE);
	rig_run();
	expect_state(id, "armed");
	assert_int_equal(rig_count("authorization.approved"), 0);
}

/* The next one that is shown is looked at for itself. */
static void test_proof_is_not_lent(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id;

	(void)state;
	rig_change_policy(FRONT, A_CARD);
	rig_prove();
	id = rig_ask(anna, "k");
	rig_expect(rig_arm(anna, id), "");
	rig_advance(READER_SETTLE_MS + READER_QUIET_MS);
	rig_swipe_proven("piv:00");
	rig_run();
	rig_swipe(MARIAS_BADGE);
	rig_run();
	expect_state(id, "armed");
}

/* --- the clock --- */

/* A consent lives by the monotonic clock alone. */
static void test_consents_hear_nothing_of_the_wall_clock(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_expect(rig_approve(id, "piotr"), "");
	rig.store.fake.wall_offset -= 3600 * 1000;
	expect_state(id, "approved");
	rig.store.fake.wall_offset += 2 * 3600 * 1000;
	rig_expect(rig_open_drawer(anna, "k"), "");
	id = rig_ask(anna, "k2");
	rig.store.fake.wall_offset -= 3600 * 1000;
	rig_advance(core_config_default.consent_ms);
	expect_state(id, "expired");
}

/* Twelve hours by the clock on the wall, fifteen idle minutes by the other. */
static void test_sign_ons_and_the_wall_clock(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	rig.store.fake.wall_offset -= 3600 * 1000;
	rig_expect(rig_who_am_i(anna), "");
	rig_advance(core_config_default.signon_idle_ms + 1);
	rig_expect(rig_who_am_i(anna), "sign-on-required");
	anna = rig_sign_on("anna");
	rig.store.fake.wall_offset += core_config_default.signon_max_ms + 1;
	rig_expect(rig_who_am_i(anna), "sign-on-required");
	anna = rig_sign_on("anna");
	rig_advance(core_config_default.signon_idle_ms + 1);
	rig_expect(rig_open_drawer(anna, "k"), "sign-on-required");
}

int main(void)
{
#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_who_asked_is_gone),
		TEST(test_who_consented_is_gone),
		TEST(test_who_consented_is_gone_while_it_is_written),
		TEST(test_who_consented_may_no_longer),
		TEST(test_who_asked_may_by_now),
		TEST(test_who_consented_is_gone_while_it_is_spent),
		TEST(test_a_badge_that_consented_is_blocked),
		TEST(test_another_badge_of_theirs_is_blocked),
		TEST(test_a_consent_by_password_needs_no_badge),
		TEST(test_a_sign_on_by_a_badge_ends_with_it),
		TEST(test_a_sign_on_by_a_badge_ends_over_a_restart),
		TEST(test_a_sign_on_by_a_badge_ends_with_its_time),
		TEST(test_a_sign_on_by_password_stays),
		TEST(test_a_badge_alone_does_no_longer),
		TEST(test_with_the_pin_it_does),
		TEST(test_a_card_is_asked_for_all_at_once),
		TEST(test_what_takes_a_card_says_so),
		TEST(test_a_card_that_proves_itself_will_do),
		TEST(test_proof_is_more_than_a_pin),
		TEST(test_a_wrong_pin_beside_proof_is_wrong),
		TEST(test_proof_is_not_lent),
		TEST(test_consents_hear_nothing_of_the_wall_clock),
		TEST(test_sign_ons_and_the_wall_clock),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: void", tests, NULL, NULL);
}
