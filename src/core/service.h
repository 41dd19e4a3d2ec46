/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a technician has a device do that moves neither a drawer nor fiscal
 * memory nor money: its status, a diagnosis, its initialisation. No till and no
 * sign-on has a part in it; it is on record with the uid (docs/policy.md,
 * X-self-test).
 */
#ifndef TILLD_CORE_SERVICE_H
#define TILLD_CORE_SERVICE_H

#include "core/action.h"
#include "core/core.h"

/*
 * body, checked: "task" is "internal-test", "external-test" or
 * "interactive-test", which a device of any class may have (docs/service.md),
 * "scan", which looks for one that does not answer at other settings of its
 * line, or a card terminal's "status", "diagnosis", "initialise" or "log-off";
 * "seen" is what whoever learns a drawer's sensor sees of it, "open" or
 * "closed".
 * Answered like an action: 200 with the operation, 202 if it goes on, or a
 * problem.
 */
void service_begin(struct core *core, struct caller *caller, const char *device,
		   const json_t *body);

/* service_table.c: from ACTION_DRAWER_TEST to before ACTION_POLICY_READ. */
const struct action_row *service_row(enum action action);

/* Of a test that moves something: only for technicians, and only of the device
 * that was named; else it is an action like any other. */
enum problem service_plan_test(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra);

/* PROBLEMS for technicians, else what everybody else is told. */
enum problem service_access(const struct core *core, const struct peer *peer);

/* Whether an operation of that name is one of these. One of them is on record,
 * and goes to that device; and it has ended. */
bool service_is_action(const char *name);
void service_began(struct core *core, const char *device);
void service_ended(struct core *core, const char *device);

#endif
