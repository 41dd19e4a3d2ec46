/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Printing a document: its commands one after the other, and whatever happens,
 * nothing half left behind.
 *
 *	able to print? - free tokens - nothing open - counters (3.9) - check
 *	- save - commit - commands - save - the deciding one - the rest - ok
 *
 * A command whose reply was lost is asked for by its token, and then the sums
 * of the receipt say whether it was carried out; only one that certainly was
 * not is sent again. What the printer refuses is cancelled. What can't be told
 * on this line ends it, and posnet_document_recover() takes over on the next:
 * it prints no more of a receipt, it finds out, and cancels what is open. That
 * the deciding command comes next is on disk before, too: as long as it is not,
 * the document has not happened, whatever other hosts do to the counters.
 */
#include "printer/posnet_private.h"

#include <stdio.h>
#include <string.h>

#define POSNET_DECIDING_MAX  2
#define POSNET_ERR_NOT_FOUND 13 /* rpt: no such token */

static struct posnet_document *posnet_document_of(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	return &p->job.document;
}

/* --- the end --- */

/* It has happened. after: there are counters of after it; alone: and nobody
 * else has moved them. */
static json_t *posnet_document_done(const struct posnet *p, bool after,
				    bool alone)
{
	const struct posnet_paper *paper = p->job.document.paper;
	json_t *result = posnet_document_result(p, after);

	if (paper->tell)
		paper->tell(p, result);
	if (alone && paper->number)
		paper->number(p, result);
	return result;
}

void posnet_document_end(struct driver_io *io, enum outcome outcome,
			 enum reason reason)
{
	const struct posnet *p = driver_state(io);

	posnet_job_end(io, outcome, reason,
		       outcome == OUTCOME_OK
			       ? posnet_document_done(p, true, true)
			       : posnet_document_result(p, true));
}

void posnet_document_end_refused(struct driver_io *io)
{
	const struct posnet *p = driver_state(io);
	const struct posnet_document *document = &p->job.document;
	enum reason reason = REASON_ABORTED; /* by ourselves */

	if (document->refused != POSNET_NO_ERROR)
		reason = posnet_job_reason(&p->job, document->refused,
					   document->refused_frame);
	posnet_document_end(io, OUTCOME_REFUSED, reason);
}

/* On this line nothing more can be told: the next one's recovery goes on. */
void posnet_document_lose(struct driver_io *io)
{
	const struct posnet *p = driver_state(io);

	posnet_line_lose(io, posnet_walk_silence_reason(p));
}

/* --- the command under way --- */

static void posnet_document_answered(struct driver_io *io,
				     enum posnet_answer answer);

int posnet_document_token(struct posnet_document *document)
{
	int token = document->next_token;

	document->next_token = (token + 1) % POSNET_TOKENS;
	return token;
}

static void posnet_document_send(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_document *document = &p->job.document;
	const struct posnet_phase *phase = document->phase;
	struct posnet_part part = { 0 };

	if (phase->fill)
		phase->fill(io, document->index, &part);
	posnet_ask_begin(io, POSNET_ASK_CHANGE, phase->command, document->token,
			 part.pairs, posnet_document_answered);
	if (phase->role != POSNET_DECIDES)
		p->ask.soft_ms = POSNET_LINE_MS;
}

/* Deciding ones have the tokens that the printer was asked about. */
static void posnet_document_take_token(struct posnet_job *job)
{
	struct posnet_document *document = &job->document;

	if (document->phase->role == POSNET_DECIDES && !document->resends)
		document->token =
			(job->token + (int)document->decided) % POSNET_TOKENS;
	else
		document->token = posnet_document_token(document);
}

static void posnet_document_command(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_document *document = &p->job.document;

	document->resends = 0;
	document->after = document->sums;
	if (document->phase->move)
		document->phase->move(&p->job, document->index);
	posnet_document_take_token(&p->job);
	if (document->phase->role == POSNET_DECIDES && !document->ending) {
		document->ending = true;
		p->stage = POSNET_SAVING;
		driver_save(io, posnet_document_evidence(p));
		return;
	}
	posnet_document_send(io);
}

/* It certainly was not carried out. */
void posnet_document_again(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_document *document = &p->job.document;

	if (++document->resends > POSNET_RESENDS_MAX) {
		posnet_document_lose(io);
		return;
	}
	posnet_document_take_token(&p->job);
	posnet_document_send(io);
}

void posnet_document_done_one(struct driver_io *io)
{
	struct posnet_document *document = posnet_document_of(io);

	document->sums = document->after;
	document->decided += document->phase->role == POSNET_DECIDES;
	document->index++;
	posnet_document_next(io);
}

/* --- done --- */

/*
 * The printer has confirmed it, and that stands: also where others have moved
 * its counters meanwhile, only that its number is not told then. But numbers
 * that have not moved deny it.
 */
static void posnet_document_end_confirmed(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	enum posnet_found found = p->job.fiscal
					  ? p->job.document.paper->judge(p)
					  : POSNET_FOUND_ODD;

	if (found == POSNET_FOUND_DONE)
		posnet_document_end(io, OUTCOME_OK, REASON_NONE);
	else if (found == POSNET_FOUND_ODD)
		posnet_job_end(io, OUTCOME_OK, REASON_NONE,
			       posnet_document_done(p, true, false));
	else
		posnet_document_end(io, OUTCOME_UNKNOWN,
				    REASON_COUNTERS_AMBIGUOUS);
}

static void posnet_document_counted(struct driver_io *io,
				    const struct posnet_verdict *verdict)
{
	struct posnet *p = driver_state(io);

	if (verdict) {
		posnet_job_end(io, OUTCOME_OK, REASON_NONE,
			       posnet_document_done(p, false, false));
		if (verdict->silent)
			posnet_line_lose(io, REASON_NO_ANSWER);
		return;
	}
	posnet_document_end_confirmed(io);
}

static void posnet_document_summed(struct driver_io *io,
				   const struct posnet_verdict *verdict)
{
	if (verdict)
		posnet_document_counted(io, verdict);
	else
		posnet_snapshot_ask(io, posnet_document_counted);
}

void posnet_document_next(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_document *document = &p->job.document;

	while (document->phase->command &&
	       document->index >=
		       posnet_phase_count(document->phase, &p->job)) {
		document->phase++;
		document->index = 0;
	}
	if (document->phase->command)
		posnet_document_command(io);
	else
		posnet_walk_begin(io, posnet_steps_sums,
				  posnet_document_summed);
}

/* --- refused: what is open is cancelled --- */

static void posnet_document_cleaned(struct driver_io *io,
				    const struct posnet_verdict *verdict)
{
	const struct posnet *p = driver_state(io);

	if (verdict)
		posnet_document_lose(io);
	else if (p->job.document.cancelling &&
		 (p->facts.transaction || p->facts.form))
		posnet_line_lose(io, REASON_RECEIPT_OPEN);
	else
		posnet_document_end_refused(io);
}

static void posnet_document_clean_summed(struct driver_io *io,
					 const struct posnet_verdict *verdict)
{
	if (verdict)
		posnet_document_lose(io);
	else
		posnet_snapshot_ask(io, posnet_document_cleaned);
}

/* Whatever it says, what counts is whether it is still open (3.14, 8). */
static void posnet_document_cancelled(struct driver_io *io,
				      enum posnet_answer answer)
{
	const struct posnet *p = driver_state(io);

	if (answer != POSNET_DONE && answer != POSNET_REFUSED)
		posnet_document_lose(io);
	else if (p->job.recovering)
		posnet_document_find(io);
	else
		posnet_walk_begin(io, posnet_steps_sums,
				  posnet_document_clean_summed);
}

/* Where nothing could be begun, what is open is not ours to be cancelled. */
void posnet_document_clean(struct driver_io *io)
{
	const struct posnet *p = driver_state(io);
	struct posnet_document *document = posnet_document_of(io);
	bool begun =
		p->job.recovering || document->phase->role != POSNET_BEGINS;

	if (!document->paper->cancel || !begun) {
		posnet_walk_begin(io, posnet_steps_sums,
				  posnet_document_clean_summed);
		return;
	}
	document->cancelling = true;
	posnet_ask_begin(io, POSNET_ASK_CHANGE, document->paper->cancel,
			 posnet_document_token(document), NULL,
			 posnet_document_cancelled);
}

/*
 * After the deciding command a refusal takes nothing back: a footer that the
 * printer does not like is left out. The second of two that decide may have
 * been refused: then the numbers tell.
 */
static void posnet_document_refused(struct driver_io *io, int code, bool frame)
{
	struct posnet_document *document = posnet_document_of(io);

	if (document->phase->role == POSNET_TRAILS) {
		posnet_document_done_one(io);
		return;
	}
	document->refused = code;
	document->refused_frame = frame;
	document->refused_phase = document->phase;
	document->refused_index = document->index;
	if (document->decided || (document->phase->role == POSNET_DECIDES &&
				  !frame && posnet_error_is_doubtful(code)))
		posnet_document_find(io);
	else
		posnet_document_clean(io);
}

/* --- in doubt --- */

static bool posnet_document_moves_sums(const struct posnet_document *document)
{
	return memcmp(&document->sums, &document->after,
		      sizeof(document->sums)) != 0;
}

/* The sums of the receipt tell whether the command was carried out. */
static void posnet_document_weigh(struct driver_io *io,
				  const struct posnet_verdict *verdict)
{
	struct posnet *p = driver_state(io);
	const struct posnet_document *document = &p->job.document;
	bool before = posnet_sums_agree(&p->facts, &document->sums);
	bool after = posnet_sums_agree(&p->facts, &document->after);

	if (verdict || !p->facts.transaction || before == after)
		posnet_document_lose(io);
	else if (after)
		posnet_document_done_one(io);
	else
		posnet_document_again(io);
}

static void posnet_document_weigh_begin(struct driver_io *io,
					const struct posnet_verdict *verdict)
{
	struct posnet *p = driver_state(io);

	if (verdict)
		posnet_document_lose(io);
	else if (p->facts.transaction || p->facts.form)
		posnet_document_done_one(io);
	else
		posnet_document_again(io);
}

/* The printer knows nothing of the command under its token; not_found: it says
 * so itself, so it certainly did not carry it out. */
static void posnet_document_untold(struct driver_io *io, bool not_found)
{
	const struct posnet_document *document = posnet_document_of(io);

	switch (document->phase->role) {
	case POSNET_BEGINS:
		posnet_walk_begin(io, posnet_steps_sums,
				  posnet_document_weigh_begin);
		return;
	case POSNET_FILLS:
		if (posnet_document_moves_sums(document))
			posnet_walk_begin(io, posnet_steps_sums,
					  posnet_document_weigh);
		else if (not_found)
			posnet_document_again(io);
		else
			posnet_document_lose(io);
		return;
	case POSNET_REPEATS:
		posnet_document_again(io);
		return;
	case POSNET_DECIDES:
		posnet_document_find(io);
		return;
	case POSNET_TRAILS:
		if (not_found)
			posnet_document_again(io);
		else
			posnet_document_done_one(io);
		return;
	}
}

/* True if what rpt told is about the command under way. */
static bool posnet_document_is_told(const struct posnet *p)
{
	const char *name = posnet_frame_mnemonic(&p->frame);

	return (!strcmp(name, "rpt") ||
		!strcmp(name, p->job.document.phase->command)) &&
	       !p->frame.fields;
}

/* A line's token was not asked for before: the sums have to agree. */
static void posnet_document_told_done(struct driver_io *io)
{
	const struct posnet_document *document = posnet_document_of(io);

	if (document->phase->role == POSNET_FILLS &&
	    posnet_document_moves_sums(document))
		posnet_walk_begin(io, posnet_steps_sums, posnet_document_weigh);
	else
		posnet_document_done_one(io);
}

static void posnet_document_told(struct driver_io *io,
				 enum posnet_answer answer)
{
	struct posnet *p = driver_state(io);
	bool told = posnet_document_is_told(p);

	p->patient = false;
	switch (answer) {
	case POSNET_DONE:
		if (told)
			posnet_document_told_done(io);
		else
			posnet_document_untold(io, false);
		return;
	case POSNET_REFUSED:
		if (told)
			posnet_document_refused(io, p->frame.error, false);
		else
			posnet_document_untold(io, false);
		return;
	case POSNET_FRAME_ERROR:
		posnet_document_untold(io,
				       p->frame.error == POSNET_ERR_NOT_FOUND);
		return;
	case POSNET_DOUBT:
	case POSNET_NOTHING:
	case POSNET_SILENT:
		posnet_document_lose(io);
		return;
	}
}

/* rpt waits in the same queue: what came before it has ended by then. */
static void posnet_document_ask(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->patient = true;
	posnet_ask_begin(io, POSNET_ASK_RPT, "rpt", p->job.document.token, NULL,
			 posnet_document_told);
}

static void posnet_document_answered(struct driver_io *io,
				     enum posnet_answer answer)
{
	struct posnet *p = driver_state(io);

	switch (answer) {
	case POSNET_DONE:
		posnet_document_done_one(io);
		return;
	case POSNET_REFUSED:
		posnet_document_refused(io, p->frame.error, false);
		return;
	case POSNET_FRAME_ERROR:
		posnet_document_refused(io, p->frame.error, true);
		return;
	case POSNET_DOUBT:
	case POSNET_NOTHING:
		posnet_document_ask(io);
		return;
	case POSNET_SILENT:
		posnet_line_lose(io, REASON_NO_ANSWER);
		return;
	}
}

/* --- beginning --- */

static void posnet_document_snapped(struct driver_io *io,
				    const struct posnet_verdict *verdict)
{
	struct posnet *p = driver_state(io);
	struct posnet_job *job = &p->job;
	enum reason reason;

	if (verdict) {
		posnet_job_fail(io, verdict);
		return;
	}
	job->before = p->facts.counters;
	job->fiscal = p->facts.fiscal;
	memcpy(job->serial, p->facts.serial, sizeof(job->serial));
	reason = job->document.paper->check ? job->document.paper->check(io)
					    : REASON_NONE;
	if (reason) {
		posnet_job_end(io, OUTCOME_REFUSED, reason, NULL);
		return;
	}
	p->stage = POSNET_SAVING;
	driver_save(io, posnet_document_evidence(p));
}

static void posnet_document_checked(struct driver_io *io,
				    const struct posnet_verdict *verdict)
{
	if (verdict)
		posnet_job_fail(io, verdict);
	else
		posnet_snapshot_ask(io, posnet_document_snapped);
}

/* The token is known to be free; the others follow it. */
void posnet_document_prepared(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_kept *kept = driver_kept(io);
	struct posnet_document *document = &p->job.document;

	document->next_token =
		(p->job.token + POSNET_DECIDING_MAX) % POSNET_TOKENS;
	kept->next_token =
		(p->job.token + RECEIPT_LINES_MAX + POSNET_RESERVED) %
		POSNET_TOKENS;
	posnet_walk_begin(io, posnet_steps_document, posnet_document_checked);
}

static void posnet_document_able(struct driver_io *io,
				 const struct posnet_verdict *verdict)
{
	if (verdict)
		posnet_job_fail(io, verdict);
	else
		posnet_token_find(io);
}

void posnet_document_begin(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->job.rules = p->facts.rules;
	p->job.document.phase = p->job.document.paper->phases;
	posnet_walk_begin(io, posnet_steps_ready, posnet_document_able);
}

/* Once before the first command, and once before the deciding one. */
void posnet_document_saved(struct driver_io *io, int err)
{
	struct posnet *p = driver_state(io);
	struct posnet_document *document = &p->job.document;

	if (!p->job.committed && (err || p->job.aborted)) {
		posnet_job_end(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
		return;
	}
	if (!p->job.committed) {
		p->job.committed = true;
		driver_commit(io);
		posnet_document_next(io);
	} else if (err) {
		/* what is not on disk must not happen */
		document->ending = false;
		posnet_document_clean(io);
	} else {
		posnet_document_send(io);
	}
}
