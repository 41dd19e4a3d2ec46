/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a document, found out by the printer's numbers: on the line on
 * which it was sent, and on the next one, after a crash or a power cut. It is
 * taken from where it stands: cancelled if it is open, ended if only its rest
 * is missing, and never begun again.
 */
#include "printer/posnet_private.h"

#include <string.h>

#define POSNET_PROOFS 2

/* --- found out by the numbers --- */

static enum reason posnet_document_loss(struct driver_io *io)
{
	const struct posnet_kept *kept = driver_kept(io);

	return kept->worked ? REASON_NO_ANSWER : REASON_RESTARTED;
}

/*
 * None of it happened, or none that counts. On the line on which it was sent
 * the command may still lie in a buffer, so that only a recovery says so, and
 * only if it is still so after a while.
 */
static void posnet_document_absent(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	if (p->job.document.refused != POSNET_NO_ERROR)
		posnet_document_end_refused(io);
	else if (!p->job.recovering)
		posnet_document_lose(io);
	else if (++p->job.proofs < POSNET_PROOFS)
		posnet_pause_begin(io, POSNET_SETTLE_MS, posnet_document_find);
	else
		posnet_document_end(io, OUTCOME_FAILED,
				    posnet_document_loss(io));
}

static void posnet_document_found_open(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_document *document = &p->job.document;

	if (document->cancelling && !document->ending)
		posnet_document_absent(io); /* what is open is not ours */
	else if (document->cancelling)
		posnet_document_end(io, OUTCOME_UNKNOWN,
				    REASON_COUNTERS_AMBIGUOUS);
	else if (!p->job.recovering && document->refused == POSNET_NO_ERROR &&
		 (p->job.kind != OP_RECEIPT ||
		  posnet_sums_agree(&p->facts, &document->sums)))
		posnet_document_again(io);
	else
		posnet_document_clean(io);
}

/* The first slip is out, and the cash is not: that goes on from here. */
static void posnet_document_found_half(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_document *document = &p->job.document;

	if (document->refused != POSNET_NO_ERROR) {
		posnet_document_end(io, OUTCOME_UNKNOWN,
				    REASON_COUNTERS_AMBIGUOUS);
		return;
	}
	if (p->job.recovering && ++p->job.proofs < POSNET_PROOFS) {
		posnet_pause_begin(io, POSNET_SETTLE_MS, posnet_document_find);
		return;
	}
	if (document->decided) {
		posnet_document_again(io);
		return;
	}
	document->phase = document->paper->phases + 1;
	document->index = 0;
	document->decided = 1;
	posnet_document_next(io);
}

static void posnet_document_footer_closed(struct driver_io *io,
					  enum posnet_answer answer)
{
	struct posnet *p = driver_state(io);

	if (answer == POSNET_DONE)
		p->facts.transaction = 0;
	if (answer == POSNET_DONE || answer == POSNET_REFUSED ||
	    answer == POSNET_FRAME_ERROR)
		posnet_document_end(io, OUTCOME_OK, REASON_NONE);
	else
		posnet_document_lose(io);
}

/* The receipt is complete; a footer that is still open is closed. On the line
 * on which it was sent, the rest of it may follow. */
static void posnet_document_found_done(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_document *document = &p->job.document;

	if (!p->facts.footer)
		posnet_document_end(io, OUTCOME_OK, REASON_NONE);
	else if (p->job.recovering)
		posnet_ask_begin(io, POSNET_ASK_CHANGE, "trftrend",
				 posnet_document_token(document), NULL,
				 posnet_document_footer_closed);
	else
		posnet_document_done_one(io);
}

/* Another printer at the same port proves nothing about this one; and what was
 * not decided has not happened, whoever else has moved the counters. */
static enum posnet_found posnet_document_verdict(const struct posnet *p)
{
	const struct posnet_document *document = &p->job.document;

	if (p->job.serial[0] && strcmp(p->job.serial, p->facts.serial) != 0)
		return POSNET_FOUND_ODD;
	if (document->ending)
		return p->job.fiscal ? document->paper->judge(p)
				     : POSNET_FOUND_ODD;
	return p->facts.transaction || p->facts.form ? POSNET_FOUND_OPEN
						     : POSNET_FOUND_NOTHING;
}

static void posnet_document_judge(struct driver_io *io)
{
	switch (posnet_document_verdict(driver_state(io))) {
	case POSNET_FOUND_NOTHING:
	case POSNET_FOUND_CANCELLED:
		posnet_document_absent(io);
		return;
	case POSNET_FOUND_OPEN:
		posnet_document_found_open(io);
		return;
	case POSNET_FOUND_HALF:
		posnet_document_found_half(io);
		return;
	case POSNET_FOUND_DONE:
		posnet_document_found_done(io);
		return;
	case POSNET_FOUND_ODD:
		posnet_document_end(io, OUTCOME_UNKNOWN,
				    REASON_COUNTERS_AMBIGUOUS);
		return;
	}
}

static void posnet_document_find_counted(struct driver_io *io,
					 const struct posnet_verdict *verdict)
{
	if (verdict)
		posnet_document_lose(io);
	else
		posnet_document_judge(io);
}

static void posnet_document_find_summed(struct driver_io *io,
					const struct posnet_verdict *verdict)
{
	if (verdict)
		posnet_document_lose(io);
	else
		posnet_snapshot_ask(io, posnet_document_find_counted);
}

void posnet_document_find(struct driver_io *io)
{
	posnet_walk_begin(io, posnet_steps_sums, posnet_document_find_summed);
}

/* --- an earlier line's, or an earlier daemon's --- */

static void posnet_document_recover_told(struct driver_io *io,
					 enum posnet_answer answer)
{
	if (answer == POSNET_DOUBT || answer == POSNET_NOTHING ||
	    answer == POSNET_SILENT)
		posnet_document_lose(io);
	else
		posnet_document_find(io);
}

/*
 * rpt is asked as a barrier only: whatever it tells, the numbers have to tell
 * the same, and they outlast a power cut, which the tokens may not.
 */
void posnet_document_recover(struct driver_io *io, const json_t *evidence)
{
	struct posnet *p = driver_state(io);

	if (!posnet_document_load(p, evidence)) {
		posnet_job_end(io, OUTCOME_FAILED, posnet_document_loss(io),
			       NULL);
		return;
	}
	p->job.committed = true;
	p->patient = true;
	posnet_ask_begin(io, POSNET_ASK_RPT, "rpt", p->job.token, NULL,
			 posnet_document_recover_told);
}
