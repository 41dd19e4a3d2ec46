/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions, business days and cash. */
#include "core/action.h"
#include "core/session.h"
#include "http/api.h"
#include "util/json.h"

#include <string.h>

#define API_SESSIONS_LIMIT 20

static void api_session(struct request *request, void *context,
			enum action action)
{
	action_submit(context, api_caller(request),
		      &(struct action_call){
			      .action = action,
			      .till = request_param(request, "till"),
			      .key = request_header(request, "Idempotency-Key"),
			      .params = request_body(request),
			      .of = request_param(request, "session"),
		      });
}

void api_show_session(struct request *request, void *context)
{
	session_show(context, api_caller(request),
		     request_param(request, "till"));
}

void api_list_sessions(struct request *request, void *context)
{
	const json_t *query = request_query(request);

	session_list(context, api_caller(request),
		     request_param(request, "till"),
		     json_int(query, "before", 0),
		     json_int(query, "limit", API_SESSIONS_LIMIT));
}

void api_report_session(struct request *request, void *context)
{
	api_session(request, context, ACTION_SESSION_REPORT);
}

void api_open_session(struct request *request, void *context)
{
	api_session(request, context, ACTION_SESSION_OPEN);
}

void api_begin_closing(struct request *request, void *context)
{
	api_session(request, context, ACTION_SESSION_CLOSING);
}

void api_count_session(struct request *request, void *context)
{
	api_session(request, context, ACTION_SESSION_COUNT);
}

void api_close_session(struct request *request, void *context)
{
	api_session(request, context, ACTION_SESSION_CLOSE);
}

void api_lock_session(struct request *request, void *context)
{
	api_session(request, context, ACTION_SESSION_LOCK);
}

void api_unlock_session(struct request *request, void *context)
{
	api_session(request, context, ACTION_SESSION_UNLOCK);
}

void api_hand_session_over(struct request *request, void *context)
{
	api_session(request, context, ACTION_SESSION_HAND_OVER);
}

void api_end_day(struct request *request, void *context)
{
	api_session(request, context, ACTION_DAY_END);
}

void api_show_balance(struct request *request, void *context)
{
	api_session(request, context, ACTION_BALANCE);
}

void api_move_cash(struct request *request, void *context)
{
	const char *direction = json_text(request_body(request), "direction");

	api_session(request, context,
		    !strcmp(direction, "in") ? ACTION_CASH_IN
					     : ACTION_CASH_OUT);
}

void api_declare(struct request *request, void *context)
{
	api_session(request, context, ACTION_DECLARE);
}
