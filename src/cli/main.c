/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl: the command line of tilld, a client like any other. */
#include "cli/interrupt.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/cleanup.h"

static enum cli_exit main_run_verb(const struct args *args)
{
	CLEANUP(cli_clear) struct cli cli;
	enum cli_exit exit = cli_init(&cli, args);

	return exit ? exit : verbs_run_words(&cli);
}

static enum cli_exit main_run(const struct args *args)
{
	if (args_has(args, OPTION_VERSION)) {
		puts("tillctl " PACKAGE_VERSION);
		return CLI_EXIT_DONE;
	}
	if (args->words_count)
		return main_run_verb(args);
	if (args_has(args, OPTION_HELP)) {
		help_print_all(stdout);
		return CLI_EXIT_DONE;
	}
	help_print_all(stderr);
	return CLI_EXIT_USAGE;
}

/* A reader that goes away (head, a pager) has had enough: nothing to tell. */
static enum cli_exit main_end_output(enum cli_exit exit)
{
	enum say_end end = say_end();

	if (end == SAY_WRITTEN || exit != CLI_EXIT_DONE)
		return exit;
	if (end == SAY_FAILED)
		say_error(_("The output could not be written."));
	return CLI_EXIT_OUTPUT;
}

int main(int argc, char **argv)
{
	CLEANUP_FREE char *error = NULL;
	struct args args;
	enum cli_exit exit;

	say_init();
	interrupt_catch();
	error = args_parse(argc, argv, &args);
	if (error)
		return (int)cli_misuse("%s", error);
	exit = main_end_output(main_run(&args));
	/* Nothing was begun that would have to be told in its exit code. */
	if (exit == CLI_EXIT_UNREACHABLE || exit == CLI_EXIT_USAGE)
		interrupt_obey();
	return (int)exit;
}
