/* SPDX-License-Identifier: Apache-2.0 */
#include "acts.h"

#include "util/alloc.h"
#include "util/cleanup.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const act_tills[] = { "1", "1", "1", "2", "9" };

struct actor act_choose(struct world *world, struct chance *chance)
{
	const struct memory *memory = &world->memory;
	struct actor actor = { .login = "", .token = NULL };
	const struct signed_on *note;

	actor.uid = people_uids[chance_below(chance, PEOPLE_UIDS)];
	actor.till = act_tills[chance_below(chance, 5)];
	if (!memory->signed_on_count || chance_hits(chance, 4))
		return actor;
	note = &memory->signed_on[chance_below(
		chance, (uint32_t)memory->signed_on_count)];
	actor.login = note->login;
	actor.token = note->token;
	if (chance_hits(chance, 95))
		actor.uid = note->uid;
	if (chance_hits(chance, 92))
		actor.till = note->till;
	return actor;
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
static const char *act_consent(const struct world *world,
			       struct chance *chance)
{
	const struct memory *memory = &world->memory;
	uint32_t count = (uint32_t)(memory->tokens_count < WORLD_NOTES
					    ? memory->tokens_count
					    : WORLD_NOTES);

	if (!count || !chance_hits(chance, 25))
		return NULL;
	return memory->tokens[chance_below(chance, count)];
}

struct ask *act_send(struct world *world, struct chance *chance,
		     const struct actor *actor, const char *method,
		     const char *path, const char *key, const char *format,
		     ...)
{
	char body[1024];
	va_list args;

	va_start(args, format);
	if (format)
		vsnprintf(body, sizeof(body), format, args);
	va_end(args);
	return ask_make(world, &(struct ask_call){
				       .uid = actor->uid,
				       .method = method,
				       .path = path,
				       .body = format ? body : NULL,
				       .key = key,
				       .token = actor->token,
				       .consent = act_consent(world, chance),
				       .login = actor->login,
				       .till = actor->till,
				       .wait = act_wait(chance),
			       });
}
