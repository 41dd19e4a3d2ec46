/* SPDX-License-Identifier: Apache-2.0 */
/* Which stages each transaction has, and how it ends (protocol text 7). */
#include "sim/zvt_model.h"

/* clang-format off */
#define PT_LINE(kind, progress, display, ms) \
	{ PT_STAGE_##kind, progress, display, ms }

#define PT_OUTCOME                  \
	PT_LINE(RESULT, 0, NULL, 0), \
		PT_LINE(PRINT, 0, NULL, 0), PT_LINE(END, 0, NULL, 0)

/* clang-format on */

static const struct pt_stage pt_stages_payment[] = {
	PT_LINE(CARD, 0x0a, "insert or present card", 250),
	PT_LINE(PIN, 0x01, "enter PIN", 250),
	PT_LINE(HOST, 0x0e, "please wait", 300),
	PT_LINE(REMOVE, 0x0b, "remove card", 200),
	PT_OUTCOME,
};

static const struct pt_stage pt_stages_refund[] = {
	PT_LINE(CARD, 0x0a, "insert or present card", 250),
	PT_LINE(HOST, 0x0e, "please wait", 300),
	PT_LINE(REMOVE, 0x0b, "remove card", 200),
	PT_OUTCOME,
};

static const struct pt_stage pt_stages_reversal[] = {
	PT_LINE(HOST, 0x17, "please wait", 400),
	PT_OUTCOME,
};

static const struct pt_stage pt_stages_end_of_day[] = {
	PT_LINE(WAIT, 0x0e, "please wait", 100),
	PT_LINE(WAIT, 0x06, "sending post-bookings", 200),
	PT_LINE(HOST, 0x17, "end-of-day", 500),
	PT_OUTCOME,
};

static const struct pt_stage pt_stages_result[] = { PT_OUTCOME };

static const struct pt_stage pt_stages_diagnosis[] = {
	PT_LINE(HOST, 0xd2, "diagnosis", 500),
	PT_LINE(CLOCK, 0, NULL, 0),
	PT_LINE(PRINT, 0, NULL, 0),
	PT_LINE(END, 0, NULL, 0),
};

static const struct pt_stage pt_stages_initialise[] = {
	PT_LINE(HOST, 0x17, "initialisation", 500),
	PT_LINE(END, 0, NULL, 0),
};

static const struct pt_stage pt_stages_end[] = {
	PT_LINE(END, 0, NULL, 0),
};

static void pt_end_register(struct pt *pt, struct pt_message *message)
{
	pt_put_byte(message, 0x19, 0x00);
	pt_put_bcd(message, 0x29, pt->tid, 4);
	pt_put_bcd(message, 0x49, PT_EURO, 2);
}

/* By position and not by bitmaps (5.5). */
static void pt_end_status(struct pt *pt, struct pt_message *message)
{
	static const char version[] = "\xf0\xf0\xf7"
				      "2.14.15";
	static const char device[] = "TILLSIM";
	struct buf info = BUF_INIT(64);

	if (!(pt->tx.service & 0x02))
		buf_add(&message->body, version, sizeof(version) - 1);
	buf_add_byte(&message->body, pt->tx.next);
	if (pt->tx.service & 0x04) {
		pt_tlv_add(&info, 0x1f40, device, sizeof(device) - 1);
		pt_tlv_add(&message->tlv, 0xe4, info.data, info.len);
	}
	buf_free(&info);
}

static void pt_end_day(struct pt *pt, struct pt_message *message)
{
	if (pt->next_update)
		pt_put_byte(message, 0x27, PT_CODE_UPDATE);
}

#define PT_STAGES(list) \
	.stages = list, .count = sizeof(list) / sizeof((list)[0])

const struct pt_flow pt_flow_payment = {
	.name = "payment",
	PT_STAGES(pt_stages_payment),
	.payment = true,
	.decide = pt_book_decide,
	.result = pt_result_payment,
	.book = pt_book_payment,
	.receipt = pt_paper_payment,
};

/* Authorized by telephone: the host is only told. */
const struct pt_flow pt_flow_phoned = {
	.name = "telephone authorisation",
	PT_STAGES(pt_stages_refund),
	.payment = true,
	.decide = pt_book_decide,
	.result = pt_result_payment,
	.book = pt_book_payment,
	.receipt = pt_paper_payment,
};

const struct pt_flow pt_flow_refund = {
	.name = "refund",
	PT_STAGES(pt_stages_refund),
	.payment = true,
	.decide = pt_book_decide,
	.result = pt_result_payment,
	.book = pt_book_refund,
	.receipt = pt_paper_payment,
};

const struct pt_flow pt_flow_reversal = {
	.name = "reversal",
	PT_STAGES(pt_stages_reversal),
	.payment = true,
	.decide = pt_book_decide_reversal,
	.result = pt_result_reversal,
	.book = pt_book_reversal,
	.receipt = pt_paper_payment,
};

const struct pt_flow pt_flow_end_of_day = {
	.name = "end-of-day",
	PT_STAGES(pt_stages_end_of_day),
	.decide = pt_book_decide_end_of_day,
	.result = pt_result_totals,
	.book = pt_book_end_of_day,
	.receipt = pt_paper_administration,
	.end = pt_end_day,
};

const struct pt_flow pt_flow_totals = {
	.name = "turnover totals",
	PT_STAGES(pt_stages_result),
	.result = pt_result_totals,
	.receipt = pt_paper_administration,
};

const struct pt_flow pt_flow_repeat = {
	.name = "repeat receipt",
	PT_STAGES(pt_stages_result),
	.payment = true,
	.result = pt_result_repeat,
	.receipt = pt_paper_repeat,
};

const struct pt_flow pt_flow_register = {
	.name = "registration",
	PT_STAGES(pt_stages_end),
	.end = pt_end_register,
};

const struct pt_flow pt_flow_diagnosis = {
	.name = "diagnosis",
	PT_STAGES(pt_stages_diagnosis),
	.decide = pt_book_decide,
	.receipt = pt_paper_administration,
};

const struct pt_flow pt_flow_initialise = {
	.name = "initialisation",
	PT_STAGES(pt_stages_initialise),
	.decide = pt_book_decide,
};

const struct pt_flow pt_flow_status = {
	.name = "status enquiry",
	PT_STAGES(pt_stages_end),
	.end = pt_end_status,
};

const struct pt_flow pt_flow_plain = {
	.name = "administration",
	PT_STAGES(pt_stages_end),
};
