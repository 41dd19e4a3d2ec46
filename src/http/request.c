/* SPDX-License-Identifier: Apache-2.0 */
#include "http/request_private.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/log.h"
#include "util/message.h"
#include "util/secret.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define REQUEST_BEARER "Bearer "

struct request *
request_new(struct event_base *base, const struct peer *peer,
	    void (*on_answer)(void *arg, struct request *request), void *arg)
{
	struct request *request = ALLOC_NEW(struct request);

	request->base = base;
	request->peer = *peer;
	request->query = json_make();
	request->body = json_make();
	request->on_answer = on_answer;
	request->on_answer_arg = arg;
	buf_init(&request->headers, REQUEST_HEADERS_BYTES);
	return request;
}

/* A handler that keeps the body longer keeps its secrets, and wipes them. */
static void request_drop_body(struct request *request)
{
	const struct route *route = request->match.route;

	if (route && route->body && request->body->refcount == 1)
		field_wipe(route->body, request->body);
	json_decref(request->body);
}

static void request_free(struct request *request)
{
	for (size_t i = 0; i < request->answer.headers_count; i++) {
		free(request->answer.headers[i].name);
		free(request->answer.headers[i].value);
	}
	secret_free(request->answer.text);
	if (request->answer.stream)
		stream_release(request->answer.stream);
	request_drop_body(request);
	buf_free(&request->text);
	json_decref(request->query);
	buf_free(&request->headers);
	free(request);
}

void request_hold(struct request *request)
{
	request->held = true;
}

void request_release(struct request *request)
{
	request->on_answer = NULL;
	if (request->held && request->gone) {
		request->held = false;
		request->leaving = true;
		request->gone(request->gone_arg, request);
	}
	if (!request->held)
		request_free(request);
}

void request_on_gone(struct request *request,
		     void (*gone)(void *arg, struct request *request),
		     void *arg)
{
	request->gone = gone;
	request->gone_arg = arg;
}

/* --- what came in --- */

const struct peer *request_peer(const struct request *request)
{
	return &request->peer;
}

const char *request_param(const struct request *request, const char *name)
{
	const struct route_match *match = &request->match;

	for (size_t i = 0; i < match->params_count; i++)
		if (strlen(name) == match->params[i].name_len &&
		    !memcmp(name, match->params[i].name, strlen(name)))
			return match->params[i].value;
	return NULL;
}

const json_t *request_query(const struct request *request)
{
	return request->query;
}

const json_t *request_body(const struct request *request)
{
	return request->body;
}

bool request_add_header(struct request *request, const char *name,
			const char *value)
{
	buf_add(&request->headers, name, strlen(name) + 1);
	buf_add(&request->headers, value, strlen(value) + 1);
	return !request->headers.failed;
}

bool request_next_header(const struct request *request, const char **at,
			 const char **out_value)
{
	const char *start = buf_text(&request->headers);
	const char *name = start;

	if (*at) {
		name = *at + strlen(*at) + 1;
		name += strlen(name) + 1;
	}
	if (name >= start + request->headers.len)
		return false;
	*at = name;
	*out_value = name + strlen(name) + 1;
	return true;
}

char *request_take_text(struct request *request, size_t *out_len)
{
	char *text = (char *)request->text.data;

	*out_len = request->text.len;
	request->text = (struct buf){ 0 };
	return text;
}

const char *request_header(const struct request *request, const char *name)
{
	const char *at = NULL, *value;

	while (request_next_header(request, &at, &value))
		if (!strcasecmp(at, name))
			return value;
	return NULL;
}

const char *request_token(const struct request *request)
{
	const char *value = request_header(request, "Authorization");

	if (!value ||
	    strncasecmp(value, REQUEST_BEARER, strlen(REQUEST_BEARER)) != 0)
		return NULL;
	value += strlen(REQUEST_BEARER);
	value += strspn(value, " ");
	return *value ? value : NULL;
}

/*
 * The N of one preference of RFC 7240, " wait=N ; ..." up to the next comma;
 * -1 for any other one, and for one that is not understood: those are ignored.
 */
static int request_parse_wait(const char *preference)
{
	const char *at = preference + strspn(preference, " \t");
	int seconds = 0;

	if (strncasecmp(at, "wait", 4) != 0)
		return -1;
	at += 4;
	at += strspn(at, " \t");
	if (*at++ != '=')
		return -1;
	at += strspn(at, " \t");
	if (!isdigit((unsigned char)*at))
		return -1;
	for (; isdigit((unsigned char)*at); at++)
		if (seconds <= REQUEST_WAIT_MAX)
			seconds = seconds * 10 + (*at - '0');
	at += strspn(at, " \t");
	if (*at && !strchr(",;", *at))
		return -1;
	return seconds < REQUEST_WAIT_MAX ? seconds : REQUEST_WAIT_MAX;
}

static int request_find_wait(const char *preferences)
{
	int seconds = request_parse_wait(preferences);

	while (seconds < 0 && (preferences = strchr(preferences, ',')))
		seconds = request_parse_wait(++preferences);
	return seconds;
}

int request_wait(const struct request *request)
{
	const char *at = NULL, *value;
	int seconds = -1;

	while (seconds < 0 && request_next_header(request, &at, &value))
		if (!strcasecmp(at, "Prefer"))
			seconds = request_find_wait(value);
	return seconds;
}

/* --- answering --- */

static struct answer_header *request_find_answer_header(struct request *request,
							const char *name)
{
	struct answer *answer = &request->answer;

	for (size_t i = 0; i < answer->headers_count; i++)
		if (!strcasecmp(answer->headers[i].name, name))
			return &answer->headers[i];
	return NULL;
}

void request_set_header(struct request *request, const char *name,
			const char *value)
{
	struct answer *answer = &request->answer;
	struct answer_header *header =
		request_find_answer_header(request, name);

	if (!header) {
		if (answer->headers_count == ANSWER_HEADERS_MAX) {
			log_error("no room for the header %s", name);
			return;
		}
		header = &answer->headers[answer->headers_count++];
		header->name = alloc_text(name);
	}
	free(header->value);
	header->value = alloc_text(value);
}

/* Compact, and ended by a newline for those who read it on a terminal. */
static char *request_format_json(const json_t *body, size_t *out_len)
{
	char *text = json_write(body);
	size_t len = strlen(text);

	text = alloc_resize(text, len + 2, 1);
	memcpy(text + len, "\n", 2);
	*out_len = len + 1;
	return text;
}

/*
 * Whether an answer still goes anywhere. One that was answered before, or is
 * just being told that its client left, is not: what calls twice does no harm.
 */
static bool request_wants_answer(const struct request *request)
{
	return !request->answered && !request->leaving;
}

static void request_end(struct request *request)
{
	request->held = false;
	request->answered = true;
	if (request->on_answer)
		request->on_answer(request->on_answer_arg, request);
	else
		request_free(request);
}

static void request_end_with(struct request *request, int status, char *text,
			     size_t len, const char *content_type)
{
	request->answer.status = status;
	request->answer.text = text;
	request->answer.len = len;
	if (text)
		request_set_header(request, "Content-Type", content_type);
	request_end(request);
}

/* What is told to people is told in their language, and in nothing is it
 * forgotten how a sentence was made. */
static void request_translate(struct request *request, json_t *body)
{
	enum message_language language =
		message_wanted(request_header(request, "Accept-Language"));

	message_settle(body, language);
	request_set_header(request, "Content-Language", message_tag(language));
	request_set_header(request, "Vary", "Accept-Language");
}

void request_reply(struct request *request, int status, json_t *body)
{
	CLEANUP_JSON json_t *owned = body;
	char *text = NULL;
	size_t len = 0;

	if (!request_wants_answer(request))
		return;
	if (owned) {
		request_translate(request, owned);
		text = request_format_json(owned, &len);
	}
	request_end_with(request, status, text, len, "application/json");
}

void request_reply_text(struct request *request, int status, char *text,
			size_t len)
{
	if (request_wants_answer(request))
		request_end_with(request, status, text, len,
				 "application/json");
	else
		secret_free(text);
}

static json_t *request_make_problem(enum problem problem, json_t *extra)
{
	CLEANUP_FREE char *type =
		alloc_format("urn:tilld:problem:%s", problem_name(problem));
	CLEANUP_JSON json_t *owned = extra;
	const char *own = json_text(extra, "advice");
	const char *advice = own ? own : problem_advice(problem);
	json_t *body = json_make();

	json_put_text(body, "type", type);
	json_put_text(body, "title", problem_sentence(problem));
	json_put_int(body, "status", problem_status(problem));
	json_put_text(body, "code", problem_name(problem));
	json_put_text(body, "advice", *advice ? advice : NULL);
	if (owned)
		json_object_update_missing(body, owned);
	return body;
}

/* "application/problem+json" as it is sent. extra is stolen. New. */
static char *request_format_problem(struct request *request,
				    enum problem problem, json_t *extra)
{
	CLEANUP_JSON json_t *body = request_make_problem(problem, extra);
	size_t len;

	request_translate(request, body);
	return request_format_json(body, &len);
}

static void request_set_retry_after(struct request *request,
				    const json_t *extra)
{
	char text[32];

	if (!json_is_integer(json_object_get(extra, "retry_after")))
		return;
	snprintf(text, sizeof(text), "%" PRId64,
		 json_int(extra, "retry_after", 0));
	request_set_header(request, "Retry-After", text);
}

void request_reply_problem(struct request *request, enum problem problem,
			   json_t *extra)
{
	int status = problem_status(problem);
	char *text;

	if (!request_wants_answer(request)) {
		json_decref(extra);
		return;
	}
	request_set_retry_after(request, extra);
	if (status == 401) /* RFC 9110, 15.5.2: has to say how */
		request_set_header(request, "WWW-Authenticate", "Bearer");
	text = request_format_problem(request, problem, extra);
	request_end_with(request, status, text, strlen(text),
			 "application/problem+json");
}

struct stream *request_reply_stream(struct request *request,
				    const char *content_type,
				    const struct stream_events *events)
{
	struct stream *stream = stream_new(request->base, events);

	if (!request_wants_answer(request) || !request->on_answer) {
		stream_release(stream);
		if (request_wants_answer(request))
			request_end(request);
		return stream;
	}
	request->answer.status = 200;
	request->answer.stream = stream;
	request_set_header(request, "Content-Type", content_type);
	request_end(request);
	return stream;
}
