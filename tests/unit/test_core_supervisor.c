/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is offered a question, and answers it by word, also from elsewhere; who
 * sees sign-ons and wrong tries, and ends them.
 */
#include "core/authorization.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/message.h"
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

#define PIOTR "'login':'piotr',"
#define FRONT "'clients':{'users':[1000,"

static void expect_state(const char *id, const char *state)
{
	const struct rig_answer *seen = rig_look_at(id);

	rig_expect(seen, "");
	assert_string_equal(rig_text(seen, "state", NULL), state);
}

/* --- by word --- */

static void test_a_pin_only_where_the_till_takes_one(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");
	const char word[] = "{'login':'maria','pin':'2580'}";

	(void)state;
	rig_expect(rig_answer_from(NULL, id, word, true), "bad-body");
	rig_change_policy(FRONT, "'pin_sign_on':true," FRONT);
	rig_expect(rig_answer_from(NULL, id,
				   "{'login':'maria','pin':'2580',"
				   "'password':'maria-password'}",
				   true),
		   "bad-body");
	rig_expect(rig_answer_from(NULL, id, "{'login':'maria','pin':'0000'}",
				   true),
		   "wrong-credentials");
	rig_expect(rig_answer_from(NULL, id, word, true), "");
	expect_state(id, "approved");
}

/* --- the reader --- */

static void test_it_is_not_armed_without_end(void **state)
{
	const char *anna = rig_sign_on("anna"), *other;
	char key[8];

	(void)state;
	for (int i = 0; i < 12; i++) {
		const char *id;

		snprintf(key, sizeof(key), "k%d", i);
		id = rig_ask(anna, key);
		rig_expect(rig_arm(anna, id), "");
		rig_expect(rig_withdraw(anna, id), "");
	}
	rig_expect(rig_arm(anna, rig_ask(anna, "k")), "too-many-requests");
	rig.uid = RIG_UID + 1; /* another client is not bothered by that */
	other = rig_sign_on("anna");
	rig_expect(rig_arm(other, rig_ask(other, "k")), "");
}

/* --- from elsewhere --- */

#define MARIAS_WORD "{'password':'maria-password'}"

static struct rig_answer *from_the_back(const char *token, const char *id,
					const char *secret, bool approve)
{
	struct rig_answer *answer;

	rig.uid = RIG_UID_BACK;
	answer = rig_answer_from(token, id, secret, approve);
	rig.uid = RIG_UID;
	return answer;
}

static struct rig_answer *asked_at(const char *token, const char *till)
{
	struct rig_answer *answer;

	rig.uid = RIG_UID_BACK;
	answer = rig_list_questions(token, till);
	rig.uid = RIG_UID;
	rig_expect(answer, "");
	return answer;
}

static struct rig_answer *looked_at(const char *token, const char *id)
{
	struct rig_answer *answer;

	rig.uid = RIG_UID_BACK;
	authorization_show(rig.core, rig_caller(token, &answer), id);
	rig.uid = RIG_UID;
	return answer;
}

static void test_consented_to_from_another_till(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *maria = rig_sign_on_at_back("maria");
	const char *id = rig_ask(anna, "k");
	const struct rig_answer *asked = asked_at(maria, NULL);
	char *journal;

	(void)state;
	assert_int_equal(rig_size(asked, "authorizations"), 1);
	assert_string_equal(rig_text_of(asked, "authorizations", 0, "id", NULL),
			    id);
	assert_int_equal(rig_size(asked_at(maria, "2"), "authorizations"), 0);
	assert_int_equal(rig_size(asked_at(maria, "1"), "authorizations"), 1);
	rig_expect(looked_at(maria, id), "");
	rig_expect(looked_at(NULL, id), "authorization-not-found");
	rig_expect(from_the_back(maria, id, "{'password':'wrong'}", true),
		   "wrong-credentials");
	rig_expect(from_the_back(maria, id, "{}", true), "bad-body");
	rig_expect(from_the_back(maria, id, MARIAS_WORD, true), "");
	expect_state(id, "approved");
	assert_int_equal(rig_size(asked_at(maria, NULL), "authorizations"), 0);
	rig_expect(rig_open_drawer(anna, "k"), "");
	journal = store_rig_export(&rig.store);
	assert_non_null(strstr(journal, "\"approver_signon\""));
	free(journal);
}

static void test_by_pin_where_their_own_till_takes_one(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *maria = rig_sign_on_at_back("maria");
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_expect(from_the_back(maria, id, "{'pin':'2580'}", true), "");
	rig.uid = RIG_UID + 1;
	maria = rig_sign_on("maria");
	rig.uid = RIG_UID;
	id = rig_ask(anna, "k2");
	rig.uid = RIG_UID + 1;
	rig_expect(rig_answer_from(maria, id, "{'pin':'2580'}", true),
		   "bad-body");
}

static void test_refused_from_another_till(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *maria = rig_sign_on_at_back("maria");
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_expect(from_the_back(maria, id, MARIAS_WORD, false), "");
	expect_state(id, "denied");
}

/* Whoever could not answer it does not learn that there is such a question. */
static void test_from_where_it_does_not_exist(void **state)
{
	const char *anna, *id, *piotr;

	(void)state;
	rig_change_policy("'id':'lead','tills':['1']",
			  "'id':'lead','tills':['2']");
	anna = rig_sign_on("anna");
	piotr = rig_sign_on_at_back("piotr");
	id = rig_ask(anna, "k");
	assert_int_equal(rig_size(asked_at(piotr, NULL), "authorizations"), 0);
	rig_expect(looked_at(piotr, id), "authorization-not-found");
	rig_expect(from_the_back(piotr, id, "{'password':'piotr-password'}",
				 true),
		   "authorization-not-found");
	rig_expect(from_the_back(NULL, id, MARIAS_WORD, true),
		   "sign-on-required");
	rig_expect(rig_list_questions(NULL, NULL), "sign-on-required");
	expect_state(id, "pending");
}

static void test_nobody_answers_themselves_from_elsewhere(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");
	struct rig_answer *asked = rig_list_questions(anna, NULL);

	(void)state;
	rig_expect(asked, "");
	assert_int_equal(rig_size(asked, "authorizations"), 0);
	rig_expect(rig_answer_from(anna, id, "{'password':'anna-password'}",
				   true),
		   "own-authorization");
}

/* The word counts for as long as the sign-on does. */
static void test_signed_off_meanwhile(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *maria = rig_sign_on_at_back("maria");
	const char *id = rig_ask(anna, "k");
	struct rig_answer *answer, *off;

	(void)state;
	answer = from_the_back(maria, id, MARIAS_WORD, true);
	rig.uid = RIG_UID_BACK;
	off = rig_sign_off(maria);
	rig.uid = RIG_UID;
	rig_expect(answer, "sign-on-required");
	rig_expect(off, "");
	expect_state(id, "pending");
}

/* Restrictions of where somebody may work do not bind who consents. */
static void test_who_is_kept_away_may_still_consent(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	rig_change_policy(PIOTR, PIOTR "'restricted':true,"
				       "'access_tills':['2'],");
	rig_expect(rig_approve(rig_ask(anna, "k"), "piotr"), "");
	rig_expect(rig_open_drawer(anna, "k"), "");
}

/* --- who is offered --- */

static void test_supervisors_by_name(void **state)
{
	const char *id = rig_ask(rig_sign_on("anna"), "k");
	const struct rig_answer *all = rig_list_supervisors(id, NULL);
	const struct rig_answer *some = rig_list_supervisors(id, "iot");
	const struct rig_answer *none = rig_list_supervisors(id, "ann");

	(void)state;
	rig_expect(all, "");
	assert_int_equal(rig_size(all, "supervisors"), 2);
	assert_int_equal(json_int(all->body, "total", 0), 2);
	assert_string_equal(rig_text_of(all, "supervisors", 0, "name", NULL),
			    "Maria");
	assert_int_equal(rig_size(some, "supervisors"), 1);
	assert_string_equal(rig_text_of(some, "supervisors", 0, "name", NULL),
			    "Piotr");
	assert_int_equal(rig_size(none, "supervisors"), 0);
	rig_expect(rig_list_supervisors("nothing", NULL),
		   "authorization-not-found");
}

static void test_so_many_supervisors_are_told_in_part(void **state)
{
	char *many = alloc_text("'operators':["), *more;
	const struct rig_answer *all;

	(void)state;
	for (int i = 0; i < 30; i++) {
		more = alloc_format("%s{'login':'s%d','name':'Sub %d',"
				    "'groups':['lead'],"
				    "'password':'a-long-password'},",
				    many, i, i);
		free(many);
		many = more;
	}
	rig_change_policy("'operators':[", many);
	free(many);
	all = rig_list_supervisors(rig_ask(rig_sign_on("anna"), "k"), NULL);
	rig_expect(all, "");
	assert_int_equal(rig_size(all, "supervisors"), 20);
	assert_int_equal(json_int(all->body, "total", 0), 32);
}

/* What belongs to no till is for those who may at @box. */
static void test_supervisors_of_what_belongs_to_the_box(void **state)
{
	CLEANUP_JSON json_t *question = message_new("Anna asks.", NULL);
	const struct prompt_pages pages = { 0 };
	const uint8_t body[HASH_SIZE] = { 0 };
	struct authorization_ask ask = { .action = "policy",
					 .at_box = true,
					 .till = "1",
					 .done_at = "",
					 .signon = "s",
					 .session = "",
					 .key = "k",
					 .body = body,
					 .device = "",
					 .question = question,
					 .pages = &pages };
	const struct authorization *asked;
	const struct rig_answer *all;

	(void)state;
	rig_change_policy("'id':'lead','tills':['1'],'permissions':[",
			  "'id':'lead','tills':['1'],"
			  "'permissions':['config.access',");
	ask.operator= policy_login(rig.core->policy, "anna")->id;
	demand_add(&ask.missing,
		   rights_of_permission(PERMISSION_CONFIG_ACCESS));
	asked = authorization_ask(rig.core, &ask);
	rig_run();
	all = rig_list_supervisors(authorization_id(asked), NULL);
	rig_expect(all, "");
	assert_int_equal(rig_size(all, "supervisors"), 1);
	assert_string_equal(rig_text_of(all, "supervisors", 0, "name", NULL),
			    "Maria");
	all = rig_look_at(authorization_id(asked));
	rig_expect(all, "");
	assert_int_equal(rig_size(all, "approvers"), 1);
}

/* --- sign-ons --- */

static void test_ones_own_sign_ons(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *other;
	struct rig_answer *list;
	char id[RANDOM_ID_SIZE];

	(void)state;
	rig.uid = RIG_UID + 1;
	rig_sign_on("maria");
	other = rig_sign_on("anna");
	rig.uid = RIG_UID;
	list = rig_list_sign_ons(anna);
	rig_expect(list, "");
	assert_int_equal(rig_size(list, "sign_ons"), 2);
	text_copy(id, sizeof(id), rig_text_of(list, "sign_ons", 0, "id", NULL));
	rig_expect(rig_end_sign_on(anna, "nothing"), "not-found");
	rig_expect(rig_end_sign_on(anna, id), "");
	rig.uid = RIG_UID + 1;
	rig_expect(rig_who_am_i(other), "sign-on-required");
	rig.uid = RIG_UID;
	list = rig_list_sign_ons(anna);
	rig_expect(list, "");
	assert_int_equal(rig_size(list, "sign_ons"), 1);
	rig_expect(rig_list_sign_ons(NULL), "sign-on-required");
}

static void test_all_sign_ons(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *maria = rig_sign_on_at_back("maria");
	const char *id = rig_ask(anna, "k");
	struct rig_answer *list;

	(void)state;
	rig.uid = RIG_UID_BACK;
	list = rig_list_sign_ons(maria); /* config.access at @box */
	rig_expect(list, "");
	assert_int_equal(rig_size(list, "sign_ons"), 2);
	assert_string_equal(
		rig_text_of(list, "sign_ons", 1, "operator", "name"), "Anna");
	rig_expect(rig_end_sign_on(maria, rig_text_of(list, "sign_ons", 1, "id",
						      NULL)),
		   "");
	rig.uid = RIG_UID;
	rig_expect(rig_who_am_i(anna), "sign-on-required");
	expect_state(id, "void");
	rig.uid = 0; /* the owner, signed on or not */
	list = rig_list_sign_ons(NULL);
	rig_expect(list, "");
	assert_int_equal(rig_size(list, "sign_ons"), 1);
	rig_expect(rig_end_sign_on(NULL, rig_text_of(list, "sign_ons", 0, "id",
						     NULL)),
		   "");
}

/* Of another's nobody learns whether it is there. */
static void test_anothers_sign_on(void **state)
{
	struct rig_answer *own;
	const char *piotr;

	(void)state;
	rig_sign_on("anna");
	rig.uid = 0;
	own = rig_list_sign_ons(NULL);
	rig_expect(own, "");
	rig.uid = RIG_UID + 1;
	piotr = rig_sign_on("piotr");
	rig_expect(rig_end_sign_on(piotr,
				   rig_text_of(own, "sign_ons", 0, "id", NULL)),
		   "not-found");
}

/* --- guessing --- */

static const char *marias_sign_on(void)
{
	const char *maria;

	rig.uid = RIG_UID + 1;
	maria = rig_sign_on("maria");
	return maria;
}

static void guess(const char *login, int times)
{
	for (int i = 0; i < times; i++)
		rig_expect(rig_try_password(login, "wrong-password"),
			   "wrong-credentials");
}

static void test_a_manager_sees_and_clears(void **state)
{
	struct rig_answer *list;
	const char *maria;
	char subject[96];

	(void)state;
	guess("piotr", 4);
	guess("my-password-in-the-wrong-field", 1);
	rig_expect(rig_try_password("piotr", "piotr-password"), "slow-down");
	maria = marias_sign_on();
	list = rig_list_guesses(maria);
	rig_expect(list, "");
	assert_int_equal(json_int(list->body, "total", 0), 3);
	assert_int_equal(rig_size(list, "guesses"), 3);
	assert_string_equal(rig_text_of(list, "guesses", 0, "kind", NULL),
			    "client");
	assert_string_equal(rig_text_of(list, "guesses", 1, "operator", "name"),
			    "Piotr");
	assert_string_equal(rig_text_of(list, "guesses", 2, "kind", NULL),
			    "unknown-login");
	assert_null(strstr(rig_text_of(list, "guesses", 2, "subject", NULL),
			   "my-password"));
	text_copy(subject, sizeof(subject),
		  rig_text_of(list, "guesses", 1, "subject", NULL));
	rig_expect(rig_clear_guesses(maria, "operator:nobody@1"), "not-found");
	rig_expect(rig_clear_guesses(maria, "nonsense"), "not-found");
	rig_expect(rig_clear_guesses(maria, subject), "");
	rig.uid = RIG_UID;
	rig_expect(rig_try_password("piotr", "piotr-password"), "");
	assert_int_equal(rig_count("guesses.cleared"), 1);
}

static void test_what_was_not_written_was_not_cleared(void **state)
{
	struct rig_answer *list;
	const char *maria;

	(void)state;
	guess("piotr", 5 - 1);
	maria = marias_sign_on();
	list = rig_list_guesses(maria);
	rig_expect(list, "");
	rig_break_disk(BROKEN);
	rig_expect(rig_clear_guesses(maria, rig_text_of(list, "guesses", 1,
							"subject", NULL)),
		   "disk-failed");
	rig_break_disk(0);
	rig.uid = RIG_UID;
	rig_expect(rig_try_password("piotr", "piotr-password"), "slow-down");
}

/* Neither at another till, nor by badge at this one. */
static void test_guessing_keeps_nobody_out_elsewhere(void **state)
{
	(void)state;
	guess("maria", 4);
	rig_expect(rig_try_password("maria", "maria-password"), "slow-down");
	rig_sign_on_at_back("maria");
	rig_sign_on_by_badge(MARIAS_BADGE);
	rig_expect(rig_try_password("piotr", "piotr-password"), "");
}

static void test_only_a_manager(void **state)
{
	const char *piotr = rig_sign_on("piotr");

	(void)state;
	rig_expect(rig_list_guesses(NULL), "sign-on-required");
	rig_expect(rig_list_guesses(piotr), "managers-only");
	rig_expect(rig_clear_guesses(piotr, "uid:1000@1"), "managers-only");
	rig.uid = 0;
	rig_expect(rig_list_guesses(NULL), "");
}

int main(void)
{
#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_a_pin_only_where_the_till_takes_one),
		TEST(test_it_is_not_armed_without_end),
		TEST(test_consented_to_from_another_till),
		TEST(test_by_pin_where_their_own_till_takes_one),
		TEST(test_refused_from_another_till),
		TEST(test_from_where_it_does_not_exist),
		TEST(test_nobody_answers_themselves_from_elsewhere),
		TEST(test_signed_off_meanwhile),
		TEST(test_who_is_kept_away_may_still_consent),
		TEST(test_supervisors_by_name),
		TEST(test_so_many_supervisors_are_told_in_part),
		TEST(test_supervisors_of_what_belongs_to_the_box),
		TEST(test_ones_own_sign_ons),
		TEST(test_all_sign_ons),
		TEST(test_anothers_sign_on),
		TEST(test_a_manager_sees_and_clears),
		TEST(test_what_was_not_written_was_not_cleared),
		TEST(test_guessing_keeps_nobody_out_elsewhere),
		TEST(test_only_a_manager),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: supervisor", tests, NULL,
					   NULL);
}
