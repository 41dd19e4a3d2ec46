/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the larger models share: arguments as people type them, and a wall clock
 * on the device that goes by the host's time.
 */
#ifndef TILLD_SIM_MODEL_KIT_H
#define TILLD_SIM_MODEL_KIT_H

#include "sim/model.h"

/* Takes the next word off a command's arguments; false if there is none. */
#define KIT_WORD_SIZE 32
bool kit_word_take(const char **arguments, char out_word[KIT_WORD_SIZE]);

/* Takes a word that must be a decimal number up to max. */
bool kit_number_take(const char **arguments, int64_t max, int64_t *out_number);

/* "yes" or "no". */
bool kit_answer_parse(const char *text, bool *out_yes);

/* Minor units ("1234"), or with a point ("12.34"); more than zero. */
bool kit_amount_parse(const char *text, int64_t *out_amount);

/*
 * A civil clock: milliseconds since 1970-01-01 00:00 on the device's own
 * wall, whatever its zone.
 */
struct kit_clock {
	int64_t set;   /* what it was set to, civil ms ... */
	int64_t since; /* ... at this time of the host */
};

struct kit_time {
	int year, month, day, hour, minute, second;
};

#define KIT_CLOCK_DEFAULT "2026-11-22T10:00"

/* yyyy-mm-ddThh:mm[:ss], or "system": the time on this computer. */
bool kit_clock_parse(const char *text, int64_t *out_civil_ms);
int64_t kit_clock_now(const struct kit_clock *clock,
		      const struct model_host *host);
struct kit_time kit_time_split(int64_t civil_ms);

/* Hours east of Greenwich in central Europe at that civil time: 1 or 2. */
int kit_time_zone(int64_t civil_ms);

/* Shows a line made by a format. */
void kit_show(const struct model_host *host, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
