/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a session and a day: opened, used, counted, handed over, locked
 * and closed, by whom and by whom not (docs/policy.md, sections 1, 5 and 6),
 * whatever the disk does, and two at once.
 */
#include "core/action.h"
#include "core/signon.h"
#include "util/cleanup.h"
#include "util/json.h"

#include "fault_vfs.h"
#include "shift_bench.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BROKEN SQLITE_IOERR_WRITE

/* Its own, or of a problem's "session". */
static const char *state_of(const struct rig_answer *answer)
{
	const json_t *result = json_object_get(answer->body, "result");

	return json_text(json_object_get(result ? result : answer->body,
					 "session"),
			 "state");
}

static struct rig_answer *pay(const char *token)
{
	return bench_do(token, ACTION_PAYMENT, NULL, "{'amount':100}");
}

static struct rig_answer *lock(const char *token, bool force)
{
	return bench_do(token, ACTION_SESSION_LOCK, bench_book()->session.id,
			force ? "{'force':true}" : "{}");
}

static struct rig_answer *unlock(const char *token, bool force)
{
	return bench_do(token, ACTION_SESSION_UNLOCK, bench_book()->session.id,
			force ? "{'force':true}" : "{}");
}

static struct rig_answer *hand_over(const char *token, const char *parameters)
{
	return bench_do(token, ACTION_SESSION_HAND_OVER,
			bench_book()->session.id, parameters);
}

static const char *owner(void)
{
	return policy_operator(rig.core->policy, bench_book()->session.owner)
		->login;
}

/* --- a day --- */

static void test_a_day_of_two_shifts(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");
	struct rig_answer *answer;

	(void)state;
	rig_expect(pay(piotr), "session-needed");
	rig_expect(bench_open(piotr, 10000), "");
	assert_int_equal(bench_book()->day.number, 1);
	rig_expect(pay(piotr), "");
	rig_expect(bench_cash(piotr, ACTION_CASH_IN, 2000), "");
	rig_expect(bench_cash(piotr, ACTION_CASH_OUT, 500), "");
	rig_expect(bench_close(piotr, 0), "not-counted");
	rig_expect(bench_do(piotr, ACTION_SESSION_CLOSING,
			    bench_book()->session.id, "{}"),
		   "");
	rig_expect(pay(piotr), "session-closing");
	rig_expect(bench_cash(piotr, ACTION_CASH_IN, 1), "session-closing");
	rig_expect(bench_count(piotr, 11500), "");
	answer = bench_close(piotr, 1500);
	rig_expect(answer, "");
	assert_string_equal(state_of(answer), "closed");
	rig_expect(pay(piotr), "session-needed");
	rig_expect(bench_open(piotr, 10000), "");
	assert_int_equal(bench_book()->day.number, 1);
	rig_expect(bench_end_day(piotr, "{}"), "not-counted");
	rig_expect(bench_count(piotr, 10000), "");
	rig_expect(bench_end_day(piotr, "{'withdrawal':10000}"), "");
	assert_false(book_has_session(bench_book()));
	assert_false(book_has_day(bench_book()));
	assert_int_equal(bench_book()->balance, 0);
	rig_expect(bench_end_day(piotr, "{}"), "day-not-open");
	rig_expect(bench_open(piotr, 0), "");
	assert_int_equal(bench_book()->day.number, 2);
}

static size_t count_text(const char *text, const char *wanted)
{
	size_t count = 0;

	while ((text = strstr(text, wanted))) {
		count++;
		text += strlen(wanted);
	}
	return count;
}

static void test_sums_are_on_record_in_their_currency(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");
	CLEANUP_FREE char *journal = NULL;

	(void)state;
	rig_expect(bench_open(piotr, 0), "");
	rig_expect(bench_cash(piotr, ACTION_CASH_IN, 2000), "");
	journal = store_rig_export(&rig.store);
	/* of the session and of the cash, and not of the sign-on */
	assert_int_equal(count_text(journal, "\"currency\":\"EUR\""), 2);
}

/* Midnight has no part in it. */
static void test_the_date_of_a_day_stays(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");
	char date[OP_DATE_SIZE];

	(void)state;
	rig_expect(bench_open(piotr, 0), "");
	memcpy(date, bench_book()->day.date, sizeof(date));
	rig_advance((int64_t)30 * 60 * 60 * 1000);
	piotr = bench_sign_on("piotr", "1");
	rig_expect(bench_count(piotr, 0), "");
	rig_expect(bench_close(piotr, 0), "");
	rig_expect(bench_open(piotr, 0), "");
	assert_string_equal(bench_book()->day.date, date);
	assert_int_equal(bench_book()->session.day, 1);
	rig_expect(bench_count(piotr, 0), "");
	rig_expect(bench_end_day(piotr, "{}"), "");
	rig_expect(bench_open(piotr, 0), "");
	assert_string_not_equal(bench_book()->day.date, date);
}

static void test_a_till_has_one_session(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	const char *piotr = bench_sign_on("piotr", "2");
	struct rig_answer *answer;

	(void)state;
	bench_begun(anna, 100);
	answer = bench_open(anna, 100);
	rig_expect(answer, "session-exists");
	assert_non_null(strstr(json_text(answer->body, "detail"),
			       "Anna has it open at Front till since 2026-"));
	rig_expect(bench_do_at(piotr, "2", ACTION_SESSION_OPEN, NULL, NULL,
			       "{'counted':0}"),
		   "");
}

static void test_the_session_named_is_the_open_one(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");
	const char *first = bench_begun(piotr, 0);

	(void)state;
	rig_expect(bench_count(piotr, 0), "");
	rig_expect(bench_close(piotr, 0), "");
	rig_expect(bench_do(piotr, ACTION_SESSION_COUNT, first,
			    "{'counted':0}"),
		   "session-closed");
	rig_expect(bench_open(piotr, 0), "");
	rig_expect(bench_do(piotr, ACTION_SESSION_COUNT, first,
			    "{'counted':0}"),
		   "session-closed");
	rig_expect(bench_do(piotr, ACTION_SESSION_CLOSE, first,
			    "{'withdrawal':0}"),
		   "session-closed");
	assert_int_equal(bench_book()->session.counts, 0);
}

static void test_three_counts(void **state)
{
	const char *wanda = bench_sign_on("wanda", "1");

	(void)state;
	bench_begun(wanda, 500);
	for (int64_t counted = 497; counted < 500; counted++)
		rig_expect(bench_count(wanda, counted), "");
	rig_expect(bench_count(wanda, 500), "count-limit");
	assert_int_equal(rig_count("session.count"), 3);
	/* not even by beginning again */
	rig_expect(bench_do(wanda, ACTION_SESSION_CLOSING,
			    bench_book()->session.id, "{}"),
		   "session-closing");
	assert_int_equal(bench_book()->session.counted, 499);
}

/* --- whose it is --- */

static void test_another_s_session_is_used_and_both_are_on_record(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	const char *lena;
	char *export;

	(void)state;
	bench_begun(anna, 0);
	lena = bench_sign_on("lena", "1");
	rig_expect(pay(lena), "");
	export = store_rig_export(&rig.store);
	assert_non_null(strstr(export, bench_book()->session.owner));
	assert_non_null(strstr(export, "\"session_owner\""));
	free(export);
}

static void test_no_foreign_session(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1"), *bea, *karl;
	struct rig_answer *answer;

	(void)state;
	bench_begun(piotr, 0);
	bea = bench_sign_on("bea", "1");
	answer = pay(bea);
	rig_expect(answer, "session-foreign");
	assert_string_equal(
		json_text(json_object_get(json_object_get(answer->body,
							  "session"),
					  "owner"),
			  "name"),
		"Piotr");
	rig_expect(bench_cash(bea, ACTION_CASH_IN, 5), "session-foreign");
	rig_expect(bench_do(bea, ACTION_SESSION_COUNT, bench_book()->session.id,
			    "{'counted':0,'force':true}"),
		   "session-foreign");
	rig_expect(unlock(bea, true), "session-foreign");
	rig_expect(hand_over(bea, "{'to':'bea','force':true}"),
		   "session-foreign");
	rig_expect(bench_end_day(bea, "{'force':true}"), "session-foreign");
	/* a manager is never bound */
	karl = bench_sign_on("karl", "1");
	rig_expect(pay(karl), "authorization-required");
	rig_expect(bench_do(karl, ACTION_SESSION_COUNT,
			    bench_book()->session.id,
			    "{'counted':0,'force':true}"),
		   "");
}

/* Not even where the same request was consented to before. */
static void test_no_consent_lifts_a_restriction(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1"), *bea;
	struct rig_answer *answer;

	(void)state;
	bench_set_options("'limits':{'minimum':100},");
	bea = bench_sign_on("bea", "1");
	bench_begun(bea, 100);
	answer = bench_do_at(bea, "1", ACTION_CASH_OUT, "k", NULL,
			     "{'amount':5,'reason':'bread'}");
	rig_expect(answer, "authorization-required");
	rig_expect(rig_approve(rig_text(answer, "authorization", "id"),
			       "piotr"),
		   "");
	rig_expect(hand_over(bea, "{'to':'piotr'}"), "");
	piotr = bench_sign_on("piotr", "1");
	rig_expect(unlock(piotr, false), "");
	bea = bench_sign_on("bea", "1");
	answer = bench_do_at(bea, "1", ACTION_CASH_OUT, "k", NULL,
			     "{'amount':5,'reason':'bread'}");
	rig_expect(answer, "session-foreign");
	assert_int_equal(bench_book()->balance, 100);
}

static void test_single_session(void **state)
{
	const char *bea = bench_sign_on("bea", "1"), *bea2, *lena;
	struct rig_answer *answer;

	(void)state;
	bench_begun(bea, 0);
	bea2 = bench_sign_on("bea", "2");
	answer = bench_do_at(bea2, "2", ACTION_SESSION_OPEN, NULL, NULL,
			     "{'counted':0}");
	rig_expect(answer, "session-elsewhere");
	assert_non_null(strstr(json_text(answer->body, "detail"),
			       "Bea has it open at Front till since 2026-"));
	/* with the switch off, both */
	rig_expect(bench_count(bea, 0), "");
	rig_expect(bench_close(bea, 0), "");
	lena = bench_sign_on("lena", "1");
	rig_expect(bench_open(lena, 0), "");
	lena = bench_sign_on("lena", "2");
	rig_expect(bench_do_at(lena, "2", ACTION_SESSION_OPEN, NULL, NULL,
			       "{'counted':0}"),
		   "");
}

static void test_single_session_at_two_tills_at_once(void **state)
{
	const char *bea = bench_sign_on("bea", "1");
	const char *bea2 = bench_sign_on("bea", "2");
	struct rig_answer *first, *second;

	(void)state;
	rig_hold();
	first = bench_open(bea, 0);
	second = bench_do_at(bea2, "2", ACTION_SESSION_OPEN, NULL, NULL,
			     "{'counted':0}");
	rig_run();
	rig_let_go();
	rig_expect(first, "");
	rig_expect(second, "session-elsewhere");
	assert_false(book_has_session(book_of(rig.core, "2")));
}

static void test_an_heir_has_one_session_too(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1"), *bea;
	struct rig_answer *given, *opened;

	(void)state;
	bench_begun(piotr, 0);
	bea = bench_sign_on("bea", "2");
	rig_hold();
	given = hand_over(piotr, "{'to':'bea'}");
	opened = bench_do_at(bea, "2", ACTION_SESSION_OPEN, NULL, NULL,
			     "{'counted':0}");
	rig_run();
	rig_let_go();
	rig_expect(given, "");
	rig_expect(opened, "session-elsewhere");
}

static void test_where_one_may_work_and_what_one_sees(void **state)
{
	const char *carl, *dora;
	struct rig_answer *answer;

	(void)state;
	assert_string_equal(bench_sign_on("carl", "2"), "not-found");
	assert_string_equal(bench_sign_on("dora", "1"), "till-not-allowed");
	carl = bench_sign_on("carl", "1");
	dora = bench_sign_on("dora", "2");
	/* what is not seen is not there, whatever one asks it */
	rig_expect(bench_do_at(carl, "2", ACTION_DRAWER_OPEN, NULL, NULL,
			       "{'reason':'change'}"),
		   "not-found");
	rig_expect(bench_do_at(dora, "1", ACTION_DRAWER_OPEN, NULL, NULL,
			       "{'reason':'change'}"),
		   "sign-on-required");
	core_list_tills(rig.core, rig_caller(carl, &answer));
	assert_int_equal(
		json_array_size(json_object_get(answer->body, "tills")), 1);
	core_describe(rig.core, rig_caller(carl, &answer));
	assert_int_equal(
		json_array_size(json_object_get(answer->body, "tills")), 1);
	core_show_till(rig.core, rig_caller(carl, &answer), "2");
	rig_expect(answer, "not-found");
	session_show(rig.core, rig_caller(carl, &answer), "2");
	rig_expect(answer, "not-found");
	core_list_tills(rig.core, rig_caller(dora, &answer));
	assert_int_equal(
		json_array_size(json_object_get(answer->body, "tills")), 2);
}

static void test_a_forced_close(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *lena, *piotr;
	char *export;

	(void)state;
	bench_begun(anna, 0);
	lena = bench_sign_on("lena", "1");
	/* it has to be meant */
	rig_expect(bench_count(lena, 0), "session-foreign");
	rig_expect(bench_do(lena, ACTION_SESSION_COUNT,
			    bench_book()->session.id,
			    "{'counted':3,'force':true}"),
		   "");
	rig_expect(bench_do(lena, ACTION_SESSION_CLOSE,
			    bench_book()->session.id,
			    "{'withdrawal':0,'force':true}"),
		   "authorization-required"); /* who may not close shifts */
	piotr = bench_sign_on("piotr", "1");
	rig_expect(bench_do(piotr, ACTION_SESSION_CLOSE,
			    bench_book()->session.id,
			    "{'withdrawal':0,'force':true}"),
		   "");
	export = store_rig_export(&rig.store);
	assert_non_null(strstr(export, "\"forced\":true"));
	free(export);
}

/* --- locked, and handed over --- */

static void test_a_locked_session_is_nobody_s_till_it_is_unlocked(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *lena;

	(void)state;
	bench_begun(anna, 0);
	rig_expect(lock(anna, false), "");
	rig_expect(pay(anna), "sign-on-required");
	lena = bench_sign_on("lena", "1");
	rig_expect(pay(lena), "session-locked");
	rig_expect(bench_cash(lena, ACTION_CASH_IN, 5), "session-locked");
	rig_expect(unlock(lena, false), "session-foreign");
	anna = bench_sign_on("anna", "1");
	rig_expect(pay(anna), "session-locked");
	rig_expect(bench_count(anna, 0), "session-locked");
	rig_expect(unlock(anna, false), "");
	rig_expect(pay(anna), "");
}

/* Nothing is on record as unlocked that was not locked. */
static void test_what_is_not_locked_is_not_unlocked(void **state)
{
	const char *anna = bench_sign_on("anna", "1");

	(void)state;
	bench_begun(anna, 0);
	rig_expect(unlock(anna, false), "session-not-locked");
	rig_expect(unlock(bench_sign_on("bea", "1"), true), "session-foreign");
	rig_expect(unlock(bench_sign_on("lena", "1"), true),
		   "session-not-locked");
	assert_int_equal(rig_count("session.unlock"), 0);
	rig_expect(lock(bench_sign_on("anna", "1"), false), "");
	anna = bench_sign_on("anna", "1");
	rig_expect(lock(anna, false), "session-locked");
	rig_expect(unlock(anna, false), "");
	assert_int_equal(rig_count("session.unlock"), 1);
}

/* Sign-ons end with the lock or not at all. */
static void test_a_lock_that_was_not_written(void **state)
{
	const char *anna = bench_sign_on("anna", "1");

	(void)state;
	bench_begun(anna, 0);
	rig_break_disk(BROKEN);
	rig_expect(lock(anna, false), "disk-failed");
	rig_break_disk(0);
	rig_expect(pay(anna), "");
	rig_expect(lock(anna, false), "");
	assert_int_equal(rig_count("session.lock"), 1);
	rig_restart();
	rig_expect(rig_who_am_i(anna), "sign-on-required");
	assert_true(bench_book()->session.locked);
}

static void test_an_heir_takes_it_before_anything_is_sold(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *lena;

	(void)state;
	bench_begun(anna, 0);
	rig_expect(hand_over(anna, "{'to':'nobody'}"), "bad-body");
	rig_expect(hand_over(anna, "{'to':'dora'}"), "bad-body");
	rig_expect(hand_over(anna, "{'to':'lena'}"), "");
	assert_string_equal(owner(), "lena");
	rig_expect(pay(anna), "session-locked");
	rig_expect(unlock(anna, false), "session-foreign");
	lena = bench_sign_on("lena", "1");
	rig_expect(pay(lena), "session-locked");
	rig_expect(unlock(lena, false), "");
	rig_expect(pay(lena), "");
	/* what she has counted is hers to answer for */
	rig_expect(bench_count(lena, 0), "");
	rig_expect(hand_over(lena, "{'to':'anna'}"), "session-closing");
}

/* --- the policy changes meanwhile --- */

static void test_the_owner_may_no_longer(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *piotr;

	(void)state;
	bench_begun(anna, 0);
	bench_change_policy("'name':'Anna','groups'",
			    "'name':'Anna','active':false,'groups'");
	rig_expect(pay(anna), "sign-on-required");
	piotr = bench_sign_on("piotr", "1");
	rig_expect(bench_do(piotr, ACTION_SESSION_COUNT,
			    bench_book()->session.id,
			    "{'counted':0,'force':true}"),
		   "");
	rig_expect(bench_do(piotr, ACTION_SESSION_CLOSE,
			    bench_book()->session.id,
			    "{'withdrawal':0,'force':true}"),
		   "");
}

static void test_a_restriction_holds_from_now_on(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *lena;

	(void)state;
	bench_begun(anna, 0);
	lena = bench_sign_on("lena", "1");
	rig_expect(pay(lena), "");
	bench_change_policy("'password':'lena-password','restricted':false,"
			    "  'view_tills':[],'access_tills':[]",
			    "'password':'lena-password','restricted':true,"
			    "  'view_tills':[],'access_tills':['1']");
	rig_expect(pay(lena), "session-foreign");
}

/* A till that is taken out of the policy keeps its session for when it comes
 * back, and holds nobody up till then. */
static void test_a_till_that_goes_and_comes(void **state)
{
	const char *bea, *open = "{'counted':0}";
	char id[RANDOM_ID_SIZE];

	(void)state;
	bea = bench_sign_on("bea", "2");
	rig_expect(bench_do_at(bea, "2", ACTION_SESSION_OPEN, NULL, NULL, open),
		   "");
	memcpy(id, book_of(rig.core, "2")->session.id, sizeof(id));
	bea = bench_sign_on("bea", "1");
	rig_expect(bench_open(bea, 0), "session-elsewhere");
	bench_change_policy("'2'", "'9'");
	bea = bench_sign_on("bea", "1");
	rig_expect(bench_open(bea, 0), "");
	bench_set_options("");
	assert_string_equal(book_of(rig.core, "2")->session.id, id);
	bea = bench_sign_on("bea", "2");
	rig_expect(bench_do_at(bea, "2", ACTION_SESSION_COUNT, NULL, id,
			       "{'counted':0}"),
		   "");
}

/* --- the disk, restarts, and two at once --- */

static void test_it_is_found_as_it_was_left(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	char id[RANDOM_ID_SIZE];

	(void)state;
	memcpy(id, bench_begun(anna, 700), sizeof(id));
	rig_restart();
	assert_string_equal(bench_book()->session.id, id);
	assert_int_equal(bench_book()->balance, 700);
	rig_expect(pay(anna), "");
	rig_expect(bench_count(anna, 701), "");
	rig_restart();
	assert_int_equal(bench_book()->session.state, SESSION_CLOSING);
	assert_int_equal(bench_book()->session.counts, 1);
	rig_expect(pay(anna), "session-closing");
	rig_expect(bench_count(anna, 702), "");
	rig_expect(bench_count(anna, 700), "");
	rig_restart();
	rig_expect(bench_count(anna, 700), "count-limit");
	bench_consented(anna, ACTION_SESSION_CLOSE, id, "{'withdrawal':700}");
	rig_restart();
	assert_false(book_has_session(bench_book()));
	assert_int_equal(bench_book()->balance, 0);
	assert_true(book_has_day(bench_book()));
}

struct step {
	enum action action;
	const char *parameters;
	bool names;
};

static const struct step steps[] = {
	{ ACTION_SESSION_OPEN, "{'counted':100}", false },
	{ ACTION_CASH_IN, "{'amount':50,'reason':'x'}", false },
	{ ACTION_DECLARE, "{'amount':7,'kind':'sale'}", false },
	{ ACTION_SESSION_HAND_OVER, "{'to':'piotr'}", true },
	{ ACTION_SESSION_UNLOCK, "{}", true },
	{ ACTION_SESSION_CLOSING, "{}", true },
	{ ACTION_SESSION_COUNT, "{'counted':155}", true },
	{ ACTION_SESSION_CLOSE, "{'withdrawal':55}", true },
	{ ACTION_DAY_END, "{'counted':99,'withdrawal':9}", false },
};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

static struct rig_answer *step(const char *token, const struct step *it,
			       const char *key)
{
	return bench_do_at(token, "1", it->action, key,
			   it->names ? bench_book()->session.id : NULL,
			   it->parameters);
}

/* Without what is only in memory, or only on disk. */
static struct book standing(void)
{
	struct book book = *bench_book();

	book.day.begun_seq = book.day.ended_seq = 0;
	book.session.number = book.session.opened_seq = 0;
	book.session.counters = NULL;
	return book;
}

static void assert_same_book(const struct book *one, const struct book *other)
{
	assert_int_equal(one->balance, other->balance);
	assert_int_equal(one->used, other->used);
	assert_int_equal(one->day.number, other->day.number);
	assert_int_equal(one->day.ended_ms, other->day.ended_ms);
	assert_string_equal(one->day.date, other->day.date);
	assert_string_equal(one->session.id, other->session.id);
	assert_string_equal(one->session.owner, other->session.owner);
	assert_int_equal(one->session.state, other->session.state);
	assert_int_equal(one->session.locked, other->session.locked);
	assert_int_equal(one->session.counts, other->session.counts);
	assert_int_equal(one->session.counted, other->session.counted);
	assert_int_equal(one->session.opening, other->session.opening);
	assert_int_equal(one->session.opened_ms, other->session.opened_ms);
	assert_int_equal(one->writing, other->writing);
}

/* At each step: what could not be written has not happened, to anybody; and
 * what has happened is the same after a restart. */
static void test_memory_follows_the_disk_at_each_step(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");

	(void)state;
	for (size_t i = 0; i < STEPS; i++) {
		struct book before = standing(), after;
		char key[16];

		snprintf(key, sizeof(key), "step-%zu", i);
		rig_break_disk(BROKEN);
		rig_expect(step(piotr, &steps[i], key), "disk-failed");
		rig_break_disk(0);
		after = standing();
		assert_same_book(&before, &after);
		rig_expect(step(piotr, &steps[i], key), "");
		before = standing();
		rig_restart();
		after = standing();
		assert_same_book(&before, &after);
	}
	assert_int_equal(rig_count("day.end"), 1);
}

/* The same key is the same step, at once and for ever. */
static void test_each_step_is_taken_once(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");

	(void)state;
	for (size_t i = 0; i < STEPS; i++) {
		struct rig_answer *first, *second;
		char key[16];

		snprintf(key, sizeof(key), "step-%zu", i);
		rig_hold();
		first = step(piotr, &steps[i], key);
		second = step(piotr, &steps[i], key);
		rig_run();
		rig_let_go();
		rig_expect(first, "");
		rig_expect(second, "");
		assert_string_equal(rig_text(first, "id", NULL),
				    rig_text(second, "id", NULL));
		assert_int_equal(rig_count(action_row(steps[i].action)->name),
				 1);
		bench_forget();
	}
	rig_restart();
	for (size_t i = 0; i < 3; i++) {
		char key[16];

		snprintf(key, sizeof(key), "step-%zu", i);
		rig_expect(step(piotr, &steps[i], key), "");
	}
	rig_expect(bench_do_at(piotr, "1", ACTION_CASH_IN, "step-1", NULL,
			       "{'amount':51,'reason':'x'}"),
		   "key-reused");
	assert_int_equal(rig_count("cash.in"), 1);
}

static void test_two_open_at_once(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *lena;
	struct rig_answer *first, *second, *third;

	(void)state;
	rig.uid = 1001;
	lena = bench_sign_on("lena", "1");
	rig_hold();
	rig.uid = RIG_UID;
	first = bench_do_at(anna, "1", ACTION_SESSION_OPEN, "a", NULL,
			    "{'counted':0}");
	rig.uid = 1001;
	second = bench_do_at(lena, "1", ACTION_SESSION_OPEN, "b", NULL,
			     "{'counted':0}");
	rig.uid = RIG_UID;
	third = bench_do_at(anna, "1", ACTION_SESSION_OPEN, "a", NULL,
			    "{'counted':0}");
	rig_run();
	rig_let_go();
	rig_expect(first, "");
	rig_expect(second, "session-exists");
	rig_expect(third, ""); /* hers, although it waited behind Lena's */
	assert_int_equal(rig_count("session.open"), 1);
}

/* Another request under the same key had its turn, and one more, before this
 * one: it is told what became of its own. */
static void test_who_waited_is_told_what_its_key_did(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *id;
	struct rig_answer *first, *closing, *counted, *again;

	(void)state;
	id = bench_begun(anna, 0);
	rig_hold();
	first = bench_cash(anna, ACTION_CASH_IN, 5);
	closing = bench_do_at(anna, "1", ACTION_SESSION_CLOSING, "k", id, "{}");
	counted = bench_count(anna, 5);
	again = bench_do_at(anna, "1", ACTION_SESSION_CLOSING, "k", id, "{}");
	rig_run();
	rig_let_go();
	rig_expect(first, "");
	rig_expect(closing, "");
	rig_expect(counted, "");
	rig_expect(again, "");
	assert_string_equal(rig_text(again, "id", NULL),
			    rig_text(closing, "id", NULL));
}

/* Decided on what is being written, not on what was before. */
static void test_a_sale_waits_for_what_is_being_written(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *closing, *paid;

	(void)state;
	bench_begun(anna, 0);
	closing = bench_do(anna, ACTION_SESSION_CLOSING,
			   bench_book()->session.id, "{}");
	paid = pay(anna);
	rig_expect(closing, "");
	rig_expect(paid, "session-closing");
	assert_int_equal(rig.moved[DEVICE_TERMINAL], 0);
}

/* A consent is for the session in which it was asked for. */
static void test_a_consent_does_not_outlive_its_session(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *answer;
	const char *out = "{'amount':5,'reason':'bread'}";

	(void)state;
	bench_set_options("'limits':{'negative':false},");
	bench_begun(anna, 0);
	answer = bench_do_at(anna, "1", ACTION_CASH_OUT, "k", NULL, out);
	rig_expect(answer, "authorization-required");
	rig_expect(rig_approve(rig_text(answer, "authorization", "id"),
			       "piotr"),
		   "");
	rig_expect(bench_count(anna, 0), "");
	rig_expect(bench_close(anna, 0), "");
	rig_expect(bench_open(anna, 0), "");
	answer = bench_do_at(anna, "1", ACTION_CASH_OUT, "k", NULL, out);
	rig_expect(answer, "authorization-required");
	assert_string_equal(rig_text(answer, "authorization", "state"),
			    "pending");
	assert_int_equal(rig_count("cash.out"), 0);
}

#define TEST(test) \
	cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_day_of_two_shifts),
		TEST(test_sums_are_on_record_in_their_currency),
		TEST(test_the_date_of_a_day_stays),
		TEST(test_a_till_has_one_session),
		TEST(test_the_session_named_is_the_open_one),
		TEST(test_three_counts),
		TEST(test_another_s_session_is_used_and_both_are_on_record),
		TEST(test_no_foreign_session),
		TEST(test_no_consent_lifts_a_restriction),
		TEST(test_single_session),
		TEST(test_single_session_at_two_tills_at_once),
		TEST(test_an_heir_has_one_session_too),
		TEST(test_where_one_may_work_and_what_one_sees),
		TEST(test_a_forced_close),
		TEST(test_a_locked_session_is_nobody_s_till_it_is_unlocked),
		TEST(test_what_is_not_locked_is_not_unlocked),
		TEST(test_a_lock_that_was_not_written),
		TEST(test_an_heir_takes_it_before_anything_is_sold),
		TEST(test_the_owner_may_no_longer),
		TEST(test_a_restriction_holds_from_now_on),
		TEST(test_a_till_that_goes_and_comes),
		TEST(test_it_is_found_as_it_was_left),
		TEST(test_memory_follows_the_disk_at_each_step),
		TEST(test_each_step_is_taken_once),
		TEST(test_two_open_at_once),
		TEST(test_who_waited_is_told_what_its_key_did),
		TEST(test_a_sale_waits_for_what_is_being_written),
		TEST(test_a_consent_does_not_outlive_its_session),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: session", tests, NULL, NULL);
}
