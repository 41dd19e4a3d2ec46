/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/datecs_verbs.h"

#include "sim/command.h"
#include "util/alloc.h"

#define ISL_CUT_MS   2000
#define ISL_NAKS_MAX 100

static char *isl_usage(const char *usage)
{
	return alloc_format("Say: %s.", usage);
}

bool isl_delay_set(struct isl *isl, const char *command, int64_t ms)
{
	int64_t number;

	if (!command_number(command, 1, ISL_DELAYS - 1, &number))
		return false;
	isl->delays[number] = ms;
	return true;
}

bool isl_gap_set(struct isl *isl, const char *ms)
{
	return command_number(ms, 1, ISL_MS_MAX, &isl->gap);
}

/* --- what a person does --- */

char *isl_verb_paper(void *model, const char *arguments)
{
	static const char *const words[] = { "ok", "low", "out", NULL };
	struct isl *isl = isl_of(model);
	int found = command_choice(arguments, words);

	if (found < 0)
		return isl_usage("paper ok, paper low or paper out");
	isl->paper_low = found > 0;
	isl->paper_out = found == 2;
	return NULL;
}

char *isl_verb_cover(void *model, const char *arguments)
{
	static const char *const words[] = { "closed", "open", NULL };
	int found = command_choice(arguments, words);

	if (found < 0)
		return isl_usage("cover open or cover closed");
	isl_of(model)->cover_open = found == 1;
	return NULL;
}

char *isl_verb_clock(void *model, const char *arguments)
{
	static const char *const words[] = { "right", "wrong", NULL };
	int found = command_choice(arguments, words);

	if (found < 0)
		return isl_usage("clock right or clock wrong");
	isl_of(model)->clock_wrong = found == 1;
	return NULL;
}

char *isl_verb_day_over(void *model, const char *arguments)
{
	(void)arguments;
	isl_of(model)->day_over = true;
	return NULL;
}

char *isl_verb_blocked(void *model, const char *arguments)
{
	if (!command_switch(arguments, &isl_of(model)->blocked))
		return isl_usage("blocked on or blocked off");
	return NULL;
}

char *isl_verb_memory(void *model, const char *arguments)
{
	static const char *const words[] = { "ok", "low", "full", NULL };
	struct isl *isl = isl_of(model);
	int found = command_choice(arguments, words);

	if (found < 0)
		return isl_usage("memory ok, memory low or memory full");
	isl->memory_low = found > 0;
	isl->memory_full = found == 2;
	return NULL;
}

char *isl_verb_journal(void *model, const char *arguments)
{
	static const char *const words[] = { "ok", "full", NULL };
	int found = command_choice(arguments, words);

	if (found < 0)
		return isl_usage("journal ok or journal full");
	isl_of(model)->journal_full = found == 1;
	return NULL;
}

/* One thing at a time, and not while a document is open. */
static char *isl_keypad_check(const struct isl *isl)
{
	if (isl->off)
		return alloc_text("The printer is off.");
	if (isl->working)
		return alloc_text("The printer is busy.");
	return isl->receipt.open ? alloc_text("A document is open.") : NULL;
}

static char *isl_keypad_result(const struct isl *isl, enum isl_error error)
{
	return error ? alloc_format("The printer refuses: error %d.",
				    isl_answer_code(isl, error))
		     : NULL;
}

char *isl_verb_z(void *model, const char *arguments)
{
	struct isl *isl = isl_of(model);
	char *objection = isl_keypad_check(isl);

	(void)arguments;
	return objection ? objection : isl_keypad_result(isl, isl_book_z(isl));
}

/* Another host's requests have moved the SEQ, too. */
static char *isl_verb_foreign(void *model, const char *arguments,
			      enum isl_error (*book)(struct isl *, int64_t))
{
	struct isl *isl = isl_of(model);
	char *objection;
	int64_t amount;

	if (!kit_amount_parse(arguments, &amount))
		return isl_usage("an AMOUNT, as 1234 or 12.34");
	objection = isl_keypad_check(isl);
	if (objection)
		return objection;
	isl_engine_forget_seq(isl);
	return isl_keypad_result(isl, book(isl, amount));
}

char *isl_verb_receipt(void *model, const char *arguments)
{
	return isl_verb_foreign(model, arguments, isl_book_foreign);
}

char *isl_verb_refund(void *model, const char *arguments)
{
	return isl_verb_foreign(model, arguments, isl_book_refund);
}

/* --- faults --- */

/* [COMMAND] at the end of a fault's words */
static char *isl_fault_arm(void *model, enum isl_fault_kind kind, int64_t ms,
			   const char *arguments)
{
	struct isl_fault *fault = &isl_of(model)->faults[kind];
	int64_t command = 0;

	if (*arguments &&
	    (!kit_number_take(&arguments, ISL_DELAYS - 1, &command) ||
	     *arguments))
		return isl_usage("... [COMMAND], its number");
	*fault = (struct isl_fault){ true, (int)command, ms };
	return NULL;
}

char *isl_verb_lose_request(void *model, const char *arguments)
{
	return isl_fault_arm(model, ISL_FAULT_LOSE_REQUEST, 0, arguments);
}

char *isl_verb_lose_reply(void *model, const char *arguments)
{
	return isl_fault_arm(model, ISL_FAULT_LOSE_REPLY, 0, arguments);
}

char *isl_verb_corrupt(void *model, const char *arguments)
{
	return isl_fault_arm(model, ISL_FAULT_CORRUPT_REPLY, 0, arguments);
}

char *isl_verb_stall(void *model, const char *arguments)
{
	return isl_fault_arm(model, ISL_FAULT_STALL, 0, arguments);
}

char *isl_verb_nak(void *model, const char *arguments)
{
	int64_t count;

	if (!command_number(arguments, 0, ISL_NAKS_MAX, &count))
		return isl_usage("nak N");
	isl_of(model)->naks = (int)count;
	return NULL;
}

char *isl_verb_gap(void *model, const char *arguments)
{
	if (!isl_gap_set(isl_of(model), arguments))
		return isl_usage("gap MS");
	return NULL;
}

char *isl_verb_forget(void *model, const char *arguments)
{
	(void)arguments;
	isl_engine_forget_seq(isl_of(model));
	return NULL;
}

char *isl_verb_slow(void *model, const char *arguments)
{
	char command[KIT_WORD_SIZE];
	int64_t ms;

	if (!kit_word_take(&arguments, command) ||
	    !kit_number_take(&arguments, ISL_MS_MAX, &ms) ||
	    !isl_delay_set(isl_of(model), command, ms))
		return isl_usage("slow COMMAND MS");
	return NULL;
}

/* before|after COMMAND [MS] */
static char *isl_strike_arm(void *model, const char *arguments,
			    enum isl_fault_kind before,
			    enum isl_fault_kind after)
{
	static const char *const words[] = { "before", "after", NULL };
	char when[KIT_WORD_SIZE], command[KIT_WORD_SIZE];
	int64_t ms = ISL_CUT_MS;

	if (!kit_word_take(&arguments, when) ||
	    command_choice(when, words) < 0 ||
	    !kit_word_take(&arguments, command) ||
	    (*arguments && !kit_number_take(&arguments, ISL_MS_MAX, &ms)))
		return isl_usage("... before|after COMMAND [MS]");
	return isl_fault_arm(model, *when == 'b' ? before : after, ms, command);
}

char *isl_verb_crash(void *model, const char *arguments)
{
	return isl_strike_arm(model, arguments, ISL_FAULT_CRASH_BEFORE,
			      ISL_FAULT_CRASH_AFTER);
}

char *isl_verb_hang_up(void *model, const char *arguments)
{
	return isl_strike_arm(model, arguments, ISL_FAULT_HANG_UP_BEFORE,
			      ISL_FAULT_HANG_UP_AFTER);
}

char *isl_verb_power_cut(void *model, const char *arguments)
{
	int64_t ms;

	if (!command_number(arguments, 0, ISL_MS_MAX, &ms))
		return isl_usage("power cut MS");
	isl_engine_power_cut(isl_of(model), ms);
	return NULL;
}
