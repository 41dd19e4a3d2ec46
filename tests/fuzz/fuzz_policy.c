/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy file: refused with a sentence, or one that can be described, looked
 * through, compared, and read back as the same. Passwords are taken out before
 * they would be hashed, which is all that is slow.
 */
#include "policy/describe.h"
#include "policy/difference.h"
#include "policy/explain.h"
#include "policy/lint.h"
#include "policy/policy_private.h"
#include "store/people.h"
#include "store/store.h"
#include "util/json.h"
#include "util/log.h"

#include "fake_env.h"
#include "fuzz.h"

#include <string.h>

const int fuzz_variants = 20000;

static struct keys *policy_keys;
static struct fake_env policy_env;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char folder[] = "/tmp/tilld-fuzz-keys.XXXXXX", path[64], command[96];

	(void)argc;
	(void)argv;
	log_set_level(LOG_LEVEL_ERROR);
	fake_env_init(&policy_env);
	FUZZ_HOLDS(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/keys", folder);
	FUZZ_HOLDS(!keys_create(path, policy_env.env.random, &policy_keys));
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void policy_drop_secrets(json_t *document)
{
	json_t *who;
	size_t at;

	json_array_foreach (json_object_get(document, "operators"), at, who) {
		if (json_is_string(json_object_get(who, "password")))
			json_object_set_new(who, "password", json_null());
		if (json_is_string(json_object_get(who, "pin")))
			json_object_set_new(who, "pin", json_null());
	}
}

static void policy_explain_all(const struct policy *policy)
{
	struct demand demand = { 0 };
	unsigned int right;

	FUZZ_HOLDS(rights_from_name("config.access", &right));
	rights_add(&demand.all, right);
	for (size_t i = 0; i < policy->operators_count && i < 4; i++)
		json_decref(policy_explain_demand(policy, &policy->operators[i],
						  NULL, &demand));
}

static void policy_look(struct people *people)
{
	struct policy *policy = people_policy(people);
	json_t *kept = policy_describe(policy, POLICY_AS_KEPT);
	json_t *shown = policy_describe(policy, POLICY_AS_SHOWN);
	json_t *none = policy_difference(policy, policy, POLICY_FOR_PEOPLE);
	json_t *all = policy_difference(NULL, policy, POLICY_FOR_JOURNAL);
	struct people *again;
	bool whole = false;
	char *line = policy_difference_line(policy, policy, none, &whole);
	char *error = NULL;

	FUZZ_HOLDS(kept && shown && whole);
	json_decref(policy_lint(policy, FAKE_ENV_WALL_MS));
	policy_explain_all(policy);
	again = people_parse(shown, policy, &error);
	FUZZ_HOLDS(again && !error); /* what is shown may be sent back */
	people_free(again);
	again = people_parse_kept(kept, 1, &error);
	FUZZ_HOLDS(again && !error);
	people_free(again);
	free(line);
	json_decref(none);
	json_decref(all);
	json_decref(shown);
	json_decref(kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *document = json_parse(data, size);
	char *error = NULL;
	struct people *people;

	if (!document)
		return 0;
	people = people_parse(document, NULL, &error);
	FUZZ_HOLDS(!people == !!error);
	people_free(people);
	free(error);
	error = NULL;
	policy_drop_secrets(document);
	people = people_parse(document, NULL, &error);
	if (people) {
		people_prepare(people, policy_keys, policy_env.env.random, 10);
		policy_look(people);
	}
	people_free(people);
	free(error);
	json_decref(document);
	return 0;
}
