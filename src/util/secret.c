/* SPDX-License-Identifier: Apache-2.0 */
#include "util/secret.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

void secret_wipe(void *memory, size_t len)
{
	if (memory)
		OPENSSL_cleanse(memory, len);
}

char *secret_free(char *text)
{
	if (text)
		secret_wipe(text, strlen(text));
	free(text);
	return NULL;
}

bool secret_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}
