/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sums of money among what a fiscal printer tells of itself: its own count
 * of the drawer's cash, and the figures of its day. They are for those who may
 * see the balance (docs/policy.md, X-blind), and stand in the journal under
 * "blind"; its numbers are for everybody.
 */
#ifndef TILLD_CORE_SUMS_H
#define TILLD_CORE_SUMS_H

#include <jansson.h>

/*
 * Takes them out of a result or of evidence, which is changed: "figures", and
 * of "counters", bare or as "before" and "after", those named "cash" or
 * "cash_...". Returns them (new), in the same shape; NULL if there were none.
 */
json_t *sums_take(json_t *told);

/* The same of the counters alone. */
json_t *sums_take_counters(json_t *told);

/* A copy (new) of what a device told, into an entry, its sums apart from it. */
void sums_enter(json_t *entry, const char *key, const json_t *told);

#endif
