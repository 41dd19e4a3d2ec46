/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts for tests, out of JSON with ' for ", and at random. */
#ifndef TILLD_TESTS_RECEIPT_MAKER_H
#define TILLD_TESTS_RECEIPT_MAKER_H

#include "device/receipt_sums.h"

/* {'lines': [...]}; fails the test where it is no receipt. */
struct receipt *maker_receipt(const char *text);
/* The same as JSON. New. */
json_t *maker_json(const char *text);

/* What the simulator's printer takes (docs/protocols.md 3.12: 23, 8, 5, 0 and
 * three that are not in use). */
extern const struct receipt_rules maker_rules;

/* A body at random: most of them good, some that a printer refuses. New. */
json_t *maker_random(unsigned int *seed);

#endif
