/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A model's options, as a table: what they are called, what they may be, and
 * which int of the model holds them.
 */
#ifndef TILLD_SIM_SETTING_H
#define TILLD_SIM_SETTING_H

#include "sim/model.h"

struct setting {
	const char *name;
	const char *const *choices; /* ended by NULL: the int is the place */
	int least, most;	    /* without choices: a number */
	size_t offset;		    /* of the int in the owner */
};

/*
 * Sets the owner's ints; what no option names is left alone. NULL, or a
 * sentence (to be freed) about the first option that is wrong.
 */
char *setting_apply(const struct setting *settings, size_t settings_count,
		    const struct model_option *options, size_t options_count,
		    void *owner);

/*
 * One list that makes both a table's rows and its help, as COMMAND_ROW and
 * COMMAND_HELP do: X("pin", "2|5", "of the socket", choices, 0, 0, offset)
 */
#define SETTING_ROW(name, values, meaning, ...) { name, __VA_ARGS__ },
#define SETTING_HELP(name, values, meaning, ...) \
	name "=" values ": " meaning "\n"

#endif
