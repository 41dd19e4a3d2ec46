/* SPDX-License-Identifier: Apache-2.0 */
/* Signing on: by password, PIN or badge; the sign-on before it ends by that. */
#include "core/signon_private.h"

#include "core/passwords.h"
#include "core/reader.h"
#include "core/record.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define SIGNON_BADGE_WAIT_S	30
#define SIGNON_BADGE_WAIT_MAX_S 60

/* Somebody who is about to be signed on. */
struct signon_try {
	struct reader_claim claim; /* by badge */
	struct prompt_pages pages;
	struct core *core;
	struct caller *caller;
	char till[POLICY_ID_MAX + 1];
	const char *how;
	char *pin;	       /* that goes with a badge; or NULL */
	struct signon *signon; /* beginning */
	char token[RANDOM_TOKEN_SIZE];
};

static struct signon_try *signon_try_free(struct signon_try *try)
{
	secret_free(try->pin);
	secret_wipe(try, sizeof(*try));
	free(try);
	return NULL;
}

static bool signon_is_at(const struct signon *signon, uid_t uid,
			 const char *till)
{
	return signon->row.uid == uid && !strcmp(signon->row.till, till);
}

/* One beginning or end at a time: which of two is the newer one is then clear
 * whatever becomes of them. */
static bool signon_is_under_way(struct core *core, uid_t uid, const char *till)
{
	const struct signon *signon;

	LIST_FOREACH(signon, &core->signons->list, entry)
	if (signon->state != SIGNON_ON && signon_is_at(signon, uid, till))
		return true;
	return false;
}

/* The same uid at the same till: the older one ends, in that transaction. */
static void signon_replace(struct core *core, const struct signon *newer,
			   struct record *record)
{
	struct signon *signon;

	LIST_FOREACH(signon, &core->signons->list, entry)
	{
		if (signon == newer ||
		    !signon_is_at(signon, newer->row.uid, newer->row.till))
			continue;
		signon->state = SIGNON_ENDING;
		signon_record_end(record, signon, "replaced");
	}
}

/* It was committed, or it was not. */
static void signon_replaced(struct core *core, const struct signon *newer,
			    bool committed)
{
	struct signon *signon, *next;

	for (signon = LIST_FIRST(&core->signons->list); signon; signon = next) {
		next = LIST_NEXT(signon, entry);
		if (signon == newer ||
		    !signon_is_at(signon, newer->row.uid, newer->row.till))
			continue;
		if (committed)
			signon_finish(core, signon);
		else
			signon->state = SIGNON_ON;
	}
	/* The policy may have changed while they were held. */
	if (!committed)
		signons_sweep(core);
}

static void signon_tell(struct signon_try *try)
{
	json_t *body;

	if (signon_over(try->core, try->signon)) {
		signon_drop(try->core, try->signon, "revoked");
		caller_refuse(try->caller, PROBLEM_WRONG_CREDENTIALS, NULL);
		return;
	}
	body = signon_describe(try->core, try->signon);
	json_put_text(body, "token", try->token);
	caller_answer(try->caller, 201, body);
}

static void signon_opened(void *arg, int error)
{
	struct signon_try *try = arg;

	signon_replaced(try->core, try->signon, !error);
	if (error) {
		signon_forget(try->signon);
		core_refuse_disk(try->caller, error);
	} else {
		try->signon->state = SIGNON_ON;
		signon_tell(try);
	}
	signon_try_free(try);
}

static struct signon *signon_begin(struct signon_try *try,
				   const struct policy_operator *operator)
{
	struct core *core = try->core;
	struct signon_row row = { .uid = try->caller->peer.uid };

	random_id(core->env.random, row.id);
	random_token(core->env.random, try->token);
	hash_sha256(try->token, strlen(try->token), row.token);
	text_copy(row.operator, sizeof(row.operator), operator->id);
	text_copy(row.till, sizeof(row.till), try->till);
	memcpy(row.badge, try->claim.shown, sizeof(row.badge));
	row.strength = try->claim.proven ? BADGE_PIV
		       : try->pin	 ? BADGE_PIN
					 : BADGE_ALONE;
	row.created_ms = row.used_ms = core_wall(core);
	return signon_add(core, &row, SIGNON_BEGINNING, core_now(core));
}

static void signon_refuse_try(struct signon_try *try, enum problem why,
			      int64_t retry_after)
{
	caller_refuse(try->caller, why,
		      retry_after ? json_put_int(json_make(), "retry_after",
						 retry_after)
				  : NULL);
	signon_try_free(try);
}

static void signon_open(struct signon_try *try,
			const struct policy_operator *operator)
{
	struct core *core = try->core;
	const struct signon_row *row;
	struct record *record;
	json_t *entry;

	if (signon_is_under_way(core, try->caller->peer.uid, try->till)) {
		signon_refuse_try(try, PROBLEM_TOO_MANY_REQUESTS, 1);
		return;
	}
	try->signon = signon_begin(try, operator);
	row = &try->signon->row;
	record = record_new(core);
	signon_replace(core, try->signon, record);
	entry = record_entry(record, "sign-on", row->till);
	json_put_text(entry, "operator", row->operator);
	json_put_int(entry, "uid", row->uid);
	json_put_text(entry, "signon", row->id);
	json_put_text(entry, "how", try->how);
	txn_signon_add(record->txn, row);
	record_commit(record, signon_opened, try);
}

/* Who may not see the till learns nothing of it (docs/policy.md, section 5). */
static void signon_enter(struct signon_try *try,
			 const struct policy_operator *who)
{
	const struct policy *policy = try->core->policy;
	const struct policy_till *till = policy_till(policy, try->till);

	if (till && policy_may_access(policy, who, till)) {
		signon_open(try, who);
	} else if (till && policy_may_view(policy, who, till)) {
		signon_refuse_try(try, PROBLEM_TILL_NOT_ALLOWED, 0);
	} else {
		core_refuse_missing(try->caller, "till", try->till);
		signon_try_free(try);
	}
}

static void signon_checked(void *arg, const char *operator_id, enum problem why,
			   int64_t retry_after)
{
	struct signon_try *try = arg;
	const struct policy_operator *operator= operator_id
		? policy_operator(try->core->policy, operator_id)
		: NULL;

	if (operator)
		signon_enter(try, operator);
	else
		signon_refuse_try(try, why, retry_after);
}

/* It was typed before; whose it has to be is known now. */
static void signon_check_pin(struct signon_try *try,
			     const struct policy_operator *who)
{
	passwords_check(try->core, &try->caller->peer,
			&(struct credentials){ .till = try->till,
					       .login = who->login,
					       .kind = CREDENTIAL_PIN,
					       .secret = try->pin,
					       .badge = true },
			signon_checked, try);
}

static bool signon_badge(struct reader_claim *claim,
			 const struct policy_operator *who)
{
	struct signon_try *try = (struct signon_try *)claim;

	try->caller->left = NULL;
	reader_disarm(claim); /* it may be gone after the next */
	if (claim->proven)
		try->how = "piv";
	if (try->pin)
		signon_check_pin(try, who);
	else
		signon_enter(try, who);
	return false;
}

static void signon_badge_over(struct reader_claim *claim)
{
	struct signon_try *try = (struct signon_try *)claim;

	caller_refuse(try->caller,
		      try->core->stopping ? PROBLEM_STOPPING
					  : PROBLEM_BADGE_TIMEOUT,
		      NULL);
	signon_try_free(try);
}

/* Nobody is there any more to be signed on. */
static void signon_left(void *arg, struct caller *caller)
{
	struct signon_try *try = arg;

	reader_disarm(&try->claim);
	caller_refuse(caller, PROBLEM_BADGE_TIMEOUT, NULL);
	signon_try_free(try);
}

static void signon_by_badge(struct signon_try *try)
{
	struct caller *caller = try->caller;
	int seconds = caller->wait >= 0 ? caller->wait : SIGNON_BADGE_WAIT_S;
	const struct policy_till *till =
		policy_till(try->core->policy, try->till);
	enum problem why;
	int64_t wait_ms;

	if (seconds > SIGNON_BADGE_WAIT_MAX_S)
		seconds = SIGNON_BADGE_WAIT_MAX_S;
	try->how = try->pin ? "badge+pin" : "badge";
	prompt_pages_make(&(struct prompt_facts){ .what = "SIGN ON",
						  .where = till->name },
			  &try->pages);
	try->claim = (struct reader_claim){
		.question = { .till = try->till, .pages = &try->pages },
		.badge = signon_badge,
		.over = signon_badge_over,
	};
	why = reader_arm(try->core, caller->peer.uid, &try->claim,
			 seconds * 1000, &wait_ms);
	if (why == PROBLEMS) {
		caller->left = signon_left;
		caller->left_arg = try;
		return;
	}
	signon_checked(try, NULL, why, (wait_ms + 999) / 1000);
}

/* What the body asks for is told by which of its fields are there. */
static const char *signon_fault(const struct policy_till *till,
				const json_t *body, const char **out_field)
{
	bool password = json_text(body, "password");
	bool pin = json_text(body, "pin");
	bool badge = json_flag(body, "badge");

	*out_field = "password";
	if (password + (pin || badge) != 1)
		return "Give exactly one of password, pin and badge: true; "
		       "with a badge a pin may come along.";
	*out_field = "login";
	if (badge && json_text(body, "login"))
		return "A badge says itself whose it is.";
	if (!badge && !json_text(body, "login"))
		return "It is missing.";
	*out_field = "pin";
	if (pin && !badge && !till->pin_sign_on)
		return "This till does not take a PIN for signing on.";
	return NULL;
}

void signon_create(struct core *core, struct caller *caller, const json_t *body)
{
	const char *id = json_text(body, "till"), *fault, *field;
	const char *pin = json_text(body, "pin");
	const struct policy_till *till;
	struct signon_try *try;

	if (!core_is_open(core, caller, false))
		return;
	till = core_till(core, &caller->peer, id);
	if (!till) {
		core_refuse_missing(caller, "till", id);
		return;
	}
	fault = signon_fault(till, body, &field);
	if (fault) {
		caller_refuse(caller, PROBLEM_BAD_BODY,
			      core_fault(field, fault));
		return;
	}
	try = ALLOC_NEW(struct signon_try);
	try->core = core;
	try->caller = caller;
	text_copy(try->till, sizeof(try->till), id);
	try->how = pin ? "pin" : "password";
	if (json_flag(body, "badge")) {
		try->pin = pin ? alloc_text(pin) : NULL;
		signon_by_badge(try);
		return;
	}
	passwords_check(
		core, &caller->peer,
		&(struct credentials){
			.till = try->till,
			.login = json_text(body, "login"),
			.kind = pin ? CREDENTIAL_PIN : CREDENTIAL_PASSWORD,
			.secret = pin ? pin : json_text(body, "password"),
		},
		signon_checked, try);
}
