/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One command at a time from a queue, replies when it is done, and '!' past
 * all of that (protocol text 3.5). Faults strike here.
 */
#include "sim/posnet_model.h"

#include "util/alloc.h"

#include <string.h>

#define FP_REBOOT_MS 2000

static int64_t fp_engine_now(const struct fp *fp)
{
	return fp->model.host.now(fp->model.host.arg);
}

static void fp_engine_arm(struct fp *fp)
{
	const struct model_host *host = &fp->model.host;
	int64_t at = fp->power_at;
	int64_t now = fp_engine_now(fp);

	if (!fp->off &&
	    (fp->phase == FP_PHASE_PRINTING || fp->phase == FP_PHASE_HELD))
		at = at < 0 || fp->deadline < at ? fp->deadline : at;
	host->timer(host->arg, at < 0 ? -1 : at > now ? at - now : 0);
}

/* A fault strikes the command it names, or any that is synchronous. */
static struct fp_fault *fp_fault_take(struct fp *fp, enum fp_fault_kind kind,
				      const struct fp_request *request)
{
	struct fp_fault *fault = &fp->faults[kind];

	if (!fault->armed ||
	    (fault->name[0] ? strcmp(fault->name, request->name) != 0
			    : request->async))
		return NULL;
	fault->armed = false;
	return fault;
}

static void fp_engine_send(struct fp *fp, const struct buf *frame)
{
	const struct model_host *host = &fp->model.host;

	if (fp->line_up && !fp->off && frame->len)
		host->send(host->arg, frame->data, frame->len);
}

static void fp_engine_flush_stale(struct fp *fp)
{
	fp_engine_send(fp, &fp->stale);
	buf_reset(&fp->stale);
}

/* Payload to wire, past what may go wrong on the way. */
static void fp_engine_reply(struct fp *fp, const struct fp_request *request,
			    const struct buf *payload)
{
	struct buf frame = BUF_INIT(FP_REPLY_MAX);

	fp_frame_add(&frame, payload);
	if (fp_fault_take(fp, FP_FAULT_CORRUPT_REPLY, request))
		frame.data[frame.len - 2] ^= 1; /* the last digit */
	if (fp_fault_take(fp, FP_FAULT_LOSE_REPLY, request))
		buf_reset(&frame);
	if (fp_fault_take(fp, FP_FAULT_STALE_REPLY, request))
		buf_add(&fp->stale, frame.data, frame.len);
	else
		fp_engine_send(fp, &frame);
	buf_free(&frame);
}

static void fp_engine_refuse(struct fp *fp, const struct fp_request *request,
			     enum fp_refusal refusal, const char *field)
{
	struct buf payload = BUF_INIT(FP_REPLY_MAX);

	fp->frame_errors++;
	fp_reply_refusal(fp, request, refusal, field, &payload);
	fp_engine_reply(fp, request, &payload);
	buf_free(&payload);
}

static int fp_engine_check(const struct fp *fp, unsigned needs)
{
	if (needs & FP_PRINTS && fp->other_holds)
		return FP_ERROR_OTHER_HOLDS;
	if (needs & FP_IDLE && fp->receipt.footer)
		return FP_ERROR_FOOTER;
	if (needs & FP_IDLE && fp->receipt.open)
		return FP_ERROR_IN_TRANSACTION;
	if (needs & FP_IDLE && fp->form)
		return FP_ERROR_PRINTED;
	if (needs & FP_RECEIPT && !fp->receipt.open)
		return FP_ERROR_NO_TRANSACTION;
	return FP_OK;
}

/* rpt answers with another command's reply, whole. */
static bool fp_engine_repeat(struct fp *fp, const struct fp_request *request,
			     struct buf *payload)
{
	const struct fp_remembered *found = fp_reply_find(fp, request->token);

	if (!found) {
		fp_reply_refusal(fp, request, FP_REFUSAL_UNKNOWN_TOKEN, NULL,
				 payload);
		return false;
	}
	fp->rpt_hits++;
	buf_add(payload, found->payload, found->len);
	return true;
}

static void fp_engine_execute(struct fp *fp, const struct fp_job *job,
			      struct buf *payload)
{
	struct buf fields = BUF_INIT(FP_REPLY_MAX);
	int error;

	if (job->command->needs & FP_BARRIER) {
		fp_engine_repeat(fp, job->request, payload);
		return;
	}
	error = fp_engine_check(fp, job->command->needs);
	if (!error)
		error = job->command->run(fp, job->request, &fields);
	if (error) {
		fp_reply_error(fp, job->request, error, payload);
	} else {
		fp_reply_begin(fp, job->request, payload);
		buf_add(payload, fields.data, fields.len);
	}
	fp_reply_remember(fp, job->request, payload);
	buf_free(&fields);
}

static void fp_engine_drop(struct fp *fp)
{
	fp->current.request = fp_request_free(fp->current.request);
	fp->current.command = NULL;
	fp->phase = FP_PHASE_READY;
	buf_reset(&fp->held);
}

/* Power or line goes: true if the command's story ends here. */
static bool fp_engine_strike(struct fp *fp, enum fp_fault_kind crash,
			     enum fp_fault_kind hang_up)
{
	const struct fp_request *request = fp->current.request;
	struct fp_fault *fault = fp_fault_take(fp, crash, request);

	if (fault) {
		fp_engine_power_cut(fp, fault->ms, fp->keep_receipt);
		return true;
	}
	fault = fp_fault_take(fp, hang_up, request);
	if (fault) {
		fp_engine_drop(fp);
		fp_engine_hang_up(fp, fault->ms);
	}
	return fault;
}

static void fp_engine_answer(struct fp *fp)
{
	fp_engine_reply(fp, fp->current.request, &fp->held);
	fp_engine_drop(fp);
}

static void fp_engine_complete(struct fp *fp)
{
	struct fp_fault *fault;

	fp_engine_execute(fp, &fp->current, &fp->held);
	if (fp_engine_strike(fp, FP_FAULT_CRASH_AFTER, FP_FAULT_HANG_UP_AFTER))
		return;
	fault = fp_fault_take(fp, FP_FAULT_DELAY_REPLY, fp->current.request);
	if (!fault) {
		fp_engine_answer(fp);
		return;
	}
	fp->phase = FP_PHASE_HELD;
	fp->deadline = fp_engine_now(fp) + fault->ms;
}

/* In the menu nothing is executed; without paper nothing is printed. */
bool fp_engine_stuck(const struct fp *fp)
{
	const struct fp_command *command = fp->current.command;

	if (fp->menu)
		return true;
	return command && command->needs & FP_PRINTS &&
	       (fp->paper_out || fp->cover_open);
}

/* A Z without a date asks the person at the printer (3.7, dailyrep). */
static bool fp_engine_asks(const struct fp *fp)
{
	return fp->current.command->run == fp_report_daily &&
	       !fp_request_find(fp->current.request, "da") &&
	       !fp_engine_check(fp, fp->current.command->needs);
}

/* The printing is over, unless something is in its way. */
static void fp_engine_finish(struct fp *fp)
{
	if (fp_engine_stuck(fp)) {
		fp->phase = FP_PHASE_STUCK;
	} else if (fp_engine_asks(fp)) {
		fp->phase = FP_PHASE_KEY;
		kit_show(&fp->model.host, "display: daily report? yes/no");
	} else {
		fp_engine_complete(fp);
	}
}

static int64_t fp_engine_time(const struct fp *fp)
{
	size_t at = (size_t)(fp->current.command - fp_commands);

	if (fp->delays[at] >= 0)
		return fp->delays[at];
	if (fp->fast)
		return 0;
	return fp->current.command->ms +
	       fp_report_time(fp, fp->current.request);
}

static void fp_engine_begin(struct fp *fp)
{
	int64_t ms;

	fp->current = fp->queue[0];
	fp->queue_count--;
	memmove(fp->queue, fp->queue + 1,
		fp->queue_count * sizeof(fp->queue[0]));
	if (fp_engine_strike(fp, FP_FAULT_CRASH_BEFORE,
			     FP_FAULT_HANG_UP_BEFORE))
		return;
	ms = fp_engine_time(fp);
	fp->phase = FP_PHASE_PRINTING;
	fp->deadline = fp_engine_now(fp) + ms;
	if (!ms)
		fp_engine_finish(fp);
}

void fp_engine_resume(struct fp *fp)
{
	if (fp->phase == FP_PHASE_STUCK && !fp_engine_stuck(fp))
		fp_engine_finish(fp);
	while (!fp->off && fp->phase == FP_PHASE_READY && fp->queue_count)
		fp_engine_begin(fp);
	fp_engine_arm(fp);
}

bool fp_engine_press(struct fp *fp, bool yes)
{
	if (fp->off || fp->phase != FP_PHASE_KEY)
		return false;
	if (yes) {
		fp_engine_complete(fp);
	} else {
		fp_reply_error(fp, fp->current.request, FP_ERROR_BY_USER,
			       &fp->held);
		fp_reply_remember(fp, fp->current.request, &fp->held);
		fp_engine_answer(fp);
	}
	fp_engine_resume(fp);
	return true;
}

static const struct fp_command *fp_engine_find(const char *name)
{
	for (size_t i = 0; i < fp_commands_count; i++)
		if (!strcmp(fp_commands[i].name, name))
			return &fp_commands[i];
	return NULL;
}

static enum fp_refusal fp_engine_judge(struct fp *fp,
				       const struct fp_command *command,
				       const struct fp_request *request,
				       const char **out_field)
{
	enum fp_refusal refusal;

	if (!command)
		return FP_REFUSAL_COMMAND;
	if (request->async && !(command->needs & FP_ASYNC))
		return FP_REFUSAL_ASYNC;
	if (command->needs & FP_BARRIER && !request->token[0])
		return FP_REFUSAL_TOKEN;
	refusal = fp_field_check(command, request, out_field,
				 &fp->unknown_fields);
	if (refusal)
		return refusal;
	return !request->async && fp->queue_count == FP_QUEUE_MAX
		       ? FP_REFUSAL_QUEUE
		       : FP_REFUSAL_NONE;
}

/* Takes the request over. */
static void fp_engine_accept(struct fp *fp, struct fp_request *request)
{
	struct fp_job job = { request, fp_engine_find(request->name) };
	struct buf payload = BUF_INIT(FP_REPLY_MAX);
	enum fp_refusal refusal;
	const char *field = NULL;

	refusal = fp_engine_judge(fp, job.command, request, &field);
	if (!refusal && !request->async) {
		fp->queue[fp->queue_count++] = job;
		return;
	}
	if (refusal) {
		fp_engine_refuse(fp, request, refusal, field);
	} else {
		fp_engine_execute(fp, &job, &payload);
		fp_engine_reply(fp, request, &payload);
	}
	buf_free(&payload);
	fp_request_free(request);
}

static void fp_engine_take(struct fp *fp, enum fp_read read)
{
	struct fp_request *request = ALLOC_NEW(struct fp_request);
	enum fp_refusal refusal = FP_REFUSAL_BUFFER;

	fp->requests++;
	if (read == FP_READ_FRAME)
		refusal = fp_request_parse(fp->reader.bytes, fp->reader.len,
					   request);
	if (fp_fault_take(fp, FP_FAULT_LOSE_REQUEST, request)) {
		fp_request_free(request);
		return;
	}
	fp_engine_flush_stale(fp);
	if (!refusal) {
		fp_engine_accept(fp, request);
		return;
	}
	fp_engine_refuse(fp, request, refusal, NULL);
	fp_request_free(request);
}

void fp_engine_input(struct fp *fp, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len && !fp->off; i++) {
		enum fp_read read = fp_reader_feed(&fp->reader, data[i]);

		if (read == FP_READ_MORE)
			continue;
		fp_engine_take(fp, read);
		fp_engine_resume(fp);
	}
}

static void fp_engine_return(struct fp *fp)
{
	const struct model_host *host = &fp->model.host;

	fp->power_at = -1;
	if (fp->off)
		kit_show(host, "display: ready");
	fp->off = false;
	fp->line_up = true;
	host->come_back(host->arg);
}

void fp_engine_timeout(struct fp *fp)
{
	int64_t now = fp_engine_now(fp);

	if (fp->power_at >= 0 && now >= fp->power_at)
		fp_engine_return(fp);
	if (!fp->off && now >= fp->deadline) {
		if (fp->phase == FP_PHASE_PRINTING)
			fp_engine_finish(fp);
		else if (fp->phase == FP_PHASE_HELD)
			fp_engine_answer(fp);
	}
	fp_engine_resume(fp);
}

void fp_engine_line(struct fp *fp, bool up)
{
	fp->line_up = up;
	fp_reader_reset(&fp->reader);
	if (up)
		fp_engine_flush_stale(fp);
}

static void fp_engine_forget(struct fp *fp)
{
	fp_engine_drop(fp);
	while (fp->queue_count)
		fp_request_free(fp->queue[--fp->queue_count].request);
	fp_reply_forget(fp);
	fp_reader_reset(&fp->reader);
	buf_reset(&fp->stale);
}

void fp_engine_free(struct fp *fp)
{
	fp_engine_forget(fp);
	buf_free(&fp->held);
	buf_free(&fp->stale);
}

/* What RAM held is gone; what becomes of an open receipt is open (3.9). */
void fp_engine_power_cut(struct fp *fp, int64_t ms, bool keep)
{
	const struct model_host *host = &fp->model.host;
	bool open = fp->receipt.open || fp->form;

	fp_engine_forget(fp);
	fp->power_cuts++;
	fp->off = true;
	fp->power_at = fp_engine_now(fp) + ms;
	if (open) {
		fp->day.emergencies++;
		fp->power_failures++;
		fp->power_failure = fp_book_now(fp);
	}
	if (!keep)
		fp_receipt_drop(fp);
	kit_show(host, "power off");
	host->hang_up(host->arg);
	fp_engine_arm(fp);
}

/* Only the line goes; the printer carries on. */
void fp_engine_hang_up(struct fp *fp, int64_t ms)
{
	const struct model_host *host = &fp->model.host;

	fp->power_at = fp_engine_now(fp) + (ms ? ms : FP_REBOOT_MS);
	fp->line_up = false;
	fp_reader_reset(&fp->reader);
	host->hang_up(host->arg);
	fp_engine_arm(fp);
}
