/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks: lists of questions, asked one after the other. What a printer or a
 * dialect lacks is optional, and then stays not told.
 */
#include "printer/datecs_private.h"

#include <stdio.h>
#include <string.h>

/* --- taking --- */

static bool datecs_take_nothing(struct datecs *p)
{
	(void)p;
	return true;
}

static bool datecs_take_identity(struct datecs *p)
{
	return datecs_identity_read(&p->reply, &p->facts.identity);
}

static bool datecs_take_clock(struct datecs *p)
{
	struct datecs_time time;

	p->facts.date[0] = 0;
	p->facts.moment[0] = 0;
	if (!datecs_clock_read(&p->reply, &time))
		return false;
	memcpy(p->facts.date, time.date, sizeof(p->facts.date));
	snprintf(p->facts.moment, sizeof(p->facts.moment), "%sT%02u:%02u",
		 time.date, (unsigned int)time.second / 3600 % 24,
		 (unsigned int)time.second / 60 % 60);
	return true;
}

static bool datecs_take_transaction(struct datecs *p)
{
	if (!datecs_transaction_read(&p->speech, &p->reply,
				     &p->facts.transaction))
		return false;
	p->facts.counters.value[DATECS_LAST_SLIP] = p->facts.transaction.number;
	return true;
}

static bool datecs_take_report(struct datecs *p)
{
	struct datecs_z z;

	if (!datecs_z_read(&p->speech, &p->reply, &z))
		return false;
	p->facts.counters.value[DATECS_REPORTS] = z.number;
	p->reports = z.number;
	return true;
}

static bool datecs_take_last(struct datecs *p)
{
	bool x = datecs_speech_is_x(&p->speech);
	struct datecs_last last;

	if (!datecs_last_read(&p->speech, &p->reply, &last))
		return false;
	p->facts.counters.value[x ? DATECS_DAY_RECEIPTS : DATECS_DOCUMENTS] =
		last.document;
	p->facts.counters.value[DATECS_LAST_Z] = last.report;
	return true;
}

static bool datecs_take_day(struct datecs *p)
{
	struct datecs_day day;

	if (!datecs_day_read(&p->speech, &p->reply, &day))
		return false;
	p->facts.counters.value[DATECS_DAY_ANNULLED] = day.annulled;
	p->facts.counters.value[DATECS_NEXT_Z] = day.report;
	p->facts.counters.value[DATECS_NEXT_RECEIPT] = day.receipt;
	return true;
}

static bool datecs_take_cash(struct datecs *p)
{
	struct datecs_cash cash;

	if (!datecs_cash_read(&p->speech, &p->reply, &cash))
		return false;
	p->facts.counters.value[DATECS_DRAWER_CASH] = cash.drawer;
	p->facts.counters.value[DATECS_CASH_IN] = cash.in;
	p->facts.counters.value[DATECS_CASH_OUT] = cash.out;
	return true;
}

static bool datecs_take_sums(struct datecs *p)
{
	p->facts.has_sums =
		datecs_sums_read(&p->speech, &p->reply, &p->facts.sums);
	return p->facts.has_sums;
}

static bool datecs_take_day_sums(struct datecs *p)
{
	return datecs_day_sums_read(&p->speech, &p->reply, p->facts.day);
}

static bool datecs_take_rates(struct datecs *p)
{
	int64_t rates[DATECS_TAXES];

	if (!datecs_rates_read(&p->speech, &p->reply, rates))
		return false;
	for (size_t i = 0; i < DATECS_TAXES; i++)
		p->facts.rules.rates[i] = (int)rates[i];
	return true;
}

/* --- the walks --- */

static enum reason datecs_check_mechanism(const struct datecs *p)
{
	return datecs_status_trouble(&p->status).reason;
}

/* 76 and the status bytes should agree; either is enough to stay away. */
static enum reason datecs_check_closed(const struct datecs *p)
{
	return p->facts.transaction.open || datecs_watch_is_open(p)
		       ? REASON_RECEIPT_OPEN
		       : REASON_NONE;
}

/* 4.9. The first two have different SEQs: what is answered to the second is
 * certainly no answer from before. */
const struct datecs_step datecs_steps_identity[] = {
	{ .action = DATECS_IDENTITY, .take = datecs_take_identity },
	{ .action = DATECS_STATUS, .take = datecs_take_nothing },
	{ .action = DATECS_CLOCK_READ,
	  .optional = true,
	  .take = datecs_take_clock },
	{ .action = DATECS_RATES, .optional = true, .take = datecs_take_rates },
	{ .action = DATECS_ACTIONS },
};

const struct datecs_step datecs_steps_status[] = {
	{ .action = DATECS_STATUS, .take = datecs_take_nothing },
	{ .action = DATECS_ACTIONS },
};

const struct datecs_step datecs_steps_rates[] = {
	{ .action = DATECS_RATES, .take = datecs_take_rates },
	{ .action = DATECS_ACTIONS },
};

const struct datecs_step datecs_steps_open[] = {
	{ .action = DATECS_STATUS, .take = datecs_take_nothing },
	{ .action = DATECS_TRANSACTION, .take = datecs_take_transaction },
	{ .action = DATECS_ACTIONS },
};

static const struct datecs_step datecs_steps_found[] = {
	{ .action = DATECS_STATUS, .take = datecs_take_nothing },
	{ .action = DATECS_TRANSACTION, .take = datecs_take_transaction },
	{ .action = DATECS_OPEN_SUMS,
	  .optional = true,
	  .take = datecs_take_sums },
	{ .action = DATECS_ACTIONS },
};

const struct datecs_step datecs_steps_state[] = {
	{ .action = DATECS_DAY_SUMS, .take = datecs_take_day_sums },
	{ .action = DATECS_ACTIONS },
};

const struct datecs_step datecs_steps_ready[] = {
	{ .action = DATECS_STATUS,
	  .take = datecs_take_nothing,
	  .check = datecs_check_mechanism },
	{ .action = DATECS_TRANSACTION,
	  .take = datecs_take_transaction,
	  .check = datecs_check_closed },
	{ .action = DATECS_ACTIONS },
};

/* All that a document can move. A Z report's number is told twice, and last:
 * see datecs_counters_agree. A printer without any yet has none. */
static const struct datecs_step datecs_steps_snapshot[] = {
	{ .action = DATECS_CASH_READ,
	  .optional = true,
	  .take = datecs_take_cash },
	{ .action = DATECS_CLOCK_READ,
	  .optional = true,
	  .take = datecs_take_clock },
	{ .action = DATECS_TRANSACTION,
	  .optional = true,
	  .take = datecs_take_transaction },
	{ .action = DATECS_LAST_RECEIPT,
	  .optional = true,
	  .take = datecs_take_last },
	{ .action = DATECS_DAY, .optional = true, .take = datecs_take_day },
	{ .action = DATECS_LAST_REPORT,
	  .optional = true,
	  .take = datecs_take_report },
	{ .action = DATECS_ACTIONS },
};

/* ...of which all but the cash prove a Z report (4.10). */
static const struct datecs_step *const datecs_steps_counters =
	datecs_steps_snapshot + 1;

void datecs_counters_ask(struct driver_io *io,
			 void (*finished)(struct driver_io *io,
					  const struct datecs_failure *))
{
	struct datecs *p = driver_state(io);

	datecs_counters_clear(&p->facts.counters);
	datecs_walk_begin(io,
			  p->job.counted ? datecs_steps_counters
					 : datecs_steps_snapshot,
			  finished);
}

/* What was told earlier, by 103 too where it has none now, was of another. */
void datecs_found_ask(struct driver_io *io,
		      void (*finished)(struct driver_io *io,
				       const struct datecs_failure *))
{
	struct datecs *p = driver_state(io);

	p->facts.transaction = (struct datecs_transaction){ 0 };
	p->facts.has_sums = false;
	datecs_walk_begin(io, datecs_steps_found, finished);
}

/* --- walking --- */

static void datecs_walk_answered(struct driver_io *io, enum datecs_end end);

static void datecs_walk_ask(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	const struct datecs_step *step = p->walk.step;

	if (step->action == DATECS_ACTIONS)
		p->walk.finished(io, NULL);
	else
		datecs_ask_begin(io, DATECS_ASK_READ, step->action, 0, NULL,
				 datecs_walk_answered);
}

void datecs_walk_begin(struct driver_io *io, const struct datecs_step *steps,
		       void (*finished)(struct driver_io *io,
					const struct datecs_failure *failure))
{
	struct datecs *p = driver_state(io);

	p->walk = (struct datecs_walk){ .step = steps, .finished = finished };
	datecs_walk_ask(io);
}

static void datecs_walk_next(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->walk.step++;
	p->walk.reread = false;
	datecs_walk_ask(io);
}

static void datecs_walk_fail(struct driver_io *io, enum outcome outcome,
			     enum reason reason, int64_t code, bool silent)
{
	struct datecs *p = driver_state(io);
	struct datecs_failure failure = { .outcome = outcome,
					  .reason = reason,
					  .code = code,
					  .silent = silent };

	p->walk.finished(io, &failure);
}

/* An answer that lacks what it must have is asked for once more. */
static void datecs_walk_take_badly(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	if (!p->walk.reread) {
		p->walk.reread = true;
		datecs_walk_ask(io);
	} else if (p->walk.step->optional) {
		datecs_walk_next(io);
	} else {
		datecs_walk_fail(io, OUTCOME_FAILED, REASON_GARBLED,
				 DATECS_NO_CODE, false);
	}
}

static void datecs_walk_take(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	const struct datecs_step *step = p->walk.step;
	enum reason reason;

	if (!step->take(p)) {
		datecs_walk_take_badly(io);
		return;
	}
	reason = step->check ? step->check(p) : REASON_NONE;
	if (reason)
		datecs_walk_fail(io, OUTCOME_REFUSED, reason, DATECS_NO_CODE,
				 false);
	else
		datecs_walk_next(io);
}

static void datecs_walk_answered(struct driver_io *io, enum datecs_end end)
{
	struct datecs *p = driver_state(io);

	if (p->job.aborted && !p->job.committed) {
		datecs_walk_fail(io, OUTCOME_FAILED, REASON_ABORTED,
				 DATECS_NO_CODE, false);
		return;
	}
	switch (end) {
	case DATECS_DONE:
		datecs_walk_take(io);
		return;
	case DATECS_REFUSED:
		if (p->walk.step->optional)
			datecs_walk_next(io);
		else
			datecs_walk_fail(io, OUTCOME_REFUSED,
					 p->reply.meaning.reason, p->reply.code,
					 false);
		return;
	case DATECS_SENSELESS:
	case DATECS_REPLAYED:
	case DATECS_NOT_TAKEN:
	case DATECS_OPEN:
		datecs_walk_take_badly(io);
		return;
	case DATECS_SILENT:
		datecs_walk_fail(io, OUTCOME_FAILED, REASON_NO_ANSWER,
				 DATECS_NO_CODE, true);
		return;
	}
}
