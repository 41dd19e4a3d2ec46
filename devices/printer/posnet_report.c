/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reports. What changes something goes this way, and everything up to the
 * save only reads:
 *
 *	is it able to print? - a token - the counters - save - commit - send
 *
 * A printer that can't print now refuses at once, rather than taking a command
 * that it would carry out whenever somebody shuts its cover, tomorrow perhaps.
 */
#include "printer/posnet_private.h"

#include "util/json.h"

#include <stdio.h>
#include <string.h>

#define POSNET_PARAMETERS_MAX 3

static const struct posnet_report {
	enum op_kind kind;
	const char *command;
	bool counted;
} posnet_reports[] = {
	{ OP_REPORT_Z, "dailyrep", true },
	{ OP_REPORT_BY_DATES, "periodicrepbydates", false },
	{ OP_REPORT_BY_NUMBERS, "periodicrepbynumbers", false },
};

void posnet_job_begin(struct posnet_job *job, const struct op *op)
{
	*job = (struct posnet_job){ .running = true,
				    .kind = op->kind,
				    .op = op_copy(op),
				    .report = op->report,
				    .frame_error = POSNET_NO_ERROR,
				    .refused = POSNET_NO_ERROR };
	for (size_t i = 0;
	     i < sizeof(posnet_reports) / sizeof(posnet_reports[0]); i++)
		if (posnet_reports[i].kind == op->kind) {
			job->command = posnet_reports[i].command;
			job->counted = posnet_reports[i].counted;
		}
	job->document.paper = posnet_paper_find(op->kind);
	job->document.refused = POSNET_NO_ERROR;
	posnet_counters_clear(&job->before);
}

void posnet_job_clear(struct posnet_job *job)
{
	op_clear(&job->op);
	*job = (struct posnet_job){ 0 };
}

void posnet_job_end(struct driver_io *io, enum outcome outcome,
		    enum reason reason, json_t *result)
{
	struct posnet *p = driver_state(io);

	posnet_job_clear(&p->job);
	p->patient = false;
	p->watch.told = NULL;
	p->stage = POSNET_IDLE;
	driver_deadline(io, POSNET_TICK_MS); /* to see how it is now */
	posnet_watch_tell_status(io); /* core compares its daily reports */
	driver_done(io, outcome, reason, result);
}

/* Nothing that changes anything was sent yet. */
void posnet_job_fail(struct driver_io *io, const struct posnet_verdict *verdict)
{
	bool silent = verdict->silent;

	posnet_job_end(io, verdict->outcome, verdict->reason,
		       verdict->code == POSNET_NO_ERROR
			       ? NULL
			       : posnet_code_to_json(verdict->code,
						     verdict->frame_error));
	if (silent)
		posnet_line_lose(io, REASON_NO_ANSWER);
}

/* --- the command --- */

struct posnet_parameters {
	struct posnet_pair pair[POSNET_PARAMETERS_MAX + 1];
	char from[24], to[24];
};

static void posnet_parameters_set(struct posnet_parameters *parameters,
				  const char *from_name, const char *to_name,
				  bool summary)
{
	parameters->pair[0] =
		(struct posnet_pair){ from_name, parameters->from };
	parameters->pair[1] = (struct posnet_pair){ to_name, parameters->to };
	parameters->pair[2] = (struct posnet_pair){ "su", summary ? "1" : "0" };
}

/*
 * dailyrep without the date would wait for somebody at the keypad; with it, the
 * printer checks it against its own clock, so its own date is what it gets.
 */
static void posnet_parameters_make(const struct posnet_job *job,
				   struct posnet_parameters *out)
{
	const struct op_report *report = &job->report;

	*out = (struct posnet_parameters){ 0 };
	if (job->kind == OP_REPORT_Z) {
		out->pair[0] = (struct posnet_pair){ "da", job->date };
	} else if (job->kind == OP_REPORT_BY_DATES) {
		snprintf(out->from, sizeof(out->from), "%s", report->from_date);
		snprintf(out->to, sizeof(out->to), "%s", report->to_date);
		posnet_parameters_set(out, "fd", "td", report->summary);
	} else {
		snprintf(out->from, sizeof(out->from), "%lld",
			 (long long)report->from_number);
		snprintf(out->to, sizeof(out->to), "%lld",
			 (long long)report->to_number);
		posnet_parameters_set(out, "fn", "tn", report->summary);
	}
}

static void posnet_report_answered(struct driver_io *io,
				   enum posnet_answer answer)
{
	struct posnet *p = driver_state(io);

	switch (answer) {
	case POSNET_DONE:
		posnet_resolve_confirmed(io);
		return;
	case POSNET_REFUSED:
		posnet_resolve_refused(io, p->frame.error, true);
		return;
	case POSNET_FRAME_ERROR:
		posnet_job_end(io, OUTCOME_REFUSED,
			       posnet_job_reason(&p->job, p->frame.error, true),
			       posnet_code_to_json(p->frame.error, true));
		return;
	case POSNET_DOUBT:
		p->job.frame_error = p->ask.error;
		posnet_resolve_begin(io);
		return;
	case POSNET_NOTHING:
		posnet_resolve_begin(io);
		return;
	case POSNET_SILENT:
		posnet_line_lose(io, REASON_NO_ANSWER);
		return;
	}
}

void posnet_report_send(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_parameters parameters;

	p->job.sends++;
	p->job.frame_error = POSNET_NO_ERROR;
	posnet_parameters_make(&p->job, &parameters);
	posnet_ask_begin(io, POSNET_ASK_CHANGE, p->job.command, p->job.token,
			 parameters.pair, posnet_report_answered);
}

/* --- the evidence --- */

static json_t *posnet_evidence_make(const struct posnet *p)
{
	const struct posnet_job *job = &p->job;
	struct posnet_parameters parameters;
	json_t *evidence = json_make();
	json_t *fields = json_make();

	posnet_parameters_make(job, &parameters);
	for (const struct posnet_pair *f = parameters.pair; f->name; f++)
		json_put_text(fields, f->name, f->value);
	json_put_text(evidence, "command", job->command);
	json_put_int(evidence, "token", job->token);
	json_put(evidence, "fields", fields);
	if (!job->counted)
		return evidence;
	json_put_text(evidence, "date", job->date);
	json_put_text(evidence, "serial", job->serial[0] ? job->serial : NULL);
	json_put_bool(evidence, "fiscal", job->fiscal);
	return json_put(evidence, "counters",
			posnet_counters_to_json(&job->before));
}

static void posnet_evidence_save(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_job *job = &p->job;

	job->before = p->facts.counters;
	job->fiscal = p->facts.fiscal;
	memcpy(job->date, p->facts.date, sizeof(job->date));
	memcpy(job->serial, p->facts.serial, sizeof(job->serial));
	p->stage = POSNET_SAVING;
	driver_save(io, posnet_evidence_make(p));
}

static void posnet_snapshot_finished(struct driver_io *io,
				     const struct posnet_verdict *verdict)
{
	if (verdict)
		posnet_job_fail(io, verdict);
	else
		posnet_evidence_save(io);
}

static void posnet_checks_finished(struct driver_io *io,
				   const struct posnet_verdict *verdict)
{
	const struct posnet *p = driver_state(io);

	if (verdict)
		posnet_job_fail(io, verdict);
	else if (p->job.counted)
		posnet_counters_ask(io, posnet_snapshot_finished);
	else
		posnet_evidence_save(io);
}

void posnet_report_saved(struct driver_io *io, int err)
{
	struct posnet *p = driver_state(io);

	if (p->stage != POSNET_SAVING)
		return;
	if (p->job.document.paper) {
		posnet_document_saved(io, err);
		return;
	}
	if (p->job.kind == OP_DRAWER_OPEN) {
		posnet_drawer_saved(io, err);
		return;
	}
	if (err || p->job.aborted) {
		posnet_job_end(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
		return;
	}
	p->job.committed = true;
	driver_commit(io);
	posnet_report_send(io);
}

/* --- the token --- */

/*
 * The printer keeps 32 replies under their tokens, and a token used twice among
 * them could pass off an old reply as the new command's. Within one run of the
 * daemon a counter sees to that. It begins at the printer's own time of day, so
 * that the next run is likely to begin elsewhere; what makes it certain is that
 * the printer is asked for the token first, and has to say that it doesn't know
 * it. That question is a barrier, too: no reply from before can come after it.
 */
static void posnet_token_try(struct driver_io *io);

static void posnet_token_taken(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_kept *kept = driver_kept(io);
	int code = p->frame.error;

	kept->next_token += POSNET_REMEMBERED;
	if (++p->job.token_tries < POSNET_TOKEN_TRIES) {
		posnet_token_try(io);
		return;
	}
	if (code == POSNET_NO_ERROR)
		posnet_job_end(io, OUTCOME_FAILED, REASON_GARBLED, NULL);
	else
		posnet_job_end(io, OUTCOME_REFUSED, posnet_error_reason(code),
			       posnet_code_to_json(code, false));
}

/* ERR 13 is what is hoped for; a printer that knows no rpt has no memory. */
static void posnet_token_free(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	int code = p->frame.error;

	if (posnet_frame_error_is_passing(code)) {
		posnet_job_end(io, OUTCOME_FAILED,
			       posnet_frame_error_reason(code),
			       posnet_code_to_json(code, true));
		return;
	}
	if (p->job.document.paper) {
		posnet_document_prepared(io);
		return;
	}
	posnet_walk_begin(
		io, p->job.counted ? posnet_steps_daily : posnet_steps_closed,
		posnet_checks_finished);
}

static void posnet_token_answered(struct driver_io *io,
				  enum posnet_answer answer)
{
	struct posnet *p = driver_state(io);
	struct posnet_verdict verdict = { .outcome = OUTCOME_FAILED,
					  .reason = REASON_NO_ANSWER,
					  .code = POSNET_NO_ERROR };

	switch (answer) {
	case POSNET_DONE:
	case POSNET_REFUSED:
		posnet_token_taken(io);
		return;
	case POSNET_FRAME_ERROR:
		posnet_token_free(io);
		return;
	case POSNET_DOUBT:
	case POSNET_NOTHING:
		verdict.reason = posnet_walk_silence_reason(p);
		posnet_job_fail(io, &verdict);
		return;
	case POSNET_SILENT:
		verdict.silent = true;
		posnet_job_fail(io, &verdict);
		return;
	}
}

static void posnet_token_try(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_kept *kept = driver_kept(io);

	p->job.token = kept->next_token % POSNET_TOKENS;
	kept->next_token = (p->job.token + 1) % POSNET_TOKENS;
	posnet_ask_begin(io, POSNET_ASK_RPT, "rpt", p->job.token, NULL,
			 posnet_token_answered);
}

void posnet_token_find(struct driver_io *io)
{
	posnet_token_try(io);
}

static void posnet_ready_finished(struct driver_io *io,
				  const struct posnet_verdict *verdict)
{
	if (verdict)
		posnet_job_fail(io, verdict);
	else
		posnet_token_try(io);
}

/* --- beginning --- */

/* POSNET prints no X report: its figures are read, and nothing moves. */
static void posnet_totals_finished(struct driver_io *io,
				   const struct posnet_verdict *verdict)
{
	struct posnet *p = driver_state(io);
	json_t *result;

	if (verdict) {
		posnet_job_fail(io, verdict);
		return;
	}
	result = json_put_bool(json_make(), "printed", false);
	json_put(result, "figures", posnet_figures_to_json(&p->frame));
	posnet_job_end(io, OUTCOME_OK, REASON_NONE, result);
}

/* Counters, totals and clock: all of it read, and nothing moved. */
static void posnet_state_finished(struct driver_io *io,
				  const struct posnet_verdict *verdict)
{
	struct posnet *p = driver_state(io);
	json_t *result;

	if (verdict) {
		posnet_job_fail(io, verdict);
		return;
	}
	result = json_put(json_make(), "counters",
			  posnet_counters_to_json(&p->facts.counters));
	json_put_text(result, "clock", p->facts.moment);
	json_put_text(result, "serial",
		      p->facts.serial[0] ? p->facts.serial : NULL);
	json_put_bool(result, "fiscal", p->facts.fiscal);
	json_put_bool(result, "read_only", p->facts.read_only);
	json_put(result, "figures", posnet_figures_to_json(&p->frame));
	posnet_job_end(io, OUTCOME_OK, REASON_NONE, result);
}

/* How it counts, but no sum of money: those who test it need not see any. */
static void posnet_test_finished(struct driver_io *io,
				 const struct posnet_verdict *verdict)
{
	struct posnet *p = driver_state(io);
	struct posnet_counters counters = p->facts.counters;

	if (verdict) {
		posnet_job_fail(io, verdict);
		return;
	}
	counters.value[POSNET_CASH] = POSNET_NOT_TOLD;
	posnet_job_end(io, OUTCOME_OK, REASON_NONE,
		       json_put(json_make(), "counters",
				posnet_counters_to_json(&counters)));
}

static bool posnet_range_is_valid(const struct op_report *report,
				  enum op_kind kind)
{
	if (kind == OP_REPORT_BY_DATES)
		return posnet_date_is_valid(report->from_date) &&
		       posnet_date_is_valid(report->to_date) &&
		       strcmp(report->from_date, report->to_date) <= 0;
	if (kind == OP_REPORT_BY_NUMBERS)
		return report->from_number >= 1 &&
		       report->from_number <= report->to_number;
	return true;
}

void posnet_report_begin(struct driver_io *io, const struct op *op)
{
	struct posnet *p = driver_state(io);
	struct posnet_kept *kept = driver_kept(io);

	kept->worked = true;
	posnet_job_begin(&p->job, op);
	if (p->job.document.paper)
		posnet_document_begin(io);
	else if (op->kind == OP_DRAWER_OPEN)
		posnet_drawer_begin(io);
	else if (op->kind == OP_FISCAL_READ)
		posnet_walk_begin(io, posnet_steps_state,
				  posnet_state_finished);
	else if (op->kind == OP_TEST_INTERNAL)
		posnet_counters_ask(io, posnet_test_finished);
	else if (!p->job.command)
		posnet_walk_begin(io, posnet_steps_totals,
				  posnet_totals_finished);
	else if (posnet_range_is_valid(&op->report, op->kind))
		posnet_walk_begin(io, posnet_steps_ready,
				  posnet_ready_finished);
	else
		posnet_job_end(io, OUTCOME_REFUSED, REASON_BAD_RANGE, NULL);
}

/* While evidence is being written, its end has to be awaited. */
void posnet_report_abort(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	if (!p->job.running || p->job.committed || p->job.recovering)
		return;
	if (p->stage == POSNET_SAVING)
		p->job.aborted = true;
	else
		posnet_job_end(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
}
