/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: errors, status bytes, and how numbers are written (4.5, 4.8). */
#include "sim/datecs_model.h"

#include "sim/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* 4.11; bits of the first two status bytes (4.8), where they are marked. */
static const struct isl_error_row {
	int x, classic;
	uint8_t x_bits[2], classic_bits[2];
} isl_errors[] = {
	[ISL_OK] = { 0, 0, { 0, 0 }, { 0, 0 } },
	[ISL_ERROR_COMMAND] = { -112000, -150002, { 0x22, 0 }, { 0x22, 0 } },
	[ISL_ERROR_SYNTAX] = { -112001, -150001, { 0x21, 0 }, { 0x21, 0 } },
	[ISL_ERROR_NOT_NOW] = { -112002, -150003, { 0x20, 2 }, { 0x20, 2 } },
	[ISL_ERROR_OVERFLOW] = { -112003, -150103, { 0x20, 1 }, { 0x20, 3 } },
	[ISL_ERROR_CLOCK] = { -112004, -150100, { 0x20, 0 }, { 0x20, 2 } },
	[ISL_ERROR_PAPER] = { -112006, -150101, { 0x20, 0 }, { 0x20, 2 } },
	[ISL_ERROR_COVER] = { -112007, -150003, { 0x20, 0 }, { 0x20, 2 } },
	[ISL_ERROR_PASSWORD] = { -102002, -150104, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_RECEIPT_OPEN] = { -111015, -150200, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_RECEIPT_CLOSED] = { -111016, -150201, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_NO_CASH] = { -111017, -150413, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_PAYING] = { -111018, -150409, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_TOO_MANY] = { -111019, -150404, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_NEGATIVE] = { -111021, -150406, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_DAY_OVER] = { -111024, -150204, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_NONFISCAL_OPEN] = { -111046, -150200, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_FISCAL_OPEN] = { -111047, -150200, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_NOT_PAID] = { -111050, -150412, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_SUM_ZERO] = { -111065, -150431, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_NOTHING] = { -100009, -150203, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_NO_RECORD] = { -100004, -150108, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_MEMORY_FULL] = { -100105, -150300, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_JOURNAL_FULL] = { -105010, -150102, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_BLOCKED] = { -110210, -150010, { 0, 0 }, { 0x20, 2 } },
	[ISL_ERROR_VALUE] = { -112201, -150001, { 0x20, 0 }, { 0x21, 0 } },
};

static const struct isl_error_row *isl_error_find(enum isl_error error)
{
	return &isl_errors[error < ISL_ERROR_VALUE ? error : ISL_ERROR_VALUE];
}

int isl_answer_code(const struct isl *isl, enum isl_error error)
{
	const struct isl_error_row *row = isl_error_find(error);

	if (isl->classic)
		return row->classic;
	return error < ISL_ERROR_VALUE
		       ? row->x
		       : row->x - (int)(error - ISL_ERROR_VALUE);
}

/* --- status --- */

struct isl_bit {
	size_t flag;	/* a bool of the printer */
	int x, classic; /* byte * 8 + bit, -1 for none */
};

#define ISL_BIT(byte, bit) ((byte)*8 + (bit))

static const struct isl_bit isl_bits[] = {
	{ offsetof(struct isl, cover_open), ISL_BIT(0, 6), ISL_BIT(0, 6) },
	{ offsetof(struct isl, clock_wrong), ISL_BIT(0, 2), ISL_BIT(0, 2) },
	{ offsetof(struct isl, paper_low), ISL_BIT(2, 1), ISL_BIT(2, 1) },
	{ offsetof(struct isl, paper_out), ISL_BIT(2, 0), ISL_BIT(2, 0) },
	{ offsetof(struct isl, paper_out), ISL_BIT(0, 5), ISL_BIT(0, 5) },
	{ offsetof(struct isl, journal_full), ISL_BIT(2, 2), ISL_BIT(2, 2) },
	{ offsetof(struct isl, memory_full), ISL_BIT(4, 4), ISL_BIT(4, 4) },
	{ offsetof(struct isl, memory_full), ISL_BIT(4, 5), ISL_BIT(4, 5) },
	{ offsetof(struct isl, memory_low), ISL_BIT(4, 3), ISL_BIT(4, 3) },
};

/* A healthy device (4.8). */
static void isl_status_make(const struct isl *isl, enum isl_error error,
			    uint8_t out[ISL_STATUS_SIZE])
{
	static const uint8_t x[ISL_STATUS_SIZE] = { 0x80, 0x80, 0x80, 0x80,
						    0x86, 0x9a, 0x80, 0x80 };
	static const uint8_t classic[ISL_STATUS_SIZE] = { 0x80, 0x80, 0x80,
							  0xc0, 0x86, 0x9a };
	const struct isl_error_row *row = isl_error_find(error);
	const uint8_t *bits = isl->classic ? row->classic_bits : row->x_bits;

	memcpy(out, isl->classic ? classic : x, ISL_STATUS_SIZE);
	out[0] |= bits[0];
	out[1] |= bits[1];
	for (size_t i = 0; i < sizeof(isl_bits) / sizeof(*isl_bits); i++) {
		int at = isl->classic ? isl_bits[i].classic : isl_bits[i].x;

		if (*((const bool *)isl + isl_bits[i].flag) && at >= 0)
			out[at / 8] |= (uint8_t)(1 << at % 8);
	}
	if (isl->receipt.open == ISL_FISCAL)
		out[2] |= 0x08;
	if (isl->receipt.open == ISL_PLAIN)
		out[2] |= 0x20;
}

/* 74 of a classic device has them as data, too; see isl_status_bytes. */
void isl_answer_make(struct isl *isl, const struct isl_request *request,
		     enum isl_error error, const char *data, struct buf *out)
{
	uint8_t status[ISL_STATUS_SIZE];
	struct buf text = BUF_INIT(ISL_FRAME_MAX);
	bool bare = request->command == 90 && strchr(data, ',');

	isl_status_make(isl, error, status);
	if (error && isl->classic) {
		isl->last_error = error;
		isl->last_error_command = request->command;
	} else if (!isl->classic && !bare) {
		buf_add_format(&text, "%d\t", isl_answer_code(isl, error));
	}
	if (!error && isl->classic && request->command == 74 && !*data)
		buf_add(&text, status, 6);
	else if (!error)
		buf_add_text(&text, data);
	isl_answer_add(isl->classic, request, buf_text(&text), status, out);
	buf_free(&text);
}

/* --- numbers --- */

void isl_put_money(struct buf *out, int64_t amount)
{
	int64_t positive = amount < 0 ? -amount : amount;

	buf_add_format(out, "%s%" PRId64 ".%02" PRId64, amount < 0 ? "-" : "",
		       positive / 100, positive % 100);
}

void isl_put_taxes(const struct isl *isl, struct buf *out,
		   const int64_t tax[ISL_TAXES])
{
	for (int i = 0; i < ISL_TAXES; i++) {
		if (i && isl->classic)
			buf_add_byte(out, ',');
		isl_put_money(out, tax[i]);
		if (!isl->classic)
			buf_add_byte(out, '\t');
	}
}

bool isl_number_take(const char *text, int64_t least, int64_t most,
		     int64_t *out_number)
{
	return command_number(text, least, most, out_number);
}

/* "1.50", "1.5", "1" and "-1.50": two decimals at most. */
bool isl_money_get(const char *text, int64_t *out_amount)
{
	bool minus = *text == '-';
	int64_t whole, cents = 0;
	char digits[16];
	const char *point;

	text += minus || *text == '+';
	point = strchr(text, '.');
	if (strlen(text) >= sizeof(digits) ||
	    (point && (strlen(point) > 3 || strlen(point) < 2)))
		return false;
	snprintf(digits, sizeof(digits), "%.*s",
		 point ? (int)(point - text) : (int)strlen(text), text);
	if (!command_number(digits, 0, ISL_MONEY_MAX / 100, &whole))
		return false;
	if (point && !command_number(point + 1, 0, 99, &cents))
		return false;
	if (point && strlen(point) == 2)
		cents *= 10;
	whole = whole * 100 + cents;
	*out_amount = minus ? -whole : whole;
	return true;
}
