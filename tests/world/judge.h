/* SPDX-License-Identifier: Apache-2.0 */
/* The journal, put together by operation, for those who check it. */
#ifndef TILLD_WORLD_JUDGE_H
#define TILLD_WORLD_JUDGE_H

#include "world.h"

#include "device/op.h"

struct judged {
	char id[OP_ID_SIZE];
	char till[8], action[40], device[40];
	char operator[32], approver[32]; /* logins */
	char authorization[32], event[OP_ID_SIZE], key[40];
	int64_t uid;
	int64_t created_at; /* monotonic ms, as the world counts */
	bool moves;	    /* has a device */
	struct op op;	    /* of what moves */
	bool in_advance;    /* the consent was a token */
	bool ended, was_unknown;
	enum outcome outcome; /* the last word on it */
};

struct judgement {
	struct judged *list;
	size_t count;
};

/* names: of operators, by their id. */
void judge_read(struct judgement *out, const json_t *journal,
		const json_t *names);
void judge_free(struct judgement *judgement);

#endif
