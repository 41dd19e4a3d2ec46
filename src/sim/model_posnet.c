/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A POSNET fiscal printer, written from the protocol text alone: options,
 * what a person or a test may do to it, its account.
 */
#include "sim/command.h"
#include "sim/models.h"
#include "sim/posnet_model.h"
#include "sim/setting.h"

#include "util/alloc.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FP_CONTENT_MAX 65536
#define FP_CUT_MS      2000
#define FP_MS_MAX      (INT64_C(24) * 60 * 60 * 1000)
#define FP_COUNT_MAX   1000

static char *fp_usage(const char *usage)
{
	return alloc_format("Say: %s.", usage);
}

/* Options */

static bool fp_option_clock(struct model *model, const char *value)
{
	return kit_clock_parse(value, &fp_of(model)->clock.set);
}

static bool fp_option_error_form(struct model *model, const char *value)
{
	static const char *const forms[] = { "plain", "tab", "er", NULL };
	int form = command_choice(value, forms);

	if (form < 0)
		return false;
	fp_of(model)->error_form = (enum fp_error_form)form;
	return true;
}

static bool fp_option_echo_bang(struct model *model, const char *value)
{
	return kit_answer_parse(value, &fp_of(model)->echo_bang);
}

static bool fp_option_code_page(struct model *model, const char *value)
{
	static const char *const names[] = { "cp1250", "latin2", "mazovia",
					     NULL };
	static const char *const pages[] = { "CP1250", "ISO-8859-2", NULL };
	int page = command_choice(value, names);

	if (page < 0)
		return false;
	fp_of(model)->page = pages[page];
	return true;
}

static bool fp_option_unit(struct model *model, const char *value)
{
	struct fp *fp = fp_of(model);

	if (!*value || strlen(value) > 20 || !text_is_plain(value))
		return false;
	free(fp->unit);
	fp->unit = alloc_text(value);
	return true;
}

static bool fp_option_speed(struct model *model, const char *value)
{
	static const char *const speeds[] = { "real", "fast", NULL };
	int speed = command_choice(value, speeds);

	if (speed < 0)
		return false;
	fp_of(model)->fast = speed == 1;
	return true;
}

static bool fp_option_receipts(struct model *model, const char *value)
{
	return command_number(value, 0, FP_COUNT_MAX, &fp_of(model)->sold);
}

static bool fp_option_reports(struct model *model, const char *value)
{
	return command_number(value, 0, FP_RECORDS_MAX / 2,
			      &fp_of(model)->counters.daily);
}

static bool fp_option_headers(struct model *model, const char *value)
{
	return command_number(value, 0, INT32_MAX,
			      &fp_of(model)->counters.headers);
}

static bool fp_option_documents(struct model *model, const char *value)
{
	return command_number(value, 0, INT32_MAX,
			      &fp_of(model)->documents_count);
}

static bool fp_option_cash(struct model *model, const char *value)
{
	return command_number(value, 0, FP_MONEY_MAX, &fp_of(model)->cash);
}

static bool fp_option_numbering(struct model *model, const char *value)
{
	static const char *const ways[] = { "continuous", "daily", NULL };
	int way = command_choice(value, ways);

	if (way < 0)
		return false;
	fp_of(model)->daily_numbers = way == 1;
	return true;
}

static bool fp_option_power_receipt(struct model *model, const char *value)
{
	static const char *const ways[] = { "cancel", "keep", NULL };
	int way = command_choice(value, ways);

	if (way < 0)
		return false;
	fp_of(model)->keep_receipt = way == 1;
	return true;
}

static bool fp_option_cancel_idle(struct model *model, const char *value)
{
	static const char *const words[] = { "ok", "2005", "2064", NULL };
	static const int errors[] = { FP_OK, FP_ERROR_NO_TRANSACTION,
				      FP_ERROR_NOT_STARTED };
	int found = command_choice(value, words);

	if (found < 0)
		return false;
	fp_of(model)->cancel_idle = errors[found];
	return true;
}

static bool fp_delay_set(struct fp *fp, const char *name, int64_t ms)
{
	for (size_t i = 0; i < fp_commands_count; i++)
		if (!strcmp(fp_commands[i].name, name)) {
			fp->delays[i] = ms;
			return true;
		}
	return false;
}

/* dailyrep:1500 */
static bool fp_option_delay(struct model *model, const char *value)
{
	char name[FP_NAME_SIZE];
	size_t len = strcspn(value, ":");
	int64_t ms;

	if (!value[len] || len >= sizeof(name) ||
	    !command_number(value + len + 1, 0, FP_MS_MAX, &ms))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)len, value);
	return fp_delay_set(fp_of(model), name, ms);
}

/* clang-format off */
#define FP_OPTIONS(X) \
	X("clock", "2026-11-22T10:00[:SS]|system", "what its clock shows", \
	  fp_option_clock) \
	X("speed", "real|fast", "fast: printing takes no time", \
	  fp_option_speed) \
	X("delay", "MNEMONIC:MS", "time until that command's reply", \
	  fp_option_delay) \
	X("receipts", "N", "sold when the day begins (3)", \
	  fp_option_receipts) \
	X("reports", "N", "daily reports so far (4)", fp_option_reports) \
	X("headers", "N", "number of the last header (0)", \
	  fp_option_headers) \
	X("documents", "N", "number of the last document (0)", \
	  fp_option_documents) \
	X("cash", "GROSZ", "in the drawer (0)", fp_option_cash) \
	X("unit", "TEXT", "the printer's unique number", fp_option_unit) \
	X("code-page", "cp1250|latin2|mazovia", "of all texts", \
	  fp_option_code_page) \
	X("numbering", "daily|continuous", "of receipts", \
	  fp_option_numbering) \
	X("error-form", "tab|plain|er", "spelling of errors", \
	  fp_option_error_form) \
	X("echo-bang", "no|yes", "replies keep the '!'", \
	  fp_option_echo_bang) \
	X("power-receipt", "cancel|keep", "an open receipt in a power cut", \
	  fp_option_power_receipt) \
	X("cancel-idle", "ok|2005|2064", "prncancel with nothing open", \
	  fp_option_cancel_idle)
/* clang-format on */

/* What a person does */

static char *fp_verb_paper(void *model, const char *arguments)
{
	static const char *const words[] = { "ok", "low", "out", NULL };
	struct fp *fp = fp_of(model);
	int found = command_choice(arguments, words);

	if (found < 0)
		return fp_usage("paper ok, paper low or paper out");
	fp->paper_low = found > 0;
	fp->paper_out = found == 2;
	fp_engine_resume(fp);
	return NULL;
}

static char *fp_verb_cover(void *model, const char *arguments)
{
	static const char *const words[] = { "closed", "open", NULL };
	struct fp *fp = fp_of(model);
	int found = command_choice(arguments, words);

	if (found < 0)
		return fp_usage("cover open or cover closed");
	fp->cover_open = found == 1;
	fp_engine_resume(fp);
	return NULL;
}

static char *fp_verb_drawer(void *model, const char *arguments)
{
	static const char *const words[] = { "closed", "open", "stuck", NULL };
	int found = command_choice(arguments, words);

	if (found < 0)
		return fp_usage("drawer open, drawer closed or drawer stuck");
	fp_of(model)->drawer_open = found == 1;
	fp_of(model)->drawer_stuck = found == 2;
	return NULL;
}

static char *fp_verb_key(void *model, const char *arguments)
{
	bool yes;

	if (!kit_answer_parse(arguments, &yes))
		return fp_usage("key yes or key no");
	if (!fp_engine_press(fp_of(model), yes))
		return alloc_text("The printer asks nothing.");
	return NULL;
}

static char *fp_verb_menu(void *model, const char *arguments)
{
	struct fp *fp = fp_of(model);

	if (!command_switch(arguments, &fp->menu))
		return fp_usage("menu on or menu off");
	fp_engine_resume(fp);
	return NULL;
}

static char *fp_verb_other(void *model, const char *arguments)
{
	if (!command_switch(arguments, &fp_of(model)->other_holds))
		return fp_usage("other on or other off");
	return NULL;
}

static char *fp_verb_blocked(void *model, const char *arguments)
{
	if (!command_switch(arguments, &fp_of(model)->blocked))
		return fp_usage("blocked on or blocked off");
	return NULL;
}

static char *fp_verb_memory(void *model, const char *arguments)
{
	static const char *const words[] = { "ok", "full", NULL };
	int found = command_choice(arguments, words);

	if (found < 0)
		return fp_usage("memory full or memory ok");
	fp_of(model)->memory_full = found == 1;
	return NULL;
}

/* At the printer's own keys one thing is done at a time, and not open. */
static char *fp_keypad_check(const struct fp *fp)
{
	if (fp->off)
		return alloc_text("The printer is off.");
	if (fp->phase == FP_PHASE_PRINTING || fp->phase == FP_PHASE_KEY)
		return alloc_text("The printer is busy.");
	if (fp->receipt.open || fp->form)
		return alloc_text("A document is open.");
	return NULL;
}

static char *fp_keypad_result(int error)
{
	return error ? alloc_format("The printer refuses: error %d.", error)
		     : NULL;
}

static char *fp_verb_z(void *model, const char *arguments)
{
	struct fp *fp = fp_of(model);
	char *objection = fp_keypad_check(fp);

	(void)arguments;
	return objection ? objection : fp_keypad_result(fp_book_daily(fp));
}

static char *fp_verb_receipt(void *model, const char *arguments)
{
	struct fp *fp = fp_of(model);
	char *objection;
	int64_t amount;

	if (!kit_amount_parse(arguments, &amount))
		return fp_usage("receipt AMOUNT, as 1234 or 12.34");
	objection = fp_keypad_check(fp);
	return objection ? objection
			 : fp_keypad_result(fp_book_foreign(fp, amount));
}

/* Faults */

/* [MNEMONIC] at the end of a fault's words */
static char *fp_fault_arm(void *model, enum fp_fault_kind kind, int64_t ms,
			  const char *arguments)
{
	struct fp_fault *fault = &fp_of(model)->faults[kind];
	char name[KIT_WORD_SIZE] = "";

	if (*arguments && (!kit_word_take(&arguments, name) || *arguments ||
			   strlen(name) >= sizeof(fault->name)))
		return fp_usage("... [MNEMONIC]");
	*fault = (struct fp_fault){ .armed = true, .ms = ms };
	memcpy(fault->name, name, strlen(name) + 1);
	return NULL;
}

static char *fp_verb_lose_request(void *model, const char *arguments)
{
	return fp_fault_arm(model, FP_FAULT_LOSE_REQUEST, 0, arguments);
}

static char *fp_verb_lose_reply(void *model, const char *arguments)
{
	return fp_fault_arm(model, FP_FAULT_LOSE_REPLY, 0, arguments);
}

static char *fp_verb_corrupt(void *model, const char *arguments)
{
	return fp_fault_arm(model, FP_FAULT_CORRUPT_REPLY, 0, arguments);
}

static char *fp_verb_stale(void *model, const char *arguments)
{
	return fp_fault_arm(model, FP_FAULT_STALE_REPLY, 0, arguments);
}

static char *fp_verb_delay(void *model, const char *arguments)
{
	int64_t ms;

	if (!kit_number_take(&arguments, FP_MS_MAX, &ms))
		return fp_usage("delay reply MS [MNEMONIC]");
	return fp_fault_arm(model, FP_FAULT_DELAY_REPLY, ms, arguments);
}

static char *fp_verb_slow(void *model, const char *arguments)
{
	char name[KIT_WORD_SIZE];
	int64_t ms;

	if (!kit_word_take(&arguments, name) ||
	    !kit_number_take(&arguments, FP_MS_MAX, &ms) ||
	    !fp_delay_set(fp_of(model), name, ms))
		return fp_usage("slow MNEMONIC MS");
	return NULL;
}

/* before|after MNEMONIC [MS] */
static char *fp_strike_arm(void *model, const char *arguments,
			   enum fp_fault_kind before, enum fp_fault_kind after)
{
	static const char *const words[] = { "before", "after", NULL };
	char when[KIT_WORD_SIZE], name[KIT_WORD_SIZE];
	int64_t ms = FP_CUT_MS;

	if (!kit_word_take(&arguments, when) ||
	    command_choice(when, words) < 0 ||
	    !kit_word_take(&arguments, name) ||
	    (*arguments && !kit_number_take(&arguments, FP_MS_MAX, &ms)))
		return fp_usage("... before|after MNEMONIC [MS]");
	return fp_fault_arm(model, *when == 'b' ? before : after, ms, name);
}

static char *fp_verb_crash(void *model, const char *arguments)
{
	return fp_strike_arm(model, arguments, FP_FAULT_CRASH_BEFORE,
			     FP_FAULT_CRASH_AFTER);
}

static char *fp_verb_hang_up(void *model, const char *arguments)
{
	return fp_strike_arm(model, arguments, FP_FAULT_HANG_UP_BEFORE,
			     FP_FAULT_HANG_UP_AFTER);
}

static char *fp_verb_power_cut(void *model, const char *arguments)
{
	static const char *const words[] = { "cancel", "keep", NULL };
	struct fp *fp = fp_of(model);
	int keep = fp->keep_receipt;
	int64_t ms;

	if (!kit_number_take(&arguments, FP_MS_MAX, &ms))
		return fp_usage("power cut MS [keep|cancel]");
	if (*arguments)
		keep = command_choice(arguments, words);
	if (keep < 0)
		return fp_usage("power cut MS [keep|cancel]");
	fp_engine_power_cut(fp, ms, keep == 1);
	return NULL;
}

/* clang-format off */
#define FP_VERBS(X) \
	X("paper", " ok|low|out", "the roll", fp_verb_paper) \
	X("cover", " open|closed", "the lid", fp_verb_cover) \
	X("drawer", " open|closed|stuck", "by hand", fp_verb_drawer) \
	X("key", " yes|no", "answers what the printer asks", fp_verb_key) \
	X("menu", " on|off", "somebody is in its menu", fp_verb_menu) \
	X("z", "", "a daily report made at its keypad", fp_verb_z) \
	X("receipt", " AMOUNT", "one by the other interface", \
	  fp_verb_receipt) \
	X("other", " on|off", "the other interface holds the printer", \
	  fp_verb_other) \
	X("blocked", " on|off", "sales are blocked", fp_verb_blocked) \
	X("memory", " ok|full", "the fiscal memory", fp_verb_memory) \
	X("lose request", " [MNEMONIC]", "the next one never arrives", \
	  fp_verb_lose_request) \
	X("lose reply", " [MNEMONIC]", "executed, but nobody is told", \
	  fp_verb_lose_reply) \
	X("corrupt reply", " [MNEMONIC]", "with a wrong checksum", \
	  fp_verb_corrupt) \
	X("delay reply", " MS [MNEMONIC]", "executed, and told later", \
	  fp_verb_delay) \
	X("stale reply", " [MNEMONIC]", "comes before the reply to the next " \
	  "request, or when the line comes back", fp_verb_stale) \
	X("slow", " MNEMONIC MS", "from now on", fp_verb_slow) \
	X("crash", " before|after MNEMONIC [MS]", "a power cut around it", \
	  fp_verb_crash) \
	X("hang up", " before|after MNEMONIC [MS]", "only the line goes", \
	  fp_verb_hang_up) \
	X("power cut", " MS [keep|cancel]", "now", fp_verb_power_cut)
/* clang-format on */

static const struct setting fp_options[] = { FP_OPTIONS(SETTING_SET_ROW) };
static const struct command fp_verbs[] = { FP_VERBS(COMMAND_ROW) };

#define FP_COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char *fp_command(struct model *model, const char *command)
{
	return command_run(fp_verbs, FP_COUNT(fp_verbs), model, command);
}

static void fp_input(struct model *model, const uint8_t *data, size_t len)
{
	fp_engine_input(fp_of(model), data, len);
}

static void fp_timeout(struct model *model)
{
	fp_engine_timeout(fp_of(model));
}

static void fp_line(struct model *model, bool up)
{
	fp_engine_line(fp_of(model), up);
}

static json_t *fp_account(const struct model *model)
{
	return fp_book_account((const struct fp *)model);
}

static void fp_destroy(struct model *model)
{
	struct fp *fp = fp_of(model);

	fp_engine_free(fp);
	buf_free(&fp->receipt.content);
	json_decref(fp->documents);
	json_decref(fp->z_reports);
	free(fp->records);
	free(fp->unit);
	free(fp);
}

/* Rates of the recorded printer (3.12): three, none, and three unused. */
static void fp_reset(struct fp *fp)
{
	static const int vat[FP_RATES] = {
		2300,		800, 500, 0, FP_RATE_UNUSED, FP_RATE_UNUSED,
		FP_RATE_UNUSED,
	};

	memcpy(fp->vat, vat, sizeof(vat));
	for (size_t i = 0; i < FP_COUNT(fp->delays); i++)
		fp->delays[i] = -1;
	fp->unit = alloc_text("SIM 2600000001");
	fp->page = "CP1250";
	fp->error_form = FP_ERROR_FORM_TAB;
	fp->daily_numbers = true;
	fp->sold = 3;
	fp->counters.daily = 4;
	fp->power_at = -1;
	fp->line_up = true;
	fp->documents = json_array();
	fp->z_reports = json_array();
	buf_init(&fp->held, FP_REPLY_MAX);
	buf_init(&fp->stale, FP_REPLY_MAX);
	buf_init(&fp->receipt.content, FP_CONTENT_MAX);
	kit_clock_parse(KIT_CLOCK_DEFAULT, &fp->clock.set);
}

static struct model *fp_create(const struct model_host *host,
			       const struct model_option *options,
			       size_t options_count, bool serial,
			       char **out_error)
{
	struct fp *fp = ALLOC_NEW(struct fp);
	char *error;

	_Static_assert(sizeof(fp->delays) / sizeof(fp->delays[0]) >= 64,
		       "room for a delay per command");
	(void)serial;
	fp->model.class = &model_posnet;
	fp->model.host = *host;
	fp_reset(fp);
	fp->clock.since = host->now(host->arg);
	error = setting_apply(fp_options, FP_COUNT(fp_options), options,
			      options_count, &fp->model);
	if (error) {
		fp_destroy(&fp->model);
		*out_error = error;
		return NULL;
	}
	fp_book_start(fp, fp->sold);
	return &fp->model;
}

const struct model_class model_posnet = {
	.name = "posnet",
	.summary = "a fiscal printer speaking the POSNET protocol",
	.help = "Options:\n" FP_OPTIONS(SETTING_HELP) //
	"Commands:\n" FP_VERBS(COMMAND_HELP),
	.create = fp_create,
	.destroy = fp_destroy,
	.line = fp_line,
	.input = fp_input,
	.timeout = fp_timeout,
	.command = fp_command,
	.account = fp_account,
};
