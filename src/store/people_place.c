/* SPDX-License-Identifier: Apache-2.0 */
#include "store/people_place.h"

#include "util/alloc.h"
#include "util/buf.h"
#include "util/card.h"
#include "util/money.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define PEOPLE_SENTENCE_MAX 400
#define PEOPLE_PATH_MAX	    200

/* --- what is wrong, and where --- */

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
	*sentence = alloc_text("A text in it must not hold a full card number, "
			       "as it is kept.");
}

/* Only ever spelt for a sentence: most places are fine. */
static void people_spell_path(const struct people_place *place,
			      struct buf *path)
{
	if (!place->parent)
		return;
	people_spell_path(place->parent, path);
	if (place->name)
		buf_add_format(path, "%s%.30s", path->len ? "." : "",
			       place->name);
	else
		buf_add_format(path, "[%zu]", place->index);
}

void people_refuse(const struct people_place *place, const char *format, ...)
{
	struct buf path = BUF_INIT(PEOPLE_PATH_MAX);
	char sentence[PEOPLE_SENTENCE_MAX];
	va_list args;

	if (place->parser->error)
		return;
	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	people_spell_path(place, &path);
	place->parser->error =
		alloc_format("%s%s%s", path.len ? buf_text(&path) : "",
			     path.len ? ": " : "", sentence);
	people_make_plain(place->parser->error);
	people_hide_card(&place->parser->error);
	buf_free(&path);
}

bool people_failed(const struct people_place *place)
{
	return place->parser->error != NULL;
}

/* --- walking --- */

struct people_place people_field(const struct people_place *place,
				 const char *name)
{
	return (struct people_place){
		.parser = place->parser,
		.parent = place,
		.name = name,
		.value = json_object_get(place->value, name),
	};
}

void people_expect_object(const struct people_place *place,
			  const char *const *fields, size_t count)
{
	const char *name;
	json_t *value;
	size_t at;

	if (!json_is_object(place->value)) {
		people_refuse(place, "It has to be an object.");
		return;
	}
	json_object_foreach ((json_t *)(uintptr_t)place->value, name, value)
		if (!people_find_name(fields, count, name, &at))
			people_refuse(place, "There is no field '%.40s'.",
				      name);
}

void people_each(const struct people_place *list, size_t max,
		 void (*fn)(const struct people_place *item, void *arg),
		 void *arg)
{
	struct people_place item = { .parser = list->parser, .parent = list };
	size_t count = json_array_size(list->value);

	if (!list->value)
		return;
	if (!json_is_array(list->value))
		people_refuse(list, "It has to be a list.");
	else if (count > max)
		people_refuse(list, "It may hold %zu items at most.", max);
	for (; item.index < count && !people_failed(list); item.index++) {
		item.value = json_array_get(list->value, item.index);
		fn(&item, arg);
	}
}

/* --- values --- */

const char *people_text(const struct people_place *place)
{
	if (json_is_string(place->value))
		return json_string_value(place->value);
	if (place->value)
		people_refuse(place, "It has to be text.");
	else
		people_refuse(place, "It is missing.");
	return "";
}

bool people_flag(const struct people_place *place, bool otherwise)
{
	if (place->value && !json_is_boolean(place->value))
		people_refuse(place, "It has to be true or false.");
	return place->value ? json_is_true(place->value) : otherwise;
}

static void people_refuse_card(const struct people_place *place,
			       const char *text)
{
	if (card_is_in(text))
		people_refuse(place, CARD_REFUSED);
}

struct policy_amount people_amount(const struct people_place *place,
				   int64_t min)
{
	struct policy_amount amount = {
		.set = place->value && !json_is_null(place->value),
		.amount = json_integer_value(place->value),
	};

	if (amount.set && (!json_is_integer(place->value) ||
			   amount.amount < min || amount.amount > MONEY_MAX))
		people_refuse(place,
			      "It has to be a whole number of the currency's "
			      "smallest unit, %" PRId64 " to %" PRId64
			      ", or null.",
			      min, (int64_t)MONEY_MAX);
	return amount;
}

const char *people_id(const struct people_place *object, const char *name)
{
	struct people_place place = people_field(object, name);
	const char *id = people_text(&place);

	if (!text_is_name(id, POLICY_ID_MAX))
		people_refuse(&place,
			      "It has to be 1 to %d letters, digits, '.', '_' "
			      "or '-', with a letter or digit first.",
			      POLICY_ID_MAX);
	else
		people_refuse_card(&place, id);
	return id;
}

void people_check_line(const struct people_place *place, const char *text,
		       bool may_be_empty)
{
	if ((!*text && !may_be_empty) || !text_is_plain(text) ||
	    text_length(text) > POLICY_NAME_MAX)
		people_refuse(place,
			      "It has to be %s%d characters on one line.",
			      may_be_empty ? "at most " : "1 to ",
			      POLICY_NAME_MAX);
	else
		people_refuse_card(place, text);
}

const char *people_name(const struct people_place *object, const char *id)
{
	struct people_place place = people_field(object, "name");
	const char *name = place.value ? people_text(&place) : id;

	people_check_line(&place, name, false);
	return name;
}

/* "alone", "pin" or "piv" */
static void people_refuse_word(const struct people_place *place,
			       const char *const *words, size_t count)
{
	struct buf list = BUF_INIT(PEOPLE_SENTENCE_MAX);

	for (size_t i = 0; i < count; i++)
		buf_add_format(&list, "%s\"%s\"",
			       !i	       ? ""
			       : i + 1 < count ? ", "
					       : " or ",
			       words[i]);
	people_refuse(place, "It has to be %s.", buf_text(&list));
	buf_free(&list);
}

size_t people_word(const struct people_place *place, const char *const *words,
		   size_t count, size_t otherwise)
{
	size_t at = otherwise;

	if (place->value &&
	    !people_find_name(words, count, people_text(place), &at))
		people_refuse_word(place, words, count);
	return at;
}
