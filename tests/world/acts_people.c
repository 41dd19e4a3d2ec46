/* SPDX-License-Identifier: Apache-2.0 */
/* Signing on and off, asking and answering for consent. */
#include "acts.h"

#include "util/text.h"

#include <stdio.h>
#include <string.h>

/* Consents live for a minute. */
#define ACT_QUESTION_MS 60000

static const struct person *act_person(struct chance *chance)
{
	return &people_table[chance_below(chance, PEOPLE)];
}

/* One who has some business there, mostly. */
static const struct person *act_person_at(struct chance *chance,
					  const char *till)
{
	const struct person *person = act_person(chance);

	if (!person->may[!strcmp(till, "2")] && chance_hits(chance, 90))
		return act_person_at(chance, till);
	return person;
}

static const struct person *act_supervisor(struct chance *chance)
{
	static const char *const logins[] = { "maria", "maria", "maria",
					      "piotr", "lena",	"anna" };

	return person_find(logins[chance_below(chance, 6)]);
}

/* At a till where the uid may, mostly. */
static struct actor act_stranger(struct chance *chance)
{
	static const struct actor places[] = {
		{ 1000, "", "1", NULL }, { 1000, "", "1", NULL },
		{ 1001, "", "1", NULL }, { 1000, "", "2", NULL },
		{ 1002, "", "2", NULL }, { 1003, "", "1", NULL },
		{ 1002, "", "1", NULL },
	};
	uint32_t good = chance_hits(chance, 92) ? 5 : 7;

	return places[chance_below(chance, good)];
}

void act_sign_on(struct world *world, struct chance *chance)
{
	struct actor actor = act_stranger(chance);
	const struct person *person = act_person_at(chance, actor.till);
	const char *password = person->password;

	actor.login = person->login;
	if (chance_hits(chance, 4))
		password = "not-this-one";
	if (person->pin && !strcmp(actor.till, "1") && chance_hits(chance, 30))
		act_send(world, chance, &actor, "POST", "/v1/sign-ons", NULL,
			 "{'till':'%s','login':'%s','pin':'%s'}", actor.till,
			 person->login, person->pin);
	else
		act_send(world, chance, &actor, "POST", "/v1/sign-ons", NULL,
			 "{'till':'%s','login':'%s','password':'%s'}",
			 actor.till, person->login, password);
}

void act_sign_on_by_badge(struct world *world, struct chance *chance)
{
	const struct actor actor = { 1000, "", "1", NULL };

	act_send(world, chance, &actor, "POST", "/v1/sign-ons", NULL,
		 "{'till':'1','badge':true}");
}

void act_sign_off(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_send(world, chance, &actor, "DELETE", "/v1/sign-ons/current", NULL,
		 NULL);
}

/* --- consent --- */

/* One that is still alive, mostly. */
static struct question *act_question(struct world *world, struct chance *chance)
{
	struct memory *memory = &world->memory;
	uint32_t count = (uint32_t)memory->questions_count, fresh = 0;
	int64_t since = world->loom.now - ACT_QUESTION_MS;

	while (fresh < count &&
	       memory->questions[count - 1 - fresh].ask->asked_at > since)
		fresh++;
	if (fresh)
		return &memory->questions[count - 1 -
					  chance_below(chance, fresh)];
	if (!count || chance_hits(chance, 80))
		return NULL;
	return &memory->questions[chance_below(chance, count)];
}

static struct actor act_actor_of(const struct question *question)
{
	return (struct actor){ .uid = question->ask->uid,
			       .login = question->login,
			       .till = question->till,
			       .token = question->ask->token };
}

/* What a supervisor has really said is written down before they say it. */
static void act_note_consent(struct world *world, const char *authorization,
			     const char *login)
{
	struct memory *memory = &world->memory;
	struct consent *note;

	if (memory->consents_count ==
	    sizeof(memory->consents) / sizeof(memory->consents[0]))
		return;
	note = &memory->consents[memory->consents_count++];
	text_copy(note->authorization, sizeof(note->authorization),
		  authorization);
	text_copy(note->login, sizeof(note->login), login);
	note->at = world->loom.now;
}

static void act_answer(struct world *world, struct chance *chance,
		       const char *word)
{
	struct question *question = act_question(world, chance);
	const struct person *person = act_supervisor(chance);
	bool wrong = chance_hits(chance, 5);
	struct actor actor;
	char path[128];

	if (!question)
		return;
	actor = act_actor_of(question);
	snprintf(path, sizeof(path), "/v1/authorizations/%s/%s", question->id,
		 word);
	if (!wrong && !strcmp(word, "approve"))
		act_note_consent(world, question->id, person->login);
	act_send(world, chance, &actor, "POST", path, NULL,
		 "{'login':'%s','password':'%s'}", person->login,
		 wrong ? "not-this-one" : person->password);
}

void act_approve(struct world *world, struct chance *chance)
{
	act_answer(world, chance, "approve");
}

/* Whoever was refused asks again, maybe allowed by now. */
void act_retry(struct world *world, struct chance *chance)
{
	const struct question *question = act_question(world, chance);

	if (question)
		ask_again(world, question->ask);
}

void act_deny(struct world *world, struct chance *chance)
{
	act_answer(world, chance, "deny");
}

void act_arm(struct world *world, struct chance *chance)
{
	struct question *question = act_question(world, chance);
	struct actor actor;
	char path[128];

	if (!question)
		return;
	actor = act_actor_of(question);
	question->armed = true;
	snprintf(path, sizeof(path), "/v1/authorizations/%s/arm", question->id);
	act_send(world, chance, &actor, "POST", path, NULL, "{}");
}

void act_give_pin(struct world *world, struct chance *chance)
{
	struct question *question = act_question(world, chance);
	const struct person *person = act_supervisor(chance);
	struct actor actor;
	char path[128];

	if (!question || !person->pin)
		return;
	actor = act_actor_of(question);
	snprintf(path, sizeof(path), "/v1/authorizations/%s/pin", question->id);
	act_send(world, chance, &actor, "POST", path, NULL, "{'pin':'%s'}",
		 person->pin);
}

/* Somebody's badge at the reader: for whatever is armed there. */
void act_swipe(struct world *world, struct chance *chance)
{
	const struct person *person = act_supervisor(chance);
	struct plant_line *reader = plant_find(&world->plant, "reader1");
	char command[64];

	if (!person->badge)
		return;
	act_note_consent(world, "", person->login);
	world_tell(world, "%s swipes", person->login);
	snprintf(command, sizeof(command), "badge %s hold 300", person->badge);
	plant_command(reader, command);
}

void act_withdraw(struct world *world, struct chance *chance)
{
	struct question *question = act_question(world, chance);
	struct actor actor;
	char path[128];

	if (!question)
		return;
	actor = act_actor_of(question);
	snprintf(path, sizeof(path), "/v1/authorizations/%s", question->id);
	act_send(world, chance, &actor, "DELETE", path, NULL, NULL);
}

void act_list_questions(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_send(world, chance, &actor, "GET", "/v1/authorizations", NULL,
		 NULL);
}

/* --- in advance --- */

/* For whoever is signed on at the till, mostly. */
void act_give_token(struct world *world, struct chance *chance)
{
	static const char *const actions[] = { "drawer.open", "report.z",
					       "report.periodic", "report.x",
					       "drawer.open" };
	const struct memory *memory = &world->memory;
	struct actor actor = act_choose(world, chance);
	const struct person *giver = person_find(actor.login);
	const char *requester = act_person(chance)->login;

	if (!giver)
		return;
	for (size_t i = 0; i < memory->signed_on_count; i++)
		if (!strcmp(memory->signed_on[i].till, actor.till) &&
		    strcmp(memory->signed_on[i].login, actor.login) != 0)
			requester = memory->signed_on[i].login;
	act_send(world, chance, &actor, "POST", "/v1/authorizations", NULL,
		 "{'requester':'%s','till':'%s','action':'%s',"
		 "'password':'%s'}",
		 requester, actor.till, actions[chance_below(chance, 5)],
		 giver->password);
}

static const struct signed_on *act_signed_on(const struct memory *memory,
					     const struct given *given)
{
	for (size_t i = 0; i < memory->signed_on_count; i++)
		if (!strcmp(memory->signed_on[i].till, given->till) &&
		    !strcmp(memory->signed_on[i].login, given->requester))
			return &memory->signed_on[i];
	return NULL;
}

/* By whom it is for, for what it is for. */
void act_use_given(struct world *world, struct chance *chance)
{
	const struct memory *memory = &world->memory;
	const struct signed_on *who;
	const struct given *given;
	char path[64];
	bool drawer;

	if (!memory->given_count)
		return;
	given = &memory->given[memory->given_count - 1 -
			       chance_below(chance, 3) % memory->given_count];
	who = act_signed_on(memory, given);
	if (!who)
		return;
	drawer = !strcmp(given->action, "drawer.open");
	snprintf(path, sizeof(path), "/v1/tills/%s/%s", given->till,
		 drawer ? "drawer/open" : "reports");
	ask_make(world,
		 &(struct ask_call){
			 .uid = who->uid,
			 .method = "POST",
			 .path = path,
			 .body = drawer ? "{'reason':'change'}"
				 : !strcmp(given->action, "report.z")
					 ? "{'kind':'z'}"
				 : !strcmp(given->action, "report.x")
					 ? "{'kind':'x'}"
					 : "{'kind':'periodic',"
					   "'from_number':1,'to_number':1}",
			 .key = act_key(world),
			 .token = who->token,
			 .consent = given->token,
			 .login = who->login,
			 .till = who->till,
			 .wait = -1 });
}

void act_revoke_token(struct world *world, struct chance *chance)
{
	struct memory *memory = &world->memory;
	struct actor actor = act_choose(world, chance);
	char path[128];

	if (!memory->given_count)
		return;
	snprintf(path, sizeof(path), "/v1/tokens/%s",
		 memory->given[chance_below(chance,
					    (uint32_t)memory->given_count)]
			 .id);
	act_send(world, chance, &actor, "DELETE", path, NULL, NULL);
}

/* --- badge, and PIN where it takes one --- */

static void act_swipe_marias(struct world *world, struct chance *chance)
{
	(void)chance;
	act_note_consent(world, "", "maria");
	world_tell(world, "maria swipes");
	plant_command(plant_find(&world->plant, "reader1"),
		      "badge 0110185C5B hold 300");
}

static void act_give_marias_pin(struct world *world, struct chance *chance)
{
	const struct question *question = act_question(world, chance);
	struct actor actor;
	char path[128];

	if (!question)
		return;
	actor = act_actor_of(question);
	snprintf(path, sizeof(path), "/v1/authorizations/%s/pin", question->id);
	act_send(world, chance, &actor, "POST", path, NULL, "{'pin':'%s'}",
		 person_find("maria")->pin);
}

/* The reader is armed, a PIN may be given, somebody swipes. */
void act_ceremony(struct world *world, struct chance *chance)
{
	chain_begin(world,
		    &(struct chain){ .steps = { act_arm, act_give_marias_pin,
						act_swipe_marias,
						act_swipe_marias, act_retry },
				     .count = 5,
				     .pause = 700,
				     .chance = { chance_next(chance) } });
}

/* Of another one's name, most of the time: has to be refused. */
void act_change_pin(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_send(world, chance, &actor, "PUT", "/v1/operators/hugo/pin", NULL,
		 "{'pin':'%s'}", person_find("maria")->pin);
}

/* Somebody leaves, or is back. */
void act_change_operator(struct world *world, struct chance *chance)
{
	static const char *const logins[] = { "carl", "piotr", "lena" };
	const struct person *person =
		person_find(logins[chance_below(chance, 3)]);
	struct actor actor = act_choose(world, chance);
	char path[64], body[128];

	snprintf(path, sizeof(path), "/v1/operators/%s", person->login);
	snprintf(body, sizeof(body), "%s%s}", person->entry,
		 chance_hits(chance, 35) ? "false" : "true");
	act_send(world, chance, &actor, "PUT", path, act_key(world), "%s",
		 body);
}
