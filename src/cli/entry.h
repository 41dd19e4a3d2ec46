/* SPDX-License-Identifier: Apache-2.0 */
/* An entry of the journal, or an event, on one line. */
#ifndef TILLD_CLI_ENTRY_H
#define TILLD_CLI_ENTRY_H

#include <jansson.h>

/* What it tells beside number, time, till and kind: "Anna, drawer.open, ok".
 * New. */
char *entry_describe(const json_t *entry);

#endif
