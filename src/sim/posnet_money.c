/* SPDX-License-Identifier: Apache-2.0 */
/* The printer's arithmetic (protocol text 3.8), all in grosz, half up. */
#include "sim/posnet_model.h"

__extension__ typedef __int128 fp_wide;

/* value * by / of, rounded half up; wide enough for money times quantity. */
int64_t fp_money_round(int64_t value, int64_t by, int64_t of)
{
	fp_wide product = (fp_wide)value * (fp_wide)by;

	product += (fp_wide)of / 2;
	return (int64_t)(product / (fp_wide)of);
}

/* The tax within a gross sum; exempt and unused rates hold none. */
int64_t fp_money_vat(int64_t gross, int rate)
{
	if (rate >= FP_RATE_EXEMPT)
		return 0;
	return fp_money_round(gross, rate, 10000 + rate);
}

/* false where the product is more than the printer can hold */
bool fp_money_line(int64_t price, int64_t quantity, int64_t *out_total)
{
	fp_wide product = (fp_wide)price * (fp_wide)quantity;

	if (product / (fp_wide)FP_QUANTITY_ONE > (fp_wide)FP_MONEY_MAX)
		return false;
	*out_total = fp_money_round(price, quantity, FP_QUANTITY_ONE);
	return true;
}

int64_t fp_money_sum(const int64_t sums[FP_RATES])
{
	int64_t total = 0;

	for (int i = 0; i < FP_RATES; i++)
		total += sums[i];
	return total;
}

/*
 * Each rate takes its share rounded down; the remainders are carried on, and
 * the rate where they make up a whole grosz gets it.
 */
void fp_money_spread(int64_t sums[FP_RATES], int64_t total)
{
	fp_wide before = (fp_wide)fp_money_sum(sums);
	fp_wide rest = 0;

	for (int i = 0; i < FP_RATES; i++) {
		fp_wide share = (fp_wide)sums[i] * (fp_wide)total;

		sums[i] = (int64_t)(share / before);
		rest += share % before;
		if (rest >= before) {
			sums[i]++;
			rest -= before;
		}
	}
}
