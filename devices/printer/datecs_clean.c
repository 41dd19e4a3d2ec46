/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the printer would not print: somebody puts paper in, and it goes on; or
 * what is open is cancelled.
 *
 * A classic printer cancels no receipt that is being paid
 * (docs/protocols.md 4.7). Then all that was sold is on it, and it is paid and
 * closed as it was meant to be.
 */
#include "printer/datecs_private.h"

#include "util/json.h"

#define DATECS_CANCELS_MAX 3

/* --- paper, cover: somebody has to help --- */

static void datecs_document_watch(struct driver_io *io);

static const char *datecs_document_trouble(enum reason reason)
{
	if (reason == REASON_PAPER_OUT)
		return "paper out";
	return reason == REASON_COVER_OPEN ? "cover open" : "printer error";
}

static void datecs_document_watched(struct driver_io *io,
				    const struct datecs_failure *failure)
{
	struct datecs *p = driver_state(io);
	enum reason trouble = datecs_status_trouble(&p->status).reason;

	if (failure)
		datecs_document_lose(io);
	else if (trouble)
		datecs_pause_begin(io, DATECS_HELP_MS, datecs_document_watch);
	else
		p->job.document.helped(io);
}

static void datecs_document_watch(struct driver_io *io)
{
	datecs_walk_begin(io, datecs_steps_status, datecs_document_watched);
}

/* For as long as it takes: half a receipt is worth nothing to anybody. */
static void datecs_document_wait(struct driver_io *io, enum reason reason,
				 void (*helped)(struct driver_io *io))
{
	datecs_document_of(io)->helped = helped;
	driver_progress(io, json_put_text(json_make(), "text",
					  datecs_document_trouble(reason)));
	datecs_pause_begin(io, DATECS_HELP_MS, datecs_document_watch);
}

/* --- refused: what is open is cancelled --- */

/*
 * A receipt that is being paid, and that the printer does not cancel: the first
 * so many payments are on it, which the paid sum tells. From there it goes on.
 */
static bool datecs_document_resume(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct datecs_job *job = &p->job;
	struct datecs_course *document = &job->document;
	const struct receipt *receipt = job->receipt;
	int64_t paid = 0;
	size_t count = 0;

	if (!receipt || !p->facts.transaction.paid ||
	    p->facts.transaction.amount != document->end.total)
		return false;
	while (count < receipt->payments_count &&
	       paid < p->facts.transaction.paid)
		paid += receipt->payments[count++].amount;
	if (paid != p->facts.transaction.paid)
		return false;
	document->phase = document->paper->phases;
	while (document->phase->action != DATECS_PAYMENT)
		document->phase++;
	document->index = count;
	document->sums = document->end;
	document->sums.paid = paid;
	document->sums.change = 0;
	document->cancelling = false;
	document->refused = false;
	datecs_document_next(io);
	return true;
}

static void datecs_document_cleaned(struct driver_io *io,
				    const struct datecs_failure *failure)
{
	struct datecs_course *document = datecs_document_of(io);
	struct datecs *p = driver_state(io);

	if (failure)
		datecs_document_lose(io);
	else if (!datecs_is_open(p) && p->job.recovering)
		datecs_document_find(io);
	else if (!datecs_is_open(p))
		datecs_document_end_refused(io);
	else if (datecs_status_trouble(&p->status).reason)
		datecs_document_wait(io,
				     datecs_status_trouble(&p->status).reason,
				     datecs_document_clean);
	else if (datecs_document_resume(io))
		return;
	else if (++document->cancels < DATECS_CANCELS_MAX)
		datecs_document_clean(io);
	else
		datecs_line_lose(io, REASON_RECEIPT_OPEN);
}

static void datecs_document_clean_summed(struct driver_io *io,
					 const struct datecs_failure *failure)
{
	const struct datecs *p = driver_state(io);

	if (failure)
		datecs_document_lose(io);
	else if (datecs_is_open(p))
		datecs_document_cleaned(io, NULL);
	else
		datecs_counters_ask(io, datecs_document_cleaned);
}

/* Whatever it says, what counts is whether it is still open. */
static void datecs_document_cancelled(struct driver_io *io, enum datecs_end end)
{
	if (end == DATECS_SILENT)
		datecs_document_lose(io);
	else
		datecs_found_ask(io, datecs_document_clean_summed);
}

static void datecs_document_clean_open(struct driver_io *io,
				       const struct datecs_failure *failure)
{
	struct datecs *p = driver_state(io);
	enum datecs_action cancel = p->job.document.paper->cancel;

	if (failure)
		datecs_document_lose(io);
	else if (!datecs_is_open(p) || cancel == DATECS_ACTIONS)
		datecs_document_clean_summed(io, NULL);
	else
		datecs_ask_begin(io, DATECS_ASK_ONCE, cancel,
				 datecs_seq_take(io), NULL,
				 datecs_document_cancelled);
}

void datecs_document_clean(struct driver_io *io)
{
	datecs_document_of(io)->cancelling = true;
	datecs_found_ask(io, datecs_document_clean_open);
}

static void datecs_document_refused_by(struct driver_io *io, int64_t code,
				       const struct datecs_meaning *meaning)
{
	struct datecs *p = driver_state(io);
	struct datecs_course *document = &p->job.document;

	if (meaning->remedy == DATECS_REMEDY_PERSON) {
		document->resends = 0;
		datecs_document_wait(io, meaning->reason,
				     meaning->doubtful ? datecs_document_untold
						       : datecs_document_again);
		return;
	}
	document->refused = true;
	document->code = code;
	document->reason = datecs_job_reason(&p->job, meaning->reason);
	if (meaning->doubtful && document->phase->role == DATECS_DECIDES)
		datecs_document_find(io);
	else
		datecs_document_clean(io);
}

static void datecs_document_explained(struct driver_io *io, enum datecs_end end)
{
	struct datecs *p = driver_state(io);
	struct datecs_meaning meaning = p->job.no;
	int64_t code = DATECS_NO_CODE;

	if (end == DATECS_DONE &&
	    datecs_complaint_is_about(p, p->job.document.phase->action,
				      &code)) {
		meaning = datecs_meaning_join(&p->job.no, code);
	} else {
		code = DATECS_NO_CODE;
	}
	datecs_document_refused_by(io, code, &meaning);
}

/* A classic printer only says no; it is asked why (4.7, 32). */
void datecs_document_refused(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->job.no = p->reply.meaning;
	if (datecs_speech_is_x(&p->speech))
		datecs_document_refused_by(io, p->reply.code, &p->job.no);
	else
		datecs_ask_begin(io, DATECS_ASK_READ, DATECS_COMPLAINT, 0, NULL,
				 datecs_document_explained);
}
