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
 *
 * A classic printer cancels no receipt that is being paid (4.7). Then all that
 * was sold is on it, and it is paid and closed as it was meant to be.
 */
#include "printer/datecs_private.h"

#include "util/json.h"
#include "util/secret.h"

#include <string.h>

#define DATECS_CANCELS_MAX 3

static void datecs_document_next(struct driver_io *io);
static void datecs_document_clean(struct driver_io *io);
static void datecs_document_find(struct driver_io *io);
static void datecs_document_untold(struct driver_io *io);

static struct datecs_course *datecs_document_of(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	return &p->job.document;
}

/* --- the end --- */

static void datecs_document_end(struct driver_io *io, enum outcome outcome,
				enum reason reason)
{
	struct datecs *p = driver_state(io);
	const struct datecs_course *document = &p->job.document;
	json_t *result = datecs_document_result(p, true);

	if (outcome == OUTCOME_OK && document->paper->tell)
		document->paper->tell(p, result);
	datecs_job_end(io, outcome, reason, result);
}

/* A text can only be closed, and then there is a slip with a part of it. */
static bool datecs_document_is_left(const struct datecs *p)
{
	const struct datecs_paper *paper = p->job.document.paper;

	return paper->leaves && paper->judge(p) != DATECS_FOUND_NOTHING;
}

static void datecs_document_end_refused(struct driver_io *io)
{
	const struct datecs_course *document = datecs_document_of(io);

	if (datecs_document_is_left(driver_state(io)))
		datecs_document_end(io, OUTCOME_UNKNOWN, REASON_CANNOT_TELL);
	else
		datecs_document_end(io, OUTCOME_REFUSED,
				    document->reason ? document->reason
						     : REASON_ABORTED);
}

static void datecs_document_lose(struct driver_io *io)
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
static void datecs_document_again(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	if (++p->job.document.resends > DATECS_SENDS_MAX) {
		datecs_document_lose(io);
		return;
	}
	p->job.seq = datecs_seq_take(io);
	datecs_document_go(io);
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
			       datecs_document_result(p, false));
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
			       datecs_document_result(p, true));
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

static void datecs_document_confirm(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->patient = false;
	datecs_walk_begin(io, datecs_steps_found, datecs_document_summed);
}

static void datecs_document_next(struct driver_io *io)
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
	const struct receipt *receipt = job->op.receipt;
	int64_t paid = 0;
	size_t count = 0;

	if (job->kind != OP_RECEIPT || !p->facts.transaction.paid ||
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
		datecs_walk_begin(io, datecs_steps_found,
				  datecs_document_clean_summed);
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

static void datecs_document_clean(struct driver_io *io)
{
	datecs_document_of(io)->cancelling = true;
	datecs_walk_begin(io, datecs_steps_found, datecs_document_clean_open);
}

static void datecs_document_refused_by(struct driver_io *io, int64_t code,
				       const struct datecs_meaning *meaning)
{
	struct datecs_course *document = datecs_document_of(io);

	if (meaning->remedy == DATECS_REMEDY_PERSON) {
		document->resends = 0;
		datecs_document_wait(io, meaning->reason,
				     meaning->doubtful ? datecs_document_untold
						       : datecs_document_again);
		return;
	}
	document->refused = true;
	document->code = code;
	document->reason = meaning->reason;
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
static void datecs_document_refused(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->job.no = p->reply.meaning;
	if (datecs_speech_is_x(&p->speech))
		datecs_document_refused_by(io, p->reply.code, &p->job.no);
	else
		datecs_ask_begin(io, DATECS_ASK_READ, DATECS_COMPLAINT, 0, NULL,
				 datecs_document_explained);
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
static void datecs_document_untold(struct driver_io *io)
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
	    (p->job.kind != OP_RECEIPT ||
	     datecs_sums_agree(p, &document->sums)))
		datecs_document_again(io);
	else
		datecs_document_clean(io);
}

/* Another printer at the same port proves nothing about this one; and what was
 * not decided has not happened, whoever else has moved the counters. */
static enum datecs_found datecs_document_verdict(const struct datecs *p)
{
	const struct datecs_course *document = &p->job.document;

	if (p->job.serial[0] &&
	    strcmp(p->job.serial, p->facts.identity.serial) != 0)
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

static void datecs_document_find(struct driver_io *io)
{
	datecs_walk_begin(io, datecs_steps_found, datecs_document_find_counted);
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
	if (p->job.kind == OP_RECEIPT)
		driver_rules(io, &p->facts.rules);
	datecs_counters_ask(io, datecs_document_snapped);
}

static void datecs_document_able(struct driver_io *io,
				 const struct datecs_failure *failure)
{
	const struct datecs *p = driver_state(io);

	if (failure)
		datecs_job_fail(io, failure);
	else if (p->job.kind == OP_RECEIPT)
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
	    p->witness.seq != p->job.seq ||
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
