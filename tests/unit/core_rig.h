/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The product in virtual time: core on a store whose disk fails when a test
 * says so, with a till "1", and devices there that do at once as they are told;
 * it shares its badge reader with a till "2".
 * Anna may sell there and cancel nothing, Piotr may open the drawer, Maria may
 * do anything, also at till "2"; each one's password is the login and
 * "-password".
 *
 *	const char *anna = rig_sign_on("anna");
 *	struct rig_answer *answer = rig_open_drawer(anna, "key");
 *
 *	rig_run();
 *	assert_string_equal(answer->code, "authorization-required");
 */
#ifndef TILLD_TESTS_CORE_RIG_H
#define TILLD_TESTS_CORE_RIG_H

#include "core/action.h"
#include "core/core_private.h"

#include "fake_transport.h"
#include "store_rig.h"

#define RIG_UID	     1000
#define RIG_UID_BACK 1002 /* may act for till 2 alone */
#define RIG_ANSWERS  96

#define ANNAS_BADGE  "em4100:62e3086ced"
#define PIOTRS_BADGE "em4100:04184edcba"
#define MARIAS_BADGE "em4100:0110185c5b"

struct rig_answer {
	bool told;
	int status;
	char code[40]; /* of a problem; else "" */
	json_t *body;  /* or the problem's extra fields; may be NULL */
};

struct core_rig {
	struct store_rig store;
	struct fake_lines lines;
	struct core *core;
	struct device *devices[DEVICE_CLASSES];
	struct fake_line *device_lines[DEVICE_CLASSES];
	struct rig_answer answers[RIG_ANSWERS];
	size_t answers_count;
	char tokens[RIG_ANSWERS][64];
	size_t tokens_count;
	int moved[DEVICE_CLASSES]; /* how often something was begun */
	enum outcome outcome;	   /* of what is begun from now on */
	bool lingers;	      /* what is begun goes on until rig_end_one() */
	int breaks;	      /* the disk, once something was begun */
	const char *facts;    /* what devices tell when they are tested */
	int reports;	      /* that the printer has made */
	const char *terminal; /* which one is there; NULL: it never tells */
	struct op_reversal reversal;	/* what was to be reversed last */
	bool technician;		/* whoever makes requests from now on */
	int wait;			/* of the requests made from now on */
	uid_t uid;			/* whose they are */
	const char *till;		/* where one signs on; NULL: at 1 */
	bool taken_out[DEVICE_CLASSES]; /* of the configuration */
	const char *consent; /* a token that comes with them; NULL: none */
	char *policy;	     /* as changed; NULL: as set up */
};

extern struct core_rig rig;

int rig_set_up(void **state);
int rig_tear_down(void **state);

/* A session at till 1 of whoever signed on with it, without any cash. */
void rig_open_session(const char *token);

/* What is left after a restart: all that was not on disk is gone. */
void rig_restart(void);
void rig_stop(void); /* its two halves */
void rig_go_on(void);

void rig_run(void);
void rig_work_once(void); /* one turn of a worker, or one timer */
void rig_advance(int64_t ms);
void rig_sleep(int64_t ms); /* the whole box: timers stand still */

/* Whoever is there already keeps password and PIN: given anew they would end
 * their sign-ons. Changes the document. */
void rig_keep_secrets(json_t *document, const struct policy *present);

/* Puts another policy in force, as an administrator would: all of its text, or
 * that of the one that stands with one thing (its first place) in it replaced;
 * both in single quotation marks. */
void rig_replace_policy(const char *text);
void rig_change_policy(const char *what, const char *with);

/* From now on every write fails, like SQLite's code says; 0: none does. */
void rig_break_disk(int code);

/* Keeps what the log says from now on, until it is read: good until the test
 * ends. */
void rig_keep_log(void);
const char *rig_read_log(void);

/* Work for disk and password hashing stays where it is, and goes on. */
void rig_hold(void);
void rig_let_go(void);

/* --- requests; the loop is run only where something is asserted --- */

/* One who asks, with a token or NULL; answered into what comes out. */
struct caller *rig_caller(const char *token, struct rig_answer **out_answer);

/* Signs on, and asserts that it went well. Returns the token. */
const char *rig_sign_on(const char *login);

const char *rig_sign_on_at_back(const char *login);
const char *rig_sign_on_by_badge(const char *badge);

struct rig_answer *rig_try_sign_on(const char *login);
struct rig_answer *rig_try_password(const char *login, const char *password);
struct rig_answer *rig_try_sign_on_by_badge(void);
/* With what the body says besides the till (stolen). */
struct rig_answer *rig_begin_sign_on(json_t *body);
struct rig_answer *rig_who_am_i(const char *token);
struct rig_answer *rig_sign_off(const char *token);
struct rig_answer *rig_act(const char *token, enum action action,
			   const char *key, const char *of,
			   const char *parameters);
/* Of what belongs to no till; text: a body that is JSON, or NULL. */
struct rig_answer *rig_administer(const char *token, enum action action,
				  const char *key, const char *parameters,
				  const char *text);
struct rig_answer *rig_open_drawer(const char *token, const char *key);
/* Of the device of that name, at the till where one signed on. */
struct rig_answer *rig_act_on(const char *token, enum action action,
			      const char *key, const char *device,
			      const char *parameters);
struct rig_answer *rig_serve(const char *device, const char *task);
struct rig_answer *rig_print_z(const char *token, const char *key);
struct rig_answer *rig_settle(const char *token, const char *operation,
			      const char *outcome);
struct rig_answer *rig_approve(const char *id, const char *login);
struct rig_answer *rig_deny(const char *id, const char *login);
struct rig_answer *rig_withdraw(const char *token, const char *id);
struct rig_answer *rig_look_at(const char *id);

/* JSON in single quotation marks; asserts that it is that. New. */
json_t *rig_json(const char *text);

/* Here and below: of core_rig_consent.c. secret: "{'password':'...'}" or a pin,
 * of whose sign-on the token is. */
struct rig_answer *rig_answer_from(const char *token, const char *id,
				   const char *secret, bool approve);
struct rig_answer *rig_arm(const char *token, const char *id);
struct rig_answer *rig_give_pin(const char *token, const char *id,
				const char *pin);
struct rig_answer *rig_list_questions(const char *token, const char *till);
struct rig_answer *rig_list_supervisors(const char *id, const char *phrase);

/* Consents in advance; what: the body. To bring one along: rig.consent. */
struct rig_answer *rig_give(const char *token, const char *what);
struct rig_answer *rig_revoke(const char *token, const char *id);
struct rig_answer *rig_list_tokens(const char *token);

struct rig_answer *rig_list_sign_ons(const char *token);
struct rig_answer *rig_end_sign_on(const char *token, const char *id);
struct rig_answer *rig_list_guesses(const char *token);
struct rig_answer *rig_clear_guesses(const char *token, const char *subject);

/* Runs, and asserts how it was answered: a problem's code or, for what went
 * well, "". */
void rig_expect(const struct rig_answer *answer, const char *code);

/* Its body's text, of a field or (an "operation"'s "outcome") of one's field;
 * "" if it has none. */
const char *rig_text(const struct rig_answer *answer, const char *field,
		     const char *inner);

/* The same of a list in it: how long that is, and what stands in a row. */
size_t rig_size(const struct rig_answer *answer, const char *list);
const char *rig_text_of(const struct rig_answer *answer, const char *list,
			size_t at, const char *field, const char *inner);

/* Asks for the drawer (which has to be refused), and returns the question's
 * id. */
const char *rig_ask(const char *token, const char *key);

/* --- what there is --- */

/* What lingers at that device ends, as rig.outcome says. */
void rig_end_one(enum device_class class);

/* Letters to a device: o online, f offline, p no paper, P paper, r one more
 * daily report, n it is new and has made none; of a drawer: d closed, D open;
 * of a terminal: 0, it works in a currency of that number; A or B, which one is
 * there now (52000017, 52000099). */
void rig_tell_device(enum device_class class, const char *letters);
void rig_swipe(const char *badge);
/* A card that has proved itself, and: the reader can have cards do that. */
void rig_swipe_proven(const char *badge);
void rig_prove(void);

/* How many journal entries of that kind there are. */
int rig_count(const char *kind);

#endif
