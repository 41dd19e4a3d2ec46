/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/command.h"

#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How far line goes along with words; 0 if it does not. */
static size_t command_match_words(const char *words, const char *line)
{
	size_t len = strlen(words);

	if (strncmp(line, words, len) || (line[len] && line[len] != ' '))
		return 0;
	return len;
}

/*
 * The row whose words the line begins with, and what follows them, without
 * the blanks between; NULL if there is none.
 */
static const struct command *command_find(const struct command *commands,
					  size_t count, const char *line,
					  const char **out_rest)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = command_match_words(commands[i].words, line);

		if (!len)
			continue;
		*out_rest = line + len + strspn(line + len, " ");
		return &commands[i];
	}
	return NULL;
}

char *command_run(const struct command *commands, size_t count, void *owner,
		  const char *line)
{
	const struct command *command;
	const char *rest;

	command = command_find(commands, count, line, &rest);
	if (!command)
		return alloc_text(COMMAND_UNKNOWN);
	return command->run(owner, rest);
}

bool command_number(const char *text, int64_t least, int64_t most,
		    int64_t *out_number)
{
	size_t digits = strspn(text, "0123456789");
	long long number;

	if (!digits || text[digits])
		return false;
	errno = 0;
	number = strtoll(text, NULL, 10);
	if (errno || number < least || number > most)
		return false;
	*out_number = number;
	return true;
}

int command_choice(const char *text, const char *const *choices)
{
	for (int i = 0; choices[i]; i++)
		if (!strcmp(choices[i], text))
			return i;
	return -1;
}

bool command_switch(const char *text, bool *out_on)
{
	static const char *const words[] = { "off", "on", NULL };
	int at = command_choice(text, words);

	if (at < 0)
		return false;
	*out_on = at == 1;
	return true;
}
