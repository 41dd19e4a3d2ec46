/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts as people write them, and as the API has them: whole minor units.
 * Digits only, never floating point. */
#ifndef TILLD_UTIL_MONEY_H
#define TILLD_UTIL_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MONEY_MAX	999999999999 /* twelve digits, as card terminals have */
#define MONEY_TEXT_SIZE 32

#define MONEY_NO_CURRENCY (-1)

/* Decimals of a currency's minor unit (ISO 4217): 0, 2 or 3; 2 of one that is
 * not known. */
int money_decimals(const char *currency);

/* "EUR" is 978 (ISO 4217), and so is "978", which is how a terminal tells one
 * that has no letters here: MONEY_NO_CURRENCY if it is neither; and back from a
 * number, NULL if it is not known. */
int money_number(const char *currency);
const char *money_code(int64_t number);

/*
 * "12.34", "12.3", "12": digits, and at most so many of them behind a point.
 * NULL and the amount, 1 to MONEY_MAX; else a sentence that says what is wrong,
 * and out_amount is left alone.
 */
const char *money_parse(const char *text, int decimals, int64_t *out_amount);

/* The same for cash that was counted, of which there may be none: from 0. */
const char *money_parse_count(const char *text, int decimals,
			      int64_t *out_amount);

/* "12.34 EUR"; the currency may be NULL, and then two decimals are taken. */
void money_format(int64_t amount, const char *currency,
		  char out_text[MONEY_TEXT_SIZE]);

/*
 * Exact sums, from -MONEY_MAX to MONEY_MAX; false beyond that, whatever the
 * parts are, and then out_sum is left alone.
 */
bool money_add(int64_t amount, int64_t more, int64_t *out_sum);
bool money_subtract(int64_t amount, int64_t less, int64_t *out_difference);

#endif
