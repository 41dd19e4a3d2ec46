/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the verbs of tillctl share: the daemon, the till and the sign-on they
 * talk for, and how an answer becomes words and an exit code.
 */
#ifndef TILLD_CLI_CLI_H
#define TILLD_CLI_CLI_H

#include "cli/args.h"
#include "cli/ask.h"
#include "cli/client.h"
#include "cli/exits.h"
#include "cli/keep.h"
#include "util/cleanup.h"

#define CLI_SOCKET   "/run/tilld/tilld.sock"
#define CLI_WAIT_S   60	 /* --wait, where an action does not say it */
#define CLI_WAIT_MAX 120 /* what the daemon waits at most at once */

struct cli {
	const struct args *args;
	const char *socket;
	struct client *client;	   /* NULL until it is needed */
	char till[KEEP_TILL_SIZE]; /* "" until it is known */
	bool kept;		   /* the token in use comes from a file */
	void (*pause)(int milliseconds); /* client_pause(); tests don't wait */
};

/* CLI_EXIT_DONE, or CLI_EXIT_USAGE after saying what is wrong with --till,
 * --key or $TILLCTL_TOKEN. */
enum cli_exit cli_init(struct cli *cli, const struct args *args);
void cli_clear(struct cli *cli);

struct client *cli_client(struct cli *cli);

/* "tillctl: ..." and CLI_EXIT_USAGE. */
enum cli_exit cli_misuse(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Printable ASCII without blanks, 1 to max of it: fits into a header. */
bool cli_is_header(const char *text, size_t max);

/* Whether text can be the id of something; says so if it can't. */
bool cli_is_id(const char *what, const char *text);

/*
 * Finds the till: --till, that of $TILLCTL_TOKEN, that of the sign-on kept
 * last, or the only one that the daemon shows. CLI_EXIT_DONE, or the exit code
 * after saying why not. cli_sign_in() also takes the token for it into use; if
 * there is none, the daemon will say so.
 */
enum cli_exit cli_find_till(struct cli *cli);
enum cli_exit cli_sign_in(struct cli *cli);

/* No till needed: the token of --till, or the one kept last, if there is. */
void cli_sign_in_if_kept(struct cli *cli);

/* In which currency a till works. It is asked quietly: what is printed is what
 * it is needed for. */
#define CLI_CURRENCY_SIZE 4
enum cli_exit cli_find_currency(struct cli *cli, const char *till,
				char out_currency[CLI_CURRENCY_SIZE]);

/* {till: currency} of those that may be seen; quiet, and empty if that can't be
 * had. New. */
json_t *cli_list_currencies(struct cli *cli);

/* Seconds of --wait, or otherwise. */
int64_t cli_wait(const struct cli *cli, int64_t otherwise);

/* Asks for a password (on the terminal, or by --password-stdin) or for a PIN
 * (by --pin-stdin); says why if it can't be had. */
enum cli_exit cli_ask_password(const struct cli *cli, const char *prompt,
			       char out_secret[ASK_SECRET_SIZE]);
enum cli_exit cli_ask_pin(const struct cli *cli, const char *prompt,
			  char out_secret[ASK_SECRET_SIZE]);

/* The one or, with --pin or --pin-stdin, the other, into a body; whose: a
 * login, NULL for one's own. */
enum cli_exit cli_ask_word(const struct cli *cli, const char *whose,
			   json_t *body);

/* Overwrites every text in a body that is no longer needed, and lets it go. */
void cli_wipe_body(json_t *body);
static inline void cli_cleanup_body(json_t **body)
{
	cli_wipe_body(*body);
}
#define CLI_BODY CLEANUP(cli_cleanup_body) json_t

/* --- answers --- */

#define CLI_ANSWER CLEANUP(client_answer_clear) struct client_answer

/*
 * Sends, and tells what went wrong: CLI_EXIT_DONE with an answer of 2xx (with
 * --json it has been printed), else the exit code. What the daemon says about
 * the sign-on is heeded. out_answer is whatever it said, untouched if it said
 * nothing: to be cleared in any case.
 */
enum cli_exit cli_call(struct cli *cli, const struct client_request *request,
		       struct client_answer *out_answer);

/* cli_call() with GET. */
enum cli_exit cli_get(struct cli *cli, const char *path,
		      struct client_answer *out_answer);

/* cli_call() with DELETE, and what is then said to people. */
enum cli_exit cli_delete(struct cli *cli, const char *path, const char *said);

/* A page of path as --limit (1 to 1000) and --after say, which are added to it;
 * signed in if a sign-on is kept. */
enum cli_exit cli_get_page(struct cli *cli, struct buf *path,
			   struct client_answer *out_answer);

/* The same quietly: asked for what is done next, not for the person. */
enum cli_exit cli_look(struct cli *cli, const char *path,
		       struct client_answer *out_answer);

/* The two halves of it, for those who send by themselves. */
enum cli_exit cli_tell_error(struct cli *cli, int error);

/* cli_tell_error(), where it was only asked for what an action needs, or the
 * action itself has not left: that nothing was sent is told besides. */
enum cli_exit cli_tell_unsent(struct cli *cli, int error);

enum cli_exit cli_tell_answer(struct cli *cli,
			      const struct client_answer *answer);

/* A problem in words, on standard error. */
void cli_tell_problem(const json_t *problem, int status);

bool cli_prints(const struct cli *cli); /* for people: no --json */

#endif
