/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handlers: one api_*.c per resource. Each turns a request into a call of core
 * and knows nothing else. All are named in the table of routes.c.
 */
#ifndef TILLD_HTTP_API_H
#define TILLD_HTTP_API_H

#include "core/caller.h"
#include "http/request.h"

/*
 * A caller whose answer goes to the request, however core's call ends. wait:
 * what "Prefer: wait=N" said.
 */
struct caller *api_caller(struct request *request);

/* The same with the wait of the query, "?wait=N", for looking at things. */
struct caller *api_caller_query(struct request *request);

/* Every handler: context is the struct core. */
void api_show_box(struct request *request, void *context);
void api_set_up(struct request *request, void *context);
void api_confirm_rollback(struct request *request, void *context);
void api_sign_on(struct request *request, void *context);
void api_show_sign_on(struct request *request, void *context);
void api_sign_off(struct request *request, void *context);
void api_list_tills(struct request *request, void *context);
void api_show_till(struct request *request, void *context);
void api_show_drawer(struct request *request, void *context);
void api_open_drawer(struct request *request, void *context);
void api_print_report(struct request *request, void *context);
void api_take_payment(struct request *request, void *context);
void api_cancel_payment(struct request *request, void *context);
void api_settle_operation(struct request *request, void *context);
void api_check(struct request *request, void *context);
void api_show_can(struct request *request, void *context);
void api_show_on_display(struct request *request, void *context);
void api_clear_display(struct request *request, void *context);
void api_show_authorization(struct request *request, void *context);
void api_arm_authorization(struct request *request, void *context);
void api_give_pin(struct request *request, void *context);
void api_approve_authorization(struct request *request, void *context);
void api_deny_authorization(struct request *request, void *context);
void api_withdraw_authorization(struct request *request, void *context);
void api_show_operation(struct request *request, void *context);
void api_call_off_operation(struct request *request, void *context);
void api_list_devices(struct request *request, void *context);
void api_show_device(struct request *request, void *context);
void api_follow_events(struct request *request, void *context);
void api_list_journal(struct request *request, void *context);
void api_export_journal(struct request *request, void *context);
void api_verify_journal(struct request *request, void *context);
void api_list_segments(struct request *request, void *context);
void api_archive_journal(struct request *request, void *context);
void api_take_backup(struct request *request, void *context);

#endif
