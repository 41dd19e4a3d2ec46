/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two lines of twenty characters with a cursor that walks in one of three
 * ways, as customer displays have them; devices B.2 "edge behaviour". Columns
 * and rows count from 0 here, from 1 on the wire.
 */
#ifndef TILLD_SIM_GRID_H
#define TILLD_SIM_GRID_H

#include "sim/page.h"

#include <stdbool.h>

#define GRID_COLUMNS 20
#define GRID_ROWS    2

enum grid_mode {
	GRID_OVERWRITE,	 /* MD1 */
	GRID_VERTICAL,	 /* MD2 */
	GRID_HORIZONTAL, /* MD3 */
};

/* Where the cursor may walk: all of it, or a window. */
struct grid_area {
	int left, top, right, bottom;
};

struct grid {
	char cells[GRID_ROWS][GRID_COLUMNS][PAGE_CELL_SIZE];
	struct grid_area area;
	enum grid_mode mode;
	int x, y;
	bool past_end; /* the next character scrolls or shifts first */
};

void grid_init(struct grid *grid);  /* blank, MD1, no window */
void grid_clear(struct grid *grid); /* blank, home, no window */
void grid_clear_line(struct grid *grid);
void grid_put(struct grid *grid, const char *cell);

void grid_move_left(struct grid *grid);
void grid_move_right(struct grid *grid);
void grid_move_up(struct grid *grid);
void grid_move_down(struct grid *grid);
void grid_move_to(struct grid *grid, int x, int y); /* within the area */

/* False, and nothing done, if it does not fit or ends before it begins. */
bool grid_set_area(struct grid *grid, const struct grid_area *area);
void grid_reset_area(struct grid *grid);

#define GRID_LINE_SIZE (GRID_COLUMNS * PAGE_CELL_SIZE + 1)

void grid_read_line(const struct grid *grid, int row,
		    char out_text[GRID_LINE_SIZE]);

#endif
