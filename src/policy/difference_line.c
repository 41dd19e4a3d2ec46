/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A difference in one line, for a prompt or a list. There is room for some of
 * it only, so what gives most comes first, wherever it stands; and how much
 * more there is is said, so that nobody takes a part for the whole.
 */
#include "policy/difference.h"

#include "util/alloc.h"
#include "util/buf.h"
#include "util/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES_MAX (32 * 1024) /* never reached: names are bounded */
#define LINE_WORDS_MAX 12
#define LINE_NAMES_MAX 3

/* What gives power over the policy; what gives other rights, or proves who one
 * is; and the rest. */
enum line_rank { LINE_RULES, LINE_GIVES, LINE_REST, LINE_RANKS };

struct line_word {
	enum line_rank rank;
	size_t item; /* that it is about */
	char *text;  /* "": that it is there, or gone */
};

struct line_item {
	char *header; /* "group cashiers", "operator eve added" */
	bool shown;   /* or as much of it as there is room for */
};

struct line {
	struct line_word *words;
	size_t words_count;
	struct line_item *items;
	size_t items_count;
	int64_t unseen; /* of which the difference tells no more */
};

static void line_free(struct line *line)
{
	for (size_t i = 0; i < line->words_count; i++)
		free(line->words[i].text);
	for (size_t i = 0; i < line->items_count; i++)
		free(line->items[i].header);
	free(line->words);
	free(line->items);
}

/* --- what differs, in words --- */

static void line_put_word(struct line *line, enum line_rank rank, char *text)
{
	line->words = alloc_resize(line->words, line->words_count + 1,
				   sizeof(*line->words));
	line->words[line->words_count++] =
		(struct line_word){ rank, line->items_count - 1, text };
}

/* "none", "500", "\"Anna\"": so that a name can't be taken for more. */
static char *line_value(const json_t *value)
{
	if (!value || json_is_null(value))
		return alloc_text("none");
	return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
}

static char *line_bare(const json_t *value)
{
	return json_is_string(value) ? alloc_text(json_string_value(value))
				     : line_value(value);
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

static enum line_rank line_rank_of_added(const char *word)
{
	return !strcmp(word, rights_name(PERMISSION_CONFIG_ACCESS)) ||
			       !strcmp(word, "till " POLICY_BOX)
		       ? LINE_RULES
		       : LINE_GIVES;
}

static void line_put_list(struct line *line, const char *sign,
			  const char *field, const json_t *list)
{
	char *prefix = line_prefix(field);
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		char *value = line_bare(item);
		char *word = alloc_format("%s%s%s", sign, prefix, value);

		line_put_word(line,
			      *sign == '+' ? line_rank_of_added(word + 1)
					   : LINE_REST,
			      word);
		free(value);
	}
	free(prefix);
}

/* Fields that prove who one is, or free of what binds others. */
static bool line_field_gives(const char *field)
{
	static const char *const fields[] = {
		"password",
		"pin",
		"active",
		"restricted",
		"no_foreign_session",
		"pin_sign_on",
		"single_session",
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!strcmp(fields[i], field))
			return true;
	return !strncmp(field, "badge.", 6) || !strncmp(field, "badges.", 7);
}

static enum line_rank line_rank_of_field(const char *field,
					 const json_t *change)
{
	const char *to = json_text(change, "to");

	if (!strcmp(field, "role") && to &&
	    !strcmp(to, policy_role_names[ROLE_MANAGER]))
		return LINE_RULES;
	return line_field_gives(field) ? LINE_GIVES : LINE_REST;
}

/* "name \"Anna\" -> \"Anne\"", "role manager", "password set". */
static char *line_change(const char *field, const json_t *change)
{
	const json_t *from = json_object_get(change, "from");
	const json_t *to = json_object_get(change, "to");
	char *(*said)(const json_t *value) =
		strcmp(field, "name") ? line_bare : line_value;
	char *old, *new, *word;

	if (json_is_string(change))
		return alloc_format("%s %s", field, json_string_value(change));
	old = from ? said(from) : alloc_text("");
	new = said(to);
	word = alloc_format("%s %s%s%s", field, old, from ? " -> " : "", new);
	free(old);
	free(new);
	return word;
}

static void line_put_change(struct line *line, const char *field,
			    const json_t *change)
{
	static const struct {
		const char *list;
		const char *sign;
	} lists[] = { { "added", "+" },
		      { "removed", "-" },
		      { "changed", "~" } };
	bool has_list = false;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const json_t *list = json_object_get(change, lists[i].list);

		has_list = has_list || list;
		line_put_list(line, lists[i].sign, field, list);
	}
	if (!has_list)
		line_put_word(line, line_rank_of_field(field, change),
			      line_change(field, change));
}

/* --- of which things --- */

static const char *line_name(const json_t *item)
{
	const char *login = json_text(item, "login");

	return login ? login : json_text(item, "id");
}

/* what: " added"; "" if it was and is there. */
static void line_put_item(struct line *line, const char *kind, const char *what,
			  const json_t *item)
{
	json_t *changes = json_object_get(item, "changes"), *change;
	const char *field;

	line->items = alloc_resize(line->items, line->items_count + 1,
				   sizeof(*line->items));
	line->items[line->items_count++] = (struct line_item){
		.header = alloc_format("%s %s%s", kind, line_name(item), what),
	};
	if (*what)
		line_put_word(line, LINE_REST, alloc_text(""));
	json_object_foreach (changes, field, change)
		line_put_change(line, field, change);
}

static void line_put_section(struct line *line, const char *kind,
			     const json_t *section)
{
	static const struct {
		const char *list;
		const char *what;
	} lists[] = { { "added", " added" },
		      { "removed", " removed" },
		      { "changed", "" } };
	json_t *item;
	size_t i, j;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		json_array_foreach (json_object_get(section, lists[i].list), j,
				    item)
			line_put_item(line, kind, lists[i].what, item);
	line->unseen += json_int(section, "more", 0);
}

/* --- who rules by it --- */

static bool line_rules(const struct policy *policy,
		       const struct policy_operator *who)
{
	struct demand demand = { 0 }, missing;

	demand_add(&demand, rights_of_permission(PERMISSION_CONFIG_ACCESS));
	return who && policy_decide(policy, who, NULL, &demand, &missing);
}

/* "anna and 2 more become administrators": by whatever way. */
static void line_add_rulers(struct buf *text, const struct policy *before,
			    const struct policy *after)
{
	size_t count = 0;

	for (size_t i = 0; before && i < policy_operators(after); i++) {
		const struct policy_operator *who =
			policy_operator_at(after, i);

		if (!line_rules(after, who) ||
		    line_rules(before, policy_operator(before, who->id)))
			continue;
		if (count < LINE_NAMES_MAX)
			buf_add_format(text, "%s%s", count ? " and " : "",
				       who->login);
		count++;
	}
	if (count > LINE_NAMES_MAX)
		buf_add_format(text, " and %zu more", count - LINE_NAMES_MAX);
	if (count)
		buf_add_text(text, count == 1 ? " becomes an administrator"
					      : " become administrators");
}

/* --- as much as there is room for --- */

static void line_begin(struct buf *text)
{
	if (text->len)
		buf_add_text(text, ", ");
}

/* Those of one thing that are among the first, together. */
static void line_add_item(struct buf *text, struct line *line,
			  struct line_word *const *first, size_t count,
			  size_t item)
{
	const char *between = ": ";

	line_begin(text);
	buf_add_text(text, line->items[item].header);
	line->items[item].shown = true;
	for (size_t i = 0; i < count; i++) {
		if (first[i]->item != item || !*first[i]->text)
			continue;
		buf_add_format(text, "%s%s", between, first[i]->text);
		between = " ";
	}
}

static size_t line_choose(const struct line *line,
			  struct line_word *first[LINE_WORDS_MAX])
{
	size_t count = 0;

	for (enum line_rank rank = 0; rank < LINE_RANKS; rank++)
		for (size_t i = 0;
		     i < line->words_count && count < LINE_WORDS_MAX; i++)
			if (line->words[i].rank == rank)
				first[count++] = &line->words[i];
	return count;
}

/* How many are not among them. */
static int64_t line_left(const struct line *line,
			 struct line_word *const *first, size_t count)
{
	int64_t left = line->unseen;

	for (size_t i = 0; i < line->words_count; i++)
		left += *line->words[i].text ||
			!line->items[line->words[i].item].shown;
	for (size_t i = 0; i < count; i++)
		left -= *first[i]->text != 0;
	return left;
}

static int64_t line_add(struct buf *text, struct line *line)
{
	struct line_word *first[LINE_WORDS_MAX];
	size_t count = line_choose(line, first);
	int64_t left;

	for (size_t i = 0; i < count; i++)
		if (!line->items[first[i]->item].shown)
			line_add_item(text, line, first, count, first[i]->item);
	left = line_left(line, first, count);
	if (left)
		buf_add_format(text, ", and %" PRId64 " more change%s", left,
			       left == 1 ? "" : "s");
	return left;
}

char *policy_difference_line(const struct policy *before,
			     const struct policy *after,
			     const json_t *difference, bool *out_whole)
{
	struct buf text = BUF_INIT(LINE_BYTES_MAX);
	struct line line = { 0 };
	char *made;

	line_add_rulers(&text, before, after);
	line_put_section(&line, "operator",
			 json_object_get(difference, "operators"));
	line_put_section(&line, "group", json_object_get(difference, "groups"));
	line_put_section(&line, "till", json_object_get(difference, "tills"));
	*out_whole = !line_add(&text, &line);
	made = alloc_text(text.len ? buf_text(&text) : "nothing changes");
	line_free(&line);
	buf_free(&text);
	return made;
}
