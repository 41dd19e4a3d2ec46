/* SPDX-License-Identifier: Apache-2.0 */
/* A device in other hands, from within: what its files share. */
#ifndef TILLD_CORE_RELEASE_PRIVATE_H
#define TILLD_CORE_RELEASE_PRIVATE_H

#include "core/action_private.h"
#include "core/record.h"
#include "core/release.h"

enum release_state {
	RELEASE_WRITING, /* nothing is begun at the device any more */
	RELEASE_IN_FORCE,
	RELEASE_RETURNING, /* to be asked how it is */
};

struct release {
	LIST_ENTRY(release) entry;
	struct core *core;
	enum release_state state;
	char device[DEVICE_NAME_MAX + 1];
	char operation[OP_ID_SIZE]; /* by which it was handed over */
	char till[POLICY_ID_MAX + 1];
	char operator[POLICY_ID_MAX + 1];
	char *reason;	      /* or NULL */
	int64_t since, until; /* wall, ms */
	json_t *before;	      /* how it was; NULL: it could not be asked */
	json_t *after;	      /* the same, once it is back */
	bool ending;	      /* it is being taken back */
	bool looking;	      /* it is being asked */
	bool told;	      /* it was, or can't be */
	struct timer *timer;  /* its end, or another try to write */
};

LIST_HEAD(release_list, release);
LIST_HEAD(release_looks, release_look);

struct releases {
	struct release_list list;
	struct release_looks looks; /* release_look.c */
};

void release_looks_free(struct releases *releases);

/* By the device's name, in whichever state; NULL if there is none. */
struct release *release_of(struct core *core, const char *device);

/* A new one, RELEASE_WRITING, in front of one that has not been compared. */
struct release *release_new(struct core *core, const char *device);
struct release *release_drop(struct release *release); /* returns NULL */

/* release_action.c: the device that is to be handed over or taken back, at the
 * attempt's till; NULL if there is none, with what to say of that (new). */
struct fixture *release_fixture(const struct attempt *attempt,
				json_t **out_extra);

/* Whether it has just come back, and is being looked at. */
bool release_is_compared(struct core *core, const char *device);

/* It is on disk: the port is closed. It takes the place of an earlier one. */
void release_begin(struct release *release);

/* Puts it into the transaction, as it is from that on. */
void release_put(const struct release *release, bool returning,
		 struct txn *txn);

/* It is over: the port is opened again. */
void release_return(struct release *release);

/* What a test of the device tells that is worth comparing; NULL if nothing.
 * New. */
json_t *release_facts(const json_t *result);

#endif
