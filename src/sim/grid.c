/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/grid.h"

#include <stdio.h>
#include <string.h>

static void grid_blank(struct grid *grid, int row, int from, int to)
{
	for (int x = from; x <= to; x++)
		strcpy(grid->cells[row][x], " ");
}

void grid_reset_area(struct grid *grid)
{
	grid->area =
		(struct grid_area){ 0, 0, GRID_COLUMNS - 1, GRID_ROWS - 1 };
}

void grid_clear(struct grid *grid)
{
	for (int row = 0; row < GRID_ROWS; row++)
		grid_blank(grid, row, 0, GRID_COLUMNS - 1);
	grid_reset_area(grid);
	grid_move_to(grid, 0, 0);
}

void grid_init(struct grid *grid)
{
	grid_clear(grid);
	grid->mode = GRID_OVERWRITE;
}

void grid_clear_line(struct grid *grid)
{
	grid_blank(grid, grid->y, grid->area.left, grid->area.right);
	grid_move_to(grid, grid->area.left, grid->y);
}

/* Rows of the area one up (step 1) or down (step -1); a blank one comes in. */
static void grid_scroll(struct grid *grid, int step)
{
	const struct grid_area *area = &grid->area;
	int into = step > 0 ? area->bottom : area->top;
	size_t width = (size_t)(area->right - area->left + 1);

	if (area->top < area->bottom)
		memcpy(grid->cells[into - step][area->left],
		       grid->cells[into][area->left], width * PAGE_CELL_SIZE);
	grid_blank(grid, into, area->left, area->right);
}

/* The cursor's row one to the left (step 1) or to the right (step -1). */
static void grid_shift(struct grid *grid, int step)
{
	const struct grid_area *area = &grid->area;
	char(*row)[PAGE_CELL_SIZE] = grid->cells[grid->y];
	size_t count = (size_t)(area->right - area->left);
	int into = step > 0 ? area->right : area->left;

	memmove(row[step > 0 ? area->left : area->left + 1],
		row[step > 0 ? area->left + 1 : area->left],
		count * PAGE_CELL_SIZE);
	grid_blank(grid, grid->y, into, into);
}

/* Off the end of a row in that direction (1 right, -1 left). */
static void grid_leave_row(struct grid *grid, int step)
{
	const struct grid_area *area = &grid->area;
	int last = step > 0 ? area->bottom : area->top;
	int first = step > 0 ? area->top : area->bottom;

	if (grid->mode == GRID_HORIZONTAL) {
		grid_shift(grid, step);
		return;
	}
	grid->x = step > 0 ? area->left : area->right;
	if (grid->y != last)
		grid->y += step;
	else if (grid->mode == GRID_OVERWRITE)
		grid->y = first;
	else
		grid_scroll(grid, step);
}

void grid_move_right(struct grid *grid)
{
	grid->past_end = false;
	if (grid->x < grid->area.right)
		grid->x++;
	else
		grid_leave_row(grid, 1);
}

void grid_move_left(struct grid *grid)
{
	grid->past_end = false;
	if (grid->x > grid->area.left)
		grid->x--;
	else
		grid_leave_row(grid, -1);
}

static void grid_change_row(struct grid *grid, int step)
{
	int last = step > 0 ? grid->area.bottom : grid->area.top;
	int first = step > 0 ? grid->area.top : grid->area.bottom;

	grid->past_end = false;
	if (grid->y != last)
		grid->y += step;
	else if (grid->mode == GRID_VERTICAL)
		grid_scroll(grid, step);
	else
		grid->y = first;
}

void grid_move_up(struct grid *grid)
{
	grid_change_row(grid, -1);
}

void grid_move_down(struct grid *grid)
{
	grid_change_row(grid, 1);
}

void grid_move_to(struct grid *grid, int x, int y)
{
	grid->past_end = false;
	grid->x = x;
	grid->y = y;
}

/*
 * In MD2 and MD3 the last character of the area stays until another one
 * comes: only that one scrolls or shifts (devices B.8).
 */
void grid_put(struct grid *grid, const char *cell)
{
	bool at_end;

	if (grid->past_end)
		grid_move_right(grid);
	snprintf(grid->cells[grid->y][grid->x], PAGE_CELL_SIZE, "%s", cell);
	at_end =
		grid->x == grid->area.right &&
		(grid->mode == GRID_HORIZONTAL ||
		 (grid->mode == GRID_VERTICAL && grid->y == grid->area.bottom));
	if (at_end)
		grid->past_end = true;
	else
		grid_move_right(grid);
}

bool grid_set_area(struct grid *grid, const struct grid_area *area)
{
	if (area->left < 0 || area->left > area->right ||
	    area->right >= GRID_COLUMNS || area->top < 0 ||
	    area->top > area->bottom || area->bottom >= GRID_ROWS)
		return false;
	grid->area = *area;
	grid_move_to(grid, area->left, area->top);
	return true;
}

void grid_read_line(const struct grid *grid, int row,
		    char out_text[GRID_LINE_SIZE])
{
	char *at = out_text;

	for (int x = 0; x < GRID_COLUMNS; x++)
		at = stpcpy(at, grid->cells[row][x]);
}
