/* SPDX-License-Identifier: Apache-2.0 */
#include "util/public_key.h"

#include <limits.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#define PUBLIC_KEY_RSA_BITS  (8 * PUBLIC_KEY_RSA_SIZE)
#define PUBLIC_KEY_EXPONENT  65537 /* FIPS 186-4, B.3.1: none is less */
#define PUBLIC_KEY_CURVE     "prime256v1"
#define PUBLIC_KEY_NAME_SIZE 32

/* A struct public_key is OpenSSL's own. */
static EVP_PKEY *public_key_inside(const struct public_key *key)
{
	return (EVP_PKEY *)(uintptr_t)key;
}

/* What OpenSSL notes of its failures must not be found by somebody who asks
 * about another. */
struct public_key *public_key_read(const uint8_t *der, size_t len)
{
	X509 *certificate =
		len <= LONG_MAX ? d2i_X509(NULL, &der, (long)len) : NULL;
	EVP_PKEY *inside = certificate ? X509_get_pubkey(certificate) : NULL;

	X509_free(certificate);
	ERR_clear_error();
	return (struct public_key *)inside;
}

struct public_key *public_key_free(struct public_key *key)
{
	EVP_PKEY_free(public_key_inside(key));
	return NULL;
}

static bool public_key_is_rsa(EVP_PKEY *inside)
{
	BIGNUM *exponent = NULL, *least = BN_new();
	bool good = least && BN_set_word(least, PUBLIC_KEY_EXPONENT) &&
		    EVP_PKEY_is_a(inside, "RSA") &&
		    EVP_PKEY_get_bits(inside) == PUBLIC_KEY_RSA_BITS &&
		    EVP_PKEY_get_bn_param(inside, OSSL_PKEY_PARAM_RSA_E,
					  &exponent) &&
		    BN_cmp(exponent, least) >= 0;

	BN_free(exponent);
	BN_free(least);
	return good;
}

static bool public_key_is_p256(EVP_PKEY *inside)
{
	char name[PUBLIC_KEY_NAME_SIZE];

	return EVP_PKEY_is_a(inside, "EC") &&
	       EVP_PKEY_get_group_name(inside, name, sizeof(name), NULL) &&
	       !strcmp(name, PUBLIC_KEY_CURVE);
}

enum public_key_kind public_key_kind(const struct public_key *key)
{
	EVP_PKEY *inside = public_key_inside(key);
	enum public_key_kind kind =
		public_key_is_rsa(inside)    ? PUBLIC_KEY_RSA_2048
		: public_key_is_p256(inside) ? PUBLIC_KEY_P256
					     : PUBLIC_KEY_OTHER;

	ERR_clear_error();
	return kind;
}

void public_key_hash(const struct public_key *key, uint8_t out_hash[HASH_SIZE])
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(public_key_inside(key), &der);

	if (len <= 0)
		abort(); /* it was read from just this; only memory lacks */
	hash_sha256(der, (size_t)len, out_hash);
	OPENSSL_free(der);
}

bool public_key_verifies(const struct public_key *key,
			 const uint8_t digest[HASH_SIZE],
			 const uint8_t *signature, size_t len)
{
	enum public_key_kind kind = public_key_kind(key);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(public_key_inside(key), NULL);
	bool good = kind != PUBLIC_KEY_OTHER && context &&
		    EVP_PKEY_verify_init(context) == 1 &&
		    (kind != PUBLIC_KEY_RSA_2048 ||
		     EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) ==
			     1) &&
		    EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
		    EVP_PKEY_verify(context, signature, len, digest,
				    HASH_SIZE) == 1;

	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return good;
}
