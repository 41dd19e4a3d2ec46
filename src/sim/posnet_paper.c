/* SPDX-License-Identifier: Apache-2.0 */
/* What a person reads: 40 columns, in UTF-8 whatever the code page. */
#include "sim/posnet_model.h"

#include "util/text.h"

#include <stdio.h>
#include <string.h>

#define FP_COLUMNS  40
#define FP_LINE_MAX 512

/* iconv has no Mazovia: its Polish letters (3.6), the rest is a blank. */
static const struct {
	uint8_t code;
	const char *letter;
} fp_mazovia[] = {
	{ 0x8f, "Ą" }, { 0x95, "Ć" }, { 0x90, "Ę" }, { 0x9c, "Ł" },
	{ 0xa5, "Ń" }, { 0xa3, "Ó" }, { 0x98, "Ś" }, { 0xa0, "Ź" },
	{ 0xa1, "Ż" }, { 0x86, "ą" }, { 0x8d, "ć" }, { 0x91, "ę" },
	{ 0x92, "ł" }, { 0xa4, "ń" }, { 0xa2, "ó" }, { 0x9e, "ś" },
	{ 0xa6, "ź" }, { 0xa7, "ż" },
};

static const char *fp_mazovia_find(uint8_t code)
{
	for (size_t i = 0; i < sizeof(fp_mazovia) / sizeof(*fp_mazovia); i++)
		if (fp_mazovia[i].code == code)
			return fp_mazovia[i].letter;
	return " ";
}

static void fp_paper_decode(const struct fp *fp, const char *text,
			    struct buf *out)
{
	if (fp->page) {
		text_from_page(text, strlen(text), fp->page, out);
		return;
	}
	for (; *text; text++) {
		uint8_t code = (uint8_t)*text;

		if (code < 0x80)
			buf_add_byte(out, code);
		else
			buf_add_text(out, fp_mazovia_find(code));
	}
}

void fp_paper_text(const struct fp *fp, const char *text)
{
	struct buf line = BUF_INIT(FP_LINE_MAX);

	fp_paper_decode(fp, text, &line);
	fp->model.host.show(fp->model.host.arg, buf_text(&line));
	buf_free(&line);
}

void fp_paper_line(const struct fp *fp, const char *left, const char *right)
{
	struct buf line = BUF_INIT(FP_LINE_MAX), end = BUF_INIT(FP_LINE_MAX);
	size_t width;

	fp_paper_decode(fp, left, &line);
	fp_paper_decode(fp, right, &end);
	width = text_length(buf_text(&line)) + text_length(buf_text(&end));
	do
		buf_add_byte(&line, ' ');
	while (++width < FP_COLUMNS);
	buf_add_text(&line, buf_text(&end));
	fp->model.host.show(fp->model.host.arg, buf_text(&line));
	buf_free(&line);
	buf_free(&end);
}

void fp_paper_money(const struct fp *fp, const char *left, int64_t amount)
{
	char right[32];

	snprintf(right, sizeof(right), "%s%lld,%02lld", amount < 0 ? "-" : "",
		 (long long)(amount < 0 ? -amount : amount) / 100,
		 (long long)(amount < 0 ? -amount : amount) % 100);
	fp_paper_line(fp, left, right);
}

static void fp_paper_number(const struct fp *fp, const char *left,
			    int64_t number)
{
	char right[32];

	snprintf(right, sizeof(right), "%lld", (long long)number);
	fp_paper_line(fp, left, right);
}

static void fp_paper_stamp(const struct fp *fp, int64_t at)
{
	struct kit_time time = kit_time_split(at);
	char left[24], right[24];

	snprintf(left, sizeof(left), "%04d-%02d-%02d", time.year, time.month,
		 time.day);
	snprintf(right, sizeof(right), "%02d:%02d", time.hour, time.minute);
	fp_paper_line(fp, left, right);
}

void fp_paper_title(const struct fp *fp, const char *title)
{
	kit_show(&fp->model.host, "%*s", (int)(FP_COLUMNS + strlen(title)) / 2,
		 title);
}

void fp_paper_sums(const struct fp *fp, const int64_t sums[FP_RATES])
{
	for (int i = 0; i < FP_RATES; i++) {
		int rate = fp->vat[i];
		char left[40];

		if (!sums[i])
			continue;
		snprintf(left, sizeof(left), "Sprzed. opod. PTU %c", 'A' + i);
		fp_paper_money(fp, left, sums[i]);
		if (rate >= FP_RATE_EXEMPT)
			continue;
		snprintf(left, sizeof(left), "Kwota %c %02d,%02d%%", 'A' + i,
			 rate / 100, rate % 100);
		fp_paper_money(fp, left, fp_money_vat(sums[i], rate));
	}
}

void fp_paper_receipt(const struct fp *fp)
{
	const struct fp_receipt *receipt = &fp->receipt;

	fp_paper_sums(fp, receipt->sums);
	fp_paper_money(fp, "SUMA PLN", fp_money_sum(receipt->sums));
	fp_paper_money(fp, "ZAPLACONO", receipt->paid);
	if (receipt->change)
		fp_paper_money(fp, "RESZTA", receipt->change);
	fp_paper_number(fp, "PARAGON NR", fp->counters.last);
	fp_paper_stamp(fp, fp_book_now(fp));
}

void fp_paper_daily(const struct fp *fp, const struct fp_record *record)
{
	const struct fp_day *day = &record->day;

	fp_paper_title(fp, "RAPORT FISKALNY DOBOWY");
	fp_paper_number(fp, "Raport nr", record->number);
	fp_paper_stamp(fp, record->at);
	fp_paper_sums(fp, day->sums);
	fp_paper_money(fp, "LACZNA NALEZNOSC", fp_money_sum(day->sums));
	fp_paper_number(fp, "Paragony", day->receipts);
	fp_paper_number(fp, "Paragony anulowane", day->cancelled);
	fp_paper_money(fp, "Kwota anulowanych", day->cancelled_sum);
	fp_paper_number(fp, "Wydruki niefiskalne", day->plain);
}
