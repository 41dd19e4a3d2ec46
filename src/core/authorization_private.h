/* SPDX-License-Identifier: Apache-2.0 */
/* An authorization from within: what its files share. */
#ifndef TILLD_CORE_AUTHORIZATION_PRIVATE_H
#define TILLD_CORE_AUTHORIZATION_PRIVATE_H

#include "core/authorization.h"
#include "core/core_private.h"
#include "core/record.h"

LIST_HEAD(authorization_waiters, authorization_waiter);

struct authorization {
	struct reader_claim claim;
	TAILQ_ENTRY(authorization) entry;
	struct core *core;
	char id[RANDOM_ID_SIZE];
	enum consent state;
	bool doomed;	   /* ends as doom says, once what is being written */
	enum consent doom; /* about it has failed or is there */
	int error;	   /* of its asking */
	const char *action;
	bool at_box;
	char till[POLICY_ID_MAX + 1];
	char done_at[POLICY_ID_MAX + 1]; /* another till; or "" */
	char operator[POLICY_ID_MAX + 1];
	char signon[RANDOM_ID_SIZE];
	char session[RANDOM_ID_SIZE]; /* "": none was open */
	uid_t uid;
	char key[129];
	uint8_t body[HASH_SIZE];
	char device[DEVICE_NAME_MAX + 1];
	json_t *question; /* a message: what would be authorized */
	struct prompt_pages pages;
	json_t *figures; /* or NULL */
	json_t *changes; /* or NULL */
	bool partly;	 /* the pages are not all that would be consented to */
	struct demand missing;
	int64_t ends; /* monotonic */
	struct timer *timer;
	char approver[POLICY_ID_MAX + 1];
	const char *how;
	char badge[POLICY_HANDLE_SIZE]; /* by which it was given; or "" */
	char *pin;			/* given for the swipe to come */
	bool checking;			/* a PIN is being checked */
	bool in_line; /* somebody waits at the reader, or for it to be free */
	bool over;    /* ended and lingering */
	bool told;    /* of that, to who asked */
	struct authorization_waiters waiters;
};

TAILQ_HEAD(authorization_list, authorization);

struct authorizations {
	struct authorization_list list; /* the newest first */
	struct timer *turn; /* for those in line: see whose turn it is */
};

#define AUTHORIZATION_FOREACH(core, at) \
	TAILQ_FOREACH(at, &(core)->authorizations->list, entry)

bool authorization_is_open(const struct authorization *authorization);

/* Off the list; whoever waits was told before. */
void authorization_free(struct authorization *authorization);

/* Its timer's: its time is over, or that for which it could be looked at. */
void authorization_due(void *arg);

/* What was being written about it is on disk, or is not: goes on as state, or
 * ends as was decided meanwhile. */
void authorization_go_on(struct authorization *authorization,
			 enum consent state);

/* Whether that operator holds what is demanded, where it counts: at the till,
 * or at @box. */
bool authorization_covers(const struct authorization *authorization,
			  const struct policy_operator *who,
			  const struct demand *demand);

/* How strong a badge has to be for what is missing. */
enum badge_strength
authorization_strength(struct core *core,
		       const struct authorization *authorization);

/* Whether a badge would do at all: not every reader can have one prove itself,
 * and nobody who shows one consents to more than they were shown. */
bool authorization_takes_badge(const struct authorization *authorization);

/* Whether who has consented still may, for what is missing now, by what they
 * have shown. */
bool authorization_stands(const struct authorization *authorization,
			  const struct demand *missing);

/* A new state; ends the reader's waiting. Tells nobody. */
void authorization_set(struct authorization *authorization, enum consent state);

/*
 * The end without consent: on record, and those who wait are told, at once. The
 * second also tells, from the loop, whether it could be written; it is for one
 * about which nothing is being written.
 */
void authorization_end(struct authorization *authorization, enum consent state);
void authorization_end_and_tell(struct authorization *authorization,
				enum consent state,
				void (*written)(void *arg, int error),
				void *arg);

/* Tells those who wait. */
void authorization_tell(struct authorization *authorization);

/* A consent lives as long as a pending did. */
void authorization_extend(struct authorization *authorization);

/* The beginning of an entry about it. */
json_t *authorization_note(struct authorization *authorization,
			   struct record **out_record, const char *kind);

/* Somebody who says yes, and how they proved who they are. */
struct authorization_voice {
	const struct policy_operator *who;
	const char *how;
	const char *badge;  /* its handle; NULL: by none */
	const char *signon; /* their own, where they said it; NULL: nowhere
			       but at the till that asks */
};

/*
 * Their consent. told (called once, at once or from the loop) hears PROBLEMS if
 * it stands from now on, else why it does not: they may not give it (which is
 * on record), or it could not be written.
 */
void authorization_approve(struct authorization *authorization,
			   const struct authorization_voice *voice,
			   void (*told)(void *arg, enum problem why),
			   void *arg);

/* Who could consent to it, by name: some of them, of so many in all, those
 * whose name or login has the phrase (NULL: any) in it. New. */
json_t *authorization_supervisors(struct core *core,
				  const struct authorization *authorization,
				  const char *phrase, size_t *out_total);

/* What the supervisor who is asked may know, and who asks perhaps not: told to
 * those who are signed on, anywhere, and may see that till's balance; and what
 * it changes. New. */
json_t *authorization_tell_more(struct core *core, const struct caller *caller,
				const struct authorization *authorization);

/* The one of that id, if the caller's uid may act for its till; else NULL, and
 * the caller was told that there is none. */
struct authorization *authorization_seen(struct core *core,
					 struct caller *caller, const char *id);

/* The same for one who looks: not at a till that they may not view, but also
 * for a supervisor elsewhere, whose uid may not act for its till; what they may
 * answer they may look at. */
struct authorization *
authorization_shown(struct core *core, struct caller *caller, const char *id);

/* authorization_consent.c, a timer's: those in line try again, in the order in
 * which they have asked. arg: the core. */
void authorizations_try_reader(void *arg);

/* Why that operator may not consent to it; PROBLEMS if they may. */
enum problem authorization_objection(const struct authorization *authorization,
				     const struct policy_operator *who);

#endif
