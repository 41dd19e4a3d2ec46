/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors, everywhere in this code base: 0 is done; below 0 is an errno that
 * nobody here can handle, passed up unchanged; above 0 is one of the module's
 * own, documented in its header, which the caller handles or turns into its
 * own. An errno is traced once, where it was born:
 *
 *	if (fsync(fd) < 0)
 *		return err_born(-errno);
 */
#ifndef TILLD_UTIL_ERR_H
#define TILLD_UTIL_ERR_H

#include "util/log.h"

#include <string.h>

#define err_born(r) err_trace((r), __func__, __FILE__, __LINE__)

static inline int err_trace(int r, const char *function, const char *file,
			    int line)
{
	log_debug("%s at %s:%d: %s", function, file, line, strerror(-r));
	return r;
}

#endif
