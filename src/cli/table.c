/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"

#include "cli/say.h"
#include "util/alloc.h"
#include "util/cleanup.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

/* --- printing a table --- */

#define TABLE_LAST_MIN 20 /* columns that its last column is left, at least */
#define TABLE_CUT_MIN  8  /* and any other that is cut */

/* How wide the terminal is; SIZE_MAX if it is none, or nobody knows. */
static size_t table_room(FILE *out)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = { 0 };
	int fd = fileno(out);
	long told;

	if (fd < 0 || !isatty(fd))
		return SIZE_MAX;
	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	told = columns ? strtol(columns, NULL, 10) : 0;
	return told > 0 ? (size_t)told : SIZE_MAX;
}

struct table_layout {
	size_t widths[TABLE_COLUMNS_MAX];
	size_t last; /* columns that the last one may take */
};

/* What all but the last take, with the gaps. */
static size_t table_used(const struct table *table,
			 const struct table_layout *layout)
{
	size_t used = 0;

	for (size_t i = 0; i + 1 < table->columns; i++)
		used += layout->widths[i] + 2;
	return used;
}

/* False if there is none that may become narrower. */
static bool table_cut_widest(const struct table *table,
			     struct table_layout *layout)
{
	size_t widest = 0;

	for (size_t i = 1; i + 1 < table->columns; i++)
		if (layout->widths[i] > layout->widths[widest])
			widest = i;
	if (table->columns < 2 || layout->widths[widest] <= TABLE_CUT_MIN)
		return false;
	layout->widths[widest]--;
	return true;
}

static struct table_layout table_fit(const struct table *table, size_t room)
{
	struct table_layout layout = { .last = SIZE_MAX };
	size_t last = table->widths[table->columns - 1];

	memcpy(layout.widths, table->widths, sizeof(layout.widths));
	if (room == SIZE_MAX)
		return layout;
	if (last > TABLE_LAST_MIN)
		last = TABLE_LAST_MIN;
	while (table_used(table, &layout) + last > room)
		if (!table_cut_widest(table, &layout))
			return layout; /* the terminal breaks the lines */
	layout.last = room - table_used(table, &layout);
	return layout;
}

/* As much of it as fits, and an ellipsis for the rest. */
static size_t table_print_cut(FILE *out, const char *text, size_t width)
{
	CLEANUP_FREE char *part = NULL;

	if (say_width(text) <= width)
		return say_clean(out, text);
	part = alloc_format("%.*s\u2026", (int)say_fit(text, width - 1), text);
	return say_clean(out, part);
}

static void table_fill(FILE *out, size_t from, size_t to)
{
	for (; from < to; from++)
		fputc(' ', out);
}

/* Broken between words; a word that is too long stays whole. */
static void table_print_wrapped(FILE *out, const char *text, size_t indent,
				size_t room)
{
	size_t column = 0;

	while (*text) {
		size_t len = strcspn(text, " ");
		CLEANUP_FREE char *word = alloc_format("%.*s", (int)len, text);
		size_t width = say_width(word);

		if (column && column + 1 + width > room) {
			fputc('\n', out);
			table_fill(out, 0, indent);
			column = 0;
		}
		if (column)
			fputc(' ', out);
		column += (column ? 1 : 0) + say_clean(out, word);
		text += len;
		text += *text == ' ';
	}
}

static void table_print_row(const struct table *table, FILE *out,
			    const struct table_layout *layout,
			    const char *const *cells)
{
	size_t last = table->columns - 1;

	for (size_t i = 0; i < last; i++)
		table_fill(out,
			   table_print_cut(out, cells[i], layout->widths[i]),
			   layout->widths[i] + 2);
	if (say_width(cells[last]) <= layout->last)
		say_clean(out, cells[last]);
	else
		table_print_wrapped(out, cells[last], table_used(table, layout),
				    layout->last);
	fputc('\n', out);
}

void table_print(const struct table *table, FILE *out)
{
	struct table_layout layout = table_fit(table, table_room(out));

	if (table->count && *table->headings[0])
		table_print_row(table, out, &layout, table->headings);
	for (size_t i = 0; i + table->columns <= table->count;
	     i += table->columns)
		table_print_row(table, out, &layout,
				(const char *const *)&table->cells[i]);
}
