/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/shift.h"

#include "util/money.h"

#include <errno.h>

static const char *const shift_limit_names[SHIFT_LIMITS] = {
	[SHIFT_LIMIT_MINIMUM] = "minimum",
	[SHIFT_LIMIT_MAXIMUM] = "maximum",
	[SHIFT_LIMIT_NEGATIVE] = "negative",
};

const char *shift_limit_name(enum shift_limit limit)
{
	return shift_limit_names[limit];
}

/* --- what is required --- */

static void shift_require(struct shift_step *step, enum permission permission)
{
	rights_add(&step->required, rights_of_permission(permission));
}

/* docs/policy.md, section 2: money in and money out, each has its object. */
static struct rights shift_money_required(enum cash_kind kind)
{
	enum object object = cash_kind_is_in(kind) ? OBJECT_CASH_DEPOSIT
						   : OBJECT_CASH_WITHDRAWAL;
	struct rights required = { 0 };

	rights_add(&required, rights_of_object(object, RIGHT_READ));
	rights_add(&required, rights_of_object(object, RIGHT_ADD));
	return required;
}

static void shift_require_money(struct shift_step *step, enum cash_kind kind)
{
	const struct rights required = shift_money_required(kind);

	rights_join(&step->required, &required);
}

struct rights shift_move_required(enum cash_kind kind)
{
	struct rights required = shift_money_required(kind);

	if (kind == CASH_REFUND)
		rights_add(&required,
			   rights_of_permission(PERMISSION_REFUND_VALIDATE));
	return required;
}

/* --- the limits --- */

static bool shift_is_above(int64_t limit, int64_t before, int64_t after)
{
	return after > limit && after > before;
}

static bool shift_is_below(int64_t limit, int64_t before, int64_t after)
{
	return after < limit && after < before;
}

/* Once the step is whole: what counts is where it began and where it ends. */
static void shift_check_limits(const struct shift_rules *rules, int64_t before,
			       struct shift_step *step)
{
	int64_t after = step->balance;

	step->passes[SHIFT_LIMIT_MINIMUM] =
		rules->minimum.set &&
		shift_is_below(rules->minimum.amount, before, after);
	step->passes[SHIFT_LIMIT_MAXIMUM] =
		rules->maximum.set &&
		shift_is_above(rules->maximum.amount, before, after);
	step->passes[SHIFT_LIMIT_NEGATIVE] =
		rules->negative && shift_is_below(0, before, after);
}

bool shift_may_pass(const struct shift_rules *rules, enum cash_kind kind)
{
	return cash_delta(kind, 1) > 0 ? rules->maximum.set
				       : rules->minimum.set || rules->negative;
}

bool shift_is_beyond(const struct shift_rules *rules, int64_t balance)
{
	return (rules->minimum.set && balance < rules->minimum.amount) ||
	       (rules->maximum.set && balance > rules->maximum.amount) ||
	       (rules->negative && balance < 0);
}

static void shift_require_limits(struct shift_step *step)
{
	for (size_t i = 0; i < SHIFT_LIMITS; i++)
		if (step->passes[i])
			shift_require(step, PERMISSION_BALANCE_EXCEED_LIMIT);
}

/* --- the parts of a step --- */

static bool shift_is_figure(int64_t amount)
{
	return amount >= 0 && amount <= MONEY_MAX;
}

static int shift_enter(struct shift_step *step, struct shift_entry entry)
{
	if (!money_add(step->balance, cash_delta(entry.kind, entry.amount),
		       &step->balance))
		return SHIFT_E_OVERFLOW;
	step->entries[step->entries_count++] = entry;
	return 0;
}

/* The balance becomes what was counted; surplus names what is too much. */
static int shift_count(struct shift_step *step, int64_t counted,
		       enum cash_kind surplus, bool document)
{
	struct shift_entry entry = { .document = document };

	step->documents = document;
	if (!shift_is_figure(counted))
		return SHIFT_E_AMOUNT;
	if (!money_subtract(counted, step->balance, &step->difference))
		return SHIFT_E_OVERFLOW;
	if (!step->difference)
		return 0;
	entry.kind = step->difference > 0 ? surplus : CASH_SHORTAGE;
	entry.amount =
		step->difference > 0 ? step->difference : -step->difference;
	if (document)
		shift_require_money(step, entry.kind);
	return shift_enter(step, entry);
}

static int shift_withdraw(struct shift_step *step, int64_t withdrawal)
{
	struct shift_entry entry = { .kind = CASH_WITHDRAWAL,
				     .amount = withdrawal };

	if (!shift_is_figure(withdrawal))
		return SHIFT_E_AMOUNT;
	if (!withdrawal)
		return 0;
	if (withdrawal > step->balance)
		return SHIFT_E_WITHDRAWAL;
	shift_require_money(step, entry.kind);
	return shift_enter(step, entry);
}

/* How a shift and a day end alike. */
static int shift_settle(struct shift_step *step,
			const struct shift_figures *figures, bool document)
{
	int r = figures->is_counted ? shift_count(step, figures->counted,
						  CASH_SURPLUS, document)
				    : 0;

	if (!r && step->difference)
		shift_require(step, PERMISSION_SHIFT_END_DIFFERENCE);
	return r ? r : shift_withdraw(step, figures->withdrawal);
}

/* 0 out of a counted 0 asks nothing. */
static void shift_end_session(struct shift_step *step,
			      const struct shift_figures *figures)
{
	step->ends_session = true;
	if (figures->counted && !figures->withdrawal)
		shift_require(step, PERMISSION_SHIFT_END_WITHOUT_WITHDRAWAL);
}

/* --- the steps --- */

int shift_open(const struct shift_rules *rules, const struct shift_book *book,
	       int64_t counted, struct shift_step *out_step)
{
	struct shift_step step = { .balance = book->balance,
				   .begins_day = !book->day_open,
				   .opens_session = true };
	bool document = rules->document_for_shift ||
			(rules->document_for_day && step.begins_day);
	int r;

	if (book->session_open)
		return SHIFT_E_SESSION_OPEN;
	r = shift_count(&step, counted, book->used ? CASH_SURPLUS : CASH_FLOAT,
			document);
	if (r)
		return r;
	if (step.difference)
		shift_require(&step, PERMISSION_SHIFT_START_DIFFERENCE);
	shift_check_limits(rules, book->balance, &step);
	shift_require_limits(&step);
	*out_step = step;
	return 0;
}

int shift_close(const struct shift_rules *rules, const struct shift_book *book,
		const struct shift_figures *figures,
		struct shift_step *out_step)
{
	struct shift_step step = { .balance = book->balance };
	int r;

	if (!book->session_open)
		return SHIFT_E_SESSION_NONE;
	if (!figures->is_counted)
		return SHIFT_E_NOT_COUNTED;
	r = shift_settle(&step, figures, rules->document_for_shift);
	if (r)
		return r;
	shift_end_session(&step, figures);
	shift_check_limits(rules, book->balance, &step);
	shift_require_limits(&step);
	*out_step = step;
	return 0;
}

int shift_end_day(const struct shift_rules *rules,
		  const struct shift_book *book,
		  const struct shift_figures *figures, bool prints_report,
		  struct shift_step *out_step)
{
	struct shift_step step = { .balance = book->balance, .ends_day = true };
	bool document = rules->document_for_day ||
			(rules->document_for_shift && book->session_open);
	int r;

	if (!book->day_open)
		return SHIFT_E_DAY_NONE;
	if (book->session_open && !figures->is_counted)
		return SHIFT_E_NOT_COUNTED;
	r = shift_settle(&step, figures, document);
	if (r)
		return r;
	shift_require(&step, PERMISSION_DAY_END);
	if (prints_report && !rules->day_end_includes_report)
		shift_require(&step, PERMISSION_REPORT_DAILY);
	if (book->session_open)
		shift_end_session(&step, figures);
	shift_check_limits(rules, book->balance, &step);
	shift_require_limits(&step);
	*out_step = step;
	return 0;
}

static bool shift_moves_by_itself(enum cash_kind kind, bool declared)
{
	switch (kind) {
	case CASH_SALE:
	case CASH_REFUND:
		return true;
	case CASH_DEPOSIT:
	case CASH_WITHDRAWAL:
		return !declared;
	case CASH_FLOAT:
	case CASH_SURPLUS:
	case CASH_SHORTAGE:
	case CASH_KINDS:
		break;
	}
	return false;
}

int shift_move(const struct shift_rules *rules, const struct shift_book *book,
	       enum cash_kind kind, int64_t amount, bool declared,
	       struct shift_step *out_step)
{
	struct shift_step step = { .balance = book->balance };
	int r;

	if (!shift_moves_by_itself(kind, declared))
		return -EINVAL;
	if (!amount || !shift_is_figure(amount))
		return SHIFT_E_AMOUNT;
	r = shift_enter(&step, (struct shift_entry){ .kind = kind,
						     .amount = amount,
						     .declared = declared });
	if (r)
		return r;
	step.required = shift_move_required(kind);
	shift_check_limits(rules, book->balance, &step);
	if (!declared)
		shift_require_limits(&step);
	*out_step = step;
	return 0;
}

/* --- the drawer --- */

static bool shift_reaches(struct shift_amount from, int64_t amount)
{
	return from.set && amount >= from.amount;
}

bool shift_opens_drawer(const struct shift_rules *rules, enum shift_event event,
			int64_t amount)
{
	switch (event) {
	case SHIFT_EVENT_RECEIPT_CASH:
	case SHIFT_EVENT_REFUND_CASH:
	case SHIFT_EVENT_SESSION_OPEN:
	case SHIFT_EVENT_SESSION_CLOSE:
	case SHIFT_EVENT_DAY_END:
		return rules->opens_on[event];
	case SHIFT_EVENT_DEPOSIT:
		return shift_reaches(rules->deposit_from, amount);
	case SHIFT_EVENT_WITHDRAWAL:
		return shift_reaches(rules->withdrawal_from, amount);
	}
	return false;
}
