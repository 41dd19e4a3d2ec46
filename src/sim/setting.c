/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/setting.h"

#include "sim/command.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"

#include <string.h>

#define SETTING_TEXT_MAX 512

static const struct setting *setting_find(const struct setting *settings,
					  size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(settings[i].name, name))
			return &settings[i];
	return NULL;
}

static char *setting_describe_choices(const struct setting *setting)
{
	CLEANUP(buf_cleanup) struct buf text = BUF_INIT(SETTING_TEXT_MAX);

	for (size_t i = 0; setting->choices[i]; i++)
		buf_add_format(&text, "%s%s", i ? ", " : "",
			       setting->choices[i]);
	return alloc_format("%s is one of %s", setting->name, buf_text(&text));
}

static char *setting_set(const struct setting *setting, const char *value,
			 struct model *model)
{
	int *target = (int *)(void *)((char *)model + setting->offset);
	int64_t number;
	int choice;

	if (setting->set)
		return setting->set(model, value)
			       ? NULL
			       : alloc_format("%s does not take %s",
					      setting->name, value);
	if (!setting->choices) {
		if (!command_number(value, setting->least, setting->most,
				    &number))
			return alloc_format("%s is a number from %d to %d",
					    setting->name, setting->least,
					    setting->most);
		*target = (int)number;
		return NULL;
	}
	choice = command_choice(value, setting->choices);
	if (choice < 0)
		return setting_describe_choices(setting);
	*target = choice;
	return NULL;
}

char *setting_apply(const struct setting *settings, size_t settings_count,
		    const struct model_option *options, size_t options_count,
		    struct model *model)
{
	for (size_t i = 0; i < options_count; i++) {
		const struct setting *setting =
			setting_find(settings, settings_count, options[i].name);
		char *error;

		if (!setting)
			return alloc_format("no option is called %s",
					    options[i].name);
		error = setting_set(setting, options[i].value, model);
		if (error)
			return error;
	}
	return NULL;
}
