/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Consents given in advance: by whom, for whom and for what, and once, whatever
 * happens.
 */
#include "core/operation.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include "fault_vfs.h"
#include "token_bench.h"

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
static void expect_refused(const char *what, const char *code)
{
	if (!*given.maria)
		bench_sign_maria_on();
	rig_expect(bench_as_maria(rig_give, what), code);
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
	bench_give(A_DRAWER);
	assert_int_equal(strlen(given.token), RANDOM_TOKEN_SIZE - 1);
	list = bench_marias_list();
	assert_int_equal(rig_size(list, "tokens"), 1);
	assert_string_equal(rig_text_of(list, "tokens", 0, "id", NULL),
			    given.id);
	assert_string_equal(rig_text_of(list, "tokens", 0, "requester", "name"),
			    "Anna");
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
		bench_give(A_DRAWER);
	answer = bench_as_maria(rig_give, A_DRAWER);
	rig_expect(answer, "too-many-requests");
	rig_expect(bench_as_maria(rig_revoke, given.id), "");
	bench_give(A_DRAWER);
	assert_int_equal(rig_count("token.given"), 17);
}

static void test_what_could_not_be_written_was_not_given(void **state)
{
	struct rig_answer *answer;

	(void)state;
	bench_sign_maria_on();
	rig_break_disk(BROKEN);
	answer = bench_as_maria(rig_give, A_DRAWER);
	rig_run();
	rig_break_disk(0);
	assert_true(answer->told);
	assert_string_equal(answer->code, "disk-failed");
	assert_int_equal(rig_size(bench_marias_list(), "tokens"), 0);
}

/* --- spending --- */

static void test_it_is_spent_once(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig_expect(rig_open_drawer(anna, "k"), "");
	assert_int_equal(bench_drawers(), 1);
	rig_expect(rig_open_drawer(anna, "k"), ""); /* the same one */
	assert_int_equal(bench_drawers(), 1);
	rig_expect(rig_open_drawer(anna, "k2"), "authorization-spent");
	rig_restart();
	rig_expect(rig_open_drawer(anna, "k3"), "authorization-spent");
	assert_int_equal(bench_drawers(), 1);
	assert_int_equal(rig_count("intent"), 1);
	assert_int_equal(rig_count("refused"), 0);
}

/* Who was asked before does not have to answer any more. */
static void test_nobody_is_asked_any_longer(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = rig_ask(anna, "k");
	const struct rig_answer *seen;

	(void)state;
	bench_give(A_DRAWER);
	rig_expect(rig_open_drawer(anna, "k"), "");
	seen = rig_look_at(id);
	rig_expect(seen, "");
	assert_string_equal(rig_text(seen, "state", NULL), "void");
}

static void test_the_intent_names_whose_consent_it_was(void **state)
{
	const char *anna = rig_sign_on("anna");
	char *journal, *intent, *wanted;

	(void)state;
	bench_give(A_DRAWER);
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
	bench_give(A_DRAWER);
	first = rig_open_drawer(anna, "k1");
	second = rig_open_drawer(anna, "k2");
	rig_run();
	assert_int_equal(bench_drawers(), 1);
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
	bench_give(A_DRAWER);
	txn = txn_new(rig.store.store);
	txn_token_end(txn, given.id, TOKEN_SPENT);
	assert_int_equal(store_rig_commit(&rig.store, txn).error, 0);
	rig_expect(rig_open_drawer(anna, "k"), "authorization-spent");
	assert_int_equal(bench_drawers(), 0);
	assert_int_equal(rig_count("intent"), 0);
}

static void test_an_intent_that_was_not_written_spends_nothing(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig_break_disk(BROKEN);
	rig_expect(rig_open_drawer(anna, "k"), "disk-failed");
	rig_break_disk(0);
	assert_int_equal(bench_drawers(), 0);
	rig_expect(rig_open_drawer(anna, "k"), "");
	assert_int_equal(bench_drawers(), 1);
}

static void test_it_outlives_the_daemon(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig_restart();
	rig_expect(rig_open_drawer(anna, "k"), "");
	assert_int_equal(bench_drawers(), 1);
}

static void test_who_may_by_now_spends_nothing(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig_change_policy("'groups':['sell']", "'groups':['sell','lead']");
	rig_expect(rig_open_drawer(anna, "k"), "");
	rig_change_policy("'groups':['sell','lead']", "'groups':['sell']");
	rig_expect(rig_open_drawer(anna, "k2"), ""); /* by the token, now */
	rig_expect(rig_open_drawer(anna, "k3"), "authorization-spent");
	assert_int_equal(bench_drawers(), 2);
}

static void test_who_gave_it_has_to_be_able_to_still(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig_change_policy("['drawer.open','report.daily'", "['report.daily'");
	rig_expect(rig_open_drawer(anna, "k"), "authorization-outdated");
	assert_int_equal(bench_drawers(), 0);
}

/* --- what it is good for --- */

static void test_it_is_for_one_action_of_one_person(void **state)
{
	const char *anna;

	(void)state;
	bench_give(A_DRAWER);
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
	assert_int_equal(bench_drawers(), 1);
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
	rig.consent =
		rig_text(&rig.answers[rig.answers_count - 1], "token", NULL);
	rig.uid = RIG_UID;
	rig_expect(rig_open_drawer(rig_sign_on("anna"), "k"),
		   "authorization-mismatch");
}

static const char pays[] = "'action':'payment','amount':1000";

/* Nothing is sold without one. */
static const char *bench_seller(void)
{
	const char *anna = rig_sign_on("anna");

	rig_open_session(anna);
	return anna;
}

static void test_no_more_than_the_greatest_amount(void **state)
{
	const char *anna;
	struct rig_answer *answer;
	char what[160];

	(void)state;
	rig_change_policy("'rights':{'cash_deposit':['read','add']}},"
			  "  {'id':'lead'",
			  "'rights':{'cash_report':['read','add']}},"
			  "  {'id':'lead'");
	snprintf(what, sizeof(what), FOR_ANNA("%s"), pays);
	bench_give(what);
	anna = bench_seller();
	answer = rig_act(anna, ACTION_PAYMENT, "k1", NULL, "{'amount':1001}");
	rig_expect(answer, "authorization-mismatch");
	answer = rig_act(anna, ACTION_PAYMENT, "k2", NULL, "{'amount':1000}");
	rig_expect(answer, "");
	assert_int_equal(rig.moved[DEVICE_TERMINAL], 1);
}

/* What more it takes as things stand is said, for nothing else helps. */
static void test_what_a_token_does_not_cover(void **state)
{
	const char *anna;
	struct rig_answer *answer;

	(void)state;
	rig_change_policy("'rights':{'cash_deposit':['read','add']}}],",
			  "'rights':{'cash_deposit':['read','add'],"
			  "'cash_withdrawal':['read','add']}}],");
	bench_give(FOR_ANNA("'action':'cash.out','amount':500"));
	anna = bench_seller();
	answer = rig_act(anna, ACTION_CASH_OUT, "k", NULL,
			 "{'amount':500,'reason':'x'}");
	rig_expect(answer, "authorization-mismatch");
	assert_string_equal(rig_text(answer, "detail", NULL),
			    "Given in advance, it does not cover "
			    "balance.exceed_limit, which this takes as well.");
	answer = rig_open_drawer(anna, "d");
	rig_expect(answer, "authorization-mismatch");
	assert_null(json_text(answer->body, "detail")); /* of something else */
}

/* What takes more than its name says is asked for as it is. */
static void test_no_token_for_what_it_could_not_cover(void **state)
{
	struct rig_answer *answer =
		rig_give(rig_sign_on("maria"),
			 FOR_ANNA("'action':'goods.return','amount':100"));

	(void)state;
	rig_expect(answer, "bad-body");
	assert_string_equal(rig_text(answer, "field", NULL), "action");
}

/* A good one, brought to what it does not cover, is no guess. */
static void test_what_is_not_covered_is_no_guess(void **state)
{
	const char *anna;
	char key[] = "k0";

	(void)state;
	rig_change_policy("'rights':{'cash_deposit':['read','add']}}],",
			  "'rights':{'cash_deposit':['read','add'],"
			  "'cash_withdrawal':['read','add']}}],");
	bench_give(FOR_ANNA("'action':'cash.out','amount':500"));
	anna = bench_seller();
	for (; key[1] < '8'; key[1]++)
		rig_expect(rig_act(anna, ACTION_CASH_OUT, key, NULL,
				   "{'amount':500,'reason':'x'}"),
			   "authorization-mismatch");
	bench_give(FOR_ANNA("'action':'drawer.open'"));
	rig_expect(rig_open_drawer(anna, "d"), "");
}

/* Of money, no token is for whatever it may be. */
static void test_money_without_a_greatest_amount(void **state)
{
	static const char *const actions[] = { "payment", "payment.cancel",
					       "cash.in", "cash.out" };
	const char *maria = rig_sign_on("maria");
	char what[160];

	(void)state;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		struct rig_answer *answer;

		snprintf(what, sizeof(what), FOR_ANNA("'action':'%s'"),
			 actions[i]);
		answer = rig_give(maria, what);
		rig_expect(answer, "bad-body");
		assert_string_equal(rig_text(answer, "field", NULL), "amount");
	}
	assert_int_equal(rig_count("token.given"), 0);
}

static void test_a_reversal_is_of_its_payments_amount(void **state)
{
	const char *anna = bench_seller();
	struct rig_answer *paid =
		rig_act(anna, ACTION_PAYMENT, "p", NULL, "{'amount':1234}");
	const char *payment;

	(void)state;
	rig_expect(paid, "");
	payment = rig_text(paid, "id", NULL);
	bench_give(FOR_ANNA("'action':'payment.cancel','amount':1233"));
	rig_expect(rig_act(anna, ACTION_PAYMENT_CANCEL, "c", payment,
			   "{'reason':'back'}"),
		   "authorization-mismatch");
	bench_give(FOR_ANNA("'action':'payment.cancel','amount':1234"));
	rig_expect(rig_act(anna, ACTION_PAYMENT_CANCEL, "c", payment,
			   "{'reason':'back'}"),
		   "");
}

static void test_what_has_no_amount_ignores_it(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(FOR_ANNA("'action':'drawer.open','amount':1"));
	rig_expect(rig_open_drawer(anna, "k"), "");
}

/* An app that asks for something of its own has to say how much. */
static void test_a_check_says_how_much(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(FOR_ANNA("'action':'report.daily','amount':500"));
	rig_expect(check(anna, "k1", "{'action':'report.daily'}"),
		   "authorization-mismatch");
	rig_expect(check(anna, "k2", "{'action':'report.daily','amount':501}"),
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
	bench_give(A_DRAWER);
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
		bench_give(A_DRAWER);
		cut = is_cut_at(write, (unsigned int)write);
		spent += rig_count("intent");
		spend_again();
		rig_tear_down(state);
		bench_set_up(state);
	}
	assert_false(cut); /* by now it went through */
	assert_in_range(spent, 2, write - 2);
}

int main(void)
{
#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, bench_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_given_is_shown_once),
		TEST(test_who_may_give_what_to_whom),
		TEST(test_given_from_another_till),
		TEST(test_who_could_not_authorize_there_hears_of_no_till),
		TEST(test_one_gives_only_so_many),
		TEST(test_what_could_not_be_written_was_not_given),
		TEST(test_it_is_spent_once),
		TEST(test_nobody_is_asked_any_longer),
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
		TEST(test_what_a_token_does_not_cover),
		TEST(test_no_token_for_what_it_could_not_cover),
		TEST(test_what_is_not_covered_is_no_guess),
		TEST(test_money_without_a_greatest_amount),
		TEST(test_a_reversal_is_of_its_payments_amount),
		TEST(test_what_has_no_amount_ignores_it),
		TEST(test_a_check_says_how_much),
		TEST(test_wrong_ones_are_slowed_down),
		TEST(test_a_wrong_one_that_can_not_be_recorded_is_counted),
		TEST(test_the_power_is_cut_while_it_is_spent),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: token", tests, NULL, NULL);
}
