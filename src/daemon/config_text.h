/* SPDX-License-Identifier: Apache-2.0 */
/* The file's text, before libconfuse gets to see it. Pure. */
#ifndef TILLD_DAEMON_CONFIG_TEXT_H
#define TILLD_DAEMON_CONFIG_TEXT_H

#include <stdbool.h>

struct config_text_fault {
	int line;
	const char *what; /* a sentence */
};

/*
 * Blanks all comments in place, so that lines stay where they are. False, with
 * the first fault, for what libconfuse would take wrongly or tell at a wrong
 * line: other kinds of comments, text or a brace that is never closed, values
 * that are missing or have a blank in them, +=, control characters.
 */
bool config_text_prepare(char *text, struct config_text_fault *out_fault);

#endif
