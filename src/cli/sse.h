/* SPDX-License-Identifier: Apache-2.0 */
/* Server-Sent Events, taken apart (WHATWG HTML, 9.2.6): bytes in as they come,
 * whole events out. */
#ifndef TILLD_CLI_SSE_H
#define TILLD_CLI_SSE_H

#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>

#define SSE_EVENT_MAX (256 * 1024)
#define SSE_ID_SIZE   24

/* Texts are borrowed, and good until the call returns. */
typedef void (*sse_event)(void *arg, const char *type, const char *data);

struct sse {
	sse_event event;
	void *arg;
	char id[SSE_ID_SIZE]; /* of the last whole event: for Last-Event-ID */
	char next_id[SSE_ID_SIZE]; /* of the one that is coming */
	char type[64];
	struct buf line;
	struct buf data;
};

void sse_init(struct sse *sse, sse_event event, void *arg);
void sse_free(struct sse *sse);

/* A new connection: what was begun is forgotten, the last id is not. */
void sse_restart(struct sse *sse);

/* False once an event is larger than it may be. */
bool sse_feed(struct sse *sse, const void *bytes, size_t len);

#endif
