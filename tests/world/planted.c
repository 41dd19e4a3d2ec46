/* SPDX-License-Identifier: Apache-2.0 */
#include "planted.h"

#include "core/authorization.h"
#include "core/operation.h"
#include "policy/policy.h"

#include <stdio.h>
#include <string.h>

enum planted planted_now;

const struct planted_row planted_rows[PLANTED] = {
	[PLANTED_NONE] = { "none", "the daemon as it is", 0 },
	[PLANTED_SKIP_INTENT] = { "skip-intent", "moves without a record", 5 },
	[PLANTED_IGNORE_SYNC] = { "ignore-sync",
				  "believes that what it wrote is on disk",
				  20 },
	[PLANTED_EARLY_INTENT] = { "early-intent",
				   "moves before the record is on disk", 20 },
	[PLANTED_EARLY_ANSWER] = { "early-answer",
				   "tells an outcome before it is on disk",
				   100 },
	[PLANTED_RESEND] = { "resend", "sends again what it had begun", 50 },
	[PLANTED_FORGET_EVIDENCE] = { "forget-evidence",
				      "recovers without what was saved", 100 },
	[PLANTED_UNKNOWN_IS_FAILED] = { "unknown-is-failed",
					"guesses what it does not know", 50 },
	[PLANTED_SPEND_NEVER] = { "spend-never", "lets a consent be used again",
				  100 },
	[PLANTED_ALLOW_ALL] = { "allow-all", "asks nobody", 5 },
	[PLANTED_FORGET_KEY] = { "forget-key", "does again what comes again",
				 20 },
	[PLANTED_LOSE_OUTCOME] = { "lose-outcome",
				   "forgets to write down what it did", 10 },
};

enum planted planted_find(const char *name)
{
	for (enum planted at = PLANTED_SKIP_INTENT; at < PLANTED; at++)
		if (!strcmp(planted_rows[at].name, name))
			return at;
	return PLANTED_NONE;
}

bool planted_begins(const struct operation_row *row)
{
	return planted_now == PLANTED_SKIP_INTENT && row->open && *row->device;
}

bool planted_acknowledges(bool begins, bool ends)
{
	return (planted_now == PLANTED_EARLY_INTENT && begins) ||
	       (planted_now == PLANTED_EARLY_ANSWER && ends);
}

bool planted_resends(void)
{
	return planted_now == PLANTED_RESEND;
}

const json_t *planted_evidence(const json_t *evidence)
{
	return planted_now == PLANTED_FORGET_EVIDENCE ? NULL : evidence;
}

enum outcome planted_outcome(enum outcome outcome)
{
	if (planted_now == PLANTED_UNKNOWN_IS_FAILED &&
	    outcome == OUTCOME_UNKNOWN)
		return OUTCOME_FAILED;
	return outcome;
}

/* --- at core's border --- */

/* clang-format off: one line each */
void __real_authorization_spent(struct core *core, const char *id, int error);
void __real_token_put_spent(struct core *core, struct txn *txn, const char *id);
bool __real_policy_decide(const struct policy *policy,
			  const struct policy_operator *who,
			  const struct policy_till *till,
			  const struct demand *demand,
			  struct demand *out_missing);

void __wrap_authorization_spent(struct core *core, const char *id, int error);
void __wrap_token_put_spent(struct core *core, struct txn *txn, const char *id);
bool __wrap_policy_decide(const struct policy *policy,
			  const struct policy_operator *who,
			  const struct policy_till *till,
			  const struct demand *demand,
			  struct demand *out_missing);
/* clang-format on */

void __wrap_authorization_spent(struct core *core, const char *id, int error)
{
	if (planted_now == PLANTED_SPEND_NEVER)
		error = STORE_E_WRITE; /* as if nothing had come of it */
	__real_authorization_spent(core, id, error);
}

void __wrap_token_put_spent(struct core *core, struct txn *txn, const char *id)
{
	if (planted_now != PLANTED_SPEND_NEVER)
		__real_token_put_spent(core, txn, id);
}

bool __wrap_policy_decide(const struct policy *policy,
			  const struct policy_operator *who,
			  const struct policy_till *till,
			  const struct demand *demand,
			  struct demand *out_missing)
{
	bool may = __real_policy_decide(policy, who, till, demand, out_missing);

	return may || planted_now == PLANTED_ALLOW_ALL;
}

void planted_change_key(struct operation_row *row)
{
	static int number;

	if (planted_now == PLANTED_FORGET_KEY)
		snprintf(row->key, sizeof(row->key), "lost-%d", ++number);
}

bool planted_loses(bool ends)
{
	return planted_now == PLANTED_LOSE_OUTCOME && ends;
}
