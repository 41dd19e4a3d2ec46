/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one path from a request to a device:
 *
 *	request -> till and sign-on -> decide -> allowed | asks for consent
 *	-> journal: consent spent and intent written, one transaction, durable
 *	-> device operation -> journal: outcome -> answer, exactly once
 *
 * Nothing else in the daemon starts an operation that moves anything. (The
 * display moves nothing: its actions take the same path without an intent, and
 * prompt.c writes on it by itself.) What has no device, like the opening of a
 * session or a decision that an app asked for, takes the same path and is done
 * by the transaction that holds its record and spends its consent.
 */
#ifndef TILLD_CORE_ACTION_H
#define TILLD_CORE_ACTION_H

#include "core/caller.h"
#include "core/prompt_pages.h"
#include "device/driver.h"
#include "policy/policy.h"

#include <jansson.h>
#include <stdbool.h>

struct core;

struct action_consent;
struct attempt;
struct record;
struct signon;

enum action {
	ACTION_DRAWER_OPEN,
	ACTION_REPORT_X,
	ACTION_REPORT_Z,
	ACTION_REPORT_PERIODIC,
	ACTION_RECEIPT,
	ACTION_INVOICE,
	ACTION_GOODS_RETURN,
	ACTION_CASH_SLIP,
	ACTION_PRINT,
	ACTION_PRINT_JOB,
	ACTION_COPY,
	ACTION_FISCAL_READ,
	ACTION_CLOCK_SET,
	ACTION_PAYMENT,
	ACTION_PAYMENT_CANCEL,
	ACTION_PAYMENT_REFUND,
	ACTION_PAYMENT_SLIPS,
	ACTION_SLIPS_PRINT,
	ACTION_TERMINAL_DAY_END,
	ACTION_TERMINAL_RECEIPT,
	ACTION_DISPLAY_SHOW,
	ACTION_DISPLAY_CLEAR,
	ACTION_SETTLE,
	ACTION_CHECK,
	ACTION_SESSION_OPEN,
	ACTION_SESSION_CLOSING,
	ACTION_SESSION_COUNT,
	ACTION_SESSION_CLOSE,
	ACTION_SESSION_LOCK,
	ACTION_SESSION_UNLOCK,
	ACTION_SESSION_HAND_OVER,
	ACTION_SESSION_REPORT,
	ACTION_DAY_END,
	ACTION_CASH_IN,
	ACTION_CASH_OUT,
	ACTION_DECLARE,
	ACTION_BALANCE,
	ACTION_DRAWER_TEST, /* from here on: service_table.c */
	ACTION_REPORT_TEST,
	ACTION_DEVICE_RELEASE,
	ACTION_DEVICE_TAKE,
	ACTION_POLICY_READ, /* from here on: admin_table.c */
	ACTION_POLICY_COMPARE,
	ACTION_POLICY_REPLACE,
	ACTION_OPERATOR_PUT,
	ACTION_OPERATOR_REMOVE,
	ACTION_OPERATOR_ERASE,
	ACTION_OPERATOR_PASSWORD,
	ACTION_OPERATOR_PIN,
	ACTION_GROUP_PUT,
	ACTION_GROUP_REMOVE,
	ACTION_TILL_PUT,
	ACTION_TILL_REMOVE,
	ACTION_BADGE_ENROLL,
	ACTION_BADGE_PUT,
	ACTION_BADGE_REMOVE,
	ACTIONS,
};

enum action_kind {
	ACTION_MOVES, /* paper, money or a drawer: needs a key and an intent */
	ACTION_SHOWS, /* text on a display */
	ACTION_SETTLES, /* says what became of an operation; moves nothing */
	ACTION_RECORDS, /* done by its record alone; needs a key */
	ACTION_READS,	/* tells something; recorded if it takes a consent */
};

#define ACTION_RIGHTS_MAX 8
#define ACTION_NONE	  ((unsigned int)-1) /* ends a list of rights */

/* What is asked, in words. */
struct action_words {
	const char *asks; /* "open the drawer": completes "Anna asks to ..." */
	const char *prompt; /* "OPEN DRAWER": at most 20 characters */
	/* " of 12.34 EUR": a message that goes on from asks; or NULL */
	json_t *what;
	/* the same for a prompt; up to the first "" */
	char details[PROMPT_DETAILS][PROMPT_LINE_SIZE];
	bool partly; /* there is more to it than fits there */
};

void action_words_clear(struct action_words *words); /* frees what it owns */

/* Who attempts it, and where; none of it outlives the call. All but till is
 * NULL for a technician alone (struct action_row, place). */
struct action_by {
	const struct policy_operator *who;
	const struct policy_till *till;
	const struct signon *signon;
};

struct action_row {
	const char *name; /* "drawer.open": API and journal */
	const char *asks; /* see struct action_words */
	const char *prompt;
	enum device_class class; /* of what moves or shows */
	enum action_kind kind;
	bool at_box;  /* belongs to no till: decided at @box */
	bool sells;   /* only in an open session that the operator may use */
	bool works;   /* takes session_work() as well */
	bool in_book; /* reads and writes the till's book, one at a time */
	bool undoes;  /* what it is of, which is undone once */
	bool of_sum;  /* of money: a consent in advance says how much at most */
	bool entrusts; /* somebody has a session by it */
	bool exact;    /* consented to as it is asked, never in advance */
	bool depends;  /* takes what it is of takes: its name says nothing */
	bool of_group; /* concerns all tills of its device: sharing.h */
	/* Technicians need nobody who is signed on for it: at which till it is
	 * done, which is the one given (or NULL) if it can be; NULL if there is
	 * none. Their uid is on record. Only of what records. */
	const char *(*place)(struct core *core, const char *of,
			     const char *till);
	unsigned int required[ACTION_RIGHTS_MAX]; /* ended by ACTION_NONE */
	enum op_kind op; /* what its device is asked to do, if it has one */
	/* The kind of entry for what plan refuses because it would open a
	 * drawer ("opens_drawer" in its extra); NULL: it never does. */
	const char *refusal;
	/* Fills the attempt's op from the checked body: PROBLEMS, or why that
	 * can't be, with an extra (new). NULL: its kind says it all. */
	enum problem (*build)(struct attempt *attempt, json_t **out_extra);
	/* Asks the disk for what it is about, and then action_decide()s or
	 * refuses. NULL: nothing has to be asked. */
	void (*find)(struct attempt *attempt);
	/* What it takes and does here and now: may add to attempt->demand and
	 * attempt->words and make attempt->plan. Called again whenever it is
	 * decided again. PROBLEMS, or why it can't be done by anybody, with an
	 * extra (new). NULL: it takes what is required, always. */
	enum problem (*plan)(struct attempt *attempt,
			     const struct action_by *by, json_t **out_extra);
	/* It may be done, and the consent was taken: true if all is there that
	 * it takes. Else the consent was given back, and it waits for what is
	 * missing, to be decided again with that, or was refused. NULL: it
	 * always is. */
	bool (*is_ready)(struct attempt *attempt, const struct action_by *by,
			 const struct action_consent *consent);
	/* Of what moves: puts what was planned into the parameters on record,
	 * besides the operation's own. May be NULL. */
	void (*note)(const struct attempt *attempt, json_t *op);
	/* Of what records: puts what it does into the transaction and its
	 * entry; returns its result (new). Of what reads: returns the answer
	 * (new), record and entry being NULL. */
	json_t *(*apply)(struct attempt *attempt, const struct action_by *by,
			 struct record *record, json_t *entry);
	/* Of what records: it is on disk now, or could not be written. May be
	 * NULL. */
	void (*applied)(struct attempt *attempt, int error);
	/* Of what reads, in place of apply where the answer takes the disk or
	 * a worker: answers, some time, and action_finish()es. */
	void (*tell)(struct attempt *attempt);
	bool secret; /* what it is given is wiped afterwards */
};

const struct action_row *action_row(enum action action);
struct demand action_required(enum action action);

/* Whether the action of that name concerns all tills of its device. */
bool action_is_of_group(const char *name);

/* What settling an operation of that action requires; nothing for a
 * technician's test, which moved nothing but paper. */
struct demand action_required_to_settle(const char *name);

/* The words for what an operation of a device does. */
void action_words_of_op(enum action action, const struct op *op,
			const struct policy_till *till, const json_t *params,
			struct action_words *out_words);

/*
 * "Anna asks to cancel the card payment of 12.34 EUR at Front till (goods
 * returned).": a message. reason may be NULL. New.
 */
json_t *action_question(const struct action_words *words,
			const struct policy_operator *who,
			const struct policy_till *till, const char *reason);

/* The same for a display, on pages. */
void action_prompt(const struct action_words *words,
		   const struct policy_operator *who,
		   const struct policy_till *till,
		   struct prompt_pages *out_pages);

/* One request for an action; everything is copied. */
struct action_call {
	enum action action;
	const char *till;     /* NULL: of what belongs to none, that of the
				 sign-on */
	const char *key;      /* its Idempotency-Key; NULL without one */
	const json_t *params; /* the body, checked by its route */
	const char *of; /* the payment, operation, session... it is about */
	/* A body that is to be parsed on a worker; taken over, whatever comes
	 * of it, and wiped in the end. Or NULL. */
	char *text;
	size_t text_len;
};

/*
 * Goes the whole path and answers the caller: 200 with the operation (202 if
 * it goes on longer than the caller waits), or a problem.
 */
void action_submit(struct core *core, struct caller *caller,
		   const struct action_call *call);

#endif
