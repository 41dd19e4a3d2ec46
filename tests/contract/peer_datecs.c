/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Datecs fiscal printer (docs/protocols.md 4), in either dialect: idle,
 * fiscalised, forty-one daily reports made. It makes another whenever it is
 * told to, and remembers the last SEQ and its answer as long as it has power.
 */
#include "peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATECS_DATA_MAX 256
#define DATECS_LAST_MAX 512

struct datecs {
	bool classic;
	int reports; /* of the fiscal memory */
	int documents;
	int slips;    /* of receipts and texts */
	int receipts; /* closed, since the last report */
	int cancelled;
	int open; /* 0 nothing, 1 a receipt, 5 a text */
	int items, amount, paid;
	int cash, cash_in, cash_out;
	int last_seq; /* -1: forgotten */
	uint8_t last[DATECS_LAST_MAX];
	size_t last_len;
};

/* One request, taken apart; data is ended by a NUL. */
struct datecs_request {
	int seq;
	int command;
	char data[DATECS_DATA_MAX];
};

/* --- frames (4.3, 4.4) --- */

static size_t datecs_put_word(uint8_t *out, unsigned int value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(0x30 + (value >> (12 - 4 * i) & 15));
	return 4;
}

static int datecs_get_word(const uint8_t *at, size_t digits)
{
	int value = 0;

	if (digits == 1)
		return at[0];
	for (size_t i = 0; i < digits; i++)
		value = value << 4 | ((at[i] - 0x30) & 15);
	return value;
}

static unsigned int datecs_sum(const uint8_t *at, size_t len)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += at[i];
	return sum & 0xffff;
}

/* Healthy devices (4.8): X, and group A of the classic ones. */
static const uint8_t datecs_status_x[] = { 0x80, 0x80, 0x80, 0x80,
					   0x86, 0x9a, 0x80, 0x80 };
static const uint8_t datecs_status_classic[] = { 0x80, 0x80, 0x80,
						 0xc0, 0x86, 0x9a };

static size_t datecs_put_number(const struct datecs *datecs, uint8_t *out,
				unsigned int value)
{
	if (!datecs->classic)
		return datecs_put_word(out, value);
	out[0] = (uint8_t)value;
	return 1;
}

static void datecs_answer(struct peer *peer,
			  const struct datecs_request *request,
			  const char *data)
{
	struct datecs *datecs = peer->state;
	size_t status = datecs->classic ? sizeof(datecs_status_classic)
					: sizeof(datecs_status_x);
	size_t digits = datecs->classic ? 1 : 4, text = strlen(data);
	uint8_t *out = datecs->last;
	size_t len = 0;

	out[len++] = 0x01;
	len += datecs_put_number(
		datecs, out + len,
		(unsigned int)(0x20 + 2 * digits + 1 + text + 1 + status + 1));
	out[len++] = (uint8_t)request->seq;
	len += datecs_put_number(datecs, out + len,
				 (unsigned int)request->command);
	memcpy(out + len, data, text);
	len += text;
	out[len++] = 0x04;
	memcpy(out + len,
	       datecs->classic ? datecs_status_classic : datecs_status_x,
	       status);
	out[len + 2] |= datecs->open == 1 ? 0x08 : datecs->open ? 0x20 : 0;
	len += status;
	out[len++] = 0x05;
	len += datecs_put_word(out + len, datecs_sum(out + 1, len - 1));
	out[len++] = 0x03;
	datecs->last_len = len;
	peer_send(peer, out, len);
}

static void datecs_answer_number(struct peer *peer,
				 const struct datecs_request *request,
				 const char *format, int number)
{
	char data[DATECS_DATA_MAX];

	snprintf(data, sizeof(data), format, number);
	datecs_answer(peer, request, data);
}

/* --- commands (4.6, 4.7) --- */

#define ZEROS_X	      "0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t"
#define ZEROS_CLASSIC "0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00"

static void datecs_report(struct peer *peer,
			  const struct datecs_request *request)
{
	struct datecs *datecs = peer->state;
	bool z = request->data[0] == (datecs->classic ? '0' : 'Z');

	peer->moved++;
	datecs->documents++;
	datecs->reports += z;
	if (z)
		datecs->receipts = datecs->cancelled = 0;
	datecs_answer_number(peer, request,
			     datecs->classic
				     ? "%04d,14.98," ZEROS_CLASSIC
				     : "0\t%d\t0.00\t14.98\t0.00\t0.00\t0.00\t"
				       "0.00\t0.00\t0.00\t" ZEROS_X,
			     datecs->reports + !z);
}

static void datecs_periodic(struct peer *peer,
			    const struct datecs_request *request)
{
	const struct datecs *datecs = peer->state;

	peer->moved++;
	datecs_answer(peer, request, datecs->classic ? "" : "0\t");
}

static void datecs_last_report(struct peer *peer,
			       const struct datecs_request *request)
{
	const struct datecs *datecs = peer->state;

	datecs_answer_number(
		peer, request,
		datecs->classic
			? "P,%d,0.00,14.98,0.00,0.00,0.00,0.00,0.00,0.00,211126"
			: "0\t%d\t0.00\t14.98\t0.00\t0.00\t0.00\t0.00\t0.00\t"
			  "0.00\t21-11-26\t",
		datecs->reports);
}

static void datecs_last(struct peer *peer, const struct datecs_request *request)
{
	const struct datecs *datecs = peer->state;
	char data[DATECS_DATA_MAX];

	snprintf(data, sizeof(data),
		 "0\t%d\t22-11-2026 11:48:14\t%d\t21-11-2026 22:01:33\t",
		 datecs->receipts, datecs->reports);
	datecs_answer(peer, request, data);
}

static void datecs_documents(struct peer *peer,
			     const struct datecs_request *request)
{
	const struct datecs *datecs = peer->state;

	datecs_answer_number(peer, request, "%07d", datecs->documents);
}

static void datecs_day(struct peer *peer, const struct datecs_request *request)
{
	const struct datecs *datecs = peer->state;
	char data[DATECS_DATA_MAX];

	if (datecs->classic)
		snprintf(data, sizeof(data),
			 "14.98,0.00,0.00,0.00,0.00,0.00,0.00,0.00,%d,%d",
			 datecs->reports + 1, 1000 + datecs->receipts);
	else
		snprintf(data, sizeof(data), "0\t0\t0.00\t%d\t0.00\t",
			 datecs->cancelled);
	datecs_answer(peer, request, data);
}

/* --- receipts and slips: just their sums --- */

static void datecs_done(struct peer *peer, const struct datecs_request *request,
			bool done)
{
	const struct datecs *datecs = peer->state;

	if (datecs->classic)
		datecs_answer(peer, request, done ? "" : "?");
	else
		datecs_answer(peer, request, done ? "0\t" : "-111016\t");
}

static void datecs_transaction(struct peer *peer,
			       const struct datecs_request *request)
{
	const struct datecs *datecs = peer->state;
	char data[DATECS_DATA_MAX];

	if (datecs->classic)
		snprintf(data, sizeof(data), "%d,%04d,%+09d,%+09d",
			 datecs->open == 1, datecs->items, datecs->amount,
			 datecs->paid);
	else
		snprintf(data, sizeof(data),
			 "0\t%d\t%d\t%d\t%d.%02d\t%d.%02d\t", datecs->open,
			 datecs->slips, datecs->items, datecs->amount / 100,
			 datecs->amount % 100, datecs->paid / 100,
			 datecs->paid % 100);
	datecs_answer(peer, request, data);
}

static void datecs_begin(struct peer *peer, int kind)
{
	struct datecs *datecs = peer->state;

	datecs->open = kind;
	datecs->slips++;
	datecs->items = datecs->amount = datecs->paid = 0;
}

static void datecs_slip(struct peer *peer, const struct datecs_request *request)
{
	const struct datecs *datecs = peer->state;

	datecs_answer_number(peer, request,
			     datecs->classic ? "%04d,0010" : "0\t%d\t",
			     datecs->slips);
}

static void datecs_open(struct peer *peer, const struct datecs_request *request)
{
	datecs_begin(peer, 1);
	datecs_slip(peer, request);
}

/* The price is what stands behind the tax group; one piece is sold. */
static void datecs_sell(struct peer *peer, const struct datecs_request *request)
{
	struct datecs *datecs = peer->state;
	const char *tab = strchr(request->data, '\t');
	const char *price = tab ? tab + (datecs->classic ? 2 : 3) : "0";

	if (datecs->open == 1) {
		datecs->items++;
		datecs->amount += (int)(strtod(price, NULL) * 100 + 0.5);
	}
	datecs_done(peer, request, datecs->open == 1);
}

static void datecs_pay(struct peer *peer, const struct datecs_request *request)
{
	struct datecs *datecs = peer->state;
	const char *amount = strchr(request->data, '\t');

	if (amount && datecs->open == 1)
		datecs->paid +=
			(int)(strtod(amount + 1 + datecs->classic, NULL) * 100 +
			      0.5);
	datecs_answer(peer, request,
		      datecs->classic ? "R0.00" : "0\tR\t0.00\t");
}

static void datecs_close(struct peer *peer,
			 const struct datecs_request *request)
{
	struct datecs *datecs = peer->state;

	if (datecs->open == 1) {
		datecs->open = 0;
		datecs->receipts++;
		datecs->documents++;
		datecs->cash += datecs->paid;
		peer->moved++;
	}
	datecs_slip(peer, request);
}

static void datecs_cancel(struct peer *peer,
			  const struct datecs_request *request)
{
	struct datecs *datecs = peer->state;
	bool open = datecs->open == 1 && !(datecs->classic && datecs->paid);

	datecs->cancelled += open;
	if (open)
		datecs->open = 0;
	datecs_done(peer, request, open);
}

static void datecs_text_open(struct peer *peer,
			     const struct datecs_request *request)
{
	datecs_begin(peer, 5);
	datecs_slip(peer, request);
}

static void datecs_text(struct peer *peer, const struct datecs_request *request)
{
	const struct datecs *datecs = peer->state;

	datecs_done(peer, request, datecs->open != 0);
}

static void datecs_text_close(struct peer *peer,
			      const struct datecs_request *request)
{
	struct datecs *datecs = peer->state;

	if (datecs->open == 5) {
		datecs->open = 0;
		datecs->documents++;
		peer->moved++;
	}
	datecs_slip(peer, request);
}

static void datecs_cash(struct peer *peer, const struct datecs_request *request)
{
	struct datecs *datecs = peer->state;
	const char *at = datecs->classic ? request->data : request->data + 2;
	int amount = (int)(strtod(at, NULL) * 100);
	char data[DATECS_DATA_MAX];

	if (amount) {
		datecs->cash += amount;
		datecs->cash_in += amount;
		datecs->documents++;
		peer->moved++;
	}
	snprintf(data, sizeof(data),
		 datecs->classic ? "P,%d.%02d,%d.%02d,0.00"
				 : "0\t%d.%02d\t%d.%02d\t0.00\t",
		 datecs->cash / 100, datecs->cash % 100, datecs->cash_in / 100,
		 datecs->cash_in % 100);
	datecs_answer(peer, request, data);
}

static void datecs_clock(struct peer *peer,
			 const struct datecs_request *request)
{
	peer->moved++;
	datecs_done(peer, request, true);
}

struct datecs_row {
	int command;
	void (*run)(struct peer *peer, const struct datecs_request *request);
	const char *data;
};

/* The same numbers in both dialects. */
#define DATECS_ROWS_RECEIPT                                                  \
	{ 48, datecs_open, NULL }, { 49, datecs_sell, NULL },                \
		{ 53, datecs_pay, NULL }, { 56, datecs_close, NULL },        \
		{ 60, datecs_cancel, NULL }, { 38, datecs_text_open, NULL }, \
		{ 42, datecs_text, NULL }, { 39, datecs_text_close, NULL },  \
		{ 70, datecs_cash, NULL }, { 61, datecs_clock, NULL },       \
	{                                                                    \
		109, datecs_clock, NULL                                      \
	}

static const struct datecs_row datecs_rows_x[] = {
	{ 74, NULL, "0\t" },
	{ 90, NULL,
	  "DP-150MX,609428 20Jul23 1353,9460,00000000,DT123456,02500002" },
	{ 62, NULL, "0\t22-11-26 11:50:03\t" },
	{ 50, NULL,
	  "0\t1\t0.00\t20.00\t20.00\t9.00\t100.00\t100.00\t100.00\t100.00\t"
	  "01-01-26\t" },
	{ 65, NULL,
	  "0\t42\t0.00\t14.98\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t" },
	{ 103, NULL, "0\t" ZEROS_X "0\t1\t0\t" },
	{ 76, datecs_transaction, NULL },
	{ 110, datecs_day, NULL },
	DATECS_ROWS_RECEIPT,
	{ 64, datecs_last_report, NULL },
	{ 123, datecs_last, NULL },
	{ 69, datecs_report, NULL },
	{ 94, datecs_periodic, NULL },
	{ 95, datecs_periodic, NULL },
	{ 0, NULL, NULL },
};

static const struct datecs_row datecs_rows_classic[] = {
	{ 74, NULL, "\x80\x80\x80\xc0\x86\x9a" },
	{ 90, NULL, "FP-800,1.00BG 23NOV18 1000,A1B2,00,DT000600,02000600" },
	{ 62, NULL, "22-11-26 11:50:03" },
	{ 97, NULL, "0.00,20.00,20.00,9.00" },
	{ 65, NULL, ZEROS_CLASSIC },
	{ 103, NULL, "1," ZEROS_CLASSIC ",0,0000000001" },
	{ 76, datecs_transaction, NULL },
	DATECS_ROWS_RECEIPT,
	{ 64, datecs_last_report, NULL },
	{ 113, datecs_documents, NULL },
	{ 110, datecs_day, NULL },
	{ 69, datecs_report, NULL },
	{ 94, datecs_periodic, NULL },
	{ 79, datecs_periodic, NULL },
	{ 73, datecs_periodic, NULL },
	{ 95, datecs_periodic, NULL },
	{ 0, NULL, NULL },
};

static void datecs_run(struct peer *peer, const struct datecs_request *request)
{
	struct datecs *datecs = peer->state;
	const struct datecs_row *row =
		datecs->classic ? datecs_rows_classic : datecs_rows_x;

	if (request->seq == datecs->last_seq) {
		peer_send(peer, datecs->last, datecs->last_len);
		return;
	}
	datecs->last_seq = request->seq;
	while (row->command && row->command != request->command)
		row++;
	if (row->run)
		row->run(peer, request);
	else
		datecs_answer(peer, request, row->data ? row->data : "?");
}

/* --- what comes --- */

static void datecs_nak(struct peer *peer)
{
	peer_send(peer, "\x15", 1);
}

/* frame: from behind 01 to before 03. */
static void datecs_take(struct peer *peer, const uint8_t *frame, size_t len)
{
	const struct datecs *datecs = peer->state;
	size_t digits = datecs->classic ? 1 : 4, head = 2 * digits + 1;
	struct datecs_request request = { 0 };
	size_t body = len - 4; /* with the 05 */

	if (len < head + 5 || frame[body - 1] != 0x05 ||
	    datecs_get_word(frame, digits) != (int)(0x20 + body) ||
	    datecs_get_word(frame + body, 4) != (int)datecs_sum(frame, body) ||
	    body - head >= sizeof(request.data)) {
		datecs_nak(peer);
		return;
	}
	request.seq = frame[digits];
	request.command = datecs_get_word(frame + digits + 1, digits);
	memcpy(request.data, frame + head, body - head - 1);
	datecs_run(peer, &request);
}

static void datecs_input(struct peer *peer)
{
	for (;;) {
		uint8_t *start =
			peer->in.len ? memchr(peer->in.data, 1, peer->in.len)
				     : NULL;
		uint8_t *end;

		buf_drop(&peer->in, start ? (size_t)(start - peer->in.data)
					  : peer->in.len);
		end = peer->in.len ? memchr(peer->in.data, 3, peer->in.len)
				   : NULL;
		if (!end)
			return;
		datecs_take(peer, peer->in.data + 1,
			    (size_t)(end - peer->in.data) - 1);
		buf_drop(&peer->in, (size_t)(end - peer->in.data) + 1);
	}
}

static void datecs_init_x(struct peer *peer)
{
	struct datecs *datecs = peer->state;

	datecs->reports = 41;
	datecs->documents = datecs->slips = 473;
	datecs->receipts = 17;
	datecs->cash = 5000;
	datecs->last_seq = -1;
}

static void datecs_init_classic(struct peer *peer)
{
	datecs_init_x(peer);
	((struct datecs *)peer->state)->classic = true;
}

/* Whether SEQ survives is not stated (4.14): assume not. */
static void datecs_power_cycle(struct peer *peer)
{
	((struct datecs *)peer->state)->last_seq = -1;
}

/* Two Z reports by hand: see posnet_stranger. */
static void datecs_stranger(struct peer *peer)
{
	struct datecs *datecs = peer->state;

	datecs->reports += 2;
	datecs->documents += 2;
	datecs->receipts = datecs->cancelled = 0;
}

const struct peer_class peer_datecs_x = {
	.class = DEVICE_PRINTER,
	.state_size = sizeof(struct datecs),
	.init = datecs_init_x,
	.input = datecs_input,
	.power_cycle = datecs_power_cycle,
	.stranger = datecs_stranger,
};

const struct peer_class peer_datecs_classic = {
	.class = DEVICE_PRINTER,
	.state_size = sizeof(struct datecs),
	.init = datecs_init_classic,
	.input = datecs_input,
	.power_cycle = datecs_power_cycle,
	.stranger = datecs_stranger,
};
