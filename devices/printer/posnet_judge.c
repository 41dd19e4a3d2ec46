/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the printer's numbers say of a document (docs/protocols.md 3.9, step 2):
 * those from before, which were saved, held against those of now.
 */
#include "printer/posnet_private.h"

#include "util/json.h"

#include <stdio.h>

/* --- comparing --- */

/* What was told only once has moved, we don't know how far. */
static int64_t posnet_moved_by(const struct posnet *p,
			       enum posnet_counter which)
{
	int64_t before = p->job.before.value[which];
	int64_t after = p->facts.counters.value[which];

	if (before == POSNET_NOT_TOLD || after == POSNET_NOT_TOLD)
		return before == after ? 0 : POSNET_NOT_TOLD;
	return after - before;
}

/* Where either was not told, nothing speaks against it. */
static bool posnet_has_grown(const struct posnet *p, enum posnet_counter which)
{
	return p->job.before.value[which] == POSNET_NOT_TOLD ||
	       p->facts.counters.value[which] == POSNET_NOT_TOLD ||
	       posnet_moved_by(p, which) > 0;
}

/* The same fiscal day in the same memory of the same printer: only then can
 * the other counters be compared at all. */
static bool posnet_is_comparable(const struct posnet *p)
{
	return !posnet_moved_by(p, POSNET_REPORTS) &&
	       !posnet_moved_by(p, POSNET_NEXT_REPORT) &&
	       !posnet_moved_by(p, POSNET_RAM_RESETS);
}

bool posnet_sums_agree(const struct posnet_facts *facts,
		       const struct receipt_sums *sums)
{
	for (int i = 0; i < POSNET_RATES; i++)
		if (facts->gross[i] != sums->gross[i])
			return false;
	return facts->paid == sums->paid && facts->change == sums->change;
}

enum posnet_found posnet_judge_receipt(const struct posnet *p)
{
	int64_t last = posnet_moved_by(p, POSNET_LAST_RECEIPT);
	int64_t done = posnet_moved_by(p, POSNET_RECEIPTS);
	int64_t cancelled = posnet_moved_by(p, POSNET_RECEIPTS_CANCELLED);
	bool open = p->facts.transaction && !p->facts.footer;

	if (!posnet_is_comparable(p))
		return POSNET_FOUND_ODD;
	if (!last && !done && !cancelled)
		return open ? POSNET_FOUND_OPEN : POSNET_FOUND_NOTHING;
	if (open || last != 1 || done + cancelled != 1)
		return POSNET_FOUND_ODD;
	if (cancelled)
		return POSNET_FOUND_CANCELLED;
	if (done == 1 && posnet_has_grown(p, POSNET_RECEIPT_DOCUMENT) &&
	    posnet_sums_agree(&p->facts, &p->job.document.end))
		return POSNET_FOUND_DONE;
	return POSNET_FOUND_ODD;
}

/* slips printed, and cash moved by it. */
static bool posnet_has_slips(const struct posnet *p, int64_t slips,
			     int64_t cash)
{
	return posnet_moved_by(p, POSNET_NONFISCAL) == slips &&
	       posnet_moved_by(p, POSNET_CASH) == cash &&
	       (!slips || posnet_has_grown(p, POSNET_PLAIN_DOCUMENT));
}

enum posnet_found posnet_judge_return(const struct posnet *p)
{
	int64_t cash = p->job.op.goods.cash;

	if (!posnet_is_comparable(p))
		return POSNET_FOUND_ODD;
	if (posnet_has_slips(p, 0, 0))
		return POSNET_FOUND_NOTHING;
	if (posnet_has_slips(p, cash ? 2 : 1, -cash))
		return POSNET_FOUND_DONE;
	return cash && posnet_has_slips(p, 1, 0) ? POSNET_FOUND_HALF
						 : POSNET_FOUND_ODD;
}

enum posnet_found posnet_judge_cash(const struct posnet *p)
{
	const struct op_cash *cash = &p->job.op.cash;

	if (!posnet_is_comparable(p))
		return POSNET_FOUND_ODD;
	if (posnet_has_slips(p, 0, 0))
		return POSNET_FOUND_NOTHING;
	return posnet_has_slips(p, 1, cash->out ? -cash->amount : cash->amount)
		       ? POSNET_FOUND_DONE
		       : POSNET_FOUND_ODD;
}

enum posnet_found posnet_judge_text(const struct posnet *p)
{
	int64_t slips = posnet_moved_by(p, POSNET_NONFISCAL);

	if (!posnet_is_comparable(p) || slips < 0 || slips > 1)
		return POSNET_FOUND_ODD;
	if (p->facts.form)
		return slips ? POSNET_FOUND_ODD : POSNET_FOUND_OPEN;
	return slips ? POSNET_FOUND_DONE : POSNET_FOUND_NOTHING;
}

/* No counter tells of it: only the printer's own word does. */
enum posnet_found posnet_judge_nothing(const struct posnet *p)
{
	return p->job.document.decided ? POSNET_FOUND_DONE : POSNET_FOUND_ODD;
}

/* --- evidence --- */

static json_t *posnet_gross_to_json(const int64_t *gross)
{
	json_t *list = json_array();

	for (int i = 0; i < POSNET_RATES; i++)
		json_array_append_new(list, json_integer(gross[i]));
	return list;
}

static json_t *posnet_sums_to_json(const int64_t *gross, int64_t paid,
				   int64_t change)
{
	json_t *json =
		json_put(json_make(), "gross", posnet_gross_to_json(gross));

	json_put_int(json, "paid", paid);
	return json_put_int(json, "change", change);
}

json_t *posnet_document_evidence(const struct posnet *p)
{
	const struct posnet_job *job = &p->job;
	json_t *json = json_make();

	json_put_int(json, "token", job->token);
	json_put_bool(json, "ending", job->document.ending);
	json_put_bool(json, "fiscal", job->fiscal);
	json_put_text(json, "serial", job->serial[0] ? job->serial : NULL);
	if (job->kind == OP_RECEIPT)
		json_put(json, "sums",
			 receipt_sums_to_evidence(&job->document.end));
	return json_put(json, "counters",
			posnet_counters_to_json(&job->before));
}

/*
 * Everything is saved before anything is sent that changes something: evidence
 * without a token, or none at all, means that nothing was.
 */
bool posnet_document_load(struct posnet *p, const json_t *evidence)
{
	struct posnet_job *job = &p->job;
	const char *serial = json_text(evidence, "serial");
	int64_t token = json_int(evidence, "token", POSNET_NO_TOKEN);

	if (token < 0 || token >= POSNET_TOKENS)
		return false;
	job->token = (int)token;
	job->fiscal = json_flag(evidence, "fiscal");
	snprintf(job->serial, sizeof(job->serial), "%s", serial ? serial : "");
	posnet_counters_from_json(json_object_get(evidence, "counters"),
				  &job->before);
	receipt_sums_from_evidence(json_object_get(evidence, "sums"),
				   &job->document.end);
	job->document.ending = json_flag(evidence, "ending");
	job->document.phase = job->document.paper->phases;
	job->document.next_token =
		(job->token + RECEIPT_LINES_MAX + POSNET_RESERVED / 2) %
		POSNET_TOKENS;
	return true;
}

/* --- what is told of it --- */

/* The printer's own words for how it stands: to settle by, if need be. */
static json_t *posnet_state_to_json(const struct posnet_facts *facts)
{
	json_t *json =
		posnet_sums_to_json(facts->gross, facts->paid, facts->change);

	return json_put_bool(json, "open", facts->transaction || facts->form);
}

#define POSNET_ERR_ARTICLE_LOCKED 2106

/* Which part of the request the printer did not take. */
static void posnet_put_refused(json_t *result,
			       const struct posnet_document *document)
{
	const struct posnet_phase *phase = document->refused_phase;
	char field[40];

	if (!phase || !phase->field)
		return;
	snprintf(field, sizeof(field), "%s[%zu]%s", phase->field,
		 document->refused_index,
		 document->refused == POSNET_ERR_ARTICLE_LOCKED ? ".vat" : "");
	json_put_text(result, "field", field);
}

json_t *posnet_document_result(const struct posnet *p, bool after)
{
	const struct posnet_job *job = &p->job;
	const struct posnet_document *document = &job->document;
	json_t *result =
		posnet_code_to_json(document->refused, document->refused_frame);
	json_t *counters = json_put(json_make(), "before",
				    posnet_counters_to_json(&job->before));

	if (after)
		json_put(counters, "after",
			 posnet_counters_to_json(&p->facts.counters));
	posnet_put_refused(result, document);
	json_put(result, "counters", counters);
	json_put_bool(result, "ending", document->ending);
	if (!after || job->kind != OP_RECEIPT)
		return result;
	json_put(result, "expected",
		 posnet_sums_to_json(document->end.gross, document->end.paid,
				     document->end.change));
	return json_put(result, "found", posnet_state_to_json(&p->facts));
}
