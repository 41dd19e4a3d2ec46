/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TILLD_WORLD_PLANT_PRIVATE_H
#define TILLD_WORLD_PLANT_PRIVATE_H

#include "plant.h"

/* plant_moves.c: what its model has done since it was looked at last. */
void plant_observe(struct plant_line *line);
void plant_observe_first(struct plant_line *line);

/* --- plant_wire.c --- */

struct plant_parcel {
	struct plant_parcel *next;
	int64_t due;
	bool hang_up; /* behind it there is nothing */
	size_t len;
	uint8_t data[];
};

struct plant_parcel *plant_parcel_new(int64_t due, const uint8_t *data,
				      size_t len);

/* Nothing overtakes what is on its way already. */
void plant_way_append(struct loom *loom, struct plant_way *way,
		      struct plant_parcel *parcel);
struct plant_parcel *plant_way_take(struct plant_way *way);
void plant_way_clear(struct plant_way *way);

/* Sets the timer for what arrives next. */
void plant_way_arm(struct loom *loom, struct plant_way *way);

/* Bytes on their way, with what goes wrong with them. */
void plant_send(struct plant_line *line, struct plant_way *way,
		const uint8_t *data, size_t len);

#endif
