/* SPDX-License-Identifier: Apache-2.0 */
/* The one path, by a consent that was given in advance (token.h). */
#include "core/action_private.h"

#include "core/operation.h"
#include "core/record.h"
#include "core/token.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"

#define UNCOVERED_MAX 4096 /* characters; all rights' names are less */

static void action_token_refused(void *arg, int error)
{
	struct attempt *attempt = arg;

	if (!error) {
		action_refuse(attempt, attempt->wrong,
			      json_incref(attempt->wrong_extra));
		return;
	}
	core_refuse_disk(attempt->caller, error);
	action_finish(attempt);
}

/*
 * A consent in advance covers what its action takes by itself; what more it
 * takes as things stand, such as a correction or going past a limit, it does
 * not. Says what that is; NULL if it is not for that.
 */
static json_t *action_rights_not_covered(const struct token_use *use)
{
	CLEANUP(buf_cleanup) struct buf text = BUF_INIT(UNCOVERED_MAX);
	struct demand covered;
	struct rights over;

	if (!token_demand(use->action, &covered))
		return NULL;
	over = rights_missing(&use->missing.all, &covered.all);
	if (rights_empty(&over))
		return NULL;
	buf_add_text(&text, "Given in advance, it does not cover");
	for (unsigned int i = 0; i < RIGHTS_COUNT; i++)
		if (rights_has(&over, i))
			buf_add_format(&text, " %s,", rights_name(i));
	buf_add_text(&text, " which this takes as well.");
	return json_put_text(json_make(), "detail", buf_text(&text));
}

static bool action_is_converted(const struct attempt *attempt)
{
	return attempt->op.kind == OP_REVERSAL &&
	       !action_is_of_till(attempt, attempt->op.reversal.currency);
}

static json_t *action_not_covered(const struct attempt *attempt,
				  const struct token_use *use)
{
	json_t *extra = action_rights_not_covered(use);

	if (extra || use->amount || !action_is_converted(attempt))
		return extra;
	return json_put_text(json_make(), "detail",
			     "The payment is in another currency than a sum "
			     "that was consented to in advance.");
}

/* On record, and counted: whoever tries them out is slowed down. */
static void action_refuse_token(struct attempt *attempt,
				const struct action_by *by, enum problem why,
				const char *id)
{
	struct record *record;
	json_t *entry = record_note(attempt->core, &record, "wrong-token",
				    attempt->till);

	attempt->wrong = why;
	json_put_text(entry, "authorization", *id ? id : NULL);
	json_put_text(entry, "action", attempt->name);
	json_put_text(entry, "operator", by->who->id);
	json_put_int(entry, "uid", attempt->caller->peer.uid);
	json_put_text(entry, "signon", by->signon->row.id);
	json_put_text(entry, "why", problem_name(why));
	if (!attempt->wrong_extra) /* whoever has a good one does not guess */
		token_count_wrong(attempt->core, record->txn, by->who->id,
				  attempt->till, attempt->caller->peer.uid);
	record_commit(record, action_token_refused, attempt);
}

/* What it is about, as far as a greatest amount goes. */
static int64_t action_amount(const struct attempt *attempt)
{
	bool checks = attempt->action == ACTION_CHECK;

	if (attempt->amount)
		return attempt->amount;
	if (action_is_converted(attempt))
		return 0; /* in the till's own currency nobody knows */
	if (attempt->row->class == DEVICE_TERMINAL &&
	    attempt->row->kind == ACTION_MOVES)
		return attempt->op.kind == OP_REVERSAL
			       ? attempt->op.reversal.amount
			       : attempt->op.payment.amount;
	/* Who asks for something else, and does not say how much, could mean
	 * any amount. */
	return json_int(attempt->params, "amount",
			checks ? 0 : TOKEN_NO_AMOUNT);
}

void action_judge_token(struct attempt *attempt, const struct action_by *by,
			const struct demand *missing,
			struct authorization *asked, struct device *device)
{
	struct core *core = attempt->core;
	struct token_use use = {
		.hash = attempt->token,
		.operator= by->who->id,
		.till = attempt->till,
		.elsewhere = *attempt->done_at,
		.action = attempt->name,
		.at_box = attempt->row->at_box,
		.amount = action_amount(attempt),
		.missing = *missing,
	};
	struct token_consent consent;
	char id[RANDOM_ID_SIZE];
	int64_t brake = token_brake(core, by->who->id, attempt->till,
				    attempt->caller->peer.uid);
	enum problem why;

	if (brake) {
		action_refuse(attempt, PROBLEM_SLOW_DOWN,
			      json_put_int(json_make(), "retry_after", brake));
		return;
	}
	why = token_take(core, &use, &consent, id);
	if (why == PROBLEMS && asked) /* nobody has to answer any more */
		authorization_lapse(asked);
	if (why == PROBLEM_AUTHORIZATION_MISMATCH)
		attempt->wrong_extra = action_not_covered(attempt, &use);
	if (why == PROBLEMS)
		action_do(attempt, by,
			  &(struct action_consent){ .id = consent.id,
						    .approver =
							    consent.approver,
						    .how = "token" },
			  device);
	else
		action_refuse_token(attempt, by, why, id);
}
