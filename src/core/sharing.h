/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tills that share a fiscal printer are a group (docs/policy.md,
 * X-shared-device): what concerns all of them, like a Z or the printer's clock,
 * is done at one only while no session is open at the others, and none is
 * opened there until it has ended.
 */
#ifndef TILLD_CORE_SHARING_H
#define TILLD_CORE_SHARING_H

#include "core/action.h"

/*
 * Of an action that concerns the group (its row says so), at by->till, which
 * has a device of that class: PROBLEMS, or PROBLEM_SESSIONS_OPEN with an extra
 * (new): {"tills": the ids of the others with a session open or being opened,
 * as far as the operator may view them, "detail"}.
 */
enum problem sharing_problem(struct core *core, const struct action_by *by,
			     enum device_class class, json_t **out_extra);

/* Of the opening of a session at a till, which may be without a printer:
 * PROBLEMS, or PROBLEM_PRINTER_CLOSING with an extra (new), {"device"}:
 * something of that kind is under way at another till of the group. */
enum problem sharing_open_problem(struct core *core, const char *till,
				  json_t **out_extra);

#endif
