/* SPDX-License-Identifier: Apache-2.0 */
/* What a customer, the host or a test may do to the ZVT model. */
#ifndef TILLD_SIM_ZVT_VERBS_H
#define TILLD_SIM_ZVT_VERBS_H

/* clang-format off */
#define PT_VERBS(X) \
	X("auto", " on|off", "whether the customer acts by himself, from the " \
	  "next transaction on", pt_verb_auto) \
	X("insert card", "", "or hold it to the terminal", pt_verb_insert) \
	X("pin", "", "the right one is entered", pt_verb_pin) \
	X("approve", "", "says the host", pt_verb_approve) \
	X("decline", " [CODE]", "says the host (05)", pt_verb_decline) \
	X("stop", "", "the customer presses the stop key", pt_verb_stop) \
	X("remove card", "", "and take it away", pt_verb_remove) \
	X("next decline", " [CODE]", "the host will (05)", \
	  pt_verb_next_decline) \
	X("next network down", "", "the host will not be reached", \
	  pt_verb_next_network) \
	X("next pin wrong", "", "first, then right", pt_verb_next_pin) \
	X("next tip", " AMOUNT", "on top of what is asked", pt_verb_next_tip) \
	X("next amount", " AMOUNT", "in place of what is asked", \
	  pt_verb_next_amount) \
	X("next conversion", "", "into the currency of the card (PLN)", \
	  pt_verb_next_conversion) \
	X("next signature", "", "in place of a PIN", pt_verb_next_signature) \
	X("next storm", " N", "so many progress messages", \
	  pt_verb_next_storm) \
	X("next strange", "", "a progress code, a tag or a bitmap that no " \
	  "table has", pt_verb_next_strange) \
	X("next update", " MS", "deaf after the end-of-day", \
	  pt_verb_next_update) \
	X("twice 04 0F", "", "the result comes two times", pt_verb_twice) \
	X("late", " MS [at N]", "before the next command is accepted, or " \
	  "before that message leaves", pt_verb_late) \
	X("eod needed", " on|off", "locked until an end-of-day", \
	  pt_verb_eod) \
	X("busy", " on|off", "with jobs of its own", pt_verb_busy) \
	X("reverse last", " [on|off]", "whatever number is sent", \
	  pt_verb_reverse_last) \
	X("reverse", " RECEIPT", "by hand, at the terminal itself", \
	  pt_verb_reverse) \
	X("repeat last", "", "sends the last result unasked", \
	  pt_verb_repeat_last) \
	X("faults off", "", "forgets those below that have not struck yet", \
	  pt_verb_faults_off) \
	X("lose reply", " [at N]", "a message never leaves; N counts those " \
	  "of the next transaction, 80 00 being the first", \
	  pt_verb_lose_reply) \
	X("corrupt", " [at N]", "a frame with a wrong checksum", \
	  pt_verb_corrupt) \
	X("gap", " [at N]", "a frame in two halves, T1 apart", pt_verb_gap) \
	X("close", " at N", "hangs up in place of that message", \
	  pt_verb_close) \
	X("silent", " at N", "from that message on", pt_verb_silent) \
	X("power cut", " MS [at N]", "now, or in place of that message", \
	  pt_verb_power_cut) \
	X("twice", " at N", "that message comes two times (TCP)", \
	  pt_verb_twice_at) \
	X("cable", " MS [at N]", "pulled for so long, now or from that " \
	  "message on, and nobody notices", pt_verb_cable) \
	X("lose ack", " [at N]", "the next frame is taken, its ACK lost; " \
	  "at N: the answer to that message", pt_verb_lose_ack) \
	X("drop ack", " [at N]", "the till's next ACK, or that to that " \
	  "message, is not heard", pt_verb_drop_ack) \
	X("nak", " K [at N]", "refuses so many frames, or the answer to that " \
	  "message so often", pt_verb_nak)
/* clang-format on */

/* As in struct command: NULL if done, else a sentence (to be freed). */
#define PT_VERB_DECLARE(words, values, summary, run) \
	char *run(void *model, const char *arguments);

PT_VERBS(PT_VERB_DECLARE)

#endif
