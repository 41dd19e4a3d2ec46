/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TILLD_CLI_DEVICE_H
#define TILLD_CLI_DEVICE_H

#include "cli/cli.h"

/* Has a device do a task of service, and waits for its end. seen: of a drawer's
 * internal test, or NULL. */
enum cli_exit device_serve(struct cli *cli, const char *device,
			   const char *task, const char *seen,
			   struct client_answer *out_answer);

#endif
