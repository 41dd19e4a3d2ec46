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
	char payment[OP_ID_SIZE]; /* that it undoes */
	int64_t uid;
	int64_t created_at, ended_at; /* monotonic ms, as the world counts */
	bool moves;		      /* has a device */
	struct op op;		      /* of what moves */
	bool in_advance;	      /* the consent was a token */
	bool ended, was_unknown;
	char why[40];	      /* it was */
	int outcomes;	      /* but what a person settled */
	bool settled;	      /* somebody's word, for what that is worth */
	enum outcome outcome; /* the last word on it */
	size_t done_at;	      /* the place in the journal that said ok; or 0 */
	bool taxed;	      /* it tells of a receipt's VAT: */
	int64_t tax;	      /* all that there is in it */
};

struct judgement {
	struct judged *list;
	size_t count;
};

void judge_read(struct judgement *out, const struct world *world);
const struct judged *judge_find(const struct judgement *all, const char *id);
void judge_free(struct judgement *judgement);

/* What its client asked for, as the client has it; NULL if nobody did. */
const struct ask *check_ask_of(const struct world *world,
			       const struct judged *judged);

/* --- the checks that go by it --- */

/* check_people.c: who is no longer active may nothing. */
void check_people(struct world *world, const struct judged *judged);

/* check_cash.c: the balance of each till is what was put in and taken out. */
void check_cash(struct world *world, const struct judgement *all);

/* ...and the VAT that is told of a receipt is the printer's own. */
void check_tax(struct world *world, const struct judged *judged);

/* check_terminal.c: what was paid is given back once, and nothing else is. */
void check_terminals(struct world *world, const struct judgement *all);

/* Whether somebody reversed, at the terminal's own keys, what it was to. */
bool check_was_reversed_by_hand(const struct world *world,
				const struct judged *judged);

/* check_state.c: devices, disk, log and journal, as they are in the end. */
void check_state(struct world *world);

#endif
