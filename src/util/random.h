/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes, handed in at wiring: the kernel's, or a test's own sequence. */
#ifndef TILLD_UTIL_RANDOM_H
#define TILLD_UTIL_RANDOM_H

#include <stddef.h>

struct random {
	void (*fill)(const struct random *random, void *out, size_t len);
};

const struct random *random_system(void);

static inline void random_fill(const struct random *random, void *out,
			       size_t len)
{
	random->fill(random, out, len);
}

#define RANDOM_ID_SIZE	  27 /* 26 characters and a NUL */
#define RANDOM_TOKEN_SIZE 53 /* 52 characters and a NUL */

/* 128 random bits as 26 characters of a-z and 2-7: a name for something. */
void random_id(const struct random *random, char out_id[RANDOM_ID_SIZE]);

/* 256 random bits likewise: a secret that its bearer is known by. */
void random_token(const struct random *random,
		  char out_token[RANDOM_TOKEN_SIZE]);

#endif
