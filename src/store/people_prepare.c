/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what a document says to what it comes to: secrets hashed, badges known
 * by their keys, ids for those who are new; then the policy as it will stand,
 * and the document as it is kept. Slow: on a worker.
 */
#include "policy/describe.h"
#include "store/password.h"
#include "store/people.h"
#include "store/people_secrets.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

#define PEOPLE_PART_ITEMS     64 /* people, in one part on an average */
#define PEOPLE_PART_BYTES_MAX ((size_t)256 * 1024 * 1024) /* never reached */

/* --- passwords and PINs --- */

/* What is stored of it; clear has been found acceptable. */
static void people_hash_secret(enum secret which, const char *clear,
			       const struct keys *keys,
			       const struct random *random, int cost,
			       char out_hash[POLICY_HASH_TEXT_MAX + 1])
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
}

/* --- as it is kept, in parts --- */

struct people_press {
	struct arena *arena;
	struct people_list *list; /* with room for whatever may come */
	struct buf text;	  /* of the part at hand */
};

static struct people_press people_new_press(struct people *people,
					    struct arena *arena,
					    struct people_list *list)
{
	size_t most = policy_tills(people->policy) +
		      policy_groups(people->policy) +
		      policy_operators(people->policy) + 1;

	list->parts = arena_alloc(&people->arena, most, sizeof(*list->parts));
	return (struct people_press){ arena, list,
				      BUF_INIT(PEOPLE_PART_BYTES_MAX) };
}

static void people_end_part(struct people_press *press)
{
	const char *text;

	if (!press->text.len)
		return;
	text = arena_text(press->arena, buf_text(&press->text));
	people_part_set(&press->list->parts[press->list->count++], text);
	buf_reset(&press->text);
}

/*
 * Where a part begins depends on what is there and not on how much came before,
 * so that one who comes or goes changes one part.
 */
static void people_begin_item(struct people_press *press, const char *id)
{
	uint8_t hash[HASH_SIZE];

	hash_sha256(id, strlen(id), hash);
	if (hash[0] % PEOPLE_PART_ITEMS == 0)
		people_end_part(press);
}

static void people_press_list(struct people_press *press,
			      const json_t *document, const char *name)
{
	const json_t *list = json_object_get(document, name), *item;
	size_t i;

	buf_add_format(&press->text, "\"%s\":[", name);
	json_array_foreach (list, i, item) {
		CLEANUP_FREE char *line = json_line(item);

		people_begin_item(press, json_text(item, "id"));
		buf_add_text(&press->text, i ? "," : "");
		buf_add_text(&press->text, line);
	}
	buf_add_text(&press->text, "]");
}

/* All of it together is json_line() of the document. */
static void people_render_document(struct people *people)
{
	struct people_press press = people_new_press(people, &people->arena,
						     &people->kept.document);
	CLEANUP_JSON json_t *document =
		policy_describe(people->policy, POLICY_AS_KEPT);

	buf_add_text(&press.text, "{");
	people_press_list(&press, document, "groups");
	buf_add_text(&press.text, ",");
	people_press_list(&press, document, "operators");
	buf_add_text(&press.text, ",");
	people_press_list(&press, document, "tills");
	buf_add_text(&press.text, "}");
	people_end_part(&press);
	buf_free(&press.text);
	people_hash_document(&people->kept);
	policy_set_hash(people->policy, people->kept.hash);
}

static void people_render_secrets(struct people *people)
{
	struct people_press press = people_new_press(people, &people->secrets,
						     &people->kept.secrets);

	for (size_t i = 0; i < policy_operators(people->policy); i++) {
		const struct policy_operator *who =
			policy_operator_at(people->policy, i);

		people_begin_item(&press, who->id);
		people_add_secret(&press.text, who->id, who->password,
				  who->pin);
		for (size_t j = 0; j < who->badges_count; j++)
			people_add_badge(&press.text, &who->badges[j]);
	}
	people_end_part(&press);
	buf_free(&press.text);
}

void people_prepare(struct people *people, const struct keys *keys,
		    const struct random *random, int cost)
{
	struct people_kitchen kitchen = { people, keys, random, cost, { 0 } };

	people_settle(&kitchen);
	names_free(&kitchen.claimed);
	people_render_document(people);
	people_render_secrets(people);
	people->prepared = true;
}

struct policy *people_take_policy(struct people *people)
{
	struct policy *policy = people->policy;

	people->policy = NULL;
	return policy;
}

struct policy *people_policy(struct people *people)
{
	return people->prepared ? people->policy : NULL;
}
