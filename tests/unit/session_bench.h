/* SPDX-License-Identifier: Apache-2.0 */
/* Days, sessions and cash by hand, for the tests of the store. */
#ifndef TILLD_TESTS_SESSION_BENCH_H
#define TILLD_TESTS_SESSION_BENCH_H

#include "store/sessions.h"

#include "store_rig.h"

/* Rows of till "1" unless said otherwise; by "anna". */
struct day_row bench_day(const char *till, int64_t number);
struct session_row bench_session(const char *till, const char *id, int64_t day);
/* Of that operation; outside of a session where that is "". */
struct cash_row bench_cash(const char *till, const char *session, int64_t day,
			   enum cash_kind kind, int64_t amount,
			   const char *operation);

/* Each in a transaction of its own, with a journal entry; returns the error. */
int bench_begin_day(struct store_rig *rig, const char *till, int64_t number);
int bench_end_day(struct store_rig *rig, const char *till, int64_t number);
int bench_open(struct store_rig *rig, const char *till, const char *id,
	       int64_t day);
int bench_update(struct store_rig *rig, const struct session_row *row);
int bench_close(struct store_rig *rig, const struct session_row *row);
int bench_add(struct store_rig *rig, const struct cash_row *row,
	      const int64_t *before);

/* How a till stands, read after the store was closed and opened again; false
 * if it is not among the books. Its session's counters are not in it. */
bool bench_book(struct store_rig *rig, const char *till,
		struct book_row *out_book);

/* The balance of till "1", read likewise. */
int64_t bench_balance(struct store_rig *rig);

#endif
