/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/client.h"

#include "cli/interrupt.h"
#include "cli/say.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define CLIENT_CONNECT_S 5L
#define CLIENT_ANSWER_S	 60 /* beside what was asked to be waited */
#define CLIENT_POLL_MS	 250
#define CLIENT_BODY_MAX	 (16 * 1024 * 1024)

struct client {
	char *socket;
	char *token;
	int error; /* the errno of the last connection that failed */
};

/* One transfer: of the request, or of the events beside it. */
struct client_transfer {
	CURL *curl;
	struct curl_slist *headers;
	const struct client_request *request;
	struct buf sent;
	struct buf got;
	bool stopped;
};

struct client *client_new(const char *socket)
{
	struct client *client = ALLOC_NEW(struct client);

	if (curl_global_init(CURL_GLOBAL_NOTHING))
		abort();
	client->socket = alloc_text(socket);
	return client;
}

struct client *client_free(struct client *client)
{
	if (!client)
		return NULL;
	secret_free(client->token);
	free(client->socket);
	free(client);
	curl_global_cleanup();
	return NULL;
}

void client_set_token(struct client *client, const char *token)
{
	secret_free(client->token);
	client->token = alloc_text(token);
}

int client_errno(const struct client *client)
{
	return client->error;
}

void client_pause(int milliseconds)
{
	interrupt_wait(-1, milliseconds);
}

/* --- paths --- */

static void client_add_escaped(struct buf *path, const char *value)
{
	char *escaped = curl_easy_escape(NULL, value, 0);

	if (!escaped)
		abort();
	buf_add_text(path, escaped);
	curl_free(escaped);
}

void client_add_path(struct buf *path, const char *pattern, ...)
{
	va_list args;

	va_start(args, pattern);
	while (*pattern) {
		size_t len = strcspn(pattern, "{");

		buf_add(path, pattern, len);
		pattern += len;
		if (!*pattern)
			break;
		client_add_escaped(path, va_arg(args, const char *));
		pattern += strlen("{}");
	}
	va_end(args);
}

void client_add_query(struct buf *path, const char *name, const char *value)
{
	if (!value)
		return;
	buf_add_format(path, "%c%s=", strchr(buf_text(path), '?') ? '&' : '?',
		       name);
	client_add_escaped(path, value);
}

void client_add_query_int(struct buf *path, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	client_add_query(path, name, text);
}

/* --- one transfer --- */

static size_t client_take(char *bytes, size_t size, size_t count, void *arg)
{
	struct client_transfer *transfer = arg;
	const struct client_request *request = transfer->request;
	size_t len = size * count;
	long status = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
	if (request && request->sink && status == 200) {
		transfer->stopped =
			!request->sink(request->sink_arg, bytes, len);
		return transfer->stopped ? 0 : len;
	}
	buf_add(&transfer->got, bytes, len);
	return transfer->got.failed ? 0 : len;
}

__attribute__((format(printf, 2, 3))) static void
client_add_header(struct client_transfer *transfer, const char *format, ...)
{
	SECRET_TEXT char *line = NULL;
	struct curl_slist *longer;
	va_list args;

	va_start(args, format);
	if (vasprintf(&line, format, args) < 0)
		abort();
	va_end(args);
	longer = curl_slist_append(transfer->headers, line);
	if (!longer)
		abort();
	transfer->headers = longer;
}

/* CURLOPT_... are checked by the compiler only if they are no arguments. */
#define CLIENT_SET(curl, option, value)                          \
	do {                                                     \
		if (curl_easy_setopt((curl), (option), (value))) \
			abort();                                 \
	} while (0)

/*
 * PATH_AS_IS: what a person typed must not climb. PROXY: whatever the
 * environment says, the daemon is behind its socket.
 */
static void client_open(const struct client *client,
			struct client_transfer *transfer, const char *path)
{
	CLEANUP_FREE char *url = alloc_format("http://tilld%s", path);
	CURL *curl = curl_easy_init();

	if (!curl)
		abort();
	transfer->curl = curl;
	CLIENT_SET(curl, CURLOPT_UNIX_SOCKET_PATH, client->socket);
	CLIENT_SET(curl, CURLOPT_URL, url);
	CLIENT_SET(curl, CURLOPT_PATH_AS_IS, 1L);
	CLIENT_SET(curl, CURLOPT_PROXY, "");
	CLIENT_SET(curl, CURLOPT_NOSIGNAL, 1L);
	CLIENT_SET(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	CLIENT_SET(curl, CURLOPT_USERAGENT, "tillctl/" PACKAGE_VERSION);
	CLIENT_SET(curl, CURLOPT_CONNECTTIMEOUT, CLIENT_CONNECT_S);
	CLIENT_SET(curl, CURLOPT_WRITEFUNCTION, client_take);
	CLIENT_SET(curl, CURLOPT_WRITEDATA, transfer);
	if (client->token)
		client_add_header(transfer, "Authorization: Bearer %s",
				  client->token);
}

static int client_dump(const char *text, size_t len, void *arg)
{
	buf_add(arg, text, len);
	return 0;
}

/* Not json_dumps(): its copies of a password would stay where they are. */
static void client_add_body(struct client_transfer *transfer,
			    const json_t *body)
{
	json_dump_callback(body, client_dump, &transfer->sent,
			   JSON_COMPACT | JSON_ENCODE_ANY);
	if (transfer->sent.failed)
		abort();
	client_add_header(transfer, "Content-Type: application/json");
	client_add_header(transfer, "Expect:");
	CLIENT_SET(transfer->curl, CURLOPT_POSTFIELDSIZE,
		   (long)transfer->sent.len);
	CLIENT_SET(transfer->curl, CURLOPT_POSTFIELDS,
		   buf_text(&transfer->sent));
}

static void client_ask(const struct client *client,
		       struct client_transfer *transfer,
		       const struct client_request *request)
{
	transfer->request = request;
	client_open(client, transfer, request->path);
	client_add_header(transfer, "Accept-Language: %s", say_language());
	if (request->body)
		client_add_body(transfer, request->body);
	if (request->key)
		client_add_header(transfer, "Idempotency-Key: %s",
				  request->key);
	if (request->match)
		client_add_header(transfer, "If-Match: %s", request->match);
	if (request->consent)
		client_add_header(transfer, "Tilld-Authorization: %s",
				  request->consent);
	if (request->wait > 0 || request->key)
		client_add_header(transfer, "Prefer: wait=%d", request->wait);
	if (request->last_event)
		client_add_header(transfer, "Last-Event-ID: %s",
				  request->last_event);
	if (!request->endless)
		CLIENT_SET(transfer->curl, CURLOPT_TIMEOUT,
			   (long)(request->wait + request->patience +
				  CLIENT_ANSWER_S));
	CLIENT_SET(transfer->curl, CURLOPT_CUSTOMREQUEST, request->method);
	CLIENT_SET(transfer->curl, CURLOPT_HTTPHEADER, transfer->headers);
}

static void client_follow(const struct client *client,
			  struct client_transfer *transfer,
			  const struct client_watch *watch)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);

	client_add_path(&path, "/v1/events");
	client_add_query(&path, "till", *watch->till ? watch->till : NULL);
	client_open(client, transfer, buf_text(&path));
	CLIENT_SET(transfer->curl, CURLOPT_HTTPHEADER, transfer->headers);
}

static void client_transfer_clear(struct client_transfer *transfer)
{
	struct curl_slist *header = transfer->headers;

	for (; header; header = header->next)
		secret_wipe(header->data, strlen(header->data));
	curl_slist_free_all(transfer->headers);
	curl_easy_cleanup(transfer->curl);
	buf_free(&transfer->sent);
	buf_free(&transfer->got);
}

/* --- running --- */

static int client_result(struct client *client,
			 const struct client_transfer *transfer, CURLcode code)
{
	long error = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_OS_ERRNO, &error);
	switch ((int)code) {
	case CURLE_OK:
		return 0;
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
		client->error = (int)error;
		return CLIENT_E_UNREACHABLE;
	case CURLE_WRITE_ERROR:
		return transfer->stopped ? CLIENT_E_STOPPED : CLIENT_E_TOO_LONG;
	}
	return CLIENT_E_LOST;
}

/* Whether the transfer has ended, and how. */
static bool client_has_ended(CURLM *multi, const CURL *curl, CURLcode *out_code)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(multi, &left))) {
		if (message->msg != CURLMSG_DONE ||
		    message->easy_handle != curl)
			continue;
		*out_code = message->data.result;
		return true;
	}
	return false;
}

static int client_run(struct client *client, CURLM *multi,
		      struct client_transfer *main,
		      struct client_transfer *events, struct sse *sse,
		      const struct client_watch *watch)
{
	CURLcode code;
	int running;

	while (!interrupt_came()) {
		if (curl_multi_perform(multi, &running))
			abort();
		if (sse)
			sse_feed(sse, events->got.data, events->got.len);
		buf_reset(&events->got);
		if (watch && watch->tick)
			watch->tick(watch->arg);
		if (client_has_ended(multi, main->curl, &code))
			return client_result(client, main, code);
		if (curl_multi_poll(multi, NULL, 0, CLIENT_POLL_MS, NULL))
			abort();
	}
	return CLIENT_E_INTERRUPTED;
}

static void client_add(CURLM *multi, struct client_transfer *transfer)
{
	if (curl_multi_add_handle(multi, transfer->curl))
		abort();
}

static int client_run_beside(struct client *client, CURLM *multi,
			     struct client_transfer *main,
			     const struct client_watch *watch)
{
	struct client_transfer events = { .got = BUF_INIT(SSE_EVENT_MAX) };
	struct sse sse;
	int r;

	if (!watch)
		return client_run(client, multi, main, &events, NULL, NULL);
	sse_init(&sse, watch->event, watch->arg);
	client_follow(client, &events, watch);
	client_add(multi, &events);
	r = client_run(client, multi, main, &events, &sse, watch);
	curl_multi_remove_handle(multi, events.curl);
	client_transfer_clear(&events);
	sse_free(&sse);
	return r;
}

void client_answer_clear(struct client_answer *answer)
{
	json_decref(answer->json);
	answer->json = NULL;
	buf_free(&answer->text);
}

/* A success without the JSON that says so is an answer that was cut off. */
static bool client_is_whole(const struct client_request *request,
			    const struct client_answer *answer)
{
	return answer->json || answer->status == 204 || answer->status >= 300 ||
	       (request->sink && answer->status == 200);
}

static struct client_answer client_give(struct client_transfer *transfer)
{
	struct client_answer answer = {
		.text = transfer->got,
		.json = json_parse(transfer->got.data, transfer->got.len),
	};
	long status = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
	answer.status = (int)status;
	buf_init(&transfer->got, 0); /* given away */
	return answer;
}

int client_send(struct client *client, const struct client_request *request,
		struct client_answer *out_answer)
{
	struct client_transfer main = {
		.sent = BUF_INIT(CLIENT_BODY_MAX),
		.got = BUF_INIT(CLIENT_ANSWER_MAX),
	};
	CURLM *multi = curl_multi_init();
	struct client_answer answer;
	int r;

	if (!multi)
		abort();
	client->error = 0;
	client_ask(client, &main, request);
	client_add(multi, &main);
	r = client_run_beside(client, multi, &main, request->watch);
	curl_multi_remove_handle(multi, main.curl);
	curl_multi_cleanup(multi);
	if (!r) {
		answer = client_give(&main);
		if (client_is_whole(request, &answer)) {
			*out_answer = answer;
		} else {
			client_answer_clear(&answer);
			r = CLIENT_E_LOST;
		}
	}
	client_transfer_clear(&main);
	return r;
}
