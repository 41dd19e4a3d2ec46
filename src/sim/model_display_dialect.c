/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands do. The facts are those of devices B.2 to B.7; where the
 * manuals contradict each other a comment says what this one does.
 */
#include "sim/model_display.h"

#include "sim/models.h"

#include <stdio.h>
#include <string.h>

#define ESC 0x1b
#define US  0x1f

static void model_display_initialise(struct model_display *display,
				     const uint8_t *params)
{
	(void)params;
	model_display_reset(display);
}

static void model_display_clear(struct model_display *display,
				const uint8_t *params)
{
	(void)params;
	grid_clear(&display->grid);
	display->string_mode = false;
	display->marquee[0] = 0;
}

static void model_display_clear_line(struct model_display *display,
				     const uint8_t *params)
{
	(void)params;
	grid_clear_line(&display->grid);
	display->string_mode = false;
}

static void model_display_left(struct model_display *display,
			       const uint8_t *params)
{
	(void)params;
	grid_move_left(&display->grid);
}

static void model_display_right(struct model_display *display,
				const uint8_t *params)
{
	(void)params;
	grid_move_right(&display->grid);
}

static void model_display_up(struct model_display *display,
			     const uint8_t *params)
{
	(void)params;
	grid_move_up(&display->grid);
}

static void model_display_down(struct model_display *display,
			       const uint8_t *params)
{
	(void)params;
	grid_move_down(&display->grid);
}

static void model_display_line_start(struct model_display *display,
				     const uint8_t *params)
{
	(void)params;
	grid_move_to(&display->grid, display->grid.area.left, display->grid.y);
}

static void model_display_line_end(struct model_display *display,
				   const uint8_t *params)
{
	(void)params;
	grid_move_to(&display->grid, display->grid.area.right, display->grid.y);
}

static void model_display_home(struct model_display *display,
			       const uint8_t *params)
{
	(void)params;
	grid_move_to(&display->grid, display->grid.area.left,
		     display->grid.area.top);
}

/* Bottom: the left-most place of the lower line. */
static void model_display_bottom(struct model_display *display,
				 const uint8_t *params)
{
	(void)params;
	grid_move_to(&display->grid, display->grid.area.left,
		     display->grid.area.bottom);
}

/* Counted from 1, relative to the window; outside of it nothing happens. */
static void model_display_position(struct model_display *display,
				   const uint8_t *params)
{
	const struct grid_area *area = &display->grid.area;
	int x = area->left + params[0] - 1, y = area->top + params[1] - 1;

	if (params[0] && params[1] && x <= area->right && y <= area->bottom)
		grid_move_to(&display->grid, x, y);
}

static void model_display_mode_1(struct model_display *display,
				 const uint8_t *params)
{
	(void)params;
	display->grid.mode = GRID_OVERWRITE;
}

static void model_display_mode_2(struct model_display *display,
				 const uint8_t *params)
{
	(void)params;
	display->grid.mode = GRID_VERTICAL;
}

static void model_display_mode_3(struct model_display *display,
				 const uint8_t *params)
{
	(void)params;
	display->grid.mode = GRID_HORIZONTAL;
}

static void model_display_cursor(struct model_display *display,
				 const uint8_t *params)
{
	display->cursor_shown = params[0] & 1;
}

static void model_display_brighten(struct model_display *display,
				   const uint8_t *params)
{
	if (params[0] >= 1 && params[0] <= 4)
		display->brightness = params[0];
}

static void model_display_blink(struct model_display *display,
				const uint8_t *params)
{
	display->blink = params[0];
}

void model_display_select(struct model_display *display, const uint8_t *params)
{
	display->selected = params[0] & 2;
}

static void model_display_page(struct model_display *display,
			       const uint8_t *params)
{
	if (page_name(params[0]))
		display->page = page_name(params[0]);
}

/* A character with a point, a comma or both in its own cell. */
static void model_display_put_marked(struct model_display *display,
				     uint8_t byte, const char *mark)
{
	char cell[PAGE_CELL_SIZE];
	size_t len;

	page_decode(display->page, byte, cell);
	len = strlen(cell);
	snprintf(cell + len, sizeof(cell) - len, "%s", mark);
	grid_put(&display->grid, cell);
}

/* U+0323 and U+0326: a dot, a comma below the letter before them */
static void model_display_put_point(struct model_display *display,
				    const uint8_t *params)
{
	model_display_put_marked(display, params[0], "\xcc\xa3");
}

static void model_display_put_comma(struct model_display *display,
				    const uint8_t *params)
{
	model_display_put_marked(display, params[0], "\xcc\xa6");
}

static void model_display_put_both(struct model_display *display,
				   const uint8_t *params)
{
	model_display_put_marked(display, params[0], "\xcc\xa3\xcc\xa6");
}

/* ESC W n 1 x1 y1 x2 y2 sets window n, ESC W n 0 takes it away. */
static size_t model_display_measure_window(const uint8_t *params)
{
	return (params[1] & 1) ? 6 : 2;
}

static void model_display_window(struct model_display *display,
				 const uint8_t *params)
{
	struct grid_area area = { params[2] - 1, params[3] - 1, params[4] - 1,
				  params[5] - 1 };

	if (!(params[1] & 1))
		grid_reset_area(&display->grid);
	else if (params[0] >= 1 && params[0] <= 4)
		grid_set_area(&display->grid, &area);
}

/* ESC W s x1 x2 y; s 0 is taken to come alone, as in the other dialect. */
static size_t model_display_measure_line_window(const uint8_t *params)
{
	return (params[0] & 1) ? 4 : 1;
}

static void model_display_line_window(struct model_display *display,
				      const uint8_t *params)
{
	struct grid_area area = { params[1] - 1, params[3] - 1, params[2] - 1,
				  params[3] - 1 };

	if (!(params[0] & 1))
		grid_reset_area(&display->grid);
	else
		grid_set_area(&display->grid, &area);
}

/* ESC & 1 n m, then for each glyph its width and that many bytes */
static void model_display_glyphs(struct model_display *display,
				 const uint8_t *params)
{
	if (params[2] >= params[1])
		display->skip_glyphs = params[2] - params[1] + 1U;
}

/* US ( x pL pH: settings that live in the display's EEPROM, or a choice */
static void model_display_function(struct model_display *display,
				   const uint8_t *params)
{
	display->skip_bytes = params[1] | (unsigned int)params[2] << 8;
	if (params[0] == 'E')
		display->eeprom_commands++;
}

static void model_display_eeprom(struct model_display *display,
				 const uint8_t *params)
{
	(void)params;
	display->eeprom_commands++;
}

/* ESC Q A, B or D: the text comes next, up to a CR */
static void model_display_string(struct model_display *display,
				 const uint8_t *params)
{
	bool line = params[0] == 'A' || params[0] == 'B';

	if (!line && (params[0] != 'D' || display->string_mode)) {
		display->unknown_bytes += 3;
		return;
	}
	display->string_what = (char)params[0];
	display->string_len = 0;
	display->string_mode |= line;
}

/* ESC [ and a letter */
static void model_display_bracket(struct model_display *display,
				  const uint8_t *params)
{
	static const struct {
		char letter;
		void (*run)(struct model_display *, const uint8_t *);
	} moves[] = {
		{ 'A', model_display_up },
		{ 'B', model_display_down },
		{ 'C', model_display_right },
		{ 'D', model_display_left },
		{ 'H', model_display_home },
		{ 'L', model_display_line_start },
		{ 'R', model_display_line_end },
		{ 'K', model_display_bottom },
	};

	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		if (moves[i].letter == (char)params[0]) {
			moves[i].run(display, params);
			return;
		}
	display->unknown_bytes += 3;
}

/* ESC f c: fonts; only these two change what is above 7F */
static void model_display_font(struct model_display *display,
			       const uint8_t *params)
{
	display->page = params[0] == 'L'   ? "CP852"
			: params[0] == 'R' ? "CP866"
					   : "CP437";
}

/* --- lci: a place is one byte, row 2 begins at 20 --- */

static void model_display_place(struct model_display *display,
				const uint8_t *params)
{
	if (params[0] < GRID_ROWS * GRID_COLUMNS)
		grid_move_to(&display->grid, params[0] % GRID_COLUMNS,
			     params[0] / GRID_COLUMNS);
}

static void model_display_start_lci(struct model_display *display,
				    const uint8_t *params)
{
	(void)params;
	model_display_reset(display);
}

static void model_display_other_row(struct model_display *display,
				    const uint8_t *params)
{
	(void)params;
	grid_move_to(&display->grid, display->grid.x, !display->grid.y);
}

static void model_display_show_cursor(struct model_display *display,
				      const uint8_t *params)
{
	(void)params;
	display->cursor_shown = true;
}

static void model_display_hide_cursor(struct model_display *display,
				      const uint8_t *params)
{
	(void)params;
	display->cursor_shown = false;
}

static void model_display_light(struct model_display *display,
				const uint8_t *params)
{
	static const uint8_t levels[] = { 0x20, 0x40, 0x60, 0xff };

	for (int i = 0; i < 4; i++)
		if (levels[i] == params[0])
			display->brightness = i + 1;
}

/* --- wincor: ESC [ 2 J, and ESC [ row ; column H in decimal --- */

static size_t model_display_measure_sequence(const uint8_t *params)
{
	if (params[1] == 'J')
		return 2;
	return params[3] == 'H' ? 4 : 5;
}

static void model_display_sequence(struct model_display *display,
				   const uint8_t *params)
{
	int row = params[0] - '1', column = params[2] - '0';

	if (params[1] == 'J') {
		grid_clear(&display->grid);
		return;
	}
	if (params[3] != 'H')
		column = column * 10 + params[3] - '0';
	if (params[1] == ';' && row >= 0 && row < GRID_ROWS && column >= 1 &&
	    column <= GRID_COLUMNS)
		grid_move_to(&display->grid, column - 1, row);
	else
		display->unknown_bytes += 6;
}

static void model_display_country(struct model_display *display,
				  const uint8_t *params)
{
	display->page = params[0] == '4' ? "CP858" : "CP437";
}

/* --- aedex: !#1, !#2 or !#4, and the text up to a CR --- */

static void model_display_attention(struct model_display *display,
				    const uint8_t *params)
{
	if (params[0] != '1' && params[0] != '2' && params[0] != '4') {
		display->unknown_bytes += 3;
		return;
	}
	display->string_what = params[0] == '1'	  ? 'A'
			       : params[0] == '2' ? 'B'
						  : 'D';
	display->string_len = 0;
}

/* clang-format off: tables */
static const struct model_display_command model_display_lci[] = {
	{ 0, 0x04, 1, model_display_light, NULL, false },
	{ 0, 0x08, 0, model_display_left, NULL, false },
	{ 0, 0x09, 0, model_display_right, NULL, false },
	{ 0, 0x0a, 0, model_display_other_row, NULL, false },
	{ 0, 0x0d, 0, model_display_line_start, NULL, false },
	{ 0, 0x10, 1, model_display_place, NULL, false },
	{ 0, 0x11, 0, model_display_mode_1, NULL, false },
	{ 0, 0x12, 0, model_display_mode_2, NULL, false },
	{ 0, 0x13, 0, model_display_show_cursor, NULL, false },
	{ 0, 0x14, 0, model_display_hide_cursor, NULL, false },
	{ 0, 0x1f, 0, model_display_start_lci, NULL, false },
};

static const struct model_display_command model_display_wincor[] = {
	{ ESC, 'R', 1, model_display_country, NULL, false },
	{ ESC, '[', 2, model_display_sequence, model_display_measure_sequence,
	  false },
};

static const struct model_display_command model_display_aedex[] = {
	{ '!', '#', 1, model_display_attention, NULL, false },
};

static const struct model_display_command model_display_epson[] = {
	{ 0, 0x08, 0, model_display_left, NULL, false },
	{ 0, 0x09, 0, model_display_right, NULL, false },
	{ 0, 0x0a, 0, model_display_down, NULL, false },
	{ 0, 0x0b, 0, model_display_home, NULL, false },
	{ 0, 0x0c, 0, model_display_clear, NULL, false },
	{ 0, 0x0d, 0, model_display_line_start, NULL, false },
	{ 0, 0x18, 0, model_display_clear_line, NULL, false },
	{ ESC, '%', 1, NULL, NULL, false },
	{ ESC, '&', 3, model_display_glyphs, NULL, false },
	{ ESC, '=', 1, model_display_select, NULL, false },
	{ ESC, '?', 1, NULL, NULL, false },
	{ ESC, '@', 0, model_display_initialise, NULL, false },
	{ ESC, 'R', 1, NULL, NULL, false },
	{ ESC, 'W', 2, model_display_window, model_display_measure_window,
	  false },
	{ ESC, 't', 1, model_display_page, NULL, false },
	{ US, 0x01, 0, model_display_mode_1, NULL, false },
	{ US, 0x02, 0, model_display_mode_2, NULL, false },
	{ US, 0x03, 0, model_display_mode_3, NULL, false },
	{ US, 0x0a, 0, model_display_up, NULL, false },
	{ US, 0x0d, 0, model_display_line_end, NULL, false },
	{ US, '#', 2, NULL, NULL, false },
	{ US, '$', 2, model_display_position, NULL, false },
	{ US, '(', 3, model_display_function, NULL, false },
	{ US, ',', 1, model_display_put_comma, NULL, false },
	{ US, '.', 1, model_display_put_point, NULL, false },
	{ US, ';', 1, model_display_put_both, NULL, false },
	{ US, 'B', 0, model_display_bottom, NULL, false },
	{ US, 'C', 1, model_display_cursor, NULL, false },
	{ US, 'E', 1, model_display_blink, NULL, false },
	{ US, 'T', 2, NULL, NULL, false },
	{ US, 'U', 0, NULL, NULL, false },
	{ US, 'X', 1, model_display_brighten, NULL, false },
	{ US, 'r', 1, NULL, NULL, false },
	{ US, 'v', 1, NULL, NULL, false },
};

static const struct model_display_command model_display_cd5220[] = {
	{ 0, 0x08, 0, model_display_left, NULL, false },
	{ 0, 0x09, 0, model_display_right, NULL, false },
	{ 0, 0x0a, 0, model_display_down, NULL, false },
	{ 0, 0x0b, 0, model_display_home, NULL, false },
	{ 0, 0x0c, 0, model_display_clear, NULL, true },
	{ 0, 0x0d, 0, model_display_line_start, NULL, false },
	{ 0, 0x18, 0, model_display_clear_line, NULL, true },
	{ ESC, 0x11, 0, model_display_mode_1, NULL, false },
	{ ESC, 0x12, 0, model_display_mode_2, NULL, false },
	{ ESC, 0x13, 0, model_display_mode_3, NULL, false },
	{ ESC, '%', 1, NULL, NULL, false },
	{ ESC, '&', 3, model_display_glyphs, NULL, false },
	{ ESC, '*', 1, model_display_brighten, NULL, false },
	{ ESC, '=', 1, model_display_select, NULL, false },
	{ ESC, '?', 1, NULL, NULL, false },
	{ ESC, '@', 0, model_display_initialise, NULL, false },
	{ ESC, 'Q', 1, model_display_string, NULL, true },
	{ ESC, 'W', 1, model_display_line_window,
	  model_display_measure_line_window, false },
	{ ESC, '[', 1, model_display_bracket, NULL, false },
	{ ESC, '_', 1, model_display_cursor, NULL, false },
	{ ESC, 'b', 0, model_display_eeprom, NULL, false },
	{ ESC, 'c', 1, NULL, NULL, false },
	{ ESC, 'd', 1, model_display_eeprom, NULL, false },
	{ ESC, 'f', 1, model_display_font, NULL, false },
	{ ESC, 'l', 2, model_display_position, NULL, false },
	{ ESC, 's', 1, model_display_eeprom, NULL, false },
	{ US, 0x01, 0, model_display_mode_1, NULL, false },
	{ US, 0x02, 0, model_display_mode_2, NULL, false },
	{ US, 0x03, 0, model_display_mode_3, NULL, false },
	{ US, 0x0a, 0, model_display_up, NULL, false },
	{ US, 0x0d, 0, model_display_line_end, NULL, false },
	{ US, '@', 0, model_display_initialise, NULL, false },
	{ US, 'B', 0, model_display_bottom, NULL, false },
	{ US, 'E', 1, model_display_blink, NULL, false },
};
/* clang-format on */

#define MODEL_DISPLAY_ROWS(table) table, sizeof(table) / sizeof(table[0])

const struct model_display_dialect model_display_dialects[] = {
	{ MODEL_DISPLAY_ROWS(model_display_epson), false },
	{ MODEL_DISPLAY_ROWS(model_display_cd5220), false },
	{ MODEL_DISPLAY_ROWS(model_display_lci), false },
	{ MODEL_DISPLAY_ROWS(model_display_wincor), false },
	{ MODEL_DISPLAY_ROWS(model_display_aedex), true },
};
