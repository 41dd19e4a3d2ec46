/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a table of commands is written: only for escpos_rows.c and star_rows.c,
 * each of which holds one.
 *
 *	PASSES(TWO(ESC, 'a'), 1, 2, "alignment (ESC a)"),
 *
 * is ESC a and one parameter, which is at most 2 (or '2').
 */
#ifndef TILLD_DEVICES_RECEIPT_FILTER_ROWS_H
#define TILLD_DEVICES_RECEIPT_FILTER_ROWS_H

#include "receipt/filter.h"

/* clang-format off */
#define ESC 0x1b
#define GS  0x1d
#define ONE(a)		 { a }, 1
#define TWO(a, b)	 { a, b }, 2
#define THREE(a, b, c)	 { a, b, c }, 3
#define FOUR(a, b, c, d) { a, b, c, d }, 4
#define PASSES(head, params, most, name) \
	{ head, FILTER_PASSES, params, most, NULL, name }
#define HOLDS(head, params, most, measure, name) \
	{ head, FILTER_PASSES, params, most, measure, name }
#define LEFT_OUT(head, params, name) \
	{ head, FILTER_LEFT_OUT, params, FILTER_ANY, NULL, name }
#define REFUSED(head, name) { head, FILTER_REFUSED, 0, 0, NULL, name }
#define OPENS(head, name)   { head, FILTER_OPENS, 0, 0, NULL, name }
/* clang-format on */

#endif
