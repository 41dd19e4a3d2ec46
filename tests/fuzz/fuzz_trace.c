/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trace tells of bytes on a line. The first byte says which driver's,
 * the second whether the line is serial; then runs of bytes, each led by one
 * that says which way (bit 7), whether they come one by one (bit 6), and how
 * many they are (63: all that are left).
 */
#include "device/tap.h"
#include "drivers.h"
#include "fake_env.h"
#include "util/card.h"
#include "util/json.h"
#include "util/text.h"

#include "fuzz.h"

#include <string.h>

#define TRACE_ALL 63

const int fuzz_variants = 4000;

static const struct driver *trace_driver(uint8_t number)
{
	size_t count = 0;

	while (drivers[count])
		count++;
	return drivers[number % count];
}

static void trace_told(void *arg)
{
	++*(int *)arg;
}

static void trace_run(struct tap *tap, uint8_t head, const uint8_t *data,
		      size_t size)
{
	enum trace_way way = head & 0x80 ? TRACE_OUT : TRACE_IN;

	if (!(head & 0x40)) {
		tap_bytes(tap, way, data, size);
		return;
	}
	for (size_t i = 0; i < size; i++)
		tap_bytes(tap, way, data + i, 1);
}

/* Plain words; and of those who see cards, never a card's number. */
static void trace_look(const struct tap *tap, const struct driver *driver)
{
	bool sees_cards = driver->class == DEVICE_READER ||
			  driver->class == DEVICE_TERMINAL;
	json_t *list = tap_list(tap, -1, 1000), *record;
	size_t i;

	json_array_foreach (list, i, record) {
		const char *text = json_text(record, "text");

		FUZZ_HOLDS(text && text_is_plain(text));
		FUZZ_HOLDS(!sees_cards || !card_is_in(text));
	}
	json_decref(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct driver *driver;
	struct fake_env fake;
	struct tap *tap;
	int told = 0;

	if (size < 2)
		return 0;
	driver = trace_driver(data[0]);
	fake_env_init(&fake);
	tap = tap_new(driver, data[1] & 1, &fake.env, trace_told, &told);
	tap_note(tap, "up", NULL);
	for (size_t at = 2; at + 1 < size;) {
		size_t left = size - at - 1, count = data[at] & TRACE_ALL;

		count = count == TRACE_ALL || count > left ? left : count;
		trace_run(tap, data[at], data + at + 1, count);
		at += 1 + count;
	}
	tap_note(tap, "lost", NULL);
	FUZZ_HOLDS(told >= 2);
	trace_look(tap, driver);
	tap_free(tap);
	fake_env_free(&fake);
	return 0;
}
