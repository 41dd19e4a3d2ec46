/* SPDX-License-Identifier: Apache-2.0 */
#include "core/prompt_pages.h"

#include "util/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define PROMPT_FACTS	 (3 + PROMPT_DETAILS)
#define PROMPT_SEPARATOR ", "

static_assert(PROMPT_FACTS <= PROMPT_PAGES_MAX * PROMPT_ROWS, "a line each");
static_assert(PROMPT_FACTS == 9, "they are all listed below");

static char *prompt_line(struct prompt_pages *pages, size_t at)
{
	return pages->lines[at / PROMPT_ROWS][at % PROMPT_ROWS];
}

/* As many whole characters as a line has, and no blank at its end. */
static void prompt_fit(const char *text, char out[PROMPT_LINE_SIZE])
{
	size_t len = 0, columns = 0;

	for (; text[len] && len < PROMPT_LINE_SIZE - 1; len++) {
		columns += ((unsigned char)text[len] & 0xc0) != 0x80;
		if (columns > PROMPT_COLUMNS)
			break;
	}
	while (len && text[len - 1] == ' ')
		len--;
	memcpy(out, text, len);
	out[len] = 0;
}

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

void prompt_pages_make(const struct prompt_facts *facts,
		       struct prompt_pages *out_pages)
{
	const char *const texts[PROMPT_FACTS] = {
		facts->what,	   facts->details[0], facts->details[1],
		facts->details[2], facts->details[3], facts->details[4],
		facts->details[5], facts->who,	      facts->where,
	};
	struct prompt_pages pages = { 0 };
	size_t used = 0;

	for (size_t i = 0; i < PROMPT_FACTS; i++) {
		if (!texts[i])
			continue;
		/* What is asked has the first line to itself. */
		if (used > 1 &&
		    prompt_join(prompt_line(&pages, used - 1), texts[i]))
			continue;
		prompt_fit(texts[i], prompt_line(&pages, used++));
	}
	pages.count = (used + PROMPT_ROWS - 1) / PROMPT_ROWS;
	*out_pages = pages;
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
