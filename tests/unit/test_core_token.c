/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Consents given in advance: for whom, for what and how long, once whatever
 * happens, and what ends them.
 */
#include "core/operation.h"
#include "core/token.h"
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define BROKEN SQLITE_IOERR_WRITE
#define MINUTE (60 * 1000)

/* What is given, but for who gives it: "'action':'drawer.open'" and more. */
#define FOR_ANNA(what)                                                  \
	"{'requester':'anna','till':'1','password':'maria-password'," \
	what "}"
#define A_DRAWER FOR_ANNA("'action':'drawer.open'")

static struct {
	char maria[64]; /* her sign-on */
	char anna[64];
	char id[RANDOM_ID_SIZE];
	char token[RANDOM_TOKEN_SIZE];
} given;

static int set_up(void **state)
{
	memset(&given, 0, sizeof(given));
	return rig_set_up(state);
}

static void sign_maria_on(void)
{
	rig.uid = RIG_UID + 1;
	text_copy(given.maria, sizeof(given.maria), rig_sign_on("maria"));
	rig.uid = RIG_UID;
}

static struct rig_answer *as_maria(struct rig_answer *(*ask)(const char *token,
							     const char *what),
				   const char *what)
{
	struct rig_answer *answer;

	rig.uid = RIG_UID + 1;
	answer = ask(given.maria, what);
	rig.uid = RIG_UID;
	return answer;
}

static struct rig_answer *marias_list(void)
{
	struct rig_answer *list;

	rig.uid = RIG_UID + 1;
	list = rig_list_tokens(given.maria);
	rig.uid = RIG_UID;
	rig_expect(list, "");
	return list;
}

static void give(const char *what)
{
	struct rig_answer *answer;

	if (!*given.maria)
		sign_maria_on();
	answer = as_maria(rig_give, what);
	rig_expect(answer, "");
	assert_int_equal(answer->status, 201);
	text_copy(given.id, sizeof(given.id), rig_text(answer, "id", NULL));
	text_copy(given.token, sizeof(given.token),
		  rig_text(answer, "token", NULL));
	rig.consent = given.token;
}

static void expect_refused(const char *what, const char *code)
{
	if (!*given.maria)
		sign_maria_on();
	rig_expect(as_maria(rig_give, what), code);
}

static int drawers(void)
{
	return rig.moved[DEVICE_DRAWER];
}

static struct rig_answer *check(const char *token, const char *key,
				const char *parameters)
{
	return rig_act(token, ACTION_CHECK, key, NULL, parameters);
}

/* --- giving --- */

static void test_what_is_given_is_shown_once(void **state)
{
	struct rig_answer *list;
	char *journal;

	(void)state;
	give(A_DRAWER);
	assert_int_equal(strlen(given.token), RANDOM_TOKEN_SIZE - 1);
	list = marias_list();
	assert_int_equal(rig_size(list, "tokens"), 1);
	assert_string_equal(rig_text_of(list, "tokens", 0, "id", NULL),
			    given.id);
	assert_string_equal(
		rig_text_of(list, "tokens", 0, "requester", "name"), "Anna");
	assert_string_equal(rig_text_of(list, "tokens", 0, "token", NULL), "");
	journal = store_rig_export(&rig.store);
	assert_null(strstr(journal, given.token));
	assert_int_equal(rig_count("token.given"), 1);
	free(journal);
}

static void test_who_may_give_what_to_whom(void **state)
{
	(void)state;
	expect_refused("{'requester':'anna','till':'1','action':'drawer.open',"
		       "'password':'wrong'}",
		       "wrong-credentials");
	expect_refused("{'requester':'maria','till':'1',"
		       "'action':'drawer.open','password':'maria-password'}",
		       "own-authorization");
	expect_refused("{'requester':'nobody','till':'1',"
		       "'action':'drawer.open','password':'maria-password'}",
		       "not-found");
	expect_refused("{'requester':'anna','till':'9',"
		       "'action':'drawer.open','password':'maria-password'}",
		       "not-found");
	expect_refused(FOR_ANNA("'action':'nothing'"), "bad-body");
	expect_refused(FOR_ANNA("'action':'operation.settle'"), "bad-body");
	expect_refused(FOR_ANNA("'action':'display.show'"), "bad-body");
	expect_refused(FOR_ANNA("'action':'payment'"), "bad-body");
	expect_refused(FOR_ANNA("'action':'price.change'"),
		       "may-not-authorize");
	expect_refused("{'requester':'anna','till':'1',"
		       "'action':'drawer.open'}",
		       "bad-body");
	expect_refused("{'requester':'anna','till':'1',"
		       "'action':'drawer.open','pin':'2580'}",
		       "bad-body");
	assert_int_equal(rig_count("token.given"), 0);
	assert_int_equal(rig_count("token.not-given"), 2);
	rig_expect(rig_give(NULL, A_DRAWER), "sign-on-required");
}

/* From another till, for one that the caller's uid may not act for. */
static void test_given_from_another_till(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *maria = rig_sign_on_at_back("maria");
	struct rig_answer *answer;

	(void)state;
	rig.uid = RIG_UID_BACK;
	answer = rig_give(maria, "{'requester':'anna','till':'1','pin':'2580',"
				 "'action':'drawer.open'}");
	rig.uid = RIG_UID;
	rig_expect(answer, "");
	rig.consent = rig_text(answer, "token", NULL);
	rig_expect(rig_open_drawer(anna, "k"), "");
}

static void test_who_could_not_authorize_there_hears_of_no_till(void **state)
{
	const char *piotr;
	struct rig_answer *answer;

	(void)state;
	rig_change_policy("'tills':['1','2','@box']", "'tills':['2','@box']");
	piotr = rig_sign_on_at_back("maria");
	rig.uid = RIG_UID_BACK;
	answer = rig_give(piotr, A_DRAWER);
	rig.uid = RIG_UID;
	rig_expect(answer, "not-found");
}

static void test_one_gives_only_so_many(void **state)
{
	struct rig_answer *answer;

	(void)state;
	for (int i = 0; i < 16; i++)
		give(A_DRAWER);
	answer = as_maria(rig_give, A_DRAWER);
	rig_expect(answer, "too-many-requests");
	rig_expect(as_maria(rig_revoke, given.id), "");
	give(A_DRAWER);
	assert_int_equal(rig_count("token.given"), 17);
}

static void test_what_could_not_be_written_was_not_given(void **state)
{
	struct rig_answer *answer;

	(void)state;
	sign_maria_on();
	rig_break_disk(BROKEN);
	answer = as_maria(rig_give, A_DRAWER);
	rig_run();
	rig_break_disk(0);
	assert_true(answer->told);
	assert_string_equal(answer->code, "disk-failed");
	assert_int_equal(rig_size(marias_list(), "tokens"), 0);
}

/* --- spending --- */

static void test_it_is_spent_once(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig_expect(rig_open_drawer(anna, "k"), "");
	assert_int_equal(drawers(), 1);
	rig_expect(rig_open_drawer(anna, "k"), ""); /* the same one */
	assert_int_equal(drawers(), 1);
	rig_expect(rig_open_drawer(anna, "k2"), "authorization-spent");
	rig_restart();
	rig_expect(rig_open_drawer(anna, "k3"), "authorization-spent");
	assert_int_equal(drawers(), 1);
	assert_int_equal(rig_count("intent"), 1);
	assert_int_equal(rig_count("refused"), 0);
}

static void test_the_intent_names_whose_consent_it_was(void **state)
{
	const char *anna = rig_sign_on("anna");
	char *journal, *intent, *wanted;

	(void)state;
	give(A_DRAWER);
	rig_expect(rig_open_drawer(anna, "k"), "");
	journal = store_rig_export(&rig.store);
	intent = strstr(journal, "\"kind\":\"intent\"");
	assert_non_null(intent);
	wanted = alloc_format("\"authorization\":\"%s\"", given.id);
	assert_non_null(strstr(journal, wanted));
	assert_non_null(strstr(journal, "\"how\":\"token\""));
	free(wanted);
	free(journal);
}

static void test_two_at_once_spend_it_once(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *first, *second;

	(void)state;
	give(A_DRAWER);
	first = rig_open_drawer(anna, "k1");
	second = rig_open_drawer(anna, "k2");
	rig_run();
	assert_int_equal(drawers(), 1);
	assert_true(first->told && second->told);
	assert_string_equal(first->code, "");
	assert_string_equal(second->code, "authorization-spent");
}

/* Whatever the loop believes, the transaction looks for itself. */
static void test_the_disk_knows_that_it_is_spent(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct txn *txn;

	(void)state;
	give(A_DRAWER);
	txn = txn_new(rig.store.store);
	txn_token_end(txn, given.id, TOKEN_SPENT);
	assert_int_equal(store_rig_commit(&rig.store, txn).error, 0);
	rig_expect(rig_open_drawer(anna, "k"), "authorization-spent");
	assert_int_equal(drawers(), 0);
	assert_int_equal(rig_count("intent"), 0);
}

static void test_an_intent_that_was_not_written_spends_nothing(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig_break_disk(BROKEN);
	rig_expect(rig_open_drawer(anna, "k"), "disk-failed");
	rig_break_disk(0);
	assert_int_equal(drawers(), 0);
	rig_expect(rig_open_drawer(anna, "k"), "");
	assert_int_equal(drawers(), 1);
}

static void test_it_outlives_the_daemon(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig_restart();
	rig_expect(rig_open_drawer(anna, "k"), "");
	assert_int_equal(drawers(), 1);
}

static void test_who_may_by_now_spends_nothing(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig_change_policy("'groups':['sell']", "'groups':['sell','lead']");
	rig_expect(rig_open_drawer(anna, "k"), "");
	rig_change_policy("'groups':['sell','lead']", "'groups':['sell']");
	rig_expect(rig_open_drawer(anna, "k2"), ""); /* by the token, now */
	rig_expect(rig_open_drawer(anna, "k3"), "authorization-spent");
	assert_int_equal(drawers(), 2);
}

static void test_who_gave_it_has_to_be_able_to_still(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig_change_policy("['drawer.open','report.daily'", "['report.daily'");
	rig_expect(rig_open_drawer(anna, "k"), "authorization-outdated");
	assert_int_equal(drawers(), 0);
}

/* --- what it is good for --- */

static void test_it_is_for_one_action_of_one_person(void **state)
{
	const char *anna;

	(void)state;
	give(A_DRAWER);
	rig_change_policy("'login':'piotr','name':'Piotr','groups':['lead']",
			  "'login':'piotr','name':'Piotr','groups':['sell']");
	rig_expect(rig_open_drawer(rig_sign_on("piotr"), "p"),
		   "authorization-not-yours");
	anna = rig_sign_on("anna");
	rig_expect(rig_print_z(anna, "z"), "authorization-mismatch");
	rig.consent = "not-one-that-was-ever-given";
	rig_expect(rig_open_drawer(anna, "k"), "authorization-not-found");
	rig.consent = given.token;
	rig_expect(rig_open_drawer(anna, "k"), "");
	assert_int_equal(drawers(), 1);
	assert_int_equal(rig_count("wrong-token"), 3);
}

static void test_it_is_for_one_till(void **state)
{
	const char *maria;

	(void)state;
	rig_change_policy("'id':'sell','tills':['1']",
			  "'id':'sell','tills':['1','2']");
	maria = rig_sign_on_at_back("maria");
	rig.uid = RIG_UID_BACK;
	rig_expect(rig_give(maria, "{'requester':'anna','till':'2',"
				   "'action':'drawer.open',"
				   "'password':'maria-password'}"),
		   "");
	rig.consent = rig_text(&rig.answers[rig.answers_count - 1], "token",
			       NULL);
	rig.uid = RIG_UID;
	rig_expect(rig_open_drawer(rig_sign_on("anna"), "k"),
		   "authorization-mismatch");
}

static const char pays[] = "'action':'payment','amount':1000";

static void test_no_more_than_the_greatest_amount(void **state)
{
	const char *anna;
	struct rig_answer *answer;
	char what[160];

	(void)state;
	rig_change_policy("'rights':{'cash_deposit':['read','add']}},"
			  "  {'id':'lead'",
			  "'rights':{}},  {'id':'lead'");
	snprintf(what, sizeof(what), FOR_ANNA("%s"), pays);
	give(what);
	anna = rig_sign_on("anna");
	answer = rig_act(anna, ACTION_PAYMENT, "k1", NULL, "{'amount':1001}");
	rig_expect(answer, "authorization-mismatch");
	answer = rig_act(anna, ACTION_PAYMENT, "k2", NULL, "{'amount':1000}");
	rig_expect(answer, "");
	assert_int_equal(rig.moved[DEVICE_TERMINAL], 1);
}

static void test_a_reversal_is_of_its_payments_amount(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *paid =
		rig_act(anna, ACTION_PAYMENT, "p", NULL, "{'amount':1234}");
	const char *payment;

	(void)state;
	rig_expect(paid, "");
	payment = rig_text(paid, "id", NULL);
	give(FOR_ANNA("'action':'payment.cancel','amount':1233"));
	rig_expect(rig_act(anna, ACTION_PAYMENT_CANCEL, "c", payment,
			   "{'reason':'back'}"),
		   "authorization-mismatch");
	give(FOR_ANNA("'action':'payment.cancel','amount':1234"));
	rig_expect(rig_act(anna, ACTION_PAYMENT_CANCEL, "c", payment,
			   "{'reason':'back'}"),
		   "");
}

static void test_what_has_no_amount_ignores_it(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(FOR_ANNA("'action':'drawer.open','amount':1"));
	rig_expect(rig_open_drawer(anna, "k"), "");
}

/* An app that asks for something of its own has to say how much. */
static void test_a_check_says_how_much(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(FOR_ANNA("'action':'report.daily','amount':500"));
	rig_expect(check(anna, "k1", "{'action':'report.daily'}"),
		   "authorization-mismatch");
	rig_expect(check(anna, "k2",
			 "{'action':'report.daily','amount':501}"),
		   "authorization-mismatch");
	rig_expect(check(anna, "k3", "{'action':'report.daily','amount':500}"),
		   "");
	rig_expect(check(anna, "k4", "{'action':'report.daily','amount':500}"),
		   "authorization-spent");
	assert_int_equal(rig_count("check"), 1);
}

/* --- guessing --- */

static void test_wrong_ones_are_slowed_down(void **state)
{
	const char *anna = rig_sign_on("anna");
	char key[8];

	(void)state;
	give(A_DRAWER);
	rig.consent = "guessed";
	for (int i = 0; i < 4; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		rig_expect(rig_open_drawer(anna, key),
			   "authorization-not-found");
	}
	rig_expect(rig_open_drawer(anna, "k"), "slow-down");
	rig.consent = given.token;
	rig_expect(rig_open_drawer(anna, "k"), "slow-down");
	rig_restart();
	rig_break_disk(0);
	rig_expect(rig_open_drawer(anna, "k"), ""); /* two seconds later */
	assert_int_equal(rig_count("wrong-token"), 4);
	rig.consent = "guessed"; /* the right one has forgiven them */
	rig_expect(rig_open_drawer(anna, "l"), "authorization-not-found");
	rig_expect(rig_open_drawer(anna, "m"), "authorization-not-found");
}

static void test_a_wrong_one_that_can_not_be_recorded_is_counted(void **state)
{
	const char *anna = rig_sign_on("anna");
	char key[8];

	(void)state;
	rig.consent = "guessed";
	rig_break_disk(BROKEN);
	for (int i = 0; i < 4; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		rig_expect(rig_open_drawer(anna, key), "disk-failed");
	}
	rig_expect(rig_open_drawer(anna, "k"), "slow-down");
	rig_break_disk(0);
}

/* --- time --- */

static void expect_gone(const char *anna, const char *key)
{
	rig_expect(rig_open_drawer(anna, key), "authorization-expired");
	assert_int_equal(drawers(), 0);
}

static void test_a_quarter_of_an_hour(void **state)
{
	const char *anna;

	(void)state;
	give(A_DRAWER);
	rig_advance(15 * MINUTE - 1000);
	anna = rig_sign_on("anna");
	rig_advance(1000);
	expect_gone(anna, "k");
}

static void test_up_to_the_last_second(void **state)
{
	const char *anna;

	(void)state;
	give(FOR_ANNA("'action':'drawer.open','minutes':2"));
	rig_advance(2 * MINUTE - 1000);
	anna = rig_sign_on("anna");
	rig_expect(rig_open_drawer(anna, "k"), "");
}

static void test_it_is_dead_once_the_clock_steps_back(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig_advance(5 * MINUTE);
	rig.store.fake.wall_offset -= 2000; /* still after it was given */
	expect_gone(anna, "k");
	assert_int_equal(rig_count("token.void"), 1);
	rig.store.fake.wall_offset += 2000;
	expect_gone(anna, "k2"); /* and stays so */
	give(A_DRAWER);
	rig_expect(rig_open_drawer(anna, "k3"), "");
}

static void test_a_correction_is_no_step(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig.store.fake.wall_offset -= 500;
	rig_expect(rig_open_drawer(anna, "k"), "");
}

static void test_many_small_steps_are_one(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	for (int i = 0; i < 3; i++) {
		rig.store.fake.wall_offset -= 500;
		rig_advance(MINUTE);
	}
	expect_gone(anna, "k");
}

static void test_the_clock_is_set_back_while_the_daemon_is_down(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(FOR_ANNA("'action':'drawer.open','minutes':60"));
	rig_advance(10 * MINUTE); /* which is noted */
	rig.store.fake.wall_offset -= 5 * MINUTE;
	rig_restart();
	expect_gone(anna, "k");
	rig_restart();
	expect_gone(anna, "k2");
	assert_int_equal(rig_count("token.void"), 1);
}

static void test_the_clock_is_set_forward(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig.store.fake.wall_offset += 14 * MINUTE;
	rig_advance(1000);
	rig_expect(rig_open_drawer(anna, "k"), ""); /* a minute is left */
	give(A_DRAWER);
	rig.store.fake.wall_offset += 16 * MINUTE;
	rig_expect(rig_open_drawer(anna, "k2"), "authorization-expired");
	assert_int_equal(drawers(), 1);
}

/* What was given is kept an hour past its time, to be told from what never was;
 * then it is nothing. */
static void test_in_the_end_it_is_forgotten(void **state)
{
	(void)state;
	give(A_DRAWER);
	rig_advance(74 * MINUTE);
	rig_expect(rig_open_drawer(rig_sign_on("anna"), "k"),
		   "authorization-expired");
	rig_advance(4 * MINUTE);
	rig_restart();
	rig_expect(rig_open_drawer(rig_sign_on("anna"), "k2"),
		   "authorization-not-found");
}

/* --- what ends it --- */

static void test_it_ends_with_the_sign_on(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig_expect(rig_sign_off(anna), "");
	expect_gone(rig_sign_on("anna"), "k");
}

static void test_signing_on_again_does_not_end_it(void **state)
{
	const char *anna;

	(void)state;
	rig_sign_on("anna");
	give(A_DRAWER);
	anna = rig_sign_on("anna"); /* in place of the first */
	rig_expect(rig_open_drawer(anna, "k"), "");
}

/* It is for somebody who may not be there yet. */
static void test_the_supervisors_sign_on_does_not_matter(void **state)
{
	(void)state;
	give(A_DRAWER);
	rig.uid = RIG_UID + 1;
	rig_expect(rig_sign_off(given.maria), "");
	rig.uid = RIG_UID;
	rig_expect(rig_open_drawer(rig_sign_on("anna"), "k"), "");
}

static void test_it_ends_with_the_session(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	tokens_end_session(rig.core, "2");
	tokens_end_session(rig.core, "1");
	expect_gone(anna, "k");
	assert_int_equal(rig_count("token.void"), 1);
}

static void test_revoked_by_who_gave_it(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig_expect(as_maria(rig_revoke, given.id), "");
	rig_expect(rig_open_drawer(anna, "k"), "authorization-withdrawn");
	rig_expect(as_maria(rig_revoke, given.id), "authorization-withdrawn");
	rig_restart();
	rig_expect(rig_open_drawer(anna, "k"), "authorization-withdrawn");
	assert_int_equal(drawers(), 0);
}

static void test_seen_and_revoked_by_those_whom_it_concerns(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *piotr;
	struct rig_answer *list;

	(void)state;
	give(FOR_ANNA("'action':'report.z'"));
	list = rig_list_tokens(anna); /* it is for her */
	rig_expect(list, "");
	assert_int_equal(rig_size(list, "tokens"), 1);
	rig.uid = RIG_UID + 1; /* Maria signs off with that; it stays */
	piotr = rig_sign_on("piotr");
	list = rig_list_tokens(piotr); /* he could not give that */
	rig_expect(list, "");
	assert_int_equal(rig_size(list, "tokens"), 0);
	rig_expect(rig_revoke(piotr, given.id), "authorization-not-found");
	sign_maria_on();
	give(A_DRAWER); /* which he could */
	rig.uid = RIG_UID + 1;
	piotr = rig_sign_on("piotr");
	rig_expect(rig_list_tokens(NULL), "sign-on-required");
	rig_expect(rig_revoke(NULL, given.id), "sign-on-required");
	rig_expect(rig_revoke(piotr, given.id), "");
	rig.uid = RIG_UID;
	rig_expect(rig_open_drawer(anna, "k"), "authorization-withdrawn");
}

/* It holds, whatever the disk says, and is written once that can be. */
static void test_a_revocation_that_could_not_be_written_holds(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig_break_disk(BROKEN);
	rig_expect(as_maria(rig_revoke, given.id), "disk-failed");
	rig_break_disk(0);
	rig_expect(rig_open_drawer(anna, "k"), "authorization-withdrawn");
	rig_advance(MINUTE);
	rig_restart();
	expect_gone(anna, "k2");
	assert_int_equal(rig_count("token.void"), 1);
}

static void test_it_ends_with_who_gave_it(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig_change_policy("'operators':[",
			  "'operators':[{'login':'eva','name':'Eva',"
			  "'groups':['manage'],'password':'eva-password'},");
	rig_change_policy("'login':'maria','name':'Maria','role':'manager',",
			  "'login':'maria','name':'Maria','role':'manager',"
			  "'active':false,");
	expect_gone(anna, "k");
	assert_int_equal(rig_count("token.void"), 1);
}

static void test_it_ends_with_whom_it_is_for(void **state)
{
	(void)state;
	give(A_DRAWER);
	rig_change_policy("'login':'anna',", "'login':'anna','active':false,");
	rig_change_policy("'login':'anna','active':false,", "'login':'anna',");
	expect_gone(rig_sign_on("anna"), "k");
}

/* What ends it while its intent is being written comes too late; if that is
 * not written it has ended. */
static void test_what_ends_it_while_it_is_being_spent(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *opening;

	(void)state;
	give(A_DRAWER);
	opening = rig_open_drawer(anna, "k");
	while (!operation_by_key(rig.core, "1", RIG_UID, "k"))
		rig_work_once();
	tokens_end_session(rig.core, "1");
	rig_break_disk(BROKEN);
	rig_expect(opening, "disk-failed");
	rig_break_disk(0);
	expect_gone(anna, "k");
	give(A_DRAWER);
	opening = rig_open_drawer(anna, "k2");
	while (!operation_by_key(rig.core, "1", RIG_UID, "k2"))
		rig_work_once();
	tokens_end_session(rig.core, "1");
	rig_expect(opening, "");
	rig_expect(rig_open_drawer(anna, "k3"), "authorization-spent");
	assert_int_equal(drawers(), 1);
}

/* A backup knows nothing of what was spent since. */
static void test_none_comes_back_from_the_past(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	give(A_DRAWER);
	rig_stop();
	store_rig_keep(&rig.store, "tilld.db");
	rig_go_on();
	rig_expect(rig_open_drawer(anna, "k"), "");
	rig_stop();
	store_rig_bring_back(&rig.store, "tilld.db");
	rig_go_on();
	assert_true(store_is_rolled_back(rig.store.store));
	assert_int_equal(rig_count("token.void"), 1);
	assert_int_equal(rig_size(marias_list(), "tokens"), 0);
}

/* --- power cuts --- */

#define CUTS_MAX 60

/* Opens the drawer by the token, until the power is cut at that write. */
static bool is_cut_at(int write, unsigned int seed)
{
	pid_t child;
	int status;

	rig_stop();
	child = fork();
	if (!child) {
		rig_go_on();
		fault_vfs_cut(write, write % 2, seed);
		rig_open_drawer(given.anna, "k1");
		rig_run();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	rig_go_on();
	return WEXITSTATUS(status) == FAULT_VFS_CUT;
}

/* Spent with the intent, or neither: whichever it is, there is one opening in
 * the end, and never two. */
static void spend_again(void)
{
	bool spent = rig_count("intent");

	rig_expect(rig_open_drawer(given.anna, "k2"),
		   spent ? "authorization-spent" : "");
	assert_int_equal(rig_count("intent"), 1);
}

static void test_the_power_is_cut_while_it_is_spent(void **state)
{
	int write = 0, spent = 0;
	bool cut = true;

	(void)state;
	while (cut && write++ < CUTS_MAX) {
		text_copy(given.anna, sizeof(given.anna), rig_sign_on("anna"));
		give(A_DRAWER);
		cut = is_cut_at(write, (unsigned int)write);
		spent += rig_count("intent");
		spend_again();
		rig_tear_down(state);
		set_up(state);
	}
	assert_false(cut); /* by now it went through */
	assert_in_range(spent, 2, write - 2);
}

int main(void)
{
#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_given_is_shown_once),
		TEST(test_who_may_give_what_to_whom),
		TEST(test_given_from_another_till),
		TEST(test_who_could_not_authorize_there_hears_of_no_till),
		TEST(test_one_gives_only_so_many),
		TEST(test_what_could_not_be_written_was_not_given),
		TEST(test_it_is_spent_once),
		TEST(test_the_intent_names_whose_consent_it_was),
		TEST(test_two_at_once_spend_it_once),
		TEST(test_the_disk_knows_that_it_is_spent),
		TEST(test_an_intent_that_was_not_written_spends_nothing),
		TEST(test_it_outlives_the_daemon),
		TEST(test_who_may_by_now_spends_nothing),
		TEST(test_who_gave_it_has_to_be_able_to_still),
		TEST(test_it_is_for_one_action_of_one_person),
		TEST(test_it_is_for_one_till),
		TEST(test_no_more_than_the_greatest_amount),
		TEST(test_a_reversal_is_of_its_payments_amount),
		TEST(test_what_has_no_amount_ignores_it),
		TEST(test_a_check_says_how_much),
		TEST(test_wrong_ones_are_slowed_down),
		TEST(test_a_wrong_one_that_can_not_be_recorded_is_counted),
		TEST(test_a_quarter_of_an_hour),
		TEST(test_up_to_the_last_second),
		TEST(test_it_is_dead_once_the_clock_steps_back),
		TEST(test_a_correction_is_no_step),
		TEST(test_many_small_steps_are_one),
		TEST(test_the_clock_is_set_back_while_the_daemon_is_down),
		TEST(test_the_clock_is_set_forward),
		TEST(test_in_the_end_it_is_forgotten),
		TEST(test_it_ends_with_the_sign_on),
		TEST(test_signing_on_again_does_not_end_it),
		TEST(test_the_supervisors_sign_on_does_not_matter),
		TEST(test_it_ends_with_the_session),
		TEST(test_revoked_by_who_gave_it),
		TEST(test_seen_and_revoked_by_those_whom_it_concerns),
		TEST(test_a_revocation_that_could_not_be_written_holds),
		TEST(test_it_ends_with_who_gave_it),
		TEST(test_it_ends_with_whom_it_is_for),
		TEST(test_what_ends_it_while_it_is_being_spent),
		TEST(test_none_comes_back_from_the_past),
		TEST(test_the_power_is_cut_while_it_is_spent),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: token", tests, NULL,
					   NULL);
}
