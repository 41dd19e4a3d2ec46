/* SPDX-License-Identifier: Apache-2.0 */
#include "chance.h"

uint64_t chance_next(struct chance *chance)
{
	uint64_t bits = chance->state += 0x9e3779b97f4a7c15;

	bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
	bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
	return bits ^ bits >> 31;
}

struct chance chance_make(uint64_t seed, uint64_t stream)
{
	struct chance first = { .state = seed };
	struct chance second = { .state = chance_next(&first) ^ stream };

	return (struct chance){ .state = chance_next(&second) };
}

uint32_t chance_below(struct chance *chance, uint32_t below)
{
	return (uint32_t)((chance_next(chance) >> 32) * below >> 32);
}

int64_t chance_between(struct chance *chance, int64_t least, int64_t most)
{
	return least +
	       (int64_t)(chance_next(chance) % (uint64_t)(most - least + 1));
}

bool chance_hits(struct chance *chance, unsigned int percent)
{
	return chance_below(chance, 100) < percent;
}
