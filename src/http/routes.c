/* SPDX-License-Identifier: Apache-2.0 */
/* The contract with POS apps, as the daemon sees it: docs/openapi.yaml is held
 * against this table. */
#include "core/release.h"
#include "core/token.h"
#include "device/op.h"
#include "http/api.h"
#include "http/job_fields.h"
#include "http/route.h"
#include "policy/policy.h"
#include "policy/shift.h"

#define NAME		 .type = FIELD_NAME, .max = POLICY_ID_MAX
#define TEXT(m)		 .type = FIELD_TEXT, .min = 1, .max = (m)
#define SECRET		 .type = FIELD_SECRET, .min = 1, .max = 128
#define FLAG		 .type = FIELD_BOOL
#define DATE		 .type = FIELD_DATE
#define NUMBER(from, to) .type = FIELD_INT, .min = (from), .max = (to)
#define REQUIRED	 .required = true

static const struct field nothing[] = { { 0 } };

static const struct field reason_body[] = {
	{ "reason", TEXT(200), REQUIRED },
	{ 0 },
};

static const struct field sign_on_body[] = {
	{ "till", NAME, REQUIRED }, { "login", NAME }, { "password", SECRET },
	{ "pin", SECRET },	    { "badge", FLAG }, { 0 },
};

/* --- the drawer, sessions and cash --- */

static const struct field drawer_body[] = {
	{ "reason", TEXT(200) },
	{ "event", NAME },
	{ 0 },
};

static const struct field open_session_body[] = {
	{ "counted", NUMBER(0, SHIFT_AMOUNT_MAX), REQUIRED },
	{ "reason", TEXT(200) },
	{ 0 },
};

static const struct field change_session_body[] = {
	{ "force", FLAG },
	{ "reason", TEXT(200) },
	{ 0 },
};

static const struct field count_body[] = {
	{ "counted", NUMBER(0, SHIFT_AMOUNT_MAX), REQUIRED },
	{ "force", FLAG },
	{ "reason", TEXT(200) },
	{ 0 },
};

static const struct field close_session_body[] = {
	{ "withdrawal", NUMBER(0, SHIFT_AMOUNT_MAX), REQUIRED },
	{ "force", FLAG },
	{ "reason", TEXT(200) },
	{ 0 },
};

static const struct field hand_over_body[] = {
	{ "to", NAME, REQUIRED },
	{ "force", FLAG },
	{ "reason", TEXT(200) },
	{ 0 },
};

static const struct field end_day_body[] = {
	{ "counted", NUMBER(0, SHIFT_AMOUNT_MAX) },
	{ "withdrawal", NUMBER(0, SHIFT_AMOUNT_MAX) },
	{ "report", FLAG },
	{ "force", FLAG },
	{ "reason", TEXT(200) },
	{ 0 },
};

static const struct field cash_body[] = {
	{ "direction", .type = FIELD_CHOICE, .choices = "in out", REQUIRED },
	{ "amount", NUMBER(1, SHIFT_AMOUNT_MAX), REQUIRED },
	{ "reason", TEXT(200), REQUIRED },
	{ "reference", TEXT(64) },
	{ 0 },
};

static const struct field declare_body[] = {
	{ "kind", .type = FIELD_CHOICE, .choices = "sale refund", REQUIRED },
	{ "amount", NUMBER(1, SHIFT_AMOUNT_MAX), REQUIRED },
	{ "reference", TEXT(64) },
	{ 0 },
};

static const struct field sessions_query[] = {
	{ "before", NUMBER(1, INT64_MAX) },
	{ "limit", NUMBER(1, 100) },
	{ 0 },
};

/* --- what is printed --- */

static const struct field report_body[] = {
	{ "kind", .type = FIELD_CHOICE, .choices = "x z periodic", REQUIRED },
	{ "from_date", DATE },
	{ "to_date", DATE },
	{ "from_number", NUMBER(1, 9999999) },
	{ "to_number", NUMBER(1, 9999999) },
	{ "summary", FLAG },
	{ "event", NAME },
	{ 0 },
};

#define AMOUNT NUMBER(1, RECEIPT_MONEY_MAX)

static const struct field discount_fields[] = {
	{ "percent", TEXT(5) }, /* "12.5" */
	{ "amount", AMOUNT },
	{ "markup", FLAG },
	{ "name", TEXT(RECEIPT_LABEL_MAX) },
	{ 0 },
};

/* What is sold, or the number of a line that is taken back. */
static const struct field receipt_line_fields[] = {
	{ "name", TEXT(RECEIPT_NAME_MAX) },
	{ "quantity", TEXT(20) }, /* "0.255" */
	{ "unit", TEXT(RECEIPT_UNIT_MAX) },
	{ "price", AMOUNT },
	{ "vat", .type = FIELD_CHOICE, .choices = "A B C D E F G H" },
	{ "description", TEXT(RECEIPT_DESCRIPTION_MAX) },
	{ "discount", .type = FIELD_OBJECT, .fields = discount_fields },
	{ "void", NUMBER(1, RECEIPT_LINES_MAX) },
	{ 0 },
};

static const struct field receipt_line[] = {
	{ "", .type = FIELD_OBJECT, .fields = receipt_line_fields },
	{ 0 },
};

static const struct field receipt_discount[] = {
	{ "", .type = FIELD_OBJECT, .fields = discount_fields },
	{ 0 },
};

static const struct field receipt_payment_fields[] = {
	{ "kind", .type = FIELD_CHOICE, .choices = RECEIPT_PAYMENT_WORDS,
	  REQUIRED },
	{ "amount", AMOUNT, REQUIRED },
	{ "name", TEXT(RECEIPT_LABEL_MAX) },
	{ 0 },
};

static const struct field receipt_payment[] = {
	{ "", .type = FIELD_OBJECT, .fields = receipt_payment_fields },
	{ 0 },
};

static const struct field footer_line[] = {
	{ "", TEXT(RECEIPT_TEXT_MAX) },
	{ 0 },
};

static const struct field receipt_body[] = {
	{ "lines", .type = FIELD_LIST, .min = 1, .max = RECEIPT_LINES_MAX,
	  .fields = receipt_line, REQUIRED },
	{ "discounts", .type = FIELD_LIST, .min = 1,
	  .max = RECEIPT_DISCOUNTS_MAX, .fields = receipt_discount },
	{ "payments", .type = FIELD_LIST, .min = 1, .max = RECEIPT_PAYMENTS_MAX,
	  .fields = receipt_payment, REQUIRED },
	{ "total", AMOUNT },
	{ "buyer_tax_id", TEXT(RECEIPT_BUYER_MAX) },
	{ "sale_number", TEXT(RECEIPT_SALE_LEN) },
	{ "footer", .type = FIELD_LIST, .min = 1, .max = RECEIPT_FOOTER_MAX,
	  .fields = footer_line },
	{ "reference", TEXT(64) },
	{ 0 },
};

static const struct field original_fields[] = {
	{ "number", NUMBER(1, 9999999), REQUIRED },
	{ "time", TEXT(OP_MOMENT_SIZE - 1), REQUIRED },
	{ "memory", TEXT(OP_MEMORY_SIZE - 1) },
	{ 0 },
};

static const struct field return_body[] = {
	{ "of", .type = FIELD_CHOICE, .choices = "receipt invoice", REQUIRED },
	{ "amount", AMOUNT, REQUIRED },
	{ "cash", NUMBER(0, RECEIPT_MONEY_MAX) },
	{ "lines", .type = FIELD_LIST, .min = 1, .max = RECEIPT_LINES_MAX,
	  .fields = receipt_line },
	{ "original", .type = FIELD_OBJECT, .fields = original_fields },
	{ "sale_number", TEXT(RECEIPT_SALE_LEN) },
	{ "reason", TEXT(200), REQUIRED },
	{ "reference", TEXT(64) },
	{ 0 },
};

static const struct field slip_body[] = {
	{ "event", NAME, REQUIRED },
	{ 0 },
};

static const struct field print_line[] = {
	{ "", .type = FIELD_TEXT, .min = 0, .max = OP_TEXT_LINE_MAX },
	{ 0 },
};

static const struct field print_body[] = {
	{ "lines", .type = FIELD_LIST, .min = 1, .max = OP_TEXT_LINES_MAX,
	  .fields = print_line, REQUIRED },
	{ 0 },
};

static const struct field copies_body[] = {
	{ "count", NUMBER(1, OP_COPIES_MAX), REQUIRED },
	{ 0 },
};

static const struct field clock_body[] = {
	{ "time", TEXT(16), REQUIRED }, /* "2026-11-22T10:30" */
	{ "reason", TEXT(200), REQUIRED },
	{ 0 },
};

/* --- the card terminal --- */

static const struct field payment_body[] = {
	{ "amount", NUMBER(1, OP_AMOUNT_MAX), REQUIRED },
	{ "currency", .type = FIELD_TEXT, .min = 3, .max = 3 },
	{ "authorization", TEXT(OP_AUTHORIZATION_SIZE - 1) },
	{ "reference", TEXT(64) },
	{ 0 },
};

static const struct field payment_slip_body[] = {
	{ "copy", .type = FIELD_CHOICE,
	  .choices = "merchant customer administration", REQUIRED },
	{ 0 },
};

static const struct field refund_body[] = {
	{ "amount", NUMBER(1, OP_AMOUNT_MAX), REQUIRED },
	{ "currency", .type = FIELD_TEXT, .min = 3, .max = 3 },
	{ "payment", NAME },
	{ "reason", TEXT(200), REQUIRED },
	{ "reference", TEXT(64) },
	{ 0 },
};

static const struct field terminal_body[] = {
	{ "kind", .type = FIELD_CHOICE, .choices = "day-end receipt",
	  REQUIRED },
	{ 0 },
};

static const struct field service_body[] = {
	{ "task", .type = FIELD_CHOICE,
	  .choices = "internal-test external-test interactive-test scan "
		     "status diagnosis initialise log-off",
	  REQUIRED },
	{ "seen", .type = FIELD_CHOICE, .choices = "open closed" },
	{ 0 },
};

static const struct field test_body[] = {
	{ "test", .type = FIELD_CHOICE, .choices = "drawer report", REQUIRED },
	{ "reason", TEXT(200) },
	{ 0 },
};

static const struct field release_body[] = {
	{ "seconds", NUMBER(1, RELEASE_SECONDS_MAX), REQUIRED },
	{ "reason", TEXT(200), REQUIRED },
	{ 0 },
};

/* --- what else is done at a till --- */

static const struct field settle_body[] = {
	{ "outcome", .type = FIELD_CHOICE, .choices = "ok failed", REQUIRED },
	{ "reason", TEXT(200), REQUIRED },
	{ 0 },
};

static const struct field check_body[] = {
	{ "action", .type = FIELD_NAME, .max = 64, REQUIRED },
	{ "detail", TEXT(100) },
	{ "amount", NUMBER(1, OP_AMOUNT_MAX) },
	{ "reference", TEXT(64) },
	{ 0 },
};

static const struct field line_fields[] = {
	{ "", .type = FIELD_TEXT, .passing = true, .max = 60 },
	{ 0 },
};

static const struct field display_body[] = {
	{ "lines", .type = FIELD_LIST, .min = 1, .max = OP_DISPLAY_LINES,
	  .fields = line_fields, REQUIRED },
	{ 0 },
};

/* --- consents, and administration --- */

static const struct field pin_body[] = {
	{ "pin", SECRET, REQUIRED },
	{ 0 },
};

static const struct field supervisor_body[] = {
	{ "login", NAME },
	{ "password", SECRET },
	{ "pin", SECRET },
	{ 0 },
};

static const struct field policy_body[] = {
	{ "", .type = FIELD_RAW, .max = API_POLICY_MAX },
	{ 0 },
};

static const struct field part_body[] = {
	{ "", .type = FIELD_RAW, .max = API_PART_MAX },
	{ 0 },
};

static const struct field password_body[] = {
	{ "password", SECRET, REQUIRED },
	{ 0 },
};

static const struct field badge_body[] = {
	{ "label", TEXT(POLICY_NAME_MAX) },
	{ "until", TEXT(40) },
	{ 0 },
};

static const struct field own_password_body[] = {
	{ "old", SECRET, REQUIRED },
	{ "new", SECRET, REQUIRED },
	{ 0 },
};

static const struct field own_pin_body[] = {
	{ "old", SECRET },
	{ "password", SECRET },
	{ "new", SECRET, REQUIRED },
	{ 0 },
};

static const struct field recover_body[] = {
	{ "login", NAME, REQUIRED },
	{ "name", TEXT(POLICY_NAME_MAX) },
	{ "password", SECRET, REQUIRED },
	{ 0 },
};

static const struct field dry_run_query[] = {
	{ "dry_run", FLAG },
	{ 0 },
};

static const struct field explain_query[] = {
	{ "operator", NAME, REQUIRED },
	{ "till", TEXT(POLICY_ID_MAX), REQUIRED },
	{ "action", .type = FIELD_NAME, .max = 64, REQUIRED },
	{ 0 },
};

static const struct field operators_query[] = {
	{ "phrase", TEXT(POLICY_NAME_MAX) },
	{ "after", NAME },
	{ "limit", NUMBER(1, 1000) },
	{ 0 },
};

static const struct field token_body[] = {
	{ "requester", NAME, REQUIRED },
	{ "till", NAME, REQUIRED },
	{ "action", .type = FIELD_NAME, .max = 63, REQUIRED },
	{ "amount", NUMBER(1, OP_AMOUNT_MAX) },
	{ "minutes", NUMBER(1, TOKEN_MINUTES_MAX) },
	{ "reason", TEXT(TOKEN_REASON_MAX) },
	{ "password", SECRET },
	{ "pin", SECRET },
	{ 0 },
};

static const struct field till_query[] = {
	{ "till", NAME },
	{ 0 },
};

static const struct field phrase_query[] = {
	{ "phrase", TEXT(POLICY_NAME_MAX) },
	{ 0 },
};

static const struct field trace_query[] = {
	{ "after", NUMBER(0, INT64_MAX) },
	{ "limit", NUMBER(1, 1000) },
	{ "wait", NUMBER(0, REQUEST_WAIT_MAX) },
	{ 0 },
};

static const struct field wait_query[] = {
	{ "wait", NUMBER(0, REQUEST_WAIT_MAX) },
	{ 0 },
};

static const struct field events_query[] = {
	{ "till", NAME },
	{ "after", NUMBER(0, INT64_MAX) },
	{ 0 },
};

static const struct field journal_query[] = {
	{ "after", NUMBER(0, INT64_MAX) },
	{ "before", NUMBER(1, INT64_MAX) },
	{ "kind", NAME },
	{ "till", NAME },
	{ "operation", NAME },
	{ "order", .type = FIELD_CHOICE, .choices = "oldest newest" },
	{ "limit", NUMBER(1, 1000) },
	{ 0 },
};

static const struct field segments_query[] = {
	{ "after", NUMBER(0, INT64_MAX) },
	{ "limit", NUMBER(1, 1000) },
	{ 0 },
};

static const struct field archive_body[] = {
	{ "keep_days", NUMBER(0, 36500) },
	{ 0 },
};

/* --- the table --- */

const struct route routes[] = {
	/* the box */
	{ "GET", "/v1", api_show_box, NULL, NULL },
	{ "POST", "/v1/setup", api_set_up, policy_body, NULL },
	{ "POST", "/v1/setup/confirm-rollback", api_confirm_rollback,
	  reason_body, NULL },
	{ "POST", "/v1/setup/recover", api_recover, recover_body, NULL },
	/* who is there */
	{ "POST", "/v1/sign-ons", api_sign_on, sign_on_body, NULL },
	{ "GET", "/v1/sign-ons/current", api_show_sign_on, NULL, NULL },
	{ "DELETE", "/v1/sign-ons/current", api_sign_off, NULL, NULL },
	{ "PUT", "/v1/sign-ons/current/password", api_change_password,
	  own_password_body, NULL },
	{ "PUT", "/v1/sign-ons/current/pin", api_change_pin, own_pin_body,
	  NULL },
	{ "GET", "/v1/sign-ons", api_list_sign_ons, NULL, NULL },
	{ "DELETE", "/v1/sign-ons/{signon}", api_revoke_sign_on, NULL, NULL },
	{ "GET", "/v1/guesses", api_list_guesses, NULL, NULL },
	{ "DELETE", "/v1/guesses/{subject}", api_clear_guesses, NULL, NULL },
	/* a till, and its drawer */
	{ "GET", "/v1/tills", api_list_tills, NULL, NULL },
	{ "GET", "/v1/tills/{till}", api_show_till, NULL, NULL },
	{ "GET", "/v1/tills/{till}/drawer", api_show_drawer, NULL, NULL },
	{ "POST", "/v1/tills/{till}/drawer/open", api_open_drawer, drawer_body,
	  NULL },
	/* sessions, days and cash */
	{ "GET", "/v1/tills/{till}/session", api_show_session, NULL, NULL },
	{ "GET", "/v1/tills/{till}/sessions", api_list_sessions, NULL,
	  sessions_query },
	{ "POST", "/v1/tills/{till}/sessions", api_open_session,
	  open_session_body, NULL },
	{ "GET", "/v1/tills/{till}/sessions/{session}", api_report_session,
	  NULL, NULL },
	{ "POST", "/v1/tills/{till}/sessions/{session}/closing",
	  api_begin_closing, change_session_body, NULL },
	{ "POST", "/v1/tills/{till}/sessions/{session}/count",
	  api_count_session, count_body, NULL },
	{ "POST", "/v1/tills/{till}/sessions/{session}/close",
	  api_close_session, close_session_body, NULL },
	{ "POST", "/v1/tills/{till}/sessions/{session}/lock", api_lock_session,
	  change_session_body, NULL },
	{ "POST", "/v1/tills/{till}/sessions/{session}/unlock",
	  api_unlock_session, change_session_body, NULL },
	{ "POST", "/v1/tills/{till}/sessions/{session}/hand-over",
	  api_hand_session_over, hand_over_body, NULL },
	{ "POST", "/v1/tills/{till}/day/end", api_end_day, end_day_body, NULL },
	{ "GET", "/v1/tills/{till}/balance", api_show_balance, NULL, NULL },
	{ "POST", "/v1/tills/{till}/cash", api_move_cash, cash_body, NULL },
	{ "POST", "/v1/tills/{till}/declared", api_declare, declare_body,
	  NULL },
	/* what is printed */
	{ "POST", "/v1/tills/{till}/reports", api_print_report, report_body,
	  NULL },
	{ "POST", "/v1/tills/{till}/receipts", api_issue_receipt, receipt_body,
	  NULL },
	{ "POST", "/v1/tills/{till}/invoices", api_issue_invoice, receipt_body,
	  NULL },
	{ "POST", "/v1/tills/{till}/returns", api_return, return_body, NULL },
	{ "POST", "/v1/tills/{till}/cash/slip", api_print_slip, slip_body,
	  NULL },
	{ "POST", "/v1/tills/{till}/printouts", api_print_text, print_body,
	  NULL },
	{ "POST", "/v1/tills/{till}/jobs", api_print_job, job_body, NULL },
	{ "POST", "/v1/tills/{till}/copies", api_print_copies, copies_body,
	  NULL },
	{ "POST", "/v1/tills/{till}/fiscal/read", api_read_fiscal, nothing,
	  NULL },
	{ "POST", "/v1/tills/{till}/fiscal/clock", api_set_clock, clock_body,
	  NULL },
	/* the card terminal */
	{ "POST", "/v1/tills/{till}/payments", api_take_payment, payment_body,
	  NULL },
	{ "POST", "/v1/tills/{till}/payments/{payment}/cancel",
	  api_cancel_payment, reason_body, NULL },
	{ "GET", "/v1/tills/{till}/payments/{payment}/slips", api_show_slips,
	  NULL, NULL },
	{ "POST", "/v1/tills/{till}/payments/{payment}/slips",
	  api_print_payment_slip, payment_slip_body, NULL },
	{ "POST", "/v1/tills/{till}/refunds", api_refund, refund_body, NULL },
	{ "POST", "/v1/tills/{till}/terminal", api_use_terminal, terminal_body,
	  NULL },
	/* what else is done at a till */
	{ "POST", "/v1/tills/{till}/operations/{operation}/settle",
	  api_settle_operation, settle_body, NULL },
	{ "GET", "/v1/tills/{till}/can", api_show_can, NULL, NULL },
	{ "POST", "/v1/tills/{till}/check", api_check, check_body, NULL },
	{ "PUT", "/v1/tills/{till}/display", api_show_on_display, display_body,
	  NULL },
	{ "DELETE", "/v1/tills/{till}/display", api_clear_display, NULL, NULL },
	{ "PUT", "/v1/tills/{till}/display/idle", api_set_idle_text,
	  display_body, NULL },
	{ "DELETE", "/v1/tills/{till}/display/idle", api_clear_idle_text, NULL,
	  NULL },
	/* consents */
	{ "GET", "/v1/authorizations", api_list_authorizations, NULL,
	  till_query },
	{ "POST", "/v1/authorizations", api_give_token, token_body, NULL },
	{ "GET", "/v1/tokens", api_list_tokens, NULL, NULL },
	{ "DELETE", "/v1/tokens/{token}", api_revoke_token, NULL, NULL },
	{ "GET", "/v1/authorizations/{authorization}/supervisors",
	  api_list_supervisors, NULL, phrase_query },
	{ "GET", "/v1/authorizations/{authorization}", api_show_authorization,
	  NULL, wait_query },
	{ "DELETE", "/v1/authorizations/{authorization}",
	  api_withdraw_authorization, NULL, NULL },
	{ "POST", "/v1/authorizations/{authorization}/arm",
	  api_arm_authorization, nothing, NULL },
	{ "POST", "/v1/authorizations/{authorization}/pin", api_give_pin,
	  pin_body, NULL },
	{ "POST", "/v1/authorizations/{authorization}/approve",
	  api_approve_authorization, supervisor_body, NULL },
	{ "POST", "/v1/authorizations/{authorization}/deny",
	  api_deny_authorization, supervisor_body, NULL },
	/* what goes on, devices, and administration */
	{ "GET", "/v1/operations/{operation}", api_show_operation, NULL,
	  wait_query },
	{ "DELETE", "/v1/operations/{operation}", api_call_off_operation, NULL,
	  NULL },
	{ "GET", "/v1/events", api_follow_events, NULL, events_query },
	{ "GET", "/v1/status", api_show_status, NULL, NULL },
	{ "GET", "/v1/devices", api_list_devices, NULL, NULL },
	{ "GET", "/v1/devices/{device}", api_show_device, NULL, NULL },
	{ "GET", "/v1/devices/{device}/trace", api_show_trace, NULL,
	  trace_query },
	{ "POST", "/v1/devices/{device}/service", api_service_device,
	  service_body, NULL },
	{ "POST", "/v1/devices/{device}/test", api_test_device, test_body,
	  NULL },
	{ "POST", "/v1/devices/{device}/release", api_release_device,
	  release_body, NULL },
	{ "POST", "/v1/devices/{device}/take", api_take_device, nothing, NULL },
	{ "GET", "/v1/policy", api_show_policy, NULL, NULL },
	{ "PUT", "/v1/policy", api_replace_policy, policy_body, dry_run_query },
	{ "GET", "/v1/policy/explain", api_explain_policy, NULL,
	  explain_query },
	{ "GET", "/v1/policy/lint", api_lint_policy, NULL, NULL },
	{ "POST", "/v1/policy/bundle", api_apply_bundle, policy_body, NULL },
	{ "GET", "/v1/operators", api_list_operators, NULL, operators_query },
	{ "GET", "/v1/operators/{login}", api_show_operator, NULL, NULL },
	{ "PUT", "/v1/operators/{login}", api_put_operator, part_body, NULL },
	{ "DELETE", "/v1/operators/{login}", api_remove_operator, NULL, NULL },
	{ "DELETE", "/v1/operators/{login}/name", api_erase_operator, NULL,
	  NULL },
	{ "PUT", "/v1/operators/{login}/password", api_set_password,
	  password_body, NULL },
	{ "PUT", "/v1/operators/{login}/pin", api_set_pin, pin_body, NULL },
	{ "DELETE", "/v1/operators/{login}/pin", api_set_pin, NULL, NULL },
	{ "POST", "/v1/operators/{login}/badges", api_enroll_badge, badge_body,
	  NULL },
	{ "PUT", "/v1/badges/{handle}", api_put_badge, part_body, NULL },
	{ "DELETE", "/v1/badges/{handle}", api_remove_badge, NULL, NULL },
	{ "GET", "/v1/groups", api_list_groups, NULL, NULL },
	{ "GET", "/v1/groups/{group}", api_show_group, NULL, NULL },
	{ "PUT", "/v1/groups/{group}", api_put_group, part_body, NULL },
	{ "DELETE", "/v1/groups/{group}", api_remove_group, NULL, NULL },
	{ "GET", "/v1/tills/{till}/policy", api_show_till_policy, NULL, NULL },
	{ "PUT", "/v1/tills/{till}/policy", api_put_till, part_body, NULL },
	{ "DELETE", "/v1/tills/{till}/policy", api_remove_till, NULL, NULL },
	/* the journal */
	{ "GET", "/v1/journal", api_list_journal, NULL, journal_query },
	{ "GET", "/v1/journal/export", api_export_journal, NULL, NULL },
	{ "POST", "/v1/journal/verify", api_verify_journal, nothing, NULL },
	{ "GET", "/v1/journal/segments", api_list_segments, NULL,
	  segments_query },
	{ "POST", "/v1/journal/archive", api_archive_journal, archive_body,
	  NULL },
	{ "POST", "/v1/backup", api_take_backup, nothing, NULL },
	{ 0 },
};
