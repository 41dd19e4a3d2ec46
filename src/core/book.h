/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The book of each till: what should be in its drawer, its business day and the
 * session that is open, in memory as on disk. One action at a time writes in a
 * till's book; others that write in it, or sell, wait for their turn and are
 * decided on what it says then. Whoever is about to have a session waits for
 * those who are getting one at any till: so nobody gets two.
 */
#ifndef TILLD_CORE_BOOK_H
#define TILLD_CORE_BOOK_H

#include "core/action.h"
#include "policy/shift.h"
#include "store/sessions.h"

#include <sys/queue.h>

struct books;

STAILQ_HEAD(attempts, attempt);

/* Figures by which one could find out what should be there, by trying. */
enum book_probe {
	BOOK_PROBE_OPENING, /* floats */
	BOOK_PROBE_DAY,	    /* counts at the end of a day without a session */
	BOOK_PROBE_LIMIT,   /* amounts that a limit held up */
	BOOK_PROBES,
};

/* An operation that has to write in the book when it has ended. */
struct book_turn {
	STAILQ_ENTRY(book_turn) queued;
	bool waiting;
	void (*go)(void *arg); /* it is its turn */
	void *arg;
};

STAILQ_HEAD(book_turns, book_turn);

struct book {
	LIST_ENTRY(book) entry;
	char till[POLICY_ID_MAX + 1];
	int64_t balance;	    /* minor units */
	bool used;		    /* it had a cash entry, ever */
	struct day_row day;	    /* the last; number 0: none yet */
	struct session_row session; /* id "": none is open */
	int64_t tried[BOOK_PROBES]; /* different figures, one after the other */
	int64_t last[BOOK_PROBES];
	bool writing;
	bool entrusting; /* and somebody gets a session by that */
	bool held;	 /* its till may be about to go: see till_use.h */
	struct attempts waiting;
	struct book_turns turns; /* go before those */
};

struct books *books_new(void);
/* Refuses those who still wait for their turn; returns NULL. */
struct books *books_free(struct books *books);

/* At start: what the store has of each till, and what was tried there. */
void books_load(void *core, const struct book_row *row);
void books_load_tried(void *core, const struct tried_row *row);

/* The till's; made where there is none yet. */
struct book *book_of(struct core *core, const char *till);

bool book_has_session(const struct book *book);
bool book_has_day(const struct book *book);

/* The book, and the till's settings, as policy/shift.h wants them. */
struct shift_book book_figures(const struct book *book);
struct shift_rules book_rules(const struct policy_till *till);

/*
 * Whether it is the attempt's turn: false if it has to wait for another that is
 * writing, and then it is decided again once that is done.
 */
bool book_enter(struct core *core, struct attempt *attempt);

/* The same for an outcome: true if it writes from now on, until book_end();
 * else it is called when it does. */
bool book_take(struct book *book, struct book_turn *turn);
void book_leave(struct book *book, struct book_turn *turn); /* not any more */

/* What was written is on disk. */
void book_follow(struct book *book, int64_t balance);

/* The attempt writes in its till's book from now on, if it is of those that
 * do. */
void book_begin(struct core *core, const struct attempt *attempt);

/* It has written, or could not: those who wait are decided, in their order. */
void book_end(struct book *book);

/* Whoever comes, for whatever, waits until it is let go. */
void book_hold(struct book *book);
void book_let_go(struct book *book);

/* The same at every till: while a policy is on its way to disk nobody is decided
 * by the one before, for then it would stand behind it in the journal. */
void books_hold(struct core *core);
void books_let_go(struct core *core);

/*
 * A figure is tried. True if too many different ones were, and it has to be
 * asked for whether it is right or not: so nothing can be learned by trying,
 * nor by restarting the daemon.
 */
bool book_probe(struct core *core, struct book *book, enum book_probe probe,
		int64_t figure);

/* Whether that is so already. */
bool book_is_probed(const struct book *book, enum book_probe probe);

/* Somebody knows the figure now, by right: trying begins anew. On disk with
 * that transaction... */
void book_put_no_probes(struct txn *txn, const struct book *book);
/* ... and, once that is committed, in memory. */
void book_forget_probes(struct book *book);

/*
 * Sessions and days as everybody sees them: without any sum, for what was
 * counted and withdrawn tells the next one what has to be there. NULL if there
 * is none. New.
 */
json_t *book_describe_session(struct core *core,
			      const struct session_row *session);

/* The same for what is kept: people are in it by their ids alone, since a name
 * can be erased. And their names, for as long as they have them: put into it
 * when it is told. Returns session. */
json_t *book_record_session(const struct session_row *session);
json_t *book_name_people(const struct core *core, json_t *session);

/* The sums of one, for those who may see the balance. Returns body. */
json_t *book_put_sums(json_t *body, const struct session_row *session);
json_t *book_describe_day(const struct day_row *day);

#endif
