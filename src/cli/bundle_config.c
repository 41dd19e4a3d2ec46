/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bundle.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define BUNDLE_CONFIG_MAX (256 * 1024)
#define BUNDLE_TOKEN_MAX  256

/* Whose values may leave the box; a misspelt password is none of them. */
static const char *const bundle_open[] = {
	"box",
	"state-dir",
	"keys-dir",
	"head-file",
	"archive-dir",
	"journal-keep-days",
	"alarm",
	"technicians",
	"policy-key",
	"password-cost",
	"stop-wait",
	"seal-entries",
	"seal-seconds",
	"consent-seconds",
	"path",
	"owner",
	"group",
	"mode",
	"connections",
	"connections-per-user",
	"driver",
	"serial",
	"tcp",
	"tls",
	"usb",
	"hid",
	"keyboard",
	"pcsc",
	"tills",
	"baud",
	"data-bits",
	"stop-bits",
	"parity",
	"flow",
	"poll",
	"status-poll",
	"code-page",
	"charset",
	"pace",
	"open-alarm",
	"kicks-per-minute",
	"init",
	"brightness",
	"sensor",
	"track",
	"opens-drawer",
	"on-time",
	"off-time",
	"id-bits",
	"drawer",
	"drive",
	"cards",
	"cancel-foreign",
	"tax-letters",
	"strip-tlv",
	"sequence",
	"send-currency",
	"repeats-day-end",
	"pin",
	"payment-voucher",
	"payment-type",
	"payment-transfer",
	"payment-other",
	"payment-credit",
	"payment-cheque",
	"payment-card",
	"language",
	"digits",
	"dialect",
	"customer-display",
	"currency",
	"columns",
	"checksum",
	"bytes",
	"byte-order",
	"abort-allowed",
};

static bool bundle_is_open(const char *name)
{
	for (size_t i = 0; i < sizeof(bundle_open) / sizeof(bundle_open[0]);
	     i++)
		if (!strcmp(bundle_open[i], name))
			return true;
	return false;
}

/* --- tokens: a word, a text in quotation marks, or one of = { } , --- */

struct bundle_reader {
	const char *at;
	char token[BUNDLE_TOKEN_MAX]; /* what is longer is cut off */
};

static void bundle_skip(struct bundle_reader *reader)
{
	for (;;) {
		const char *end = NULL;

		reader->at += strspn(reader->at, " \t\r\n");
		if (*reader->at == '#' || !strncmp(reader->at, "//", 2))
			end = strchr(reader->at, '\n');
		else if (!strncmp(reader->at, "/*", 2))
			end = strstr(reader->at + 2, "*/");
		else
			return;
		reader->at = end ? end + (*end == '*' ? 2 : 1)
				 : reader->at + strlen(reader->at);
	}
}

static void bundle_take(struct bundle_reader *reader, const char *from,
			size_t len)
{
	snprintf(reader->token, sizeof(reader->token), "%.*s", (int)len, from);
	if (!text_is_plain(reader->token))
		snprintf(reader->token, sizeof(reader->token), "?");
}

/* False at the end. */
static bool bundle_next(struct bundle_reader *reader)
{
	const char *from;
	size_t len;

	bundle_skip(reader);
	from = reader->at;
	if (!*from)
		return false;
	if (*from == '"' || *from == '\'') {
		for (len = 1; from[len] && from[len] != *from; len++)
			len += from[len] == '\\' && from[len + 1];
		bundle_take(reader, from + 1, len - 1);
		len += from[len] != '\0';
	} else {
		len = strcspn(from, " \t\r\n={},\"'#");
		len = len ? len : 1;
		bundle_take(reader, from, len);
	}
	reader->at = from + len;
	return true;
}

/* --- settings --- */

static char *bundle_append(char *text, const char *more)
{
	char *longer = alloc_format("%s%s%s", text, *text ? " " : "", more);

	free(text);
	return longer;
}

static bool bundle_follows(struct bundle_reader *reader, char sign)
{
	bundle_skip(reader);
	return *reader->at == sign;
}

/* What stands behind "=": one, or a list in braces. */
static char *bundle_read_value(struct bundle_reader *reader, char *line,
			       bool is_open)
{
	bool list = bundle_follows(reader, '{');

	while (bundle_next(reader)) {
		bool sign = list && strchr("{},", *reader->token) &&
			    !reader->token[1];

		line = bundle_append(line,
				     is_open || sign ? reader->token : "**");
		if (!list || !strcmp(reader->token, "}"))
			break;
	}
	return line;
}

/* "name = value", "name {", "name title {" or "}". New. */
static char *bundle_read_setting(struct bundle_reader *reader)
{
	char *line = alloc_text(reader->token);
	bool is_open = bundle_is_open(reader->token);
	bool is_device = !strcmp(reader->token, "device");

	if (!strcmp(reader->token, "}"))
		return line;
	if (bundle_follows(reader, '+'))
		bundle_next(reader);
	if (bundle_follows(reader, '=')) {
		bundle_next(reader);
		return bundle_read_value(reader, bundle_append(line, "="),
					 is_open);
	}
	if (is_device && !bundle_follows(reader, '{') && bundle_next(reader))
		line = bundle_append(line, reader->token);
	if ((is_device || !strcmp(line, "socket")) &&
	    bundle_follows(reader, '{') && bundle_next(reader))
		return bundle_append(line, "{");
	free(line); /* what is no setting may be anything */
	return alloc_text("**");
}

json_t *bundle_read_config(const char *path)
{
	CLEANUP_FILE FILE *file = fopen(path, "re");
	CLEANUP_FREE char *text = alloc_zero(1, BUNDLE_CONFIG_MAX + 1);
	struct bundle_reader reader = { .at = text };
	json_t *lines;

	if (!file || !fread(text, 1, BUNDLE_CONFIG_MAX, file))
		return NULL;
	lines = json_array();
	while (bundle_next(&reader)) {
		CLEANUP_FREE char *line = bundle_read_setting(&reader);

		json_array_append_new(lines, json_string(line));
	}
	return lines;
}
