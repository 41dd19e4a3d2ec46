/* SPDX-License-Identifier: Apache-2.0 */
/* What writing and finding operations have in common. */
#ifndef TILLD_STORE_OPERATIONS_H
#define TILLD_STORE_OPERATIONS_H

#include "store/store_private.h"

/* Keyed by this till, as long as store/intents.h has it. */
#define OPERATION_KEY_HASH 16

void operation_hash_key(const struct keys *keys, const char *till, int64_t uid,
			const char *key, uint8_t out_hash[OPERATION_KEY_HASH]);

/* STORE_E_EXPIRED_KEY or STORE_E_LOST_KEY if it is one of those. */
int operation_key_is_old(struct db *db, const uint8_t hash[OPERATION_KEY_HASH]);

#endif
