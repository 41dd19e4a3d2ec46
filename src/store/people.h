/* SPDX-License-Identifier: Apache-2.0 */
/* A policy as a document gave it, on its way into the database or out of it. */
#ifndef TILLD_STORE_PEOPLE_H
#define TILLD_STORE_PEOPLE_H

#include "store/people_parts.h"
#include "store/store.h"
#include "util/arena.h"
#include "util/names.h"

#define PEOPLE_CLIENTS_MAX 64 /* users, and groups, of one till */

/* Of a password, PIN or badges: what the document does not mention stays. */
enum people_given { PEOPLE_AS_IT_IS, PEOPLE_NONE, PEOPLE_GIVEN };

struct people_secret {
	enum people_given given;
	char *clear; /* until prepared */
};

/* By its number, or one that is there by its handle. */
struct people_badge {
	char *clear; /* until prepared; NULL: by handle */
	const char *handle;
	const char *label; /* NULL: as it is, or none */
	bool active_given;
	bool active;
	bool until_given;
	int64_t until_ms;
	uint8_t key[HASH_SIZE]; /* once prepared */
};

struct people_operator {
	struct policy_operator who; /* id: NULL for somebody new, until */
	const char **groups;	    /* prepared */
	size_t groups_count;
	const struct policy_operator *before; /* in the present policy */
	struct people_secret password;
	struct people_secret pin;
	enum people_given badges_given;
	struct people_badge *badges;
	size_t badges_count;
};

struct people {
	struct arena arena;
	struct arena secrets;
	const struct policy *present; /* NULL: there is none */
	struct policy *policy;	      /* operators and badges once prepared */
	struct people_operator *operators;
	size_t operators_count;
	struct names logins; /* of operators, by place */
	struct names ids;    /* those given */
	struct names badges; /* numbers and handles, each once */
	bool prepared;
	struct people_kept kept; /* once prepared; no version */
};

/* version: of the policy that it will be. */
struct people *people_new(const struct policy *present, int64_t version);

/*
 * A document as it was kept: every operator has an id, and nothing is said of
 * secrets and badges. NULL with a sentence if it is not one.
 */
struct people *people_parse_kept(const json_t *document, int64_t version,
				 char **out_error);

/* The operators, as they are by now, into people->policy. */
bool people_fill(struct people *people);

/* The place of a name in such a table; false if it isn't there. */
bool people_find_name(const char *const *names, size_t count, const char *name,
		      size_t *out_at);

#endif
