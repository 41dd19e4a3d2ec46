/* SPDX-License-Identifier: Apache-2.0 */
/* What people and their programs do: rows of deeds.c. */
#ifndef TILLD_WORLD_ACTS_H
#define TILLD_WORLD_ACTS_H

#include "people.h"
#include "world.h"

typedef void act_fn(struct world *world, struct chance *chance);

/* acts_people.c */
act_fn act_sign_on, act_sign_on_by_badge, act_sign_off, act_approve, act_retry,
	act_deny, act_arm, act_give_pin, act_swipe, act_withdraw,
	act_give_token, act_revoke_token, act_list_questions, act_change_pin,
	act_change_operator, act_use_given, act_ceremony;

/* acts_till.c */
act_fn act_open_drawer, act_open_drawer_for_event, act_pay, act_cancel,
	act_settle, act_show, act_clear, act_check, act_open_session,
	act_begin_closing, act_count, act_close_session, act_lock, act_unlock,
	act_hand_over, act_end_day, act_cash, act_declare, act_balance,
	act_again, act_again_otherwise, act_leave, act_look, act_call_off,
	act_garbage, act_follow, act_end_shift;

/* acts_printer.c */
act_fn act_report_x, act_report_z, act_report_periodic, act_receipt, act_return,
	act_slip, act_print, act_print_job, act_copy, act_read_fiscal,
	act_set_clock;

/* acts_terminal.c */
act_fn act_refund, act_pay_by_telephone, act_change_mind, act_end_terminal_day,
	act_repeat_receipt, act_slips, act_print_slip, act_pay_and_cancel,
	act_service, act_wish, act_customer, act_reverse_by_hand;

/* acts_service.c */
act_fn act_test, act_test_drawer, act_release, act_take;

/* By whom, where: a token that there is (mostly), or none. */
struct actor {
	unsigned int uid;
	const char *login, *till, *token;
};

struct actor act_as(const struct signed_on *who);
struct actor act_choose(struct world *world, struct chance *chance);
struct actor act_choose_at(struct world *world, struct chance *chance,
			   const char *till);

#define ACT_PATH 160

/* "/v1/tills/2/cash": what, at the actor's till. */
void act_path(char out[ACT_PATH], const struct actor *actor, const char *what);

/* One of those that a client has heard of, of that action or any; or NULL. */
const struct known_operation *
act_known(const struct world *world, struct chance *chance, const char *action);

void act_open_session_of(struct world *world, struct chance *chance,
			 const struct actor *actor);

/* Who sells has a session, mostly: true, where one was asked for instead. */
bool act_opens_session(struct world *world, struct chance *chance,
		       const struct actor *actor);

/* "k17", a new one. Lent until the next. */
const char *act_key(struct world *world);

/* Sends what was put together: format is the body, NULL for none. */
struct ask *act_send(struct world *world, struct chance *chance,
		     const struct actor *actor, const char *method,
		     const char *path, const char *key, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

/* Most of it: "POST" to what is at the actor's till, under a new key. */
struct ask *act_post(struct world *world, struct chance *chance,
		     const struct actor *actor, const char *what,
		     const char *format, ...)
	__attribute__((format(printf, 5, 6)));

#endif
