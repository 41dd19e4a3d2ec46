/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked for, what it requires, and how it is said. */
#include "core/action_private.h"

#include "core/admin.h"
#include "core/cash.h"
#include "core/check.h"
#include "core/event_grounds.h"
#include "core/print_job.h"
#include "core/receipt.h"
#include "core/service.h"
#include "core/session.h"
#include "core/slips.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/message.h"
#include "util/text.h"

#include <string.h>

static enum problem action_refuse_field(const char *field, const char *detail,
					json_t **out_extra)
{
	*out_extra = core_fault(field, detail);
	return PROBLEM_BAD_BODY;
}

static enum problem action_build_drawer(struct attempt *attempt,
					json_t **out_extra)
{
	bool by_hand = json_text(attempt->params, "reason");

	if (by_hand != (json_text(attempt->params, "event") != NULL))
		return PROBLEMS;
	return action_refuse_field(
		"reason", "Give a reason, or the event that it is for.",
		out_extra);
}

/* Only a Z goes with the end of a day. */
static enum problem action_build_x(struct attempt *attempt, json_t **out_extra)
{
	if (!json_text(attempt->params, "event"))
		return PROBLEMS;
	return action_refuse_field("event", "Only a Z report has one.",
				   out_extra);
}

/* By dates or by numbers, never a mixture, and in order. */
static const char *action_range_fault(const char *from, const char *to,
				      int64_t from_number, int64_t to_number)
{
	bool dates = from && to, numbers = from_number && to_number;

	if (dates + numbers != 1 || (!dates && (from || to)) ||
	    (!numbers && (from_number || to_number)))
		return "Give from_date and to_date, or from_number and "
		       "to_number.";
	if (dates && strcmp(from, to) > 0)
		return "The first date is after the last.";
	if (numbers && from_number > to_number)
		return "The first number is above the last.";
	return NULL;
}

static enum problem action_build_periodic(struct attempt *attempt,
					  json_t **out_extra)
{
	const char *from = json_text(attempt->params, "from_date");
	const char *to = json_text(attempt->params, "to_date");
	struct op_report *report = &attempt->op.report;
	enum problem why = action_build_x(attempt, out_extra);
	const char *fault;

	if (why != PROBLEMS)
		return why;
	report->from_number = json_int(attempt->params, "from_number", 0);
	report->to_number = json_int(attempt->params, "to_number", 0);
	report->summary = json_flag(attempt->params, "summary");
	fault = action_range_fault(from, to, report->from_number,
				   report->to_number);
	if (fault)
		return action_refuse_field(report->from_number ? "from_number"
							       : "from_date",
					   fault, out_extra);
	if (!from)
		return PROBLEMS;
	attempt->op.kind = OP_REPORT_BY_DATES;
	text_copy(report->from_date, OP_DATE_SIZE, from);
	text_copy(report->to_date, OP_DATE_SIZE, to);
	return PROBLEMS;
}

static enum problem action_build_money(struct attempt *attempt,
				       json_t **out_extra)
{
	const struct policy_till *till =
		policy_till(attempt->core->policy, attempt->till);
	const char *currency = json_text(attempt->params, "currency");
	CLEANUP_FREE char *fault = NULL;

	attempt->op.payment.amount = json_int(attempt->params, "amount", 0);
	if (!currency || !strcmp(currency, till->currency))
		return PROBLEMS;
	fault = alloc_format("This till works in %s.", till->currency);
	return action_refuse_field("currency", fault, out_extra);
}

static enum problem action_build_payment(struct attempt *attempt,
					 json_t **out_extra)
{
	const char *code = json_text(attempt->params, "authorization");

	if (code && code[strspn(code, OP_AUTHORIZATION_CHARACTERS)])
		return action_refuse_field("authorization",
					   "It has letters and digits only.",
					   out_extra);
	text_copy(attempt->op.payment.authorization, OP_AUTHORIZATION_SIZE,
		  code ? code : "");
	return action_build_money(attempt, out_extra);
}

static enum problem action_build_show(struct attempt *attempt,
				      json_t **out_extra)
{
	(void)out_extra;
	op_set_lines(&attempt->op, json_object_get(attempt->params, "lines"));
	return PROBLEMS;
}

/* --- the table --- */

#define OF_OBJECT(object, right) \
	(PERMISSIONS + (object)*RIGHTS + (unsigned int)(right))
#define DEPOSIT(right) OF_OBJECT(OBJECT_CASH_DEPOSIT, right)

/* docs/policy.md, section 2: the least that issuing a document takes. */
#define ISSUING(object)                                              \
	OF_OBJECT(object, RIGHT_READ), OF_OBJECT(object, RIGHT_ADD), \
		DEPOSIT(RIGHT_READ), DEPOSIT(RIGHT_ADD),             \
		OF_OBJECT(OBJECT_CASH_REPORT, RIGHT_READ),           \
		OF_OBJECT(OBJECT_CASH_REPORT, RIGHT_ADD)

static const struct action_row action_rows[ACTION_DRAWER_TEST] = {
	[ACTION_DRAWER_OPEN] = {
		.name = "drawer.open",
		.asks = N_("open the drawer"),
		.prompt = "OPEN DRAWER",
		.class = DEVICE_DRAWER,
		.op = OP_DRAWER_OPEN,
		.required = { PERMISSION_DRAWER_OPEN, ACTION_NONE },
		.build = action_build_drawer,
		.find = event_find,
		.plan = event_plan_drawer,
	},
	[ACTION_REPORT_X] = {
		.name = "report.x",
		.asks = N_("read the daily figures"),
		.prompt = "X REPORT",
		.class = DEVICE_PRINTER,
		.op = OP_REPORT_X,
		.required = { PERMISSION_REPORT_DAILY, ACTION_NONE },
		.build = action_build_x,
	},
	[ACTION_REPORT_Z] = {
		.name = "report.z",
		.asks = N_("print the daily report and close the fiscal day"),
		.prompt = "Z REPORT",
		.class = DEVICE_PRINTER,
		.op = OP_REPORT_Z,
		.required = { PERMISSION_REPORT_DAILY, ACTION_NONE },
		.of_group = true,
		.find = event_find,
		.plan = event_plan_report,
	},
	[ACTION_REPORT_PERIODIC] = {
		.name = "report.periodic",
		.asks = N_("print a periodic report"),
		.prompt = "PERIODIC REPORT",
		.class = DEVICE_PRINTER,
		.op = OP_REPORT_BY_NUMBERS,
		.required = { PERMISSION_REPORT_PERIODIC, ACTION_NONE },
		.build = action_build_periodic,
	},
	[ACTION_RECEIPT] = {
		.name = "receipt",
		.asks = N_("issue a receipt"),
		.prompt = "RECEIPT",
		.class = DEVICE_PRINTER,
		.of_sum = true,
		.required = { ISSUING(OBJECT_RECEIPT), ACTION_NONE },
		.sells = true,
		.build = receipt_build,
		.plan = receipt_plan,
		.note = receipt_note,
	},
	[ACTION_INVOICE] = {
		.name = "invoice",
		.asks = N_("issue an invoice"),
		.prompt = "INVOICE",
		.class = DEVICE_PRINTER,
		.of_sum = true,
		.required = { ISSUING(OBJECT_SALES_INVOICE), ACTION_NONE },
		.sells = true,
		.build = receipt_build_invoice,
		.plan = receipt_plan,
		.note = receipt_note,
	},
	[ACTION_GOODS_RETURN] = {
		.name = "goods.return",
		.asks = N_("make a goods return"),
		.prompt = "GOODS RETURN",
		.class = DEVICE_PRINTER,
		.of_sum = true,
		.exact = true, /* it takes more than that: return_require() */
		.required = { PERMISSION_REFUND_VALIDATE, DEPOSIT(RIGHT_READ),
			      DEPOSIT(RIGHT_ADD),
			      OF_OBJECT(OBJECT_CASH_REPORT, RIGHT_READ),
			      OF_OBJECT(OBJECT_CASH_REPORT, RIGHT_ADD),
			      ACTION_NONE },
		.sells = true,
		.build = return_build,
		.plan = return_plan,
		.note = receipt_note,
	},
	[ACTION_CASH_SLIP] = {
		.name = "cash.slip",
		.asks = N_("print the slip of a deposit or withdrawal"),
		.prompt = "CASH SLIP",
		.class = DEVICE_PRINTER,
		.required = { ACTION_NONE }, /* it was asked for already */
		.build = slip_build,
		.find = event_find,
		.plan = event_plan_slip,
	},
	[ACTION_PRINT] = {
		.name = "print",
		.asks = N_("print what is not fiscal"),
		.prompt = "PRINT",
		.class = DEVICE_PRINTER,
		.required = { ACTION_NONE },
		.sells = true,
		.build = print_build,
		.plan = print_plan,
	},
	[ACTION_PRINT_JOB] = {
		.name = "print.job",
		.asks = N_("print on the receipt printer"),
		.prompt = "PRINT",
		.class = DEVICE_DRAWER, /* which hangs on it */
		.op = OP_PRINT_JOB,
		.refusal = "job.refused",
		.required = { ACTION_NONE },
		.sells = true,
		.plan = print_job_plan,
		.note = print_job_note,
	},
	[ACTION_COPY] = {
		.name = "copy",
		.asks = N_("print copies of the last printouts"),
		.prompt = "COPIES",
		.class = DEVICE_PRINTER,
		.required = { OF_OBJECT(OBJECT_RECEIPT, RIGHT_READ),
			      ACTION_NONE },
		.build = copy_build,
	},
	[ACTION_FISCAL_READ] = {
		.name = "fiscal.read",
		.asks = N_("read totals and counters of the printer"),
		.prompt = "FISCAL TOTALS",
		.class = DEVICE_PRINTER,
		.required = { PERMISSION_BALANCE_PREVIEW, ACTION_NONE },
		.build = fiscal_build,
	},
	[ACTION_CLOCK_SET] = {
		.name = "clock.set",
		.asks = N_("set the clock of the fiscal printer"),
		.prompt = "SET FISCAL CLOCK",
		.class = DEVICE_PRINTER,
		.required = { PERMISSION_CONFIG_ACCESS, ACTION_NONE },
		.of_group = true,
		.build = clock_build,
	},
	[ACTION_PAYMENT] = {
		.name = "payment",
		.asks = N_("take a card payment"),
		.prompt = "CARD PAYMENT",
		.class = DEVICE_TERMINAL,
		.of_sum = true,
		.op = OP_PAYMENT,
		.required = { DEPOSIT(RIGHT_READ), DEPOSIT(RIGHT_ADD),
			      ACTION_NONE },
		.sells = true,
		.build = action_build_payment,
	},
	[ACTION_PAYMENT_CANCEL] = {
		.name = "payment.cancel",
		.asks = N_("cancel the card payment"),
		.prompt = "CANCEL CARD",
		.class = DEVICE_TERMINAL,
		.of_sum = true,
		.op = OP_REVERSAL,
		.undoes = true,
		.required = { PERMISSION_CARD_CANCEL, ACTION_NONE },
		.find = action_find_payment, /* which fills the op */
		.plan = action_plan_cancel,
	},
	[ACTION_PAYMENT_REFUND] = {
		.name = "payment.refund",
		.asks = N_("make a card refund"),
		.prompt = "CARD REFUND",
		.class = DEVICE_TERMINAL,
		.of_sum = true,
		.undoes = true,
		.required = { PERMISSION_REFUND_VALIDATE, ACTION_NONE },
		.op = OP_REFUND,
		.build = action_build_money,
		.find = action_find_refunded,
	},
	[ACTION_PAYMENT_SLIPS] = {
		.name = "payment.slips",
		.asks = N_("have a copy of a card payment's slips"),
		.prompt = "COPY OF SLIPS",
		.kind = ACTION_READS,
		.required = { OF_OBJECT(OBJECT_RECEIPT, RIGHT_READ),
			      ACTION_NONE },
		.find = slips_find,
		.apply = slips_apply,
	},
	[ACTION_SLIPS_PRINT] = {
		.name = "slips.print",
		.asks = N_("print a card payment's slip"),
		.prompt = "PRINT SLIP",
		.class = DEVICE_PRINTER,
		.required = { OF_OBJECT(OBJECT_RECEIPT, RIGHT_READ),
			      ACTION_NONE },
		.build = slips_build,
		.find = slips_find,
		.plan = slips_plan,
		.note = slips_note,
	},
	[ACTION_TERMINAL_DAY_END] = {
		.name = "terminal.day-end",
		.asks = N_("run the card terminal's end of day"),
		.prompt = "TERMINAL DAY END",
		.class = DEVICE_TERMINAL,
		.op = OP_TERMINAL_DAY_END,
		.required = { PERMISSION_DAY_END, ACTION_NONE },
	},
	[ACTION_TERMINAL_RECEIPT] = {
		.name = "terminal.receipt",
		.asks = N_("have the card terminal's last receipt again"),
		.prompt = "RECEIPT AGAIN",
		.class = DEVICE_TERMINAL,
		.required = { OF_OBJECT(OBJECT_RECEIPT, RIGHT_READ),
			      ACTION_NONE },
		.op = OP_TERMINAL_RECEIPT,
	},
	[ACTION_DISPLAY_SHOW] = {
		.name = "display.show",
		.asks = N_("write on the customer display"),
		.prompt = "DISPLAY",
		.class = DEVICE_DISPLAY,
		.op = OP_DISPLAY_SHOW,
		.kind = ACTION_SHOWS,
		.required = { ACTION_NONE },
		.sells = true,
		.build = action_build_show,
	},
	[ACTION_DISPLAY_CLEAR] = {
		.name = "display.clear",
		.asks = N_("clear the customer display"),
		.prompt = "DISPLAY",
		.class = DEVICE_DISPLAY,
		.op = OP_DISPLAY_CLEAR,
		.kind = ACTION_SHOWS,
		.required = { ACTION_NONE },
		.sells = true,
	},
	[ACTION_SETTLE] = {
		.name = "operation.settle",
		.asks = N_("settle the unknown outcome"),
		.prompt = "SETTLE OUTCOME",
		.kind = ACTION_SETTLES,
		.depends = true,
		.required = { ACTION_NONE }, /* action_required_to_settle() */
		.in_book = true, /* what it brought is booked with it */
		.find = action_find_settled,
	},
	[ACTION_CHECK] = {
		.name = "check",
		.asks = N_("do what the app asks for"),
		.prompt = "ASKED BY THE APP",
		.kind = ACTION_RECORDS,
		.depends = true,
		.required = { ACTION_NONE }, /* that of what is checked */
		.plan = check_plan,
		.apply = check_apply,
	},
	[ACTION_SESSION_OPEN] = {
		.name = "session.open",
		.asks = N_("open a session"),
		.prompt = "OPEN SESSION",
		.kind = ACTION_RECORDS,
		.in_book = true,
		.entrusts = true,
		.required = { ACTION_NONE }, /* policy/shift.h */
		.works = true,
		.plan = session_plan_open,
		.apply = session_apply_open,
		.applied = session_applied_open,
	},
	[ACTION_SESSION_CLOSING] = {
		.name = "session.closing",
		.asks = N_("begin to close the session"),
		.prompt = "CLOSE SESSION",
		.kind = ACTION_RECORDS,
		.in_book = true,
		.required = { ACTION_NONE },
		.plan = session_plan_closing,
		.apply = session_apply_change,
		.applied = session_applied_change,
	},
	[ACTION_SESSION_COUNT] = {
		.name = "session.count",
		.asks = N_("count the cash"),
		.prompt = "COUNT CASH",
		.kind = ACTION_RECORDS,
		.in_book = true,
		.required = { ACTION_NONE },
		.plan = session_plan_count,
		.apply = session_apply_change,
		.applied = session_applied_change,
	},
	[ACTION_SESSION_CLOSE] = {
		.name = "session.close",
		.asks = N_("close the session"),
		.prompt = "CLOSE SESSION",
		.kind = ACTION_RECORDS,
		.in_book = true,
		.required = { ACTION_NONE }, /* policy/shift.h */
		.find = session_find_counters,
		.plan = session_plan_close,
		.apply = session_apply_close,
		.applied = session_applied_close,
	},
	[ACTION_SESSION_LOCK] = {
		.name = "session.lock",
		.asks = N_("lock the session"),
		.prompt = "LOCK SESSION",
		.kind = ACTION_RECORDS,
		.in_book = true,
		.required = { ACTION_NONE },
		.plan = session_plan_lock,
		.apply = session_apply_lock,
		.applied = session_applied_lock,
	},
	[ACTION_SESSION_UNLOCK] = {
		.name = "session.unlock",
		.asks = N_("unlock the session"),
		.prompt = "UNLOCK SESSION",
		.kind = ACTION_RECORDS,
		.in_book = true,
		.required = { ACTION_NONE },
		.plan = session_plan_unlock,
		.apply = session_apply_change,
		.applied = session_applied_change,
	},
	[ACTION_SESSION_HAND_OVER] = {
		.name = "session.hand-over",
		.asks = N_("hand the session over"),
		.prompt = "HAND SESSION OVER",
		.kind = ACTION_RECORDS,
		.in_book = true,
		.entrusts = true,
		.required = { ACTION_NONE },
		.plan = session_plan_hand_over,
		.apply = session_apply_change,
		.applied = session_applied_change,
	},
	[ACTION_SESSION_REPORT] = {
		.name = "session.report",
		.asks = N_("see a session's report"),
		.prompt = "SESSION REPORT",
		.kind = ACTION_READS,
		.required = { OF_OBJECT(OBJECT_CASH_REPORT, RIGHT_READ),
			      ACTION_NONE },
		.find = session_find_report,
		.apply = session_apply_report,
	},
	[ACTION_DAY_END] = {
		.name = "day.end",
		.asks = N_("end the business day"),
		.prompt = "END THE DAY",
		.kind = ACTION_RECORDS,
		.in_book = true,
		.required = { PERMISSION_DAY_END, ACTION_NONE },
		.find = session_find_day,
		.plan = session_plan_end_day,
		.apply = session_apply_close,
		.applied = session_applied_close,
	},
	[ACTION_CASH_IN] = {
		.name = "cash.in",
		.asks = N_("put cash into the drawer"),
		.prompt = "CASH IN",
		.kind = ACTION_RECORDS,
		.in_book = true,
		.of_sum = true,
		.required = { DEPOSIT(RIGHT_READ), DEPOSIT(RIGHT_ADD),
			      ACTION_NONE },
		.plan = cash_plan_move,
		.apply = cash_apply_move,
		.applied = cash_applied_move,
	},
	[ACTION_CASH_OUT] = {
		.name = "cash.out",
		.asks = N_("take cash out of the drawer"),
		.prompt = "CASH OUT",
		.kind = ACTION_RECORDS,
		.in_book = true,
		.of_sum = true,
		.required = { OF_OBJECT(OBJECT_CASH_WITHDRAWAL, RIGHT_READ),
			      OF_OBJECT(OBJECT_CASH_WITHDRAWAL, RIGHT_ADD),
			      ACTION_NONE },
		.plan = cash_plan_move,
		.apply = cash_apply_move,
		.applied = cash_applied_move,
	},
	[ACTION_DECLARE] = {
		.name = "declared",
		.asks = N_("declare cash that was not witnessed here"),
		.prompt = "DECLARE CASH",
		.kind = ACTION_RECORDS,
		.in_book = true,
		.depends = true,
		.required = { ACTION_NONE }, /* cash_find_declared() */
		.plan = cash_plan_move,
		.apply = cash_apply_move,
		.applied = cash_applied_move,
	},
	[ACTION_BALANCE] = {
		.name = "balance.read",
		.asks = N_("see the balance"),
		.prompt = "SEE THE BALANCE",
		.kind = ACTION_READS,
		.required = { PERMISSION_BALANCE_PREVIEW, ACTION_NONE },
		.apply = cash_apply_balance,
	},
};

const struct action_row *action_row(enum action action)
{
	if (action < ACTION_DRAWER_TEST)
		return &action_rows[action];
	return action < ACTION_POLICY_READ ? service_row(action)
					   : admin_row(action);
}

struct demand action_required(enum action action)
{
	struct demand required = { 0 };

	for (const unsigned int *which = action_row(action)->required;
	     *which != ACTION_NONE; which++)
		demand_add(&required, *which);
	if (action_row(action)->works)
		required.any = session_work().any;
	return required;
}

/* Whoever says that a card was charged, or was not, says so of money. */
static bool action_is_of_money(enum action action)
{
	return action == ACTION_PAYMENT || action == ACTION_PAYMENT_CANCEL ||
	       action == ACTION_PAYMENT_REFUND;
}

bool action_is_of_group(const char *name)
{
	for (enum action action = 0; action < ACTIONS; action++)
		if (!strcmp(action_row(action)->name, name))
			return action_row(action)->of_group;
	return false;
}

struct demand action_required_to_settle(const char *name)
{
	struct demand required = { 0 };

	if (service_is_action(name)) /* a page that nobody needed */
		return required;
	for (enum action action = 0; action < ACTIONS; action++)
		if (!strcmp(action_row(action)->name, name) &&
		    !action_is_of_money(action))
			return action_required(action);
	demand_add(&required, PERMISSION_PAYMENT_ACCEPT_UNVALIDATED);
	return required;
}
