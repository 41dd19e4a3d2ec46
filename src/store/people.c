/* SPDX-License-Identifier: Apache-2.0 */
#include "store/people.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

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

struct people *people_new(const struct policy *present, int64_t version)
{
	struct people *people = ALLOC_NEW(struct people);

	people->secrets.secret = true;
	people->present = present;
	people->policy = policy_new(version);
	return people;
}

struct people *people_free(struct people *people)
{
	if (!people)
		return NULL;
	policy_unref(people->policy);
	names_free(&people->logins);
	names_free(&people->ids);
	names_free(&people->badges);
	arena_free(&people->arena);
	arena_free(&people->secrets);
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
	/* not even JSON: what was given is no UTF-8 */
	struct people *people =
		document ? people_parse(document, NULL, &error) : NULL;

	people_wipe_text(secret);
	json_decref(secret);
	return people;
}
