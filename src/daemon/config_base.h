/* SPDX-License-Identifier: Apache-2.0 */
/* All settings but those of devices, as one table: what they are called, what
 * they may be, and where in struct config they go. */
#ifndef TILLD_DAEMON_CONFIG_BASE_H
#define TILLD_DAEMON_CONFIG_BASE_H

#include "daemon/config_file.h"

enum config_kind {
	CONFIG_TEXT,   /* char *: min to max characters */
	CONFIG_PATH,   /* char *: at most max bytes */
	CONFIG_USER,   /* uid_t: by name or number */
	CONFIG_GROUP,  /* gid_t */
	CONFIG_MODE,   /* mode_t: octal */
	CONFIG_NUMBER, /* int: min to max */
	CONFIG_HEX,    /* char *: max hexadecimal digits */
	CONFIG_KINDS,
};

struct config_base {
	const char *section;   /* NULL: outside of any */
	const char *name;      /* NULL ends the table */
	const char *otherwise; /* the default, NULL if there is none */
	size_t offset;	       /* in struct config */
	enum config_kind kind;
	long min, max;
	const char *allowed; /* "it has to be ..." */
	bool changes;	     /* while the daemon runs, too: by SIGHUP */
};

extern const struct config_base config_bases[CONFIG_BASES + 1];

void config_base_read(struct config_file *file, struct config *config);
void config_base_free(struct config *config);

#endif
