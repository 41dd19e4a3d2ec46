/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of Datecs printers: the first byte says in which dialect, to what
 * they are answers, and how the rest is cut. Two forms: a stream of frames, or
 * (bit 7) the data of one answer, which a checksum would keep a fuzzer from.
 */
#include "printer/datecs_commands.h"

#include "fuzz.h"

#include <string.h>

const int fuzz_variants = 40000;

#define READ(what, type, ...)                    \
	do {                                     \
		struct type told_##what;         \
		what(__VA_ARGS__, &told_##what); \
	} while (0)

static void datecs_look(const struct datecs_speech *speech,
			const struct datecs_reply *reply)
{
	struct buf text = BUF_INIT(4096);
	int64_t number, taxes[DATECS_TAXES];

	READ(datecs_identity_read, datecs_identity, reply);
	datecs_complaint_read(speech, reply, &number, &text);
	READ(datecs_clock_read, datecs_time, reply);
	READ(datecs_transaction_read, datecs_transaction, speech, reply);
	READ(datecs_sums_read, datecs_sums, speech, reply);
	READ(datecs_last_read, datecs_last, speech, reply);
	READ(datecs_z_read, datecs_z, speech, reply);
	READ(datecs_day_read, datecs_day, speech, reply);
	READ(datecs_cash_read, datecs_cash, speech, reply);
	READ(datecs_report_read, datecs_report, speech, reply);
	datecs_payment_read(speech, reply, &number);
	datecs_rates_read(speech, reply, taxes);
	datecs_day_sums_read(speech, reply, taxes);
	buf_free(&text);
}

static void datecs_answered(const struct datecs_speech *speech,
			    const struct datecs_answer *answer)
{
	struct datecs_status status;

	FUZZ_HOLDS(answer->len < DATECS_FRAME_MAX);
	FUZZ_HOLDS(strlen(answer->data) == answer->len);
	datecs_status_decode(speech->dialect, answer->status, &status);
	datecs_status_refusal(&status);
	datecs_status_trouble(&status);
	datecs_status_complains(&status);
	for (enum datecs_action action = 0; action < DATECS_ACTIONS; action++) {
		struct datecs_reply reply = { 0 };

		datecs_reply_read(speech, action, answer, &reply);
		datecs_error_meaning(reply.code);
		if (reply.verdict == DATECS_VERDICT_DONE)
			datecs_look(speech, &reply);
	}
}

static void datecs_stream(const struct datecs_speech *speech,
			  const uint8_t *data, size_t size, size_t part,
			  size_t out_counts[DATECS_READ_BROKEN + 1])
{
	struct datecs_reader reader = { .len = 0 };
	struct datecs_answer answer;

	for (size_t at = 0; at < size; at += part) {
		struct cursor input = cursor_make(
			data + at, size - at < part ? size - at : part);
		enum datecs_read read;

		while ((read = datecs_reader_take(&reader, speech->dialect,
						  &input, &answer)) !=
		       DATECS_READ_MORE) {
			out_counts[read]++;
			if (read == DATECS_READ_ANSWER)
				datecs_answered(speech, &answer);
		}
	}
}

/* What was read as a time can be sent, and is read as the same again. */
static void datecs_time(const struct datecs_speech *speech, const char *text)
{
	struct buf data = BUF_INIT(DATECS_DATA_SIZE);
	struct datecs_time time, again;
	char date[OP_DATE_SIZE];

	if (datecs_date_parse(text, date)) {
		datecs_dates_write(speech, true, date, date, &data);
		FUZZ_HOLDS(!data.failed);
		buf_reset(&data);
	}
	if (datecs_time_parse(text, &time) && time.second >= 0) {
		datecs_time_add(&data, &time);
		FUZZ_HOLDS(!data.failed);
		FUZZ_HOLDS(datecs_time_parse(buf_text(&data), &again));
		FUZZ_HOLDS(again.second == time.second &&
			   !strcmp(again.date, time.date));
		buf_reset(&data);
		datecs_clock_write(speech, &time, &data);
	}
	datecs_dates_write(speech, false, text, text, &data);
	buf_free(&data);
}

static void datecs_frames(const struct datecs_speech *speech,
			  const struct datecs_answer *answer, uint8_t seq)
{
	struct buf frame = BUF_INIT(DATECS_FRAME_MAX);

	FUZZ_HOLDS(datecs_seq_next(seq) != seq);
	datecs_answer_match(answer, seq, DATECS_PROBE_COMMAND);
	datecs_probe_build(speech->dialect, datecs_seq_next(seq), &frame);
	FUZZ_HOLDS(!frame.failed);
	buf_reset(&frame);
	datecs_frame_build(speech->dialect, seq, answer->status[0],
			   answer->data, answer->len, &frame);
	for (enum datecs_heard heard = 0; heard <= DATECS_HEARD_ANSWER; heard++)
		datecs_dialect_detect(speech->dialect, heard);
	buf_free(&frame);
}

static void datecs_plain(const struct datecs_speech *speech, const char *text,
			 int64_t number)
{
	const struct datecs_opening opening = { .cashier = (int)(number & 31),
						.password = text,
						.point = (int)(number & 0xffff),
						.sale = number & 64 ? text
								    : NULL,
						.invoice = number & 128 };
	struct buf data = BUF_INIT(DATECS_DATA_SIZE);

	datecs_opening_write(speech, &opening, &data);
	buf_reset(&data);
	datecs_subtotal_write(speech, number & 1, number & 2,
			      (unsigned int)number % 5, number, &data);
	buf_reset(&data);
	datecs_payment_write(speech, text[0], number, &data);
	datecs_numbers_write(speech, number & 1, number / 2, number / 2 + 5,
			     &data);
	buf_reset(&data);
	datecs_cash_write(speech, number, &data);
	buf_free(&data);
}

/* What is sent is taken apart as what it was put together from, and is not with
 * a bent checksum. */
static void datecs_understood(const struct datecs_speech *speech,
			      struct buf *frame, uint8_t seq)
{
	uint8_t bcc[DATECS_BCC_DIGITS];
	struct datecs_request request;
	size_t at = datecs_frame_reckon(frame->data, frame->len, bcc);

	FUZZ_HOLDS(frame->data[0] == 1 && frame->data[frame->len - 1] == 3);
	FUZZ_HOLDS(!datecs_request_parse(speech->dialect, frame->data,
					 frame->len, &request));
	FUZZ_HOLDS(request.seq == seq);
	FUZZ_HOLDS(!memcmp(frame->data + at, bcc, DATECS_BCC_DIGITS));
	frame->data[at] ^= 1;
	FUZZ_HOLDS(datecs_request_parse(speech->dialect, frame->data,
					frame->len,
					&request) == DATECS_FRAME_BCC);
}

/* Texts and numbers of an app's or a person's, in what is sent. */
static void datecs_write(const struct datecs_speech *speech, const char *text,
			 int64_t number)
{
	struct buf data = BUF_INIT(DATECS_DATA_SIZE);
	struct buf frame = BUF_INIT(DATECS_FRAME_MAX);
	const struct datecs_sale sale = { .name = text,
					  .tax = (int)(number & 15),
					  .price = number,
					  .quantity = number >> 3,
					  .change = (unsigned)number % 5,
					  .change_by = number >> 9,
					  .unit = number & 1 ? text : NULL };
	int64_t amount;

	datecs_sale_write(speech, &sale, &data);
	datecs_request_build(speech, DATECS_SALE, 0x20, &data, &frame);
	buf_reset(&data);
	datecs_line_write(speech, text, number & 1, number & 2, &data);
	buf_reset(&frame);
	datecs_request_build(speech, DATECS_RECEIPT_TEXT, 0x21, &data, &frame);
	if (!frame.failed)
		datecs_understood(speech, &frame, 0x21);
	datecs_number_parse(text, &amount);
	datecs_amount_parse(text, &amount);
	buf_free(&data);
	buf_free(&frame);
}

static void datecs_form(const struct datecs_speech *speech, const uint8_t *data,
			size_t size)
{
	struct datecs_answer answer = { .seq = 0x20 };
	int64_t number = 0;

	if (size < DATECS_STATUS_MAX)
		return;
	memcpy(answer.status, data, DATECS_STATUS_MAX);
	memcpy(&number, data, sizeof(number));
	data += DATECS_STATUS_MAX;
	size -= DATECS_STATUS_MAX;
	if (size >= DATECS_FRAME_MAX)
		size = DATECS_FRAME_MAX - 1;
	for (size_t i = 0; i < size; i++) /* as frames have it */
		answer.data[answer.len++] = data[i] ? (char)data[i] : ' ';
	datecs_answered(speech, &answer);
	datecs_write(speech, answer.data, number);
	datecs_plain(speech, answer.data, number);
	datecs_time(speech, answer.data);
	datecs_frames(speech, &answer, answer.status[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t whole[DATECS_READ_BROKEN + 1] = { 0 };
	size_t parts[DATECS_READ_BROKEN + 1] = { 0 };
	struct datecs_speech speech = { .page = "CP1251", .columns = 42 };

	if (!size)
		return 0;
	speech.dialect = data[0] & 1 ? &datecs_x : &datecs_classic;
	speech.group = data[0] & 2 ? DATECS_GROUP_A : DATECS_GROUP_B;
	speech.cyrillic_taxes = data[0] & 4;
	if (data[0] & 0x80) {
		datecs_form(&speech, data + 1, size - 1);
		return 0;
	}
	datecs_stream(&speech, data + 1, size - 1, size, whole);
	datecs_stream(&speech, data + 1, size - 1, 1 + data[0] / 8, parts);
	FUZZ_HOLDS(!memcmp(whole, parts, sizeof(whole)));
	return 0;
}
