/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many small things that live and die together: given out one after the other
 * from large chunks, and freed at once, in a time that hardly depends on how
 * many there are. What is in an arena never moves.
 */
#ifndef TILLD_UTIL_ARENA_H
#define TILLD_UTIL_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_chunk;

/* {0} is an empty one. */
struct arena {
	struct arena_chunk *chunks;
	bool secret; /* wiped before it is freed */
};

/* Zeroed memory, good for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);

/* Copies; never NULL, but a NULL text stays NULL. */
void *arena_copy(struct arena *arena, const void *array, size_t count,
		 size_t size);
char *arena_text(struct arena *arena, const char *text);

/* Leaves an empty one. */
void arena_free(struct arena *arena);

#endif
