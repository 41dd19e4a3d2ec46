/* SPDX-License-Identifier: Apache-2.0 */
/* A policy in a file, which may have passwords in it. */
#ifndef TILLD_CLI_POLICY_FILE_H
#define TILLD_CLI_POLICY_FILE_H

#include "cli/cli.h"

#define POLICY_FILE_MAX (8 * 1024 * 1024) /* what the daemon takes */

/* "-" is standard input. out_policy is new, to be ended by cli_wipe_body(). */
enum cli_exit policy_file_read(const char *path, json_t **out_policy);

#endif
