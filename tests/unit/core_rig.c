/* SPDX-License-Identifier: Apache-2.0 */
#include "core_rig.h"

#include "core/authorization.h"
#include "core/service.h"
#include "core/signon.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include "fault_vfs.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define RIG_COST    10
#define RIG_CLIENTS 100 /* the socket's group */

#define RIG_TECHNICIANS 101

struct core_rig rig;

/* --- devices --- */

#define RIG_CURRENCY 978 /* the euro, as the tills */

static struct driver_io *rig_ios[DEVICE_CLASSES];

static void rig_device_ready(enum device_class class, struct driver_io *io)
{
	rig_ios[class] = io;
	driver_ready(io, NULL);
}

static void rig_open_drawers(struct driver_io *io)
{
	rig_device_ready(DEVICE_DRAWER, io);
}

static void rig_open_printer(struct driver_io *io)
{
	static const struct receipt_rules rules = {
		.rates = { 2300, 800, 500, 0, RECEIPT_RATE_UNUSED,
			   RECEIPT_RATE_UNUSED, RECEIPT_RATE_UNUSED,
			   RECEIPT_RATE_UNUSED },
		.lines_max = RECEIPT_LINES_MAX,
		.money_max = RECEIPT_MONEY_MAX,
		.quantity_max = RECEIPT_QUANTITY_MAX,
		.quantity_places = 8,
		.payments = (1U << RECEIPT_PAYMENT_KINDS) - 1,
	};

	driver_rules(io, &rules);
	rig_device_ready(DEVICE_PRINTER, io);
}

static void rig_open_terminal(struct driver_io *io)
{
	driver_currency(io, RIG_CURRENCY);
	rig_device_ready(DEVICE_TERMINAL, io);
}

static void rig_open_reader(struct driver_io *io)
{
	rig_device_ready(DEVICE_READER, io);
}

static enum device_class rig_class_of(const struct driver_io *io)
{
	enum device_class class = 0;

	while (rig_ios[class] != io)
		class ++;
	return class;
}

static void rig_start(struct driver_io *io, const struct op *op)
{
	json_t *result = NULL;
	bool went_well = rig.outcome == OUTCOME_OK;

	if (op->kind == OP_TEST_INTERNAL) {
		if (rig.lingers)
			return;
		result = rig.facts ? rig_json(rig.facts) : NULL;
		driver_done(io, result ? OUTCOME_OK : OUTCOME_FAILED,
			    result ? REASON_NONE : REASON_NO_ANSWER, result);
		return;
	}
	rig.moved[rig_class_of(io)]++;
	driver_commit(io);
	if (rig.breaks)
		rig_break_disk(rig.breaks);
	if (op->kind == OP_PAYMENT && (went_well || rig.terminal))
		result = json_pack("{s:I, s:i, s:i, s:s*}", "amount",
				   op->payment.amount, "receipt", 7, "trace", 9,
				   "terminal", rig.terminal);
	if (op->kind == OP_REVERSAL)
		rig.reversal = op->reversal;
	if (rig.lingers)
		return;
	driver_done(io, rig.outcome, went_well ? REASON_NONE : REASON_NO_ANSWER,
		    result);
}

void rig_end_one(enum device_class class)
{
	bool went_well = rig.outcome == OUTCOME_OK;

	driver_done(rig_ios[class], rig.outcome,
		    went_well ? REASON_NONE : REASON_NO_ANSWER, NULL);
}

static void rig_exchange_terminal(struct driver_io *io, uint8_t letter)
{
	rig.terminal = letter == 'A' ? "52000017" : "52000099";
	driver_status(io, json_pack("{s:b, s:s, s:s}", "busy", 0, "code", "00",
				    "terminal", rig.terminal));
}

static void rig_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	while (len--) {
		uint8_t letter = *data++;
		bool online = letter != 'f', paper = letter != 'p';

		if (letter == 'n')
			rig.reports = 0;
		rig.reports += letter == 'r';
		if (letter == '0')
			driver_currency(io, 0);
		else if (letter == 'A' || letter == 'B')
			rig_exchange_terminal(io, letter);
		else if (letter == 'D' || letter == 'd')
			driver_status(io, json_pack("{s:s}", "drawer",
						    letter == 'D' ? "open"
								  : "closed"));
		else
			driver_status(io,
				      json_pack("{s:b, s:s, s:i}", "online",
						online, "paper",
						paper ? "ok" : "out",
						"daily_reports", rig.reports));
	}
}

/* Longer than any test leaves it open that does not mean to. */
static const struct driver_option rig_drawer_options[] = {
	{ .name = "open-alarm",
	  .type = DRIVER_OPTION_DURATION,
	  .otherwise = "7200000",
	  .help = "" },
	{ .name = NULL },
};

static const struct driver rig_drivers[] = {
	[DEVICE_DRAWER] = { .name = "rig-drawer",
			    .class = DEVICE_DRAWER,
			    .ops = DRIVER_OP(OP_DRAWER_OPEN) |
				   DRIVER_OP(OP_TEST_INTERNAL),
			    .state_size = 1,
			    .options = rig_drawer_options,
			    .open = rig_open_drawers,
			    .start = rig_start,
			    .input = rig_input },
	[DEVICE_PRINTER] = { .name = "rig-printer",
			     .class = DEVICE_PRINTER,
			     .ops = DRIVER_OP(OP_REPORT_X) |
				    DRIVER_OP(OP_REPORT_Z) |
				    DRIVER_OP(OP_RECEIPT) |
				    DRIVER_OP(OP_GOODS_RETURN) |
				    DRIVER_OP(OP_CASH_SLIP) |
				    DRIVER_OP(OP_PRINT_COPY) |
				    DRIVER_OP(OP_PRINT_TEXT) |
				    DRIVER_OP(OP_CLOCK_SET) |
				    DRIVER_OP(OP_TEST_INTERNAL),
			     .state_size = 1,
			     .open = rig_open_printer,
			     .start = rig_start,
			     .input = rig_input },
	[DEVICE_TERMINAL] = { .name = "rig-terminal",
			      .class = DEVICE_TERMINAL,
			      .ops = DRIVER_OP(OP_PAYMENT) |
				     DRIVER_OP(OP_REVERSAL),
			      .state_size = 1,
			      .open = rig_open_terminal,
			      .start = rig_start,
			      .input = rig_input },
	[DEVICE_READER] = { .name = "rig-reader",
			    .class = DEVICE_READER,
			    .state_size = 1,
			    .open = rig_open_reader,
			    .start = rig_start,
			    .input = rig_input },
	[DEVICE_DISPLAY] = { .name = NULL },
};

static void rig_add_device(enum device_class class)
{
	const struct device_listener listener = core_listener(rig.core);
	const struct driver *driver = &rig_drivers[class];
	const char *const tills[] = { "1", "2" };
	struct device_config config = { .name = driver->name,
					.driver = driver,
					.transport.path = "/dev/ttyS9" };

	rig.devices[class] = device_new(&config, &rig.store.fake.env,
					&rig.lines.transports, &listener);
	rig.device_lines[class] = rig.lines.last;
	core_add_device(rig.core, rig.devices[class], tills,
			class == DEVICE_READER ? 2 : 1);
	device_open(rig.devices[class]);
}

void rig_tell_device(enum device_class class, const char *letters)
{
	fake_line_input(rig.device_lines[class], letters, strlen(letters));
	rig_run();
}

void rig_swipe(const char *badge)
{
	driver_swipe(rig_ios[DEVICE_READER], badge);
}

void rig_swipe_proven(const char *badge)
{
	driver_swipe_proven(rig_ios[DEVICE_READER], badge);
}

void rig_prove(void)
{
	driver_proves(rig_ios[DEVICE_READER], true);
}

/* --- people --- */

static const char rig_policy[] =
	"{'tills':[{'id':'1','name':'Front till','currency':'EUR',"
	"  'clients':{'users':[1000,1001]}},"
	"  {'id':'2','name':'Back till','currency':'EUR',"
	"  'pin_sign_on':true,'clients':{'users':[1002]}}],"
	" 'groups':["
	"  {'id':'sell','tills':['1'],"
	"   'rights':{'cash_deposit':['read','add']}},"
	"  {'id':'lead','tills':['1'],'permissions':['drawer.open']},"
	"  {'id':'manage','tills':['1','2','@box'],"
	"   'permissions':['drawer.open','report.daily','card.cancel',"
	"   'payment.accept_unvalidated','config.access'],"
	"   'rights':{'cash_deposit':['read','add']}}],"
	" 'operators':["
	"  {'login':'anna','name':'Anna','groups':['sell'],"
	"   'password':'anna-password','badges':['" ANNAS_BADGE "']},"
	"  {'login':'piotr','name':'Piotr','groups':['lead'],"
	"   'password':'piotr-password','badges':['" PIOTRS_BADGE "']},"
	"  {'login':'maria','name':'Maria','role':'manager',"
	"   'groups':['manage'],'password':'maria-password',"
	"   'pin':'2580','badges':['" MARIAS_BADGE "']}]}";

json_t *rig_json(const char *text)
{
	char *copy = alloc_text(text);
	json_t *json;

	for (char *at = copy; *at; at++)
		if (*at == '\'')
			*at = '"';
	json = json_parse(copy, strlen(copy));
	assert_non_null(json);
	free(copy);
	return json;
}

void rig_keep_secrets(json_t *document, const struct policy *present)
{
	json_t *person;
	size_t at;

	json_array_foreach (json_object_get(document, "operators"), at,
			    person) {
		if (!policy_login(present, json_text(person, "login")))
			continue;
		json_object_del(person, "password");
		json_object_del(person, "pin");
	}
}

void rig_replace_policy(const char *text)
{
	json_t *document = rig_json(text);
	char *error = NULL;
	struct people *people;
	struct txn *txn = txn_new(rig.store.store);
	struct policy *policy;

	rig_keep_secrets(document, rig.core->policy);
	people = people_parse(document, rig.core->policy, &error);
	if (!people)
		fail_msg("%s", error);
	people_prepare(people, store_keys(rig.store.store),
		       &rig.store.fake.random, RIG_COST);
	txn_policy_replace(txn, people, policy_version(rig.core->policy));
	policy = policy_ref(people_policy(people));
	assert_int_equal(store_rig_commit(&rig.store, txn).error, 0);
	core_set_policy(rig.core, policy);
	people_free(people);
	json_decref(document);
}

void rig_change_policy(const char *what, const char *with)
{
	const char *text = rig.policy ? rig.policy : rig_policy;
	const char *at = strstr(text, what);
	char *changed;

	assert_non_null(at);
	changed = alloc_format("%.*s%s%s", (int)(at - text), text, with,
			       at + strlen(what));
	free(rig.policy);
	rig.policy = changed;
	rig_replace_policy(changed);
}

static void rig_set_up_people(void)
{
	json_t *document = rig_json(rig_policy);
	char *error = NULL;
	struct people *people = people_parse(document, NULL, &error);
	struct txn *txn;
	struct keys *keys;

	if (!people)
		fail_msg("%s", error);
	assert_int_equal(
		keys_create(rig.store.keys, &rig.store.fake.random, &keys), 0);
	people_prepare(people, keys, &rig.store.fake.random, RIG_COST);
	txn = txn_new(rig.store.store);
	txn_setup(txn, keys);
	txn_policy_replace(txn, people, 0);
	assert_int_equal(store_rig_commit(&rig.store, txn).error, 0);
	people_free(people);
	keys_free(keys);
	json_decref(document);
}

/* --- the rig --- */

static void rig_begin(void)
{
	struct core_config config = core_config_default;

	config.password_cost = RIG_COST;
	config.keys_dir = rig.store.keys;
	config.clients = RIG_CLIENTS;
	config.technicians = RIG_TECHNICIANS;
	rig.core = core_new(&config, &rig.store.fake.env, rig.store.store);
	for (enum device_class class = 0; class < DEVICE_CLASSES; class ++)
		if (rig_drivers[class].name && !rig.taken_out[class])
			rig_add_device(class);
	assert_int_equal(core_start(rig.core), 0);
	rig_advance(2000); /* till all is steady */
}

static void rig_end(void)
{
	core_settle(rig.core);
	store_rig_close(&rig.store);
	rig.core = core_free(rig.core);
	for (size_t i = 0; i < DEVICE_CLASSES; i++)
		rig.devices[i] = device_free(rig.devices[i]);
}

int rig_set_up(void **state)
{
	(void)state;
	memset(&rig, 0, sizeof(rig));
	rig.wait = -1;
	rig.uid = RIG_UID;
	rig.reports = 4;
	store_rig_init(&rig.store, NULL);
	fake_lines_init(&rig.lines, &rig.store.fake);
	assert_int_equal(store_rig_open(&rig.store), 0);
	rig_set_up_people();
	rig_begin();
	return 0;
}

int rig_tear_down(void **state)
{
	(void)state;
	rig_break_disk(0);
	rig_let_go();
	rig_end();
	for (size_t i = 0; i < rig.answers_count; i++)
		json_decref(rig.answers[i].body);
	store_rig_free(&rig.store);
	free(rig.policy);
	return 0;
}

void rig_stop(void)
{
	rig_end();
}

void rig_go_on(void)
{
	assert_int_equal(store_rig_open(&rig.store), 0);
	rig_begin();
}

void rig_restart(void)
{
	rig_stop();
	rig_go_on();
}

void rig_run(void)
{
	fake_env_run(&rig.store.fake);
}

void rig_work_once(void)
{
	assert_true(fake_env_step(&rig.store.fake));
}

void rig_advance(int64_t ms)
{
	fake_env_advance(&rig.store.fake, ms);
}

void rig_open_session(const char *token)
{
	static int opened;
	char key[24];

	snprintf(key, sizeof(key), "session-%d", ++opened);
	rig_expect(rig_act(token, ACTION_SESSION_OPEN, key, NULL,
			   "{'counted':0}"),
		   "");
}

void rig_sleep(int64_t ms)
{
	fake_env_sleep(&rig.store.fake, ms);
}

static struct {
	int stderr_kept;
	char text[4096];
} rig_log;

void rig_keep_log(void)
{
	int file = memfd_create("log", MFD_CLOEXEC);

	fflush(stderr);
	rig_log.stderr_kept = dup(STDERR_FILENO);
	assert_return_code(dup2(file, STDERR_FILENO), errno);
	close(file);
}

const char *rig_read_log(void)
{
	ssize_t len;

	fflush(stderr);
	len = pread(STDERR_FILENO, rig_log.text, sizeof(rig_log.text) - 1, 0);
	rig_log.text[len < 0 ? 0 : len] = 0;
	dup2(rig_log.stderr_kept, STDERR_FILENO);
	close(rig_log.stderr_kept);
	return rig_log.text;
}

void rig_break_disk(int code)
{
	fault_vfs_fail(code ? 1 : 0, code ? 1000000 : 0, code);
}

void rig_hold(void)
{
	rig.store.fake.hold_workers = true;
}

void rig_let_go(void)
{
	rig.store.fake.hold_workers = false;
}

/* --- callers --- */

struct rig_caller {
	struct caller caller;
	char *token;
	struct rig_answer *answer;
};

static void rig_caller_free(struct rig_caller *caller)
{
	free(caller->token);
	free(caller);
}

static void rig_told(struct caller *caller, int status, json_t *body)
{
	struct rig_caller *mine = (struct rig_caller *)caller;

	assert_false(mine->answer->told);
	mine->answer->told = true;
	mine->answer->status = status;
	mine->answer->body = body;
	rig_caller_free(mine);
}

static void rig_told_problem(struct caller *caller, enum problem problem,
			     json_t *extra)
{
	struct rig_caller *mine = (struct rig_caller *)caller;

	text_copy(mine->answer->code, sizeof(mine->answer->code),
		  problem_name(problem));
	rig_told(caller, problem_status(problem), extra);
}

static void rig_told_text(struct caller *caller, const char *etag, char *text,
			  size_t len)
{
	json_t *body = json_parse(text, len);

	assert_non_null(body);
	rig_told(caller, 200, json_put_text(body, "etag", etag));
	free(text);
}

struct caller *rig_caller(const char *token, struct rig_answer **out_answer)
{
	struct rig_caller *caller = ALLOC_NEW(struct rig_caller);

	assert_true(rig.answers_count < RIG_ANSWERS);
	caller->answer = &rig.answers[rig.answers_count++];
	caller->token = token ? alloc_text(token) : NULL;
	caller->caller = (struct caller){
		.peer = { .uid = rig.uid,
			  .gids = { RIG_TECHNICIANS },
			  .gids_count = rig.technician ? 1 : 0 },
		.token = caller->token,
		.consent = rig.consent,
		.wait = rig.wait,
		.answer = rig_told,
		.answer_problem = rig_told_problem,
		.answer_text = rig_told_text,
	};
	*out_answer = caller->answer;
	return &caller->caller;
}

void rig_expect(const struct rig_answer *answer, const char *code)
{
	rig_run();
	assert_true(answer->told);
	assert_string_equal(answer->code, code);
}

const char *rig_text(const struct rig_answer *answer, const char *field,
		     const char *inner)
{
	const json_t *at = json_object_get(answer->body, field);
	const char *text =
		json_string_value(inner ? json_object_get(at, inner) : at);

	return text ? text : "";
}

/* --- requests --- */

static json_t *rig_words(const char *login)
{
	char *password = alloc_format("%s-password", login);
	json_t *body =
		json_pack("{s:s, s:s}", "login", login, "password", password);

	free(password);
	return body;
}

struct rig_answer *rig_begin_sign_on(json_t *body)
{
	struct rig_answer *answer;
	struct caller *caller = rig_caller(NULL, &answer);

	json_put_text(body, "till", rig.till ? rig.till : "1");
	signon_create(rig.core, caller, body);
	json_decref(body);
	return answer;
}

struct rig_answer *rig_try_sign_on(const char *login)
{
	return rig_begin_sign_on(rig_words(login));
}

struct rig_answer *rig_try_password(const char *login, const char *password)
{
	return rig_begin_sign_on(
		json_pack("{s:s, s:s}", "login", login, "password", password));
}

struct rig_answer *rig_try_sign_on_by_badge(void)
{
	return rig_begin_sign_on(json_pack("{s:b}", "badge", 1));
}

const char *rig_sign_on(const char *login)
{
	struct rig_answer *answer = rig_try_sign_on(login);
	char *token = rig.tokens[rig.tokens_count++];

	rig_expect(answer, "");
	text_copy(token, sizeof(rig.tokens[0]),
		  json_text(answer->body, "token"));
	return token;
}

/* As if at till 2, by a client of that. */
const char *rig_sign_on_at_back(const char *login)
{
	const char *token;

	rig.till = "2";
	rig.uid = RIG_UID_BACK;
	token = rig_sign_on(login);
	rig.till = NULL;
	rig.uid = RIG_UID;
	return token;
}

const char *rig_sign_on_by_badge(const char *badge)
{
	struct rig_answer *answer = rig_try_sign_on_by_badge();
	char *token = rig.tokens[rig.tokens_count++];

	rig_advance(1100);
	rig_swipe(badge);
	rig_expect(answer, "");
	text_copy(token, sizeof(rig.tokens[0]),
		  json_text(answer->body, "token"));
	return token;
}

struct rig_answer *rig_who_am_i(const char *token)
{
	struct rig_answer *answer;

	signon_show(rig.core, rig_caller(token, &answer));
	return answer;
}

struct rig_answer *rig_sign_off(const char *token)
{
	struct rig_answer *answer;

	signon_end(rig.core, rig_caller(token, &answer));
	return answer;
}

struct rig_answer *rig_act(const char *token, enum action action,
			   const char *key, const char *of,
			   const char *parameters)
{
	struct rig_answer *answer;
	struct caller *caller = rig_caller(token, &answer);
	json_t *params = rig_json(parameters);

	action_submit(rig.core, caller,
		      &(struct action_call){ .action = action,
					     .till = "1",
					     .key = key,
					     .params = params,
					     .of = of });
	json_decref(params);
	return answer;
}

struct rig_answer *rig_administer(const char *token, enum action action,
				  const char *key, const char *parameters,
				  const char *text)
{
	struct rig_answer *answer;
	struct caller *caller = rig_caller(token, &answer);
	struct action_call call = { .action = action, .key = key };
	json_t *params = rig_json(parameters), *document;

	call.params = params;
	if (text) {
		document = rig_json(text);
		call.text = json_line(document);
		call.text_len = strlen(call.text);
		json_decref(document);
	}
	action_submit(rig.core, caller, &call);
	json_decref(params);
	return answer;
}

struct rig_answer *rig_open_drawer(const char *token, const char *key)
{
	return rig_act(token, ACTION_DRAWER_OPEN, key, NULL,
		       "{'reason':'change'}");
}

struct rig_answer *rig_act_on(const char *token, enum action action,
			      const char *key, const char *device,
			      const char *parameters)
{
	json_t *params = rig_json(parameters);
	struct rig_answer *answer;

	action_submit(rig.core, rig_caller(token, &answer),
		      &(struct action_call){ .action = action,
					     .key = key,
					     .params = params,
					     .of = device });
	json_decref(params);
	return answer;
}

struct rig_answer *rig_serve(const char *device, const char *task)
{
	json_t *body = json_put_text(json_make(), "task", task);
	struct rig_answer *answer;

	service_begin(rig.core, rig_caller(NULL, &answer), device, body);
	json_decref(body);
	return answer;
}

struct rig_answer *rig_print_z(const char *token, const char *key)
{
	return rig_act(token, ACTION_REPORT_Z, key, NULL, "{}");
}

struct rig_answer *rig_settle(const char *token, const char *operation,
			      const char *outcome)
{
	char *parameters =
		alloc_format("{'outcome':'%s','reason':'looked'}", outcome);
	struct rig_answer *answer =
		rig_act(token, ACTION_SETTLE, NULL, operation, parameters);

	free(parameters);
	return answer;
}

static struct rig_answer *rig_say(const char *id, const char *login,
				  bool approve)
{
	struct rig_answer *answer;
	struct caller *caller = rig_caller(NULL, &answer);
	json_t *body = rig_words(login);

	authorization_answer(rig.core, caller, id, body, approve);
	json_decref(body);
	return answer;
}

struct rig_answer *rig_approve(const char *id, const char *login)
{
	return rig_say(id, login, true);
}

struct rig_answer *rig_deny(const char *id, const char *login)
{
	return rig_say(id, login, false);
}

struct rig_answer *rig_withdraw(const char *token, const char *id)
{
	struct rig_answer *answer;

	authorization_withdraw(rig.core, rig_caller(token, &answer), id);
	return answer;
}

struct rig_answer *rig_look_at(const char *id)
{
	struct rig_answer *answer;

	authorization_show(rig.core, rig_caller(NULL, &answer), id);
	return answer;
}

const char *rig_ask(const char *token, const char *key)
{
	struct rig_answer *answer = rig_open_drawer(token, key);

	rig_expect(answer, "authorization-required");
	return rig_text(answer, "authorization", "id");
}

size_t rig_size(const struct rig_answer *answer, const char *list)
{
	return json_array_size(json_object_get(answer->body, list));
}

const char *rig_text_of(const struct rig_answer *answer, const char *list,
			size_t at, const char *field, const char *inner)
{
	const json_t *row =
		json_array_get(json_object_get(answer->body, list), at);
	const json_t *value = json_object_get(row, field);
	const char *text = json_string_value(
		inner ? json_object_get(value, inner) : value);

	return text ? text : "";
}

/* --- what there is --- */

int rig_count(const char *kind)
{
	char *text = store_rig_export(&rig.store), *at = text;
	char *wanted = alloc_format("\"kind\":\"%s\"", kind);
	int count = 0;

	while ((at = strstr(at, wanted))) {
		count++;
		at++;
	}
	free(wanted);
	free(text);
	return count;
}
