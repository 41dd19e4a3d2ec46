/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a command (docs/protocols.md 4.10): first the witness, then
 * the counters; see datecs_private.h. A Z report is sent again only by the very
 * operation that sent it, with the line up all the while, after the printer
 * was found twice to know nothing of it.
 */
#include "printer/datecs_private.h"

#include "util/json.h"

#include <stdio.h>
#include <string.h>

json_t *datecs_code_to_json(int64_t code)
{
	char text[24];

	if (code == DATECS_NO_CODE)
		return json_make();
	snprintf(text, sizeof(text), "%lld", (long long)code);
	return json_put_text(json_make(), "code", text);
}

/* --- how it ends --- */

/* after is NULL where the counters could not be read again. */
static json_t *datecs_result_make(const struct datecs_job *job,
				  const struct datecs_counters *after)
{
	json_t *result = datecs_code_to_json(job->refused);
	json_t *counters;

	if (!job->counted)
		return result;
	counters = json_put(json_make(), "before",
			    datecs_counters_to_json(&job->before));
	if (after)
		json_put(counters, "after", datecs_counters_to_json(after));
	json_put_text(result, "date", job->date[0] ? job->date : NULL);
	return json_put(result, "counters", counters);
}

static void datecs_end_ok(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	json_t *result = datecs_result_make(&p->job, &p->facts.counters);
	int64_t number = p->job.number;

	if (number < 0)
		number = datecs_counters_z(&p->facts.counters);
	if (number > 0)
		json_put_int(result, "number", number);
	datecs_job_end(io, OUTCOME_OK, REASON_NONE, result);
}

static void datecs_end_oddly(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	datecs_job_end(io, OUTCOME_UNKNOWN, REASON_COUNTERS_AMBIGUOUS,
		       datecs_result_make(&p->job, &p->facts.counters));
}

static void datecs_end_refused(struct driver_io *io, int64_t code,
			       enum reason reason)
{
	datecs_job_end(io, OUTCOME_REFUSED, reason, datecs_code_to_json(code));
}

static enum reason datecs_loss_reason(struct driver_io *io)
{
	const struct datecs_kept *kept = driver_kept(io);

	return kept->worked ? REASON_NO_ANSWER : REASON_RESTARTED;
}

static enum datecs_moved datecs_job_compare(const struct datecs *p)
{
	if (datecs_is_another(p) || p->status.memory_reset)
		return DATECS_MOVED_ODDLY;
	return datecs_counters_compare(&p->job.before, &p->facts.counters);
}

/* --- it says that it is done --- */

/* Its answer has the number of the report that was to come; or nothing counts
 * them, as in a printer that is not fiscalised. */
static bool datecs_done_is_plain(const struct datecs *p)
{
	int64_t before = datecs_counters_z(&p->job.before);

	return !p->job.fiscal || (before >= 0 && p->job.number == before + 1);
}

/* That stands, whether or not it tells more. */
static void datecs_done_finished(struct driver_io *io,
				 const struct datecs_failure *failure)
{
	struct datecs *p = driver_state(io);

	if (failure) {
		bool silent = failure->silent;

		datecs_job_end(io, OUTCOME_OK, REASON_NONE,
			       datecs_result_make(&p->job, NULL));
		if (silent)
			datecs_line_lose(io, REASON_NO_ANSWER);
		return;
	}
	if (datecs_done_is_plain(p) ||
	    datecs_job_compare(p) == DATECS_MOVED_ONCE)
		datecs_end_ok(io);
	else
		datecs_end_oddly(io);
}

/* The answer to an X report is the report; it has been printed, too. */
static json_t *datecs_printed_make(const struct datecs *p)
{
	struct datecs_report report;
	json_t *result;

	if (p->job.kind != OP_REPORT_X)
		return NULL;
	result = json_put_bool(json_make(), "printed", true);
	if (datecs_report_read(&p->speech, &p->reply, &report))
		json_put(result, "figures", datecs_figures_to_json(&report));
	return result;
}

void datecs_resolve_done(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct datecs_report report;

	if (!p->job.counted) {
		datecs_job_end(io, OUTCOME_OK, REASON_NONE,
			       datecs_printed_make(p));
		return;
	}
	if (datecs_report_read(&p->speech, &p->reply, &report))
		p->job.number = report.number;
	p->patient = false;
	datecs_counters_ask(io, datecs_done_finished);
}

/* --- it says nothing --- */

/* Twice, for a printer that just came back may still finish what it was at. */
static void datecs_resolve_not_done(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct datecs_job *job = &p->job;

	if (++job->proofs < DATECS_PROOFS)
		datecs_pause_begin(io, DATECS_SETTLE_MS, datecs_resolve_begin);
	else if (job->refused != DATECS_NO_CODE)
		datecs_end_refused(io, job->refused, job->refused_reason);
	else if (job->recovering)
		datecs_job_end(io, OUTCOME_FAILED, datecs_loss_reason(io),
			       datecs_result_make(job, &p->facts.counters));
	else if (job->sends < DATECS_SENDS_MAX)
		datecs_report_save(io);
	else if (job->not_taken)
		datecs_end_refused(io, DATECS_NO_CODE, REASON_GARBLED);
	else
		datecs_line_lose(io, REASON_NO_ANSWER);
}

static void datecs_compared(struct driver_io *io,
			    const struct datecs_failure *failure)
{
	struct datecs *p = driver_state(io);

	if (failure) {
		datecs_line_lose(io, failure->reason);
		return;
	}
	switch (datecs_job_compare(p)) {
	case DATECS_MOVED_ONCE:
		datecs_end_ok(io);
		return;
	case DATECS_MOVED_NOT:
		if (p->job.fiscal)
			datecs_resolve_not_done(io);
		else
			datecs_end_oddly(io);
		return;
	case DATECS_MOVED_ODDLY:
		datecs_end_oddly(io);
		return;
	}
}

/* Nothing but the counters can tell, and only a Z report moves any. */
static void datecs_resolve_untold(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	if (p->job.counted)
		datecs_counters_ask(io, datecs_compared);
	else if (p->job.not_taken)
		datecs_end_refused(io, DATECS_NO_CODE, REASON_GARBLED);
	else
		datecs_job_end(io, OUTCOME_UNKNOWN, datecs_loss_reason(io),
			       NULL);
}

/* --- it says no --- */

enum reason datecs_job_reason(const struct datecs_job *job, enum reason reason)
{
	bool ranged = job->kind == OP_REPORT_BY_DATES ||
		      job->kind == OP_REPORT_BY_NUMBERS ||
		      job->kind == OP_PRINT_COPY;

	return ranged && reason == REASON_BAD_PARAMETER ? REASON_BAD_RANGE
							: reason;
}

/* A failure inside the printer may have come after the deed. */
static void datecs_refused_settle(struct driver_io *io, int64_t code,
				  const struct datecs_meaning *meaning)
{
	struct datecs *p = driver_state(io);

	if (!meaning->doubtful || !p->job.counted) {
		datecs_end_refused(io, code,
				   datecs_job_reason(&p->job, meaning->reason));
		return;
	}
	p->job.refused = code;
	p->job.refused_reason = meaning->reason;
	datecs_counters_ask(io, datecs_compared);
}

/* The last error that a classic printer keeps; it may be another's. */
bool datecs_complaint_is_about(const struct datecs *p,
			       enum datecs_action action, int64_t *out_code)
{
	struct buf text = BUF_INIT(DATECS_DATA_SIZE);
	unsigned int ours = datecs_command_number(p->speech.dialect, action);
	int64_t command = 0;
	bool read;

	read = datecs_complaint_read(&p->speech, &p->reply, out_code, &text);
	buf_free(&text);
	return read && *out_code < 0 &&
	       datecs_fields_number(&p->reply.fields, 0, &command) &&
	       command == ours;
}

/* What the status says of paper and cover is plainer than its code. */
struct datecs_meaning datecs_meaning_join(const struct datecs_meaning *status,
					  int64_t code)
{
	struct datecs_meaning meaning = datecs_error_meaning(code);

	meaning.doubtful |= status->doubtful;
	if (status->reason == REASON_DEVICE_REFUSED)
		return meaning;
	meaning.reason = status->reason;
	meaning.remedy = status->remedy;
	return meaning;
}

static void datecs_complaint_answered(struct driver_io *io, enum datecs_end end)
{
	struct datecs *p = driver_state(io);
	struct datecs_meaning meaning = p->job.no;
	int64_t code = DATECS_NO_CODE;

	if (end == DATECS_DONE &&
	    datecs_complaint_is_about(p, p->job.action, &code)) {
		meaning = datecs_meaning_join(&p->job.no, code);
	} else {
		code = DATECS_NO_CODE;
	}
	datecs_refused_settle(io, code, &meaning);
}

/* A classic printer only says no; it is asked why (4.7, 32). */
void datecs_resolve_refused(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->job.no = p->reply.meaning;
	if (datecs_speech_is_x(&p->speech))
		datecs_refused_settle(io, p->reply.code, &p->job.no);
	else
		datecs_ask_begin(io, DATECS_ASK_READ, DATECS_COMPLAINT, 0, NULL,
				 datecs_complaint_answered);
}

/* --- the witness --- */

/* What was answered under the command's own SEQ. */
static void datecs_resolve_replayed(struct driver_io *io,
				    const struct datecs_answer *answer)
{
	struct datecs *p = driver_state(io);
	unsigned int command =
		datecs_command_number(p->speech.dialect, p->job.action);

	if (answer->command != command) {
		datecs_resolve_untold(io);
		return;
	}
	datecs_reply_read(&p->speech, p->job.action, answer, &p->reply);
	switch (p->reply.verdict) {
	case DATECS_VERDICT_DONE:
		datecs_resolve_done(io);
		return;
	case DATECS_VERDICT_REFUSED:
		datecs_resolve_refused(io);
		return;
	case DATECS_VERDICT_SENSELESS:
		datecs_resolve_untold(io);
		return;
	}
}

static void datecs_witness_answered(struct driver_io *io, enum datecs_end end)
{
	struct datecs *p = driver_state(io);

	switch (end) {
	case DATECS_REPLAYED:
		datecs_resolve_replayed(io, &p->answer);
		return;
	case DATECS_DONE:
	case DATECS_REFUSED:
		datecs_resolve_untold(io);
		return;
	case DATECS_SENSELESS:
	case DATECS_NOT_TAKEN:
	case DATECS_OPEN:
		datecs_line_lose(io, REASON_GARBLED);
		return;
	case DATECS_SILENT:
		datecs_line_lose(io, REASON_NO_ANSWER);
		return;
	}
}

void datecs_resolve_begin(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->patient = true;
	if (p->job.recovering || p->job.proofs)
		datecs_resolve_untold(io);
	else
		datecs_ask_begin(io, DATECS_ASK_WITNESS, DATECS_STATUS,
				 p->job.seq, NULL, datecs_witness_answered);
}

/* --- an earlier daemon's, or from before the line was lost --- */

static bool datecs_job_load(struct datecs_job *job, const json_t *evidence)
{
	int64_t seq = json_int(evidence, "sequence", 0);
	const char *date = json_text(evidence, "date");
	const char *serial = json_text(evidence, "serial");

	if (seq < ' ' || seq > 0x7F)
		return false;
	job->seq = (uint8_t)seq;
	job->fiscal = json_flag(evidence, "fiscal");
	if (date)
		snprintf(job->date, sizeof(job->date), "%s", date);
	if (serial)
		snprintf(job->serial, sizeof(job->serial), "%s", serial);
	datecs_counters_from_json(json_object_get(evidence, "counters"),
				  &job->before);
	return true;
}

/*
 * The SEQ is saved before anything is sent that prints: evidence without one,
 * or none at all, means that nothing was. The witness was asked when the line
 * came up (datecs_open.c).
 */
void datecs_recover_begin(struct driver_io *io, const struct op *op,
			  const json_t *evidence)
{
	struct datecs *p = driver_state(io);

	if (datecs_job_begin(&p->job, op) && p->job.document.paper) {
		datecs_document_recover(io, evidence);
		return;
	}
	if (op->kind == OP_DRAWER_OPEN) {
		datecs_drawer_recover(io, evidence);
		return;
	}
	if (!datecs_job_load(&p->job, evidence)) {
		datecs_job_end(io, OUTCOME_FAILED, datecs_loss_reason(io),
			       NULL);
		return;
	}
	p->job.recovering = true;
	p->job.committed = true;
	p->patient = true;
	if (p->witness.found && p->witness.seq == p->job.seq &&
	    !datecs_is_another(p))
		datecs_resolve_replayed(io, &p->witness.answer);
	else
		datecs_resolve_begin(io);
}
