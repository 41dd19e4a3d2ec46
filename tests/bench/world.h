/* SPDX-License-Identifier: Apache-2.0 */
/* A chain's policy, made by chance: people in groups, groups at tills. */
#ifndef TILLD_TESTS_BENCH_WORLD_H
#define TILLD_TESTS_BENCH_WORLD_H

#include "policy/policy.h"
#include "store/store.h"
#include "util/buf.h"

struct world {
	uint64_t seed;
	size_t operators;
	size_t groups_each; /* that an operator is a member of */
	size_t groups;	    /* in all, each at a fifth of the tills */
	size_t tills;
	uint64_t badges; /* the number of the first; each has one */
	bool differs;	 /* one of them has another name */
};

/* What is promised for: 10,000 operators x 8 groups x 200 tills. */
extern const struct world world_full;
extern const struct world world_brief;

/* "10,000 operators, each in 8 of 400 groups, at 200 tills" */
const char *world_title(const struct world *world);

/*
 * As a document (docs/policy-file.md): beside them "maria", who may do
 * everything everywhere, and whose password is that (NULL: as it is).
 */
void world_write(const struct world *world, const char *password,
		 struct buf *out_text);

#define WORLD_TILL "t0" /* one of them */
#define WORLD_COST 10	/* scrypt's, the lowest: it is not what is measured */

/* The document taken apart; present may be NULL. */
struct people *world_people(const struct buf *text,
			    const struct policy *present);

/* As a snapshot, made the way that the daemon makes one. */
struct policy *world_policy(const struct world *world);

/* New keys in the bench's folder. */
struct keys *world_keys(void);

#endif
