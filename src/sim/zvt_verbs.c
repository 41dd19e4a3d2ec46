/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/zvt_verbs.h"

#include "sim/command.h"
#include "sim/zvt_model.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define PT_MS_MAX (INT64_C(24) * 60 * 60 * 1000)

static char *pt_usage(const char *usage)
{
	return alloc_format("Say: %s.", usage);
}

/* What a customer does */

static char *pt_idle_tell(void)
{
	return alloc_text("No transaction runs.");
}

static bool pt_is_at(const struct pt *pt, enum pt_stage_kind kind)
{
	return pt->tx.flow && pt_flow_stage(pt) == kind;
}

char *pt_verb_auto(void *model, const char *arguments)
{
	struct pt *pt = pt_of(model);

	if (pt->tx.flow)
		return alloc_text("A transaction is under way; wait until it "
				  "has ended.");
	if (!command_switch(arguments, &pt->automatic))
		return pt_usage("auto on or auto off");
	return NULL;
}

char *pt_verb_insert(void *model, const char *arguments)
{
	struct pt *pt = pt_of(model);

	(void)arguments;
	if (pt->tx.flow)
		pt_flow_event(pt, PT_STAGE_CARD);
	pt->card_in = true;
	return NULL;
}

char *pt_verb_remove(void *model, const char *arguments)
{
	struct pt *pt = pt_of(model);

	(void)arguments;
	pt->card_in = false;
	if (pt->tx.flow)
		pt_flow_event(pt, PT_STAGE_REMOVE);
	return NULL;
}

char *pt_verb_pin(void *model, const char *arguments)
{
	struct pt *pt = pt_of(model);

	(void)arguments;
	if (!pt->tx.flow)
		return pt_idle_tell();
	pt_flow_event(pt, PT_STAGE_PIN);
	return NULL;
}

char *pt_verb_approve(void *model, const char *arguments)
{
	struct pt *pt = pt_of(model);

	(void)arguments;
	if (!pt->tx.flow)
		return pt_idle_tell();
	pt_flow_event(pt, PT_STAGE_HOST);
	return NULL;
}

/* Two hexadecimal digits, other than 00; nothing means declined. */
static bool pt_code_parse(const char *text, uint8_t *out_code)
{
	char *end;
	unsigned long code = PT_CODE_DECLINED;

	if (*text) {
		if (strspn(text, "0123456789abcdefABCDEF") != 2)
			return false;
		code = strtoul(text, &end, 16);
		if (*end || !code)
			return false;
	}
	*out_code = (uint8_t)code;
	return true;
}

char *pt_verb_decline(void *model, const char *arguments)
{
	struct pt *pt = pt_of(model);
	uint8_t code;

	if (!pt_code_parse(arguments, &code))
		return pt_usage("decline [CODE], as 05 or 9B");
	if (!pt->tx.flow || pt_flow_past_host(pt))
		return pt_idle_tell();
	pt->next_code = code;
	pt_flow_event(pt, PT_STAGE_HOST);
	return NULL;
}

char *pt_verb_stop(void *model, const char *arguments)
{
	struct pt *pt = pt_of(model);

	(void)arguments;
	if (!pt_is_at(pt, PT_STAGE_CARD) && !pt_is_at(pt, PT_STAGE_PIN))
		return alloc_text("There is nothing to stop any more.");
	pt_flow_fail(pt, PT_CODE_STOPPED);
	return NULL;
}

/* What the next transaction is like */

char *pt_verb_next_decline(void *model, const char *arguments)
{
	if (!pt_code_parse(arguments, &pt_of(model)->next_code))
		return pt_usage("next decline [CODE]");
	return NULL;
}

char *pt_verb_next_network(void *model, const char *arguments)
{
	(void)arguments;
	pt_of(model)->next_code = PT_CODE_NETWORK;
	return NULL;
}

char *pt_verb_next_pin(void *model, const char *arguments)
{
	(void)arguments;
	pt_of(model)->next_pin_wrong = true;
	return NULL;
}

char *pt_verb_next_tip(void *model, const char *arguments)
{
	if (!kit_amount_parse(arguments, &pt_of(model)->next_tip))
		return pt_usage("next tip AMOUNT");
	return NULL;
}

char *pt_verb_next_amount(void *model, const char *arguments)
{
	if (!kit_amount_parse(arguments, &pt_of(model)->next_amount))
		return pt_usage("next amount AMOUNT");
	return NULL;
}

char *pt_verb_next_conversion(void *model, const char *arguments)
{
	(void)arguments;
	pt_of(model)->next_conversion = true;
	return NULL;
}

char *pt_verb_next_signature(void *model, const char *arguments)
{
	(void)arguments;
	pt_of(model)->next_signature = true;
	return NULL;
}

char *pt_verb_next_storm(void *model, const char *arguments)
{
	if (!command_number(arguments, 1, 10000, &pt_of(model)->next_storm))
		return pt_usage("next storm N");
	return NULL;
}

char *pt_verb_next_strange(void *model, const char *arguments)
{
	(void)arguments;
	pt_of(model)->next_strange = true;
	return NULL;
}

char *pt_verb_next_update(void *model, const char *arguments)
{
	if (!command_number(arguments, 1, PT_MS_MAX,
			    &pt_of(model)->next_update))
		return pt_usage("next update MS");
	return NULL;
}

char *pt_verb_twice(void *model, const char *arguments)
{
	(void)arguments;
	pt_of(model)->next_twice = true;
	return NULL;
}

/* What the terminal is like */

char *pt_verb_eod(void *model, const char *arguments)
{
	if (!command_switch(arguments, &pt_of(model)->end_of_day_needed))
		return pt_usage("eod needed on or eod needed off");
	return NULL;
}

char *pt_verb_busy(void *model, const char *arguments)
{
	if (!command_switch(arguments, &pt_of(model)->busy))
		return pt_usage("busy on or busy off");
	return NULL;
}

char *pt_verb_reverse_last(void *model, const char *arguments)
{
	bool on = true;

	if (*arguments && !command_switch(arguments, &on))
		return pt_usage("reverse last [on|off]");
	pt_of(model)->reverse_last = on;
	return NULL;
}

/* Somebody who needs no till for it. */
char *pt_verb_reverse(void *model, const char *arguments)
{
	int64_t receipt;

	if (!command_number(arguments, 1, 9999, &receipt))
		return pt_usage("reverse RECEIPT");
	return pt_book_reverse_by_hand(pt_of(model), receipt)
		       ? NULL
		       : alloc_text("There is no such payment to reverse.");
}

/* The last result once more, though nobody asked (8.1, 7). */
char *pt_verb_repeat_last(void *model, const char *arguments)
{
	struct pt *pt = pt_of(model);

	(void)arguments;
	if (!pt->has_last || pt->tx.flow)
		return alloc_text("There is no result to repeat now.");
	pt_tell(pt, &pt->last, false);
	return NULL;
}

/* Faults */

/* [at N] at the end of a fault's words */
static char *pt_fault_arm(void *model, enum pt_fault_kind kind, int64_t ms,
			  bool needs_at, const char *arguments)
{
	char word[KIT_WORD_SIZE];
	int64_t at = 0;

	if ((*arguments || needs_at) &&
	    (!kit_word_take(&arguments, word) || strcmp(word, "at") != 0 ||
	     !kit_number_take(&arguments, 10000, &at) || !at || *arguments))
		return pt_usage(needs_at ? "... at N" : "... [at N]");
	pt_of(model)->faults[kind] =
		(struct pt_fault){ .armed = true, .at = at, .ms = ms };
	return NULL;
}

char *pt_verb_faults_off(void *model, const char *arguments)
{
	struct pt *pt = pt_of(model);

	if (*arguments)
		return pt_usage("faults off");
	for (int i = 0; i < PT_FAULTS; i++)
		pt->faults[i].armed = false;
	pt->naks = 0;
	pt->next_late = 0;
	return NULL;
}

static char *pt_serial_only(void)
{
	return alloc_text("That is only possible on a serial line.");
}

char *pt_verb_lose_reply(void *model, const char *arguments)
{
	return pt_fault_arm(model, PT_FAULT_LOSE_REPLY, 0, false, arguments);
}

char *pt_verb_corrupt(void *model, const char *arguments)
{
	if (!pt_of(model)->serial)
		return pt_serial_only();
	return pt_fault_arm(model, PT_FAULT_CORRUPT, 0, false, arguments);
}

char *pt_verb_gap(void *model, const char *arguments)
{
	if (!pt_of(model)->serial)
		return pt_serial_only();
	return pt_fault_arm(model, PT_FAULT_GAP, 0, false, arguments);
}

char *pt_verb_close(void *model, const char *arguments)
{
	return pt_fault_arm(model, PT_FAULT_CLOSE, 0, true, arguments);
}

char *pt_verb_silent(void *model, const char *arguments)
{
	return pt_fault_arm(model, PT_FAULT_SILENT, 0, true, arguments);
}

char *pt_verb_power_cut(void *model, const char *arguments)
{
	int64_t ms;

	if (!kit_number_take(&arguments, PT_MS_MAX, &ms))
		return pt_usage("power cut MS [at N]");
	if (*arguments)
		return pt_fault_arm(model, PT_FAULT_POWER, ms, true, arguments);
	pt_power_cut(pt_of(model), ms);
	return NULL;
}

/* A number, then [at N]. */
static char *pt_fault_arm_for(void *model, enum pt_fault_kind kind, int64_t max,
			      const char *usage, const char *arguments)
{
	int64_t number;

	if (!kit_number_take(&arguments, max, &number))
		return pt_usage(usage);
	return pt_fault_arm(model, kind, number, false, arguments);
}

char *pt_verb_lose_ack(void *model, const char *arguments)
{
	if (!pt_of(model)->serial)
		return pt_serial_only();
	return pt_fault_arm(model, PT_FAULT_LOSE_ACK, 0, false, arguments);
}

char *pt_verb_drop_ack(void *model, const char *arguments)
{
	if (!pt_of(model)->serial)
		return pt_serial_only();
	return pt_fault_arm(model, PT_FAULT_DROP_ACK, 0, false, arguments);
}

char *pt_verb_nak(void *model, const char *arguments)
{
	if (!pt_of(model)->serial)
		return pt_serial_only();
	return pt_fault_arm_for(model, PT_FAULT_NAK, 1000, "nak K [at N]",
				arguments);
}

char *pt_verb_twice_at(void *model, const char *arguments)
{
	if (pt_of(model)->serial)
		return alloc_text("On a serial line it is repeated where its "
				  "ACK is lost: say drop ack at N.");
	return pt_fault_arm(model, PT_FAULT_TWICE, 0, true, arguments);
}

char *pt_verb_cable(void *model, const char *arguments)
{
	int64_t ms;

	if (!kit_number_take(&arguments, PT_MS_MAX, &ms))
		return pt_usage("cable MS [at N]");
	if (*arguments)
		return pt_fault_arm(model, PT_FAULT_CABLE, ms, true, arguments);
	pt_cable_pull(pt_of(model), ms);
	return NULL;
}

/* 80 00 is no message of a stage: it is held back by itself. */
char *pt_verb_late(void *model, const char *arguments)
{
	struct pt *pt = pt_of(model);
	char *objection = pt_fault_arm_for(model, PT_FAULT_LATE, PT_MS_MAX,
					   "late MS [at N]", arguments);

	if (!objection && pt->faults[PT_FAULT_LATE].at < 2) {
		pt->faults[PT_FAULT_LATE].armed = false;
		pt->next_late = pt->faults[PT_FAULT_LATE].ms;
	}
	return objection;
}
