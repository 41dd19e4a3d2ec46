/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A till for the ZVT model: sends what it is told, answers whatever comes,
 * and keeps what it heard as lines of hexadecimal. Its checksum and framing
 * are its own, checked by the vectors of the protocol text.
 */
#ifndef TILLD_TESTS_ZVT_BENCH_H
#define TILLD_TESTS_ZVT_BENCH_H

#include "sim_rig.h"

#define ZVT_BENCH_HEARD 400

struct zvt_bench {
	struct sim_rig rig;
	bool serial;
	char *heard[ZVT_BENCH_HEARD]; /* APDUs, oldest first */
	size_t count;
	int acks, naks; /* bytes that came from the terminal */
	size_t at;	/* read so far of rig.sent */

	bool mute;		   /* acknowledges, but answers nothing */
	bool deaf;		   /* not even that */
	const char *status_answer; /* to 04 0F; NULL: 80 00 00 */
	const char *print_answer;  /* to 06 D1 and 06 D3 */
	bool numbered;		   /* answers echo tag 1F73 */
};

void zvt_bench_start(struct zvt_bench *bench, bool serial, const char *options);
void zvt_bench_stop(struct zvt_bench *bench);

/* Sends an APDU given in hexadecimal, blanks allowed; framed if serial. */
void zvt_bench_send(struct zvt_bench *bench, const char *hex);

/* Sends these very bytes. */
void zvt_bench_send_raw(struct zvt_bench *bench, const char *hex);

/* Lets time pass and answers on the way. */
void zvt_bench_run(struct zvt_bench *bench, int64_t ms);

/* Forgets what was heard. */
void zvt_bench_clear(struct zvt_bench *bench);

/* The one heard at that place is this, or begins with it. */
void zvt_bench_expect(const struct zvt_bench *bench, size_t at,
		      const char *hex);
void zvt_bench_expect_start(const struct zvt_bench *bench, size_t at,
			    const char *hex);

/* How many heard begin so; the place of the first, or fails. */
size_t zvt_bench_count(const struct zvt_bench *bench, const char *hex);
size_t zvt_bench_find(const struct zvt_bench *bench, const char *hex);

/* What follows that text in the first heard that begins with start. */
const char *zvt_bench_after(const struct zvt_bench *bench, const char *start,
			    const char *hex);

long long zvt_bench_account(const struct zvt_bench *bench, const char *name);
size_t zvt_bench_list(const struct zvt_bench *bench, const char *name);
/* account.net of that amount; 0 if it is not there */
long long zvt_bench_net(const struct zvt_bench *bench, const char *amount);

#endif
