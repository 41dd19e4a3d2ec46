/* SPDX-License-Identifier: Apache-2.0 */
/* Cash, drawer, cashier, forms: nothing fiscal (protocol text 3.7). */
#include "sim/posnet_model.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define FP_FORM_SUPER	    200
#define FP_FORM_WIDE	    201
#define FP_FORM_LINE_FREE   711
#define FP_FORM_WIDTH	    38
#define FP_FORM_WIDE_WIDTH  54
#define FP_FORM_HEADER_NAME 84

int fp_plain_goods_return(struct fp *fp, const struct fp_request *request,
			  struct buf *out_fields)
{
	int64_t amount = fp_field_number(request, "kw", 0);

	(void)out_fields;
	fp_paper_money(fp, "ZWROT TOWARU", amount);
	fp_book_plain(fp, "goods return", amount);
	return FP_OK;
}

/* Out of range both ways the state is changed and an error told (3.7). */
static int fp_plain_move_cash(struct fp *fp, int64_t amount)
{
	int64_t cash = fp->cash + amount;

	if (cash < 0) {
		fp->cash = 0;
		return FP_ERROR_CASH_BELOW_ZERO;
	}
	if (cash > FP_TOTAL_MAX) {
		fp->cash = cash - FP_TOTAL_MAX;
		return FP_ERROR_CASH_OVERFLOW;
	}
	fp->cash = cash;
	return FP_OK;
}

int fp_plain_cash(struct fp *fp, const struct fp_request *request,
		  struct buf *out_fields)
{
	int64_t amount = fp_field_number(request, "kw", 0);
	bool in = fp_field_flag(request, "wp", true);
	int error = fp_plain_move_cash(fp, in ? amount : -amount);

	(void)out_fields;
	if (error)
		return error;
	fp_paper_money(fp, in ? "WPLATA" : "WYPLATA", amount);
	fp_book_plain(fp, in ? "cash in" : "cash out", amount);
	return FP_OK;
}

/* Out of the protected memory: counts as no printout (3.7). */
int fp_plain_copy(struct fp *fp, const struct fp_request *request,
		  struct buf *out_fields)
{
	int64_t count = fp_field_number(request, "no", 0);

	(void)out_fields;
	if (count < 1 || count > 9)
		return FP_ERROR_PARAMETER;
	if (count > fp->documents_count)
		return FP_ERROR_NO_DOCUMENT;
	fp->copies += count;
	fp_paper_title(fp, "WYDRUK Z PAMIECI CHRONIONEJ");
	return FP_OK;
}

int fp_plain_drawer(struct fp *fp, const struct fp_request *request,
		    struct buf *out_fields)
{
	(void)request;
	(void)out_fields;
	if (fp->drawer_stuck)
		return FP_OK;
	fp->drawer_open = true;
	fp->drawer_openings++;
	kit_show(&fp->model.host, "drawer springs open");
	return FP_OK;
}

int fp_plain_feed(struct fp *fp, const struct fp_request *request,
		  struct buf *out_fields)
{
	int64_t lines = fp_field_number(request, "ln", 0);

	(void)out_fields;
	if (lines < 1 || lines > 20)
		return FP_ERROR_PARAMETER;
	while (lines--)
		fp_paper_text(fp, "");
	return FP_OK;
}

static int fp_plain_slip(struct fp *fp, const struct fp_request *request,
			 const char *title)
{
	if (!fp_field_flag(request, "dr", false))
		return FP_OK;
	fp_paper_line(fp, title, fp->cashier);
	fp_book_plain(fp, "cashier", 0);
	return FP_OK;
}

int fp_plain_login(struct fp *fp, const struct fp_request *request,
		   struct buf *out_fields)
{
	(void)out_fields;
	snprintf(fp->cashier, sizeof(fp->cashier), "%s",
		 fp_field_text(request, "na"));
	return fp_plain_slip(fp, request, "KASJER ZALOGOWANY");
}

int fp_plain_logout(struct fp *fp, const struct fp_request *request,
		    struct buf *out_fields)
{
	int error = fp_plain_slip(fp, request, "KASJER WYLOGOWANY");

	(void)out_fields;
	fp->cashier[0] = '\0';
	return error;
}

/* A caption only where the header has room for one. */
static int fp_form_check(const struct fp_request *request, int64_t form,
			 int64_t header)
{
	int64_t captioned = form == FP_FORM_SUPER  ? FP_FORM_HEADER_NAME
			    : form == FP_FORM_WIDE ? 0
						   : -1;

	if (form != FP_FORM_SUPER && form != FP_FORM_WIDE &&
	    (form < 2 || form > 43))
		return FP_ERROR_FORM;
	if ((form == FP_FORM_SUPER && header > 99) ||
	    (form == FP_FORM_WIDE && header > 1))
		return FP_ERROR_FORM_HEADER;
	if (fp_request_find(request, "al") && header != captioned)
		return FP_ERROR_PARAMETER;
	return FP_OK;
}

int fp_plain_form_begin(struct fp *fp, const struct fp_request *request,
			struct buf *out_fields)
{
	int64_t form = fp_field_number(request, "fn", 0);
	int64_t header = fp_field_number(request, "fh", 0);
	int error;

	(void)out_fields;
	if (fp->receipt.open)
		return FP_ERROR_IN_TRANSACTION;
	if (fp->form)
		return FP_ERROR_FORM_STARTED;
	error = fp_form_check(request, form, header);
	if (error)
		return error;
	fp->form = (int)form;
	if (header == FP_FORM_HEADER_NAME)
		fp_paper_title(fp, "DOKUMENT NIEFISKALNY");
	if (fp_request_find(request, "al"))
		fp_paper_text(fp, fp_field_text(request, "al"));
	return FP_OK;
}

static int fp_form_check_open(const struct fp *fp,
			      const struct fp_request *request)
{
	if (!fp->form)
		return FP_ERROR_FORM_NOT_STARTED;
	return fp_field_number(request, "fn", 0) == fp->form ? FP_OK
							     : FP_ERROR_FORM;
}

/* No slip may pass for a receipt. */
static bool fp_form_pretends(const char *text)
{
	return strcasestr(text, "paragon fiskalny") != NULL;
}

static void fp_form_print(const struct fp *fp, const char *text)
{
	char line[128];

	while (*text) {
		size_t len = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		fp_paper_text(fp, line);
		text += len + (text[len] == '\n');
	}
}

int fp_plain_form_line(struct fp *fp, const struct fp_request *request,
		       struct buf *out_fields)
{
	const char *text = fp_field_text(request, "s1");
	int64_t line = fp_field_number(request, "fl", 0);
	size_t width = 2 * FP_FORM_WIDE_WIDTH;
	int error = fp_form_check_open(fp, request);

	(void)out_fields;
	if (error)
		return error;
	if (line > 999)
		return FP_ERROR_FORM_LINE;
	if (fp->form == FP_FORM_SUPER && line == FP_FORM_LINE_FREE)
		width = FP_FORM_WIDTH;
	if (fp->form == FP_FORM_WIDE)
		width = FP_FORM_WIDE_WIDTH;
	if (strlen(text) > width)
		return FP_ERROR_TEXT_SIZE;
	if (fp_form_pretends(text))
		return FP_ERROR_PARAMETER;
	fp_form_print(fp, text);
	return FP_OK;
}

int fp_plain_form_end(struct fp *fp, const struct fp_request *request,
		      struct buf *out_fields)
{
	int error = fp_form_check_open(fp, request);

	(void)out_fields;
	if (error)
		return error;
	fp->form = 0;
	fp_book_plain(fp, "text", 0);
	fp_paper_title(fp, "# NIEFISKALNY #");
	return FP_OK;
}
