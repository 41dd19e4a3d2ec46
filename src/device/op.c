/* SPDX-License-Identifier: Apache-2.0 */
#include "device/op.h"

#include "util/clock.h"
#include "util/json.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OP_ORIGINAL_MAX 9999999

/* Reads or writes the parameters of one kind of operation. */
struct op_form {
	const char *name;
	json_t *(*write)(json_t *json, const struct op *op);
	bool (*read)(const json_t *json, struct op *op);
};

/* --- the parameters, by kind --- */

static json_t *op_write_nothing(json_t *json, const struct op *op)
{
	(void)op;
	return json;
}

static bool op_read_nothing(const json_t *json, struct op *op)
{
	(void)json;
	(void)op;
	return true;
}

/* The shape only; whether there is such a day, the printer knows. */
static bool op_date_is_shaped(const char *text)
{
	static const char shape[] = "dddd-dd-dd";

	if (!text || strlen(text) != OP_DATE_SIZE - 1)
		return false;
	for (size_t i = 0; shape[i]; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		if (shape[i] == 'd' ? !digit : text[i] != shape[i])
			return false;
	}
	return true;
}

static bool op_read_date(const json_t *json, const char *key,
			 char out_date[OP_DATE_SIZE])
{
	const char *text = json_text(json, key);

	if (!op_date_is_shaped(text))
		return false;
	memcpy(out_date, text, OP_DATE_SIZE);
	return true;
}

static bool op_read_int(const json_t *json, const char *key, int64_t min,
			int64_t max, int64_t *out_value)
{
	int64_t value = json_int(json, key, min - 1);

	if (value < min || value > max)
		return false;
	*out_value = value;
	return true;
}

static json_t *op_write_dates(json_t *json, const struct op *op)
{
	json_put_text(json, "from_date", op->report.from_date);
	json_put_text(json, "to_date", op->report.to_date);
	return json_put_bool(json, "summary", op->report.summary);
}

static bool op_read_dates(const json_t *json, struct op *op)
{
	op->report.summary = json_flag(json, "summary");
	return op_read_date(json, "from_date", op->report.from_date) &&
	       op_read_date(json, "to_date", op->report.to_date);
}

static json_t *op_write_numbers(json_t *json, const struct op *op)
{
	json_put_int(json, "from_number", op->report.from_number);
	json_put_int(json, "to_number", op->report.to_number);
	return json_put_bool(json, "summary", op->report.summary);
}

static bool op_read_numbers(const json_t *json, struct op *op)
{
	struct op_report *report = &op->report;

	report->summary = json_flag(json, "summary");
	return op_read_int(json, "from_number", 1, INT64_MAX,
			   &report->from_number) &&
	       op_read_int(json, "to_number", 1, INT64_MAX, &report->to_number);
}

static json_t *op_write_payment(json_t *json, const struct op *op)
{
	if (*op->payment.authorization)
		json_put_text(json, "authorization", op->payment.authorization);
	return json_put_int(json, "amount", op->payment.amount);
}

/* Letters and digits: it goes over a wire as they are. */
static bool op_read_authorization(const json_t *json, struct op *op)
{
	const char *code = json_text(json, "authorization");
	size_t len = code ? strlen(code) : 0;

	if (len >= OP_AUTHORIZATION_SIZE ||
	    (len && strspn(code, OP_AUTHORIZATION_CHARACTERS) != len))
		return false;
	if (len)
		memcpy(op->payment.authorization, code, len + 1);
	return true;
}

static bool op_read_payment(const json_t *json, struct op *op)
{
	return op_read_authorization(json, op) &&
	       op_read_int(json, "amount", 1, OP_AMOUNT_MAX,
			   &op->payment.amount);
}

/* "00290010", as the terminal's own results have it; nothing of 0. */
static void op_write_terminal(json_t *json, int64_t terminal)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%0*lld", OP_TERMINAL_DIGITS,
		 (long long)terminal);
	if (terminal > 0)
		json_put_text(json, "terminal", digits);
}

static bool op_read_terminal(const json_t *json, int64_t *out_terminal)
{
	const char *digits = json_text(json, "terminal");

	*out_terminal = digits ? strtoll(digits, NULL, 10) : 0;
	return !json_object_get(json, "terminal") ||
	       (digits && strlen(digits) == OP_TERMINAL_DIGITS &&
		strspn(digits, "0123456789") == OP_TERMINAL_DIGITS);
}

static json_t *op_write_reversal(json_t *json, const struct op *op)
{
	json_put_int(json, "amount", op->reversal.amount);
	if (*op->reversal.currency)
		json_put_text(json, "currency", op->reversal.currency);
	json_put_int(json, "receipt", op->reversal.receipt);
	op_write_terminal(json, op->reversal.terminal);
	return json_put_int(json, "trace", op->reversal.trace);
}

static bool op_read_currency(const json_t *json, struct op *op)
{
	const char *currency = json_text(json, "currency");

	if (currency && strlen(currency) >= OP_CURRENCY_SIZE)
		return false;
	text_copy(op->reversal.currency, OP_CURRENCY_SIZE,
		  currency ? currency : "");
	return true;
}

static bool op_read_reversal(const json_t *json, struct op *op)
{
	struct op_reversal *reversal = &op->reversal;

	return op_read_terminal(json, &reversal->terminal) &&
	       op_read_currency(json, op) &&
	       op_read_int(json, "amount", 1, OP_AMOUNT_MAX,
			   &reversal->amount) &&
	       op_read_int(json, "receipt", 0, INT64_MAX, &reversal->receipt) &&
	       op_read_int(json, "trace", -1, INT64_MAX, &reversal->trace);
}

static json_t *op_write_lines(json_t *json, const struct op *op)
{
	json_t *lines = json_array();

	for (size_t i = 0; i < OP_DISPLAY_LINES; i++)
		json_array_append_new(lines, json_string(op->display.lines[i]));
	return json_put(json, "lines", lines);
}

static bool op_read_lines(const json_t *json, struct op *op)
{
	const json_t *lines = json_object_get(json, "lines");

	if (json_array_size(lines) != OP_DISPLAY_LINES)
		return false;
	for (size_t i = 0; i < OP_DISPLAY_LINES; i++) {
		const char *text = json_string_value(json_array_get(lines, i));

		if (!text || strlen(text) >= OP_DISPLAY_TEXT_SIZE ||
		    !text_is_plain(text))
			return false;
		memcpy(op->display.lines[i], text, strlen(text) + 1);
	}
	return true;
}

static json_t *op_write_receipt(json_t *json, const struct op *op)
{
	return json_put(json, "document", json_incref(op->receipt->json));
}

static bool op_read_receipt(const json_t *json, struct op *op)
{
	struct receipt_fault fault;

	op->receipt = receipt_parse(json_object_get(json, "document"), &fault);
	return op->receipt;
}

static json_t *op_write_original(const struct op_original *original)
{
	json_t *json = json_put_int(json_make(), "number", original->number);

	json_put_text(json, "time", original->moment);
	return json_put_text(json, "memory",
			     *original->memory ? original->memory : NULL);
}

static json_t *op_write_return(json_t *json, const struct op *op)
{
	const struct op_return *goods = &op->goods;

	json_put_int(json, "amount", goods->amount);
	if (goods->receipt)
		json_put(json, "document", json_incref(goods->receipt->json));
	if (goods->original.number)
		json_put(json, "original", op_write_original(&goods->original));
	return json_put_int(json, "cash", goods->cash);
}

/* "2026-11-22T10:30:00" */
static bool op_moment_is_valid(const char *text)
{
	char minute[OP_TIME_SIZE];

	if (!text || strlen(text) != OP_MOMENT_SIZE - 1)
		return false;
	text_copy(minute, sizeof(minute), "");
	memcpy(minute, text, OP_TIME_SIZE - 1);
	minute[OP_TIME_SIZE - 1] = 0;
	return op_time_is_valid(minute) && text[16] == ':' && text[17] >= '0' &&
	       text[17] <= '5' && text[18] >= '0' && text[18] <= '9';
}

bool op_original_parse(const json_t *json, struct op_original *out_original)
{
	const json_t *from = json_object_get(json, "original");
	const char *moment = json_text(from, "time");
	const char *memory = json_text(from, "memory");
	struct op_original original = { 0 };

	if (!from) {
		*out_original = original;
		return true;
	}
	if (!op_moment_is_valid(moment) ||
	    (memory && !text_is_name(memory, OP_MEMORY_SIZE - 1)) ||
	    !op_read_int(from, "number", 1, OP_ORIGINAL_MAX, &original.number))
		return false;
	text_copy(original.moment, sizeof(original.moment), moment);
	text_copy(original.memory, sizeof(original.memory),
		  memory ? memory : "");
	*out_original = original;
	return true;
}

static json_t *op_return_payments(int64_t amount, int64_t cash)
{
	json_t *payments = json_array();

	if (amount > cash)
		json_array_append_new(
			payments,
			json_put_int(json_put_text(json_make(), "kind", "card"),
				     "amount", amount - cash));
	if (cash)
		json_array_append_new(
			payments,
			json_put_int(json_put_text(json_make(), "kind", "cash"),
				     "amount", cash));
	return payments;
}

struct receipt *op_return_parse(const json_t *json, int64_t amount,
				int64_t cash, struct receipt_fault *out_fault)
{
	const json_t *lines = json_object_get(json, "lines");
	const char *number = json_text(json, "sale_number");
	json_t *whole = json_put(json_make(), "lines", json_deep_copy(lines));
	struct receipt *receipt;

	json_put(whole, "payments", op_return_payments(amount, cash));
	json_put_int(whole, "total", amount);
	json_put_text(whole, "sale_number", number);
	receipt = receipt_parse(whole, out_fault);
	json_decref(whole);
	return receipt;
}

static bool op_read_return(const json_t *json, struct op *op)
{
	const json_t *document = json_object_get(json, "document");
	struct op_return *goods = &op->goods;
	struct receipt_fault fault;

	if (!op_read_int(json, "amount", 1, RECEIPT_MONEY_MAX,
			 &goods->amount) ||
	    !op_read_int(json, "cash", 0, goods->amount, &goods->cash) ||
	    !op_original_parse(json, &goods->original))
		return false;
	if (document)
		goods->receipt = receipt_parse(document, &fault);
	return !document || goods->receipt;
}

static json_t *op_write_cash(json_t *json, const struct op *op)
{
	json_put_bool(json, "out", op->cash.out);
	return json_put_int(json, "amount", op->cash.amount);
}

static bool op_read_cash(const json_t *json, struct op *op)
{
	op->cash.out = json_flag(json, "out");
	return op_read_int(json, "amount", 1, RECEIPT_MONEY_MAX,
			   &op->cash.amount);
}

static json_t *op_write_text(json_t *json, const struct op *op)
{
	return json_put(json, "lines", json_incref(op->print.lines));
}

static bool op_read_text(const json_t *json, struct op *op)
{
	json_t *lines = json_object_get(json, "lines");
	size_t count = json_array_size(lines);

	if (count < 1 || count > OP_PRINT_LINES_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *text = json_string_value(json_array_get(lines, i));

		if (!text || !text_is_plain(text) ||
		    text_length(text) > OP_TEXT_LINE_MAX)
			return false;
	}
	op->print.lines = json_incref(lines);
	return true;
}

static json_t *op_write_copy(json_t *json, const struct op *op)
{
	return json_put_int(json, "count", op->print.count);
}

static bool op_read_copy(const json_t *json, struct op *op)
{
	return op_read_int(json, "count", 1, OP_COPIES_MAX, &op->print.count);
}

static json_t *op_write_job(json_t *json, const struct op *op)
{
	return job_write(json, op->job);
}

static bool op_read_job(const json_t *json, struct op *op)
{
	op->job = job_read(json);
	return op->job;
}

bool op_time_is_valid(const char *text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd";
	char date[OP_DATE_SIZE];

	if (!text || strlen(text) != OP_TIME_SIZE - 1)
		return false;
	for (size_t i = 0; shape[i]; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		if (shape[i] == 'd' ? !digit : text[i] != shape[i])
			return false;
	}
	text_copy(date, sizeof(date), text);
	return clock_is_date(date) && memcmp(text + 11, "23", 2) <= 0 &&
	       memcmp(text + 14, "59", 2) <= 0;
}

static json_t *op_write_clock(json_t *json, const struct op *op)
{
	return json_put_text(json, "time", op->clock.time);
}

static bool op_read_clock(const json_t *json, struct op *op)
{
	const char *time = json_text(json, "time");

	if (!op_time_is_valid(time))
		return false;
	memcpy(op->clock.time, time, OP_TIME_SIZE);
	return true;
}

/* clang-format off */
static const struct op_form op_forms[OP_KINDS] = {
	[OP_DRAWER_OPEN] = { "drawer-open", op_write_nothing, op_read_nothing },
	[OP_REPORT_X] = { "report-x", op_write_nothing, op_read_nothing },
	[OP_REPORT_Z] = { "report-z", op_write_nothing, op_read_nothing },
	[OP_REPORT_BY_DATES] = { "report-by-dates", op_write_dates, op_read_dates },
	[OP_REPORT_BY_NUMBERS] = { "report-by-numbers", op_write_numbers, op_read_numbers },
	[OP_RECEIPT] = { "receipt", op_write_receipt, op_read_receipt },
	[OP_INVOICE] = { "invoice", op_write_receipt, op_read_receipt },
	[OP_GOODS_RETURN] = { "goods-return", op_write_return, op_read_return },
	[OP_CASH_SLIP] = { "cash-slip", op_write_cash, op_read_cash },
	[OP_PRINT_TEXT] = { "print-text", op_write_text, op_read_text },
	[OP_PRINT_COPY] = { "print-copy", op_write_copy, op_read_copy },
	[OP_PRINT_JOB] = { "print-job", op_write_job, op_read_job },
	[OP_FISCAL_READ] = { "fiscal-read", op_write_nothing, op_read_nothing },
	[OP_CLOCK_SET] = { "clock-set", op_write_clock, op_read_clock },
	[OP_PAYMENT] = { "payment", op_write_payment, op_read_payment },
	[OP_REVERSAL] = { "reversal", op_write_reversal, op_read_reversal },
	[OP_DISPLAY_SHOW] = { "display-show", op_write_lines, op_read_lines },
	[OP_DISPLAY_CLEAR] = { "display-clear", op_write_nothing, op_read_nothing },
	[OP_REFUND] = { "refund", op_write_payment, op_read_payment },
	[OP_TERMINAL_DAY_END] = { "terminal-day-end", op_write_nothing, op_read_nothing },
	[OP_TERMINAL_RECEIPT] = { "terminal-receipt", op_write_nothing, op_read_nothing },
	[OP_TERMINAL_STATUS] = { "terminal-status", op_write_nothing, op_read_nothing },
	[OP_TERMINAL_DIAGNOSIS] = { "terminal-diagnosis", op_write_nothing, op_read_nothing },
	[OP_TERMINAL_INITIALISE] = { "terminal-initialise", op_write_nothing, op_read_nothing },
	[OP_TERMINAL_LOG_OFF] = { "terminal-log-off", op_write_nothing, op_read_nothing },
	[OP_TEST_INTERNAL] = { "test-internal", op_write_nothing, op_read_nothing },
	[OP_TEST_EXTERNAL] = { "test-external", op_write_nothing, op_read_nothing },
	[OP_TEST_INTERACTIVE] = { "test-interactive", op_write_nothing, op_read_nothing },
	[OP_TEST_SCAN] = { "test-scan", op_write_nothing, op_read_nothing },
};
/* clang-format on */

/* --- names --- */

const char *op_kind_name(enum op_kind kind)
{
	return op_forms[kind].name;
}

static const char *const outcome_names[] = {
	[OUTCOME_OK] = "ok",	       [OUTCOME_SENT] = "sent",
	[OUTCOME_REFUSED] = "refused", [OUTCOME_FAILED] = "failed",
	[OUTCOME_UNKNOWN] = "unknown",
};

const char *outcome_name(enum outcome outcome)
{
	return outcome_names[outcome];
}

bool outcome_from_name(const char *name, enum outcome *out_outcome)
{
	for (size_t i = 0; i <= OUTCOME_UNKNOWN; i++) {
		if (strcmp(outcome_names[i], name))
			continue;
		*out_outcome = (enum outcome)i;
		return true;
	}
	return false;
}

/* --- as JSON --- */

json_t *op_to_json(const struct op *op)
{
	const struct op_form *form = &op_forms[op->kind];
	json_t *json = json_make();

	json_put_text(json, "kind", form->name);
	json_put_text(json, "id", op->id);
	return form->write(json, op);
}

static bool op_kind_from_name(const char *name, enum op_kind *out_kind)
{
	for (size_t i = 0; name && i < OP_KINDS; i++) {
		if (strcmp(op_forms[i].name, name))
			continue;
		*out_kind = (enum op_kind)i;
		return true;
	}
	return false;
}

bool op_from_json(const json_t *json, struct op *out_op)
{
	const char *id = json_text(json, "id");
	struct op op = { 0 };

	if (!op_kind_from_name(json_text(json, "kind"), &op.kind) || !id ||
	    strlen(id) >= OP_ID_SIZE)
		return false;
	memcpy(op.id, id, strlen(id) + 1);
	if (!op_forms[op.kind].read(json, &op))
		return false;
	*out_op = op;
	return true;
}

/* --- what is held --- */

/* NULL: it has none. */
static struct receipt *op_receipt(const struct op *op)
{
	if (op->kind == OP_GOODS_RETURN)
		return op->goods.receipt;
	return op->kind == OP_RECEIPT || op->kind == OP_INVOICE ? op->receipt
								: NULL;
}

struct op op_copy(const struct op *op)
{
	if (op_receipt(op))
		receipt_hold(op_receipt(op));
	if (op->kind == OP_PRINT_TEXT)
		json_incref(op->print.lines);
	if (op->kind == OP_PRINT_JOB)
		job_hold(op->job);
	return *op;
}

void op_set_lines(struct op *op, const json_t *lines)
{
	for (size_t i = 0; i < OP_DISPLAY_LINES; i++) {
		const char *line = json_string_value(json_array_get(lines, i));

		text_copy(op->display.lines[i], OP_DISPLAY_TEXT_SIZE,
			  line ? line : "");
	}
}

void op_clear(struct op *op)
{
	receipt_drop(op_receipt(op));
	if (op->kind == OP_PRINT_TEXT)
		json_decref(op->print.lines);
	if (op->kind == OP_PRINT_JOB)
		job_drop(op->job);
	*op = (struct op){ 0 };
}
