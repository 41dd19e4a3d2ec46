/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/swipe_codec.h"

#include "util/secret.h"

#include <string.h>

#define SWIPE_ENCODING	 6
#define SWIPE_FINANCIAL	 0 /* ISO; of an encrypting reader: masked */
#define SWIPE_TEXT_MAX	 (BADGE_TRACKS * BADGE_TRACK_SIZE)
#define SWIPE_IDTECH_LEN 7
#define SWIPE_IDTECH_AT	 9
#define SWIPE_IDTECH_MAX 500

/* Where a layout has its tracks: lengths, a byte each, and fields. */
struct swipe_layout {
	size_t size;
	size_t lengths, fields, field_size;
};

static const struct swipe_layout swipe_layouts[] = {
	{ SWIPE_MAGTEK_SIZE, 3, 7, 110 },
	{ SWIPE_MAGNESAFE_SIZE, 505, 508, 112 },
};

static const struct swipe_layout *swipe_find_layout(size_t size)
{
	for (size_t i = 0; i < sizeof(swipe_layouts) / sizeof(*swipe_layouts);
	     i++)
		if (swipe_layouts[i].size == size)
			return &swipe_layouts[i];
	return NULL;
}

bool swipe_is_size(size_t size)
{
	return size == SWIPE_IDTECH_SIZE || swipe_find_layout(size);
}

/* The tracks as a reader that types would have them; its length. */
static size_t swipe_join(const struct swipe_layout *layout,
			 const uint8_t *report, char *text,
			 bool bad[BADGE_TRACKS])
{
	size_t at = 0;

	for (size_t i = 0; i < BADGE_TRACKS; i++) {
		const uint8_t *field =
			report + layout->fields + i * layout->field_size;
		size_t len = report[layout->lengths + i];

		bad[i] = report[i] & 1;
		if (bad[i] || len >= BADGE_TRACK_SIZE)
			continue;
		memcpy(text + at, field, len);
		at += len;
	}
	return at;
}

/* Its reader tells by statuses what is bad; there is no text for that. */
static enum swipe swipe_read_fields(const struct swipe_layout *layout,
				    const uint8_t *report,
				    struct badge_stripe *out_stripe)
{
	char text[SWIPE_TEXT_MAX];
	bool bad[BADGE_TRACKS];
	struct badge_stripe stripe = { 0 };
	size_t len;

	if (layout->size == SWIPE_MAGNESAFE_SIZE &&
	    report[SWIPE_ENCODING] == SWIPE_FINANCIAL)
		return SWIPE_PAYMENT;
	len = swipe_join(layout, report, text, bad);
	if (len && !badge_read_stripe(text, len, &stripe))
		len = 0;
	secret_wipe(text, sizeof(text));
	if (!len && !bad[0] && !bad[1] && !bad[2])
		return SWIPE_UNREADABLE;
	for (size_t i = 0; i < BADGE_TRACKS; i++)
		stripe.bad[i] |= bad[i];
	*out_stripe = stripe;
	secret_wipe(&stripe, sizeof(stripe));
	return SWIPE_STRIPE;
}

/* Which byte of the length is first is not stated: only one can be meant. */
static size_t swipe_idtech_length(const uint8_t *report)
{
	size_t a = report[SWIPE_IDTECH_LEN], b = report[SWIPE_IDTECH_LEN + 1];
	size_t len = a | b << 8;

	return len <= SWIPE_IDTECH_MAX ? len : b | a << 8;
}

static enum swipe swipe_read_idtech(const uint8_t *report,
				    struct badge_stripe *out_stripe)
{
	size_t len = swipe_idtech_length(report);

	if (len > SWIPE_IDTECH_MAX ||
	    !badge_read_stripe((const char *)report + SWIPE_IDTECH_AT, len,
			       out_stripe))
		return SWIPE_UNREADABLE;
	return SWIPE_STRIPE;
}

enum swipe swipe_read(const uint8_t *report, size_t size,
		      struct badge_stripe *out_stripe)
{
	const struct swipe_layout *layout = swipe_find_layout(size);

	return layout ? swipe_read_fields(layout, report, out_stripe)
		      : swipe_read_idtech(report, out_stripe);
}
