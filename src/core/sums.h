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
 * Takes them out of a result or of evidence (NULL: there is none), which is
 * changed: "figures", and of "counters", bare or as "before" and "after", those
 * named "cash" or "cash_...". Returns them (new), in the same shape; NULL if
 * there were none. Of {"counters": {"cash": 500, "slips": 7}} there remains
 * {"counters": {"slips": 7}}.
 */
json_t *sums_take(json_t *told);

/* The same of the counters alone. */
json_t *sums_take_counters(json_t *told);

/* A copy of what a device told into a journal entry, under key; its sums into
 * the entry's "blind", beside what is there (which stays as it is). */
void sums_enter(json_t *entry, const char *key, const json_t *told);

#endif
