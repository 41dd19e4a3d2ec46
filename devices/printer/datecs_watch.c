/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the status bytes tell, which come with every answer
 * (docs/protocols.md 4.8). While a command runs there are none: SYN says no
 * more than that it does.
 */
#include "printer/datecs_private.h"

#include "util/json.h"

static const char *datecs_watch_paper(const struct datecs_status *status)
{
	if (status->paper_out)
		return "out";
	return status->paper_low ? "low" : "ok";
}

static void datecs_watch_tell(struct driver_io *io)
{
	const struct datecs *p = driver_state(io);
	json_t *status = json_make();

	json_put_text(status, "paper", datecs_watch_paper(&p->status));
	json_put_text(status, "cover",
		      p->status.cover_open ? "open" : "closed");
	json_put_text(status, "memory", datecs_status_memory(&p->status));
	json_put_bool(status, "busy", p->printing || p->job.committed);
	if (p->reports >= 0)
		json_put_int(status, "daily_reports", p->reports);
	driver_status(io, status);
}

void datecs_watch_take(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	datecs_status_decode(p->speech.dialect, p->answer.status, &p->status);
	datecs_watch_tell(io);
}

/* Core compares the number of Z reports with its own. */
void datecs_watch_counters(struct driver_io *io)
{
	struct datecs *p = driver_state(io);
	int64_t reports = datecs_counters_z(&p->facts.counters);

	if (reports <= p->reports)
		return;
	p->reports = reports;
	datecs_watch_tell(io);
}

bool datecs_watch_is_open(const struct datecs *p)
{
	return p->status.fiscal_open || p->status.nonfiscal_open ||
	       p->status.rotated_open || p->status.storno_open;
}

/* Before the line is idle again, what came up meanwhile is begun. */
static void datecs_watch_end(struct driver_io *io, enum datecs_end end)
{
	struct datecs *p = driver_state(io);

	if (end == DATECS_SILENT || end == DATECS_SENSELESS)
		datecs_line_lose(io, end == DATECS_SILENT ? REASON_NO_ANSWER
							  : REASON_GARBLED);
	else if (p->job.waiting)
		datecs_report_go_on(io);
	else
		driver_deadline(io, driver_option_int(io, "poll"));
}

/* A Z report that it made by itself shows in their number; one that has no such
 * number is no worse for it. */
static void datecs_watch_counted(struct driver_io *io, enum datecs_end end)
{
	struct datecs *p = driver_state(io);
	struct datecs_z z;

	if (end == DATECS_DONE && datecs_z_read(&p->speech, &p->reply, &z)) {
		p->reports = z.number;
		datecs_watch_tell(io);
	}
	datecs_watch_end(io, end == DATECS_SILENT ? end : DATECS_DONE);
}

static void datecs_watch_answered(struct driver_io *io, enum datecs_end end)
{
	const struct datecs *p = driver_state(io);

	if (end != DATECS_DONE || p->job.waiting)
		datecs_watch_end(io, end);
	else
		datecs_ask_begin(io, DATECS_ASK_READ, DATECS_LAST_REPORT, 0,
				 NULL, datecs_watch_counted);
}

void datecs_watch_tick(struct driver_io *io)
{
	datecs_ask_begin(io, DATECS_ASK_READ, DATECS_STATUS, 0, NULL,
			 datecs_watch_answered);
}
