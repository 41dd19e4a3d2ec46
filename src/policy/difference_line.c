/* SPDX-License-Identifier: Apache-2.0 */
/* A difference in one line, for a prompt or a list. */
#include "policy/difference.h"

#include "util/alloc.h"
#include "util/buf.h"
#include "util/json.h"

#include <inttypes.h>
#include <string.h>

#define LINE_BYTES_MAX 2000 /* never reached: names and counts are bounded */
#define LINE_WORDS_MAX 4    /* of one item's changes; then "..." */

struct line {
	struct buf text;
	int words; /* left for this item */
};

static void line_begin(struct line *line)
{
	if (line->text.len)
		buf_add_text(&line->text, ", ");
}

static void line_add_word(struct line *line, const char *sign,
			  const char *prefix, const char *word)
{
	if (line->words > 0)
		buf_add_format(&line->text, " %s%s%s", sign, prefix, word);
	else if (!line->words)
		buf_add_text(&line->text, " ...");
	line->words--;
}

static void line_add_list(struct line *line, const char *sign,
			  const char *prefix, const json_t *list)
{
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		char number[24];

		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(item));
		line_add_word(line, sign, prefix,
			      json_is_string(item) ? json_string_value(item)
						   : number);
	}
}

/* What stands in a list of that field, said so that it stands alone. */
static char *line_prefix(const char *field)
{
	if (!strcmp(field, "permissions") || !strcmp(field, "groups"))
		return alloc_text("");
	if (!strncmp(field, "rights.", 7))
		return alloc_format("%s.", field + 7);
	if (!strcmp(field, "tills"))
		return alloc_text("till ");
	if (!strcmp(field, "badges"))
		return alloc_text("badge ");
	return alloc_format("%s ", field);
}

static void line_add_change(struct line *line, const char *field,
			    const json_t *change)
{
	const json_t *added = json_object_get(change, "added");
	const json_t *removed = json_object_get(change, "removed");
	const json_t *changed = json_object_get(change, "changed");
	char *prefix;

	if (!added && !removed && !changed) {
		line_add_word(line, "", "", field);
		return;
	}
	prefix = line_prefix(field);
	line_add_list(line, "+", prefix, added);
	line_add_list(line, "-", prefix, removed);
	line_add_list(line, "", prefix, changed);
	free(prefix);
}

static const char *line_name(const json_t *item)
{
	const char *login = json_text(item, "login");

	return login ? login : json_text(item, "id");
}

/* "group cashiers: +drawer.open" */
static void line_add_item(struct line *line, const char *kind,
			  const json_t *item)
{
	json_t *changes = json_object_get(item, "changes"), *change;
	const char *field;

	line_begin(line);
	buf_add_format(&line->text, "%s %s:", kind, line_name(item));
	line->words = LINE_WORDS_MAX;
	json_object_foreach (changes, field, change)
		line_add_change(line, field, change);
}

/* "operator anna added", "3 operators added" */
static void line_add_count(struct line *line, const char *kind,
			   const char *what, const json_t *list)
{
	size_t count = json_array_size(list);

	if (!count)
		return;
	line_begin(line);
	if (count == 1)
		buf_add_format(&line->text, "%s %s %s", kind,
			       line_name(json_array_get(list, 0)), what);
	else
		buf_add_format(&line->text, "%zu%s %ss %s", count,
			       count == POLICY_DIFFERENCE_MAX ? " or more" : "",
			       kind, what);
}

static void line_add_section(struct line *line, const char *kind,
			     const json_t *section)
{
	const json_t *changed = json_object_get(section, "changed");

	line_add_count(line, kind, "added", json_object_get(section, "added"));
	line_add_count(line, kind, "removed",
		       json_object_get(section, "removed"));
	if (json_array_size(changed) == 1)
		line_add_item(line, kind, json_array_get(changed, 0));
	else
		line_add_count(line, kind, "changed", changed);
}

char *policy_difference_line(const json_t *difference)
{
	struct line line = { .text = BUF_INIT(LINE_BYTES_MAX) };
	char *made;

	line_add_section(&line, "operator",
			 json_object_get(difference, "operators"));
	line_add_section(&line, "group", json_object_get(difference, "groups"));
	line_add_section(&line, "till", json_object_get(difference, "tills"));
	made = alloc_text(line.text.len ? buf_text(&line.text)
					: "nothing changes");
	buf_free(&line.text);
	return made;
}
