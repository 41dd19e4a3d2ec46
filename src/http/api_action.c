/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that goes the one path of core/action.h. */
#include "core/action.h"
#include "core/can.h"
#include "core/idle.h"
#include "core/service.h"
#include "http/api.h"
#include "util/json.h"

#include <string.h>

static void api_act(struct request *request, void *context, enum action action)
{
	action_submit(context, api_caller(request),
		      &(struct action_call){
			      .action = action,
			      .till = request_param(request, "till"),
			      .key = request_header(request, "Idempotency-Key"),
			      .params = request_body(request),
		      });
}

void api_open_drawer(struct request *request, void *context)
{
	api_act(request, context, ACTION_DRAWER_OPEN);
}

void api_print_report(struct request *request, void *context)
{
	const char *kind = json_text(request_body(request), "kind");

	api_act(request, context,
		!strcmp(kind, "x")   ? ACTION_REPORT_X
		: !strcmp(kind, "z") ? ACTION_REPORT_Z
				     : ACTION_REPORT_PERIODIC);
}

void api_issue_receipt(struct request *request, void *context)
{
	api_act(request, context, ACTION_RECEIPT);
}

void api_issue_invoice(struct request *request, void *context)
{
	api_act(request, context, ACTION_INVOICE);
}

void api_return(struct request *request, void *context)
{
	api_act(request, context, ACTION_GOODS_RETURN);
}

void api_print_slip(struct request *request, void *context)
{
	api_act(request, context, ACTION_CASH_SLIP);
}

void api_print_text(struct request *request, void *context)
{
	api_act(request, context, ACTION_PRINT);
}

void api_print_job(struct request *request, void *context)
{
	api_act(request, context, ACTION_PRINT_JOB);
}

void api_print_copies(struct request *request, void *context)
{
	api_act(request, context, ACTION_COPY);
}

void api_read_fiscal(struct request *request, void *context)
{
	api_act(request, context, ACTION_FISCAL_READ);
}

void api_set_clock(struct request *request, void *context)
{
	api_act(request, context, ACTION_CLOCK_SET);
}

void api_take_payment(struct request *request, void *context)
{
	api_act(request, context, ACTION_PAYMENT);
}

/* Of the payment in the path. */
static void api_act_on_payment(struct request *request, void *context,
			       enum action action)
{
	action_submit(context, api_caller(request),
		      &(struct action_call){
			      .action = action,
			      .till = request_param(request, "till"),
			      .key = request_header(request, "Idempotency-Key"),
			      .params = request_body(request),
			      .of = request_param(request, "payment"),
		      });
}

void api_cancel_payment(struct request *request, void *context)
{
	api_act_on_payment(request, context, ACTION_PAYMENT_CANCEL);
}

void api_show_slips(struct request *request, void *context)
{
	api_act_on_payment(request, context, ACTION_PAYMENT_SLIPS);
}

void api_print_payment_slip(struct request *request, void *context)
{
	api_act_on_payment(request, context, ACTION_SLIPS_PRINT);
}

void api_refund(struct request *request, void *context)
{
	api_act(request, context, ACTION_PAYMENT_REFUND);
}

void api_use_terminal(struct request *request, void *context)
{
	const char *kind = json_text(request_body(request), "kind");

	api_act(request, context,
		!strcmp(kind, "receipt") ? ACTION_TERMINAL_RECEIPT
					 : ACTION_TERMINAL_DAY_END);
}

void api_service_device(struct request *request, void *context)
{
	service_begin(context, api_caller(request),
		      request_param(request, "device"), request_body(request));
}

/* At the till of whoever is signed on. */
static void api_act_on_device(struct request *request, void *context,
			      enum action action)
{
	action_submit(context, api_caller(request),
		      &(struct action_call){
			      .action = action,
			      .key = request_header(request, "Idempotency-Key"),
			      .params = request_body(request),
			      .of = request_param(request, "device"),
		      });
}

void api_test_device(struct request *request, void *context)
{
	const char *test = json_text(request_body(request), "test");

	api_act_on_device(request, context,
			  strcmp(test, "drawer") ? ACTION_REPORT_TEST
						 : ACTION_DRAWER_TEST);
}

void api_release_device(struct request *request, void *context)
{
	api_act_on_device(request, context, ACTION_DEVICE_RELEASE);
}

void api_take_device(struct request *request, void *context)
{
	api_act_on_device(request, context, ACTION_DEVICE_TAKE);
}

void api_show_on_display(struct request *request, void *context)
{
	api_act(request, context, ACTION_DISPLAY_SHOW);
}

void api_clear_display(struct request *request, void *context)
{
	api_act(request, context, ACTION_DISPLAY_CLEAR);
}

void api_set_idle_text(struct request *request, void *context)
{
	idle_set(context, api_caller(request), request_param(request, "till"),
		 request_body(request));
}

void api_clear_idle_text(struct request *request, void *context)
{
	idle_set(context, api_caller(request), request_param(request, "till"),
		 NULL);
}

void api_settle_operation(struct request *request, void *context)
{
	action_submit(context, api_caller(request),
		      &(struct action_call){
			      .action = ACTION_SETTLE,
			      .till = request_param(request, "till"),
			      .params = request_body(request),
			      .of = request_param(request, "operation"),
		      });
}

void api_check(struct request *request, void *context)
{
	api_act(request, context, ACTION_CHECK);
}

void api_show_can(struct request *request, void *context)
{
	can_list(context, api_caller(request), request_param(request, "till"));
}
