/* SPDX-License-Identifier: Apache-2.0 */
#include "store/keys_private.h"

#include "util/alloc.h"
#include "util/secret.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

const struct keys_file keys_files[KEYS_FILES] = {
	[KEYS_BADGE] = { "badge.pepper", "hmac-sha256",
			 offsetof(struct keys, badge) },
	[KEYS_PIN] = { "pin.pepper", "hmac-sha256",
		       offsetof(struct keys, pin) },
	[KEYS_PEPPERS] = { "seal.key", "ed25519", offsetof(struct keys, seal) },
};

static void keys_cleanup_pkey(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void keys_cleanup_digest(EVP_MD_CTX **digest)
{
	EVP_MD_CTX_free(*digest);
}

#define KEYS_PKEY   CLEANUP(keys_cleanup_pkey) EVP_PKEY
#define KEYS_DIGEST CLEANUP(keys_cleanup_digest) EVP_MD_CTX

struct keys *keys_free(struct keys *keys)
{
	if (keys)
		secret_wipe(keys, sizeof(*keys));
	free(keys);
	return NULL;
}

struct keys *keys_copy(const struct keys *keys)
{
	struct keys *copy = ALLOC_NEW(struct keys);

	*copy = *keys;
	return copy;
}

void keys_public_id(const uint8_t public[32], char out_id[KEYS_ID_SIZE])
{
	uint8_t hash[HASH_SIZE];

	hash_sha256(public, KEYS_SIZE, hash);
	hash_to_hex(hash, (KEYS_ID_SIZE - 1) / 2, out_id);
}

void keys_fingerprint(const uint8_t public[32],
		      char out_text[KEYS_FINGERPRINT_SIZE])
{
	uint8_t hash[HASH_SIZE];

	hash_sha256(public, KEYS_SIZE, hash);
	for (size_t i = 0; i < HASH_SIZE; i += 4) {
		hash_to_hex(hash + i, 4, out_text);
		out_text += 8;
		*out_text++ = i + 4 < HASH_SIZE ? ' ' : 0;
	}
}

static EVP_PKEY *keys_private(const uint8_t bytes[KEYS_SIZE])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
						     bytes, KEYS_SIZE);

	if (!key)
		abort(); /* any 32 bytes are a key; only memory can lack */
	return key;
}

void keys_public_of(const uint8_t private[32], uint8_t out_public[32])
{
	KEYS_PKEY *key = keys_private(private);
	size_t len = KEYS_SIZE;

	if (EVP_PKEY_get_raw_public_key(key, out_public, &len) != 1)
		abort();
}

void keys_derive_public(struct keys *keys)
{
	keys_public_of(keys->seal.bytes, keys->public);
}

/* --- using --- */

const char *keys_seal_id(const struct keys *keys)
{
	return keys->seal.id;
}

void keys_seal_public(const struct keys *keys, uint8_t out_public[32])
{
	memcpy(out_public, keys->public, KEYS_SIZE);
}

void keys_sign_by(const uint8_t private[32], const uint8_t hash[HASH_SIZE],
		  uint8_t out_signature[KEYS_SIGNATURE_SIZE])
{
	KEYS_PKEY *key = keys_private(private);
	KEYS_DIGEST *digest = EVP_MD_CTX_new();
	size_t len = KEYS_SIGNATURE_SIZE;

	if (!digest || EVP_DigestSignInit(digest, NULL, NULL, NULL, key) != 1 ||
	    EVP_DigestSign(digest, out_signature, &len, hash, HASH_SIZE) != 1)
		abort();
}

void keys_sign(const struct keys *keys, const uint8_t hash[HASH_SIZE],
	       uint8_t out_signature[KEYS_SIGNATURE_SIZE])
{
	keys_sign_by(keys->seal.bytes, hash, out_signature);
}

bool keys_verify(const uint8_t public[32], const uint8_t hash[HASH_SIZE],
		 const uint8_t signature[KEYS_SIGNATURE_SIZE])
{
	KEYS_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
						     public, KEYS_SIZE);
	KEYS_DIGEST *digest = EVP_MD_CTX_new();

	return key && digest &&
	       EVP_DigestVerifyInit(digest, NULL, NULL, NULL, key) == 1 &&
	       EVP_DigestVerify(digest, signature, KEYS_SIGNATURE_SIZE, hash,
				HASH_SIZE) == 1;
}

void keys_badge(const struct keys *keys, const char *badge_id,
		uint8_t out_key[HASH_SIZE])
{
	hash_hmac(keys->badge.bytes, KEYS_SIZE, badge_id, strlen(badge_id),
		  out_key);
}

void keys_pin(const struct keys *keys, const char *pin,
	      char out_text[HASH_TEXT_SIZE])
{
	uint8_t hash[HASH_SIZE];

	hash_hmac(keys->pin.bytes, KEYS_SIZE, pin, strlen(pin), hash);
	hash_to_hex(hash, sizeof(hash), out_text);
	secret_wipe(hash, sizeof(hash));
}

/* Under the badges' pepper, which no canonical badge id begins like. */
void keys_mac(const struct keys *keys, const char *label, const void *data,
	      size_t len, uint8_t out_mac[HASH_SIZE])
{
	uint8_t text[64 + KEYS_MAC_MAX];
	size_t label_len = strlen(label) + 1;

	if (label_len > 64 || len > KEYS_MAC_MAX)
		abort();
	memcpy(text, label, label_len);
	memcpy(text + label_len, data, len);
	hash_hmac(keys->badge.bytes, KEYS_SIZE, text, label_len + len, out_mac);
}

const char *keys_pepper_name(enum keys_pepper pepper)
{
	return keys_files[pepper].name;
}

void keys_pepper_mark(const struct keys *keys, enum keys_pepper pepper,
		      uint8_t out_mark[HASH_SIZE])
{
	static const char label[] = "pepper-mark";
	const struct keys_part *part =
		(const void *)((const char *)keys + keys_files[pepper].part);

	hash_hmac(part->bytes, KEYS_SIZE, label, sizeof(label), out_mark);
}
