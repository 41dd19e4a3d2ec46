/* SPDX-License-Identifier: Apache-2.0 */
/* Signing on and off. */
#include "core/own_secret.h"
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

void api_change_password(struct request *request, void *context)
{
	own_secret_change(context, api_caller(request), SECRET_PASSWORD,
			  request_body(request));
}

void api_change_pin(struct request *request, void *context)
{
	own_secret_change(context, api_caller(request), SECRET_PIN,
			  request_body(request));
}
