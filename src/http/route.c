/* SPDX-License-Identifier: Apache-2.0 */
#include "http/route.h"

#include "http/request_private.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/text.h"

#include <ctype.h>
#include <string.h>

#define ROUTE_ALLOW_MAX 64

static int route_hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit = (char)tolower((unsigned char)digit);
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* The byte at text[*at], decoded; -1 where an escape is broken. */
static int route_decode_byte(const char *text, size_t len, size_t *at)
{
	int high, low;

	if (text[*at] != '%')
		return (unsigned char)text[(*at)++];
	if (len - *at < 3)
		return -1;
	high = route_hex_value(text[*at + 1]);
	low = route_hex_value(text[*at + 2]);
	*at += 3;
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

char *route_decode(const char *text, size_t len)
{
	char *decoded = alloc_zero(len + 1, 1);
	size_t used = 0;
	int byte = 1;

	for (size_t at = 0; at < len && byte > 0;) {
		byte = route_decode_byte(text, len, &at);
		decoded[used++] = (char)byte;
	}
	if (byte > 0 && text_is_plain(decoded))
		return decoded;
	free(decoded);
	return NULL;
}

/* A segment of the path that stands for "{name}" of a pattern. */
static bool route_take_param(const char *pattern, size_t pattern_len,
			     const char *segment, size_t len,
			     struct route_match *match)
{
	CLEANUP_FREE char *value = route_decode(segment, len);
	size_t i = match->params_count;

	if (!value || !*value || strlen(value) > ROUTE_PARAM_MAX ||
	    strchr(value, '/') || i == ROUTE_PARAMS_MAX)
		return false;
	match->params[i].name = pattern + 1;
	match->params[i].name_len = pattern_len - 2;
	memcpy(match->params[i].value, value, strlen(value) + 1);
	match->params_count++;
	return true;
}

static bool route_match_segment(const char *pattern, size_t pattern_len,
				const char *segment, size_t len,
				struct route_match *match)
{
	if (pattern_len && pattern[0] == '{')
		return route_take_param(pattern, pattern_len, segment, len,
					match);
	return len == pattern_len && !memcmp(segment, pattern, len);
}

/* Whether it can be that one at all, but for what its parameters hold: most
 * of the table is passed over by this. */
static bool route_has_shape(const char *pattern, const char *path)
{
	while (*pattern) {
		if (*pattern == '{') {
			pattern = strchr(pattern, '}') + 1;
			path += strcspn(path, "/");
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return !*path;
}

/* Segment by segment; both have to end at the same time. */
static bool route_match_path(const struct route *route, const char *path,
			     struct route_match *match)
{
	const char *pattern = route->path;

	if (!route_has_shape(pattern, path))
		return false;
	match->route = route;
	match->params_count = 0;
	while (*pattern == '/' && *path == '/') {
		size_t pattern_len = strcspn(++pattern, "/");
		size_t len = strcspn(++path, "/");

		if (!route_match_segment(pattern, pattern_len, path, len,
					 match))
			return false;
		pattern += pattern_len;
		path += len;
	}
	return !*pattern && !*path;
}

static bool route_is_method(const struct route *route, const char *method)
{
	if (!strcmp(method, "HEAD"))
		method = "GET";
	return !strcmp(route->method, method);
}

enum route_result route_find(const struct route *table, const char *method,
			     const char *path, struct route_match *out_match)
{
	enum route_result result = ROUTE_UNKNOWN;

	for (; table->method; table++) {
		struct route_match match;

		if (!route_match_path(table, path, &match))
			continue;
		result = ROUTE_OTHER_METHOD;
		if (!route_is_method(table, method))
			continue;
		*out_match = match;
		return ROUTE_FOUND;
	}
	return result;
}

char *route_allow(const struct route *table, const char *path)
{
	CLEANUP(buf_cleanup) struct buf allow = BUF_INIT(ROUTE_ALLOW_MAX);

	for (; table->method; table++) {
		struct route_match match;

		if (!route_match_path(table, path, &match) ||
		    strstr(buf_text(&allow), table->method))
			continue;
		buf_add_format(&allow, "%s%s", allow.len ? ", " : "",
			       table->method);
		if (!strcmp(table->method, "GET"))
			buf_add_text(&allow, ", HEAD");
	}
	return alloc_text(buf_text(&allow));
}

static json_t *route_describe_fields(const struct field *fields)
{
	return fields ? field_describe(fields) : json_null();
}

json_t *route_describe(const struct route *table)
{
	json_t *list = json_array();

	for (; table->method; table++) {
		json_t *row = json_make();

		json_put_text(row, "method", table->method);
		json_put_text(row, "path", table->path);
		json_put(row, "body", route_describe_fields(table->body));
		json_put(row, "query", route_describe_fields(table->query));
		json_array_append_new(list, row);
	}
	return list;
}
