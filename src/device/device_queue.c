/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that wait for a device, one that it is at, and how each ends. */
#include "device/device_private.h"

#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"

#include <stdlib.h>
#include <string.h>

/* --- jobs --- */

void device_queue_init(struct device *device)
{
	TAILQ_INIT(&device->queue);
	TAILQ_INIT(&device->ended);
}

static struct device_job *device_job_new(struct device *device,
					 const struct op *op,
					 const struct device_user *user)
{
	struct device_job *job = ALLOC_NEW(struct device_job);

	job->op = op_copy(op);
	job->user = *user;
	job->begin_by = INT64_MAX;
	job->recover_left = DEVICE_RECOVER_MS;
	device->load++;
	return job;
}

static void device_job_free(struct device_job *job)
{
	json_decref(job->status);
	json_decref(job->evidence);
	json_decref(job->result);
	op_clear(&job->op);
	free(job);
}

static void device_queue_free_list(struct device_jobs *list)
{
	struct device_job *job;

	while ((job = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, job, entry);
		device_job_free(job);
	}
}

void device_queue_free(struct device *device)
{
	device_queue_free_list(&device->queue);
	device_queue_free_list(&device->ended);
	if (device->running)
		device_job_free(device->running);
}

static struct device_job *device_queue_find(struct device *device,
					    const char *id)
{
	struct device_job *job = TAILQ_FIRST(&device->queue);

	while (job && strcmp(job->op.id, id))
		job = TAILQ_NEXT(job, entry);
	return job;
}

/* Ahead of all that waits to be started, behind earlier recoveries. */
static void device_queue_insert_recovery(struct device *device,
					 struct device_job *job)
{
	struct device_job *at = TAILQ_FIRST(&device->queue);

	while (at && at->recovery)
		at = TAILQ_NEXT(at, entry);
	if (at)
		TAILQ_INSERT_BEFORE(at, job, entry);
	else
		TAILQ_INSERT_TAIL(&device->queue, job, entry);
}

/* --- ending --- */

/*
 * A driver that finds that nothing happened has no other reason than that there
 * was no answer. Why there was none is known here: a device that answers now
 * must not be blamed.
 */
static enum reason device_recovered_reason(const struct device_job *job,
					   enum outcome outcome,
					   enum reason reason)
{
	return outcome == OUTCOME_FAILED && reason == REASON_NO_ANSWER &&
			       job->broken != REASON_NONE
		       ? job->broken
		       : reason;
}

/* Steals result. job is in no list; the user hears of it from the loop. */
static void device_job_end(struct device *device, struct device_job *job,
			   enum outcome outcome, enum reason reason,
			   json_t *result)
{
	job->outcome = outcome;
	job->reason = device_recovered_reason(job, outcome, reason);
	job->result = result;
	if (job->recovery)
		log_line_about(
			LOG_LEVEL_INFO,
			LOG_OF(.device = device->name, .operation = job->op.id),
			"%s: operation %s: %s (%s)", device->name, job->op.id,
			outcome_name(outcome), reason_name(job->reason));
	TAILQ_INSERT_TAIL(&device->ended, job, entry);
	device_wake(device);
}

static void device_count_time(struct device *device,
			      const struct device_job *job)
{
	struct device_statistics *statistics = &device->statistics;
	int64_t took = device_now(device) - job->begun_at;

	statistics->timed++;
	statistics->took_last = took;
	statistics->took_all += took;
	if (took > statistics->took_most)
		statistics->took_most = took;
}

void device_end_running(struct device *device, enum outcome outcome,
			enum reason reason, json_t *result)
{
	struct device_job *job = device->running;

	device->running = NULL;
	timer_stop(device->recover_timer);
	timer_stop(device->test_timer);
	device_job_end(device, job, outcome, reason, result);
	device_count_time(device, job);
	device_note_end(device, job);
}

static void device_end_queued(struct device *device, struct device_job *job,
			      enum reason reason)
{
	TAILQ_REMOVE(&device->queue, job, entry);
	device_job_end(device, job, OUTCOME_FAILED, reason, NULL);
}

static void device_count_outcome(struct device *device,
				 const struct device_job *job)
{
	struct device_statistics *statistics = &device->statistics;

	statistics->operations++;
	statistics->failures += job->outcome == OUTCOME_FAILED;
	statistics->unknown += job->outcome == OUTCOME_UNKNOWN;
	device->last = (struct device_last){
		.at = clock_wall_ms(device->env->clock),
		.kind = job->op.kind,
		.outcome = job->outcome,
		.reason = job->reason,
	};
}

void device_remember(struct device *device, enum op_kind kind,
		     enum outcome outcome, enum reason reason, int64_t at)
{
	if (at > device->last.at)
		device->last =
			(struct device_last){ at, kind, outcome, reason };
}

static void device_deliver(struct device *device)
{
	struct device_job *job;

	while ((job = TAILQ_FIRST(&device->ended))) {
		TAILQ_REMOVE(&device->ended, job, entry);
		device->load--;
		device_count_outcome(device, job);
		job->user.done(job->user.arg, job->outcome, job->reason,
			       job->result);
		device_job_free(job);
	}
}

/* Recoveries are the first in the queue, and the first of them goes next. */
const json_t *driver_doubt(struct driver_io *io)
{
	const struct device_job *job = TAILQ_FIRST(&io->device->queue);

	return job && job->recovery ? job->evidence : NULL;
}

/* --- the line goes --- */

static void device_park_recovery(struct device *device)
{
	struct device_job *job = device->running;

	device->running = NULL;
	timer_stop(device->recover_timer);
	job->abort_asked = false;
	job->begin_by = INT64_MAX;
	job->saves_stale = job->saves_open;
	job->saved_due = 0;
	TAILQ_INSERT_HEAD(&device->queue, job, entry);
}

/* The driver's own question broke off: asked again, but not for ever. */
static void device_lose_recovery(struct device *device, enum reason reason)
{
	struct device_job *job = device->running;
	int64_t spent = device_now(device) - job->begun_at;

	job->recover_left -=
		spent > DEVICE_RECOVER_STEP_MS ? spent : DEVICE_RECOVER_STEP_MS;
	if (job->recover_left <= 0)
		device_end_running(device, OUTCOME_UNKNOWN, reason, NULL);
	else
		device_park_recovery(device);
}

/* Within the process nothing is forgotten: the last evidence, or at least
 * how the device was before. */
static void device_doubt_running(struct device *device, enum reason reason)
{
	struct device_job *job = device->running;

	job->recovery = true;
	job->broken = reason;
	if (!job->evidence && job->status)
		job->evidence = json_put(json_make(), "status",
					 json_incref(job->status));
	device_park_recovery(device);
	if (job->user.doubtful)
		job->user.doubtful(job->user.arg, reason);
}

void device_queue_line_lost(struct device *device, enum reason reason)
{
	struct device_job *job = device->running;

	if (!job)
		return;
	if (job->recovery)
		device_lose_recovery(device, reason);
	else if (!job->committed)
		device_end_running(device, OUTCOME_FAILED, reason, NULL);
	else if (!device->driver->recover)
		device_end_running(device, OUTCOME_UNKNOWN, reason, NULL);
	else
		device_doubt_running(device, reason);
}

void device_fail_queued(struct device *device, enum reason reason)
{
	struct device_job *job, *next;

	for (job = TAILQ_FIRST(&device->queue); job; job = next) {
		next = TAILQ_NEXT(job, entry);
		if (!job->recovery)
			device_end_queued(device, job, reason);
	}
	if (device_is_scanning(device))
		device_stop_scan(device, reason);
	else if (device_is_at_test(device))
		device_end_running(device, OUTCOME_FAILED, reason, NULL);
}

void device_give_up_recovery(void *arg)
{
	struct device *device = arg;

	device_enter(device);
	if (device->running) {
		log_line_about(LOG_LEVEL_ERROR,
			       LOG_OF(.device = device->name,
				      .operation = device->running->op.id),
			       "%s: operation %s stays unknown", device->name,
			       device->running->op.id);
		device_end_running(device, OUTCOME_UNKNOWN, REASON_NO_ANSWER,
				   NULL);
		device_lose(device, REASON_NO_ANSWER); /* it still asks */
	}
	device_leave(device);
}

/* --- beginning --- */

static void device_begin_recovery(struct device *device, struct device_job *job)
{
	timer_set(device->recover_timer, job->recover_left);
	device->driver->recover(&device->io, &job->op, job->evidence);
}

static void device_begin_start(struct device *device, struct device_job *job)
{
	job->status = json_incref(device->status);
	if (job->op.kind == OP_TEST_INTERACTIVE)
		device_begin_test(device);
	else
		device->driver->start(&device->io, &job->op);
}

static void device_run(struct device *device, struct device_job *job)
{
	device->running = job;
	job->begun_at = device_now(device);
	device_note_begin(device, job);
}

/* It is for a device that is not there: it waits for nothing. */
static void device_start_scan(struct device *device, struct device_job *job)
{
	device_enter(device);
	if (device->running || device->going) {
		device_job_end(device, job, OUTCOME_FAILED, REASON_BUSY, NULL);
	} else {
		device_run(device, job);
		device_begin_scan(device);
	}
	device_leave(device);
}

static void device_begin_next(struct device *device)
{
	struct device_job *job = TAILQ_FIRST(&device->queue);

	if (!job || !device->ready || device->going || device->running)
		return;
	TAILQ_REMOVE(&device->queue, job, entry);
	device_run(device, job);
	if (job->recovery)
		device_begin_recovery(device, job);
	else
		device_begin_start(device, job);
}

/* Why what is queued was not begun in its time. */
static enum reason device_wait_reason(const struct device *device)
{
	const struct device_job *first =
		device->running ? device->running : TAILQ_FIRST(&device->queue);

	if (device->reason != REASON_NONE)
		return device->reason;
	return first && first->recovery ? REASON_RECOVERING : REASON_BUSY;
}

/* Ends what waited longer than it may, by grace ms or more; returns when the
 * next one will have. */
static int64_t device_expire(struct device *device, int64_t grace)
{
	int64_t now = device_now(device), next_due = INT64_MAX;
	struct device_job *job, *next;

	for (job = TAILQ_FIRST(&device->queue); job; job = next) {
		next = TAILQ_NEXT(job, entry);
		if (job->begin_by == INT64_MAX)
			continue;
		if (job->begin_by + grace <= now)
			device_end_queued(device, job,
					  device_wait_reason(device));
		else if (job->begin_by < next_due)
			next_due = job->begin_by;
	}
	return next_due;
}

/* --- aborts and saves, passed on --- */

static void device_pass_saved(struct device *device)
{
	struct device_job *job = device->running;

	while (job && job == device->running && job->saved_due &&
	       !device->going) {
		int err = job->saved_err;

		if (!--job->saved_due)
			job->saved_err = 0;
		if (device->driver->saved)
			device->driver->saved(&device->io, err);
	}
}

static void device_pass_abort(struct device *device)
{
	struct device_job *job = device->running;

	if (!job || !job->abort_asked || device->going)
		return;
	job->abort_asked = false;
	if (device_is_scanning(device))
		device_stop_scan(device, REASON_ABORTED);
	else if (device_is_at_test(device))
		device_end_running(device, OUTCOME_FAILED, REASON_ABORTED,
				   NULL);
	else
		device->driver->abort(&device->io);
}

/* --- the work that is done from the loop --- */

void device_wake(struct device *device)
{
	device->woken = true;
	timer_set(device->work_timer, 0);
}

static void device_settle_state(struct device *device)
{
	if (!device->ready || device->going)
		return;
	device_set_state(device, device->running ? DEVICE_BUSY : DEVICE_READY,
			 REASON_NONE);
}

/* What came up on the way is for another turn of the loop. */
static void device_set_work(struct device *device, int64_t next_due)
{
	int64_t now = device_now(device);

	if (!device->woken && next_due != INT64_MAX)
		timer_set(device->work_timer, next_due - now);
}

void device_work(void *arg)
{
	struct device *device = arg;

	device->woken = false;
	device_enter(device);
	device_pass_saved(device);
	device_pass_abort(device);
	device_deliver(device);
	device_expire(device, DEVICE_LATE_MS);
	device_begin_next(device);
	device_settle_state(device);
	device_set_work(device, device_expire(device, 0));
	device_leave(device);
}

/* --- the user's side --- */

void device_start(struct device *device, const struct op *op, int64_t wait_ms,
		  const struct device_user *user)
{
	struct device_job *job = device_job_new(device, op, user);
	bool scans = op->kind == OP_TEST_SCAN;
	bool there = device->state != DEVICE_RELEASED &&
		     (scans || (device->state != DEVICE_ABSENT &&
				device->state != DEVICE_LOST));
	enum reason reason = !device_can(device, op->kind)
				     ? REASON_NOT_SUPPORTED
			     : !there			       ? device->reason
			     : device->load > DEVICE_QUEUE_MAX ? REASON_BUSY
							       : REASON_NONE;

	if (reason != REASON_NONE) {
		device_job_end(device, job, OUTCOME_FAILED, reason, NULL);
		return;
	}
	if (scans) {
		device_start_scan(device, job);
		return;
	}
	job->begin_by = device_now(device) + (wait_ms > 0 ? wait_ms : 0);
	TAILQ_INSERT_TAIL(&device->queue, job, entry);
	device_wake(device);
}

void device_recover(struct device *device, const struct op *op,
		    const json_t *evidence, const struct device_user *user)
{
	struct device_job *job = device_job_new(device, op, user);

	job->recovery = true;
	job->broken = REASON_RESTARTED;
	if (device_op_looks(op->kind)) {
		device_job_end(device, job, OUTCOME_FAILED, REASON_RESTARTED,
			       NULL);
		return;
	}
	if (!device->driver->recover || !device_can(device, op->kind)) {
		device_job_end(device, job, OUTCOME_UNKNOWN, REASON_RESTARTED,
			       NULL);
		return;
	}
	job->evidence = evidence ? json_deep_copy(evidence) : NULL;
	device_queue_insert_recovery(device, job);
	device_wake(device);
}

void device_saved(struct device *device, const char *op_id, int err)
{
	struct device_job *job = device->running;

	if (!job || strcmp(job->op.id, op_id))
		job = device_queue_find(device, op_id);
	if (!job || !job->saves_open)
		return; /* it has ended meanwhile */
	job->saves_open--;
	if (job->saves_stale) {
		job->saves_stale--;
		return;
	}
	job->saved_due++;
	if (err)
		job->saved_err = err;
	device_wake(device);
}

bool device_abort(struct device *device, const char *op_id)
{
	struct device_job *job = device_queue_find(device, op_id);

	if (job && !job->recovery) {
		device_end_queued(device, job, REASON_ABORTED);
		return true;
	}
	job = device->running;
	if (!job || strcmp(job->op.id, op_id) || job->recovery ||
	    (!device->driver->abort && !device_is_at_test(device) &&
	     !device_is_scanning(device)))
		return false;
	job->abort_asked = true;
	device_wake(device);
	return true;
}

bool device_forget(struct device *device, const char *op_id)
{
	struct device_job *job = device_queue_find(device, op_id);

	if (!job || !job->recovery)
		return false;
	TAILQ_REMOVE(&device->queue, job, entry);
	device->load--;
	device_job_free(job);
	return true;
}

size_t device_load(const struct device *device)
{
	return device->load;
}
