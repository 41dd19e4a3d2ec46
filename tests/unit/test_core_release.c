/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A technician's tests, and devices in other hands, in virtual time: who may,
 * for how long, what a restart or a broken disk makes of it, and what is told
 * when it is back.
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

#define DRAWER	  "rig-drawer"
#define PRINTER	  "rig-printer"
#define TEN	  "{'seconds':600,'reason':'new firmware'}"
#define MINUTE_MS 60000

static const char closed[] = "{'drawer':'closed'}";
static const char open_now[] = "{'drawer':'open'}";

static struct rig_answer *hand_over(const char *token, const char *key,
				    const char *device)
{
	return rig_act_on(token, ACTION_DEVICE_RELEASE, key, device, TEN);
}

static struct rig_answer *take_back(const char *token, const char *key,
				    const char *device)
{
	return rig_act_on(token, ACTION_DEVICE_TAKE, key, device, "{}");
}

static struct rig_answer *test_it(const char *token, const char *key)
{
	return rig_act_on(token, ACTION_DRAWER_TEST, key, DRAWER,
			  "{'test':'drawer'}");
}

static void assert_away(enum device_class class, bool away)
{
	assert_int_equal(device_state(rig.devices[class]) == DEVICE_RELEASED,
			 away);
}

/* Whether that stands anywhere in the journal. */
static bool is_on_record(const char *what)
{
	char *text = store_rig_export(&rig.store);
	bool found = strstr(text, what);

	free(text);
	return found;
}

/* --- tests --- */

static void test_only_technicians_test(void **state)
{
	const char *piotr = rig_sign_on("piotr");

	(void)state;
	rig.facts = closed;
	rig_expect(rig_serve(DRAWER, "internal-test"), "technicians-only");
	rig_expect(test_it(piotr, "k"), "technicians-only");
	assert_int_equal(rig_count("intent") + rig_count("refused"), 0);
	rig.technician = true;
	rig_expect(rig_serve(DRAWER, "internal-test"), "");
	assert_int_equal(rig.moved[DEVICE_DRAWER], 0);
	rig_expect(test_it(piotr, "k"), "");
	assert_int_equal(rig.moved[DEVICE_DRAWER], 1);
	assert_int_equal(rig_count("intent"), 2);
}

/* A technician who may not open it opens nothing, and a consent to the test is
 * one to nothing else, the other way round too. */
static void test_a_test_opens_no_drawer_without_leave(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *asked;
	const char *id;

	(void)state;
	rig.technician = true;
	asked = test_it(anna, "k");
	rig_expect(asked, "authorization-required");
	id = rig_text(asked, "authorization", "id");
	rig_expect(rig_approve(id, "piotr"), "");
	rig_expect(rig_open_drawer(anna, "k"), "authorization-required");
	rig_expect(test_it(anna, "other"), "authorization-required");
	assert_int_equal(rig.moved[DEVICE_DRAWER], 0);
	rig_expect(test_it(anna, "k"), "");
	rig_expect(test_it(anna, "k"), ""); /* the same, once */
	assert_int_equal(rig.moved[DEVICE_DRAWER], 1);
}

/* Who has consented to a technician's test has not to anybody else's. */
static void test_a_consent_is_no_technician_s_card(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *asked;

	(void)state;
	rig.technician = true;
	asked = test_it(anna, "k");
	rig_expect(asked, "authorization-required");
	rig_expect(rig_approve(rig_text(asked, "authorization", "id"), "piotr"),
		   "");
	rig.technician = false;
	rig_expect(test_it(anna, "k"), "technicians-only");
	assert_int_equal(rig.moved[DEVICE_DRAWER], 0);
}

static void test_a_broken_disk_tests_nothing(void **state)
{
	(void)state;
	rig.technician = true;
	rig.facts = closed;
	rig_break_disk(SQLITE_IOERR);
	rig_expect(rig_serve(DRAWER, "internal-test"), "disk-failed");
	rig_break_disk(0);
}

/* --- handing over --- */

static void test_its_time_is_over(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig.facts = closed;
	rig_expect(hand_over(maria, "k", DRAWER), "");
	assert_away(DEVICE_DRAWER, true);
	rig_expect(rig_open_drawer(maria, "o"), "device-released");
	rig_advance(10 * MINUTE_MS - 1000);
	assert_away(DEVICE_DRAWER, true);
	rig_advance(2000);
	assert_away(DEVICE_DRAWER, false);
	assert_int_equal(rig_count("device.expired"), 1);
	assert_int_equal(rig_count("device.returned"), 1);
	assert_true(is_on_record("\"compared\":true"));
	rig_expect(rig_open_drawer(rig_sign_on("maria"), "o2"), "");
}

static void test_a_second_release_is_refused(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig.facts = closed;
	rig_expect(hand_over(maria, "k", DRAWER), "");
	rig_expect(hand_over(maria, "k2", DRAWER), "device-released");
	rig_expect(hand_over(maria, "k", DRAWER),
		   ""); /* the first, told again */
	assert_int_equal(rig_count("device.release"), 1);
	rig_expect(hand_over(maria, "k3", PRINTER), "");
}

static void test_a_consent_is_to_that_device_and_that_long(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *asked;

	(void)state;
	rig.facts = closed;
	asked = hand_over(anna, "k", DRAWER);
	rig_expect(asked, "authorization-required");
	rig_expect(rig_approve(rig_text(asked, "authorization", "id"), "maria"),
		   "");
	rig_expect(hand_over(anna, "k", PRINTER), "authorization-required");
	rig_expect(rig_act_on(anna, ACTION_DEVICE_RELEASE, "k", DRAWER,
			      "{'seconds':7200,'reason':'new firmware'}"),
		   "authorization-required");
	assert_away(DEVICE_DRAWER, false);
	assert_away(DEVICE_PRINTER, false);
	rig_expect(hand_over(anna, "k", DRAWER), "");
	assert_away(DEVICE_DRAWER, true);
	/* spent: it is not good for another time */
	rig_expect(take_back(anna, "t", DRAWER), "");
	rig_expect(hand_over(anna, "k2", DRAWER), "authorization-required");
}

static void test_what_is_under_way_is_not_left_alone(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig.facts = closed;
	rig.lingers = true;
	rig_open_drawer(maria, "o");
	rig_run();
	rig_expect(hand_over(maria, "k", DRAWER), "device-busy");
	rig.outcome = OUTCOME_UNKNOWN;
	rig.lingers = false;
	rig_end_one(DEVICE_DRAWER);
	rig_run();
	rig_expect(hand_over(maria, "k", DRAWER), "outcome-open");
	assert_away(DEVICE_DRAWER, false);
}

/* Some take minutes to say how they are: nobody waits for that. What it says
 * then is nobody's, also when the daemon has ended meanwhile. */
static void test_one_that_does_not_answer_is_busy(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *answer;

	(void)state;
	rig.lingers = true;
	answer = hand_over(maria, "k", DRAWER);
	assert_false(answer->told);
	rig_advance(8000);
	rig_expect(answer, "device-busy");
	rig_end_one(DEVICE_DRAWER);
	rig_run();
	assert_away(DEVICE_DRAWER, false);
	assert_int_equal(rig_count("device.release"), 0);
	answer = hand_over(maria, "k", DRAWER);
	assert_false(answer->told);
	rig_advance(8000);
	rig_expect(answer, "device-busy");
}

static void test_what_is_not_on_record_is_not_handed_over(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig.facts = closed;
	rig_break_disk(SQLITE_IOERR);
	rig_expect(hand_over(maria, "k", DRAWER), "disk-failed");
	assert_away(DEVICE_DRAWER, false);
	rig_break_disk(0);
	rig_expect(rig_open_drawer(maria, "o"), "");
}

/* For whom it is, and where, is not enough: which device, and how long. */
static void test_none_of_it_is_consented_to_in_advance(void **state)
{
	static const char *const names[] = { "device.release", "device.take",
					     "drawer.test", "report.test" };
	const char *maria = rig_sign_on("maria");

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char what[256];

		snprintf(what, sizeof(what),
			 "{'requester':'anna','till':'1','action':'%s',"
			 "'password':'maria-password'}",
			 names[i]);
		rig_expect(rig_give(maria, what), "bad-body");
	}
	rig_expect(rig_give(maria,
			    "{'requester':'anna','till':'1','action':"
			    "'drawer.open','password':'maria-password'}"),
		   "");
}

/* --- taking back --- */

static void test_who_may_take_it_back(void **state)
{
	const char *maria = rig_sign_on("maria");
	const char *anna;

	(void)state;
	rig.facts = closed;
	rig_expect(hand_over(maria, "k", DRAWER), "");
	anna = rig_sign_on("anna");
	rig_expect(take_back(anna, "t", DRAWER), "authorization-required");
	rig.technician = true;
	rig_expect(take_back(anna, "t", DRAWER), "");
	assert_away(DEVICE_DRAWER, false);
	rig_expect(take_back(anna, "t2", DRAWER), "device-not-released");
}

/* That uid's, and nobody's who would have been signed on. */
static void assert_taken_by(uid_t uid)
{
	char *text = store_rig_export(&rig.store);
	char *at = strstr(text, "\"kind\":\"device.take\"");
	char wanted[32];

	assert_non_null(at);
	at[strcspn(at, "\n")] = '\0';
	snprintf(wanted, sizeof(wanted), "\"uid\":%u}", (unsigned int)uid);
	assert_non_null(strstr(at, wanted));
	assert_null(strstr(at, "\"operator\""));
	assert_null(strstr(at, "\"signon\""));
	free(text);
}

/* Nobody at hand to sign on; and it is their uid that is on record. */
static void test_a_technician_takes_it_back_alone(void **state)
{
	const char *maria = rig_sign_on("maria");
	const char *elsewhere = rig_sign_on_at_back("maria");

	(void)state;
	rig.facts = closed;
	rig_expect(hand_over(maria, "k", DRAWER), "");
	rig_expect(take_back(NULL, "t", DRAWER), "sign-on-required");
	rig.uid = RIG_UID_BACK;
	rig_expect(take_back(elsewhere, "t", DRAWER), "not-found");
	assert_away(DEVICE_DRAWER, true);
	rig.uid = 4242; /* which may act for no till */
	rig_expect(take_back(NULL, "t", DRAWER), "sign-on-required");
	rig.technician = true;
	rig_expect(take_back(NULL, NULL, DRAWER), "key-missing");
	rig_expect(take_back(NULL, "t", "nothing"), "not-found");
	rig_expect(take_back(NULL, "t", PRINTER), "device-not-released");
	rig_expect(hand_over(NULL, "t", PRINTER), "sign-on-required");
	rig_expect(test_it(NULL, "t"), "sign-on-required");
	rig_expect(take_back(NULL, "t", DRAWER), "");
	assert_away(DEVICE_DRAWER, false);
	assert_int_equal(rig_count("device.take"), 1);
	assert_taken_by(4242);
	rig_expect(take_back(NULL, "t", DRAWER), ""); /* the same, once */
	rig_expect(take_back(NULL, "t2", DRAWER), "device-not-released");
	assert_int_equal(rig_count("device.take"), 1);
	/* signed on at a till that does not have it */
	rig.uid = RIG_UID;
	rig_expect(hand_over(maria, "k2", DRAWER), "");
	rig.uid = RIG_UID_BACK;
	rig_expect(take_back(elsewhere, "t3", DRAWER), "");
	rig.uid = RIG_UID;
	assert_away(DEVICE_DRAWER, false);
	/* what is not on record has not been done */
	rig_expect(hand_over(maria, "k3", DRAWER), "");
	rig_break_disk(SQLITE_IOERR);
	rig_expect(take_back(NULL, "t4", DRAWER), "disk-failed");
	assert_away(DEVICE_DRAWER, true);
	rig_break_disk(0);
	rig_expect(take_back(NULL, "t4", DRAWER), "");
	assert_away(DEVICE_DRAWER, false);
}

static void test_what_differs_is_on_record(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig.facts = "{'counters':{'last_receipt':7,'daily_reports':4}}";
	rig_expect(hand_over(maria, "k", PRINTER), "");
	rig.facts = "{'counters':{'last_receipt':8,'daily_reports':4}}";
	rig_expect(take_back(maria, "t", PRINTER), "");
	rig_advance(1000);
	assert_true(is_on_record("\"differences\":{\"last_receipt\":"
				 "{\"after\":8,\"before\":7}}"));
}

/* What could not be asked is never taken for the same. */
static void test_what_can_t_be_asked_is_not_compared(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig.facts = closed;
	rig_expect(hand_over(maria, "k", DRAWER), "");
	rig.facts = NULL;
	rig_expect(take_back(maria, "t", DRAWER), "");
	rig_advance(1000);
	assert_true(is_on_record("\"compared\":false"));
}

/* It is compared when it is there again, with how it was at first, also if it
 * was handed over once more before that. */
static void test_one_that_stays_away_is_compared_later(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig.facts = closed;
	rig_expect(hand_over(maria, "k", DRAWER), "");
	rig.lines.refuse = REASON_PORT_BUSY;
	rig_expect(take_back(maria, "t", DRAWER), "");
	rig_advance(MINUTE_MS);
	assert_int_equal(rig_count("device.returned"), 0);
	rig_expect(hand_over(maria, "k2", DRAWER), "");
	rig_expect(take_back(maria, "t2", DRAWER), "");
	rig.lines.refuse = REASON_NONE;
	rig.facts = open_now;
	rig_advance(MINUTE_MS);
	assert_int_equal(rig_count("device.returned"), 1);
	assert_true(is_on_record("\"differences\":{\"drawer\":{\"after\":"
				 "\"open\",\"before\":\"closed\"}}"));
}

static void test_the_disk_is_tried_again(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig.facts = closed;
	rig_expect(hand_over(maria, "k", DRAWER), "");
	rig_break_disk(SQLITE_IOERR);
	rig_expect(take_back(maria, "t", DRAWER), "disk-failed");
	assert_away(DEVICE_DRAWER, true);
	rig_advance(11 *
		    MINUTE_MS); /* its time is over, whatever the disk says */
	assert_away(DEVICE_DRAWER, false);
	assert_int_equal(rig_count("device.returned"), 0);
	rig_break_disk(0);
	rig_advance(MINUTE_MS);
	assert_int_equal(rig_count("device.returned"), 1);
}

/* --- restarts, and clocks that are set --- */

static void test_a_restart_changes_nothing(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig.facts = closed;
	rig_expect(hand_over(maria, "k", DRAWER), "");
	rig_advance(4 * MINUTE_MS);
	rig_restart();
	assert_away(DEVICE_DRAWER, true);
	rig_expect(rig_open_drawer(maria, "o"), "device-released");
	rig_advance(7 * MINUTE_MS);
	assert_away(DEVICE_DRAWER, false);
	assert_int_equal(rig_count("device.expired"), 1);
	assert_true(is_on_record("\"compared\":true"));
	rig_restart();
	rig_advance(MINUTE_MS);
	assert_int_equal(rig_count("device.returned"), 1);
}

/* Also of what only the printer itself could have reckoned. */
static void test_a_restart_does_not_hide_who_has_it(void **state)
{
	const char *sale = "{'lines':[{'name':'Kawa','price':1234,'vat':'A'}],"
			   "'payments':[{'kind':'cash','amount':1234}]}";
	const char *back = "{'of':'receipt','amount':5,'cash':5,'reason':'x'}";
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig_open_session(maria);
	rig_expect(hand_over(maria, "k", PRINTER), "");
	rig_restart();
	rig_expect(rig_act(maria, ACTION_RECEIPT, "r", NULL, sale),
		   "device-released");
	rig_expect(rig_act(maria, ACTION_GOODS_RETURN, "g", NULL, back),
		   "device-released");
}

static void test_its_time_is_over_while_nobody_is_there(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig.facts = closed;
	rig_expect(hand_over(maria, "k", DRAWER), "");
	rig_stop();
	rig.store.fake.wall_offset += 11 * MINUTE_MS;
	rig_go_on();
	assert_away(DEVICE_DRAWER, false);
	assert_int_equal(rig_count("device.expired"), 1);
	assert_int_equal(rig_count("device.returned"), 1);
}

/* A clock that is set back makes it no longer. */
static void test_a_clock_that_is_set_back(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig.facts = closed;
	rig_expect(hand_over(maria, "k", DRAWER), "");
	rig_stop();
	rig.store.fake.wall_offset -= 600 * MINUTE_MS;
	rig_go_on();
	assert_away(DEVICE_DRAWER, true);
	rig_advance(10 * MINUTE_MS);
	assert_away(DEVICE_DRAWER, false);
}

static void test_a_restart_between_return_and_comparison(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig.facts = closed;
	rig_expect(hand_over(maria, "k", DRAWER), "");
	rig.lines.refuse = REASON_PORT_BUSY;
	rig_expect(take_back(maria, "t", DRAWER), "");
	rig_restart();
	assert_int_equal(rig_count("device.returned"), 0);
	rig.lines.refuse = REASON_NONE;
	rig.facts = open_now;
	rig_advance(MINUTE_MS);
	assert_true(is_on_record("\"differences\":{\"drawer\""));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_only_technicians_test),
		TEST(test_a_test_opens_no_drawer_without_leave),
		TEST(test_a_consent_is_no_technician_s_card),
		TEST(test_a_broken_disk_tests_nothing),
		TEST(test_a_restart_does_not_hide_who_has_it),
		TEST(test_its_time_is_over),
		TEST(test_a_second_release_is_refused),
		TEST(test_a_consent_is_to_that_device_and_that_long),
		TEST(test_what_is_under_way_is_not_left_alone),
		TEST(test_one_that_does_not_answer_is_busy),
		TEST(test_what_is_not_on_record_is_not_handed_over),
		TEST(test_none_of_it_is_consented_to_in_advance),
		TEST(test_who_may_take_it_back),
		TEST(test_a_technician_takes_it_back_alone),
		TEST(test_what_differs_is_on_record),
		TEST(test_what_can_t_be_asked_is_not_compared),
		TEST(test_one_that_stays_away_is_compared_later),
		TEST(test_the_disk_is_tried_again),
		TEST(test_a_restart_changes_nothing),
		TEST(test_its_time_is_over_while_nobody_is_there),
		TEST(test_a_clock_that_is_set_back),
		TEST(test_a_restart_between_return_and_comparison),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: release", tests, NULL, NULL);
}
