/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A model's options, as a table: what they are called, what they may be, and
 * which int of the model holds them; or what takes those that are more.
 */
#ifndef TILLD_SIM_SETTING_H
#define TILLD_SIM_SETTING_H

#include "sim/model.h"

struct setting {
	const char *name;
	/* false if it does not take the value; NULL: an int it is */
	bool (*set)(struct model *model, const char *value);
	const char *const *choices; /* ended by NULL: the int is the place */
	int least, most;	    /* without choices: a number */
	size_t offset;		    /* of the int in the model */
};

/*
 * Sets the model's options; what no option names is left alone. NULL, or a
 * sentence (to be freed) about the first option that is wrong.
 */
char *setting_apply(const struct setting *settings, size_t settings_count,
		    const struct model_option *options, size_t options_count,
		    struct model *model);

/*
 * One list that makes both a table's rows and its help, as COMMAND_ROW and
 * COMMAND_HELP do: X("pin", "2|5", "of the socket", choices, 0, 0, offset), or
 * where all rows have a function, X("clock", "TIME", "what it shows", set).
 */
#define SETTING_ROW(name, values, meaning, ...) { name, NULL, __VA_ARGS__ },
#define SETTING_SET_ROW(name, values, meaning, set) \
	{ name, set, NULL, 0, 0, 0 },
#define SETTING_HELP(name, values, meaning, ...) \
	name "=" values ": " meaning "\n"

#endif
