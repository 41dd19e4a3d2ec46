/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A till for the POSNET model. Requests and replies are written as the
 * protocol text writes them, with \t, and #CRC where the text gives it; 02
 * and 03 are put around them here. The checksum is the tests' own.
 */
#ifndef TILLD_TESTS_FP_BENCH_H
#define TILLD_TESTS_FP_BENCH_H

#include "sim_rig.h"

extern struct sim_rig fp_rig;

void fp_bench_start(const char *options);
int fp_bench_stop(void **state); /* a cmocka teardown */

unsigned fp_bench_crc(const char *text);

/* Sends a frame whose checksum is in the text; forgets what came before. */
void fp_bench_send(const char *vector);

/* The same with the checksum put to it here. */
void fp_bench_request(const char *payload);

/* All that came since is this frame, with its checksum or without. */
void fp_bench_expect(const char *vector);
void fp_bench_reply(const char *payload);
void fp_bench_expect_silence(void);

#define ASK(request, reply)                \
	do {                               \
		fp_bench_request(request); \
		fp_bench_reply(reply);     \
	} while (0)

#define ASK_VECTOR(request, reply)      \
	do {                            \
		fp_bench_send(request); \
		fp_bench_expect(reply); \
	} while (0)

/* A field of the last reply, or of the reply to a command, as a number. */
long long fp_bench_field(const char *name);
long long fp_bench_counter(const char *command, const char *name);

/* A number in the account; the length of a list in it. */
long long fp_bench_account(const char *name);
long long fp_bench_account_count(const char *name);

/* A receipt of 2,00 as far as its payment, then this. */
void fp_bench_sell(const char *payload);

#endif
