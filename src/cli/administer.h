/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs of administration share: something is looked at, changed as
 * the options say, and put back, unless somebody else has changed it. */
#ifndef TILLD_CLI_ADMINISTER_H
#define TILLD_CLI_ADMINISTER_H

#include "cli/cli.h"

/* "/v1/groups/{}" with a name in it. New. */
char *administer_path(const char *pattern, const char *name);

/* The answer to a GET, signed in. */
enum cli_exit administer_look(struct cli *cli, const char *path,
			      struct client_answer *out_answer);

/*
 * Looks at path, has the item under field changed, and puts it back. change()
 * gets an empty object where there is none yet and may_be_new says that this
 * will do; it returns a sentence (new) where an option can't be understood.
 */
struct administer_change {
	const char *path;
	const char *field; /* "operator", "group", "till" */
	bool may_be_new;
	bool must_be_new;
	char *(*change)(const struct cli *cli, json_t *item);
};
enum cli_exit administer_change(struct cli *cli,
				const struct administer_change *change);

/* A request that goes the one path, signed in; body and match may be NULL. */
enum cli_exit administer_act(struct cli *cli, const char *method,
			     const char *path, const json_t *body,
			     const char *match);

/*
 * A list of names as an option says it: "a,b" is the list, "+a,-b" what is
 * added to the one that there is and taken from it. now may be NULL. New; NULL
 * with a sentence (new) in out_fault if something would be taken that is not
 * there.
 */
json_t *administer_list(const json_t *now, const char *text, char **out_fault);

/* The same of one of its fields, put there; text NULL: nothing. Returns NULL,
 * or that sentence. */
char *administer_put_list(json_t *item, const char *field, const char *text);

/* Puts "yes" or "no" as a flag; false if it is neither. NULL puts nothing. */
bool administer_put_flag(json_t *item, const char *field, const char *text);

/* "a, b" New. */
char *administer_join(const json_t *list);

/* Asks twice for a new password (or PIN), once where it comes from a pipe. */
enum cli_exit administer_ask_new(const struct cli *cli, bool pin,
				 char out_secret[ASK_SECRET_SIZE]);

/* "y" on the terminal. */
bool administer_confirm(const char *question);

#endif
