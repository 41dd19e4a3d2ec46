/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy document. The first thing that is wrong with it ends the parsing,
 * with a sentence that says where; docs/policy-file.md describes each field.
 */
#include "store/password.h"
#include "store/people_place.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE_CURRENCY "EUR"

/* --- tills --- */

/* By name, asked of the system, or by number. -1 is nobody: (uid_t)-1. */
static bool people_number(const struct people_place *place, uint32_t *out_id)
{
	json_int_t number = json_integer_value(place->value);

	if (!json_is_integer(place->value) || number < 0 ||
	    number >= (json_int_t)UINT32_MAX)
		return false;
	*out_id = (uint32_t)number;
	return true;
}

static void people_add_user(const struct people_place *item, void *arg)
{
	struct people_till *till = arg;
	const char *name = json_string_value(item->value);
	const struct passwd *user = name ? getpwnam(name) : NULL;
	uint32_t id = 0;

	if (user)
		id = user->pw_uid;
	else if (name)
		people_refuse(item, "this system has no user '%.40s'", name);
	else if (!people_number(item, &id))
		people_refuse(item, "has to be a user's name or number");
	if (!people_failed(item))
		till->uids[till->uids_count++] = id;
}

static void people_add_system_group(const struct people_place *item, void *arg)
{
	struct people_till *till = arg;
	const char *name = json_string_value(item->value);
	const struct group *group = name ? getgrnam(name) : NULL;
	uint32_t id = 0;

	if (group)
		id = group->gr_gid;
	else if (name)
		people_refuse(item, "this system has no group '%.40s'", name);
	else if (!people_number(item, &id))
		people_refuse(item, "has to be a group's name or number");
	if (!people_failed(item))
		till->gids[till->gids_count++] = id;
}

static void people_parse_clients(const struct people_place *place,
				 struct people_till *till)
{
	struct people_place users = people_field(place, "users");
	struct people_place groups = people_field(place, "groups");

	if (!place->value)
		return;
	PEOPLE_EXPECT(place, "users", "groups");
	people_each(&users, PEOPLE_CLIENTS_MAX, people_add_user, till);
	people_each(&groups, PEOPLE_CLIENTS_MAX, people_add_system_group, till);
}

/* policy.md, section 4: a copied badge alone does not move money. */
static void people_default_badge(struct people_till *till)
{
	till->badge[PERMISSION_CARD_CANCEL] = BADGE_PIN;
	till->badge[PERMISSION_REFUND_VALIDATE] = BADGE_PIN;
	till->badge[PERMISSION_CONFIG_ACCESS] = BADGE_PIN;
}

static void people_parse_badge(const struct people_place *place,
			       struct people_till *till)
{
	const char *name;
	json_t *value;

	people_default_badge(till);
	if (!place->value)
		return;
	if (!json_is_object(place->value))
		people_refuse(place, "has to be an object");
	json_object_foreach ((json_t *)(uintptr_t)place->value, name, value) {
		struct people_place field = people_field(place, name);
		unsigned int which = PERMISSIONS;

		if (!rights_from_name(name, &which) || which >= PERMISSIONS) {
			people_refuse(place, "there is no permission '%.40s'",
				      name);
			return;
		}
		till->badge[which] =
			(uint8_t)people_word(&field, people_strengths,
					     PEOPLE_STRENGTHS,
					     "\"alone\", \"pin\" or \"piv\"");
	}
}

static char *people_parse_currency(const struct people_place *place)
{
	const char *currency =
		place->value ? people_text(place) : PEOPLE_CURRENCY;

	if (strlen(currency) != 3 ||
	    strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		people_refuse(place, "has to be three capital letters, as "
				     "in \"EUR\"");
	return alloc_text(currency);
}

static void people_parse_till(const struct people_place *item, void *arg)
{
	struct people *people = item->parser->people;
	struct people_till *till = &people->tills[people->tills_count++];
	struct people_place clients = people_field(item, "clients");
	struct people_place badge = people_field(item, "badge");
	struct people_place currency = people_field(item, "currency");
	struct people_place pin = people_field(item, "pin_sign_on");

	(void)arg;
	PEOPLE_EXPECT(item, "id", "name", "currency", "clients", "badge",
		      "pin_sign_on");
	till->id = people_id(item, "id");
	till->name = people_name(item, till->id);
	till->currency = people_parse_currency(&currency);
	till->pin_sign_on = people_flag(&pin, false);
	people_parse_clients(&clients, till);
	people_parse_badge(&badge, till);
	for (size_t i = 0; i + 1 < people->tills_count; i++)
		if (!strcmp(people->tills[i].id, till->id))
			people_refuse(item, "there is a till '%s' already",
				      till->id);
}

/* --- groups --- */

static void people_attach_till(const struct people_place *item, void *arg)
{
	const struct people *people = item->parser->people;
	struct people_group *group = arg;
	const char *id = people_text(item);

	if (!strcmp(id, POLICY_BOX)) {
		group->box = true;
		return;
	}
	for (size_t i = 0; i < people->tills_count; i++) {
		if (!strcmp(people->tills[i].id, id)) {
			group->tills[i] = true;
			return;
		}
	}
	people_refuse(item, "there is no till '%.40s'", id);
}

static void people_grant_permission(const struct people_place *item, void *arg)
{
	struct people_group *group = arg;
	const char *name = people_text(item);
	unsigned int which = PERMISSIONS;

	if (!rights_from_name(name, &which) || which >= PERMISSIONS)
		people_refuse(item, "there is no permission '%.40s'", name);
	else
		rights_add(&group->rights, which);
}

struct people_object {
	struct people_group *group;
	const char *name;
};

static bool people_find_right(const char *object, const char *right,
			      unsigned int *out_which)
{
	CLEANUP_FREE char *name = alloc_format("%s.%s", object, right);

	return rights_from_name(name, out_which) && *out_which >= PERMISSIONS;
}

static void people_grant_right(const struct people_place *item, void *arg)
{
	struct people_object *object = arg;
	unsigned int which;

	if (people_find_right(object->name, people_text(item), &which))
		rights_add(&object->group->rights, which);
	else
		people_refuse(item, "has to be \"read\", \"add\", \"modify\" "
				    "or \"delete\"");
}

static void people_parse_rights(const struct people_place *place,
				struct people_group *group)
{
	const char *name;
	json_t *value;

	if (!place->value)
		return;
	if (!json_is_object(place->value))
		people_refuse(place, "has to be an object");
	json_object_foreach ((json_t *)(uintptr_t)place->value, name, value) {
		struct people_place field = people_field(place, name);
		struct people_object object = { group, name };
		unsigned int which;

		if (!people_find_right(name, "read", &which))
			people_refuse(place, "there is no object '%.40s'",
				      name);
		people_each(&field, RIGHTS, people_grant_right, &object);
	}
}

static void people_parse_group(const struct people_place *item, void *arg)
{
	struct people *people = item->parser->people;
	struct people_group *group = &people->groups[people->groups_count++];
	struct people_place tills = people_field(item, "tills");
	struct people_place permissions = people_field(item, "permissions");
	struct people_place rights = people_field(item, "rights");

	(void)arg;
	PEOPLE_EXPECT(item, "id", "name", "tills", "permissions", "rights");
	group->id = people_id(item, "id");
	group->name = people_name(item, group->id);
	people_each(&tills, POLICY_TILLS_MAX + 1, people_attach_till, group);
	people_each(&permissions, PERMISSIONS, people_grant_permission, group);
	people_parse_rights(&rights, group);
	for (size_t i = 0; i + 1 < people->groups_count; i++)
		if (!strcmp(people->groups[i].id, group->id))
			people_refuse(item, "there is a group '%s' already",
				      group->id);
}

/* --- operators --- */

static void people_join_group(const struct people_place *item, void *arg)
{
	const struct people *people = item->parser->people;
	struct people_operator *person = arg;
	const char *id = people_text(item);

	for (size_t i = 0; i < people->groups_count; i++) {
		if (!strcmp(people->groups[i].id, id)) {
			person->groups[i] = true;
			return;
		}
	}
	people_refuse(item, "there is no group '%.40s'", id);
}

/* Nothing, null or text; whatever it is, it is never repeated. */
static void people_parse_secret(const struct people_place *place,
				bool (*is_acceptable)(const char *text),
				const char *wanted,
				struct people_secret *secret)
{
	const char *text;

	if (!place->value)
		return;
	if (json_is_null(place->value)) {
		secret->given = PEOPLE_NONE;
		return;
	}
	text = people_text(place);
	if (!is_acceptable(text))
		people_refuse(place, "has to be %s", wanted);
	secret->given = PEOPLE_GIVEN;
	secret->clear = alloc_text(text);
}

/* "em4100:0110185c5b", as readers tell it (device/driver.h). */
static bool people_is_badge(const char *text)
{
	const char *colon = strchr(text, ':');
	size_t type = colon ? (size_t)(colon - text) : 0;
	size_t digits = colon ? strlen(colon + 1) : 0;

	return type >= 1 && type <= 15 && digits >= 4 && digits <= 64 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == type &&
	       strspn(colon + 1, "0123456789abcdef") == digits;
}

static bool people_has_badge(const struct people *people, const char *badge)
{
	for (size_t i = 0; i < people->operators_count; i++) {
		const struct people_operator *person = &people->operators[i];

		for (size_t j = 0; j < person->badges_count; j++)
			if (!strcmp(person->badges[j].clear, badge))
				return true;
	}
	return false;
}

static void people_add_badge(const struct people_place *item, void *arg)
{
	struct people_operator *person = arg;
	const char *text = people_text(item);

	if (!people_is_badge(text))
		people_refuse(item, "has to be a type, ':' and 4 to 64 "
				    "hexadecimal digits in small letters");
	else if (people_has_badge(item->parser->people, text))
		people_refuse(item, "this badge is in the document before; a "
				    "badge belongs to one operator");
	else
		person->badges[person->badges_count++].clear = alloc_text(text);
}

static void people_parse_secrets(const struct people_place *item,
				 struct people_operator *person)
{
	struct people_place password = people_field(item, "password");
	struct people_place pin = people_field(item, "pin");
	struct people_place badges = people_field(item, "badges");

	people_parse_secret(&password, password_is_acceptable,
			    "8 characters or more, 256 bytes at most",
			    &person->password);
	people_parse_secret(&pin, password_is_pin, "4 to 8 digits",
			    &person->pin);
	if (badges.value)
		person->badges_given = PEOPLE_GIVEN;
	people_each(&badges, PEOPLE_BADGES_MAX, people_add_badge, person);
}

static void people_parse_operator(const struct people_place *item, void *arg)
{
	struct people *people = item->parser->people;
	struct people_operator *person =
		&people->operators[people->operators_count++];
	struct people_place role = people_field(item, "role");
	struct people_place active = people_field(item, "active");
	struct people_place groups = people_field(item, "groups");

	(void)arg;
	PEOPLE_EXPECT(item, "login", "name", "role", "active", "groups",
		      "password", "pin", "badges");
	person->login = people_id(item, "login");
	person->name = people_name(item, person->login);
	if (role.value)
		person->role =
			(enum role)people_word(&role, people_roles,
					       PEOPLE_ROLES,
					       "\"user\" or \"manager\"");
	person->active = people_flag(&active, true);
	people_each(&groups, PEOPLE_GROUPS_MAX, people_join_group, person);
	people_parse_secrets(item, person);
	for (size_t i = 0; i + 1 < people->operators_count; i++)
		if (!strcmp(people->operators[i].login, person->login))
			people_refuse(item, "there is an operator '%s' already",
				      person->login);
}

/* --- the whole --- */

static bool people_administers(const struct people *people,
			       const struct people_operator *person)
{
	if (!person->active || person->password.given != PEOPLE_GIVEN)
		return false;
	for (size_t i = 0; i < people->groups_count; i++)
		if (person->groups[i] && people->groups[i].box &&
		    rights_has(&people->groups[i].rights,
			       rights_of_permission(PERMISSION_CONFIG_ACCESS)))
			return true;
	return false;
}

/* Nobody could ever change such a policy again. */
static void people_expect_administrator(const struct people_place *place)
{
	const struct people *people = place->parser->people;

	for (size_t i = 0; i < people->operators_count; i++)
		if (people_administers(people, &people->operators[i]))
			return;
	people_refuse(place, "nobody could administer this policy: it takes an "
			     "active operator with a \"password\" in a group "
			     "that is attached to \"" POLICY_BOX
			     "\" and has the permission config.access");
}

/* Room for all of a list at once, but not for more than may be in it. */
static void *people_make_room(const struct people_place *list, size_t max,
			      size_t size)
{
	size_t count = json_array_size(list->value);

	return alloc_zero(count > max ? max : count, size);
}

static void people_parse_document(const struct people_place *root)
{
	struct people *people = root->parser->people;
	struct people_place tills = people_field(root, "tills");
	struct people_place groups = people_field(root, "groups");
	struct people_place operators = people_field(root, "operators");

	PEOPLE_EXPECT(root, "tills", "groups", "operators");
	people->tills = people_make_room(&tills, POLICY_TILLS_MAX,
					 sizeof(*people->tills));
	people->groups = people_make_room(&groups, PEOPLE_GROUPS_MAX,
					  sizeof(*people->groups));
	people->operators = people_make_room(&operators, PEOPLE_OPERATORS_MAX,
					     sizeof(*people->operators));
	people_each(&tills, POLICY_TILLS_MAX, people_parse_till, NULL);
	people_each(&groups, PEOPLE_GROUPS_MAX, people_parse_group, NULL);
	people_each(&operators, PEOPLE_OPERATORS_MAX, people_parse_operator,
		    NULL);
	people_expect_administrator(root);
}

struct people *people_parse(const json_t *document, char **out_error)
{
	struct people_parser parser = { .people = ALLOC_NEW(struct people) };
	struct people_place root = { .parser = &parser, .value = document };

	people_parse_document(&root);
	if (!parser.error)
		return parser.people;
	people_free(parser.people);
	*out_error = parser.error;
	return NULL;
}
