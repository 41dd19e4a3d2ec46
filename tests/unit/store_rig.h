/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store in a folder of its own, in virtual time: what the tests of store/
 * begin with.
 */
#ifndef TILLD_TESTS_STORE_RIG_H
#define TILLD_TESTS_STORE_RIG_H

#include "store/journal.h"
#include "store/store.h"

#include "fake_env.h"

#define STORE_RIG_PATH 128

struct store_rig {
	struct fake_env fake;
	struct store_config config;
	char folder[STORE_RIG_PATH]; /* holds the other two */
	char state[STORE_RIG_PATH];
	char keys[STORE_RIG_PATH];
	struct store *store; /* NULL while closed */
};

/* Made below folder; NULL: in memory, else in the system's place for such. */
void store_rig_init(struct store_rig *rig, const char *folder);
void store_rig_free(struct store_rig *rig); /* closes, removes */

int store_rig_open(struct store_rig *rig);
void store_rig_close(struct store_rig *rig);
void store_rig_reopen(struct store_rig *rig);

/* Opens and sets up, with one manager "maria". */
void store_rig_set_up(struct store_rig *rig);

/* For cmocka: a rig in *state, as made or set up; and its end. */
int store_rig_begin(void **state);
int store_rig_begin_set_up(void **state);
int store_rig_end(void **state);

/* Commits and waits for it. */
struct txn_result store_rig_commit(struct store_rig *rig, struct txn *txn);

/* A journal entry in a transaction of its own; asserts that it went well. */
int64_t store_rig_note(struct store_rig *rig, const char *kind, int64_t number);

/* The whole export as text, to be freed; asserts that it went well. */
char *store_rig_export(struct store_rig *rig);

/* A number in store_describe(); -1 if it is not there. */
int64_t store_rig_describe(const struct store_rig *rig, const char *field);

/* How many entries of that kind there are. */
int64_t store_rig_count(struct store_rig *rig, const char *kind);

/* The verdict of journal_verify(); asserts that it could be found out. */
struct journal_verdict store_rig_verify(struct store_rig *rig);

/* "tilld.db" and the like, in a buffer that the next call reuses. */
const char *store_rig_path(const struct store_rig *rig, const char *name);

/* Copies files of the state folder beside it ("kept-tilld.db"), and back. */
void store_rig_keep(const struct store_rig *rig, const char *name);
void store_rig_bring_back(const struct store_rig *rig, const char *name);

#endif
