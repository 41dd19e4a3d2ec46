/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ZVT on a line. The first byte: serial or TCP; then steps, each of a byte that
 * says what and how much: bytes come, time goes by, something is sent.
 */
#include "terminal/zvt_link.h"

#include "fuzz.h"

#include <string.h>

const int fuzz_variants = 30000;

#define LINK_EVENTS_MAX 100000 /* more out of so few bytes: it never ends */

/* False once it is over with this line: bytes that are not ZVT, or, on TCP,
 * half a message for too long. A driver gives the line up then. */
static bool link_drain(struct zvt_link *link, int64_t now)
{
	enum zvt_link_event event;
	struct zvt_apdu apdu;
	int events = 0;

	while ((event = zvt_link_next(link, now, &apdu)) != ZVT_LINK_NOTHING) {
		FUZZ_HOLDS(events++ < LINK_EVENTS_MAX);
		if (event == ZVT_LINK_MESSAGE)
			FUZZ_HOLDS(apdu.len <= ZVT_DATA_MAX);
		if (event == ZVT_LINK_GARBLED ||
		    (event == ZVT_LINK_SILENT && !link->serial))
			return false;
	}
	buf_reset(&link->out);
	if (zvt_link_is_quiet(link))
		FUZZ_HOLDS(zvt_link_due(link) < 0);
	return true;
}

static void link_send(struct zvt_link *link, int64_t now, uint8_t what)
{
	static const uint8_t data[] = { 0x10, 0x03, 0x10, 0x02, 0x15 };
	struct buf apdu = BUF_INIT(64);

	zvt_apdu_write(&apdu, what & 8 ? ZVT_POSITIVE : ZVT_AUTHORIZATION, data,
		       what % sizeof(data));
	zvt_link_submit(link, now, &apdu, (unsigned int)what % 3);
	buf_free(&apdu);
}

/* How many bytes it took; 0 if that was the end of the line. */
static size_t link_step(struct zvt_link *link, int64_t *now,
			const uint8_t *data, size_t size)
{
	size_t len = data[0] & 63;

	if (data[0] < 0xc0) {
		if (len > size - 1)
			len = size - 1;
		zvt_link_feed(link, *now, data + 1, len);
	} else if (data[0] < 0xe0) {
		*now += (int64_t)(data[0] & 31) * 100;
		len = 0;
	} else {
		link_send(link, *now, data[0]);
		len = 0;
	}
	return link_drain(link, *now) ? 1 + len : 0;
}

/* Nothing comes any more: it comes to rest by itself. */
static void link_end(struct zvt_link *link, int64_t now)
{
	for (int i = 0; i < 100 && zvt_link_due(link) >= 0; i++) {
		now = zvt_link_due(link) > now ? zvt_link_due(link) : now + 1;
		if (!link_drain(link, now))
			return;
	}
	FUZZ_HOLDS(zvt_link_due(link) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zvt_link link;
	int64_t now = 1000;
	size_t at = 1, step = 1;

	if (!size)
		return 0;
	zvt_link_init(&link, data[0] & 1, 5000);
	while (step && at < size) {
		step = link_step(&link, &now, data + at, size - at);
		at += step;
	}
	if (step)
		link_end(&link, now);
	zvt_link_clear(&link);
	return 0;
}
