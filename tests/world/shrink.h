/* SPDX-License-Identifier: Apache-2.0 */
/* A seed's story without all that its end does not need. */
#ifndef TILLD_WORLD_SHRINK_H
#define TILLD_WORLD_SHRINK_H

#include <stdbool.h>
#include <stdint.h>

/* Prints what is left; 1, or 0 if nothing is wrong with it. */
int shrink_seed(uint64_t seed, bool calm);

#endif
