/* SPDX-License-Identifier: Apache-2.0 */
/* What tillctl report is made of, beside what the daemon tells. */
#ifndef TILLD_CLI_BUNDLE_H
#define TILLD_CLI_BUNDLE_H

#include <jansson.h>

/*
 * The settings of a configuration, one text each ("box = till box", "device
 * drawer1 {"), without comments. It need not be a good one: only the values of
 * settings that are known to hold no secret are told, others as "**". NULL if
 * it can't be read; new.
 */
json_t *bundle_read_config(const char *path);

#endif
