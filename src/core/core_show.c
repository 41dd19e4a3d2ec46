/* SPDX-License-Identifier: Apache-2.0 */
/* What apps and technicians can look at: the box, its tills and devices. */
#include "core/book.h"
#include "core/core_private.h"
#include "core/journal_access.h"
#include "core/prompt.h"
#include "core/release.h"
#include "core/signon.h"
#include "util/json.h"

#include <string.h>

/* What an operator may not view does not exist for them. */
static bool core_is_viewed(struct core *core, const struct caller *caller,
			   const struct policy_till *till)
{
	const struct signon *signon;
	const struct policy_operator *who =
		signon_operator(core, caller, NULL, &signon);

	return !who || policy_may_view(core->policy, who, till);
}

const struct policy_till *
core_viewed_till(struct core *core, const struct caller *caller, const char *id)
{
	const struct policy_till *till = core_till(core, &caller->peer, id);

	return till && core_is_viewed(core, caller, till) ? till : NULL;
}

static bool core_has_policy(const struct core *core)
{
	return core->policy != NULL;
}

/* Whether what happens can be recorded; if not, nothing may be done. */
static json_t *core_describe_storage(struct core *core)
{
	int health = store_health(core->store);
	enum problem why = health && health != STORE_E_FULL
				   ? PROBLEM_DISK_FAILED
				   : PROBLEM_DISK_FULL;
	json_t *storage = json_make();

	if (!health && store_has_room(core->store))
		return json_put_text(storage, "state", "good");
	json_put_text(storage, "state",
		      why == PROBLEM_DISK_FULL ? "full" : "failed");
	json_put_text(storage, "detail", problem_sentence(why));
	return json_put_text(storage, "advice", problem_advice(why));
}

/* Its hash would let those who know all of the newest entry but its sums find
 * these out by trying. */
static json_t *core_describe_journal(struct core *core,
				     const struct caller *caller)
{
	json_t *journal = store_describe(core->store);

	if (journal_access_problem(core, &caller->peer, caller->token) !=
	    PROBLEMS)
		json_object_del(journal, "hash");
	return journal;
}

void core_describe(struct core *core, struct caller *caller)
{
	json_t *body = json_make(), *tills = json_array();
	size_t count = core_has_policy(core) ? policy_tills(core->policy) : 0;

	for (size_t i = 0; i < count; i++) {
		const struct policy_till *till =
			policy_till_at(core->policy, i);
		json_t *item;

		if (!core_viewed_till(core, caller, till->id))
			continue;
		item = json_put_text(json_make(), "id", till->id);
		json_array_append_new(tills,
				      json_put_text(item, "name", till->name));
	}
	json_put_text(body, "name", "tilld");
	json_put_text(body, "version", PACKAGE_VERSION);
	json_put_text(body, "box", core->config.box);
	json_put_bool(body, "set_up", !store_is_new(core->store));
	json_put_bool(body, "rolled_back", store_is_rolled_back(core->store));
	json_put(body, "storage", core_describe_storage(core));
	json_put_int(body, "uid", caller->peer.uid);
	json_put_bool(body, "technician",
		      core_is_technician(core, &caller->peer));
	json_put(body, "tills", tills);
	json_put(body, "journal", core_describe_journal(core, caller));
	caller_answer(caller, 200, body);
}

/* A device's status with its age: what is not fresh says so. */
static json_t *core_status(struct core *core, struct device *device)
{
	int64_t as_of;
	const json_t *status = device_status(device, &as_of);
	json_t *body = status ? json_deep_copy(status) : json_make();
	enum device_class class = device_driver(device)->class;
	enum device_state state = device_state(device);
	bool there = state == DEVICE_READY || state == DEVICE_BUSY;
	char text[CLOCK_TEXT_SIZE];

	json_put_text(body, "device", device_name(device));
	json_put_text(body, "device_state", device_state_name(state));
	/* Displays and readers tell nothing of themselves, ever. */
	if (status || class == DEVICE_DRAWER || class == DEVICE_PRINTER)
		json_put_bool(body, "stale", !status || !there);
	if (status) {
		clock_format(core_wall(core) - (core_now(core) - as_of), text);
		json_put_text(body, "as_of", text);
	}
	return body;
}

static json_t *core_till_body(struct core *core, const struct policy_till *till)
{
	json_t *body = json_make(), *devices = json_make();

	for (enum device_class class = 0; class < DEVICE_CLASSES; class ++) {
		struct fixture *fixture = core_fixture(core, till->id, class);

		if (fixture)
			json_put(devices, device_class_name(class),
				 core_status(core, fixture->device));
	}
	json_put_text(body, "id", till->id);
	json_put_text(body, "name", till->name);
	json_put_text(body, "currency", till->currency);
	json_put_text(body, "prompt", prompt_name(core, till->id));
	json_put(body, "session",
		 book_describe_session(core,
				       &book_of(core, till->id)->session));
	return json_put(body, "devices", devices);
}

void core_list_tills(struct core *core, struct caller *caller)
{
	json_t *tills = json_array();

	if (!core_is_open(core, caller, false)) {
		json_decref(tills);
		return;
	}
	for (size_t i = 0; i < policy_tills(core->policy); i++) {
		const struct policy_till *till = core_viewed_till(
			core, caller, policy_till_at(core->policy, i)->id);

		if (till)
			json_array_append_new(tills,
					      core_till_body(core, till));
	}
	caller_answer(caller, 200, json_put(json_make(), "tills", tills));
}

void core_show_till(struct core *core, struct caller *caller, const char *id)
{
	const struct policy_till *till;

	if (!core_is_open(core, caller, false))
		return;
	till = core_viewed_till(core, caller, id);
	if (till)
		caller_answer(caller, 200, core_till_body(core, till));
	else
		core_refuse_missing(caller, "till", id);
}

/* Of a drawer that hangs on a printer nothing is known but that it does. */
static json_t *core_drawer_body(struct core *core, struct device *device)
{
	static const char *const others[] = { "cover", "busy", "memory",
					      "daily_reports" };
	json_t *body = core_status(core, device);

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		json_object_del(body, others[i]);
	if (!json_text(body, "drawer"))
		json_put_text(body, "drawer", "unknown");
	return body;
}

void core_show_drawer(struct core *core, struct caller *caller, const char *id)
{
	struct fixture *fixture;

	if (!core_is_open(core, caller, false))
		return;
	if (!core_viewed_till(core, caller, id)) {
		core_refuse_missing(caller, "till", id);
		return;
	}
	fixture = core_drawer(core, id);
	if (fixture)
		caller_answer(caller, 200,
			      core_drawer_body(core, fixture->device));
	else
		caller_refuse(caller, PROBLEM_NO_SUCH_DEVICE, NULL);
}

static bool core_knows_till(const struct core *core, const char *id)
{
	return core->policy && policy_till(core->policy, id);
}

/* Technicians see those of all tills, apps of those that they act for; whoever
 * is signed on no more than they may view. */
static bool core_sees_till(struct core *core, const struct caller *caller,
			   const char *id)
{
	const struct policy_till *till =
		core->policy ? policy_till(core->policy, id) : NULL;

	return till && core_is_viewed(core, caller, till) &&
	       (core_is_technician(core, &caller->peer) ||
		core_till(core, &caller->peer, id));
}

/* One that no till of the policy has is there for technicians to see. */
bool core_sees_device(struct core *core, const struct caller *caller,
		      const struct fixture *fixture)
{
	bool known = false;

	for (size_t i = 0; i < fixture->tills_count; i++) {
		if (core_sees_till(core, caller, fixture->tills[i]))
			return true;
		known = known || core_knows_till(core, fixture->tills[i]);
	}
	return !known && core_is_technician(core, &caller->peer);
}

json_t *core_describe_device(struct core *core, const struct fixture *fixture)
{
	json_t *body = device_describe(fixture->device);

	return json_put(body, "released",
			release_describe(core, fixture->device));
}

static json_t *core_device_body(struct core *core, const struct caller *caller,
				const struct fixture *fixture)
{
	json_t *body = core_describe_device(core, fixture);
	json_t *tills = json_array();
	bool all = core_is_technician(core, &caller->peer);

	for (size_t i = 0; i < fixture->tills_count; i++)
		if (core_sees_till(core, caller, fixture->tills[i]) ||
		    (all && !core_knows_till(core, fixture->tills[i])))
			json_array_append_new(tills,
					      json_string(fixture->tills[i]));
	return json_put(body, "tills", tills);
}

void core_list_devices(struct core *core, struct caller *caller)
{
	json_t *devices = json_array();
	struct fixture *fixture;

	LIST_FOREACH(fixture, &core->fixtures, entry)
	if (core_sees_device(core, caller, fixture))
		json_array_append_new(devices,
				      core_device_body(core, caller, fixture));
	caller_answer(caller, 200, json_put(json_make(), "devices", devices));
}

void core_show_device(struct core *core, struct caller *caller,
		      const char *name)
{
	struct fixture *fixture = core_fixture_named(core, name);

	if (fixture && core_sees_device(core, caller, fixture))
		caller_answer(caller, 200,
			      core_device_body(core, caller, fixture));
	else
		core_refuse_missing(caller, "device", name);
}
