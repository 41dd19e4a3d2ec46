/* SPDX-License-Identifier: Apache-2.0 */
/* Policies as documents, for the tests of store/people: written, read back. */
#ifndef TILLD_TESTS_PEOPLE_RIG_H
#define TILLD_TESTS_PEOPLE_RIG_H

#include "store_rig.h"

#define PEOPLE_RIG_COST 10 /* scrypt's, the lowest */

/* A sound document, in apostrophes for quotation marks. */
#define TILL   "{'id':'1','clients':{'users':[0]}}"
#define GROUP  "{'id':'m','tills':['1','@box'],'permissions':['config.access']}"
#define PERSON "{'login':'maria','groups':['m'],'password':'12345678'}"
#define DOCUMENT(till, group, person) \
	"{'tills':[" till "],'groups':[" group "],'operators':[" person "]}"

/* Such a text as JSON. New. */
json_t *people_rig_document(const char *text);

/* Parsed against what stands, and prepared. New; fails the test otherwise. */
struct people *people_rig_people(struct store_rig *rig, const char *text,
				 struct policy *present);

/* The whole way into the database; returns the transaction's error. Without
 * one, what stands then is what the people said beforehand. */
int people_rig_replace(struct store_rig *rig, const char *text);

/* The same with conf/policy.json. */
void people_rig_replace_by_sample(struct store_rig *rig);

/* As it stands in the database; a new reference. */
struct policy *people_rig_load(struct store_rig *rig);

/* The document that is shown, to be freed; etag may be NULL. */
char *people_rig_show(struct store_rig *rig, char etag[POLICY_ETAG_SIZE]);

/* How many parts of policies are in the database (store/people_parts.h), and
 * how many of them the one that stands has. */
struct people_rig_parts {
	int there;
	int listed;
};

struct people_rig_parts people_rig_count_parts(const struct store_rig *rig);

/* How many files of the state folder that is in. */
size_t people_rig_files_with(const struct store_rig *rig, const char *what);

/* DOCUMENT() with so many more people, all of whom have that name. New. */
char *people_rig_crowd(size_t count, const char *name);

/* Whose badge that is on the rig's wall clock; NULL if it is nobody's. */
const struct policy_operator *people_rig_badge(struct store_rig *rig,
					       const struct policy *policy,
					       const char *number);

#endif
