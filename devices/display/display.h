/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver behind every dialect. A customer display never answers: it is
 * ready when its line is, each update is sent whole, and updates keep a
 * distance, since cheap displays lose bytes while they draw (docs/protocols.md
 * B.1). What is shown outlasts a lost line and is shown again when it comes
 * back.
 */
#ifndef TILLD_DISPLAY_DISPLAY_H
#define TILLD_DISPLAY_DISPLAY_H

#include "device/driver.h"
#include "display/lines.h"
#include "util/buf.h"

/* What a dialect adds: commands, never text that was not made safe. */
struct display_dialect {
	/* before the options' init string; NULL: nothing */
	void (*add_wake)(struct buf *out);
	/* after it: code page and brightness (0: left alone) */
	void (*add_setting)(const struct lines_page *page, int brightness,
			    struct buf *out);
	void (*add_lines)(const struct lines *lines, struct buf *out);
	/* those that are there already, in their place: nothing flickers, and
	 * a display that had no power for a moment shows them again */
	void (*add_again)(const struct lines *lines, struct buf *out);
	void (*add_clear)(struct buf *out);
};

struct display_state {
	const struct display_dialect *dialect;
	int64_t quiet_until;
	bool running; /* an operation waits for quiet_until */
	bool clear;   /* and this is it */
	struct lines lines;
	bool testing; /* it shows the pattern, and then what it showed */
	bool shown;   /* the pattern is on it */
};

/* The same for every dialect but for how it is set up; the help texts fit them
 * all. */
/* clang-format off: rows for tables */
#define DISPLAY_INIT_MAX 32 /* bytes */
#define DISPLAY_OPTION_ROWS(set_up)                                            \
	{ .name = "code-page",                                                 \
	  .type = DRIVER_OPTION_CHOICE,                                        \
	  .choices = LINES_PAGES,                                              \
	  .otherwise = "cp437",                                                \
	  .help = "Code page that the display shows; letters that it lacks "   \
		  "lose their accents, other characters become question "      \
		  "marks." },                                                  \
		{ .name = "brightness",                                        \
		  .type = DRIVER_OPTION_CHOICE,                                \
		  .choices = "unchanged 1 2 3 4",                              \
		  .otherwise = "unchanged",                                    \
		  .help = "Brightness from 1 (20 %) to 4 (100 %), or as the "  \
			  "display "                                           \
			  "has it." },                                         \
		{ .name = "pace",                                              \
		  .type = DRIVER_OPTION_DURATION,                              \
		  .min = 0,                                                    \
		  .max = 5000,                                                 \
		  .otherwise = "100",                                          \
		  .help = "Milliseconds between two updates, at least." },     \
		{ .name = "init",                                              \
		  .type = DRIVER_OPTION_HEX,                                   \
		  .max = DISPLAY_INIT_MAX,                                     \
		  .choices = "none",                                           \
		  .without = "0205",                                           \
		  .otherwise = (set_up),                                       \
		  .help = "Bytes that set the display up when its line comes " \
			  "up; "                                               \
			  "never the maker's commands that store settings." }, \
	{                                                                      \
		.name = NULL                                                   \
	}
/* clang-format on */

/* Of those that are set up by ESC @. */
extern const struct driver_option display_options[];

#define DISPLAY_LINE                                                   \
	{                                                              \
		.baud = 9600, .data_bits = 8, .stop_bits = 1,          \
		.parity = DRIVER_PARITY_NONE, .flow = DRIVER_FLOW_NONE \
	}

#define DISPLAY_OPS                                                 \
	(DRIVER_OP(OP_DISPLAY_SHOW) | DRIVER_OP(OP_DISPLAY_CLEAR) | \
	 DRIVER_OP(OP_TEST_EXTERNAL))

/* The callbacks of a driver; its own open calls display_begin. */
void display_begin(struct driver_io *io, const struct display_dialect *dialect);
void display_start(struct driver_io *io, const struct op *op);
void display_input(struct driver_io *io, const uint8_t *data, size_t len);
void display_timeout(struct driver_io *io);
void display_abort(struct driver_io *io);

/* What a dialect's commands are to people; the first row that fits. */
struct display_command {
	const char *head;
	size_t len;	   /* of all of it; 0 ends the table */
	const char *words; /* NULL: it only says where the next text goes */
};

size_t display_trace(struct trace *trace,
		     const struct display_command *commands);

#endif
