/* SPDX-License-Identifier: Apache-2.0 */
/* What the body of a print job may hold, for the table of routes. */
#ifndef TILLD_HTTP_JOB_FIELDS_H
#define TILLD_HTTP_JOB_FIELDS_H

#include "http/field.h"

extern const struct field job_body[];

#endif
