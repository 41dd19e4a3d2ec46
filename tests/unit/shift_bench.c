/* SPDX-License-Identifier: Apache-2.0 */
#include "shift_bench.h"

#include "core/authorization.h"
#include "core/events.h"
#include "core/signon.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/json.h"
#include "util/text.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* %s: options of till 1 */
static const char bench_policy[] =
	"{'tills':["
	" {'id':'1','name':'Front till','currency':'EUR',%s"
	"  'clients':{'users':[1000,1001]}},"
	" {'id':'2','name':'Back till','currency':'EUR',"
	"  'clients':{'users':[1000,1001]}}],"
	"'groups':["
	" {'id':'sell','tills':['1','2'],"
	"  'rights':{'cash_deposit':['read','add'],'cash_report':['read']}},"
	" {'id':'close','tills':['1'],'permissions':['shift.end_difference']},"
	" {'id':'lead','tills':['1','2'],'permissions':["
	"  'shift.start_difference','shift.end_difference','day.end',"
	"  'shift.end_without_withdrawal','balance.preview',"
	"  'balance.exceed_limit','refund.validate','report.daily'],"
	"  'rights':{'cash_deposit':['read','add'],'cash_report':['read'],"
	"   'cash_withdrawal':['read','add']}},"
	" {'id':'admin','tills':['@box'],'permissions':['config.access']}],"
	"'operators':["
	" {'login':'anna','name':'Anna','groups':['sell'],"
	"  'password':'anna-password'},"
	" {'login':'bea','name':'Bea','groups':['sell'],"
	"  'password':'bea-password','restricted':true,"
	"  'view_tills':['1','2'],'access_tills':['1','2'],"
	"  'no_foreign_session':true,'single_session':true},"
	" {'login':'carl','name':'Carl','groups':['sell'],"
	"  'password':'carl-password','restricted':true,"
	"  'view_tills':[],'access_tills':['1']},"
	" {'login':'dora','name':'Dora','groups':['sell'],"
	"  'password':'dora-password','restricted':true,"
	"  'view_tills':['1'],'access_tills':['2']},"
	" {'login':'lena','name':'Lena','groups':['sell'],"
	"  'password':'lena-password','restricted':false,"
	"  'view_tills':[],'access_tills':[],"
	"  'no_foreign_session':true,'single_session':true},"
	" {'login':'nix','name':'Nix','groups':[],"
	"  'password':'nix-password'},"
	" {'login':'piotr','name':'Piotr','groups':['lead'],"
	"  'password':'piotr-password'},"
	" {'login':'wanda','name':'Wanda','groups':['sell','close'],"
	"  'password':'wanda-password'},"
	" {'login':'maria','name':'Maria','role':'manager',"
	"  'groups':['lead','admin'],'password':'maria-password'},"
	" {'login':'karl','name':'Karl','role':'manager','groups':[],"
	"  'password':'karl-password','restricted':true,"
	"  'view_tills':[],'access_tills':[],"
	"  'no_foreign_session':true,'single_session':true}]}";

static struct {
	char *policy;
	char ids[RIG_ANSWERS][RANDOM_ID_SIZE];
	size_t ids_count;
	int keys;
	struct buf told;
	struct subscription *events;
} bench;

/* --- the policy --- */

void bench_set_options(const char *options)
{
	const char *at = strstr(bench_policy, "%s");

	free(bench.policy);
	bench.policy = alloc_format("%.*s%s%s", (int)(at - bench_policy),
				    bench_policy, options, at + 2);
	rig_replace_policy(bench.policy);
}

void bench_change_policy(const char *what, const char *with)
{
	struct buf changed = BUF_INIT(1 << 20);
	const char *from = bench.policy, *at;

	assert_non_null(strstr(from, what));
	while ((at = strstr(from, what))) {
		buf_add(&changed, from, (size_t)(at - from));
		buf_add_text(&changed, with);
		from = at + strlen(what);
	}
	buf_add(&changed, from, strlen(from) + 1);
	free(bench.policy);
	bench.policy = (char *)changed.data;
	rig_replace_policy(bench.policy);
}

/* --- the bench --- */

static void bench_event_told(void *arg, int64_t seq, const char *type,
			     const char *line, size_t len)
{
	(void)arg;
	(void)seq;
	(void)type;
	buf_add(&bench.told, line, len);
	buf_add_text(&bench.told, "\n");
}

int bench_set_up(void **state)
{
	const struct follower who = { .peer.uid = RIG_UID };
	const struct subscriber subscriber = { .event = bench_event_told };

	rig_set_up(state);
	memset(&bench, 0, sizeof(bench));
	bench.told = (struct buf)BUF_INIT(1 << 20);
	bench_set_options("");
	bench.events = events_subscribe(rig.core, &who, NULL, -1, &subscriber);
	return 0;
}

int bench_tear_down(void **state)
{
	events_unsubscribe(bench.events);
	rig_tear_down(state);
	buf_free(&bench.told);
	free(bench.policy);
	return 0;
}

char *bench_told(void)
{
	struct buf all = BUF_INIT(1 << 20);

	buf_add(&all, bench.told.data, bench.told.len);
	for (size_t i = 0; i < rig.answers_count; i++) {
		char *line = rig.answers[i].body
				     ? json_line(rig.answers[i].body)
				     : alloc_text("");

		buf_add_text(&all, line);
		buf_add_text(&all, "\n");
		free(line);
	}
	assert_false(all.failed);
	buf_add(&all, "", 1);
	return (char *)all.data; /* the caller's */
}

void bench_forget(void)
{
	rig_run();
	for (size_t i = 0; i < rig.answers_count; i++) {
		assert_true(rig.answers[i].told);
		json_decref(rig.answers[i].body);
		rig.answers[i] = (struct rig_answer){ 0 };
	}
	rig.answers_count = 0;
}

/* --- requests --- */

const char *bench_sign_on(const char *login, const char *till)
{
	char *token = rig.tokens[rig.tokens_count++];
	char *password = alloc_format("%s-password", login);
	json_t *body = json_pack("{s:s, s:s, s:s}", "till", till, "login",
				 login, "password", password);
	struct rig_answer *answer;

	signon_create(rig.core, rig_caller(NULL, &answer), body);
	json_decref(body);
	free(password);
	rig_run();
	if (answer->status != 201)
		return answer->code;
	text_copy(token, sizeof(rig.tokens[0]),
		  json_text(answer->body, "token"));
	return token;
}

struct rig_answer *bench_do_at(const char *token, const char *till,
			       enum action action, const char *key,
			       const char *of, const char *parameters)
{
	json_t *params = rig_json(parameters);
	struct rig_answer *answer;
	char fresh[16];

	snprintf(fresh, sizeof(fresh), "key-%d", ++bench.keys);
	action_submit(rig.core, rig_caller(token, &answer),
		      &(struct action_call){ .action = action,
					     .till = till,
					     .key = key ? key : fresh,
					     .params = params,
					     .of = of });
	json_decref(params);
	return answer;
}

struct rig_answer *bench_do(const char *token, enum action action,
			    const char *of, const char *parameters)
{
	return bench_do_at(token, "1", action, NULL, of, parameters);
}

static struct rig_answer *bench_with(const char *token, enum action action,
				     const char *of, const char *format,
				     int64_t amount)
{
	char parameters[80];

	snprintf(parameters, sizeof(parameters), "{%s:%" PRId64 "}", format,
		 amount);
	return bench_do(token, action, of, parameters);
}

struct book *bench_book(void)
{
	return book_of(rig.core, "1");
}

struct rig_answer *bench_open(const char *token, int64_t counted)
{
	return bench_with(token, ACTION_SESSION_OPEN, NULL, "'counted'",
			  counted);
}

struct rig_answer *bench_count(const char *token, int64_t counted)
{
	return bench_with(token, ACTION_SESSION_COUNT, bench_book()->session.id,
			  "'counted'", counted);
}

struct rig_answer *bench_close(const char *token, int64_t withdrawal)
{
	return bench_with(token, ACTION_SESSION_CLOSE, bench_book()->session.id,
			  "'withdrawal'", withdrawal);
}

struct rig_answer *bench_end_day(const char *token, const char *parameters)
{
	return bench_do(token, ACTION_DAY_END, NULL, parameters);
}

struct rig_answer *bench_cash(const char *token, enum action action,
			      int64_t amount)
{
	return bench_with(token, action, NULL,
			  action == ACTION_DECLARE
				  ? "'kind':'sale','amount'"
				  : "'reason':'change','amount'",
			  amount);
}

struct rig_answer *bench_event(const char *token, const char *operation)
{
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "{'event':'%s'}", operation);
	return bench_do(token, ACTION_DRAWER_OPEN, NULL, parameters);
}

struct rig_answer *bench_consented(const char *token, enum action action,
				   const char *of, const char *parameters)
{
	struct rig_answer *answer;
	char key[24];

	snprintf(key, sizeof(key), "consent-%d", ++bench.keys);
	answer = bench_do_at(token, "1", action, key, of, parameters);
	rig_expect(answer, "authorization-required");
	rig_expect(rig_approve(rig_text(answer, "authorization", "id"),
			       "piotr"),
		   "");
	answer = bench_do_at(token, "1", action, key, of, parameters);
	rig_expect(answer, "");
	return answer;
}

const char *bench_begun(const char *token, int64_t counted)
{
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "{'counted':%" PRId64 "}",
		 counted);
	if (counted == bench_book()->balance)
		rig_expect(bench_open(token, counted), "");
	else
		bench_consented(token, ACTION_SESSION_OPEN, NULL, parameters);
	text_copy(bench.ids[bench.ids_count], RANDOM_ID_SIZE,
		  bench_book()->session.id);
	return bench.ids[bench.ids_count++];
}

/* --- answers --- */

const char *bench_missing(const struct rig_answer *answer)
{
	static char text[512];
	const json_t *missing = json_object_get(answer->body, "missing");
	json_t *item;
	size_t i;

	*text = 0;
	json_array_foreach (missing, i, item) {
		strcat(text, i ? "," : "");
		strcat(text, json_text(item, "id"));
	}
	return text;
}

const char *bench_id(const struct rig_answer *answer)
{
	text_copy(bench.ids[bench.ids_count], RANDOM_ID_SIZE,
		  rig_text(answer, "id", NULL));
	return bench.ids[bench.ids_count++];
}
