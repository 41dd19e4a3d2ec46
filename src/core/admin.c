/* SPDX-License-Identifier: Apache-2.0 */
#include "core/admin_private.h"

#include "policy/difference.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/message.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* --- If-Match --- */

json_t *admin_present(const struct core *core)
{
	char etag[POLICY_ETAG_SIZE];

	draft_etag(core->policy, etag);
	return json_put_text(json_make(), "etag", etag);
}

/* Whether an If-Match is about the policy that stands: with its quotation marks
 * or without; NULL and "*" are about whatever stands. */
static bool admin_matches(struct core *core, const char *if_match)
{
	char quoted[POLICY_ETAG_SIZE], bare[POLICY_ETAG_SIZE];

	if (!if_match || !strcmp(if_match, "*"))
		return true;
	policy_etag(core->policy, quoted);
	draft_etag(core->policy, bare);
	return !strcmp(if_match, quoted) || !strcmp(if_match, bare);
}

/* --- drafting --- */

static void admin_free_plan(void *arg)
{
	struct admin_plan *plan = arg;

	draft_clear(&plan->draft);
	secret_free(plan->number);
	free(plan);
}

struct admin_plan *admin_new_plan(struct attempt *attempt,
				  json_t *(*edit)(struct draft *draft))
{
	struct admin_plan *plan = ALLOC_NEW(struct admin_plan);

	plan->draft.core = attempt->core;
	plan->draft.uid = attempt->caller->peer.uid;
	plan->draft.input =
		(struct draft_input){ attempt->params, attempt->text,
				      attempt->text_len };
	plan->draft.edit = edit;
	plan->draft.arg = attempt;
	action_set_plan(attempt, plan, admin_free_plan);
	return plan;
}

static void admin_drafted(struct draft *draft)
{
	struct attempt *attempt = draft->arg;
	json_t *extra = draft->extra;

	if (draft->why != PROBLEMS) {
		draft->extra = NULL;
		action_refuse(attempt, draft->why, extra);
	} else if (draft_is_current(draft) || attempt->core->stopping) {
		action_decide(attempt);
	} else {
		action_look_again(attempt);
	}
}

void admin_draft(struct attempt *attempt)
{
	struct admin_plan *plan = attempt->plan;
	enum problem why;

	plan->draft.done = admin_drafted;
	why = draft_begin(&plan->draft);
	if (why != PROBLEMS)
		action_refuse(attempt, why,
			      why == PROBLEM_STOPPING
				      ? NULL
				      : json_put_int(json_make(), "retry_after",
						     1));
}

bool admin_draft_again(struct attempt *attempt)
{
	struct admin_plan *plan = attempt->plan;
	struct draft *draft = plan ? &plan->draft : NULL;

	if (!plan)
		return false;
	if (draft_is_current(draft)) {
		action_decide(attempt);
		return true;
	}
	draft_clear(draft);
	*draft = (struct draft){ .core = draft->core,
				 .uid = draft->uid,
				 .input = draft->input,
				 .edit = draft->edit,
				 .arg = attempt };
	admin_draft(attempt);
	return true;
}

static json_t *(*admin_edit(enum action action))(struct draft *draft)
{
	static const struct {
		enum action action;
		json_t *(*edit)(struct draft *draft);
	} rows[] = {
		{ ACTION_POLICY_COMPARE, draft_parse },
		{ ACTION_POLICY_REPLACE, draft_parse },
		{ ACTION_OPERATOR_PUT, draft_put_operator },
		{ ACTION_OPERATOR_REMOVE, draft_remove_operator },
		{ ACTION_OPERATOR_ERASE, draft_erase_operator },
		{ ACTION_OPERATOR_PASSWORD, draft_set_password },
		{ ACTION_OPERATOR_PIN, draft_set_pin },
		{ ACTION_GROUP_PUT, draft_put_group },
		{ ACTION_GROUP_REMOVE, draft_remove_group },
		{ ACTION_TILL_PUT, draft_put_till },
		{ ACTION_TILL_REMOVE, draft_remove_till },
		{ ACTION_BADGE_PUT, draft_put_badge },
		{ ACTION_BADGE_REMOVE, draft_remove_badge },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].action == action)
			return rows[i].edit;
	abort();
}

void admin_find(struct attempt *attempt)
{
	if (!admin_matches(attempt->core,
			   json_text(attempt->params, "if_match"))) {
		action_refuse(attempt, PROBLEM_POLICY_CHANGED,
			      admin_present(attempt->core));
	} else if (!admin_draft_again(attempt)) {
		admin_new_plan(attempt, admin_edit(attempt->action));
		admin_draft(attempt);
	}
}

/* --- what it takes --- */

/* What differs, as far as a display has room for it: who shows a badge there
 * has seen all of it, or consents to nothing. */
static void admin_say(struct attempt *attempt, const struct action_by *by,
		      const struct draft *draft)
{
	struct action_words *words = &attempt->words;
	bool own = policy_difference_gives(draft->before, draft->after,
					   by->who->id);
	CLEANUP_FREE char *said = own ? alloc_format("more rights for %s, %s",
						     by->who->name, draft->line)
				      : alloc_text(draft->line);

	action_words_clear(words);
	words->asks = attempt->row->asks;
	words->prompt = attempt->row->prompt;
	words->what = message_new(": %1$s,", said, NULL);
	words->partly = prompt_wrap(said, words->details, PROMPT_DETAILS) >
				PROMPT_DETAILS ||
			!draft->whole;
	attempt->changes = draft->difference;
}

/* The same body on another policy is another change. */
static void admin_bind(struct attempt *attempt, const struct admin_plan *plan)
{
	int64_t version = policy_version(plan->draft.before);
	uint8_t whole[HASH_SIZE + sizeof(version)];

	memcpy(whole, attempt->body, HASH_SIZE);
	memcpy(whole + HASH_SIZE, &version, sizeof(version));
	keys_mac(store_keys(attempt->core->store), "change", whole,
		 sizeof(whole), attempt->bound);
}

/* Nobody consents to what is not shown to them, nor to what the requester
 * would be themselves. */
static enum problem admin_by_none(const struct attempt *attempt,
				  const struct action_by *by,
				  const struct draft *draft)
{
	if (attempt->row->kind != ACTION_RECORDS)
		return PROBLEMS;
	if (policy_difference_touches(draft->before, draft->after, by->who->id))
		return PROBLEM_OWN_RIGHTS;
	return policy_difference_is_whole(draft->difference)
		       ? PROBLEMS
		       : PROBLEM_CHANGE_TOO_LARGE;
}

static bool admin_differs(const char *one, const char *other)
{
	return one && other ? strcmp(one, other) != 0 : one != other;
}

/* Who is erased keeps nothing that could be used. */
static bool admin_sets_own_secret(const struct attempt *attempt,
				  const struct policy_operator *was,
				  const struct policy *after)
{
	const struct policy_operator *is = policy_operator(after, was->id);

	if (!is || attempt->action == ACTION_OPERATOR_ERASE)
		return false;
	return admin_differs(was->password, is->password) ||
	       admin_differs(was->pin, is->pin);
}

/* config.access is for other people's: one's own take the old one, and so the
 * way that asks for it. */
static enum problem admin_own_secret(const struct attempt *attempt,
				     const struct action_by *by,
				     json_t **out_extra)
{
	const struct admin_plan *plan = attempt->plan;

	if (!admin_sets_own_secret(attempt, by->who, plan->draft.after))
		return PROBLEMS;
	*out_extra = json_put_text(
		json_make(), "detail",
		"At one's own sign-on: tillctl password or tillctl pin, which "
		"is PUT /v1/sign-ons/current/password or "
		"/v1/sign-ons/current/pin.");
	return PROBLEM_OWN_SECRET;
}

enum problem admin_plan(struct attempt *attempt, const struct action_by *by,
			json_t **out_extra)
{
	struct admin_plan *plan = attempt->plan;
	const struct draft *draft = &plan->draft;
	enum problem why;

	if (!draft_is_current(draft))
		return PROBLEM_CHANGED_MEANWHILE;
	why = admin_own_secret(attempt, by, out_extra);
	if (why == PROBLEMS)
		why = draft_problem(draft, out_extra);
	if (why != PROBLEMS)
		return why;
	attempt->by_none = admin_by_none(attempt, by, draft);
	text_copy(plan->signon, sizeof(plan->signon), by->signon->row.id);
	admin_say(attempt, by, draft);
	admin_bind(attempt, plan);
	return PROBLEMS;
}

/* --- doing it --- */

json_t *admin_apply(struct attempt *attempt, const struct action_by *by,
		    struct record *record, json_t *entry)
{
	const struct admin_plan *plan = attempt->plan;

	(void)by;
	draft_record(&plan->draft, record, entry);
	return draft_describe(&plan->draft);
}

void admin_applied(struct attempt *attempt, int error)
{
	struct admin_plan *plan = attempt->plan;

	draft_recorded(&plan->draft, error, plan->signon);
}

/* What it would come to, for those who look before they leap. */
json_t *admin_compare(struct attempt *attempt, const struct action_by *by,
		      struct record *record, json_t *entry)
{
	const struct admin_plan *plan = attempt->plan;
	json_t *made = admin_present(attempt->core);

	(void)by;
	(void)record;
	(void)entry;
	json_put_text(made, "summary", plan->draft.line);
	return json_put(made, "changes", json_incref(plan->draft.difference));
}
