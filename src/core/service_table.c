/* SPDX-License-Identifier: Apache-2.0 */
/* What technicians can ask for that takes a permission: action_table.c goes on
 * here. */
#include "core/release.h"
#include "core/service.h"
#include "util/message.h"

#define SERVICE_ROW(action) ((action)-ACTION_DRAWER_TEST)

static const struct action_row
	service_rows[SERVICE_ROW(ACTION_POLICY_READ)] = {
	[SERVICE_ROW(ACTION_DRAWER_TEST)] = {
		.name = "drawer.test",
		.asks = N_("open the drawer to test it"),
		.prompt = "TEST: OPEN DRAWER",
		.class = DEVICE_DRAWER,
		.op = OP_DRAWER_OPEN,
		.exact = true,
		.required = { PERMISSION_DRAWER_OPEN, ACTION_NONE },
		.plan = service_plan_test,
	},
	[SERVICE_ROW(ACTION_REPORT_TEST)] = {
		.name = "report.test",
		.asks = N_("read the daily figures to test the printer"),
		.prompt = "TEST: X REPORT",
		.class = DEVICE_PRINTER,
		.op = OP_REPORT_X,
		.exact = true,
		.required = { PERMISSION_REPORT_DAILY, ACTION_NONE },
		.plan = service_plan_test,
	},
	[SERVICE_ROW(ACTION_DEVICE_RELEASE)] = {
		.name = "device.release",
		.asks = N_("hand a device over to another program"),
		.prompt = "HAND DEVICE OVER",
		.kind = ACTION_RECORDS,
		.exact = true,
		.required = { PERMISSION_CONFIG_ACCESS, ACTION_NONE },
		.find = release_find,
		.plan = release_plan,
		.apply = release_apply,
		.applied = release_applied,
	},
	[SERVICE_ROW(ACTION_DEVICE_TAKE)] = {
		.name = "device.take",
		.asks = N_("take back a device that was handed over"),
		.prompt = "TAKE DEVICE BACK",
		.kind = ACTION_RECORDS,
		.exact = true,
		.required = { PERMISSION_CONFIG_ACCESS, ACTION_NONE },
		.place = release_place,
		.plan = release_plan_take,
		.apply = release_apply_take,
		.applied = release_applied_take,
	},
};

const struct action_row *service_row(enum action action)
{
	return &service_rows[SERVICE_ROW(action)];
}
