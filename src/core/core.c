/* SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"

#include "core/admin.h"
#include "core/authorization.h"
#include "core/book.h"
#include "core/can.h"
#include "core/core_private.h"
#include "core/draft.h"
#include "core/operation.h"
#include "core/passwords.h"
#include "core/prompt.h"
#include "core/reader.h"
#include "core/record.h"
#include "core/release.h"
#include "core/signon.h"
#include "core/token.h"
#include "core/wiretap.h"
#include "core/witness.h"
#include "util/alloc.h"
#include "util/card.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/log.h"
#include "util/message.h"

#include <stdlib.h>
#include <string.h>

/* Refused actions are on record: a flood of them must not fill the disk. */
#define CORE_REFUSALS_BURST	  30
#define CORE_REFUSALS_INTERVAL_MS 1000
#define CORE_ARMINGS_BURST	  12
#define CORE_ARMINGS_INTERVAL_MS  2000
#define CORE_LAST_OPERATIONS	  500 /* of all devices, looked at when it starts */
#define CORE_PRUNE_MS		  (60 * 60 * 1000)

const struct core_config core_config_default = {
	.box = "till box",
	.own_uid = (uid_t)-1,
	.clients = (gid_t)-1,
	.technicians = (gid_t)-1,
	.password_cost = 15,
	.consent_ms = 60 * 1000,
	.signon_idle_ms = 15 * 60 * 1000,
	.signon_max_ms = 12 * 60 * 60 * 1000,
};

static void core_prune(void *arg)
{
	struct core *core = arg;

	if (!store_is_new(core->store)) {
		store_prune(core->store);
		guesses_purge(core);
	}
	timer_set(core->prune_timer, CORE_PRUNE_MS);
}

struct core *core_new(const struct core_config *config, const struct env *env,
		      struct store *store)
{
	struct core *core = ALLOC_NEW(struct core);

	core->config = *config;
	core->config.box = alloc_text(config->box);
	core->config.keys_dir = alloc_text(config->keys_dir);
	core->env = *env;
	core->store = store;
	core->since = clock_wall_ms(env->clock);
	LIST_INIT(&core->fixtures);
	core->events = events_new();
	core->guesses = guesses_new();
	core->refusals =
		rates_new(CORE_REFUSALS_BURST, CORE_REFUSALS_INTERVAL_MS);
	core->armings = rates_new(CORE_ARMINGS_BURST, CORE_ARMINGS_INTERVAL_MS);
	core->signons = signons_new(core);
	core->strays = strays_new(core);
	core->books = books_new();
	core->authorizations = authorizations_new(core);
	core->tokens = tokens_new(core);
	core->operations = operations_new();
	core->passwords = passwords_new(core);
	core->cans = cans_new();
	core->releases = releases_new();
	core->drafts = drafts_new(core);
	core->reports = json_make();
	core->prune_timer = timer_new(core->env.timers, core_prune, core);
	return core;
}

void core_settle(struct core *core)
{
	core->stopping = true;
	passwords_settle(core->passwords);
	drafts_settle(core->drafts);
	tokens_settle(core);
	signons_settle(core);
	strays_settle(core);
	timer_stop(core->prune_timer);
}

struct core *core_free(struct core *core)
{
	if (!core)
		return NULL;
	passwords_free(core->passwords);
	cans_free(core->cans);
	while (!LIST_EMPTY(&core->fixtures))
		core_remove_device(core, LIST_FIRST(&core->fixtures)->device);
	authorizations_free(core->authorizations);
	tokens_free(core->tokens);
	operations_free(core->operations);
	releases_free(core->releases);
	drafts_free(core->drafts); /* of what waited for a consent */
	signons_free(core->signons);
	strays_free(core->strays);
	books_free(core->books);
	rates_free(core->armings);
	rates_free(core->refusals);
	guesses_free(core->guesses);
	events_free(core->events);
	policy_unref(core->policy);
	json_decref(core->reports);
	timer_free(core->stop_timer);
	timer_free(core->prune_timer);
	free((char *)(uintptr_t)core->config.box);
	free((char *)(uintptr_t)core->config.keys_dir);
	free(core);
	return NULL;
}

/* --- devices --- */

static struct fixture *core_fixture_of(struct core *core,
				       const struct device *device)
{
	struct fixture *fixture;

	LIST_FOREACH(fixture, &core->fixtures, entry)
	if (fixture->device == device)
		return fixture;
	return NULL;
}

static void core_device_changed(void *arg, struct device *device)
{
	struct core *core = arg;
	struct fixture *fixture = core_fixture_of(core, device);

	if (!fixture)
		return;
	if (fixture->reader)
		reader_changed(core, fixture);
	for (size_t i = 0; i < fixture->tills_count; i++)
		events_publish(core, "device", fixture->tills[i],
			       json_put(json_make(), "device",
					core_describe_device(core, fixture)));
	if (fixture->prompt)
		prompt_device_changed(fixture->prompt);
	if (fixture->witness)
		witness_device_changed(core, fixture);
	release_device_changed(core, fixture);
}

static void core_device_status(void *arg, struct device *device,
			       const json_t *before, const json_t *now)
{
	struct fixture *fixture = core_fixture_of(arg, device);

	if (fixture && fixture->witness)
		witness_status(arg, fixture, before, now);
}

static void core_device_swipe(void *arg, struct device *device,
			      const char *badge_id, bool proven)
{
	struct fixture *fixture = core_fixture_of(arg, device);

	if (fixture && fixture->reader)
		reader_swipe(arg, fixture, badge_id, proven);
}

static void core_device_turned_away(void *arg, struct device *device,
				    const char *why)
{
	struct fixture *fixture = core_fixture_of(arg, device);

	if (fixture && fixture->reader)
		reader_turn_away(arg, fixture, why);
}

static void core_device_traced(void *arg, struct device *device)
{
	struct fixture *fixture = core_fixture_of(arg, device);

	if (fixture)
		wiretap_note(fixture->wiretap);
}

struct device_listener core_listener(struct core *core)
{
	return (struct device_listener){
		.changed = core_device_changed,
		.status = core_device_status,
		.swipe = core_device_swipe,
		.turned_away = core_device_turned_away,
		.traced = core_device_traced,
		.arg = core,
	};
}

void core_add_device(struct core *core, struct device *device,
		     const char *const *tills, size_t tills_count)
{
	enum device_class class = device_driver(device)->class;
	struct fixture *fixture = ALLOC_NEW(struct fixture), *last = NULL;

	fixture->device = device;
	fixture->tills = alloc_zero(tills_count, sizeof(*fixture->tills));
	fixture->tills_count = tills_count;
	for (size_t i = 0; i < tills_count; i++)
		fixture->tills[i] = alloc_text(tills[i]);
	if (class == DEVICE_READER)
		fixture->reader = reader_new(core, fixture);
	if (class == DEVICE_DISPLAY)
		fixture->prompt = prompt_new(core, fixture);
	fixture->wiretap = wiretap_new(core, fixture);
	if (witness_sees(class))
		fixture->witness = witness_new(core, fixture);
	/* In the order of the configuration: the first of a class is used. */
	LIST_FOREACH(last, &core->fixtures, entry)
	if (!LIST_NEXT(last, entry))
		break;
	if (last)
		LIST_INSERT_AFTER(last, fixture, entry);
	else
		LIST_INSERT_HEAD(&core->fixtures, fixture, entry);
	operations_adopt(core, device);
	release_adopt(core, fixture);
}

void core_remove_device(struct core *core, struct device *device)
{
	struct fixture *fixture = core_fixture_of(core, device);

	if (!fixture)
		return;
	LIST_REMOVE(fixture, entry);
	wiretap_free(fixture->wiretap);
	reader_free(fixture->reader);
	prompt_free(fixture->prompt);
	witness_free(fixture->witness);
	for (size_t i = 0; i < fixture->tills_count; i++)
		free(fixture->tills[i]);
	free(fixture->tills);
	free(fixture);
}

size_t core_till_place(const struct fixture *fixture, const char *till)
{
	size_t place = 0;

	while (place < fixture->tills_count &&
	       strcmp(fixture->tills[place], till) != 0)
		place++;
	return place;
}

struct fixture *core_fixture(struct core *core, const char *till,
			     enum device_class class)
{
	struct fixture *fixture;

	LIST_FOREACH(fixture, &core->fixtures, entry)
	if (device_driver(fixture->device)->class == class &&
	    core_till_place(fixture, till) < fixture->tills_count)
		return fixture;
	return NULL;
}

struct fixture *core_drawer(struct core *core, const char *till)
{
	struct fixture *drawer = core_fixture(core, till, DEVICE_DRAWER);
	struct fixture *printer = core_fixture(core, till, DEVICE_PRINTER);

	if (!drawer && printer && device_can(printer->device, OP_DRAWER_OPEN))
		return printer;
	return drawer;
}

struct fixture *core_fixture_named(struct core *core, const char *name)
{
	struct fixture *fixture;

	LIST_FOREACH(fixture, &core->fixtures, entry)
	if (!strcmp(device_name(fixture->device), name))
		return fixture;
	return NULL;
}

/* --- who is asking --- */

const struct policy_till *core_till(struct core *core, const struct peer *peer,
				    const char *id)
{
	const struct policy_till *till =
		core->policy && id ? policy_till(core->policy, id) : NULL;

	if (!till)
		return NULL;
	return core_is_owner(core, peer) ||
			       policy_admits(till, peer->uid, peer->gids,
					     peer->gids_count)
		       ? till
		       : NULL;
}

bool core_badge_stands(const struct core *core, const char *handle)
{
	const struct policy_badge *badge =
		policy_badge_by_handle(core->policy, handle);

	if (!*handle)
		return true;
	return badge && badge->active &&
	       (!badge->until_ms || core_wall(core) < badge->until_ms);
}

bool core_is_owner(const struct core *core, const struct peer *peer)
{
	return peer->uid == 0 || peer->uid == core->config.own_uid;
}

bool core_is_technician(const struct core *core, const struct peer *peer)
{
	if (core_is_owner(core, peer))
		return true;
	if (core->config.technicians == (gid_t)-1)
		return false;
	for (size_t i = 0; i < peer->gids_count; i++)
		if (peer->gids[i] == core->config.technicians)
			return true;
	return false;
}

bool core_knows(const struct core *core, const struct peer *peer)
{
	if (core_is_technician(core, peer))
		return true;
	for (size_t i = 0; core->policy && i < policy_tills(core->policy); i++)
		if (policy_admits(policy_till_at(core->policy, i), peer->uid,
				  peer->gids, peer->gids_count))
			return true;
	return false;
}

bool core_is_open(struct core *core, struct caller *caller, bool moves)
{
	enum problem why = PROBLEMS;

	if (store_is_new(core->store) || !core->policy)
		why = PROBLEM_NOT_SET_UP;
	else if (moves && core->stopping)
		why = PROBLEM_STOPPING;
	else if (moves && store_is_rolled_back(core->store))
		why = PROBLEM_ROLLED_BACK;
	if (why == PROBLEMS)
		return true;
	caller_refuse(caller, why, NULL);
	return false;
}

json_t *core_fault(const char *field, const char *detail)
{
	json_t *extra = json_put_text(json_make(), "field", field);

	return json_put_text(extra, "detail", detail);
}

json_t *core_missing(const char *what, const char *id)
{
	bool card = card_is_in(id);
	json_t *detail = message_new(card ? N_("There is no such %1$s here.")
					  : N_("There is no %1$s %2$s here."),
				     NULL);

	message_add(detail, message_new(what, NULL));
	message_add(detail, card ? NULL : json_string(id));
	return message_put(json_make(), "detail", detail);
}

void core_refuse_missing(struct caller *caller, const char *what,
			 const char *id)
{
	caller_refuse(caller, PROBLEM_NOT_FOUND, core_missing(what, id));
}

int64_t core_archived(const struct core *core)
{
	CLEANUP_JSON json_t *head = store_describe(core->store);

	return json_int(head, "archived_seq", 0);
}

enum problem core_disk_problem(int error)
{
	switch (error) {
	case STORE_E_FULL:
		return PROBLEM_DISK_FULL;
	case STORE_E_SPENT:
		return PROBLEM_AUTHORIZATION_SPENT;
	case STORE_E_CONFLICT:
	case STORE_E_OVERFLOW:
	case STORE_E_NOT_FOUND:
		return PROBLEM_CHANGED_MEANWHILE;
	default:
		return PROBLEM_DISK_FAILED;
	}
}

void core_refuse_disk(struct caller *caller, int error)
{
	json_t *extra = json_put_text(json_make(), "detail",
				      error > 0 ? store_error_text(error)
						: strerror(-error));

	caller_refuse(caller, core_disk_problem(error), extra);
}

/* --- starting and stopping --- */

void core_change_policy(struct core *core, struct policy *policy,
			const char *keep)
{
	struct policy *before = core->policy;

	core->policy = policy;
	cans_forget(core);
	if (before)
		signons_end_changed(core, before, keep);
	signons_sweep(core);
	authorizations_sweep(core);
	tokens_sweep(core);
	drafts_let_go(core, before, NULL);
}

void core_set_policy(struct core *core, struct policy *policy)
{
	core_change_policy(core, policy, NULL);
}

static void core_resume(void *arg, const struct operation_row *row)
{
	operation_resume(arg, row);
}

/* What its device did last, for technicians who look after a restart. */
static void core_remember(void *arg, const struct operation_row *row)
{
	const struct fixture *fixture = core_fixture_named(arg, row->device);
	enum reason reason = REASON_NONE;
	struct op op = { 0 };

	if (!fixture || !op_from_json(row->op, &op))
		return;
	if (*row->reason)
		reason_from_name(row->reason, &reason);
	device_remember(fixture->device, op.kind, row->outcome, reason,
			row->ended_ms);
	op_clear(&op);
}

static void core_hold(void *arg, const struct operation_row *row)
{
	core_remember(arg, row);
	operation_hold(arg, row);
}

int core_start(struct core *core)
{
	struct record *record;
	int64_t wall_mark;
	json_t *entry;
	int r;

	timer_set(core->prune_timer, CORE_PRUNE_MS);
	if (store_is_new(core->store))
		return 0;
	r = store_policy(core->store, &core->policy);
	if (!r)
		r = store_guesses(core->store, guesses_load, core);
	if (!r)
		r = store_signons(core->store, signons_load, core);
	if (!r)
		r = store_books(core->store, books_load, core);
	if (!r)
		r = store_tried(core->store, books_load_tried, core);
	if (!r)
		r = store_tokens(core->store, tokens_load, core);
	if (!r)
		r = store_wall_mark(core->store, &wall_mark);
	if (!r)
		r = store_reports_seen(core->store, witness_load, core);
	if (!r)
		r = store_releases(core->store, release_load, core);
	if (!r)
		r = store_unknown_operations(core->store, core_hold, core);
	if (!r)
		r = store_open_operations(core->store, core_resume, core);
	if (r)
		return r;
	store_last_operations(core->store, CORE_LAST_OPERATIONS, core_remember,
			      core);
	tokens_start(core, wall_mark);
	signons_sweep(core);
	guesses_purge(core);
	entry = record_note(core, &record, "start", NULL);
	json_put_text(entry, "version", PACKAGE_VERSION);
	record_commit(record, NULL, NULL);
	return 0;
}

static void core_stop_due(void *arg)
{
	struct core *core = arg;
	void (*stopped)(void *) = core->stopped;

	core->stopped = NULL;
	if (stopped)
		stopped(core->stopped_arg);
}

void core_check_stopped(struct core *core)
{
	if (core->stopped && !operations_moving(core) && !prompts_writing(core))
		timer_set(core->stop_timer, 0);
}

/* What waits for its turn at a device is not begun any more. (Displays are
 * still to be cleared of questions.) */
static void core_stop_devices(struct core *core)
{
	struct fixture *fixture;

	LIST_FOREACH(fixture, &core->fixtures, entry)
	{
		wiretap_stop(fixture->wiretap);
		if (!fixture->prompt)
			device_fail_queued(fixture->device, REASON_STOPPING);
	}
}

void core_stop(struct core *core, void (*stopped)(void *arg), void *arg)
{
	core->stopping = true;
	core->stopped = stopped;
	core->stopped_arg = arg;
	if (!core->stop_timer)
		core->stop_timer =
			timer_new(core->env.timers, core_stop_due, core);
	core_stop_devices(core);
	readers_stop(core); /* no question is left on a display */
	authorizations_stop(core);
	core_check_stopped(core);
}
