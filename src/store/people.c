/* SPDX-License-Identifier: Apache-2.0 */
#include "store/people.h"

#include "store/password.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

const char *const people_strengths[PEOPLE_STRENGTHS] = {
	[BADGE_ALONE] = "alone",
	[BADGE_PIN] = "pin",
	[BADGE_PIV] = "piv",
};

const char *const people_roles[PEOPLE_ROLES] = {
	[ROLE_USER] = "user",
	[ROLE_MANAGER] = "manager",
};

bool people_find_name(const char *const *names, size_t count, const char *name,
		      size_t *out_at)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*out_at = i;
		return true;
	}
	return false;
}

static void people_free_operator(struct people_operator *person)
{
	free(person->login);
	free(person->name);
	secret_free(person->password.clear);
	secret_free(person->password.hash);
	secret_free(person->pin.clear);
	secret_free(person->pin.hash);
	for (size_t i = 0; i < person->badges_count; i++)
		secret_free(person->badges[i].clear);
}

struct people *people_free(struct people *people)
{
	if (!people)
		return NULL;
	for (size_t i = 0; i < people->tills_count; i++) {
		free(people->tills[i].id);
		free(people->tills[i].name);
		free(people->tills[i].currency);
	}
	for (size_t i = 0; i < people->groups_count; i++) {
		free(people->groups[i].id);
		free(people->groups[i].name);
	}
	for (size_t i = 0; i < people->operators_count; i++)
		people_free_operator(&people->operators[i]);
	free(people->tills);
	free(people->groups);
	free(people->operators);
	free(people);
	return NULL;
}

/* --- the first manager --- */

static json_t *people_every_right(enum object object)
{
	json_t *names = json_array();

	for (enum right right = RIGHT_READ; right < RIGHTS; right++) {
		const char *name = rights_name(rights_of_object(object, right));

		json_array_append_new(names,
				      json_string(strrchr(name, '.') + 1));
	}
	return names;
}

static json_t *people_every_object(void)
{
	json_t *rights = json_make();

	for (enum object object = OBJECT_RECEIPT; object < OBJECTS; object++) {
		const char *name =
			rights_name(rights_of_object(object, RIGHT_READ));
		size_t len = (size_t)(strrchr(name, '.') - name);
		CLEANUP_FREE char *id = alloc_text_part(name, len);

		json_put(rights, id, people_every_right(object));
	}
	return rights;
}

static json_t *people_every_permission(void)
{
	json_t *names = json_array();

	for (unsigned int i = 0; i < PERMISSIONS; i++)
		json_array_append_new(names, json_string(rights_name(i)));
	return names;
}

static json_t *people_first_till(gid_t clients)
{
	return json_pack("{s:s, s:s, s:{s:[I]}}", "id", "1", "name", "Till 1",
			 "clients", "groups", (json_int_t)clients);
}

static json_t *people_first_group(void)
{
	return json_pack("{s:s, s:s, s:[s, s], s:o, s:o}", "id", "managers",
			 "name", "Managers", "tills", "1", POLICY_BOX,
			 "permissions", people_every_permission(), "rights",
			 people_every_object());
}

/* Our copy of the password must not stay behind in freed memory. */
static void people_wipe_text(json_t *text)
{
	if (text)
		secret_wipe((char *)(uintptr_t)json_string_value(text),
			    json_string_length(text));
}

struct people *people_first_manager(const char *login, const char *name,
				    const char *password, gid_t clients)
{
	json_t *secret = json_string(password);
	CLEANUP_JSON json_t *document =
		json_pack("{s:[o], s:[o], s:[{s:s, s:s*, s:s, s:[s], s:O}]}",
			  "tills", people_first_till(clients), "groups",
			  people_first_group(), "operators", "login", login,
			  "name", name, "role", "manager", "groups", "managers",
			  "password", secret);
	CLEANUP_FREE char *error = NULL;
	struct people *people =
		document ? people_parse(document, &error) : NULL; /* no UTF-8 */

	people_wipe_text(secret);
	json_decref(secret);
	return people;
}

/* --- hashing, on a worker --- */

static void people_hash(struct people_secret *secret,
			const struct random *random, int cost)
{
	if (!secret->clear)
		return;
	secret->hash = alloc_zero(1, POLICY_HASH_TEXT_MAX + 1);
	password_hash(secret->clear, random, cost, secret->hash);
	secret->clear = secret_free(secret->clear);
}

/* A PIN is keyed first: its few digits alone would be found by trying. */
static void people_key_pin(struct people_secret *pin, const struct keys *keys)
{
	char keyed[HASH_TEXT_SIZE];

	if (!pin->clear)
		return;
	keys_pin(keys, pin->clear, keyed);
	secret_free(pin->clear);
	pin->clear = alloc_text(keyed);
	secret_wipe(keyed, sizeof(keyed));
}

void people_prepare(struct people *people, const struct keys *keys,
		    const struct random *random, int cost)
{
	for (size_t i = 0; i < people->operators_count; i++) {
		struct people_operator *person = &people->operators[i];

		random_id(random, person->id);
		people_hash(&person->password, random, cost);
		people_key_pin(&person->pin, keys);
		people_hash(&person->pin, random, cost);
		for (size_t j = 0; j < person->badges_count; j++) {
			struct people_badge *badge = &person->badges[j];

			keys_badge(keys, badge->clear, badge->key);
			badge->clear = secret_free(badge->clear);
		}
	}
	people->prepared = true;
}
