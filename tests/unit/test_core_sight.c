/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is told of what stands in the journal, kind by kind: docs/security.md
 * has the table, and tests/api/test_contract.py that it is the code's.
 */
#include "core/event_sight.h"
#include "core/events.h"
#include "util/json.h"

#include "core_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MARIAS_UID 1001

/* Each follows, and is told so many events. NOBODY is not signed on. */
enum eye { NOBODY, ANNA, MARIA, OWNER, EYES };

static struct {
	struct subscription *subscriptions[EYES];
	int told[EYES];
	char last[EYES][32];
	int limit; /* give up once told so often; 0: never */
} bench;

static void told(void *arg, int64_t seq, const char *type, const char *line,
		 size_t len)
{
	size_t eye = (size_t)((int *)arg - bench.told);

	(void)seq;
	(void)len;
	assert_null(strstr(line, "blind"));
	assert_null(strstr(line, "4711"));
	snprintf(bench.last[eye], sizeof(bench.last[eye]), "%s", type);
	if (++bench.told[eye] == bench.limit)
		bench.subscriptions[eye] =
			events_unsubscribe(bench.subscriptions[eye]);
}

static void follow(enum eye eye, uid_t uid, const char *token)
{
	const struct follower who = { .peer.uid = uid, .token = token };
	const struct subscriber subscriber = { .event = told,
					       .arg = &bench.told[eye] };

	bench.subscriptions[eye] =
		events_subscribe(rig.core, &who, NULL, -1, &subscriber);
}

static int set_up(void **state)
{
	rig_set_up(state);
	rig_change_policy("'card.cancel',", "'balance.preview','card.cancel',");
	memset(&bench, 0, sizeof(bench));
	follow(NOBODY, RIG_UID, NULL);
	follow(ANNA, RIG_UID, rig_sign_on("anna"));
	rig.uid = MARIAS_UID;
	follow(MARIA, MARIAS_UID, rig_sign_on("maria"));
	rig.uid = RIG_UID;
	follow(OWNER, 0, NULL);
	memset(bench.told, 0, sizeof(bench.told));
	return 0;
}

static int tear_down(void **state)
{
	for (size_t i = 0; i < EYES; i++)
		events_unsubscribe(bench.subscriptions[i]);
	return rig_tear_down(state);
}

static void publish(const char *kind, const char *more)
{
	static int64_t seq = INT64_C(1) << 40;
	json_t *entry = rig_json(more);

	json_put_text(entry, "kind", kind);
	json_put_text(entry, "till", "1");
	memset(bench.told, 0, sizeof(bench.told));
	events_publish_entry(rig.core, seq++, entry);
	json_decref(entry);
}

static void test_every_kind(void **state)
{
	const struct policy_operator *anna =
		policy_login(rig.core->policy, "anna");
	static const bool seen[EVENT_SIGHTS][EYES] = {
		[EVENT_SIGHT_TILL] = { true, true, true, true },
		[EVENT_SIGHT_PARTIES] = { false, true, true, true },
		[EVENT_SIGHT_JOURNAL] = { false, false, true, true },
	};
	const char *kind;
	char more[64];

	(void)state;
	snprintf(more, sizeof(more), "{'operator':'%s'}", anna->id);
	for (unsigned int i = 0; (kind = event_sight_kind(i)); i++) {
		publish(kind, more);
		for (size_t eye = 0; eye < EYES; eye++)
			if (bench.told[eye] != seen[event_sight(kind)][eye])
				fail_msg("%s to eye %zu", kind, eye);
		if (event_sight(kind) != EVENT_SIGHT_PARTIES)
			continue;
		publish(kind, "{'operator':'somebody'}");
		assert_int_equal(bench.told[ANNA], 0);
		publish(kind, "{'approver':'somebody','by':'somebody'}");
		assert_int_equal(bench.told[ANNA], 0);
		assert_int_equal(bench.told[MARIA], 1);
	}
}

/* What somebody builds and forgets here is told to as few as possible. */
static void test_a_kind_that_is_not_known(void **state)
{
	(void)state;
	publish("something.new", "{}");
	assert_int_equal(bench.told[NOBODY], 0);
	assert_int_equal(bench.told[ANNA], 0);
	assert_int_equal(bench.told[MARIA], 1);
}

/* Whoever counts is not told that what they declared went past a limit. */
static void test_an_alarm_is_for_who_may_see_the_balance(void **state)
{
	(void)state;
	publish("declared", "{'operation':'o','operator':'a',"
			    "'blind':{'limits':['maximum']}}");
	assert_int_equal(bench.told[NOBODY], 1);
	assert_int_equal(bench.told[ANNA], 1);
	assert_string_equal(bench.last[ANNA], "declared");
	assert_int_equal(bench.told[MARIA], 2);
	assert_string_equal(bench.last[MARIA], "balance.alarm");
	assert_int_equal(bench.told[OWNER], 2);
	publish("settled", "{'operation':'o','operator':'a',"
			   "'blind':{'limits':['maximum']}}");
	assert_int_equal(bench.told[ANNA], 1);
	assert_string_equal(bench.last[MARIA], "balance.alarm");
	publish("outcome", "{'operation':'o','operator':'a','recovered':true,"
			   "'blind':{'limits':['maximum']}}");
	assert_int_equal(bench.told[ANNA], 1);
	assert_string_equal(bench.last[MARIA], "balance.alarm");
	/* what is known at once was consented to */
	publish("outcome", "{'blind':{'limits':['maximum']}}");
	assert_string_equal(bench.last[MARIA], "outcome");
	publish("declared", "{'blind':{}}");
	assert_int_equal(bench.told[MARIA], 1);
	/* what was held up is no alarm */
	publish("cash.in", "{'blind':{'limits':['maximum']}}");
	assert_int_equal(bench.told[MARIA], 1);
}

/* Those of before sums stood apart in the journal are told again, too. */
static void test_what_a_printer_counts(void **state)
{
	(void)state;
	publish("outcome", "{'result':{'counters':{'receipts':5,"
			   "'cash':4711,'before':{'cash_in':4711},"
			   "'after':{'cash_out':4711}},"
			   "'figures':{'rates':[4711]}}}");
	assert_int_equal(bench.told[OWNER], 1);
	publish("evidence", "{'evidence':{'counters':{'cash':4711}}}");
	assert_int_equal(bench.told[OWNER], 1);
}

/* More than others they are told only as long as they are signed on. */
static void test_a_sign_on_that_ended(void **state)
{
	(void)state;
	rig.uid = MARIAS_UID;
	rig_expect(rig_sign_off(rig.tokens[1]), "");
	rig.uid = RIG_UID;
	publish("operator.put", "{}");
	assert_int_equal(bench.told[MARIA], 0);
	assert_int_equal(bench.told[OWNER], 1);
	publish("declared", "{'blind':{'limits':['maximum']}}");
	assert_int_equal(bench.told[MARIA], 1);
}

static void test_giving_up_between_two(void **state)
{
	(void)state;
	bench.limit = 1;
	publish("declared", "{'blind':{'limits':['maximum']}}");
	assert_null(bench.subscriptions[MARIA]);
	assert_int_equal(bench.told[MARIA], 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_kind),
		TEST(test_a_kind_that_is_not_known),
		TEST(test_what_a_printer_counts),
		TEST(test_an_alarm_is_for_who_may_see_the_balance),
		TEST(test_a_sign_on_that_ended),
		TEST(test_giving_up_between_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
