/* SPDX-License-Identifier: Apache-2.0 */
#include "core/turns.h"

#include "util/alloc.h"

#include <stdlib.h>

struct turns {
	size_t count;
	bool taken;
	size_t holder; /* while taken */
	int64_t ends;
	int64_t early;	   /* kept for who is next until then */
	int64_t *promised; /* by till; 0: nothing */
};

struct turns *turns_new(size_t tills)
{
	struct turns *turns = ALLOC_NEW(struct turns);

	turns->count = tills;
	turns->promised = alloc_zero(tills, sizeof(*turns->promised));
	return turns;
}

struct turns *turns_free(struct turns *turns)
{
	if (turns)
		free(turns->promised);
	free(turns);
	return NULL;
}

/* --- promises --- */

static bool turns_holds(const struct turns *turns, size_t till, int64_t now)
{
	return turns->promised[till] &&
	       turns->promised[till] + TURNS_KEPT_MS > now;
}

/* The next promise; except: not that till's. False if there is none. */
static bool turns_first(const struct turns *turns, size_t except, int64_t now,
			size_t *out_till)
{
	bool found = false;

	for (size_t i = 0; i < turns->count; i++) {
		if (i == except || !turns_holds(turns, i, now) ||
		    (found && turns->promised[i] >= turns->promised[*out_till]))
			continue;
		*out_till = i;
		found = true;
	}
	return found;
}

/* Whether the reader is kept, at this moment, for that till's promise. */
static bool turns_keeps(const struct turns *turns, size_t till, int64_t now)
{
	return now >= turns->promised[till] || now < turns->early;
}

int64_t turns_place(const struct turns *turns, size_t till, int64_t now,
		    int64_t at)
{
	if (turns_holds(turns, till, now) && turns->promised[till] >= at)
		return turns->promised[till];
	if (turns->taken && turns->ends > at)
		at = turns->ends;
	for (size_t i = 0; i < turns->count; i++)
		if (i != till && turns_holds(turns, i, now) &&
		    turns->promised[i] + TURNS_SHARE_MS > at)
			at = turns->promised[i] + TURNS_SHARE_MS;
	return at;
}

/* Who has it gets no promise before it is done: tills take turns. */
void turns_promise(struct turns *turns, size_t till, int64_t at)
{
	if (!turns->taken || turns->holder != till)
		turns->promised[till] = at;
}

/* --- taking and leaving --- */

bool turns_may_take(const struct turns *turns, size_t till, int64_t now,
		    int64_t *out_until)
{
	int64_t until = INT64_MAX;
	size_t next;

	if (turns->taken)
		return false;
	if (turns_first(turns, till, now, &next)) {
		bool mine = turns_holds(turns, till, now) &&
			    turns->promised[till] < turns->promised[next];

		until = turns->promised[next];
		if (!mine && (turns_keeps(turns, next, now) ||
			      until - now < TURNS_LEAST_MS))
			return false;
	}
	*out_until = until;
	return true;
}

void turns_take(struct turns *turns, size_t till, int64_t ends)
{
	turns->taken = true;
	turns->holder = till;
	turns->ends = ends;
	turns->early = 0;
	turns->promised[till] = 0;
}

bool turns_is_taken(const struct turns *turns)
{
	return turns->taken;
}

bool turns_leave(struct turns *turns, int64_t now, size_t *out_next)
{
	turns->taken = false;
	if (!turns_first(turns, turns->count, now, out_next))
		return false;
	turns->early = now + TURNS_KEPT_MS;
	return true;
}

int64_t turns_opens(const struct turns *turns, size_t till, int64_t now)
{
	int64_t at = now;
	size_t next;

	if (turns_first(turns, till, now, &next)) {
		if (now < turns->early)
			at = turns->early;
		if (now >= turns->promised[next] ||
		    turns->promised[next] - at < TURNS_LEAST_MS)
			at = turns->promised[next] + TURNS_KEPT_MS;
	}
	return at;
}
