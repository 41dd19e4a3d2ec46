/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First use: makes the first manager, or takes over a policy file. Only for
 * root or the daemon's own uid, only once; before it every action is refused.
 */
#include "core/core_private.h"
#include "core/draft_edit.h"
#include "core/record.h"
#include "core/witness.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/log.h"
#include "util/secret.h"

#include <stdlib.h>

#define SETUP_BAD_MANAGER                                                  \
	"manager: It has a login of letters, digits, . _ -, a letter or "  \
	"digit first; a name, which is no card number; and a password of " \
	"at least 8 characters."

struct setup {
	struct work work;
	struct core *core;
	struct caller *caller;
	char *text; /* its body */
	size_t len;
	struct people *people;
	struct keys *keys;
	bool was_there;	  /* an earlier one, written but not read back */
	enum problem why; /* it can't be done; or PROBLEMS */
	json_t *extra;	  /* of that */
};

static void setup_finish(struct setup *setup)
{
	setup->core->setting_up = false;
	people_free(setup->people);
	keys_free(setup->keys);
	secret_wipe(setup->text, setup->len);
	free(setup->text);
	free(setup);
}

/* With what to note down, to know this till's journal by. */
static json_t *setup_describe(struct core *core)
{
	json_t *body = json_make();
	char fingerprint[KEYS_FINGERPRINT_SIZE];
	uint8_t public[32];

	keys_seal_public(store_keys(core->store), public);
	keys_fingerprint(public, fingerprint);
	json_put_int(body, "policy_version", policy_version(core->policy));
	return json_put_text(body, "fingerprint", fingerprint);
}

/* From here on the counts of devices are on record; they were there before. */
static void setup_look_around(struct core *core)
{
	struct fixture *fixture;

	LIST_FOREACH(fixture, &core->fixtures, entry)
	if (fixture->witness)
		witness_device_changed(core, fixture);
}

static void setup_loaded(void *arg, int error, struct policy *policy)
{
	struct setup *setup = arg;

	if (!error)
		core_set_policy(setup->core, policy);
	if (error) {
		core_refuse_disk(setup->caller, error);
	} else if (setup->was_there) {
		caller_refuse(setup->caller, PROBLEM_ALREADY_SET_UP, NULL);
	} else {
		setup_look_around(setup->core);
		caller_answer(setup->caller, 201, setup_describe(setup->core));
	}
	setup_finish(setup);
}

static void setup_written(void *arg, int error)
{
	struct setup *setup = arg;

	if (error && error != STORE_E_EXISTS) {
		core_refuse_disk(setup->caller, error);
		setup_finish(setup);
		return;
	}
	setup->was_there = error == STORE_E_EXISTS;
	if (!error)
		log_info("set up by uid %u",
			 (unsigned int)setup->caller->peer.uid);
	store_load_policy(setup->core->store, setup_loaded, setup);
}

/* --- on the worker: looking up users and hashing passwords takes a while --- */

/* Keys that are there already were handed in (systemd credentials), or are
 * left from a set-up that was cut off before it was committed. */
static int setup_keys(struct core *core, struct keys **out_keys)
{
	int r = keys_load(core->config.keys_dir, out_keys);

	return r == KEYS_E_NONE ? keys_create(core->config.keys_dir,
					      core->env.random, out_keys)
				: r;
}

static bool setup_is_manager(const json_t *manager)
{
	return json_object_size(manager) == 3 && json_text(manager, "login") &&
	       json_text(manager, "name") && json_text(manager, "password");
}

static struct people *setup_people(struct core *core, const json_t *body,
				   char **out_error)
{
	const json_t *manager = json_object_get(body, "manager");
	const json_t *policy = json_object_get(body, "policy");
	struct people *people = NULL;

	if (json_object_size(body) != 1 || !manager == !policy) {
		*out_error = alloc_text("Give either manager or policy.");
		return NULL;
	}
	if (policy)
		return people_parse(policy, NULL, out_error);
	if (setup_is_manager(manager))
		people = people_first_manager(json_text(manager, "login"),
					      json_text(manager, "name"),
					      json_text(manager, "password"),
					      core->config.clients);
	if (!people)
		*out_error = alloc_text(SETUP_BAD_MANAGER);
	return people;
}

static void setup_parse(struct setup *setup)
{
	CLEANUP_FREE char *error = NULL;
	json_t *body = draft_parse_text(setup->text, setup->len, &setup->extra);

	if (!body) {
		setup->why = PROBLEM_BAD_JSON;
		return;
	}
	setup->people = setup_people(setup->core, body, &error);
	json_wipe(body);
	if (setup->people)
		return;
	setup->why = PROBLEM_BAD_BODY;
	setup->extra = json_put_text(json_make(), "detail", error);
}

static void setup_prepare(struct work *work)
{
	struct setup *setup = (struct setup *)work;
	struct core *core = setup->core;

	setup_parse(setup);
	if (setup->why != PROBLEMS)
		return;
	if (setup_keys(core, &setup->keys)) {
		log_error("set-up: the keys in %s can't be made or read",
			  core->config.keys_dir);
		setup->why = PROBLEM_DISK_FAILED;
		return;
	}
	people_prepare(setup->people, setup->keys, core->env.random,
		       core->config.password_cost);
}

/* --- and back in the loop --- */

static void setup_prepared(struct work *work)
{
	struct setup *setup = (struct setup *)work;
	struct record *record;
	json_t *entry;

	if (setup->why != PROBLEMS) {
		caller_refuse(setup->caller, setup->why, setup->extra);
		setup_finish(setup);
		return;
	}
	record = record_new(setup->core);
	entry = record_entry(record, "setup", NULL);
	json_put_int(entry, "uid", setup->caller->peer.uid);
	txn_setup(record->txn, setup->keys);
	txn_policy_replace(record->txn, setup->people, 0);
	record_commit(record, setup_written, setup);
}

/* PROBLEMS if it may begin. */
static enum problem setup_problem(struct core *core, struct caller *caller)
{
	if (!core_is_owner(core, &caller->peer))
		return PROBLEM_NOT_ALLOWED_UID;
	if (core->policy || core->setting_up)
		return PROBLEM_ALREADY_SET_UP;
	return PROBLEMS;
}

void core_set_up(struct core *core, struct caller *caller, char *text,
		 size_t len)
{
	enum problem why = setup_problem(core, caller);
	struct setup *setup;

	if (why != PROBLEMS) {
		caller_refuse(caller, why, NULL);
		secret_wipe(text, len);
		free(text);
		return;
	}
	setup = ALLOC_NEW(struct setup);
	setup->work.run = setup_prepare;
	setup->work.done = setup_prepared;
	setup->core = core;
	setup->caller = caller;
	setup->text = text;
	setup->len = len;
	setup->why = PROBLEMS;
	core->setting_up = true;
	drafts_submit(core, &setup->work);
}

/* --- a database that came back from the past --- */

static void setup_rollback_confirmed(void *arg, int error)
{
	struct caller *caller = arg;

	if (error)
		core_refuse_disk(caller, error);
	else
		caller_answer(caller, 200,
			      json_put_bool(json_make(), "rolled_back", false));
}

void core_confirm_rollback(struct core *core, struct caller *caller,
			   const char *reason)
{
	struct record *record;
	json_t *entry;

	if (!core_is_open(core, caller, false))
		return;
	if (!core_is_owner(core, &caller->peer)) {
		caller_refuse(caller, PROBLEM_NOT_ALLOWED_UID, NULL);
		return;
	}
	if (!store_is_rolled_back(core->store)) {
		caller_refuse(caller, PROBLEM_NOT_ROLLED_BACK, NULL);
		return;
	}
	entry = record_note(core, &record, "rollback-confirmed", NULL);
	json_put_int(entry, "uid", caller->peer.uid);
	json_put_text(entry, "reason", reason);
	txn_confirm_rollback(record->txn);
	record_commit(record, setup_rollback_confirmed, caller);
}
