/* SPDX-License-Identifier: Apache-2.0 */
/* An operation from within: what its files share. */
#ifndef TILLD_CORE_OPERATION_PRIVATE_H
#define TILLD_CORE_OPERATION_PRIVATE_H

#include "core/book.h"
#include "core/core_private.h"
#include "core/operation.h"
#include "core/witness.h"

struct operation_waiter {
	LIST_ENTRY(operation_waiter) entry;
	struct operation *operation;
	struct caller *caller;
	struct timer *timer;
	bool watching; /* only looks */
	bool due;      /* its time was up before the intent was on disk */
};

LIST_HEAD(operation_waiters, operation_waiter);

struct operation {
	LIST_ENTRY(operation) entry;
	struct core *core;
	struct operation_row row;
	struct op op;
	bool written;	/* its intent is on disk */
	bool committed; /* past its point of no return */
	bool doubtful;
	int64_t doubtful_since;
	bool orphan; /* its device is not configured any more */
	bool ended;  /* its device is done; the outcome is being written */
	char authorization[RANDOM_ID_SIZE]; /* spent with its intent */
	struct timer *retry;
	struct book_turn turn;	  /* to write what it brought into the book */
	bool turned;		  /* the book is its own until it is written */
	int64_t balance;	  /* of the book, once that is on disk */
	bool booked;		  /* it is, and the book has it */
	struct witness_told told; /* of a daily report; its record has it */
	struct operation_waiters waiters;
};

/* operation.c: one that begins with that row; and the end of it. */
struct operation *operation_new(struct core *core,
				const struct operation_row *row);
void operation_free(struct operation *operation);

/* It is to be found out about, from now on. */
void operation_doubt(struct operation *operation);

/* Of a card terminal: what money hangs on. */
bool operation_is_moneys(const struct device *device);

/*
 * operation_outcome.c: what a device tells it by; the end of one that never
 * came to its device (result is copied; may be NULL); and the writing of the
 * outcome (arg is the operation), tried until it is on disk. Then all that wait
 * are answered, and the operation is freed.
 */
struct device_user operation_user(struct operation *operation);
void operation_done(void *arg, enum outcome outcome, enum reason reason,
		    const json_t *result);
void operation_end(void *arg);

/* operation_wait.c: those whose time was up before its intent was on disk are
 * answered; all are, with how it stands; all are, with why it was not begun. */
void operation_answer_due(struct operation *operation);
void operation_answer_all(struct operation *operation);
void operation_refuse_all(struct operation *operation, int error);

/* One that is under way, by its id; NULL if there is none. */
struct operation *operation_by_id(struct core *core, const char *id);

#endif
