/* SPDX-License-Identifier: Apache-2.0 */
#include "core/can.h"

#include "core/action.h"
#include "core/core_private.h"
#include "core/draft.h"
#include "core/signon.h"
#include "policy/asks.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

/* Answers that are kept, of some four kilobytes each. */
#define CANS_MAX 256

struct can {
	const struct policy_operator *who; /* NULL: none is kept here */
	const struct policy_till *till;
	enum badge_strength shown; /* less may be done by a badge */
	char *text;
	size_t len;
};

/* The policy that they follow from is held as long as they are: so no other
 * can be taken for it, nor its people for another's. */
struct cans {
	struct policy *policy;
	struct can kept[CANS_MAX];
};

struct cans *cans_new(void)
{
	return ALLOC_NEW(struct cans);
}

static void cans_clear(struct cans *cans)
{
	for (size_t i = 0; i < CANS_MAX; i++)
		free(cans->kept[i].text);
	memset(cans->kept, 0, sizeof(cans->kept));
}

void cans_forget(struct core *core)
{
	struct cans *cans = core->cans;

	cans_clear(cans);
	if (cans->policy)
		drafts_let_go(core, cans->policy, NULL);
	cans->policy = NULL;
}

struct cans *cans_free(struct cans *cans)
{
	if (!cans)
		return NULL;
	cans_clear(cans);
	policy_unref(cans->policy);
	free(cans);
	return NULL;
}

/* --- what they may --- */

static void can_put(json_t *may, const struct policy *policy,
		    const struct can *can, const char *name,
		    const struct demand *demand)
{
	struct demand missing;

	json_put_bool(may, name,
		      policy_decide_by_badge(policy, can->who, can->till,
					     can->till, can->shown, demand,
					     &missing));
}

static json_t *can_decide_all(const struct policy *policy,
			      const struct can *can)
{
	const struct ask_row *row;
	json_t *may = json_make();
	struct demand demand;

	for (size_t i = 0; (row = asks_at(i)); i++) {
		demand = ask_demand(row);
		can_put(may, policy, can, row->name, &demand);
	}
	for (enum action action = 0; action < ACTIONS; action++) {
		enum action_kind kind = action_row(action)->kind;

		if (kind != ACTION_MOVES && kind != ACTION_SHOWS)
			continue;
		demand = action_required(action);
		can_put(may, policy, can, action_row(action)->name, &demand);
	}
	return may;
}

/* With a newline, for those who read it on a terminal. */
static void can_render(struct can *can, const struct policy *policy)
{
	json_t *body = json_put_text(json_make(), "till", can->till->id);
	char *text;

	json_put_text(body, "operator", can->who->id);
	json_put_int(body, "policy", policy_version(policy));
	json_put(body, "may", can_decide_all(policy, can));
	text = json_dumps(body, JSON_COMPACT);
	if (!text)
		abort(); /* out of memory */
	can->text = alloc_format("%s\n", text);
	can->len = strlen(can->text);
	free(text);
	json_decref(body);
}

/* --- what is kept of it --- */

/* The one place where the answer for those two can be. */
static struct can *can_place(struct cans *cans,
			     const struct policy_operator *who,
			     const struct policy_till *till)
{
	size_t person = (size_t)(who - policy_operator_at(cans->policy, 0));
	size_t place = (size_t)(till - policy_till_at(cans->policy, 0));

	return &cans->kept[(person * 31 + place) % CANS_MAX];
}

static const struct can *can_find(struct core *core,
				  const struct policy_operator *who,
				  const struct policy_till *till,
				  enum badge_strength shown)
{
	struct cans *cans = core->cans;
	struct can *can;

	if (!cans->policy)
		cans->policy = policy_ref(core->policy);
	can = can_place(cans, who, till);
	if (can->who == who && can->till == till && can->shown == shown)
		return can;
	free(can->text);
	*can = (struct can){ .who = who, .till = till, .shown = shown };
	can_render(can, cans->policy);
	return can;
}

void can_list(struct core *core, struct caller *caller, const char *till)
{
	const struct policy_operator *who;
	const struct policy_till *at;
	const struct signon *signon;
	const struct can *can;

	if (!core_is_open(core, caller, false))
		return;
	at = core_viewed_till(core, caller, till);
	if (!at) {
		core_refuse_missing(caller, "till", till);
		return;
	}
	who = signon_operator(core, caller, till, &signon);
	if (!who) {
		signon_refuse(core, caller);
		return;
	}
	can = can_find(core, who, at, signon_strength(signon));
	caller_answer_text(caller, NULL, alloc_text_part(can->text, can->len),
			   can->len);
}
