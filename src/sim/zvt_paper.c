/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts: by the terminal's own printer, or through the till line by line
 * (06 D1) or in blocks (06 D3), as the registration had it (protocol text
 * 5.1, 6).
 */
#include "sim/zvt_model.h"

#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>

#define PT_CONFIG_PAYMENTS	 0x02
#define PT_CONFIG_ADMINISTRATION 0x04
#define PT_CONFIG_COMMANDS	 0x80
#define PT_REPEAT_NO_PRINT	 0x02
#define PT_PRINT_END		 0x81
#define PT_TAG_RECEIPT_KIND	 0x1f07
#define PT_TAG_LINES		 0x25
#define PT_TAG_LINE		 0x07
#define PT_TAG_ATTRIBUTE	 0x09
#define PT_LINE_MAX		 64

enum pt_copy { PT_COPY_MERCHANT = 1, PT_COPY_CUSTOMER, PT_COPY_OTHER };

enum pt_printer { PT_PRINTER_OWN, PT_PRINTER_TILL, PT_PRINTER_NONE };

/* One receipt in the making, line by line. */
struct pt_receipt {
	struct pt *pt;
	enum pt_printer printer;
	enum pt_copy copy;
	struct buf lines; /* of a block */
};

void pt_paper_clear(struct pt *pt)
{
	for (size_t i = 0; i < pt->prints_count; i++)
		pt_message_free(&pt->prints[i]);
	pt->prints_count = 0;
	pt->prints_at = 0;
}

static struct pt_message *pt_paper_add(struct pt *pt, uint16_t code)
{
	struct pt_message *message;

	if (pt->prints_count == PT_PRINTS_MAX)
		return NULL;
	message = &pt->prints[pt->prints_count++];
	pt_message_init(message, code);
	return message;
}

static enum pt_printer pt_paper_printer(const struct pt *pt)
{
	uint8_t by_till = pt->tx.flow->payment ? PT_CONFIG_PAYMENTS
					       : PT_CONFIG_ADMINISTRATION;

	if (!(pt->config & by_till))
		return PT_PRINTER_OWN;
	return pt->config & PT_CONFIG_COMMANDS ? PT_PRINTER_TILL
					       : PT_PRINTER_NONE;
}

/* One terminal maker ends its lines with a container, against the text. */
static void pt_paper_add_line(struct pt_receipt *receipt, uint8_t attribute,
			      const struct buf *text)
{
	struct pt_message *message = pt_paper_add(receipt->pt, PT_PRINT_LINE);
	uint8_t copy = (uint8_t)receipt->copy;

	if (!message)
		return;
	buf_add_byte(&message->body, attribute);
	buf_add(&message->body, text->data, text->len);
	if (receipt->pt->line_tail)
		pt_tlv_add(&message->tlv, PT_TAG_RECEIPT_KIND, &copy, 1);
}

static void pt_receipt_line(struct pt_receipt *receipt, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void pt_receipt_line(struct pt_receipt *receipt, const char *format, ...)
{
	struct pt *pt = receipt->pt;
	struct buf text = BUF_INIT(PT_LINE_MAX);
	char line[PT_LINE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	kit_show(&pt->model.host, "%s: %s",
		 receipt->printer == PT_PRINTER_OWN ? "prints" : "to the till",
		 line);
	text_to_page(line, pt->page, '?', &text);
	if (receipt->printer != PT_PRINTER_TILL) {
		/* on its own paper */
	} else if (pt->blocks) {
		pt_tlv_add(&receipt->lines, PT_TAG_LINE, text.data, text.len);
	} else {
		pt_paper_add_line(receipt, 0x00, &text);
	}
	buf_free(&text);
}

static void pt_receipt_begin(struct pt_receipt *receipt, struct pt *pt,
			     enum pt_copy copy)
{
	*receipt = (struct pt_receipt){
		.pt = pt,
		.printer = pt_paper_printer(pt),
		.copy = copy,
	};
	buf_init(&receipt->lines, PT_APDU_MAX / 4);
}

static void pt_receipt_end_block(struct pt_receipt *receipt)
{
	struct pt_message *message = pt_paper_add(receipt->pt, PT_PRINT_BLOCK);
	uint8_t copy = (uint8_t)receipt->copy, end = PT_PRINT_END;

	if (!message)
		return;
	pt_tlv_add(&receipt->lines, PT_TAG_ATTRIBUTE, &end, 1);
	pt_tlv_add(&message->tlv, PT_TAG_RECEIPT_KIND, &copy, 1);
	pt_tlv_add(&message->tlv, PT_TAG_LINES, receipt->lines.data,
		   receipt->lines.len);
}

static void pt_receipt_end(struct pt_receipt *receipt)
{
	static const struct buf nothing;

	for (int64_t i = 0; i < receipt->pt->padding; i++)
		pt_receipt_line(receipt, "- %02lld -", (long long)i + 1);
	if (receipt->printer == PT_PRINTER_TILL && receipt->pt->blocks)
		pt_receipt_end_block(receipt);
	else if (receipt->printer == PT_PRINTER_TILL)
		pt_paper_add_line(receipt, PT_PRINT_END, &nothing);
	buf_free(&receipt->lines);
}

/* What is on a payment's receipt; of a repetition, the last booking's. */
struct pt_slip {
	const char *title;
	int64_t amount, receipt, trace;
};

static void pt_paper_copy(struct pt *pt, const struct pt_slip *slip,
			  enum pt_copy copy)
{
	struct kit_time time = kit_time_split(pt_time_now(pt));
	struct pt_receipt receipt;

	pt_receipt_begin(&receipt, pt, copy);
	pt_receipt_line(&receipt, "%s",
			copy == PT_COPY_MERCHANT ? "Händlerbeleg"
						 : "Kundenbeleg");
	pt_receipt_line(&receipt, "%s", slip->title);
	pt_receipt_line(&receipt, "Betrag EUR %lld,%02lld",
			(long long)slip->amount / 100,
			(long long)slip->amount % 100);
	pt_receipt_line(&receipt, "%s %s", pt_cards[pt->card].name,
			pt->pan_full ? "4111 1111 1111 1111"
				     : "############1111");
	pt_receipt_line(&receipt, "Terminal-ID %08lld", (long long)pt->tid);
	pt_receipt_line(&receipt, "Beleg-Nr. %04lld", (long long)slip->receipt);
	pt_receipt_line(&receipt, "Trace-Nr. %06lld", (long long)slip->trace);
	pt_receipt_line(&receipt, "%02d.%02d.%04d %02d:%02d", time.day,
			time.month, time.year, time.hour, time.minute);
	if (pt->tx.signature && copy == PT_COPY_MERCHANT)
		pt_receipt_line(&receipt, "Unterschrift: ______________");
	pt_receipt_line(&receipt, "Zahlung erfolgt");
	pt_receipt_end(&receipt);
}

static void pt_paper_copies(struct pt *pt, const struct pt_slip *slip)
{
	if (pt_paper_printer(pt) == PT_PRINTER_NONE)
		return;
	pt_paper_copy(pt, slip, PT_COPY_MERCHANT);
	pt_paper_copy(pt, slip, PT_COPY_CUSTOMER);
}

void pt_paper_payment(struct pt *pt)
{
	const struct pt_transaction *tx = &pt->tx;
	const struct pt_slip slip = {
		.title = tx->flow == &pt_flow_reversal ? "Storno"
			 : tx->flow == &pt_flow_refund ? "Gutschrift"
						       : "Kartenzahlung",
		.amount = tx->amount,
		.receipt = tx->receipt,
		.trace = tx->trace,
	};

	pt_paper_copies(pt, &slip);
}

void pt_paper_repeat(struct pt *pt)
{
	const struct pt_booking *last;
	struct pt_slip slip = { .title = "Wiederholung" };

	if ((pt->tx.service > 0 && pt->tx.service & PT_REPEAT_NO_PRINT) ||
	    !pt->bookings_count)
		return;
	last = &pt->bookings[pt->bookings_count - 1];
	slip.amount = last->amount;
	slip.receipt = last->receipt;
	slip.trace = last->trace;
	pt_paper_copies(pt, &slip);
}

void pt_paper_administration(struct pt *pt)
{
	struct pt_totals totals = pt_book_total(pt);
	struct pt_receipt receipt;

	if (pt_paper_printer(pt) == PT_PRINTER_NONE)
		return;
	pt_receipt_begin(&receipt, pt, PT_COPY_OTHER);
	pt_receipt_line(&receipt, "%s",
			pt->tx.flow == &pt_flow_diagnosis ? "Diagnose"
							  : "Kassenschnitt");
	pt_receipt_line(&receipt, "Terminal-ID %08lld", (long long)pt->tid);
	if (pt->tx.flow != &pt_flow_diagnosis)
		pt_receipt_line(&receipt, "Summe EUR %lld,%02lld",
				(long long)totals.sum / 100,
				(long long)totals.sum % 100);
	pt_receipt_end(&receipt);
}
