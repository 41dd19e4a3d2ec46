/* SPDX-License-Identifier: Apache-2.0 */
/* Who is signed on, and as whom. */
#include "core/signon_private.h"

#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

#define SIGNON_WRITE_MS 60000 /* how exact "used" is on disk */

struct signons *signons_new(struct core *core)
{
	struct signons *signons = ALLOC_NEW(struct signons);

	LIST_INIT(&signons->list);
	signons->owed = timer_new(core->env.timers, signons_write_owed, core);
	return signons;
}

struct signons *signons_free(struct signons *signons)
{
	if (!signons)
		return NULL;
	while (!LIST_EMPTY(&signons->list))
		signon_forget(LIST_FIRST(&signons->list));
	timer_free(signons->owed);
	free(signons);
	return NULL;
}

void signons_settle(struct core *core)
{
	timer_stop(core->signons->owed);
}

struct signon *signon_add(struct core *core, const struct signon_row *row,
			  enum signon_state state, int64_t used)
{
	struct signon *signon = ALLOC_NEW(struct signon);

	signon->row = *row;
	signon->state = state;
	signon->used = used;
	signon->written = core_now(core);
	LIST_INSERT_HEAD(&core->signons->list, signon, entry);
	return signon;
}

void signons_load(void *arg, const struct signon_row *row)
{
	struct core *core = arg;
	int64_t idle = core_wall(core) - row->used_ms;

	signon_add(core, row, SIGNON_ON,
		   core_now(core) - (idle > 0 ? idle : 0));
}

/* --- being signed on --- */

struct signon *signon_find(struct core *core, const char *token)
{
	uint8_t hash[HASH_SIZE];
	struct signon *signon;

	hash_sha256(token, strlen(token), hash);
	LIST_FOREACH(signon, &core->signons->list, entry)
	if (secret_equal(signon->row.token, hash, sizeof(hash)))
		return signon;
	return NULL;
}

static struct signon *
signon_current(struct core *core, const struct caller *caller, const char *till)
{
	struct signon *signon;
	const char *why;

	if (!caller->token || !core->policy)
		return NULL;
	signon = signon_find(core, caller->token);
	if (!signon || signon->state != SIGNON_ON ||
	    signon->row.uid != caller->peer.uid ||
	    (till && strcmp(signon->row.till, till) != 0))
		return NULL;
	why = signon_over(core, signon);
	if (!why)
		return signon;
	signon_drop(core, signon, why);
	return NULL;
}

static void signon_touch(struct core *core, struct signon *signon)
{
	struct txn *txn;

	signon->used = core_now(core);
	if (signon->used - signon->written < SIGNON_WRITE_MS)
		return;
	signon->written = signon->used;
	txn = txn_new(core->store);
	txn_signon_used(txn, signon->row.id, core_wall(core));
	txn_commit(txn, NULL, NULL);
}

const struct signon *signon_lasting(struct core *core, const char *id)
{
	const struct signon *signon;

	LIST_FOREACH(signon, &core->signons->list, entry)
	if (!strcmp(signon->row.id, id) && signon->state == SIGNON_ON &&
	    !signon_over(core, signon))
		return signon;
	return NULL;
}

bool signon_is_on(struct core *core, const char *id)
{
	return signon_lasting(core, id);
}

const struct policy_operator *signon_operator(struct core *core,
					      const struct caller *caller,
					      const char *till,
					      const struct signon **out_signon)
{
	struct signon *signon = signon_current(core, caller, till);

	if (!signon)
		return NULL;
	signon_touch(core, signon);
	*out_signon = signon;
	return policy_operator(core->policy, signon->row.operator);
}

enum badge_strength signon_strength(const struct signon *signon)
{
	return *signon->row.badge ? signon->row.strength : BADGE_STRENGTHS;
}

bool signon_decide(const struct core *core, const struct signon *signon,
		   const struct policy_operator *who,
		   const struct policy_till *till, const struct demand *demand,
		   struct demand *out_missing)
{
	enum badge_strength shown =
		signon ? signon_strength(signon) : BADGE_STRENGTHS;

	if (shown == BADGE_STRENGTHS)
		return policy_decide(core->policy, who, till, demand,
				     out_missing);
	return policy_decide_by_badge(core->policy, who, till,
				      policy_till(core->policy,
						  signon->row.till),
				      shown, demand, out_missing);
}

json_t *signon_describe(struct core *core, const struct signon *signon)
{
	const struct policy_operator *operator=
		policy_operator(core->policy, signon->row.operator);
	char ends[CLOCK_TEXT_SIZE];
	json_t *body = json_make(), *who = json_make();

	json_put_text(who, "id", operator->id);
	json_put_text(who, "login", operator->login);
	json_put_text(who, "name", operator->name);
	json_put_text(
		who,
		"role", operator->role == ROLE_MANAGER ? "manager" : "user");
	clock_format(signon->row.created_ms + core->config.signon_max_ms, ends);
	json_put_text(body, "id", signon->row.id);
	json_put(body, "operator", who);
	json_put_text(body, "till", signon->row.till);
	if (signon_strength(signon) != BADGE_STRENGTHS)
		json_put_text(body, "badge",
			      policy_strength_names[signon_strength(signon)]);
	json_put_text(body, "expires_at", ends);
	json_put_int(body, "idle_seconds", core->config.signon_idle_ms / 1000);
	return body;
}

void signon_show(struct core *core, struct caller *caller)
{
	const struct signon *signon;

	if (!core_is_open(core, caller, false))
		return;
	if (!signon_operator(core, caller, NULL, &signon))
		signon_refuse(core, caller);
	else
		caller_answer(caller, 200, signon_describe(core, signon));
}

void signon_end(struct core *core, struct caller *caller)
{
	struct signon *signon = signon_current(core, caller, NULL);

	if (signon)
		signon_end_by_word(core, signon, "by word", NULL, caller);
	else
		signon_refuse(core, caller);
}
