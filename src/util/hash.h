/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and HMAC-SHA-256, by OpenSSL, and hexadecimal text of them. */
#ifndef TILLD_UTIL_HASH_H
#define TILLD_UTIL_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_SIZE      32
#define HASH_TEXT_SIZE 65 /* 64 digits and a NUL */

void hash_sha256(const void *data, size_t len, uint8_t out_hash[HASH_SIZE]);
void hash_hmac(const void *key, size_t key_len, const void *data, size_t len,
	       uint8_t out_hash[HASH_SIZE]);

/* The SHA-256 of what comes in parts, such as a file. */
struct hash_run;
struct hash_run *hash_run_new(void);
struct hash_run *hash_run_free(struct hash_run *run); /* returns NULL */
void hash_run_add(struct hash_run *run, const void *data, size_t len);
/* Of all since it was made, or since this was asked last. */
void hash_run_end(struct hash_run *run, uint8_t out_hash[HASH_SIZE]);

/* Lower-case hexadecimal; out_text has room for 2 * len + 1. */
void hash_to_hex(const void *data, size_t len, char *out_text);

/* Exactly 2 * len digits of either case into len bytes; false otherwise. */
bool hash_from_hex(const char *text, size_t len, void *out_data);

#endif
