/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Administration along the one path: what is drafted on one policy is done on
 * that or not at all, memory follows the disk, and no secret is left behind.
 */
#include "core/authorization.h"
#include "core/conditions.h"
#include "core/draft.h"
#include "core/signon.h"
#include "policy/describe.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

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
#define GROUP_ANNA \
	"{'name':'Anna','groups':['sell','lead']}" /* may open the drawer */
#define ANNA "{'login':'anna'}"

static struct rig_answer *put_anna(const char *token, const char *key,
				   const char *body)
{
	return rig_administer(token, ACTION_OPERATOR_PUT, key, ANNA, body);
}

static int64_t version(void)
{
	return policy_version(rig.core->policy);
}

static const struct policy_operator *who(const char *login)
{
	return policy_login(rig.core->policy, login);
}

static const char *present(void)
{
	static char etag[POLICY_ETAG_SIZE];

	draft_etag(rig.core->policy, etag);
	return etag;
}

/* --- by right --- */

/* Piotr opens the drawer so many steps after somebody has begun to make him
 * inactive. False once that was over by then. */
static bool opened_meanwhile(int steps)
{
	const char *maria = rig_sign_on("maria"), *piotr;
	uid_t front = rig.uid, other = rig.uid + 1;
	const char *changed, *opened;
	struct rig_answer *change;
	bool meanwhile;
	char *export;

	rig.uid = other;
	piotr = rig_sign_on("piotr");
	rig.uid = front;
	change = rig_administer(maria, ACTION_OPERATOR_PUT, "k",
				"{'login':'piotr'}",
				"{'groups':['lead'],'active':false}");
	for (int i = 0; i < steps && !change->told; i++)
		rig_work_once();
	meanwhile = !change->told;
	rig.uid = other;
	rig_open_drawer(piotr, "d");
	rig_expect(change, "");
	export = store_rig_export(&rig.store);
	changed = strstr(export, "\"kind\":\"operator.put\"");
	opened = strstr(export, "\"action\":\"drawer.open\"");
	assert_non_null(changed);
	assert_true(!opened || opened < changed);
	free(export);
	return meanwhile;
}

/* Nothing is begun in the journal behind what has taken the right to it. */
static void test_nobody_acts_behind_their_end(void **state)
{
	for (int steps = 0; opened_meanwhile(steps); steps++) {
		rig_tear_down(state);
		rig_set_up(state);
	}
}

static void test_a_change_is_there_when_it_is_on_disk(void **state)
{
	const char *maria = rig_sign_on("maria"), *anna;
	struct rig_answer *answer;
	int64_t before = version();

	(void)state;
	rig.uid = 1001;
	anna = rig_sign_on("anna");
	rig_ask(anna, "no");
	rig.uid = RIG_UID;
	answer = put_anna(maria, "k", GROUP_ANNA);
	assert_int_equal(version(), before);
	rig_expect(answer, "");
	assert_int_equal(version(), before + 1);
	assert_string_equal(rig_text(answer, "result", "etag"), present());
	assert_int_equal(rig_count("operator.put"), 1);
	rig.uid = 1001;
	rig_expect(rig_open_drawer(anna, "yes"), "");
	rig.uid = RIG_UID;
	/* under its key it is the same again, and not done twice */
	answer = put_anna(maria, "k", GROUP_ANNA);
	rig_expect(answer, "");
	assert_int_equal(version(), before + 1);
	rig_restart();
	assert_int_equal(version(), before + 1);
	assert_int_equal(who("anna")->groups_count, 2);
}

static void test_what_was_not_written_is_not_so(void **state)
{
	const char *maria = rig_sign_on("maria");
	int64_t before = version();
	struct rig_answer *answer;

	(void)state;
	rig_break_disk(BROKEN);
	answer = put_anna(maria, "k", GROUP_ANNA);
	rig_expect(answer, "disk-failed");
	assert_int_equal(version(), before);
	rig_break_disk(0);
	rig_expect(put_anna(maria, "k", GROUP_ANNA), "");
	assert_int_equal(version(), before + 1);
}

static void test_two_at_once_are_not_both_done(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *first, *second;

	(void)state;
	rig.uid = 1001;
	second = rig_try_sign_on("maria");
	rig_expect(second, "");
	first = put_anna(rig_text(second, "token", NULL), "1", GROUP_ANNA);
	rig.uid = RIG_UID;
	second = rig_administer(maria, ACTION_GROUP_REMOVE, "2",
				"{'group':'lead'}", NULL);
	rig_run();
	/* drafted on the same policy, and what the one made of it stands */
	rig_expect(first, "");
	rig_expect(second, "changed-meanwhile");
	assert_int_equal(rig_count("group.remove"), 0);
	rig_expect(rig_administer(maria, ACTION_GROUP_REMOVE, "2",
				  "{'group':'lead'}", NULL),
		   "");
	assert_null(policy_group(rig.core->policy, "lead"));
	assert_int_equal(who("anna")->groups_count, 1);
	assert_int_equal(who("piotr")->groups_count, 0);
}

static void test_it_is_about_the_policy_that_was_read(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *answer;
	char *params =
		alloc_format("{'login':'anna','if_match':'%s'}", present());

	(void)state;
	rig_expect(rig_administer(maria, ACTION_OPERATOR_PUT, "1", params,
				  GROUP_ANNA),
		   "");
	answer = rig_administer(maria, ACTION_OPERATOR_PUT, "2", params,
				GROUP_ANNA);
	rig_expect(answer, "policy-changed");
	assert_string_equal(rig_text(answer, "etag", NULL), present());
	rig_expect(rig_administer(maria, ACTION_OPERATOR_PUT, "2",
				  "{'login':'anna','if_match':'*'}",
				  GROUP_ANNA),
		   "");
	free(params);
}

static void test_somebody_is_left_to_administer(void **state)
{
	const char *maria = rig_sign_on("maria");
	int64_t before = version();

	(void)state;
	rig_expect(rig_administer(maria, ACTION_OPERATOR_REMOVE, "1",
				  "{'login':'maria'}", NULL),
		   "last-administrator");
	rig_expect(rig_administer(maria, ACTION_OPERATOR_ERASE, "2",
				  "{'login':'maria'}", NULL),
		   "last-administrator");
	rig_expect(rig_administer(maria, ACTION_GROUP_REMOVE, "3",
				  "{'group':'manage'}", NULL),
		   "last-administrator");
	rig_expect(rig_administer(maria, ACTION_OPERATOR_PUT, "4",
				  "{'login':'maria'}",
				  "{'groups':['manage'],'active':false}"),
		   "last-administrator");
	/* there, and kept out of every till */
	rig_expect(rig_administer(maria, ACTION_OPERATOR_PUT, "4",
				  "{'login':'maria'}",
				  "{'groups':['manage'],'restricted':true,"
				  "'view_tills':['1'],'access_tills':[]}"),
		   "last-administrator");
	rig_expect(rig_administer(maria, ACTION_OPERATOR_PUT, "4a",
				  "{'login':'maria'}",
				  "{'groups':['manage'],'restricted':true,"
				  "'access_tills':['1']}"),
		   "");
	before = version();
	assert_int_equal(version(), before);
	rig_expect(rig_administer(maria, ACTION_OPERATOR_PUT, "5",
				  "{'login':'piotr'}", "{'groups':['manage']}"),
		   "");
	rig_expect(rig_administer(maria, ACTION_OPERATOR_REMOVE, "1",
				  "{'login':'maria'}", NULL),
		   "");
	rig_expect(rig_who_am_i(maria), "sign-on-required");
}

static void test_what_there_is_not(void **state)
{
	const char *maria = rig_sign_on("maria");
	static const struct {
		enum action action;
		const char *params;
		const char *text;
	} rows[] = {
		{ ACTION_OPERATOR_REMOVE, "{'login':'zoe'}", NULL },
		{ ACTION_OPERATOR_ERASE, "{'login':'zoe'}", NULL },
		{ ACTION_OPERATOR_PASSWORD, "{'login':'zoe'}", NULL },
		{ ACTION_OPERATOR_PIN, "{'login':'zoe'}", NULL },
		{ ACTION_GROUP_REMOVE, "{'group':'zoe'}", NULL },
		{ ACTION_TILL_REMOVE, "{'till':'zoe'}", NULL },
		{ ACTION_BADGE_PUT, "{'handle':'b-zoe'}", "{}" },
		{ ACTION_BADGE_REMOVE, "{'handle':'b-zoe'}", NULL },
		{ ACTION_BADGE_ENROLL, "{'login':'zoe'}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig_answer *answer =
			rig_administer(maria, rows[i].action, "k",
				       rows[i].params, rows[i].text);

		rig_expect(answer, "not-found");
		/* by its name, but for a badge's: that may be its number */
		assert_int_equal(strstr(rig_text(answer, "detail", NULL),
					"zoe") != NULL,
				 !strstr(rows[i].params, "handle"));
	}
}

static void expect_fault(const struct rig_answer *answer, const char *detail)
{
	rig_expect(answer, "bad-body");
	assert_string_equal(rig_text(answer, "detail", NULL), detail);
}

static void test_what_is_wrong_is_said_where_it_is(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	expect_fault(put_anna(maria, "k", "{'groups':['sell','zoe']}"),
		     "groups[1]: There is no group 'zoe'.");
	expect_fault(put_anna(maria, "k", "{'groops':[]}"),
		     "There is no field 'groops'.");
	expect_fault(put_anna(maria, "k", "[]"), "It has to be an object.");
	expect_fault(rig_administer(maria, ACTION_POLICY_REPLACE, "k",
				    "{'if_match':'*'}", "{'tills':5}"),
		     "tills: It has to be a list.");
}

/* --- by consent --- */

static const char *asked(const struct rig_answer *answer)
{
	rig_expect(answer, "authorization-required");
	return rig_text(answer, "authorization", "id");
}

#define PIOTR "{'login':'piotr'}"

static struct rig_answer *put_piotr(const char *token, const char *groups)
{
	char *body = alloc_format("{'name':'Piotr','groups':[%s]}", groups);
	struct rig_answer *answer =
		rig_administer(token, ACTION_OPERATOR_PUT, "k", PIOTR, body);

	free(body);
	return answer;
}

static void test_a_consent_is_asked_for_what_differs(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *answer = put_piotr(anna, "'sell'");
	const char *id = asked(answer);

	(void)state;
	assert_string_equal(rig_text(answer, "detail", NULL),
			    "Anna asks to change who may do what: operator "
			    "piotr: +sell -lead, at Front till.");
	rig_expect(rig_approve(id, "piotr"), "may-not-authorize");
	rig_expect(rig_approve(id, "maria"), "");
	rig_expect(put_piotr(anna, "'sell'"), "");
	assert_string_equal(
		policy_group_at(rig.core->policy, who("piotr")->groups[0])->id,
		"sell");
	/* spent: under another key it is asked for again */
	asked(rig_administer(anna, ACTION_OPERATOR_PUT, "k2", PIOTR,
			     "{'groups':['lead']}"));
}

static void test_a_consent_is_for_that_policy(void **state)
{
	const char *anna = rig_sign_on("anna"), *maria;
	const char *id = asked(put_piotr(anna, "'sell'"));

	(void)state;
	rig_expect(rig_approve(id, "maria"), "");
	rig.uid = 1001;
	maria = rig_sign_on("maria");
	rig_expect(rig_administer(maria, ACTION_GROUP_PUT, "g",
				  "{'group':'sell'}",
				  "{'tills':['1'],'permissions':["
				  "'config.access']}"),
		   "");
	rig.uid = RIG_UID;
	assert_string_not_equal(id, asked(put_piotr(anna, "'sell'")));
	assert_int_equal(who("piotr")->groups_count, 1);
}

static void test_a_consent_is_for_that_body(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = asked(put_piotr(anna, "'sell'"));

	(void)state;
	rig_expect(rig_approve(id, "maria"), "");
	assert_string_not_equal(id, asked(put_piotr(anna, "'manage'")));
	rig_expect(put_piotr(anna, "'sell'"), "");
}

static void test_nobody_gets_more_for_themselves(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	rig_expect(put_anna(anna, "1", GROUP_ANNA), "own-rights");
	rig_expect(put_anna(anna, "2", "{'groups':['sell'],'role':'manager'}"),
		   "own-rights");
	rig_expect(put_anna(anna, "3", "{'groups':['sell'],'badges':[]}"),
		   "own-rights");
	rig_expect(rig_administer(anna, ACTION_OPERATOR_PASSWORD, "4", ANNA,
				  "{'password':'12345678'}"),
		   "own-secret");
	assert_int_equal(rig_count("refused"), 0);
}

#define MARIA "{'login':'maria'}"

/* The policy that stands, with one field of Maria's set. New. */
static char *policy_with(const char *field, const char *text)
{
	json_t *document = policy_describe(rig.core->policy, POLICY_AS_SHOWN);
	json_t *person;
	char *made;
	size_t i;

	json_array_foreach (json_object_get(document, "operators"), i, person)
		if (!strcmp(json_text(person, "login"), "maria"))
			json_put_text(person, field, text);
	made = json_line(document);
	json_decref(document);
	return made;
}

static struct rig_answer *replace_with(const char *token, const char *key,
				       const char *field, const char *text)
{
	char *document = policy_with(field, text);
	struct rig_answer *answer =
		rig_administer(token, ACTION_POLICY_REPLACE, key,
			       "{'if_match':'*'}", document);

	free(document);
	return answer;
}

/* Whoever administers has to bring the old one as well, by whatever way. */
static void test_ones_own_secrets_take_the_old_one(void **state)
{
	const char *maria = rig_sign_on("maria");
	const struct policy_operator *is = who("maria");
	int64_t before = version();
	struct rig_answer *answer = rig_administer(
		maria, ACTION_OPERATOR_PASSWORD, "1",
		"{'login':'maria','body':{'password':'stolen-by-hand'}}", NULL);

	(void)state;
	rig_expect(answer, "own-secret");
	assert_non_null(strstr(rig_text(answer, "detail", NULL),
			       "/v1/sign-ons/current/password"));
	rig_expect(rig_administer(maria, ACTION_OPERATOR_PIN, "2",
				  "{'login':'maria','body':{'pin':'1234'}}",
				  NULL),
		   "own-secret");
	rig_expect(rig_administer(maria, ACTION_OPERATOR_PUT, "3", MARIA,
				  "{'name':'Maria','groups':['manage'],"
				  "'pin':'1234'}"),
		   "own-secret");
	rig_expect(replace_with(maria, "4", "password", "stolen-by-hand"),
		   "own-secret");
	rig_expect(replace_with(maria, "5", "pin", "1234"), "own-secret");
	assert_int_equal(version(), before);
	assert_ptr_equal(who("maria"), is);
	rig_expect(rig_who_am_i(maria), "");
	/* what else is her own is hers to change */
	rig_expect(replace_with(maria, "6", "name", "Maria Anna"), "");
	assert_string_equal(who("maria")->name, "Maria Anna");
}

/* Anybody else's: config.access will do. */
static void test_others_secrets_take_the_right(void **state)
{
	const char *maria = rig_sign_on("maria");

	(void)state;
	rig_expect(rig_administer(maria, ACTION_OPERATOR_PASSWORD, "1",
				  "{'login':'anna','body':{'password':"
				  "'another-one'}}",
				  NULL),
		   "");
	rig.uid = 1001;
	rig_expect(rig_try_password("anna", "another-one"), "");
}

#define SELL "{'group':'sell'}"

/* What Anna would be by that, with a great deal of the harmless before it. */
#define SELL_ALL                                                            \
	"{'name':'Sell it all','tills':['1','@box'],'permissions':["        \
	"'customer.edit','price.change','report.daily','report.periodic',"  \
	"'inventory.count_list','inventory.count_open','card.cancel',"      \
	"'inventory.count_close','inventory.sheet_open','stock.reconcile'," \
	"'inventory.sheet_close','inventory.sheet_modify','drawer.open',"   \
	"'config.access']}"

static struct rig_answer *look_with(const char *token, const char *id)
{
	struct rig_answer *answer;

	authorization_show(rig.core, rig_caller(token, &answer), id);
	rig_expect(answer, "");
	return answer;
}

static const json_t *changes_of(const json_t *authorization)
{
	return json_object_get(authorization, "changes");
}

static bool goes_by(const json_t *authorization, const char *way)
{
	const json_t *one;
	size_t i;

	json_array_foreach (json_object_get(authorization, "how"), i, one)
		if (!strcmp(json_string_value(one), way))
			return true;
	return false;
}

/* The gravest first, and how much more there is: nobody has to guess. */
static void test_what_gives_most_is_said_first(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *answer =
		rig_administer(anna, ACTION_GROUP_PUT, "k", SELL, SELL_ALL);

	(void)state;
	rig_expect(answer, "authorization-required");
	assert_non_null(
		strstr(rig_text(answer, "detail", NULL),
		       "Anna asks to change what a group may do: more rights "
		       "for Anna, anna becomes an administrator, group sell: "
		       "+till @box +config.access "));
	assert_non_null(strstr(rig_text(answer, "detail", NULL),
			       " more changes, at Front till."));
}

/* All of it is there for who asks and for who may answer, and nobody else. */
static void test_all_that_changes_is_shown(void **state)
{
	const char *anna = rig_sign_on("anna"), *maria, *piotr, *id;
	struct rig_answer *answer =
		rig_administer(anna, ACTION_GROUP_PUT, "k", SELL, SELL_ALL);
	const json_t *asks, *whole;

	(void)state;
	id = asked(answer);
	asks = json_object_get(answer->body, "authorization");
	whole = json_object_get(
		json_object_get(
			json_array_get(json_object_get(
					       json_object_get(changes_of(asks),
							       "groups"),
					       "changed"),
				       0),
			"changes"),
		"permissions");
	assert_int_equal(json_array_size(json_object_get(whole, "added")), 14);
	rig.uid = 1001;
	maria = rig_sign_on("maria");
	assert_non_null(changes_of(look_with(maria, id)->body));
	piotr = rig_sign_on("piotr");
	assert_null(changes_of(look_with(piotr, id)->body));
	assert_null(changes_of(look_with(NULL, id)->body));
	rig.uid = RIG_UID;
	assert_non_null(changes_of(look_with(anna, id)->body));
	/* a display has no room for it, so a badge is no consent to it */
	assert_false(goes_by(asks, "badge"));
	assert_true(goes_by(asks, "password"));
	answer = rig_arm(anna, id);
	rig_expect(answer, "no-reader");
	assert_non_null(strstr(rig_text(answer, "detail", NULL), "more than"));
	rig_expect(rig_approve(id, "maria"), "");
	rig_expect(rig_administer(anna, ACTION_GROUP_PUT, "k", SELL, SELL_ALL),
		   "");
}

static void test_what_fits_goes_by_badge(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *answer = put_piotr(anna, "'sell'");

	(void)state;
	asked(answer);
	assert_true(goes_by(json_object_get(answer->body, "authorization"),
			    "badge"));
}

/* What can't be shown can't be consented to; who may does it by right. */
static void test_too_much_to_be_shown(void **state)
{
	const char *anna = rig_sign_on("anna");
	json_t *document = policy_describe(rig.core->policy, POLICY_AS_SHOWN);
	json_t *groups = json_object_get(document, "groups");
	char *text;

	(void)state;
	for (int i = 0; i < 300; i++) {
		char id[8];

		snprintf(id, sizeof(id), "g%d", i);
		json_array_append_new(groups,
				      json_put_text(json_make(), "id", id));
	}
	text = json_line(document);
	rig_expect(rig_administer(anna, ACTION_POLICY_REPLACE, "k",
				  "{'if_match':'*'}", text),
		   "change-too-large");
	assert_int_equal(rig_count("refused"), 0);
	free(text);
	json_decref(document);
}

static void test_a_consent_outlives_a_disk_that_fails(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *id = asked(put_piotr(anna, "'sell'"));

	(void)state;
	rig_expect(rig_approve(id, "maria"), "");
	rig_break_disk(BROKEN);
	rig_expect(put_piotr(anna, "'sell'"), "disk-failed");
	rig_break_disk(0);
	rig_expect(put_piotr(anna, "'sell'"), "");
}

/* The question that was asked last, which its asker waits for. */
static char *pending(void)
{
	char *journal = store_rig_export(&rig.store), *at = journal, *id;
	static const char name[] = "{\"action\":\"operator.put\","
				   "\"authorization\":\"";

	at = strstr(journal, name);
	assert_non_null(at);
	at += strlen(name);
	id = alloc_text_part(at, strcspn(at, "\""));
	free(journal);
	return id;
}

static void test_who_waits_goes_ahead(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *answer;
	char *id;

	(void)state;
	rig.wait = 20;
	answer = put_piotr(anna, "'sell'");
	rig_run();
	assert_false(answer->told);
	rig.wait = -1;
	id = pending();
	rig_expect(rig_approve(id, "maria"), "");
	free(id);
	rig_expect(answer, "");
	assert_int_equal(rig_count("operator.put"), 1);
}

/* --- looking --- */

static struct rig_answer *look(const char *token, const char *parameters)
{
	return rig_administer(token, ACTION_POLICY_READ, NULL, parameters,
			      NULL);
}

static void test_looking_takes_the_right(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *answer = look(anna, "{'view':'policy'}");
	const char *id = asked(answer);

	(void)state;
	assert_string_equal(rig_text(answer, "detail", NULL),
			    "Anna asks to look into the policy at Front till.");
	rig_expect(rig_approve(id, "maria"), "");
	answer = look(anna, "{'view':'policy'}");
	rig_expect(answer, "");
	assert_int_equal(
		json_array_size(json_object_get(answer->body, "operators")), 3);
	assert_int_equal(rig_count("policy.read"), 1);
	asked(look(anna, "{'view':'policy'}"));
}

static void test_what_can_be_looked_at(void **state)
{
	const char *maria = rig_sign_on("maria");
	static const struct {
		const char *params, *field, *code;
	} rows[] = {
		{ "{'view':'lint'}", "findings", "" },
		{ "{'view':'operators'}", "operators", "" },
		{ "{'view':'operators','phrase':'NN','limit':1}", "operators",
		  "" },
		{ "{'view':'operator','login':'anna'}", "operator", "" },
		{ "{'view':'groups'}", "groups", "" },
		{ "{'view':'group','group':'sell'}", "group", "" },
		{ "{'view':'till','till':'1'}", "till", "" },
		{ "{'view':'operator','login':'zoe'}", "", "not-found" },
		{ "{'view':'group','group':'zoe'}", "", "not-found" },
		{ "{'view':'till','till':'zoe'}", "", "not-found" },
		{ "{'view':'explain','operator':'zoe','till':'1',"
		  "'action':'drawer.open'}",
		  "", "not-found" },
		{ "{'view':'explain','operator':'anna','till':'9',"
		  "'action':'drawer.open'}",
		  "", "not-found" },
		{ "{'view':'explain','operator':'anna','till':'1',"
		  "'action':'dance'}",
		  "", "not-found" },
		{ "{'view':'explain','operator':'anna','till':'@box',"
		  "'action':'policy.replace'}",
		  "missing", "" },
		{ "{'view':'explain','operator':'anna','till':'1',"
		  "'action':'payment'}",
		  "granted", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig_answer *answer = look(maria, rows[i].params);

		rig_expect(answer, rows[i].code);
		if (*rows[i].field)
			assert_non_null(
				json_object_get(answer->body, rows[i].field));
	}
	assert_int_equal(rig_count("policy.read"), 0); /* by right: no entry */
}

/* Nobody is told a plain "may" of what depends on more. */
static void test_conditions_are_told(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *answer =
		look(maria, "{'view':'explain','operator':'anna','till':'1',"
			    "'action':'session.close'}");

	(void)state;
	rig_expect(answer, "");
	assert_non_null(strstr(rig_text(answer, "conditions", NULL),
			       "shift.end_difference"));
	answer = look(maria, "{'view':'explain','operator':'anna','till':'1',"
			     "'action':'day.end'}");
	rig_expect(answer, "");
	assert_non_null(
		strstr(rig_text(answer, "conditions", NULL), "report.daily"));
	for (enum action action = 0; action < ACTIONS; action++) {
		const struct action_row *row = action_row(action);

		if ((row->plan || row->sells || row->in_book || row->of_group ||
		     *row->required == ACTION_NONE) &&
		    !row->at_box && !conditions_of(action))
			fail_msg("%s depends on something", row->name);
	}
}

/* What declares nothing by itself allows nothing; its kinds say what they take.
 */
static void test_what_depends_is_not_allowed(void **state)
{
	static const struct {
		const char *action;
		bool depends;
		const char *missing; /* the first right of it */
	} rows[] = {
		{ "declared", true, NULL },
		{ "operation.settle", true, NULL },
		{ "check", true, NULL },
		{ "declared.sale", false, "cash_deposit.read" },
		{ "declared.refund", false, "refund.validate" },
	};
	const char *maria = rig_sign_on("maria");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP_FREE char *params = alloc_format(
			"{'view':'explain','operator':'piotr','till':'1',"
			"'action':'%s'}",
			rows[i].action);
		struct rig_answer *answer = look(maria, params);

		rig_expect(answer, "");
		assert_false(json_flag(answer->body, "allowed"));
		assert_int_equal(json_flag(answer->body, "depends"),
				 rows[i].depends);
		assert_non_null(json_text(answer->body, "conditions"));
		if (rows[i].missing)
			assert_string_equal(rig_text_of(answer, "missing", 0,
							"right", NULL),
					    rows[i].missing);
	}
	rig_expect(look(maria, "{'view':'explain','operator':'anna','till':'1',"
			       "'action':'declared.gift'}"),
		   "not-found");
}

static void test_pages_of_people(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *answer =
		look(maria, "{'view':'operators','limit':2}");

	(void)state;
	rig_expect(answer, "");
	assert_true(json_flag(answer->body, "more"));
	answer = look(maria, "{'view':'operators','limit':2,'after':'piotr'}");
	rig_expect(answer, "");
	assert_false(json_flag(answer->body, "more"));
	assert_int_equal(
		json_array_size(json_object_get(answer->body, "operators")), 1);
}

static void test_a_comparison_changes_nothing(void **state)
{
	const char *maria = rig_sign_on("maria");
	int64_t before = version();
	struct rig_answer *answer = rig_administer(
		maria, ACTION_POLICY_COMPARE, NULL, "{'dry_run':true}",
		"{'tills':[{'id':'1','clients':{'users':[1000]}}],'groups':["
		"{'id':'m','tills':['@box'],'permissions':['config.access']}],"
		"'operators':[{'login':'maria','groups':['m']}]}");

	(void)state;
	rig_expect(answer, "");
	assert_non_null(
		strstr(rig_text(answer, "summary", NULL),
		       "operator anna removed, operator piotr removed"));
	assert_string_equal(rig_text(answer, "etag", NULL), present());
	assert_int_equal(version(), before);
}

/* --- many, and the end --- */

static void test_so_many_drafts_at_once(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *answers[4];

	(void)state;
	rig_hold();
	for (int i = 0; i < 4; i++) {
		char key[2] = { (char)('0' + i), 0 };

		answers[i] = put_anna(maria, key, GROUP_ANNA);
	}
	rig_run();
	rig_let_go();
	rig_run();
	assert_true(answers[3]->told);
	for (int i = 0; i < 4; i++)
		assert_true(!strcmp(answers[i]->code, "") ||
			    !strcmp(answers[i]->code, "too-many-requests") ||
			    !strcmp(answers[i]->code, "changed-meanwhile"));
}

static void test_the_end_while_it_is_drafted(void **state)
{
	const char *maria = rig_sign_on("maria");
	struct rig_answer *answer;

	(void)state;
	answer = put_anna(maria, "k", GROUP_ANNA);
	rig_restart();
	assert_true(answer->told);
	assert_int_equal(who("anna")->groups_count, 1);
}

/* What was drafted goes with the question that nobody answered. */
static void test_the_end_while_a_consent_is_waited_for(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *answer;

	(void)state;
	rig.wait = 20;
	answer = put_piotr(anna, "'sell'");
	rig_run();
	assert_false(answer->told);
	rig.wait = -1;
	rig_restart();
	assert_true(answer->told);
	assert_int_equal(rig_count("operator.put"), 0);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nobody_acts_behind_their_end),
		TEST(test_a_change_is_there_when_it_is_on_disk),
		TEST(test_what_was_not_written_is_not_so),
		TEST(test_two_at_once_are_not_both_done),
		TEST(test_it_is_about_the_policy_that_was_read),
		TEST(test_somebody_is_left_to_administer),
		TEST(test_what_there_is_not),
		TEST(test_what_is_wrong_is_said_where_it_is),
		TEST(test_a_consent_is_asked_for_what_differs),
		TEST(test_a_consent_is_for_that_policy),
		TEST(test_a_consent_is_for_that_body),
		TEST(test_nobody_gets_more_for_themselves),
		TEST(test_ones_own_secrets_take_the_old_one),
		TEST(test_others_secrets_take_the_right),
		TEST(test_what_gives_most_is_said_first),
		TEST(test_all_that_changes_is_shown),
		TEST(test_what_fits_goes_by_badge),
		TEST(test_too_much_to_be_shown),
		TEST(test_a_consent_outlives_a_disk_that_fails),
		TEST(test_who_waits_goes_ahead),
		TEST(test_looking_takes_the_right),
		TEST(test_what_can_be_looked_at),
		TEST(test_conditions_are_told),
		TEST(test_what_depends_is_not_allowed),
		TEST(test_pages_of_people),
		TEST(test_a_comparison_changes_nothing),
		TEST(test_so_many_drafts_at_once),
		TEST(test_the_end_while_it_is_drafted),
		TEST(test_the_end_while_a_consent_is_waited_for),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: administration", tests, NULL,
					   NULL);
}
