/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cash drawer on the drawer port of an ESC/POS printer. The pulse goes
 * through the printer's buffer (ESC p) and is never confirmed; what is known
 * comes from DLE EOT 1, which tells whether the printer is online and the
 * level of the drawer's sense pin. An offline printer keeps a pulse and may
 * give it minutes later, when somebody puts paper in: so it is asked first,
 * and one that is offline gets no pulse. What it prints is for escpos_print.c.
 * Wire facts: docs/protocols.md A.1 to A.4.
 */
#include "drawer/escpos_codec.h"
#include "drawer/escpos_private.h"
#include "drawer/options.h"
#include "drawer/scan.h"
#include "drivers.h"
#include "receipt/paper.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <string.h>

#define DRAWER_TRIES	 4 /* of a question; enough for two lost answers */
#define DRAWER_FRAME_MAX 8
#define DRAWER_QUIET_MS	 400 /* as long as an answer is waited for */

static const char *const drawer_paper_names[] = {
	[DRAWER_PAPER_OK] = "ok",
	[DRAWER_PAPER_LOW] = "low",
	[DRAWER_PAPER_OUT] = "out",
};

static const struct driver_option drawer_options[] = {
	{ .name = "pin",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "2 5",
	  .otherwise = "2",
	  .help = "Pin of the printer's drawer socket that drives the "
		  "solenoid: 2 is the first drawer, 5 the second." },
	{ .name = "on-time",
	  .type = DRIVER_OPTION_DURATION,
	  .min = 10,
	  .max = 500,
	  .otherwise = "100",
	  .help = "Length of the pulse in milliseconds; the drawer then rests "
		  "for at least four times as long." },
	{ .name = "off-time",
	  .type = DRIVER_OPTION_DURATION,
	  .min = 10,
	  .max = ESCPOS_PULSE_MAX_MS,
	  .otherwise = "400",
	  .help = "Pause in milliseconds that the printer itself makes after "
		  "the pulse." },
	{ .name = "sensor",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "none low-is-open high-is-open",
	  .otherwise = "none",
	  .help = "What the drawer's switch on pin 3 means; only a look at the "
		  "drawer can tell, and low-is-open is the common one.",
	  .advice = "nothing can tell whether the drawer opened" },
	DRAWER_OPTION_POLL,
	DRAWER_OPTION_KICKS,
	DRAWER_OPTION_ALARM,
	PAPER_OPTION_PAGE(PAPER_ESCPOS_PAGES),
	{ .name = NULL },
};

/* docs/protocols.md D.5: printers by their own and by borrowed numbers, not
 * those of adapters, which may be anything. */
static const struct driver_match drawer_printers[] = {
	{ DRIVER_PLUG_USB, 0x04b8, 0x0202, 0x0202 }, /* Epson UB-U05, TM-T88 */
	{ DRIVER_PLUG_USB, 0x04b8, 0x0e03, 0x0e03 }, /* Epson TM-T20 */
	{ DRIVER_PLUG_USB, 0x04b8, 0x0e15, 0x0e15 }, /* Epson TM-T20II */
	{ DRIVER_PLUG_USB, 0x04b8, 0x0e31, 0x0e31 }, /* Epson TM-L100 */
	{ DRIVER_PLUG_USB, 0x1504, 0x001f, 0x001f }, /* Bixolon SRP-350II */
	{ DRIVER_PLUG_USB, 0x0dd4, 0x0237, 0x0237 }, /* Custom K80 */
	{ DRIVER_PLUG_USB, 0x0fe6, 0x811e, 0x811e }, /* ICS */
	{ DRIVER_PLUG_USB, 0x0416, 0x5011, 0x5011 }, /* POS-58, POS-80 */
	{ DRIVER_PLUG_USB, 0x1fc9, 0x2016, 0x2016 }, /* Xprinter */
	{ .plug = DRIVER_PLUG_NONE },
};

/* --- what is known --- */

static enum drawer_level drawer_read_level(struct driver_io *io, bool high)
{
	const char *sensor = driver_option(io, "sensor");

	if (!strcmp(sensor, "low-is-open"))
		return high ? DRAWER_CLOSED : DRAWER_OPEN;
	if (!strcmp(sensor, "high-is-open"))
		return high ? DRAWER_OPEN : DRAWER_CLOSED;
	return DRAWER_NO_SENSOR;
}

static void drawer_tell_status(struct driver_io *io)
{
	const struct drawer_state *s = driver_state(io);
	json_t *status =
		json_pack("{s:s, s:b}", "drawer", drawer_level_name(s->level),
			  "online", !s->offline);

	if (s->paper != DRAWER_PAPER_UNKNOWN)
		json_object_set_new(status, "paper",
				    json_string(drawer_paper_names[s->paper]));
	driver_status(io, status);
}

void escpos_note_paper(struct driver_io *io, enum drawer_paper paper)
{
	struct drawer_state *s = driver_state(io);

	if (s->paper == paper)
		return;
	s->paper = paper;
	drawer_tell_status(io);
}

/* Takes in an answer to DLE EOT 1. Logs the pin for who learns the sensor. */
void escpos_note_printer(struct driver_io *io, uint8_t answer)
{
	struct drawer_state *s = driver_state(io);
	bool high = escpos_is_pin3_high(answer);
	bool offline = escpos_is_offline(answer);

	if (s->told && high == s->high && offline == s->offline)
		return;
	if (!s->told || high != s->high)
		driver_log(io, "pin 3 is %s", high ? "high" : "low");
	if (!offline)
		s->paper = DRAWER_PAPER_UNKNOWN;
	s->told = true;
	s->high = high;
	s->offline = offline;
	s->level = drawer_read_level(io, high);
	drawer_tell_status(io);
}

/* --- asking --- */

static void drawer_ask(struct driver_io *io, enum escpos_question question)
{
	struct drawer_state *s = driver_state(io);

	escpos_ask_begin(io, &s->ask, question);
}

void escpos_ask_printer(struct driver_io *io, enum drawer_phase phase)
{
	struct drawer_state *s = driver_state(io);

	s->phase = phase;
	drawer_ask(io, ESCPOS_ASK_PRINTER);
}

void escpos_pause(struct driver_io *io, int64_t ms)
{
	struct drawer_state *s = driver_state(io);

	escpos_ask_drop(&s->ask);
	driver_deadline(io, ms);
}

static void drawer_rest_idle(struct driver_io *io)
{
	struct drawer_state *s = driver_state(io);

	s->phase = DRAWER_IDLE;
	escpos_pause(io, driver_option_int(io, "poll"));
}

void escpos_end(struct driver_io *io, enum outcome outcome, enum reason reason,
		json_t *result)
{
	struct drawer_state *s = driver_state(io);
	struct drawer_kept *kept = driver_kept(io);

	s->running = false;
	s->recovering = false;
	s->print = (struct escpos_print){ .job = NULL };
	kept->pulsed = false;
	drawer_rest_idle(io);
	driver_done(io, outcome, reason, result);
}

void escpos_explain(struct driver_io *io)
{
	struct drawer_state *s = driver_state(io);

	s->phase = DRAWER_EXPLAINING;
	drawer_ask(io, ESCPOS_ASK_CAUSE);
}

static void drawer_end_explaining(struct driver_io *io, enum reason reason)
{
	struct drawer_state *s = driver_state(io);

	if (s->running)
		escpos_end(io, OUTCOME_FAILED, reason, NULL);
	else
		drawer_rest_idle(io);
}

static void drawer_answered_cause(struct driver_io *io, uint8_t answer)
{
	if (escpos_is_cover_open(answer)) {
		drawer_end_explaining(io, REASON_COVER_OPEN);
	} else if (escpos_is_paper_stop(answer)) {
		escpos_note_paper(io, DRAWER_PAPER_OUT);
		drawer_end_explaining(io, REASON_PAPER_OUT);
	} else if (escpos_is_error(answer)) {
		drawer_end_explaining(io, REASON_PRINTER_ERROR);
	} else {
		drawer_ask(io, ESCPOS_ASK_PAPER);
	}
}

static void drawer_answered_paper(struct driver_io *io, uint8_t answer)
{
	bool out = escpos_is_paper_end(answer);

	escpos_note_paper(io, out ? DRAWER_PAPER_OUT
			      : escpos_is_paper_near_end(answer)
				      ? DRAWER_PAPER_LOW
				      : DRAWER_PAPER_OK);
	drawer_end_explaining(io,
			      out ? REASON_PAPER_OUT : REASON_PRINTER_OFFLINE);
}

static void drawer_explaining_answered(struct driver_io *io,
				       enum escpos_question question,
				       uint8_t answer)
{
	if (question == ESCPOS_ASK_CAUSE)
		drawer_answered_cause(io, answer);
	else
		drawer_answered_paper(io, answer);
}

/* --- opening the drawer --- */

static void drawer_pulse(struct driver_io *io)
{
	struct drawer_state *s = driver_state(io);
	struct drawer_kept *kept = driver_kept(io);
	int64_t on_ms = driver_option_int(io, "on-time");
	int pin = strcmp(driver_option(io, "pin"), "5") ? 2 : 5;
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(DRAWER_FRAME_MAX);

	kept->before = s->level;
	kept->pulsed = true;
	duty_note(&kept->duty, driver_now(io), on_ms);
	s->was_open = s->level == DRAWER_OPEN;
	s->phase = DRAWER_WATCHING;
	s->watch_until = driver_now(io) + DRAWER_SPRING_MS;
	escpos_add_pulse(&out, pin, on_ms, driver_option_int(io, "off-time"));
	driver_commit(io);
	driver_write(io, out.data, out.len);
	escpos_pause(io, DRAWER_WATCH_MS);
}

static void drawer_end_watching(struct driver_io *io, enum outcome outcome,
				enum reason reason)
{
	const struct drawer_state *s = driver_state(io);
	json_t *result =
		json_pack("{s:s}", "drawer", drawer_level_name(s->level));

	if (s->was_open)
		json_object_set_new(result, "was_open", json_true());
	escpos_end(io, outcome, reason, result);
}

/* Why the outcome of an operation that was begun earlier is not known. */
static enum reason drawer_doubt(struct driver_io *io)
{
	const struct drawer_kept *kept = driver_kept(io);

	return kept->pulsed ? REASON_NO_ANSWER : REASON_RESTARTED;
}

static void drawer_seen_recovering(struct driver_io *io)
{
	const struct drawer_state *s = driver_state(io);
	const struct drawer_kept *kept = driver_kept(io);

	if (s->level == DRAWER_OPEN && kept->before == DRAWER_CLOSED)
		drawer_end_watching(io, OUTCOME_OK, REASON_NONE);
	else
		drawer_end_watching(io, OUTCOME_UNKNOWN, drawer_doubt(io));
}

static void drawer_seen_pulsed(struct driver_io *io)
{
	const struct drawer_state *s = driver_state(io);

	if (s->level == DRAWER_OPEN)
		drawer_end_watching(io, OUTCOME_OK, REASON_NONE);
	else if (s->offline) /* it may have kept the pulse for later */
		drawer_end_watching(io, OUTCOME_UNKNOWN,
				    REASON_PRINTER_OFFLINE);
	else if (s->level == DRAWER_NO_SENSOR)
		drawer_end_watching(io, OUTCOME_SENT, REASON_NONE);
	else
		drawer_end_watching(io, OUTCOME_UNKNOWN,
				    REASON_DRAWER_STAYED_SHUT);
}

/* A drawer needs up to 150 ms to spring open, so "closed" is asked again. */
static void drawer_watching_answered(struct driver_io *io,
				     enum escpos_question question,
				     uint8_t answer)
{
	const struct drawer_state *s = driver_state(io);

	(void)question;
	escpos_note_printer(io, answer);
	if (s->level == DRAWER_CLOSED && driver_now(io) < s->watch_until)
		escpos_pause(io, DRAWER_WATCH_MS);
	else if (s->recovering)
		drawer_seen_recovering(io);
	else
		drawer_seen_pulsed(io);
}

static void drawer_checking_answered(struct driver_io *io,
				     enum escpos_question question,
				     uint8_t answer)
{
	const struct drawer_state *s = driver_state(io);

	(void)question;
	escpos_note_printer(io, answer);
	if (s->offline)
		escpos_explain(io);
	else
		drawer_pulse(io);
}

static void drawer_begin(struct driver_io *io)
{
	struct drawer_state *s = driver_state(io);
	struct drawer_kept *kept = driver_kept(io);
	int64_t wait = duty_wait(&kept->duty, driver_now(io),
				 driver_option_int(io, "kicks-per-minute"));

	if (wait >= DRAWER_REST_MS) {
		escpos_end(io, OUTCOME_FAILED, REASON_DRAWER_RESTING,
			   json_put_int(json_make(), "retry_after",
					(wait + 999) / 1000));
	} else if (wait > 0) {
		s->phase = DRAWER_RESTING;
		escpos_pause(io, wait);
	} else {
		s->phase = DRAWER_CHECKING;
		drawer_ask(io, ESCPOS_ASK_PRINTER);
	}
}

/* --- a test, which only asks --- */

static void drawer_testing_answered(struct driver_io *io,
				    enum escpos_question question,
				    uint8_t answer)
{
	const struct drawer_state *s = driver_state(io);

	(void)question;
	escpos_note_printer(io, answer);
	escpos_end(io, OUTCOME_OK, REASON_NONE,
		   json_pack("{s:s, s:b, s:{s:s, s:s}}", "drawer",
			     drawer_level_name(s->level), "online", !s->offline,
			     "sensor_if", "open",
			     s->high ? "high-is-open" : "low-is-open", "closed",
			     s->high ? "low-is-open" : "high-is-open"));
}

/* --- the rest of the conversation --- */

/* The first answer is not believed: text of some other device may hold one byte
 * of the right form, and whoever had the line before may have asked something,
 * of which answers still come. Once it was quiet, it is asked anew. */
static void drawer_opening_answered(struct driver_io *io,
				    enum escpos_question question,
				    uint8_t answer)
{
	struct drawer_state *s = driver_state(io);

	(void)question;
	(void)answer;
	s->phase = DRAWER_CONFIRMING;
	escpos_pause(io, DRAWER_QUIET_MS);
}

static void drawer_idle_answered(struct driver_io *io,
				 enum escpos_question question, uint8_t answer)
{
	const struct drawer_state *s = driver_state(io);
	bool was_offline = s->offline;

	(void)question;
	escpos_note_printer(io, answer);
	if (s->offline && !was_offline)
		escpos_explain(io);
	else
		drawer_rest_idle(io);
}

static void drawer_confirming_answered(struct driver_io *io,
				       enum escpos_question question,
				       uint8_t answer)
{
	struct drawer_state *s = driver_state(io);

	s->phase = DRAWER_IDLE;
	drawer_idle_answered(io, question, answer);
	driver_ready(io, NULL);
}

/* RESTING, SOUNDING and PRINTING ask nothing that is answered so. */
static void (*const drawer_answered[DRAWER_PHASES])(struct driver_io *,
						    enum escpos_question,
						    uint8_t) = {
	[DRAWER_OPENING] = drawer_opening_answered,
	[DRAWER_CONFIRMING] = drawer_confirming_answered,
	[DRAWER_IDLE] = drawer_idle_answered,
	[DRAWER_EXPLAINING] = drawer_explaining_answered,
	[DRAWER_CHECKING] = drawer_checking_answered,
	[DRAWER_WATCHING] = drawer_watching_answered,
	[DRAWER_TESTING] = drawer_testing_answered,
	[DRAWER_PREPARING] = escpos_print_answered,
	[DRAWER_LOOKING] = escpos_print_answered,
};

static enum reason drawer_lost_reason(enum escpos_kind worst)
{
	switch (worst) {
	case ESCPOS_NOTHING:
	case ESCPOS_ANSWER:
		break;
	case ESCPOS_OTHER:
		return REASON_WRONG_PROTOCOL;
	case ESCPOS_GARBAGE:
		return REASON_GARBLED;
	}
	return REASON_NO_ANSWER;
}

/* Something strange came with the very first answers: that is no noise, that is
 * another device. */
static bool drawer_is_stranger(const struct drawer_state *s)
{
	return s->phase == DRAWER_CONFIRMING && s->ask.worst != ESCPOS_NOTHING;
}

/* Once only for what need not be known (not every clone knows it either). */
static int drawer_tries(const struct drawer_state *s)
{
	return s->ask.question == ESCPOS_ASK_PRINTER && !drawer_is_stranger(s)
		       ? DRAWER_TRIES
		       : 1;
}

static void drawer_question_late(struct driver_io *io)
{
	struct drawer_state *s = driver_state(io);

	if (escpos_ask_again(io, &s->ask, drawer_tries(s)))
		return;
	if (s->phase == DRAWER_LOOKING && escpos_print_goes_on(io))
		return;
	if (s->ask.question == ESCPOS_ASK_PRINTER)
		driver_lost(io, drawer_lost_reason(s->ask.worst));
	else
		drawer_end_explaining(io, REASON_PRINTER_OFFLINE);
}

/* --- what the framework calls --- */

static void drawer_open(struct driver_io *io)
{
	struct drawer_kept *kept = driver_kept(io);

	duty_begin(&kept->duty, driver_now(io),
		   driver_option_int(io, "on-time"));
	drawer_ask(io, ESCPOS_ASK_PRINTER);
}

static void drawer_start(struct driver_io *io, const struct op *op)
{
	struct drawer_state *s = driver_state(io);

	s->running = true;
	if (op->kind == OP_DRAWER_OPEN)
		drawer_begin(io);
	else if (op->kind == OP_PRINT_JOB)
		escpos_print_begin(io, op);
	else
		escpos_ask_printer(io, DRAWER_TESTING);
}

/*
 * Nothing is pulsed here. A drawer that was closed and is open now is taken to
 * have been opened by the operation. What we know ourselves of the moment
 * before the pulse goes before evidence, which is from before the intent.
 */
static void drawer_recover(struct driver_io *io, const struct op *op,
			   const json_t *evidence)
{
	struct drawer_state *s = driver_state(io);
	struct drawer_kept *kept = driver_kept(io);

	s->running = true;
	s->recovering = true;
	if (op->kind == OP_PRINT_JOB) {
		escpos_print_recover(io, op);
		return;
	}
	if (!kept->pulsed)
		kept->before = drawer_level_in_evidence(evidence);
	s->was_open = kept->before == DRAWER_OPEN;
	s->watch_until = driver_now(io) + DRAWER_SPRING_MS;
	escpos_ask_printer(io, DRAWER_WATCHING);
}

static void drawer_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	struct drawer_state *s = driver_state(io);
	enum escpos_question question;

	for (size_t i = 0; i < len; i++)
		if (!escpos_print_input(io, data[i]) &&
		    escpos_ask_read(io, &s->ask, data[i], &question))
			drawer_answered[s->phase](io, question, data[i]);
}

static void drawer_timeout(struct driver_io *io)
{
	const struct drawer_state *s = driver_state(io);

	if (s->ask.question != ESCPOS_ASK_NOTHING)
		drawer_question_late(io);
	else if (s->phase == DRAWER_RESTING)
		drawer_begin(io);
	else if (s->phase == DRAWER_SOUNDING || s->phase == DRAWER_PRINTING)
		escpos_print_timeout(io);
	else if (drawer_is_stranger(s))
		driver_lost(io, drawer_lost_reason(s->ask.worst));
	else
		drawer_ask(io, ESCPOS_ASK_PRINTER);
}

static void drawer_abort(struct driver_io *io)
{
	const struct drawer_state *s = driver_state(io);

	if (s->running && s->phase != DRAWER_WATCHING &&
	    s->phase < DRAWER_SOUNDING)
		escpos_end(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
}

static bool drawer_print(const json_t *asked, const char *page, struct buf *out,
			 struct job_fault *out_fault)
{
	return paper_make(&paper_escpos, asked, page, out, out_fault);
}

const struct driver drawer_escpos = {
	.name = "escpos-drawer",
	.summary = "cash drawer on the drawer port of an ESC/POS printer",
	.class = DEVICE_DRAWER,
	.ops = DRIVER_OP(OP_DRAWER_OPEN) | DRIVER_OP(OP_PRINT_JOB) |
	       DRIVER_OP(OP_TEST_INTERNAL),
	.state_size = sizeof(struct drawer_state),
	.line = DRAWER_PRINTER_LINE,
	.scan = &drawer_scan_escpos,
	.tcp_port = DRAWER_PRINTER_PORT,
	.plugs = DRIVER_CAN(DRIVER_PLUG_USB),
	.matches = drawer_printers,
	.options = drawer_options,
	.open = drawer_open,
	.start = drawer_start,
	.recover = drawer_recover,
	.input = drawer_input,
	.timeout = drawer_timeout,
	.abort = drawer_abort,
	.print = drawer_print,
	.trace = escpos_trace,
};
