/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl help: what the tables of verbs, options and exit codes say. */
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"

#include <string.h>

#define HELP_COLUMNS 78

/* Paragraphs are broken between words. */
static void help_print_text(FILE *out, const char *text, size_t indent)
{
	size_t column = 0;

	while (*text) {
		size_t len = strcspn(text, " \n");

		if (column && column + 1 + len > HELP_COLUMNS) {
			fputc('\n', out);
			column = 0;
		}
		column +=
			(size_t)(column ? fprintf(out, " ")
					: fprintf(out, "%*s", (int)indent, ""));
		column += fwrite(text, 1, len, out);
		text += len;
		if (*text == '\n') {
			fputc('\n', out);
			column = 0;
		}
		text += *text != 0;
	}
	fputc('\n', out);
}

/* verb: NULL for what the options mean to most. */
static void help_print_options(FILE *out, args_set options,
			       const struct verb *verb)
{
	static const char *const headings[] = { "", "", NULL };
	struct table *table = table_new(headings);

	for (unsigned int option = 0; option < OPTIONS; option++) {
		const char *argument = args_option_argument(option);
		CLEANUP_FREE char *name =
			alloc_format("  --%s%s%s", args_option_name(option),
				     argument ? " " : "",
				     argument ? argument : "");

		if (!(options >> option & 1))
			continue;
		table_add(table, name);
		table_add(table, verb ? verbs_option_help(verb, option)
				      : args_option_help(option));
	}
	table_print(table, out);
	table_free(table);
}

void help_print_verb(FILE *out, const struct verb *verb)
{
	fprintf(out, "usage: tillctl %s%s%s\n\n", verb->name,
		*verb->arguments ? " " : "", verb->arguments);
	fprintf(out, "  %s\n\n", verb->summary);
	if (verb->details) {
		help_print_text(out, verb->details, 2);
		fputc('\n', out);
	}
	help_print_options(out, verb->options | VERBS_COMMON, verb);
}

void help_print_all(FILE *out)
{
	static const char *const headings[] = { "", "", NULL };
	struct table *table = table_new(headings);
	const struct verb *verb;

	for (size_t i = 0; (verb = verbs_at(i)); i++) {
		CLEANUP_FREE char *name = alloc_format("  %s", verb->name);

		table_add(table, name);
		table_add(table, verb->summary);
	}
	fputs("usage: tillctl VERB [ARGUMENTS] [OPTIONS]\n\n", out);
	table_print(table, out);
	table_free(table);
	fputs("\nFor all of them:\n", out);
	help_print_options(out, VERBS_COMMON | OPTION(VERSION), NULL);
	fputs("\ntillctl help VERB tells more about one, tillctl help "
	      "exit-codes what a\nscript can tell from how it ends; "
	      "tillctl(1) has it all.\n",
	      out);
}

static void help_print_exits(void)
{
	const struct exits_row *row;

	for (size_t i = 0; (row = exits_at(i)); i++)
		printf("%4d  %s\n", (int)row->code, row->meaning);
}

static bool help_print_family(const char *word)
{
	const struct verb *verb;
	bool found = false;

	for (size_t i = 0; (verb = verbs_at(i)); i++) {
		if (!verbs_is_family(verb, word))
			continue;
		if (found)
			fputc('\n', stdout);
		help_print_verb(stdout, verb);
		found = true;
	}
	return found;
}

enum cli_exit verb_help(struct cli *cli, const char *const *words, size_t count)
{
	const struct verb *verb;
	size_t taken = 0;

	(void)cli;
	if (!count) {
		help_print_all(stdout);
		return CLI_EXIT_DONE;
	}
	if (!strcmp(words[0], "exit-codes")) {
		help_print_exits();
		return CLI_EXIT_DONE;
	}
	verb = verbs_find(words, count, &taken);
	if (verb && taken == count && count > 1)
		help_print_verb(stdout, verb);
	else if (count > 1 || !help_print_family(words[0]))
		return cli_misuse("There is no such verb; tillctl help lists "
				  "them.");
	return CLI_EXIT_DONE;
}
