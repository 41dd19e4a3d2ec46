/* SPDX-License-Identifier: Apache-2.0 */
/* How sign-ons end: by word, by themselves, and with the policy. */
#include "core/signon_private.h"

#include "core/authorization.h"
#include "core/record.h"
#include "core/token.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define SIGNON_OWED_MS 30000 /* until an end is written again */

void signon_forget(struct signon *signon)
{
	LIST_REMOVE(signon, entry);
	secret_wipe(signon, sizeof(*signon));
	free(signon);
}

/* Whether the same operator is there by another one as well. */
static bool signon_has_twin(struct core *core, const struct signon *signon)
{
	const struct signon *other;

	LIST_FOREACH(other, &core->signons->list, entry)
	if (other != signon && !other->over && other->state != SIGNON_ENDING &&
	    !strcmp(other->row.operator, signon->row.operator) &&
	    !strcmp(other->row.till, signon->row.till))
		return true;
	return false;
}

/* What it asked for is asked no longer, and its reader is free again; what was
 * given in advance was for as long as somebody is there. */
static void signon_end_all(struct core *core, const struct signon *signon)
{
	authorizations_end_signon(core, signon->row.id);
	if (!signon_has_twin(core, signon))
		tokens_end_signon(core, signon->row.operator, signon->row.till);
}

void signon_finish(struct core *core, struct signon *signon)
{
	signon_end_all(core, signon);
	signon_forget(signon);
}

void signon_record_end(struct record *record, const struct signon *signon,
		       const char *why)
{
	json_t *entry = record_entry(record, "sign-off", signon->row.till);

	json_put_text(entry, "operator", signon->row.operator);
	json_put_int(entry, "uid", signon->row.uid);
	json_put_text(entry, "signon", signon->row.id);
	json_put_text(entry, "why", signon->over ? signon->over : why);
	json_put_text(entry, "by", *signon->by ? signon->by : NULL);
	txn_signon_remove(record->txn, signon->row.id);
}

struct signon_ending {
	struct core *core;
	struct caller *caller; /* who is told; NULL: nobody waits */
	struct signon *signon; /* stays, while it is ending */
};

/* It has ended all the same, and does not come back while the daemon runs. */
static void signon_refuse_end(struct caller *caller, int error)
{
	CLEANUP_FREE char *detail = alloc_format(
		"The sign-on has ended, but that is not on record: it is "
		"written again until it is, and a restart before that brings "
		"it back. %s",
		store_error_text(error));

	caller_refuse(caller, core_disk_problem(error),
		      json_put_text(json_make(), "detail", detail));
}

static void signon_ended(void *arg, int error)
{
	struct signon_ending *ending = arg;
	struct core *core = ending->core;

	if (error) {
		ending->signon->state = SIGNON_ON;
		if (!core->stopping)
			timer_set(core->signons->owed, SIGNON_OWED_MS);
	} else {
		signon_finish(core, ending->signon);
	}
	if (ending->caller && error)
		signon_refuse_end(ending->caller, error);
	else if (ending->caller)
		caller_answer(ending->caller, 204, NULL);
	free(ending);
}

static void signon_write_end(struct core *core, struct signon *signon,
			     struct caller *caller)
{
	struct signon_ending *ending = ALLOC_NEW(struct signon_ending);
	struct record *record = record_new(core);

	ending->core = core;
	ending->caller = caller;
	ending->signon = signon;
	signon->state = SIGNON_ENDING;
	signon_record_end(record, signon, signon->over);
	record_commit(record, signon_ended, ending);
}

void signons_write_owed(void *arg)
{
	struct core *core = arg;
	struct signon *signon;

	LIST_FOREACH(signon, &core->signons->list, entry)
	if (signon->state == SIGNON_ON && signon->over)
		signon_write_end(core, signon, NULL);
}

void signon_drop(struct core *core, struct signon *signon, const char *why)
{
	signon->over = why;
	signon_end_all(core, signon);
	signon_write_end(core, signon, NULL);
}

void signon_end_by_word(struct core *core, struct signon *signon,
			const char *why, const char *by, struct caller *caller)
{
	signon->over = why;
	if (by)
		text_copy(signon->by, sizeof(signon->by), by);
	signon_end_all(core, signon);
	signon_write_end(core, signon, caller);
}

const char *signon_over(struct core *core, const struct signon *signon)
{
	const struct policy_operator *operator=
		policy_operator(core->policy, signon->row.operator);
	const struct policy_till *till =
		policy_till(core->policy, signon->row.till);

	if (signon->over)
		return signon->over;
	if (!operator|| !operator->active || !till || !policy_may_access(
		    core->policy, operator, till) ||
	    !core_badge_stands(core, signon->row.badge))
		return "revoked";
	if (core_now(core) - signon->used > core->config.signon_idle_ms)
		return "idle";
	if (core_wall(core) - signon->row.created_ms >
	    core->config.signon_max_ms)
		return "too long";
	return NULL;
}

void signons_sweep(struct core *core)
{
	struct signon *signon, *next;

	for (signon = LIST_FIRST(&core->signons->list); signon; signon = next) {
		const char *why = signon->state == SIGNON_ON
					  ? signon_over(core, signon)
					  : NULL;

		next = LIST_NEXT(signon, entry);
		if (why)
			signon_drop(core, signon, why);
	}
}

static bool signon_is_leaving(const struct signon *signon, const char *till)
{
	return signon->leaving && !strcmp(signon->row.till, till);
}

void signons_leave(struct core *core, const char *till, const char *why,
		   struct record *record)
{
	struct signon *signon;

	LIST_FOREACH(signon, &core->signons->list, entry)
	{
		if (signon->state != SIGNON_ON ||
		    strcmp(signon->row.till, till) != 0)
			continue;
		signon->state = SIGNON_ENDING;
		signon->leaving = true;
		signon_record_end(record, signon, why);
	}
}

void signons_left(struct core *core, const char *till, bool committed)
{
	struct signon *signon, *next;

	for (signon = LIST_FIRST(&core->signons->list); signon; signon = next) {
		next = LIST_NEXT(signon, entry);
		if (!signon_is_leaving(signon, till))
			continue;
		signon->leaving = false;
		if (committed)
			signon_finish(core, signon);
		else
			signon->state = SIGNON_ON;
	}
	/* The policy may have changed while they were held. */
	if (!committed)
		signons_sweep(core);
}

static bool signon_differs(const char *one, const char *other)
{
	return one && other ? strcmp(one, other) != 0 : one != other;
}

/* One that begins is over when it would be told: see signon_tell(). */
void signons_end_changed(struct core *core, const struct policy *before,
			 const char *keep)
{
	struct signon *signon, *next;

	for (signon = LIST_FIRST(&core->signons->list); signon; signon = next) {
		const char *id = signon->row.operator;
		const struct policy_operator *was = policy_operator(before, id);
		const struct policy_operator *is =
			policy_operator(core->policy, id);

		next = LIST_NEXT(signon, entry);
		if (!was || !is || (keep && !strcmp(signon->row.id, keep)) ||
		    (!signon_differs(was->password, is->password) &&
		     !signon_differs(was->pin, is->pin)))
			continue;
		if (signon->state == SIGNON_ON)
			signon_drop(core, signon, "secret changed");
		else
			signon->over = "secret changed";
	}
}
