/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of shifts, business days and cash: what each step asks of the
 * operator, and what it does to the till's book. Pure: no clock, no input or
 * output, nothing is kept. Specification: docs/policy.md, sections 2, 3 and 6.
 *
 * The balance of a till is what should be in its drawer. It is the sum of the
 * till's cash entries (policy/cash.h) and goes on from shift to shift: what a
 * withdrawal at a shift's end leaves is the next one's float, and that one's
 * opening count is compared with it. A count that differs corrects the balance
 * to what was counted, by an entry for the difference; a till that never had an
 * entry begins at nothing, and its first count is its float (it differs all the
 * same, and asks the same).
 *
 * Counts are blind: of a step, its difference, entries and balance are not for
 * eyes without balance.preview. That something is missing of what it requires
 * tells that there is a difference; so every figure that is tried is a count,
 * and of those there are SHIFT_COUNTS_MAX. Which of its rights are missing
 * would tell more (a deposit's or a withdrawal's, a limit's): see documents and
 * shift_is_beyond().
 *
 * Rules are asked twice, when it is decided and when a consent is spent: a
 * consent to a step is good for one that requires the same, on the book as it
 * was.
 */
#ifndef TILLD_POLICY_SHIFT_H
#define TILLD_POLICY_SHIFT_H

#include "policy/cash.h"
#include "policy/rights.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* docs/policy.md, X-recount. */
#define SHIFT_COUNTS_MAX 3

/* Of one count or movement. Far from MONEY_MAX: so no sum that is refused for
 * leaving it tells where the balance is. */
#define SHIFT_AMOUNT_MAX 9999999999

enum shift_error {
	SHIFT_E_AMOUNT = 1,   /* below zero, above MONEY_MAX, or nothing where
				 something has to move */
	SHIFT_E_OVERFLOW,     /* the balance would leave +-MONEY_MAX */
	SHIFT_E_WITHDRAWAL,   /* more than was counted, or should be there */
	SHIFT_E_SESSION_OPEN, /* another is open at this till */
	SHIFT_E_SESSION_NONE, /* there is none to close */
	SHIFT_E_DAY_NONE,     /* there is none to end */
	SHIFT_E_NOT_COUNTED,  /* a session ends by a count, with its day too */
};

/* An amount that may be left out, in the currency's minor unit. */
struct shift_amount {
	bool set;
	int64_t amount;
};

/* The limits of a balance, each with its own switch. */
enum shift_limit {
	SHIFT_LIMIT_MINIMUM,
	SHIFT_LIMIT_MAXIMUM,
	SHIFT_LIMIT_NEGATIVE,
	SHIFT_LIMITS,
};

const char *shift_limit_name(enum shift_limit limit); /* "minimum"... */

/*
 * What opens the drawer without a hand. The first five are the words of a
 * till's drawer.opens_on. What was declared has no event: it opens nothing.
 */
enum shift_event {
	SHIFT_EVENT_RECEIPT_CASH,
	SHIFT_EVENT_REFUND_CASH,
	SHIFT_EVENT_SESSION_OPEN,
	SHIFT_EVENT_SESSION_CLOSE,
	SHIFT_EVENT_DAY_END,
	SHIFT_EVENTS_NAMED,
	SHIFT_EVENT_DEPOSIT = SHIFT_EVENTS_NAMED,
	SHIFT_EVENT_WITHDRAWAL,
};

/* A till's options, out of the policy. */
struct shift_rules {
	bool document_for_shift; /* a difference becomes a document: at the */
	bool document_for_day;	 /* start and end of a shift, of a day */
	struct shift_amount minimum;
	struct shift_amount maximum;
	bool negative; /* going below zero asks, too */
	bool day_end_includes_report;
	bool opens_on[SHIFT_EVENTS_NAMED];
	struct shift_amount deposit_from;    /* opens from there up; not set: */
	struct shift_amount withdrawal_from; /* never */
};

/* How a till stands. */
struct shift_book {
	int64_t balance; /* what should be there; below zero if it went so */
	bool used;	 /* it had an entry, ever */
	bool day_open;
	bool session_open; /* open or closing */
};

struct shift_entry {
	enum cash_kind kind;
	int64_t amount; /* 1 to MONEY_MAX */
	bool declared;	/* an app's word, not witnessed */
	bool document;	/* a deposit or withdrawal document is made of it */
};

#define SHIFT_ENTRIES_MAX 2

/* One step, if it is taken: all of it together, or nothing. */
struct shift_step {
	struct rights required; /* all of them; empty: nothing is asked */
	bool documents; /* a document is made of a difference, if there is one */
	bool passes[SHIFT_LIMITS];
	bool begins_day;
	bool opens_session;
	bool ends_session;
	bool ends_day;
	int64_t difference; /* counted less balance; 0 where nothing was */
	struct shift_entry entries[SHIFT_ENTRIES_MAX]; /* in this order */
	size_t entries_count;
	int64_t balance; /* after all of them */
};

/*
 * On the limits. A step passes one if the balance after the whole of it (the
 * correction and the withdrawal included) is beyond the limit, and further
 * beyond, or beyond at all, because of the step. So the limit itself may be
 * reached; coming back towards it asks nothing, even if it is not reached; and
 * a step that leaves the balance as it is passes nothing. Whoever takes a
 * witnessed step past a limit needs balance.exceed_limit. What was declared has
 * happened elsewhere and is not held up: that it passed is for an alarm.
 */

/*
 * Opening a session with a counted float (0 to MONEY_MAX), and the day with it
 * if none is open. Requires:
 *	shift.start_difference	where the float differs from the balance, and
 *	read and add of cash_deposit (surplus) or cash_withdrawal (shortage)
 *				where a document is made of that: it is the
 *				start of a shift, and perhaps of a day
 */
int shift_open(const struct shift_rules *rules, const struct shift_book *book,
	       int64_t counted, struct shift_step *out_step);

/* Figures at the end of a shift or a day: both 0 to MONEY_MAX. */
struct shift_figures {
	bool is_counted;
	int64_t counted;
	int64_t withdrawal; /* taken out of that; the rest is left */
};

/*
 * Closing the open session. Requires:
 *	shift.end_difference	where the counted cash differs, with a document
 *				as above, at the end of a shift
 *	shift.end_without_withdrawal
 *				where all of it is left, and it is something
 *	cash_withdrawal read and add
 *				where something is withdrawn
 */
int shift_close(const struct shift_rules *rules, const struct shift_book *book,
		const struct shift_figures *figures,
		struct shift_step *out_step);

/*
 * Ending the day, and with it the session that is open, which takes a count;
 * without one a count is optional (else the balance is taken to be there).
 * prints_report: a Z goes with it. Requires:
 *	day.end			always
 *	report.daily		for its Z, unless ending the day includes it
 *	shift.end_difference	where the counted cash differs, with a document
 *				as above, at the end of a day (and of a shift,
 *				if it ends a session)
 *	cash_withdrawal read and add
 *				where something is withdrawn
 *	what closing requires	where it ends a session
 */
int shift_end_day(const struct shift_rules *rules,
		  const struct shift_book *book,
		  const struct shift_figures *figures, bool prints_report,
		  struct shift_step *out_step);

/* What moving cash of that kind takes, however much: read and add of
 * cash_deposit (in) or cash_withdrawal (out), and refund.validate for a refund.
 */
struct rights shift_move_required(enum cash_kind kind);

/*
 * Cash that comes or goes by the movement itself: CASH_DEPOSIT,
 * CASH_WITHDRAWAL, CASH_SALE, CASH_REFUND, the latter two declared or not; any
 * other kind is -EINVAL, for it comes of a count alone. Requires what
 * shift_move_required() says, and what a limit does. The document that a sale
 * or refund is part of adds its own. Needs no open session by itself; whether
 * the action does is the caller's to say.
 */
int shift_move(const struct shift_rules *rules, const struct shift_book *book,
	       enum cash_kind kind, int64_t amount, bool declared,
	       struct shift_step *out_step);

/* Whether any limit that is switched on could hold up cash of that kind. */
bool shift_may_pass(const struct shift_rules *rules, enum cash_kind kind);

/* Whether a balance is beyond any limit, wherever it was before. */
bool shift_is_beyond(const struct shift_rules *rules, int64_t balance);

/*
 * Whether the till is set to open its drawer for that; amount counts for
 * deposits and withdrawals. That it is done once per event, and only for one
 * that went well here, is the caller's to see to.
 */
bool shift_opens_drawer(const struct shift_rules *rules, enum shift_event event,
			int64_t amount);

#endif
