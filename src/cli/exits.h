/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tillctl's exit code tells a script. One table says what each code
 * means (help and man page are held against it), another what each of the
 * daemon's problems comes to.
 */
#ifndef TILLD_CLI_EXITS_H
#define TILLD_CLI_EXITS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum cli_exit {
	CLI_EXIT_DONE = 0,
	CLI_EXIT_REFUSED = 1, /* or failed: it did not happen */
	CLI_EXIT_OPEN = 2,    /* unknown, or still going on */
	CLI_EXIT_CONSENT = 3,
	CLI_EXIT_SIGN_ON = 4,
	CLI_EXIT_DEVICE = 5,
	CLI_EXIT_UNREACHABLE = 6,
	CLI_EXIT_JOURNAL = 7,
	CLI_EXIT_USAGE = 64,
	CLI_EXIT_OUTPUT = 74,
};

struct exits_row {
	enum cli_exit code;
	const char *meaning;
};

/* The codes in ascending order; NULL past the last. */
const struct exits_row *exits_at(size_t index);

/* What a problem with that code ("device-not-ready") comes to. NULL and codes
 * that a newer daemon may have: CLI_EXIT_REFUSED. */
enum cli_exit exits_of_problem(const char *code);

/*
 * Whether such an answer proves that nothing is known under the request's key.
 * False where the daemon may have said it before it looked for the key: then
 * an earlier try, whose answer was lost, may still have gone ahead.
 */
bool exits_is_final(const char *code);

/* An operation as the API shows it: its state and outcome. */
enum cli_exit exits_of_operation(const json_t *operation);

/* An authorization as the API shows it: CLI_EXIT_DONE for one that was given. */
enum cli_exit exits_of_authorization(const json_t *authorization);

#endif
