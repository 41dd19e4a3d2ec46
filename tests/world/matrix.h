/* SPDX-License-Identifier: Apache-2.0 */
/* Which fault struck at which step of the protocol, how often. */
#ifndef TILLD_WORLD_MATRIX_H
#define TILLD_WORLD_MATRIX_H

#include "progress.h"

#include <stdint.h>
#include <stdio.h>

enum fault_kind {
	FAULT_DROP,
	FAULT_DOUBLE,
	FAULT_CORRUPT,
	FAULT_DELAY,
	FAULT_SPLIT,
	FAULT_MERGE,
	FAULT_SILENT,
	FAULT_UNPLUG,
	FAULT_DEVICE_POWER,
	FAULT_LIE,
	FAULT_CLIENT_GONE,
	FAULT_DISK_FAILS,
	FAULT_DISK_FULL,
	FAULT_KILL,
	FAULT_POWER_CUT,
	FAULT_KINDS,
};

const char *fault_name(enum fault_kind kind);

/* Shared between processes: nothing but numbers. */
struct matrix {
	uint64_t hits[FAULT_KINDS][STAGES];
	uint64_t runs, steps, asks, answers, moves, deaths, breaches;
	uint64_t ended[OP_KINDS], unknown[OP_KINDS]; /* operations, by kind */
	uint64_t virtual_ms;
};

void matrix_hit(struct matrix *matrix, enum fault_kind kind, enum stage stage);
void matrix_add(struct matrix *matrix, const struct matrix *more);
void matrix_print(const struct matrix *matrix, FILE *out);

/* How many cells are empty that could be hit. */
int matrix_holes(const struct matrix *matrix);

#endif
