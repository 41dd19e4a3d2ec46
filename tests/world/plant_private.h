/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TILLD_WORLD_PLANT_PRIVATE_H
#define TILLD_WORLD_PLANT_PRIVATE_H

#include "plant.h"

/* plant_moves.c: what its model has done since it was looked at last. */
void plant_observe(struct plant_line *line);
void plant_observe_first(struct plant_line *line);

#endif
