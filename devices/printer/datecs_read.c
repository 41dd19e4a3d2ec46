/* SPDX-License-Identifier: Apache-2.0 */
/* What answers say (docs/protocols.md 4.5 to 4.7). */
#include "printer/datecs_commands.h"

#include "util/text.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define DATECS_IDENTITY_NEWER 8	    /* fields, 6 in the form that we ask for */
#define DATECS_RATE_NONE      10000 /* "100.00" */

/* --- yes or no --- */

static void datecs_reply_refuse(struct datecs_reply *reply,
				struct datecs_meaning meaning)
{
	if (meaning.reason == REASON_NONE)
		meaning.reason = REASON_DEVICE_REFUSED;
	reply->verdict = DATECS_VERDICT_REFUSED;
	reply->meaning = meaning;
}

static void datecs_reply_take_code(struct datecs_reply *reply)
{
	const char *text = datecs_fields_text(&reply->fields, 0);
	bool minus = text && text[0] == '-';
	int64_t code;

	if (!text || !datecs_number_parse(text + minus, &code))
		return;
	if (minus && code) {
		reply->code = -code;
		datecs_reply_refuse(reply, datecs_error_meaning(-code));
		datecs_status_refine(&reply->status, &reply->meaning);
	} else if (!code) {
		reply->verdict = DATECS_VERDICT_DONE;
		datecs_fields_drop(&reply->fields);
	}
}

/* Every answer has its error code, but for the identity in its old form; and a
 * command that an X device never heard of is answered like by a classic one. */
static void datecs_reply_read_x(enum datecs_action action, const char *data,
				struct datecs_reply *reply)
{
	bool old = action == DATECS_IDENTITY && strchr(data, ',');

	if (!data[0] && datecs_status_complains(&reply->status))
		datecs_reply_refuse(reply,
				    datecs_status_refusal(&reply->status));
	else if (!datecs_fields_split(data, old ? ',' : '\t', &reply->fields))
		return;
	else if (old)
		reply->verdict = DATECS_VERDICT_DONE;
	else
		datecs_reply_take_code(reply);
}

static bool datecs_letter_refuses(const struct datecs_command *command,
				  const char *data)
{
	return command->refusals && data[0] &&
	       strchr(command->refusals, data[0]);
}

/*
 * Paper that is out is why a line was not printed, or went out right after it;
 * where there is nothing but the status, nobody can tell which.
 */
static bool datecs_status_casts_doubt(const struct datecs_command *command,
				      const struct datecs_status *status)
{
	return command->prints && !command->told &&
	       datecs_status_trouble(status).reason != REASON_NONE;
}

/* The payment's letter stands right before its amount. */
static void datecs_reply_read_classic(enum datecs_action action,
				      const char *data,
				      struct datecs_reply *reply)
{
	const struct datecs_command *command = datecs_command_of(action);
	struct datecs_meaning why = datecs_status_refusal(&reply->status);

	if (datecs_status_complains(&reply->status)) {
		datecs_reply_refuse(reply, why);
	} else if (datecs_letter_refuses(command, data)) {
		reply->letter = data[0];
		datecs_reply_refuse(reply, why);
	} else if (command->told && !data[0]) {
		why.doubtful = true;
		if (why.reason != REASON_NONE)
			datecs_reply_refuse(reply, why);
	} else if (datecs_status_casts_doubt(command, &reply->status)) {
		why.doubtful = true;
		datecs_reply_refuse(reply, why);
	} else if (datecs_fields_split(data, ',', &reply->fields)) {
		reply->verdict = DATECS_VERDICT_DONE;
	}
}

void datecs_reply_read(const struct datecs_speech *speech,
		       enum datecs_action action,
		       const struct datecs_answer *answer,
		       struct datecs_reply *out_reply)
{
	*out_reply =
		(struct datecs_reply){ .verdict = DATECS_VERDICT_SENSELESS };
	datecs_status_decode(speech->dialect, answer->status,
			     &out_reply->status);
	if (datecs_speech_is_x(speech))
		datecs_reply_read_x(action, answer->data, out_reply);
	else
		datecs_reply_read_classic(action, answer->data, out_reply);
	/* a refused payment by card would leave the card's number in there */
	if (out_reply->verdict != DATECS_VERDICT_DONE)
		out_reply->fields = (struct datecs_fields){ 0 };
}

/* --- pieces --- */

/* Names are in the printer's code page; only what is ASCII in it is kept. */
static void datecs_name_take(const struct datecs_fields *fields, size_t i,
			     char out_text[DATECS_TEXT_SIZE])
{
	const char *text = datecs_fields_text(fields, i);
	size_t len = text ? strnlen(text, DATECS_TEXT_SIZE - 1) : 0;

	for (size_t c = 0; c < len; c++)
		out_text[c] = text[c] >= 0x20 && text[c] < 0x7F ? text[c] : '?';
	out_text[len] = 0;
}

static bool datecs_taxes_take(const struct datecs_fields *fields, size_t first,
			      int64_t out_tax[DATECS_TAXES])
{
	for (size_t i = 0; i < DATECS_TAXES; i++)
		if (!datecs_fields_amount(fields, first + i, &out_tax[i]))
			return false;
	return true;
}

/* A classic answer that begins with P for "passed" begins behind it. */
static size_t datecs_fields_begin(const struct datecs_speech *speech,
				  const struct datecs_fields *fields)
{
	const char *text = datecs_fields_text(fields, 0);

	return !datecs_speech_is_x(speech) && text && !strcmp(text, "P");
}

static int64_t datecs_number_or_not(const struct datecs_fields *fields,
				    size_t i)
{
	int64_t number;

	return datecs_fields_number(fields, i, &number) ? number
							: DATECS_NOT_TOLD;
}

/* --- who it is, and how it is --- */

/* Model, firmware with its date and time, checksum, switches, serial number,
 * memory; in the newer form of X date and time are fields of their own. */
bool datecs_identity_read(const struct datecs_reply *reply,
			  struct datecs_identity *out_identity)
{
	const struct datecs_fields *fields = &reply->fields;
	size_t serial = fields->count < DATECS_IDENTITY_NEWER ? 4 : 6;
	struct datecs_identity identity = { 0 };
	const char *model = datecs_fields_text(fields, 0);

	if (!model || !model[0] || fields->count < 5)
		return false;
	datecs_name_take(fields, 0, identity.model);
	datecs_name_take(fields, 1, identity.firmware);
	datecs_name_take(fields, serial, identity.serial);
	datecs_name_take(fields, serial + 1, identity.memory);
	*out_identity = identity;
	return true;
}

/* X: code, text. Classic: command, code, time, text. */
bool datecs_complaint_read(const struct datecs_speech *speech,
			   const struct datecs_reply *reply, int64_t *out_code,
			   struct buf *out_text)
{
	bool x = datecs_speech_is_x(speech);
	const char *code = datecs_fields_text(&reply->fields, x ? 0 : 1);
	const char *text = datecs_fields_text(&reply->fields, x ? 1 : 3);
	bool minus = code && code[0] == '-';
	int64_t number;

	if (!text || !code || !datecs_number_parse(code + minus, &number) ||
	    !text_from_page(text, strlen(text), speech->page, out_text))
		return false;
	*out_code = minus ? -number : number;
	return true;
}

bool datecs_clock_read(const struct datecs_reply *reply,
		       struct datecs_time *out_time)
{
	const char *text = datecs_fields_text(&reply->fields, 0);
	struct datecs_time time;

	if (!text || !datecs_time_parse(text, &time) || time.second < 0)
		return false;
	*out_time = time;
	return true;
}

/* --- documents --- */

static bool datecs_document_take(const struct datecs_fields *fields,
				 enum datecs_document *out_document)
{
	static const enum datecs_document documents[] = {
		DATECS_DOCUMENT_NONE,	DATECS_DOCUMENT_SALE,
		DATECS_DOCUMENT_STORNO, DATECS_DOCUMENT_STORNO,
		DATECS_DOCUMENT_STORNO, DATECS_DOCUMENT_NONFISCAL,
	};
	int64_t open;

	if (!datecs_fields_number(fields, 0, &open) ||
	    open >= (int64_t)COUNT(documents))
		return false;
	*out_document = documents[open];
	return true;
}

/* Only X has the number, in between. */
bool datecs_transaction_read(const struct datecs_speech *speech,
			     const struct datecs_reply *reply,
			     struct datecs_transaction *out_transaction)
{
	const struct datecs_fields *fields = &reply->fields;
	struct datecs_transaction t = { .number = DATECS_NOT_TOLD };
	bool x = datecs_speech_is_x(speech);
	size_t at = x ? 2 : 1;

	if (!datecs_document_take(fields, &t.open) ||
	    (x && !datecs_fields_number(fields, 1, &t.number)) ||
	    !datecs_fields_number(fields, at, &t.items) ||
	    !datecs_fields_amount(fields, at + 1, &t.amount) ||
	    !datecs_fields_amount(fields, at + 2, &t.paid))
		return false;
	*out_transaction = t;
	return true;
}

/* X: sums, invoice, its number, storno. Classic: reversible, sums, invoice, its
 * number. */
bool datecs_sums_read(const struct datecs_speech *speech,
		      const struct datecs_reply *reply,
		      struct datecs_sums *out_sums)
{
	const struct datecs_fields *fields = &reply->fields;
	bool x = datecs_speech_is_x(speech);
	size_t first = x ? 0 : 1, after = first + DATECS_TAXES;
	int64_t invoice, reversible = 1, storno = 0;
	struct datecs_sums sums;

	if (!datecs_taxes_take(fields, first, sums.tax) ||
	    !datecs_fields_number(fields, after, &invoice) ||
	    (!x && !datecs_fields_number(fields, 0, &reversible)) ||
	    (x && !datecs_fields_number(fields, after + 2, &storno)))
		return false;
	sums.invoice = invoice != 0;
	sums.next_invoice = datecs_number_or_not(fields, after + 1);
	sums.storno = storno != 0;
	sums.reversible = reversible != 0;
	*out_sums = sums;
	return true;
}

/* X: receipt, its time, report, its time. Classic: document. */
bool datecs_last_read(const struct datecs_speech *speech,
		      const struct datecs_reply *reply,
		      struct datecs_last *out_last)
{
	const struct datecs_fields *fields = &reply->fields;
	struct datecs_last last = { .made.second = -1,
				    .report = DATECS_NOT_TOLD };
	const char *made = datecs_fields_text(fields, 1);

	if (!datecs_fields_number(fields, 0, &last.document))
		return false;
	if (made)
		datecs_time_parse(made, &last.made);
	if (datecs_speech_is_x(speech) &&
	    !datecs_fields_number(fields, 2, &last.report))
		return false;
	*out_last = last;
	return true;
}

/* --- the day --- */

/* X: number, taxes, date. Classic: P, number, taxes, date. */
bool datecs_z_read(const struct datecs_speech *speech,
		   const struct datecs_reply *reply, struct datecs_z *out_z)
{
	const struct datecs_fields *fields = &reply->fields;
	size_t first = datecs_fields_begin(speech, fields);
	const char *date = datecs_fields_text(fields, first + 1 + DATECS_TAXES);
	struct datecs_z z = { 0 };

	if (!datecs_fields_number(fields, first, &z.number) ||
	    !datecs_taxes_take(fields, first + 1, z.tax))
		return false;
	if (date)
		datecs_date_parse(date, z.date);
	*out_z = z;
	return true;
}

static bool datecs_day_read_x(const struct datecs_fields *fields,
			      struct datecs_day *day)
{
	return datecs_fields_number(fields, 0, &day->voided) &&
	       datecs_fields_amount(fields, 1, &day->voided_sum) &&
	       datecs_fields_number(fields, 2, &day->annulled) &&
	       datecs_fields_amount(fields, 3, &day->annulled_sum);
}

/* Cash, credit, debit, cheque, four more, then the numbers. */
static bool datecs_day_read_classic(const struct datecs_fields *fields,
				    struct datecs_day *day)
{
	return datecs_fields_amount(fields, 0, &day->cash_sum) &&
	       datecs_fields_number(fields, 8, &day->report) &&
	       datecs_fields_number(fields, 9, &day->receipt);
}

bool datecs_day_read(const struct datecs_speech *speech,
		     const struct datecs_reply *reply,
		     struct datecs_day *out_day)
{
	struct datecs_day day = { .voided = DATECS_NOT_TOLD,
				  .voided_sum = DATECS_NOT_TOLD,
				  .annulled = DATECS_NOT_TOLD,
				  .annulled_sum = DATECS_NOT_TOLD,
				  .cash_sum = DATECS_NOT_TOLD,
				  .report = DATECS_NOT_TOLD,
				  .receipt = DATECS_NOT_TOLD };
	bool read = datecs_speech_is_x(speech)
			    ? datecs_day_read_x(&reply->fields, &day)
			    : datecs_day_read_classic(&reply->fields, &day);

	if (read)
		*out_day = day;
	return read;
}

bool datecs_cash_read(const struct datecs_speech *speech,
		      const struct datecs_reply *reply,
		      struct datecs_cash *out_cash)
{
	const struct datecs_fields *fields = &reply->fields;
	size_t first = datecs_fields_begin(speech, fields);
	struct datecs_cash cash;

	if (!datecs_fields_amount(fields, first, &cash.drawer) ||
	    !datecs_fields_amount(fields, first + 1, &cash.in) ||
	    !datecs_fields_amount(fields, first + 2, &cash.out))
		return false;
	*out_cash = cash;
	return true;
}

#define DATECS_PAID 'R' /* rather than D, and what remains */

/* A classic one has the letter right before the amount. */
bool datecs_payment_read(const struct datecs_speech *speech,
			 const struct datecs_reply *reply, int64_t *out_change)
{
	const char *text = datecs_fields_text(&reply->fields, 0);

	if (!text || text[0] != DATECS_PAID)
		return false;
	if (datecs_speech_is_x(speech))
		return !text[1] &&
		       datecs_fields_amount(&reply->fields, 1, out_change);
	return datecs_amount_parse(text + 1, out_change);
}

/* X: number, taxes, storno by tax. Classic: number, sum of all, taxes. */
bool datecs_report_read(const struct datecs_speech *speech,
			const struct datecs_reply *reply,
			struct datecs_report *out_report)
{
	const struct datecs_fields *fields = &reply->fields;
	struct datecs_report report = { .memory = DATECS_NOT_TOLD };
	bool x = datecs_speech_is_x(speech);

	if (!datecs_fields_number(fields, 0, &report.number) ||
	    !datecs_taxes_take(fields, x ? 1 : 2, report.tax))
		return false;
	if (x ? !datecs_taxes_take(fields, 1 + DATECS_TAXES, report.storno)
	      : !datecs_fields_amount(fields, 1, &report.memory))
		return false;
	*out_report = report;
	return true;
}

/* X: number, rates, date. Classic: rates, as many as there are. */
bool datecs_rates_read(const struct datecs_speech *speech,
		       const struct datecs_reply *reply,
		       int64_t out_rates[DATECS_TAXES])
{
	size_t first = datecs_speech_is_x(speech) ? 1 : 0;
	int64_t rates[DATECS_TAXES];
	size_t told = 0;

	for (size_t i = 0; i < DATECS_TAXES; i++) {
		if (datecs_fields_amount(&reply->fields, first + i, &rates[i]))
			told++;
		else
			rates[i] = DATECS_RATE_NONE;
		if (rates[i] < 0 || rates[i] >= DATECS_RATE_NONE)
			rates[i] = DATECS_RATE_OFF;
	}
	if (!told)
		return false;
	memcpy(out_rates, rates, sizeof(rates));
	return true;
}

bool datecs_day_sums_read(const struct datecs_speech *speech,
			  const struct datecs_reply *reply,
			  int64_t out_sums[DATECS_TAXES])
{
	return datecs_taxes_take(&reply->fields,
				 datecs_speech_is_x(speech) ? 1 : 0, out_sums);
}
