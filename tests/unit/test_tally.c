/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted out of the journal: store/tally.h. */
#include "store/tally.h"

#include "util/json.h"

#include "store_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* --- entries as core writes them --- */

static int64_t note(struct store_rig *rig, json_t *entry)
{
	struct txn *txn = txn_new(rig->store);
	struct txn_result result;

	txn_journal(txn, entry);
	result = store_rig_commit(rig, txn);
	assert_int_equal(result.error, 0);
	return result.seq;
}

static json_t *entry(const char *till, const char *kind)
{
	return json_put_text(json_put_text(json_make(), "kind", kind), "till",
			     till);
}

static int64_t happened(struct store_rig *rig, const char *kind)
{
	return note(rig, entry("1", kind));
}

static json_t *outcome(const char *action, const char *word)
{
	return json_put_text(json_put_text(entry("1", "outcome"), "action",
					   action),
			     "outcome", word);
}

static int64_t ended(struct store_rig *rig, const char *action,
		     const char *word)
{
	return note(rig, outcome(action, word));
}

/* --- counting --- */

struct counted {
	int error;
	int64_t counts[TALLIES];
	int64_t last;
};

static void keep(void *arg, int error, const int64_t counts[TALLIES],
		 int64_t last)
{
	struct counted *counted = arg;

	counted->error = error;
	counted->last = last;
	memcpy(counted->counts, counts, sizeof(counted->counts));
}

static struct counted count(struct store_rig *rig, int64_t first, int64_t last)
{
	struct counted counted = { .error = -1 };

	store_tally(rig->store, "1", first, last, keep, &counted);
	fake_env_run(&rig->fake);
	assert_int_equal(counted.error, 0);
	return counted;
}

static void expect(struct store_rig *rig, enum tally tally, int64_t wanted)
{
	struct counted counted = count(rig, 1, 0);

	for (enum tally each = 0; each < TALLIES; each++)
		if (counted.counts[each] != (each == tally ? wanted : 0) &&
		    (each != TALLY_DRAWER_WITHOUT_SALE))
			fail_msg("%s: %lld", tally_name(each),
				 (long long)counted.counts[each]);
}

static void test_drawers_opened_by_an_event(void **state)
{
	struct store_rig *rig = *state;

	note(rig, json_put_text(outcome("drawer.open", "ok"), "event", "o"));
	note(rig,
	     json_put_text(outcome("drawer.open", "refused"), "event", "o"));
	expect(rig, TALLY_DRAWER_FOR_EVENT, 1);
	assert_int_equal(count(rig, 1, 0).counts[TALLY_DRAWER_WITHOUT_SALE], 0);
}

/* What was asked for and given to begin it with is not told before it. */
static void test_a_consent_to_the_opening(void **state)
{
	struct store_rig *rig = *state;
	struct counted counted;

	happened(rig, "session.open");
	expect(rig, TALLIES, 0);
	note(rig,
	     json_put_text(entry("1", "session.open"), "authorization", "a"));
	counted = count(rig, 1, 0);
	assert_int_equal(counted.counts[TALLY_AUTHORIZATIONS], 1);
	assert_int_equal(counted.counts[TALLY_REFUSALS], 1);
}

static void test_drawers_opened_by_hand(void **state)
{
	struct store_rig *rig = *state;

	ended(rig, "drawer.open", "ok");
	ended(rig, "drawer.open", "sent");
	ended(rig, "drawer.open", "unknown");
	/* these moved nothing */
	ended(rig, "drawer.open", "refused");
	ended(rig, "drawer.open", "failed");
	/* these are about the same, or about something else */
	note(rig, json_put_text(entry("1", "intent"), "action", "drawer.open"));
	happened(rig, "drawer.opened");
	happened(rig, "drawer.found-open");
	ended(rig, "report.x", "ok");
	/* this was at another till */
	note(rig, json_put_text(outcome("drawer.open", "ok"), "till", "2"));
	expect(rig, TALLY_DRAWER_BY_HAND, 3);
}

static void test_drawers_that_opened_by_themselves(void **state)
{
	struct store_rig *rig = *state;

	happened(rig, "drawer.unsolicited");
	happened(rig, "drawer.unsolicited");
	note(rig, entry("2", "drawer.unsolicited"));
	expect(rig, TALLY_DRAWER_UNSOLICITED, 2);
}

static void test_refusals_and_authorizations(void **state)
{
	struct store_rig *rig = *state;

	happened(rig, "refused");
	expect(rig, TALLY_REFUSALS, 1);
	happened(rig, "authorization.denied");
	happened(rig, "authorization.expired");
	happened(rig, "authorization.not-taken");
	expect(rig, TALLY_REFUSALS, 1);
	happened(rig, "authorization.approved");
	assert_int_equal(count(rig, 1, 0).counts[TALLY_AUTHORIZATIONS], 1);
}

static void test_cards_cancelled(void **state)
{
	struct store_rig *rig = *state;

	ended(rig, "payment", "ok");
	ended(rig, "payment.cancel", "refused");
	ended(rig, "payment.cancel", "ok");
	ended(rig, "payment.cancel", "unknown");
	expect(rig, TALLY_CARD_CANCELLED, 2);
}

static int64_t without_sale(struct store_rig *rig)
{
	return count(rig, 1, 0).counts[TALLY_DRAWER_WITHOUT_SALE];
}

static void test_openings_without_a_sale(void **state)
{
	struct store_rig *rig = *state;

	ended(rig, "payment", "ok");
	ended(rig, "drawer.open", "ok");
	assert_int_equal(without_sale(rig), 0);
	/* that sale has had its opening */
	ended(rig, "drawer.open", "ok");
	assert_int_equal(without_sale(rig), 1);
	ended(rig, "payment", "failed");
	happened(rig, "drawer.unsolicited");
	assert_int_equal(without_sale(rig), 2);
	ended(rig, "payment", "ok");
	ended(rig, "drawer.open", "failed");
	happened(rig, "drawer.unsolicited");
	assert_int_equal(without_sale(rig), 2);
	/* an event's is never without one, but it takes it up */
	note(rig, json_put_text(outcome("drawer.open", "ok"), "event", "op1"));
	assert_int_equal(without_sale(rig), 2);
	ended(rig, "payment", "ok");
	note(rig, json_put_text(outcome("drawer.open", "ok"), "event", "op2"));
	ended(rig, "drawer.open", "ok");
	assert_int_equal(without_sale(rig), 3);
}

static void test_from_one_entry_to_another(void **state)
{
	struct store_rig *rig = *state;
	int64_t first = happened(rig, "refused");
	int64_t second = happened(rig, "refused");
	int64_t third = happened(rig, "refused");
	struct counted counted = count(rig, second, second);

	assert_int_equal(counted.counts[TALLY_REFUSALS], 1);
	assert_int_equal(counted.last, second);
	counted = count(rig, first, second);
	assert_int_equal(counted.counts[TALLY_REFUSALS], 2);
	counted = count(rig, second, 0);
	assert_int_equal(counted.counts[TALLY_REFUSALS], 2);
	assert_int_equal(counted.last, third);
	counted = count(rig, third + 1, 0);
	assert_int_equal(counted.counts[TALLY_REFUSALS], 0);
	counted = count(rig, -5, third + 1000);
	assert_int_equal(counted.counts[TALLY_REFUSALS], 3);
	assert_int_equal(counted.last, third);
}

/* More than is read at once; what is known goes along from part to part. */
static void test_a_long_journal(void **state)
{
	struct store_rig *rig = *state;
	struct txn *txn = txn_new(rig->store);
	struct counted counted;

	txn_journal(txn, outcome("payment", "ok"));
	for (int i = 0; i < 5000; i++)
		txn_journal(txn, entry("2", "refused"));
	for (int i = 0; i < 5000; i++)
		txn_journal(txn, entry("1", "refused"));
	txn_journal(txn, outcome("drawer.open", "ok"));
	txn_journal(txn, outcome("drawer.open", "ok"));
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	counted = count(rig, 1, 0);
	assert_int_equal(counted.counts[TALLY_REFUSALS], 5000);
	assert_int_equal(counted.counts[TALLY_DRAWER_BY_HAND], 2);
	assert_int_equal(counted.counts[TALLY_DRAWER_WITHOUT_SALE], 1);
}

static void test_counts_as_json(void **state)
{
	int64_t counts[TALLIES] = {
		[TALLY_REFUSALS] = 4, [TALLY_CARD_CANCELLED] = 1
	};
	json_t *json = tally_to_json(counts);

	(void)state;
	assert_int_equal(json_object_size(json), TALLIES);
	assert_int_equal(json_int(json, "refusals", -1), 4);
	assert_int_equal(json_int(json, "card_cancelled", -1), 1);
	assert_int_equal(json_int(json, "drawer_by_hand", -1), 0);
	json_decref(json);
}

#define TEST(name)                                                           \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin_set_up, \
					store_rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(drawers_opened_by_an_event),
		TEST(a_consent_to_the_opening),
		TEST(drawers_opened_by_hand),
		TEST(drawers_that_opened_by_themselves),
		TEST(refusals_and_authorizations),
		TEST(cards_cancelled),
		TEST(openings_without_a_sale),
		TEST(from_one_entry_to_another),
		TEST(a_long_journal),
		cmocka_unit_test(test_counts_as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
