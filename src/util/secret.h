/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords, PINs, badge numbers, card data: compared in constant time, wiped
 * after use, never logged, and stored only as salted or keyed hashes.
 */
#ifndef TILLD_UTIL_SECRET_H
#define TILLD_UTIL_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Overwrites in a way that the compiler may not leave out; NULL is fine. */
void secret_wipe(void *memory, size_t len);

/* Wipes and frees text; returns NULL. */
char *secret_free(char *text);

/* Compares in a time that depends on len only. */
bool secret_equal(const void *a, const void *b, size_t len);

static inline void secret_cleanup(char **owner)
{
	*owner = secret_free(*owner);
}

#define SECRET_TEXT __attribute__((cleanup(secret_cleanup)))

#endif
