/* SPDX-License-Identifier: Apache-2.0 */
/* Where a device is: its serial port and how that is set, its address, or its
 * name on USB. */
#ifndef TILLD_DAEMON_CONFIG_PORT_H
#define TILLD_DAEMON_CONFIG_PORT_H

#include "daemon/config_file.h"

/* How a serial line may be set, for lists and checks; ended by NULL. */
struct config_line_setting {
	const char *name;
	const char *choices;
	size_t offset;	/* of an int in struct driver_line */
	bool is_number; /* else the choice's place */
};

extern const struct config_line_setting config_line_settings[];

/* How that is set in a line, as it would be written. New. */
char *config_line_say(const struct config_line_setting *setting,
		      const struct driver_line *line);

/* The words for what is plugged in by USB; ended by NULL. */
struct config_plug {
	const char *word;
	enum driver_plug plug;
};

extern const struct config_plug config_plugs[];

/* The device's driver is known. */
void config_port_read(struct config_file *file, cfg_t *section,
		      struct config_device *device);

/* Whether both are the same port, by whatever names. */
bool config_port_same(const struct config_device *a,
		      const struct config_device *b);

#endif
