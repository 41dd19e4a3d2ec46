/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maria gives Anna something in advance: core_rig.h with a supervisor who is
 * signed on at the same till by a client of her own.
 */
#ifndef TILLD_TESTS_TOKEN_BENCH_H
#define TILLD_TESTS_TOKEN_BENCH_H

#include "core/token.h"

#include "core_rig.h"

#define MINUTE (60 * 1000)

/* What is given, but for who gives it: "'action':'drawer.open'" and more. */
#define FOR_ANNA(what) \
	"{'requester':'anna','till':'1','password':'maria-password'," what "}"
#define A_DRAWER FOR_ANNA("'action':'drawer.open'")

struct token_bench {
	char maria[64]; /* her sign-on; "" till she needs one */
	char anna[64];
	char id[RANDOM_ID_SIZE]; /* what was given last */
	char token[RANDOM_TOKEN_SIZE];
};

extern struct token_bench given;

int bench_set_up(void **state);
void bench_sign_maria_on(void);

/* What Maria does with that. */
struct rig_answer *bench_as_maria(struct rig_answer *(*ask)(const char *token,
							    const char *what),
				  const char *what);
struct rig_answer *bench_marias_list(void);

/* Asserts that it went well; it comes with every request from now on. */
void bench_give(const char *what);

int bench_drawers(void);

#endif
