/* SPDX-License-Identifier: Apache-2.0 */
/* Badges for people: that one was shown, and never which. A whole frame stands
 * for another badge, of nothing but zeros, which has checksum 0 either way. */
#include "reader/em4100_codec.h"

#include "util/secret.h"

#include <string.h>

#define EM4100_FRAME_MAX 64
#define EM4100_DIGITS	 (2 * (EM4100_TAG_SIZE + 1))

/* Whether it would be one for either kind of reader. */
static bool em4100_trace_is_sound(const uint8_t *frame, size_t len)
{
	struct em4100_reader xor = { 0 }, sum = { 0 };
	enum em4100_event by_xor = EM4100_NOTHING, by_sum = EM4100_NOTHING;
	uint8_t tag[EM4100_TAG_SIZE];

	for (size_t i = 0; i < len; i++) {
		by_xor = em4100_read(&xor, frame[i], EM4100_XOR, tag);
		by_sum = em4100_read(&sum, frame[i], EM4100_SUM, tag);
	}
	em4100_reset(&xor);
	em4100_reset(&sum);
	secret_wipe(tag, sizeof(tag));
	return by_xor == EM4100_TAG || by_sum == EM4100_TAG;
}

size_t em4100_trace(struct trace *trace)
{
	size_t len;

	if (trace->way == TRACE_OUT)
		return trace_strange(trace, trace->len);
	if (!trace_find_frame(trace, EM4100_STX, EM4100_ETX, EM4100_FRAME_MAX,
			      &len))
		return len;
	if (len < EM4100_DIGITS + 2 ||
	    !em4100_trace_is_sound(trace->bytes, len))
		return trace_strange(trace, len);
	trace_say(trace, "a badge is shown; its number is not kept");
	trace_show(trace, len);
	trace_hide(trace, 1, EM4100_DIGITS, '0');
	return len;
}
