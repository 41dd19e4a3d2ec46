/* SPDX-License-Identifier: Apache-2.0 */
/* An entry of the journal, or an event, on one line. */
#ifndef TILLD_CLI_ENTRY_H
#define TILLD_CLI_ENTRY_H

#include <jansson.h>
#include <stdbool.h>

/* What an entry does not say itself. */
struct entry_context {
	const json_t *names;	  /* of people, by id; NULL where it does */
	const json_t *currencies; /* by till; NULL if they are not known */
	bool ids;		  /* tell those of operations and consents */
};

/* The action that it is about, else its kind; borrowed. */
const char *entry_what(const json_t *entry);

/* Who did it, by name, else by id, else by uid; "" if nobody did. New. */
char *entry_who(const json_t *entry, const struct entry_context *context);

/* The rest: "intent: 12.34 EUR, by Maria (badge)". New. */
char *entry_details(const json_t *entry, const struct entry_context *context);

#endif
