/* SPDX-License-Identifier: Apache-2.0 */
/* What a person or a test may do to the Datecs models. */
#ifndef TILLD_SIM_DATECS_VERBS_H
#define TILLD_SIM_DATECS_VERBS_H

#include "sim/datecs_model.h"

#define ISL_MS_MAX (INT64_C(24) * 60 * 60 * 1000)

/* clang-format off */
#define ISL_VERBS(X) \
	X("paper", " ok|low|out", "the roll", isl_verb_paper) \
	X("cover", " open|closed", "the lid", isl_verb_cover) \
	X("clock", " right|wrong", "as the status tells", isl_verb_clock) \
	X("z", "", "a Z report by hand, or at midnight by itself", \
	  isl_verb_z) \
	X("receipt", " AMOUNT", "one by another host", isl_verb_receipt) \
	X("refund", " AMOUNT", "one by another host, in cash", \
	  isl_verb_refund) \
	X("day over", "", "no sale until a Z report", isl_verb_day_over) \
	X("blocked", " on|off", "sales, by the tax office", \
	  isl_verb_blocked) \
	X("memory", " ok|low|full", "the fiscal memory", isl_verb_memory) \
	X("journal", " ok|full", "the electronic one", isl_verb_journal) \
	X("lose request", " [COMMAND]", "the next one never arrives", \
	  isl_verb_lose_request) \
	X("lose reply", " [COMMAND]", "carried out, but nobody is told", \
	  isl_verb_lose_reply) \
	X("corrupt reply", " [COMMAND]", "with a wrong checksum", \
	  isl_verb_corrupt) \
	X("stall", " [COMMAND]", "SYN, and then nothing", isl_verb_stall) \
	X("nak", " N", "so many frames aren't understood", isl_verb_nak) \
	X("gap", " MS", "between two SYN from now on", isl_verb_gap) \
	X("forget", "", "the last SEQ", isl_verb_forget) \
	X("slow", " COMMAND MS", "from now on", isl_verb_slow) \
	X("crash", " before|after COMMAND [MS]", "a power cut around it", \
	  isl_verb_crash) \
	X("hang up", " before|after COMMAND [MS]", "only the line goes", \
	  isl_verb_hang_up) \
	X("power cut", " MS", "now", isl_verb_power_cut)
/* clang-format on */

/* As in struct command: NULL if done, else a sentence (to be freed). */
#define ISL_VERB_DECLARE(words, values, summary, run) \
	char *run(void *model, const char *arguments);

ISL_VERBS(ISL_VERB_DECLARE)

/* What options set, too: false if the text is none that they take. */
bool isl_delay_set(struct isl *isl, const char *command, int64_t ms);
bool isl_gap_set(struct isl *isl, const char *ms);

#endif
