/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zeller's delta debugging, simply: leaves out ever smaller parts, as long as
 * the same check fails.
 */
#include "shrink.h"

#include "run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool shrink_fails(const struct story *story, const char *check)
{
	struct matrix ignored = { 0 };
	struct run_verdict verdict = run_story(story, &ignored, false);

	return verdict.bad && !strcmp(verdict.check, check);
}

static void shrink_cut(const struct story *story, size_t from, size_t count,
		       struct story *out)
{
	size_t end = from + count;

	*out = *story;
	if (end > story->count)
		end = story->count;
	memmove(out->steps + from, out->steps + end,
		(story->count - end) * sizeof(out->steps[0]));
	out->count = story->count - (end - from);
}

/* One way through with parts of that size; true if any could go. */
static bool shrink_by(struct story *story, size_t part, const char *check)
{
	bool less = false;

	for (size_t from = 0; from < story->count;) {
		static struct story shorter;

		shrink_cut(story, from, part, &shorter);
		if (shrink_fails(&shorter, check)) {
			*story = shorter;
			less = true;
		} else {
			from += part;
		}
	}
	return less;
}

static void shrink_pauses(struct story *story, const char *check)
{
	for (size_t i = 0; i < story->count; i++) {
		int64_t was = story->steps[i].pause;

		story->steps[i].pause = 0;
		if (!shrink_fails(story, check))
			story->steps[i].pause = was;
	}
}

int shrink_seed(uint64_t seed, bool calm)
{
	static struct story story;
	struct matrix ignored = { 0 };
	struct run_verdict verdict;

	story_make(&story, seed, calm);
	verdict = run_story(&story, &ignored, false);
	if (!verdict.bad) {
		printf("seed %" PRIu64 ": nothing is wrong\n", seed);
		return 0;
	}
	for (size_t part = story.count / 2; part; part /= 2)
		while (shrink_by(&story, part, verdict.check) && part == 1)
			;
	shrink_pauses(&story, verdict.check);
	run_story(&story, &ignored, true);
	printf("seed %" PRIu64 ": %s: %s (%zu steps)\n\n", seed, verdict.check,
	       verdict.text, story.count);
	story_print(&story, stdout);
	return 1;
}
