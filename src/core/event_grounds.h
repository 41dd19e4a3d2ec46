/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Actions on the ground of a business event: an operation that the daemon
 * itself witnessed, at the same till, and that went well. The drawer is opened
 * for it without anybody's permission, once; and a site may let the end of a
 * day include its Z report. What was only declared is no event.
 */
#ifndef TILLD_CORE_EVENT_GROUNDS_H
#define TILLD_CORE_EVENT_GROUNDS_H

#include "core/action.h"

/* Why an event is no ground for that action (its name), and what to do instead:
 * the extra (new) of PROBLEM_EVENT_UNUSABLE. */
json_t *event_extra(const char *action, const char *detail);

/* Looks the event up, where the body names one. */
void event_find(struct attempt *attempt);

/*
 * What is done for an event, as struct action_row has plans. On a good ground
 * the drawer takes no permission, nor does the report if the till says so, or
 * if whoever asks ended the day with it; a slip takes what its row says.
 * PROBLEM_EVENT_UNUSABLE with event_extra() where it is no ground: not of this
 * till, too old, not set to open the drawer...
 */
enum problem event_plan_drawer(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra);
enum problem event_plan_report(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra);
enum problem event_plan_slip(struct attempt *attempt,
			     const struct action_by *by, json_t **out_extra);

#endif
