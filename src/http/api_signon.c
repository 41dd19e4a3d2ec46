/* SPDX-License-Identifier: Apache-2.0 */
/* Signing on and off, and what goes wrong with that. */
#include "core/guess.h"
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

void api_list_sign_ons(struct request *request, void *context)
{
	signon_list(context, api_caller(request));
}

void api_revoke_sign_on(struct request *request, void *context)
{
	signon_revoke(context, api_caller(request),
		      request_param(request, "signon"));
}

/* --- wrong tries --- */

void api_list_guesses(struct request *request, void *context)
{
	guess_list(context, api_caller(request));
}

void api_clear_guesses(struct request *request, void *context)
{
	guess_clear(context, api_caller(request),
		    request_param(request, "subject"));
}
