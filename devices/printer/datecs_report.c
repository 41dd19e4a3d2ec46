/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reports. All of them print, and go this way; everything up to the save
 * only reads:
 *
 *	able to print, nothing open? - the counters - save - commit - send
 *
 * A printer that can't print now is asked for nothing, rather than left with a
 * command that it may carry out whenever somebody puts paper in.
 */
#include "printer/datecs_private.h"

#include "util/json.h"
#include "util/secret.h"

#include <string.h>

/* Z, X; full and short forms of the others. */
static const struct datecs_report_row {
	enum op_kind kind;
	enum datecs_action full, summary;
	const char *name;
	bool counted;
} datecs_reports[] = {
	{ OP_REPORT_Z, DATECS_REPORT_Z, DATECS_REPORT_Z, "report-z", true },
	{ OP_REPORT_X, DATECS_REPORT_X, DATECS_REPORT_X, "report-x", false },
	{ OP_REPORT_BY_DATES, DATECS_REPORT_BY_DATES,
	  DATECS_REPORT_BY_DATES_SHORT, "report-by-dates", false },
	{ OP_REPORT_BY_NUMBERS, DATECS_REPORT_BY_NUMBERS,
	  DATECS_REPORT_BY_NUMBERS_SHORT, "report-by-numbers", false },
};

static const struct datecs_report_row *datecs_report_find(enum op_kind kind)
{
	for (size_t i = 0;
	     i < sizeof(datecs_reports) / sizeof(datecs_reports[0]); i++)
		if (datecs_reports[i].kind == kind)
			return &datecs_reports[i];
	return NULL;
}

static const struct receipt *datecs_job_receipt(const struct op *op)
{
	if (op->kind == OP_GOODS_RETURN)
		return op->goods.receipt;
	return op->kind == OP_RECEIPT ? op->receipt : NULL;
}

bool datecs_job_begin(struct datecs_job *job, const struct op *op)
{
	const struct datecs_report_row *row = datecs_report_find(op->kind);

	*job = (struct datecs_job){ .running = true,
				    .kind = op->kind,
				    .op = op_copy(op),
				    .number = DATECS_NOT_TOLD };
	datecs_counters_clear(&job->before);
	job->document.paper = datecs_paper_find(op->kind);
	job->receipt = datecs_job_receipt(op);
	if (!row)
		return job->document.paper || op->kind == OP_FISCAL_READ ||
		       op->kind == OP_DRAWER_OPEN ||
		       op->kind == OP_TEST_INTERNAL;
	job->report = op->report;
	job->action = op->report.summary ? row->summary : row->full;
	job->counted = row->counted;
	return true;
}

void datecs_job_clear(struct datecs_job *job)
{
	if (job->running)
		op_clear(&job->op);
	*job = (struct datecs_job){ 0 };
}

void datecs_job_end(struct driver_io *io, enum outcome outcome,
		    enum reason reason, json_t *result)
{
	struct datecs *p = driver_state(io);

	secret_wipe(&p->answer, sizeof(p->answer));
	secret_wipe(&p->reply, sizeof(p->reply));
	secret_wipe(&p->witness, sizeof(p->witness));
	datecs_job_clear(&p->job);
	p->patient = false;
	p->stage = DATECS_IDLE;
	driver_deadline(io, DATECS_TICK_MS); /* to see how it is now */
	datecs_watch_counters(io);
	driver_done(io, outcome, reason, result);
}

/* Nothing that changes anything was sent yet. */
void datecs_job_fail(struct driver_io *io, const struct datecs_failure *failure)
{
	bool silent = failure->silent;

	datecs_job_end(io, failure->outcome, failure->reason,
		       failure->code == DATECS_NO_CODE
			       ? NULL
			       : datecs_code_to_json(failure->code));
	if (silent)
		datecs_line_lose(io, REASON_NO_ANSWER);
}

/* --- the command --- */

static void datecs_report_write(const struct datecs *p, struct buf *data)
{
	const struct op_report *report = &p->job.report;

	if (p->job.kind == OP_REPORT_BY_DATES)
		datecs_dates_write(&p->speech, report->summary,
				   report->from_date, report->to_date, data);
	else if (p->job.kind == OP_REPORT_BY_NUMBERS)
		datecs_numbers_write(&p->speech, report->summary,
				     report->from_number, report->to_number,
				     data);
	else
		datecs_plain_write(&p->speech, p->job.action, data);
}

static void datecs_report_answered(struct driver_io *io, enum datecs_end end)
{
	struct datecs *p = driver_state(io);

	switch (end) {
	case DATECS_DONE:
		datecs_resolve_done(io);
		return;
	case DATECS_REFUSED:
		datecs_resolve_refused(io);
		return;
	case DATECS_NOT_TAKEN:
		p->job.not_taken = true;
		datecs_resolve_begin(io);
		return;
	case DATECS_OPEN:
	case DATECS_SENSELESS:
	case DATECS_REPLAYED:
	case DATECS_SILENT:
		datecs_resolve_begin(io);
		return;
	}
}

static void datecs_report_send(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct buf data = BUF_INIT(DATECS_DATA_SIZE);

	p->job.sends++;
	p->job.proofs = 0;
	p->job.not_taken = false;
	datecs_report_write(p, &data);
	datecs_ask_begin(io,
			 p->job.counted ? DATECS_ASK_ONCE : DATECS_ASK_AGAIN,
			 p->job.action, p->job.seq, &data,
			 datecs_report_answered);
	buf_free(&data);
	driver_progress(io, json_put_text(json_make(), "text", "printing"));
}

/* --- the evidence --- */

/* Not the frame: of other commands it has the operator's password. */
static json_t *datecs_evidence_make(const struct datecs *p)
{
	const struct datecs_job *job = &p->job;
	json_t *evidence = json_make();

	json_put_text(evidence, "command", datecs_report_find(job->kind)->name);
	json_put_text(evidence, "dialect", p->speech.dialect->name);
	json_put_int(evidence, "sequence", job->seq);
	json_put_text(evidence, "serial", job->serial[0] ? job->serial : NULL);
	if (!job->counted)
		return evidence;
	json_put_text(evidence, "date", job->date[0] ? job->date : NULL);
	json_put_bool(evidence, "fiscal", job->fiscal);
	return json_put(evidence, "counters",
			datecs_counters_to_json(&job->before));
}

void datecs_report_save(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->job.seq = datecs_seq_take(io);
	p->stage = DATECS_SAVING;
	driver_save(io, datecs_evidence_make(p));
}

static void datecs_snapshot_finished(struct driver_io *io,
				     const struct datecs_failure *failure);

/* Numbers that disagree have moved in the meantime; nothing could be proved by
 * them, nor by none at all. */
static void datecs_snapshot_again(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	if (p->job.snapshots++ < DATECS_PROOFS)
		datecs_counters_ask(io, datecs_snapshot_finished);
	else
		datecs_job_end(io, OUTCOME_FAILED, REASON_GARBLED, NULL);
}

static void datecs_snapshot_finished(struct driver_io *io,
				     const struct datecs_failure *failure)
{
	struct datecs *p = driver_state(io);
	struct datecs_job *job = &p->job;

	if (failure) {
		datecs_job_fail(io, failure);
		return;
	}
	if (job->counted && !datecs_counters_agree(&p->facts.counters)) {
		datecs_snapshot_again(io);
		return;
	}
	job->before = p->facts.counters;
	job->fiscal = p->status.fiscalised;
	memcpy(job->date, p->facts.date, sizeof(job->date));
	memcpy(job->serial, p->facts.identity.serial, sizeof(job->serial));
	datecs_report_save(io);
}

static void datecs_ready_finished(struct driver_io *io,
				  const struct datecs_failure *failure)
{
	const struct datecs *p = driver_state(io);

	if (failure)
		datecs_job_fail(io, failure);
	else if (p->job.counted)
		datecs_counters_ask(io, datecs_snapshot_finished);
	else
		datecs_snapshot_finished(io, NULL);
}

/* One that was sent before and proved not to be carried out is past its point
 * of no return: then only a recovery may end it. */
void datecs_report_saved(struct driver_io *io, int err)
{
	struct datecs *p = driver_state(io);

	if (p->stage != DATECS_SAVING)
		return;
	if (p->job.document.paper) {
		datecs_document_saved(io, err);
		return;
	}
	if (p->job.kind == OP_DRAWER_OPEN) {
		datecs_drawer_saved(io, err);
		return;
	}
	if ((err || p->job.aborted) && !p->job.committed) {
		datecs_job_end(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
		return;
	}
	if (err) {
		datecs_line_lose(io, REASON_RECOVERING);
		return;
	}
	p->job.committed = true;
	driver_commit(io);
	datecs_report_send(io);
}

/* --- what is only read --- */

static json_t *datecs_day_to_json(const struct datecs *p)
{
	struct datecs_report report = {
		.number = datecs_counters_z(&p->facts.counters) + 1
	};

	memcpy(report.tax, p->facts.day, sizeof(report.tax));
	return datecs_figures_to_json(&report);
}

static void datecs_state_finished(struct driver_io *io,
				  const struct datecs_failure *failure)
{
	struct datecs *p = driver_state(io);
	const struct datecs_facts *facts = &p->facts;
	json_t *result;

	if (failure) {
		datecs_job_fail(io, failure);
		return;
	}
	result = json_put(json_make(), "counters",
			  datecs_counters_to_json(&facts->counters));
	json_put_text(result, "clock", facts->moment[0] ? facts->moment : NULL);
	json_put_text(result, "serial",
		      facts->identity.serial[0] ? facts->identity.serial
						: NULL);
	json_put_bool(result, "fiscal", p->status.fiscalised);
	json_put_bool(result, "read_only", p->status.fiscal_read_only);
	json_put(result, "figures", datecs_day_to_json(p));
	datecs_job_end(io, OUTCOME_OK, REASON_NONE, result);
}

static void datecs_state_counted(struct driver_io *io,
				 const struct datecs_failure *failure)
{
	if (failure)
		datecs_job_fail(io, failure);
	else
		datecs_walk_begin(io, datecs_steps_state,
				  datecs_state_finished);
}

/* How it counts, but no sum of money: those who test it need not see any. */
static void datecs_test_finished(struct driver_io *io,
				 const struct datecs_failure *failure)
{
	struct datecs *p = driver_state(io);
	struct datecs_counters counters = p->facts.counters;

	if (failure) {
		datecs_job_fail(io, failure);
		return;
	}
	counters.value[DATECS_DRAWER_CASH] = DATECS_NOT_TOLD;
	counters.value[DATECS_CASH_IN] = DATECS_NOT_TOLD;
	counters.value[DATECS_CASH_OUT] = DATECS_NOT_TOLD;
	datecs_job_end(io, OUTCOME_OK, REASON_NONE,
		       json_put(json_make(), "counters",
				datecs_counters_to_json(&counters)));
}

/* --- beginning --- */

static bool datecs_range_is_valid(const struct datecs *p)
{
	struct buf data = BUF_INIT(DATECS_DATA_SIZE);
	bool valid;

	datecs_report_write(p, &data);
	valid = !data.failed;
	buf_free(&data);
	return valid;
}

void datecs_report_go_on(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->job.waiting = false;
	if (p->job.aborted)
		datecs_job_end(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
	else if (p->job.document.paper)
		datecs_document_begin(io);
	else if (p->job.kind == OP_DRAWER_OPEN)
		datecs_drawer_begin(io);
	else if (p->job.kind == OP_FISCAL_READ)
		datecs_counters_ask(io, datecs_state_counted);
	else if (p->job.kind == OP_TEST_INTERNAL)
		datecs_counters_ask(io, datecs_test_finished);
	else if (datecs_range_is_valid(p))
		datecs_walk_begin(io, datecs_steps_ready,
				  datecs_ready_finished);
	else
		datecs_job_end(io, OUTCOME_REFUSED, REASON_BAD_RANGE, NULL);
}

void datecs_report_begin(struct driver_io *io, const struct op *op)
{
	struct datecs *p = driver_state(io);
	struct datecs_kept *kept = driver_kept(io);

	kept->worked = true;
	if (!datecs_job_begin(&p->job, op)) {
		datecs_job_end(io, OUTCOME_FAILED, REASON_NOT_SUPPORTED, NULL);
		return;
	}
	p->job.waiting = p->stage == DATECS_ASKING;
	if (!p->job.waiting)
		datecs_report_go_on(io);
}

/* The answer under way, or the end of the write, has to be awaited. */
void datecs_report_abort(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	if (p->job.running && !p->job.committed && !p->job.recovering)
		p->job.aborted = true;
}
