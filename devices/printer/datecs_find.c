/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a document, by the printer's numbers, on the line on which it
 * was begun or on a later one (docs/protocols.md 4.10).
 */
#include "printer/datecs_private.h"

/* --- found out by the numbers --- */

static enum reason datecs_document_loss(struct driver_io *io)
{
	const struct datecs_kept *kept = driver_kept(io);

	return kept->worked ? REASON_NO_ANSWER : REASON_RESTARTED;
}

/* Twice, for a printer that just came back may still finish what it was at. */
static void datecs_document_absent(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	if (datecs_document_is_left(p))
		datecs_document_end(io, OUTCOME_UNKNOWN, REASON_CANNOT_TELL);
	else if (++p->job.proofs < DATECS_PROOFS)
		datecs_pause_begin(io, DATECS_SETTLE_MS, datecs_document_find);
	else if (p->job.document.refused)
		datecs_document_end_refused(io);
	else if (p->job.recovering)
		datecs_document_end(io, OUTCOME_FAILED,
				    datecs_document_loss(io));
	else if (p->job.document.paper->cancel == DATECS_ACTIONS)
		datecs_document_again(io);
	else
		datecs_document_lose(io);
}

/* On the line on which it was begun it goes on; a later one cleans up. */
static void datecs_document_found_open(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct datecs_course *document = &p->job.document;

	if (!p->job.recovering && !document->refused &&
	    (!p->job.receipt || datecs_sums_agree(p, &document->sums)))
		datecs_document_again(io);
	else
		datecs_document_clean(io);
}

/* What was not decided has not happened, whoever else moved the counters. */
static enum datecs_found datecs_document_verdict(const struct datecs *p)
{
	const struct datecs_course *document = &p->job.document;

	if (datecs_is_another(p))
		return DATECS_FOUND_ODD;
	if (document->ending)
		return p->job.fiscal ? document->paper->judge(p)
				     : DATECS_FOUND_ODD;
	return datecs_is_open(p) ? DATECS_FOUND_OPEN : DATECS_FOUND_NOTHING;
}

static void datecs_document_judge(struct driver_io *io,
				  const struct datecs_failure *failure)
{
	if (failure) {
		datecs_document_lose(io);
		return;
	}
	switch (datecs_document_verdict(driver_state(io))) {
	case DATECS_FOUND_NOTHING:
		datecs_document_absent(io);
		return;
	case DATECS_FOUND_OPEN:
		datecs_document_found_open(io);
		return;
	case DATECS_FOUND_DONE:
		datecs_document_end(io, OUTCOME_OK, REASON_NONE);
		return;
	case DATECS_FOUND_ODD:
		datecs_document_end(io, OUTCOME_UNKNOWN,
				    REASON_COUNTERS_AMBIGUOUS);
		return;
	}
}

static void datecs_document_find_counted(struct driver_io *io,
					 const struct datecs_failure *failure)
{
	if (failure)
		datecs_document_lose(io);
	else
		datecs_counters_ask(io, datecs_document_judge);
}

void datecs_document_find(struct driver_io *io)
{
	datecs_found_ask(io, datecs_document_find_counted);
}

/* --- an earlier line's, or an earlier daemon's --- */

/* The witness was asked when the line came up; only of the deciding command
 * does its answer say that all of it has happened. */
static bool datecs_document_is_witnessed(const struct datecs *p)
{
	const struct datecs_phase *phase = p->job.document.phase;
	struct datecs_reply reply;

	while (phase->role != DATECS_DECIDES)
		phase++;
	if (!p->job.document.ending || !p->witness.found ||
	    datecs_is_another(p) || p->witness.seq != p->job.seq ||
	    p->witness.answer.command !=
		    datecs_command_number(p->speech.dialect, phase->action))
		return false;
	datecs_reply_read(&p->speech, phase->action, &p->witness.answer,
			  &reply);
	return reply.verdict == DATECS_VERDICT_DONE;
}

void datecs_document_recover(struct driver_io *io, const json_t *evidence)
{
	struct datecs *p = driver_state(io);

	if (!datecs_document_load(p, evidence)) {
		datecs_job_end(io, OUTCOME_FAILED, datecs_document_loss(io),
			       NULL);
		return;
	}
	p->job.recovering = true;
	p->job.committed = true;
	p->job.rules = p->facts.rules;
	p->patient = true;
	if (datecs_document_is_witnessed(p))
		datecs_document_confirm(io);
	else
		datecs_document_find(io);
}
