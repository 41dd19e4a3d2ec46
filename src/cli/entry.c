/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/entry.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <stdbool.h>
#include <stddef.h>

/* In this order; of two that name the same, the first that is there. */
static const struct entry_field {
	const char *name;
	const char *otherwise;
	const char *before;
} entry_fields[] = {
	{ "operator_name", "operator", "" },
	{ "action", NULL, "" },
	{ "outcome", NULL, "" },
	{ "reason", NULL, "" },
	{ "sentence", NULL, "" },
	{ "text", NULL, "" },
	{ "approver_name", "approver", "by " },
	{ "how", NULL, "" },
	{ "why", NULL, "" },
	{ "device", "reader", "" },
	{ "operation", NULL, "operation " },
	{ "authorization", NULL, "authorization " },
	{ "version", NULL, "version " },
};

static char *entry_append(char *text, const char *before, const char *more)
{
	char *longer =
		alloc_format("%s%s%s%s", text, *text ? ", " : "", before, more);

	free(text);
	return longer;
}

/* "drawer.open and 2 more" of what was missing. */
static char *entry_append_missing(char *text, const json_t *missing)
{
	const json_t *one;
	size_t i;

	json_array_foreach (missing, i, one)
		if (json_is_string(one))
			text = entry_append(text, i ? "" : "lacks ",
					    json_string_value(one));
	return text;
}

/* A device as the API shows it stands in some events where others name it. */
static char *entry_append_device(char *text, const json_t *device)
{
	static const char *const fields[] = { "name", "state", "sentence" };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const char *value = json_text(device, fields[i]);

		if (value)
			text = entry_append(text, "", value);
	}
	return text;
}

char *entry_describe(const json_t *entry)
{
	size_t count = sizeof(entry_fields) / sizeof(entry_fields[0]);
	char *text = alloc_text("");

	for (size_t i = 0; i < count; i++) {
		const struct entry_field *field = &entry_fields[i];
		const char *value = json_text(entry, field->name);

		if (!value && field->otherwise)
			value = json_text(entry, field->otherwise);
		if (value)
			text = entry_append(text, field->before, value);
	}
	text = entry_append_device(text, json_object_get(entry, "device"));
	return entry_append_missing(text, json_object_get(entry, "missing"));
}
