/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ends with the people, rights and badges that it hung on; who is offered
 * a question and may answer it from elsewhere; who sees sign-ons and wrong
 * tries, and ends them.
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
		assert_string_not_equal(rig_text(rig_look_at(id), "state",
						 NULL),
					"approved");
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
	rig_change_policy("['" ANNAS_BADGE "']",
			  "[" BLOCKED(ANNAS_BADGE) "]");
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
	assert_string_equal(
		json_string_value(json_array_get(
			json_object_get(seen->body, "how"), 0)),
		"password");
	armed = rig_arm(anna, id);
	rig_expect(armed, "no-reader");
	assert_non_null(strstr(rig_text(armed, "detail", NULL), "card"));
	rig_expect(rig_give_pin(anna, id, "2580"), "pin-not-asked");
	rig_expect(rig_approve(id, "maria"), "");
	rig_expect(rig_open_drawer(anna, "k"), "");
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
	const struct prompt_pages pages = { 0 };
	const uint8_t body[HASH_SIZE] = { 0 };
	struct authorization_ask ask = { .action = "policy",
					 .at_box = true,
					 .till = "1",
					 .signon = "s",
					 .key = "k",
					 .body = body,
					 .device = "",
					 .sentence = "Anna asks.",
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
	text_copy(id, sizeof(id),
		  rig_text_of(list, "sign_ons", 0, "id", NULL));
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
	rig_expect(rig_end_sign_on(piotr, rig_text_of(own, "sign_ons", 0, "id",
						      NULL)),
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
		TEST(test_only_a_manager),
		TEST(test_consents_hear_nothing_of_the_wall_clock),
		TEST(test_sign_ons_and_the_wall_clock),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: void", tests, NULL,
					   NULL);
}
