/* SPDX-License-Identifier: Apache-2.0 */
#include "util/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

void hash_sha256(const void *data, size_t len, uint8_t out_hash[HASH_SIZE])
{
	SHA256(data, len, out_hash);
}

void hash_hmac(const void *key, size_t key_len, const void *data, size_t len,
	       uint8_t out_hash[HASH_SIZE])
{
	if (!HMAC(EVP_sha256(), key, (int)key_len, data, len, out_hash, NULL))
		abort(); /* only out of memory can bring us here */
}

void hash_to_hex(const void *data, size_t len, char *out_text)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++) {
		*out_text++ = digits[bytes[i] >> 4];
		*out_text++ = digits[bytes[i] & 15];
	}
	*out_text = 0;
}

static int hash_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

bool hash_from_hex(const char *text, size_t len, void *out_data)
{
	uint8_t *bytes = out_data;

	if (strlen(text) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hash_digit(text[2 * i]);
		int low = hash_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
