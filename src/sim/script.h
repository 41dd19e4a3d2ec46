/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tillsim is to play, line by line:
 *
 *	# a comment, also after a line
 *	device NAME MODEL pty PATH [OPTION=VALUE ...]
 *	device NAME MODEL tcp PORT [OPTION=VALUE ...]
 *	at TIME NAME COMMAND...
 *
 * TIME counts from the start and has a unit: 500ms, 2s. Devices may be named
 * before the line that makes them. Models, commands and options are not looked
 * at here, but for one that any pty has: baud=N, the speed that the device is
 * set to (wire.h).
 */
#ifndef TILLD_SIM_SCRIPT_H
#define TILLD_SIM_SCRIPT_H

#include "sim/model.h"

#include <stdio.h>

#define SCRIPT_LINE_MAX	   1024 /* bytes */
#define SCRIPT_OPTIONS_MAX 16
#define SCRIPT_DEVICES_MAX 64
#define SCRIPT_EVENTS_MAX  1024
#define SCRIPT_NAME_MAX	   32
#define SCRIPT_TIME_MAX	   86400000 /* ms */

struct script_device {
	unsigned int line; /* in the file */
	char *name;
	char *model;
	char *path;    /* of a pty; NULL for TCP */
	int baud;      /* of a pty; 0: whatever the other end has */
	uint16_t port; /* 0: any that is free */
	struct model_option options[SCRIPT_OPTIONS_MAX];
	size_t options_count;
};

struct script_event {
	unsigned int line;
	int64_t ms;
	char *device;
	char *command;
};

struct script {
	struct script_device *devices;
	size_t devices_count;
	struct script_event *events;
	size_t events_count;
};

/*
 * NULL for a script that is wrong, with "NAME:LINE: why" in out_error (to be
 * freed); name is the file's, for that message.
 */
struct script *script_read(FILE *file, const char *name, char **out_error);
struct script *script_free(struct script *script);

#endif
