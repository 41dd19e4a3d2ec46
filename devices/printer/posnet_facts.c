/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks: lists of things to ask, one after the other, and what they told. All
 * of them are reads, so a reply that was lost or spoilt is asked for again.
 */
#include "printer/posnet_private.h"

#include <stdio.h>
#include <string.h>

/* --- taking replies --- */

/* Names are in the printer's code page; only what is ASCII in it is kept. */
static void posnet_text_copy(const char *from, char out_text[POSNET_TEXT_SIZE])
{
	size_t len = strnlen(from, POSNET_TEXT_SIZE - 1);

	for (size_t i = 0; i < len; i++)
		out_text[i] = from[i] >= 0x20 && from[i] < 0x7F ? from[i] : '?';
	out_text[len] = 0;
}

static void posnet_text_take(const struct posnet_frame *frame, const char *name,
			     char out_text[POSNET_TEXT_SIZE])
{
	const char *value = posnet_frame_value(frame, name);

	if (value && *value)
		posnet_text_copy(value, out_text);
}

bool posnet_date_is_valid(const char *date)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	int month, day;

	for (int i = 0; i < POSNET_DATE_LEN; i++) {
		bool dash = i == 4 || i == 7;

		if (dash ? date[i] != '-' : date[i] < '0' || date[i] > '9')
			return false;
	}
	month = (date[5] - '0') * 10 + date[6] - '0';
	day = (date[8] - '0') * 10 + date[9] - '0';
	return date[POSNET_DATE_LEN] == 0 && month >= 1 && month <= 12 &&
	       day >= 1 && day <= days[month - 1];
}

static bool posnet_take_identity(struct posnet *p)
{
	posnet_text_take(&p->frame, "nm", p->facts.model);
	posnet_text_take(&p->frame, "vr", p->facts.firmware);
	posnet_text_take(&p->frame, "nu", p->facts.serial);
	return true;
}

static bool posnet_take_state(struct posnet *p)
{
	if (!posnet_frame_number(&p->frame, "ts", &p->facts.transaction) ||
	    !posnet_frame_flag(&p->frame, "fs", &p->facts.fiscal))
		return false;
	if (!posnet_frame_flag(&p->frame, "td", &p->facts.read_only))
		p->facts.read_only = false;
	return true;
}

/* "2026-10-09;11:48" as 2026-10-09T11:48; "" for anything else. */
static void posnet_moment_take(char out_moment[OP_TIME_SIZE], const char *da)
{
	snprintf(out_moment, OP_TIME_SIZE, "%.10sT%.5s", da,
		 strlen(da) > POSNET_DATE_LEN ? da + POSNET_DATE_LEN + 1 : "");
	if (!op_time_is_valid(out_moment))
		*out_moment = 0;
}

/* da2026-10-09;11:48 tm2026-10-09T11:48:15+02:00 */
static bool posnet_take_clock(struct posnet *p)
{
	const char *da = posnet_frame_value(&p->frame, "da");
	const char *tm = posnet_frame_value(&p->frame, "tm");
	char date[OP_DATE_SIZE];
	int hour, minute, second;

	if (!da)
		return false;
	snprintf(date, sizeof(date), "%.*s", POSNET_DATE_LEN, da);
	if (!posnet_date_is_valid(date))
		return false;
	memcpy(p->facts.date, date, sizeof(date));
	posnet_moment_take(p->facts.moment, da);
	p->facts.clock = -1;
	if (tm && sscanf(tm, "%*10sT%2d:%2d:%2d", &hour, &minute, &second) == 3)
		p->facts.clock = (hour * 60 + minute) * 60 + second;
	return true;
}

static bool posnet_take_counters(struct posnet *p)
{
	posnet_counters_take(&p->facts.counters, p->ask.mnemonic,
			     p->walk.step->field.value, &p->frame);
	posnet_text_take(&p->frame, "nu", p->facts.serial);
	return true;
}

static bool posnet_take_scnt(struct posnet *p)
{
	return posnet_take_counters(p) &&
	       p->facts.counters.value[POSNET_REPORTS] >= 0;
}

static bool posnet_take_stot(struct posnet *p)
{
	return posnet_take_counters(p) &&
	       p->facts.counters.value[POSNET_NEXT_REPORT] >= 0;
}

static bool posnet_take_form(struct posnet *p)
{
	return posnet_frame_flag(&p->frame, "is", &p->facts.form);
}

static bool posnet_take_cash(struct posnet *p)
{
	return posnet_take_counters(p) &&
	       p->facts.counters.value[POSNET_CASH] != POSNET_NOT_TOLD;
}

/* Sums of the open receipt, or of the last one. */
static bool posnet_take_strns(struct posnet *p)
{
	struct posnet_facts *facts = &p->facts;

	for (int i = 0; i < POSNET_RATES; i++) {
		const char name[] = { 'v', (char)('a' + i), 0 };

		if (!posnet_frame_number(&p->frame, name, &facts->gross[i]))
			return false;
	}
	if (!posnet_frame_flag(&p->frame, "fe", &facts->footer))
		facts->footer = false;
	return posnet_frame_number(&p->frame, "fp", &facts->paid) &&
	       posnet_frame_number(&p->frame, "re", &facts->change);
}

/* "23,00"; 100,00 is exempt, 101,00 not in use (3.6). */
static bool posnet_take_rates(struct posnet *p)
{
	unsigned int whole, part;
	char separator;

	for (int i = 0; i < POSNET_RATES; i++) {
		const char name[] = { 'v', (char)('a' + i), 0 };
		const char *value = posnet_frame_value(&p->frame, name);

		if (!value ||
		    sscanf(value, "%3u%c%2u", &whole, &separator, &part) != 3)
			return false;
		p->facts.rules.rates[i] = whole > 100
						  ? RECEIPT_RATE_UNUSED
						  : (int)(whole * 100 + part);
	}
	p->facts.has_rates = true;
	return true;
}

/* dt T: the discount is reckoned first, else what is left (3.8). */
static bool posnet_take_rounding(struct posnet *p)
{
	bool first;

	if (!posnet_frame_flag(&p->frame, "dt", &first))
		return false;
	p->facts.rules.rounding =
		first ? RECEIPT_ROUNDS_DISCOUNT : RECEIPT_ROUNDS_REST;
	return true;
}

/* --- the walks --- */

static enum reason posnet_check_transaction(const struct posnet *p)
{
	return p->facts.transaction ? REASON_RECEIPT_OPEN : REASON_NONE;
}

static enum reason posnet_check_form(const struct posnet *p)
{
	return p->facts.form ? REASON_RECEIPT_OPEN : REASON_NONE;
}

static enum reason posnet_check_daily(const struct posnet *p)
{
	if (p->facts.read_only)
		return REASON_FISCAL_BLOCKED;
	return posnet_check_transaction(p);
}

/* 3.10; what an older printer lacks is no reason not to work with it. */
const struct posnet_step posnet_steps_identity[] = {
	{ .command = "sid", .take = posnet_take_identity },
	{ .command = "getrealid",
	  .optional = true,
	  .take = posnet_take_identity },
	{ .command = "scomm", .optional = true, .take = posnet_take_state },
	{ .command = "scnt", .optional = true, .take = posnet_take_counters },
	{ .command = "sfsk", .optional = true, .take = posnet_take_counters },
	{ .command = "rtcget", .optional = true, .take = posnet_take_clock },
	{ .command = "vatget", .optional = true, .take = posnet_take_rates },
	{ .command = "discounttypeget",
	  .optional = true,
	  .take = posnet_take_rounding },
	{ .command = NULL },
};

/* Both are answered at once, whatever else the printer does. */
const struct posnet_step posnet_steps_ready[] = {
	{ .command = "!sdev", .take = posnet_watch_take_sdev },
	{ .command = "!sprn",
	  .take = posnet_watch_take_sprn,
	  .check = posnet_watch_trouble },
	{ .command = NULL },
};

const struct posnet_step posnet_steps_daily[] = {
	{ .command = "rtcget", .take = posnet_take_clock },
	{ .command = "scomm",
	  .take = posnet_take_state,
	  .check = posnet_check_daily },
	{ .command = NULL },
};

#define POSNET_STEP_DOCUMENT(type)                                    \
	{                                                             \
		.command = "eclastdocnoget", .field = { "ty", type }, \
		.optional = true, .take = posnet_take_counters,       \
	}

/* By these a daily report is proved (3.9). */
static const struct posnet_step posnet_steps_counters[] = {
	{ .command = "scnt", .take = posnet_take_scnt },
	{ .command = "stot", .take = posnet_take_stot },
	POSNET_STEP_DOCUMENT("4"),
	{ .command = "sfsk", .optional = true, .take = posnet_take_counters },
	{ .command = NULL },
};

const struct posnet_step posnet_steps_reports[] = {
	{ .command = "scnt", .take = posnet_take_scnt },
	{ .command = NULL },
};

const struct posnet_step posnet_steps_closed[] = {
	{ .command = "scomm",
	  .take = posnet_take_state,
	  .check = posnet_check_transaction },
	{ .command = NULL },
};

/* Nothing else open, by us or by anybody. */
const struct posnet_step posnet_steps_document[] = {
	{ .command = "scomm",
	  .take = posnet_take_state,
	  .check = posnet_check_daily },
	{ .command = "formisstarted",
	  .optional = true,
	  .take = posnet_take_form,
	  .check = posnet_check_form },
	{ .command = NULL },
};

static const struct posnet_step posnet_steps_snapshot[] = {
	{ .command = "scnt", .take = posnet_take_scnt },
	{ .command = "stot", .take = posnet_take_stot },
	POSNET_STEP_DOCUMENT("0"),
	POSNET_STEP_DOCUMENT("1"),
	POSNET_STEP_DOCUMENT("4"),
	POSNET_STEP_DOCUMENT("5"),
	{ .command = "scashstate", .take = posnet_take_cash },
	{ .command = "sfsk", .optional = true, .take = posnet_take_counters },
	{ .command = NULL },
};

const struct posnet_step posnet_steps_sums[] = {
	{ .command = "scomm", .take = posnet_take_state },
	{ .command = "formisstarted",
	  .optional = true,
	  .take = posnet_take_form },
	{ .command = "strns", .take = posnet_take_strns },
	{ .command = NULL },
};

/* stot is last: its reply is what is told. */
const struct posnet_step posnet_steps_state[] = {
	{ .command = "scomm", .take = posnet_take_state },
	{ .command = "scnt", .take = posnet_take_scnt },
	{ .command = "scashstate", .take = posnet_take_cash },
	{ .command = "sfsk", .optional = true, .take = posnet_take_counters },
	{ .command = "rtcget", .take = posnet_take_clock },
	{ .command = "stot", .take = posnet_take_stot },
	{ .command = NULL },
};

const struct posnet_step posnet_steps_totals[] = {
	{ .command = "stot", .take = posnet_take_stot },
	{ .command = NULL },
};

const struct posnet_step posnet_steps_transaction[] = {
	{ .command = "scomm", .optional = true, .take = posnet_take_state },
	{ .command = NULL },
};

/* --- walking --- */

static void posnet_walk_answered(struct driver_io *io,
				 enum posnet_answer answer);

static void posnet_walk_ask(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	const struct posnet_step *step = p->walk.step;

	if (!step->command)
		p->walk.finished(io, NULL);
	else
		posnet_ask_begin(io, POSNET_ASK_READ, step->command,
				 POSNET_NO_TOKEN,
				 (struct posnet_pair[]){ step->field, { 0 } },
				 posnet_walk_answered);
}

void posnet_walk_begin(struct driver_io *io, const struct posnet_step *steps,
		       void (*finished)(struct driver_io *io,
					const struct posnet_verdict *verdict))
{
	struct posnet *p = driver_state(io);

	p->walk = (struct posnet_walk){ .step = steps, .finished = finished };
	posnet_walk_ask(io);
}

void posnet_counters_ask(struct driver_io *io,
			 void (*finished)(struct driver_io *io,
					  const struct posnet_verdict *))
{
	struct posnet *p = driver_state(io);

	posnet_counters_clear(&p->facts.counters);
	posnet_walk_begin(io, posnet_steps_counters, finished);
}

void posnet_snapshot_ask(struct driver_io *io,
			 void (*finished)(struct driver_io *io,
					  const struct posnet_verdict *))
{
	struct posnet *p = driver_state(io);

	posnet_counters_clear(&p->facts.counters);
	posnet_walk_begin(io, posnet_steps_snapshot, finished);
}

static void posnet_walk_next(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->walk.step++;
	p->walk.reread = false;
	posnet_walk_ask(io);
}

static void posnet_walk_fail(struct driver_io *io, enum outcome outcome,
			     enum reason reason)
{
	struct posnet *p = driver_state(io);

	p->walk.finished(io,
			 &(struct posnet_verdict){ .outcome = outcome,
						   .reason = reason,
						   .code = POSNET_NO_ERROR });
}

/* A reply that lacks what it must have is asked for once more. */
static void posnet_walk_take(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	const struct posnet_step *step = p->walk.step;
	enum reason reason;

	if (!step->take(p)) {
		if (step->optional)
			posnet_walk_next(io);
		else if (p->walk.reread)
			posnet_walk_fail(io, OUTCOME_FAILED, REASON_GARBLED);
		else {
			p->walk.reread = true;
			posnet_walk_ask(io);
		}
		return;
	}
	reason = step->check ? step->check(p) : REASON_NONE;
	if (reason)
		posnet_walk_fail(io, OUTCOME_REFUSED, reason);
	else
		posnet_walk_next(io);
}

static void posnet_walk_refuse(struct driver_io *io)
{
	struct posnet *p = driver_state(io);
	int code = p->frame.error;
	bool frame_error = p->frame.frame_error;

	if (p->walk.step->optional) {
		posnet_walk_next(io);
		return;
	}
	p->walk.finished(
		io,
		&(struct posnet_verdict){
			.outcome = OUTCOME_REFUSED,
			.reason = frame_error ? posnet_frame_error_reason(code)
					      : posnet_error_reason(code),
			.code = code,
			.frame_error = frame_error });
}

enum reason posnet_walk_silence_reason(const struct posnet *p)
{
	enum reason trouble = posnet_watch_trouble(p);

	if (trouble)
		return trouble;
	if (p->ask.spoilt)
		return REASON_GARBLED;
	return posnet_watch_is_idle(p) ? REASON_NO_ANSWER : REASON_BUSY;
}

static void posnet_walk_answered(struct driver_io *io,
				 enum posnet_answer answer)
{
	struct posnet *p = driver_state(io);

	switch (answer) {
	case POSNET_DONE:
		posnet_walk_take(io);
		return;
	case POSNET_REFUSED:
	case POSNET_FRAME_ERROR:
		posnet_walk_refuse(io);
		return;
	case POSNET_DOUBT:
	case POSNET_NOTHING:
		posnet_walk_fail(io, OUTCOME_FAILED,
				 posnet_walk_silence_reason(p));
		return;
	case POSNET_SILENT:
		p->walk.finished(io, &(struct posnet_verdict){
					     .outcome = OUTCOME_FAILED,
					     .reason = REASON_NO_ANSWER,
					     .code = POSNET_NO_ERROR,
					     .silent = true });
		return;
	}
}
