/* SPDX-License-Identifier: Apache-2.0 */
/* What a person reads: 42 columns, in UTF-8. */
#include "sim/datecs_model.h"

#include "util/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ISL_COLUMNS  42
#define ISL_LINE_MAX 512

/* Texts come in Windows-1251 (4.5). */
static void isl_paper_pair(const struct isl *isl, const char *left,
			   const char *right)
{
	struct buf line = BUF_INIT(ISL_LINE_MAX);
	size_t width;

	text_from_page(left, strlen(left), "CP1251", &line);
	width = text_length(buf_text(&line)) + strlen(right);
	do
		buf_add_byte(&line, ' ');
	while (++width < ISL_COLUMNS);
	buf_add_text(&line, right);
	isl->model.host.show(isl->model.host.arg, buf_text(&line));
	buf_free(&line);
}

void isl_paper_text(const struct isl *isl, const char *text)
{
	struct buf line = BUF_INIT(ISL_LINE_MAX);

	text_from_page(text, strlen(text), "CP1251", &line);
	isl->model.host.show(isl->model.host.arg, buf_text(&line));
	buf_free(&line);
}

void isl_paper_title(const struct isl *isl, const char *title)
{
	kit_show(&isl->model.host, "%*s",
		 (int)(ISL_COLUMNS + strlen(title)) / 2, title);
}

void isl_paper_money(const struct isl *isl, const char *left, int64_t amount)
{
	struct buf right = BUF_INIT(ISL_LINE_MAX);

	isl_put_money(&right, amount);
	isl_paper_pair(isl, left, buf_text(&right));
	buf_free(&right);
}

void isl_paper_number(const struct isl *isl, const char *left, int64_t number)
{
	char right[32];

	snprintf(right, sizeof(right), "%" PRId64, number);
	isl_paper_pair(isl, left, right);
}

void isl_paper_stamp(const struct isl *isl, int64_t at)
{
	struct kit_time time = kit_time_split(at);
	char left[24], right[24];

	snprintf(left, sizeof(left), "%02d-%02d-%04d", time.day, time.month,
		 time.year);
	snprintf(right, sizeof(right), "%02d:%02d:%02d", time.hour, time.minute,
		 time.second);
	isl_paper_pair(isl, left, right);
}

void isl_paper_day(const struct isl *isl, const struct isl_day *day)
{
	char left[] = "Turnover A";

	for (int i = 0; i < ISL_TAXES; i++) {
		left[sizeof(left) - 2] = (char)('A' + i);
		if (day->tax[i])
			isl_paper_money(isl, left, day->tax[i]);
	}
	isl_paper_money(isl, "Total", isl_book_sum(day->tax));
	isl_paper_number(isl, "Receipts", day->receipts);
	isl_paper_number(isl, "Annulled", day->annulled);
	isl_paper_money(isl, "Cash in", day->in);
	isl_paper_money(isl, "Cash out", day->out);
}
