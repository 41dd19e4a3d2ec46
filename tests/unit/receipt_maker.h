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

/*
 * What a driver tells of a document that is done, held against what it has to
 * be (as maker_json): the name of the first field that is something else, or
 * that is missing where whole says that all of them are known; or NULL.
 */
const char *maker_told(const json_t *result, const char *expected, bool whole);

#endif
