/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions, and what they keep: operations, sign-ons, guesses. */
#include "store/store.h"

#include "util/json.h"

#include "store_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* --- transactions --- */

static void keep_result(void *arg, const struct txn_result *result)
{
	*(struct txn_result *)arg = *result;
}

static struct operation_row sample(const char *id, const char *key)
{
	struct operation_row row = {
		.till = "1",
		.uid = 1000,
		.body = { 1, 2, 3 },
		.action = "drawer.open",
		.operator= "maria",
		.device = "drawer1",
		.created_ms = 1700000000000,
	};

	snprintf(row.id, sizeof(row.id), "%s", id);
	snprintf(row.key, sizeof(row.key), "%s", key);
	row.op = json_put_text(json_make(), "kind", "drawer-open");
	return row;
}

static void begin_in(struct txn *txn, const char *id, const char *key)
{
	struct operation_row row = sample(id, key);

	txn_operation_begin(txn, &row);
	operation_row_clear(&row);
}

static int begin(struct store_rig *rig, const char *id, const char *key)
{
	struct txn *txn = txn_new(rig->store);

	begin_in(txn, id, key);
	return store_rig_commit(rig, txn).error;
}

/* One fails, its neighbours in the same batch do not notice. */
static void test_a_batch_with_one_that_fails(void **state)
{
	struct store_rig *rig = *state;
	struct txn_result results[3] = { 0 };
	int64_t seq = store_rig_describe(rig, "seq");

	assert_int_equal(begin(rig, "taken", "k"), 0);
	for (int i = 0; i < 3; i++) {
		struct txn *txn = txn_new(rig->store);

		txn_journal(txn, json_put_text(json_make(), "kind", "first"));
		begin_in(txn,
			 i == 1 ? "taken"
			 : i	? "b"
				: "a",
			 i == 1 ? "x"
			 : i	? "y"
				: "z");
		txn_journal(txn, json_put_text(json_make(), "kind", "last"));
		txn_commit(txn, keep_result, &results[i]);
	}
	fake_env_run(&rig->fake);
	assert_int_equal(results[0].error, 0);
	assert_int_equal(results[0].seq, seq + 1);
	assert_int_equal(results[0].last_seq, seq + 2);
	assert_int_equal(results[1].error, STORE_E_EXISTS);
	assert_int_equal(results[1].seq, 0);
	assert_int_equal(results[2].error, 0);
	assert_int_equal(results[2].seq, seq + 3);
	assert_int_equal(store_rig_describe(rig, "seq"), seq + 4);
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
	assert_int_equal(store_health(rig->store), 0);
}

static void test_a_transaction_given_up(void **state)
{
	struct store_rig *rig = *state;
	struct txn *txn = txn_new(rig->store);

	txn_journal(txn, json_put_text(json_make(), "kind", "no"));
	begin_in(txn, "a", "k");
	assert_null(txn_free(txn));
	assert_null(txn_free(NULL));
	fake_env_run(&rig->fake);
	assert_int_equal(store_rig_describe(rig, "seq"), 1);
}

static void test_closing_commits_what_was_submitted(void **state)
{
	struct store_rig *rig = *state;
	struct txn_result result = { .error = -1 };
	struct txn *txn = txn_new(rig->store);

	txn_journal(txn, json_put_text(json_make(), "kind", "late"));
	txn_commit(txn, keep_result, &result);
	store_rig_close(rig);
	assert_int_equal(result.error, 0);
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(store_rig_count(rig, "late"), 1);
}

static void count_found(void *arg, int error, const struct operation_row *row)
{
	assert_int_equal(error, STORE_E_NOT_FOUND);
	assert_null(row);
	++*(int *)arg;
}

struct waiting {
	struct store_rig *rig;
	int found;
	int error; /* of the verifying */
	bool refused;
};

static void look_again(void *arg, const struct txn_result *result)
{
	struct waiting *waiting = arg;

	assert_int_equal(result->error, 0);
	store_find_operation(waiting->rig->store, "no", count_found,
			     &waiting->found);
}

static void keep_verified(void *arg, int error,
			  const struct journal_verdict *verdict)
{
	struct waiting *waiting = arg;

	waiting->error = error;
	waiting->refused = !verdict;
}

/* What is being waited for is answered, what comes of that included. */
static void test_closing_answers_all_who_wait(void **state)
{
	struct waiting waiting = { .rig = *state };
	struct txn *txn = txn_new(waiting.rig->store);

	for (int i = 0; i < 2500; i++)
		txn_journal(txn, json_put_text(json_make(), "kind", "x"));
	assert_int_equal(store_rig_commit(waiting.rig, txn).error, 0);
	txn = txn_new(waiting.rig->store);
	txn_commit(txn, look_again, &waiting);
	store_find_operation(waiting.rig->store, "no", count_found,
			     &waiting.found);
	journal_verify(waiting.rig->store, keep_verified, &waiting);
	store_rig_close(waiting.rig);
	assert_int_equal(waiting.found, 2);
	assert_true(waiting.refused);
	assert_int_equal(waiting.error, -ECANCELED);
}

/* --- operations --- */

struct found {
	int calls;
	int error;
	char id[OP_ID_SIZE];
	bool open;
	enum outcome outcome;
	char evidence[64]; /* as text; empty if there is none */
	char result[64];
	char reason[33];
	char reversal[OP_ID_SIZE];
};

static void keep_json(char text[64], const json_t *json)
{
	char *line = json ? json_line(json) : NULL;

	snprintf(text, 64, "%s", line ? line : "");
	free(line);
}

static void keep_found(void *arg, int error, const struct operation_row *row)
{
	struct found *found = arg;

	*found = (struct found){ .calls = found->calls + 1, .error = error };
	if (!row)
		return;
	strcpy(found->id, row->id);
	strcpy(found->reason, row->reason);
	found->open = row->open;
	found->outcome = row->outcome;
	assert_int_equal(row->uid, 1000);
	assert_string_equal(row->till, "1");
	assert_string_equal(row->operator, "maria");
	assert_string_equal(row->device, "drawer1");
	assert_int_equal(row->created_ms, 1700000000000);
	assert_int_equal(row->body[2], 3);
	assert_non_null(json_text(row->op, "kind"));
	keep_json(found->evidence, row->evidence);
	keep_json(found->result, row->result);
}

static struct found find_key(struct store_rig *rig, const char *till, uid_t uid,
			     const char *key)
{
	struct found found = { 0 };

	store_find_key(rig->store, till, uid, key, keep_found, &found);
	fake_env_run(&rig->fake);
	assert_int_equal(found.calls, 1);
	return found;
}

static struct found find_id(struct store_rig *rig, const char *id)
{
	struct found found = { 0 };

	store_find_operation(rig->store, id, keep_found, &found);
	fake_env_run(&rig->fake);
	assert_int_equal(found.calls, 1);
	return found;
}

static int end(struct store_rig *rig, const char *id, enum outcome outcome)
{
	struct txn *txn = txn_new(rig->store);
	json_t *result = json_put_int(json_make(), "number", 5);

	txn_owed(txn);
	txn_operation_end(txn, id, outcome, "no-answer", result);
	json_decref(result);
	return store_rig_commit(rig, txn).error;
}

static void test_the_life_of_an_operation(void **state)
{
	struct store_rig *rig = *state;
	json_t *evidence = json_put_int(json_make(), "z", 41);
	struct txn *txn;
	struct found found;

	assert_int_equal(begin(rig, "op1", "key 1"), 0);
	found = find_key(rig, "1", 1000, "key 1");
	assert_int_equal(found.error, 0);
	assert_true(found.open);
	assert_string_equal(found.evidence, "");
	txn = txn_new(rig->store);
	txn_operation_save(txn, "op1", evidence);
	json_decref(evidence);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	assert_int_equal(end(rig, "op1", OUTCOME_UNKNOWN), 0);
	found = find_id(rig, "op1");
	assert_false(found.open);
	assert_int_equal(found.outcome, OUTCOME_UNKNOWN);
	assert_string_equal(found.reason, "no-answer");
	assert_string_equal(found.evidence, "{\"z\":41}");
	assert_string_equal(found.result, "{\"number\":5}");
	/* what has ended does not end again */
	assert_int_equal(end(rig, "op1", OUTCOME_OK), STORE_E_NOT_FOUND);
	assert_int_equal(end(rig, "op2", OUTCOME_OK), STORE_E_NOT_FOUND);
}

static void test_keys_belong_to_till_and_uid(void **state)
{
	struct store_rig *rig = *state;

	assert_int_equal(begin(rig, "op1", "k"), 0);
	assert_int_equal(begin(rig, "op2", "k"), STORE_E_EXISTS);
	assert_int_equal(find_key(rig, "1", 1000, "k").error, 0);
	assert_int_equal(find_key(rig, "1", 1001, "k").error,
			 STORE_E_NOT_FOUND);
	assert_int_equal(find_key(rig, "2", 1000, "k").error,
			 STORE_E_NOT_FOUND);
	assert_int_equal(find_key(rig, "1", 1000, "K").error,
			 STORE_E_NOT_FOUND);
	assert_int_equal(find_id(rig, "op2").error, STORE_E_NOT_FOUND);
	assert_int_equal(find_id(rig, "an id far longer than any that could "
				      "have been stored")
				 .error,
			 STORE_E_NOT_FOUND);
}

static void count_row(void *arg, const struct operation_row *row)
{
	char *ids = arg;

	assert_true(row->open);
	strcat(ids, row->id);
	strcat(ids, " ");
}

static void test_open_operations_come_back(void **state)
{
	struct store_rig *rig = *state;
	char ids[64] = "";

	assert_int_equal(begin(rig, "b", "1"), 0);
	assert_int_equal(begin(rig, "a", "2"), 0);
	assert_int_equal(begin(rig, "c", "3"), 0);
	assert_int_equal(end(rig, "a", OUTCOME_OK), 0);
	store_rig_reopen(rig);
	assert_int_equal(store_open_operations(rig->store, count_row, ids), 0);
	assert_string_equal(ids, "b c ");
}

static void test_old_operations_are_pruned(void **state)
{
	static const int64_t day = 24 * 60 * 60 * 1000;
	struct store_rig *rig = *state;

	assert_int_equal(begin(rig, "ok", "1"), 0);
	assert_int_equal(end(rig, "ok", OUTCOME_OK), 0);
	assert_int_equal(begin(rig, "unknown", "2"), 0);
	assert_int_equal(end(rig, "unknown", OUTCOME_UNKNOWN), 0);
	assert_int_equal(begin(rig, "open", "3"), 0);
	fake_env_advance(&rig->fake, 89 * day);
	assert_int_equal(begin(rig, "late", "4"), 0);
	assert_int_equal(end(rig, "late", OUTCOME_OK), 0);
	store_prune(rig->store);
	fake_env_run(&rig->fake);
	assert_int_equal(find_id(rig, "ok").error, 0);
	fake_env_advance(&rig->fake, 2 * day);
	store_prune(rig->store);
	fake_env_run(&rig->fake);
	assert_int_equal(find_id(rig, "ok").error, STORE_E_NOT_FOUND);
	assert_int_equal(find_id(rig, "unknown").error, 0);
	assert_int_equal(find_id(rig, "open").error, 0);
	assert_int_equal(find_id(rig, "late").error, 0);
	/* the key stays used up, for that till and uid */
	assert_int_equal(find_key(rig, "1", 1000, "1").error,
			 STORE_E_EXPIRED_KEY);
	assert_int_equal(find_key(rig, "1", 1001, "1").error,
			 STORE_E_NOT_FOUND);
	assert_int_equal(begin(rig, "again", "1"), STORE_E_EXPIRED_KEY);
}

static int begin_reversal(struct store_rig *rig, const char *id, const char *of)
{
	struct operation_row row = sample(id, id);
	struct txn *txn = txn_new(rig->store);

	strcpy(row.of, of);
	json_put_text(row.op, "kind", "reversal");
	txn_operation_begin(txn, &row);
	operation_row_clear(&row);
	return store_rig_commit(rig, txn).error;
}

static void begin_payment(struct store_rig *rig, const char *id)
{
	struct operation_row row = sample(id, id);
	struct txn *txn = txn_new(rig->store);

	json_put_text(row.op, "kind", "payment");
	txn_operation_begin(txn, &row);
	operation_row_clear(&row);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
}

static void keep_payment(void *arg, int error, const struct operation_row *row,
			 const struct operation_row *reversal)
{
	struct found *found = arg;

	assert_int_equal(row == NULL, error != 0);
	*found = (struct found){ .calls = found->calls + 1, .error = error };
	if (row)
		strcpy(found->id, row->id);
	if (reversal)
		strcpy(found->reversal, reversal->id);
}

static struct found find_payment(struct store_rig *rig, const char *till,
				 const char *id)
{
	struct found found = { 0 };

	store_find_payment(rig->store, till, id, keep_payment, &found);
	fake_env_run(&rig->fake);
	assert_int_equal(found.calls, 1);
	return found;
}

static void test_payments_and_their_reversals(void **state)
{
	struct store_rig *rig = *state;

	begin_payment(rig, "pay");
	assert_int_equal(find_payment(rig, "1", "pay").error,
			 STORE_E_NOT_FOUND); /* still open */
	assert_int_equal(end(rig, "pay", OUTCOME_OK), 0);
	assert_int_equal(find_payment(rig, "2", "pay").error,
			 STORE_E_NOT_FOUND);
	assert_int_equal(find_payment(rig, "1", "pay").error, 0);
	assert_string_equal(find_payment(rig, "1", "pay").reversal, "");
	/* one that failed is none; one that is open, unknown or ok is */
	assert_int_equal(begin_reversal(rig, "r1", "pay"), 0);
	assert_string_equal(find_payment(rig, "1", "pay").reversal, "r1");
	assert_int_equal(begin_reversal(rig, "r2", "pay"), STORE_E_EXISTS);
	assert_int_equal(end(rig, "r1", OUTCOME_REFUSED), 0);
	assert_string_equal(find_payment(rig, "1", "pay").reversal, "");
	assert_int_equal(begin_reversal(rig, "r3", "pay"), 0);
	assert_int_equal(end(rig, "r3", OUTCOME_UNKNOWN), 0);
	assert_string_equal(find_payment(rig, "1", "pay").reversal, "r3");
	assert_int_equal(begin_reversal(rig, "r4", "pay"), STORE_E_EXISTS);
	/* a drawer's pulse is no payment */
	assert_int_equal(begin(rig, "drawer", "d"), 0);
	assert_int_equal(end(rig, "drawer", OUTCOME_OK), 0);
	assert_int_equal(find_payment(rig, "1", "drawer").error,
			 STORE_E_NOT_FOUND);
}

static void end_at(struct store_rig *rig, const char *id, const char *result)
{
	struct txn *txn = txn_new(rig->store);
	json_t *json = json_loads(result, 0, NULL);

	txn_owed(txn);
	txn_operation_end(txn, id, OUTCOME_OK, "", json);
	json_decref(json);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
}

static void begin_cancel(struct store_rig *rig, const char *id, const char *of)
{
	struct operation_row row = sample(id, id);
	struct txn *txn = txn_new(rig->store);

	strcpy(row.of, of);
	strcpy(row.action, "payment.cancel");
	txn_operation_begin(txn, &row);
	operation_row_clear(&row);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
}

/* What a terminal cancelled in another's stead is known by its trace; those
 * of another terminal behind the same port are other payments'. */
static void test_a_trace_is_its_terminals(void **state)
{
	static const struct {
		const char *paid, *cancelled;
		bool reversed;
	} rows[] = {
		{ "{\"amount\":5,\"trace\":7,\"terminal\":\"1\"}",
		  "{\"amount\":5,\"original_trace\":7,\"terminal\":\"1\"}",
		  true },
		{ "{\"amount\":5,\"trace\":8,\"terminal\":\"1\"}",
		  "{\"amount\":5,\"original_trace\":8,\"terminal\":\"2\"}",
		  false },
		{ "{\"amount\":5,\"trace\":9,\"terminal\":\"1\"}",
		  "{\"amount\":5,\"original_trace\":9}", true },
		{ "{\"amount\":5,\"trace\":10}",
		  "{\"amount\":5,\"original_trace\":10,\"terminal\":\"2\"}",
		  true },
	};
	struct store_rig *rig = *state;
	char paid[8], cancel[8];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(paid, sizeof(paid), "p%zu", i);
		snprintf(cancel, sizeof(cancel), "c%zu", i);
		begin_payment(rig, paid);
		end_at(rig, paid, rows[i].paid);
		begin_cancel(rig, cancel, cancel + 1);
		end_at(rig, cancel, rows[i].cancelled);
		assert_string_equal(find_payment(rig, "1", paid).reversal,
				    rows[i].reversed ? cancel : "");
	}
}

/* --- sign-ons and guesses --- */

static void keep_signon(void *arg, const struct signon_row *row)
{
	char *text = arg;

	sprintf(text + strlen(text), "%s/%s/%s/%u/%lld/%d ", row->id,
		row->operator, row->till, row->uid, (long long)row->used_ms,
		row->token[31]);
}

static void test_signons_last(void **state)
{
	struct store_rig *rig = *state;
	struct signon_row row = {
		.id = "one",
		.operator= "maria",
		.till = "1",
		.uid = 1000,
		.created_ms = 5,
		.used_ms = 5,
		.token = { [31] = 7 },
	};
	struct txn *txn = txn_new(rig->store);
	char text[256] = "";

	txn_signon_add(txn, &row);
	strcpy(row.id, "two");
	row.token[31] = 8;
	txn_signon_add(txn, &row);
	txn_signon_used(txn, "one", 99);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	store_rig_reopen(rig);
	assert_int_equal(store_signons(rig->store, keep_signon, text), 0);
	assert_string_equal(text,
			    "one/maria/1/1000/99/7 two/maria/1/1000/5/8 ");
	txn = txn_new(rig->store);
	txn_signon_remove(txn, "one");
	txn_signon_remove(txn, "nobody");
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	*text = 0;
	assert_int_equal(store_signons(rig->store, keep_signon, text), 0);
	assert_string_equal(text, "two/maria/1/1000/5/8 ");
}

static void keep_guess(void *arg, const struct guess_row *row)
{
	char *text = arg;

	sprintf(text + strlen(text), "%s/%lld/%lld ", row->subject,
		(long long)row->tries, (long long)row->last_ms);
}

static void test_guesses_last(void **state)
{
	struct store_rig *rig = *state;
	struct guess_row row = { "login:anna@1", 3, 77 };
	struct txn *txn = txn_new(rig->store);
	char text[256] = "";

	txn_guess_set(txn, &row);
	row.tries = 4;
	txn_guess_set(txn, &row);
	strcpy(row.subject, "uid:1000");
	txn_guess_set(txn, &row);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	store_rig_reopen(rig);
	assert_int_equal(store_guesses(rig->store, keep_guess, text), 0);
	assert_string_equal(text, "login:anna@1/4/77 uid:1000/4/77 ");
	txn = txn_new(rig->store);
	row.tries = 0;
	txn_guess_set(txn, &row);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	*text = 0;
	assert_int_equal(store_guesses(rig->store, keep_guess, text), 0);
	assert_string_equal(text, "login:anna@1/4/77 ");
}

static void test_every_error_has_a_sentence(void **state)
{
	(void)state;
	for (int error = STORE_E_LOCKED; error <= STORE_E_EXPIRED_KEY; error++)
		assert_true(strlen(store_error_text(error)) > 10);
	assert_string_equal(store_error_text(-EIO), strerror(EIO));
}

#define NEW(name)                                                     \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin, \
					store_rig_end)
#define SET_UP(name)                                                         \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin_set_up, \
					store_rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SET_UP(a_batch_with_one_that_fails),
		SET_UP(a_transaction_given_up),
		SET_UP(closing_commits_what_was_submitted),
		SET_UP(closing_answers_all_who_wait),
		SET_UP(the_life_of_an_operation),
		SET_UP(keys_belong_to_till_and_uid),
		SET_UP(open_operations_come_back),
		SET_UP(old_operations_are_pruned),
		SET_UP(payments_and_their_reversals),
		SET_UP(a_trace_is_its_terminals),
		SET_UP(signons_last),
		SET_UP(guesses_last),
		NEW(every_error_has_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
