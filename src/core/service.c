/* SPDX-License-Identifier: Apache-2.0 */
#include "core/service.h"

#include "core/action_private.h"
#include "core/operation.h"
#include "core/prompt.h"
#include "core/reader.h"
#include "core/release.h"
#include "policy/policy.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/text.h"

#include <string.h>

#define SERVICE_ACTION "device.service"
#define SERVICE_SEEN   "seen" /* what a technician saw, in its parameters */

static const struct service_task {
	const char *name;
	enum op_kind kind;
} service_tasks[] = {
	{ "internal-test", OP_TEST_INTERNAL },
	{ "external-test", OP_TEST_EXTERNAL },
	{ "interactive-test", OP_TEST_INTERACTIVE },
	{ "scan", OP_TEST_SCAN },
	{ "status", OP_TERMINAL_STATUS },
	{ "diagnosis", OP_TERMINAL_DIAGNOSIS },
	{ "initialise", OP_TERMINAL_INITIALISE },
	{ "log-off", OP_TERMINAL_LOG_OFF },
};

#define SERVICE_TASKS (sizeof(service_tasks) / sizeof(service_tasks[0]))

static enum op_kind service_kind(const char *task)
{
	size_t i = 0;

	while (i + 1 < SERVICE_TASKS && strcmp(service_tasks[i].name, task))
		i++;
	return service_tasks[i].kind;
}

/* What a class of devices has for it that is not called a test. */
static enum op_kind service_kind_at(const struct device *device,
				    enum op_kind kind)
{
	enum device_class class = device_driver(device)->class;

	if (kind == OP_TEST_EXTERNAL && class == DEVICE_TERMINAL)
		return OP_TERMINAL_DIAGNOSIS;
	if (kind == OP_TEST_EXTERNAL && class == DEVICE_PRINTER)
		return OP_PRINT_TEXT;
	return kind;
}

static bool service_only_looks(enum op_kind kind)
{
	return kind == OP_TERMINAL_STATUS || kind == OP_TEST_INTERNAL;
}

/* A test is not to be in the way of somebody who is asked, or is to show a
 * badge: it would take the one, or show something else. Nor is a reader tried
 * by two at once, or a device looked for that is at something. */
static bool service_would_disturb(const struct fixture *fixture,
				  enum op_kind kind)
{
	if (kind == OP_TEST_SCAN)
		return device_load(fixture->device) > 0;
	if (kind == OP_TEST_EXTERNAL)
		return fixture->prompt && prompt_is_asking(fixture->prompt);
	return kind == OP_TEST_INTERACTIVE && fixture->reader &&
	       (reader_is_armed(fixture->reader) ||
		device_load(fixture->device) > 0);
}

/* An extra, new; NULL where there is no more to say. */
static json_t *service_why_not(enum op_kind kind)
{
	if (kind != OP_TEST_SCAN)
		return NULL;
	return json_put_text(json_make(), "detail",
			     "It has no line with a speed, or answers nothing "
			     "that does nothing: compare its settings with the "
			     "configuration.");
}

/* PROBLEMS if it could begin now. While an outcome is being found out only a
 * look is taken. */
static enum problem service_problem(struct core *core,
				    const struct fixture *fixture,
				    enum op_kind kind, json_t **out_extra)
{
	struct device *device = fixture->device;
	enum device_state state = device_state(device);
	enum problem why = release_problem(core, device, out_extra);

	if (why != PROBLEMS)
		return why;
	if (!device_can(device, kind)) {
		*out_extra = service_why_not(kind);
		return PROBLEM_NOT_SUPPORTED;
	}
	if (!service_only_looks(kind) && operation_holds(core, device, NULL))
		return PROBLEM_OUTCOME_OPEN;
	if (state != DEVICE_READY && state != DEVICE_BUSY &&
	    kind != OP_TEST_SCAN)
		return PROBLEM_DEVICE_NOT_READY;
	if (service_would_disturb(fixture, kind) ||
	    device_load(device) >= DEVICE_QUEUE_MAX)
		return PROBLEM_DEVICE_BUSY;
	return store_has_room(core->store) ? PROBLEMS : PROBLEM_DISK_FULL;
}

static json_t *service_extra(struct device *device)
{
	enum reason reason = device_reason(device);
	json_t *extra = json_make();

	json_put_text(extra, "device", device_name(device));
	if (reason == REASON_NONE)
		return extra;
	json_put_text(extra, "reason", reason_name(reason));
	json_put_text(extra, "detail", reason_sentence(reason));
	return json_put_text(extra, "advice", reason_advice(reason));
}

static void service_fill_row(struct core *core, const struct caller *caller,
			     const struct fixture *fixture, const struct op *op,
			     struct operation_row *row)
{
	*row = (struct operation_row){ .uid = caller->peer.uid };
	text_copy(row->till, sizeof(row->till),
		  fixture->tills_count ? fixture->tills[0] : POLICY_BOX);
	random_id(core->env.random, row->key); /* each time is another */
	text_copy(row->action, sizeof(row->action), SERVICE_ACTION);
	text_copy(row->device, sizeof(row->device),
		  device_name(fixture->device));
	row->op = op_to_json(op);
}

bool service_is_action(const char *name)
{
	return !strcmp(name, SERVICE_ACTION);
}

/* On the displays of its tills, but not on itself; NULL: no more. */
static void service_tell(struct core *core, const char *device,
			 const char *text)
{
	const struct fixture *fixture = core_fixture_named(core, device);

	if (!fixture || fixture->prompt)
		return;
	for (size_t i = 0; i < fixture->tills_count; i++)
		prompt_tell_meanwhile(core, fixture->tills[i], text);
}

void service_began(struct core *core, const char *device)
{
	CLEANUP_FREE char *text = alloc_format("Service: %s", device);

	service_tell(core, device, text);
}

void service_ended(struct core *core, const char *device)
{
	service_tell(core, device, NULL);
}

/* Of letters, digits and signs, and no wider than the narrowest paper. */
static void service_fill_page(struct op *op)
{
	static const char *const lines[] = {
		"Test page",
		"--------------------",
		"ABCDEFGHIJKLMNOPQRST",
		"UVWXYZ 0123456789",
		"abcdefghijklmnopqrst",
		"uvwxyz .,:;-+/()",
		"--------------------",
		"Nothing was sold.",
	};

	op->print.lines = json_array();
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		json_array_append_new(op->print.lines, json_string(lines[i]));
}

static void service_go(struct core *core, struct caller *caller,
		       const struct fixture *fixture, const char *seen,
		       enum op_kind kind)
{
	const struct operation_grounds grounds = { 0 };
	struct op op = { .kind = kind };
	struct operation_row row;

	if (kind == OP_PRINT_TEXT)
		service_fill_page(&op);
	service_fill_row(core, caller, fixture, &op, &row);
	json_put_text(row.op, SERVICE_SEEN, seen);
	operation_begin(core, caller, &row, &op, &grounds);
	json_decref(row.op);
	op_clear(&op);
}

enum problem service_access(const struct core *core, const struct peer *peer)
{
	return core_is_technician(core, peer) ? PROBLEMS
					      : PROBLEM_TECHNICIANS_ONLY;
}

void service_begin(struct core *core, struct caller *caller, const char *device,
		   const json_t *body)
{
	struct fixture *fixture = core_fixture_named(core, device);
	const char *seen = json_text(body, SERVICE_SEEN);
	enum op_kind kind = service_kind(json_text(body, "task"));
	json_t *extra = NULL;
	enum problem why;

	if (!core_is_open(core, caller, true))
		return;
	why = service_access(core, &caller->peer);
	if (why != PROBLEMS) {
		caller_refuse(caller, why, NULL);
		return;
	}
	if (!fixture) {
		core_refuse_missing(caller, "device", device);
		return;
	}
	kind = service_kind_at(fixture->device, kind);
	if (seen && (kind != OP_TEST_INTERNAL || !fixture->witness)) {
		caller_refuse(caller, PROBLEM_BAD_BODY,
			      core_fault(SERVICE_SEEN,
					 "only of a drawer's internal test"));
		return;
	}
	why = service_problem(core, fixture, kind, &extra);
	if (why == PROBLEMS)
		service_go(core, caller, fixture, seen, kind);
	else
		caller_refuse(caller, why,
			      extra ? extra : service_extra(fixture->device));
}

/* --- tests that move something: of the one path --- */

enum problem service_plan_test(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra)
{
	struct core *core = attempt->core;
	const struct fixture *fixture =
		attempt->row->class == DEVICE_DRAWER
			? core_drawer(core, by->till->id)
			: core_fixture(core, by->till->id, attempt->row->class);
	const struct fixture *named;
	enum problem why = service_access(core, &attempt->caller->peer);

	if (why != PROBLEMS)
		return why;
	if (fixture && !strcmp(device_name(fixture->device), attempt->of))
		return PROBLEMS;
	named = core_fixture_named(core, attempt->of);
	if (named && core_till_place(named, by->till->id) < named->tills_count)
		return PROBLEM_NOT_SUPPORTED; /* a device, but of another kind */
	*out_extra = core_missing("device", attempt->of);
	return PROBLEM_NOT_FOUND;
}
