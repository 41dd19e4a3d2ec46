/* SPDX-License-Identifier: Apache-2.0 */
#include "printer/datecs_frame.h"

#include <limits.h>
#include <string.h>

#define DATECS_EOT 0x04 /* before the status */
#define DATECS_ENQ 0x05 /* before the checksum */
#define DATECS_DLE 0x10 /* before an escaped byte */

#define DATECS_OFFSET	   0x20 /* of LEN */
#define DATECS_NIBBLE	   0x30 /* of half a byte */
#define DATECS_ESCAPE	   0x40 /* of an escaped byte */
#define DATECS_SEQ_FIRST   0x20
#define DATECS_SEQ_LAST	   0x7F
#define DATECS_STATUS_MARK 0x80 /* in every byte of it */

/* X takes 496 bytes of data in firmware of 2022, and no more than 213 before;
 * nothing tells which it is (4.14). */
const struct datecs_dialect datecs_x = {
	.name = "x",
	.digits = 4,
	.status = 8,
	.request_max = 213,
	.command_max = 0xFFFF,
	.shortest = 4 + 1 + 4 + 1 + 8 + 1 + DATECS_BCC_DIGITS,
};

const struct datecs_dialect datecs_classic = {
	.name = "classic",
	.digits = 1,
	.status = 6,
	.request_max = 218,
	.command_max = 0xFF,
	.line_feeds = true,
	.shortest = 1 + 1 + 1 + 1 + 6 + 1 + DATECS_BCC_DIGITS,
};

/* --- numbers --- */

/* One byte as it is, or four that are half a byte each. */
static void datecs_word_add(struct buf *buf, size_t digits, unsigned int value)
{
	if (digits == 1)
		buf_add_byte(buf, (uint8_t)value);
	else
		for (int shift = 12; shift >= 0; shift -= 4)
			buf_add_byte(buf, (uint8_t)(DATECS_NIBBLE +
						    (value >> shift & 0xF)));
}

static bool datecs_word_parse(const uint8_t *at, size_t digits,
			      unsigned int *out_value)
{
	unsigned int value = 0;

	if (digits == 1) {
		*out_value = at[0];
		return at[0] >= DATECS_OFFSET;
	}
	for (size_t i = 0; i < digits; i++) {
		if ((at[i] & 0xF0) != DATECS_NIBBLE)
			return false;
		value = value << 4 | (at[i] & 0xFU);
	}
	*out_value = value;
	return true;
}

/* Of what stands after 01 up to and including 05. */
static unsigned int datecs_bcc(const uint8_t *data, size_t len)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += data[i];
	return sum & 0xFFFF;
}

/* --- requests --- */

static bool datecs_seq_is_valid(uint8_t seq)
{
	return seq >= DATECS_SEQ_FIRST && seq <= DATECS_SEQ_LAST;
}

uint8_t datecs_seq_next(uint8_t seq)
{
	if (!datecs_seq_is_valid(seq) || seq == DATECS_SEQ_LAST)
		return DATECS_SEQ_FIRST;
	return (uint8_t)(seq + 1);
}

static bool datecs_byte_is_plain(const struct datecs_dialect *dialect,
				 uint8_t byte)
{
	return byte >= 0x20 || byte == '\t' ||
	       (byte == '\n' && dialect->line_feeds);
}

static void datecs_data_escape(const struct datecs_dialect *dialect,
			       const uint8_t *data, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len; i++) {
		if (datecs_byte_is_plain(dialect, data[i])) {
			buf_add_byte(out, data[i]);
			continue;
		}
		buf_add_byte(out, DATECS_DLE);
		buf_add_byte(out, (uint8_t)(data[i] + DATECS_ESCAPE));
	}
}

void datecs_frame_build(const struct datecs_dialect *dialect, uint8_t seq,
			unsigned int command, const void *data, size_t len,
			struct buf *out)
{
	__attribute__((cleanup(buf_cleanup))) struct buf escaped =
		BUF_INIT(dialect->request_max);
	size_t begin = out->len + 1, body;

	datecs_data_escape(dialect, data, len, &escaped);
	if (escaped.failed || !datecs_seq_is_valid(seq) ||
	    command < DATECS_OFFSET || command > dialect->command_max)
		out->failed = true;
	body = 2 * dialect->digits + 1 + escaped.len + 1;
	buf_add_byte(out, DATECS_SOH);
	datecs_word_add(out, dialect->digits,
			(unsigned int)body + DATECS_OFFSET);
	buf_add_byte(out, seq);
	datecs_word_add(out, dialect->digits, command);
	buf_add(out, escaped.data, escaped.len);
	buf_add_byte(out, DATECS_ENQ);
	if (out->failed)
		return;
	datecs_word_add(out, DATECS_BCC_DIGITS,
			datecs_bcc(out->data + begin, body));
	buf_add_byte(out, DATECS_ETX);
}

/* --- answers --- */

/*
 * Nobody needs the controls in an answer, and an escaped separator must not
 * become a real one: blanks.
 */
static bool datecs_data_take(struct datecs_answer *answer, const uint8_t *data,
			     size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = data[i];

		if (byte == DATECS_DLE) {
			if (++i == len || data[i] < DATECS_ESCAPE ||
			    data[i] >= DATECS_ESCAPE + 0x20)
				return false;
			byte = ' ';
		} else if (byte < 0x20 && byte != '\t' && byte != '\n') {
			byte = ' ';
		}
		answer->data[answer->len++] = (char)byte;
	}
	answer->data[answer->len] = 0;
	return true;
}

static bool datecs_status_take(struct datecs_answer *answer,
			       const uint8_t *status, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!(status[i] & DATECS_STATUS_MARK))
			return false;
	memcpy(answer->status, status, len);
	return true;
}

/* body is what LEN and BCC are about, its last byte is the 05. */
static int datecs_frame_check(const struct datecs_dialect *dialect,
			      const uint8_t *data, size_t body)
{
	unsigned int told;

	if (data[body - 1] != DATECS_ENQ ||
	    !datecs_word_parse(data, dialect->digits, &told))
		return DATECS_FRAME_MALFORMED;
	if (told != body + DATECS_OFFSET)
		return DATECS_FRAME_LENGTH;
	if (!datecs_word_parse(data + body, DATECS_BCC_DIGITS, &told))
		return DATECS_FRAME_MALFORMED;
	return told == datecs_bcc(data, body) ? 0 : DATECS_FRAME_BCC;
}

int datecs_request_parse(const struct datecs_dialect *dialect,
			 const uint8_t *frame, size_t len,
			 struct datecs_request *out_request)
{
	size_t first = 2 * dialect->digits + 1;
	size_t body = len - 2 - DATECS_BCC_DIGITS;
	struct datecs_request request = { .at = first + 1 };
	int r;

	if (len < first + 1 + 2 + DATECS_BCC_DIGITS)
		return DATECS_FRAME_MALFORMED;
	r = datecs_frame_check(dialect, frame + 1, body);
	if (r)
		return r;
	request.seq = frame[1 + dialect->digits];
	request.len = body - 1 - first;
	if (!datecs_word_parse(frame + 2 + dialect->digits, dialect->digits,
			       &request.command))
		return DATECS_FRAME_MALFORMED;
	*out_request = request;
	return 0;
}

size_t datecs_frame_reckon(const uint8_t *frame, size_t len,
			   uint8_t out_bcc[DATECS_BCC_DIGITS])
{
	size_t body = len - 2 - DATECS_BCC_DIGITS;
	unsigned int sum = datecs_bcc(frame + 1, body);

	for (size_t i = 0; i < DATECS_BCC_DIGITS; i++)
		out_bcc[i] =
			(uint8_t)(DATECS_NIBBLE + (sum >> (12 - 4 * i) & 0xF));
	return 1 + body;
}

int datecs_frame_parse(const struct datecs_dialect *dialect, const void *data,
		       size_t len, struct datecs_answer *out_answer)
{
	const uint8_t *bytes = data;
	size_t body = len - DATECS_BCC_DIGITS, first, status;
	struct datecs_answer answer = { 0 };
	int r;

	if (len < dialect->shortest || len > DATECS_FRAME_MAX - 2)
		return DATECS_FRAME_MALFORMED;
	r = datecs_frame_check(dialect, bytes, body);
	if (r)
		return r;
	first = 2 * dialect->digits + 1;
	status = body - 1 - dialect->status;
	answer.seq = bytes[dialect->digits];
	if (answer.seq < DATECS_SEQ_FIRST || bytes[status - 1] != DATECS_EOT ||
	    !datecs_word_parse(bytes + dialect->digits + 1, dialect->digits,
			       &answer.command) ||
	    !datecs_status_take(&answer, bytes + status, dialect->status) ||
	    !datecs_data_take(&answer, bytes + first, status - 1 - first))
		return DATECS_FRAME_MALFORMED;
	*out_answer = answer;
	return 0;
}

/* --- the stream --- */

static enum datecs_read datecs_reader_begin(struct datecs_reader *reader)
{
	bool cut = reader->inside && reader->len > 0;

	reader->inside = true;
	reader->len = 0;
	return cut ? DATECS_READ_BROKEN : DATECS_READ_MORE;
}

static enum datecs_read datecs_reader_end(struct datecs_reader *reader,
					  const struct datecs_dialect *dialect,
					  struct datecs_answer *out_answer)
{
	reader->inside = false;
	if (datecs_frame_parse(dialect, reader->data, reader->len, out_answer))
		return DATECS_READ_BROKEN;
	return DATECS_READ_ANSWER;
}

static enum datecs_read datecs_reader_keep(struct datecs_reader *reader,
					   uint8_t byte)
{
	if (reader->len == DATECS_FRAME_MAX - 2) {
		reader->inside = false;
		return DATECS_READ_BROKEN;
	}
	reader->data[reader->len++] = byte;
	return DATECS_READ_MORE;
}

static enum datecs_read datecs_reader_single(struct datecs_reader *reader,
					     uint8_t byte)
{
	if (byte == DATECS_NAK)
		return DATECS_READ_NAK;
	if (byte == DATECS_SYN)
		return DATECS_READ_SYN;
	if (reader->noise < UINT_MAX)
		reader->noise++;
	return DATECS_READ_MORE;
}

static enum datecs_read datecs_reader_step(struct datecs_reader *reader,
					   const struct datecs_dialect *dialect,
					   uint8_t byte,
					   struct datecs_answer *out_answer)
{
	if (byte == DATECS_SOH)
		return datecs_reader_begin(reader);
	if (!reader->inside)
		return datecs_reader_single(reader, byte);
	if (byte == DATECS_ETX)
		return datecs_reader_end(reader, dialect, out_answer);
	return datecs_reader_keep(reader, byte);
}

/* Neither is ever part of a frame, so the one that we are in broke off; what
 * the byte says is told with the next call. */
static bool datecs_reader_is_cut(const struct datecs_reader *reader,
				 const struct cursor *input)
{
	uint8_t next = input->data[input->at];

	return reader->inside && (next == DATECS_NAK || next == DATECS_SYN);
}

enum datecs_read datecs_reader_take(struct datecs_reader *reader,
				    const struct datecs_dialect *dialect,
				    struct cursor *input,
				    struct datecs_answer *out_answer)
{
	while (cursor_left(input)) {
		enum datecs_read got;

		if (datecs_reader_is_cut(reader, input)) {
			reader->inside = false;
			return DATECS_READ_BROKEN;
		}
		got = datecs_reader_step(reader, dialect, cursor_byte(input),
					 out_answer);
		if (got != DATECS_READ_MORE)
			return got;
	}
	return DATECS_READ_MORE;
}

enum datecs_match datecs_answer_match(const struct datecs_answer *answer,
				      uint8_t seq, unsigned int command)
{
	if (answer->seq != seq)
		return DATECS_MATCH_STRAY;
	return answer->command == command ? DATECS_MATCH_OURS
					  : DATECS_MATCH_REPLAY;
}

/* --- which dialect is it? --- */

void datecs_probe_build(const struct datecs_dialect *dialect, uint8_t seq,
			struct buf *out)
{
	datecs_frame_build(dialect, seq, DATECS_PROBE_COMMAND, "1", 1, out);
}

#define ASK(dialect)                                       \
	{                                                  \
		DATECS_FINDING_ASK, (dialect), REASON_NONE \
	}
#define NOBODY(reason)                                \
	{                                             \
		DATECS_FINDING_NOBODY, NULL, (reason) \
	}

/* 4.9. What a classic device says to the X probe was never recorded, so after
 * anything but an answer the other question is asked. */
static const struct datecs_detection datecs_asked_x[] = {
	[DATECS_HEARD_NOTHING] = ASK(&datecs_classic),
	[DATECS_HEARD_NAK] = ASK(&datecs_classic),
	[DATECS_HEARD_SYN] = { .finding = DATECS_FINDING_WAIT },
	[DATECS_HEARD_SYN_NAK] = ASK(&datecs_classic),
	[DATECS_HEARD_NOISE] = ASK(&datecs_classic),
	[DATECS_HEARD_ANSWER] = { .finding = DATECS_FINDING_SETTLED },
};

static const struct datecs_detection datecs_asked_classic[] = {
	[DATECS_HEARD_NOTHING] = NOBODY(REASON_NO_ANSWER),
	[DATECS_HEARD_NAK] = NOBODY(REASON_WRONG_PROTOCOL),
	[DATECS_HEARD_SYN] = { .finding = DATECS_FINDING_WAIT },
	[DATECS_HEARD_SYN_NAK] = ASK(&datecs_x),
	[DATECS_HEARD_NOISE] = NOBODY(REASON_GARBLED),
	[DATECS_HEARD_ANSWER] = { .finding = DATECS_FINDING_SETTLED },
};

struct datecs_detection datecs_dialect_detect(const struct datecs_dialect *in,
					      enum datecs_heard heard)
{
	return in == &datecs_x ? datecs_asked_x[heard]
			       : datecs_asked_classic[heard];
}
