/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes in, checked before a handler sees it.
 *
 * Browsers have no business here. The socket is a file that a page cannot
 * open, but somebody may put a TCP relay in front of it, and then any page
 * could. So a request with an Origin header is refused (bad-header), no answer
 * has an Access-Control header, a preflight (OPTIONS) gets 405, and a body has
 * to be called application/json, which no form can do. Host is required, as
 * HTTP/1.1 has it, and otherwise means nothing on a Unix socket: clients write
 * into it whatever they like.
 */
#include "http/request_private.h"
#include "util/alloc.h"
#include "util/card.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What is longer is told back to nobody. */
#define INTAKE_NAME_MAX 64

/* Read in two ways they would be a way past a check: at most one of each. */
static const char *const intake_single_headers[] = {
	"Authorization", "Content-Type", "If-Match", "Host", "Idempotency-Key",
};

static bool intake_refuse(struct request *request, enum problem problem,
			  json_t *extra)
{
	request_reply_problem(request, problem, extra);
	return false;
}

static bool intake_refuse_header(struct request *request, const char *name,
				 const char *detail)
{
	json_t *extra = json_make();

	if (text_is_name(name, INTAKE_NAME_MAX) && !card_is_in(name))
		json_put_text(extra, "header", name);
	json_put_text(extra, "detail", detail);
	return intake_refuse(request, PROBLEM_BAD_HEADER, extra);
}

/* Where it ends is read in more than one way: it is the last on its line. */
static bool intake_refuse_framing(struct request *request, const char *name,
				  const char *detail)
{
	request->doubtful = true;
	return intake_refuse_header(request, name, detail);
}

static bool intake_refuse_field(struct request *request, enum problem problem,
				const char *field, const char *detail)
{
	bool told = field && *field && !card_is_in(field);
	json_t *extra = json_make();

	json_put_text(extra, "field", told ? field : NULL);
	json_put_text(extra, "detail", detail);
	return intake_refuse(request, problem, extra);
}

/* --- head --- */

static size_t intake_count_header(const struct request *request,
				  const char *name)
{
	const char *at = NULL, *value;
	size_t count = 0;

	while (request_next_header(request, &at, &value))
		count += !strcasecmp(at, name);
	return count;
}

static bool intake_check_single_headers(struct request *request)
{
	size_t count = sizeof(intake_single_headers) /
		       sizeof(intake_single_headers[0]);

	for (size_t i = 0; i < count; i++) {
		const char *name = intake_single_headers[i];

		if (intake_count_header(request, name) > 1)
			return intake_refuse_header(
				request, name, "It may be sent at most once.");
	}
	return true;
}

/* "Content-Length : 5" is a length to some, and to others it is not. */
static bool intake_check_header(struct request *request, const char *name,
				const char *value)
{
	if (!text_is_name(name, SIZE_MAX))
		return intake_refuse_framing(
			request, "",
			"A header's name is none; no blank may stand before "
			"its colon.");
	/* what cannot be read there is no language of ours */
	return text_is_plain(value) || !strcasecmp(name, "Accept-Language") ||
	       intake_refuse_header(
		       request, name,
		       "It has to be UTF-8 without control characters.");
}

static bool intake_check_headers(struct request *request)
{
	const char *at = NULL, *value;

	if (request->headers.failed)
		return intake_refuse_header(request, "",
					    "There are too many headers.");
	while (request_next_header(request, &at, &value))
		if (!intake_check_header(request, at, value))
			return false;
	if (intake_count_header(request, "Content-Length") +
		    intake_count_header(request, "Transfer-Encoding") >
	    1)
		return intake_refuse_framing(request, "Content-Length",
					     "It may be sent at most once, and "
					     "not with Transfer-Encoding.");
	if (request_header(request, "Origin"))
		return intake_refuse_header(request, "Origin",
					    "Browsers are not served.");
	return intake_check_single_headers(request);
}

static bool intake_refuse_method(struct request *request,
				 const struct route *table, const char *path)
{
	CLEANUP_FREE char *allow = route_allow(table, path);

	request_set_header(request, "Allow", allow);
	return intake_refuse(request, PROBLEM_METHOD_NOT_ALLOWED,
			     json_put_text(json_make(), "allowed", allow));
}

static bool intake_check_route(struct request *request,
			       const struct route *table, const char *method,
			       const char *path)
{
	bool found = false;

	switch (route_find(table, method, path, &request->match)) {
	case ROUTE_FOUND:
		found = true;
		break;
	case ROUTE_UNKNOWN:
		intake_refuse(request, PROBLEM_NOT_FOUND, NULL);
		break;
	case ROUTE_OTHER_METHOD:
		intake_refuse_method(request, table, path);
		break;
	}
	return found;
}

bool intake_refuse_length(struct request *request, size_t body_max)
{
	return intake_refuse(request, PROBLEM_BODY_TOO_LARGE,
			     json_put_int(json_make(), "limit",
					  (int64_t)body_max));
}

static bool intake_is_raw(const struct request *request)
{
	const struct route *route = request->match.route;

	return route && route->body && route->body->type == FIELD_RAW;
}

size_t intake_body_max(const struct request *request, size_t body_max)
{
	return intake_is_raw(request) ? (size_t)request->match.route->body->max
				      : body_max;
}

/* microhttpd has refused a length that is not a number. */
size_t intake_length(const struct request *request)
{
	const char *length = request_header(request, "Content-Length");

	return length ? strtoull(length, NULL, 10) : 0;
}

static bool intake_check_length(struct request *request, size_t body_max)
{
	body_max = intake_body_max(request, body_max);
	return intake_length(request) <= body_max ||
	       intake_refuse_length(request, body_max);
}

bool intake_check_head(struct request *request, const struct route *table,
		       const char *method, const char *path, size_t body_max)
{
	return intake_check_headers(request) &&
	       intake_check_route(request, table, method, path) &&
	       intake_check_length(request, body_max);
}

/* --- query --- */

/* microhttpd splits at & and =, and makes a blank of "+"; the rest is ours. */
bool intake_add_query(struct request *request, const char *name,
		      const char *value)
{
	static const struct field none[] = { { .name = NULL } };
	const struct field *fields = request->match.route->query;
	CLEANUP_FREE char *key = route_decode(name, strlen(name));
	CLEANUP_FREE char *text = route_decode(value, strlen(value));

	if (!key || strlen(key) > INTAKE_NAME_MAX)
		return intake_refuse_field(
			request, PROBLEM_BAD_QUERY, NULL,
			"There is a name that cannot be read.");
	if (!text)
		return intake_refuse_field(request, PROBLEM_BAD_QUERY, key,
					   "Its value cannot be read.");
	if (json_object_get(request->query, key))
		return intake_refuse_field(request, PROBLEM_BAD_QUERY, key,
					   "It is given twice.");
	json_put(request->query, key,
		 field_parse(fields ? fields : none, key, text));
	return true;
}

static bool intake_check_query(struct request *request)
{
	static const struct field none[] = { { .name = NULL } };
	const struct field *fields = request->match.route->query;
	CLEANUP_FREE char *field = NULL;
	CLEANUP_FREE char *detail =
		field_check(fields ? fields : none, request->query, &field);

	if (!detail)
		return true;
	return intake_refuse_field(request, PROBLEM_BAD_QUERY, field, detail);
}

/* --- body --- */

static const char *intake_skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* "application/json", and no parameter but "charset=utf-8". */
static bool intake_is_json_type(const char *type)
{
	static const char json[] = "application/json";
	static const char *const charsets[] = { "charset=utf-8",
						"charset=\"utf-8\"" };

	if (strncasecmp(type, json, strlen(json)) != 0)
		return false;
	type = intake_skip_blanks(type + strlen(json));
	if (*type++ != ';')
		return !type[-1];
	type = intake_skip_blanks(type);
	return !strcasecmp(type, charsets[0]) || !strcasecmp(type, charsets[1]);
}

static bool intake_check_type(struct request *request)
{
	const char *type = request_header(request, "Content-Type");

	if (type && intake_is_json_type(type) &&
	    !request_header(request, "Content-Encoding"))
		return true;
	return intake_refuse(request, PROBLEM_NOT_JSON, NULL);
}

/* What is JSON, and is nothing that can be meant here, has words of its own. */
static const char *intake_json_fault(enum json_error_code code)
{
	static const struct {
		enum json_error_code code;
		const char *words;
	} rows[] = {
		{ json_error_duplicate_key, "A name is given twice" },
		{ json_error_numeric_overflow,
		  "A number is too large for anything here," },
		{ json_error_null_character,
		  "Text can't hold the character \\u0000, which stands" },
		{ json_error_null_byte_in_key,
		  "A name can't hold the character \\u0000, which stands" },
		{ json_error_stack_overflow, "Lists or objects are too deep" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].code == code)
			return rows[i].words;
	return "This is not valid JSON";
}

/* Jansson's own words would quote the body, and with it what is secret. */
static bool intake_refuse_json(struct request *request,
			       const json_error_t *error)
{
	CLEANUP_FREE char *detail =
		alloc_format("%s at byte %d.",
			     intake_json_fault(json_error_code(error)),
			     error->position);

	return intake_refuse(request, PROBLEM_BAD_JSON,
			     json_put_text(json_make(), "detail", detail));
}

static bool intake_parse_body(struct request *request, const struct buf *text)
{
	json_error_t error;
	json_t *body =
		json_loadb((const char *)text->data, text->len,
			   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

	if (!body)
		return intake_refuse_json(request, &error);
	json_decref(request->body);
	request->body = body;
	if (!json_is_object(body))
		return intake_refuse_field(request, PROBLEM_BAD_BODY, NULL,
					   "It has to be an object.");
	return true;
}

static bool intake_take_text(struct request *request, struct buf *text)
{
	if (!text->len)
		return intake_refuse_field(request, PROBLEM_BAD_BODY, NULL,
					   "It is missing.");
	if (!intake_check_type(request))
		return false;
	request->text = *text;
	*text = (struct buf)BUF_INIT(text->max);
	return true;
}

static bool intake_check_body(struct request *request, struct buf *text)
{
	const struct field *fields = request->match.route->body;
	CLEANUP_FREE char *field = NULL;
	CLEANUP_FREE char *detail = NULL;

	if (intake_is_raw(request))
		return intake_take_text(request, text);
	if (text->len && !fields)
		return intake_refuse_field(request, PROBLEM_BAD_BODY, NULL,
					   "No body may come with this.");
	if (text->len &&
	    (!intake_check_type(request) || !intake_parse_body(request, text)))
		return false;
	if (fields)
		detail = field_check(fields, request->body, &field);
	if (!detail)
		return true;
	return intake_refuse_field(request, PROBLEM_BAD_BODY, field, detail);
}

/* --- all of it --- */

void intake_dispatch(struct request *request, struct buf *text, void *context)
{
	if (request->answered || !intake_check_query(request) ||
	    !intake_check_body(request, text))
		return;
	buf_free(text);
	request_hold(request);
	request->match.route->handle(request, context);
}
