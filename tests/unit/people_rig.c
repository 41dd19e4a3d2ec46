/* SPDX-License-Identifier: Apache-2.0 */
#include "people_rig.h"

#include "util/alloc.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int people_rig_setup(void **state)
{
	struct store_rig *rig = ALLOC_NEW(struct store_rig);

	store_rig_init(rig, NULL);
	store_rig_set_up(rig);
	*state = rig;
	return 0;
}

int people_rig_teardown(void **state)
{
	store_rig_free(*state);
	free(*state);
	return 0;
}

json_t *people_rig_document(const char *text)
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

struct people *people_rig_people(struct store_rig *rig, const char *text,
				 struct policy *present)
{
	json_t *document = people_rig_document(text);
	char *error = NULL;
	struct people *people = people_parse(document, present, &error);

	if (!people)
		fail_msg("%s", error);
	people_prepare(people, store_keys(rig->store), &rig->fake.random,
		       PEOPLE_RIG_COST);
	json_decref(document);
	return people;
}

int people_rig_replace(struct store_rig *rig, const char *text)
{
	struct policy *present = people_rig_load(rig);
	struct people *people = people_rig_people(rig, text, present);
	struct txn *txn = txn_new(rig->store);
	int r;

	txn_policy_replace(txn, people, policy_version(present));
	r = store_rig_commit(rig, txn).error;
	people_free(people);
	policy_unref(present);
	return r;
}

static void people_rig_keep(void *arg, int error, struct policy *policy)
{
	assert_int_equal(error, 0);
	*(struct policy **)arg = policy;
}

struct policy *people_rig_load(struct store_rig *rig)
{
	struct policy *policy = NULL;

	store_load_policy(rig->store, people_rig_keep, &policy);
	fake_env_run(&rig->fake);
	assert_non_null(policy);
	return policy;
}

static void people_rig_take(void *arg, int error,
			    struct policy_document *document)
{
	struct policy_document *taken = arg;

	assert_int_equal(error, 0);
	*taken = *document;
	document->text = NULL;
}

char *people_rig_show(struct store_rig *rig, char etag[POLICY_ETAG_SIZE])
{
	struct policy_document document = { 0 };

	store_policy_document(rig->store, people_rig_take, &document);
	fake_env_run(&rig->fake);
	assert_non_null(document.text);
	assert_int_equal(strlen(document.text), document.len);
	if (etag)
		memcpy(etag, document.etag, POLICY_ETAG_SIZE);
	return document.text;
}

const struct policy_operator *people_rig_badge(struct store_rig *rig,
					       const struct policy *policy,
					       const char *number)
{
	uint8_t key[HASH_SIZE];

	keys_badge(store_keys(rig->store), number, key);
	return policy_badge(policy, key, clock_wall_ms(rig->fake.env.clock),
			    NULL);
}
