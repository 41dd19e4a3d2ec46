/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__ /* gcc */
#define RUN_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RUN_SANITIZED 1
#endif
#endif

#ifdef RUN_SANITIZED
#include <sanitizer/lsan_interface.h>
#endif

#define RUN_CRASHED "crashed"
/* Real seconds that a run may take. */
#define RUN_ALARM   120

/* What a child tells its parent. */
struct run_report {
	struct run_verdict verdict;
	struct matrix matrix;
	bool done;
};

void run_prepare(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	disk_install_vfs();
}

static void run_count(const struct world *world, struct matrix *matrix)
{
	matrix->runs++;
	matrix->asks += (uint64_t)world->asks_count;
	matrix->answers += (uint64_t)world->answered;
	matrix->deaths += (uint64_t)world->deaths;
	matrix->breaches += world->breaches_count;
	matrix->virtual_ms += (uint64_t)(world->loom.now - 1000000);
}

/* Nothing is left behind, but by the dead. */
static void run_check_leaks(bool somebody_died)
{
#ifdef RUN_SANITIZED
	if (!somebody_died)
		__lsan_do_leak_check(); /* ends the process if there are any */
#else
	(void)somebody_died;
#endif
}

static void run_child(const struct story *story, struct run_report *report,
		      bool loud)
{
	struct world *world = world_new(story->seed, &report->matrix, loud);
	bool died;

	alarm(RUN_ALARM);
	world_run(world, story);
	run_count(world, &report->matrix);
	report->verdict.hash = world->hash;
	report->verdict.bad = world->breaches_count > 0;
	if (report->verdict.bad) {
		memcpy(report->verdict.check, world->breaches[0].check,
		       sizeof(report->verdict.check));
		memcpy(report->verdict.text, world->breaches[0].text,
		       sizeof(report->verdict.text));
	}
	died = world->deaths > 0;
	world_free(world);
	run_check_leaks(died);
	report->done = true;
	fflush(stdout);
}

static void run_wait(pid_t child, struct run_report *report)
{
	int status = 0;

	waitpid(child, &status, 0);
	if (WIFEXITED(status) && !WEXITSTATUS(status) && report->done)
		return;
	report->verdict.bad = true;
	snprintf(report->verdict.check, sizeof(report->verdict.check),
		 RUN_CRASHED);
	snprintf(report->verdict.text, sizeof(report->verdict.text),
		 "signal %d, status %d",
		 WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		 WIFEXITED(status) ? WEXITSTATUS(status) : 0);
}

struct run_verdict run_story(const struct story *story, struct matrix *matrix,
			     bool loud)
{
	struct run_report *report =
		mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct run_verdict verdict;
	pid_t child;

	if (report == MAP_FAILED)
		abort();
	fflush(stdout);
	child = fork();
	if (child < 0)
		abort();
	if (!child) {
		run_child(story, report, loud);
		_exit(0);
	}
	run_wait(child, report);
	matrix_add(matrix, &report->matrix);
	verdict = report->verdict;
	munmap(report, sizeof(*report));
	return verdict;
}
