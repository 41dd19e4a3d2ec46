/* SPDX-License-Identifier: Apache-2.0 */
/* What the store alone does with keys. */
#ifndef TILLD_STORE_KEYS_PRIVATE_H
#define TILLD_STORE_KEYS_PRIVATE_H

#include "store/keys.h"

struct keys *keys_copy(const struct keys *keys);

/* The id of a seal key: the first digits of its public half's SHA-256. */
void keys_public_id(const uint8_t public[32], char out_id[KEYS_ID_SIZE]);

#endif
