/* SPDX-License-Identifier: Apache-2.0 */
/* An operator of the policy document, and who of them was there before. */
#include "store/password.h"
#include "store/people_place.h"
#include "util/clock.h"

#include <string.h>

/* --- groups --- */

static void people_join_group(const struct people_place *item, void *arg)
{
	const struct policy *policy = item->parser->people->policy;
	struct people_operator *person = arg;
	const char *id = people_text(item);
	const struct policy_group *group = policy_group(policy, id);

	if (!group) {
		people_refuse(item, "There is no group '%.40s'.", id);
		return;
	}
	for (size_t i = 0; i < person->groups_count; i++)
		if (person->groups[i] == group->id)
			return;
	person->groups[person->groups_count++] = group->id;
}

static void people_parse_groups(const struct people_place *list,
				struct people_operator *person)
{
	struct arena *arena = &list->parser->people->arena;
	size_t count = json_array_size(list->value);

	if (count > POLICY_MEMBER_MAX)
		count = POLICY_MEMBER_MAX;
	person->groups = arena_alloc(arena, count, sizeof(*person->groups));
	people_each(list, POLICY_MEMBER_MAX, people_join_group, person);
}

/* --- password and PIN --- */

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
		people_refuse(place, "It has to be %s.", wanted);
	secret->given = PEOPLE_GIVEN;
	secret->clear = arena_text(&place->parser->people->secrets, text);
}

/* --- badges --- */

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

static void people_claim_badge(const struct people_place *place,
			       const char *name)
{
	if (!names_add(&place->parser->people->badges, name, 0))
		people_refuse(place, "This badge is in the document before; a "
				     "badge belongs to one operator.");
}

static void people_parse_number(const struct people_place *place,
				struct people_badge *badge)
{
	const char *text = people_text(place);

	if (!people_is_badge(text)) {
		people_refuse(place, "It has to be a type, ':' and 4 to 64 "
				     "hexadecimal digits in small letters.");
		return;
	}
	badge->clear = arena_text(&place->parser->people->secrets, text);
	people_claim_badge(place, badge->clear);
}

/* Whose it is shows once all operators are there: people_match(). */
static void people_parse_handle(const struct people_place *place,
				struct people_badge *badge)
{
	badge->handle =
		arena_text(&place->parser->people->arena, people_text(place));
	people_claim_badge(place, badge->handle);
}

static void people_parse_label(const struct people_place *place,
			       struct people_badge *badge)
{
	const char *label;

	if (!place->value)
		return;
	label = people_text(place);
	people_check_line(place, label, true);
	badge->label = arena_text(&place->parser->people->arena, label);
}

static void people_parse_until(const struct people_place *place,
			       struct people_badge *badge)
{
	int64_t ms = 0;

	badge->until_given = place->value != NULL;
	if (!place->value || json_is_null(place->value))
		return;
	if (!clock_parse(people_text(place), &ms) || ms <= 0)
		people_refuse(place, "It has to be a time with its offset, as "
				     "in \"2027-01-31T18:00:00Z\", or null.");
	badge->until_ms = ms;
}

/* A number typed in the wrong place must not be repeated either. */
static void people_expect_badge(const struct people_place *item)
{
	static const char *const fields[] = { "id", "handle", "label", "active",
					      "until" };
	const char *name;
	json_t *value;
	size_t at;

	json_object_foreach ((json_t *)(uintptr_t)item->value, name, value)
		if (!people_find_name(fields, sizeof(fields) / sizeof(char *),
				      name, &at))
			people_refuse(item, "It has no other fields than id, "
					    "handle, label, active and until.");
}

static void people_parse_badge(const struct people_place *item,
			       struct people_badge *badge)
{
	struct people_place id = people_field(item, "id");
	struct people_place handle = people_field(item, "handle");
	struct people_place label = people_field(item, "label");
	struct people_place active = people_field(item, "active");
	struct people_place until = people_field(item, "until");

	people_expect_badge(item);
	if (!id.value == !handle.value)
		people_refuse(item, "It has to have either \"id\", the badge's "
				    "number, or \"handle\".");
	else if (id.value)
		people_parse_number(&id, badge);
	else
		people_parse_handle(&handle, badge);
	people_parse_label(&label, badge);
	people_parse_until(&until, badge);
	badge->active_given = active.value != NULL;
	badge->active = people_flag(&active, true);
}

static void people_add_badge(const struct people_place *item, void *arg)
{
	struct people_operator *person = arg;
	struct people_badge *badge = &person->badges[person->badges_count++];

	if (json_is_object(item->value))
		people_parse_badge(item, badge);
	else if (json_is_string(item->value))
		people_parse_number(item, badge);
	else
		people_refuse(item, "It has to be text or an object.");
}

static void people_parse_badges(const struct people_place *list,
				struct people_operator *person)
{
	struct arena *arena = &list->parser->people->arena;
	size_t count = json_array_size(list->value);

	if (!list->value)
		return;
	if (count > POLICY_BADGES_MAX)
		count = POLICY_BADGES_MAX;
	person->badges_given = PEOPLE_GIVEN;
	person->badges = arena_alloc(arena, count, sizeof(*person->badges));
	people_each(list, POLICY_BADGES_MAX, people_add_badge, person);
}

static void people_parse_proofs(const struct people_place *item,
				struct people_operator *person)
{
	struct people_place password = people_field(item, "password");
	struct people_place pin = people_field(item, "pin");
	struct people_place badges = people_field(item, "badges");
	struct people_place has_password = people_field(item, "has_password");
	struct people_place has_pin = people_field(item, "has_pin");

	people_parse_secret(&password, password_is_acceptable,
			    "8 characters or more, 256 bytes at most",
			    &person->password);
	people_parse_secret(&pin, password_is_pin, "4 to 8 digits",
			    &person->pin);
	people_parse_badges(&badges, person);
	/* Shown only, so that what was shown can be sent back. */
	people_flag(&has_password, false);
	people_flag(&has_pin, false);
}

/* --- who it is, and what binds them --- */

static void people_parse_restrictions(const struct people_place *item,
				      struct policy_operator *who)
{
	struct people_place restricted = people_field(item, "restricted");
	struct people_place foreign = people_field(item, "no_foreign_session");
	struct people_place single = people_field(item, "single_session");
	struct people_place view = people_field(item, "view_tills");
	struct people_place access = people_field(item, "access_tills");

	who->restricted = people_flag(&restricted, false);
	who->no_foreign_session = people_flag(&foreign, false);
	who->single_session = people_flag(&single, false);
	people_parse_tills(&view, &who->view_tills, NULL);
	people_parse_tills(&access, &who->access_tills, NULL);
}

static void people_parse_person(const struct people_place *item,
				struct policy_operator *who)
{
	struct arena *arena = &item->parser->people->arena;
	struct people_place role = people_field(item, "role");
	struct people_place active = people_field(item, "active");
	struct people_place id = people_field(item, "id");

	who->login = arena_text(arena, people_id(item, "login"));
	who->name = arena_text(arena, people_name(item, who->login));
	who->role = (enum role)people_word(&role, policy_role_names, ROLES,
					   ROLE_USER);
	who->active = people_flag(&active, true);
	if (id.value || item->parser->kept)
		who->id = arena_text(arena, people_id(item, "id"));
}

void people_parse_operator(const struct people_place *item, void *arg)
{
	struct people *people = item->parser->people;
	uint32_t at = (uint32_t)people->operators_count++;
	struct people_operator *person = &people->operators[at];
	struct people_place groups = people_field(item, "groups");

	(void)arg;
	PEOPLE_EXPECT(item, "id", "login", "name", "role", "active", "groups",
		      "restricted", "view_tills", "access_tills",
		      "no_foreign_session", "single_session", "password", "pin",
		      "badges", "has_password", "has_pin");
	people_parse_person(item, &person->who);
	people_parse_groups(&groups, person);
	people_parse_restrictions(item, &person->who);
	people_parse_proofs(item, person);
	if (!names_add(&people->logins, person->who.login, at))
		people_refuse(item, "There is an operator '%s' already.",
			      person->who.login);
	if (person->who.id && !names_add(&people->ids, person->who.id, at))
		people_refuse(item,
			      "There is an operator with this id already.");
}

/* --- who was there before --- */

/* By the id, which is how a login is changed, or else by the login. */
static void people_match_operator(const struct people_place *item,
				  struct people_operator *person)
{
	struct people *people = item->parser->people;
	struct people_place id = people_field(item, "id");
	uint32_t other;

	if (!people->present)
		person->before = NULL;
	else if (person->who.id)
		person->before =
			policy_operator(people->present, person->who.id);
	else
		person->before =
			policy_login(people->present, person->who.login);
	if (person->who.id && !person->before)
		people_refuse(&id, "There is no operator with this id; leave "
				   "it out for somebody new.");
	/* that login was theirs before somebody else in here renamed them */
	if (!person->who.id && person->before &&
	    names_find(&people->ids, person->before->id, &other))
		person->before = NULL;
	if (person->before)
		person->who.id = person->before->id;
}

static void people_match_badges(const struct people_place *item,
				const struct people_operator *person)
{
	const struct policy *present = item->parser->people->present;
	struct people_place badges = people_field(item, "badges");

	for (size_t i = 0; i < person->badges_count; i++) {
		const struct people_badge *badge = &person->badges[i];
		const struct policy_badge *found =
			present && badge->handle
				? policy_badge_by_handle(present, badge->handle)
				: NULL;

		if (badge->handle &&
		    (!found ||
		     policy_badge_owner(present, found) != person->before))
			people_refuse(
				&badges,
				"This operator has no badge with such a "
				"handle; leave it out, or give its \"id\".");
	}
}

void people_match(const struct people_place *operators)
{
	struct people *people = operators->parser->people;
	struct people_place item = { .parser = operators->parser,
				     .parent = operators };

	for (; item.index < people->operators_count && !people_failed(&item);
	     item.index++) {
		struct people_operator *person = &people->operators[item.index];

		item.value = json_array_get(operators->value, item.index);
		people_match_operator(&item, person);
		people_match_badges(&item, person);
	}
}
