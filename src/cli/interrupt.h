/* SPDX-License-Identifier: Apache-2.0 */
/* Ctrl-C and the like: noted, so that whoever waits can clean up first. */
#ifndef TILLD_CLI_INTERRUPT_H
#define TILLD_CLI_INTERRUPT_H

#include <stdbool.h>

/* Once, at start. System calls are not begun again after a signal. */
void interrupt_catch(void);

bool interrupt_came(void);

/*
 * Waits until fd (-1: none) can be read, at most so many milliseconds (-1: for
 * ever). False as soon as a signal has come, also if it came before.
 */
bool interrupt_wait(int fd, int milliseconds);

/* For what still has to be cleaned up: only a further signal counts. */
void interrupt_forget(void);

/* Ends the process by the signal that came, as the shell expects it. */
void interrupt_obey(void);

#endif
