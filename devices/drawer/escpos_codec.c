/* SPDX-License-Identifier: Apache-2.0 */
#include "drawer/escpos_codec.h"

#define ESCPOS_DLE 0x10
#define ESCPOS_EOT 0x04
#define ESCPOS_ESC 0x1b
#define ESCPOS_GS  0x1d

/* docs/protocols.md A.4: which bits tell the kinds of bytes apart, and their
 * values */
#define ESCPOS_KIND_MASK   0x93
#define ESCPOS_KIND_ANSWER 0x12 /* 0xx1xx10 */
#define ESCPOS_KIND_REPORT 0x10 /* 0xx1xx00: four bytes begin */
#define ESCPOS_REST_MASK   0x90
#define ESCPOS_REST	   0x00 /* 0xx0xxxx: the other three */
#define ESCPOS_REPORT_REST 3

void escpos_add_question(struct buf *out, enum escpos_question question)
{
	buf_add_byte(out, ESCPOS_DLE);
	buf_add_byte(out, ESCPOS_EOT);
	buf_add_byte(out, (uint8_t)question);
}

void escpos_add_question_in_order(struct buf *out)
{
	buf_add_byte(out, ESCPOS_GS);
	buf_add_byte(out, 'r');
	buf_add_byte(out, 1);
}

/* 0xx0xxxx, as the rest of a report */
bool escpos_is_in_order(uint8_t answer)
{
	return (answer & ESCPOS_REST_MASK) == ESCPOS_REST;
}

bool escpos_is_roll_near_end(uint8_t answer)
{
	return answer & 0x03;
}

static uint8_t escpos_units(int64_t ms)
{
	if (ms < 0)
		return 0;
	return (uint8_t)((ms < ESCPOS_PULSE_MAX_MS ? ms : ESCPOS_PULSE_MAX_MS) /
			 2);
}

void escpos_add_pulse(struct buf *out, int pin, int64_t on_ms, int64_t off_ms)
{
	buf_add_byte(out, ESCPOS_ESC);
	buf_add_byte(out, 'p');
	buf_add_byte(out, pin == 5);
	buf_add_byte(out, escpos_units(on_ms));
	buf_add_byte(out, escpos_units(off_ms));
}

bool escpos_is_offline(uint8_t answer)
{
	return answer & 0x08;
}

bool escpos_is_pin3_high(uint8_t answer)
{
	return answer & 0x04;
}

bool escpos_is_cover_open(uint8_t answer)
{
	return answer & 0x04;
}

bool escpos_is_paper_stop(uint8_t answer)
{
	return answer & 0x20;
}

bool escpos_is_error(uint8_t answer)
{
	return answer & 0x40;
}

bool escpos_is_paper_near_end(uint8_t answer)
{
	return answer & 0x0c;
}

bool escpos_is_paper_end(uint8_t answer)
{
	return answer & 0x60;
}

/* Answers and flow control may come between the bytes of a report. */
enum escpos_kind escpos_read(struct escpos_reader *reader, uint8_t byte)
{
	bool reporting = reader->report_left > 0;

	if (byte == ESCPOS_XON || byte == ESCPOS_XOFF)
		return ESCPOS_NOTHING;
	if ((byte & ESCPOS_KIND_MASK) == ESCPOS_KIND_ANSWER)
		return ESCPOS_ANSWER;
	if (reporting && (byte & ESCPOS_REST_MASK) == ESCPOS_REST) {
		reader->report_left--;
		return ESCPOS_NOTHING;
	}
	if ((byte & ESCPOS_KIND_MASK) == ESCPOS_KIND_REPORT) {
		reader->report_left = ESCPOS_REPORT_REST;
		return reporting ? ESCPOS_OTHER : ESCPOS_NOTHING;
	}
	reader->report_left = 0;
	return byte & 0x80 ? ESCPOS_GARBAGE : ESCPOS_OTHER;
}
