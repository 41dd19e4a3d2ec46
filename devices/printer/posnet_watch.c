/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the printer's mechanism does. !sdev and !sprn are answered even while a
 * command runs; a round is the one and then, once it was answered, the other,
 * so that never more than one probe is under way.
 */
#include "printer/posnet_private.h"

#include "util/json.h"

#include <string.h>

#define POSNET_PROBE_WAIT_MS 1000
#define POSNET_MISSED_MAX    3
#define POSNET_COUNT_ROUNDS  10 /* of probes, then its reports are counted */

enum posnet_mechanism {
	POSNET_PR_FINE = 0,
	POSNET_PR_LEVER = 1, /* lever up or cover open */
	POSNET_PR_COVER = 3,
	POSNET_PR_PAPER = 5,
	POSNET_PR_COVER_CUTTING = 10,
};

static bool posnet_watch_cover_is_open(const struct posnet_watch *watch)
{
	return watch->pr == POSNET_PR_LEVER || watch->pr == POSNET_PR_COVER ||
	       watch->pr == POSNET_PR_COVER_CUTTING;
}

enum reason posnet_watch_trouble(const struct posnet *p)
{
	if (posnet_watch_cover_is_open(&p->watch))
		return REASON_COVER_OPEN;
	if (p->watch.pr == POSNET_PR_PAPER)
		return REASON_PAPER_OUT;
	if (p->watch.pr != POSNET_PR_FINE)
		return REASON_PRINTER_ERROR;
	return p->watch.ds ? REASON_PRINTER_WAITS : REASON_NONE;
}

bool posnet_watch_is_idle(const struct posnet *p)
{
	return p->watch.ds == 0 && p->watch.pr == POSNET_PR_FINE &&
	       p->watch.queue_empty;
}

/* --- telling --- */

static const char *posnet_watch_paper(const struct posnet_watch *watch)
{
	if (watch->pr == POSNET_PR_PAPER)
		return "out";
	return watch->paper_low ? "low" : "ok";
}

void posnet_watch_tell_status(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	const struct posnet_watch *watch = &p->watch;
	json_t *status = json_make();

	json_put_text(status, "paper", posnet_watch_paper(watch));
	json_put_text(status, "cover",
		      posnet_watch_cover_is_open(watch) ? "open" : "closed");
	json_put_bool(status, "busy",
		      watch->ds || watch->tl || !watch->queue_empty ||
			      p->job.committed);
	if (p->facts.counters.value[POSNET_REPORTS] >= 0)
		json_put_int(status, "daily_reports",
			     p->facts.counters.value[POSNET_REPORTS]);
	driver_status(io, status);
}

static const char *posnet_watch_text(const struct posnet *p)
{
	static const char *const human[] = { "printing", "in its menu",
					     "waiting for a key",
					     "waiting after an error" };

	if (posnet_watch_cover_is_open(&p->watch))
		return "cover open";
	if (p->watch.pr == POSNET_PR_PAPER)
		return "paper out";
	if (p->watch.pr != POSNET_PR_FINE)
		return "printer error";
	return p->watch.ds > 0 && p->watch.ds <= 3 ? human[p->watch.ds]
						   : human[0];
}

/* Where nothing changed, nothing is said again. */
static void posnet_watch_tell_progress(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	const char *text = posnet_watch_text(p);

	if (!p->job.committed || text == p->watch.told)
		return;
	p->watch.told = text;
	driver_progress(io, json_put_text(json_make(), "text", text));
}

/* --- taking --- */

bool posnet_watch_take_sdev(struct posnet *p)
{
	struct posnet_watch *watch = &p->watch;

	if (!posnet_frame_number(&p->frame, "ds", &watch->ds))
		return false;
	if (!posnet_frame_flag(&p->frame, "qe", &watch->queue_empty))
		watch->queue_empty = true;
	if (!posnet_frame_flag(&p->frame, "pe", &watch->paper_low))
		watch->paper_low = false;
	if (!posnet_frame_number(&p->frame, "tl", &watch->tl))
		watch->tl = 0;
	return true;
}

bool posnet_watch_take_sprn(struct posnet *p)
{
	return posnet_frame_number(&p->frame, "pr", &p->watch.pr);
}

static void posnet_watch_heard(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->watch.heard_at = driver_now(io);
	p->watch.missed = 0;
}

static void posnet_watch_round_end(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->watch.outstanding = POSNET_PROBE_NONE;
	if (posnet_watch_is_idle(p))
		p->watch.idle_at = driver_now(io);
	posnet_watch_tell_status(io);
	posnet_watch_tell_progress(io);
	if (p->stage == POSNET_IDLE)
		driver_deadline(io, driver_option_int(io, "poll"));
}

static void posnet_watch_send(struct driver_io *io, const char *mnemonic,
			      enum posnet_probe probe)
{
	struct posnet *p = driver_state(io);
	struct buf frame = BUF_INIT(POSNET_COMMAND_SIZE);

	posnet_frame_begin(&frame, mnemonic);
	posnet_frame_end(&frame);
	p->watch.outstanding = probe;
	driver_write(io, frame.data, frame.len);
	buf_free(&frame);
}

/* The probe itself may have been refused: that is an answer, too. */
static bool posnet_watch_is_refusal(const struct posnet *p)
{
	const char *cm = posnet_frame_value(&p->frame, "cm");

	return p->frame.frame_error && cm &&
	       (!strcmp(cm, "!sdev") || !strcmp(cm, "sdev") ||
		!strcmp(cm, "!sprn") || !strcmp(cm, "sprn"));
}

void posnet_watch_frame(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	const char *name = posnet_frame_mnemonic(&p->frame);

	if (posnet_watch_is_refusal(p)) {
		posnet_watch_heard(io);
	} else if (!strcmp(name, "sdev") && posnet_watch_take_sdev(p)) {
		posnet_watch_heard(io);
		if (p->watch.outstanding == POSNET_PROBE_SDEV)
			posnet_watch_send(io, "!sprn", POSNET_PROBE_SPRN);
	} else if (!strcmp(name, "sprn") && posnet_watch_take_sprn(p)) {
		posnet_watch_heard(io);
		if (p->watch.outstanding == POSNET_PROBE_SPRN)
			posnet_watch_round_end(io);
	}
}

/* --- probing --- */

void posnet_watch_probe(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->watch.probed_at = driver_now(io);
	posnet_watch_send(io, "!sdev", POSNET_PROBE_SDEV);
}

static void posnet_watch_counted(struct driver_io *io,
				 const struct posnet_verdict *verdict)
{
	(void)verdict; /* another time */
	driver_deadline(io, POSNET_PROBE_WAIT_MS);
	posnet_watch_probe(io);
}

/* A daily report may be made at its keypad, or by itself at midnight. */
static bool posnet_watch_counts(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	if (p->watch.missed || !posnet_watch_is_idle(p) ||
	    ++p->watch.rounds < POSNET_COUNT_ROUNDS)
		return false;
	p->watch.rounds = 0;
	posnet_walk_begin(io, posnet_steps_reports, posnet_watch_counted);
	return true;
}

void posnet_watch_tick(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	if (p->watch.outstanding != POSNET_PROBE_NONE)
		p->watch.missed++;
	if (p->watch.missed >= POSNET_MISSED_MAX) {
		posnet_line_lose(io, REASON_NO_ANSWER);
		return;
	}
	if (p->watch.outstanding == POSNET_PROBE_NONE &&
	    posnet_watch_counts(io))
		return;
	driver_deadline(io, POSNET_PROBE_WAIT_MS);
	posnet_watch_probe(io);
}
