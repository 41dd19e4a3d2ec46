/* SPDX-License-Identifier: Apache-2.0 */
/* Signing on and off. */
#include "core/signon.h"
#include "http/api.h"

void api_sign_on(struct request *request, void *context)
{
	signon_create(context, api_caller(request), request_body(request));
}

void api_show_sign_on(struct request *request, void *context)
{
	signon_show(context, api_caller(request));
}

void api_sign_off(struct request *request, void *context)
{
	signon_end(context, api_caller(request));
}
