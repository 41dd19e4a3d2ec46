/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's life: options, wiring, signals, end. */
#ifndef TILLD_DAEMON_DAEMON_H
#define TILLD_DAEMON_DAEMON_H

/* Exit codes, as in tilld(8). */
enum daemon_exit {
	DAEMON_EXIT_DONE = 0,
	DAEMON_EXIT_FAILED = 1,	 /* the log says why */
	DAEMON_EXIT_USAGE = 64,	 /* bad options */
	DAEMON_EXIT_CONFIG = 78, /* bad configuration; it says where */
};

int daemon_main(int argc, char **argv);

#endif
