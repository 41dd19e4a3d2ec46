/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: what a connection does with them once they are parsed. */
#include "world.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASK_BODY_MAX (64 * 1024)

/* --- answers --- */

static void ask_take_answer(struct ask *ask, struct answer *answer)
{
	const char *code;

	ask->answered_at = ask->world->loom.now;
	ask->slept = ask->world->slept - ask->slept;
	ask->status = answer->status;
	ask->stream = answer->stream;
	answer->stream = NULL;
	if (answer->text)
		ask->reply = json_parse(answer->text, answer->len);
	code = json_text(ask->reply, "code");
	if (answer->status >= 400 && code)
		text_copy(ask->code, sizeof(ask->code), code);
}

static void ask_answered(void *arg, struct request *request)
{
	struct ask *ask = arg;
	struct world *world = ask->world;

	loom_touch(&world->loom, TOUCH_ANSWER);
	ask->answers++;
	world->answered++;
	ask_take_answer(ask, &request->answer);
	world_tell(world, "  #%d: %d%s%s", ask->number, ask->status,
		   *ask->code ? " " : "", ask->code);
	timer_set(world->release_timer, 0);
	check_answer(world, ask);
	memory_take(world, ask);
}

/* A connection lets go of its request when all is sent. */
void asks_release(struct world *world)
{
	for (struct ask *ask = world->asks; ask; ask = ask->next) {
		struct request *request = ask->request;

		if (!request || !ask->answers || ask->stream)
			continue;
		ask->request = NULL;
		request_release(request);
	}
}

void ask_leave(struct ask *ask)
{
	struct request *request = ask->request;

	if (!request)
		return;
	ask->left = true;
	ask->request = NULL;
	if (ask->stream)
		stream_release(ask->stream);
	ask->stream = NULL;
	request_release(request);
}

void asks_close(struct world *world)
{
	asks_release(world);
	for (struct ask *ask = world->asks; ask; ask = ask->next) {
		if (ask->stream)
			stream_abandon(ask->stream);
		ask_leave(ask);
	}
}

/* What the dead daemon held of them lies in its grave, and is not touched. */
void asks_lose(struct world *world)
{
	for (struct ask *ask = world->asks; ask; ask = ask->next) {
		ask->left |= !ask->answers;
		if (!ask->request)
			continue;
		ask->buried = ask->request;
		ask->request = NULL;
		ask->stream = NULL;
	}
}

/* --- asking --- */

static bool ask_add_query(struct request *request, char *query)
{
	char *rest = NULL;

	for (char *part = strtok_r(query, "&", &rest); part;
	     part = strtok_r(NULL, "&", &rest)) {
		char *value = strchr(part, '=');

		if (value)
			*value++ = 0;
		if (!intake_add_query(request, part, value ? value : ""))
			return false;
	}
	return true;
}

static void ask_add_headers(const struct ask *ask, struct request *request)
{
	CLEANUP_FREE char *token = alloc_format("Bearer %s", ask->token);
	char wait[16];

	request_add_header(request, "Host", "till");
	if (ask->body)
		request_add_header(request, "Content-Type", "application/json");
	if (*ask->key)
		request_add_header(request, "Idempotency-Key", ask->key);
	if (*ask->token)
		request_add_header(request, "Authorization", token);
	if (*ask->consent)
		request_add_header(request, "Tilld-Authorization",
				   ask->consent);
	if (ask->wait >= 0) {
		snprintf(wait, sizeof(wait), "wait=%d", ask->wait);
		request_add_header(request, "Prefer", wait);
	}
}

/* As http/connection.c does it. */
static void ask_send(struct ask *ask)
{
	struct world *world = ask->world;
	const struct peer peer = { .uid = ask->uid };
	CLEANUP(buf_cleanup) struct buf body = BUF_INIT(ASK_BODY_MAX);
	CLEANUP_FREE char *path = alloc_text(ask->path);
	char *query = strchr(path, '?');

	if (query)
		*query++ = 0;
	ask->request = request_new(world->life.base, &peer, ask_answered, ask);
	ask_add_headers(ask, ask->request);
	if (!intake_check_head(ask->request, routes, ask->method, path,
			       ASK_BODY_MAX) ||
	    (query && !ask_add_query(ask->request, query)))
		return;
	if (ask->body)
		buf_add_text(&body, ask->body);
	intake_dispatch(ask->request, &body, world->life.core);
}

static void ask_copy(char *out, size_t size, const char *text)
{
	text_copy(out, size, text ? text : "");
}

static char *ask_make_body(const char *text)
{
	char *body = text ? alloc_text(text) : NULL;

	for (char *at = body; at && *at; at++)
		if (*at == '\'')
			*at = '"';
	return body;
}

static void ask_tell(const struct ask *ask)
{
	world_tell(ask->world, "#%d uid %u%s%s: %s %s %s%s%s", ask->number,
		   ask->uid, *ask->login ? " " : "", ask->login, ask->method,
		   ask->path, ask->body ? ask->body : "",
		   *ask->key ? " key " : "", ask->key);
}

struct ask *ask_make(struct world *world, const struct ask_call *call)
{
	struct ask *ask;

	if (!world->life.up)
		return NULL; /* nobody listens */
	ask = ALLOC_NEW(struct ask);
	ask->world = world;
	ask->number = ++world->asks_count;
	ask->life = world->life.number;
	ask->uid = call->uid;
	ask->wait = call->wait;
	ask_copy(ask->method, sizeof(ask->method), call->method);
	ask_copy(ask->path, sizeof(ask->path), call->path);
	ask_copy(ask->key, sizeof(ask->key), call->key);
	ask_copy(ask->token, sizeof(ask->token), call->token);
	ask_copy(ask->consent, sizeof(ask->consent), call->consent);
	ask_copy(ask->login, sizeof(ask->login), call->login);
	ask_copy(ask->till, sizeof(ask->till), call->till);
	ask->body = ask_make_body(call->body);
	ask->asked_at = world->loom.now;
	ask->slept = world->slept;
	*world->last_ask = ask;
	world->last_ask = &ask->next;
	ask_tell(ask);
	loom_touch(&world->loom, TOUCH_REQUEST);
	ask_send(ask);
	return ask;
}

struct ask *ask_again(struct world *world, const struct ask *ask)
{
	return ask_make(world, &(struct ask_call){ .uid = ask->uid,
						   .method = ask->method,
						   .path = ask->path,
						   .body = ask->body,
						   .key = ask->key,
						   .token = ask->token,
						   .consent = ask->consent,
						   .login = ask->login,
						   .till = ask->till,
						   .wait = ask->wait });
}

void asks_free(struct world *world)
{
	struct ask *ask;

	while ((ask = world->asks)) {
		world->asks = ask->next;
		json_decref(ask->reply);
		free(ask->body);
		free(ask);
	}
}
