/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The drawer that hangs on the printer (docs/protocols.md 3.7): opendrwr, once
 * and never again, for no counter tells of it; and where the drawer has a
 * switch, what that says then (!sdrwr).
 */
#include "printer/posnet_private.h"

#include "util/json.h"

#include <string.h>

#define POSNET_DRAWER_LOOKS   5
#define POSNET_DRAWER_LOOK_MS 200

static void posnet_drawer_end(struct driver_io *io, enum outcome outcome,
			      enum reason reason, const char *drawer)
{
	posnet_job_end(io, outcome, reason,
		       json_put_text(json_make(), "drawer", drawer));
}

static void posnet_drawer_look(struct driver_io *io);

/* 0 open, 1 closed, 2 that it can't tell. */
static void posnet_drawer_looked(struct driver_io *io,
				 enum posnet_answer answer)
{
	struct posnet *p = driver_state(io);
	int64_t ds = 2;

	if (answer == POSNET_DONE)
		posnet_frame_number(&p->frame, "ds", &ds);
	if (ds == 0)
		posnet_drawer_end(io, OUTCOME_OK, REASON_NONE, "open");
	else if (ds != 1)
		posnet_drawer_end(io, OUTCOME_SENT, REASON_NONE, "unknown");
	else if (++p->job.proofs < POSNET_DRAWER_LOOKS)
		posnet_pause_begin(io, POSNET_DRAWER_LOOK_MS,
				   posnet_drawer_look);
	else
		posnet_drawer_end(io, OUTCOME_UNKNOWN,
				  REASON_DRAWER_STAYED_SHUT, "closed");
}

static void posnet_drawer_look(struct driver_io *io)
{
	posnet_ask_begin(io, POSNET_ASK_READ, "!sdrwr", POSNET_NO_TOKEN, NULL,
			 posnet_drawer_looked);
}

static void posnet_drawer_done(struct driver_io *io)
{
	if (!strcmp(driver_option(io, "drawer"), "switch"))
		posnet_drawer_look(io);
	else
		posnet_drawer_end(io, OUTCOME_SENT, REASON_NONE, "no-sensor");
}

static void posnet_drawer_answered(struct driver_io *io,
				   enum posnet_answer answer)
{
	struct posnet *p = driver_state(io);
	int code = p->ask.error;

	switch (answer) {
	case POSNET_DONE:
		posnet_drawer_done(io);
		return;
	case POSNET_REFUSED:
		posnet_job_end(io,
			       posnet_error_is_doubtful(code) ? OUTCOME_UNKNOWN
							      : OUTCOME_REFUSED,
			       posnet_error_reason(code),
			       posnet_code_to_json(code, false));
		return;
	case POSNET_FRAME_ERROR:
		posnet_job_end(io, OUTCOME_REFUSED,
			       posnet_frame_error_reason(code),
			       posnet_code_to_json(code, true));
		return;
	case POSNET_DOUBT:
	case POSNET_NOTHING:
		posnet_job_end(io, OUTCOME_UNKNOWN, REASON_NO_ANSWER, NULL);
		return;
	case POSNET_SILENT:
		posnet_line_lose(io, REASON_NO_ANSWER);
		return;
	}
}

void posnet_drawer_begin(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->stage = POSNET_SAVING;
	driver_save(io, json_put_text(json_make(), "command", "drawer-open"));
}

void posnet_drawer_saved(struct driver_io *io, int err)
{
	struct posnet *p = driver_state(io);

	if (err || p->job.aborted) {
		posnet_job_end(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
		return;
	}
	p->job.committed = true;
	driver_commit(io);
	posnet_ask_begin(io, POSNET_ASK_CHANGE, "opendrwr", POSNET_NO_TOKEN,
			 NULL, posnet_drawer_answered);
}

void posnet_drawer_recover(struct driver_io *io, const json_t *evidence)
{
	if (evidence)
		posnet_job_end(io, OUTCOME_UNKNOWN, REASON_CANNOT_TELL, NULL);
	else
		posnet_job_end(io, OUTCOME_FAILED, REASON_RESTARTED, NULL);
}
