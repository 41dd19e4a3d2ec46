/* SPDX-License-Identifier: Apache-2.0 */
/* How tillctl health ends, as monitoring programs have it; not the exit codes
 * of the other verbs. */
#ifndef TILLD_CLI_STATUS_H
#define TILLD_CLI_STATUS_H

enum health {
	HEALTH_WELL,
	HEALTH_WARNING,
	HEALTH_CRITICAL,
	HEALTH_UNKNOWN,
};

#endif
