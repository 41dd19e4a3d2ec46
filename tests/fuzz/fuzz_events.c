/* SPDX-License-Identifier: Apache-2.0 */
/* What tillctl reads of a daemon's events; cut anywhere, it is the same. */
#include "cli/sse.h"

#include "fuzz.h"

#include <string.h>

const int fuzz_variants = 30000;

struct heard {
	size_t events, bytes;
};

static void events_hear(void *arg, const char *type, const char *data)
{
	struct heard *heard = arg;

	heard->events++;
	heard->bytes += strlen(type) + strlen(data);
}

static struct heard events_read(const uint8_t *data, size_t size, size_t part)
{
	struct heard heard = { 0 };
	struct sse sse;

	sse_init(&sse, events_hear, &heard);
	for (size_t at = 0; at < size; at += part)
		if (!sse_feed(&sse, data + at,
			      size - at < part ? size - at : part))
			break;
	FUZZ_HOLDS(strlen(sse.id) < SSE_ID_SIZE);
	sse_restart(&sse);
	sse_free(&sse);
	return heard;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole, parts;

	if (!size)
		return 0;
	whole = events_read(data + 1, size - 1, size);
	parts = events_read(data + 1, size - 1, 1 + data[0]);
	FUZZ_HOLDS(whole.events == parts.events && whole.bytes == parts.bytes);
	return 0;
}
