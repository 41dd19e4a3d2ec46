/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of this box, as far as /proc tells this user of them. */
#ifndef TILLD_CLI_PROCESS_H
#define TILLD_CLI_PROCESS_H

#include <stdbool.h>
#include <sys/stat.h>

#define PROCESS_NAME 64
#define PROCESS_LINE 512

/* What its program is called; false if there is no such process. */
bool process_read_name(int pid, char out_name[PROCESS_NAME]);

/* A line of /proc/PID/status, as "NoNewPrivs"; false if there is none. */
bool process_read_status(int pid, const char *name,
			 char out_value[PROCESS_LINE]);

/* Whose it is: a login, or a number where that has none, "?" where it is not
 * told. New. */
char *process_user(int pid);

/* Calls each with every process there is; stops where it returns false. */
void process_each(bool (*each)(void *arg, int pid), void *arg);

enum process_hold {
	PROCESS_HOLDS_NOT,
	PROCESS_HOLDS,
	PROCESS_HOLD_UNKNOWN, /* this user is not told */
};

/* Whether it has that file open: a device by its number, under whichever name
 * it was opened. */
enum process_hold process_holds(int pid, const struct stat *file);

#endif
