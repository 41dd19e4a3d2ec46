/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked while a verb runs: mostly passwords and PINs, typed on the
 * terminal without being shown, or one line on standard input. They are never a
 * word of the command line, which every process can read.
 */
#ifndef TILLD_CLI_ASK_H
#define TILLD_CLI_ASK_H

#define ASK_SECRET_SIZE 513 /* 128 characters of UTF-8, and a NUL */

enum ask_error {
	ASK_E_NO_TERMINAL = 1,
	ASK_E_EMPTY, /* nothing was typed, or there is no line any more */
	ASK_E_TOO_LONG,
	ASK_E_NOT_TEXT, /* control characters, or not UTF-8 */
	ASK_E_INTERRUPTED,
};

/* A sentence for people. */
const char *ask_error_text(int error);

/*
 * All: 0 and the secret, to be wiped by the caller; an ask_error or a negative
 * errno, with out_secret wiped.
 */

/* On /dev/tty, after a prompt. */
int ask_terminal(const char *prompt, char out_secret[ASK_SECRET_SIZE]);

/* The same on a terminal that is given. */
int ask_terminal_at(int fd, const char *prompt,
		    char out_secret[ASK_SECRET_SIZE]);

/*
 * No secret, but an answer: the next line of standard input, shown as it is
 * typed. Where a person sits there, the prompt comes before it.
 */
int ask_shown(const char *prompt, char out_line[ASK_SECRET_SIZE]);

/* The next line of a descriptor, read byte by byte: what follows it stays. */
int ask_line(int fd, char out_secret[ASK_SECRET_SIZE]);

#endif
