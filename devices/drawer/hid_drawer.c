/* SPDX-License-Identifier: Apache-2.0 */
#include "drawer/hid_drawer.h"

#include "util/hid.h"

#include <string.h>

bool hid_drawer_open(struct driver_io *io, size_t least)
{
	struct hid_drawer *s = driver_state(io);
	const struct driver_facts *facts = driver_facts(io);
	struct hid_sizes sizes = { 0 };

	if (facts)
		hid_read_sizes(facts->reports, facts->reports_len, &sizes);
	if (sizes.numbered || sizes.in < least || sizes.out < least ||
	    sizes.in > HID_DRAWER_REPORT_MAX ||
	    sizes.out > HID_DRAWER_REPORT_MAX) {
		driver_log(io, "reports of %zu and %zu bytes: no such drawer",
			   sizes.in, sizes.out);
		driver_lost(io, REASON_WRONG_PROTOCOL);
		return false;
	}
	s->in = sizes.in;
	s->out = sizes.out;
	return true;
}

void hid_drawer_send(struct driver_io *io, uint8_t first, uint8_t second)
{
	const struct hid_drawer *s = driver_state(io);
	/* led by the number that it does not have */
	uint8_t report[1 + HID_DRAWER_REPORT_MAX] = { 0, first, second };

	driver_write(io, report, 1 + s->out);
}

void hid_drawer_input(struct driver_io *io, const uint8_t *data, size_t len,
		      void (*take)(struct driver_io *io, const uint8_t *report))
{
	struct hid_drawer *s = driver_state(io);

	for (size_t i = 0; i < len && s->in; i++) {
		s->report[s->len++] = data[i];
		if (s->len < s->in)
			continue;
		s->len = 0;
		take(io, s->report);
	}
}

/* --- for people --- */

static bool hid_drawer_is_zero(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

bool hid_drawer_trace_out(struct trace *trace, uint8_t out_two[2])
{
	const uint8_t *bytes = trace->bytes;
	size_t len = trace->len;

	if (len < 3 || len > 1 + HID_DRAWER_REPORT_MAX || bytes[0] ||
	    !hid_drawer_is_zero(bytes + 3, len - 3))
		return false;
	trace_show(trace, len);
	memcpy(out_two, bytes + 1, 2);
	return true;
}

size_t hid_drawer_trace_in(struct trace *trace)
{
	size_t len = trace->len;

	trace_show(trace, len);
	if (!hid_drawer_is_zero(trace->bytes + 1, len - 1))
		trace_hide(trace, 1, len - 1, 0);
	return len;
}
