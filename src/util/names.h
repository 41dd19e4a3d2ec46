/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which number has that name? A hash table from texts, which somebody else
 * keeps, to numbers. It only grows.
 */
#ifndef TILLD_UTIL_NAMES_H
#define TILLD_UTIL_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct names_slot;

/* {0} is an empty one. */
struct names {
	struct names_slot *slots;
	size_t size; /* a power of two, or 0 */
	size_t count;
};

/* The name is not copied. False if it is there already. */
bool names_add(struct names *names, const char *name, uint32_t number);

/* False if it is not there. */
bool names_find(const struct names *names, const char *name,
		uint32_t *out_number);

void names_free(struct names *names); /* leaves an empty one */

#endif
