/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence: a transaction of the store with its journal entries, which are
 * also what the world is told of, as events, once they are durable.
 */
#ifndef TILLD_CORE_RECORD_H
#define TILLD_CORE_RECORD_H

#include "store/store.h"

struct core;

struct record {
	struct core *core;
	struct txn *txn; /* for further steps */
	json_t *entries; /* as given, to become events */
	void (*done)(void *arg, int error);
	void *arg;
};

struct record *record_new(struct core *core);

/*
 * An entry of that kind; what it is about is put into it by the caller. It is
 * the record's: "policy" (version) is in it already, and "currency" will be
 * (the till's, ISO 4217) if it has sums.
 */
json_t *record_entry(struct record *record, const char *kind, const char *till);

/* Gives it up unwritten; returns NULL. */
struct record *record_free(struct record *record);

/* Durable, then told; done (may be NULL) is called once, from the loop. */
void record_commit(struct record *record, void (*done)(void *arg, int error),
		   void *arg);

/* For one entry alone whose writing nobody waits for. */
json_t *record_note(struct core *core, struct record **out_record,
		    const char *kind, const char *till);

#endif
