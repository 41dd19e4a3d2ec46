/* SPDX-License-Identifier: Apache-2.0 */
#include "util/names.h"

#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_SIZE_MIN 16

struct names_slot {
	const char *name; /* NULL: empty */
	uint32_t hash;
	uint32_t number;
};

/* FNV-1a: names are short. */
static uint32_t names_hash(const char *name)
{
	uint32_t hash = 2166136261U;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619U;
	return hash;
}

/* Where the name is, or would be put. */
static struct names_slot *names_slot(const struct names *names,
				     const char *name, uint32_t hash)
{
	size_t mask = names->size - 1, at = hash & mask;

	while (names->slots[at].name &&
	       (names->slots[at].hash != hash ||
		strcmp(names->slots[at].name, name) != 0))
		at = (at + 1) & mask;
	return &names->slots[at];
}

static void names_grow(struct names *names)
{
	struct names grown = { .size = names->size ? names->size * 2
						   : NAMES_SIZE_MIN,
			       .count = names->count };

	grown.slots = alloc_zero(grown.size, sizeof(*grown.slots));
	for (size_t i = 0; i < names->size; i++) {
		const struct names_slot *slot = &names->slots[i];

		if (slot->name)
			*names_slot(&grown, slot->name, slot->hash) = *slot;
	}
	free(names->slots);
	*names = grown;
}

bool names_add(struct names *names, const char *name, uint32_t number)
{
	uint32_t hash = names_hash(name);
	struct names_slot *slot;

	if (names->count >= names->size / 2)
		names_grow(names);
	slot = names_slot(names, name, hash);
	if (slot->name)
		return false;
	*slot = (struct names_slot){ name, hash, number };
	names->count++;
	return true;
}

bool names_find(const struct names *names, const char *name,
		uint32_t *out_number)
{
	const struct names_slot *slot;

	if (!names->count)
		return false;
	slot = names_slot(names, name, names_hash(name));
	if (!slot->name)
		return false;
	*out_number = slot->number;
	return true;
}

void names_free(struct names *names)
{
	free(names->slots);
	*names = (struct names){ 0 };
}
