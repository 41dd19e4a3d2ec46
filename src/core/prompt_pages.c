/* SPDX-License-Identifier: Apache-2.0 */
#include "core/prompt_pages.h"

#include "util/text.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PROMPT_LINES	 (PROMPT_PAGES_MAX * PROMPT_ROWS)
#define PROMPT_SEPARATOR ", "

static_assert(1 + PROMPT_DETAILS + 2 * PROMPT_NAME_LINES <= PROMPT_LINES,
	      "what, the details, who and where");

/* Beside what is on the line already, if there is room for all of it. */
static bool prompt_join(char line[PROMPT_LINE_SIZE], const char *text)
{
	size_t columns = text_length(line) + strlen(PROMPT_SEPARATOR) +
			 text_length(text);
	size_t len = strlen(line);

	if (columns > PROMPT_COLUMNS)
		return false;
	snprintf(line + len, PROMPT_LINE_SIZE - len, PROMPT_SEPARATOR "%s",
		 text);
	return true;
}

/* --- wrapping --- */

/* Of the text, how many bytes fit on one line: up to a blank, or cut. */
static size_t prompt_break(const char *text)
{
	size_t len = 0, columns = 0, blank = 0;
	uint32_t code;

	while (text[len] && columns < PROMPT_COLUMNS) {
		if (text[len] == ' ')
			blank = len;
		len += text_decode(text + len, &code);
		columns++;
	}
	return !text[len] || text[len] == ' ' || !blank ? len : blank;
}

size_t prompt_wrap(const char *text, char out_lines[][PROMPT_LINE_SIZE],
		   size_t max)
{
	size_t count = 0;

	for (text += strspn(text, " "); *text; count++) {
		size_t len = prompt_break(text);

		if (count < max) {
			memcpy(out_lines[count], text, len);
			out_lines[count][len] = 0;
		}
		text += len;
		text += strspn(text, " ");
	}
	return count;
}

/* --- pages --- */

/* The lines that are filled, whatever page they are on. */
struct prompt_lines {
	char text[PROMPT_LINES][PROMPT_LINE_SIZE];
	size_t count;
};

/* Beside what is on the last line, if that is not the first, which is for what
 * is asked alone; else on lines of its own. */
static void prompt_add(struct prompt_lines *lines, const char *fact)
{
	if (!fact || (lines->count > 1 &&
		      prompt_join(lines->text[lines->count - 1], fact)))
		return;
	lines->count += prompt_wrap(fact, lines->text + lines->count,
				    PROMPT_LINES - lines->count);
}

void prompt_pages_make(const struct prompt_facts *facts,
		       struct prompt_pages *out_pages)
{
	struct prompt_pages pages = { 0 };
	struct prompt_lines lines = { 0 };

	prompt_add(&lines, facts->what);
	for (size_t i = 0; i < PROMPT_DETAILS; i++)
		prompt_add(&lines, facts->details[i]);
	prompt_add(&lines, facts->who);
	prompt_add(&lines, facts->where);
	static_assert(sizeof(pages.lines) == sizeof(lines.text),
		      "line by line");
	memcpy(pages.lines, lines.text, sizeof(lines.text));
	pages.count = (lines.count + PROMPT_ROWS - 1) / PROMPT_ROWS;
	*out_pages = pages;
}
