/* SPDX-License-Identifier: Apache-2.0 */
#include "http/api.h"

#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"

#include <stdlib.h>

/* Between a request, which its client may leave, and core's caller, which is
 * always answered. */
struct api_caller {
	struct caller caller;
	struct request *request; /* NULL once its client has left */
};

static void api_answer(struct caller *caller, int status, json_t *body)
{
	struct api_caller *api = (struct api_caller *)caller;
	const char *id = json_text(body, "id");
	char *location;

	if (!api->request) {
		json_decref(body);
	} else {
		if (status == 202 && id) {
			location = alloc_format("/v1/operations/%s", id);
			request_set_header(api->request, "Location", location);
			free(location);
		}
		request_reply(api->request, status, body);
	}
	free(api);
}

static void api_answer_problem(struct caller *caller, enum problem problem,
			       json_t *extra)
{
	struct api_caller *api = (struct api_caller *)caller;

	if (api->request)
		request_reply_problem(api->request, problem, extra);
	else
		json_decref(extra);
	free(api);
}

static void api_answer_text(struct caller *caller, const char *etag, char *text,
			    size_t len)
{
	struct api_caller *api = (struct api_caller *)caller;

	if (api->request) {
		if (etag)
			request_set_header(api->request, "ETag", etag);
		request_reply_text(api->request, 200, text, len);
	} else {
		secret_free(text);
	}
	free(api);
}

static void api_gone(void *arg, struct request *request)
{
	struct api_caller *api = arg;

	(void)request;
	api->request = NULL;
	api->caller.token = NULL;
	api->caller.consent = NULL;
	api->caller.gone = true;
	if (api->caller.left)
		api->caller.left(api->caller.left_arg, &api->caller);
}

struct caller *api_caller(struct request *request)
{
	struct api_caller *api = ALLOC_NEW(struct api_caller);

	api->request = request;
	api->caller.peer = *request_peer(request);
	api->caller.token = request_token(request);
	api->caller.consent = request_header(request, "Tilld-Authorization");
	api->caller.wait = request_wait(request);
	api->caller.answer = api_answer;
	api->caller.answer_problem = api_answer_problem;
	api->caller.answer_text = api_answer_text;
	request_on_gone(request, api_gone, api);
	return &api->caller;
}

struct caller *api_caller_query(struct request *request)
{
	struct caller *caller = api_caller(request);

	caller->wait = (int)json_int(request_query(request), "wait", -1);
	return caller;
}
