/* SPDX-License-Identifier: Apache-2.0 */
/* The options that all fiscal printers have, as rows of their tables. */
#ifndef TILLD_PRINTER_OPTIONS_H
#define TILLD_PRINTER_OPTIONS_H

#include "device/driver.h"

/* clang-format off: rows for tables */
#define PRINTER_OPTION_POLL                                                  \
	{                                                                    \
		.name = "poll", .type = DRIVER_OPTION_DURATION, .min = 1000, \
		.max = 60000, .otherwise = "5000",                           \
		.help = "How often paper, cover and state are asked for.",   \
	}

/* kinds: choices, of which "none" is one; words: what they mean. */
#define PRINTER_OPTION_DRAWER(kinds, words)                         \
	{                                                           \
		.name = "drawer", .type = DRIVER_OPTION_CHOICE,     \
		.choices = kinds, .otherwise = "none",              \
		.help = "What hangs on its drawer port: " words " " \
			"It opens for the printer's one till.",     \
	}

#define PRINTER_OPTION_CANCEL_FOREIGN                                       \
	{                                                                   \
		.name = "cancel-foreign", .type = DRIVER_OPTION_BOOL,       \
		.otherwise = "no",                                          \
		.help = "Cancel a receipt that is found open when the "     \
			"printer is opened; otherwise reports are refused " \
			"until somebody has finished it.",                  \
	}

#define PRINTER_OPTION_OPENS_DRAWER                                           \
	{                                                                     \
		.name = "opens-drawer", .type = DRIVER_OPTION_BOOL,           \
		.otherwise = "no",                                            \
		.help = "Whether the printer opens a drawer by itself when "  \
			"cash comes or goes; switch that off at the printer " \
			"where you can.",                                     \
	}
/* clang-format on */

#endif
