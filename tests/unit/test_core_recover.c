/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes of the policy that are nobody's permission: one's own password and
 * PIN, the way back in for root, and bundles that a back office has signed.
 */
#include "core/bundle.h"
#include "core/draft.h"
#include "core/own_secret.h"
#include "core/recover.h"
#include "util/alloc.h"
#include "util/json.h"

#include "core_rig.h"
#include "fault_vfs.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BROKEN SQLITE_IOERR_WRITE

static int64_t version(void)
{
	return policy_version(rig.core->policy);
}

/* --- one's own --- */

static struct rig_answer *change(const char *token, enum secret which,
				 const char *text)
{
	struct rig_answer *answer;
	struct caller *caller = rig_caller(token, &answer);
	json_t *body = rig_json(text);

	own_secret_change(rig.core, caller, which, body);
	json_decref(body);
	return answer;
}

#define ANNAS "{'old':'anna-password','new':'something-new'}"

static void test_ones_own_password(void **state)
{
	const char *anna = rig_sign_on("anna"), *other;
	int64_t before = version();

	(void)state;
	rig.uid = 1001;
	other = rig_sign_on("anna");
	rig.uid = RIG_UID;
	rig_expect(change(anna, SECRET_PASSWORD, ANNAS), "");
	assert_int_equal(version(), before + 1);
	rig_expect(rig_who_am_i(anna), "");
	rig.uid = 1001;
	rig_expect(rig_who_am_i(other), "sign-on-required");
	rig_expect(rig_try_sign_on("anna"), "wrong-credentials");
	rig_expect(rig_try_password("anna", "something-new"), "");
	assert_int_equal(rig_count("own-password"), 1);
	rig_restart();
	rig_expect(rig_try_password("anna", "something-new"), "");
}

static void test_it_takes_the_old_one(void **state)
{
	const char *anna = rig_sign_on("anna");
	int64_t before = version();

	(void)state;
	rig_expect(change(NULL, SECRET_PASSWORD, ANNAS), "sign-on-required");
	for (int i = 0; i < 4; i++)
		rig_expect(change(anna, SECRET_PASSWORD,
				  "{'old':'wrong','new':'something-new'}"),
			   "wrong-credentials");
	/* slowed down, as signing on is: and it is the same brake */
	rig_expect(change(anna, SECRET_PASSWORD, ANNAS), "slow-down");
	rig_expect(rig_try_sign_on("anna"), "slow-down");
	assert_int_equal(version(), before);
	assert_int_equal(rig_count("wrong-credentials"), 4);
	rig_advance(60000);
	rig_expect(change(anna, SECRET_PASSWORD, ANNAS), "");
}

static void test_a_new_one_has_to_do(void **state)
{
	static const struct {
		enum secret which;
		const char *body;
		const char *field;
	} rows[] = {
		{ SECRET_PASSWORD, "{'old':'anna-password','new':'short'}",
		  "new" },
		{ SECRET_PIN, "{'password':'anna-password','new':'12'}",
		  "new" },
		{ SECRET_PIN, "{'password':'anna-password','new':'abcd'}",
		  "new" },
		{ SECRET_PIN, "{'new':'1234'}", "old" },
		{ SECRET_PIN,
		  "{'old':'1','password':'anna-password','new':'1234'}",
		  "old" },
	};
	const char *anna = rig_sign_on("anna");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig_answer *answer =
			change(anna, rows[i].which, rows[i].body);

		rig_expect(answer, "bad-body");
		assert_string_equal(rig_text(answer, "field", NULL),
				    rows[i].field);
	}
	assert_int_equal(rig_count("wrong-credentials"), 0);
}

static void test_ones_own_pin(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	/* there is none yet, so no old one can be right */
	rig_expect(change(anna, SECRET_PIN, "{'old':'0000','new':'4711'}"),
		   "wrong-credentials");
	rig_expect(change(anna, SECRET_PIN,
			  "{'password':'anna-password','new':'4711'}"),
		   "");
	rig_expect(change(anna, SECRET_PIN, "{'old':'0000','new':'4712'}"),
		   "wrong-credentials");
	rig_expect(change(anna, SECRET_PIN, "{'old':'4711','new':'4712'}"), "");
	assert_int_equal(rig_count("own-pin"), 2);
}

static void test_what_was_not_written_did_not_change(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *answer = change(anna, SECRET_PASSWORD, ANNAS);

	(void)state;
	rig_break_disk(BROKEN);
	rig_expect(answer, "disk-failed");
	rig_break_disk(0);
	rig_expect(rig_who_am_i(anna), "");
	rig.uid = 1001;
	rig_expect(rig_try_password("anna", "something-new"),
		   "wrong-credentials");
	rig_expect(rig_try_sign_on("anna"), "");
}

/* The sign-on ends while the new one is being hashed. */
static void test_who_signed_off_meanwhile(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *answer = change(anna, SECRET_PASSWORD, ANNAS);
	struct rig_answer *end = rig_sign_off(anna);

	(void)state;
	rig_run();
	assert_true(end->told);
	assert_true(answer->told);
	if (!strcmp(answer->code, "sign-on-required")) {
		rig.uid = 1001;
		rig_expect(rig_try_sign_on("anna"), "");
	}
}

/* --- the way back in --- */

static struct rig_answer *recover(uid_t uid, const char *text)
{
	struct rig_answer *answer;
	struct caller *caller;
	json_t *body = rig_json(text);

	rig.uid = uid;
	caller = rig_caller(NULL, &answer);
	core_recover(rig.core, caller, body);
	json_decref(body);
	return answer;
}

#define RITA "{'login':'rita','name':'Rita','password':'rita-password'}"

static void test_only_root_recovers(void **state)
{
	(void)state;
	rig_expect(recover(RIG_UID, RITA), "not-allowed-uid");
	assert_null(policy_login(rig.core->policy, "rita"));
}

static void test_somebody_new_has_everything(void **state)
{
	struct rig_answer *answer = recover(0, RITA);
	const struct policy_operator *rita;
	struct demand demand = { 0 }, missing;

	(void)state;
	rig_expect(answer, "");
	rita = policy_login(rig.core->policy, "rita");
	assert_string_equal(rig_text(answer, "operator", NULL), rita->id);
	assert_string_equal(
		rig_text(answer, "group", NULL),
		policy_group_at(rig.core->policy, rita->groups[0])->id);
	for (unsigned int i = 0; i < RIGHTS_COUNT; i++)
		demand_add(&demand, i);
	assert_true(
		policy_decide(rig.core->policy, rita, NULL, &demand, &missing));
	assert_true(policy_decide(rig.core->policy, rita,
				  policy_till(rig.core->policy, "1"), &demand,
				  &missing));
	assert_int_equal(rita->role, ROLE_MANAGER);
	assert_int_equal(rig_count("recovered"), 1);
	rig.uid = RIG_UID;
	rig_sign_on("rita");
}

static void test_somebody_known_keeps_what_they_had(void **state)
{
	const struct policy_operator *piotr;
	char *id = alloc_text(policy_login(rig.core->policy, "piotr")->id);

	(void)state;
	rig_expect(recover(0, "{'login':'piotr','password':'new-password'}"),
		   "");
	piotr = policy_login(rig.core->policy, "piotr");
	assert_string_equal(piotr->id, id);
	assert_string_equal(piotr->name, "Piotr");
	assert_int_equal(piotr->groups_count, 2);
	assert_int_equal(piotr->badges_count, 1);
	rig.uid = RIG_UID;
	rig_expect(rig_try_sign_on("piotr"), "wrong-credentials");
	rig_expect(rig_try_password("piotr", "new-password"), "");
	free(id);
	/* and once more, by a group of its own */
	rig_expect(recover(0, "{'login':'piotr','password':'new-password'}"),
		   "");
	assert_int_equal(policy_login(rig.core->policy, "piotr")->groups_count,
			 3);
}

static void test_what_recovers_nobody(void **state)
{
	int64_t before = version();

	(void)state;
	rig_expect(recover(0, "{'login':'rita','password':'short'}"),
		   "bad-body");
	rig_break_disk(BROKEN);
	rig_expect(recover(0, RITA), "disk-failed");
	rig_break_disk(0);
	assert_int_equal(version(), before);
	assert_int_equal(rig_count("recovered"), 0);
}

/* --- bundles --- */

static const uint8_t back_office[32] = { 7, 1, 9 };

static void trust(const uint8_t private[32])
{
	keys_public_of(private, rig.core->config.policy_key);
	rig.core->config.has_policy_key = true;
}

#define POLICY                                                          \
	"{'tills':[{'id':'1','clients':{'users':[1000]}}],"             \
	"'groups':[{'id':'m','tills':['1','@box'],'permissions':["      \
	"'config.access','drawer.open']}],"                             \
	"'operators':[{'login':'maria','name':'Maria','groups':['m']}," \
	"{'login':'anna','name':'Anna','groups':['m']}]}"

#define WITHOUT_TILL_1                                             \
	"{'tills':[{'id':'2','clients':{'users':[1000]}}],"        \
	"'groups':[{'id':'m','tills':['2','@box'],'permissions':[" \
	"'config.access','drawer.open']}],"                        \
	"'operators':[{'login':'maria','name':'Maria','groups':['m']}]}"

/* Signed, as a back office would. New. */
static json_t *signed_bundle_of(const char *head, const char *policy)
{
	json_t *bundle = rig_json(head);
	uint8_t hash[HASH_SIZE], signature[KEYS_SIGNATURE_SIZE], public[32];
	char hex[2 * KEYS_SIGNATURE_SIZE + 1], id[KEYS_ID_SIZE], *line;

	keys_public_of(back_office, public);
	keys_public_id(public, id);
	json_put(bundle, "policy", rig_json(policy));
	json_put_text(bundle, "key", id);
	line = json_line(bundle);
	hash_sha256(line, strlen(line), hash);
	free(line);
	keys_sign_by(back_office, hash, signature);
	hash_to_hex(signature, sizeof(signature), hex);
	return json_put_text(bundle, "signature", hex);
}

static json_t *signed_bundle(const char *head)
{
	return signed_bundle_of(head, POLICY);
}

/* bundle is stolen. */
static struct rig_answer *apply(json_t *bundle)
{
	struct rig_answer *answer;
	struct caller *caller;
	char *text = json_line(bundle);

	rig.uid = 0;
	caller = rig_caller(NULL, &answer);
	core_apply_bundle(rig.core, caller, text, strlen(text));
	rig.uid = RIG_UID;
	json_decref(bundle);
	return answer;
}

static struct rig_answer *apply_version(int number)
{
	char *head = alloc_format("{'tilld-policy':1,'version':%d}", number);
	struct rig_answer *answer = apply(signed_bundle(head));

	free(head);
	return answer;
}

static void test_a_bundle_is_applied(void **state)
{
	const char *piotr = rig_sign_on("piotr");
	struct rig_answer *answer;

	(void)state;
	trust(back_office);
	answer = apply_version(3);
	rig_expect(answer, "");
	assert_int_equal(json_int(answer->body, "bundle", 0), 3);
	assert_null(policy_login(rig.core->policy, "piotr"));
	rig_expect(rig_who_am_i(piotr), "sign-on-required");
	assert_int_equal(rig_count("policy.bundle"), 1);
	rig_expect(rig_open_drawer(rig_sign_on("anna"), "k"), "");
}

static void test_versions_of_bundles_grow(void **state)
{
	(void)state;
	trust(back_office);
	rig_expect(apply_version(3), "");
	rig_expect(apply_version(3), "bundle-outdated");
	rig_expect(apply_version(2), "bundle-outdated");
	rig_restart();
	trust(back_office);
	rig_expect(apply_version(2), "bundle-outdated");
	rig_expect(apply_version(4), "");
	assert_int_equal(rig_count("policy.bundle"), 2);
}

/* Applied on a database that is older than the last one. */
static void test_no_bundle_comes_back_from_the_past(void **state)
{
	struct txn *txn;

	(void)state;
	trust(back_office);
	rig_expect(apply_version(2), "");
	rig_stop();
	store_rig_keep(&rig.store, "tilld.db");
	rig_go_on();
	trust(back_office);
	rig_expect(apply_version(4), "");
	rig_stop();
	store_rig_bring_back(&rig.store, "tilld.db");
	rig_go_on();
	trust(back_office);
	rig_expect(apply_version(5), "rolled-back");
	rig_restart(); /* the head file tells of another journal by now */
	trust(back_office);
	txn = txn_new(rig.store.store);
	txn_confirm_rollback(txn);
	assert_int_equal(store_rig_commit(&rig.store, txn).error, 0);
	rig_expect(apply_version(3), "bundle-outdated");
	rig_expect(apply_version(4), "bundle-outdated");
	rig_expect(apply_version(5), "");
}

/* Nor does a back office take away what is in use. */
static void test_a_till_in_use_stays(void **state)
{
	struct rig_answer *answer;

	(void)state;
	trust(back_office);
	rig.outcome = OUTCOME_UNKNOWN;
	rig_expect(rig_open_drawer(rig_sign_on("maria"), "k"),
		   "outcome-unknown");
	answer = apply(signed_bundle_of("{'tilld-policy':1,'version':1}",
					WITHOUT_TILL_1));
	rig_expect(answer, "till-in-use");
	assert_non_null(policy_till(rig.core->policy, "1"));
	assert_int_equal(rig_count("policy.bundle"), 0);
}

static void expect_distrust(json_t *bundle, const char *words)
{
	struct rig_answer *answer = apply(bundle);

	rig_expect(answer, "bundle-not-trusted");
	if (!strstr(rig_text(answer, "detail", NULL), words))
		fail_msg("%s", rig_text(answer, "detail", NULL));
}

#define HEAD "{'tilld-policy':1,'version':1}"

static void test_what_is_not_trusted(void **state)
{
	static const uint8_t another[32] = { 9 };
	int64_t before = version();
	json_t *bundle;

	(void)state;
	expect_distrust(signed_bundle(HEAD), "no policy-key");
	trust(another);
	expect_distrust(signed_bundle(HEAD), "another key");
	trust(back_office);
	bundle = signed_bundle(HEAD);
	json_put_int(bundle, "version", 2);
	expect_distrust(bundle, "signature is wrong");
	bundle = signed_bundle(HEAD);
	json_put_text(json_array_get(
			      json_object_get(json_object_get(bundle, "policy"),
					      "operators"),
			      0),
		      "name", "Mallory");
	expect_distrust(bundle, "signature is wrong");
	bundle = signed_bundle(HEAD);
	json_put_text(bundle, "signature", "00");
	expect_distrust(bundle, "signature is wrong");
	bundle = signed_bundle(HEAD);
	json_object_del(bundle, "signature");
	expect_distrust(bundle, "not a policy bundle");
	expect_distrust(signed_bundle("{'tilld-policy':2,'version':1}"),
			"not a policy bundle");
	expect_distrust(signed_bundle("{'tilld-policy':1,'version':0}"),
			"not a policy bundle");
	expect_distrust(signed_bundle("{'tilld-policy':1,'version':1,'x':1}"),
			"not a policy bundle");
	expect_distrust(json_array(), "not a policy bundle");
	expect_distrust(signed_bundle("{'tilld-policy':1,'version':1,"
				      "'box':'elsewhere'}"),
			"another box");
	assert_int_equal(version(), before);
	assert_int_equal(rig_count("policy.bundle"), 0);
}

static void test_a_bundle_for_this_box(void **state)
{
	(void)state;
	trust(back_office);
	rig_expect(apply(signed_bundle("{'tilld-policy':1,'version':1,"
				       "'box':'till box'}")),
		   "");
}

static void test_bundles_are_for_technicians(void **state)
{
	struct rig_answer *answer;
	struct caller *caller = rig_caller(NULL, &answer);

	(void)state;
	trust(back_office);
	core_apply_bundle(rig.core, caller, alloc_text("{}"), 2);
	rig_expect(answer, "technicians-only");
}

static void test_a_bundle_that_was_not_written(void **state)
{
	int64_t before = version();

	(void)state;
	trust(back_office);
	rig_break_disk(BROKEN);
	rig_expect(apply_version(1), "disk-failed");
	rig_break_disk(0);
	assert_int_equal(version(), before);
	rig_expect(apply_version(1), "");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ones_own_password),
		TEST(test_it_takes_the_old_one),
		TEST(test_a_new_one_has_to_do),
		TEST(test_ones_own_pin),
		TEST(test_what_was_not_written_did_not_change),
		TEST(test_who_signed_off_meanwhile),
		TEST(test_only_root_recovers),
		TEST(test_somebody_new_has_everything),
		TEST(test_somebody_known_keeps_what_they_had),
		TEST(test_what_recovers_nobody),
		TEST(test_a_bundle_is_applied),
		TEST(test_versions_of_bundles_grow),
		TEST(test_no_bundle_comes_back_from_the_past),
		TEST(test_a_till_in_use_stays),
		TEST(test_what_is_not_trusted),
		TEST(test_a_bundle_for_this_box),
		TEST(test_bundles_are_for_technicians),
		TEST(test_a_bundle_that_was_not_written),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: recovery", tests, NULL, NULL);
}
