/* SPDX-License-Identifier: Apache-2.0 */
#include "matrix.h"

#include "device/op.h"

#include <inttypes.h>

const char *fault_name(enum fault_kind kind)
{
	static const char *const names[] = {
		[FAULT_DROP] = "bytes lost",
		[FAULT_DOUBLE] = "bytes doubled",
		[FAULT_CORRUPT] = "bytes corrupted",
		[FAULT_DELAY] = "bytes late",
		[FAULT_SPLIT] = "bytes split",
		[FAULT_MERGE] = "bytes merged",
		[FAULT_SILENT] = "line silent",
		[FAULT_UNPLUG] = "unplugged",
		[FAULT_DEVICE_POWER] = "device's power",
		[FAULT_LIE] = "device misbehaves",
		[FAULT_CLIENT_GONE] = "client gone",
		[FAULT_DISK_FAILS] = "disk fails",
		[FAULT_DISK_FULL] = "disk full",
		[FAULT_KILL] = "killed",
		[FAULT_POWER_CUT] = "power cut",
	};

	return names[kind];
}

/* On a wire there is nothing before the device is told to begin. */
static bool matrix_can_be(enum fault_kind kind, enum stage stage)
{
	if (kind <= FAULT_LIE)
		return stage != STAGE_ASKED && stage != STAGE_RECORDING;
	if (kind == FAULT_CLIENT_GONE)
		return stage != STAGE_IDLE && stage != STAGE_RECOVERING;
	return true;
}

void matrix_hit(struct matrix *matrix, enum fault_kind kind, enum stage stage)
{
	matrix->hits[kind][stage]++;
}

/* It is an array of numbers, all of one kind. */
void matrix_add(struct matrix *matrix, const struct matrix *more)
{
	uint64_t *into = (uint64_t *)matrix;
	const uint64_t *from = (const uint64_t *)more;

	for (size_t i = 0; i < sizeof(*matrix) / sizeof(*into); i++)
		into[i] += from[i];
}

int matrix_holes(const struct matrix *matrix)
{
	int holes = 0;

	for (enum fault_kind kind = 0; kind < FAULT_KINDS; kind++)
		for (enum stage stage = 0; stage < STAGES; stage++)
			holes += matrix_can_be(kind, stage) &&
				 !matrix->hits[kind][stage];
	return holes;
}

static void matrix_print_cell(const struct matrix *matrix, enum fault_kind kind,
			      enum stage stage, FILE *out)
{
	uint64_t hits = matrix->hits[kind][stage];

	if (matrix_can_be(kind, stage))
		fprintf(out, " | %10" PRIu64, hits);
	else
		fprintf(out, " | %10s", "-");
}

static void matrix_print_unknown(const struct matrix *matrix, FILE *out)
{
	fprintf(out, "\n| operations | ended | unknown |\n|---|---|---|\n");
	for (enum op_kind kind = 0; kind < OP_KINDS; kind++)
		if (matrix->ended[kind])
			fprintf(out, "| %s | %" PRIu64 " | %" PRIu64 " |\n",
				op_kind_name(kind), matrix->ended[kind],
				matrix->unknown[kind]);
}

void matrix_print(const struct matrix *matrix, FILE *out)
{
	fprintf(out, "| %-17s", "fault \\ step");
	for (enum stage stage = 0; stage < STAGES; stage++)
		fprintf(out, " | %10s", stage_name(stage));
	fprintf(out, " |\n|---");
	for (enum stage stage = 0; stage < STAGES; stage++)
		fprintf(out, "|---");
	fprintf(out, "|\n");
	for (enum fault_kind kind = 0; kind < FAULT_KINDS; kind++) {
		fprintf(out, "| %-17s", fault_name(kind));
		for (enum stage stage = 0; stage < STAGES; stage++)
			matrix_print_cell(matrix, kind, stage, out);
		fprintf(out, " |\n");
	}
	matrix_print_unknown(matrix, out);
}
