/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords and PINs, hashed slowly (scrypt, RFC 7914, r = 8, p = 1) as
 * "scrypt$LOGN$SALT$HASH", salt and hash in hexadecimal. Takes tens of
 * milliseconds on purpose: on a worker, never in the loop. A PIN goes through
 * keys_pin() first, so that its few digits can't be tried out without the
 * pepper.
 */
#ifndef TILLD_STORE_PASSWORD_H
#define TILLD_STORE_PASSWORD_H

#include "policy/policy.h"
#include "util/random.h"

#include <stdbool.h>

/* log2 of scrypt's N; memory is 2^cost KiB. Others are brought into range. */
#define PASSWORD_COST_MIN 10
#define PASSWORD_COST_MAX 20

#define PASSWORD_CHARACTERS_MIN 8
#define PASSWORD_BYTES_MAX	256 /* longer ones are refused, not cut */
#define PIN_DIGITS_MIN		4
#define PIN_DIGITS_MAX		8

/* What may be set as a password, and as a PIN. */
bool password_is_acceptable(const char *password);
bool password_is_pin(const char *pin);

void password_hash(const char *password, const struct random *random, int cost,
		   char out_text[POLICY_HASH_TEXT_MAX + 1]);

/*
 * Compares in constant time. stored NULL (nobody of that login, or somebody
 * without a password) is never right, but takes as long as one of that cost.
 */
bool password_check(const char *stored, const char *password, int cost);

#endif
