/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that people read, cell after cell: said as cli/say.h says texts. */
#ifndef TILLD_CLI_TABLE_H
#define TILLD_CLI_TABLE_H

#include <stdio.h>

struct table;

#define TABLE_COLUMNS_MAX 12

/* headings: at most TABLE_COLUMNS_MAX, ended by NULL, not copied. */
struct table *table_new(const char *const *headings);
struct table *table_free(struct table *table); /* returns NULL */

/* The next cell; copied. NULL and "" are shown as "-". */
void table_add(struct table *table, const char *text);

/*
 * The last column is not filled up. Nothing at all for a table of no rows. On
 * a terminal it is made to fit: the last column is wrapped, and where that
 * would leave too little of it, the widest of the others are cut.
 */
void table_print(const struct table *table, FILE *out);

#endif
