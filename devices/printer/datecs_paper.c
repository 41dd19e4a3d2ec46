/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of which commands a receipt and the slips consist (docs/protocols.md 4.6
 * and 4.7), and what each of them does to the sums of the receipt.
 *
 * How a percentage is rounded, and how what is taken off the whole is shared
 * out among the tax groups, is stated nowhere. So all discounts go as amounts,
 * as they were reckoned; and a line is taken back by what it came to.
 */
#include "printer/datecs_private.h"

#include "util/json.h"
#include "util/text.h"

#include <string.h>

#define DATECS_LINES_MAX       250
#define DATECS_QUANTITY_PLACES 3
#define DATECS_QUANTITY_STEP   INT64_C(100000) /* of RECEIPT_QUANTITY_ONE */

/* --- payments --- */

/* The device's own letters. What those beyond cash, cards and cheques are was
 * programmed into the printer, and has to be configured. */
static const struct datecs_payment {
	const char *option;
	char x, classic; /* 0: none */
} datecs_payments[RECEIPT_PAYMENT_KINDS] = {
	[RECEIPT_CASH] = { NULL, DATECS_MODE_CASH_X, DATECS_MODE_CASH_CLASSIC },
	[RECEIPT_CARD] = { "payment-card", '1', 'D' },
	[RECEIPT_CHEQUE] = { "payment-cheque", 0, 'C' },
	[RECEIPT_VOUCHER] = { "payment-voucher", 0, 0 },
	[RECEIPT_CREDIT] = { "payment-credit", 0, 'N' },
	[RECEIPT_TRANSFER] = { "payment-transfer", 0, 0 },
	[RECEIPT_OTHER] = { "payment-other", 0, 0 },
};

/* 0: the printer has none for it, as far as we know. */
static char datecs_payment_mode(struct driver_io *io,
				enum receipt_payment_kind kind)
{
	const struct datecs *p = driver_state(io);
	const struct datecs_payment *payment = &datecs_payments[kind];
	bool x = datecs_speech_is_x(&p->speech);
	const char *set =
		payment->option ? driver_option(io, payment->option) : "auto";

	if (!strcmp(set, "none"))
		return 0;
	if (!strcmp(set, "auto"))
		return x ? payment->x : payment->classic;
	return strchr(x ? "012345" : "PNCDIJKL", set[0]) ? set[0] : 0;
}

void datecs_rules_set(struct driver_io *io, const int64_t rates[DATECS_TAXES])
{
	struct datecs *p = driver_state(io);
	struct receipt_rules *rules = &p->facts.rules;

	*rules = (struct receipt_rules){
		.rounding = RECEIPT_ROUNDS_DISCOUNT,
		.lines_max = DATECS_LINES_MAX,
		.footer_max = RECEIPT_FOOTER_MAX,
		.footer_text_max = p->speech.columns,
		.text_columns = p->speech.columns,
		.money_max = DATECS_AMOUNT_MAX,
		.quantity_max = DATECS_QUANTITY_MAX * DATECS_QUANTITY_STEP,
		.quantity_places = DATECS_QUANTITY_PLACES,
		.any_name = true,
		.plain_only = true,
		.sale_numbers = true,
		.returns = datecs_speech_is_x(&p->speech)
				   ? RECEIPT_RETURNS_RECEIPT
				   : RECEIPT_RETURNS_NONE,
		.opens_drawer = driver_option_bool(io, "opens-drawer"),
	};
	for (size_t i = 0; i < DATECS_TAXES; i++)
		rules->rates[i] = rates ? (int)rates[i] : RECEIPT_RATE_UNUSED;
	for (int i = 0; i < RECEIPT_PAYMENT_KINDS; i++)
		if (datecs_payment_mode(io, (enum receipt_payment_kind)i))
			rules->payments |= RECEIPT_TAKES(i);
}

/* --- a receipt --- */

static size_t datecs_count_lines(const struct datecs_job *job)
{
	return job->receipt->lines_count;
}

static size_t datecs_count_discounts(const struct datecs_job *job)
{
	return job->receipt->discounts_count;
}

static size_t datecs_count_payments(const struct datecs_job *job)
{
	return job->receipt->payments_count;
}

static size_t datecs_count_footer(const struct datecs_job *job)
{
	return job->receipt->footer_count;
}

static struct datecs_opening datecs_opening_make(struct driver_io *io)
{
	const struct datecs *p = driver_state(io);

	return (struct datecs_opening){
		.cashier = (int)driver_option_int(io, "operator"),
		.password = driver_option(io, "operator-password"),
		.point = (int)driver_option_int(io, "point-of-sale"),
		.sale = p->job.receipt->sale,
	};
}

static void datecs_fill_opening(struct driver_io *io, size_t index,
				struct buf *data)
{
	const struct datecs *p = driver_state(io);
	struct datecs_opening opening = datecs_opening_make(io);

	(void)index;
	datecs_opening_write(&p->speech, &opening, data);
}

static void datecs_discount_set(const struct receipt_discount *discount,
				int64_t change, enum datecs_change *out_change,
				int64_t *out_by)
{
	*out_change =
		discount->markup ? DATECS_CHANGE_MORE : DATECS_CHANGE_LESS;
	*out_by = change < 0 ? -change : change;
}

/* Taken back, a line is one piece of what it came to, if it had a discount. */
static void datecs_fill_line(struct driver_io *io, size_t index,
			     struct buf *data)
{
	const struct datecs *p = driver_state(io);
	const struct receipt_line *line = &p->job.receipt->lines[index];
	const struct receipt_made *made = &p->job.document.made;
	bool one = line->quantity == RECEIPT_QUANTITY_ONE;
	bool whole = line->voids && line->discount.set;
	struct datecs_sale sale = {
		.name = line->name,
		.tax = line->rate + 1,
		.price = whole ? made->before + made->change : line->price,
		.reversal = line->voids != 0,
		.unit = line->unit,
	};

	if (!one || line->unit)
		sale.quantity =
			(whole ? RECEIPT_QUANTITY_ONE : line->quantity) /
			DATECS_QUANTITY_STEP;
	if (line->discount.set && !line->voids)
		datecs_discount_set(&line->discount, made->change, &sale.change,
				    &sale.change_by);
	datecs_sale_write(&p->speech, &sale, data);
}

static void datecs_move_line(struct datecs_job *job, size_t index)
{
	struct datecs_course *document = &job->document;
	struct receipt_fault fault;

	receipt_add_line(job->receipt, &job->rules, index, &document->after,
			 &document->made, &fault);
}

static void datecs_fill_off(struct driver_io *io, size_t index,
			    struct buf *data)
{
	const struct datecs *p = driver_state(io);
	enum datecs_change change;
	int64_t by;

	datecs_discount_set(&p->job.receipt->discounts[index],
			    p->job.document.made.change, &change, &by);
	datecs_subtotal_write(&p->speech, true, false, change, by, data);
}

static void datecs_move_off(struct datecs_job *job, size_t index)
{
	struct datecs_course *document = &job->document;
	struct receipt_fault fault;

	receipt_add_discount(job->receipt, &job->rules, index, &document->after,
			     &document->made, &fault);
}

static void datecs_fill_payment(struct driver_io *io, size_t index,
				struct buf *data)
{
	const struct datecs *p = driver_state(io);
	const struct receipt_payment *payment =
		&p->job.receipt->payments[index];

	datecs_payment_write(&p->speech, datecs_payment_mode(io, payment->kind),
			     payment->amount, data);
}

static void datecs_move_payment(struct datecs_job *job, size_t index)
{
	struct receipt_fault fault;

	receipt_add_payment(job->receipt, &job->rules, index,
			    &job->document.after, &fault);
}

static void datecs_fill_footer(struct driver_io *io, size_t index,
			       struct buf *data)
{
	const struct datecs *p = driver_state(io);

	datecs_line_write(&p->speech, p->job.receipt->footer[index], false,
			  false, data);
}

static const struct datecs_phase datecs_receipt_phases[] = {
	{ DATECS_RECEIPT_OPEN, DATECS_BEGINS, NULL, datecs_fill_opening, NULL },
	{ DATECS_SALE, DATECS_FILLS, datecs_count_lines, datecs_fill_line,
	  datecs_move_line },
	{ DATECS_SUBTOTAL, DATECS_FILLS, datecs_count_discounts,
	  datecs_fill_off, datecs_move_off },
	{ DATECS_PAYMENT, DATECS_FILLS, datecs_count_payments,
	  datecs_fill_payment, datecs_move_payment },
	{ DATECS_RECEIPT_TEXT, DATECS_REPEATS, datecs_count_footer,
	  datecs_fill_footer, NULL },
	{ DATECS_RECEIPT_CLOSE, DATECS_DECIDES, NULL, NULL, NULL },
	{ DATECS_ACTIONS, DATECS_DECIDES, NULL, NULL, NULL },
};

/* Everything is written once before anything is sent: what the protocol has no
 * form for (a price of 8 digits, a letter for a tax group) is found now. */
static bool datecs_phase_is_valid(struct driver_io *io,
				  const struct datecs_phase *phase,
				  size_t index)
{
	struct datecs *p = driver_state(io);
	struct datecs_course *document = &p->job.document;
	struct buf data = BUF_INIT(DATECS_DATA_SIZE);
	bool valid;

	if (phase->move)
		phase->move(&p->job, index);
	datecs_phase_fill(io, phase, index, &data);
	valid = !data.failed && data.len <= p->speech.dialect->request_max;
	document->sums = document->after;
	buf_free(&data);
	return valid;
}

static bool datecs_phases_are_valid(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct datecs_course *document = &p->job.document;
	bool valid = true;

	document->sums = document->after = (struct receipt_sums){ 0 };
	for (const struct datecs_phase *phase = document->paper->phases;
	     phase->action != DATECS_ACTIONS; phase++) {
		size_t count = datecs_phase_count(phase, &p->job);

		for (size_t i = 0; i < count && valid; i++)
			valid = datecs_phase_is_valid(io, phase, i);
	}
	document->sums = document->after = (struct receipt_sums){ 0 };
	return valid;
}

/* It is reckoned on the rates that the printer has now. */
static enum reason datecs_check_receipt(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	struct datecs_job *job = &p->job;
	struct receipt_fault fault;

	if (!receipt_reckon(job->receipt, &job->rules, &job->document.end,
			    &fault)) {
		driver_log(io, "would refuse a receipt: %s %s", fault.field,
			   fault.detail);
		return REASON_BAD_PARAMETER;
	}
	return datecs_phases_are_valid(io) ? REASON_NONE : REASON_BAD_PARAMETER;
}

/* X numbers its slips beyond the day: was there but one more, it is ours. */
static void datecs_tell_slip(const struct datecs *p, json_t *result)
{
	int64_t before = p->job.before.value[DATECS_LAST_SLIP];
	int64_t after = p->facts.counters.value[DATECS_LAST_SLIP];

	if (datecs_speech_is_x(&p->speech) && before != DATECS_NOT_TOLD &&
	    after == before + 1)
		json_put_int(result, "number", after);
}

/* How a discount of the whole was shared out is the printer's affair. */
static bool datecs_has_shares(const struct datecs *p)
{
	int groups = 0;

	for (int i = 0; i < RECEIPT_RATES; i++)
		groups += p->job.document.end.gross[i] != 0;
	return groups > 1 && p->job.receipt->discounts_count;
}

/* By what it said of the payments, or says of its last receipt, which may be
 * another's by now. */
static void datecs_tell_receipt(const struct datecs *p, json_t *result)
{
	json_t *sums;

	datecs_tell_slip(p, result);
	if (!p->job.document.paid &&
	    !datecs_sums_agree(p, &p->job.document.end))
		return;
	sums = receipt_sums_to_json(&p->job.document.end);
	if (datecs_has_shares(p))
		json_object_del(sums, "rates");
	json_object_update(result, sums);
	json_decref(sums);
}

static void datecs_number_receipt(const struct datecs *p, json_t *result)
{
	const int64_t *after = p->facts.counters.value;

	json_put_int(result, "day", datecs_counters_z(&p->facts.counters) + 1);
	if (datecs_speech_is_x(&p->speech))
		return;
	json_put_int(result, "number", after[DATECS_NEXT_RECEIPT] - 1);
	if (after[DATECS_DOCUMENTS] > 0)
		json_put_int(result, "document", after[DATECS_DOCUMENTS]);
}

/* --- goods that come back --- */

/* "2026-11-22T10:30:00" */
static struct datecs_time datecs_moment_read(const char *text)
{
	struct datecs_time time = { .second = 0 };

	memcpy(time.date, text, OP_DATE_SIZE - 1);
	time.second = ((text[11] - '0') * 10 + text[12] - '0') * 3600 +
		      ((text[14] - '0') * 10 + text[15] - '0') * 60;
	if (strlen(text) == OP_MOMENT_SIZE - 1)
		time.second += (text[17] - '0') * 10 + text[18] - '0';
	return time;
}

/* Mostly it was this very printer's. */
static void datecs_fill_storno(struct driver_io *io, size_t index,
			       struct buf *data)
{
	const struct datecs *p = driver_state(io);
	const struct op_original *original = &p->job.op.goods.original;
	struct datecs_opening opening = datecs_opening_make(io);
	struct datecs_storno storno = {
		.number = original->number,
		.made = datecs_moment_read(original->moment),
		.memory = *original->memory ? original->memory
					    : p->facts.identity.memory,
	};

	(void)index;
	datecs_storno_write(&p->speech, &opening, &storno, data);
}

static const struct datecs_phase datecs_return_phases[] = {
	{ DATECS_STORNO_OPEN, DATECS_BEGINS, NULL, datecs_fill_storno, NULL },
	{ DATECS_SALE, DATECS_FILLS, datecs_count_lines, datecs_fill_line,
	  datecs_move_line },
	{ DATECS_PAYMENT, DATECS_FILLS, datecs_count_payments,
	  datecs_fill_payment, datecs_move_payment },
	{ DATECS_RECEIPT_CLOSE, DATECS_DECIDES, NULL, NULL, NULL },
	{ DATECS_ACTIONS, DATECS_DECIDES, NULL, NULL, NULL },
};

/* The classic dialect has no form for it. */
static enum reason datecs_check_return(struct driver_io *io)
{
	const struct datecs *p = driver_state(io);
	const struct op_return *goods = &p->job.op.goods;

	if (!datecs_speech_is_x(&p->speech))
		return REASON_NOT_SUPPORTED;
	if (!p->job.receipt || !goods->original.number)
		return REASON_BAD_PARAMETER;
	if (p->facts.counters.value[DATECS_DRAWER_CASH] < goods->cash)
		return REASON_CASH_SHORT;
	return datecs_check_receipt(io);
}

static void datecs_tell_return(const struct datecs *p, json_t *result)
{
	datecs_tell_slip(p, result);
	json_put_int(result, "amount", p->job.op.goods.amount);
	json_put_int(result, "cash", p->job.op.goods.cash);
}

/* --- cash that came in or went out --- */

static void datecs_fill_cash(struct driver_io *io, size_t index,
			     struct buf *data)
{
	const struct datecs *p = driver_state(io);
	const struct op_cash *cash = &p->job.op.cash;

	(void)index;
	datecs_cash_write(&p->speech, cash->out ? -cash->amount : cash->amount,
			  data);
}

static const struct datecs_phase datecs_cash_phases[] = {
	{ DATECS_CASH_MOVE, DATECS_DECIDES, NULL, datecs_fill_cash, NULL },
	{ DATECS_ACTIONS, DATECS_DECIDES, NULL, NULL, NULL },
};

static enum reason datecs_check_cash(struct driver_io *io)
{
	const struct datecs *p = driver_state(io);
	const struct op_cash *cash = &p->job.op.cash;
	int64_t there = p->facts.counters.value[DATECS_DRAWER_CASH];

	if (cash->amount > DATECS_AMOUNT_MAX)
		return REASON_BAD_PARAMETER;
	return cash->out && there < cash->amount ? REASON_CASH_SHORT
						 : REASON_NONE;
}

static void datecs_tell_cash(const struct datecs *p, json_t *result)
{
	json_put_int(result, "amount", p->job.op.cash.amount);
}

/* --- what is not fiscal --- */

static size_t datecs_count_text(const struct datecs_job *job)
{
	return json_array_size(job->op.print.lines);
}

static void datecs_fill_text(struct driver_io *io, size_t index,
			     struct buf *data)
{
	const struct datecs *p = driver_state(io);
	const json_t *line = json_array_get(p->job.op.print.lines, index);

	datecs_line_write(&p->speech, json_string_value(line), false, false,
			  data);
}

static const struct datecs_phase datecs_text_phases[] = {
	{ DATECS_NONFISCAL_OPEN, DATECS_BEGINS, NULL, NULL, NULL },
	{ DATECS_NONFISCAL_TEXT, DATECS_REPEATS, datecs_count_text,
	  datecs_fill_text, NULL },
	{ DATECS_NONFISCAL_CLOSE, DATECS_DECIDES, NULL, NULL, NULL },
	{ DATECS_ACTIONS, DATECS_DECIDES, NULL, NULL, NULL },
};

static enum reason datecs_check_text(struct driver_io *io)
{
	const struct datecs *p = driver_state(io);
	const json_t *line;
	size_t i;

	json_array_foreach (p->job.op.print.lines, i, line)
		if (text_length(json_string_value(line)) > p->speech.columns)
			return REASON_BAD_PARAMETER;
	return REASON_NONE;
}

/* --- once more --- */

static const struct datecs_phase datecs_copy_phases[] = {
	{ DATECS_COPY, DATECS_DECIDES, NULL, NULL, NULL },
	{ DATECS_ACTIONS, DATECS_DECIDES, NULL, NULL, NULL },
};

/* Only of the last receipt. */
static enum reason datecs_check_copy(struct driver_io *io)
{
	const struct datecs *p = driver_state(io);

	return p->job.op.print.count == 1 ? REASON_NONE : REASON_NOT_SUPPORTED;
}

/* --- the clock --- */

static void datecs_fill_clock(struct driver_io *io, size_t index,
			      struct buf *data)
{
	const struct datecs *p = driver_state(io);
	struct datecs_time time = datecs_moment_read(p->job.op.clock.time);

	(void)index;
	datecs_clock_write(&p->speech, &time, data);
}

static const struct datecs_phase datecs_clock_phases[] = {
	{ DATECS_CLOCK_SET, DATECS_DECIDES, NULL, datecs_fill_clock, NULL },
	{ DATECS_ACTIONS, DATECS_DECIDES, NULL, NULL, NULL },
};

/* --- the table --- */

static const struct datecs_paper datecs_papers[] = {
	{ OP_RECEIPT, datecs_receipt_phases, DATECS_RECEIPT_CANCEL, false,
	  datecs_judge_receipt, datecs_check_receipt, datecs_tell_receipt,
	  datecs_number_receipt },
	{ OP_GOODS_RETURN, datecs_return_phases, DATECS_RECEIPT_CANCEL, false,
	  datecs_judge_return, datecs_check_return, datecs_tell_return, NULL },
	{ OP_CASH_SLIP, datecs_cash_phases, DATECS_ACTIONS, false,
	  datecs_judge_cash, datecs_check_cash, datecs_tell_cash, NULL },
	{ OP_PRINT_TEXT, datecs_text_phases, DATECS_NONFISCAL_CLOSE, true,
	  datecs_judge_text, datecs_check_text, NULL, NULL },
	{ OP_PRINT_COPY, datecs_copy_phases, DATECS_ACTIONS, false,
	  datecs_judge_nothing, datecs_check_copy, NULL, NULL },
	{ OP_CLOCK_SET, datecs_clock_phases, DATECS_ACTIONS, false,
	  datecs_judge_nothing, NULL, NULL, NULL },
};

const struct datecs_paper *datecs_paper_find(enum op_kind kind)
{
	for (size_t i = 0; i < sizeof(datecs_papers) / sizeof(datecs_papers[0]);
	     i++)
		if (datecs_papers[i].kind == kind)
			return &datecs_papers[i];
	return NULL;
}

size_t datecs_phase_count(const struct datecs_phase *phase,
			  const struct datecs_job *job)
{
	return phase->count ? phase->count(job) : 1;
}

void datecs_phase_fill(struct driver_io *io, const struct datecs_phase *phase,
		       size_t index, struct buf *data)
{
	const struct datecs *p = driver_state(io);

	if (phase->fill)
		phase->fill(io, index, data);
	else
		datecs_plain_write(&p->speech, phase->action, data);
}
