/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/difference.h"

#include "policy/describe.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <stdio.h>
#include <string.h>

/* Of what goes into the journal, whose lines have to stay handy; and of what
 * somebody is shown to consent to. */
#define DIFFERENCE_BYTES_MAX (128 * 1024)

/* --- two descriptions, field by field --- */

/* Lists and objects that hold something; others are let go of. */
static void difference_put_some(json_t *made, const char *name, json_t *some)
{
	if (json_array_size(some) || json_object_size(some))
		json_put(made, name, json_incref(some));
	json_decref(some);
}

static bool difference_has(const json_t *list, const json_t *wanted)
{
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		if (json_equal(item, wanted))
			return true;
	return false;
}

/* What is in list and not in other, under that name if there is any. */
static void difference_put_more(json_t *made, const char *name,
				const json_t *list, const json_t *other)
{
	json_t *more = json_array(), *item;
	size_t i;

	json_array_foreach (list, i, item)
		if (!difference_has(other, item))
			json_array_append(more, item);
	difference_put_some(made, name, more);
}

static json_t *difference_of_lists(const json_t *before, const json_t *after)
{
	json_t *made = json_make();

	difference_put_more(made, "added", after, before);
	difference_put_more(made, "removed", before, after);
	return made; /* {}: the same in another order */
}

static json_t *difference_of_values(const json_t *before, const json_t *after)
{
	json_t *made = json_make();

	json_put(made, "from", json_incref((json_t *)(uintptr_t)before));
	return json_put(made, "to", json_incref((json_t *)(uintptr_t)after));
}

/* A name for people, which may be a person's. */
static bool difference_is_private(const char *field)
{
	return !strcmp(field, "name") || !strcmp(field, "login");
}

struct difference_walk {
	enum policy_audience audience;
	json_t *changes;
};

static void difference_walk(const struct difference_walk *walk,
			    const char *prefix, const json_t *before,
			    const json_t *after);

static void difference_of_field(const struct difference_walk *walk,
				const char *path, const json_t *before,
				const json_t *after)
{
	const json_t *either = after ? after : before;

	if ((before && after && json_equal(before, after)) ||
	    (!before && (json_is_null(after) || json_is_false(after))))
		return;
	if (json_is_object(either))
		difference_walk(walk, path, before, after);
	else if (json_is_array(either))
		difference_put_some(walk->changes, path,
				    difference_of_lists(before, after));
	else if (walk->audience == POLICY_FOR_JOURNAL &&
		 difference_is_private(path))
		json_put_text(walk->changes, path, "changed");
	else
		json_put(walk->changes, path,
			 difference_of_values(before, after));
}

/* Fields of objects within get paths: "limits.maximum". */
static void difference_walk(const struct difference_walk *walk,
			    const char *prefix, const json_t *before,
			    const json_t *after)
{
	CLEANUP_JSON json_t *both = json_make();
	const char *name;
	json_t *value;

	json_object_update(both, (json_t *)(uintptr_t)before);
	json_object_update(both, (json_t *)(uintptr_t)after);
	json_object_foreach (both, name, value) {
		CLEANUP_FREE char *path = alloc_format(
			"%s%s%s", prefix, *prefix ? "." : "", name);

		difference_of_field(walk, path, json_object_get(before, name),
				    json_object_get(after, name));
	}
}

/* --- what no description tells: secrets; and badges, by handle --- */

static void difference_of_secret(json_t *changes, const char *name,
				 const char *before, const char *after)
{
	if (!before && !after)
		return;
	if (!before || !after)
		json_put_text(changes, name, after ? "set" : "removed");
	else if (strcmp(before, after) != 0)
		json_put_text(changes, name, "changed");
}

static const struct policy_badge *
difference_badge(const struct policy_operator *who, const char *handle)
{
	for (size_t i = 0; who && i < who->badges_count; i++)
		if (!strcmp(who->badges[i].handle, handle))
			return &who->badges[i];
	return NULL;
}

static bool difference_same_badge(const struct policy_badge *one,
				  const struct policy_badge *other)
{
	return one->active == other->active &&
	       one->until_ms == other->until_ms &&
	       !strcmp(one->label, other->label);
}

static json_t *difference_append(json_t *list, const char *text)
{
	json_array_append_new(list, json_string(text));
	return list;
}

/* Whether it works, and how long, as "badges.b-first.active". */
static void difference_of_badge(json_t *changes,
				const struct policy_badge *before,
				const struct policy_badge *after)
{
	CLEANUP_JSON json_t *was = policy_describe_badge(before);
	CLEANUP_JSON json_t *is = policy_describe_badge(after);
	static const char *const fields[] = { "active", "until" };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		CLEANUP_FREE char *path =
			alloc_format("badges.%s.%s", after->handle, fields[i]);
		const json_t *old = json_object_get(was, fields[i]);
		const json_t *new = json_object_get(is, fields[i]);

		if (old != new && !(old && new &&json_equal(old, new)))
			json_put(changes, path, difference_of_values(old, new));
	}
}

static void difference_of_badges(json_t *changes,
				 const struct policy_operator *before,
				 const struct policy_operator *after)
{
	json_t *added = json_array(), *removed = json_array();
	json_t *changed = json_array(), *made = json_make();

	for (size_t i = 0; i < after->badges_count; i++) {
		const struct policy_badge *badge = &after->badges[i];
		const struct policy_badge *other =
			difference_badge(before, badge->handle);

		if (!other)
			difference_append(added, badge->handle);
		else if (!difference_same_badge(badge, other)) {
			difference_append(changed, badge->handle);
			difference_of_badge(changes, other, badge);
		}
	}
	for (size_t i = 0; before && i < before->badges_count; i++)
		if (!difference_badge(after, before->badges[i].handle))
			difference_append(removed, before->badges[i].handle);
	difference_put_some(made, "added", added);
	difference_put_some(made, "removed", removed);
	difference_put_some(made, "changed", changed);
	difference_put_some(changes, "badges", made);
}

/* --- tills, groups, operators --- */

/* One of the three lists of a policy, as the walk below needs it. */
struct difference_list {
	const char *name;
	size_t (*count)(const struct policy *policy);
	const char *(*id)(const struct policy *policy, size_t at);
	/* Its place in that policy; NULL of it is what is not there. */
	const void *(*find)(const struct policy *policy, const char *id);
	json_t *(*describe)(const struct policy *policy, const void *item);
	/* More than the descriptions tell; NULL: nothing. */
	void (*more)(json_t *changes, const void *before, const void *after);
};

static const char *difference_till_id(const struct policy *policy, size_t at)
{
	return policy_till_at(policy, at)->id;
}

static const void *difference_find_till(const struct policy *policy,
					const char *id)
{
	return policy_till(policy, id);
}

static json_t *difference_describe_till(const struct policy *policy,
					const void *item)
{
	(void)policy;
	return policy_describe_till(item);
}

static const char *difference_group_id(const struct policy *policy, size_t at)
{
	return policy_group_at(policy, at)->id;
}

static const void *difference_find_group(const struct policy *policy,
					 const char *id)
{
	return policy_group(policy, id);
}

static json_t *difference_describe_group(const struct policy *policy,
					 const void *item)
{
	return policy_describe_group(policy, item);
}

static const char *difference_operator_id(const struct policy *policy,
					  size_t at)
{
	return policy_operator_at(policy, at)->id;
}

static const void *difference_find_operator(const struct policy *policy,
					    const char *id)
{
	return policy_operator(policy, id);
}

/* With its defaults, so that what is left out of a document is told, too. */
static json_t *difference_describe_operator(const struct policy *policy,
					    const void *item)
{
	const struct policy_operator *who = item;
	json_t *made = policy_describe_operator(policy, who, POLICY_AS_KEPT);

	json_put_text(made, "role", policy_role_names[who->role]);
	json_put_bool(made, "active", who->active);
	json_put_bool(made, "restricted", who->restricted);
	json_put_bool(made, "no_foreign_session", who->no_foreign_session);
	return json_put_bool(made, "single_session", who->single_session);
}

static void difference_more_of_operator(json_t *changes, const void *before,
					const void *after)
{
	const struct policy_operator *old = before, *new = after;

	difference_of_secret(changes, "password", old ? old->password : NULL,
			     new->password);
	difference_of_secret(changes, "pin", old ? old->pin : NULL, new->pin);
	difference_of_badges(changes, old, new);
}

static const struct difference_list difference_lists[] = {
	{ "tills", policy_tills, difference_till_id, difference_find_till,
	  difference_describe_till, NULL },
	{ "groups", policy_groups, difference_group_id, difference_find_group,
	  difference_describe_group, NULL },
	{ "operators", policy_operators, difference_operator_id,
	  difference_find_operator, difference_describe_operator,
	  difference_more_of_operator },
};

/* {"id", "login", "name"}, as far as the audience is concerned. */
static json_t *difference_item(const json_t *described,
			       enum policy_audience audience)
{
	json_t *item =
		json_put_text(json_make(), "id", json_text(described, "id"));

	if (audience == POLICY_FOR_JOURNAL)
		return item;
	json_put_text(item, "login", json_text(described, "login"));
	return json_put_text(item, "name", json_text(described, "name"));
}

static json_t *difference_changes(const struct difference_list *list,
				  enum policy_audience audience,
				  const json_t *was, const json_t *is,
				  const void *before, const void *after)
{
	struct difference_walk walk = { audience, json_make() };

	difference_walk(&walk, "", was, is);
	json_object_del(walk.changes, "id");
	if (list->more)
		list->more(walk.changes, before, after);
	return walk.changes;
}

/* Counted, and told up to the bound. */
struct difference_section {
	json_t *added;
	json_t *removed;
	json_t *changed;
	json_int_t more;
};

static void difference_take(struct difference_section *section, json_t *list,
			    json_t *item)
{
	if (json_array_size(list) < POLICY_DIFFERENCE_MAX) {
		json_array_append_new(list, item);
	} else {
		json_decref(item);
		section->more++;
	}
}

static void difference_of_item(const struct difference_list *list,
			       struct difference_section *section,
			       enum policy_audience audience,
			       const struct policy *old,
			       const struct policy *new, const char *id)
{
	const void *before = old ? list->find(old, id) : NULL;
	const void *after = list->find(new, id);
	CLEANUP_JSON json_t *was = before ? list->describe(old, before) : NULL;
	CLEANUP_JSON json_t *is = list->describe(new, after);
	json_t *changes =
		difference_changes(list, audience, was, is, before, after);
	json_t *item;

	if (before && !json_object_size(changes)) {
		json_decref(changes);
		return;
	}
	/* As people know it, who may not know yet what it is to be called. */
	item = json_put(difference_item(was ? was : is, audience), "changes",
			changes);
	difference_take(section, before ? section->changed : section->added,
			item);
}

static json_t *difference_of_list(const struct difference_list *list,
				  enum policy_audience audience,
				  const struct policy *old,
				  const struct policy *new)
{
	struct difference_section section = { json_array(), json_array(),
					      json_array(), 0 };
	json_t *made = json_make();

	for (size_t i = 0; i < list->count(new); i++)
		difference_of_item(list, &section, audience, old, new,
				   list->id(new, i));
	for (size_t i = 0; old && i < list->count(old); i++) {
		const char *id = list->id(old, i);
		CLEANUP_JSON json_t *was = NULL;

		if (list->find(new, id))
			continue;
		was = list->describe(old, list->find(old, id));
		difference_take(&section, section.removed,
				difference_item(was, audience));
	}
	difference_put_some(made, "added", section.added);
	difference_put_some(made, "removed", section.removed);
	difference_put_some(made, "changed", section.changed);
	if (section.more)
		json_put_int(made, "more", section.more);
	return made;
}

/* Who and what is told all the same, and the policy's hash tells the rest. */
static void difference_abridge(json_t *difference)
{
	const char *name, *list;
	json_t *section, *items, *item;
	size_t i;

	json_object_foreach (difference, name, section)
		json_object_foreach (section, list, items)
			json_array_foreach (items, i, item)
				json_object_del(item, "changes");
	json_put_bool(difference, "abridged", true);
}

json_t *policy_difference(const struct policy *before,
			  const struct policy *after,
			  enum policy_audience audience)
{
	json_t *made = json_make();
	size_t count = sizeof(difference_lists) / sizeof(difference_lists[0]);

	for (size_t i = 0; i < count; i++)
		difference_put_some(made, difference_lists[i].name,
				    difference_of_list(&difference_lists[i],
						       audience, before,
						       after));
	if (audience == POLICY_FOR_JOURNAL &&
	    json_dumpb(made, NULL, 0, JSON_COMPACT) > DIFFERENCE_BYTES_MAX)
		difference_abridge(made);
	return made;
}

bool policy_difference_is_whole(const json_t *difference)
{
	const char *name;
	json_t *section;

	json_object_foreach ((json_t *)(uintptr_t)difference, name, section)
		if (json_object_get(section, "more"))
			return false;
	return json_dumpb(difference, NULL, 0, JSON_COMPACT) <=
	       DIFFERENCE_BYTES_MAX;
}

bool policy_difference_touches(const struct policy *before,
			       const struct policy *after,
			       const char *operator_id)
{
	const struct difference_list *list = &difference_lists[2];
	const void *old = policy_operator(before, operator_id);
	const void *new = policy_operator(after, operator_id);
	CLEANUP_JSON json_t *was = NULL, *is = NULL, *changes = NULL;

	if (!old || !new)
		return old || new;
	was = list->describe(before, old);
	is = list->describe(after, new);
	changes =
		difference_changes(list, POLICY_FOR_JOURNAL, was, is, old, new);
	json_object_del(changes, "name");
	json_object_del(changes, "login");
	return json_object_size(changes) > 0;
}

/* till: as it is after; NULL: @box. */
static bool difference_gives_at(const struct policy *before,
				const struct policy_operator *old,
				const struct policy *after,
				const struct policy_operator *new,
				const struct policy_till *till)
{
	const struct policy_till *was =
		till ? policy_till(before, till->id) : NULL;
	struct rights held = { 0 }, holds = policy_held(after, new, till), more;

	if (was || !till)
		held = policy_held(before, old, was);
	more = rights_missing(&holds, &held);
	return !rights_empty(&more);
}

bool policy_difference_gives(const struct policy *before,
			     const struct policy *after,
			     const char *operator_id)
{
	const struct policy_operator *old =
		policy_operator(before, operator_id);
	const struct policy_operator *new = policy_operator(after, operator_id);

	if (!old || !new)
		return false;
	for (size_t i = 0; i < policy_tills(after); i++)
		if (difference_gives_at(before, old, after, new,
					policy_till_at(after, i)))
			return true;
	return difference_gives_at(before, old, after, new, NULL);
}
