/* SPDX-License-Identifier: Apache-2.0 */
#include "acts.h"

#include "util/alloc.h"
#include "util/cleanup.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const act_tills[] = { "1", "1", "1", "2", "9" };

/* Whoever is signed on there, mostly. */
static const struct signed_on *act_find(const struct memory *memory,
					struct chance *chance, const char *till)
{
	const struct signed_on *found = NULL;
	uint32_t seen = 0;

	for (size_t i = 0; i < memory->signed_on_count; i++) {
		const struct signed_on *note = &memory->signed_on[i];

		if (till && strcmp(note->till, till) != 0)
			continue;
		if (!chance_below(chance, ++seen))
			found = note;
	}
	return found;
}

struct actor act_as(const struct signed_on *who)
{
	return (struct actor){ .uid = who->uid,
			       .login = who->login,
			       .till = who->till,
			       .token = who->token };
}

struct actor act_choose_at(struct world *world, struct chance *chance,
			   const char *till)
{
	const struct memory *memory = &world->memory;
	struct actor actor = { .login = "" };
	const struct signed_on *note = act_find(memory, chance, till);

	if (world->chained && *world->chain.who.login)
		return act_as(&world->chain.who);
	actor.uid = people_uids[chance_below(chance, PEOPLE_UIDS)];
	actor.till = act_tills[chance_below(chance, 5)];
	if (!note || chance_hits(chance, 3))
		return actor;
	actor.login = note->login;
	actor.token = note->token;
	actor.uid = chance_hits(chance, 98) ? note->uid : actor.uid;
	actor.till = chance_hits(chance, 98) ? note->till : actor.till;
	return actor;
}

struct actor act_choose(struct world *world, struct chance *chance)
{
	return act_choose_at(world, chance, NULL);
}

void act_path(char out[ACT_PATH], const struct actor *actor, const char *what)
{
	snprintf(out, ACT_PATH, "/v1/tills/%s/%s", actor->till, what);
}

const struct known_operation *
act_known(const struct world *world, struct chance *chance, const char *action)
{
	const struct memory *memory = &world->memory;
	const struct known_operation *found = NULL;
	uint32_t seen = 0;

	for (size_t i = 0; i < memory->operations_count; i++) {
		const struct known_operation *at = &memory->operations[i];

		if (action && strcmp(at->action, action) != 0)
			continue;
		if (!chance_below(chance, ++seen))
			found = at;
	}
	return found;
}

const char *act_key(struct world *world)
{
	static char key[24];

	snprintf(key, sizeof(key), "k%d", ++world->memory.keys);
	return key;
}

static int act_wait(struct chance *chance)
{
	static const int waits[] = { -1, -1, 0, 0, 5, 60, 120 };

	return waits[chance_below(chance, sizeof(waits) / sizeof(*waits))];
}

/* A consent in advance comes along now and then, the right one or not. */
static const char *act_consent(const struct world *world, struct chance *chance)
{
	const struct memory *memory = &world->memory;
	uint32_t count = (uint32_t)memory->given_count;

	if (!count || !chance_hits(chance, 10))
		return NULL;
	return memory->given[chance_below(chance, count)].token;
}

#define ACT_BODY 1024

/* body: NULL for none. */
static struct ask *act_send_body(struct world *world, struct chance *chance,
				 const struct actor *actor, const char *method,
				 const char *path, const char *key,
				 const char *body)
{
	return ask_make(world, &(struct ask_call){
				       .uid = actor->uid,
				       .method = method,
				       .path = path,
				       .body = body,
				       .key = key,
				       .token = actor->token,
				       .consent = act_consent(world, chance),
				       .login = actor->login,
				       .till = actor->till,
				       .wait = act_wait(chance),
			       });
}

struct ask *act_send(struct world *world, struct chance *chance,
		     const struct actor *actor, const char *method,
		     const char *path, const char *key, const char *format, ...)
{
	char body[ACT_BODY];
	va_list args;

	va_start(args, format);
	if (format)
		vsnprintf(body, sizeof(body), format, args);
	va_end(args);
	return act_send_body(world, chance, actor, method, path, key,
			     format ? body : NULL);
}

struct ask *act_post(struct world *world, struct chance *chance,
		     const struct actor *actor, const char *what,
		     const char *format, ...)
{
	char body[ACT_BODY], path[ACT_PATH];
	va_list args;

	va_start(args, format);
	vsnprintf(body, sizeof(body), format, args);
	va_end(args);
	act_path(path, actor, what);
	return act_send_body(world, chance, actor, "POST", path, act_key(world),
			     body);
}

/* --- chains --- */

void chain_begin(struct world *world, const struct chain *chain)
{
	if (world->chain.at < world->chain.count)
		return; /* one at a time */
	world->chain = *chain;
	timer_set(world->chain_timer, chain->pause);
}

void chain_step(void *arg)
{
	struct world *world = arg;
	struct chain *chain = &world->chain;

	if (chain->at >= chain->count)
		return;
	timer_set(world->chain_timer, chain->pause);
	world->chained = true;
	chain->steps[chain->at++](world, &chain->chance);
	world->chained = false;
}
