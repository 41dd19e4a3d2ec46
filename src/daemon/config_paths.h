/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The paths of a configuration, held against each other: no two settings may
 * make or write the same file, and what keeps keys keeps nothing else. Compared
 * as the kernel would find them: links and ".." followed, also where the end of
 * a path is not there yet.
 */
#ifndef TILLD_DAEMON_CONFIG_PATHS_H
#define TILLD_DAEMON_CONFIG_PATHS_H

#include "daemon/config_file.h"

void config_paths_check(struct config_file *file, const struct config *config);

#endif
