/* SPDX-License-Identifier: Apache-2.0 */
#include "util/money.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* ISO 4217, list one: the currencies whose minor unit is not a hundredth. */
static const struct money_exception {
	const char *currency;
	int decimals;
} money_exceptions[] = {
	{ "BHD", 3 }, { "BIF", 0 }, { "CLP", 0 }, { "DJF", 0 }, { "GNF", 0 },
	{ "IQD", 3 }, { "ISK", 0 }, { "JOD", 3 }, { "JPY", 0 }, { "KMF", 0 },
	{ "KRW", 0 }, { "KWD", 3 }, { "LYD", 3 }, { "OMR", 3 }, { "PYG", 0 },
	{ "RWF", 0 }, { "TND", 3 }, { "UGX", 0 }, { "VND", 0 }, { "VUV", 0 },
	{ "XAF", 0 }, { "XOF", 0 }, { "XPF", 0 },
};

int money_decimals(const char *currency)
{
	size_t count = sizeof(money_exceptions) / sizeof(money_exceptions[0]);

	for (size_t i = 0; currency && i < count; i++)
		if (!strcmp(money_exceptions[i].currency, currency))
			return money_exceptions[i].decimals;
	return 2;
}

/* Past the largest amount it stays there, one too large. */
static int64_t money_append(int64_t amount, int digit)
{
	return amount > MONEY_MAX ? amount : amount * 10 + digit;
}

static bool money_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

const char *money_parse_count(const char *text, int decimals,
			      int64_t *out_amount)
{
	int64_t amount = 0;
	int behind = 0;

	if (!money_is_digit(*text))
		return "An amount is written like 12.34, without a sign.";
	for (; money_is_digit(*text); text++)
		amount = money_append(amount, *text - '0');
	if (*text == '.' && !money_is_digit(text[1]))
		return "There are no digits behind the point.";
	if (*text == '.')
		for (text++; money_is_digit(*text); text++, behind++)
			amount = money_append(amount, *text - '0');
	if (*text)
		return "An amount is written like 12.34: digits and one point.";
	if (behind > decimals)
		return decimals ? "There are too many digits behind the point."
				: "This currency has nothing behind the point.";
	for (; behind < decimals; behind++)
		amount = money_append(amount, 0);
	if (amount > MONEY_MAX)
		return "The amount is too large.";
	*out_amount = amount;
	return NULL;
}

const char *money_parse(const char *text, int decimals, int64_t *out_amount)
{
	int64_t amount;
	const char *fault = money_parse_count(text, decimals, &amount);

	if (fault)
		return fault;
	if (!amount)
		return "The amount has to be more than nothing.";
	*out_amount = amount;
	return NULL;
}

void money_format(int64_t amount, const char *currency,
		  char out_text[MONEY_TEXT_SIZE])
{
	int decimals = money_decimals(currency);
	uint64_t whole = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
	uint64_t unit = 1;
	const char *name = currency ? currency : "";
	const char *gap = currency ? " " : "";

	for (int i = 0; i < decimals; i++)
		unit *= 10;
	if (decimals)
		snprintf(out_text, MONEY_TEXT_SIZE,
			 "%s%" PRIu64 ".%0*" PRIu64 "%s%.3s",
			 amount < 0 ? "-" : "", whole / unit, decimals,
			 whole % unit, gap, name);
	else
		snprintf(out_text, MONEY_TEXT_SIZE, "%s%" PRIu64 "%s%.3s",
			 amount < 0 ? "-" : "", whole, gap, name);
}

static bool money_keep(bool overflowed, int64_t amount, int64_t *out_amount)
{
	if (overflowed || amount > MONEY_MAX || amount < -MONEY_MAX)
		return false;
	*out_amount = amount;
	return true;
}

bool money_add(int64_t amount, int64_t more, int64_t *out_sum)
{
	int64_t sum;
	bool overflowed = __builtin_add_overflow(amount, more, &sum);

	return money_keep(overflowed, sum, out_sum);
}

bool money_subtract(int64_t amount, int64_t less, int64_t *out_difference)
{
	int64_t difference;
	bool overflowed = __builtin_sub_overflow(amount, less, &difference);

	return money_keep(overflowed, difference, out_difference);
}
