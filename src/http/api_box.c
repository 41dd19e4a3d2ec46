/* SPDX-License-Identifier: Apache-2.0 */
/* The box: what it is, its set-up, its tills and devices. */
#include "core/core.h"
#include "core/recover.h"
#include "core/status.h"
#include "core/wiretap.h"
#include "http/api.h"
#include "util/json.h"

#define API_TRACE_LIMIT 200 /* where the query says nothing */

void api_show_box(struct request *request, void *context)
{
	core_describe(context, api_caller(request));
}

void api_set_up(struct request *request, void *context)
{
	size_t len;
	char *text = request_take_text(request, &len);

	core_set_up(context, api_caller(request), text, len);
}

void api_confirm_rollback(struct request *request, void *context)
{
	core_confirm_rollback(context, api_caller(request),
			      json_text(request_body(request), "reason"));
}

void api_recover(struct request *request, void *context)
{
	core_recover(context, api_caller(request), request_body(request));
}

void api_list_tills(struct request *request, void *context)
{
	core_list_tills(context, api_caller(request));
}

void api_show_till(struct request *request, void *context)
{
	core_show_till(context, api_caller(request),
		       request_param(request, "till"));
}

void api_show_drawer(struct request *request, void *context)
{
	core_show_drawer(context, api_caller(request),
			 request_param(request, "till"));
}

void api_list_devices(struct request *request, void *context)
{
	core_list_devices(context, api_caller(request));
}

void api_show_device(struct request *request, void *context)
{
	core_show_device(context, api_caller(request),
			 request_param(request, "device"));
}

void api_show_trace(struct request *request, void *context)
{
	const json_t *query = request_query(request);

	wiretap_show(context, api_caller_query(request),
		     request_param(request, "device"),
		     json_int(query, "after", -1),
		     (size_t)json_int(query, "limit", API_TRACE_LIMIT));
}

void api_show_status(struct request *request, void *context)
{
	status_show(context, api_caller(request));
}
