/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the printer's numbers say of a document (docs/protocols.md 4.10, rule
 * 2): those from before, which were saved, held against those of now.
 */
#include "printer/datecs_private.h"

#include "util/json.h"

#include <stdio.h>
#include <string.h>

/* --- comparing --- */

bool datecs_is_open(const struct datecs *p)
{
	return p->facts.transaction.open || datecs_watch_is_open(p);
}

/* Another printer at the same port proves nothing about the one that was. */
bool datecs_is_another(const struct datecs *p)
{
	return p->job.serial[0] &&
	       strcmp(p->job.serial, p->facts.identity.serial) != 0;
}

/* 0 where either was not told: then nothing speaks of it. */
static int64_t datecs_moved_by(const struct datecs *p,
			       enum datecs_counter which)
{
	int64_t before = p->job.before.value[which];
	int64_t after = p->facts.counters.value[which];

	if (before == DATECS_NOT_TOLD || after == DATECS_NOT_TOLD)
		return 0;
	return after - before;
}

/* The same fiscal day of the same memory: only then can the others be compared
 * at all. */
static bool datecs_is_comparable(const struct datecs *p)
{
	return !p->status.memory_reset &&
	       datecs_counters_compare(&p->job.before, &p->facts.counters) ==
		       DATECS_MOVED_NOT;
}

/* 76 tells what it comes to and what was paid, of the open or the last one. */
bool datecs_sums_agree(const struct datecs *p, const struct receipt_sums *sums)
{
	return p->facts.transaction.amount == sums->total &&
	       p->facts.transaction.paid == sums->paid;
}

/* A receipt has its slip from the moment in which it is opened; then it is
 * either closed, or annulled. */
static enum datecs_found datecs_judge_receipt_x(const struct datecs *p)
{
	int64_t slips = datecs_moved_by(p, DATECS_LAST_SLIP);
	int64_t done = datecs_moved_by(p, DATECS_DAY_RECEIPTS);
	int64_t annulled = datecs_moved_by(p, DATECS_DAY_ANNULLED);

	if (datecs_is_open(p))
		return slips == 1 && !done ? DATECS_FOUND_OPEN
					   : DATECS_FOUND_ODD;
	if (!done && slips == annulled && slips >= 0 && slips <= 1)
		return DATECS_FOUND_NOTHING;
	if (slips == 1 && done == 1 && !annulled &&
	    datecs_sums_agree(p, &p->job.document.end))
		return DATECS_FOUND_DONE;
	return DATECS_FOUND_ODD;
}

/* Fiscal receipts are counted when they are closed. */
static enum datecs_found datecs_judge_receipt_classic(const struct datecs *p)
{
	int64_t done = datecs_moved_by(p, DATECS_NEXT_RECEIPT);

	if (datecs_is_open(p))
		return done ? DATECS_FOUND_ODD : DATECS_FOUND_OPEN;
	if (!done)
		return DATECS_FOUND_NOTHING;
	if (done == 1 && datecs_moved_by(p, DATECS_DOCUMENTS) == 1 &&
	    datecs_sums_agree(p, &p->job.document.end))
		return DATECS_FOUND_DONE;
	return DATECS_FOUND_ODD;
}

enum datecs_found datecs_judge_receipt(const struct datecs *p)
{
	if (!datecs_is_comparable(p))
		return DATECS_FOUND_ODD;
	return datecs_speech_is_x(&p->speech) ? datecs_judge_receipt_x(p)
					      : datecs_judge_receipt_classic(p);
}

/* Only X has it, with a slip as any receipt. Whether it is counted among the
 * day's receipts is stated nowhere: its sums tell. */
enum datecs_found datecs_judge_return(const struct datecs *p)
{
	int64_t slips = datecs_moved_by(p, DATECS_LAST_SLIP);
	int64_t annulled = datecs_moved_by(p, DATECS_DAY_ANNULLED);

	if (!datecs_is_comparable(p) || slips < 0 || slips > 1)
		return DATECS_FOUND_ODD;
	if (datecs_is_open(p))
		return slips ? DATECS_FOUND_OPEN : DATECS_FOUND_ODD;
	if (slips == annulled)
		return DATECS_FOUND_NOTHING;
	return slips == 1 && !annulled &&
			       datecs_sums_agree(p, &p->job.document.end)
		       ? DATECS_FOUND_DONE
		       : DATECS_FOUND_ODD;
}

/* What came in and what went out are counted apart, and so is the drawer. */
enum datecs_found datecs_judge_cash(const struct datecs *p)
{
	const struct op_cash *cash = &p->job.op.cash;
	int64_t in = datecs_moved_by(p, DATECS_CASH_IN);
	int64_t out = datecs_moved_by(p, DATECS_CASH_OUT);

	if (!datecs_is_comparable(p))
		return DATECS_FOUND_ODD;
	if (!in && !out)
		return DATECS_FOUND_NOTHING;
	if (in == (cash->out ? 0 : cash->amount) &&
	    out == (cash->out ? cash->amount : 0))
		return DATECS_FOUND_DONE;
	return DATECS_FOUND_ODD;
}

/* X numbers it when it is opened; the classic ones when it is out. */
enum datecs_found datecs_judge_text(const struct datecs *p)
{
	bool x = datecs_speech_is_x(&p->speech);
	int64_t moved =
		datecs_moved_by(p, x ? DATECS_LAST_SLIP : DATECS_DOCUMENTS);

	if (!datecs_is_comparable(p) || moved < 0 || moved > 1)
		return DATECS_FOUND_ODD;
	if (datecs_is_open(p))
		return DATECS_FOUND_OPEN;
	return moved ? DATECS_FOUND_DONE : DATECS_FOUND_NOTHING;
}

/* No counter tells of it: only the printer's own word does. */
enum datecs_found datecs_judge_nothing(const struct datecs *p)
{
	(void)p;
	return DATECS_FOUND_ODD;
}

/* --- evidence --- */

static json_t *datecs_gross_to_json(const int64_t *gross)
{
	json_t *list = json_array();

	for (int i = 0; i < RECEIPT_RATES; i++)
		json_array_append_new(list, json_integer(gross[i]));
	return list;
}

static json_t *datecs_sums_to_json(const struct receipt_sums *sums)
{
	json_t *json = json_put(json_make(), "gross",
				datecs_gross_to_json(sums->gross));

	json_put_int(json, "paid", sums->paid);
	return json_put_int(json, "change", sums->change);
}

/* Not the frame: it may have the operator's password. */
json_t *datecs_document_evidence(const struct datecs *p)
{
	const struct datecs_job *job = &p->job;
	json_t *json = json_make();

	json_put_text(json, "command", op_kind_name(job->kind));
	json_put_text(json, "dialect", p->speech.dialect->name);
	json_put_int(json, "sequence", job->seq);
	json_put_bool(json, "ending", job->document.ending);
	json_put_bool(json, "paid", job->document.paid);
	json_put_bool(json, "fiscal", job->fiscal);
	json_put_text(json, "serial", job->serial[0] ? job->serial : NULL);
	if (job->receipt)
		json_put(json, "sums",
			 receipt_sums_to_evidence(&job->document.end));
	return json_put(json, "counters",
			datecs_counters_to_json(&job->before));
}

/* Evidence without a SEQ, or none at all, means that nothing was sent. */
bool datecs_document_load(struct datecs *p, const json_t *evidence)
{
	struct datecs_job *job = &p->job;
	const char *serial = json_text(evidence, "serial");
	int64_t seq = json_int(evidence, "sequence", 0);

	if (seq < ' ' || seq > 0x7F)
		return false;
	job->seq = (uint8_t)seq;
	job->fiscal = json_flag(evidence, "fiscal");
	snprintf(job->serial, sizeof(job->serial), "%s", serial ? serial : "");
	datecs_counters_from_json(json_object_get(evidence, "counters"),
				  &job->before);
	receipt_sums_from_evidence(json_object_get(evidence, "sums"),
				   &job->document.end);
	job->document.ending = json_flag(evidence, "ending");
	job->document.paid = json_flag(evidence, "paid");
	job->document.phase = job->document.paper->phases;
	return true;
}

/* --- what is told of it --- */

/* The printer's own words for how it stands: to settle by, if need be. */
static json_t *datecs_found_to_json(const struct datecs *p)
{
	const struct datecs_transaction *t = &p->facts.transaction;
	struct receipt_sums sums = { .paid = t->paid };

	if (!p->facts.has_sums)
		return NULL;
	memcpy(sums.gross, p->facts.sums.tax, sizeof(sums.gross));
	if (t->paid > t->amount)
		sums.change = t->paid - t->amount;
	return json_put_bool(datecs_sums_to_json(&sums), "open",
			     datecs_is_open(p));
}

json_t *datecs_document_result(const struct datecs *p, bool after)
{
	const struct datecs_job *job = &p->job;
	const struct datecs_course *document = &job->document;
	json_t *result = datecs_code_to_json(document->code);
	json_t *counters = json_put(json_make(), "before",
				    datecs_counters_to_json(&job->before));
	json_t *found;

	if (after)
		json_put(counters, "after",
			 datecs_counters_to_json(&p->facts.counters));
	json_put(result, "counters", counters);
	json_put_bool(result, "ending", document->ending);
	if (!after || !job->receipt)
		return result;
	json_put(result, "expected", datecs_sums_to_json(&document->end));
	found = datecs_found_to_json(p);
	return found ? json_put(result, "found", found) : result;
}
