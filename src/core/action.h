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
 * prompt.c writes on it by itself.)
 */
#ifndef TILLD_CORE_ACTION_H
#define TILLD_CORE_ACTION_H

#include "core/caller.h"
#include "device/driver.h"
#include "policy/policy.h"

#include <jansson.h>
#include <stdbool.h>

struct core;

enum action {
	ACTION_DRAWER_OPEN,
	ACTION_REPORT_X,
	ACTION_REPORT_Z,
	ACTION_REPORT_PERIODIC,
	ACTION_PAYMENT,
	ACTION_PAYMENT_CANCEL,
	ACTION_DISPLAY_SHOW,
	ACTION_DISPLAY_CLEAR,
	ACTION_SETTLE,
	ACTIONS,
};

enum action_kind {
	ACTION_MOVES, /* paper, money or a drawer: needs a key and an intent */
	ACTION_SHOWS, /* text on a display */
	ACTION_SETTLES, /* says what became of an operation; moves nothing */
};

#define ACTION_RIGHTS_MAX 4
#define ACTION_NONE	  ((unsigned int)-1) /* ends a list of rights */

struct action_row {
	const char *name; /* "drawer.open": API and journal */
	const char *asks; /* "open the drawer": completes "Anna asks to ..." */
	const char *prompt;	 /* "OPEN DRAWER": at most 20 characters */
	enum device_class class; /* unless it settles */
	enum action_kind kind;
	unsigned int required[ACTION_RIGHTS_MAX]; /* ended by ACTION_NONE */
	/* Fills the operation from the checked body; false, with a problem and
	 * its extra (new), if it can't. */
	bool (*build)(const json_t *params, const struct policy_till *till,
		      struct op *out_op, enum problem *out_why,
		      json_t **out_extra);
};

const struct action_row *action_row(enum action action);
struct demand action_required(enum action action);

/* What settling an operation of that action requires. */
struct demand action_required_to_settle(const char *name);

/*
 * "Anna asks to cancel the card payment of 12.34 EUR at Front till (goods
 * returned)." New.
 */
char *action_sentence(enum action action, const struct op *op,
		      const struct policy_operator *who,
		      const struct policy_till *till, const json_t *params);

/* One request for an action; everything is copied. */
struct action_call {
	enum action action;
	const char *till;
	const char *key;      /* its Idempotency-Key; NULL without one */
	const json_t *params; /* the body, checked by its route */
	const char *of; /* the payment to cancel, the operation to settle */
};

/*
 * Goes the whole path and answers the caller: 200 with the operation (202 if
 * it goes on longer than the caller waits), or a problem.
 */
void action_submit(struct core *core, struct caller *caller,
		   const struct action_call *call);

#endif
