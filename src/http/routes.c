/* SPDX-License-Identifier: Apache-2.0 */
/* The contract with POS apps, as the daemon sees it: docs/openapi.yaml is held
 * against this table. */
#include "device/op.h"
#include "http/api.h"
#include "http/route.h"
#include "policy/policy.h"

#define NAME		 .type = FIELD_NAME, .max = POLICY_ID_MAX
#define TEXT(m)		 .type = FIELD_TEXT, .min = 1, .max = (m)
#define SECRET		 .type = FIELD_SECRET, .min = 1, .max = 128
#define FLAG		 .type = FIELD_BOOL
#define DATE		 .type = FIELD_DATE
#define NUMBER(from, to) .type = FIELD_INT, .min = (from), .max = (to)
#define REQUIRED	 .required = true

static const struct field nothing[] = { { 0 } };

static const struct field manager_fields[] = {
	{ "login", NAME, REQUIRED },
	{ "name", TEXT(POLICY_NAME_MAX), REQUIRED },
	{ "password", SECRET, REQUIRED },
	{ 0 },
};

static const struct field setup_body[] = {
	{ "manager", .type = FIELD_OBJECT, .fields = manager_fields },
	{ "policy", .type = FIELD_OBJECT },
	{ 0 },
};

static const struct field reason_body[] = {
	{ "reason", TEXT(200), REQUIRED },
	{ 0 },
};

static const struct field sign_on_body[] = {
	{ "till", NAME, REQUIRED }, { "login", NAME }, { "password", SECRET },
	{ "pin", SECRET },	    { "badge", FLAG }, { 0 },
};

static const struct field report_body[] = {
	{ "kind", .type = FIELD_CHOICE, .choices = "x z periodic", REQUIRED },
	{ "from_date", DATE },
	{ "to_date", DATE },
	{ "from_number", NUMBER(1, 9999999) },
	{ "to_number", NUMBER(1, 9999999) },
	{ "summary", FLAG },
	{ 0 },
};

static const struct field payment_body[] = {
	{ "amount", NUMBER(1, OP_AMOUNT_MAX), REQUIRED },
	{ "currency", .type = FIELD_TEXT, .min = 3, .max = 3 },
	{ "reference", TEXT(64) },
	{ 0 },
};

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

static const struct field pin_body[] = {
	{ "pin", SECRET, REQUIRED },
	{ 0 },
};

static const struct field supervisor_body[] = {
	{ "login", NAME, REQUIRED },
	{ "password", SECRET },
	{ "pin", SECRET },
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

const struct route routes[] = {
	{ "GET", "/v1", api_show_box, NULL, NULL },
	{ "POST", "/v1/setup", api_set_up, setup_body, NULL },
	{ "POST", "/v1/setup/confirm-rollback", api_confirm_rollback,
	  reason_body, NULL },
	{ "POST", "/v1/sign-ons", api_sign_on, sign_on_body, NULL },
	{ "GET", "/v1/sign-ons/current", api_show_sign_on, NULL, NULL },
	{ "DELETE", "/v1/sign-ons/current", api_sign_off, NULL, NULL },
	{ "GET", "/v1/tills", api_list_tills, NULL, NULL },
	{ "GET", "/v1/tills/{till}", api_show_till, NULL, NULL },
	{ "GET", "/v1/tills/{till}/drawer", api_show_drawer, NULL, NULL },
	{ "POST", "/v1/tills/{till}/drawer/open", api_open_drawer, reason_body,
	  NULL },
	{ "POST", "/v1/tills/{till}/reports", api_print_report, report_body,
	  NULL },
	{ "POST", "/v1/tills/{till}/payments", api_take_payment, payment_body,
	  NULL },
	{ "POST", "/v1/tills/{till}/payments/{payment}/cancel",
	  api_cancel_payment, reason_body, NULL },
	{ "POST", "/v1/tills/{till}/operations/{operation}/settle",
	  api_settle_operation, settle_body, NULL },
	{ "GET", "/v1/tills/{till}/can", api_show_can, NULL, NULL },
	{ "POST", "/v1/tills/{till}/check", api_check, check_body, NULL },
	{ "PUT", "/v1/tills/{till}/display", api_show_on_display, display_body,
	  NULL },
	{ "DELETE", "/v1/tills/{till}/display", api_clear_display, NULL, NULL },
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
	{ "GET", "/v1/operations/{operation}", api_show_operation, NULL,
	  wait_query },
	{ "DELETE", "/v1/operations/{operation}", api_call_off_operation, NULL,
	  NULL },
	{ "GET", "/v1/events", api_follow_events, NULL, events_query },
	{ "GET", "/v1/devices", api_list_devices, NULL, NULL },
	{ "GET", "/v1/devices/{device}", api_show_device, NULL, NULL },
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
