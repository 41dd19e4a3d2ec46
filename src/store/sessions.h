/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Business days, till sessions (shifts) and cash, as they are on disk. What is
 * allowed and what it comes to is decided above, by policy/shift.h; here stands
 * what can't be otherwise, whatever the code above gets wrong:
 *
 *	a till has one open day at most, numbered without gaps, and one open
 *	session at most, which belongs to that day;
 *	a day doesn't end before its session;
 *	what is closed or ended is never changed;
 *	the balance of a till is the sum of its cash entries: each entry holds
 *	the balance after it, and there is no other place where it is kept;
 *	an operation makes one entry of a kind, and no second.
 *
 * Steps of one transaction are run in the order they were put in. Opening:
 *	txn_balance_expect, txn_day_begin (if none is open), txn_session_open,
 *	txn_cash_add of each entry, txn_balance_expect of the float
 * Closing:
 *	txn_balance_expect, txn_cash_add of each entry, txn_session_close, and
 *	then, where the day ends, txn_day_end
 * with the consent's spending, the operation and its journal entries in the
 * same transaction.
 */
#ifndef TILLD_STORE_SESSIONS_H
#define TILLD_STORE_SESSIONS_H

#include "policy/cash.h"
#include "store/store.h"

/* --- business days --- */

struct day_row {
	char till[POLICY_ID_MAX + 1];
	int64_t number;		 /* of that till; 1 and up */
	char date[OP_DATE_SIZE]; /* "2026-11-22", for good: fixed at its start,
				    not computed from midnight */
	char begun_by[POLICY_ID_MAX + 1]; /* operator */
	int64_t begun_ms;		  /* wall */
	int64_t begun_seq; /* of the journal; filled in by the store */
	char ended_by[POLICY_ID_MAX + 1]; /* "" while it is open */
	int64_t ended_ms;		  /* 0 while it is open */
	int64_t ended_seq;
};

/*
 * till, number, date, begun_by and begun_ms are looked at. STORE_E_EXISTS if a
 * day is open there; STORE_E_CONFLICT if the number is not the one after the
 * till's last.
 */
void txn_day_begin(struct txn *txn, const struct day_row *row);

/*
 * till, number, ended_by and ended_ms are looked at. STORE_E_NOT_FOUND if that
 * day is not open; STORE_E_CONFLICT while a session is open at the till.
 */
void txn_day_end(struct txn *txn, const struct day_row *row);

/* --- sessions --- */

enum session_state {
	SESSION_OPEN,
	SESSION_CLOSING, /* being counted: no new sales */
	SESSION_CLOSED,
	SESSION_STATES,
};

const char *session_state_name(enum session_state state);

struct session_row {
	int64_t number; /* grows with each one of the box; the store gives it */
	char id[RANDOM_ID_SIZE];
	char till[POLICY_ID_MAX + 1];
	int64_t day;			/* its number at this till */
	char opener[POLICY_ID_MAX + 1]; /* operator */
	char owner[POLICY_ID_MAX + 1];	/* whose it is now */
	enum session_state state;
	bool locked;
	int64_t counts;	    /* tried at closing, 0 to SHIFT_COUNTS_MAX */
	int64_t opening;    /* the counted float */
	int64_t opened_ms;  /* wall */
	int64_t opened_seq; /* of the journal; filled in by the store */

	int64_t counted; /* the last count, if there was one */

	/* All of these only once it is closed. */
	int64_t expected; /* the balance, before it was corrected */
	int64_t withdrawal;
	int64_t difference; /* counted less expected */
	bool forced;	    /* somebody else's, abandoned */
	char closed_by[POLICY_ID_MAX + 1];
	int64_t closed_ms; /* wall */
	int64_t closed_seq;
	json_t *counters; /* whatever core counted; NULL if nothing */
};

void session_row_clear(struct session_row *row); /* frees what it owns */

/*
 * The row is copied; id, till, day, opener, owner, opening and opened_ms are
 * looked at. STORE_E_EXISTS if the id is taken or a session is open there;
 * STORE_E_NOT_FOUND if that day is not open there.
 */
void txn_session_open(struct txn *txn, const struct session_row *row);

/*
 * Sets owner, state (not SESSION_CLOSED), locked, counts and counted of the
 * session with that id. STORE_E_NOT_FOUND if it is not there or closed;
 * STORE_E_CONFLICT if it has been counted more often than the row says; -EINVAL
 * above SHIFT_COUNTS_MAX, or for SESSION_CLOSED.
 */
void txn_session_update(struct txn *txn, const struct session_row *row);

/*
 * Sets what is told once it is closed, counts too; the cash entries of its
 * closing go before. STORE_E_NOT_FOUND if there is none of that id that is not
 * closed; STORE_E_CONFLICT if the balance by now is not what was counted less
 * what was withdrawn, or the difference not what was counted less what was
 * expected.
 */
void txn_session_close(struct txn *txn, const struct session_row *row);

/* --- cash --- */

struct cash_row {
	char till[POLICY_ID_MAX + 1];
	char session[RANDOM_ID_SIZE]; /* "" between sessions */
	int64_t day;		      /* 0 while none is open */
	enum cash_kind kind;
	int64_t amount;			  /* 1 to OP_AMOUNT_MAX */
	char operator[POLICY_ID_MAX + 1]; /* in whose name */
	char operation[OP_ID_SIZE];	  /* that made it */
	bool declared;			  /* an app's word */
	bool document; /* a deposit or withdrawal document is made of it */
	int64_t at_ms; /* wall */
};

/*
 * The row is copied, and the balance moved by it. before, if not NULL, is what
 * the balance has to be before: STORE_E_CONFLICT if it is another.
 * STORE_E_OVERFLOW if it would leave +-OP_AMOUNT_MAX; STORE_E_EXISTS if the
 * operation made an entry of that kind already; STORE_E_NOT_FOUND if a session
 * is named that is not this till's, or not of that day, or closed; or else a
 * day that is not open.
 */
void txn_cash_add(struct txn *txn, const struct cash_row *row,
		  const int64_t *before);

/* STORE_E_CONFLICT if that is not the till's balance at this point: for what
 * was decided on a book and moves nothing. */
void txn_balance_expect(struct txn *txn, const char *till, int64_t balance);

/* STORE_E_CONFLICT unless the till could be taken away at this point: no
 * session and no day is open, its balance is 0, and of no device's operation
 * there the outcome is still to come, or unknown. */
void txn_till_unused(struct txn *txn, const char *till);

/* --- figures that were tried --- */

/*
 * How many different figures somebody who may not see the balance has tried
 * against it, and which was the last: a restart does not give new tries.
 */
struct tried_row {
	char till[POLICY_ID_MAX + 1];
	char what[16]; /* "opening"... */
	int64_t times;
	int64_t figure;
};

void txn_tried_set(struct txn *txn, const struct tried_row *row);
void txn_tried_clear(struct txn *txn, const char *till); /* all of that till */
/* All; blocking, before the loop runs. */
int store_tried(struct store *store,
		void (*fn)(void *arg, const struct tried_row *row), void *arg);

/* --- how the tills stand, at start --- */

struct book_row {
	char till[POLICY_ID_MAX + 1];
	int64_t balance;    /* 0 if it never had an entry */
	bool used;	    /* it had one */
	struct day_row day; /* the last, ended or not; number 0: none yet */
	struct session_row session; /* the open one; id "": none */
};

/*
 * Every till that ever had a day or a cash entry, in the order of their ids;
 * blocking, before the loop runs. fn may keep nothing of the row.
 */
int store_books(struct store *store,
		void (*fn)(void *arg, const struct book_row *row), void *arg);

/* --- looking, on the reader; from the loop --- */

#define SESSIONS_PAGE_MAX 100

/* rows: borrowed. Fewer than asked for are the last ones. */
typedef void (*session_page)(void *arg, int error,
			     const struct session_row *rows, size_t count);

/* Sessions of a till, the newest first, those with number < before (0: all);
 * max: 1 to SESSIONS_PAGE_MAX. */
void store_list_sessions(struct store *store, const char *till, int64_t before,
			 size_t max, session_page page, void *arg);

/* How often, and how much in all. */
struct cash_sum {
	int64_t entries;
	int64_t amount;
};

struct session_report {
	struct session_row session;
	struct cash_sum witnessed[CASH_KINDS];
	struct cash_sum declared[CASH_KINDS];
};

/* The session of that id and till with the sums of its entries; borrowed. NULL
 * with STORE_E_NOT_FOUND. */
typedef void (*session_found)(void *arg, int error,
			      const struct session_report *report);
void store_find_session(struct store *store, const char *till, const char *id,
			session_found found, void *arg);

#endif
