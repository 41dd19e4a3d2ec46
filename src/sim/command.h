/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person types: tables of commands, and their arguments. Shared by the
 * host and the models; a command answers NULL if it is done, else a sentence
 * that says why not (to be freed), as model_class.command does.
 */
#ifndef TILLD_SIM_COMMAND_H
#define TILLD_SIM_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct command {
	const char *words; /* "paper": what a line begins with */
	char *(*run)(void *owner, const char *arguments);
};

/* Said of a command that no row begins; it is not repeated, see badges. */
#define COMMAND_UNKNOWN "unknown command, see help"

/* Finds and runs. A model's answer to what it does not know is this one. */
char *command_run(const struct command *commands, size_t count, void *owner,
		  const char *line);

/* A whole decimal number from least to most, and nothing else. */
bool command_number(const char *text, int64_t least, int64_t most,
		    int64_t *out_number);

/* "on" or "off". */
bool command_switch(const char *text, bool *out_on);

/* The place of text in a list ended by NULL, -1 if it is not there. */
int command_choice(const char *text, const char *const *choices);

/*
 * One list of commands that makes both a table's rows and its help:
 *
 *	#define LAMP_COMMANDS(X) X("light", " on|off", "the lamp", lamp_light)
 *	static const struct command rows[] = { LAMP_COMMANDS(COMMAND_ROW) };
 *	static const char help[] = LAMP_COMMANDS(COMMAND_HELP);
 */
#define COMMAND_ROW(words, arguments, summary, run) { words, run },
#define COMMAND_HELP(words, arguments, summary, run) \
	words arguments ": " summary "\n"

#endif
