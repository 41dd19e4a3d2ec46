/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file while it is being read: its settings as texts, and where each of
 * them stands. What the texts mean is for config_base.c and config_device.c.
 */
#ifndef TILLD_DAEMON_CONFIG_FILE_H
#define TILLD_DAEMON_CONFIG_FILE_H

#include "daemon/config.h"

#include <confuse.h>

#define CONFIG_FILE_MAX (256 * 1024)

struct config_note {
	const cfg_t *section;
	const char *option;
	unsigned int index; /* of the value, in a list */
	int line;
};

struct config_file {
	const char *path;
	const struct config_listener *listener;
	int faults;
	cfg_t *cfg; /* NULL until it has been read */
	struct config_note *notes;
	size_t notes_count;
};

/* Reads and parses. False with a fault told if it is no configuration. */
bool config_file_read(struct config_file *file);
void config_file_close(struct config_file *file);

/* --- where things stand --- */

/* The line where a section's brace opens. */
int config_file_section_line(cfg_t *section);

/* The line of an option's value; 0 if it is not in the file. */
int config_file_line(const struct config_file *file, const cfg_t *section,
		     const char *option, unsigned int index);

/* The same, or the section's where the option is not set. */
int config_file_place(const struct config_file *file, cfg_t *section,
		      const char *option);

/* --- what there is to say --- */

/* How a value that may be of any length is repeated. */
#define CONFIG_SAID "\"%.64s\""

void config_fault(struct config_file *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void config_advise(struct config_file *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
