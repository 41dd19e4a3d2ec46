/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what a document says to what it comes to: secrets hashed, badges known
 * by their keys, ids for those who are new; then the policy as it will stand,
 * and the document as it is kept. Slow: on a worker.
 */
#include "policy/describe.h"
#include "store/password.h"
#include "store/people.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

#define PEOPLE_PART_PEOPLE    64 /* in one part, on an average */
#define PEOPLE_PART_BYTES_MAX ((size_t)256 * 1024 * 1024) /* never reached */

/* --- passwords and PINs --- */

void people_hash_secret(enum secret which, const char *clear,
			const struct keys *keys, const struct random *random,
			int cost, char out_hash[POLICY_HASH_TEXT_MAX + 1])
{
	char keyed[HASH_TEXT_SIZE];

	if (which == SECRET_PASSWORD) {
		password_hash(clear, random, cost, out_hash);
		return;
	}
	/* A PIN is keyed first: its few digits alone would be found by
	 * trying. */
	keys_pin(keys, clear, keyed);
	password_hash(keyed, random, cost, out_hash);
	secret_wipe(keyed, sizeof(keyed));
}

struct people_kitchen {
	struct people *people;
	const struct keys *keys;
	const struct random *random;
	int cost;
	struct names claimed; /* handles of badges given by number: by whom */
};

/* NULL if there will be none. */
static const char *people_settle_secret(const struct people_kitchen *kitchen,
					enum secret which,
					struct people_secret *secret,
					const char *before)
{
	char hash[POLICY_HASH_TEXT_MAX + 1];

	if (secret->given == PEOPLE_AS_IT_IS)
		return before;
	if (secret->given == PEOPLE_NONE)
		return NULL;
	people_hash_secret(which, secret->clear, kitchen->keys, kitchen->random,
			   kitchen->cost, hash);
	secret_wipe(secret->clear, strlen(secret->clear));
	secret->clear = NULL;
	return arena_text(&kitchen->people->secrets, hash);
}

static void people_settle_person(const struct people_kitchen *kitchen,
				 struct people_operator *person)
{
	const struct policy_operator *before = person->before;
	char id[RANDOM_ID_SIZE];

	if (!person->who.id) {
		random_id(kitchen->random, id);
		person->who.id = arena_text(&kitchen->people->arena, id);
	}
	person->who.password =
		people_settle_secret(kitchen, SECRET_PASSWORD,
				     &person->password,
				     before ? before->password : NULL);
	person->who.pin = people_settle_secret(
		kitchen, SECRET_PIN, &person->pin, before ? before->pin : NULL);
}

/* --- badges --- */

/* A number tells whose the badge is from now on, whoever had it before. */
static void people_claim_numbers(struct people_kitchen *kitchen, uint32_t at)
{
	const struct policy *present = kitchen->people->present;
	struct people_operator *person = &kitchen->people->operators[at];

	for (size_t i = 0; i < person->badges_count; i++) {
		struct people_badge *badge = &person->badges[i];
		const struct policy_badge *known;

		if (!badge->clear)
			continue;
		keys_badge(kitchen->keys, badge->clear, badge->key);
		secret_wipe(badge->clear, strlen(badge->clear));
		badge->clear = NULL;
		known = present ? policy_badge_by_key(present, badge->key)
				: NULL;
		if (known)
			names_add(&kitchen->claimed, known->handle, at);
	}
}

/* What is not said of one that this operator had before stays as it was. */
static struct policy_badge people_merge_badge(const struct people_badge *badge,
					      const struct policy_badge *known)
{
	struct policy_badge made = { .label = "", .active = true };

	if (known)
		made = *known;
	else
		memcpy(made.key, badge->key, HASH_SIZE);
	if (badge->label)
		made.label = badge->label;
	if (badge->active_given)
		made.active = badge->active;
	if (badge->until_given)
		made.until_ms = badge->until_ms;
	return made;
}

static const struct policy_badge *
people_known_badge(const struct people *people,
		   const struct people_operator *person,
		   const struct people_badge *badge)
{
	const struct policy_badge *known;

	if (!people->present)
		return NULL;
	known = badge->handle
			? policy_badge_by_handle(people->present, badge->handle)
			: policy_badge_by_key(people->present, badge->key);
	return known && policy_badge_owner(people->present, known) ==
				       person->before
		       ? known
		       : NULL;
}

static bool people_give_badge(const struct people_kitchen *kitchen,
			      const struct people_operator *person,
			      const struct people_badge *badge)
{
	const struct policy_badge *known =
		people_known_badge(kitchen->people, person, badge);
	struct policy_badge made = people_merge_badge(badge, known);
	char handle[POLICY_HANDLE_SIZE];
	uint32_t by;

	/* by its handle here, and by its number there, or twice here */
	if (badge->handle && names_find(&kitchen->claimed, badge->handle, &by))
		return true;
	if (!known) {
		policy_make_handle(kitchen->random, handle);
		made.handle = handle;
	}
	return policy_add_badge(kitchen->people->policy, &made, person->who.id);
}

/* As they were, but for those that somebody else has now. */
static bool people_leave_badges(const struct people_kitchen *kitchen,
				const struct people_operator *person)
{
	bool added = true;
	uint32_t by;

	for (size_t i = 0; person->before && i < person->before->badges_count;
	     i++) {
		const struct policy_badge *badge = &person->before->badges[i];

		if (!names_find(&kitchen->claimed, badge->handle, &by))
			added &= policy_add_badge(kitchen->people->policy,
						  badge, person->who.id);
	}
	return added;
}

static bool people_settle_badges(const struct people_kitchen *kitchen,
				 const struct people_operator *person)
{
	bool added = true;

	if (person->badges_given == PEOPLE_AS_IT_IS)
		return people_leave_badges(kitchen, person);
	for (size_t i = 0; i < person->badges_count; i++)
		added &= people_give_badge(kitchen, person, &person->badges[i]);
	return added;
}

static bool people_badges_differ(const struct policy_operator *before,
				 const struct policy_operator *now)
{
	if (!before || before->badges_count != now->badges_count)
		return !before ? now->badges_count > 0 : true;
	for (size_t i = 0; i < now->badges_count; i++) {
		const struct policy_badge *was = &before->badges[i];
		const struct policy_badge *is = &now->badges[i];

		if (strcmp(was->handle, is->handle) != 0 ||
		    strcmp(was->label, is->label) != 0 ||
		    was->active != is->active || was->until_ms != is->until_ms)
			return true;
	}
	return false;
}

/* --- the whole --- */

bool people_fill(struct people *people)
{
	bool added = true;

	for (size_t i = 0; i < people->operators_count; i++) {
		const struct people_operator *person = &people->operators[i];

		added &= policy_add_operator(people->policy, &person->who,
					     person->groups,
					     person->groups_count);
	}
	return added;
}

static void people_settle(struct people_kitchen *kitchen)
{
	struct people *people = kitchen->people;
	bool added;

	for (size_t i = 0; i < people->operators_count; i++) {
		people_settle_person(kitchen, &people->operators[i]);
		people_claim_numbers(kitchen, (uint32_t)i);
	}
	added = people_fill(people);
	for (size_t i = 0; i < people->operators_count; i++)
		added &= people_settle_badges(kitchen, &people->operators[i]);
	if (!added)
		abort(); /* random ids or handles that are there already */
	policy_seal(people->policy);
	for (size_t i = 0; i < people->operators_count; i++) {
		struct people_operator *person = &people->operators[i];

		person->badges_changed = people_badges_differ(
			person->before, policy_operator_at(people->policy, i));
	}
}

static void people_list_gone(struct people *people)
{
	const struct policy *present = people->present;
	size_t count = present ? policy_operators(present) : 0;

	people->gone =
		arena_alloc(&people->arena, count, sizeof(*people->gone));
	for (size_t i = 0; i < count; i++) {
		const char *id = policy_operator_at(present, i)->id;

		if (!policy_operator(people->policy, id))
			people->gone[people->gone_count++] =
				arena_text(&people->arena, id);
	}
}

/* --- the document as it is kept --- */

struct people_press {
	struct people *people;
	struct buf text; /* of the part at hand */
};

static void people_press_json(struct people_press *press, const json_t *value)
{
	CLEANUP_FREE char *line = json_line(value);

	buf_add_text(&press->text, line);
}

static void people_end_part(struct people_press *press)
{
	struct people_document *document = &press->people->document;
	const char *text =
		arena_text(&press->people->arena, buf_text(&press->text));

	people_part_set(&document->parts[document->parts_count++], text);
	buf_reset(&press->text);
}

/*
 * Where a part begins depends on who is there and not on how many came before,
 * so that one who comes or goes changes one part.
 */
static bool people_begins_part(const json_t *person)
{
	uint8_t hash[HASH_SIZE];
	const char *id = json_text(person, "id");

	hash_sha256(id, strlen(id), hash);
	return hash[0] % PEOPLE_PART_PEOPLE == 0;
}

/* All of it together is json_line() of the document. */
static void people_render(struct people *people)
{
	struct people_press press = { people, BUF_INIT(PEOPLE_PART_BYTES_MAX) };
	json_t *document = policy_describe(people->policy, POLICY_AS_KEPT);
	const json_t *operators = json_object_get(document, "operators");
	json_t *person;
	size_t i;

	people->document.parts =
		arena_alloc(&people->arena, people->operators_count + 2,
			    sizeof(*people->document.parts));
	buf_add_text(&press.text, "{\"groups\":");
	people_press_json(&press, json_object_get(document, "groups"));
	buf_add_text(&press.text, ",\"operators\":[");
	json_array_foreach (operators, i, person) {
		if (people_begins_part(person))
			people_end_part(&press);
		buf_add_text(&press.text, i ? "," : "");
		people_press_json(&press, person);
	}
	people_end_part(&press);
	buf_add_text(&press.text, "],\"tills\":");
	people_press_json(&press, json_object_get(document, "tills"));
	buf_add_text(&press.text, "}");
	people_end_part(&press);
	people_document_hash(&people->document);
	policy_set_hash(people->policy, people->document.hash);
	buf_free(&press.text);
	json_decref(document);
}

void people_prepare(struct people *people, const struct keys *keys,
		    const struct random *random, int cost)
{
	struct people_kitchen kitchen = { people, keys, random, cost, { 0 } };

	people_settle(&kitchen);
	names_free(&kitchen.claimed);
	people_list_gone(people);
	people_render(people);
	people->prepared = true;
}

struct policy *people_policy(struct people *people)
{
	return people->prepared ? people->policy : NULL;
}
