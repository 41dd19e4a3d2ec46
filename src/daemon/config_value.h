/* SPDX-License-Identifier: Apache-2.0 */
/* What a setting's text means, and the words for what it may be. Pure. */
#ifndef TILLD_DAEMON_CONFIG_VALUE_H
#define TILLD_DAEMON_CONFIG_VALUE_H

#include "device/driver.h"

/* A whole number, digits only, from min to max. */
bool config_number_read(const char *text, int64_t min, int64_t max,
			int64_t *out_number);

/* Whether word is one of those, which single blanks separate; never blank. */
bool config_word_is_in(const char *words, const char *word);

/* "2 5" as people say it: "2 or 5"; "2, 5 or 9". New. */
char *config_words_say(const char *words);

/* The value as drivers read it (driver.h), or NULL. New. */
char *config_option_read(const struct driver_option *option, const char *text);

/* What it may be, to follow on "it has to be": "10 to 500 milliseconds". New. */
char *config_option_allowed(const struct driver_option *option);

/* "duration", for lists. */
const char *config_option_type(const struct driver_option *option);

#endif
