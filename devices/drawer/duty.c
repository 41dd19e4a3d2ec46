/* SPDX-License-Identifier: Apache-2.0 */
#include "drawer/duty.h"

#include <string.h>

/* Never below DUTY_SLOTS, so that going back a minute doesn't wrap. */
static uint64_t duty_slot(int64_t now)
{
	return (uint64_t)now / DUTY_SLOT_MS + DUTY_SLOTS;
}

static void duty_rest(struct duty *duty, int64_t now, int64_t on_ms)
{
	int64_t rest = on_ms * DUTY_FACTOR;

	duty->rest_until = now + (rest > DUTY_FLOOR_MS ? rest : DUTY_FLOOR_MS);
}

/* Empties the slots that went by since the newest one. */
static void duty_advance(struct duty *duty, int64_t now)
{
	uint64_t slot = duty_slot(now);

	if (slot - duty->slot >= DUTY_SLOTS)
		memset(duty->pulses, 0, sizeof(duty->pulses));
	else
		while (duty->slot != slot)
			duty->pulses[++duty->slot % DUTY_SLOTS] = 0;
	duty->slot = slot;
}

void duty_begin(struct duty *duty, int64_t now, int64_t on_ms)
{
	if (duty->used)
		return;
	duty->used = true;
	duty_rest(duty, now, on_ms);
}

/* Until the oldest slot with pulses leaves: DUTY_SLOTS after it began. */
static int64_t duty_wait_slot(const struct duty *duty, int64_t now)
{
	uint64_t oldest = duty->slot - (DUTY_SLOTS - 1);

	while (oldest != duty->slot && !duty->pulses[oldest % DUTY_SLOTS])
		oldest++;
	return (int64_t)(oldest * DUTY_SLOT_MS - (uint64_t)now);
}

int64_t duty_wait(struct duty *duty, int64_t now, int64_t per_minute)
{
	int64_t wait = duty->rest_until - now, pulses = 0;

	duty_advance(duty, now);
	for (int i = 0; i < DUTY_SLOTS; i++)
		pulses += duty->pulses[i];
	if (pulses >= per_minute) {
		int64_t until_slot = duty_wait_slot(duty, now);

		wait = wait > until_slot ? wait : until_slot;
	}
	return wait > 0 ? wait : 0;
}

void duty_note(struct duty *duty, int64_t now, int64_t on_ms)
{
	duty_advance(duty, now);
	duty->pulses[duty->slot % DUTY_SLOTS]++;
	duty_rest(duty, now, on_ms);
}
