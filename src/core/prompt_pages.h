/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked, on a display of two lines of twenty characters: what, how
 * much, who and where, in that order, on as many pages as that takes. Nothing
 * of it is cut: a name that is longer than a line goes on in the next. Pure.
 */
#ifndef TILLD_CORE_PROMPT_PAGES_H
#define TILLD_CORE_PROMPT_PAGES_H

#include <stddef.h>

#define PROMPT_COLUMNS	  20
#define PROMPT_ROWS	  2
#define PROMPT_NAME_LINES 7 /* of the longest names, broken between words */
#define PROMPT_PAGES_MAX  11
#define PROMPT_DETAILS	  6
#define PROMPT_LINE_SIZE  (PROMPT_COLUMNS * 4 + 1) /* UTF-8 */

struct prompt_pages {
	size_t count; /* 0: there is nothing to show */
	char lines[PROMPT_PAGES_MAX][PROMPT_ROWS][PROMPT_LINE_SIZE];
};

/* Each may be NULL but what; what and details are PROMPT_COLUMNS at most, names
 * POLICY_NAME_MAX. */
struct prompt_facts {
	const char *what; /* "CANCEL CARD" */
	/* "12.34 EUR"; "from 2026-11-01", "to ..."; ended by the first NULL */
	const char *details[PROMPT_DETAILS];
	const char *who;
	const char *where;
};

void prompt_pages_make(const struct prompt_facts *facts,
		       struct prompt_pages *out_pages);

/*
 * Breaks a text into lines of a display, between words where that goes. Fills
 * up to max of them; returns how many it takes in all.
 */
size_t prompt_wrap(const char *text, char out_lines[][PROMPT_LINE_SIZE],
		   size_t max);

#endif
