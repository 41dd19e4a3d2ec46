/* SPDX-License-Identifier: Apache-2.0 */
/* A till of the policy document. */
#include "store/people_place.h"
#include "util/alloc.h"
#include "util/money.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE_CURRENCY	   "EUR"
#define PEOPLE_SYSTEM_SIZE 65536 /* of an entry of passwd or group */

/* --- who may act for it --- */

struct people_clients {
	uint32_t ids[PEOPLE_CLIENTS_MAX];
	size_t count;
};

/* -1 is nobody: (uid_t)-1. */
static bool people_number(const struct people_place *place, uint32_t *out_id)
{
	json_int_t number = json_integer_value(place->value);

	if (!json_is_integer(place->value) || number < 0 ||
	    number >= (json_int_t)UINT32_MAX)
		return false;
	*out_id = (uint32_t)number;
	return true;
}

/* By name, asked of the system: on a worker, since that may ask the network. */
static bool people_find_user(const char *name, uint32_t *out_id)
{
	char *memory = alloc_zero(1, PEOPLE_SYSTEM_SIZE);
	struct passwd user, *found = NULL;

	getpwnam_r(name, &user, memory, PEOPLE_SYSTEM_SIZE, &found);
	if (found)
		*out_id = user.pw_uid;
	free(memory);
	return found != NULL;
}

static bool people_find_group(const char *name, uint32_t *out_id)
{
	char *memory = alloc_zero(1, PEOPLE_SYSTEM_SIZE);
	struct group group, *found = NULL;

	getgrnam_r(name, &group, memory, PEOPLE_SYSTEM_SIZE, &found);
	if (found)
		*out_id = group.gr_gid;
	free(memory);
	return found != NULL;
}

static void people_add_client(const struct people_place *item,
			      struct people_clients *clients, const char *what,
			      bool (*find)(const char *name, uint32_t *out_id))
{
	const char *name = json_string_value(item->value);
	uint32_t id = 0;

	if (name && !find(name, &id))
		people_refuse(item, "This system has no %s '%.40s'.", what,
			      name);
	else if (!name && !people_number(item, &id))
		people_refuse(item, "It has to be a %s's name or number.",
			      what);
	for (size_t i = 0; i < clients->count; i++)
		if (clients->ids[i] == id)
			return;
	clients->ids[clients->count++] = id;
}

static void people_add_user(const struct people_place *item, void *arg)
{
	people_add_client(item, arg, "user", people_find_user);
}

static void people_add_system_group(const struct people_place *item, void *arg)
{
	people_add_client(item, arg, "group", people_find_group);
}

static void people_parse_clients(const struct people_place *place,
				 struct people_clients *users,
				 struct people_clients *groups)
{
	struct people_place user_list = people_field(place, "users");
	struct people_place group_list = people_field(place, "groups");

	if (!place->value)
		return;
	PEOPLE_EXPECT(place, "users", "groups");
	people_each(&user_list, PEOPLE_CLIENTS_MAX, people_add_user, users);
	people_each(&group_list, PEOPLE_CLIENTS_MAX, people_add_system_group,
		    groups);
}

/* --- its options --- */

static void people_parse_strengths(const struct people_place *place,
				   struct policy_till *till)
{
	const char *name;
	json_t *value;

	for (unsigned int i = 0; i < PERMISSIONS; i++)
		till->badge[i] = (uint8_t)policy_default_strength(i);
	if (!place->value)
		return;
	if (!json_is_object(place->value))
		people_refuse(place, "It has to be an object.");
	json_object_foreach ((json_t *)(uintptr_t)place->value, name, value) {
		struct people_place field = people_field(place, name);
		unsigned int which = PERMISSIONS;

		if (!rights_from_name(name, &which) || which >= PERMISSIONS) {
			people_refuse(place, "There is no permission '%.40s'.",
				      name);
			return;
		}
		till->badge[which] =
			(uint8_t)people_word(&field, policy_strength_names,
					     BADGE_STRENGTHS, BADGE_ALONE);
	}
}

static const char *people_parse_currency(const struct people_place *place)
{
	const char *currency =
		place->value ? people_text(place) : PEOPLE_CURRENCY;

	if (strlen(currency) != 3 ||
	    strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		people_refuse(
			place,
			"It has to be three capital letters, as in \"EUR\".");
	return currency;
}

static void people_parse_limits(const struct people_place *place,
				struct policy_till *till)
{
	struct people_place minimum = people_field(place, "minimum");
	struct people_place maximum = people_field(place, "maximum");
	struct people_place negative = people_field(place, "negative");

	till->negative = people_flag(&negative, true);
	if (!place->value)
		return;
	PEOPLE_EXPECT(place, "minimum", "maximum", "negative");
	till->minimum = people_amount(&minimum, -MONEY_MAX);
	till->maximum = people_amount(&maximum, -MONEY_MAX);
	if (till->minimum.set && till->maximum.set &&
	    till->minimum.amount > till->maximum.amount)
		people_refuse(place, "The minimum is above the maximum.");
}

static void people_add_event(const struct people_place *item, void *arg)
{
	struct policy_till *till = arg;

	till->opens_on[people_word(item, policy_drawer_event_names,
				   DRAWER_EVENTS, 0)] = true;
}

static void people_parse_drawer(const struct people_place *place,
				struct policy_till *till)
{
	struct people_place opens_on = people_field(place, "opens_on");
	struct people_place deposit = people_field(place, "deposit_from");
	struct people_place withdrawal = people_field(place, "withdrawal_from");

	if (!opens_on.value) {
		till->opens_on[DRAWER_EVENT_RECEIPT_CASH] = true;
		till->opens_on[DRAWER_EVENT_REFUND_CASH] = true;
	}
	if (!place->value)
		return;
	PEOPLE_EXPECT(place, "opens_on", "deposit_from", "withdrawal_from");
	people_each(&opens_on, DRAWER_EVENTS, people_add_event, till);
	till->deposit_from = people_amount(&deposit, 0);
	till->withdrawal_from = people_amount(&withdrawal, 0);
}

static void people_parse_options(const struct people_place *item,
				 struct policy_till *till)
{
	struct people_place badge = people_field(item, "badge");
	struct people_place currency = people_field(item, "currency");
	struct people_place pin = people_field(item, "pin_sign_on");
	struct people_place document =
		people_field(item, "document_for_difference");
	struct people_place limits = people_field(item, "limits");
	struct people_place drawer = people_field(item, "drawer");
	struct people_place report =
		people_field(item, "day_end_includes_report");

	till->currency = people_parse_currency(&currency);
	till->pin_sign_on = people_flag(&pin, false);
	people_parse_strengths(&badge, till);
	till->document_for_difference = (enum difference_document)people_word(
		&document, policy_difference_names, DIFFERENCE_DOCUMENTS,
		DIFFERENCE_NONE);
	people_parse_limits(&limits, till);
	people_parse_drawer(&drawer, till);
	till->day_end_includes_report = people_flag(&report, false);
}

void people_parse_till(const struct people_place *item, void *arg)
{
	struct people_clients users = { .count = 0 }, groups = { .count = 0 };
	struct people_place clients = people_field(item, "clients");
	struct policy_till till = { 0 };

	(void)arg;
	PEOPLE_EXPECT(item, "id", "name", "currency", "clients", "badge",
		      "pin_sign_on", "document_for_difference", "limits",
		      "drawer", "day_end_includes_report");
	till.id = people_id(item, "id");
	till.name = people_name(item, till.id);
	people_parse_options(item, &till);
	people_parse_clients(&clients, &users, &groups);
	till.uids = users.ids;
	till.uids_count = users.count;
	till.gids = groups.ids;
	till.gids_count = groups.count;
	if (!people_failed(item) &&
	    !policy_add_till(item->parser->people->policy, &till))
		people_refuse(item, "There is a till '%s' already.", till.id);
}

/* --- tills as others name them --- */

struct people_till_list {
	struct policy_till_set *set;
	bool *box;
};

static void people_add_till(const struct people_place *item, void *arg)
{
	const struct people_till_list *list = arg;
	const struct policy *policy = item->parser->people->policy;
	const char *id = people_text(item);
	const struct policy_till *till = policy_till(policy, id);

	if (till)
		policy_till_set_add(list->set,
				    (size_t)(till - policy_till_at(policy, 0)));
	else if (list->box && !strcmp(id, POLICY_BOX))
		*list->box = true;
	else
		people_refuse(item, "There is no till '%.40s'.", id);
}

void people_parse_tills(const struct people_place *list,
			struct policy_till_set *out_set, bool *out_box)
{
	struct people_till_list tills = { out_set, out_box };

	people_each(list, POLICY_TILLS_MAX + (out_box != NULL), people_add_till,
		    &tills);
}
