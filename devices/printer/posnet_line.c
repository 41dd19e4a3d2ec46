/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One command at a time, and the wait for its reply. A reply leaves the printer
 * when the command has finished, paper and all, and nothing comes before it; so
 * a reply that is late says nothing, and the asynchronous probes (posnet_watch)
 * say whether anybody is there (docs/protocols.md 3.5).
 */
#include "printer/posnet_private.h"

#include <stdio.h>
#include <string.h>

void posnet_line_lose(struct driver_io *io, enum reason reason)
{
	struct posnet *p = driver_state(io);

	p->stage = POSNET_GONE;
	driver_deadline_stop(io);
	driver_lost(io, reason);
}

void posnet_pause_begin(struct driver_io *io, int64_t ms,
			void (*resume)(struct driver_io *io))
{
	struct posnet *p = driver_state(io);

	p->stage = POSNET_PAUSING;
	p->resume = resume;
	driver_deadline(io, ms);
}

static void posnet_ask_send(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->ask.resend_due = false;
	p->ask.sent_at = driver_now(io);
	driver_write(io, p->ask.frame, p->ask.len);
	driver_deadline(io, POSNET_TICK_MS);
}

static void posnet_ask_build(struct posnet_ask *ask, const char *command,
			     const struct posnet_pair *fields)
{
	struct buf frame = BUF_INIT(POSNET_COMMAND_SIZE);

	posnet_frame_begin(&frame, command);
	if (ask->token != POSNET_NO_TOKEN)
		posnet_frame_token(&frame, ask->token);
	for (; fields && fields->name; fields++)
		posnet_frame_field(&frame, fields->name, fields->value);
	posnet_frame_end(&frame);
	/* all that we send is made here, of short parts without controls */
	if (!frame.failed) {
		memcpy(ask->frame, frame.data, frame.len);
		ask->len = frame.len;
	}
	buf_free(&frame);
}

void posnet_ask_begin(struct driver_io *io, enum posnet_ask_kind kind,
		      const char *command, int token,
		      const struct posnet_pair *fields,
		      void (*answered)(struct driver_io *io,
				       enum posnet_answer answer))
{
	struct posnet *p = driver_state(io);
	int64_t now = driver_now(io);

	p->stage = POSNET_ASKING;
	p->ask = (struct posnet_ask){ .kind = kind,
				      .token = token,
				      .begun_at = now,
				      .patient_at = now,
				      .soft_ms = POSNET_SOFT_MS,
				      .error = POSNET_NO_ERROR,
				      .answered = answered };
	snprintf(p->ask.mnemonic, sizeof(p->ask.mnemonic), "%s",
		 command[0] == '!' ? command + 1 : command);
	posnet_ask_build(&p->ask, command, fields);
	posnet_ask_send(io);
}

static void posnet_ask_end(struct driver_io *io, enum posnet_answer answer)
{
	struct posnet *p = driver_state(io);

	p->stage = POSNET_IDLE;
	driver_deadline_stop(io);
	p->ask.answered(io, answer);
}

/* False where it has been sent often enough. */
static bool posnet_ask_again(struct driver_io *io, int64_t ms)
{
	struct posnet *p = driver_state(io);

	if (p->ask.resends == POSNET_RESENDS_MAX)
		return false;
	p->ask.resends++;
	p->ask.resend_due = true;
	driver_deadline(io, ms);
	return true;
}

/* --- what comes --- */

enum posnet_concern { POSNET_OURS, POSNET_ANYBODYS, POSNET_FOREIGN };

/* Whom an ERR is about: it may carry the token, or the command in cm. */
static enum posnet_concern posnet_error_concern(const struct posnet *p)
{
	const char *cm = posnet_frame_value(&p->frame, "cm");

	if (p->frame.token != POSNET_NO_TOKEN)
		return p->frame.token == p->ask.token ? POSNET_OURS
						      : POSNET_FOREIGN;
	if (!cm || !*cm)
		return POSNET_ANYBODYS;
	if (*cm == '!')
		cm++;
	return strcmp(cm, p->ask.mnemonic) == 0 ? POSNET_OURS : POSNET_FOREIGN;
}

/*
 * A CHANGE that may have been executed is never sent again: an ERR that names
 * nobody may be about a probe that was spoilt on its way, or about noise.
 */
static void posnet_ask_error(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	enum posnet_concern concern = posnet_error_concern(p);

	if (concern == POSNET_FOREIGN || p->ask.resend_due)
		return;
	if (p->ask.kind == POSNET_ASK_CHANGE && concern == POSNET_ANYBODYS) {
		p->ask.error = p->frame.error;
		posnet_ask_end(io, POSNET_DOUBT);
		return;
	}
	if (posnet_frame_error_is_passing(p->frame.error) &&
	    posnet_ask_again(io, POSNET_FULL_MS))
		return;
	posnet_ask_end(io, POSNET_FRAME_ERROR);
}

static bool posnet_ask_fits(const struct posnet *p)
{
	const char *name = posnet_frame_mnemonic(&p->frame);

	if (p->frame.token != p->ask.token)
		return false;
	return p->ask.kind == POSNET_ASK_RPT || !strcmp(name, p->ask.mnemonic);
}

void posnet_ask_frame(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	if (p->frame.frame_error) {
		posnet_ask_error(io);
		return;
	}
	if (!posnet_ask_fits(p))
		return; /* stale: rule 3 of 3.5 */
	if (p->frame.error != POSNET_NO_ERROR) {
		posnet_ask_end(io, POSNET_REFUSED);
		return;
	}
	/* a change is confirmed by its bare name; with fields it is our own
	 * command, come back by an echo */
	if (p->ask.kind == POSNET_ASK_CHANGE && p->frame.fields)
		return;
	posnet_ask_end(io, POSNET_DONE);
}

/* A bad CRC means that a reply was lost, not that a command failed. */
void posnet_ask_broken(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->ask.spoilt = true;
	if (p->ask.resend_due)
		return;
	if (p->ask.kind == POSNET_ASK_CHANGE)
		posnet_ask_end(io, POSNET_DOUBT);
	else
		posnet_ask_again(io, POSNET_FULL_MS);
}

/* --- what doesn't --- */

/* How long a reply may take before anybody wonders. */
static int64_t posnet_ask_grace(const struct posnet_ask *ask)
{
	return ask->kind == POSNET_ASK_CHANGE ? POSNET_PROBE_MS
					      : POSNET_READ_MS;
}

static bool posnet_ask_is_silent(const struct posnet *p, int64_t now)
{
	int64_t since = p->ask.sent_at + posnet_ask_grace(&p->ask);

	if (p->watch.heard_at > since)
		since = p->watch.heard_at;
	return now - since > POSNET_SILENCE_MS;
}

/* Found with nothing left to do, ms after the command: no reply will come. */
static bool posnet_ask_is_lost(const struct posnet *p, int64_t ms)
{
	return posnet_watch_is_idle(p) &&
	       p->watch.idle_at >= p->ask.sent_at + ms;
}

static bool posnet_ask_is_over(struct posnet *p, int64_t now)
{
	int64_t patience = p->patient ? POSNET_PATIENT_MS : POSNET_PATIENCE_MS;

	if (now - p->ask.begun_at > POSNET_PEOPLE_MS)
		return true;
	if (p->ask.kind == POSNET_ASK_CHANGE)
		return posnet_ask_is_lost(p, p->ask.soft_ms);
	/* while the printer works, or waits for somebody, so do we */
	if (p->patient && !posnet_watch_is_idle(p))
		p->ask.patient_at = now;
	if (!p->patient && p->ask.resends == POSNET_RESENDS_MAX &&
	    posnet_ask_is_lost(p, POSNET_READ_MS))
		return true;
	return now - p->ask.patient_at > patience;
}

static bool posnet_ask_may_repeat(const struct posnet *p, int64_t now)
{
	if (p->ask.kind == POSNET_ASK_CHANGE)
		return false;
	return posnet_ask_is_lost(p, POSNET_READ_MS) ||
	       now - p->ask.sent_at >= POSNET_RESEND_MS;
}

void posnet_ask_tick(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	int64_t now = driver_now(io);

	driver_deadline(io, POSNET_TICK_MS);
	if (p->ask.resend_due) {
		posnet_ask_send(io);
		return;
	}
	if (now - p->ask.sent_at < posnet_ask_grace(&p->ask))
		return;
	if (posnet_ask_is_silent(p, now)) {
		posnet_ask_end(io, POSNET_SILENT);
		return;
	}
	if (posnet_ask_is_over(p, now)) {
		posnet_ask_end(io, POSNET_NOTHING);
		return;
	}
	if (posnet_ask_may_repeat(p, now) && posnet_ask_again(io, 0))
		return;
	if (now - p->watch.probed_at >= POSNET_PROBE_MS)
		posnet_watch_probe(io);
}
