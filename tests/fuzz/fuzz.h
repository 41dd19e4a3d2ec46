/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fuzz target is: one function that takes any bytes, does with them what
 * tilld would, and leaves nothing behind. libFuzzer and AFL++ call it with
 * bytes of their making (./dev fuzz); without them fuzz_replay.c does, with the
 * corpus and with each of its inputs cut and bent (make check).
 */
#ifndef TILLD_TESTS_FUZZ_H
#define TILLD_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns 0, always. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Called once, before; where a target has nothing to prepare it is left out. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* How many bent inputs make check may try: what one costs is known here. */
extern const int fuzz_variants;

/* More than a crash: what should hold, whatever came in. */
#define FUZZ_HOLDS(what)                                              \
	do {                                                          \
		if (!(what)) {                                        \
			fprintf(stderr, "%s:%d: does not hold: %s\n", \
				__FILE__, __LINE__, #what);           \
			abort();                                      \
		}                                                     \
	} while (0)

#endif
