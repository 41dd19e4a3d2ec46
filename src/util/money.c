/* SPDX-License-Identifier: Apache-2.0 */
#include "util/money.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ISO 4217, list one: letters, number, and the decimals of the minor unit. */
static const struct money_currency {
	char code[4];
	int number;
	int decimals;
} money_currencies[] = {
	{ "AED", 784, 2 }, { "AFN", 971, 2 }, { "ALL", 8, 2 },
	{ "AMD", 51, 2 },  { "ANG", 532, 2 }, { "AOA", 973, 2 },
	{ "ARS", 32, 2 },  { "AUD", 36, 2 },  { "AWG", 533, 2 },
	{ "AZN", 944, 2 }, { "BAM", 977, 2 }, { "BBD", 52, 2 },
	{ "BDT", 50, 2 },  { "BGN", 975, 2 }, { "BHD", 48, 3 },
	{ "BIF", 108, 0 }, { "BMD", 60, 2 },  { "BND", 96, 2 },
	{ "BOB", 68, 2 },  { "BOV", 984, 2 }, { "BRL", 986, 2 },
	{ "BSD", 44, 2 },  { "BTN", 64, 2 },  { "BWP", 72, 2 },
	{ "BYN", 933, 2 }, { "BZD", 84, 2 },  { "CAD", 124, 2 },
	{ "CDF", 976, 2 }, { "CHE", 947, 2 }, { "CHF", 756, 2 },
	{ "CHW", 948, 2 }, { "CLF", 990, 2 }, { "CLP", 152, 0 },
	{ "CNY", 156, 2 }, { "COP", 170, 2 }, { "COU", 970, 2 },
	{ "CRC", 188, 2 }, { "CUC", 931, 2 }, { "CUP", 192, 2 },
	{ "CVE", 132, 2 }, { "CZK", 203, 2 }, { "DJF", 262, 0 },
	{ "DKK", 208, 2 }, { "DOP", 214, 2 }, { "DZD", 12, 2 },
	{ "EGP", 818, 2 }, { "ERN", 232, 2 }, { "ETB", 230, 2 },
	{ "EUR", 978, 2 }, { "FJD", 242, 2 }, { "FKP", 238, 2 },
	{ "GBP", 826, 2 }, { "GEL", 981, 2 }, { "GHS", 936, 2 },
	{ "GIP", 292, 2 }, { "GMD", 270, 2 }, { "GNF", 324, 0 },
	{ "GTQ", 320, 2 }, { "GYD", 328, 2 }, { "HKD", 344, 2 },
	{ "HNL", 340, 2 }, { "HRK", 191, 2 }, { "HTG", 332, 2 },
	{ "HUF", 348, 2 }, { "IDR", 360, 2 }, { "ILS", 376, 2 },
	{ "INR", 356, 2 }, { "IQD", 368, 3 }, { "IRR", 364, 2 },
	{ "ISK", 352, 0 }, { "JMD", 388, 2 }, { "JOD", 400, 3 },
	{ "JPY", 392, 0 }, { "KES", 404, 2 }, { "KGS", 417, 2 },
	{ "KHR", 116, 2 }, { "KMF", 174, 0 }, { "KPW", 408, 2 },
	{ "KRW", 410, 0 }, { "KWD", 414, 3 }, { "KYD", 136, 2 },
	{ "KZT", 398, 2 }, { "LAK", 418, 2 }, { "LBP", 422, 2 },
	{ "LKR", 144, 2 }, { "LRD", 430, 2 }, { "LSL", 426, 2 },
	{ "LYD", 434, 3 }, { "MAD", 504, 2 }, { "MDL", 498, 2 },
	{ "MGA", 969, 2 }, { "MKD", 807, 2 }, { "MMK", 104, 2 },
	{ "MNT", 496, 2 }, { "MOP", 446, 2 }, { "MRU", 929, 2 },
	{ "MUR", 480, 2 }, { "MVR", 462, 2 }, { "MWK", 454, 2 },
	{ "MXN", 484, 2 }, { "MXV", 979, 2 }, { "MYR", 458, 2 },
	{ "MZN", 943, 2 }, { "NAD", 516, 2 }, { "NGN", 566, 2 },
	{ "NIO", 558, 2 }, { "NOK", 578, 2 }, { "NPR", 524, 2 },
	{ "NZD", 554, 2 }, { "OMR", 512, 3 }, { "PAB", 590, 2 },
	{ "PEN", 604, 2 }, { "PGK", 598, 2 }, { "PHP", 608, 2 },
	{ "PKR", 586, 2 }, { "PLN", 985, 2 }, { "PYG", 600, 0 },
	{ "QAR", 634, 2 }, { "RON", 946, 2 }, { "RSD", 941, 2 },
	{ "RUB", 643, 2 }, { "RWF", 646, 0 }, { "SAR", 682, 2 },
	{ "SBD", 90, 2 },  { "SCR", 690, 2 }, { "SDG", 938, 2 },
	{ "SEK", 752, 2 }, { "SGD", 702, 2 }, { "SHP", 654, 2 },
	{ "SLE", 925, 2 }, { "SLL", 694, 2 }, { "SOS", 706, 2 },
	{ "SRD", 968, 2 }, { "SSP", 728, 2 }, { "STN", 930, 2 },
	{ "SVC", 222, 2 }, { "SYP", 760, 2 }, { "SZL", 748, 2 },
	{ "THB", 764, 2 }, { "TJS", 972, 2 }, { "TMT", 934, 2 },
	{ "TND", 788, 3 }, { "TOP", 776, 2 }, { "TRY", 949, 2 },
	{ "TTD", 780, 2 }, { "TWD", 901, 2 }, { "TZS", 834, 2 },
	{ "UAH", 980, 2 }, { "UGX", 800, 0 }, { "USD", 840, 2 },
	{ "USN", 997, 2 }, { "UYI", 940, 2 }, { "UYU", 858, 2 },
	{ "UYW", 927, 2 }, { "UZS", 860, 2 }, { "VED", 926, 2 },
	{ "VES", 928, 2 }, { "VND", 704, 0 }, { "VUV", 548, 0 },
	{ "WST", 882, 2 }, { "XAF", 950, 0 }, { "XCD", 951, 2 },
	{ "XOF", 952, 0 }, { "XPF", 953, 0 }, { "YER", 886, 2 },
	{ "ZAR", 710, 2 }, { "ZMW", 967, 2 }, { "ZWL", 932, 2 },
};

#define MONEY_CURRENCIES \
	(sizeof(money_currencies) / sizeof(money_currencies[0]))

static const struct money_currency *money_currency(const char *code)
{
	for (size_t i = 0; code && i < MONEY_CURRENCIES; i++)
		if (!strcmp(money_currencies[i].code, code))
			return &money_currencies[i];
	return NULL;
}

int money_decimals(const char *currency)
{
	const struct money_currency *row = money_currency(currency);

	return row ? row->decimals : 2;
}

int money_number(const char *currency)
{
	const struct money_currency *row = money_currency(currency);

	if (row)
		return row->number;
	return currency && strlen(currency) == 3 &&
			       strspn(currency, "0123456789") == 3
		       ? (int)strtol(currency, NULL, 10)
		       : MONEY_NO_CURRENCY;
}

const char *money_code(int64_t number)
{
	for (size_t i = 0; i < MONEY_CURRENCIES; i++)
		if (money_currencies[i].number == number)
			return money_currencies[i].code;
	return NULL;
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
