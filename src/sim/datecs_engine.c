/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request at a time: NAK for what isn't understood, SYN while it takes
 * long, the last answer again for a SEQ that was just there (protocol text
 * 4.2). Faults strike here.
 */
#include "sim/datecs_model.h"

#define ISL_QUICK_MS  60
#define ISL_REBOOT_MS 2000
#define ISL_LATER_MS  1000

static int64_t isl_engine_now(const struct isl *isl)
{
	return isl->model.host.now(isl->model.host.arg);
}

static void isl_engine_arm(struct isl *isl)
{
	const struct model_host *host = &isl->model.host;
	int64_t now = isl_engine_now(isl), at = isl->power_at;

	if (!isl->off && isl->working) {
		int64_t next = isl->syn_at < isl->deadline ? isl->syn_at
							   : isl->deadline;

		at = at < 0 || next < at ? next : at;
	}
	if (!isl->off && !isl->working && isl->finish_at >= 0)
		at = at < 0 || isl->finish_at < at ? isl->finish_at : at;
	host->timer(host->arg, at < 0 ? -1 : at > now ? at - now : 0);
}

/* A fault strikes the command it names, or any. */
static struct isl_fault *isl_fault_take(struct isl *isl,
					enum isl_fault_kind kind,
					const struct isl_request *request)
{
	struct isl_fault *fault = &isl->faults[kind];

	if (!fault->armed ||
	    (fault->command && fault->command != request->command))
		return NULL;
	fault->armed = false;
	return fault;
}

static void isl_engine_send(struct isl *isl, const void *data, size_t len)
{
	const struct model_host *host = &isl->model.host;

	if (isl->line_up && !isl->off && len)
		host->send(host->arg, data, len);
}

static void isl_engine_send_byte(struct isl *isl, uint8_t byte)
{
	isl_engine_send(isl, &byte, 1);
}

/* --- an answer --- */

static void isl_engine_reply(struct isl *isl)
{
	struct buf frame = BUF_INIT(ISL_FRAME_MAX);

	if (isl->glued)
		buf_add_byte(&frame, ISL_SYN);
	buf_add(&frame, isl->last.data, isl->last.len);
	if (isl_fault_take(isl, ISL_FAULT_CORRUPT_REPLY, &isl->current))
		frame.data[frame.len - 2] ^= 1; /* of the checksum */
	if (!isl_fault_take(isl, ISL_FAULT_LOSE_REPLY, &isl->current))
		isl_engine_send(isl, frame.data, frame.len);
	buf_free(&frame);
}

static const struct isl_command *isl_engine_find(const struct isl *isl,
						 int number)
{
	unsigned other = isl->classic ? ISL_X_ONLY : ISL_CLASSIC;

	for (size_t i = 0; i < isl_commands_count; i++)
		if (isl_commands[i].number == number &&
		    !(isl_commands[i].needs & other))
			return &isl_commands[i];
	return NULL;
}

static enum isl_error isl_engine_check(const struct isl *isl, unsigned needs)
{
	bool fiscal = isl->receipt.open == ISL_FISCAL;
	bool plain = isl->receipt.open == ISL_PLAIN;

	if (needs & ISL_PRINTS && isl->cover_open)
		return ISL_ERROR_COVER;
	if (needs & ISL_PRINTS && isl->paper_out)
		return ISL_ERROR_PAPER;
	if (needs & ISL_JOURNAL && isl->journal_full)
		return ISL_ERROR_JOURNAL_FULL;
	if (needs & (ISL_IDLE | ISL_NONFISCAL) && fiscal)
		return needs & ISL_NONFISCAL ? ISL_ERROR_FISCAL_OPEN
					     : ISL_ERROR_RECEIPT_OPEN;
	if (needs & (ISL_IDLE | ISL_RECEIPT) && plain)
		return ISL_ERROR_NONFISCAL_OPEN;
	if (needs & ISL_RECEIPT && !fiscal)
		return ISL_ERROR_RECEIPT_CLOSED;
	if (needs & ISL_NONFISCAL && !plain)
		return ISL_ERROR_NOT_NOW;
	return ISL_OK;
}

/* Does it, and leaves the answer in last. */
static void isl_engine_execute(struct isl *isl)
{
	const struct isl_command *command =
		isl_engine_find(isl, isl->current.command);
	struct buf data = BUF_INIT(ISL_DATA_MAX);
	enum isl_error error = ISL_ERROR_COMMAND;

	if (command)
		error = isl_engine_check(isl, command->needs);
	if (!error)
		error = command->run(isl, &isl->current, &data);
	buf_reset(&isl->last);
	isl_answer_make(isl, &isl->current, error, buf_text(&data), &isl->last);
	buf_free(&data);
}

static void isl_engine_finish(struct isl *isl)
{
	struct isl_fault *fault;

	isl_engine_execute(isl);
	isl->working = false;
	fault = isl_fault_take(isl, ISL_FAULT_CRASH_AFTER, &isl->current);
	if (fault) {
		isl_engine_power_cut(isl, fault->ms);
		return;
	}
	fault = isl_fault_take(isl, ISL_FAULT_HANG_UP_AFTER, &isl->current);
	if (fault)
		isl_engine_hang_up(isl, fault->ms);
	isl_engine_reply(isl);
}

/* --- a request --- */

static int64_t isl_engine_time(const struct isl *isl,
			       const struct isl_request *request)
{
	const struct isl_command *command =
		isl_engine_find(isl, request->command);

	if (request->command < ISL_DELAYS && isl->delays[request->command] >= 0)
		return isl->delays[request->command];
	if (isl->fast || !command)
		return 0;
	return command->ms + isl_report_time(isl, request);
}

/* Power or line goes: true if the request's story ends here. */
static bool isl_engine_strike(struct isl *isl,
			      const struct isl_request *request)
{
	struct isl_fault *fault;

	fault = isl_fault_take(isl, ISL_FAULT_HANG_UP_BEFORE, request);
	if (fault) {
		isl_engine_hang_up(isl, fault->ms);
		return true;
	}
	fault = isl_fault_take(isl, ISL_FAULT_CRASH_BEFORE, request);
	if (fault) {
		isl->current = *request;
		isl->working = true;
		isl_engine_power_cut(isl, fault->ms);
	}
	return fault;
}

static void isl_engine_begin(struct isl *isl, const struct isl_request *request)
{
	int64_t now = isl_engine_now(isl);
	int64_t ms = isl_engine_time(isl, request);

	if (isl_engine_strike(isl, request))
		return;
	isl->current = *request;
	isl->remembers = true;
	isl->last_seq = request->seq;
	buf_reset(&isl->last);
	isl->working = true;
	isl->deadline = now + ms;
	isl->syn_at = now + isl->gap;
	if (isl_fault_take(isl, ISL_FAULT_STALL, request)) {
		isl_engine_send_byte(isl, ISL_SYN);
		isl_engine_execute(isl);
		isl->working = false;
	} else if (ms <= ISL_QUICK_MS) {
		isl_engine_finish(isl);
	} else {
		isl_engine_send_byte(isl, ISL_SYN);
	}
}

/* 4.2: with the SEQ of the last message nothing is carried out. */
static void isl_engine_repeat(struct isl *isl)
{
	isl->repeats++;
	if (isl->working)
		isl_engine_send_byte(isl, ISL_SYN);
	else
		isl_engine_send(isl, isl->last.data, isl->last.len);
}

static void isl_engine_refuse(struct isl *isl, enum isl_form form)
{
	isl->frame_errors++;
	if (form == ISL_FORM_OTHER && isl->classic && isl->shut_probe)
		return;
	if (form == ISL_FORM_OTHER && !isl->classic) /* as captured, 4.9 */
		isl_engine_send_byte(isl, ISL_SYN);
	isl_engine_send_byte(isl, ISL_NAK);
}

static void isl_engine_take(struct isl *isl)
{
	struct isl_request request;
	enum isl_form form =
		isl_request_parse(isl->classic, &isl->reader, &request);

	isl->requests++;
	if (isl->naks) {
		isl->naks--;
		form = ISL_FORM_BAD;
	}
	if (form != ISL_FORM_GOOD)
		isl_engine_refuse(isl, form);
	else if (isl_fault_take(isl, ISL_FAULT_LOSE_REQUEST, &request))
		return;
	else if (isl->remembers && request.seq == isl->last_seq)
		isl_engine_repeat(isl);
	else if (isl->working) {
		isl->pending = request;
		isl->has_pending = true;
	} else {
		isl_engine_begin(isl, &request);
	}
}

void isl_engine_input(struct isl *isl, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len && !isl->off; i++)
		if (isl_reader_feed(&isl->reader, data[i]))
			isl_engine_take(isl);
	isl_engine_arm(isl);
}

/* --- time --- */

static void isl_engine_work(struct isl *isl)
{
	int64_t now = isl_engine_now(isl);

	if (now >= isl->deadline) {
		isl_engine_finish(isl);
	} else if (now >= isl->syn_at) {
		isl_engine_send_byte(isl, ISL_SYN);
		isl->syn_at = now + isl->gap;
	}
	if (!isl->working && !isl->off && isl->has_pending) {
		isl->has_pending = false;
		isl_engine_begin(isl, &isl->pending);
	}
}

/* 4.7: printed to its end, though nobody is told. */
static void isl_engine_finish_broken(struct isl *isl)
{
	isl->finish_at = -1;
	isl->broken_off = false;
	isl_engine_execute(isl);
	isl_engine_forget_seq(isl);
}

static void isl_engine_go_on(struct isl *isl)
{
	isl_paper_text(isl, "VOLTAGE DROP");
	if (!isl->broken_off)
		return;
	switch (isl->finishes) {
	case ISL_FINISH_NEVER:
		isl->broken_off = false;
		return;
	case ISL_FINISH_FIRST:
		isl_engine_finish_broken(isl);
		return;
	case ISL_FINISH_LATER:
		isl->broken = isl->current;
		isl->finish_at = isl_engine_now(isl) + ISL_LATER_MS;
		return;
	}
}

static void isl_engine_return(struct isl *isl)
{
	const struct model_host *host = &isl->model.host;
	bool was_off = isl->off;

	isl->power_at = -1;
	isl->off = false;
	isl->line_up = true;
	if (was_off) {
		kit_show(host, "display: ready");
		isl_engine_go_on(isl);
	}
	host->come_back(host->arg);
}

void isl_engine_timeout(struct isl *isl)
{
	if (isl->power_at >= 0 && isl_engine_now(isl) >= isl->power_at)
		isl_engine_return(isl);
	if (!isl->off && !isl->working && isl->finish_at >= 0 &&
	    isl_engine_now(isl) >= isl->finish_at) {
		isl->current = isl->broken;
		isl_engine_finish_broken(isl);
	}
	if (!isl->off && isl->working)
		isl_engine_work(isl);
	isl_engine_arm(isl);
}

void isl_engine_line(struct isl *isl, bool up)
{
	isl->line_up = up;
	isl_reader_reset(&isl->reader);
}

void isl_engine_forget_seq(struct isl *isl)
{
	isl->remembers = false;
	buf_reset(&isl->last);
}

/* 4.7 and 4.14: the open receipt and the sums stay, the SEQ goes. */
void isl_engine_power_cut(struct isl *isl, int64_t ms)
{
	const struct model_host *host = &isl->model.host;

	isl->broken_off = isl->working;
	isl->finish_at = -1;
	isl->working = false;
	isl->has_pending = false;
	isl_engine_forget_seq(isl);
	isl_reader_reset(&isl->reader);
	isl->power_cuts++;
	isl->off = true;
	isl->power_at = isl_engine_now(isl) + ms;
	kit_show(host, "power off");
	host->hang_up(host->arg);
	isl_engine_arm(isl);
}

/* Only the line goes; the printer carries on. */
void isl_engine_hang_up(struct isl *isl, int64_t ms)
{
	const struct model_host *host = &isl->model.host;

	isl->power_at = isl_engine_now(isl) + (ms ? ms : ISL_REBOOT_MS);
	isl->line_up = false;
	isl_reader_reset(&isl->reader);
	host->hang_up(host->arg);
	isl_engine_arm(isl);
}
