/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Administration of what is somebody's own: badges, which are enrolled by a
 * swipe, passwords and PINs, and what is left of people who go.
 */
#include "core/reader.h"
#include "core/signon.h"
#include "util/alloc.h"
#include "util/json.h"

#include "core_rig.h"
#include "fault_vfs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NEW_CODE "em4100:00deadbeef"
#define ANNA	 "{'login':'anna'}"

static const struct policy_operator *who(const char *login)
{
	return policy_login(rig.core->policy, login);
}

static const char *asked(const struct rig_answer *answer)
{
	rig_expect(answer, "authorization-required");
	return rig_text(answer, "authorization", "id");
}

/* --- badges --- */

static struct rig_answer *enroll(const char *token, const char *key)
{
	return rig_administer(token, ACTION_BADGE_ENROLL, key,
			      "{'login':'anna','body':{'label':'blue'}}", NULL);
}

static void settle_and_swipe(const char *badge)
{
	rig_advance(READER_SETTLE_MS);
	rig_swipe(badge);
	rig_run();
}

static void expect_signs_on(const char *badge, bool wanted)
{
	struct rig_answer *answer;

	rig_advance(READER_QUIET_MS + 2000);
	answer = rig_try_sign_on_by_badge();
	settle_and_swipe(badge);
	rig_advance(61000);
	rig_expect(answer, wanted ? "" : "badge-timeout");
}

static void test_a_badge_is_enrolled_by_a_swipe(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *answer = enroll(maria, "k");
	const char *handle;

	(void)state;
	settle_and_swipe(NEW_CODE);
	rig_expect(answer, "");
	handle = rig_text(answer, "result", "badge");
	assert_string_equal(
		policy_badge_owner(rig.core->policy,
				   policy_badge_by_handle(rig.core->policy,
							  handle))
			->login,
		"anna");
	assert_string_equal(
		policy_badge_by_handle(rig.core->policy, handle)->label,
		"blue");
	answer = enroll(maria, "k"); /* that key again: nobody has to swipe */
	rig_expect(answer, "");
	assert_string_equal(rig_text(answer, "result", "badge"), handle);
	expect_signs_on(NEW_CODE, true);
}

static void test_a_badge_that_somebody_has(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *answer = enroll(maria, "k");

	(void)state;
	settle_and_swipe(PIOTRS_BADGE);
	rig_expect(answer, "badge-taken");
	assert_null(answer->body); /* names nobody */
	rig_advance(5000);
	answer = enroll(maria, "k");
	rig_advance(31000);
	rig_expect(answer, "badge-timeout");
	assert_int_equal(rig_count("badge.enroll"), 0);
	assert_int_equal(rig_count("change.refused"), 2);
}

/* Something is done with Anna's badge by one who may. */
static void change_badge(enum action action, const char *key, const char *body)
{
	char *params =
		alloc_format("{'handle':'%s'}", who("anna")->badges[0].handle);

	rig.uid = RIG_UID;
	rig_expect(rig_administer(rig_sign_on("maria"), action, key, params,
				  body),
		   "");
	free(params);
}

/* At another till, by her badge. */
static void expect_anna_signs_on(bool she_does)
{
	rig.uid = 1001;
	expect_signs_on(ANNAS_BADGE, she_does);
}

static void test_a_blocked_badge_works_nowhere(void **state)
{
	(void)state;
	change_badge(ACTION_BADGE_PUT, "k", "{'active':false,'label':'lost'}");
	expect_anna_signs_on(false);
	change_badge(ACTION_BADGE_PUT, "k2", "{'active':true}");
	assert_string_equal(who("anna")->badges[0].label, "lost");
	expect_anna_signs_on(true);
	change_badge(ACTION_BADGE_REMOVE, "k3", NULL);
	expect_anna_signs_on(false);
}

static void test_a_badge_with_an_end(void **state)
{
	(void)state;
	change_badge(ACTION_BADGE_PUT, "k", "{'until':'2026-11-22T10:20:00Z'}");
	expect_anna_signs_on(true);
	rig_advance(5 * 60 * 1000);
	expect_anna_signs_on(false);
}

static bool reader_waits(void)
{
	struct rig_answer *answer = rig_try_sign_on_by_badge();
	bool busy;

	rig_run();
	busy = answer->told && !strcmp(answer->code, "reader-busy");
	rig_advance(61000); /* whatever waits has ended */
	return busy;
}

/* Who may not gets nothing to know of a badge, and nobody waits for one. */
static void test_nothing_is_armed_before_it_is_decided(void **state)
{
	const char *piotr = rig_sign_on("piotr");
	struct rig_answer *answer = enroll(piotr, "k");

	(void)state;
	asked(answer); /* at once */
	assert_false(reader_waits());
	answer = enroll(piotr, "k2");
	settle_and_swipe(MARIAS_BADGE);
	asked(answer);
	assert_int_equal(who("anna")->badges_count, 1);
}

static void test_a_badge_by_consent(void **state)
{
	const char *piotr = rig_sign_on("piotr");
	struct rig_answer *answer = enroll(piotr, "k");
	const char *id = asked(answer);

	(void)state;
	assert_string_equal(
		rig_text(answer, "detail", NULL),
		"Piotr asks to give somebody a badge: anna, the one shown "
		"next, \"blue\", at Front till.");
	rig_expect(rig_approve(id, "maria"), "");
	answer = enroll(piotr, "k");
	settle_and_swipe(PIOTRS_BADGE);
	rig_expect(answer, "badge-taken"); /* and the consent is still there */
	assert_int_equal(rig_count("change.refused"), 1);
	rig_advance(5000);
	answer = enroll(piotr, "k");
	settle_and_swipe(NEW_CODE);
	rig_expect(answer, "");
	assert_int_equal(who("anna")->badges_count, 2);
	assert_string_equal(rig_text(answer, "result", "badge"),
			    who("anna")->badges[1].handle);
	rig_advance(5000);
	asked(enroll(piotr, "k2")); /* it was for one */
}

/* The reader waits no longer than the consent lives. */
static void test_a_consent_runs_out_at_the_reader(void **state)
{
	const char *piotr = rig_sign_on("piotr");
	const char *id = asked(enroll(piotr, "k"));
	struct rig_answer *answer;

	(void)state;
	rig_expect(rig_approve(id, "maria"), "");
	rig_advance(50000);
	answer = enroll(piotr, "k");
	rig_advance(9000);
	assert_false(answer->told);
	rig_advance(1500);
	rig_expect(answer, "badge-timeout");
	asked(enroll(piotr, "k"));
}

static void test_the_right_may_go_while_one_waits(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *answer = enroll(maria, "k");

	(void)state;
	rig_run();
	rig_change_policy("'tills':['1'],'permissions':['drawer.open']",
			  "'tills':['1','@box'],"
			  "'permissions':['config.access']");
	rig_change_policy("'tills':['1','2','@box']", "'tills':['1','2']");
	settle_and_swipe(PIOTRS_BADGE);
	asked(answer); /* and not: taken */
}

static void test_nobody_enrolls_for_themselves(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *answer = enroll(anna, "k");

	(void)state;
	/* at once: no reader is armed, and no badge looked at, for that */
	rig_expect(answer, "own-rights");
	rig_swipe(NEW_CODE);
	rig_run();
	assert_int_equal(rig_count("refused"), 0);
	assert_int_equal(rig_count("change.refused"), 1);
}

/* --- secrets --- */

static struct rig_answer *set_pin(const char *token, const char *key,
				  const char *pin)
{
	char *params =
		alloc_format("{'login':'anna','body':{'pin':'%s'}}", pin);
	struct rig_answer *answer =
		rig_administer(token, ACTION_OPERATOR_PIN, key, params, NULL);

	free(params);
	return answer;
}

/* The fast hash that whoever has the journal could try all PINs against. */
static void test_no_pin_can_be_guessed_from_the_record(void **state)
{
	static const char body[] =
		"{\"action\":\"operator.pin\",\"of\":\"\",\"parameters\":"
		"{\"body\":{\"pin\":\"4711\"},\"login\":\"anna\"},"
		"\"till\":\"1\"}";
	const char *maria = rig_sign_on("maria");
	uint8_t hash[HASH_SIZE];
	char text[HASH_TEXT_SIZE], *journal;

	(void)state;
	rig_expect(set_pin(maria, "k", "4711"), "");
	hash_sha256(body, strlen(body), hash);
	hash_to_hex(hash, HASH_SIZE, text);
	journal = store_rig_export(&rig.store);
	assert_non_null(strstr(journal, "\"kind\":\"operator.pin\""));
	assert_null(strstr(journal, text));
	assert_null(strstr(journal, "4711"));
	assert_null(strstr(journal, "Anna"));
	free(journal);
	rig_expect(set_pin(maria, "k", "4712"), "key-reused");
}

static void test_a_new_password_signs_off(void **state)
{
	const char *maria = rig_sign_on("maria"), *anna;

	(void)state;
	rig.uid = 1001;
	anna = rig_sign_on("anna");
	rig.uid = RIG_UID;
	rig_expect(rig_administer(maria, ACTION_OPERATOR_PASSWORD, "k",
				  "{'login':'anna','body':{"
				  "'password':'another-one'}}",
				  NULL),
		   "");
	rig.uid = 1001;
	rig_expect(rig_who_am_i(anna), "sign-on-required");
	rig_expect(rig_try_password("anna", "another-one"), "");
	rig_expect(rig_try_sign_on("anna"), "wrong-credentials");
	rig.uid = RIG_UID;
	/* who sets their own so goes on */
	rig_expect(rig_administer(maria, ACTION_OPERATOR_PASSWORD, "k2",
				  "{'login':'maria','body':{"
				  "'password':'another-one'}}",
				  NULL),
		   "");
	rig_expect(rig_who_am_i(maria), "");
}

/* Of somebody who was being signed on with the old one. */
static void test_a_new_password_meanwhile(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *change, *signing;

	(void)state;
	change = rig_administer(maria, ACTION_OPERATOR_PASSWORD, "k",
				"{'login':'anna','body':{"
				"'password':'another-one'}}",
				NULL);
	rig.uid = 1001;
	signing = rig_try_sign_on("anna");
	rig_expect(change, "");
	assert_true(signing->told);
	if (!*signing->code)
		rig_expect(rig_who_am_i(rig_text(signing, "token", NULL)),
			   "sign-on-required");
	else
		assert_string_equal(signing->code, "wrong-credentials");
}

/* --- people who go --- */

static void test_who_is_erased(void **state)
{
	const char *maria = rig_sign_on("maria"), *anna;
	const struct policy_operator *gone;
	char *id, *journal;

	(void)state;
	rig.uid = 1001;
	anna = rig_sign_on("anna");
	id = alloc_text(who("anna")->id);
	rig.uid = RIG_UID;
	rig_expect(rig_administer(maria, ACTION_OPERATOR_ERASE, "k", ANNA,
				  NULL),
		   "");
	assert_null(who("anna"));
	gone = policy_operator(rig.core->policy, id);
	assert_false(gone->active);
	assert_memory_equal(gone->name, "former-", 7);
	assert_string_equal(gone->name, gone->login);
	assert_int_equal(gone->badges_count, 0);
	assert_int_equal(gone->groups_count, 0);
	assert_null(gone->password);
	rig.uid = 1001;
	rig_expect(rig_who_am_i(anna), "sign-on-required");
	rig_expect(rig_try_sign_on("anna"), "wrong-credentials");
	journal = store_rig_export(&rig.store);
	assert_non_null(strstr(journal, id));
	assert_null(strstr(journal, "anna"));
	assert_null(strstr(journal, "Anna"));
	assert_int_equal(store_rig_verify(&rig.store).fault, JOURNAL_SOUND);
	free(journal);
	free(id);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_badge_is_enrolled_by_a_swipe),
		TEST(test_a_badge_that_somebody_has),
		TEST(test_a_blocked_badge_works_nowhere),
		TEST(test_a_badge_with_an_end),
		TEST(test_nothing_is_armed_before_it_is_decided),
		TEST(test_a_badge_by_consent),
		TEST(test_a_consent_runs_out_at_the_reader),
		TEST(test_the_right_may_go_while_one_waits),
		TEST(test_nobody_enrolls_for_themselves),
		TEST(test_no_pin_can_be_guessed_from_the_record),
		TEST(test_a_new_password_signs_off),
		TEST(test_a_new_password_meanwhile),
		TEST(test_who_is_erased),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: badges and secrets", tests,
					   NULL, NULL);
}
