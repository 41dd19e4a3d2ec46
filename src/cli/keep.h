/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sign-on between two calls of tillctl: its token in a file of its own per
 * socket and till, in $XDG_RUNTIME_DIR/tillctl or, without it, in
 * ~/.cache/tillctl; folder 0700, files 0600, no symbolic link is followed.
 */
#ifndef TILLD_CLI_KEEP_H
#define TILLD_CLI_KEEP_H

#define KEEP_TILL_SIZE	65
#define KEEP_TOKEN_SIZE 129

enum keep_error {
	KEEP_E_NONE = 1,  /* nothing is kept there */
	KEEP_E_NO_FOLDER, /* neither $XDG_RUNTIME_DIR nor $HOME */
	KEEP_E_UNSAFE,	  /* the folder or file is not only ours */
};

/* A sentence for people. */
const char *keep_error_text(int error);

/* All: 0, a keep_error or a negative errno. */

/* Replaces what was kept for that socket and till. */
int keep_save(const char *socket, const char *till, const char *token);

/*
 * The one kept for that till; till NULL: the one kept last at that socket. The
 * token is to be wiped by the caller; out_till may be NULL.
 */
int keep_load(const char *socket, const char *till,
	      char out_till[KEEP_TILL_SIZE], char out_token[KEEP_TOKEN_SIZE]);

int keep_remove(const char *socket, const char *till);

#endif
