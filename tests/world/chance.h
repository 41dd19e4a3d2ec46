/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chance that is the same every time: SplitMix64 (Steele, Lea, Flood 2014).
 * Whoever needs some has a stream of its own, so that what one uses up changes
 * nothing for the others.
 */
#ifndef TILLD_WORLD_CHANCE_H
#define TILLD_WORLD_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

/* Streams of one seed, by number, have nothing to do with each other. */
struct chance chance_make(uint64_t seed, uint64_t stream);

uint64_t chance_next(struct chance *chance);

/* 0 to below - 1; below is 1 and up. */
uint32_t chance_below(struct chance *chance, uint32_t below);

/* least to most, both included. */
int64_t chance_between(struct chance *chance, int64_t least, int64_t most);

bool chance_hits(struct chance *chance, unsigned int percent);

#endif
