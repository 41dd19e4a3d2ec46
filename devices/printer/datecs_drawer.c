/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The drawer that hangs on the printer: command 106, once and never again, for
 * no number tells of it (docs/protocols.md 4.10). Many an X device has no such
 * command, and says so.
 */
#include "printer/datecs_private.h"

#include "util/json.h"

static void datecs_drawer_sent(struct driver_io *io)
{
	datecs_job_end(io, OUTCOME_SENT, REASON_NONE,
		       json_put_text(json_make(), "drawer", "no-sensor"));
}

static void datecs_drawer_refused(struct driver_io *io)
{
	const struct datecs *p = driver_state(io);
	const struct datecs_meaning *why = &p->reply.meaning;

	datecs_job_end(io, why->doubtful ? OUTCOME_UNKNOWN : OUTCOME_REFUSED,
		       why->reason ? why->reason : REASON_DEVICE_REFUSED,
		       datecs_code_to_json(p->reply.code));
}

/* What was answered under its own SEQ. */
static void datecs_drawer_witnessed(struct driver_io *io, enum datecs_end end)
{
	struct datecs *p = driver_state(io);
	bool own = end == DATECS_REPLAYED &&
		   p->answer.command == datecs_command_number(p->speech.dialect,
							      DATECS_DRAWER);

	if (own)
		datecs_reply_read(&p->speech, DATECS_DRAWER, &p->answer,
				  &p->reply);
	if (own && p->reply.verdict == DATECS_VERDICT_DONE)
		datecs_drawer_sent(io);
	else if (end == DATECS_SILENT)
		datecs_line_lose(io, REASON_NO_ANSWER);
	else
		datecs_job_end(io, OUTCOME_UNKNOWN, REASON_NO_ANSWER, NULL);
}

static void datecs_drawer_answered(struct driver_io *io, enum datecs_end end)
{
	struct datecs *p = driver_state(io);

	switch (end) {
	case DATECS_DONE:
		datecs_drawer_sent(io);
		return;
	case DATECS_REFUSED:
		datecs_drawer_refused(io);
		return;
	case DATECS_NOT_TAKEN:
	case DATECS_OPEN:
	case DATECS_SENSELESS:
	case DATECS_REPLAYED:
	case DATECS_SILENT:
		datecs_ask_begin(io, DATECS_ASK_WITNESS, DATECS_STATUS,
				 p->job.seq, NULL, datecs_drawer_witnessed);
		return;
	}
}

void datecs_drawer_begin(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	p->stage = DATECS_SAVING;
	driver_save(io, json_put_text(json_make(), "command", "drawer-open"));
}

void datecs_drawer_saved(struct driver_io *io, int err)
{
	struct datecs *p = driver_state(io);
	struct buf data = BUF_INIT(DATECS_DATA_SIZE);

	if (err || p->job.aborted) {
		datecs_job_end(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
		return;
	}
	p->job.committed = true;
	driver_commit(io);
	p->job.seq = datecs_seq_take(io);
	if (datecs_speech_is_x(&p->speech))
		buf_add_text(&data, "\t"); /* for the printer's own time */
	datecs_ask_begin(io, DATECS_ASK_ONCE, DATECS_DRAWER, p->job.seq, &data,
			 datecs_drawer_answered);
	buf_free(&data);
}

void datecs_drawer_recover(struct driver_io *io, const json_t *evidence)
{
	if (evidence)
		datecs_job_end(io, OUTCOME_UNKNOWN, REASON_CANNOT_TELL, NULL);
	else
		datecs_job_end(io, OUTCOME_FAILED, REASON_RESTARTED, NULL);
}
