/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include "util/alloc.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BENCH_TEXTS	32
#define BENCH_TEXT_SIZE 64

static bool bench_brief, bench_failed;

bool bench_is_brief(int argc, char **argv)
{
	if (argc == 1)
		return false;
	if (argc == 2 && !strcmp(argv[1], "--brief"))
		return bench_brief = true;
	fprintf(stderr, "usage: %s [--brief]\n", argv[0]);
	exit(64);
}

/* --- time --- */

static int64_t bench_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t bench_now(void)
{
	return bench_clock(CLOCK_MONOTONIC);
}

int64_t bench_cpu(void)
{
	return bench_clock(CLOCK_THREAD_CPUTIME_ID);
}

/* --- chance --- */

static uint64_t bench_state;

void bench_seed(uint64_t seed)
{
	bench_state = seed;
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
size_t bench_below(size_t bound)
{
	uint64_t z = bench_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (size_t)((z ^ z >> 31) % bound);
}

/* --- series --- */

void bench_add(struct bench_series *series, double value)
{
	if (!(series->count & (series->count - 1)))
		series->values =
			alloc_resize(series->values,
				     series->count ? series->count * 2 : 1,
				     sizeof(*series->values));
	series->values[series->count++] = value;
}

void bench_free(struct bench_series *series)
{
	free(series->values);
	*series = (struct bench_series){ 0 };
}

static int bench_compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

double bench_quantile(const struct bench_series *series, double share)
{
	if (!series->count)
		return 0;
	qsort(series->values, series->count, sizeof(*series->values),
	      bench_compare);
	return series->values[(size_t)(share * (double)(series->count - 1))];
}

double bench_median(const struct bench_series *series)
{
	return bench_quantile(series, 0.5);
}

/* --- telling --- */

static char *bench_text(void)
{
	static char texts[BENCH_TEXTS][BENCH_TEXT_SIZE];
	static size_t next;

	return texts[next++ % BENCH_TEXTS];
}

const char *bench_count(size_t count)
{
	char *text = bench_text();

	if (count >= 1000000)
		snprintf(text, BENCH_TEXT_SIZE, "%zu,%03zu,%03zu",
			 count / 1000000, count / 1000 % 1000, count % 1000);
	else if (count >= 1000)
		snprintf(text, BENCH_TEXT_SIZE, "%zu,%03zu", count / 1000,
			 count % 1000);
	else
		snprintf(text, BENCH_TEXT_SIZE, "%zu", count);
	return text;
}

/* Three digits that mean something. */
static int bench_digits(double value)
{
	return value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
}

const char *bench_time(double ns)
{
	static const char *const units[] = { "ns", "µs", "ms", "s" };
	char *text = bench_text();
	size_t unit = 0;

	for (; (ns >= 999.5 || ns <= -999.5) && unit < 3; unit++)
		ns /= 1000;
	snprintf(text, BENCH_TEXT_SIZE, "%.*f %s",
		 unit ? bench_digits(ns < 0 ? -ns : ns) : 0, ns, units[unit]);
	return text;
}

const char *bench_middle(const struct bench_series *series)
{
	const char *median = bench_time(bench_median(series));
	const char *from = bench_time(bench_quantile(series, 0.25));
	const char *to = bench_time(bench_quantile(series, 0.75));
	char *text = bench_text();

	snprintf(text, BENCH_TEXT_SIZE, "%s (%s to %s)", median, from, to);
	return text;
}

const char *bench_times(const struct bench_series *more,
			const struct bench_series *less)
{
	double ratio = bench_median(more) / bench_median(less);
	char *text = bench_text();

	snprintf(text, BENCH_TEXT_SIZE, "%.*f times", ratio < 9.95 ? 1 : 0,
		 ratio);
	return text;
}

void bench_row(const char *const *cells)
{
	for (; *cells; cells++)
		printf("| %s ", *cells);
	puts("|");
	fflush(stdout);
}

void bench_table(const char *const *headings)
{
	puts("");
	bench_row(headings);
	for (; *headings; headings++)
		printf("| --- ");
	puts("|");
}

void bench_expect(bool holds, const char *format, ...)
{
	va_list list;

	if (holds || bench_brief)
		return;
	bench_failed = true;
	fputs("\nnot as promised: ", stdout);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	puts("");
}

int bench_end(void)
{
	return bench_failed ? 1 : 0;
}

/* --- a folder --- */

static char bench_folder_path[] = "bench-XXXXXX";
static bool bench_has_folder;

static int bench_remove_one(const char *path, const struct stat *stat, int type,
			    struct FTW *at)
{
	(void)stat;
	(void)type;
	(void)at;
	return remove(path);
}

static void bench_remove_folder(void)
{
	if (bench_has_folder)
		nftw(bench_folder_path, bench_remove_one, 8,
		     FTW_DEPTH | FTW_PHYS);
}

const char *bench_folder(void)
{
	if (!bench_has_folder) {
		if (!mkdtemp(bench_folder_path))
			bench_give_up("no folder could be made here");
		atexit(bench_remove_folder);
		bench_has_folder = true;
	}
	return bench_folder_path;
}

/* --- giving up --- */

/* Workers may be at work, so nothing else is tidied up. */
void bench_give_up(const char *format, ...)
{
	va_list list;

	fflush(stdout);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputs("\n", stderr);
	bench_remove_folder();
	_exit(2);
}
