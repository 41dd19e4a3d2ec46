/* SPDX-License-Identifier: Apache-2.0 */
/* What a driver says of the operation that it is at, held to its contract. */
#include "device/device_private.h"

/* Which kinds move paper, money or a drawer; figures (X) may stay on screen. */
static bool device_op_moves(enum op_kind kind)
{
	static const bool moves[OP_KINDS] = {
		[OP_DRAWER_OPEN] = true,     [OP_REPORT_Z] = true,
		[OP_REPORT_BY_DATES] = true, [OP_REPORT_BY_NUMBERS] = true,
		[OP_RECEIPT] = true,	     [OP_INVOICE] = true,
		[OP_GOODS_RETURN] = true,    [OP_CASH_SLIP] = true,
		[OP_PRINT_TEXT] = true,	     [OP_PRINT_COPY] = true,
		[OP_PRINT_JOB] = true,	     [OP_CLOCK_SET] = true,
		[OP_PAYMENT] = true,	     [OP_REVERSAL] = true,
		[OP_REFUND] = true,	     [OP_TERMINAL_DAY_END] = true,
	};

	return moves[kind];
}

void driver_commit(struct driver_io *io)
{
	struct device *device = io->device;
	struct device_job *job = device->running;

	if (!job || job->recovery)
		device_log_bug(device, "commit without a started operation");
	else if (!job->committed) {
		job->committed = true;
		if (job->user.committed)
			job->user.committed(job->user.arg);
	}
}

void driver_save(struct driver_io *io, json_t *evidence)
{
	struct device *device = io->device;
	struct device_job *job = device->running;

	if (!job) {
		device_log_bug(device, "evidence without an operation");
		json_decref(evidence);
		return;
	}
	json_decref(job->evidence);
	job->evidence = evidence;
	job->saves_open++;
	job->user.save(job->user.arg, evidence);
}

void driver_progress(struct driver_io *io, json_t *progress)
{
	struct device_job *job = io->device->running;

	if (job && job->user.progress)
		job->user.progress(job->user.arg, progress);
	json_decref(progress);
}

/* Recovery may well find that nothing happened; a live operation can't. */
static enum outcome device_check_outcome(struct device *device,
					 const struct device_job *job,
					 enum outcome outcome)
{
	bool moved = outcome == OUTCOME_OK || outcome == OUTCOME_SENT;

	if (job->recovery)
		return outcome;
	if (outcome == OUTCOME_FAILED && job->committed) {
		device_log_bug(device, "failed past the point of no return");
		return OUTCOME_UNKNOWN;
	}
	if (moved && !job->committed && device_op_moves(job->op.kind))
		device_log_bug(device, "%s of %s without a commit",
			       outcome_name(outcome),
			       op_kind_name(job->op.kind));
	return outcome;
}

static enum reason device_check_reason(struct device *device,
				       enum outcome outcome, enum reason reason)
{
	bool needed = outcome != OUTCOME_OK && outcome != OUTCOME_SENT;

	if (needed == (reason != REASON_NONE))
		return reason;
	device_log_bug(device, "%s with reason %s", outcome_name(outcome),
		       reason_name(reason));
	return needed ? REASON_DEVICE_REFUSED : REASON_NONE;
}

void driver_done(struct driver_io *io, enum outcome outcome, enum reason reason,
		 json_t *result)
{
	struct device *device = io->device;

	if (!device->running) {
		device_log_bug(device, "done without an operation (%s)",
			       outcome_name(outcome));
		json_decref(result);
		return;
	}
	reason = device_check_reason(device, outcome, reason);
	outcome = device_check_outcome(device, device->running, outcome);
	device_end_running(device, outcome, reason, result);
}
