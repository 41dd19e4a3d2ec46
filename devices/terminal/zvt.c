/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Card terminals that speak ZVT (PA00P015, PA00P016), on a serial port or by
 * TCP: payments, reversals, and what became of them. zvt_private.h tells how
 * the driver is laid out.
 */
#include "terminal/zvt_private.h"
#include "terminal/zvt_trace.h"

#include "util/secret.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ZVT_TCP_PORT 20007

#define ZVT_OPS                                                               \
	(DRIVER_OP(OP_PAYMENT) | DRIVER_OP(OP_REVERSAL) |                     \
	 DRIVER_OP(OP_REFUND) | DRIVER_OP(OP_TERMINAL_DAY_END) |              \
	 DRIVER_OP(OP_TERMINAL_RECEIPT) | DRIVER_OP(OP_TERMINAL_STATUS) |     \
	 DRIVER_OP(OP_TERMINAL_DIAGNOSIS) |                                   \
	 DRIVER_OP(OP_TERMINAL_INITIALISE) | DRIVER_OP(OP_TERMINAL_LOG_OFF) | \
	 DRIVER_OP(OP_TEST_INTERNAL))

/* Configuration byte of the registration (docs/protocols.md 5.1). */
#define ZVT_CONFIG_PRINTED 0xbe /* all receipts by us, as print commands */
#define ZVT_CONFIG_SILENT  0x38 /* none of them */

/* How long a busy terminal is waited for before a payment. */
#define ZVT_BUSY_WAIT_MS 30000

/* R1: a serial terminal may repeat what we did not acknowledge in time. */
#define ZVT_LISTEN_MS (ZVT_T2_MS + 1000)

static_assert(sizeof(struct zvt_kept) <= DRIVER_KEPT_SIZE, "kept");

static const struct driver_option zvt_options[] = {
	{ .name = "password",
	  .type = DRIVER_OPTION_DIGITS,
	  .min = 6,
	  .max = 6,
	  .otherwise = "000000",
	  .help = "Cash register password of the terminal: a service code, "
		  "often 000000 or 123456.",
	  .secret = true },
	{ .name = "currency",
	  .type = DRIVER_OPTION_DIGITS,
	  .min = 3,
	  .max = 3,
	  .otherwise = "978",
	  .help = "The currency that it works in, as its ISO 4217 number: 978 "
		  "is "
		  "the euro. It has to be that of the tills." },
	{ .name = "send-currency",
	  .type = DRIVER_OPTION_BOOL,
	  .otherwise = "yes",
	  .help = "Whether the terminal is told the currency; without it there "
		  "are no print blocks and no service byte either." },
	{ .name = "print",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "lines blocks none",
	  .otherwise = "lines",
	  .help = "How the terminal hands receipts over: line by line, in "
		  "blocks, or not at all (it prints them itself)." },
	{ .name = "config",
	  .type = DRIVER_OPTION_HEX,
	  .min = 1,
	  .max = 1,
	  .choices = "auto",
	  .otherwise = "auto",
	  .help = "Configuration byte of the registration; auto is be, or 38 "
		  "without receipts." },
	{ .name = "service",
	  .type = DRIVER_OPTION_HEX,
	  .min = 1,
	  .max = 1,
	  .otherwise = "00",
	  .help = "Service byte of the registration: 01 takes the service menu "
		  "off its keys, 02 shows capitals." },
	{ .name = "language",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "en pl de terminal",
	  .otherwise = "en",
	  .help = "Language of what it is at, as people are told while a "
		  "payment runs; terminal is in its own words, where it has "
		  "some." },
	{ .name = "customer-display",
	  .type = DRIVER_OPTION_BOOL,
	  .otherwise = "no",
	  .help = "Whether the till's customer display shows it too, in place "
		  "of what the app has put there." },
	{ .name = "payment-type",
	  .type = DRIVER_OPTION_HEX,
	  .min = 1,
	  .max = 1,
	  .choices = "none",
	  .otherwise = "40",
	  .help = "Payment type that is asked for: 40 leaves it to the "
		  "terminal, 44 also says that a printer is ready, none sends "
		  "no type." },
	{ .name = "repeat-service",
	  .type = DRIVER_OPTION_HEX,
	  .min = 1,
	  .max = 1,
	  .otherwise = "03",
	  .help = "Service byte by which the terminal tells its last booking "
		  "and prints nothing." },
	{ .name = "repeats-day-end",
	  .type = DRIVER_OPTION_BOOL,
	  .otherwise = "no",
	  .help = "Whether it tells an end of day, too, when asked for its "
		  "last booking; without it, one that broke off has to be "
		  "settled by a person." },
	{ .name = "sequence",
	  .type = DRIVER_OPTION_BOOL,
	  .otherwise = "no",
	  .help = "Whether message sequence numbers are asked for, which few "
		  "terminals know." },
	{ .name = "charset",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "cp437 iso-8859-1 iso-8859-15 cp858 utf-8",
	  .otherwise = "cp437",
	  .help = "Code page of the terminal's texts and receipts." },
	{ .name = "strip-tlv",
	  .type = DRIVER_OPTION_BOOL,
	  .otherwise = "yes",
	  .help = "Whether a data container that follows the text of a printed "
		  "line is taken off it." },
	{ .name = "abort-allowed",
	  .type = DRIVER_OPTION_BOOL,
	  .otherwise = "yes",
	  .help = "Whether the terminal takes the wish to abort a running "
		  "payment; some do not." },
	{ .name = "t3",
	  .type = DRIVER_OPTION_DURATION,
	  .min = 1000,
	  .max = 10000, /* never above t4 */
	  .otherwise = "5000",
	  .help = "Milliseconds that the terminal has to answer a command." },
	{ .name = "t4",
	  .type = DRIVER_OPTION_DURATION,
	  .min = 10000,
	  .max = 600000,
	  .otherwise = "180000",
	  .help = "Milliseconds that it may be silent while it works on one." },
	{ .name = "status-poll",
	  .type = DRIVER_OPTION_DURATION,
	  .min = 0,
	  .max = 3600000,
	  .otherwise = "60000",
	  .help = "Milliseconds between two looks at an idle terminal, which "
		  "does its own timed jobs then; 0 for none." },
	{ .name = NULL },
};

/* --- settings --- */

static bool zvt_settings_read_byte(const char *text, uint8_t *out_byte)
{
	char *end;
	unsigned long value = strtoul(text, &end, 16);

	if (!*text || *end || value > 0xff)
		return false;
	*out_byte = (uint8_t)value;
	return true;
}

void zvt_settings_read_password(const char *digits,
				uint8_t out_password[ZVT_PASSWORD_SIZE])
{
	struct buf bcd = BUF_INIT(ZVT_PASSWORD_SIZE);

	zvt_bcd_write(&bcd, strtol(digits, NULL, 10), ZVT_PASSWORD_SIZE);
	if (!bcd.failed)
		memcpy(out_password, bcd.data, ZVT_PASSWORD_SIZE);
	buf_free(&bcd);
}

static int zvt_settings_read_type(struct driver_io *io)
{
	const char *type = driver_option(io, "payment-type");

	return strcmp(type, "none") == 0 ? -1 : (int)strtol(type, NULL, 16);
}

static void zvt_settings_read_language(struct driver_io *io,
				       struct zvt_settings *settings)
{
	static const char *const languages[ZVT_LANGUAGES] = { "en", "pl",
							      "de" };
	const char *language = driver_option(io, "language");

	settings->own_words = strcmp(language, "terminal") == 0;
	settings->language = ZVT_ENGLISH;
	for (int i = 0; i < ZVT_LANGUAGES; i++)
		if (strcmp(language, languages[i]) == 0)
			settings->language = (enum zvt_language)i;
}

/* False if a byte is none. */
static bool zvt_settings_read(struct driver_io *io,
			      struct zvt_settings *settings)
{
	const char *print = driver_option(io, "print");
	const char *config = driver_option(io, "config");
	bool silent = strcmp(print, "none") == 0;

	zvt_settings_read_password(driver_option(io, "password"),
				   settings->password);
	settings->currency =
		(int)strtol(driver_option(io, "currency"), NULL, 10);
	settings->sent_currency = driver_option_bool(io, "send-currency")
					  ? settings->currency
					  : ZVT_NO_CURRENCY;
	settings->tlv =
		strcmp(print, "blocks") == 0 ? ZVT_TLV_BLOCKS : ZVT_TLV_ACCEPT;
	settings->page = driver_option(io, "charset");
	settings->last_service =
		(uint8_t)strtoul(driver_option(io, "repeat-service"), NULL, 16);
	settings->payment_type = zvt_settings_read_type(io);
	zvt_settings_read_language(io, settings);
	settings->displayed = driver_option_bool(io, "customer-display");
	settings->numbered = driver_option_bool(io, "sequence");
	settings->repeats_day_end = driver_option_bool(io, "repeats-day-end");
	settings->strip_tlv = driver_option_bool(io, "strip-tlv");
	settings->abort_allowed = driver_option_bool(io, "abort-allowed");
	settings->t3 = driver_option_int(io, "t3");
	settings->t4 = driver_option_int(io, "t4");
	settings->poll = driver_option_int(io, "status-poll");
	settings->config = silent ? ZVT_CONFIG_SILENT : ZVT_CONFIG_PRINTED;
	return (strcmp(config, "auto") == 0 ||
		zvt_settings_read_byte(config, &settings->config)) &&
	       zvt_settings_read_byte(driver_option(io, "service"),
				      &settings->service);
}

/* --- what the framework calls --- */

static void zvt_open(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	struct zvt_kept *kept = driver_kept(io);
	bool serial = driver_is_serial(io);
	/* R1: it may be in the middle of something; so it may be if an
	 * earlier daemon was, and a cable does not tell that one ended */
	bool listen = serial && (kept->pending || !kept->met);

	state->due = -1;
	state->told_busy = -1;
	if (!zvt_settings_read(io, &state->settings)) {
		driver_log(io, "config and service have to be hexadecimal");
		zvt_link_init(&state->link, serial, 0);
		zvt_break(io, REASON_BAD_PARAMETER);
		return;
	}
	driver_currency(io, state->settings.currency);
	zvt_link_init(&state->link, serial, state->settings.t3);
	state->slow = kept->slow;
	if (state->slow)
		driver_set_speed(io, ZVT_SLOW_BAUD);
	state->goal = ZVT_GOAL_OPEN;
	state->busy_until = driver_now(io) + ZVT_BUSY_WAIT_MS;
	zvt_want(io, kept->register_first ? ZVT_STEP_REGISTER : ZVT_STEP_STATUS,
		 listen ? ZVT_LISTEN_MS : 0);
	kept->met = true;
	zvt_work(io);
}

/* False for what has no form: a receipt number of more than four digits. */
static bool zvt_can_say(const struct zvt_state *state)
{
	struct buf apdu = BUF_INIT(64);
	bool can;

	if (zvt_order_of(state)->add)
		zvt_order_of(state)->add(state, &apdu);
	can = !apdu.failed;
	buf_free(&apdu);
	return can;
}

/* An exchange that is under way already serves the new goal as well. */
static void zvt_start(struct driver_io *io, const struct op *op)
{
	struct zvt_state *state = driver_state(io);

	if (state->held)
		zvt_stray_settle(io);
	state->op = *op;
	state->began_at = driver_now(io);
	state->running = true;
	state->live = true;
	state->goal = ZVT_GOAL_START;
	state->logged_off = false;
	/* a line that stayed up does not tell that it is the same one */
	state->identify = op->kind == OP_REVERSAL && op->reversal.terminal > 0;
	state->busy_until = driver_now(io) + ZVT_BUSY_WAIT_MS;
	if (!zvt_can_say(state))
		zvt_finish(io, OUTCOME_FAILED, REASON_BAD_PARAMETER, NULL);
	else if (state->turn == ZVT_TURN_OURS)
		zvt_want(io, ZVT_STEP_STATUS, 0);
	zvt_work(io);
}

/* R6: here is whose the late result may be; another's only is acknowledged. */
static void zvt_claim_held(struct driver_io *io, const struct zvt_numbers *held,
			   json_t *result)
{
	struct zvt_state *state = driver_state(io);

	state->held = false;
	if (!zvt_booking_is_anothers(io, held)) {
		zvt_payment_keep_result(io, held, json_incref(result));
		return;
	}
	if (!state->result_told) {
		json_decref(state->result);
		state->result = NULL;
	}
	zvt_answer(io, ZVT_POSITIVE);
}

static void zvt_recover(struct driver_io *io, const struct op *op,
			const json_t *evidence)
{
	struct zvt_state *state = driver_state(io);
	struct zvt_numbers held = state->numbers;
	json_t *held_result = state->held ? json_incref(state->result) : NULL;

	state->op = *op;
	state->began_at = driver_now(io);
	state->running = true;
	if (!zvt_evidence_read(state, evidence)) {
		if (state->held)
			zvt_stray_settle(io);
		zvt_finish(io, OUTCOME_FAILED, REASON_RESTARTED, NULL);
	} else {
		state->committed = true;
		((struct zvt_kept *)driver_kept(io))->pending = true;
		zvt_find_begin(io, 0);
		if (state->held)
			zvt_claim_held(io, &held, held_result);
	}
	json_decref(held_result);
	zvt_work(io);
}

static void zvt_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	struct zvt_state *state = driver_state(io);

	if (state->lost)
		return;
	zvt_link_feed(&state->link, driver_now(io), data, len);
	zvt_work(io);
}

static void zvt_timeout(struct driver_io *io)
{
	zvt_work(io);
}

static void zvt_saved(struct driver_io *io, int err)
{
	struct zvt_state *state = driver_state(io);

	if (state->lost)
		return;
	zvt_payment_saved(io, err);
	zvt_work(io);
}

static void zvt_abort(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);

	if (!state->running || state->lost || state->goal == ZVT_GOAL_FIND)
		return; /* the terminal alone knows by now */
	if (state->saving == ZVT_SAVING_SENT)
		state->abort_wanted = true;
	else if (!state->committed && !zvt_order_is_under_way(state))
		zvt_finish(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
	else if (state->settings.abort_allowed &&
		 !(state->result_told && state->numbers.result == 0))
		state->abort_wanted = true;
	zvt_work(io);
}

/* Logs off, so that people can use the terminal by itself. */
static void zvt_log_off(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	struct buf apdu = BUF_INIT(16);

	if (state->lost || !state->registered || state->running ||
	    state->owed || state->turn != ZVT_TURN_OURS ||
	    !zvt_link_is_quiet(&state->link))
		return;
	zvt_add_log_off(&apdu);
	zvt_link_submit(&state->link, driver_now(io), &apdu, ZVT_LINK_WISH);
	driver_write(io, state->link.out.data, state->link.out.len);
	buf_free(&apdu);
}

static void zvt_close(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);

	zvt_log_off(io);
	zvt_link_clear(&state->link);
	zvt_receipts_clear(&state->receipts);
	json_decref(state->identity);
	json_decref(state->last_result);
	json_decref(state->result);
	secret_wipe(state, sizeof(*state));
}

const struct driver terminal_zvt = {
	.name = "zvt-terminal",
	.summary = "card terminals that speak ZVT",
	.class = DEVICE_TERMINAL,
	.ops = ZVT_OPS,
	.state_size = sizeof(struct zvt_state),
	.line = { .baud = 9600, .data_bits = 8, .stop_bits = 2 },
	.scan = &zvt_scan,
	.tcp_port = ZVT_TCP_PORT,
	.options = zvt_options,
	.open = zvt_open,
	.start = zvt_start,
	.recover = zvt_recover,
	.input = zvt_input,
	.timeout = zvt_timeout,
	.saved = zvt_saved,
	.abort = zvt_abort,
	.close = zvt_close,
	.trace = zvt_trace,
};
