/* SPDX-License-Identifier: Apache-2.0 */
/* The reading of one device's section, and what both halves of it share. */
#ifndef TILLD_DAEMON_CONFIG_DEVICE_H
#define TILLD_DAEMON_CONFIG_DEVICE_H

#include "daemon/config.h"
#include "util/cleanup.h"

#include <confuse.h>

#define CONFIG_LINES_MAX 1024

struct config_line {
	const char *name;
	int line;
	bool in_device;
};

/* One file being read. */
struct config_reading {
	const char *path;
	void (*fault)(void *arg, const char *text);
	void *arg;
	int faults;
	struct config *config;
	struct config_line lines[CONFIG_LINES_MAX];
	size_t lines_count;
};

struct config_reading *config_now(void);

/* One more fault, at that line. */
void config_fault(int line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Where the option of that name stood last. */
int config_line_of(const char *name, int otherwise);
int config_note_line(cfg_t *cfg, cfg_opt_t *opt);

/* The options that any device may have: the line's, and those of all drivers
 * in the table. The array is the caller's. */
cfg_opt_t *config_device_options(void);

/* Checks a section that ended at that line against its driver's table. */
void config_read_device(cfg_t *section, int line,
			struct config_device *out_device);

/* What two devices can't have in common. */
void config_check_pair(const struct config_device *a,
		       const struct config_device *b, int line);

#endif
