/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "campaign.h"
#include "planted.h"
#include "run.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAP_SEEDS  40
#define TAP_AGAIN  3
#define TAP_WITHIN 20
#define TAP_JOBS   2
#define TAP_PATH   512

static int tap_count, tap_failed;

static void tap_say(bool good, const char *what)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++tap_count, what);
	fflush(stdout);
	tap_failed += !good;
}

static void tap_say_verdict(const char *what, const struct run_verdict *verdict)
{
	if (verdict->bad)
		printf("# %s: %s\n", verdict->check, verdict->text);
	tap_say(!verdict->bad, what);
}

/* The same seed is the same run, word for word. */
static void tap_repeat(void)
{
	static struct story story;
	bool same = true;

	for (uint64_t seed = 1; seed <= TAP_AGAIN; seed++) {
		struct matrix ignored = { 0 };
		struct run_verdict first, second;

		story_make(&story, seed, false);
		first = run_story(&story, &ignored, false);
		second = run_story(&story, &ignored, false);
		same &= first.hash == second.hash;
	}
	tap_say(same, "the same seed is the same run");
}

static void tap_seeds(void)
{
	static struct story story;
	struct matrix ignored = { 0 };
	struct run_verdict bad = { 0 };

	for (uint64_t seed = 1; seed <= TAP_SEEDS && !bad.bad; seed++) {
		story_make(&story, seed, false);
		bad = run_story(&story, &ignored, false);
		if (bad.bad)
			printf("# seed %" PRIu64
			       "; ./dev world --shrink %" PRIu64
			       " tells more\n",
			       seed, seed);
	}
	tap_say_verdict("what must hold, holds", &bad);
}

/* What was wrong once is right now. */
static void tap_tell(const char *path, const char *name)
{
	static struct story story;
	struct matrix ignored = { 0 };
	struct run_verdict verdict = { .bad = true, .check = "no story" };
	FILE *file = fopen(path, "r");

	if (file && story_read(&story, file))
		verdict = run_story(&story, &ignored, false);
	if (file)
		fclose(file);
	tap_say_verdict(name, &verdict);
}

static void tap_stories(void)
{
	const char *source = getenv("TILLD_SOURCE");
	struct dirent **names = NULL;
	char folder[TAP_PATH], path[2 * TAP_PATH];
	int count;

	snprintf(folder, sizeof(folder), "%s/tests/world/stories",
		 source ? source : ".");
	count = scandir(folder, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		if (strstr(names[i]->d_name, ".story"))
			tap_tell(path, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

static void tap_plant(void)
{
	const struct campaign campaign = { .first = 1, .jobs = TAP_JOBS };

	for (enum planted at = PLANTED_SKIP_INTENT; at < PLANTED; at++) {
		bool caught;

		if (planted_rows[at].within > TAP_WITHIN)
			continue; /* ./dev world --plant all */
		planted_now = at;
		caught = campaign_catches(&campaign);
		tap_say(caught, planted_rows[at].meaning);
	}
	planted_now = PLANTED_NONE;
}

int tap_run(void)
{
	run_prepare();
	tap_repeat();
	tap_seeds();
	tap_stories();
	tap_plant();
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}
