/* SPDX-License-Identifier: Apache-2.0 */
/* How a seed makes a story, and how stories are kept. */
#include "acts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STORY_ACTS	  200
#define STORY_DEATH_EVERY 22 /* acts: nine in all, some strike nothing */
#define STORY_CALM	  10 /* one in so many has no trouble */
#define STORY_NAME	  32

static unsigned int story_choose(struct chance *chance, enum deed_kind kind)
{
	unsigned int all = 0, at = 0;
	uint32_t left;

	for (size_t i = 0; i < deeds_count; i++)
		all += deeds[i].kind == kind ? deeds[i].weight : 0;
	left = chance_below(chance, all);
	while (deeds[at].kind != kind || left >= deeds[at].weight) {
		left -= deeds[at].kind == kind ? deeds[at].weight : 0;
		at++;
	}
	return at;
}

static int64_t story_pause(struct chance *chance)
{
	uint32_t kind = chance_below(chance, 100);

	if (kind < 30)
		return chance_between(chance, 0, 30);
	if (kind < 85)
		return chance_between(chance, 30, 1500);
	return chance_between(chance, 1500, 20000);
}

static void story_add(struct story *story, struct chance *chance,
		      unsigned int deed)
{
	if (story->count < WORLD_STEPS_MAX)
		story->steps[story->count++] =
			(struct step){ .deed = deed,
				       .pause = story_pause(chance),
				       .chance = chance_next(chance) };
}

static unsigned int story_named(act_fn *run)
{
	unsigned int at = 0;

	while (deeds[at].run != run)
		at++;
	return at;
}

/* How rough it is differs from story to story. */
void story_make(struct story *story, uint64_t seed, bool calm)
{
	struct chance chance = chance_make(seed, 0);
	uint32_t rough = 10 + chance_below(&chance, 35);
	int acts = 0;

	calm |= seed % STORY_CALM == 0;
	rough = calm ? 0 : rough;
	story->seed = seed;
	story->calm = calm;
	story->count = 0;
	for (int i = 0; i < 6; i++)
		story_add(story, &chance, story_named(act_sign_on));
	while (acts < STORY_ACTS) {
		if (chance_hits(&chance, rough)) {
			story_add(story, &chance,
				  story_choose(&chance, DEED_TROUBLE));
			continue;
		}
		story_add(story, &chance, story_choose(&chance, DEED_ACT));
		if (++acts % STORY_DEATH_EVERY == 0 && !calm)
			story_add(story, &chance,
				  story_choose(&chance, DEED_DEATH));
	}
}

/* --- as text --- */

void story_print(const struct story *story, FILE *out)
{
	fprintf(out, "seed %" PRIu64 "%s\n", story->seed,
		story->calm ? " calm" : "");
	for (size_t i = 0; i < story->count; i++)
		fprintf(out, "%s %" PRId64 " %016" PRIx64 "\n",
			deeds[story->steps[i].deed].name, story->steps[i].pause,
			story->steps[i].chance);
}

static bool story_read_step(struct story *story, const char *line)
{
	struct step step = { 0 };
	char name[STORY_NAME];

	if (sscanf(line, "%31s %" SCNd64 " %" SCNx64, name, &step.pause,
		   &step.chance) != 3 ||
	    story->count == WORLD_STEPS_MAX)
		return false;
	while (step.deed < deeds_count &&
	       strcmp(deeds[step.deed].name, name) != 0)
		step.deed++;
	story->steps[story->count++] = step;
	return step.deed < deeds_count;
}

bool story_read(struct story *story, FILE *in)
{
	char line[128];

	*story = (struct story){ 0 };
	while (fgets(line, sizeof(line), in)) {
		if (*line == '#' || *line == '\n')
			continue;
		if (!story->seed) {
			story->calm = strstr(line, " calm") != NULL;
			if (sscanf(line, "seed %" SCNu64, &story->seed) != 1)
				return false;
		} else if (!story_read_step(story, line)) {
			return false;
		}
	}
	return story->seed != 0;
}
