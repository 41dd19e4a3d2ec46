/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verbs.h"

#include "cli/say.h"

#include <string.h>

#define AS_TILL OPTION(TILL)
#define AS_ACTION                                                  \
	(OPTION(TILL) | OPTION(WAIT) | OPTION(KEY) | OPTION(PIN) | \
	 OPTION(PIN_STDIN))

#define ABOUT_CONSENT                                                          \
	"If you may not do it yourself, it is said what is asked and who can " \
	"authorize it; the badge reader waits, and so does tillctl, as long "  \
	"as --wait says (60 s; 0 gives up at once)."

/* clang-format off */
static const struct verb verbs_rows[] = {
	{ "setup", "--login L --name N | --policy FILE | "
		"--confirm-rollback --reason TEXT",
		"set the box up: the first manager, or a policy file",
		"Only for root or the daemon's own user, and only once. The "
		"manager's password is asked for twice, or read from standard "
		"input.\n"
		"With --confirm-rollback: lets the box work on although its "
		"records are older than they should be, as after a backup was "
		"put back.",
		OPTION(LOGIN) | OPTION(NAME) | OPTION(PASSWORD_STDIN) |
		OPTION(POLICY) | OPTION(CONFIRM_ROLLBACK) | OPTION(REASON),
		0, 0, verb_set_up },
	{ "sign-on", "[--till T] --login L | --badge",
		"sign on at a till",
		"The password is asked for; with --pin the PIN, where the till "
		"takes one. With --badge the reader waits for a badge, as long "
		"as --wait says (30 s; at most 60). The sign-on is kept for "
		"the commands that follow.",
		AS_TILL | OPTION(LOGIN) | OPTION(PASSWORD_STDIN) |
		OPTION(PIN) | OPTION(PIN_STDIN) | OPTION(BADGE) | OPTION(WAIT),
		0, 0, verb_sign_on },
	{ "sign-off", "", "sign off", NULL, AS_TILL, 0, 0, verb_sign_off },
	{ "whoami", "", "who is signed on, where and until when", NULL,
		AS_TILL, 0, 0, verb_show_sign_on },
	{ "tills", "", "the tills and how their devices are", NULL,
		0, 0, 0, verb_list_tills },
	{ "till", "[T]", "one till in full", NULL,
		AS_TILL, 0, 1, verb_show_till },
	{ "devices", "[NAME]", "the devices, or one of them in full", NULL,
		0, 0, 1, verb_show_devices },
	{ "drawer", "", "whether the drawer is open", NULL,
		AS_TILL, 0, 0, verb_show_drawer },
	{ "drawer open", "--reason TEXT", "open the drawer by hand",
		ABOUT_CONSENT,
		AS_ACTION | OPTION(REASON), 0, 0, verb_open_drawer },
	{ "report x", "", "the daily figures; they stay as they are",
		ABOUT_CONSENT, AS_ACTION, 0, 0, verb_report_x },
	{ "report z", "", "the daily report; it ends the fiscal day",
		ABOUT_CONSENT, AS_ACTION, 0, 0, verb_report_z },
	{ "report periodic", "--from DATE --to DATE | "
		"--from-number N --to-number N",
		"a report of some days, or of some daily reports",
		ABOUT_CONSENT,
		AS_ACTION | OPTION(FROM) | OPTION(TO) | OPTION(FROM_NUMBER) |
		OPTION(TO_NUMBER) | OPTION(SUMMARY),
		0, 0, verb_report_periodic },
	{ "pay", "AMOUNT", "take a card payment",
		"AMOUNT is written like 12.34, in the till's currency. The "
		"payment's id, which is needed to cancel it, is the operation's.\n"
		ABOUT_CONSENT,
		AS_ACTION | OPTION(REFERENCE), 1, 1, verb_pay },
	{ "cancel", "PAYMENT --reason TEXT", "cancel a card payment",
		ABOUT_CONSENT,
		AS_ACTION | OPTION(REASON), 1, 1, verb_cancel_payment },
	{ "settle", "OPERATION ok|failed --reason TEXT",
		"say what became of an operation whose outcome is unknown",
		"Look first: at the slip, the drawer, the device's own journal.\n"
		ABOUT_CONSENT,
		AS_ACTION | OPTION(REASON), 2, 2, verb_settle_operation },
	{ "display", "LINE1 [LINE2] | --clear",
		"write on the customer display", NULL,
		AS_TILL | OPTION(CLEAR), 0, 2, verb_show_on_display },
	{ "authorize", "ID --login L | ID --deny --login L | ID --arm | "
		"ID --withdraw",
		"answer a request for an authorization",
		"A supervisor's password is asked for; with --pin the PIN, "
		"where the till takes one. --arm and --withdraw are for who "
		"asked: --arm makes the reader wait for a badge, and with "
		"--pin hands the PIN over that the badge needs.",
		AS_TILL | OPTION(LOGIN) | OPTION(PASSWORD_STDIN) |
		OPTION(PIN) | OPTION(PIN_STDIN) | OPTION(DENY) | OPTION(ARM) |
		OPTION(WITHDRAW) | OPTION(WAIT),
		1, 1, verb_authorize },
	{ "authorization", "ID", "how a request for an authorization stands",
		"Ends with 0 if it was given, with 3 if not. With --wait it "
		"waits for an answer first.",
		OPTION(WAIT), 1, 1, verb_show_authorization },
	{ "operation", "ID [--call-off]", "what became of an operation",
		"Ends like the action itself. With --wait it waits for the "
		"end first. With --call-off it tries to stop it, and ends "
		"with 0 if that went well.",
		OPTION(WAIT) | OPTION(CALL_OFF), 1, 1, verb_show_operation },
	{ "events", "", "what happens, as it happens",
		"With --after what the journal has since that entry comes "
		"first.",
		AS_TILL | OPTION(FOLLOW) | OPTION(AFTER) | OPTION(COUNT),
		0, 0, verb_follow_events },
	{ "journal list", "", "entries of the journal", NULL,
		AS_TILL | OPTION(KIND) | OPTION(OPERATION) | OPTION(LIMIT) |
		OPTION(NEWEST) | OPTION(AFTER),
		0, 0, verb_list_journal },
	{ "journal export", "[FILE]",
		"the whole journal, to a new file or to standard output",
		"It is verified on the way. FILE must not be there yet; - is "
		"standard output.",
		AS_TILL, 0, 1, verb_export_journal },
	{ "journal verify", "[FILE ... [--key KEY]]",
		"verify the daemon's journal, or files of it",
		"With FILE (- for standard input) no daemon is needed: an "
		"export, or archived segments. Several are verified as one "
		"journal: segments in their order, as their names sort, and "
		"last an export. An export alone may lack its archived "
		"segments; beside one of them it needs all. KEY is "
		"the till's public key: 64 hexadecimal digits, or the path of "
		"its seal.pub. Without it the key that the file itself names "
		"is taken, so compare that.",
		AS_TILL | OPTION(KEY), 0, ARGS_WORDS_MAX, verb_verify_journal },
	{ "journal segments", "", "what of the journal is archived, and where",
		NULL, AS_TILL | OPTION(LIMIT) | OPTION(AFTER),
		0, 0, verb_list_segments },
	{ "journal archive", "[--keep-days N]",
		"archive the older part of the journal now",
		"It is put into files in the folder archive-dir of the "
		"configuration, and then removed from the database. What is "
		"still asked for stays: see docs/backup.md.",
		AS_TILL | OPTION(KEEP_DAYS), 0, 0, verb_archive_journal },
	{ "backup", "FILE", "all of the box's records, to a new file",
		"The daemon goes on meanwhile. FILE must not be there yet. "
		"Keys are not in it. It is put back with tilld --restore: see "
		"docs/backup.md.",
		AS_TILL, 1, 1, verb_take_backup },
	{ "help", "[VERB | exit-codes]", "what there is, and how it is used",
		NULL, 0, 0, 2, verb_help },
};
/* clang-format on */

const struct verb *verbs_at(size_t index)
{
	return index < sizeof(verbs_rows) / sizeof(verbs_rows[0])
		       ? &verbs_rows[index]
		       : NULL;
}

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
	uint64_t strays = args->given & ~(verb->options | VERBS_COMMON);
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

const char *verbs_option_help(const struct verb *verb, enum args_option option)
{
	static const struct {
		const char *verb;
		enum args_option option;
		const char *help;
	} rows[] = {
		{ "journal verify", OPTION_KEY,
		  "the public key that FILE has to be sealed by" },
		{ "journal list", OPTION_TILL, "only entries of this till" },
		{ "journal list", OPTION_AFTER, "only those after this entry" },
		{ "journal segments", OPTION_AFTER,
		  "only those that end after this entry" },
		{ "events", OPTION_TILL, "only what happens at this till" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].option == option &&
		    !strcmp(rows[i].verb, verb->name))
			return rows[i].help;
	return args_option_help(option);
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
	say_error("There is no such verb. There are:");
	for (size_t i = 0; (verb = verbs_at(i)); i++)
		if (verbs_is_family(verb, word))
			say_note("  tillctl %s%s%s", verb->name,
				 *verb->arguments ? " " : "", verb->arguments);
	return true;
}

static enum cli_exit verbs_refuse_words(const struct verb *verb,
					const char *word)
{
	if (verbs_tell_family(word))
		return CLI_EXIT_USAGE;
	if (!verb)
		return cli_misuse("There is no such verb; tillctl help lists "
				  "them.");
	return cli_misuse("usage: tillctl %s%s%s", verb->name,
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
		return cli_misuse("tillctl %s has no option --%s; see tillctl "
				  "help %s.",
				  verb->name, args_option_name(stray),
				  verb->name);
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
