/* SPDX-License-Identifier: Apache-2.0 */
/* One line of a receipt: sale, discount, void (protocol text 3.6 to 3.8). */
#include "sim/posnet_model.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define FP_PERCENT_MAX 9999

struct fp_sale {
	struct fp_goods goods; /* amount: after the discount */
	int64_t discount;      /* below 0: a markup */
	bool undo;
};

/* Capital and small Polish letters of Windows-1250, in the same order. */
static int fp_letter_fold(const struct fp *fp, uint8_t c)
{
	static const char capital[] = "\xa5\xc6\xca\xa3\xd1\xd3\x8c\x8f\xaf";
	static const char small[] = "\xb9\xe6\xea\xb3\xf1\xf3\x9c\x9f\xbf";
	const char *at;

	if (c < 0x80)
		return tolower(c);
	at = fp->page && !strcmp(fp->page, "CP1250") ? strchr(capital, (char)c)
						     : NULL;
	return at ? (uint8_t)small[at - capital] : c;
}

/* Two names are one article if they agree in letters, digits and these. */
static void fp_name_fold(const struct fp *fp, const char *name,
			 char out_key[FP_NAME_MAX + 1])
{
	size_t len = 0;

	for (; *name && len < FP_NAME_MAX; name++) {
		uint8_t c = (uint8_t)*name;

		if (c >= 0x80 || isalnum(c) || strchr(",./\\%", c))
			out_key[len++] = (char)fp_letter_fold(fp, c);
	}
	out_key[len] = '\0';
}

static struct fp_article *fp_article_find(struct fp *fp, const char *key)
{
	for (size_t i = 0; i < FP_ARTICLES_MAX; i++)
		if (!strcmp(fp->articles[i].key, key))
			return &fp->articles[i];
	return NULL;
}

/* The oldest article is forgotten for a new one. */
static int fp_article_check(struct fp *fp, const char *key, int rate)
{
	struct fp_article *article = fp_article_find(fp, key);

	if (!article) {
		article = &fp->articles[fp->articles_next++ % FP_ARTICLES_MAX];
		*article = (struct fp_article){ .rate = rate };
		memcpy(article->key, key, strlen(key) + 1);
	}
	if (rate > article->rate && article->lowered)
		return FP_ERROR_RATE_LOCKED;
	article->lowered |= rate < article->rate;
	article->rate = rate;
	return FP_OK;
}

/* Fields rp, rw and rd on a base; *out_after is what is left of it. */
int fp_sale_discount(const struct fp_request *request, int64_t base,
		     int64_t *out_after)
{
	bool percent = fp_request_find(request, "rp");
	int64_t part = fp_field_number(request, "rp", 0);
	int64_t amount = fp_field_number(request, "rw", 0);
	bool markup = !fp_field_flag(request, "rd", true);

	if (base <= 0)
		return FP_ERROR_DISCOUNT_BASE;
	if (part > FP_PERCENT_MAX)
		return FP_ERROR_DISCOUNT_VALUE;
	if (percent) {
		int64_t own = markup ? fp_money_round(base, part, 10000)
				     : base - fp_money_round(base, 10000 - part,
							     10000);

		if (fp_request_find(request, "rw") && own != amount)
			return FP_ERROR_CHECK_DISCOUNT;
		amount = own;
	}
	if (!amount)
		return FP_ERROR_ZERO_DISCOUNT;
	if (!markup && amount > base)
		return FP_ERROR_DISCOUNT_RESULT;
	*out_after = markup ? base + amount : base - amount;
	return FP_OK;
}

static int fp_sale_read_rate(const struct fp *fp,
			     const struct fp_request *request,
			     struct fp_goods *goods)
{
	int64_t rate = fp_field_number(request, "vt", 0);

	if (rate >= FP_RATES)
		return FP_ERROR_RATE;
	if (fp->vat[rate] == FP_RATE_UNUSED)
		return FP_ERROR_RATE_INACTIVE;
	goods->rate = (int)rate;
	return FP_OK;
}

static int fp_sale_read_total(const struct fp_request *request,
			      struct fp_goods *goods)
{
	int64_t total;

	goods->price = fp_field_number(request, "pr", 0);
	goods->quantity = fp_field_quantity(request, "il");
	if (!goods->price)
		return FP_ERROR_PRICE;
	if (!goods->quantity)
		return FP_ERROR_QUANTITY;
	if (!fp_money_line(goods->price, goods->quantity, &total))
		return FP_ERROR_TOTAL;
	if (fp_field_number(request, "wa", total) != total)
		return FP_ERROR_CHECK_LINE;
	if (!total)
		return FP_ERROR_ZERO_TOTAL;
	goods->amount = total;
	return FP_OK;
}

static int fp_sale_read(const struct fp *fp, const struct fp_request *request,
			struct fp_sale *sale)
{
	struct fp_goods *goods = &sale->goods;
	int64_t after;
	int error = fp_sale_read_rate(fp, request, goods);

	if (!error)
		error = fp_sale_read_total(request, goods);
	if (error)
		return error;
	fp_name_fold(fp, fp_field_text(request, "na"), goods->key);
	if (!goods->key[0])
		return FP_ERROR_NAME;
	sale->undo = fp_field_flag(request, "st", false);
	if (!fp_request_find(request, "rp") && !fp_request_find(request, "rw"))
		return FP_OK;
	error = fp_sale_discount(request, goods->amount, &after);
	if (error)
		return error;
	sale->discount = goods->amount - after;
	goods->amount = after;
	return FP_OK;
}

static struct fp_goods *fp_goods_find(struct fp_receipt *receipt,
				      const struct fp_goods *like)
{
	for (size_t i = 0; i < receipt->lines; i++) {
		struct fp_goods *goods = &receipt->goods[i];

		if (goods->rate == like->rate && goods->price == like->price &&
		    !strcmp(goods->key, like->key))
			return goods;
	}
	return NULL;
}

/* A void takes off exactly what it states, from what was sold (3.7). */
static int fp_sale_undo(struct fp_receipt *receipt,
			const struct fp_goods *undone)
{
	struct fp_goods *goods = fp_goods_find(receipt, undone);

	if (!goods || goods->quantity < undone->quantity)
		return FP_ERROR_VOID_QUANTITY;
	if (goods->amount < undone->amount ||
	    receipt->sums[undone->rate] < undone->amount)
		return FP_ERROR_VOID_AMOUNT;
	goods->quantity -= undone->quantity;
	goods->amount -= undone->amount;
	receipt->sums[undone->rate] -= undone->amount;
	return FP_OK;
}

static int fp_sale_add(struct fp *fp, const struct fp_goods *sold)
{
	struct fp_receipt *receipt = &fp->receipt;
	struct fp_goods *goods = fp_goods_find(receipt, sold);
	int error = fp_article_check(fp, sold->key, fp->vat[sold->rate]);

	if (error)
		return error;
	if (fp_money_sum(receipt->sums) + sold->amount > FP_MONEY_MAX)
		return FP_ERROR_TOTAL;
	if (goods) {
		goods->quantity += sold->quantity;
		goods->amount += sold->amount;
	} else if (receipt->lines < FP_LINES_MAX) {
		receipt->goods[receipt->lines++] = *sold;
	} else {
		return FP_ERROR_LINES_FULL;
	}
	receipt->sums[sold->rate] += sold->amount;
	return FP_OK;
}

static void fp_sale_print(const struct fp *fp, const struct fp_request *request,
			  const struct fp_sale *sale)
{
	int64_t amount = sale->goods.amount + sale->discount;

	fp_paper_money(fp, fp_field_text(request, "na"),
		       sale->undo ? -amount : amount);
	if (sale->discount)
		fp_paper_money(fp, fp_field_text(request, "rn"),
			       sale->undo ? sale->discount : -sale->discount);
}

int fp_sale_line(struct fp *fp, const struct fp_request *request,
		 struct buf *out_fields)
{
	struct fp_receipt *receipt = &fp->receipt;
	struct fp_sale sale = { 0 };
	int error;

	(void)out_fields;
	if (receipt->paid || receipt->settled || receipt->footer)
		return FP_ERROR_STATE;
	error = fp_sale_read(fp, request, &sale);
	if (!error)
		error = sale.undo ? fp_sale_undo(receipt, &sale.goods)
				  : fp_sale_add(fp, &sale.goods);
	if (error)
		return error;
	buf_add_format(&receipt->content, "%s %d %lld %lld %lld %d\n",
		       sale.goods.key, sale.goods.rate,
		       (long long)sale.goods.price,
		       (long long)sale.goods.quantity,
		       (long long)sale.goods.amount, sale.undo);
	fp_sale_print(fp, request, &sale);
	return FP_OK;
}
