/* SPDX-License-Identifier: Apache-2.0 */
/* What tillctl can be told to do: one table, which help, man page and tests
 * are held against. */
#ifndef TILLD_CLI_VERBS_H
#define TILLD_CLI_VERBS_H

#include "cli/cli.h"

struct verb {
	const char *name;      /* one word, or two */
	const char *arguments; /* "PAYMENT --reason TEXT"; may be "" */
	const char *summary;   /* one line */
	const char *details;   /* paragraphs for its own help, or NULL */
	args_set options;      /* OPTION(...) that it knows */
	size_t words_min;      /* beside its name */
	size_t words_max;
	enum cli_exit (*run)(struct cli *cli, const char *const *words,
			     size_t count);
};

/* Of technicians: the end of the table (verbs_service.c). */
extern const struct verb verbs_service[];
extern const size_t verbs_service_count;

/* NULL past the last. */
const struct verb *verbs_at(size_t index);

/* The one that the words begin with, the longer name first; NULL if there is
 * none. out_words: how many words the name takes. */
const struct verb *verbs_find(const char *const *words, size_t count,
			      size_t *out_words);

/* Known to every verb. */
#define VERBS_COMMON (OPTION(SOCKET) | OPTION(JSON) | OPTION(HELP))

/* Runs the verb that the words of the command line begin with, its options and
 * words having been checked; or says what there is. */
enum cli_exit verbs_run_words(struct cli *cli);

/* Whether the verb's name begins with that word: "journal". */
bool verbs_is_family(const struct verb *verb, const char *word);

/* What an option is for; for some verbs that is something of its own. */
const char *verbs_option_help(const struct verb *verb, enum args_option option);

#define VERB(name)                                                           \
	enum cli_exit verb_##name(struct cli *cli, const char *const *words, \
				  size_t count)

VERB(set_up);
VERB(sign_on);
VERB(sign_off);
VERB(show_sign_on);
VERB(list_tills);
VERB(show_till);
VERB(show_devices);
VERB(scan_device);
VERB(test_device);
VERB(learn_device);
VERB(release_device);
VERB(take_device);
VERB(show_drawer);
VERB(open_drawer);
VERB(show_session);
VERB(open_session);
VERB(begin_closing);
VERB(count_session);
VERB(close_session);
VERB(end_session);
VERB(lock_session);
VERB(unlock_session);
VERB(hand_session_over);
VERB(list_sessions);
VERB(report_session);
VERB(show_day);
VERB(end_day);
VERB(put_cash_in);
VERB(take_cash_out);
VERB(declare);
VERB(show_balance);
VERB(report_x);
VERB(report_z);
VERB(report_periodic);
VERB(issue_receipt);
VERB(return );
VERB(print_slip);
VERB(print_text);
VERB(print_job);
VERB(print_copies);
VERB(read_fiscal);
VERB(set_clock);
VERB(pay);
VERB(cancel_payment);
VERB(refund);
VERB(show_slips);
VERB(print_payment_slip);
VERB(end_terminal_day);
VERB(repeat_receipt);
VERB(service_terminal);
VERB(settle_operation);
VERB(show_on_display);
VERB(check);
VERB(show_can);
VERB(authorize);
VERB(show_authorization);
VERB(list_supervisors);
VERB(give_token);
VERB(list_tokens);
VERB(revoke_token);
VERB(list_sign_ons);
VERB(end_sign_on);
VERB(list_guesses);
VERB(clear_guesses);
VERB(show_operation);
VERB(follow_events);
VERB(list_journal);
VERB(export_journal);
VERB(verify_journal);
VERB(list_segments);
VERB(archive_journal);
VERB(take_backup);
VERB(show_policy);
VERB(apply_policy);
VERB(explain_policy);
VERB(lint_policy);
VERB(apply_bundle);
VERB(sign_policy);
VERB(make_policy_key);
VERB(list_operators);
VERB(show_operator);
VERB(add_operator);
VERB(set_operator);
VERB(remove_operator);
VERB(erase_operator);
VERB(password);
VERB(pin);
VERB(list_groups);
VERB(show_group);
VERB(set_group);
VERB(remove_group);
VERB(enroll_badge);
VERB(list_badges);
VERB(block_badge);
VERB(unblock_badge);
VERB(set_badge);
VERB(remove_badge);
VERB(show_till_policy);
VERB(add_till);
VERB(set_till);
VERB(remove_till);
VERB(show_status);
VERB(check_health);
VERB(consult_doctor);
VERB(write_bundle);
VERB(trace);
VERB(show_log);
VERB(replay);
VERB(help);

/* One verb's help, or the list of all. */
void help_print_verb(FILE *out, const struct verb *verb);
void help_print_all(FILE *out);

#endif
