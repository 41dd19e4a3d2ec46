/* SPDX-License-Identifier: Apache-2.0 */
/* What to type next, where a problem is such that it can be told. */
#ifndef TILLD_CLI_WAY_OUT_H
#define TILLD_CLI_WAY_OUT_H

#include <jansson.h>

/* Of a problem as the daemon tells it, on standard error; or nothing. */
void way_out_tell(const json_t *problem);

/* The same where it was seen without asking for it. */
void way_out_tell_code(const char *code);

#endif
