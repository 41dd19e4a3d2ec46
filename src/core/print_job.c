/* SPDX-License-Identifier: Apache-2.0 */
#include "core/print_job.h"

#include "core/action_private.h"
#include "util/json.h"

static json_t *print_job_fault(const struct job_fault *fault)
{
	json_t *extra = core_fault(fault->field, fault->detail);

	if (fault->offset < 0)
		return extra;
	json_put_int(extra, "offset", fault->offset);
	if (fault->opens)
		json_put_bool(extra, "opens_drawer", true);
	return json_put_text(extra, "command", fault->command);
}

enum problem print_job_plan(struct attempt *attempt, const struct action_by *by,
			    json_t **out_extra)
{
	const struct fixture *fixture =
		core_drawer(attempt->core, attempt->till);
	struct job_fault fault;
	struct job *job =
		device_make_job(fixture->device, attempt->params, &fault);

	(void)by;
	if (!job) {
		*out_extra = print_job_fault(&fault);
		return PROBLEM_JOB_REFUSED;
	}
	job_drop(attempt->op.job);
	attempt->op.job = job;
	return PROBLEMS;
}

void print_job_note(const struct attempt *attempt, json_t *op)
{
	json_put_text(op, "made_of",
		      json_object_get(attempt->params, "raw") ? "raw"
							      : "document");
}
