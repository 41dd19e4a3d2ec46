/* SPDX-License-Identifier: Apache-2.0 */
#include "util/arena.h"

#include "util/alloc.h"
#include "util/secret.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Large enough for malloc() to map, and so to give back, each by itself. */
#define ARENA_CHUNK_SIZE ((size_t)256 * 1024)

struct arena_chunk {
	struct arena_chunk *next;
	size_t size; /* of what is given out */
	size_t used;
	alignas(max_align_t) unsigned char data[];
};

static size_t arena_round(size_t size)
{
	size_t step = alignof(max_align_t);

	return (size + step - 1) / step * step;
}

/* What is larger than a chunk has one of its own. */
static struct arena_chunk *arena_grow(struct arena *arena, size_t size)
{
	size_t room = ARENA_CHUNK_SIZE - sizeof(struct arena_chunk);
	struct arena_chunk *chunk;

	if (size > room)
		room = size;
	chunk = alloc_zero(1, sizeof(*chunk) + room);
	chunk->size = room;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return chunk;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
	struct arena_chunk *chunk = arena->chunks;
	void *given;

	if (size && count > (SIZE_MAX / 2) / size)
		abort(); /* nobody has that much memory */
	size = arena_round(count * size);
	if (!chunk || chunk->size - chunk->used < size)
		chunk = arena_grow(arena, size);
	given = chunk->data + chunk->used;
	chunk->used += size;
	return given;
}

void *arena_copy(struct arena *arena, const void *array, size_t count,
		 size_t size)
{
	void *copy = arena_alloc(arena, count, size);

	if (count)
		memcpy(copy, array, count * size);
	return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
	return text ? arena_copy(arena, text, strlen(text) + 1, 1) : NULL;
}

void arena_free(struct arena *arena)
{
	struct arena_chunk *chunk;

	while ((chunk = arena->chunks)) {
		arena->chunks = chunk->next;
		if (arena->secret)
			secret_wipe(chunk->data, chunk->used);
		free(chunk);
	}
}
