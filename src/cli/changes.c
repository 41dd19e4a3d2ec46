/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/changes.h"

#include "cli/say.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"

#define CHANGES_LINE_MAX (64 * 1024)

/* --- values --- */

static void changes_add_value(struct buf *line, const json_t *value)
{
	CLEANUP_FREE char *text = NULL;

	if (json_is_string(value))
		text = alloc_text(json_string_value(value));
	else if (!value || json_is_null(value))
		text = alloc_text("none");
	else
		text = json_line(value);
	buf_add_text(line, text);
}

static void changes_add_list(struct buf *line, const char *sign,
			     const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		buf_add_format(line, " %s", sign);
		changes_add_value(line, item);
	}
}

/* "groups +leaders -cashiers"; "name Anna -> Anne"; "pin set". */
static void changes_add_field(struct buf *line, const char *field,
			      const json_t *change)
{
	const json_t *from = json_object_get(change, "from");

	buf_add_text(line, field);
	if (json_is_string(change)) {
		buf_add_format(line, " %s", json_string_value(change));
		return;
	}
	changes_add_list(line, "+", json_object_get(change, "added"));
	changes_add_list(line, "-", json_object_get(change, "removed"));
	changes_add_list(line, "~", json_object_get(change, "changed"));
	if (!json_object_get(change, "to"))
		return;
	buf_add_text(line, " ");
	if (from && !json_is_null(from)) {
		changes_add_value(line, from);
		buf_add_text(line, " -> ");
	}
	changes_add_value(line, json_object_get(change, "to"));
}

/* --- things --- */

static void changes_print_item(FILE *out, const char *sign, const char *kind,
			       const json_t *item)
{
	CLEANUP(buf_cleanup) struct buf line = BUF_INIT(CHANGES_LINE_MAX);
	const char *login = json_text(item, "login");
	const char *name = login ? login : json_text(item, "id"), *field;
	const char *between = ": ";
	json_t *change;

	buf_add_format(&line, "%s %s %s", sign, kind, name ? name : "?");
	json_object_foreach (json_object_get(item, "changes"), field, change) {
		buf_add_text(&line, between);
		changes_add_field(&line, field, change);
		between = ", ";
	}
	say_clean(out, buf_text(&line));
	fputc('\n', out);
}

static void changes_print_list(FILE *out, const char *sign, const char *kind,
			       const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		changes_print_item(out, sign, kind, item);
}

static void changes_print_section(FILE *out, const char *kind,
				  const json_t *section)
{
	int64_t more = json_int(section, "more", 0);

	changes_print_list(out, "+", kind, json_object_get(section, "added"));
	changes_print_list(out, "-", kind, json_object_get(section, "removed"));
	changes_print_list(out, " ", kind, json_object_get(section, "changed"));
	if (more)
		fprintf(out, "  and %lld more of %ss\n", (long long)more, kind);
}

void changes_print(FILE *out, const json_t *changes)
{
	static const struct {
		const char *section;
		const char *kind;
	} rows[] = {
		{ "tills", "till" },
		{ "groups", "group" },
		{ "operators", "operator" },
	};

	if (!json_object_size(changes))
		fputs("Nothing changes.\n", out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		changes_print_section(out, rows[i].kind,
				      json_object_get(changes,
						      rows[i].section));
}
