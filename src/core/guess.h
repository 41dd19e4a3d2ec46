/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guessing, slowed down: wrong passwords, PINs and badges in a row are counted
 * per operator and till and per client, kept over restarts, and answered later
 * and later. Never a lock: a supervisor can still sign on at another till, or
 * by badge. What is not tried for a day is forgotten. Logins that nobody has are
 * bounded by themselves, so that inventing them makes nobody else be forgotten.
 */
#ifndef TILLD_CORE_GUESS_H
#define TILLD_CORE_GUESS_H

#include "core/caller.h"
#include "store/store.h"

#include <stdbool.h>

struct core;
struct guesses;

#define GUESS_SUBJECT_SIZE sizeof(((struct guess_row *)0)->subject)

#define GUESS_KNOWN_MAX	  4096
#define GUESS_UNKNOWN_MAX 512

struct guesses *guesses_new(void);
struct guesses *guesses_free(struct guesses *guesses);
void guesses_load(void *core, const struct guess_row *row);

/* Forgets, also on disk, what is over a day old or too many; at start, and
 * then now and again. */
void guesses_purge(struct core *core);

/*
 * "operator:ID@1", "login:KEYED-HASH@1" for a login that nobody has (people
 * type passwords there), "badge-pin:ID@1", "token:ID@1", and "uid:1000@1".
 */
void guess_name_login(struct core *core, char out[GUESS_SUBJECT_SIZE],
		      const char *login, const char *till);
void guess_name_badge(char out[GUESS_SUBJECT_SIZE], const char *operator,
		      const char * till);
void guess_name_token(char out[GUESS_SUBJECT_SIZE], const char *operator,
		      const char * till);
void guess_name_uid(char out[GUESS_SUBJECT_SIZE], uid_t uid, const char *till);

/* How many ms the subject has to wait before it may try again; 0: none. */
int64_t guess_wait(struct core *core, const char *subject);

/* Counts a wrong try, in a transaction that also journals it: at once, so that
 * a disk that fails lifts no brake. */
void guess_wrong(struct core *core, struct txn *txn, const char *subject);

/*
 * A right one: the wrong tries before it, of which it returns the number, are
 * forgotten on disk with the transaction, and by guess_forget() once that is
 * committed (unless there were more meanwhile).
 */
int64_t guess_right(struct core *core, struct txn *txn, const char *subject);
void guess_forget(struct core *core, const char *subject, int64_t tries);

bool guess_is_known(struct core *core, const char *subject);

/* All of them, those of people and clients first, the latest before others. */
void guesses_each(struct core *core,
		  void (*fn)(void *arg, const struct guess_row *row),
		  void *arg);

/* --- API (guess_api.c): for managers and the owner --- */

void guess_list(struct core *core, struct caller *caller);
void guess_clear(struct core *core, struct caller *caller, const char *subject);

#endif
