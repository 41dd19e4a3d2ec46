/* SPDX-License-Identifier: Apache-2.0 */
#include "util/reader_name.h"

#include "util/text.h"

#include <ctype.h>
#include <string.h>

#define READER_NAME_TAIL 6 /* " 00 01" */

/* How long the reader's own words are, where numbers follow; else 0. */
static size_t reader_name_words(const char *name)
{
	size_t len = strlen(name);
	const char *tail = name + len - READER_NAME_TAIL;

	if (len <= READER_NAME_TAIL)
		return 0;
	for (int i = 0; i < READER_NAME_TAIL; i++)
		if (i % 3 ? !isxdigit((unsigned char)tail[i]) : tail[i] != ' ')
			return 0;
	return len - READER_NAME_TAIL;
}

bool reader_name_is(const char *text)
{
	return *text && strlen(text) <= READER_NAME_MAX && text_is_plain(text);
}

bool reader_name_fits(const char *wanted, const char *there)
{
	size_t words = reader_name_words(there);
	size_t wanted_words = reader_name_words(wanted);

	if (!words)
		return !strcmp(wanted, there);
	if (strlen(wanted) == words && !strncmp(wanted, there, words))
		return true;
	return wanted_words == words && !strncmp(wanted, there, words) &&
	       !strcasecmp(wanted + words + READER_NAME_TAIL / 2,
			   there + words + READER_NAME_TAIL / 2);
}

size_t reader_name_find(const char *wanted, const char *names,
			const char **out_found)
{
	size_t count = 0;

	for (; *names; names += strlen(names) + 1)
		if (reader_name_fits(wanted, names) && !count++)
			*out_found = names;
	return count;
}
