/* SPDX-License-Identifier: Apache-2.0 */
/* Operations, by their id. */
#include "core/operation.h"
#include "http/api.h"

void api_show_operation(struct request *request, void *context)
{
	operation_show(context, api_caller_query(request),
		       request_param(request, "operation"));
}

void api_call_off_operation(struct request *request, void *context)
{
	operation_call_off(context, api_caller(request),
			   request_param(request, "operation"));
}
