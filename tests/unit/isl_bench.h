/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A till for the Datecs models. Frames are either the bytes of the protocol
 * text, in hexadecimal, or put together here, which shares nothing with the
 * models or the driver.
 */
#ifndef TILLD_TESTS_ISL_BENCH_H
#define TILLD_TESTS_ISL_BENCH_H

#include "isl_frame.h"
#include "sim_rig.h"

extern struct sim_rig isl_rig;

void isl_bench_start(bool classic, const char *options);
int isl_bench_stop(void **state); /* a cmocka teardown */

/* Sends bytes; forgets what came before. */
void isl_bench_send(const char *hex);
/* All that came since are these. */
void isl_bench_expect(const char *hex);

/* A whole frame, with the next SEQ, or with one that is given. */
void isl_bench_ask(int command, const char *data);
void isl_bench_ask_seq(int seq, int command, const char *data);

/* All that came since is the answer to the last question; status in hex. */
void isl_bench_answer(const char *data, const char *status);
const char *isl_bench_data(void); /* of that answer, whatever it is */

#define ISL_ASK(command, data, answer, status)        \
	do {                                          \
		isl_bench_ask((command), (data));     \
		isl_bench_answer((answer), (status)); \
	} while (0)

long long isl_bench_account(const char *name);
long long isl_bench_count(const char *name); /* the length of a list */

#endif
