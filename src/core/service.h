/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a technician has a device do that moves neither a drawer nor fiscal
 * memory nor money: its status, a diagnosis, its initialisation. No till and no
 * sign-on has a part in it; it is on record with the uid (docs/policy.md,
 * X-self-test).
 */
#ifndef TILLD_CORE_SERVICE_H
#define TILLD_CORE_SERVICE_H

#include "core/core.h"

/* task: "status", "diagnosis", "initialise" or "log-off". Answered like an
 * action: 200 with the operation, 202 if it goes on, or a problem. */
void service_begin(struct core *core, struct caller *caller, const char *device,
		   const char *task);

#endif
