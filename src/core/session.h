/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Till sessions (shifts) and business days: who may use them, and the rows of
 * the action table that open, count, hand over and close them. The sums are
 * policy/shift.h's, the figures the till's book's (core/book.h). Counts are
 * blind: what was counted, and what should have been there, stands in the
 * record under "blind", and is told to nobody without balance.preview.
 */
#ifndef TILLD_CORE_SESSION_H
#define TILLD_CORE_SESSION_H

#include "core/action.h"
#include "core/book.h"

struct operation_grounds;

/* What for: that decides in which of its states it can be used. */
enum session_use {
	SESSION_USE_SALES,     /* open; not while it is counted */
	SESSION_USE_ANY,       /* open or being counted, and not locked */
	SESSION_USE_UNLOCKING, /* locked */
};

/*
 * Whether the operator may use the till's open session (docs/policy.md, section
 * 5): PROBLEMS, or why not, with an extra (new).
 */
enum problem session_problem(struct core *core, const struct action_by *by,
			     const struct book *book, enum session_use use,
			     json_t **out_extra);

/* The same for changing the one that the path names: another's only by force. */
enum problem session_change_problem(const struct attempt *attempt,
				    const struct action_by *by,
				    enum session_use use, json_t **out_extra);

/* A receipt or goods return that is under way brings or takes cash when it
 * ends: not to be counted before. */
enum problem session_sales_problem(const struct attempt *attempt,
				   json_t **out_extra);

/* That problem, and as its extra (new) that session: whose it is, where, and
 * since when, for a cashier to read. */
enum problem session_refuse(struct core *core, const struct book *book,
			    enum problem why, json_t **out_extra);

/* Whether the operator has one open at another till than that. */
bool session_has_another(struct core *core, const struct policy_operator *who,
			 const char *till);

/* What it takes to open a session, and to use force with another's: one thing
 * at least of those that a session is about. */
struct demand session_work(void);

/* Whether what should be in that till is for that operator's eyes, signed on
 * as they are (signon_decide()). signon and who may be NULL: nobody. */
bool session_sees_balance(const struct core *core, const struct signon *signon,
			  const struct policy_operator *who,
			  const struct policy_till *till);

/*
 * Demands what a counted step requires; of those who may not see the balance
 * in a way that does not tell by how much, nor which way, it differs. tried:
 * so often that differs (a permission) is asked for in any case.
 */
void session_demand(struct attempt *attempt, const struct action_by *by,
		    const struct shift_step *step, enum permission differs,
		    bool tried);

/* Of a count, what a supervisor may be shown, if they may. */
void session_set_figures(struct attempt *attempt, const struct shift_step *step,
			 int64_t counted);

/* A fault of the rules as a problem, with its extra (new). */
enum problem session_shift_problem(int fault, const char *field,
				   json_t **out_extra);

/* Into an entry: the session that is used, and whose it is if another's. */
void session_put_use(json_t *entry, const struct book *book,
		     const char *operator);

/* The same into an intent's grounds. */
void session_put_grounds(struct operation_grounds *grounds,
			 const struct book *book,
			 const struct policy_operator *who);

/* Completes the words for it with a sum: ", 12.00 EUR counted,". template:
 * "%1$s" is that sum, "%2$s" another (NULL: there is none). */
void session_say(struct attempt *attempt, const struct policy_till *till,
		 const char *template, int64_t amount, const char *other);

/* What a step did to the cash of that day and session (id "": between two): its
 * entries in the store and, apart from what may be told, in the record. Returns
 * that part, which is the record's. */
json_t *session_put_cash(struct attempt *attempt, struct record *record,
			 json_t *entry, const struct shift_step *step,
			 const char *session, int64_t day);

/* The limits that it passes, by name; NULL if none. New. */
json_t *session_limits(const struct shift_step *step);

/* The book follows. */
void session_apply_cash(struct book *book, const struct shift_step *step);

/* --- rows of the action table: plans, what they do, and what follows --- */

enum problem session_plan_open(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra);
json_t *session_apply_open(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry);
void session_applied_open(struct attempt *attempt, int error);

enum problem session_plan_closing(struct attempt *attempt,
				  const struct action_by *by,
				  json_t **out_extra);
enum problem session_plan_count(struct attempt *attempt,
				const struct action_by *by, json_t **out_extra);
enum problem session_plan_lock(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra);
enum problem session_plan_unlock(struct attempt *attempt,
				 const struct action_by *by,
				 json_t **out_extra);
enum problem session_plan_hand_over(struct attempt *attempt,
				    const struct action_by *by,
				    json_t **out_extra);
/* These only change the open session's row. */
json_t *session_apply_change(struct attempt *attempt,
			     const struct action_by *by, struct record *record,
			     json_t *entry);
void session_applied_change(struct attempt *attempt, int error);
json_t *session_apply_lock(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry);
void session_applied_lock(struct attempt *attempt, int error);

/* What a session's report counts, out of the journal and into attempt->found;
 * then it is decided, or refused if the disk fails. */
void session_tally(struct attempt *attempt, const struct session_row *session);

/* The counts out of the journal for the report come first. */
void session_find_counters(struct attempt *attempt);
void session_find_day(struct attempt *attempt); /* and its checklist */
enum problem session_plan_close(struct attempt *attempt,
				const struct action_by *by, json_t **out_extra);
enum problem session_plan_end_day(struct attempt *attempt,
				  const struct action_by *by,
				  json_t **out_extra);
json_t *session_apply_close(struct attempt *attempt, const struct action_by *by,
			    struct record *record, json_t *entry);
void session_applied_close(struct attempt *attempt, int error);

/* --- looking (session_api.c) --- */

void session_show(struct core *core, struct caller *caller, const char *till);
void session_list(struct core *core, struct caller *caller, const char *till,
		  int64_t before, int64_t limit);

/* The rows that report: what it is about, and the answer. */
void session_find_report(struct attempt *attempt);
json_t *session_apply_report(struct attempt *attempt,
			     const struct action_by *by, struct record *record,
			     json_t *entry);

#endif
