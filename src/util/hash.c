/* SPDX-License-Identifier: Apache-2.0 */
#include "util/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

/* Looked up once: that alone takes as long as to hash a short text. */
static EVP_MD *hash_kind;
static CRYPTO_ONCE hash_kind_once = CRYPTO_ONCE_STATIC_INIT;

static void hash_find_kind(void)
{
	hash_kind = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!hash_kind)
		abort(); /* no OpenSSL is without it */
}

void hash_sha256(const void *data, size_t len, uint8_t out_hash[HASH_SIZE])
{
	if (!CRYPTO_THREAD_run_once(&hash_kind_once, hash_find_kind) ||
	    EVP_Digest(data, len, out_hash, NULL, hash_kind, NULL) != 1)
		abort(); /* only out of memory can bring us here */
}

void hash_hmac(const void *key, size_t key_len, const void *data, size_t len,
	       uint8_t out_hash[HASH_SIZE])
{
	if (!HMAC(EVP_sha256(), key, (int)key_len, data, len, out_hash, NULL))
		abort(); /* only out of memory can bring us here */
}

/* A struct hash_run is OpenSSL's own; nothing but memory can lack there. */
static EVP_MD_CTX *hash_run_inside(struct hash_run *run)
{
	return (EVP_MD_CTX *)run;
}

static void hash_run_check(bool good)
{
	if (!good)
		abort();
}

struct hash_run *hash_run_new(void)
{
	EVP_MD_CTX *inside = EVP_MD_CTX_new();

	hash_run_check(inside &&
		       EVP_DigestInit_ex(inside, EVP_sha256(), NULL) == 1);
	return (struct hash_run *)inside;
}

struct hash_run *hash_run_free(struct hash_run *run)
{
	EVP_MD_CTX_free(hash_run_inside(run));
	return NULL;
}

void hash_run_add(struct hash_run *run, const void *data, size_t len)
{
	hash_run_check(EVP_DigestUpdate(hash_run_inside(run), data, len) == 1);
}

void hash_run_end(struct hash_run *run, uint8_t out_hash[HASH_SIZE])
{
	EVP_MD_CTX *inside = hash_run_inside(run);

	hash_run_check(EVP_DigestFinal_ex(inside, out_hash, NULL) == 1 &&
		       EVP_DigestInit_ex(inside, EVP_sha256(), NULL) == 1);
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
