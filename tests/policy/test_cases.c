/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decisions of cases.tsv, each a test of its own: the policy of policy.json
 * goes the way that any takes, through people_parse() and the database, and its
 * snapshot is asked. What the columns mean is said in cases.tsv.
 */
#include "core/action.h"
#include "policy/asks.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include "store_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FILE_MAX     (256 * 1024)
#define CASES_MAX    1024
#define COLUMNS	     5
#define NAME_MAX_LEN 160
#define COST	     10

struct one_case {
	const char *columns[COLUMNS]; /* row, operator, till, action, expected */
	char name[NAME_MAX_LEN];
};

static char *text; /* of cases.tsv; the cases point into it */
static struct one_case ones[CASES_MAX];
static struct CMUnitTest cases[CASES_MAX];
static size_t cases_count;
static struct store_rig rig;
static struct policy *policy;

/* --- files --- */

static char *read_file(const char *name)
{
	const char *top = getenv("TILLD_SOURCE");
	CLEANUP_FREE char *path =
		alloc_format("%s/tests/policy/%s", top ? top : ".", name);
	CLEANUP_FILE FILE *file = fopen(path, "re");
	char *read = alloc_zero(FILE_MAX, 1);

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(99);
	}
	if (fread(read, 1, FILE_MAX - 1, file) == FILE_MAX - 1) {
		fprintf(stderr, "%s is too long\n", path);
		exit(99);
	}
	return read;
}

/* --- the policy --- */

static struct people *read_people(void)
{
	CLEANUP_FREE char *json = read_file("policy.json");
	json_t *document = json_parse(json, strlen(json));
	char *error = NULL;
	struct people *people;

	assert_non_null(document);
	people = people_parse(document, NULL, &error);
	if (!people)
		fail_msg("policy.json: %s", error);
	json_decref(document);
	return people;
}

static int load_policy(void **state)
{
	struct people *people;
	struct txn *txn;

	(void)state;
	store_rig_init(&rig, NULL);
	store_rig_set_up(&rig);
	people = read_people();
	people_prepare(people, store_keys(rig.store), &rig.fake.random, COST);
	txn = txn_new(rig.store);
	txn_policy_replace(txn, people, 0);
	assert_int_equal(store_rig_commit(&rig, txn).error, 0);
	people_free(people);
	assert_int_equal(store_policy(rig.store, &policy), 0);
	return 0;
}

static int drop_policy(void **state)
{
	(void)state;
	policy = policy_unref(policy);
	store_rig_free(&rig);
	return 0;
}

/* --- deciding --- */

static struct demand decide(const struct one_case *one,
			    const struct demand *demand)
{
	const struct policy_operator *who =
		policy_login(policy, one->columns[1]);
	const struct policy_till *till = policy_till(policy, one->columns[2]);
	struct demand missing = { 0 };

	assert_non_null(who);
	assert_true(till || !strcmp(one->columns[2], POLICY_BOX));
	policy_decide(policy, who, till, demand, &missing);
	return missing;
}

/* --- what is expected --- */

/* "a.b,c.d" */
static struct rights rights_listed(const char *list)
{
	CLEANUP_FREE char *copy = alloc_text(list);
	struct rights rights = { 0 };
	char *rest = copy, *name;
	unsigned int which;

	while ((name = strsep(&rest, ","))) {
		if (!rights_from_name(name, &which))
			fail_msg("nothing that can be granted is called '%s'",
				 name);
		rights_add(&rights, which);
	}
	return rights;
}

static struct demand expected(const char *words)
{
	struct demand missing = { 0 };

	if (!strncmp(words, "missing ", 8))
		missing.all = rights_listed(words + 8);
	else if (!strncmp(words, "missing-any ", 12))
		missing.any = rights_listed(words + 12);
	else
		assert_string_equal(words, "allowed");
	return missing;
}

static void print_rights(const char *what, const struct rights *rights)
{
	for (unsigned int which = 0; which < RIGHTS_COUNT; which++)
		if (rights_has(rights, which))
			print_message("# %s %s\n", what, rights_name(which));
}

static void assert_missing(const struct one_case *one,
			   const struct demand *demand)
{
	struct demand missing = decide(one, demand);
	struct demand wanted = expected(one->columns[4]);

	if (!memcmp(&missing, &wanted, sizeof(missing)))
		return;
	print_rights("missing", &missing.all);
	print_rights("missing-any", &missing.any);
	fail_msg("decided otherwise: %s", one->name);
}

/* The same name may be asked for, and be done: then both have to agree. */
static void run_case(void **state)
{
	const struct one_case *one = *state;
	const struct ask_row *row = asks_find(one->columns[3]);
	bool decided = row != NULL;
	struct demand demand;

	if (row) {
		demand = ask_demand(row);
		assert_missing(one, &demand);
	}
	for (enum action action = 0; action < ACTIONS; action++) {
		if (strcmp(action_row(action)->name, one->columns[3]) != 0)
			continue;
		demand = action_required(action);
		assert_missing(one, &demand);
		decided = true;
	}
	if (!decided)
		fail_msg("there is no action '%s'", one->columns[3]);
}

/* --- the cases --- */

static bool is_decision(const char *words)
{
	return !strcmp(words, "allowed") || !strncmp(words, "missing", 7);
}

static void add_case(char *line)
{
	struct one_case *one = &ones[cases_count];

	for (size_t i = 0; i < COLUMNS; i++) {
		one->columns[i] = strsep(&line, "\t");
		if (!one->columns[i] || cases_count == CASES_MAX - 1)
			abort();
	}
	if (!is_decision(one->columns[4]))
		return;
	snprintf(one->name, sizeof(one->name), "%s: %s at %s: %s: %s",
		 one->columns[0], one->columns[1], one->columns[2],
		 one->columns[3], one->columns[4]);
	cases[cases_count++] = (struct CMUnitTest){ .name = one->name,
						    .test_func = run_case,
						    .initial_state = one };
}

static void read_cases(void)
{
	char *rest = text = read_file("cases.tsv"), *line;
	bool heading = true;

	while ((line = strsep(&rest, "\n"))) {
		if (!*line || *line == '#')
			continue;
		if (!heading)
			add_case(line);
		heading = false;
	}
}

int main(void)
{
	int failed;

	read_cases();
	failed = _cmocka_run_group_tests("policy", cases, cases_count,
					 load_policy, drop_policy);
	free(text);
	return failed;
}
