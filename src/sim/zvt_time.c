/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines over the model's one timer; power, line and deafness. */
#include "sim/zvt_model.h"

#define PT_RECONNECT_MS 500

static int64_t pt_time_host(const struct pt *pt)
{
	return pt->model.host.now(pt->model.host.arg);
}

void pt_time_set(struct pt *pt, enum pt_timer timer, int64_t ms)
{
	pt->deadlines[timer] = pt_time_host(pt) + ms;
}

void pt_time_clear(struct pt *pt, enum pt_timer timer)
{
	pt->deadlines[timer] = -1;
}

int64_t pt_time_now(const struct pt *pt)
{
	return kit_clock_now(&pt->clock, &pt->model.host);
}

void pt_time_arm(struct pt *pt)
{
	const struct model_host *host = &pt->model.host;
	int64_t now = pt_time_host(pt);
	int64_t next = -1;

	for (int i = 0; i < PT_TIMERS; i++) {
		int64_t at = pt->deadlines[i];

		if (at >= 0 && (next < 0 || at < next))
			next = at;
	}
	host->timer(host->arg, next < 0 ? -1 : next > now ? next - now : 0);
}

/* Back: the plug is in again, or the terminal listens again. */
static void pt_power_return(struct pt *pt)
{
	const struct model_host *host = &pt->model.host;
	bool was_deaf = pt->deaf;

	pt->off = false;
	pt->deaf = false;
	kit_show(host, "display: ready");
	if (was_deaf)
		return;
	pt->line_up = true;
	host->come_back(host->arg);
}

static void pt_time_end_t3(struct pt *pt)
{
	struct pt_awaited awaited = pt->awaited[0];

	if (!pt->awaited_count)
		return;
	pt->awaited_count = 0;
	if (awaited.delivered)
		pt_command_violate(pt, "no answer to %04x within T3",
				   awaited.code);
	if (!pt->serial && !pt->quiet)
		pt_power_hang_up(pt); /* 2.2: T3 missed */
	else
		pt_flow_unanswered(pt);
}

/* Nobody notices but by silence. */
void pt_cable_pull(struct pt *pt, int64_t ms)
{
	pt->cable_out = true;
	pt_time_set(pt, PT_TIMER_CABLE, ms);
}

static void pt_cable_return(struct pt *pt)
{
	pt->cable_out = false;
}

void pt_time_run(struct pt *pt)
{
	static void (*const handlers[PT_TIMERS])(struct pt *) = {
		[PT_TIMER_T1] = pt_link_end_t1,
		[PT_TIMER_T2] = pt_link_end_t2,
		[PT_TIMER_T3] = pt_time_end_t3,
		[PT_TIMER_STAGE] = pt_flow_pass,
		[PT_TIMER_LATE] = pt_command_accept_late,
		[PT_TIMER_GAP] = pt_link_end_gap,
		[PT_TIMER_POWER] = pt_power_return,
		[PT_TIMER_HELD] = pt_tell_held,
		[PT_TIMER_CABLE] = pt_cable_return,
	};
	int64_t now = pt_time_host(pt);

	for (int i = 0; i < PT_TIMERS; i++) {
		if (pt->deadlines[i] < 0 || pt->deadlines[i] > now)
			continue;
		pt->deadlines[i] = -1;
		handlers[i](pt);
	}
}

struct pt_fault *pt_fault_take(struct pt *pt, enum pt_fault_kind kind)
{
	struct pt_fault *fault = &pt->faults[kind];

	if (!fault->armed ||
	    (fault->at && (!pt->tx.flow || fault->at != pt->tx.messages)))
		return NULL;
	fault->armed = false;
	return fault;
}

/* What was not booked never happened; what was told is forgotten. */
void pt_power_cut(struct pt *pt, int64_t ms)
{
	const struct model_host *host = &pt->model.host;

	pt_link_flush(pt);
	pt_link_reset(pt);
	pt_flow_drop(pt);
	for (int i = 0; i < PT_TIMERS; i++)
		pt->deadlines[i] = -1;
	pt->registered = false;
	pt->sequence_on = false;
	pt->card_in = false;
	pt->power_cuts++;
	pt->off = true;
	pt->line_up = false;
	pt->cable_out = false;
	pt_time_set(pt, PT_TIMER_POWER, ms);
	kit_show(host, "power off");
	host->hang_up(host->arg);
}

/* The connection goes; what runs goes on without the till. */
void pt_power_hang_up(struct pt *pt)
{
	const struct model_host *host = &pt->model.host;

	if (!pt->line_up)
		return;
	pt_link_flush(pt);
	pt_link_reset(pt);
	pt->line_up = false;
	pt_time_set(pt, PT_TIMER_POWER, PT_RECONNECT_MS);
	host->hang_up(host->arg);
	pt_flow_abandon(pt);
}

void pt_power_sleep(struct pt *pt, int64_t ms)
{
	pt->deaf = true;
	pt_time_set(pt, PT_TIMER_POWER, ms);
	kit_show(&pt->model.host, "display: updating");
}
