/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's secrets: the journal's seal key (Ed25519) and the peppers of
 * badges and of PINs, each with an id for rotation. Never in the database or
 * its backup: they come by systemd credentials ($CREDENTIALS_DIRECTORY), else
 * from a folder of their own, mode 0700, files 0400:
 *
 *	seal.key	"ed25519 ID HEX"	32 bytes, the private key
 *	badge.pepper	"hmac-sha256 ID HEX"	32 bytes
 *	pin.pepper	"hmac-sha256 ID HEX"	32 bytes
 *	seal.pub	"ed25519 ID HEX"	32 bytes, for those who verify
 */
#ifndef TILLD_STORE_KEYS_H
#define TILLD_STORE_KEYS_H

#include "util/hash.h"
#include "util/random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYS_ID_SIZE	      9 /* 8 hexadecimal digits and a NUL */
#define KEYS_SIGNATURE_SIZE   64
/* 64 hexadecimal digits in groups of eight, of which the first is the id */
#define KEYS_FINGERPRINT_SIZE 72

enum keys_error {
	KEYS_E_NONE = 1, /* there are none */
	KEYS_E_PARTLY,	 /* some are missing */
	KEYS_E_BAD,	 /* a file is damaged, or others may read it: logged */
};

struct keys;

/* From the credentials, else from dir. 0, a keys_error or a negative errno. */
int keys_load(const char *dir, struct keys **out_keys);

/* Makes and writes new ones (fsynced; never over old ones: -EEXIST). */
int keys_create(const char *dir, const struct random *random,
		struct keys **out_keys);

struct keys *keys_free(struct keys *keys); /* wipes; returns NULL */

/* The same once more, the caller's own. */
struct keys *keys_copy(const struct keys *keys);

const char *keys_seal_id(const struct keys *keys);
void keys_seal_public(const struct keys *keys, uint8_t out_public[32]);

/* What people compare: SHA-256 of a public key. An id can be matched by trying
 * some billion keys, and only names one among those of one till. */
void keys_fingerprint(const uint8_t public[32],
		      char out_text[KEYS_FINGERPRINT_SIZE]);

/* Ed25519 over a hash. */
void keys_sign(const struct keys *keys, const uint8_t hash[HASH_SIZE],
	       uint8_t out_signature[KEYS_SIGNATURE_SIZE]);
bool keys_verify(const uint8_t public[32], const uint8_t hash[HASH_SIZE],
		 const uint8_t signature[KEYS_SIGNATURE_SIZE]);

/* The id of a signing key: the first digits of its public half's SHA-256. */
void keys_public_id(const uint8_t public[32], char out_id[KEYS_ID_SIZE]);

/* The same with a key that is none of a till's, by its private half. */
void keys_public_of(const uint8_t private[32], uint8_t out_public[32]);
void keys_sign_by(const uint8_t private[32], const uint8_t hash[HASH_SIZE],
		  uint8_t out_signature[KEYS_SIGNATURE_SIZE]);

/* HMAC of a badge's canonical id: what a badge is found by. */
void keys_badge(const struct keys *keys, const char *badge_id,
		uint8_t out_key[HASH_SIZE]);

/* HMAC of a PIN, in hexadecimal: what is then hashed slowly, as a password. */
void keys_pin(const struct keys *keys, const char *pin,
	      char out_text[HASH_TEXT_SIZE]);

/* HMAC of whatever else only this till is to make; label says what it is, so
 * that none is taken for another. len: up to KEYS_MAC_MAX. */
#define KEYS_MAC_MAX 512
void keys_mac(const struct keys *keys, const char *label, const void *data,
	      size_t len, uint8_t out_mac[HASH_SIZE]);

enum keys_pepper { KEYS_BADGE, KEYS_PIN, KEYS_PEPPERS };

/* The file that it is in: "pin.pepper". */
const char *keys_pepper_name(enum keys_pepper pepper);

/* HMAC of a word that is no badge's and no PIN: tells a pepper from any other.
 * To try PINs by it takes the pepper, which are 256 random bits. */
void keys_pepper_mark(const struct keys *keys, enum keys_pepper pepper,
		      uint8_t out_mark[HASH_SIZE]);

#endif
