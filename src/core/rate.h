/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often somebody may do something: a bucket of tokens per subject, filled
 * at a steady rate. Holds a bounded number of subjects and forgets the one
 * that was quiet longest.
 */
#ifndef TILLD_CORE_RATE_H
#define TILLD_CORE_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct rates;

/* burst tokens at first, and one more every interval_ms. */
struct rates *rates_new(int burst, int64_t interval_ms);
struct rates *rates_free(struct rates *rates); /* returns NULL */

/* Takes a token of the subject's; false, with the time until there is one, if
 * it has none left. now is monotonic. */
bool rates_take(struct rates *rates, const char *subject, int64_t now,
		int64_t *out_wait_ms);

#endif
