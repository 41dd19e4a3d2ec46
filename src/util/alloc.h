/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of small, fixed size. Running out of it ends the process: a crash
 * has to be survivable anyway, and there is nothing better to do. Whatever a
 * client or a device sizes goes through util/buf.h, which refuses instead.
 */
#ifndef TILLD_UTIL_ALLOC_H
#define TILLD_UTIL_ALLOC_H

#include <stddef.h>

/* Zeroed memory for count things of size bytes; never NULL. Free with free(). */
void *alloc_zero(size_t count, size_t size);

/* An array grown (or shrunk) to count things of size bytes; never NULL. */
void *alloc_resize(void *array, size_t count, size_t size);

/* Copies of text; never NULL, but a NULL text stays NULL. */
char *alloc_text(const char *text);
char *alloc_text_part(const char *text, size_t len);

/* Text made by a format; never NULL. */
char *alloc_format(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#define ALLOC_NEW(type) ((type *)alloc_zero(1, sizeof(type)))

#endif
