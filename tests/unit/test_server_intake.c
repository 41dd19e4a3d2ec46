/* SPDX-License-Identifier: Apache-2.0 */
/* What comes in: query, headers and body, good and bad. */
#include "server_rig.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

/* --- query --- */

static void test_query(void **state)
{
	struct client *client = client_of(state);

	client_expect(client, RIG_GET("/v1/query"), 200, "{}\n");
	client_expect(client, RIG_GET("/v1/query?"), 200, "{}\n");
	client_expect(client,
		      RIG_GET("/v1/query?limit=10&all=true&phrase=a+b%2Bc%26"),
		      200,
		      "{\"limit\":10,\"all\":true,\"phrase\":\"a b+c&\"}\n");
	client_expect(client, RIG_GET("/v1/query?phrase="), 200,
		      "{\"phrase\":\"\"}\n");
	client_expect(client, RIG_GET("/v1/query?phrase=%C5%BC/"), 200,
		      "{\"phrase\":\"ż/\"}\n");
}

static void test_bad_query(void **state)
{
	static const struct {
		const char *query;
		const char *detail;
	} rows[] = {
		{ "limit=0", "limit: It has to be from 1 to 100." },
		{ "limit=x", "limit: It has to be a whole number." },
		{ "limit=1.0", "limit: It has to be a whole number." },
		{ "limit=", "limit: It has to be a whole number." },
		{ "limit", "limit: It has to be a whole number." },
		{ "limit=99999999999999999999",
		  "limit: It has to be a whole number." },
		{ "all=1", "all: It has to be true or false." },
		{ "limit=1&limit=2", "It is given twice." },
		{ "lim%69t=1&limit=2", "It is given twice." },
		{ "phrase=%00", "Its value cannot be read." },
		{ "phrase=a%00b", "Its value cannot be read." },
		{ "phrase=%ff", "Its value cannot be read." },
		{ "phrase=%0d%0a", "Its value cannot be read." },
		{ "phrase=%4", "Its value cannot be read." },
		{ "%00=1", "There is a name that cannot be read." },
		{ "=1", "It has a field that is not known here." },
		{ "what=1", "what: There is no such field here." },
		{ "phrase=4111111111111111", "phrase: It must not hold a full "
					     "card number, as it is kept." },
		{ "4111111111111111=1",
		  "It has a field that is not known here." },
		{ "phrase=123456789012345678901",
		  "phrase: It may have at most 20 characters." },
	};
	struct client *client = client_of(state);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP_FREE char *text =
			alloc_format("GET /v1/query?%s HTTP/1.1\r\n" RIG_HEADERS
				     "\r\n",
				     rows[i].query);

		client_expect_problem(client, text, 400, "bad-query",
				      rows[i].detail);
	}
	client_expect_problem(client, RIG_GET("/v1?a=1"), 400, "bad-query",
			      "a: There is no such field here.");
}

/* --- headers --- */

static void check_headers(struct client *client, const char *headers,
			  const char *body)
{
	CLEANUP_FREE char *text = alloc_format(
		"GET /v1/headers HTTP/1.1\r\n" RIG_HEADERS "%s\r\n", headers);

	client_expect(client, text, 200, body);
}

static void test_token(void **state)
{
	struct client *client = client_of(state);

	check_headers(client, "", "{\"wait\":-1}\n");
	check_headers(client, "Authorization: Bearer abc\r\n",
		      "{\"token\":\"abc\",\"wait\":-1}\n");
	check_headers(client, "authorization: bearer  abc\r\n",
		      "{\"token\":\"abc\",\"wait\":-1}\n");
	check_headers(client, "Authorization: Bearer\r\n", "{\"wait\":-1}\n");
	check_headers(client, "Authorization: Basic abc\r\n",
		      "{\"wait\":-1}\n");
	check_headers(client, "IDEMPOTENCY-KEY: k1\r\n",
		      "{\"wait\":-1,\"key\":\"k1\"}\n");
}

static void test_wait(void **state)
{
	struct client *client = client_of(state);

	check_headers(client, "Prefer: wait=60\r\n", "{\"wait\":60}\n");
	check_headers(client, "Prefer: wait=0\r\n", "{\"wait\":0}\n");
	check_headers(client, "Prefer: Wait = 5 ; x=1\r\n", "{\"wait\":5}\n");
	check_headers(client, "Prefer: respond-async, wait=10\r\n",
		      "{\"wait\":10}\n");
	check_headers(client, "Prefer: handling=strict\r\nPrefer: wait=7\r\n",
		      "{\"wait\":7}\n");
	check_headers(client, "Prefer: wait=121\r\n", "{\"wait\":120}\n");
	check_headers(client, "Prefer: wait=99999999999999999999\r\n",
		      "{\"wait\":120}\n");
	check_headers(client, "Prefer: wait=-1\r\n", "{\"wait\":-1}\n");
	check_headers(client, "Prefer: wait=x\r\n", "{\"wait\":-1}\n");
	check_headers(client, "Prefer: wait=5x\r\n", "{\"wait\":-1}\n");
	check_headers(client, "Prefer: waiting=5\r\n", "{\"wait\":-1}\n");
	check_headers(client, "Prefer: wait\r\n", "{\"wait\":-1}\n");
}

static void check_bad_header(struct client *client, const char *header,
			     const char *detail)
{
	CLEANUP_FREE char *text =
		alloc_format("GET /v1/headers HTTP/1.1\r\n" RIG_HEADERS
			     "%s\r\n\r\n",
			     header);

	client_expect_problem(client, text, 400, "bad-header", detail);
}

static void test_bad_headers(void **state)
{
	struct client *client = client_of(state);

	check_bad_header(client, "Origin: http://localhost",
			 "Browsers are not served.");
	check_bad_header(client, "origin: null", "Browsers are not served.");
	check_bad_header(client, "Idempotency-Key: a\r\nidempotency-key: b",
			 "It may be sent at most once.");
	check_bad_header(client,
			 "Authorization: Bearer a\r\nAuthorization: Bearer b",
			 "It may be sent at most once.");
	check_bad_header(client, "Idempotency-Key: a\xff",
			 "It has to be UTF-8 without control characters.");
	check_bad_header(client, "Idempotency-Key: a\x01",
			 "It has to be UTF-8 without control characters.");
	/* and the connection is as good as before */
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
}

static void test_host_is_required(void **state)
{
	struct client *client = client_of(state);
	struct response response =
		client_ask(client, "GET /v1 HTTP/1.1\r\n\r\n");

	assert_int_equal(response.status, 400);
	response_free(&response);
}

/* --- body --- */

static char *make_post(const char *path, const char *headers, const char *body)
{
	return alloc_format("POST %s HTTP/1.1\r\n" RIG_HEADERS
			    "%sContent-Length: %zu\r\n\r\n%s",
			    path, headers, strlen(body), body);
}

static void check_body(struct client *client, const char *body, int status,
		       const char *code, const char *detail)
{
	CLEANUP_FREE char *text = make_post("/v1/echo", RIG_JSON, body);

	client_expect_problem(client, text, status, code, detail);
}

static void test_body(void **state)
{
	struct client *client = client_of(state);
	CLEANUP_FREE char *text = make_post(
		"/v1/echo", RIG_JSON, " {\"text\": \"ż\", \"number\": 5}\n");
	CLEANUP_FREE char *empty = make_post("/v1/echo", "", "");

	client_expect(client, text, 201, "{\"text\":\"ż\",\"number\":5}\n");
	client_expect(client, empty, 201, "{}\n");
	client_expect(client, "POST /v1/echo HTTP/1.1\r\n" RIG_HEADERS "\r\n",
		      201, "{}\n");
	client_expect_problem(client,
			      "POST /v1/needed HTTP/1.1\r\n" RIG_HEADERS "\r\n",
			      400, "bad-body", "text: It is missing.");
}

static void test_bad_json(void **state)
{
	struct client *client = client_of(state);

	check_body(client, "{", 400, "bad-json",
		   "This is not valid JSON at byte 1.");
	check_body(client, " ", 400, "bad-json", NULL);
	check_body(client, "{}{}", 400, "bad-json", NULL);
	check_body(client, "{}x", 400, "bad-json", NULL);
	check_body(client, "{'text': 1}", 400, "bad-json", NULL);
	check_body(client, "{\"text\": \"\xff\"}", 400, "bad-json", NULL);
	check_body(client, "{\"text\": \"\xc0\xaf\"}", 400, "bad-json", NULL);
	check_body(client, "{\"text\": \"\\u0000\"}", 400, "bad-json", NULL);
	check_body(client, "{\"text\": \"\\ud800\"}", 400, "bad-json", NULL);
	check_body(client, "\xef\xbb\xbf{}", 400, "bad-json", NULL);
	check_body(client, "{\"number\": 99999999999999999999}", 400,
		   "bad-json", NULL);
	check_body(client, "{\"number\": 1, \"number\": 2}", 400, "bad-json",
		   "A name is given twice at byte 22.");
}

/* Jansson would say near '...' and quote what is secret. */
static void test_bad_json_is_not_quoted(void **state)
{
	CLEANUP_FREE char *text =
		make_post("/v1/echo", RIG_JSON, "{\"pin\": \"4711\" 4711}");
	struct response response = client_ask(client_of(state), text);

	assert_int_equal(response.status, 400);
	assert_null(strstr(response.body, "4711"));
	response_free(&response);
}

static void test_deep_json(void **state)
{
	struct client *client = client_of(state);
	char body[50001];
	CLEANUP_FREE char *text = NULL;

	memset(body, '[', sizeof(body) - 1);
	body[sizeof(body) - 1] = 0;
	text = make_post("/v1/echo", RIG_JSON, body);
	client_expect_problem(client, text, 400, "bad-json", NULL);
}

static void test_bad_body(void **state)
{
	struct client *client = client_of(state);

	check_body(client, "[]", 400, "bad-body", "It has to be an object.");
	check_body(client, "5", 400, "bad-body", "It has to be an object.");
	check_body(client, "null", 400, "bad-body", "It has to be an object.");
	check_body(client, "{\"number\": 1.0}", 400, "bad-body",
		   "number: It has to be a whole number.");
	check_body(client, "{\"lines\": [\"a\", 5]}", 400, "bad-body",
		   "lines[1]: It has to be text.");
	check_body(client, "{\"colour\": 1}", 400, "bad-body",
		   "colour: There is no such field here.");
	client_expect_problem(client,
			      "GET /v1 HTTP/1.1\r\n" RIG_HEADERS RIG_JSON
			      "Content-Length: 2\r\n\r\n{}",
			      400, "bad-body", "No body may come with this.");
}

static void test_content_type(void **state)
{
	static const struct {
		const char *headers;
		bool good;
	} rows[] = {
		{ "Content-Type: application/json\r\n", true },
		{ "content-type: Application/JSON ; charset=UTF-8\r\n", true },
		{ "Content-Type: application/json;charset=\"utf-8\"\r\n",
		  true },
		{ "", false },
		{ "Content-Type: text/plain\r\n", false },
		{ "Content-Type: application/json5\r\n", false },
		{ "Content-Type: application/jso\r\n", false },
		{ "Content-Type: application/x-www-form-urlencoded\r\n",
		  false },
		{ "Content-Type: multipart/form-data; boundary=x\r\n", false },
		{ "Content-Type: application/json; charset=latin1\r\n", false },
		{ RIG_JSON "Content-Encoding: gzip\r\n", false },
	};
	struct client *client = client_of(state);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP_FREE char *text =
			make_post("/v1/echo", rows[i].headers, "{}");

		if (rows[i].good)
			client_expect(client, text, 201, "{}\n");
		else
			client_expect_problem(client, text, 415, "not-json",
					      NULL);
	}
}

static void test_chunked(void **state)
{
	struct client *client = client_of(state);

	client_expect(client,
		      "POST /v1/echo HTTP/1.1\r\n" RIG_HEADERS RIG_JSON
		      "Transfer-Encoding: chunked\r\n\r\n"
		      "3\r\n{\"n\r\n9\r\number\":5}\r\n0\r\n\r\n",
		      201, "{\"number\":5}\n");
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
}

static void test_expect(void **state)
{
	struct client *client = client_of(state);
	struct response response;

	client_send(client, "POST /v1/echo HTTP/1.1\r\n" RIG_HEADERS RIG_JSON
			    "Content-Length: 12\r\n"
			    "Expect: 100-continue\r\n\r\n");
	response = client_head_response(client);
	assert_int_equal(response.status, 100);
	response_free(&response);
	client_expect(client, "{\"number\":5}", 201, "{\"number\":5}\n");
}

/* Who asks first is told at once, and needs not send what nobody wants. */
static void test_expect_refused(void **state)
{
	struct client *client = client_of(state);

	client_expect_problem(
		client,
		"POST /v1/nothing HTTP/1.1\r\n" RIG_HEADERS RIG_JSON
		"Content-Length: 12\r\n"
		"Expect: 100-continue\r\n\r\n",
		404, "not-found", NULL);
	client_wait_closed(client);
}

#define SERVER_TEST(function) \
	cmocka_unit_test_setup_teardown(function, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVER_TEST(test_query),
		SERVER_TEST(test_bad_query),
		SERVER_TEST(test_token),
		SERVER_TEST(test_wait),
		SERVER_TEST(test_bad_headers),
		SERVER_TEST(test_host_is_required),
		SERVER_TEST(test_body),
		SERVER_TEST(test_bad_json),
		SERVER_TEST(test_bad_json_is_not_quoted),
		SERVER_TEST(test_deep_json),
		SERVER_TEST(test_bad_body),
		SERVER_TEST(test_content_type),
		SERVER_TEST(test_chunked),
		SERVER_TEST(test_expect),
		SERVER_TEST(test_expect_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
