/* SPDX-License-Identifier: Apache-2.0 */
#include "core/conditions.h"

#define IN_SESSION "It takes an open session at this till that they may use."
#define PAST_LIMIT                                                    \
	"What takes the cash past a limit that is switched on takes " \
	"balance.exceed_limit as well."
#define SHARED \
	"Where tills share the printer no session may be open at the others."
#define ONES_OWN                                                          \
	"It has to be their own session. With another's it takes force, " \
	"which is for managers and for whoever has one of receipt.add, "  \
	"cash_deposit.add, cash_withdrawal.add, cash_report.add, "        \
	"day.end and shift.*; whoever is restricted to their own "        \
	"(no_foreign_session) may not."
#define BY_COUNT                                                              \
	"If what was counted differs, it takes shift.end_difference, and if " \
	"nothing is withdrawn, shift.end_without_withdrawal; where the till " \
	"makes a document of a difference, read and add of cash_deposit or "  \
	"cash_withdrawal."

#define TECHNICIANS \
	"It is for those who are in the technicians' system group as well."

static const char *const conditions[ACTIONS] = {
	[ACTION_DRAWER_OPEN] =
		"That is by hand: for an event that was witnessed here, such "
		"as a receipt paid in cash, nothing is missing.",
	[ACTION_REPORT_Z] =
		"A Z that goes with the end of a day takes nothing where the "
		"till says so, or where it was asked for with that. " SHARED,
	[ACTION_CLOCK_SET] = SHARED,
	[ACTION_RECEIPT] = IN_SESSION " " PAST_LIMIT,
	[ACTION_INVOICE] = IN_SESSION " " PAST_LIMIT,
	[ACTION_GOODS_RETURN] =
		IN_SESSION " It also takes read and add of the correction "
			   "concerned and, where cash is given back, of "
			   "cash_withdrawal. " PAST_LIMIT,
	[ACTION_CASH_SLIP] =
		"It has to be of a deposit or withdrawal that was booked here "
		"within the last twelve hours; once.",
	[ACTION_PRINT] = IN_SESSION,
	[ACTION_PRINT_JOB] = IN_SESSION,
	[ACTION_PAYMENT] = IN_SESSION,
	[ACTION_PAYMENT_CANCEL] =
		"The payment may not have been given back yet. One that was "
		"taken at another till takes card.cancel there as well.",
	[ACTION_SLIPS_PRINT] = "The card terminal has to have given that slip, "
			       "for a payment of this till.",
	[ACTION_PAYMENT_REFUND] =
		"A payment that is named is given back once at most.",
	[ACTION_DISPLAY_SHOW] = IN_SESSION,
	[ACTION_DISPLAY_CLEAR] = IN_SESSION,
	[ACTION_SETTLE] =
		"It takes what the action itself took that is to be settled; "
		"for a card payment, its cancellation or refund "
		"payment.accept_unvalidated.",
	[ACTION_CHECK] =
		"It takes what is asked for: explain that, by its own name.",
	[ACTION_SESSION_OPEN] =
		"If what was counted differs from the balance it takes "
		"shift.start_difference; where the till makes a document of a "
		"difference, read and add of cash_deposit or cash_withdrawal. "
		"Who is restricted to a single session may have no other "
		"one. " PAST_LIMIT,
	[ACTION_SESSION_CLOSING] = ONES_OWN,
	[ACTION_SESSION_COUNT] = ONES_OWN,
	[ACTION_SESSION_CLOSE] = ONES_OWN " " BY_COUNT " " PAST_LIMIT,
	[ACTION_SESSION_LOCK] = ONES_OWN,
	[ACTION_SESSION_UNLOCK] =
		ONES_OWN " One that was handed over is for whoever has it now, "
			 "or for a manager by force.",
	[ACTION_SESSION_HAND_OVER] =
		ONES_OWN " Who takes it has to be allowed to work at this "
			 "till.",
	[ACTION_SESSION_REPORT] =
		"The sums in it take balance.preview as well.",
	[ACTION_DAY_END] =
		"No session may be open, or it takes what closing that "
		"takes. " BY_COUNT
		" Its Z takes report.daily, unless the till says that "
		"ending the day includes it. " PAST_LIMIT,
	[ACTION_CASH_IN] = IN_SESSION " " PAST_LIMIT,
	[ACTION_CASH_OUT] = IN_SESSION " " PAST_LIMIT,
	[ACTION_DECLARE] =
		IN_SESSION " A sale takes read and add of cash_deposit, a "
			   "refund those of cash_withdrawal and "
			   "refund.validate.",
	[ACTION_DRAWER_TEST] = TECHNICIANS,
	[ACTION_REPORT_TEST] = TECHNICIANS,
	[ACTION_DEVICE_RELEASE] =
		"The device may be at nothing, no outcome there may be "
		"unknown, and nobody else may have been given it.",
	[ACTION_DEVICE_TAKE] =
		"Whoever has handed the device over needs nothing, nor does "
		"who is in the technicians' system group.",
};

const char *conditions_of(enum action action)
{
	return conditions[action];
}
