/* SPDX-License-Identifier: Apache-2.0 */
#include "http/field.h"

#include "http/request_private.h"
#include "util/alloc.h"
#include "util/card.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

/*
 * A name that the client made up is told back only if it is short and plain,
 * and no card number.
 */
#define FIELD_ECHO_MAX 64

static char *field_check_members(const struct field *fields,
				 const json_t *object, const char *path,
				 char **out_path);
static char *field_check_value(const struct field *field, const json_t *value,
			       const char *path, char **out_path);

static bool field_is_end(const struct field *field)
{
	return !field->name;
}

/* Every complaint about the value at path is made here. */
static char *field_complain(const char *path, char *complaint, char **out_path)
{
	char *sentence = *path ? alloc_format("%s: %s", path, complaint)
			       : alloc_text(complaint);

	free(complaint);
	*out_path = alloc_text(path);
	return sentence;
}

static char *field_path_join(const char *path, const char *name)
{
	return *path ? alloc_format("%s.%s", path, name) : alloc_text(name);
}

static char *field_count_of(const char *what, int64_t count, const char *one,
			    const char *many)
{
	return alloc_format("%s %" PRId64 " %s.", what, count,
			    count == 1 ? one : many);
}

static bool field_is_blank(const char *text)
{
	return text[strspn(text, " ")] == 0;
}

static char *field_check_secret(const struct field *field, const json_t *value)
{
	int64_t length;

	if (!json_is_string(value))
		return alloc_text("It has to be text.");
	if (!text_is_typed(json_string_value(value)))
		return alloc_text("It may not have control characters in it.");
	length = (int64_t)text_length(json_string_value(value));
	if (field->min && length && field_is_blank(json_string_value(value)))
		return alloc_text("It may not be only blanks.");
	if (length < field->min)
		return field_count_of("It has to have at least", field->min,
				      "character", "characters");
	if (length > field->max)
		return field_count_of("It may have at most", field->max,
				      "character", "characters");
	return NULL;
}

static char *field_check_text(const struct field *field, const json_t *value)
{
	char *complaint = field_check_secret(field, value);

	if (!complaint && !text_is_plain(json_string_value(value)))
		return alloc_text("It may not have marks in it that turn its "
				  "direction or are not seen.");
	if (!complaint && !field->passing &&
	    card_is_in(json_string_value(value)))
		return alloc_text(CARD_REFUSED);
	return complaint;
}

static char *field_check_name(const struct field *field, const json_t *value)
{
	if (!json_is_string(value))
		return alloc_text("It has to be text.");
	if (!text_is_name(json_string_value(value), (size_t)field->max))
		return alloc_format(
			"It has to be 1 to %" PRId64
			" letters, digits, dots, dashes and underscores, "
			"beginning with a letter or a digit.",
			field->max);
	return card_is_in(json_string_value(value)) ? alloc_text(CARD_REFUSED)
						    : NULL;
}

static char *field_check_int(const struct field *field, const json_t *value)
{
	int64_t number = json_integer_value(value);

	if (!json_is_integer(value))
		return alloc_text("It has to be a whole number.");
	if (number < field->min || number > field->max)
		return alloc_format("It has to be from %" PRId64 " to %" PRId64
				    ".",
				    field->min, field->max);
	return NULL;
}

static char *field_check_bool(const struct field *field, const json_t *value)
{
	(void)field;
	return json_is_boolean(value)
		       ? NULL
		       : alloc_text("It has to be true or false.");
}

static char *field_check_date(const struct field *field, const json_t *value)
{
	(void)field;
	if (!json_is_string(value) || !clock_is_date(json_string_value(value)))
		return alloc_text("It has to be a date such as 2026-11-22.");
	return NULL;
}

/* The word at *cursor, with its length; false after the last one. */
static bool field_next_choice(const char **cursor, const char **out_word,
			      size_t *out_len)
{
	const char *word = *cursor + strspn(*cursor, " ");
	size_t len = strcspn(word, " ");

	if (!len)
		return false;
	*cursor = word + len;
	*out_word = word;
	*out_len = len;
	return true;
}

static char *field_check_choice(const struct field *field, const json_t *value)
{
	const char *text = json_string_value(value), *at = field->choices;
	const char *word;
	size_t len;

	while (text && field_next_choice(&at, &word, &len))
		if (strlen(text) == len && !memcmp(text, word, len))
			return NULL;
	return alloc_format("It has to be one of: %s.", field->choices);
}

static char *field_check_list(const struct field *field, const json_t *value)
{
	int64_t count = (int64_t)json_array_size(value);

	if (!json_is_array(value))
		return alloc_text("It has to be a list.");
	if (count < field->min)
		return field_count_of("It has to have at least", field->min,
				      "entry", "entries");
	if (count > field->max)
		return field_count_of("It may have at most", field->max,
				      "entry", "entries");
	return NULL;
}

static char *field_check_object(const struct field *field, const json_t *value)
{
	(void)field;
	return json_is_object(value) ? NULL
				     : alloc_text("It has to be an object.");
}

static char *field_check_entries(const struct field *field, const json_t *list,
				 const char *path, char **out_path)
{
	char *sentence = NULL;
	const json_t *entry;
	size_t i;

	json_array_foreach (list, i, entry) {
		CLEANUP_FREE char *place = alloc_format("%s[%zu]", path, i);

		sentence = field_check_value(&field->fields[0], entry, place,
					     out_path);
		if (sentence)
			break;
	}
	return sentence;
}

/* One row a type: what the API calls it, and how a single value is checked. */
static const struct {
	const char *name;
	char *(*check)(const struct field *field, const json_t *value);
} field_types[] = {
	[FIELD_TEXT] = { "text", field_check_text },
	[FIELD_SECRET] = { "secret", field_check_secret },
	[FIELD_NAME] = { "name", field_check_name },
	[FIELD_INT] = { "integer", field_check_int },
	[FIELD_BOOL] = { "boolean", field_check_bool },
	[FIELD_DATE] = { "date", field_check_date },
	[FIELD_CHOICE] = { "choice", field_check_choice },
	[FIELD_LIST] = { "list", field_check_list },
	[FIELD_OBJECT] = { "object", field_check_object },
	[FIELD_RAW] = { "raw", field_check_object },
};

static char *field_check_value(const struct field *field, const json_t *value,
			       const char *path, char **out_path)
{
	char *complaint = field_types[field->type].check(field, value);

	if (complaint)
		return field_complain(path, complaint, out_path);
	if (field->type == FIELD_LIST)
		return field_check_entries(field, value, path, out_path);
	if (field->type == FIELD_OBJECT && field->fields)
		return field_check_members(field->fields, value, path,
					   out_path);
	return NULL;
}

static const struct field *field_find(const struct field *fields,
				      const char *name)
{
	for (; !field_is_end(fields); fields++)
		if (!strcmp(fields->name, name))
			return fields;
	return NULL;
}

static char *field_complain_unknown(const char *name, const char *path,
				    char **out_path)
{
	CLEANUP_FREE char *place = NULL;

	if (!*name || strlen(name) > FIELD_ECHO_MAX || !text_is_plain(name) ||
	    card_is_in(name))
		return field_complain(
			path,
			alloc_text("It has a field that is not known here."),
			out_path);
	place = field_path_join(path, name);
	return field_complain(place, alloc_text("There is no such field here."),
			      out_path);
}

/* Before what is missing: a misspelt name is both, and this says which. */
static char *field_check_unknown(const struct field *fields,
				 const json_t *object, const char *path,
				 char **out_path)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)object, name, value)
		if (!field_find(fields, name))
			return field_complain_unknown(name, path, out_path);
	return NULL;
}

static char *field_check_member(const struct field *field, const json_t *object,
				const char *path, char **out_path)
{
	CLEANUP_FREE char *place = field_path_join(path, field->name);
	const json_t *value = json_object_get(object, field->name);

	if (value)
		return field_check_value(field, value, place, out_path);
	if (field->required)
		return field_complain(place, alloc_text("It is missing."),
				      out_path);
	return NULL;
}

static char *field_check_members(const struct field *fields,
				 const json_t *object, const char *path,
				 char **out_path)
{
	char *sentence = field_check_unknown(fields, object, path, out_path);

	for (; !sentence && !field_is_end(fields); fields++)
		sentence = field_check_member(fields, object, path, out_path);
	return sentence;
}

char *field_check(const struct field *fields, const json_t *object,
		  char **out_field)
{
	return field_check_members(fields, object, "", out_field);
}

/* --- from text --- */

static json_t *field_parse_int(const char *text)
{
	char *end;
	long long number;

	if (!isdigit((unsigned char)text[*text == '-']))
		return NULL;
	errno = 0;
	number = strtoll(text, &end, 10);
	return errno || *end ? NULL : json_integer(number);
}

json_t *field_parse(const struct field *fields, const char *name,
		    const char *text)
{
	const struct field *field = field_find(fields, name);
	json_t *value = NULL;

	if (field && field->type == FIELD_INT)
		value = field_parse_int(text);
	else if (field && field->type == FIELD_BOOL && !strcmp(text, "true"))
		value = json_true();
	else if (field && field->type == FIELD_BOOL && !strcmp(text, "false"))
		value = json_false();
	return value ? value : json_string(text);
}

/* --- secrets --- */

static void field_wipe_value(const struct field *field, json_t *value)
{
	json_t *entry;
	size_t i;

	if (field->type == FIELD_SECRET && json_is_string(value))
		secret_wipe((void *)(uintptr_t)json_string_value(value),
			    json_string_length(value));
	else if (field->type == FIELD_LIST)
		json_array_foreach (value, i, entry)
			field_wipe_value(&field->fields[0], entry);
	else if (field->type == FIELD_OBJECT && field->fields)
		field_wipe(field->fields, value);
}

void field_wipe(const struct field *fields, json_t *object)
{
	for (; !field_is_end(fields); fields++)
		field_wipe_value(fields, json_object_get(object, fields->name));
}

/* --- description --- */

static json_t *field_describe_choices(const struct field *field)
{
	const char *at = field->choices, *word;
	json_t *list = json_array();
	size_t len;

	while (field_next_choice(&at, &word, &len))
		json_array_append_new(list, json_stringn(word, len));
	return list;
}

static bool field_has_limits(const struct field *field)
{
	return field->type == FIELD_TEXT || field->type == FIELD_SECRET ||
	       field->type == FIELD_INT || field->type == FIELD_LIST ||
	       field->type == FIELD_RAW;
}

static json_t *field_describe_one(const struct field *field)
{
	json_t *row = json_put_text(json_make(), "name", field->name);

	json_put_text(row, "type", field_types[field->type].name);
	json_put_bool(row, "required", field->required);
	if (field_has_limits(field))
		json_put_int(row, "min", field->min);
	if (field_has_limits(field) || field->type == FIELD_NAME)
		json_put_int(row, "max", field->max);
	if (field->type == FIELD_CHOICE)
		json_put(row, "choices", field_describe_choices(field));
	if (field->type == FIELD_LIST)
		json_put(row, "of", field_describe_one(&field->fields[0]));
	if (field->type == FIELD_OBJECT && field->fields)
		json_put(row, "fields", field_describe(field->fields));
	return row;
}

json_t *field_describe(const struct field *fields)
{
	json_t *list = json_array();

	for (; !field_is_end(fields); fields++)
		json_array_append_new(list, field_describe_one(fields));
	return list;
}
