/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seal at the end of a backup: an Ed25519 signature, by the key that seals
 * the journal, over the SHA-256 of a label and the whole file before it.
 */
#include "store/backup.h"

#include "store/keys.h"
#include "util/hash.h"

#include <stdio.h>
#include <string.h>

#define BACKUP_SEAL_BEGINS "\ntilld-backup-seal "
#define BACKUP_SEAL_KEY	   (sizeof(BACKUP_SEAL_BEGINS) - 1)
#define BACKUP_SEAL_SIGNED (BACKUP_SEAL_KEY + KEYS_ID_SIZE)
#define BACKUP_SEAL_ENDS   (BACKUP_SEAL_SIGNED + 2 * KEYS_SIGNATURE_SIZE)

_Static_assert(BACKUP_SEAL_ENDS + 2 <= BACKUP_SEAL_SIZE, "a seal has room");

struct hash_run *backup_seal_begin(void)
{
	static const char label[] = "tilld-backup";
	struct hash_run *run = hash_run_new();

	hash_run_add(run, label, sizeof(label)); /* nothing else is signed so */
	return run;
}

/* Blanks fill it up before its last byte. */
void backup_seal_end(struct hash_run *run, const struct keys *keys,
		     char out_seal[BACKUP_SEAL_SIZE])
{
	uint8_t hash[HASH_SIZE], signature[KEYS_SIGNATURE_SIZE];
	char hex[2 * KEYS_SIGNATURE_SIZE + 1];

	hash_run_end(run, hash);
	keys_sign(keys, hash, signature);
	hash_to_hex(signature, sizeof(signature), hex);
	snprintf(out_seal, BACKUP_SEAL_SIZE, "%s%s %s%*s", BACKUP_SEAL_BEGINS,
		 keys_seal_id(keys), hex,
		 (int)(BACKUP_SEAL_SIZE - 1 - BACKUP_SEAL_ENDS), "\n");
}

bool backup_is_seal(const char seal[BACKUP_SEAL_SIZE])
{
	return !strncmp(seal, BACKUP_SEAL_BEGINS, BACKUP_SEAL_KEY) &&
	       strlen(seal) == BACKUP_SEAL_SIZE - 1;
}

bool backup_seal_holds(const char seal[BACKUP_SEAL_SIZE], struct hash_run *run,
		       const uint8_t public[32])
{
	uint8_t hash[HASH_SIZE], signature[KEYS_SIGNATURE_SIZE];
	char hex[2 * KEYS_SIGNATURE_SIZE + 1];

	hash_run_end(run, hash);
	memcpy(hex, seal + BACKUP_SEAL_SIGNED, sizeof(hex) - 1);
	hex[sizeof(hex) - 1] = 0;
	return hash_from_hex(hex, sizeof(signature), signature) &&
	       keys_verify(public, hash, signature);
}
