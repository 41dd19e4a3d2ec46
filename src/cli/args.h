/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line. Options are long ones, anywhere, written out: an
 * abbreviation would make "--password X" of --password-stdin one day.
 */
#ifndef TILLD_CLI_ARGS_H
#define TILLD_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum args_option {
	OPTION_SOCKET,
	OPTION_JSON,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_TILL,
	OPTION_WAIT,
	OPTION_KEY,
	OPTION_LOGIN,
	OPTION_NAME,
	OPTION_PASSWORD_STDIN,
	OPTION_PIN,
	OPTION_PIN_STDIN,
	OPTION_BADGE,
	OPTION_POLICY,
	OPTION_CONFIRM_ROLLBACK,
	OPTION_REASON,
	OPTION_REFERENCE,
	OPTION_DETAIL,
	OPTION_AMOUNT,
	OPTION_ALL,
	OPTION_FROM,
	OPTION_TO,
	OPTION_FROM_NUMBER,
	OPTION_TO_NUMBER,
	OPTION_SUMMARY,
	OPTION_CLEAR,
	OPTION_IDLE,
	OPTION_DENY,
	OPTION_ARM,
	OPTION_WITHDRAW,
	OPTION_ELSEWHERE,
	OPTION_LIST,
	OPTION_FOR,
	OPTION_AT,
	OPTION_MINUTES,
	OPTION_TOKEN_STDIN,
	OPTION_CALL_OFF,
	OPTION_FOLLOW,
	OPTION_AFTER,
	OPTION_COUNT,
	OPTION_KIND,
	OPTION_OPERATION,
	OPTION_LIMIT,
	OPTION_NEWEST,
	OPTION_FORCE,
	OPTION_EVENT,
	OPTION_REPORT,
	OPTION_COUNTED,
	OPTION_WITHDRAWAL,
	OPTION_BEFORE,
	OPTION_RECOVER,
	OPTION_DRY_RUN,
	OPTION_YES,
	OPTION_OPERATOR,
	OPTION_ACTION,
	OPTION_GROUPS,
	OPTION_ROLE,
	OPTION_ACTIVE,
	OPTION_TILLS,
	OPTION_PERMISSIONS,
	OPTION_RIGHTS,
	OPTION_LABEL,
	OPTION_UNTIL,
	OPTION_CURRENCY,
	OPTION_USERS,
	OPTION_CLIENT_GROUPS,
	OPTION_PIN_SIGN_ON,
	OPTION_NUMBER,
	OPTION_BOX,
	OPTION_KEEP_DAYS,
	OPTION_PAYMENT,
	OPTION_AUTHORIZATION,
	OPTION_TERMINAL,
	OPTION_RECORD,
	OPTION_WATCH,
	OPTIONS,
};

/* A set of options, one bit each: there are more than 64. */
__extension__ typedef unsigned __int128 args_set;

#define OPTION(name) ((args_set)1 << OPTION_##name)

#define ARGS_WORDS_MAX 1024

/* Borrowed from argv. An option that was not given is NULL, -1 or not given. */
struct args {
	args_set given;
	const char *words[ARGS_WORDS_MAX];
	size_t words_count;
	const char *socket;
	const char *till;
	const char *key;
	const char *login;
	const char *name;
	const char *policy;
	const char *reason;
	const char *reference;
	const char *payment;
	const char *authorization;
	const char *detail;
	const char *amount;
	const char *from;
	const char *to;
	const char *kind;
	const char *operation;
	const char *event;
	const char *counted;
	const char *withdrawal;
	const char *who;
	const char *action;
	const char *groups;
	const char *role;
	const char *active;
	const char *tills;
	const char *permissions;
	const char *rights;
	const char *label;
	const char *until;
	const char *currency;
	const char *users;
	const char *client_groups;
	const char *pin_sign_on;
	const char *box;
	const char *record;
	int64_t number;
	const char *requester;
	const char *at;
	int64_t minutes;
	int64_t wait;
	int64_t from_number;
	int64_t to_number;
	int64_t after;
	int64_t count;
	int64_t limit;
	int64_t before;
	int64_t keep_days;
};

/* NULL, or a sentence (new) that says what is wrong; it never tells the value
 * of an option or a word, which may be a password in the wrong place. */
char *args_parse(int argc, char *const *argv, struct args *out_args);

static inline bool args_has(const struct args *args, enum args_option option)
{
	return args->given >> option & 1;
}

/* For help: "--till T" and what it is for. */
const char *args_option_name(enum args_option option);
const char *args_option_argument(enum args_option option); /* or NULL */
const char *args_option_help(enum args_option option);

#endif
