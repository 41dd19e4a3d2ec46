/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/drawer.h"

#include "util/json.h"

#define DRAWER_DUTY_WINDOW 1000 /* ms */
#define DRAWER_DUTY_MAX	   200	/* ms of current within the window */
#define DRAWER_BURN	   500	/* ms of current at once */
#define DRAWER_TOLD	   64	/* of the pulses kept, in an account */

void drawer_init(struct drawer *drawer, int64_t now)
{
	*drawer = (struct drawer){
		.fit = { .min_pulse = 30, .opening = 80 },
		.latch_due = -1,
		.open_due = -1,
		.made = now,
	};
}

static unsigned int drawer_pulses_kept(const struct drawer *drawer)
{
	return drawer->pulse_count < DRAWER_PULSES_KEPT ? drawer->pulse_count
							: DRAWER_PULSES_KEPT;
}

/* The nth of those kept, the oldest first. */
static const struct drawer_pulse *drawer_pulse_at(const struct drawer *drawer,
						  unsigned int n)
{
	unsigned int first = drawer->pulse_count - drawer_pulses_kept(drawer);

	return &drawer->pulses[(first + n) % DRAWER_PULSES_KEPT];
}

/* The coil's heat: current within the window that ends with the last pulse. */
static int64_t drawer_sum_current(const struct drawer *drawer, int64_t end)
{
	int64_t begin = end - DRAWER_DUTY_WINDOW, sum = 0;

	for (unsigned int i = 0; i < drawer_pulses_kept(drawer); i++) {
		const struct drawer_pulse *pulse = drawer_pulse_at(drawer, i);
		int64_t from = pulse->at > begin ? pulse->at : begin;
		int64_t to = pulse->at + pulse->on;

		if (to > from)
			sum += to - from;
	}
	return sum;
}

void drawer_pulse(struct drawer *drawer, const struct drawer_pulse *pulse)
{
	drawer->pulses[drawer->pulse_count++ % DRAWER_PULSES_KEPT] = *pulse;
	if (drawer_sum_current(drawer, pulse->at + pulse->on) > DRAWER_DUTY_MAX)
		drawer->duty_violation = true;
	if (drawer->fit.kind == DRAWER_NONE || pulse->pin != drawer->fit.pin)
		return;
	if (!drawer->burnt && pulse->on >= drawer->fit.min_pulse)
		drawer->latch_due = pulse->at + drawer->fit.min_pulse;
	if (pulse->on > DRAWER_BURN)
		drawer->burnt = true;
}

void drawer_lose_power(struct drawer *drawer)
{
	drawer->latch_due = -1;
}

int64_t drawer_next_due(const struct drawer *drawer)
{
	int64_t latch = drawer->latch_due, open = drawer->open_due;

	if (latch < 0 || open < 0)
		return latch < 0 ? open : latch;
	return latch < open ? latch : open;
}

bool drawer_move(struct drawer *drawer, int64_t now)
{
	if (drawer->latch_due >= 0 && drawer->latch_due <= now) {
		if (drawer->open_due < 0 && !drawer->open && !drawer->locked &&
		    !drawer->jammed)
			drawer->open_due =
				drawer->latch_due + drawer->fit.opening;
		drawer->latch_due = -1;
	}
	if (drawer->open_due < 0 || drawer->open_due > now)
		return false;
	drawer->open_due = -1;
	drawer->open = true;
	drawer->openings++;
	return true;
}

bool drawer_open_by_key(struct drawer *drawer)
{
	if (drawer->fit.kind == DRAWER_NONE || drawer->jammed || drawer->open)
		return false;
	drawer->open = true;
	drawer->open_due = -1;
	drawer->openings++;
	drawer->by_key++;
	return true;
}

bool drawer_close(struct drawer *drawer)
{
	if (drawer->jammed || !drawer->open)
		return false;
	drawer->open = false;
	return true;
}

bool drawer_pin_is_high(const struct drawer *drawer)
{
	if (drawer->fit.kind != DRAWER_FITTED)
		return true; /* the printer's own pull-up */
	return drawer->open == (drawer->fit.polarity == DRAWER_HIGH_IS_OPEN);
}

static json_t *drawer_make_pulse(const struct drawer *drawer,
				 const struct drawer_pulse *pulse)
{
	json_t *made = json_make();

	json_put_int(made, "at_ms", pulse->at - drawer->made);
	json_put_int(made, "pin", pulse->pin ? 5 : 2);
	json_put_int(made, "on_ms", pulse->on);
	json_put_int(made, "off_ms", pulse->off);
	return json_put_bool(made, "realtime", pulse->realtime);
}

void drawer_put_account(const struct drawer *drawer, json_t *account)
{
	unsigned int kept = drawer_pulses_kept(drawer);
	json_t *pulses = json_array();

	for (unsigned int i = kept > DRAWER_TOLD ? kept - DRAWER_TOLD : 0;
	     i < kept; i++)
		json_array_append_new(
			pulses,
			drawer_make_pulse(drawer, drawer_pulse_at(drawer, i)));
	json_put(account, "pulses", pulses);
	json_put_int(account, "pulse_count", drawer->pulse_count);
	json_put_int(account, "openings", drawer->openings);
	json_put_int(account, "by_key", drawer->by_key);
	json_put_bool(account, "open", drawer->open);
	json_put_bool(account, "locked", drawer->locked);
	json_put_bool(account, "jammed", drawer->jammed);
	json_put_bool(account, "burnt", drawer->burnt);
	json_put_bool(account, "duty_violation", drawer->duty_violation);
}
