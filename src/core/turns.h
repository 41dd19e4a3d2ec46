/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns at what tills share: a reader, a display. A till that finds it taken is
 * promised a time. From then on it is kept for that till for TURNS_KEPT_MS, and
 * whoever else takes it meanwhile has to be done by then: so nobody who comes
 * back when told can be kept waiting by one who takes it again and again. When
 * it is let go early, the one who is next may come at once.
 *
 * Pure; times are monotonic ms. Tills are told by their place in a list.
 */
#ifndef TILLD_CORE_TURNS_H
#define TILLD_CORE_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TURNS_KEPT_MS  3000
#define TURNS_SHARE_MS 30000 /* between two promises, at least */
#define TURNS_LEAST_MS 5000  /* no use to take it for less */

struct turns;

struct turns *turns_new(size_t tills);
struct turns *turns_free(struct turns *turns); /* returns NULL */

/* Whether the till may take it now; then out_until is when it has to be done,
 * INT64_MAX if nobody waits. */
bool turns_may_take(const struct turns *turns, size_t till, int64_t now,
		    int64_t *out_until);

/* It may take it; and will be done by ends, at the latest. */
void turns_take(struct turns *turns, size_t till, int64_t ends);
bool turns_is_taken(const struct turns *turns);

/* It is free again. True if there is one who may come at once, out_next: it is
 * kept for that till for TURNS_KEPT_MS. */
bool turns_leave(struct turns *turns, int64_t now, size_t *out_next);

/* While it is free, but not for the till: when it should ask again. */
int64_t turns_opens(const struct turns *turns, size_t till, int64_t now);

/* A time, not before at, that the till could be promised; and the promise. One
 * that was promised before stands, if it is not before at. */
int64_t turns_place(const struct turns *turns, size_t till, int64_t now,
		    int64_t at);
void turns_promise(struct turns *turns, size_t till, int64_t at);

#endif
