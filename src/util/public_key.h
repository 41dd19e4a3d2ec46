/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public keys out of X.509 certificates, and whether something was signed with
 * what belongs to them. Of a certificate nothing else is looked at: who is to
 * be trusted is known by the key.
 */
#ifndef TILLD_UTIL_PUBLIC_KEY_H
#define TILLD_UTIL_PUBLIC_KEY_H

#include "util/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PUBLIC_KEY_RSA_SIZE 256 /* bytes of an RSA number of 2048 bits */

enum public_key_kind {
	PUBLIC_KEY_RSA_2048, /* with an exponent of 65537 or more */
	PUBLIC_KEY_P256,     /* NIST's curve, by its name */
	PUBLIC_KEY_OTHER,
};

struct public_key;

/* Of a certificate in DER. NULL if it is none. */
struct public_key *public_key_read(const uint8_t *der, size_t len);
struct public_key *public_key_free(struct public_key *key); /* returns NULL */

enum public_key_kind public_key_kind(const struct public_key *key);

/* The SHA-256 of its SubjectPublicKeyInfo: what it is known by. */
void public_key_hash(const struct public_key *key, uint8_t out_hash[HASH_SIZE]);

/*
 * Whether that is a signature of a SHA-256: of RSA in PKCS #1 v1.5, of a curve
 * as ECDSA's pair in DER. Never by a key of another kind.
 */
bool public_key_verifies(const struct public_key *key,
			 const uint8_t digest[HASH_SIZE],
			 const uint8_t *signature, size_t len);

#endif
