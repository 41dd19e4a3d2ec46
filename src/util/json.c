/* SPDX-License-Identifier: Apache-2.0 */
#include "util/json.h"

#include "util/alloc.h"
#include "util/secret.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *json_checked(json_t *value)
{
	if (!value) {
		fputs("out of memory, or a text that is no UTF-8\n", stderr);
		abort();
	}
	return value;
}

json_t *json_make(void)
{
	return json_checked(json_object());
}

json_t *json_put(json_t *object, const char *key, json_t *value)
{
	if (value && json_object_set_new(object, key, value))
		abort();
	return object;
}

json_t *json_put_text(json_t *object, const char *key, const char *text)
{
	if (!text)
		return object;
	return json_put(object, key, json_checked(json_string(text)));
}

json_t *json_put_int(json_t *object, const char *key, int64_t value)
{
	return json_put(object, key, json_checked(json_integer(value)));
}

json_t *json_put_bool(json_t *object, const char *key, bool value)
{
	return json_put(object, key, json_boolean(value));
}

const char *json_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

int64_t json_int(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool json_flag(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static char *json_dump(const json_t *value, size_t flags)
{
	char *line = json_dumps(value, flags | JSON_COMPACT | JSON_ENCODE_ANY);

	if (!line) {
		fputs("a value that is no JSON\n", stderr);
		abort();
	}
	return line;
}

char *json_line(const json_t *value)
{
	return json_dump(value, JSON_SORT_KEYS);
}

char *json_write(const json_t *value)
{
	return json_dump(value, 0);
}

json_t *json_parse(const void *text, size_t len)
{
	return json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
			  NULL);
}

static void json_overwrite(json_t *value)
{
	json_t *item;
	const char *name;
	size_t i;

	if (json_is_string(value))
		secret_wipe((void *)(uintptr_t)json_string_value(value),
			    json_string_length(value));
	json_object_foreach (value, name, item)
		json_overwrite(item);
	json_array_foreach (value, i, item)
		json_overwrite(item);
}

void json_wipe(json_t *value)
{
	json_overwrite(value);
	json_decref(value);
}
