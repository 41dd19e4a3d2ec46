/* SPDX-License-Identifier: Apache-2.0 */
/* The reading of one device's section. */
#ifndef TILLD_DAEMON_CONFIG_DEVICE_H
#define TILLD_DAEMON_CONFIG_DEVICE_H

#include "daemon/config_file.h"

/* What any device may have beside its tills and its driver's own options;
 * ended by NULL. */
extern const char *const config_device_words[];

/* Checks a section against its driver's table. */
void config_device_read(struct config_file *file, cfg_t *section,
			struct config_device *out_device);
void config_device_clear(struct config_device *device);

/* What a later device can't have in common with an earlier one. */
void config_device_check_pair(struct config_file *file, cfg_t *section,
			      const struct config_device *device,
			      const struct config_device *earlier);

#endif
