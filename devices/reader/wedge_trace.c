/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is typed, for people: that it is, once until the next Enter; no key, not
 * how many there were, and not how quickly they came.
 */
#include "reader/wedge_codec.h"

#define WEDGE_TYPING 0 /* the place in what is kept: it has been told */

static bool wedge_trace_is_gap(const uint8_t *record)
{
	return (record[0] | record[1] << 8) == DRIVER_KEYS_LOST;
}

static void wedge_trace_key(struct trace *trace, const uint8_t *record)
{
	struct wedge wedge = { 0 };
	unsigned int code = record[0] | (unsigned int)record[1] << 8;
	bool entered = wedge_take_key(&wedge, code, record[2]);

	if (wedge.len && !entered && !trace->kept[WEDGE_TYPING])
		trace_say(trace, "the reader types; none of it is kept");
	if (wedge.len)
		trace->kept[WEDGE_TYPING] = !entered;
	wedge_reset(&wedge);
}

size_t wedge_trace(struct trace *trace)
{
	const uint8_t *bytes = trace->bytes;
	size_t at;

	if (trace->way == TRACE_OUT)
		return trace_strange(trace, trace->len);
	if (trace->len >= DRIVER_KEY_SIZE && wedge_trace_is_gap(bytes)) {
		trace_say(trace, "some keys were missed");
		return DRIVER_KEY_SIZE;
	}
	for (at = 0; at + DRIVER_KEY_SIZE <= trace->len; at += DRIVER_KEY_SIZE)
		if (wedge_trace_is_gap(bytes + at))
			break;
		else
			wedge_trace_key(trace, bytes + at);
	return at;
}
