/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change of the policy on its way to its record: what the policy would come
 * to by it, and what differs. Whatever is changed, be it a badge's label, it is
 * one document that takes the place of another, checked as a whole; so there is
 * one way to change a policy and one way to tell what has changed.
 *
 * For thousands of people that takes a while, and hashing passwords longer
 * still: it is done on a worker of its own, where nobody's sign-on waits behind
 * it. What was drafted holds for the policy it was drafted on and no other.
 */
#ifndef TILLD_CORE_DRAFT_H
#define TILLD_CORE_DRAFT_H

#include "core/problem.h"
#include "store/store.h"
#include "util/worker.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <sys/types.h>

struct core;
struct drafts;
struct record;

/* What a draft is made from; lent until the draft is freed. */
struct draft_input {
	const json_t *params;
	const char *text; /* or NULL */
	size_t text_len;
};

/*
 * Whoever wants one fills what comes first, and zeroes the rest. The document
 * that stands is described anew for every draft, so edit() may change it as it
 * likes.
 */
struct draft {
	struct work work;
	LIST_ENTRY(draft) entry;
	struct core *core;
	uid_t uid; /* who asks for it */
	struct draft_input input;
	/* On the worker: the document as it is to stand (new, wiped after it
	 * was parsed), or NULL after draft_refuse(). */
	json_t *(*edit)(struct draft *draft);
	/* From the loop, once: it is drafted, or refused. May free it. */
	void (*done)(struct draft *draft);
	void *arg;

	struct policy *before; /* a reference */
	char *place; /* within the document of what is edited; or NULL */
	/* what came of it */
	enum problem why; /* PROBLEMS: it could stand */
	json_t *extra;	  /* of the problem; whoever takes it sets NULL */
	struct people *people;
	struct policy *after; /* the people's */
	json_t *difference;   /* for people */
	json_t *recorded;     /* the same for the journal */
	char *line;	      /* the same in a line */
	bool whole;	      /* of which nothing is left out */
};

struct drafts *drafts_new(struct core *core);
void drafts_settle(struct drafts *drafts); /* finishes them; done() is called */
struct drafts *drafts_free(struct drafts *drafts); /* returns NULL */

/* PROBLEMS once it is under way; PROBLEM_TOO_MANY_REQUESTS if too many of the
 * uid, or in all, are; PROBLEM_STOPPING. */
enum problem draft_begin(struct draft *draft);

/* Frees what it owns, not itself; it is not under way. */
void draft_clear(struct draft *draft);

/* Whether the policy that it was drafted on still stands. */
bool draft_is_current(const struct draft *draft);

/* From edit(): why it can't be. field may be NULL; extra (stolen) too. */
json_t *draft_refuse(struct draft *draft, enum problem why, json_t *extra);
json_t *draft_refuse_field(struct draft *draft, const char *field,
			   const char *detail);

/* Other work for the same worker, such as looking a policy over, hashing a
 * long body, or taking the first policy apart. */
void drafts_submit(struct core *core, struct work *work);

/*
 * A reference to a policy, and people (NULL: none), whom nobody needs any more:
 * where they are megabytes to be given back and wiped, the loop has better to
 * do.
 */
void drafts_let_go(struct core *core, struct policy *policy,
		   struct people *people);

/*
 * Whether it may take effect now, as far as people do not decide that: PROBLEMS,
 * or why not, with an extra (new). To be asked right before draft_record().
 */
enum problem draft_problem(const struct draft *draft, json_t **out_extra);

/* Puts it into a record's transaction, and what changes into its entry. */
void draft_record(const struct draft *draft, struct record *record,
		  json_t *entry);

/*
 * That transaction was committed: the policy drafted is the one that stands.
 * Whose password or PIN it changed is signed off everywhere but at keep (the
 * sign-on that did it; or NULL). Or it was not (error): to be called all the
 * same.
 */
void draft_recorded(struct draft *draft, int error, const char *keep);

/* {"version", "etag"} of the policy as drafted. New. */
json_t *draft_describe(const struct draft *draft);

/* An ETag without its quotation marks, as it stands in bodies. */
void draft_etag(const struct policy *policy, char out_etag[POLICY_ETAG_SIZE]);

#endif
