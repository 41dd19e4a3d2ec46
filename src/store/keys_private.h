/* SPDX-License-Identifier: Apache-2.0 */
/* What the store alone does with keys. */
#ifndef TILLD_STORE_KEYS_PRIVATE_H
#define TILLD_STORE_KEYS_PRIVATE_H

#include "store/keys.h"

struct keys *keys_copy(const struct keys *keys);

#endif
