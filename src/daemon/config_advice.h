/* SPDX-License-Identifier: Apache-2.0 */
/* What works, but is unwise. */
#ifndef TILLD_DAEMON_CONFIG_ADVICE_H
#define TILLD_DAEMON_CONFIG_ADVICE_H

#include "daemon/config_file.h"

/* Of a file without faults, that config was made from. */
void config_advice_give(struct config_file *file, const struct config *config);

#endif
