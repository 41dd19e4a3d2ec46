/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/say.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/money.h"

#include <inttypes.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define SAY_DEPTH_MAX 8

void say_init(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
}

/* U+202A to U+202E and U+2066 to U+2069 make text look like other text. */
static bool say_turns(wchar_t code)
{
	return (code >= 0x202a && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0x200e ||
	       code == 0x200f || code == 0x061c;
}

/*
 * One character: its length in bytes, never 0 before the end, and its columns;
 * -1 columns if it is not to be shown.
 */
static size_t say_next(const char *text, int *out_columns)
{
	mbstate_t state = { 0 };
	wchar_t code;
	size_t len = mbrtowc(&code, text, strlen(text), &state);

	if (!len || len > strlen(text)) {
		*out_columns = -1;
		return 1;
	}
	*out_columns = say_turns(code) ? -1 : wcwidth(code);
	return len;
}

static size_t say_put(FILE *out, const char *text)
{
	size_t columns = 0;

	while (*text) {
		int width;
		size_t len = say_next(text, &width);

		if (out && width < 0)
			fputs("\xef\xbf\xbd", out);
		else if (out)
			fwrite(text, 1, len, out);
		columns += width < 0 ? 1 : (size_t)width;
		text += len;
	}
	return columns;
}

size_t say_clean(FILE *out, const char *text)
{
	return say_put(out, text);
}

size_t say_width(const char *text)
{
	return say_put(NULL, text);
}

static void say_line(const char *prefix, const char *format, va_list args)
{
	CLEANUP_FREE char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		abort();
	fputs(prefix, stderr);
	say_clean(stderr, text);
	fputc('\n', stderr);
}

void say_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_line("tillctl: ", format, args);
	va_end(args);
}

void say_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_line("", format, args);
	va_end(args);
}

/* --- JSON --- */

void say_json_text(FILE *out, const char *text, size_t len)
{
	const uint8_t *at = (const uint8_t *)text;

	while (len && (at[len - 1] == '\n' || at[len - 1] == '\r'))
		len--;
	for (size_t i = 0; i < len; i++) {
		if (i + 1 < len && at[i] == 0xc2 && at[i + 1] >= 0x80 &&
		    at[i + 1] < 0xa0)
			fprintf(out, "\\u%04x", (unsigned int)at[++i]);
		else if (at[i] == 0x7f)
			fputs("\\u007f", out);
		else
			fputc(at[i] < 0x20 ? ' ' : at[i], out);
	}
	fputc('\n', out);
}

/* --- fields --- */

static bool say_is_digits(const char *text, size_t len)
{
	return strspn(text, "0123456789") >= len;
}

void say_time(const char *time, char out_text[SAY_TIME_SIZE])
{
	size_t len = strlen(time);

	if (len >= 20 && say_is_digits(time, 4) && time[10] == 'T' &&
	    time[len - 1] == 'Z')
		snprintf(out_text, SAY_TIME_SIZE, "%.10s %.8sZ", time,
			 time + 11);
	else
		snprintf(out_text, SAY_TIME_SIZE, "%.30s", time);
}

static bool say_is_time(const char *name)
{
	size_t len = strlen(name);

	return (len > 3 && !strcmp(name + len - 3, "_at")) ||
	       !strcmp(name, "as_of") || !strcmp(name, "since") ||
	       !strcmp(name, "time");
}

static bool say_is_amount(const char *name)
{
	size_t len = strlen(name), tail = strlen("amount");

	return len >= tail && !strcmp(name + len - tail, "amount");
}

/* What an {"id", "name"} or {"id", "meaning"} is called; NULL for others. */
static const char *say_label(const json_t *value)
{
	const char *name = json_text(value, "name");

	if (json_object_size(value) != 2 || !json_text(value, "id"))
		return NULL;
	return name ? name : json_text(value, "meaning");
}

/* A value that fits on a line; NULL for objects, lists and null. New. */
static char *say_scalar(const char *name, const json_t *value,
			const char *currency)
{
	char time[SAY_TIME_SIZE], amount[MONEY_TEXT_SIZE];

	if (json_is_string(value) && say_is_time(name)) {
		say_time(json_string_value(value), time);
		return alloc_text(time);
	}
	if (json_is_string(value))
		return alloc_text(json_string_value(value));
	if (json_is_integer(value) && currency && say_is_amount(name)) {
		money_format(json_integer_value(value), currency, amount);
		return alloc_text(amount);
	}
	if (json_is_integer(value))
		return alloc_format("%" JSON_INTEGER_FORMAT,
				    json_integer_value(value));
	if (json_is_boolean(value))
		return alloc_text(json_is_true(value) ? "yes" : "no");
	return alloc_text(say_label(value));
}

/* "a, b" of a list of scalars, else NULL. New. */
static char *say_list(const char *name, const json_t *list,
		      const char *currency)
{
	CLEANUP_FREE char *text = alloc_text("");
	const json_t *item;
	size_t i;

	if (!json_is_array(list))
		return NULL;
	json_array_foreach (list, i, item) {
		CLEANUP_FREE char *one = say_scalar(name, item, currency);
		char *longer;

		if (!one)
			return NULL;
		longer = alloc_format("%s%s%s", text, *text ? ", " : "", one);
		free(text);
		text = longer;
	}
	return alloc_text(text);
}

struct say_rows {
	struct table *table;
	const char *currency;
	int depth;
};

static void say_collect(struct say_rows *rows, const char *prefix,
			const json_t *value);

static void say_collect_one(struct say_rows *rows, const char *prefix,
			    const char *name, const json_t *value)
{
	CLEANUP_FREE char *path =
		alloc_format("%s%s%s", prefix, *prefix ? " " : "", name);
	CLEANUP_FREE char *text = say_scalar(name, value, rows->currency);

	if (!text)
		text = say_list(name, value, rows->currency);
	if (text && *text) {
		table_add(rows->table, path);
		table_add(rows->table, text);
	} else if (!text && rows->depth < SAY_DEPTH_MAX) {
		say_collect(rows, path, value);
	}
}

static void say_collect(struct say_rows *rows, const char *prefix,
			const json_t *value)
{
	const json_t *item;
	const char *name;
	char number[24];
	size_t i;

	rows->depth++;
	json_object_foreach ((json_t *)(uintptr_t)value, name, item)
		say_collect_one(rows, prefix, name, item);
	json_array_foreach (value, i, item) {
		snprintf(number, sizeof(number), "%zu", i + 1);
		say_collect_one(rows, prefix, number, item);
	}
	rows->depth--;
}

void say_fields(FILE *out, const json_t *object, const char *const *leave_out,
		const char *currency)
{
	static const char *const headings[] = { "", "", NULL };
	json_t *copy = json_copy((json_t *)(uintptr_t)object);
	struct say_rows rows = { .table = table_new(headings),
				 .currency = currency };

	for (; leave_out && *leave_out; leave_out++)
		json_object_del(copy, *leave_out);
	say_collect(&rows, "", copy);
	table_print(rows.table, out);
	table_free(rows.table);
	json_decref(copy);
}

/* --- tables --- */

struct table {
	const char *const *headings;
	size_t columns;
	size_t widths[TABLE_COLUMNS_MAX];
	char **cells;
	size_t count;
};

struct table *table_new(const char *const *headings)
{
	struct table *table = ALLOC_NEW(struct table);

	table->headings = headings;
	for (; headings[table->columns] && table->columns < TABLE_COLUMNS_MAX;
	     table->columns++)
		table->widths[table->columns] =
			say_width(headings[table->columns]);
	return table;
}

struct table *table_free(struct table *table)
{
	for (size_t i = 0; table && i < table->count; i++)
		free(table->cells[i]);
	if (table)
		free(table->cells);
	free(table);
	return NULL;
}

void table_add(struct table *table, const char *text)
{
	size_t column = table->count % table->columns, width;

	if (!text || !*text)
		text = "-";
	width = say_width(text);
	if (width > table->widths[column])
		table->widths[column] = width;
	table->cells = alloc_resize(table->cells, table->count + 1,
				    sizeof(*table->cells));
	table->cells[table->count++] = alloc_text(text);
}

static void table_print_row(const struct table *table, FILE *out,
			    const char *const *cells)
{
	for (size_t i = 0; i < table->columns; i++) {
		size_t width = say_clean(out, cells[i]);

		if (i + 1 == table->columns)
			break;
		for (; width < table->widths[i] + 2; width++)
			fputc(' ', out);
	}
	fputc('\n', out);
}

void table_print(const struct table *table, FILE *out)
{
	if (table->count && *table->headings[0])
		table_print_row(table, out, table->headings);
	for (size_t i = 0; i + table->columns <= table->count;
	     i += table->columns)
		table_print_row(table, out,
				(const char *const *)&table->cells[i]);
}
