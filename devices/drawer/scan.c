/* SPDX-License-Identifier: Apache-2.0 */
#include "drawer/scan.h"

#include "drawer/escpos_codec.h"
#include "drawer/star_codec.h"

/* As their switches have them; 9600 is how most are delivered. */
static const int drawer_speeds[] = { 9600,  115200, 19200, 38400,
				     57600, 4800,   2400,  0 };

/* --- ESC/POS --- */

static void escpos_hail(struct driver_io *io, struct buf *out)
{
	(void)io;
	escpos_add_question(out, ESCPOS_ASK_PRINTER);
}

/* A byte easily has the form of an answer: nothing else may come with it. */
static bool escpos_is_answer(const uint8_t *data, size_t len)
{
	struct escpos_reader reader = { 0 };
	bool answered = false;

	for (size_t i = 0; i < len; i++) {
		enum escpos_kind kind = escpos_read(&reader, data[i]);

		if (kind > ESCPOS_ANSWER)
			return false;
		answered = answered || kind == ESCPOS_ANSWER;
	}
	return answered;
}

static const struct driver_hail escpos_hails[] = {
	{ .ask = escpos_hail, .is_answer = escpos_is_answer },
	{ 0 },
};

const struct driver_scan drawer_scan_escpos = {
	.speeds = drawer_speeds,
	.parities = true,
	.hails = escpos_hails,
};

/* --- Star --- */

static void star_hail(struct driver_io *io, struct buf *out)
{
	(void)io;
	star_add_question(out);
}

static bool star_is_answer(const uint8_t *data, size_t len)
{
	struct star_reader reader = { 0 };

	for (size_t i = 0; i < len; i++)
		if (star_read(&reader, data[i]) == STAR_STATUS)
			return true;
	return false;
}

static const struct driver_hail star_hails[] = {
	{ .ask = star_hail, .is_answer = star_is_answer },
	{ 0 },
};

const struct driver_scan drawer_scan_star = {
	.speeds = drawer_speeds,
	.parities = true,
	.hails = star_hails,
};
