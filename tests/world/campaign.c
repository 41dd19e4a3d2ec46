/* SPDX-License-Identifier: Apache-2.0 */
#include "campaign.h"

#include "matrix.h"
#include "planted.h"
#include "run.h"
#include "shrink.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CAMPAIGN_BAD_MAX 32

/* What the processes share. */
struct campaign_state {
	uint64_t next; /* seed */
	uint64_t bad[CAMPAIGN_BAD_MAX];
	uint64_t bad_count;
	struct matrix matrix[]; /* one a job */
};

static void *campaign_share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		abort();
	return memory;
}

static void campaign_note_bad(struct campaign_state *state, uint64_t seed)
{
	uint64_t at =
		__atomic_fetch_add(&state->bad_count, 1, __ATOMIC_SEQ_CST);

	if (at < CAMPAIGN_BAD_MAX)
		state->bad[at] = seed;
}

static void campaign_do_seed(const struct campaign *campaign,
			     struct campaign_state *state, unsigned int job,
			     uint64_t seed)
{
	struct run_verdict verdict;
	struct story story;

	story_make(&story, seed, campaign->calm);
	verdict = run_story(&story, &state->matrix[job], false);
	if (!verdict.bad)
		return;
	campaign_note_bad(state, seed);
	if (planted_now == PLANTED_NONE)
		printf("seed %" PRIu64 ": %s: %s\n", seed, verdict.check,
		       verdict.text);
	fflush(stdout);
}

static void campaign_work(const struct campaign *campaign,
			  struct campaign_state *state, unsigned int job)
{
	uint64_t end = campaign->first + campaign->seeds, seed;

	while ((seed = __atomic_fetch_add(&state->next, 1, __ATOMIC_SEQ_CST)) <
	       end) {
		campaign_do_seed(campaign, state, job, seed);
		if (planted_now != PLANTED_NONE && state->bad_count)
			break; /* caught */
	}
}

static void campaign_run_jobs(const struct campaign *campaign,
			      struct campaign_state *state)
{
	for (unsigned int job = 0; job < campaign->jobs; job++) {
		fflush(stdout);
		if (fork() == 0) {
			campaign_work(campaign, state, job);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
}

static struct campaign_state *campaign_begin(const struct campaign *campaign)
{
	struct campaign_state *state = campaign_share(
		sizeof(*state) + campaign->jobs * sizeof(struct matrix));

	state->next = campaign->first;
	campaign_run_jobs(campaign, state);
	return state;
}

static void campaign_print(const struct campaign *campaign,
			   const struct campaign_state *state, double seconds)
{
	struct matrix all = { 0 };

	for (unsigned int job = 0; job < campaign->jobs; job++)
		matrix_add(&all, &state->matrix[job]);
	matrix_print(&all, stdout);
	printf("\n%" PRIu64 " runs, %" PRIu64 " bad; %" PRIu64
	       " requests, %" PRIu64 " answers, %" PRIu64 " movements, %" PRIu64
	       " deaths; %.0f days of the shop in %.0f s\n",
	       all.runs, state->bad_count, all.asks, all.answers, all.moves,
	       all.deaths, (double)all.virtual_ms / 86400000, seconds);
	printf("%d of the matrix's cells are empty\n", matrix_holes(&all));
}

static double campaign_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int campaign_search(const struct campaign *campaign)
{
	double start = campaign_now();
	struct campaign_state *state = campaign_begin(campaign);
	struct matrix all = { 0 };

	for (unsigned int job = 0; job < campaign->jobs; job++)
		matrix_add(&all, &state->matrix[job]);
	campaign_print(campaign, state, campaign_now() - start);
	if (state->bad_count) {
		printf("\nThe shortest story of seed %" PRIu64 ":\n",
		       state->bad[0]);
		shrink_seed(state->bad[0], campaign->calm);
		return 1;
	}
	return campaign->whole_matrix && matrix_holes(&all) ? 1 : 0;
}

/* --- planted faults --- */

bool campaign_catches(const struct campaign *campaign)
{
	const struct planted_row *row = &planted_rows[planted_now];
	struct campaign search = *campaign;
	struct campaign_state *state;

	search.seeds = row->within;
	state = campaign_begin(&search);
	if (!state->bad_count) {
		printf("# %s (%s): not caught within %u seeds\n", row->name,
		       row->meaning, row->within);
		return false;
	}
	printf("# %s (%s): caught by seed %" PRIu64 " of %u\n", row->name,
	       row->meaning, state->bad[0] - search.first + 1, row->within);
	return true;
}

static int campaign_plant(const struct campaign *campaign)
{
	bool all = !strcmp(campaign->plant, "all");
	int missed = 0;

	if (!all && planted_find(campaign->plant) == PLANTED_NONE) {
		fprintf(stderr, "no fault is called %s\n", campaign->plant);
		return 64;
	}
	for (enum planted at = PLANTED_SKIP_INTENT; at < PLANTED; at++) {
		if (!all && at != planted_find(campaign->plant))
			continue;
		planted_now = at;
		missed += !campaign_catches(campaign);
	}
	return missed ? 1 : 0;
}

/* --- one seed --- */

static bool campaign_find_story(const struct campaign *campaign,
				struct story *story)
{
	FILE *file;
	bool found;

	if (!campaign->file) {
		story_make(story, campaign->first, campaign->calm);
		return true;
	}
	file = fopen(campaign->file, "r");
	found = file && story_read(story, file);
	if (file)
		fclose(file);
	if (!found)
		fprintf(stderr, "%s: no story\n", campaign->file);
	return found;
}

static int campaign_tell(const struct campaign *campaign)
{
	struct matrix matrix = { 0 };
	struct run_verdict verdict;
	static struct story story;

	if (!campaign_find_story(campaign, &story))
		return 64;
	verdict = run_story(&story, &matrix, true);
	printf("seed %" PRIu64 ": %s%s%s (%016" PRIx64 ")\n", story.seed,
	       verdict.bad ? verdict.check : "good", verdict.bad ? ": " : "",
	       verdict.bad ? verdict.text : "", verdict.hash);
	return verdict.bad;
}

int campaign_run(const struct campaign *campaign)
{
	run_prepare();
	if (campaign->plant && (campaign->tells || campaign->shrinks))
		planted_now = planted_find(campaign->plant);
	if (campaign->tells || campaign->file)
		return campaign_tell(campaign);
	if (campaign->shrinks)
		return shrink_seed(campaign->first, campaign->calm);
	if (campaign->plant)
		return campaign_plant(campaign);
	return campaign_search(campaign);
}
