/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all benches share. A bench measures ours and a peer in turn, round by
 * round in one run, and prints medians and their ratio: of times alone one
 * can't tell a slow machine from slow code.
 *
 *	--brief		a few rounds on something small: for the tests, which
 *			want to know that it runs and that answers are right,
 *			and nothing of times: their machine may be busy
 */
#ifndef TILLD_TESTS_BENCH_H
#define TILLD_TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether it is to be brief; ends the program if it is asked for anything
 * else. */
bool bench_is_brief(int argc, char **argv);

/* --- time, in nanoseconds --- */

int64_t bench_now(void); /* on the wall */
int64_t bench_cpu(void); /* of this thread alone */

/* --- chance: the same in every run --- */

void bench_seed(uint64_t seed);
size_t bench_below(size_t bound);
static inline bool bench_one_in(size_t many)
{
	return !bench_below(many);
}

/* --- series: {0} is an empty one --- */

struct bench_series {
	double *values;
	size_t count;
};

void bench_add(struct bench_series *series, double value);
void bench_free(struct bench_series *series);
/* share: 0.5 is the median, 1 the largest; 0 of none. */
double bench_quantile(const struct bench_series *series, double share);
double bench_median(const struct bench_series *series);

/* --- telling --- */

/* "1,234,567", in a buffer that is reused 32 calls later. */
const char *bench_count(size_t count);
/* "84 ns", "1.23 µs", "17 ms": likewise. */
const char *bench_time(double ns);
/* "84 ns (82 to 91)": median, and where half of them lie. */
const char *bench_middle(const struct bench_series *series);
/* "31 times": of the medians. */
const char *bench_times(const struct bench_series *more,
			const struct bench_series *less);

/* A table, line by line: what is given, up to NULL. The first line of each is
 * its heading. */
void bench_table(const char *const *headings);
#define BENCH_TABLE(...) bench_table((const char *const[]){ __VA_ARGS__, NULL })
void bench_row(const char *const *cells);
#define BENCH_ROW(...) bench_row((const char *const[]){ __VA_ARGS__, NULL })

/* Says what is not as promised, unless it holds; the program ends with 1 then.
 * Never if it is to be brief. */
void bench_expect(bool holds, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int bench_end(void);

/* It can't go on: says so and ends the program. */
void bench_give_up(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* --- a folder of its own, gone at the end --- */

/* Below the working folder, since a disk is measured with it. */
const char *bench_folder(void);

#endif
