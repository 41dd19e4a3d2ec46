/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handlers: one api_*.c per resource. Each turns a request into a call of core
 * and knows nothing else. All are named in the table of routes.c.
 */
#ifndef TILLD_HTTP_API_H
#define TILLD_HTTP_API_H

#include "core/caller.h"
#include "http/request.h"

/* Bodies: of a whole policy with POLICY_OPERATORS_MAX people, and of one of
 * its parts. */
#define API_POLICY_MAX ((int64_t)8 * 1024 * 1024)
#define API_PART_MAX   ((int64_t)64 * 1024)

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
void api_change_password(struct request *request, void *context);
void api_change_pin(struct request *request, void *context);
void api_recover(struct request *request, void *context);
void api_apply_bundle(struct request *request, void *context);
void api_list_sign_ons(struct request *request, void *context);
void api_revoke_sign_on(struct request *request, void *context);
void api_list_guesses(struct request *request, void *context);
void api_clear_guesses(struct request *request, void *context);
void api_list_tills(struct request *request, void *context);
void api_show_till(struct request *request, void *context);
void api_show_drawer(struct request *request, void *context);
void api_open_drawer(struct request *request, void *context);
void api_print_report(struct request *request, void *context);
void api_issue_receipt(struct request *request, void *context);
void api_issue_invoice(struct request *request, void *context);
void api_return(struct request *request, void *context);
void api_print_slip(struct request *request, void *context);
void api_print_text(struct request *request, void *context);
void api_print_job(struct request *request, void *context);
void api_print_copies(struct request *request, void *context);
void api_read_fiscal(struct request *request, void *context);
void api_set_clock(struct request *request, void *context);
void api_take_payment(struct request *request, void *context);
void api_cancel_payment(struct request *request, void *context);
void api_show_slips(struct request *request, void *context);
void api_print_payment_slip(struct request *request, void *context);
void api_refund(struct request *request, void *context);
void api_use_terminal(struct request *request, void *context);
void api_service_device(struct request *request, void *context);
void api_test_device(struct request *request, void *context);
void api_release_device(struct request *request, void *context);
void api_take_device(struct request *request, void *context);
void api_settle_operation(struct request *request, void *context);
void api_show_session(struct request *request, void *context);
void api_list_sessions(struct request *request, void *context);
void api_open_session(struct request *request, void *context);
void api_report_session(struct request *request, void *context);
void api_begin_closing(struct request *request, void *context);
void api_count_session(struct request *request, void *context);
void api_close_session(struct request *request, void *context);
void api_lock_session(struct request *request, void *context);
void api_unlock_session(struct request *request, void *context);
void api_hand_session_over(struct request *request, void *context);
void api_end_day(struct request *request, void *context);
void api_show_balance(struct request *request, void *context);
void api_move_cash(struct request *request, void *context);
void api_declare(struct request *request, void *context);
void api_check(struct request *request, void *context);
void api_show_can(struct request *request, void *context);
void api_show_on_display(struct request *request, void *context);
void api_clear_display(struct request *request, void *context);
void api_set_idle_text(struct request *request, void *context);
void api_clear_idle_text(struct request *request, void *context);
void api_list_authorizations(struct request *request, void *context);
void api_give_token(struct request *request, void *context);
void api_list_tokens(struct request *request, void *context);
void api_revoke_token(struct request *request, void *context);
void api_list_supervisors(struct request *request, void *context);
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
void api_show_status(struct request *request, void *context);
void api_show_trace(struct request *request, void *context);
void api_follow_events(struct request *request, void *context);
void api_show_policy(struct request *request, void *context);
void api_replace_policy(struct request *request, void *context);
void api_explain_policy(struct request *request, void *context);
void api_lint_policy(struct request *request, void *context);
void api_list_operators(struct request *request, void *context);
void api_show_operator(struct request *request, void *context);
void api_put_operator(struct request *request, void *context);
void api_remove_operator(struct request *request, void *context);
void api_erase_operator(struct request *request, void *context);
void api_set_password(struct request *request, void *context);
void api_set_pin(struct request *request, void *context);
void api_enroll_badge(struct request *request, void *context);
void api_put_badge(struct request *request, void *context);
void api_remove_badge(struct request *request, void *context);
void api_list_groups(struct request *request, void *context);
void api_show_group(struct request *request, void *context);
void api_put_group(struct request *request, void *context);
void api_remove_group(struct request *request, void *context);
void api_show_till_policy(struct request *request, void *context);
void api_put_till(struct request *request, void *context);
void api_remove_till(struct request *request, void *context);
void api_list_journal(struct request *request, void *context);
void api_export_journal(struct request *request, void *context);
void api_verify_journal(struct request *request, void *context);
void api_list_segments(struct request *request, void *context);
void api_archive_journal(struct request *request, void *context);
void api_take_backup(struct request *request, void *context);

#endif
