/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "store/password.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include "store_rig.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COST 10

static int setup(void **state)
{
	struct store_rig *rig = ALLOC_NEW(struct store_rig);

	store_rig_init(rig, NULL);
	store_rig_set_up(rig);
	*state = rig;
	return 0;
}

static int teardown(void **state)
{
	store_rig_free(*state);
	free(*state);
	return 0;
}

/* --- what is refused, and in which words --- */

/* A sound document, in apostrophes for quotation marks. */
#define TILL   "{'id':'1','clients':{'users':[0]}}"
#define GROUP  "{'id':'m','tills':['1','@box'],'permissions':['config.access']}"
#define PERSON "{'login':'maria','groups':['m'],'password':'12345678'}"
#define DOCUMENT(till, group, person) \
	"{'tills':[" till "],'groups':[" group "],'operators':[" person "]}"

static json_t *document_of(const char *text)
{
	char *copy = alloc_text(text);
	json_t *document;

	for (char *at = copy; *at; at++)
		if (*at == '\'')
			*at = '"';
	document = json_parse(copy, strlen(copy));
	if (!document)
		fail_msg("not JSON: %s", copy);
	free(copy);
	return document;
}

struct refusal {
	const char *text;
	const char *sentence;
};

static const struct refusal refusals[] = {
	{ "[]", "has to be an object" },
	{ "{}", "nobody could administer" },
	{ "{'tils':[]}", "there is no field 'tils'" },
	{ "{'tills':{}}", "tills: has to be a list" },
	{ "{'tills':[1]}", "tills[0]: has to be an object" },
	{ "{'tills':[{}]}", "tills[0].id: is missing" },
	{ "{'tills':[{'id':1}]}", "tills[0].id: has to be text" },
	{ "{'tills':[{'id':'@box'}]}", "tills[0].id: has to be 1 to 32" },
	{ "{'tills':[{'id':''}]}", "tills[0].id: has to be 1 to 32" },
	{ "{'tills':[{'id':'4111111111111111'}]}",
	  "tills[0].id: must not hold a full card number" },
	{ "{'tills':[{'id':'1','name':'Till 4111 1111 1111 1111'}]}",
	  "tills[0].name: must not hold a full card number" },
	{ "{'operators':[{'login':'4111111111111111'}]}",
	  "operators[0].login: must not hold a full card number" },
	{ "{'operators':[{'login':'a','name':'4111-1111-1111-1111'}]}",
	  "operators[0].name: must not hold a full card number" },
	{ "{'tills':[{'id':'1','nam':'x'}]}",
	  "tills[0]: there is no field 'nam'" },
	{ "{'tills':[{'id':'1','name':''}]}", "tills[0].name: has to be 1" },
	{ "{'tills':[{'id':'1','name':'a\\nb'}]}",
	  "tills[0].name: has to be 1" },
	{ "{'tills':[{'id':'1','name':7}]}", "tills[0].name: has to be text" },
	{ "{'tills':[{'id':'1'},{'id':'1'}]}",
	  "tills[1]: there is a till '1' already" },
	{ "{'tills':[{'id':'1','currency':'eur'}]}",
	  "tills[0].currency: has to be three" },
	{ "{'tills':[{'id':'1','currency':'EURO'}]}",
	  "tills[0].currency: has to be three" },
	{ "{'tills':[{'id':'1','pin_sign_on':1}]}",
	  "tills[0].pin_sign_on: has to be true or false" },
	{ "{'tills':[{'id':'1','clients':[]}]}",
	  "tills[0].clients: has to be an object" },
	{ "{'tills':[{'id':'1','clients':{'user':[]}}]}",
	  "tills[0].clients: there is no field 'user'" },
	{ "{'tills':[{'id':'1','clients':{'users':['no-such-user-here']}}]}",
	  "tills[0].clients.users[0]: this system has no user" },
	{ "{'tills':[{'id':'1','clients':{'groups':[5,'no-such-group']}}]}",
	  "tills[0].clients.groups[1]: this system has no group" },
	{ "{'tills':[{'id':'1','clients':{'users':[-1]}}]}",
	  "tills[0].clients.users[0]: has to be a user's name" },
	{ "{'tills':[{'id':'1','clients':{'users':[4294967295]}}]}",
	  "tills[0].clients.users[0]: has to be a user's name" },
	{ "{'tills':[{'id':'1','clients':{'groups':[true]}}]}",
	  "tills[0].clients.groups[0]: has to be a group's name" },
	{ "{'tills':[{'id':'1','badge':[]}]}",
	  "tills[0].badge: has to be an object" },
	{ "{'tills':[{'id':'1','badge':{'drawer.pen':'pin'}}]}",
	  "tills[0].badge: there is no permission 'drawer.pen'" },
	{ "{'tills':[{'id':'1','badge':{'receipt.read':'pin'}}]}",
	  "tills[0].badge: there is no permission 'receipt.read'" },
	{ "{'tills':[{'id':'1','badge':{'drawer.open':'PIN'}}]}",
	  "tills[0].badge.drawer.open: has to be \"alone\"" },
	{ "{'groups':[{'id':'g','tills':['1']}]}",
	  "groups[0].tills[0]: there is no till '1'" },
	{ "{'groups':[{'id':'g'},{'id':'g'}]}",
	  "groups[1]: there is a group 'g' already" },
	{ "{'groups':[{'id':'g','permissions':['drawer.pen']}]}",
	  "groups[0].permissions[0]: there is no permission 'drawer.pen'" },
	{ "{'groups':[{'id':'g','permissions':['receipt.read']}]}",
	  "groups[0].permissions[0]: there is no permission 'receipt.read'" },
	{ "{'groups':[{'id':'g','permissions':'drawer.open'}]}",
	  "groups[0].permissions: has to be a list" },
	{ "{'groups':[{'id':'g','rights':{'recipe':[]}}]}",
	  "groups[0].rights: there is no object 'recipe'" },
	{ "{'groups':[{'id':'g','rights':{'drawer':['open']}}]}",
	  "groups[0].rights: there is no object 'drawer'" },
	{ "{'groups':[{'id':'g','rights':{'receipt':['write']}}]}",
	  "groups[0].rights.receipt[0]: has to be \"read\"" },
	{ "{'groups':[{'id':'g','rights':[]}]}",
	  "groups[0].rights: has to be an object" },
	{ "{'operators':[{'login':'a b'}]}",
	  "operators[0].login: has to be 1 to 32" },
	{ "{'operators':[{'login':'a'},{'login':'a'}]}",
	  "operators[1]: there is an operator 'a' already" },
	{ "{'operators':[{'login':'a','groups':['cashier']}]}",
	  "operators[0].groups[0]: there is no group 'cashier'" },
	{ "{'operators':[{'login':'a','role':'boss'}]}",
	  "operators[0].role: has to be \"user\" or \"manager\"" },
	{ "{'operators':[{'login':'a','active':'yes'}]}",
	  "operators[0].active: has to be true or false" },
	{ "{'operators':[{'login':'a','password':'1234567'}]}",
	  "operators[0].password: has to be 8 characters" },
	{ "{'operators':[{'login':'a','password':12345678}]}",
	  "operators[0].password: has to be text" },
	{ "{'operators':[{'login':'a','pin':'123'}]}",
	  "operators[0].pin: has to be 4 to 8 digits" },
	{ "{'operators':[{'login':'a','pin':'12345a'}]}",
	  "operators[0].pin: has to be 4 to 8 digits" },
	{ "{'operators':[{'login':'a','badges':['0110185c5b']}]}",
	  "operators[0].badges[0]: has to be a type" },
	{ "{'operators':[{'login':'a','badges':['em4100:0110185C5B']}]}",
	  "operators[0].badges[0]: has to be a type" },
	{ "{'operators':[{'login':'a','badges':['em4100:']}]}",
	  "operators[0].badges[0]: has to be a type" },
	{ "{'operators':[{'login':'a','badges':['em:0102']},"
	  "{'login':'b','badges':['em:0103','em:0102']}]}",
	  "operators[1].badges[1]: this badge is in the document before" },
	{ "{'operators':[{'login':'a','group':[]}]}",
	  "operators[0]: there is no field 'group'" },
	/* nobody to administer: no password, inactive, elsewhere, not enough */
	{ DOCUMENT(TILL, GROUP, "{'login':'a','groups':['m']}"),
	  "nobody could administer" },
	{ DOCUMENT(TILL, GROUP,
		   "{'login':'a','groups':['m'],'password':null,'pin':'1234'}"),
	  "nobody could administer" },
	{ DOCUMENT(TILL, GROUP,
		   "{'login':'a','groups':['m'],'password':'12345678',"
		   "'active':false}"),
	  "nobody could administer" },
	{ DOCUMENT(TILL, GROUP, "{'login':'a','password':'12345678'}"),
	  "nobody could administer" },
	{ DOCUMENT(TILL,
		   "{'id':'m','tills':['1'],'permissions':['config.access']}",
		   PERSON),
	  "nobody could administer" },
	{ DOCUMENT(TILL,
		   "{'id':'m','tills':['@box'],'permissions':['drawer.open']}",
		   PERSON),
	  "nobody could administer" },
};

static void test_every_mistake_has_its_sentence(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		json_t *document = document_of(refusals[i].text);
		char *error = NULL;

		assert_null(people_parse(document, &error));
		assert_non_null(error);
		if (strncmp(error, refusals[i].sentence,
			    strlen(refusals[i].sentence)) != 0)
			fail_msg("%s: got '%s', not '%s'", refusals[i].text,
				 error, refusals[i].sentence);
		free(error);
		json_decref(document);
	}
}

static void test_secrets_are_not_repeated(void **state)
{
	static const char *const texts[] = {
		"{'operators':[{'login':'a','password':'hunter2'}]}",
		"{'operators':[{'login':'a','pin':'hunter2'}]}",
		"{'operators':[{'login':'a','badges':['hunter2']}]}",
		"{'operators':[{'login':'a','badges':['hunter2:01','x:1']}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_t *document = document_of(texts[i]);
		char *error = NULL;

		assert_null(people_parse(document, &error));
		assert_null(strstr(error, "hunter2"));
		free(error);
		json_decref(document);
	}
}

static void test_card_numbers_are_not_repeated(void **state)
{
#define TILL_FOR(who) "{'tills':[{'id':'1','clients':{'users':['" who "']}}]}"
	static const char *const texts[] = {
		"{'4111111111111111':1}",
		TILL_FOR("4111111111111111"),
		"{'tills':[{'id':'1','badge':{'4111 1111 1111 1111':1}}]}",
		"{'groups':[{'id':'g','tills':['4111111111111111']}]}",
		"{'groups':[{'id':'g','permissions':['4111111111111111']}]}",
		"{'groups':[{'id':'g','rights':{'4111111111111111':[]}}]}",
		"{'operators':[{'login':'a','groups':['4111111111111111']}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_t *document = document_of(texts[i]);
		char *error = NULL;

		assert_null(people_parse(document, &error));
		assert_string_equal(error, "a text in it must not hold a full "
					   "card number, as it is kept");
		free(error);
		json_decref(document);
	}
}

/* A sentence is UTF-8, even where it cuts somebody else's words. */
static void test_long_words_are_cut_well(void **state)
{
	(void)state;
	for (size_t lead = 0; lead < 4; lead++) {
		CLEANUP_JSON json_t *document = json_make(), *told = NULL;
		char name[128] = "xxxx";
		char *error = NULL;

		name[lead] = 0;
		while (strlen(name) < 100)
			strcat(name, "\xe2\x82\xac");
		json_put(document, name, json_make());
		assert_null(people_parse(document, &error));
		told = json_string(error);
		assert_non_null(told);
		free(error);
	}
}

/* A list of so many items, each with its own name. */
static json_t *many(const char *field, const char *name, size_t count)
{
	json_t *list = json_array(), *document = json_make();

	for (size_t i = 0; i < count; i++) {
		char id[32];

		snprintf(id, sizeof(id), "x%zu", i);
		json_array_append_new(list,
				      json_put_text(json_make(), name, id));
	}
	return json_put(document, field, list);
}

static void test_lists_have_a_greatest_length(void **state)
{
	static const struct {
		const char *field, *id;
		size_t max;
		const char *sentence;
	} lists[] = {
		{ "tills", "id", 256, "tills: may hold 256" },
		{ "groups", "id", 256, "groups: may hold 256" },
		{ "operators", "login", 1024, "operators: may hold 1024" },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t more = 0; more < 2; more++) {
			json_t *document = many(lists[i].field, lists[i].id,
						lists[i].max + more);
			char *error = NULL;

			assert_null(people_parse(document, &error));
			assert_memory_equal(
				error, more ? lists[i].sentence : "nobody",
				more ? strlen(lists[i].sentence) : 6);
			free(error);
			json_decref(document);
		}
	}
}

/* --- into the database and back --- */

static int replace(struct store_rig *rig, const char *text)
{
	json_t *document = document_of(text);
	char *error = NULL;
	struct people *people = people_parse(document, &error);
	struct txn *txn = txn_new(rig->store);
	int r;

	if (!people)
		fail_msg("%s", error);
	people_prepare(people, store_keys(rig->store), &rig->fake.random, COST);
	txn_policy_replace(txn, people);
	r = store_rig_commit(rig, txn).error;
	people_free(people);
	json_decref(document);
	return r;
}

static void keep_policy(void *arg, int error, struct policy *policy)
{
	assert_int_equal(error, 0);
	*(struct policy **)arg = policy;
}

static struct policy *load(struct store_rig *rig)
{
	struct policy *policy = NULL;

	store_load_policy(rig->store, keep_policy, &policy);
	fake_env_run(&rig->fake);
	assert_non_null(policy);
	return policy;
}

static bool may(const struct policy *policy, const char *login,
		const char *till, const char *what)
{
	struct rights wanted = { 0 }, missing;
	unsigned int which;

	assert_true(rights_from_name(what, &which));
	rights_add(&wanted, which);
	return policy_decide(policy, policy_login(policy, login),
			     till ? policy_till(policy, till) : NULL, &wanted,
			     &missing);
}

static char *read_all(const char *path)
{
	CLEANUP_FILE FILE *file = fopen(path, "r");
	char *text = alloc_zero(65536, 1);

	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	assert_true(fread(text, 1, 65535, file) > 0);
	return text;
}

static void replace_by_sample(struct store_rig *rig)
{
	const char *top = getenv("srcdir");
	char *path = alloc_format("%s/conf/policy.json", top ? top : ".");
	char *text = read_all(path);

	assert_int_equal(replace(rig, text), 0);
	free(text);
	free(path);
}

static bool has_pin(struct store_rig *rig, const char *stored, const char *pin)
{
	char keyed[HASH_TEXT_SIZE];

	keys_pin(store_keys(rig->store), pin, keyed);
	return password_check(stored, keyed, COST);
}

static const struct policy_operator *
badge_of(struct store_rig *rig, const struct policy *policy, const char *badge)
{
	uint8_t key[HASH_SIZE];

	keys_badge(store_keys(rig->store), badge, key);
	return policy_badge(policy, key);
}

static void test_the_sample_says_what_it_means(void **state)
{
	struct store_rig *rig = *state;
	const struct policy_operator *maria;
	const struct policy_till *till;
	struct policy *policy;

	replace_by_sample(rig);
	policy = load(rig);
	assert_int_equal(policy_version(policy), 2);
	assert_int_equal(policy_tills(policy), 2);
	till = policy_till(policy, "1");
	assert_string_equal(till->name, "Till 1, by the door");
	assert_string_equal(till->currency, "EUR");
	assert_true(till->pin_sign_on);
	assert_true(policy_admits(till, 1001, NULL, 0));
	assert_true(policy_admits(till, 5, (gid_t[]){ 2001 }, 1));
	assert_false(policy_admits(till, 1002, NULL, 0));
	assert_int_equal(till->badge[PERMISSION_CARD_CANCEL], BADGE_PIN);
	assert_int_equal(till->badge[PERMISSION_REFUND_VALIDATE], BADGE_PIN);
	assert_int_equal(till->badge[PERMISSION_CONFIG_ACCESS], BADGE_PIN);
	assert_int_equal(till->badge[PERMISSION_DRAWER_OPEN], BADGE_ALONE);
	assert_false(policy_till(policy, "2")->pin_sign_on);
	assert_true(may(policy, "anna", "1", "receipt.add"));
	assert_false(may(policy, "anna", "1", "drawer.open"));
	assert_true(may(policy, "piotr", "1", "drawer.open"));
	assert_false(may(policy, "piotr", "2", "drawer.open"));
	assert_true(may(policy, "maria", NULL, "config.access"));
	assert_false(may(policy, "piotr", NULL, "config.access"));
	maria = policy_login(policy, "maria");
	assert_int_equal(maria->role, ROLE_MANAGER);
	assert_true(maria->active);
	assert_int_equal(strlen(maria->id), RANDOM_ID_SIZE - 1);
	assert_true(
		password_check(maria->password, "sample-password-maria", COST));
	assert_false(
		password_check(maria->password, "sample-password-anna", COST));
	assert_true(has_pin(rig, maria->pin, "3333"));
	assert_false(has_pin(rig, maria->pin, "1111"));
	assert_false(password_check(maria->pin, "3333", COST)); /* keyed */
	assert_ptr_equal(badge_of(rig, policy, "em32:00000033"), maria);
	assert_null(badge_of(rig, policy, "em4100:0000000004"));
	policy_unref(policy);
}

static void test_the_first_manager(void **state)
{
	struct store_rig *rig = *state;
	struct policy *policy = NULL;
	const struct policy_operator *maria;
	struct rights missing;

	assert_int_equal(store_policy(rig->store, &policy), 0);
	assert_int_equal(policy_version(policy), 1);
	maria = policy_login(policy, "maria");
	assert_int_equal(maria->role, ROLE_MANAGER);
	for (unsigned int i = 0; i < RIGHTS_COUNT; i++) {
		struct rights one = { 0 };

		rights_add(&one, i);
		assert_true(policy_decide(policy, maria,
					  policy_till(policy, "1"), &one,
					  &missing));
		assert_true(policy_decide(policy, maria, NULL, &one, &missing));
	}
	assert_true(policy_admits(policy_till(policy, "1"), 77,
				  (gid_t[]){ 100 }, 1));
	policy_unref(policy);
}

static void test_a_first_manager_who_will_not_do(void **state)
{
	(void)state;
	assert_null(people_first_manager("maria", "Maria", "short", 0));
	assert_null(people_first_manager("", "Maria", "long-enough", 0));
	assert_null(people_first_manager("a b", "Maria", "long-enough", 0));
	assert_null(people_first_manager("maria", "a\nb", "long-enough", 0));
	assert_null(people_first_manager("maria", "Maria", "bad-utf-8\xff", 0));
	assert_null(people_first_manager(NULL, "Maria", "long-enough", 0));
	people_free(people_first_manager("maria", NULL, "long-enough", 0));
	assert_null(people_free(NULL));
}

static char *id_of(const struct policy *policy, const char *login)
{
	return alloc_text(policy_login(policy, login)->id);
}

#define ANNA                                                   \
	"{'login':'anna','password':'anna-anna','pin':'1234'," \
	"'badges':['em:0001','em:0002']}"

static void test_ids_and_unmentioned_secrets_stay(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *maria = NULL, *anna = NULL;
	struct policy *policy;

	assert_int_equal(replace(rig, DOCUMENT(TILL, GROUP, PERSON "," ANNA)),
			 0);
	policy = load(rig);
	maria = id_of(policy, "maria");
	anna = id_of(policy, "anna");
	policy_unref(policy);
	/* in another order, renamed, nothing said of secrets */
	assert_int_equal(
		replace(rig, DOCUMENT(TILL, GROUP,
				      "{'login':'anna','name':'A.'}," PERSON)),
		0);
	policy = load(rig);
	assert_string_equal(policy_login(policy, "maria")->id, maria);
	assert_string_equal(policy_login(policy, "anna")->id, anna);
	assert_string_equal(policy_login(policy, "anna")->name, "A.");
	assert_true(password_check(policy_login(policy, "anna")->password,
				   "anna-anna", COST));
	assert_true(has_pin(rig, policy_login(policy, "anna")->pin, "1234"));
	assert_ptr_equal(badge_of(rig, policy, "em:0002"),
			 policy_login(policy, "anna"));
	policy_unref(policy);
	/* taken away in so many words; a badge moves */
	assert_int_equal(
		replace(rig,
			DOCUMENT(TILL, GROUP,
				 "{'login':'maria','groups':['m'],'password':"
				 "'12345678','badges':['em:0001']},"
				 "{'login':'anna','password':null,"
				 "'pin':null}")),
		0);
	policy = load(rig);
	assert_null(policy_login(policy, "anna")->password);
	assert_null(policy_login(policy, "anna")->pin);
	assert_ptr_equal(badge_of(rig, policy, "em:0001"),
			 policy_login(policy, "maria"));
	assert_ptr_equal(badge_of(rig, policy, "em:0002"),
			 policy_login(policy, "anna"));
	policy_unref(policy);
	/* gone, and back as somebody new */
	assert_int_equal(replace(rig, DOCUMENT(TILL, GROUP, PERSON)), 0);
	policy = load(rig);
	assert_null(policy_login(policy, "anna"));
	assert_null(badge_of(rig, policy, "em:0002"));
	policy_unref(policy);
	assert_int_equal(replace(rig, DOCUMENT(TILL, GROUP, PERSON "," ANNA)),
			 0);
	policy = load(rig);
	assert_string_not_equal(policy_login(policy, "anna")->id, anna);
	assert_int_equal(policy_version(policy), 6);
	policy_unref(policy);
}

static void test_unprepared_people_are_refused(void **state)
{
	struct store_rig *rig = *state;
	json_t *document = document_of(DOCUMENT(TILL, GROUP, PERSON));
	struct txn *txn = txn_new(rig->store);
	char *error = NULL;
	struct people *people = people_parse(document, &error);
	struct policy *policy;

	txn_policy_replace(txn, people);
	assert_int_equal(store_rig_commit(rig, txn).error, -EINVAL);
	policy = load(rig);
	assert_int_equal(policy_version(policy), 1);
	policy_unref(policy);
	people_free(people);
	json_decref(document);
}

static void test_a_policy_outlives_the_daemon(void **state)
{
	struct store_rig *rig = *state;
	struct policy *policy = NULL;

	replace_by_sample(rig);
	store_rig_reopen(rig);
	assert_int_equal(store_policy(rig->store, &policy), 0);
	assert_int_equal(policy_version(policy), 2);
	assert_true(may(policy, "piotr", "1", "drawer.open"));
	policy_unref(policy);
}

/* --- nothing in clear --- */

static bool holds(const char *path, const char *what)
{
	CLEANUP_FD int fd = open(path, O_RDONLY);
	off_t size = lseek(fd, 0, SEEK_END);
	CLEANUP_FREE char *data = alloc_zero((size_t)size + 1, 1);

	assert_true(fd >= 0 && size >= 0);
	assert_int_equal(pread(fd, data, (size_t)size, 0), size);
	return memmem(data, (size_t)size, what, strlen(what)) != NULL;
}

static size_t count_files_with(const struct store_rig *rig, const char *what)
{
	DIR *folder = opendir(rig->state);
	const struct dirent *file;
	size_t count = 0;

	while ((file = readdir(folder)))
		if (file->d_name[0] != '.')
			count += holds(store_rig_path(rig, file->d_name), what);
	closedir(folder);
	return count;
}

/* In database, log and all else, open and closed. */
static void test_no_secret_is_on_disk_in_clear(void **state)
{
	static const char *const secrets[] = {
		"sample-password", "em4100", "0000000002", "em32:", "00000033",
	};
	struct store_rig *rig = *state;

	replace_by_sample(rig);
	for (int closed = 0; closed < 2; closed++) {
		for (size_t i = 0; i < sizeof(secrets) / sizeof(char *); i++)
			assert_int_equal(count_files_with(rig, secrets[i]), 0);
		/* that the search finds what is there */
		assert_true(count_files_with(rig, "Till 1, by the door") > 0);
		assert_true(count_files_with(rig, "scrypt$10$") > 0);
		if (!closed)
			store_rig_close(rig);
	}
}

/* PINs are too short to be searched for: compare what is stored. */
static void test_equal_pins_are_stored_differently(void **state)
{
	struct store_rig *rig = *state;
	struct policy *policy;

	assert_int_equal(replace(rig, DOCUMENT(TILL, GROUP,
					       PERSON ",{'login':'a','pin':"
						      "'1234'},{'login':'b',"
						      "'pin':'1234'}")),
			 0);
	policy = load(rig);
	assert_string_not_equal(policy_login(policy, "a")->pin,
				policy_login(policy, "b")->pin);
	assert_memory_equal(policy_login(policy, "a")->pin, "scrypt$", 7);
	policy_unref(policy);
}

/* Who was deleted is not to be found in free pages either. */
static void test_the_deleted_leave_no_name(void **state)
{
	struct store_rig *rig = *state;

	assert_int_equal(replace(rig,
				 DOCUMENT(TILL, GROUP,
					  PERSON ",{'login':'z','name':"
						 "'Zbigniew the Cashier'}")),
			 0);
	store_rig_reopen(rig);
	assert_true(count_files_with(rig, "Zbigniew") > 0);
	assert_int_equal(replace(rig, DOCUMENT(TILL, GROUP, PERSON)), 0);
	store_rig_close(rig);
	assert_int_equal(count_files_with(rig, "Zbigniew"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_mistake_has_its_sentence),
		cmocka_unit_test(test_card_numbers_are_not_repeated),
		cmocka_unit_test(test_secrets_are_not_repeated),
		cmocka_unit_test(test_long_words_are_cut_well),
		cmocka_unit_test(test_lists_have_a_greatest_length),
		cmocka_unit_test(test_a_first_manager_who_will_not_do),
		TEST(the_sample_says_what_it_means),
		TEST(the_first_manager),
		TEST(ids_and_unmentioned_secrets_stay),
		TEST(unprepared_people_are_refused),
		TEST(a_policy_outlives_the_daemon),
		TEST(no_secret_is_on_disk_in_clear),
		TEST(equal_pins_are_stored_differently),
		TEST(the_deleted_leave_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
