/* SPDX-License-Identifier: Apache-2.0 */
/* What writing and reading sessions and cash have in common. */
#ifndef TILLD_STORE_SESSIONS_PRIVATE_H
#define TILLD_STORE_SESSIONS_PRIVATE_H

#include "store/sessions.h"
#include "store/store_private.h"

/* As the last of the till's entries has it; 0, and not used, without any. */
int cash_read_balance(struct db *db, const char *till, int64_t *out_balance,
		      bool *out_used);

/* STORE_E_NOT_FOUND if the query gives no row. */
int session_exists(struct query *query);

#endif
