/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/sse.h"

#include <stdio.h>
#include <string.h>

void sse_init(struct sse *sse, sse_event event, void *arg)
{
	*sse = (struct sse){ .event = event,
			     .arg = arg,
			     .line = BUF_INIT(SSE_EVENT_MAX),
			     .data = BUF_INIT(SSE_EVENT_MAX) };
}

void sse_free(struct sse *sse)
{
	buf_free(&sse->line);
	buf_free(&sse->data);
}

void sse_restart(struct sse *sse)
{
	buf_reset(&sse->line);
	buf_reset(&sse->data);
	*sse->type = 0;
	memcpy(sse->next_id, sse->id, sizeof(sse->id));
}

static void sse_dispatch(struct sse *sse)
{
	memcpy(sse->id, sse->next_id, sizeof(sse->id));
	if (sse->data.len)
		sse->event(sse->arg, *sse->type ? sse->type : "message",
			   buf_text(&sse->data));
	buf_reset(&sse->data);
	*sse->type = 0;
}

static void sse_take_field(struct sse *sse, const char *name, const char *value)
{
	if (!strcmp(name, "data")) {
		if (sse->data.len)
			buf_add_byte(&sse->data, '\n');
		buf_add_text(&sse->data, value);
	} else if (!strcmp(name, "event")) {
		snprintf(sse->type, sizeof(sse->type), "%s", value);
	} else if (!strcmp(name, "id") && strlen(value) < SSE_ID_SIZE) {
		snprintf(sse->next_id, sizeof(sse->next_id), "%s", value);
	}
}

static void sse_take_line(struct sse *sse)
{
	char *line = (char *)sse->line.data, *colon;

	if (!sse->line.len) {
		sse_dispatch(sse);
		return;
	}
	colon = strchr(line, ':');
	if (colon == line)
		return; /* a comment */
	if (!colon) {
		sse_take_field(sse, line, "");
		return;
	}
	*colon++ = 0;
	sse_take_field(sse, line, *colon == ' ' ? colon + 1 : colon);
}

/* CR LF ends a line once: the empty one between them is what the LF ends, and
 * tilld sends LF alone. A CR is dropped. */
bool sse_feed(struct sse *sse, const void *bytes, size_t len)
{
	const char *at = bytes;

	for (; len && !sse->line.failed && !sse->data.failed; at++, len--) {
		if (*at == '\n') {
			sse_take_line(sse);
			buf_reset(&sse->line);
		} else if (*at && *at != '\r') {
			buf_add_byte(&sse->line, (uint8_t)*at);
		}
	}
	return !sse->line.failed && !sse->data.failed;
}
