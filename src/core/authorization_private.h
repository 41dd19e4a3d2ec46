/* SPDX-License-Identifier: Apache-2.0 */
/* An authorization from within: what its three files share. */
#ifndef TILLD_CORE_AUTHORIZATION_PRIVATE_H
#define TILLD_CORE_AUTHORIZATION_PRIVATE_H

#include "core/authorization.h"
#include "core/core_private.h"
#include "core/record.h"

#define AUTHORIZATION_PROMPT_SIZE 64

LIST_HEAD(authorization_waiters, authorization_waiter);

struct authorization {
	struct reader_claim claim;
	LIST_ENTRY(authorization) entry;
	struct core *core;
	char id[RANDOM_ID_SIZE];
	enum consent state;
	enum action action;
	char till[POLICY_ID_MAX + 1];
	char operator[POLICY_ID_MAX + 1];
	char signon[RANDOM_ID_SIZE];
	uid_t uid;
	char key[129];
	uint8_t body[HASH_SIZE];
	char device[DEVICE_NAME_MAX + 1];
	char *sentence;
	char prompt[2][AUTHORIZATION_PROMPT_SIZE];
	struct demand missing;
	int64_t ends; /* monotonic */
	struct timer *timer;
	char approver[POLICY_ID_MAX + 1];
	const char *how;
	char *pin;     /* given for the swipe to come */
	bool checking; /* a PIN is being checked */
	bool over;     /* ended and lingering */
	struct authorization_waiters waiters;
};

bool authorization_is_open(const struct authorization *authorization);

/* How strong a badge has to be for what is missing. */
enum badge_strength
authorization_strength(struct core *core,
		       const struct authorization *authorization);

/* A new state; ends the reader's waiting. Tells nobody. */
void authorization_set(struct authorization *authorization, enum consent state);

/* The end without consent: on record, and those who wait are told. */
void authorization_end(struct authorization *authorization, enum consent state);

/* Tells those who wait. */
void authorization_tell(struct authorization *authorization);

/* A consent lives as long as a pending did. */
void authorization_extend(struct authorization *authorization);

/* The beginning of an entry about it. */
json_t *authorization_note(struct authorization *authorization,
			   struct record **out_record, const char *kind);

/*
 * That operator's consent. PROBLEMS if it stands from now on, else why they
 * may not give it, which is on record then.
 */
enum problem authorization_approve(struct authorization *authorization,
				   const struct policy_operator *who,
				   const char *how);

/* Why that operator may not consent to it; PROBLEMS if they may. */
enum problem authorization_objection(struct authorization *authorization,
				     const struct policy_operator *who);

#endif
