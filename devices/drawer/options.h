/* SPDX-License-Identifier: Apache-2.0 */
/* The options that all drawers have, as rows of their tables. */
#ifndef TILLD_DRAWER_OPTIONS_H
#define TILLD_DRAWER_OPTIONS_H

#include "drawer/duty.h"

/* How receipt printers with a drawer port are wired, unless it is said. */
#define DRAWER_PRINTER_PORT 9100
#define DRAWER_PRINTER_LINE                                             \
	{                                                               \
		.baud = 9600, .data_bits = 8, .stop_bits = 1,           \
		.parity = DRIVER_PARITY_NONE, .flow = DRIVER_FLOW_NONE, \
	}

/* clang-format off: rows for tables */
#define DRAWER_OPTION_POLL                                                  \
	{                                                                   \
		.name = "poll", .type = DRIVER_OPTION_DURATION, .min = 100, \
		.max = 60000, .otherwise = "1000",                          \
		.help = "Milliseconds between two looks at the drawer "     \
			"while nothing is going on."                        \
	}

#define DRAWER_OPTION_KICKS                                            \
	{                                                              \
		.name = "kicks-per-minute", .type = DRIVER_OPTION_INT, \
		.min = 1, .max = DUTY_PULSE_MAX, .otherwise = "20",    \
		.help = "How many pulses a minute may have at most."   \
	}

/* core/witness.c asks for it. */
#define DRAWER_OPTION_ALARM                                                 \
	{                                                                   \
		.name = "open-alarm", .type = DRIVER_OPTION_DURATION,       \
		.min = 0, .max = 86400000, .otherwise = "120000",           \
		.help = "How long the drawer may stay open before that is " \
			"put on record, and again each time so long has "   \
			"gone by; 0 is never."                              \
	}
/* clang-format on */

#endif
