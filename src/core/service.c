/* SPDX-License-Identifier: Apache-2.0 */
#include "core/service.h"

#include "core/core_private.h"
#include "core/operation.h"
#include "policy/policy.h"
#include "util/json.h"
#include "util/text.h"

#include <string.h>

#define SERVICE_ACTION "device.service"

static const struct service_task {
	const char *name;
	enum op_kind kind;
} service_tasks[] = {
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

/* PROBLEMS if it could begin now. While an outcome is being found out only a
 * look is taken. */
static enum problem service_problem(struct core *core, struct device *device,
				    enum op_kind kind)
{
	enum device_state state = device_state(device);

	if (!device_can(device, kind))
		return PROBLEM_NOT_SUPPORTED;
	if (kind != OP_TERMINAL_STATUS && operation_holds(core, device, NULL))
		return PROBLEM_OUTCOME_OPEN;
	if (state != DEVICE_READY && state != DEVICE_BUSY)
		return PROBLEM_DEVICE_NOT_READY;
	if (device_load(device) >= DEVICE_QUEUE_MAX)
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

void service_begin(struct core *core, struct caller *caller, const char *device,
		   const char *task)
{
	struct fixture *fixture = core_fixture_named(core, device);
	const struct operation_grounds grounds = { 0 };
	const struct op op = { .kind = service_kind(task) };
	struct operation_row row;
	enum problem why;

	if (!core_is_open(core, caller, true))
		return;
	if (!core_is_technician(core, &caller->peer)) {
		caller_refuse(caller, PROBLEM_NOT_ALLOWED_UID, NULL);
		return;
	}
	if (!fixture) {
		core_refuse_missing(caller, "device", device);
		return;
	}
	why = service_problem(core, fixture->device, op.kind);
	if (why != PROBLEMS) {
		caller_refuse(caller, why, service_extra(fixture->device));
		return;
	}
	service_fill_row(core, caller, fixture, &op, &row);
	operation_begin(core, caller, &row, &grounds);
	json_decref(row.op);
}
