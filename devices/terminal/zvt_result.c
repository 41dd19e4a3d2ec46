/* SPDX-License-Identifier: Apache-2.0 */
/* What the terminal told, as the API has it: see docs/drivers.md. */
#include "terminal/zvt_private.h"

#include "util/json.h"
#include "util/money.h"

#include <stdio.h>

static void zvt_result_put_text(json_t *result, const char *key,
				struct cursor text, const char *page)
{
	struct buf utf8 = BUF_INIT(1024);

	zvt_text_add(&utf8, text, page);
	while (utf8.len && utf8.data[utf8.len - 1] == ' ')
		utf8.data[--utf8.len] = '\0';
	if (utf8.len)
		json_put_text(result, key, buf_text(&utf8));
	buf_free(&utf8);
}

static void zvt_result_put_number(json_t *result, const char *key,
				  int64_t number)
{
	if (number >= 0)
		json_put_int(result, key, number);
}

/* A number as text with a fixed count of digits. */
static void zvt_result_put_digits(json_t *result, const char *key,
				  int64_t number, int digits)
{
	char text[24];

	snprintf(text, sizeof(text), "%0*lld", digits, (long long)number);
	if (number >= 0)
		json_put_text(result, key, text);
}

static void zvt_result_put_moment(json_t *result,
				  const struct zvt_numbers *numbers)
{
	int date = (int)numbers->date, time = (int)numbers->time;
	char text[16];

	if (date >= 0) {
		snprintf(text, sizeof(text), "%02d-%02d", date / 100,
			 date % 100);
		json_put_text(result, "date", text);
	}
	if (time >= 0) {
		snprintf(text, sizeof(text), "%02d:%02d:%02d", time / 10000,
			 time / 100 % 100, time % 100);
		json_put_text(result, "time", text);
	}
}

static void zvt_result_put_card(json_t *result, const struct zvt_info *info,
				const char *page)
{
	json_t *card = json_make();

	zvt_result_put_text(card, "name", info->card_name, page);
	if (!json_text(card, "name"))
		json_put_text(card, "name", zvt_text_card(info->card_type));
	if (info->card[0])
		json_put_text(card, "number", info->card);
	if (json_object_size(card))
		json_put(result, "card", json_incref(card));
	json_decref(card);
}

/* The terminal's own code and, unless it told it in its own, its meaning. */
void zvt_result_put_code(json_t *result, int64_t code)
{
	char text[3];

	if (code < 0)
		return;
	snprintf(text, sizeof(text), "%02X", (unsigned int)code & 0xff);
	json_put_text(result, "code", text);
	if (!json_text(result, "text") && code)
		json_put_text(result, "text", zvt_text_result((uint8_t)code));
}

/* 1F10, 1F12: what the slip is worth, and whether it has to be signed. */
static void zvt_result_put_kind(json_t *result, const struct zvt_info *info)
{
	static const char *const verified[] = {
		"none",
		"signature",
		"pin",
		"pin",
		"pin",
		"pin-and-signature",
		"pin-and-signature",
		"pin-and-signature",
	};
	static const char *const entries[] = { "stripe", "chip",
					       "contactless" };
	int by = zvt_info_kind(info, 0x1f10), how = zvt_info_kind(info, 0x1f12);

	if (by >= 0 && by < (int)(sizeof(verified) / sizeof(*verified))) {
		json_put_text(result, "verification", verified[by]);
		if (by == 1 || by > 4)
			json_put_bool(result, "signature", true);
	}
	if (how >= 0 && how < (int)(sizeof(entries) / sizeof(*entries)))
		json_put_text(result, "entry", entries[how]);
}

/* 5.4: what the terminal has closed. */
static void zvt_result_put_totals(json_t *result, const struct zvt_info *info)
{
	static const char *const names[ZVT_TOTALS] = {
		"girocard", "JCB",	   "Mastercard", "American Express",
		"Visa",	    "Diners Club", "others"
	};
	struct zvt_totals totals;
	json_t *cards;

	if (!zvt_totals_read(info->totals, &totals))
		return;
	json_put_int(result, "first_receipt", totals.first);
	json_put_int(result, "last_receipt", totals.last);
	cards = json_array();
	for (size_t i = 0; i < ZVT_TOTALS; i++) {
		json_t *card = json_make();

		json_put_text(card, "name", names[i]);
		json_put_int(card, "count", totals.parts[i].count);
		json_put_int(card, "amount", totals.parts[i].sum);
		if (totals.parts[i].count)
			json_array_append(cards, card);
		json_decref(card);
	}
	json_put(result, "cards", cards);
}

/* "EUR", as everywhere; digits, if it has no letters that are known. */
static void zvt_result_put_currency(json_t *result, int64_t number)
{
	const char *code = money_code(number);

	if (code)
		json_put_text(result, "currency", code);
	else
		zvt_result_put_digits(result, "currency", number, 3);
}

json_t *zvt_result_make(const struct zvt_state *state,
			const struct zvt_info *info)
{
	const struct zvt_numbers *numbers = &info->numbers;
	const char *page = state->settings.page;
	json_t *result = json_make();

	zvt_result_put_number(result, "amount", numbers->amount);
	zvt_result_put_currency(result, numbers->currency);
	zvt_result_put_number(result, "receipt", numbers->receipt);
	zvt_result_put_number(result, "trace", numbers->trace);
	zvt_result_put_number(result, "original_trace", numbers->original);
	zvt_result_put_digits(result, "terminal", numbers->terminal, 8);
	zvt_result_put_card(result, info, page);
	zvt_result_put_text(result, "authorization", info->authorization, page);
	zvt_result_put_moment(result, numbers);
	zvt_result_put_number(result, "tip", numbers->tip);
	if (info->converted)
		json_put_bool(result, "converted", true);
	zvt_result_put_kind(result, info);
	zvt_result_put_totals(result, info);
	zvt_result_put_text(result, "text", info->text, page);
	zvt_result_put_code(result, numbers->result);
	return result;
}
