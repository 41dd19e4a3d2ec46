/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"

#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum args_type { ARGS_FLAG, ARGS_TEXT, ARGS_NUMBER };

struct args_row {
	const char *name;
	enum args_type type;
	size_t offset;
	const char *argument;
	const char *help;
	int64_t max; /* of a number; its least is 0 */
};

#define TEXT(field)   ARGS_TEXT, offsetof(struct args, field)
#define NUMBER(field) ARGS_NUMBER, offsetof(struct args, field)
#define FLAG	      ARGS_FLAG, 0, NULL

/* clang-format off */
static const struct args_row args_rows[OPTIONS] = {
	[OPTION_SOCKET] = { "socket", TEXT(socket), "PATH",
		"the daemon's socket ($TILLD_SOCKET, else "
		"/run/tilld/tilld.sock)", 0 },
	[OPTION_JSON] = { "json", FLAG,
		"print the daemon's JSON as it came, one line", 0 },
	[OPTION_HELP] = { "help", FLAG, "tell about the command", 0 },
	[OPTION_VERSION] = { "version", FLAG, "print the version", 0 },
	[OPTION_TILL] = { "till", TEXT(till), "T",
		"the till (the one signed on at last; the only one there is)",
		0 },
	[OPTION_WAIT] = { "wait", NUMBER(wait), "N",
		"seconds to wait for an end, a badge or a consent; up to 3600",
		3600 },
	[OPTION_KEY] = { "key", TEXT(key), "KEY",
		"what names the action: under the same key it is never done "
		"twice (a new one)", 0 },
	[OPTION_LOGIN] = { "login", TEXT(login), "L", "who", 0 },
	[OPTION_NAME] = { "name", TEXT(name), "N", "the person's name", 0 },
	[OPTION_PASSWORD_STDIN] = { "password-stdin", FLAG,
		"read the password from standard input, one line", 0 },
	[OPTION_PIN] = { "pin", FLAG, "ask for a PIN", 0 },
	[OPTION_PIN_STDIN] = { "pin-stdin", FLAG,
		"read the PIN from standard input, one line", 0 },
	[OPTION_BADGE] = { "badge", FLAG, "by a badge at the reader", 0 },
	[OPTION_POLICY] = { "policy", TEXT(policy), "FILE",
		"a policy file; - for standard input", 0 },
	[OPTION_CONFIRM_ROLLBACK] = { "confirm-rollback", FLAG,
		"work on with records that are older than they should be", 0 },
	[OPTION_REASON] = { "reason", TEXT(reason), "TEXT",
		"why; it is put on record", 0 },
	[OPTION_REFERENCE] = { "reference", TEXT(reference), "R",
		"the sale that it belongs to", 0 },
	[OPTION_DETAIL] = { "detail", TEXT(detail), "TEXT",
		"what it is about; for who is asked, and for the record", 0 },
	[OPTION_AMOUNT] = { "amount", TEXT(amount), "A",
		"how much it is about, like 12.34", 0 },
	[OPTION_ALL] = { "all", FLAG,
		"also what a supervisor would have to consent to", 0 },
	[OPTION_FROM] = { "from", TEXT(from), "DATE",
		"first day, as 2026-11-01", 0 },
	[OPTION_TO] = { "to", TEXT(to), "DATE", "last day", 0 },
	[OPTION_FROM_NUMBER] = { "from-number", NUMBER(from_number), "N",
		"first daily report", 9999999 },
	[OPTION_TO_NUMBER] = { "to-number", NUMBER(to_number), "N",
		"last daily report", 9999999 },
	[OPTION_SUMMARY] = { "summary", FLAG, "the short form", 0 },
	[OPTION_CLEAR] = { "clear", FLAG, "show nothing", 0 },
	[OPTION_IDLE] = { "idle", FLAG, "while there is nothing else to show",
		0 },
	[OPTION_DENY] = { "deny", FLAG, "refuse it", 0 },
	[OPTION_ARM] = { "arm", FLAG, "have the reader wait for a badge", 0 },
	[OPTION_WITHDRAW] = { "withdraw", FLAG, "ask for it no longer", 0 },
	[OPTION_ELSEWHERE] = { "elsewhere", FLAG,
		"from your own sign-on, at whichever till that is", 0 },
	[OPTION_LIST] = { "list", FLAG, "those that you could answer", 0 },
	[OPTION_FOR] = { "for", TEXT(requester), "L",
		"the login of who is to use it", 0 },
	[OPTION_AT] = { "at", TEXT(at), "T", "at which till (your own)", 0 },
	[OPTION_MINUTES] = { "minutes", NUMBER(minutes), "N",
		"how long it is good for (15; up to 720)", 720 },
	[OPTION_TOKEN_STDIN] = { "token-stdin", FLAG,
		"read a token that was given in advance from standard input, "
		"one line", 0 },
	[OPTION_CALL_OFF] = { "call-off", FLAG,
		"call it off, if that can still be done", 0 },
	[OPTION_FOLLOW] = { "follow", FLAG,
		"go on for ever, as it does without", 0 },
	[OPTION_AFTER] = { "after", NUMBER(after), "SEQ",
		"begin after this entry of the journal", INT64_MAX },
	[OPTION_COUNT] = { "count", NUMBER(count), "N",
		"end after so many", INT64_MAX },
	[OPTION_KIND] = { "kind", TEXT(kind), "K",
		"only entries of this kind", 0 },
	[OPTION_OPERATION] = { "operation", TEXT(operation), "ID",
		"only entries of this operation", 0 },
	[OPTION_LIMIT] = { "limit", NUMBER(limit), "N",
		"how many at most (100; up to 1000)", 1000 },
	[OPTION_NEWEST] = { "newest", FLAG, "the newest first", 0 },
	[OPTION_FORCE] = { "force", FLAG,
		"although the session is another operator's; it is put on "
		"record", 0 },
	[OPTION_EVENT] = { "event", TEXT(event), "ID",
		"the operation that it is done for, without a permission of "
		"its own; once, and soon after it", 0 },
	[OPTION_REPORT] = { "report", FLAG, "print the daily report, too", 0 },
	[OPTION_COUNTED] = { "counted", TEXT(counted), "AMOUNT",
		"the cash that was counted", 0 },
	[OPTION_WITHDRAWAL] = { "withdrawal", TEXT(withdrawal), "AMOUNT",
		"what of it is taken out (nothing)", 0 },
	[OPTION_BEFORE] = { "before", NUMBER(before), "N",
		"only those before that number", INT64_MAX },
	[OPTION_RECOVER] = { "recover", FLAG,
		"a way back in when nobody can administer any more", 0 },
	[OPTION_DRY_RUN] = { "dry-run", FLAG,
		"only say what would change", 0 },
	[OPTION_YES] = { "yes", FLAG, "don't ask", 0 },
	[OPTION_OPERATOR] = { "operator", TEXT(who), "L", "who", 0 },
	[OPTION_ACTION] = { "action", TEXT(action), "A",
		"what: a permission, a right or an action, as card.cancel", 0 },
	[OPTION_GROUPS] = { "groups", TEXT(groups), "G,G",
		"their groups; +G,-G adds and takes away", 0 },
	[OPTION_ROLE] = { "role", TEXT(role), "R", "user or manager", 0 },
	[OPTION_ACTIVE] = { "active", TEXT(active), "yes|no",
		"whether it may be used", 0 },
	[OPTION_TILLS] = { "tills", TEXT(tills), "T,T",
		"where it counts, @box too; +T,-T adds and takes away", 0 },
	[OPTION_PERMISSIONS] = { "permissions", TEXT(permissions), "P,P",
		"as drawer.open; +P,-P adds and takes away", 0 },
	[OPTION_RIGHTS] = { "rights", TEXT(rights), "R,R",
		"as receipt.read; +R,-R adds and takes away", 0 },
	[OPTION_LABEL] = { "label", TEXT(label), "TEXT",
		"what people call the badge", 0 },
	[OPTION_UNTIL] = { "until", TEXT(until), "TIME",
		"when it ends, as 2027-01-31T18:00:00Z; never", 0 },
	[OPTION_CURRENCY] = { "currency", TEXT(currency), "C",
		"as EUR", 0 },
	[OPTION_USERS] = { "users", TEXT(users), "U,U",
		"system users that may act for the till", 0 },
	[OPTION_CLIENT_GROUPS] = { "client-groups", TEXT(client_groups), "G,G",
		"system groups that may act for the till", 0 },
	[OPTION_PIN_SIGN_ON] = { "pin-sign-on", TEXT(pin_sign_on), "yes|no",
		"whether a PIN will do in place of a password", 0 },
	[OPTION_NUMBER] = { "number", NUMBER(number), "N",
		"the bundle's version; higher than the last one's", INT64_MAX },
	[OPTION_BOX] = { "box", TEXT(box), "NAME",
		"the only box that it is for", 0 },
	[OPTION_KEEP_DAYS] = { "keep-days", NUMBER(keep_days), "N",
		"only what is older than so many days; 0 for all "
		"(journal-keep-days of the configuration, else all)", 36500 },
	[OPTION_PAYMENT] = { "payment", TEXT(payment), "ID",
		"the payment that it gives back", 0 },
	[OPTION_AUTHORIZATION] = { "authorization", TEXT(authorization),
		"CODE", "what the acquirer said on the telephone", 0 },
	[OPTION_TERMINAL] = { "terminal", FLAG,
		"run the card terminal's end of day, too", 0 },
	[OPTION_WATCH] = { "watch", FLAG,
		"show it again whenever something happens", 0 },
	[OPTION_RECORD] = { "record", TEXT(record), "FILE",
		"also write it to FILE, which must not be there yet", 0 },
};
/* clang-format on */

const char *args_option_name(enum args_option option)
{
	return args_rows[option].name;
}

const char *args_option_argument(enum args_option option)
{
	return args_rows[option].argument;
}

const char *args_option_help(enum args_option option)
{
	return args_rows[option].help;
}

/* "--till" and "--till=1" both name "till". */
static bool args_find(const char *text, enum args_option *out_option)
{
	size_t len = strcspn(text, "=");

	for (unsigned int i = 0; i < OPTIONS; i++) {
		if (strlen(args_rows[i].name) != len ||
		    strncmp(args_rows[i].name, text, len) != 0)
			continue;
		*out_option = i;
		return true;
	}
	return false;
}

static bool args_take_number(const struct args_row *row, const char *text,
			     int64_t *out_number)
{
	long long number;
	char *end;

	if (strspn(text, "0123456789") != strlen(text) || !*text)
		return false;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno || *end || number > row->max)
		return false;
	*out_number = number;
	return true;
}

static char *args_take_value(const struct args_row *row, const char *value,
			     struct args *args)
{
	char *field = (char *)args + row->offset;

	if (row->type == ARGS_TEXT && !*value)
		return alloc_format("--%s is empty.", row->name);
	if (row->type == ARGS_TEXT)
		memcpy(field, &value, sizeof(value));
	else if (!args_take_number(row, value, (int64_t *)(void *)field))
		return alloc_format("--%s takes a whole number, up to %lld.",
				    row->name, (long long)row->max);
	return NULL;
}

static char *args_refuse_unknown(const char *text)
{
	size_t len = strcspn(text, "=");

	if (!strncmp(text, "password", len) && len)
		return alloc_text("There is no option --password: what is on "
				  "the command line can be read by everybody. "
				  "It is asked for; or use --password-stdin.");
	return alloc_format("There is no option --%.*s.",
			    (int)(len < 40 ? len : 40), text);
}

/* argv[*at] is an option; takes its value too. */
static char *args_take_option(char *const *argv, int *at, struct args *args)
{
	const char *text = argv[*at] + 2, *value = strchr(text, '=');
	const struct args_row *row;
	enum args_option option;

	if (!args_find(text, &option))
		return args_refuse_unknown(text);
	row = &args_rows[option];
	if (args_has(args, option))
		return alloc_format("--%s is given twice.", row->name);
	args->given |= (args_set)1 << option;
	if (row->type == ARGS_FLAG)
		return value ? alloc_format("--%s takes no value.", row->name)
			     : NULL;
	value = value ? value + 1 : argv[*at + 1] ? argv[++*at] : NULL;
	if (!value)
		return alloc_format("--%s %s: the value is missing.", row->name,
				    row->argument);
	return args_take_value(row, value, args);
}

static char *args_take_word(const char *word, struct args *args)
{
	if (args->words_count == ARGS_WORDS_MAX)
		return alloc_text("That is too much for one command.");
	args->words[args->words_count++] = word;
	return NULL;
}

/* "-" is standard input, and "-5" a number that should have no sign. */
static bool args_is_word(const char *text)
{
	return text[0] != '-' || !text[1] || (text[1] >= '0' && text[1] <= '9');
}

char *args_parse(int argc, char *const *argv, struct args *out_args)
{
	struct args args = { .wait = -1,
			     .minutes = -1,
			     .from_number = -1,
			     .to_number = -1,
			     .after = -1,
			     .count = -1,
			     .limit = -1,
			     .before = -1,
			     .number = -1,
			     .keep_days = -1 };
	bool only_words = false;
	char *error = NULL;

	for (int at = 1; at < argc && !error; at++) {
		if (only_words || args_is_word(argv[at]))
			error = args_take_word(argv[at], &args);
		else if (!strcmp(argv[at], "--"))
			only_words = true;
		else if (!strcmp(argv[at], "-h"))
			args.given |= OPTION(HELP);
		else if (!strcmp(argv[at], "-f"))
			args.given |= OPTION(FOLLOW);
		else if (argv[at][1] == '-')
			error = args_take_option(argv, &at, &args);
		else
			error = alloc_text("Options begin with two dashes.");
	}
	if (!error)
		*out_args = args;
	return error;
}
