/* SPDX-License-Identifier: Apache-2.0 */
/* The receipt from trinit to trend (protocol text 3.7, 3.8). */
#include "sim/posnet_model.h"

#include <stdio.h>
#include <string.h>

static const char *const fp_payments[] = {
	"Gotowka", NULL,   "Karta", "Czek",    "Bon",
	"Kredyt",  "Inna", "Bon",   "Przelew",
};

#define FP_PAYMENTS ((int64_t)(sizeof(fp_payments) / sizeof(fp_payments[0])))

static void fp_receipt_clear(struct fp_receipt *receipt)
{
	struct buf content = receipt->content;

	buf_reset(&content);
	memset(receipt, 0, sizeof(*receipt));
	receipt->content = content;
}

int fp_receipt_begin(struct fp *fp, const struct fp_request *request,
		     struct buf *out_fields)
{
	struct fp_receipt *receipt = &fp->receipt;
	bool block = fp_field_flag(request, "bm", false);

	(void)out_fields;
	if (fp->blocked)
		return FP_ERROR_BLOCKED;
	if (fp->memory_full)
		return FP_ERROR_MEMORY_FULL;
	fp_receipt_clear(receipt);
	receipt->open = true;
	receipt->type = block ? FP_TYPE_BLOCK : FP_TYPE_RECEIPT;
	if (!block)
		fp_paper_title(fp, "PARAGON FISKALNY");
	return FP_OK;
}

/* Lines are over once something was discounted as a whole or paid. */
static int fp_receipt_check_open(const struct fp_receipt *receipt)
{
	if (receipt->footer || receipt->paid)
		return FP_ERROR_STATE;
	return receipt->lines ? FP_OK : FP_ERROR_NO_LINE;
}

int fp_receipt_discount(struct fp *fp, const struct fp_request *request,
			struct buf *out_fields)
{
	struct fp_receipt *receipt = &fp->receipt;
	int64_t before = fp_money_sum(receipt->sums);
	int64_t after;
	int error = fp_receipt_check_open(receipt);

	(void)out_fields;
	if (!error)
		error = fp_sale_discount(request, before, &after);
	if (error)
		return error;
	if (after <= 0)
		return FP_ERROR_DISCOUNT_RESULT;
	fp_money_spread(receipt->sums, after);
	buf_add_format(&receipt->content, "discount %lld\n",
		       (long long)(after - before));
	fp_paper_money(fp, after < before ? "Rabat" : "Narzut", after - before);
	return FP_OK;
}

int fp_receipt_discount_all(struct fp *fp, const struct fp_request *request,
			    struct buf *out_fields)
{
	int error = fp_receipt_discount(fp, request, out_fields);

	if (!error)
		fp->receipt.settled = true;
	return error;
}

static int fp_receipt_give_change(struct fp_receipt *receipt, int64_t type,
				  int64_t amount, int64_t due)
{
	if (receipt->change + amount > receipt->paid - due)
		return FP_ERROR_CHANGE;
	receipt->change += amount;
	if (type == FP_PAY_CASH)
		receipt->cash -= amount;
	return FP_OK;
}

static int fp_receipt_take_money(struct fp_receipt *receipt, int64_t type,
				 int64_t amount, int64_t due)
{
	if (receipt->paid >= due)
		return FP_ERROR_ALREADY_COVERED;
	receipt->paid += amount;
	if (type == FP_PAY_CASH)
		receipt->cash += amount;
	return FP_OK;
}

int fp_receipt_pay(struct fp *fp, const struct fp_request *request,
		   struct buf *out_fields)
{
	struct fp_receipt *receipt = &fp->receipt;
	int64_t due = fp_money_sum(receipt->sums);
	int64_t type = fp_field_number(request, "ty", 0);
	int64_t amount = fp_field_number(request, "wa", 0);
	bool change = fp_field_flag(request, "re", false);
	int error;

	(void)out_fields;
	if (type >= FP_PAYMENTS || !fp_payments[type])
		return FP_ERROR_PAYMENT_TYPE;
	if (receipt->footer)
		return FP_ERROR_STATE;
	if (!receipt->lines)
		return FP_ERROR_NO_LINE;
	if (!amount)
		return FP_ERROR_ZERO_PAYMENT;
	error = change ? fp_receipt_give_change(receipt, type, amount, due)
		       : fp_receipt_take_money(receipt, type, amount, due);
	if (error)
		return error;
	buf_add_format(&receipt->content, "paid %lld %lld %d\n",
		       (long long)type, (long long)amount, change);
	fp_paper_money(fp, fp_payments[type], change ? -amount : amount);
	return FP_OK;
}

/* Any time inside the receipt; the last one counts, printed with the footer. */
int fp_receipt_buyer(struct fp *fp, const struct fp_request *request,
		     struct buf *out_fields)
{
	(void)out_fields;
	if (fp->receipt.footer)
		return FP_ERROR_STATE;
	snprintf(fp->receipt.buyer, sizeof(fp->receipt.buyer), "%s",
		 fp_field_text(request, "ni"));
	return FP_OK;
}

/* A sum that was sent has to be the printer's own. */
static bool fp_receipt_agrees(const struct fp_request *request,
			      const char *name, int64_t own)
{
	return fp_field_number(request, name, own) == own;
}

/* Without a payment the printer books cash; without change it reckons it. */
static int fp_receipt_settle(struct fp_receipt *receipt,
			     const struct fp_request *request, int64_t due)
{
	int64_t paid = receipt->paid ? receipt->paid : due;
	int64_t change = receipt->change ? receipt->change : paid - due;

	if (!fp_receipt_agrees(request, "to", due))
		return FP_ERROR_CHECK_TOTAL;
	if (paid < due)
		return FP_ERROR_UNDERPAID;
	if (!fp_receipt_agrees(request, "fp", paid))
		return FP_ERROR_CHECK_PAYMENTS;
	if (!fp_receipt_agrees(request, "re", change) || paid - change != due)
		return FP_ERROR_CHECK_CHANGE;
	receipt->cash += paid - receipt->paid - (change - receipt->change);
	receipt->paid = paid;
	receipt->change = change;
	return FP_OK;
}

int fp_receipt_end(struct fp *fp, const struct fp_request *request,
		   struct buf *out_fields)
{
	struct fp_receipt *receipt = &fp->receipt;
	int64_t due = fp_money_sum(receipt->sums);
	int error;

	(void)out_fields;
	if (receipt->footer)
		return FP_ERROR_STATE;
	if (!receipt->lines)
		return FP_ERROR_NO_LINE;
	if (!due)
		return FP_ERROR_RECEIPT_ZERO;
	error = fp_receipt_settle(receipt, request, due);
	if (error)
		return error;
	fp_book_receipt(fp, "wire");
	if (receipt->type == FP_TYPE_BLOCK)
		fp_paper_title(fp, "PARAGON FISKALNY");
	fp_paper_receipt(fp);
	if (receipt->buyer[0])
		fp_paper_line(fp, "NIP NABYWCY:", receipt->buyer);
	receipt->footer = !fp_field_flag(request, "fe", true);
	receipt->open = receipt->footer;
	return FP_OK;
}

int fp_receipt_footer_line(struct fp *fp, const struct fp_request *request,
			   struct buf *out_fields)
{
	(void)out_fields;
	if (!fp->receipt.footer)
		return FP_ERROR_FOOTER;
	fp_paper_text(fp, fp_field_text(request, "na"));
	return FP_OK;
}

int fp_receipt_footer_end(struct fp *fp, const struct fp_request *request,
			  struct buf *out_fields)
{
	(void)request;
	(void)out_fields;
	if (!fp->receipt.footer)
		return FP_ERROR_FOOTER;
	fp->receipt.footer = false;
	fp->receipt.open = false;
	return FP_OK;
}

/*
 * Ends what is open without completing it. A receipt of which nothing was
 * printed leaves no trace (3.9), a form cut short is no printout (its hn
 * goes up, its nf does not), a receipt awaiting only its footer is complete.
 */
void fp_receipt_drop(struct fp *fp)
{
	struct fp_receipt *receipt = &fp->receipt;
	bool block = receipt->type == FP_TYPE_BLOCK;

	if (fp->form) {
		fp->form = 0;
		fp->counters.headers++;
		fp_paper_title(fp, "(form cut short)");
	}
	if (receipt->open && !receipt->footer && receipt->lines && !block) {
		fp_book_cancelled(fp);
		fp_paper_title(fp, "PARAGON ANULOWANY");
	}
	receipt->open = false;
	receipt->footer = false;
}

int fp_receipt_cancel(struct fp *fp, const struct fp_request *request,
		      struct buf *out_fields)
{
	(void)request;
	(void)out_fields;
	if (!fp->receipt.open && !fp->form)
		return fp->cancel_idle;
	fp_receipt_drop(fp);
	return FP_OK;
}
