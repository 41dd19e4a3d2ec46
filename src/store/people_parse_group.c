/* SPDX-License-Identifier: Apache-2.0 */
/* An operator group of the policy document. */
#include "store/people_place.h"

#include <stdio.h>

static void people_grant_permission(const struct people_place *item, void *arg)
{
	struct policy_group *group = arg;
	const char *name = people_text(item);
	unsigned int which = PERMISSIONS;

	if (!rights_from_name(name, &which) || which >= PERMISSIONS)
		people_refuse(item, "There is no permission '%.40s'.", name);
	else
		rights_add(&group->granted, which);
}

struct people_object {
	struct policy_group *group;
	const char *name;
};

static bool people_find_right(const char *object, const char *right,
			      unsigned int *out_which)
{
	char name[64];

	snprintf(name, sizeof(name), "%.40s.%.10s", object, right);
	return rights_from_name(name, out_which) && *out_which >= PERMISSIONS;
}

static void people_grant_right(const struct people_place *item, void *arg)
{
	struct people_object *object = arg;
	unsigned int which;

	if (people_find_right(object->name, people_text(item), &which))
		rights_add(&object->group->granted, which);
	else
		people_refuse(item, "It has to be \"read\", \"add\", "
				    "\"modify\" or \"delete\".");
}

static void people_parse_rights(const struct people_place *place,
				struct policy_group *group)
{
	const char *name;
	json_t *value;

	if (!place->value)
		return;
	if (!json_is_object(place->value))
		people_refuse(place, "It has to be an object.");
	json_object_foreach ((json_t *)(uintptr_t)place->value, name, value) {
		struct people_place field = people_field(place, name);
		struct people_object object = { group, name };
		unsigned int which;

		if (!people_find_right(name, "read", &which))
			people_refuse(place, "There is no object '%.40s'.",
				      name);
		people_each(&field, RIGHTS, people_grant_right, &object);
	}
}

void people_parse_group(const struct people_place *item, void *arg)
{
	struct people_place tills = people_field(item, "tills");
	struct people_place permissions = people_field(item, "permissions");
	struct people_place rights = people_field(item, "rights");
	struct policy_group group = { 0 };

	(void)arg;
	PEOPLE_EXPECT(item, "id", "name", "tills", "permissions", "rights");
	group.id = people_id(item, "id");
	group.name = people_name(item, group.id);
	people_parse_tills(&tills, &group.tills, &group.box);
	people_each(&permissions, PERMISSIONS, people_grant_permission, &group);
	people_parse_rights(&rights, &group);
	if (!people_failed(item) &&
	    !policy_add_group(item->parser->people->policy, &group, NULL, 0))
		people_refuse(item, "There is a group '%s' already.", group.id);
}
