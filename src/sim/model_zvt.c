/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ZVT card terminal, written from the protocol text alone: options, what a
 * customer or a test may do to it, its account.
 */
#include "sim/command.h"
#include "sim/models.h"
#include "sim/setting.h"
#include "sim/zvt_model.h"
#include "sim/zvt_verbs.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define PT_MS_MAX	(INT64_C(24) * 60 * 60 * 1000)
#define PT_CONFIG_NEW	0x86 /* before any registration (5.1) */
#define PT_COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Options */

static bool pt_choice_set(const char *value, const char *const *choices,
			  int *out_choice)
{
	int choice = command_choice(value, choices);

	if (choice < 0)
		return false;
	*out_choice = choice;
	return true;
}

static bool pt_choice_flag(const char *value, const char *off, const char *on,
			   bool *out_flag)
{
	const char *const choices[] = { off, on, NULL };
	int choice;

	if (!pt_choice_set(value, choices, &choice))
		return false;
	*out_flag = choice == 1;
	return true;
}

static bool pt_option_clock(struct model *model, const char *value)
{
	return kit_clock_parse(value, &pt_of(model)->clock.set);
}

static bool pt_option_auto(struct model *model, const char *value)
{
	return kit_answer_parse(value, &pt_of(model)->automatic);
}

static bool pt_option_booking(struct model *model, const char *value)
{
	static const char *const rules[] = { "autoreverse", "keep", "refuse",
					     NULL };
	int rule;

	if (!pt_choice_set(value, rules, &rule))
		return false;
	pt_of(model)->booking_rule = (enum pt_booking_rule)rule;
	return true;
}

static bool pt_option_abort(struct model *model, const char *value)
{
	static const char *const rules[] = { "until-host", "always-8483",
					     "ignore", "too-late-approves",
					     NULL };
	int rule;

	if (!pt_choice_set(value, rules, &rule))
		return false;
	pt_of(model)->abort_rule = (enum pt_abort_rule)rule;
	return true;
}

static bool pt_option_commit(struct model *model, const char *value)
{
	return pt_choice_flag(value, "prints", "answer",
			      &pt_of(model)->commit_on_answer);
}

static bool pt_option_prints(struct model *model, const char *value)
{
	return pt_choice_flag(value, "after", "before",
			      &pt_of(model)->prints_first);
}

static bool pt_option_msgseq(struct model *model, const char *value)
{
	return kit_answer_parse(value, &pt_of(model)->sequence_allowed);
}

static bool pt_option_pan(struct model *model, const char *value)
{
	return pt_choice_flag(value, "masked", "full", &pt_of(model)->pan_full);
}

static bool pt_option_line_tail(struct model *model, const char *value)
{
	return kit_answer_parse(value, &pt_of(model)->line_tail);
}

static bool pt_option_repeat_eod(struct model *model, const char *value)
{
	return kit_answer_parse(value, &pt_of(model)->repeat_end_of_day);
}

static bool pt_option_charset(struct model *model, const char *value)
{
	static const char *const names[] = { "cp437", "latin1", "utf8", NULL };
	static const char *const pages[] = { "CP437", "ISO-8859-1", "UTF-8" };
	int page;

	if (!pt_choice_set(value, names, &page))
		return false;
	pt_of(model)->page = pages[page];
	return true;
}

static bool pt_option_card(struct model *model, const char *value)
{
	for (int i = 0; pt_cards[i].option; i++)
		if (!strcmp(pt_cards[i].option, value)) {
			pt_of(model)->card = i;
			return true;
		}
	return false;
}

static bool pt_option_tid(struct model *model, const char *value)
{
	return command_number(value, 0, 99999999, &pt_of(model)->tid);
}

static bool pt_option_password(struct model *model, const char *value)
{
	return command_number(value, 0, 999999, &pt_of(model)->password);
}

static bool pt_option_split(struct model *model, const char *value)
{
	return command_number(value, 0, 1000, &pt_of(model)->split);
}

static bool pt_option_card_timeout(struct model *model, const char *value)
{
	return command_number(value, 1, PT_MS_MAX, &pt_of(model)->card_timeout);
}

static bool pt_option_receipt_lines(struct model *model, const char *value)
{
	return command_number(value, 0, 40, &pt_of(model)->padding);
}

static bool pt_option_receipt(struct model *model, const char *value)
{
	return command_number(value, 1, 9999, &pt_of(model)->receipt_next);
}

static bool pt_option_trace(struct model *model, const char *value)
{
	return command_number(value, 1, 999999, &pt_of(model)->trace_next);
}

/* clang-format off */
#define PT_OPTIONS(X) \
	X("auto", "yes|no", "the customer acts by himself", pt_option_auto) \
	X("booking", "autoreverse|keep|refuse", \
	  "where the till's answer to the result is lost", \
	  pt_option_booking) \
	X("commit", "prints|answer", "booked after the prints, or before", \
	  pt_option_commit) \
	X("abort", "until-host|always-8483|ignore|too-late-approves", \
	  "06 B0 while a payment runs", pt_option_abort) \
	X("prints", "after|before", "the result", pt_option_prints) \
	X("msgseq", "no|yes", "takes message sequence numbers", \
	  pt_option_msgseq) \
	X("pan", "masked|full", "full: an invented number and track 2", \
	  pt_option_pan) \
	X("card", "girocard|mastercard|visa|maestro", "what is inserted", \
	  pt_option_card) \
	X("charset", "cp437|latin1|utf8", "of receipts", pt_option_charset) \
	X("line-tail", "no|yes", "a container after the text of 06 D1", \
	  pt_option_line_tail) \
	X("receipt-lines", "N", "more of them, up to 40", \
	  pt_option_receipt_lines) \
	X("repeat-eod", "yes|no", "repeat receipt gives an end-of-day too", \
	  pt_option_repeat_eod) \
	X("tid", "DIGITS", "terminal id (52000017)", pt_option_tid) \
	X("password", "DIGITS", "of the till (000000)", pt_option_password) \
	X("receipt", "N", "number of the next one (1)", pt_option_receipt) \
	X("trace", "N", "number of the next one (1)", pt_option_trace) \
	X("card-timeout", "MS", "for card and PIN with auto=no (60000)", \
	  pt_option_card_timeout) \
	X("split", "N", "at most so many bytes a send", pt_option_split) \
	X("clock", "2026-11-22T10:00[:SS]|system", "what its clock shows", \
	  pt_option_clock)
/* clang-format on */

static const struct setting pt_options[] = { PT_OPTIONS(SETTING_SET_ROW) };
static const struct command pt_verbs[] = { PT_VERBS(COMMAND_ROW) };

/* Whatever a callback wrote leaves at its end, and time is set anew. */
static void pt_settle(struct pt *pt)
{
	pt_link_flush(pt);
	pt_time_arm(pt);
}

static char *pt_command(struct model *model, const char *command)
{
	struct pt *pt = pt_of(model);
	char *objection =
		command_run(pt_verbs, PT_COUNT(pt_verbs), pt, command);

	pt_settle(pt);
	return objection;
}

static void pt_input(struct model *model, const uint8_t *data, size_t len)
{
	pt_link_input(pt_of(model), data, len);
	pt_settle(pt_of(model));
}

static void pt_timeout(struct model *model)
{
	pt_time_run(pt_of(model));
	pt_settle(pt_of(model));
}

/* A pulled cable is noticed by silence only, a closed socket at once. */
static void pt_line(struct model *model, bool up)
{
	struct pt *pt = pt_of(model);

	pt->line_up = up;
	/* whatever the till had not answered by then, it can't any more */
	for (size_t i = 0; i < pt->awaited_count; i++)
		pt->awaited[i].delivered = false;
	if (!pt->serial) {
		pt_link_reset(pt);
		pt_flow_abandon(pt);
	}
	pt_settle(pt);
}

static json_t *pt_account(const struct model *model)
{
	return pt_book_account((const struct pt *)model);
}

static void pt_destroy(struct model *model)
{
	struct pt *pt = pt_of(model);

	pt_link_free(pt);
	pt_paper_clear(pt);
	pt_message_free(&pt->tx.command);
	pt_message_free(&pt->last);
	pt_message_free(&pt->held);
	json_decref(pt->violations);
	free(pt->bookings);
	free(pt);
}

static void pt_reset(struct pt *pt)
{
	pt->automatic = true;
	pt->repeat_end_of_day = true;
	pt->tid = 52000017;
	pt->card_timeout = 60000;
	pt->page = "CP437";
	pt->receipt_next = 1;
	pt->trace_next = 1;
	pt->config = PT_CONFIG_NEW;
	pt->line_up = true;
	pt->violations = json_array();
	for (int i = 0; i < PT_TIMERS; i++)
		pt->deadlines[i] = -1;
	pt_ear_init(&pt->ear, pt->serial);
	pt_message_init(&pt->tx.command, 0);
	pt_message_init(&pt->last, PT_STATUS);
	pt_message_init(&pt->held, 0);
	buf_init(&pt->out, 8 * PT_APDU_MAX);
	buf_init(&pt->later, 2 * PT_APDU_MAX);
	kit_clock_parse(KIT_CLOCK_DEFAULT, &pt->clock.set);
}

static struct model *pt_create(const struct model_host *host,
			       const struct model_option *options,
			       size_t options_count, bool serial,
			       char **out_error)
{
	struct pt *pt = ALLOC_NEW(struct pt);
	char *error;

	pt->model.class = &model_zvt;
	pt->model.host = *host;
	pt->serial = serial;
	pt_reset(pt);
	pt->clock.since = host->now(host->arg);
	error = setting_apply(pt_options, PT_COUNT(pt_options), options,
			      options_count, &pt->model);
	if (error) {
		pt_destroy(&pt->model);
		*out_error = error;
		return NULL;
	}
	return &pt->model;
}

const struct model_class model_zvt = {
	.name = "zvt",
	.summary = "a card terminal speaking ZVT, on a serial line or on TCP",
	.help = "Options:\n" PT_OPTIONS(SETTING_HELP) //
	"Commands:\n" PT_VERBS(COMMAND_HELP),
	.create = pt_create,
	.destroy = pt_destroy,
	.line = pt_line,
	.input = pt_input,
	.timeout = pt_timeout,
	.command = pt_command,
	.account = pt_account,
};
