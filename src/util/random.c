/* SPDX-License-Identifier: Apache-2.0 */
#include "util/random.h"

#include "util/secret.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

static void random_system_fill(const struct random *random, void *out,
			       size_t len)
{
	uint8_t *at = out;

	(void)random;
	while (len) {
		ssize_t got = getrandom(at, len, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			abort(); /* a daemon without chance has no secrets */
		at += got;
		len -= (size_t)got;
	}
}

const struct random *random_system(void)
{
	static const struct random system = { .fill = random_system_fill };

	return &system;
}

/* Five bits a character, the last character filled up with zeros. */
static void random_spell(const uint8_t *bits, size_t len, char *out)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned int held = 0, have = 0;

	for (size_t i = 0; i < len; i++) {
		held = held << 8 | bits[i];
		for (have += 8; have >= 5; have -= 5)
			*out++ = letters[held >> (have - 5) & 31];
	}
	if (have)
		*out++ = letters[held << (5 - have) & 31];
	*out = 0;
}

void random_id(const struct random *random, char out_id[RANDOM_ID_SIZE])
{
	uint8_t bits[16];

	random_fill(random, bits, sizeof(bits));
	random_spell(bits, sizeof(bits), out_id);
}

void random_token(const struct random *random,
		  char out_token[RANDOM_TOKEN_SIZE])
{
	uint8_t bits[32];

	random_fill(random, bits, sizeof(bits));
	random_spell(bits, sizeof(bits), out_token);
	secret_wipe(bits, sizeof(bits));
}
