/* SPDX-License-Identifier: Apache-2.0 */
/* The policy document: what is refused, and in which words. */
#include "store/store.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include "people_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- what is refused, and in which words --- */

struct refusal {
	const char *text;
	const char *sentence;
};

static const struct refusal refusals[] = {
	{ "[]", "It has to be an object" },
	{ "{}", "Nobody could administer" },
	{ "{'tils':[]}", "There is no field 'tils'" },
	{ "{'tills':{}}", "tills: It has to be a list" },
	{ "{'tills':[1]}", "tills[0]: It has to be an object" },
	{ "{'tills':[{}]}", "tills[0].id: It is missing" },
	{ "{'tills':[{'id':1}]}", "tills[0].id: It has to be text" },
	{ "{'tills':[{'id':'@box'}]}", "tills[0].id: It has to be 1 to 32" },
	{ "{'tills':[{'id':''}]}", "tills[0].id: It has to be 1 to 32" },
	{ "{'tills':[{'id':'4111111111111111'}]}",
	  "tills[0].id: It must not hold a full card number" },
	{ "{'tills':[{'id':'1','name':'Till 4111 1111 1111 1111'}]}",
	  "tills[0].name: It must not hold a full card number" },
	{ "{'operators':[{'login':'4111111111111111'}]}",
	  "operators[0].login: It must not hold a full card number" },
	{ "{'operators':[{'login':'a','name':'4111-1111-1111-1111'}]}",
	  "operators[0].name: It must not hold a full card number" },
	{ "{'tills':[{'id':'1','nam':'x'}]}",
	  "tills[0]: There is no field 'nam'" },
	{ "{'tills':[{'id':'1','name':''}]}", "tills[0].name: It has to be 1" },
	{ "{'tills':[{'id':'1','name':'a\\nb'}]}",
	  "tills[0].name: It has to be 1" },
	{ "{'tills':[{'id':'1','name':7}]}",
	  "tills[0].name: It has to be text" },
	{ "{'tills':[{'id':'1'},{'id':'1'}]}",
	  "tills[1]: There is a till '1' already" },
	{ "{'tills':[{'id':'1','currency':'eur'}]}",
	  "tills[0].currency: It has to be three" },
	{ "{'tills':[{'id':'1','currency':'EURO'}]}",
	  "tills[0].currency: It has to be three" },
	{ "{'tills':[{'id':'1','pin_sign_on':1}]}",
	  "tills[0].pin_sign_on: It has to be true or false" },
	{ "{'tills':[{'id':'1','clients':[]}]}",
	  "tills[0].clients: It has to be an object" },
	{ "{'tills':[{'id':'1','clients':{'user':[]}}]}",
	  "tills[0].clients: There is no field 'user'" },
	{ "{'tills':[{'id':'1','clients':{'users':['no-such-user-here']}}]}",
	  "tills[0].clients.users[0]: This system has no user" },
	{ "{'tills':[{'id':'1','clients':{'groups':[5,'no-such-group']}}]}",
	  "tills[0].clients.groups[1]: This system has no group" },
	{ "{'tills':[{'id':'1','clients':{'users':[-1]}}]}",
	  "tills[0].clients.users[0]: It has to be a user's name" },
	{ "{'tills':[{'id':'1','clients':{'users':[4294967295]}}]}",
	  "tills[0].clients.users[0]: It has to be a user's name" },
	{ "{'tills':[{'id':'1','clients':{'groups':[true]}}]}",
	  "tills[0].clients.groups[0]: It has to be a group's name" },
	{ "{'tills':[{'id':'1','badge':[]}]}",
	  "tills[0].badge: It has to be an object" },
	{ "{'tills':[{'id':'1','badge':{'drawer.pen':'pin'}}]}",
	  "tills[0].badge: There is no permission 'drawer.pen'" },
	{ "{'tills':[{'id':'1','badge':{'receipt.read':'pin'}}]}",
	  "tills[0].badge: There is no permission 'receipt.read'" },
	{ "{'tills':[{'id':'1','badge':{'drawer.open':'PIN'}}]}",
	  "tills[0].badge.drawer.open: It has to be \"alone\", \"pin\" or" },
	{ "{'tills':[{'id':'1','document_for_difference':'all'}]}",
	  "tills[0].document_for_difference: It has to be \"none\", "
	  "\"shift\"," },
	{ "{'tills':[{'id':'1','document_for_difference':1}]}",
	  "tills[0].document_for_difference: It has to be text" },
	{ "{'tills':[{'id':'1','limits':[]}]}",
	  "tills[0].limits: It has to be an object" },
	{ "{'tills':[{'id':'1','limits':{'min':5}}]}",
	  "tills[0].limits: There is no field 'min'" },
	{ "{'tills':[{'id':'1','limits':{'minimum':'5'}}]}",
	  "tills[0].limits.minimum: It has to be a whole number" },
	{ "{'tills':[{'id':'1','limits':{'minimum':-1000000000000}}]}",
	  "tills[0].limits.minimum: It has to be a whole number of the "
	  "currency's smallest unit, -999999999999 to 999999999999, or" },
	{ "{'tills':[{'id':'1','limits':{'maximum':1.5}}]}",
	  "tills[0].limits.maximum: It has to be a whole number" },
	{ "{'tills':[{'id':'1','limits':{'minimum':6,'maximum':5}}]}",
	  "tills[0].limits: The minimum is above the maximum" },
	{ "{'tills':[{'id':'1','limits':{'negative':null}}]}",
	  "tills[0].limits.negative: It has to be true or false" },
	{ "{'tills':[{'id':'1','drawer':true}]}",
	  "tills[0].drawer: It has to be an object" },
	{ "{'tills':[{'id':'1','drawer':{'open_on':[]}}]}",
	  "tills[0].drawer: There is no field 'open_on'" },
	{ "{'tills':[{'id':'1','drawer':{'opens_on':'day_end'}}]}",
	  "tills[0].drawer.opens_on: It has to be a list" },
	{ "{'tills':[{'id':'1','drawer':{'opens_on':['receipt']}}]}",
	  "tills[0].drawer.opens_on[0]: It has to be \"receipt_cash\", " },
	{ "{'tills':[{'id':'1','drawer':{'opens_on':['day_end','day_end',"
	  "'day_end','day_end','day_end','day_end']}}]}",
	  "tills[0].drawer.opens_on: It may hold 5" },
	{ "{'tills':[{'id':'1','drawer':{'deposit_from':-1}}]}",
	  "tills[0].drawer.deposit_from: It has to be a whole number" },
	{ "{'tills':[{'id':'1','drawer':{'withdrawal_from':true}}]}",
	  "tills[0].drawer.withdrawal_from: It has to be a whole number" },
	{ "{'tills':[{'id':'1','day_end_includes_report':'no'}]}",
	  "tills[0].day_end_includes_report: It has to be true or false" },
	{ "{'groups':[{'id':'g','tills':['1']}]}",
	  "groups[0].tills[0]: There is no till '1'" },
	{ "{'groups':[{'id':'g'},{'id':'g'}]}",
	  "groups[1]: There is a group 'g' already" },
	{ "{'groups':[{'id':'g','permissions':['drawer.pen']}]}",
	  "groups[0].permissions[0]: There is no permission 'drawer.pen'" },
	{ "{'groups':[{'id':'g','permissions':['receipt.read']}]}",
	  "groups[0].permissions[0]: There is no permission 'receipt.read'" },
	{ "{'groups':[{'id':'g','permissions':'drawer.open'}]}",
	  "groups[0].permissions: It has to be a list" },
	{ "{'groups':[{'id':'g','rights':{'recipe':[]}}]}",
	  "groups[0].rights: There is no object 'recipe'" },
	{ "{'groups':[{'id':'g','rights':{'drawer':['open']}}]}",
	  "groups[0].rights: There is no object 'drawer'" },
	{ "{'groups':[{'id':'g','rights':{'receipt':['write']}}]}",
	  "groups[0].rights.receipt[0]: It has to be \"read\"" },
	{ "{'groups':[{'id':'g','rights':[]}]}",
	  "groups[0].rights: It has to be an object" },
	{ "{'operators':[{'login':'a b'}]}",
	  "operators[0].login: It has to be 1 to 32" },
	{ "{'operators':[{'login':'a'},{'login':'a'}]}",
	  "operators[1]: There is an operator 'a' already" },
	{ "{'operators':[{'login':'a','groups':['cashier']}]}",
	  "operators[0].groups[0]: There is no group 'cashier'" },
	{ "{'operators':[{'login':'a','role':'boss'}]}",
	  "operators[0].role: It has to be \"user\" or \"manager\"" },
	{ "{'operators':[{'login':'a','active':'yes'}]}",
	  "operators[0].active: It has to be true or false" },
	{ "{'operators':[{'login':'a','password':'1234567'}]}",
	  "operators[0].password: It has to be 8 characters" },
	{ "{'operators':[{'login':'a','password':12345678}]}",
	  "operators[0].password: It has to be text" },
	{ "{'operators':[{'login':'a','pin':'123'}]}",
	  "operators[0].pin: It has to be 4 to 8 digits" },
	{ "{'operators':[{'login':'a','pin':'12345a'}]}",
	  "operators[0].pin: It has to be 4 to 8 digits" },
	{ "{'operators':[{'login':'a','badges':['0110185c5b']}]}",
	  "operators[0].badges[0]: It has to be a type" },
	{ "{'operators':[{'login':'a','badges':['em4100:0110185C5B']}]}",
	  "operators[0].badges[0]: It has to be a type" },
	{ "{'operators':[{'login':'a','badges':['em4100:']}]}",
	  "operators[0].badges[0]: It has to be a type" },
	{ "{'operators':[{'login':'a','badges':['em:0102']},"
	  "{'login':'b','badges':['em:0103','em:0102']}]}",
	  "operators[1].badges[1]: This badge is in the document before" },
	{ "{'operators':[{'login':'a','badges':[7]}]}",
	  "operators[0].badges[0]: It has to be text or an object" },
	{ "{'operators':[{'login':'a','badges':{}}]}",
	  "operators[0].badges: It has to be a list" },
	{ "{'operators':[{'login':'a','badges':[{}]}]}",
	  "operators[0].badges[0]: It has to have either \"id\"" },
	{ "{'operators':[{'login':'a','badges':[{'label':'red'}]}]}",
	  "operators[0].badges[0]: It has to have either \"id\"" },
	{ "{'operators':[{'login':'a','badges':"
	  "[{'id':'em:0102','handle':'b-x'}]}]}",
	  "operators[0].badges[0]: It has to have either \"id\"" },
	{ "{'operators':[{'login':'a','badges':[{'id':'em:01'}]}]}",
	  "operators[0].badges[0].id: It has to be a type" },
	{ "{'operators':[{'login':'a','badges':[{'id':5}]}]}",
	  "operators[0].badges[0].id: It has to be text" },
	{ "{'operators':[{'login':'a','badges':[{'handle':5}]}]}",
	  "operators[0].badges[0].handle: It has to be text" },
	{ "{'operators':[{'login':'a','badges':"
	  "[{'id':'em:0102','colour':'red'}]}]}",
	  "operators[0].badges[0]: It has no other fields than id, handle" },
	{ "{'operators':[{'login':'a','badges':"
	  "[{'id':'em:0102','label':'a\\nb'}]}]}",
	  "operators[0].badges[0].label: It has to be at most 64" },
	{ "{'operators':[{'login':'a','badges':"
	  "[{'id':'em:0102','label':null}]}]}",
	  "operators[0].badges[0].label: It has to be text" },
	{ "{'operators':[{'login':'a','badges':"
	  "[{'id':'em:0102','active':'yes'}]}]}",
	  "operators[0].badges[0].active: It has to be true or false" },
	{ "{'operators':[{'login':'a','badges':"
	  "[{'id':'em:0102','until':'tomorrow'}]}]}",
	  "operators[0].badges[0].until: It has to be a time" },
	{ "{'operators':[{'login':'a','badges':"
	  "[{'id':'em:0102','until':'2027-01-31T18:00:00'}]}]}",
	  "operators[0].badges[0].until: It has to be a time" },
	{ "{'operators':[{'login':'a','badges':"
	  "[{'id':'em:0102','until':'1970-01-01T00:00:00Z'}]}]}",
	  "operators[0].badges[0].until: It has to be a time" },
	{ "{'operators':[{'login':'a','badges':"
	  "[{'id':'em:0102','until':1800000000}]}]}",
	  "operators[0].badges[0].until: It has to be text" },
	{ "{'operators':[{'login':'a','badges':[{'id':'em:0102'},"
	  "'em:0102']}]}",
	  "operators[0].badges[1]: This badge is in the document before" },
	{ "{'operators':[{'login':'a','badges':[{'handle':'b-x'},"
	  "{'handle':'b-x'}]}]}",
	  "operators[0].badges[1].handle: This badge is in the document" },
	{ "{'operators':[{'login':'a','badges':[{'handle':'b-x'}]}]}",
	  "operators[0].badges: This operator has no badge with such" },
	{ "{'operators':[{'login':'a','restricted':1}]}",
	  "operators[0].restricted: It has to be true or false" },
	{ "{'operators':[{'login':'a','no_foreign_session':'x'}]}",
	  "operators[0].no_foreign_session: It has to be true or false" },
	{ "{'operators':[{'login':'a','single_session':null}]}",
	  "operators[0].single_session: It has to be true or false" },
	{ "{'operators':[{'login':'a','view_tills':'1'}]}",
	  "operators[0].view_tills: It has to be a list" },
	{ "{'operators':[{'login':'a','view_tills':['1']}]}",
	  "operators[0].view_tills[0]: There is no till '1'" },
	{ "{'operators':[{'login':'a','access_tills':['@box']}]}",
	  "operators[0].access_tills[0]: There is no till '@box'" },
	{ "{'operators':[{'login':'a','access_tills':[1]}]}",
	  "operators[0].access_tills[0]: It has to be text" },
	{ "{'operators':[{'login':'a','has_password':'yes'}]}",
	  "operators[0].has_password: It has to be true or false" },
	{ "{'operators':[{'login':'a','has_pin':1}]}",
	  "operators[0].has_pin: It has to be true or false" },
	{ "{'operators':[{'login':'a','id':''}]}",
	  "operators[0].id: It has to be 1 to 32" },
	{ "{'operators':[{'login':'a','id':'nobody'}]}",
	  "operators[0].id: There is no operator with this id; leave it" },
	{ "{'operators':[{'login':'a','id':'x'},{'login':'b','id':'x'}]}",
	  "operators[1]: There is an operator with this id already" },
	{ "{'operators':[{'login':'a','group':[]}]}",
	  "operators[0]: There is no field 'group'" },
	/* nobody to administer: no password, inactive, elsewhere, not enough */
	{ DOCUMENT(TILL, GROUP, "{'login':'a','groups':['m']}"),
	  "Nobody could administer" },
	{ DOCUMENT(TILL, GROUP,
		   "{'login':'a','groups':['m'],'password':null,'pin':'1234'}"),
	  "Nobody could administer" },
	{ DOCUMENT(TILL, GROUP,
		   "{'login':'a','groups':['m'],'password':'12345678',"
		   "'active':false}"),
	  "Nobody could administer" },
	{ DOCUMENT(TILL, GROUP, "{'login':'a','password':'12345678'}"),
	  "Nobody could administer" },
	{ DOCUMENT(TILL,
		   "{'id':'m','tills':['1'],'permissions':['config.access']}",
		   PERSON),
	  "Nobody could administer" },
	{ DOCUMENT(TILL,
		   "{'id':'m','tills':['@box'],'permissions':['drawer.open']}",
		   PERSON),
	  "Nobody could administer" },
};

static void test_every_mistake_has_its_sentence(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		json_t *document = people_rig_document(refusals[i].text);
		char *error = NULL;

		assert_null(people_parse(document, NULL, &error));
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
		"{'operators':[{'login':'a','badges':[{'id':'hunter2'}]}]}",
		"{'operators':[{'login':'a','badges':[{'handle':'hunter2'}]}]}",
		"{'operators':[{'login':'a','badges':[{'hunter2:01':1}]}]}",
		("{'operators':[{'login':'a','badges':"
		 "[{'id':'x:0102','until':'hunter2'}]}]}"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_t *document = people_rig_document(texts[i]);
		char *error = NULL;

		assert_null(people_parse(document, NULL, &error));
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
		json_t *document = people_rig_document(texts[i]);
		char *error = NULL;

		assert_null(people_parse(document, NULL, &error));
		assert_string_equal(error, "A text in it must not hold a full "
					   "card number, as it is kept.");
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
		assert_null(people_parse(document, NULL, &error));
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
		{ "tills", "id", 256, "tills: It may hold 256" },
		{ "groups", "id", 1024, "groups: It may hold 1024" },
		{ "operators", "login", 16384, "operators: It may hold 16384" },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t more = 0; more < 2; more++) {
			json_t *document = many(lists[i].field, lists[i].id,
						lists[i].max + more);
			char *error = NULL;

			assert_null(people_parse(document, NULL, &error));
			assert_memory_equal(
				error, more ? lists[i].sentence : "Nobody",
				more ? strlen(lists[i].sentence) : 6);
			free(error);
			json_decref(document);
		}
	}
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

/* A list of names within an operator. */
static void expect_member_limit(const char *field, const char *value,
				size_t max, const char *sentence)
{
	for (size_t more = 0; more < 2; more++) {
		json_t *document = people_rig_document(
			DOCUMENT(TILL, GROUP, "{'login':'a'}"));
		json_t *person = json_array_get(
			json_object_get(document, "operators"), 0);
		json_t *list = json_array();
		char *error = NULL;

		for (size_t i = 0; i < max + more; i++) {
			char text[32];

			snprintf(text, sizeof(text), value, (unsigned int)i);
			json_array_append_new(list, json_string(text));
		}
		json_put(person, field, list);
		assert_null(people_parse(document, NULL, &error));
		assert_memory_equal(error, more ? sentence : "Nobody",
				    more ? strlen(sentence) : 6);
		free(error);
		json_decref(document);
	}
}

static void test_operators_have_limits_too(void **state)
{
	(void)state;
	expect_member_limit("groups", "m", 64,
			    "operators[0].groups: It may hold 64");
	expect_member_limit("badges", "em:%04x", 16,
			    "operators[0].badges: It may hold 16");
	expect_member_limit("view_tills", "1", 256,
			    "operators[0].view_tills: It may hold 256");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_mistake_has_its_sentence),
		cmocka_unit_test(test_card_numbers_are_not_repeated),
		cmocka_unit_test(test_secrets_are_not_repeated),
		cmocka_unit_test(test_long_words_are_cut_well),
		cmocka_unit_test(test_lists_have_a_greatest_length),
		cmocka_unit_test(test_operators_have_limits_too),
		cmocka_unit_test(test_a_first_manager_who_will_not_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
