/* SPDX-License-Identifier: Apache-2.0 */
/* What clients learn from answers, to ask better or worse things by. */
#include "world.h"

#include "util/json.h"
#include "util/text.h"

#include <string.h>

/* A place for one more; the oldest goes. */
#define MEMORY_ADD(memory, list)                                            \
	(&(memory)->list                                                    \
		  [(memory)->list##_count < sizeof((memory)->list) /        \
						    sizeof(*(memory)->list) \
			   ? (memory)->list##_count++                       \
			   : memory_shift((memory)->list,                   \
					  sizeof(*(memory)->list),          \
					  sizeof((memory)->list) /          \
						  sizeof(*(memory)->list))])

static size_t memory_shift(void *list, size_t size, size_t count)
{
	memmove(list, (char *)list + size, size * (count - 1));
	memset((char *)list + size * (count - 1), 0, size);
	return count - 1;
}

static void memory_copy(char *out, size_t size, const char *text)
{
	text_copy(out, size, text ? text : "");
}

static void memory_drop_token(struct memory *memory, size_t at)
{
	memmove(&memory->signed_on[at], &memory->signed_on[at + 1],
		(--memory->signed_on_count - at) *
			sizeof(memory->signed_on[0]));
}

/* There is one of each uid and till. */
static void memory_drop_older(struct memory *memory, const struct ask *ask)
{
	for (size_t i = memory->signed_on_count; i-- > 0;)
		if (memory->signed_on[i].uid == ask->uid &&
		    !strcmp(memory->signed_on[i].till, ask->till))
			memory_drop_token(memory, i);
}

/* It is no good any more; now and then somebody tries it all the same. */
static void memory_take_refusal(struct memory *memory, const struct ask *ask)
{
	for (size_t i = memory->signed_on_count; i-- > 0;)
		if (!strcmp(memory->signed_on[i].token, ask->token) &&
		    ask->number % 8)
			memory_drop_token(memory, i);
}

static void memory_take_token(struct world *world, const struct ask *ask)
{
	struct memory *memory = &world->memory;
	struct signed_on *note;
	const json_t *operator= json_object_get(ask->reply, "operator");

	memory_drop_older(memory, ask);
	note = MEMORY_ADD(memory, signed_on);
	*note = (struct signed_on){ .uid = ask->uid };
	memory_copy(note->till, sizeof(note->till), ask->till);
	memory_copy(note->login, sizeof(note->login),
		    json_text(operator, "login"));
	memory_copy(note->token, sizeof(note->token),
		    json_text(ask->reply, "token"));
}

static void memory_take_question(struct world *world, struct ask *ask)
{
	const json_t *what = json_object_get(ask->reply, "authorization");
	const char *id = json_text(what, "id");
	struct memory *memory = &world->memory;
	struct question *note;

	if (!id)
		return;
	for (size_t i = 0; i < memory->questions_count; i++)
		if (!strcmp(memory->questions[i].id, id))
			return;
	note = MEMORY_ADD(memory, questions);
	*note = (struct question){ .ask = ask };
	memory_copy(note->id, sizeof(note->id), id);
	memory_copy(note->till, sizeof(note->till), ask->till);
	memory_copy(note->login, sizeof(note->login), ask->login);
}

static struct known_operation *memory_operation(struct memory *memory,
						const char *id)
{
	struct known_operation *note;

	for (size_t i = 0; i < memory->operations_count; i++)
		if (!strcmp(memory->operations[i].id, id))
			return &memory->operations[i];
	note = MEMORY_ADD(memory, operations);
	*note = (struct known_operation){ 0 };
	memory_copy(note->id, sizeof(note->id), id);
	return note;
}

/* A session that is over is no use. */
static bool memory_ends_session(const struct ask *ask)
{
	return ask->status == 409 && !strcmp(ask->code, "session-closed");
}

static void memory_take_session(struct memory *memory, const struct ask *ask,
				const json_t *operation)
{
	const json_t *result = json_object_get(operation, "result");
	const json_t *session = json_object_get(result, "session");
	const char *id = json_text(session, "id");
	size_t at = !strcmp(ask->till, "2");

	if (!id)
		return;
	memory_copy(memory->sessions[at], sizeof(memory->sessions[at]), id);
	if (strcmp(json_text(operation, "action"), "session.open") != 0)
		return;
	memory->owners[at] = (struct signed_on){ .uid = ask->uid };
	memory_copy(memory->owners[at].login, 32, ask->login);
	memory_copy(memory->owners[at].till, 4, ask->till);
	memory_copy(memory->owners[at].token, 64, ask->token);
}

static void memory_take_operation(struct world *world, const struct ask *ask)
{
	const json_t *inner = json_object_get(ask->reply, "operation");
	const json_t *operation = inner ? inner : ask->reply;
	const char *id = json_text(operation, "id");
	const char *action = json_text(operation, "action");
	struct known_operation *note;

	if (!id || !action)
		return;
	note = memory_operation(&world->memory, id);
	memory_copy(note->till, sizeof(note->till), ask->till);
	memory_copy(note->action, sizeof(note->action), action);
	memory_copy(note->outcome, sizeof(note->outcome),
		    json_text(operation, "outcome"));
	memory_take_session(&world->memory, ask, operation);
}

static void memory_take_given(struct memory *memory, const struct ask *ask)
{
	struct given *note = MEMORY_ADD(memory, given);
	json_t *body = json_parse(ask->body, strlen(ask->body));

	*note = (struct given){ .id = "" };
	memory_copy(note->id, sizeof(note->id), json_text(ask->reply, "id"));
	memory_copy(note->token, sizeof(note->token),
		    json_text(ask->reply, "token"));
	memory_copy(note->requester, sizeof(note->requester),
		    json_text(body, "requester"));
	memory_copy(note->till, sizeof(note->till), json_text(body, "till"));
	memory_copy(note->action, sizeof(note->action),
		    json_text(body, "action"));
	json_decref(body);
}

void memory_take(struct world *world, struct ask *ask)
{
	bool made = ask->status == 201;

	if (made && !strcmp(ask->path, "/v1/sign-ons"))
		memory_take_token(world, ask);
	else if (made && !strcmp(ask->path, "/v1/authorizations"))
		memory_take_given(&world->memory, ask);
	else
		memory_take_operation(world, ask);
	if (memory_ends_session(ask))
		*world->memory.sessions[!strcmp(ask->till, "2")] = 0;
	if (ask->status == 401)
		memory_take_refusal(&world->memory, ask);
	memory_take_question(world, ask);
}
