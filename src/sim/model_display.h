/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the customer display model, shared by its two files: the
 * dialects' tables of commands (model_display_dialect.c) and the rest
 * (model_display.c).
 */
#ifndef TILLD_SIM_MODEL_DISPLAY_H
#define TILLD_SIM_MODEL_DISPLAY_H

#include "sim/grid.h"
#include "sim/model.h"

#define MODEL_DISPLAY_HEAD_MAX 8
#define MODEL_DISPLAY_TEXT_MAX 40 /* of ESC Q D; A and B take 20 */

struct model_display {
	struct model model;
	int dialect, start_page; /* settings */

	struct grid grid;
	const char *page;
	bool selected; /* by ESC =; else everything passes through */
	int brightness, blink;
	bool cursor_shown;

	uint8_t head[MODEL_DISPLAY_HEAD_MAX]; /* a command that is coming in */
	size_t head_len;
	unsigned int skip_bytes; /* of glyphs and of US ( */
	unsigned int skip_glyphs;
	bool string_mode; /* cd5220: only ESC Q A, ESC Q B, FF and CAN */
	char string_what; /* A, B or D: the text that is coming in; or 0 */
	char string[MODEL_DISPLAY_TEXT_MAX][PAGE_CELL_SIZE];
	size_t string_len;
	char marquee[MODEL_DISPLAY_TEXT_MAX * PAGE_CELL_SIZE + 1];

	char shown[GRID_ROWS][GRID_LINE_SIZE]; /* as last told to people */
	int64_t dirty_since;		       /* -1: all of it is told */
	unsigned int redraws, unknown_bytes, ignored_bytes, passed_bytes;
	unsigned int eeprom_commands;
};

struct model_display_command {
	uint8_t lead; /* ESC, US, '!', or 0 for a character alone */
	uint8_t code;
	uint8_t count; /* of parameters that are always there */
	/* NULL: known, and nothing a person would see */
	void (*run)(struct model_display *display, const uint8_t *params);
	/* how many there are in all, once count are in; NULL: count */
	size_t (*measure)(const uint8_t *params);
	bool in_string_mode;
};

struct model_display_dialect {
	const struct model_display_command *commands;
	size_t commands_count;
	bool passes_on; /* what is no command goes to a printer behind it */
};

/* In the order of the option's choices. */
extern const struct model_display_dialect model_display_dialects[];

/* ESC @ and power on. */
void model_display_reset(struct model_display *display);

/* The command that selects the display must be found while it is not. */
void model_display_select(struct model_display *display, const uint8_t *params);

#endif
