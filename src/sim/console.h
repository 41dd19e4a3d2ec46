/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands, a line each, from a person or a test:
 *
 *	help | quit | account NAME | NAME COMMAND...
 *
 * Each is answered by one line: "ok", or "error: " and a sentence; account is
 * answered by the account itself. Blank lines and those that begin with # are
 * not answered. The end of the input ends the loop, as quit does, so that
 * nothing outlives its parent.
 */
#ifndef TILLD_SIM_CONSOLE_H
#define TILLD_SIM_CONSOLE_H

#include "sim/sim.h"

#define CONSOLE_LINE_MAX 1024 /* bytes; a longer one is an error */

struct console;

/* Reads fd, which stays the caller's and blocking; prints to out. */
struct console *console_new(struct event_base *base, struct sim *sim, int fd,
			    FILE *out);
struct console *console_free(struct console *console);

#endif
