/* SPDX-License-Identifier: Apache-2.0 */
#include "store/people_place.h"

#include "util/alloc.h"
#include "util/card.h"
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE_SENTENCE_MAX 400

/* A name cut within a character is no UTF-8, and could be told to nobody. */
static void people_make_plain(char *sentence)
{
	if (text_is_plain(sentence))
		return;
	for (; *sentence; sentence++)
		if (*sentence < ' ' || *sentence > '~')
			*sentence = '?';
}

/* Where and what is said in the document's own words, which may hold one. */
static void people_hide_card(char **sentence)
{
	if (!card_is_in(*sentence))
		return;
	free(*sentence);
	*sentence = alloc_text("a text in it " CARD_REFUSED);
}

void people_refuse(const struct people_place *place, const char *format, ...)
{
	char sentence[PEOPLE_SENTENCE_MAX];
	va_list args;

	if (place->parser->error)
		return;
	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	place->parser->error = alloc_format("%s%s%s", place->path,
					    *place->path ? ": " : "", sentence);
	people_make_plain(place->parser->error);
	people_hide_card(&place->parser->error);
}

bool people_failed(const struct people_place *place)
{
	return place->parser->error != NULL;
}

struct people_place people_field(const struct people_place *place,
				 const char *name)
{
	struct people_place field = {
		.parser = place->parser,
		.value = json_object_get(place->value, name),
	};

	snprintf(field.path, sizeof(field.path), "%.60s%s%.30s", place->path,
		 *place->path ? "." : "", name);
	return field;
}

static struct people_place people_item(const struct people_place *place,
				       size_t index)
{
	struct people_place item = {
		.parser = place->parser,
		.value = json_array_get(place->value, index),
	};

	snprintf(item.path, sizeof(item.path), "%.70s[%zu]", place->path,
		 index);
	return item;
}

void people_expect_object(const struct people_place *place,
			  const char *const *fields, size_t count)
{
	const char *name;
	json_t *value;
	size_t at;

	if (!json_is_object(place->value)) {
		people_refuse(place, "has to be an object");
		return;
	}
	json_object_foreach ((json_t *)(uintptr_t)place->value, name, value)
		if (!people_find_name(fields, count, name, &at))
			people_refuse(place, "there is no field '%.40s'", name);
}

void people_each(const struct people_place *list, size_t max,
		 void (*fn)(const struct people_place *item, void *arg),
		 void *arg)
{
	if (!list->value)
		return;
	if (!json_is_array(list->value))
		people_refuse(list, "has to be a list");
	else if (json_array_size(list->value) > max)
		people_refuse(list, "may hold %zu items at most", max);
	for (size_t i = 0; i < json_array_size(list->value); i++) {
		struct people_place item = people_item(list, i);

		if (people_failed(list))
			return;
		fn(&item, arg);
	}
}

const char *people_text(const struct people_place *place)
{
	if (json_is_string(place->value))
		return json_string_value(place->value);
	if (place->value)
		people_refuse(place, "has to be text");
	else
		people_refuse(place, "is missing");
	return "";
}

bool people_flag(const struct people_place *place, bool otherwise)
{
	if (place->value && !json_is_boolean(place->value))
		people_refuse(place, "has to be true or false");
	return place->value ? json_is_true(place->value) : otherwise;
}

static void people_refuse_card(const struct people_place *place,
			       const char *text)
{
	if (card_is_in(text))
		people_refuse(place, CARD_REFUSED);
}

char *people_id(const struct people_place *object, const char *name)
{
	struct people_place place = people_field(object, name);
	const char *id = people_text(&place);

	if (!text_is_name(id, POLICY_ID_MAX))
		people_refuse(&place,
			      "has to be 1 to %d letters, digits, '.', '_' or "
			      "'-', with a letter or digit first",
			      POLICY_ID_MAX);
	else
		people_refuse_card(&place, id);
	return alloc_text(id);
}

char *people_name(const struct people_place *object, const char *id)
{
	struct people_place place = people_field(object, "name");
	const char *name = place.value ? people_text(&place) : id;

	if (!*name || !text_is_plain(name) ||
	    text_length(name) > POLICY_NAME_MAX)
		people_refuse(&place,
			      "has to be 1 to %d characters on one line",
			      POLICY_NAME_MAX);
	else
		people_refuse_card(&place, name);
	return alloc_text(name);
}

size_t people_word(const struct people_place *place, const char *const *words,
		   size_t count, const char *wanted)
{
	size_t at = 0;

	if (!people_find_name(words, count, people_text(place), &at))
		people_refuse(place, "has to be %s", wanted);
	return at;
}
