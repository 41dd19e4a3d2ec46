/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of which commands a receipt, a goods return and the slips consist
 * (docs/protocols.md 3.7), and what each of them does to the sums of the
 * receipt (3.8).
 */
#include "printer/posnet_private.h"

#include "util/json.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>

#define POSNET_FORM	  "200" /* the free one: title, lines of 38 */
#define POSNET_FORM_TITLE "84"
#define POSNET_FORM_LINE  "711"
#define POSNET_FREE_TEXT  "25" /* of a footer */

/* --- fields --- */

static void posnet_part_put(struct posnet_part *part, const char *name,
			    const char *value)
{
	part->pairs[part->count++] = (struct posnet_pair){ name, value };
}

static void posnet_part_put_number(struct posnet_part *part, const char *name,
				   int64_t number)
{
	char *value = part->values[part->count];

	snprintf(value, POSNET_VALUE_SIZE, "%lld", (long long)number);
	posnet_part_put(part, name, value);
}

static void posnet_part_put_text(struct driver_io *io, struct posnet_part *part,
				 const char *name, const char *text, size_t max)
{
	struct buf converted = BUF_INIT(POSNET_TEXTS_SIZE);
	char *at = part->texts + part->texts_len;
	size_t room = sizeof(part->texts) - part->texts_len - 1;

	if (!text)
		return;
	posnet_text_put(driver_option(io, "code-page"), text, &converted);
	max = converted.len < max ? converted.len : max;
	max = max < room ? max : room;
	memcpy(at, buf_text(&converted), max);
	at[max] = 0;
	part->texts_len += max + 1;
	buf_free(&converted);
	posnet_part_put(part, name, at);
}

/* 150000000 is "1.5". */
static void posnet_part_put_quantity(struct posnet_part *part, int64_t quantity)
{
	char *value = part->values[part->count];
	size_t len;

	snprintf(value, POSNET_VALUE_SIZE, "%lld.%08lld",
		 (long long)(quantity / RECEIPT_QUANTITY_ONE),
		 (long long)(quantity % RECEIPT_QUANTITY_ONE));
	len = strlen(value);
	while (value[len - 1] == '0')
		value[--len] = 0;
	if (value[len - 1] == '.')
		value[len - 1] = 0;
	posnet_part_put(part, "il", value);
}

/* --- a receipt --- */

static size_t posnet_count_lines(const struct posnet_job *job)
{
	return job->op.receipt->lines_count;
}

static size_t posnet_count_discounts(const struct posnet_job *job)
{
	return job->op.receipt->discounts_count;
}

static size_t posnet_count_buyer(const struct posnet_job *job)
{
	return job->op.receipt->buyer != NULL;
}

/* The change is one more, the other way. */
static size_t posnet_count_payments(const struct posnet_job *job)
{
	return job->op.receipt->payments_count +
	       (job->document.end.change != 0);
}

static size_t posnet_count_footer(const struct posnet_job *job)
{
	return job->op.receipt->footer_count;
}

static size_t posnet_count_footer_end(const struct posnet_job *job)
{
	return job->op.receipt->footer_count != 0;
}

/* A percentage goes along with what it comes to, which is checked. */
static void posnet_fill_discount(struct driver_io *io, const char *name,
				 const struct receipt_discount *discount,
				 bool percent, int64_t amount,
				 struct posnet_part *part)
{
	bool first = !strcmp(name, "na");

	if (first)
		posnet_part_put_text(io, part, name, discount->name,
				     RECEIPT_LABEL_MAX);
	posnet_part_put(part, "rd", discount->markup ? "0" : "1");
	if (!first)
		posnet_part_put_text(io, part, name, discount->name,
				     RECEIPT_LABEL_MAX);
	if (percent)
		posnet_part_put_number(part, "rp", discount->value);
	posnet_part_put_number(part, "rw", amount < 0 ? -amount : amount);
}

static void posnet_fill_begin(struct driver_io *io, size_t index,
			      struct posnet_part *part)
{
	(void)io;
	(void)index;
	posnet_part_put(part, "bm", "0");
}

/* Taken back, a line is told as it was sold, with its discount. */
static void posnet_fill_line(struct driver_io *io, size_t index,
			     struct posnet_part *part)
{
	const struct posnet *p = driver_state(io);
	const struct receipt_line *line = &p->job.op.receipt->lines[index];
	const struct receipt_made *made = &p->job.document.made;
	bool one = line->quantity == RECEIPT_QUANTITY_ONE;

	posnet_part_put_text(io, part, "na", line->name, RECEIPT_NAME_MAX);
	posnet_part_put_number(part, "vt", line->rate);
	posnet_part_put_number(part, "pr", line->price);
	if (!one)
		posnet_part_put_quantity(part, line->quantity);
	if (line->voids)
		posnet_part_put(part, "st", "1");
	if (!one || line->voids || line->discount.set)
		posnet_part_put_number(part, "wa", made->before);
	posnet_part_put_text(io, part, "jm", line->unit, RECEIPT_UNIT_MAX);
	posnet_part_put_text(io, part, "op", line->description,
			     RECEIPT_DESCRIPTION_MAX);
	if (line->discount.set)
		posnet_fill_discount(io, "rn", &line->discount,
				     line->discount.percent, made->change,
				     part);
}

static void posnet_move_line(struct posnet_job *job, size_t index)
{
	struct posnet_document *document = &job->document;
	struct receipt_fault fault;

	receipt_add_line(job->op.receipt, &job->rules, index, &document->after,
			 &document->made, &fault);
}

static bool posnet_has_one_rate(const struct receipt_sums *sums)
{
	int rates = 0;

	for (int i = 0; i < RECEIPT_RATES; i++)
		rates += sums->gross[i] != 0;
	return rates == 1;
}

/*
 * How an amount is shared out among the rates is stated, a percentage's share
 * is not: it goes as such where there is but one rate to share it out to.
 */
static void posnet_fill_off(struct driver_io *io, size_t index,
			    struct posnet_part *part)
{
	const struct posnet *p = driver_state(io);
	const struct posnet_document *document = &p->job.document;
	const struct receipt_discount *discount =
		&p->job.op.receipt->discounts[index];

	posnet_fill_discount(io, "na", discount,
			     discount->percent &&
				     posnet_has_one_rate(&document->sums),
			     document->made.change, part);
}

static void posnet_move_off(struct posnet_job *job, size_t index)
{
	struct posnet_document *document = &job->document;
	struct receipt_fault fault;

	receipt_add_discount(job->op.receipt, &job->rules, index,
			     &document->after, &document->made, &fault);
}

static void posnet_fill_buyer(struct driver_io *io, size_t index,
			      struct posnet_part *part)
{
	const struct posnet *p = driver_state(io);

	(void)index;
	posnet_part_put_text(io, part, "ni", p->job.op.receipt->buyer,
			     RECEIPT_BUYER_MAX);
}

static const struct posnet_payment {
	int type;
	const char *name;
} posnet_payments[RECEIPT_PAYMENT_KINDS] = {
	[RECEIPT_CASH] = { 0, "Gotówka" },
	[RECEIPT_CARD] = { 2, "Karta" },
	[RECEIPT_CHEQUE] = { 3, "Czek" },
	[RECEIPT_VOUCHER] = { 4, "Bon" },
	[RECEIPT_CREDIT] = { 5, "Kredyt" },
	[RECEIPT_TRANSFER] = { 8, "Przelew" },
	[RECEIPT_OTHER] = { 6, "Inna" },
};

static void posnet_fill_payment(struct driver_io *io, size_t index,
				struct posnet_part *part)
{
	const struct posnet *p = driver_state(io);
	const struct receipt *receipt = p->job.op.receipt;
	bool change = index == receipt->payments_count;
	const struct receipt_payment given = {
		.kind = RECEIPT_CASH,
		.amount = p->job.document.end.change,
		.name = "Reszta",
	};
	const struct receipt_payment *payment =
		change ? &given : &receipt->payments[index];

	posnet_part_put_number(part, "ty", posnet_payments[payment->kind].type);
	posnet_part_put_number(part, "wa", payment->amount);
	posnet_part_put_text(io, part, "na",
			     payment->name
				     ? payment->name
				     : posnet_payments[payment->kind].name,
			     RECEIPT_LABEL_MAX);
	posnet_part_put(part, "re", change ? "1" : "0");
}

/* The change is no sum of the printer's before it was told. */
static void posnet_move_payment(struct posnet_job *job, size_t index)
{
	struct posnet_document *document = &job->document;
	struct receipt_fault fault;

	if (index == job->op.receipt->payments_count) {
		document->after.change = document->end.change;
		return;
	}
	receipt_add_payment(job->op.receipt, &job->rules, index,
			    &document->after, &fault);
	document->after.change = 0;
}

static void posnet_fill_end(struct driver_io *io, size_t index,
			    struct posnet_part *part)
{
	const struct posnet *p = driver_state(io);
	const struct receipt_sums *end = &p->job.document.end;

	(void)index;
	posnet_part_put_number(part, "to", end->total);
	if (end->change)
		posnet_part_put_number(part, "re", end->change);
	posnet_part_put_number(part, "fp", end->paid);
	if (p->job.op.receipt->footer_count)
		posnet_part_put(part, "fe", "0");
}

static void posnet_fill_footer(struct driver_io *io, size_t index,
			       struct posnet_part *part)
{
	const struct posnet *p = driver_state(io);

	posnet_part_put(part, "id", POSNET_FREE_TEXT);
	posnet_part_put_text(io, part, "na", p->job.op.receipt->footer[index],
			     RECEIPT_TEXT_MAX);
}

static const struct posnet_phase posnet_receipt_phases[] = {
	{ .command = "trinit",
	  .role = POSNET_BEGINS,
	  .fill = posnet_fill_begin },
	{ .command = "trline",
	  .role = POSNET_FILLS,
	  .count = posnet_count_lines,
	  .fill = posnet_fill_line,
	  .move = posnet_move_line,
	  .field = "lines" },
	{ .command = "trdiscntsubtot",
	  .role = POSNET_FILLS,
	  .count = posnet_count_discounts,
	  .fill = posnet_fill_off,
	  .move = posnet_move_off,
	  .field = "discounts" },
	{ .command = "trnipset",
	  .role = POSNET_REPEATS,
	  .count = posnet_count_buyer,
	  .fill = posnet_fill_buyer },
	{ .command = "trpayment",
	  .role = POSNET_FILLS,
	  .count = posnet_count_payments,
	  .fill = posnet_fill_payment,
	  .move = posnet_move_payment,
	  .field = "payments" },
	{ .command = "trend", .role = POSNET_DECIDES, .fill = posnet_fill_end },
	{ .command = "trftrln",
	  .role = POSNET_TRAILS,
	  .count = posnet_count_footer,
	  .fill = posnet_fill_footer },
	{ .command = "trftrend",
	  .role = POSNET_TRAILS,
	  .count = posnet_count_footer_end },
	{ .command = NULL },
};

/* It is reckoned on the rates and the rounding that the printer has now. */
static enum reason posnet_check_receipt(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	struct posnet_job *job = &p->job;
	struct receipt_fault fault;

	if (receipt_reckon(job->op.receipt, &job->rules, &job->document.end,
			   &fault))
		return REASON_NONE;
	driver_log(io, "would refuse a receipt: %s %s", fault.field,
		   fault.detail);
	return REASON_BAD_PARAMETER;
}

/* trend has them in it, and is refused where they aren't the printer's own. */
static void posnet_tell_receipt(const struct posnet *p, json_t *result)
{
	json_t *sums = receipt_sums_to_json(&p->job.document.end);

	json_object_update(result, sums);
	json_decref(sums);
}

static void posnet_number_receipt(const struct posnet *p, json_t *result)
{
	const int64_t *after = p->facts.counters.value;

	json_put_int(result, "number", after[POSNET_LAST_RECEIPT]);
	json_put_int(result, "day", after[POSNET_REPORTS] + 1);
	if (after[POSNET_RECEIPT_DOCUMENT] > 0)
		json_put_int(result, "document",
			     after[POSNET_RECEIPT_DOCUMENT]);
}

/* --- goods that come back: a slip, and the cash that goes out for them --- */

static size_t posnet_count_cash(const struct posnet_job *job)
{
	return job->op.goods.cash != 0;
}

static void posnet_fill_return(struct driver_io *io, size_t index,
			       struct posnet_part *part)
{
	const struct posnet *p = driver_state(io);

	(void)index;
	posnet_part_put_number(part, "kw", p->job.op.goods.amount);
}

static void posnet_fill_return_cash(struct driver_io *io, size_t index,
				    struct posnet_part *part)
{
	const struct posnet *p = driver_state(io);

	(void)index;
	posnet_part_put_number(part, "kw", p->job.op.goods.cash);
	posnet_part_put(part, "wp", "N");
}

static const struct posnet_phase posnet_return_phases[] = {
	{ .command = "stocash",
	  .role = POSNET_DECIDES,
	  .fill = posnet_fill_return },
	{ .command = "cash",
	  .role = POSNET_DECIDES,
	  .count = posnet_count_cash,
	  .fill = posnet_fill_return_cash },
	{ .command = NULL },
};

/* Below zero the printer would refuse, and forget what it had (502, 503); and
 * the same where there comes too much. */
#define POSNET_TOTAL_MAX INT64_C(49999999999)

static enum reason posnet_check_out(const struct posnet *p, int64_t amount)
{
	return p->facts.counters.value[POSNET_CASH] < amount ? REASON_CASH_SHORT
							     : REASON_NONE;
}

static enum reason posnet_check_return(struct driver_io *io)
{
	const struct posnet *p = driver_state(io);

	return posnet_check_out(p, p->job.op.goods.cash);
}

static void posnet_tell_return(const struct posnet *p, json_t *result)
{
	json_put_int(result, "amount", p->job.op.goods.amount);
	json_put_int(result, "cash", p->job.op.goods.cash);
}

/* --- cash that came in or went out --- */

static void posnet_fill_cash(struct driver_io *io, size_t index,
			     struct posnet_part *part)
{
	const struct posnet *p = driver_state(io);

	(void)index;
	posnet_part_put_number(part, "kw", p->job.op.cash.amount);
	posnet_part_put(part, "wp", p->job.op.cash.out ? "N" : "T");
}

static const struct posnet_phase posnet_cash_phases[] = {
	{ .command = "cash", .role = POSNET_DECIDES, .fill = posnet_fill_cash },
	{ .command = NULL },
};

static enum reason posnet_check_cash(struct driver_io *io)
{
	const struct posnet *p = driver_state(io);

	const struct op_cash *cash = &p->job.op.cash;
	int64_t there = p->facts.counters.value[POSNET_CASH];

	if (cash->amount > RECEIPT_MONEY_MAX)
		return REASON_BAD_PARAMETER;
	if (cash->out)
		return posnet_check_out(p, cash->amount);
	return there > POSNET_TOTAL_MAX - cash->amount ? REASON_BAD_PARAMETER
						       : REASON_NONE;
}

static void posnet_tell_cash(const struct posnet *p, json_t *result)
{
	json_put_int(result, "amount", p->job.op.cash.amount);
}

/* --- what is not fiscal --- */

static size_t posnet_count_text(const struct posnet_job *job)
{
	return json_array_size(job->op.print.lines);
}

static void posnet_fill_text_begin(struct driver_io *io, size_t index,
				   struct posnet_part *part)
{
	(void)io;
	(void)index;
	posnet_part_put(part, "fn", POSNET_FORM);
	posnet_part_put(part, "fh", POSNET_FORM_TITLE);
}

static void posnet_fill_text(struct driver_io *io, size_t index,
			     struct posnet_part *part)
{
	const struct posnet *p = driver_state(io);
	const json_t *line = json_array_get(p->job.op.print.lines, index);

	posnet_part_put_text(io, part, "s1", json_string_value(line),
			     POSNET_FORM_WIDTH);
	posnet_part_put(part, "fn", POSNET_FORM);
	posnet_part_put(part, "fl", POSNET_FORM_LINE);
}

static void posnet_fill_text_end(struct driver_io *io, size_t index,
				 struct posnet_part *part)
{
	(void)io;
	(void)index;
	posnet_part_put(part, "fn", POSNET_FORM);
}

static const struct posnet_phase posnet_text_phases[] = {
	{ .command = "formstart",
	  .role = POSNET_BEGINS,
	  .fill = posnet_fill_text_begin },
	{ .command = "formline",
	  .role = POSNET_FILLS,
	  .count = posnet_count_text,
	  .fill = posnet_fill_text },
	{ .command = "formend",
	  .role = POSNET_DECIDES,
	  .fill = posnet_fill_text_end },
	{ .command = NULL },
};

static enum reason posnet_check_text(struct driver_io *io)
{
	const struct posnet *p = driver_state(io);
	const json_t *line;
	size_t i;

	json_array_foreach (p->job.op.print.lines, i, line)
		if (text_length(json_string_value(line)) > POSNET_FORM_WIDTH)
			return REASON_BAD_PARAMETER;
	return REASON_NONE;
}

/* --- once more --- */

static void posnet_fill_copy(struct driver_io *io, size_t index,
			     struct posnet_part *part)
{
	const struct posnet *p = driver_state(io);

	(void)index;
	posnet_part_put_number(part, "no", p->job.op.print.count);
}

static const struct posnet_phase posnet_copy_phases[] = {
	{ .command = "eclastprintouts",
	  .role = POSNET_DECIDES,
	  .fill = posnet_fill_copy },
	{ .command = NULL },
};

/* --- the clock --- */

static void posnet_fill_clock(struct driver_io *io, size_t index,
			      struct posnet_part *part)
{
	const struct posnet *p = driver_state(io);
	char *value = part->values[part->count];

	(void)index;
	memcpy(value, p->job.op.clock.time, OP_TIME_SIZE);
	value[POSNET_DATE_LEN] = ','; /* in place of the T */
	posnet_part_put(part, "da", value);
}

static const struct posnet_phase posnet_clock_phases[] = {
	{ .command = "rtcset",
	  .role = POSNET_DECIDES,
	  .fill = posnet_fill_clock },
	{ .command = NULL },
};

/* --- the table --- */

static const struct posnet_paper posnet_papers[] = {
	{ OP_RECEIPT, posnet_receipt_phases, "prncancel", posnet_judge_receipt,
	  posnet_check_receipt, posnet_tell_receipt, posnet_number_receipt },
	{ OP_GOODS_RETURN, posnet_return_phases, NULL, posnet_judge_return,
	  posnet_check_return, posnet_tell_return, NULL },
	{ OP_CASH_SLIP, posnet_cash_phases, NULL, posnet_judge_cash,
	  posnet_check_cash, posnet_tell_cash, NULL },
	{ OP_PRINT_TEXT, posnet_text_phases, "prncancel", posnet_judge_text,
	  posnet_check_text, NULL, NULL },
	{ OP_PRINT_COPY, posnet_copy_phases, NULL, posnet_judge_nothing, NULL,
	  NULL, NULL },
	{ OP_CLOCK_SET, posnet_clock_phases, NULL, posnet_judge_nothing, NULL,
	  NULL, NULL },
};

const struct posnet_paper *posnet_paper_find(enum op_kind kind)
{
	for (size_t i = 0; i < sizeof(posnet_papers) / sizeof(posnet_papers[0]);
	     i++)
		if (posnet_papers[i].kind == kind)
			return &posnet_papers[i];
	return NULL;
}

size_t posnet_phase_count(const struct posnet_phase *phase,
			  const struct posnet_job *job)
{
	return phase->count ? phase->count(job) : 1;
}
