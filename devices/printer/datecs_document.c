/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Printing a document: its commands one after the other, and whatever happens,
 * nothing half left behind.
 *
 *	able to print, nothing open? - rates - counters (4.10) - check - save
 *	- commit - commands - save - the deciding one - counters - ok
 *
 * A command whose answer was lost is asked for by its witness, and then what
 * the open receipt comes to says whether it was carried out (76); only one that
 * certainly was not is sent again. What the printer refuses is cancelled. What
 * can't be told on this line ends it, and datecs_document_recover() takes over
 * on the next: it sells no more, it finds out, and cancels what is open. Before
 * the deciding command that is on disk, too: as long as it is not, the document
 * has not happened, whatever other hosts do to the counters.
 */
#include "printer/datecs_private.h"

#include "util/json.h"
#include "util/secret.h"

#include <string.h>

struct datecs_course *datecs_document_of(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	return &p->job.document;
}

/* --- the end --- */

/* It has happened. after: there are counters of after it; alone: and nobody
 * else has moved them. */
static json_t *datecs_document_done(const struct datecs *p, bool after,
				    bool alone)
{
	const struct datecs_paper *paper = p->job.document.paper;
	json_t *result = datecs_document_result(p, after);

	if (paper->tell)
		paper->tell(p, result);
	if (alone && paper->number)
		paper->number(p, result);
	return result;
}

void datecs_document_end(struct driver_io *io, enum outcome outcome,
			 enum reason reason)
{
	const struct datecs *p = driver_state(io);

	datecs_job_end(io, outcome, reason,
		       outcome == OUTCOME_OK
			       ? datecs_document_done(p, true, true)
			       : datecs_document_result(p, true));
}

/* A text can only be closed, and then there is a slip with a part of it. */
bool datecs_document_is_left(const struct datecs *p)
{
	const struct datecs_paper *paper = p->job.document.paper;

	return paper->leaves && paper->judge(p) != DATECS_FOUND_NOTHING;
}

void datecs_document_end_refused(struct driver_io *io)
{
	const struct datecs_course *document = datecs_document_of(io);

	if (datecs_document_is_left(driver_state(io)))
		datecs_document_end(io, OUTCOME_UNKNOWN, REASON_CANNOT_TELL);
	else
		datecs_document_end(io, OUTCOME_REFUSED,
				    document->reason ? document->reason
						     : REASON_ABORTED);
}

void datecs_document_lose(struct driver_io *io)
{
	datecs_line_lose(io, REASON_NO_ANSWER);
}

/* --- the command under way --- */

static void datecs_document_answered(struct driver_io *io, enum datecs_end end);

static void datecs_document_send(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct datecs_course *document = &p->job.document;
	struct buf data = BUF_INIT(DATECS_DATA_SIZE);

	datecs_phase_fill(io, document->phase, document->index, &data);
	datecs_ask_begin(io, DATECS_ASK_ONCE, document->phase->action,
			 p->job.seq, &data, datecs_document_answered);
	if (!data.failed && data.data)
		secret_wipe(data.data, data.len); /* a password, perhaps */
	buf_free(&data);
}

/* The SEQ is on disk before the first command, and before the deciding one. */
static void datecs_document_go(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct datecs_course *document = &p->job.document;

	if (document->phase->role != DATECS_DECIDES) {
		datecs_document_send(io);
		return;
	}
	document->ending = true;
	p->stage = DATECS_SAVING;
	driver_save(io, datecs_document_evidence(p));
}

static void datecs_document_command(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct datecs_course *document = &p->job.document;

	document->resends = 0;
	document->after = document->sums;
	if (document->phase->move)
		document->phase->move(&p->job, document->index);
	if (document->phase->role != DATECS_BEGINS)
		p->job.seq = datecs_seq_take(io);
	datecs_document_go(io);
}

/* It certainly was not carried out. */
void datecs_document_again(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	if (++p->job.document.resends > DATECS_SENDS_MAX) {
		datecs_document_lose(io);
		return;
	}
	p->job.seq = datecs_seq_take(io);
	datecs_document_go(io);
}

/* What the answer to a payment says: the last of them, that all is paid. */
static void datecs_document_take(struct datecs *p)
{
	struct datecs_course *document = &p->job.document;
	int64_t change;

	if (document->phase->action == DATECS_PAYMENT)
		document->paid =
			datecs_payment_read(&p->speech, &p->reply, &change) &&
			change == document->end.change &&
			document->after.paid == document->end.paid;
}

static void datecs_document_done_one(struct driver_io *io)
{
	struct datecs_course *document = datecs_document_of(io);

	document->sums = document->after;
	document->items += document->phase->action == DATECS_SALE;
	document->index++;
	datecs_document_next(io);
}

/* --- done --- */

/*
 * The printer has confirmed it, and that stands: also where others have moved
 * its counters meanwhile, only that its number is not told then. But numbers
 * that have not moved deny it.
 */
static void datecs_document_confirmed(struct driver_io *io,
				      const struct datecs_failure *failure)
{
	struct datecs *p = driver_state(io);
	enum datecs_found found = DATECS_FOUND_ODD;

	if (failure) {
		bool silent = failure->silent;

		datecs_job_end(io, OUTCOME_OK, REASON_NONE,
			       datecs_document_done(p, false, false));
		if (silent)
			datecs_line_lose(io, REASON_NO_ANSWER);
		return;
	}
	if (p->job.fiscal)
		found = p->job.document.paper->judge(p);
	if (found == DATECS_FOUND_DONE)
		datecs_document_end(io, OUTCOME_OK, REASON_NONE);
	else if (found == DATECS_FOUND_ODD)
		datecs_job_end(io, OUTCOME_OK, REASON_NONE,
			       datecs_document_done(p, true, false));
	else
		datecs_document_end(io, OUTCOME_UNKNOWN,
				    REASON_COUNTERS_AMBIGUOUS);
}

static void datecs_document_summed(struct driver_io *io,
				   const struct datecs_failure *failure)
{
	if (failure)
		datecs_document_confirmed(io, failure);
	else
		datecs_counters_ask(io, datecs_document_confirmed);
}

void datecs_document_confirm(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->patient = false;
	datecs_found_ask(io, datecs_document_summed);
}

void datecs_document_next(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct datecs_course *document = &p->job.document;

	while (document->phase->action != DATECS_ACTIONS &&
	       document->index >=
		       datecs_phase_count(document->phase, &p->job)) {
		document->phase++;
		document->index = 0;
	}
	if (document->phase->action != DATECS_ACTIONS)
		datecs_document_command(io);
	else
		datecs_document_confirm(io);
}

/* --- in doubt --- */

/* Whether 76 tells what it would with so many sold, or with one more. */
static bool datecs_document_agrees(const struct datecs *p, bool after)
{
	const struct datecs_course *document = &p->job.document;
	int64_t items = document->items;

	if (after && document->phase->action == DATECS_SALE)
		items++;
	return p->facts.transaction.items == items &&
	       datecs_sums_agree(p, after ? &document->after : &document->sums);
}

static void datecs_document_weigh(struct driver_io *io,
				  const struct datecs_failure *failure)
{
	struct datecs *p = driver_state(io);
	bool begins = p->job.document.phase->role == DATECS_BEGINS;
	bool before, after;

	if (failure) {
		datecs_document_lose(io);
		return;
	}
	before = begins ? !datecs_is_open(p)
			: datecs_is_open(p) && datecs_document_agrees(p, false);
	after = begins ? datecs_is_open(p)
		       : datecs_is_open(p) && datecs_document_agrees(p, true);
	if (before == after)
		datecs_document_lose(io);
	else if (after)
		datecs_document_done_one(io);
	else
		datecs_document_again(io);
}

/* The printer knows nothing of the command under its SEQ. */
void datecs_document_untold(struct driver_io *io)
{
	switch (datecs_document_of(io)->phase->role) {
	case DATECS_BEGINS:
	case DATECS_FILLS:
		datecs_walk_begin(io, datecs_steps_open, datecs_document_weigh);
		return;
	case DATECS_REPEATS:
		datecs_document_again(io);
		return;
	case DATECS_DECIDES:
		datecs_document_find(io);
		return;
	}
}

/* What was answered under the command's own SEQ. */
static void datecs_document_told(struct driver_io *io,
				 const struct datecs_answer *answer)
{
	struct datecs *p = driver_state(io);
	enum datecs_action action = p->job.document.phase->action;

	if (answer->command !=
	    datecs_command_number(p->speech.dialect, action)) {
		datecs_document_untold(io);
		return;
	}
	datecs_reply_read(&p->speech, action, answer, &p->reply);
	switch (p->reply.verdict) {
	case DATECS_VERDICT_DONE:
		datecs_document_take(p);
		datecs_document_done_one(io);
		return;
	case DATECS_VERDICT_REFUSED:
		datecs_document_refused(io);
		return;
	case DATECS_VERDICT_SENSELESS:
		datecs_document_untold(io);
		return;
	}
}

static void datecs_document_witnessed(struct driver_io *io, enum datecs_end end)
{
	struct datecs *p = driver_state(io);

	p->patient = false;
	switch (end) {
	case DATECS_REPLAYED:
		datecs_document_told(io, &p->answer);
		return;
	case DATECS_DONE:
	case DATECS_REFUSED:
		datecs_document_untold(io);
		return;
	case DATECS_SENSELESS:
	case DATECS_NOT_TAKEN:
	case DATECS_OPEN:
	case DATECS_SILENT:
		datecs_document_lose(io);
		return;
	}
}

static void datecs_document_answered(struct driver_io *io, enum datecs_end end)
{
	struct datecs *p = driver_state(io);

	switch (end) {
	case DATECS_DONE:
		datecs_document_take(p);
		datecs_document_done_one(io);
		return;
	case DATECS_REFUSED:
		datecs_document_refused(io);
		return;
	case DATECS_NOT_TAKEN:
	case DATECS_OPEN:
	case DATECS_SENSELESS:
	case DATECS_REPLAYED:
	case DATECS_SILENT:
		p->patient = true;
		datecs_ask_begin(io, DATECS_ASK_WITNESS, DATECS_STATUS,
				 p->job.seq, NULL, datecs_document_witnessed);
		return;
	}
}

/* --- beginning --- */

static void datecs_document_snapped(struct driver_io *io,
				    const struct datecs_failure *failure)
{
	struct datecs *p = driver_state(io);
	struct datecs_job *job = &p->job;
	enum reason reason = REASON_NONE;

	if (failure) {
		datecs_job_fail(io, failure);
		return;
	}
	job->before = p->facts.counters;
	job->rules = p->facts.rules;
	job->fiscal = p->status.fiscalised;
	memcpy(job->serial, p->facts.identity.serial, sizeof(job->serial));
	if (job->document.paper->check)
		reason = job->document.paper->check(io);
	if (reason) {
		datecs_job_end(io, OUTCOME_REFUSED, reason, NULL);
		return;
	}
	job->seq = datecs_seq_take(io);
	p->stage = DATECS_SAVING;
	driver_save(io, datecs_document_evidence(p));
}

static void datecs_document_rated(struct driver_io *io,
				  const struct datecs_failure *failure)
{
	struct datecs *p = driver_state(io);

	if (failure) {
		datecs_job_fail(io, failure);
		return;
	}
	if (p->job.receipt)
		driver_rules(io, &p->facts.rules);
	datecs_counters_ask(io, datecs_document_snapped);
}

static void datecs_document_able(struct driver_io *io,
				 const struct datecs_failure *failure)
{
	const struct datecs *p = driver_state(io);

	if (failure)
		datecs_job_fail(io, failure);
	else if (p->job.receipt)
		datecs_walk_begin(io, datecs_steps_rates,
				  datecs_document_rated);
	else
		datecs_document_rated(io, NULL);
}

void datecs_document_begin(struct driver_io *io)
{
	struct datecs_course *document = datecs_document_of(io);

	document->phase = document->paper->phases;
	datecs_walk_begin(io, datecs_steps_ready, datecs_document_able);
}

/* Once before the first command, and once before each deciding one. */
void datecs_document_saved(struct driver_io *io, int err)
{
	struct datecs *p = driver_state(io);
	struct datecs_course *document = &p->job.document;

	if (!p->job.committed && (err || p->job.aborted)) {
		datecs_job_end(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
	} else if (!p->job.committed) {
		p->job.committed = true;
		driver_commit(io);
		driver_progress(io,
				json_put_text(json_make(), "text", "printing"));
		datecs_document_next(io);
	} else if (err) {
		/* what is not on disk must not happen */
		document->ending = false;
		datecs_document_clean(io);
	} else {
		datecs_document_send(io);
	}
}
