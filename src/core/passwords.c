/* SPDX-License-Identifier: Apache-2.0 */
#include "core/passwords.h"

#include "core/core_private.h"
#include "core/record.h"
#include "store/password.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>

struct password_job {
	struct work work;
	LIST_ENTRY(password_job) entry;
	struct core *core;
	uid_t uid;
	char till[POLICY_ID_MAX + 1];
	char operator[POLICY_ID_MAX + 1]; /* "" if nobody has that login */
	char subjects[2][GUESS_SUBJECT_SIZE];
	enum credential kind;
	char *hash;
	char *secret;
	bool right;
	int64_t forgotten; /* wrong tries before it */
	passwords_checked checked;
	void *arg;
};

LIST_HEAD(password_jobs, password_job);

struct passwords {
	struct worker *worker;
	struct password_jobs jobs;
};

struct passwords *passwords_new(struct core *core)
{
	struct passwords *passwords = ALLOC_NEW(struct passwords);

	passwords->worker = worker_new(core->env.workers, "passwords", NULL);
	LIST_INIT(&passwords->jobs);
	return passwords;
}

void passwords_settle(struct passwords *passwords)
{
	passwords->worker = worker_free(passwords->worker);
}

struct passwords *passwords_free(struct passwords *passwords)
{
	if (!passwords)
		return NULL;
	passwords_settle(passwords);
	free(passwords);
	return NULL;
}

static void password_run(struct work *work)
{
	struct password_job *job = (struct password_job *)work;

	job->right = password_check(job->hash, job->secret,
				    job->core->config.password_cost);
}

static void password_job_free(struct password_job *job)
{
	LIST_REMOVE(job, entry);
	secret_free(job->hash);
	secret_free(job->secret);
	free(job);
}

static void password_answer(void *arg, int error)
{
	struct password_job *job = arg;
	bool right = job->right && !error;

	if (right)
		guess_forget(job->core, job->subjects[0], job->forgotten);
	job->checked(job->arg, right ? job->operator : NULL,
		     error ? core_disk_problem(error)
			   : PROBLEM_WRONG_CREDENTIALS,
		     0);
	password_job_free(job);
}

static bool password_is_good(const struct password_job *job)
{
	const struct policy_operator *operator=
		policy_operator(job->core->policy, job->operator);

	return job->right && operator&& operator->active;
}

static void password_done(struct work *work)
{
	struct password_job *job = (struct password_job *)work;
	struct core *core = job->core;
	struct record *record = record_new(core);
	json_t *entry;

	job->right = password_is_good(job);
	for (size_t i = 0; i < 2 && *job->subjects[i]; i++)
		if (!job->right)
			guess_wrong(core, record->txn, job->subjects[i]);
	/* The client's own brake is not lifted by a password that it knows. */
	if (job->right)
		job->forgotten =
			guess_right(core, record->txn, job->subjects[0]);
	if (!job->right) {
		entry = record_entry(record, "wrong-credentials", job->till);
		json_put_int(entry, "uid", job->uid);
		json_put_text(entry, "operator",
			      *job->operator ? job->operator : NULL);
	}
	record_commit(record, password_answer, job);
}

static bool passwords_wait(struct core *core, struct password_job *job,
			   int64_t *out_seconds)
{
	for (size_t i = 0; i < 2 && *job->subjects[i]; i++) {
		int64_t wait = guess_wait(core, job->subjects[i]);

		if (!wait)
			continue;
		*out_seconds = (wait + 999) / 1000;
		return true;
	}
	return false;
}

static bool passwords_has_uid(const struct passwords *passwords, uid_t uid)
{
	const struct password_job *job;

	LIST_FOREACH(job, &passwords->jobs, entry)
	if (job->uid == uid)
		return true;
	return false;
}

/* What the operator's secret is compared with; NULL if there is none. */
static void password_prepare(struct password_job *job,
			     const struct policy_operator *operator,
			     const char * secret)
{
	const char *hash = !operator? NULL
				    : job->kind == CREDENTIAL_PIN
				   ?
				   operator->pin : operator->password;
	char keyed[HASH_TEXT_SIZE];

	job->hash = alloc_text(hash);
	if (job->kind == CREDENTIAL_PIN) {
		keys_pin(store_keys(job->core->store), secret, keyed);
		job->secret = alloc_text(keyed);
		secret_wipe(keyed, sizeof(keyed));
	} else {
		job->secret = alloc_text(secret);
	}
}

bool passwords_take(struct core *core, const json_t *body,
		    struct credentials *credentials, json_t **out_extra)
{
	const struct policy_till *till =
		policy_till(core->policy, credentials->till);
	const char *pin = json_text(body, "pin");
	const char *password = json_text(body, "password");
	bool no_pin = pin && !(till && till->pin_sign_on);

	if (!pin != !password && !no_pin) {
		credentials->kind = pin ? CREDENTIAL_PIN : CREDENTIAL_PASSWORD;
		credentials->secret = pin ? pin : password;
		return true;
	}
	*out_extra = core_fault(pin ? "pin" : "password",
				no_pin ? "This till does not take a PIN here."
				       : "Give either password or pin.");
	return false;
}

void passwords_check(struct core *core, const struct peer *peer,
		     const struct credentials *credentials,
		     passwords_checked checked, void *arg)
{
	const struct policy_operator *operator=
		policy_login(core->policy, credentials->login);
	struct password_job *job;
	int64_t seconds;

	if (passwords_has_uid(core->passwords, peer->uid)) {
		checked(arg, NULL, PROBLEM_TOO_MANY_REQUESTS, 1);
		return;
	}
	job = ALLOC_NEW(struct password_job);
	*job = (struct password_job){
		.work = { .run = password_run, .done = password_done },
		.core = core,
		.uid = peer->uid,
		.kind = credentials->kind,
		.checked = checked,
		.arg = arg,
	};
	LIST_INSERT_HEAD(&core->passwords->jobs, job, entry);
	text_copy(job->till, sizeof(job->till), credentials->till);
	if (operator)
		text_copy(job->operator, sizeof(job->operator), operator->id);
	if (credentials->badge) {
		guess_name_badge(job->subjects[0], job->operator, job->till);
	} else {
		guess_name_login(core, job->subjects[0], credentials->login,
				 credentials->till);
		guess_name_uid(job->subjects[1], peer->uid, job->till);
	}
	if (passwords_wait(core, job, &seconds)) {
		checked(arg, NULL, PROBLEM_SLOW_DOWN, seconds);
		password_job_free(job);
		return;
	}
	password_prepare(job, operator, credentials->secret);
	worker_submit(core->passwords->worker, &job->work);
}
