/* SPDX-License-Identifier: Apache-2.0 */
#include "core/status.h"

#include "core/authorization_private.h"
#include "core/book.h"
#include "core/core_private.h"
#include "core/operation_private.h"
#include "core/release.h"
#include "core/signon_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/message.h"

#include <string.h>

/* --- what is wrong --- */

/* Something does not work, or will soon not, or wants a person. */
#define STATUS_CRITICAL "critical"
#define STATUS_WARNING	"warning"

static void status_complain(json_t *troubles, const char *level,
			    const char *about, const char *sentence,
			    const char *advice)
{
	json_t *trouble = json_make();

	json_put_text(trouble, "level", level);
	json_put_text(trouble, "about", about);
	json_put_text(trouble, "sentence", sentence);
	json_put_text(trouble, "advice", advice);
	json_array_append_new(troubles, trouble);
}

static void status_complain_message(json_t *troubles, const char *about,
				    json_t *message, const char *advice)
{
	CLEANUP_FREE char *text = message_text(MESSAGE_ENGLISH, message);
	size_t last = json_array_size(troubles);

	status_complain(troubles, STATUS_WARNING, about, text, advice);
	message_put(json_array_get(troubles, last), "sentence",
		    json_incref(message));
}

static void status_complain_problem(json_t *troubles, const char *about,
				    enum problem problem)
{
	status_complain(troubles, STATUS_CRITICAL, about,
			problem_sentence(problem), problem_advice(problem));
}

static void status_judge_box(struct core *core, json_t *troubles)
{
	int health = store_health(core->store);

	if (store_is_new(core->store) || !core->policy)
		status_complain(
			troubles, STATUS_CRITICAL, "box",
			problem_sentence(PROBLEM_NOT_SET_UP),
			N_("As root: tillctl setup --login L --name N"));
	if (store_is_rolled_back(core->store))
		status_complain_problem(troubles, "journal",
					PROBLEM_ROLLED_BACK);
	if (health && health != STORE_E_FULL)
		status_complain_problem(troubles, "disk", PROBLEM_DISK_FAILED);
	else if (health || !store_has_room(core->store))
		status_complain_problem(troubles, "disk", PROBLEM_DISK_FULL);
	if (core->stopping)
		status_complain_problem(troubles, "box", PROBLEM_STOPPING);
}

static bool status_tells(const struct device *device, const char *what,
			 const char *how)
{
	const char *told = json_text(device_status(device, NULL), what);

	return told && !strcmp(told, how);
}

static void status_judge_device(struct core *core, const struct device *device,
				json_t *troubles)
{
	CLEANUP_JSON json_t *released = release_sentence(core, device);
	const char *name = device_name(device);
	enum reason reason = device_reason(device);
	enum reason trouble = device_trouble(device, OP_KINDS);
	CLEANUP_JSON json_t *told = device_describe(device);
	const json_t *counts = json_object_get(told, "statistics");

	if (released) /* somebody wants it so */
		status_complain_message(troubles, name, released,
					reason_advice(REASON_RELEASED));
	else if (reason != REASON_NONE)
		status_complain(troubles, STATUS_CRITICAL, name,
				reason_sentence(reason), reason_advice(reason));
	else if (trouble != REASON_NONE)
		status_complain(troubles, STATUS_CRITICAL, name,
				reason_sentence(trouble),
				reason_advice(trouble));
	else if (status_tells(device, "paper", "low"))
		status_complain(troubles, STATUS_WARNING, name,
				N_("Its paper is nearly used up."),
				N_("Put a new roll in before it runs out."));
	if (json_int(counts, "driver_bugs", 0))
		status_complain(
			troubles, STATUS_WARNING, name,
			N_("Its driver has done what no driver may do."),
			N_("Report it with the log: it is a bug."));
}

/* --- its parts --- */

static size_t status_count_signons(const struct core *core, const char *till)
{
	const struct signon *signon;
	size_t count = 0;

	LIST_FOREACH(signon, &core->signons->list, entry)
	count += !strcmp(signon->row.till, till) && !signon->over;
	return count;
}

static json_t *status_tills(struct core *core)
{
	size_t count = core->policy ? policy_tills(core->policy) : 0;
	json_t *tills = json_array();

	for (size_t i = 0; i < count; i++) {
		const struct policy_till *till =
			policy_till_at(core->policy, i);
		const struct book *book = book_of(core, till->id);
		json_t *item = json_make();

		json_put_text(item, "id", till->id);
		json_put_text(item, "name", till->name);
		if (book_has_session(book))
			json_put(item, "session",
				 book_describe_session(core, &book->session));
		json_put_int(item, "sign_ons",
			     (int64_t)status_count_signons(core, till->id));
		json_array_append_new(tills, item);
	}
	return tills;
}

static json_t *status_devices(struct core *core, json_t *troubles)
{
	json_t *devices = json_array();
	struct fixture *fixture;

	LIST_FOREACH(fixture, &core->fixtures, entry)
	{
		json_t *body = core_describe_device(core, fixture);
		json_t *tills = json_array();

		for (size_t i = 0; i < fixture->tills_count; i++)
			json_array_append_new(tills,
					      json_string(fixture->tills[i]));
		json_array_append_new(devices, json_put(body, "tills", tills));
		status_judge_device(core, fixture->device, troubles);
	}
	return devices;
}

struct status_operations {
	json_t *list;
	json_t *troubles;
};

static void status_add_operation(void *arg, const struct operation_row *row,
				 bool unknown)
{
	struct status_operations *to = arg;
	json_t *item = json_make();
	char at[CLOCK_TEXT_SIZE];

	json_put_text(item, "id", row->id);
	json_put_text(item, "till", row->till);
	json_put_text(item, "device", *row->device ? row->device : NULL);
	json_put_text(item, "state", unknown ? "unknown" : "open");
	if (!unknown) {
		clock_format(row->created_ms, at);
		json_put_text(item, "action", row->action);
		json_put_text(item, "created_at", at);
	}
	json_array_append_new(to->list, item);
	if (unknown)
		status_complain(
			to->troubles, STATUS_WARNING, row->id,
			N_("Nobody knows what became of an operation."),
			N_("Find out by looking, then: tillctl settle."));
}

static json_t *status_authorizations(struct core *core)
{
	const struct authorization *authorization;
	json_t *list = json_array();

	AUTHORIZATION_FOREACH(core, authorization)
	{
		json_t *item;

		if (authorization->state != CONSENT_PENDING)
			continue;
		item = json_make();
		json_put_text(item, "id", authorization->id);
		json_put_text(item, "till", authorization->till);
		json_put_text(item, "action", authorization->action);
		message_put(item, "sentence",
			    json_incref(authorization->question));
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *status_journal(struct core *core)
{
	json_t *journal = store_describe(core->store);

	json_object_del(journal, "hash"); /* as core_describe() has it */
	return journal;
}

static json_t *status_disk(struct core *core)
{
	struct store_pace pace = store_pace(core->store);
	int64_t room = store_room(core->store);
	json_t *disk = json_make();

	if (room >= 0)
		json_put_int(disk, "free", room);
	if (!pace.commits)
		return disk;
	json_put_int(disk, "commit_last", pace.last);
	json_put_int(disk, "commit_mean", pace.all / pace.commits);
	return json_put_int(disk, "commit_most", pace.most);
}

void status_show(struct core *core, struct caller *caller)
{
	json_t *body, *troubles = json_array();
	struct status_operations operations = { .list = json_array(),
						.troubles = troubles };
	char since[CLOCK_TEXT_SIZE];

	if (!core_is_technician(core, &caller->peer)) {
		json_decref(troubles);
		json_decref(operations.list);
		caller_refuse(caller, PROBLEM_TECHNICIANS_ONLY, NULL);
		return;
	}
	status_judge_box(core, troubles);
	clock_format(core->since, since);
	body = json_make();
	json_put_text(body, "version", PACKAGE_VERSION);
	json_put_text(body, "box", core->config.box);
	json_put_text(body, "since", since);
	json_put(body, "tills", status_tills(core));
	json_put(body, "devices", status_devices(core, troubles));
	operations_each(core, status_add_operation, &operations);
	json_put(body, "operations", operations.list);
	json_put(body, "authorizations", status_authorizations(core));
	json_put(body, "journal", status_journal(core));
	json_put(body, "disk", status_disk(core));
	caller_answer(caller, 200, json_put(body, "troubles", troubles));
}
