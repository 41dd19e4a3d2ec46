/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is in the shop, what they know, and what they may: the policy that the
 * daemon is set up with, and the same in another form, by which what it lets
 * happen is judged.
 */
#ifndef TILLD_WORLD_PEOPLE_H
#define TILLD_WORLD_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

/* What a movement takes. */
enum may {
	MAY_DRAWER = 1,
	MAY_DAILY = 2,
	MAY_PERIODIC = 4,
	MAY_CANCEL = 8,
	MAY_SELL = 16,
	MAY_SETTLE = 32,
	MAY_REFUND = 64,
	MAY_END_DAY = 128,
	MAY_MANAGE = 256, /* takes goods back, sees totals, sets clocks */
};

#define PEOPLE	    7
#define PEOPLE_UIDS 4

struct person {
	const char *login;
	const char *password;
	const char *pin;      /* NULL: none */
	const char *badge;    /* as the reader model is shown it; or NULL */
	const char *badge_id; /* as the daemon knows it */
	unsigned int may[2];  /* at tills 1 and 2 */
	/* As administrators send it, up to whether they are active; NULL:
	 * nobody changes them. */
	const char *entry;
};

extern const struct person people_table[PEOPLE];

/* Client programs run as these; the last is a stranger to all tills. */
extern const unsigned int people_uids[PEOPLE_UIDS];

/* One who services devices. */
#define PEOPLE_TECHNICIAN 0

/* The body of the set-up, with ' for ". */
extern const char people_setup[];

const struct person *person_find(const char *login);

bool person_may(const char *login, const char *till, unsigned int what);

/* What nobody may ever find on disk or in the log; ended by NULL. */
extern const char *const people_secrets[];

#endif
