/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owners that clean up after themselves: a local declared with CLEANUP(fn)
 * has fn called with its address when it leaves scope.
 */
#ifndef TILLD_UTIL_CLEANUP_H
#define TILLD_UTIL_CLEANUP_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* The wrapper that lets CLEANUP call a "x = x_free(x)" function. */
#define CLEANUP_DEFINE(name, type, free_fn)  \
	static inline void name(type *owner) \
	{                                    \
		if (*owner)                  \
			free_fn(*owner);     \
	}                                    \
	struct cleanup_semicolon

static inline void cleanup_free(void *owner)
{
	free(*(void **)owner);
}

static inline void cleanup_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

CLEANUP_DEFINE(cleanup_json, json_t *, json_decref);
CLEANUP_DEFINE(cleanup_file, FILE *, fclose);

#define CLEANUP_FREE CLEANUP(cleanup_free)
#define CLEANUP_FD   CLEANUP(cleanup_fd)
#define CLEANUP_JSON CLEANUP(cleanup_json)
#define CLEANUP_FILE CLEANUP(cleanup_file)

#endif
