/* SPDX-License-Identifier: Apache-2.0 */
/* From the words of a command line to the verb that they mean. */
#include "cli/verbs.h"

#include "cli/say.h"

#include <string.h>

/* How many words the name takes up at the beginning of these; 0: it differs. */
static size_t verbs_match(const char *name, const char *const *words,
			  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strcspn(name, " ");

		if (strlen(words[i]) != len || strncmp(name, words[i], len))
			return 0;
		name += len;
		if (!*name)
			return i + 1;
		name++;
	}
	return 0;
}

const struct verb *verbs_find(const char *const *words, size_t count,
			      size_t *out_words)
{
	const struct verb *verb, *found = NULL;
	size_t most = 0;

	for (size_t i = 0; (verb = verbs_at(i)); i++) {
		size_t taken = verbs_match(verb->name, words, count);

		if (taken <= most)
			continue;
		most = taken;
		found = verb;
	}
	if (found)
		*out_words = most;
	return found;
}

/* Of those given one that the verb does not know; OPTIONS if it knows all. */
static enum args_option verbs_find_stray(const struct verb *verb,
					 const struct args *args)
{
	args_set strays = args->given & ~(verb->options | VERBS_COMMON);
	unsigned int option = 0;

	while (option < OPTIONS && !(strays >> option & 1))
		option++;
	return option;
}

bool verbs_is_family(const struct verb *verb, const char *word)
{
	size_t len = strcspn(verb->name, " ");

	return strlen(word) == len && !strncmp(verb->name, word, len);
}

/* The verbs that begin like this one, if there is more than one. */
static bool verbs_tell_family(const char *word)
{
	const struct verb *verb;
	size_t members = 0;

	for (size_t i = 0; (verb = verbs_at(i)); i++)
		members += verbs_is_family(verb, word);
	if (members < 2)
		return false;
	say_error(_("There is no such verb. There are:"));
	for (size_t i = 0; (verb = verbs_at(i)); i++)
		if (verbs_is_family(verb, word))
			say_note(_("  tillctl %s%s%s"), verb->name,
				 *verb->arguments ? " " : "", verb->arguments);
	return true;
}

static enum cli_exit verbs_refuse_words(const struct verb *verb,
					const char *word)
{
	if (verbs_tell_family(word))
		return CLI_EXIT_USAGE;
	if (!verb)
		return cli_misuse(_("There is no such verb; tillctl help lists "
				    "them."));
	return cli_misuse(_("usage: tillctl %s%s%s"), verb->name,
			  *verb->arguments ? " " : "", verb->arguments);
}

static enum cli_exit verbs_run(struct cli *cli, const struct verb *verb,
			       size_t name_words)
{
	const struct args *args = cli->args;
	size_t count = args->words_count - name_words;
	enum args_option stray = verbs_find_stray(verb, args);

	if (args_has(args, OPTION_HELP)) {
		help_print_verb(stdout, verb);
		return CLI_EXIT_DONE;
	}
	if (stray != OPTIONS)
		return cli_misuse(
			_("tillctl %s has no option --%s; see tillctl "
			  "help %s."),
			verb->name, args_option_name(stray), verb->name);
	if (count < verb->words_min || count > verb->words_max)
		return verbs_refuse_words(verb, name_words == 1 ? args->words[0]
								: "");
	return verb->run(cli, args->words + name_words, count);
}

enum cli_exit verbs_run_words(struct cli *cli)
{
	const struct args *args = cli->args;
	size_t name_words = 0;
	const struct verb *verb =
		verbs_find(args->words, args->words_count, &name_words);

	if (verb)
		return verbs_run(cli, verb, name_words);
	if (args_has(args, OPTION_HELP))
		return verb_help(cli, args->words, args->words_count);
	return verbs_refuse_words(NULL, args->words[0]);
}
