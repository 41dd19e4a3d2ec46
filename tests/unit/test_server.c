/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that are answered at once: what comes in, what goes out. */
#include "server_rig.h"

#include "http/server_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <curl/curl.h>
#include <errno.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

/* --- answers --- */

static void test_get(void **state)
{
	struct response response = client_ask(client_of(state), RIG_GET("/v1"));
	static const char *const headers[][2] = {
		{ "Content-Type", "application/json" },
		{ "Cache-Control", "no-store" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Content-Length", "18" },
	};

	assert_int_equal(response.status, 200);
	assert_string_equal(response.body, HELLO);
	assert_null(strstr(response.head, "Access-Control"));
	for (size_t i = 0; i < 4; i++) {
		CLEANUP_FREE char *value =
			response_header(&response, headers[i][0]);

		assert_non_null(value);
		assert_string_equal(value, headers[i][1]);
	}
	response_free(&response);
}

static void test_head(void **state)
{
	struct client *client = client_of(state);
	struct response response;
	CLEANUP_FREE char *length = NULL;

	client_send(client, "HEAD /v1 HTTP/1.1\r\n" RIG_HEADERS "\r\n");
	response = client_head_response(client);
	length = response_header(&response, "Content-Length");
	assert_int_equal(response.status, 200);
	assert_string_equal(length, "18");
	response_free(&response);
	/* what comes next is a new response, so there was no body */
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
}

static void test_empty_answer(void **state)
{
	struct response response =
		client_ask(client_of(state),
			   "DELETE /v1/empty HTTP/1.1\r\n" RIG_HEADERS "\r\n");
	CLEANUP_FREE char *location = response_header(&response, "Location");
	CLEANUP_FREE char *type = response_header(&response, "Content-Type");

	assert_int_equal(response.status, 204);
	assert_int_equal(response.body_len, 0);
	assert_null(type);
	assert_string_equal(location, "/v1/somewhere");
	response_free(&response);
}

static void test_problem_answer(void **state)
{
	struct response response =
		client_ask(client_of(state), RIG_GET("/v1/busy"));
	CLEANUP_FREE char *retry = response_header(&response, "Retry-After");

	assert_int_equal(response.status, 503);
	assert_string_equal(retry, "7");
	assert_string_equal(
		response.body,
		"{\"type\":\"urn:tilld:problem:reader-busy\","
		"\"title\":\"The badge reader is waiting for somebody else.\","
		"\"status\":503,\"code\":\"reader-busy\","
		"\"advice\":\"Wait as long as is said, then try again.\","
		"\"detail\":\"somebody else\",\"retry_after\":7}\n");
	response_free(&response);
}

static void test_challenge(void **state)
{
	struct response response =
		client_ask(client_of(state), RIG_GET("/v1/secret"));
	CLEANUP_FREE char *challenge =
		response_header(&response, "WWW-Authenticate");

	assert_int_equal(response.status, 401);
	assert_string_equal(challenge, "Bearer");
	response_free(&response);
}

static void test_pipelining(void **state)
{
	struct client *client = client_of(state);
	struct response response;

	client_send(client,
		    RIG_GET("/v1")
			    RIG_POST("/v1/echo", "12") "{\"number\":5}" RIG_GET(
				    "/v1/nothing") RIG_GET("/v1"));
	client_expect(client, "", 200, HELLO);
	client_expect(client, "", 201, "{\"number\":5}\n");
	response = client_response(client);
	assert_int_equal(response.status, 404);
	response_free(&response);
	client_expect(client, "", 200, HELLO);
}

static void test_byte_by_byte(void **state)
{
	static const char text[] = RIG_POST("/v1/echo", "12") "{\"number\":5}";
	struct client *client = client_of(state);

	for (size_t i = 0; i + 1 < sizeof(text); i++) {
		client_send_bytes(client, text + i, 1);
		event_base_loop(client->rig->base, EVLOOP_NONBLOCK);
	}
	client_expect(client, "", 201, "{\"number\":5}\n");
}

static void test_half_close(void **state)
{
	struct client *client = client_of(state);

	client_send(client, RIG_GET("/v1"));
	shutdown(client->fd, SHUT_WR);
	client_expect(client, "", 200, HELLO);
	client_wait_closed(client);
}

static void test_http_1_0(void **state)
{
	struct client *client = client_of(state);

	client_expect(client, "GET /v1 HTTP/1.0\r\n\r\n", 200, HELLO);
	client_wait_closed(client);
}

/* --- routes --- */

/* RFC 9112, 3.2.2 */
static void test_absolute_form(void **state)
{
	struct client *client = client_of(state);

	client_expect(client, RIG_GET("http://tilld/v1"), 200, HELLO);
	client_expect(client, RIG_GET("HTTP://x:1/v1"), 200, HELLO);
	client_expect_problem(client, RIG_GET("http://tilld"), 404, "not-found",
			      NULL);
	client_expect_problem(client, RIG_GET("http://tilld/nothing"), 404,
			      "not-found", NULL);
}

static void test_unknown_paths(void **state)
{
	static const char *const paths[] = {
		"/",
		"/v2",
		"/v1/",
		"/v1/echo/",
		"//v1",
		"/v1/things",
		"/v1/things/",
		"/v1/things//",
		"/v1/things/a/parts",
		"/v1/THINGS/a",
		"/v1/things/a/b/c",
		"/v1/thing%73/a",
		"*",
		"/v1;x",
		"/v1/./v1",
		"/%00",
	};
	struct client *client = client_of(state);

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		CLEANUP_FREE char *text = alloc_format(
			"GET %s HTTP/1.1\r\n" RIG_HEADERS "\r\n", paths[i]);

		client_expect_problem(client, text, 404, "not-found", NULL);
	}
}

static void check_allowed(struct client *client, const char *method,
			  const char *path, const char *expected)
{
	CLEANUP_FREE char *text = alloc_format(
		"%s %s HTTP/1.1\r\n" RIG_HEADERS "\r\n", method, path);
	struct response response = client_ask(client, text);
	CLEANUP_FREE char *allow = response_header(&response, "Allow");
	CLEANUP_JSON json_t *body =
		json_parse(response.body, response.body_len);

	assert_int_equal(response.status, 405);
	assert_string_equal(allow, expected);
	assert_string_equal(json_text(body, "code"), "method-not-allowed");
	assert_string_equal(json_text(body, "allowed"), expected);
	response_free(&response);
}

static void test_other_methods(void **state)
{
	struct client *client = client_of(state);

	check_allowed(client, "DELETE", "/v1", "GET, HEAD");
	check_allowed(client, "OPTIONS", "/v1", "GET, HEAD");
	check_allowed(client, "get", "/v1", "GET, HEAD");
	check_allowed(client, "GET", "/v1/echo", "POST");
	check_allowed(client, "TRACE", "/v1/echo", "POST");
	check_allowed(client, "POST", "/v1/things/x", "GET, HEAD, PUT");
	check_allowed(client, "POST", "/v1/things/current", "GET, HEAD, PUT");
}

static void test_params(void **state)
{
	struct client *client = client_of(state);

	client_expect(client, RIG_GET("/v1/things/till-1"), 200,
		      "{\"thing\":\"till-1\"}\n");
	client_expect(client, RIG_GET("/v1/things/current"), 200,
		      "{\"current\":true}\n");
	client_expect(client, RIG_GET("/v1/things/a/parts/b%20c%25"), 200,
		      "{\"thing\":\"a\",\"part\":\"b c%\"}\n");
	client_expect(client, RIG_GET("/v1/things/a+b"), 200,
		      "{\"thing\":\"a+b\"}\n");
	client_expect(client, RIG_GET("/v1/things/%C5%BC%c3%b3"), 200,
		      "{\"thing\":\"żó\"}\n");
}

static void test_bad_params(void **state)
{
	static const char *const params[] = {
		"%00",	  "a%00b", "%2F",	"a%2fb", "%0A", "%7F",
		"%C2%85", "%FF",   "%C0%AF",	"%C5",	 "%",	"%4",
		"%zz",	  "%-1",   "%ED%A0%80", "a\xff", "%1F",
	};
	struct client *client = client_of(state);

	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
		CLEANUP_FREE char *text = alloc_format(
			"GET /v1/things/%s HTTP/1.1\r\n" RIG_HEADERS "\r\n",
			params[i]);

		client_expect_problem(client, text, 404, "not-found", NULL);
	}
}

static void test_long_params(void **state)
{
	struct client *client = client_of(state);
	char name[ROUTE_PARAM_MAX + 2];
	CLEANUP_FREE char *fits = NULL;
	CLEANUP_FREE char *too_long = NULL;

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	too_long = alloc_format(
		"GET /v1/things/%s HTTP/1.1\r\n" RIG_HEADERS "\r\n", name);
	name[sizeof(name) - 2] = 0;
	fits = alloc_format("GET /v1/things/%s HTTP/1.1\r\n" RIG_HEADERS "\r\n",
			    name);
	client_expect(client, fits, 200, NULL);
	client_expect_problem(client, too_long, 404, "not-found", NULL);
}

static void test_describe(void **state)
{
	static const struct route table[] = {
		{ "GET", "/a/{b}", NULL, NULL, NULL },
		{ .method = NULL },
	};
	CLEANUP_JSON json_t *made = route_describe(table);
	CLEANUP_FREE char *line = json_line(made);

	(void)state;
	assert_string_equal(line, "[{\"body\":null,\"method\":\"GET\","
				  "\"path\":\"/a/{b}\",\"query\":null}]");
}

/* --- others' clients --- */

static size_t take_body(char *data, size_t size, size_t count, void *arg)
{
	buf_add(arg, data, size * count);
	return size * count;
}

static void curl_ask(CURL *curl, const char *url, const char *post,
		     const char *expected)
{
	struct buf body = BUF_INIT(4096);
	long status = 0;

	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
	if (post)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post);
	if (curl_easy_perform(curl) != CURLE_OK)
		_exit(2);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != (post ? 201 : 200) ||
	    strcmp(buf_text(&body), expected) != 0)
		_exit(3);
	buf_free(&body);
}

static void curl_run(const char *path)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers =
		curl_slist_append(NULL, "Content-Type: application/json");

	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, path);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_ask(curl, "http://tilld/v1", NULL, HELLO);
	curl_ask(curl, "http://tilld/v1/whole-stream", NULL, "one\ntwo\n");
	curl_ask(curl, "http://tilld/v1/echo", "{\"number\": 5}",
		 "{\"number\":5}\n");
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	_exit(0);
}

static int wait_child(struct rig *rig, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0)
		rig_spend(rig, 1);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_curl(void **state)
{
	struct rig *rig = client_of(state)->rig;
	pid_t pid = fork();

	if (!pid)
		curl_run(rig->path);
	assert_int_equal(wait_child(rig, pid), 0);
}

static void test_peer(void **state)
{
	struct response response =
		client_ask(client_of(state), RIG_GET("/v1/peer"));
	CLEANUP_JSON json_t *body =
		json_parse(response.body, response.body_len);
	json_t *gids = json_object_get(body, "gids");

	assert_int_equal(json_int(body, "uid", -1), getuid());
	assert_int_equal(json_integer_value(json_array_get(gids, 0)), getgid());
	response_free(&response);
}

/* As somebody else, in three groups; only root can try that. */
static void peer_run(const char *path)
{
	static const gid_t groups[] = { 4001, 4002, 4003 };
	struct buf body = BUF_INIT(4096);
	CURL *curl = curl_easy_init();

	if (setgroups(3, groups) || setgid(4002) || setuid(4000))
		_exit(4);
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, path);
	curl_easy_setopt(curl, CURLOPT_URL, "http://tilld/v1/peer");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
	if (curl_easy_perform(curl) != CURLE_OK)
		_exit(2);
	_exit(!strcmp(buf_text(&body),
		      "{\"uid\":4000,\"gids\":[4002,4001,4003]}\n")
		      ? 0
		      : 3);
}

static void test_other_peer(void **state)
{
	struct rig *rig = client_of(state)->rig;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(rig->folder, 0755), 0);
	assert_int_equal(chmod(rig->path, 0666), 0);
	pid = fork();
	if (!pid)
		peer_run(rig->path);
	assert_int_equal(wait_child(rig, pid), 0);
}

/* More groups than the kernel is first asked for, and than we keep. */
static void test_peer_in_many_groups(void **state)
{
	struct client *client = client_of(state);
	gid_t groups[PEER_GROUPS_MAX + 10];
	struct response response;
	CLEANUP_JSON json_t *body = NULL;
	json_t *gids;

	if (geteuid() != 0)
		skip();
	for (gid_t i = 0; i < PEER_GROUPS_MAX + 10; i++)
		groups[i] = 5000 + i;
	assert_return_code(setgroups(PEER_GROUPS_MAX + 10, groups), errno);
	client_close(client);
	client_open(client, client->rig);
	assert_return_code(setgroups(0, NULL), errno);
	response = client_ask(client, RIG_GET("/v1/peer"));
	body = json_parse(response.body, response.body_len);
	gids = json_object_get(body, "gids");
	assert_int_equal(json_array_size(gids), PEER_GROUPS_MAX);
	assert_int_equal(json_integer_value(json_array_get(gids, 1)), 5000);
	response_free(&response);
}

static void note_nothing(int signal)
{
	(void)signal;
}

/* Signals without SA_RESTART: every system call ends early now and then. */
static void test_interrupted(void **state)
{
	struct itimerval often = { .it_interval.tv_usec = 200,
				   .it_value.tv_usec = 200 };
	struct itimerval never = { .it_value.tv_usec = 0 };
	struct sigaction action = { .sa_handler = note_nothing };
	struct client *client = client_of(state);

	sigaction(SIGVTALRM, &action, NULL);
	setitimer(ITIMER_VIRTUAL, &often, NULL);
	for (int i = 0; i < 500; i++) {
		struct client other;

		client_open(&other, client->rig);
		client_expect(client, RIG_GET("/v1"), 200, HELLO);
		client_expect(&other, RIG_GET("/v1"), 200, HELLO);
		client_close(&other);
	}
	setitimer(ITIMER_VIRTUAL, &never, NULL);
}

#define SERVER_TEST(function) \
	cmocka_unit_test_setup_teardown(function, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVER_TEST(test_get),
		SERVER_TEST(test_head),
		SERVER_TEST(test_empty_answer),
		SERVER_TEST(test_problem_answer),
		SERVER_TEST(test_challenge),
		SERVER_TEST(test_pipelining),
		SERVER_TEST(test_byte_by_byte),
		SERVER_TEST(test_half_close),
		SERVER_TEST(test_http_1_0),
		SERVER_TEST(test_absolute_form),
		SERVER_TEST(test_unknown_paths),
		SERVER_TEST(test_other_methods),
		SERVER_TEST(test_params),
		SERVER_TEST(test_bad_params),
		SERVER_TEST(test_long_params),
		cmocka_unit_test(test_describe),
		SERVER_TEST(test_curl),
		SERVER_TEST(test_peer),
		SERVER_TEST(test_other_peer),
		SERVER_TEST(test_peer_in_many_groups),
		SERVER_TEST(test_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
