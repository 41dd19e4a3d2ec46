/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing on and off, and the disk: nobody is signed on by what could not be
 * written; whoever signs off is gone at once, and the record of it follows.
 */
#include "core/reader.h"
#include "core/session.h"
#include "util/json.h"

#include "util/alloc.h"
#include "util/text.h"

#include "core_rig.h"
#include "fault_vfs.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BROKEN	    SQLITE_IOERR_WRITE
#define AGAIN	    60000 /* what is owed to the disk was tried again */
#define WRONG_TRIES 4	  /* that cost nothing (guess.c) */

static void expect_on(const char *token)
{
	rig_expect(rig_who_am_i(token), "");
}

static void expect_off(const char *token)
{
	rig_expect(rig_who_am_i(token), "sign-on-required");
}

/* --- signing on again --- */

static void test_the_older_one_ends_with_the_newer_ones_beginning(void **state)
{
	const char *older = rig_sign_on("anna"), *newer;

	(void)state;
	newer = rig_sign_on("piotr");
	expect_off(older);
	expect_on(newer);
	assert_int_equal(rig_count("sign-on"), 2);
	assert_int_equal(rig_count("sign-off"), 1);
	rig_restart();
	expect_off(older);
	expect_on(newer);
}

static void test_the_older_one_stays_if_there_is_no_newer_one(void **state)
{
	const char *older = rig_sign_on("anna"), *asked;

	(void)state;
	asked = rig_ask(older, "k");
	rig_break_disk(BROKEN);
	rig_expect(rig_try_sign_on("piotr"), "disk-failed");
	expect_on(older);
	rig_break_disk(0);
	expect_on(older);
	assert_string_equal(rig_ask(older, "k"), asked);
	assert_int_equal(rig_count("sign-off"), 0);
	rig_restart();
	expect_on(older);
}

/* A badge was shown, and what it led to is being written. */
static struct rig_answer *signing_on(void)
{
	struct rig_answer *answer = rig_try_sign_on_by_badge();

	rig_advance(READER_SETTLE_MS);
	rig_hold();
	rig_swipe(PIOTRS_BADGE);
	rig_run();
	assert_false(answer->told);
	return answer;
}

static void test_nothing_is_begun_by_who_is_about_to_go(void **state)
{
	const char *older = rig_sign_on("anna");
	struct rig_answer *newer = signing_on(), *opening;

	(void)state;
	opening = rig_open_drawer(older, "k");
	rig_run();
	assert_string_equal(opening->code, "sign-on-required");
	rig_let_go();
	rig_expect(newer, "");
	expect_off(older);
	expect_on(rig_text(newer, "token", NULL));
}

static void test_who_was_about_to_go_stays_if_it_comes_to_nothing(void **state)
{
	const char *older = rig_sign_on("anna");
	struct rig_answer *newer = signing_on();

	(void)state;
	rig_break_disk(BROKEN);
	rig_let_go();
	rig_expect(newer, "disk-failed");
	rig_break_disk(0);
	expect_on(older);
}

/* Else both would be signed on afterwards. */
static void test_one_beginning_at_a_time(void **state)
{
	struct rig_answer *first = rig_try_sign_on_by_badge(), *second;

	(void)state;
	rig_advance(READER_SETTLE_MS);
	second = rig_try_sign_on("anna");
	rig_work_once(); /* the password is right, ... */
	rig_work_once(); /* ... and that she is signed on is being written */
	rig_swipe(PIOTRS_BADGE);
	rig_expect(second, "");
	rig_expect(first, "too-many-requests");
	assert_int_equal(rig_count("sign-on"), 1);
	expect_on(rig_text(second, "token", NULL));
}

/* --- signing off --- */

static void test_signing_off_is_once(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *first, *second, *opening;

	(void)state;
	rig_hold();
	first = rig_sign_off(anna);
	second = rig_sign_off(anna);
	opening = rig_open_drawer(anna, "k");
	rig_run();
	rig_let_go();
	rig_expect(first, "");
	rig_expect(second, "sign-on-required");
	rig_expect(opening, "sign-on-required");
	assert_int_equal(rig_count("sign-off"), 1);
}

static void expect_ended_without_record(const struct rig_answer *answer)
{
	rig_expect(answer, "disk-failed");
	assert_non_null(strstr(rig_text(answer, "detail", NULL), "has ended"));
	assert_non_null(strstr(rig_text(answer, "detail", NULL), "restart"));
}

/* Who wants to be gone is gone; the record of it is owed. */
static void test_signing_off_holds_whatever_the_disk_says(void **state)
{
	const char *anna = rig_sign_on("anna"), *asked = rig_ask(anna, "k");

	(void)state;
	rig_break_disk(BROKEN);
	expect_ended_without_record(rig_sign_off(anna));
	expect_off(anna);
	rig_expect(rig_open_drawer(anna, "k"), "sign-on-required");
	rig_expect(rig_approve(asked, "piotr"), "authorization-expired");
	rig_advance(AGAIN);
	rig_break_disk(0);
	assert_int_equal(rig_count("sign-off"), 0);
	rig_advance(AGAIN); /* nobody has to ask for it */
	assert_int_equal(rig_count("sign-off"), 1);
	rig_restart();
	expect_off(anna);
	assert_int_equal(rig_count("sign-off"), 1);
}

static void test_a_restart_before_that_brings_it_back(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	rig_break_disk(BROKEN);
	expect_ended_without_record(rig_sign_off(anna));
	rig_stop();
	rig_break_disk(0);
	rig_go_on();
	expect_on(anna);
}

/* The newer one takes its place, and says of it what was so. */
static void test_who_is_signed_off_can_sign_on_again(void **state)
{
	const char *anna = rig_sign_on("anna");
	char *journal;

	(void)state;
	rig_break_disk(BROKEN);
	expect_ended_without_record(rig_sign_off(anna));
	rig_break_disk(0);
	expect_on(rig_sign_on("anna"));
	expect_off(anna);
	rig_advance(AGAIN);
	assert_int_equal(rig_count("sign-off"), 1);
	journal = store_rig_export(&rig.store);
	assert_non_null(strstr(journal, "\"why\":\"by word\""));
	free(journal);
}

static void test_ending_anothers_holds_as_well(void **state)
{
	const char *anna = rig_sign_on("anna"), *maria;
	struct rig_answer *list;
	char *journal, *by;

	(void)state;
	rig.uid = 1001;
	maria = rig_sign_on("maria");
	list = rig_list_sign_ons(maria);
	rig_expect(list, "");
	assert_string_equal(
		rig_text_of(list, "sign_ons", 1, "operator", "login"), "anna");
	rig_break_disk(BROKEN);
	expect_ended_without_record(rig_end_sign_on(
		maria, rig_text_of(list, "sign_ons", 1, "id", NULL)));
	rig.uid = RIG_UID;
	expect_off(anna);
	rig_break_disk(0);
	rig_advance(AGAIN);
	assert_int_equal(rig_count("sign-off"), 1);
	journal = store_rig_export(&rig.store);
	by = alloc_format("\"by\":\"%s\"",
			  policy_login(rig.core->policy, "maria")->id);
	assert_non_null(strstr(journal, by));
	free(by);
	free(journal);
}

/* What takes a right away holds at once; the record of it is owed. */
static void test_what_is_over_by_itself_is_recorded_later(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	rig_advance(core_config_default.signon_idle_ms + 1);
	rig_break_disk(BROKEN);
	expect_off(anna);
	expect_off(anna);
	rig_break_disk(0);
	assert_int_equal(rig_count("sign-off"), 0);
	expect_off(anna);
	assert_int_equal(rig_count("sign-off"), 1);
	expect_off(anna);
	assert_int_equal(rig_count("sign-off"), 1);
}

/* --- guessing --- */

static void guess_wrong_tries(int count, const char *answer)
{
	while (count--)
		rig_expect(rig_try_password("anna", "not hers"), answer);
}

static void test_wrong_tries_are_forgotten_when_that_is_written(void **state)
{
	(void)state;
	guess_wrong_tries(WRONG_TRIES, "wrong-credentials");
	rig_advance(2000);
	rig_break_disk(BROKEN);
	rig_expect(rig_try_sign_on("anna"), "disk-failed");
	rig_break_disk(0);
	guess_wrong_tries(1, "wrong-credentials");
	rig_expect(rig_try_sign_on("anna"), "slow-down");
	rig_advance(5000);
	rig_sign_on("anna");
	guess_wrong_tries(WRONG_TRIES, "wrong-credentials");
}

static void test_wrong_tries_count_although_not_written(void **state)
{
	(void)state;
	rig_break_disk(BROKEN);
	guess_wrong_tries(WRONG_TRIES, "disk-failed");
	rig_break_disk(0);
	rig_expect(rig_try_sign_on("anna"), "slow-down");
}

/* --- set-up --- */

/* It was written, but reading the policy back failed: memory has to follow
 * without a restart. */
static void test_a_set_up_that_was_not_read_back_is_finished(void **state)
{
	static const char body[] =
		"{\"manager\":{\"login\":\"olga\",\"name\":\"Olga\","
		"\"password\":\"olga-password\"}}";
	struct rig_answer *answer;

	(void)state;
	rig.uid = 0;
	rig.core->policy = policy_unref(rig.core->policy);
	core_set_up(rig.core, rig_caller(NULL, &answer), alloc_text(body),
		    strlen(body));
	rig_expect(answer, "already-set-up");
	assert_non_null(rig.core->policy);
	assert_null(policy_login(rig.core->policy, "olga"));
	rig.uid = RIG_UID;
	rig_sign_on("anna");
}

/* Another client's, made up, ended: told the same, and on record. */
static void test_tokens_that_are_not_ones_own_are_on_record(void **state)
{
	const char *older = rig_sign_on("anna"), *token = rig_sign_on("maria");
	struct rig_answer *answer;

	(void)state;
	rig.uid = RIG_UID + 1;
	answer = rig_open_drawer(token, "k");
	rig_expect(answer, "sign-on-required");
	assert_null(answer->body);
	assert_int_equal(rig_count("wrong-sign-on"), 1);
	expect_off("made-up");
	rig.uid = RIG_UID;
	expect_off(older);
	assert_int_equal(rig_count("wrong-sign-on"), 3);
	expect_off(NULL); /* none at all */
	assert_int_equal(rig_count("wrong-sign-on"), 3);
	for (int i = 0; i < 60; i++)
		expect_off(older);
	assert_int_equal(rig_count("wrong-sign-on"), 7);
	rig_advance(10 * 60000);
	assert_int_equal(rig_count("wrong-sign-on"), 8);
	expect_on(token); /* nobody is slowed down */
}

/* --- by badge --- */

/* docs/policy.md, A-strength-sign-on: a copy of a badge moves no money. */
static void test_a_badge_alone_grants_what_its_consent_would(void **state)
{
	const char *piotr = rig_sign_on_by_badge(PIOTRS_BADGE);
	struct rig_answer *answer;

	(void)state;
	rig_expect(rig_open_drawer(piotr, "k1"), "");
	rig_change_policy("'id':'1',",
			  "'id':'1','badge':{'drawer.open':'pin'},");
	answer = rig_open_drawer(piotr, "k2");
	rig_expect(answer, "authorization-required");
	assert_true(json_flag(answer->body, "badge_too_weak"));
	rig_restart();
	rig_expect(rig_open_drawer(piotr, "k3"), "authorization-required");
	piotr = rig_sign_on("piotr");
	rig_expect(rig_open_drawer(piotr, "k4"), "");
}

/* Whether the float of the open session is told to who looks. */
static bool float_is_told(const char *token)
{
	struct rig_answer *answer;

	session_show(rig.core, rig_caller(token, &answer), "1");
	rig_expect(answer, "");
	return json_object_get(json_object_get(answer->body, "session"),
			       "float");
}

/* What is only looked at takes no less than what is asked for. */
static void test_a_badge_alone_shows_what_its_consent_would(void **state)
{
	const char *maria = rig_sign_on("maria"), *piotr;

	(void)state;
	rig_open_session(maria);
	rig_change_policy("'permissions':['drawer.open']}",
			  "'permissions':['balance.preview']}");
	piotr = rig_sign_on_by_badge(PIOTRS_BADGE);
	assert_true(float_is_told(piotr));
	rig_change_policy("'id':'1',",
			  "'id':'1','badge':{'balance.preview':'pin'},");
	assert_false(float_is_told(piotr));
	assert_true(float_is_told(rig_sign_on("piotr")));
}

static void test_a_badge_with_its_pin_grants_more(void **state)
{
	struct rig_answer *answer;
	char token[RANDOM_TOKEN_SIZE];

	(void)state;
	rig_change_policy("'id':'1',",
			  "'id':'1','badge':{'drawer.open':'pin'},");
	answer = rig_begin_sign_on(
		json_pack("{s:b, s:s}", "badge", 1, "pin", "0000"));
	rig_advance(1100);
	rig_swipe(MARIAS_BADGE);
	rig_expect(answer, "wrong-credentials");
	answer = rig_begin_sign_on(
		json_pack("{s:b, s:s}", "badge", 1, "pin", "2580"));
	rig_advance(1100);
	rig_swipe(MARIAS_BADGE);
	rig_expect(answer, "");
	assert_string_equal(json_text(answer->body, "badge"), "pin");
	text_copy(token, sizeof(token), json_text(answer->body, "token"));
	rig_expect(rig_open_drawer(token, "k1"), "");
	rig_restart();
	rig_expect(rig_open_drawer(token, "k2"), "");
	rig_change_policy("'drawer.open':'pin'", "'drawer.open':'piv'");
	rig_expect(rig_open_drawer(token, "k3"), "authorization-required");
}

static void test_a_card_that_proves_itself_grants_all(void **state)
{
	struct rig_answer *answer;
	char token[RANDOM_TOKEN_SIZE];

	(void)state;
	rig_change_policy("'id':'1',",
			  "'id':'1','badge':{'drawer.open':'piv'},");
	answer = rig_begin_sign_on(json_pack("{s:b}", "badge", 1));
	rig_advance(1100);
	rig_swipe_proven(MARIAS_BADGE);
	rig_expect(answer, "");
	assert_string_equal(json_text(answer->body, "badge"), "piv");
	text_copy(token, sizeof(token), json_text(answer->body, "token"));
	rig_expect(rig_open_drawer(token, "k1"), "");
	rig_restart();
	rig_expect(rig_open_drawer(token, "k2"), "");
	answer = rig_begin_sign_on(json_pack("{s:b}", "badge", 1));
	rig_advance(1100);
	rig_swipe(MARIAS_BADGE);
	rig_expect(answer, "");
	assert_string_equal(json_text(answer->body, "badge"), "alone");
	rig_expect(rig_open_drawer(json_text(answer->body, "token"), "k3"),
		   "authorization-required");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_older_one_ends_with_the_newer_ones_beginning),
		TEST(test_the_older_one_stays_if_there_is_no_newer_one),
		TEST(test_nothing_is_begun_by_who_is_about_to_go),
		TEST(test_who_was_about_to_go_stays_if_it_comes_to_nothing),
		TEST(test_one_beginning_at_a_time),
		TEST(test_signing_off_is_once),
		TEST(test_signing_off_holds_whatever_the_disk_says),
		TEST(test_a_restart_before_that_brings_it_back),
		TEST(test_who_is_signed_off_can_sign_on_again),
		TEST(test_ending_anothers_holds_as_well),
		TEST(test_what_is_over_by_itself_is_recorded_later),
		TEST(test_wrong_tries_are_forgotten_when_that_is_written),
		TEST(test_wrong_tries_count_although_not_written),
		TEST(test_a_set_up_that_was_not_read_back_is_finished),
		TEST(test_tokens_that_are_not_ones_own_are_on_record),
		TEST(test_a_badge_alone_grants_what_its_consent_would),
		TEST(test_a_badge_alone_shows_what_its_consent_would),
		TEST(test_a_badge_with_its_pin_grants_more),
		TEST(test_a_card_that_proves_itself_grants_all),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: sign-on", tests, NULL, NULL);
}
