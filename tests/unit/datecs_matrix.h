/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the Datecs driver's matrices share. A matrix is every fault at every
 * request, of one kind of printer: in one of the dialects, with paper that
 * takes its time, and SYN meanwhile, or none.
 */
#ifndef TILLD_TESTS_DATECS_MATRIX_H
#define TILLD_TESTS_DATECS_MATRIX_H

#include "shop_rig.h"

struct datecs_kind {
	bool classic;
	bool slow;
};

/* For messages: "X" or "classic". And for the model's option "speed". */
const char *datecs_kind_name(const struct datecs_kind *kind);
const char *datecs_kind_speed(const struct datecs_kind *kind);

/* The driver, and such a printer with these options of the model. */
struct shop_setup datecs_kind_setup(const struct datecs_kind *kind,
				    const char *options);

/* The command's number, out of a whole frame; -1 if it is too short. */
int datecs_kind_command(const struct datecs_kind *kind, const uint8_t *data,
			size_t len);

/* A test for each of the four kinds: for main(). */
int datecs_matrix_run(const char *name,
		      void (*matrix)(const struct datecs_kind *kind));

#endif
