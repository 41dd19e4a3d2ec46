/* SPDX-License-Identifier: Apache-2.0 */
#include "core/own_secret.h"

#include "core/core_private.h"
#include "core/draft_edit.h"
#include "core/passwords.h"
#include "core/record.h"
#include "core/signon.h"
#include "store/password.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <stdlib.h>

struct own_secret {
	struct draft draft; /* is first */
	struct core *core;
	struct caller *caller;
	enum secret which;
	json_t *params; /* {"login", "body": {"password" or "pin"}} */
	char signon[RANDOM_ID_SIZE];
};

static const struct {
	const char *field; /* in the document */
	const char *kind;  /* of its entry */
	bool (*is_acceptable)(const char *text);
	const char *wanted;
	json_t *(*edit)(struct draft *draft);
} own_secrets[] = {
	[SECRET_PASSWORD] = { "password", "own-password",
			      password_is_acceptable,
			      "It has to be 8 characters or more, 256 bytes at "
			      "most.",
			      draft_set_password },
	[SECRET_PIN] = { "pin", "own-pin", password_is_pin,
			 "It has to be 4 to 8 digits.", draft_set_pin },
};

static void own_secret_free(struct own_secret *own)
{
	draft_clear(&own->draft);
	json_wipe(own->params);
	free(own);
}

static void own_secret_refuse(struct own_secret *own, enum problem why,
			      json_t *extra)
{
	caller_refuse(own->caller, why, extra);
	own_secret_free(own);
}

/* --- 3: on record --- */

static void own_secret_written(void *arg, int error)
{
	struct own_secret *own = arg;

	draft_recorded(&own->draft, error, own->signon);
	if (error)
		core_refuse_disk(own->caller, error);
	else
		caller_answer(own->caller, 204, NULL);
	own_secret_free(own);
}

static void own_secret_record(struct own_secret *own,
			      const struct signon *signon)
{
	struct record *record;
	json_t *entry =
		record_note(own->core, &record, own_secrets[own->which].kind,
			    signon->row.till);

	json_put_text(entry, "operator", signon->row.operator);
	json_put_int(entry, "uid", signon->row.uid);
	json_put_text(entry, "signon", signon->row.id);
	draft_record(&own->draft, record, entry);
	record_commit(record, own_secret_written, own);
}

/* --- 2: drafted, on the policy as it stands --- */

/* The sign-on may have ended while the old one was looked at. */
static const struct signon *own_secret_signon(const struct own_secret *own)
{
	const struct signon *signon;

	return signon_operator(own->core, own->caller, NULL, &signon) ? signon
								      : NULL;
}

static void own_secret_begin_draft(struct own_secret *own);

static void own_secret_drafted(struct draft *draft)
{
	struct own_secret *own = (struct own_secret *)draft;
	const struct signon *signon = own_secret_signon(own);
	json_t *extra = draft->extra;

	if (draft->why != PROBLEMS) {
		draft->extra = NULL;
		own_secret_refuse(own, draft->why, extra);
	} else if (!signon) {
		own_secret_refuse(own, PROBLEM_SIGN_ON_REQUIRED, NULL);
	} else if (draft_is_current(draft)) {
		own_secret_record(own, signon);
	} else {
		draft_clear(draft);
		own_secret_begin_draft(own);
	}
}

static void own_secret_begin_draft(struct own_secret *own)
{
	enum problem why;

	own->draft = (struct draft){
		.core = own->core,
		.uid = own->caller->peer.uid,
		.input = { .params = own->params },
		.edit = own_secrets[own->which].edit,
		.done = own_secret_drafted,
	};
	why = draft_begin(&own->draft);
	if (why == PROBLEM_TOO_MANY_REQUESTS)
		own_secret_refuse(own, why,
				  json_put_int(json_make(), "retry_after", 1));
	else if (why != PROBLEMS)
		own_secret_refuse(own, why, NULL);
}

/* --- 1: the old one --- */

static void own_secret_checked(void *arg, const char *operator_id,
			       enum problem why, int64_t retry_after)
{
	struct own_secret *own = arg;

	if (operator_id)
		own_secret_begin_draft(own);
	else
		own_secret_refuse(own, why,
				  retry_after ? json_put_int(json_make(),
							     "retry_after",
							     retry_after)
					      : NULL);
}

/* What is wrong with the body, or NULL. */
static const char *own_secret_fault(enum secret which, const json_t *body,
				    const char **out_field)
{
	*out_field = "old";
	if (!json_text(body, "old") == !json_text(body, "password"))
		return "Give the old one, or the password, and not both.";
	*out_field = "new";
	return own_secrets[which].is_acceptable(json_text(body, "new"))
		       ? NULL
		       : own_secrets[which].wanted;
}

static struct own_secret *own_secret_new(struct core *core,
					 struct caller *caller,
					 enum secret which, const json_t *body,
					 const struct policy_operator *who,
					 const struct signon *signon)
{
	struct own_secret *own = ALLOC_NEW(struct own_secret);
	json_t *secret = json_put_text(json_make(), own_secrets[which].field,
				       json_text(body, "new"));

	own->core = core;
	own->caller = caller;
	own->which = which;
	own->params = json_put_text(json_make(), "login", who->login);
	json_put(own->params, "body", secret);
	text_copy(own->signon, sizeof(own->signon), signon->row.id);
	return own;
}

void own_secret_change(struct core *core, struct caller *caller,
		       enum secret which, const json_t *body)
{
	const char *old = json_text(body, "old"), *field, *fault;
	const struct policy_operator *who;
	const struct signon *signon;

	if (!core_is_open(core, caller, true)) /* it changes the policy */
		return;
	who = signon_operator(core, caller, NULL, &signon);
	if (!who) {
		signon_refuse(core, caller);
		return;
	}
	fault = own_secret_fault(which, body, &field);
	if (fault) {
		caller_refuse(caller, PROBLEM_BAD_BODY,
			      core_fault(field, fault));
		return;
	}
	passwords_check(core, &caller->peer,
			&(struct credentials){
				.till = signon->row.till,
				.login = who->login,
				.kind = old && which == SECRET_PIN
						? CREDENTIAL_PIN
						: CREDENTIAL_PASSWORD,
				.secret =
					old ? old : json_text(body, "password"),
			},
			own_secret_checked,
			own_secret_new(core, caller, which, body, who, signon));
}
