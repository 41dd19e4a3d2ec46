/* SPDX-License-Identifier: Apache-2.0 */
/* The snapshot from within: made in policy.c, asked in policy_ask.c. */
#ifndef TILLD_POLICY_POLICY_PRIVATE_H
#define TILLD_POLICY_POLICY_PRIVATE_H

#include "policy/policy.h"
#include "util/arena.h"
#include "util/names.h"

/*
 * Some dozen pieces of memory, however many people there are, so that letting
 * go of one does not hold up the loop.
 */
struct policy {
	unsigned int refs;
	int64_t version;
	uint8_t hash[HASH_SIZE];
	struct arena arena;   /* texts and lists */
	struct arena secrets; /* hashes of passwords and PINs */
	struct policy_till *tills;
	size_t tills_count;
	struct policy_group *groups;
	size_t groups_count;
	struct policy_operator *operators;
	size_t operators_count;
	struct policy_badge *badges; /* sealed: by owner and handle */
	size_t badges_count;
	struct names till_ids;
	struct names group_ids;
	struct names operator_ids;
	struct names logins;
	struct names handles;
	uint32_t *by_name; /* sealed: operators, as people list them */
	uint32_t *by_key;  /* sealed: badges */
};

#endif
