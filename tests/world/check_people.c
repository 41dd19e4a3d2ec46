/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Once an administrator was told that somebody is no longer active, nothing is
 * begun by their right any more. What was asked under one key was done once;
 * where it can't be told which of two changes came last, nothing is said.
 */
#include "judge.h"

#include <stdio.h>
#include <string.h>

/* From when it was asked for till when it was told as done. */
struct check_change {
	int64_t from, to;
	bool active;
};

/* The same, asked for once more. */
static bool check_is_same(const struct ask *one, const struct ask *other)
{
	return one->uid == other->uid && !strcmp(one->key, other->key) &&
	       !strcmp(one->path, other->path);
}

static bool check_is_first(const struct world *world, const struct ask *ask)
{
	for (const struct ask *at = world->asks; at != ask; at = at->next)
		if (check_is_same(at, ask))
			return false;
	return true;
}

static int64_t check_told_at(const struct ask *first)
{
	for (const struct ask *at = first; at; at = at->next)
		if (check_is_same(at, first) && at->status == 200 && !at->left)
			return at->answered_at;
	return INT64_MAX;
}

static bool check_was_refused(const struct ask *first)
{
	for (const struct ask *at = first; at; at = at->next)
		if (check_is_same(at, first) &&
		    (!at->answers || at->status < 400 || at->status >= 500))
			return false;
	return true;
}

/* Whether they certainly were not, at that time. */
static bool check_is_inactive(const struct world *world, const char *login,
			      int64_t at)
{
	struct check_change last = { .from = -1, .to = -1, .active = true };
	char path[64];

	snprintf(path, sizeof(path), "/v1/operators/%s", login);
	for (const struct ask *ask = world->asks; ask; ask = ask->next) {
		struct check_change change;

		if (strcmp(ask->path, path) != 0 || !ask->body ||
		    !check_is_first(world, ask) || check_was_refused(ask))
			continue;
		change = (struct check_change){
			.from = ask->asked_at,
			.to = check_told_at(ask),
			.active = strstr(ask->body, "true") != NULL,
		};
		if (change.from >= at)
			continue;
		if (change.to >= at || change.from <= last.to)
			return false; /* who knows */
		last = change;
	}
	return !last.active;
}

void check_people(struct world *world, const struct judged *judged)
{
	if (!judged->created_at)
		return;
	if (check_is_inactive(world, judged->operator, judged->created_at))
		world_breach(world, "inactive-may-nothing", "%s %s: by %s",
			     judged->action, judged->id, judged->operator);
	if (*judged->approver &&
	    check_is_inactive(world, judged->approver, judged->created_at))
		world_breach(world, "inactive-may-nothing",
			     "%s %s: approved by %s", judged->action,
			     judged->id, judged->approver);
}
