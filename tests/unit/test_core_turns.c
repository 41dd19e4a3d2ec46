/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that wait for a badge stand in line for the reader: whose turn it is
 * has it, without asking again.
 */
#include "core/authorization_private.h"
#include "core/reader.h"
#include "util/json.h"
#include "util/text.h"

#include "core_rig.h"
#include "fault_vfs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OTHER_UID (RIG_UID + 1)
#define LATER_MS  30000 /* half of a question's time */

static struct caller *asker; /* who asked last */

/* Asks for what takes a consent, and waits for it. */
static struct rig_answer *ask(const char *token, uid_t uid, const char *key)
{
	struct rig_answer *answer;
	json_t *params = rig_json("{'action':'drawer.open'}");

	rig.wait = 100;
	rig.uid = uid;
	asker = rig_caller(token, &answer);
	action_submit(rig.core, asker,
		      &(struct action_call){ .action = ACTION_CHECK,
					     .till = uid == RIG_UID_BACK ? "2"
									 : "1",
					     .key = key,
					     .params = params });
	rig.wait = -1;
	rig.uid = RIG_UID;
	json_decref(params);
	rig_run();
	assert_false(answer->told);
	return answer;
}

/* The question that was asked last. */
static const char *last(void)
{
	static char id[RANDOM_ID_SIZE];

	text_copy(
		id, sizeof(id),
		authorization_id(TAILQ_FIRST(&rig.core->authorizations->list)));
	return id;
}

static const char *sign_on(const char *login, uid_t uid)
{
	const char *token;

	rig.uid = uid;
	token = rig_sign_on(login);
	rig.uid = RIG_UID;
	return token;
}

static void expect_state(const char *id, const char *state)
{
	const struct rig_answer *seen;

	rig.uid = 0;
	seen = rig_look_at(id);
	rig_expect(seen, "");
	rig.uid = RIG_UID;
	assert_string_equal(rig_text(seen, "state", NULL), state);
}

struct line {
	struct rig_answer *first, *second;
	char ids[2][RANDOM_ID_SIZE];
};

/* One has it, and the other waits for it; at the same till or at another. */
static void stand_in_line(struct line *line, uid_t uid)
{
	const char *first = sign_on("anna", RIG_UID);
	const char *second = uid == RIG_UID_BACK ? rig_sign_on_at_back("anna")
						 : sign_on("anna", uid);

	line->first = ask(first, RIG_UID, "k1");
	text_copy(line->ids[0], RANDOM_ID_SIZE, last());
	rig_advance(LATER_MS);
	line->second = ask(second, uid, "k2");
	text_copy(line->ids[1], RANDOM_ID_SIZE, last());
	expect_state(line->ids[0], "armed");
	expect_state(line->ids[1], "pending");
}

static void test_who_waits_is_next(void **state)
{
	struct line line;

	(void)state;
	for (int back = 0; back < 2; back++) {
		stand_in_line(&line, back ? RIG_UID_BACK : OTHER_UID);
		rig_expect(rig_deny(line.ids[0], "maria"), "");
		rig_expect(line.first, "authorization-denied");
		expect_state(line.ids[1], "armed");
		rig_advance(READER_SETTLE_MS + READER_QUIET_MS);
		rig_swipe(MARIAS_BADGE);
		rig_expect(line.second, "");
		rig_advance(READER_QUIET_MS);
	}
}

static void test_when_it_is_ones_turn(void **state)
{
	struct line line;

	(void)state;
	stand_in_line(&line, RIG_UID_BACK);
	rig_advance(LATER_MS);
	expect_state(line.ids[0], "expired");
	expect_state(line.ids[1], "armed");
	rig_advance(READER_SETTLE_MS + READER_QUIET_MS);
	rig_swipe(MARIAS_BADGE);
	rig_expect(line.second, "");
}

/* The question stays, and nobody is at the reader for it. */
static void test_who_waits_no_longer_is_passed_over(void **state)
{
	struct line line;

	(void)state;
	stand_in_line(&line, OTHER_UID);
	asker->left(asker->left_arg, asker);
	rig_expect(line.second, "authorization-required");
	rig_expect(rig_deny(line.ids[0], "maria"), "");
	expect_state(line.ids[1], "pending");
}

/* To stand in line is not to ask again and again. */
static void test_waiting_takes_no_more_armings(void **state)
{
	struct line line;

	(void)state;
	stand_in_line(&line, RIG_UID_BACK);
	for (int i = 0; i < 50; i++) {
		authorizations_reader_is_free(rig.core);
		rig_run();
	}
	expect_state(line.ids[1], "pending");
	rig_expect(rig_deny(line.ids[0], "maria"), "");
	expect_state(line.ids[1], "armed");
}

/* Plugged out, and in again. */
static void test_when_the_reader_is_back(void **state)
{
	const char *anna = sign_on("anna", RIG_UID);
	int64_t since;

	(void)state;
	ask(anna, RIG_UID, "k");
	expect_state(last(), "armed");
	since = authorization_by_id(rig.core, last())->claim.since;
	rig_advance(LATER_MS / 2);
	fake_line_drop(rig.device_lines[DEVICE_READER], REASON_UNPLUGGED);
	rig_advance(LATER_MS / 2);
	expect_state(last(), "armed");
	assert_true(authorization_by_id(rig.core, last())->claim.since > since);
}

/* It was armed by word first, as tillctl does, and then waited for. */
static void test_what_was_armed_before_comes_back_too(void **state)
{
	const char *anna = sign_on("anna", RIG_UID);
	const char *id = rig_ask(anna, "k");

	(void)state;
	rig_expect(rig_arm(anna, id), "");
	rig.wait = 100;
	rig_open_drawer(anna, "k");
	rig.wait = -1;
	rig_run();
	fake_line_drop(rig.device_lines[DEVICE_READER], REASON_UNPLUGGED);
	assert_null(authorization_by_id(rig.core, id)->claim.reader);
	rig_advance(LATER_MS / 2);
	expect_state(id, "armed");
}

static void test_a_badge_is_offered_only_where_it_can_be_read(void **state)
{
	const char *anna = sign_on("anna", RIG_UID);
	const struct rig_answer *seen;
	const char *id;

	(void)state;
	id = rig_ask(anna, "k");
	seen = rig_look_at(id);
	rig_expect(seen, "");
	assert_int_equal(rig_size(seen, "how"), 2);
	assert_null(json_object_get(seen->body, "badge_counts"));
	fake_line_drop(rig.device_lines[DEVICE_READER], REASON_UNPLUGGED);
	seen = rig_look_at(id);
	rig_expect(seen, "");
	assert_int_equal(rig_size(seen, "how"), 1);
	assert_true(json_is_false(json_object_get(seen->body, "badge_counts")));
	assert_string_equal(rig_text(seen, "badge_objection", NULL),
			    "the badge reader of this till is not there");
	rig_advance(LATER_MS / 2);
	seen = rig_look_at(id);
	rig_expect(seen, "");
	assert_int_equal(rig_size(seen, "how"), 2);
}

#define TEST(test) \
	cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_who_waits_is_next),
		TEST(test_when_it_is_ones_turn),
		TEST(test_who_waits_no_longer_is_passed_over),
		TEST(test_waiting_takes_no_more_armings),
		TEST(test_when_the_reader_is_back),
		TEST(test_what_was_armed_before_comes_back_too),
		TEST(test_a_badge_is_offered_only_where_it_can_be_read),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: turns", tests, NULL, NULL);
}
