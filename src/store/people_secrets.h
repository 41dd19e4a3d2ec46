/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept of a policy beside its document: hashes of passwords and PINs,
 * and badges by their keys. A line for each operator of the document, be there
 * no secret at all, followed by one for each of their badges:
 *
 *	o ID PASSWORD PIN
 *	b HANDLE KEY ACTIVE UNTIL LABEL
 *
 * PASSWORD and PIN are "-" where there is none, KEY is in hexadecimal, ACTIVE 0
 * or 1, UNTIL milliseconds of the wall clock. LABEL goes to the end of its line.
 */
#ifndef TILLD_STORE_PEOPLE_SECRETS_H
#define TILLD_STORE_PEOPLE_SECRETS_H

#include "policy/policy.h"
#include "util/buf.h"

/* Appends their line; then one of a badge. */
void people_add_secret(struct buf *text, const char *id, const char *password,
		       const char *pin);
void people_add_badge(struct buf *text, const struct policy_badge *badge);

struct people_badge_row {
	struct policy_badge badge;
	const char *operator;
};

struct people_rows {
	struct policy_operator *operators; /* id, password and PIN alone */
	size_t operators_count;
	struct people_badge_row *badges;
	size_t badges_count;
};

void people_rows_free(struct people_rows *rows);

/* Adds the lines of a part, which is taken to pieces and has to stay. False if
 * they are not such lines. */
bool people_take_rows(char *text, struct people_rows *rows);

#endif
