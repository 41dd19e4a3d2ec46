/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of "zvt-terminal" share: messages of a terminal, and talks
 * with it as far as they are the same every time. All bytes are from the
 * examples of docs/protocols.md or put together by hand after its tables.
 */
#ifndef TILLD_TESTS_TERMINAL_ZVT_BENCH_H
#define TILLD_TESTS_TERMINAL_ZVT_BENCH_H

#include "driver_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

extern const struct driver terminal_zvt;

/* From us. */
#define ZVT_OK	      "80 00 00 "
#define ZVT_ENQUIRY   "05 01 05 00 00 00 03 02 "
#define ZVT_FIRST_ASK "05 01 03 00 00 00 "
#define ZVT_REGISTER  "06 00 08 00 00 00 BE 09 78 06 00 "
#define ZVT_LAST      "06 20 05 00 00 00 03 03 "
#define ZVT_PAY	      "06 01 0C 04 00 00 00 00 12 34 49 09 78 19 40 "
#define ZVT_REVERSE   "06 30 10 00 00 00 87 02 31 04 00 00 00 00 25 00 49 09 78 "
#define ZVT_NOT_TAKEN "84 66 00 " /* the terminal has to reverse */

/* From the terminal. */
#define PT_OK	       "80 00 00 "
#define PT_READY       "06 0F 01 00 "
#define PT_BUSY	       "06 0F 01 9C "
#define PT_DONE	       "06 0F 00 "
#define PT_REGISTERED  "06 0F 0A 19 00 29 29 00 10 06 49 09 78 "
#define PT_INSERT_CARD "04 FF 01 0A "

/* 10.00 as receipt 41 */
#define PT_BEFORE                                                            \
	"04 0F 1C 27 00 04 00 00 00 00 10 00 29 29 00 10 06 87 00 41 0B 00 " \
	"00 41 0C 10 00 00 0D 11 22 "
/* section 6: 12.34 as receipt 42 */
#define PT_APPROVED                                                          \
	"04 0F 37 27 00 04 00 00 00 00 12 34 49 09 78 0C 13 44 55 0D 11 22 " \
	"22 F0 F8 EE EE EE EE EE EE 47 71 29 29 00 10 06 3B 36 31 31 38 30 " \
	"34 00 00 87 00 42 0B 00 00 42 19 60 8A 2E "
/* 99.00 as receipt 42: somebody else's */
#define PT_ANOTHER                                                           \
	"04 0F 15 27 00 04 00 00 00 00 99 00 29 29 00 10 06 87 00 42 0B 00 " \
	"00 42 "
/* a reversal, as receipt 42, of what has that trace */
#define PT_REVERSED(amount, original)           \
	"04 0F 19 27 00 04 00 00 00 00 " amount \
	" 29 29 00 10 06 87 00 42 0B 00 00 42 37 00 00 " original " "
#define PT_DECLINED "04 0F 07 27 05 29 29 00 10 06 "
#define PT_STOPPED  "04 0F 07 27 6C 29 29 00 10 06 "

struct bench {
	struct driver_io rig;
	struct op pay;	   /* 12.34 */
	struct op reverse; /* receipt 231, trace 19, 25.00 */
};

int bench_setup_tcp(void **state);
int bench_setup_serial(void **state);
int bench_teardown(void **state);

/* The line comes up, and the driver asks for the first time. */
void bench_line_up(struct bench *bench);

/* Bytes come in; exactly these are written. */
void bench_talk(struct bench *bench, const char *in, const char *out);

/* On TCP. From the open line to ready, with PT_BEFORE as the last booking. */
void bench_open(struct bench *bench);

/* Open already: the enquiry and the baseline before a money command, up to
 * and including that command (out). */
void bench_begin(struct bench *bench, const struct op *op, const char *out);

/* The same, accepted by the terminal. */
void bench_begin_taken(struct bench *bench, const struct op *op,
		       const char *out);

/* The last booking is asked for and told: last is a 04 0F, or "". */
void bench_tell_last(struct bench *bench, const char *last);

/* Recovering on a line that has just come up: the terminal is idle and tells
 * last as its last booking. */
void bench_recover(struct bench *bench, const struct op *op,
		   const json_t *evidence, const char *last);

void bench_expect_done(struct bench *bench, enum outcome outcome,
		       enum reason reason);
void bench_expect_text(struct bench *bench, const char *key,
		       const char *expected);
void bench_expect_int(struct bench *bench, const char *key, int64_t expected);

#define BENCH_TCP(test) \
	cmocka_unit_test_setup_teardown(test, bench_setup_tcp, bench_teardown)
#define BENCH_SERIAL(test)                                        \
	cmocka_unit_test_setup_teardown(test, bench_setup_serial, \
					bench_teardown)

#endif
