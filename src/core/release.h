/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device that was handed over to another program for a while: a vendor's tool
 * that sets it up, or brings it new firmware (docs/policy.md, X-release). Its
 * port is closed and left alone until the time is over or somebody takes it
 * back, whatever becomes of the daemon meanwhile; nothing is begun at it, and
 * everybody is told. When it is back it is asked how it is, and what differs
 * from before is on record.
 *
 *	(written) -> in force -> returning -> compared
 */
#ifndef TILLD_CORE_RELEASE_H
#define TILLD_CORE_RELEASE_H

#include "core/action.h"
#include "core/core_private.h"

struct releases;

#define RELEASE_SECONDS_MAX (2 * 60 * 60)

struct releases *releases_new(void);
struct releases *releases_free(struct releases *releases);

/* As it was on disk: for store_releases(), once the devices were added. */
void release_load(void *core, const char *device, const char *text);

/* A device came: it is left alone if it is in other hands. */
void release_adopt(struct core *core, const struct fixture *fixture);

/* One may be back, and can be asked. */
void release_device_changed(struct core *core, struct fixture *fixture);

/* {"operator", "name"?, "since", "until", "reason"?, "operation"} of a device
 * that is in other hands; NULL if it is not. New. */
json_t *release_describe(struct core *core, const struct device *device);

/* "Maria has handed printer1 over until ..., at the latest.": a message; NULL
 * if nobody has. New. */
json_t *release_sentence(struct core *core, const struct device *device);

/* PROBLEMS, or that the device is in other hands, with an extra (new) that
 * tells in whose, and until when. */
enum problem release_problem(struct core *core, const struct device *device,
			     json_t **out_extra);

/* --- of the one path: to hand over, and to take back --- */

void release_find(struct attempt *attempt);
enum problem release_plan(struct attempt *attempt, const struct action_by *by,
			  json_t **out_extra);
json_t *release_apply(struct attempt *attempt, const struct action_by *by,
		      struct record *record, json_t *entry);
void release_applied(struct attempt *attempt, int error);

/* At that till (or NULL) if it has the device, else at the device's first. */
const char *release_place(struct core *core, const char *device,
			  const char *till);
enum problem release_plan_take(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra);
json_t *release_apply_take(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry);
void release_applied_take(struct attempt *attempt, int error);

#endif
