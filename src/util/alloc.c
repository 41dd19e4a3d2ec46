/* SPDX-License-Identifier: Apache-2.0 */
#include "util/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *alloc_checked(void *memory)
{
	if (!memory) {
		fputs("out of memory\n", stderr);
		abort();
	}
	return memory;
}

void *alloc_zero(size_t count, size_t size)
{
	return alloc_checked(calloc(count ? count : 1, size ? size : 1));
}

void *alloc_resize(void *array, size_t count, size_t size)
{
	return alloc_checked(reallocarray(array, count ? count : 1, size));
}

char *alloc_text(const char *text)
{
	return text ? alloc_checked(strdup(text)) : NULL;
}

char *alloc_text_part(const char *text, size_t len)
{
	return alloc_checked(strndup(text, len));
}

char *alloc_format(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return alloc_checked(text);
}
