/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a command (docs/protocols.md 3.9). First the printer is asked
 * for the reply that it keeps under the command's token: rpt waits in the same
 * queue, so by the time it is answered, whatever came before it has ended. Where
 * the reply is not kept (a power cut), the counters of a daily report tell; a
 * periodic report moves none, and stays unknown. Nothing is sent again but
 * what a frame error was told about and what then proved not to have happened.
 */
#include "printer/posnet_private.h"

#include "util/json.h"

#include <stdio.h>
#include <string.h>

#define POSNET_SENDS_MAX     3
#define POSNET_PROOFS	     2
#define POSNET_ERR_NOT_FOUND 13 /* rpt: no such token */

json_t *posnet_code_to_json(int code, bool frame_error)
{
	char text[24];

	if (code == POSNET_NO_ERROR)
		return json_make();
	snprintf(text, sizeof(text), frame_error ? "ERR %d" : "%d", code);
	return json_put_text(json_make(), "code", text);
}

/* after is NULL where the counters could not be read again. */
static json_t *posnet_result_make(const struct posnet_job *job,
				  const struct posnet_counters *after)
{
	json_t *counters = json_make();
	json_t *result = posnet_code_to_json(job->refused, false);

	json_put(counters, "before", posnet_counters_to_json(&job->before));
	if (after)
		json_put(counters, "after", posnet_counters_to_json(after));
	json_put_text(result, "date", job->date[0] ? job->date : NULL);
	return json_put(result, "counters", counters);
}

/* Another printer at the same port proves nothing about this one. */
static enum posnet_moved posnet_job_compare(const struct posnet *p)
{
	if (p->job.serial[0] && strcmp(p->job.serial, p->facts.serial) != 0)
		return POSNET_MOVED_ODDLY;
	return posnet_counters_compare(&p->job.before, &p->facts.counters);
}

static void posnet_daily_end_ok(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	json_t *result = posnet_result_make(&p->job, &p->facts.counters);

	json_put_int(result, "number", p->facts.counters.value[POSNET_REPORTS]);
	posnet_job_end(io, OUTCOME_OK, REASON_NONE, result);
}

static void posnet_daily_end_oddly(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	posnet_job_end(io, OUTCOME_UNKNOWN, REASON_COUNTERS_AMBIGUOUS,
		       posnet_result_make(&p->job, &p->facts.counters));
}

/* --- confirmed --- */

/* The printer has confirmed it: that stands, whether or not it tells more. */
static void posnet_confirmed_untold(struct driver_io *io, bool silent)
{
	struct posnet *p = driver_state(io);

	posnet_job_end(io, OUTCOME_OK, REASON_NONE,
		       posnet_result_make(&p->job, NULL));
	if (silent)
		posnet_line_lose(io, REASON_NO_ANSWER);
}

static void posnet_confirmed_finished(struct driver_io *io,
				      const struct posnet_verdict *verdict)
{
	struct posnet *p = driver_state(io);

	if (verdict) {
		posnet_confirmed_untold(io, verdict->silent);
		return;
	}
	/* in training mode, rd stays 0 whatever is done (3.7, sfsk) */
	if (!p->job.fiscal || p->job.before.value[POSNET_REPORTS] < 0) {
		posnet_job_end(io, OUTCOME_OK, REASON_NONE,
			       posnet_result_make(&p->job, &p->facts.counters));
		return;
	}
	switch (posnet_job_compare(p)) {
	case POSNET_MOVED_ONCE:
		posnet_daily_end_ok(io);
		return;
	case POSNET_MOVED_NOT:
	case POSNET_MOVED_ODDLY:
		posnet_daily_end_oddly(io);
		return;
	}
}

void posnet_resolve_confirmed(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	if (!p->job.counted) {
		posnet_job_end(io, OUTCOME_OK, REASON_NONE, NULL);
		return;
	}
	p->patient = false;
	posnet_counters_ask(io, posnet_confirmed_finished);
}

/* --- not confirmed --- */

enum reason posnet_job_reason(const struct posnet_job *job, int code,
			      bool frame_error)
{
	enum reason reason = frame_error ? posnet_frame_error_reason(code)
					 : posnet_error_reason(code);
	bool ranged = job->kind == OP_REPORT_BY_DATES ||
		      job->kind == OP_REPORT_BY_NUMBERS ||
		      job->kind == OP_PRINT_COPY;

	return ranged && reason == REASON_BAD_PARAMETER ? REASON_BAD_RANGE
							: reason;
}

static void posnet_end_refused(struct driver_io *io, int code, bool frame_error)
{
	const struct posnet *p = driver_state(io);

	posnet_job_end(io, OUTCOME_REFUSED,
		       posnet_job_reason(&p->job, code, frame_error),
		       posnet_code_to_json(code, frame_error));
}

static enum reason posnet_loss_reason(struct driver_io *io)
{
	const struct posnet_kept *kept = driver_kept(io);

	return kept->worked ? REASON_NO_ANSWER : REASON_RESTARTED;
}

/*
 * It was not executed, and that is certain. Past the point of no return only a
 * recovery may say so, and only if it is still so after a while: a line that
 * broke may have left the command in a buffer on its way.
 */
static void posnet_resolve_not_executed(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_job *job = &p->job;

	if (job->frame_error != POSNET_NO_ERROR) {
		if (posnet_frame_error_is_passing(job->frame_error) &&
		    job->sends < POSNET_SENDS_MAX)
			posnet_report_send(io);
		else
			posnet_end_refused(io, job->frame_error, true);
	} else if (!job->recovering) {
		posnet_line_lose(io, REASON_NO_ANSWER);
	} else if (++job->proofs < POSNET_PROOFS) {
		posnet_pause_begin(io, POSNET_SETTLE_MS, posnet_resolve_begin);
	} else {
		posnet_job_end(io, OUTCOME_FAILED, posnet_loss_reason(io),
			       posnet_result_make(job, &p->facts.counters));
	}
}

static void posnet_resolve_unmoved(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	if (!p->job.fiscal)
		posnet_daily_end_oddly(io);
	else if (p->job.refused != POSNET_NO_ERROR)
		posnet_end_refused(io, p->job.refused, false);
	else
		posnet_resolve_not_executed(io);
}

static void posnet_compared(struct driver_io *io,
			    const struct posnet_verdict *verdict)
{
	struct posnet *p = driver_state(io);

	if (verdict) {
		posnet_line_lose(io, verdict->reason);
		return;
	}
	switch (posnet_job_compare(p)) {
	case POSNET_MOVED_ONCE:
		posnet_daily_end_ok(io);
		return;
	case POSNET_MOVED_NOT:
		posnet_resolve_unmoved(io);
		return;
	case POSNET_MOVED_ODDLY:
		posnet_daily_end_oddly(io);
		return;
	}
}

/* not_found: the printer says so itself, rather than not knowing rpt. */
static void posnet_resolve_untold(struct driver_io *io, bool not_found)
{
	struct posnet *p = driver_state(io);

	if (p->job.counted)
		posnet_counters_ask(io, posnet_compared);
	else if (not_found && p->job.frame_error != POSNET_NO_ERROR)
		posnet_resolve_not_executed(io);
	else
		posnet_job_end(io, OUTCOME_UNKNOWN, posnet_loss_reason(io),
			       NULL);
}

/* A failure inside the printer may have come after the deed. */
void posnet_resolve_refused(struct driver_io *io, int code, bool certain)
{
	struct posnet *p = driver_state(io);

	if (!p->job.counted || (certain && !posnet_error_is_doubtful(code))) {
		posnet_end_refused(io, code, false);
		return;
	}
	p->job.refused = code;
	posnet_counters_ask(io, posnet_compared);
}

/* --- asking --- */

/* Not whether rpt answers under its own name or that of the command. */
static bool posnet_rpt_is_ours(const struct posnet *p)
{
	const char *name = posnet_frame_mnemonic(&p->frame);

	return (!strcmp(name, "rpt") || !strcmp(name, p->job.command)) &&
	       !p->frame.fields;
}

static void posnet_rpt_answered(struct driver_io *io, enum posnet_answer answer)
{
	struct posnet *p = driver_state(io);
	bool ours = posnet_rpt_is_ours(p);

	switch (answer) {
	case POSNET_DONE:
		if (ours)
			posnet_resolve_confirmed(io);
		else
			posnet_resolve_untold(io, false);
		return;
	case POSNET_REFUSED:
		if (ours)
			posnet_resolve_refused(io, p->frame.error, false);
		else
			posnet_resolve_untold(io, false);
		return;
	case POSNET_FRAME_ERROR:
		posnet_resolve_untold(io,
				      p->frame.error == POSNET_ERR_NOT_FOUND);
		return;
	case POSNET_DOUBT:
	case POSNET_NOTHING:
		posnet_line_lose(io, posnet_walk_silence_reason(p));
		return;
	case POSNET_SILENT:
		posnet_line_lose(io, REASON_NO_ANSWER);
		return;
	}
}

void posnet_resolve_begin(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->patient = true;
	posnet_ask_begin(io, POSNET_ASK_RPT, "rpt", p->job.token, NULL,
			 posnet_rpt_answered);
}

/* --- an earlier daemon's, or from before the line was lost --- */

static bool posnet_job_load(struct posnet_job *job, const json_t *evidence)
{
	int64_t token = json_int(evidence, "token", POSNET_NO_TOKEN);
	const char *date = json_text(evidence, "date");
	const char *serial = json_text(evidence, "serial");

	if (token < 0 || token >= POSNET_TOKENS)
		return false;
	job->token = (int)token;
	job->fiscal = json_flag(evidence, "fiscal");
	if (date && posnet_date_is_valid(date))
		memcpy(job->date, date, sizeof(job->date));
	if (serial)
		snprintf(job->serial, sizeof(job->serial), "%s", serial);
	posnet_counters_from_json(json_object_get(evidence, "counters"),
				  &job->before);
	return true;
}

/*
 * The token is saved before anything is sent that changes something: evidence
 * without one, or none at all, means that nothing was.
 */
void posnet_recover_begin(struct driver_io *io, const struct op *op,
			  const json_t *evidence)
{
	struct posnet *p = driver_state(io);

	posnet_job_begin(&p->job, op);
	p->job.recovering = true;
	if (p->job.document.paper) {
		posnet_document_recover(io, evidence);
		return;
	}
	if (op->kind == OP_DRAWER_OPEN) {
		posnet_drawer_recover(io, evidence);
		return;
	}
	if (!p->job.command || !posnet_job_load(&p->job, evidence)) {
		posnet_job_end(io, OUTCOME_FAILED, posnet_loss_reason(io),
			       NULL);
		return;
	}
	p->job.committed = true;
	posnet_resolve_begin(io);
}
