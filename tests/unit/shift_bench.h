/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shifts in virtual time, on core_rig: tills 1 and 2, and people for them. Each
 * one's password is the login and "-password".
 *
 *	anna, bea	sell; Bea is restricted in all four ways, to both tills
 *	carl		sells, restricted: may work at 1, and see only that
 *	dora		sells, restricted: sees 1 and 2, works at 2
 *	lena		sells; as Bea, but the switch is off
 *	piotr		leads: may do whatever shifts, days and cash take
 *	wanda		sells, and may end shifts with a difference
 *	maria		manager and administrator, may do the same as Piotr
 *	karl		manager of no group, restricted in vain
 */
#ifndef TILLD_TESTS_SHIFT_BENCH_H
#define TILLD_TESTS_SHIFT_BENCH_H

#include "core/book.h"
#include "core/session.h"

#include "core_rig.h"

int bench_set_up(void **state);

/* Options of till 1, as in a policy file: "'limits':{'minimum':100}". */
void bench_set_options(const char *options);

/* The policy with something in it replaced wherever it stands, until options
 * are set again. */
void bench_change_policy(const char *what, const char *with);

const char *bench_sign_on(const char *login, const char *till);

/* At till 1, under a new key... under that one, at that till. */
struct rig_answer *bench_do(const char *token, enum action action,
			    const char *of, const char *parameters);
struct rig_answer *bench_do_at(const char *token, const char *till,
			       enum action action, const char *key,
			       const char *of, const char *parameters);

struct rig_answer *bench_open(const char *token, int64_t counted);
struct rig_answer *bench_count(const char *token, int64_t counted);
struct rig_answer *bench_close(const char *token, int64_t withdrawal);
struct rig_answer *bench_end_day(const char *token, const char *parameters);
struct rig_answer *bench_cash(const char *token, enum action action,
			      int64_t amount);

/* The drawer, for an operation. */
struct rig_answer *bench_event(const char *token, const char *operation);

/* Asked for under that key, consented to by Piotr, and done. */
struct rig_answer *bench_consented(const char *token, enum action action,
				   const char *of, const char *parameters);

/* A shift of that operator's at till 1 with that float, by Piotr's consent if
 * need be; its id, for good. */
const char *bench_begun(const char *token, int64_t counted);

/* Of till 1. */
struct book *bench_book(void);

/* What is missing, as "a,b,c"; good till the next call. */
const char *bench_missing(const struct rig_answer *answer);

/* An operation's id; good for good. */
const char *bench_id(const struct rig_answer *answer);

/* All that was answered so far, and all events: as one text, to be freed. */
char *bench_told(void);

/* Answers of before are needed no more. */
void bench_forget(void);

int bench_tear_down(void **state);

#endif
