/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that may go wrong with every command of a receipt, a goods return,
 * a slip of text and a daily report, on the simulator's printer in virtual
 * time. Each cell has its outcome; and whatever happens, what is told as done
 * is on paper once, what is told as not done is not, and nothing is left open
 * behind.
 */
#include "posnet_world.h"
#include "receipt_maker.h"

#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define MINUTE	     60000

/* Where a command stands to the one that decides. */
enum place { BEFORE, DECIDES, BEHIND, PLACES };

/* --- what goes wrong --- */

enum deed {
	DO_VERB,      /* the printer is told, as the command is on its way */
	KILL_BEFORE,  /* the daemon, and the command does not get there */
	KILL_AFTER,   /* the daemon, and the reply comes too late */
	CABLE_BEFORE, /* pulled, and plugged in again after a while */
	CABLE_AFTER,
};

struct fault {
	const char *name;
	enum deed deed;
	const char *verb;  /* "%s" is the command */
	const char *later; /* what others do before the driver is back */
	int meddling;	   /* which of those it is, see struct paper */
	bool waits;	   /* until somebody helps: */
	const char *help;
	enum outcome outcome[PLACES];
};

#define OK	     OUTCOME_OK
#define FAILED	     OUTCOME_FAILED
#define UNKNOWN	     OUTCOME_UNKNOWN
#define VERB(verb)   DO_VERB, verb, NULL, 0, false, NULL
#define BREAKS(deed) deed, NULL, NULL, 0, false, NULL

/* clang-format off */
static const struct fault faults[] = {
	{ "request lost", VERB("lose request %s"), { OK, OK, OK } },
	{ "reply lost", VERB("lose reply %s"), { OK, OK, OK } },
	{ "reply spoilt", VERB("corrupt reply %s"), { OK, OK, OK } },
	{ "reply late", VERB("delay reply 90000 %s"), { OK, OK, OK } },
	{ "hung up before", VERB("hang up before %s 1500"),
	  { FAILED, FAILED, OK } },
	{ "hung up after", VERB("hang up after %s 1500"), { FAILED, OK, OK } },
	{ "power before", VERB("crash before %s 20000"),
	  { FAILED, FAILED, OK } },
	{ "power after", VERB("crash after %s 20000"), { FAILED, OK, OK } },
	{ "killed before", BREAKS(KILL_BEFORE), { FAILED, FAILED, OK } },
	{ "killed after", BREAKS(KILL_AFTER), { FAILED, OK, OK } },
	{ "cable before", BREAKS(CABLE_BEFORE), { FAILED, FAILED, OK } },
	{ "cable after", BREAKS(CABLE_AFTER), { FAILED, OK, OK } },
	{ "paper out", DO_VERB, "paper out", NULL, 0, true, "paper ok",
	  { OK, OK, OK } },
	{ "cover open", DO_VERB, "cover open", NULL, 0, true, "cover closed",
	  { OK, OK, OK } },
	{ "in its menu", DO_VERB, "menu on", NULL, 0, true, "menu off",
	  { OK, OK, OK } },
	/* somebody else sells meanwhile: provable only where ours was not
	 * decided yet */
	{ "power before, other host", DO_VERB, "crash before %s 2000",
	  "receipt 12.34", 0, false, NULL, { FAILED, UNKNOWN, UNKNOWN } },
	{ "power after, other host", DO_VERB, "crash after %s 2000",
	  "receipt 12.34", 1, false, NULL, { FAILED, UNKNOWN, UNKNOWN } },
	{ "power before, Z", DO_VERB, "crash before %s 2000", "z", 2, false,
	  NULL, { FAILED, UNKNOWN, UNKNOWN } },
	{ "power after, Z", DO_VERB, "crash after %s 2000", "z", 3, false, NULL,
	  { FAILED, UNKNOWN, UNKNOWN } },
};
/* clang-format on */

/* --- of what --- */

struct command {
	const char *name;
	int which; /* the first, second... of its name */
	enum place place;
};

struct paper {
	const char *name;
	struct op (*make)(void);
	const char *told;    /* of it, however it was found out; or NULL */
	const char *counter; /* of the printer: so many more by one of it */
	int by;
	/* where its deciding command did not get there: what is still open
	 * can be ended, of the rest nothing was begun */
	enum outcome lost;
	/* where that was struck, and others did something */
	enum outcome meddled[4];
	struct command commands[16];
};

static struct op make_receipt(void)
{
	struct op op = { .kind = OP_RECEIPT, .id = "op" };

	op.receipt = maker_receipt(
		"{'lines': [{'name': 'Apples', 'price': 200, 'vat': 'B',"
		" 'discount': {'percent': '10'}},"
		" {'name': 'Pears', 'price': 300, 'vat': 'A'}, {'void': 1}],"
		" 'discounts': [{'amount': 20}], 'buyer_tax_id': '123',"
		" 'payments': [{'kind': 'card', 'amount': 100},"
		" {'kind': 'cash', 'amount': 500}],"
		" 'footer': ['Thank you']}");
	return op;
}

static struct op make_return(void)
{
	return (struct op){ .kind = OP_GOODS_RETURN,
			    .id = "op",
			    .goods = { .amount = 700, .cash = 500 } };
}

static struct op make_cash(void)
{
	return (struct op){ .kind = OP_CASH_SLIP,
			    .id = "op",
			    .cash = { .amount = 5000 } };
}

static struct op make_text(void)
{
	struct op op = { .kind = OP_PRINT_TEXT, .id = "op" };

	op.print.lines = maker_json("['Hello', 'there']");
	return op;
}

static struct op make_z(void)
{
	return (struct op){ .kind = OP_REPORT_Z, .id = "op" };
}

static const struct paper papers[] = {
	{ "receipt",
	  make_receipt,
	  "{'total': 280, 'paid': 600, 'change': 320, 'cash': 180,"
	  " 'rates': [{'rate': 'A', 'gross': 280, 'vat': 52}]}",
	  "pn",
	  1,
	  OK,
	  { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN },
	  { { "trinit", 1, BEFORE },
	    { "trline", 1, BEFORE },
	    { "trline", 2, BEFORE },
	    { "trline", 3, BEFORE },
	    { "trdiscntsubtot", 1, BEFORE },
	    { "trnipset", 1, BEFORE },
	    { "trpayment", 1, BEFORE },
	    { "trpayment", 2, BEFORE },
	    { "trpayment", 3, BEFORE },
	    { "trend", 1, DECIDES },
	    { "trftrln", 1, BEHIND },
	    { "trftrend", 1, BEHIND } } },
	{ "goods-return",
	  make_return,
	  "{'amount': 700, 'cash': 500}",
	  "nf",
	  2,
	  FAILED,
	  { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN },
	  { { "stocash", 1, DECIDES }, { "cash", 1, BEHIND } } },
	{ "cash",
	  make_cash,
	  "{'amount': 5000}",
	  "nf",
	  1,
	  FAILED,
	  { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN },
	  { { "cash", 1, DECIDES } } },
	{ "text",
	  make_text,
	  NULL,
	  "nf",
	  1,
	  OK,
	  { FAILED, OK, UNKNOWN, UNKNOWN },
	  { { "formstart", 1, BEFORE },
	    { "formline", 1, BEFORE },
	    { "formline", 2, BEFORE },
	    { "formend", 1, DECIDES } } },
	{ "z",
	  make_z,
	  "{'number': 5}",
	  "rd",
	  1,
	  FAILED,
	  { FAILED, OK, OK, UNKNOWN },
	  { { "dailyrep", 1, DECIDES } } },
};

/* --- one cell --- */

static struct posnet_world world;
static const struct fault *fault;
static const struct command *command;
static int seen; /* commands of that name so far */
static bool struck, answered;

static bool is_command(const char *payload)
{
	size_t len = strlen(command->name);

	return !strncmp(payload, command->name, len) && payload[len] == '\t';
}

static bool strike(struct posnet_world *of, const char *payload)
{
	char verb[64];

	if (struck || !is_command(payload) || ++seen != command->which)
		return true;
	struck = true;
	switch (fault->deed) {
	case DO_VERB:
		snprintf(verb, sizeof(verb), fault->verb, command->name);
		sim_rig_do(&of->sim, verb);
		return true;
	case KILL_BEFORE:
		posnet_world_kill(of);
		return false;
	case CABLE_BEFORE:
		posnet_world_unplug(of);
		return false;
	case KILL_AFTER:
	case CABLE_AFTER:
		return true;
	}
	return true;
}

static bool strike_reply(struct posnet_world *of, const char *payload)
{
	if (!struck || answered || !is_command(payload))
		return true;
	answered = true;
	if (fault->deed == KILL_AFTER)
		posnet_world_kill(of);
	else if (fault->deed == CABLE_AFTER)
		posnet_world_unplug(of);
	return fault->deed != KILL_AFTER && fault->deed != CABLE_AFTER;
}

/* What others do, once the printer is there again, before we are. */
static int64_t meddle(void)
{
	if (!fault->later)
		return 0;
	posnet_world_unplug(&world);
	posnet_world_run(&world, 5000);
	sim_rig_do(&world.sim, fault->later);
	posnet_world_plug(&world);
	return 1;
}

static void suffer(void)
{
	bool replied = fault->deed == KILL_AFTER || fault->deed == CABLE_AFTER;

	while (!struck || (replied && !answered))
		posnet_world_run(&world, 50);
	if (fault->waits) {
		assert_false(posnet_world_ends(&world, 3 * MINUTE));
		sim_rig_do(&world.sim, fault->help);
	}
	if (!world.cable) {
		posnet_world_run(&world, 5000);
		posnet_world_plug(&world);
	}
	meddle();
}

static int64_t printed(const char *counter)
{
	return posnet_world_count(&world, counter);
}

static void check_paper(const struct paper *paper, int64_t before)
{
	int64_t after = printed(paper->counter) - before;
	enum outcome outcome = world.rig.outcome;

	if (fault->later && outcome == UNKNOWN) {
		assert_true(after >= 0 || !strcmp(fault->later, "z"));
		return;
	}
	/* others' receipts count as well, and a Z begins anew */
	if (fault->later)
		return;
	assert_int_equal(after, outcome == OK ? paper->by : 0);
}

/* It is the same as if nothing had been, whatever was found out about it. */
static void check_told(const struct paper *paper, const char *options)
{
	const char *wrong;

	if (world.rig.outcome != OK || !paper->told)
		return;
	wrong = maker_told(world.rig.result, paper->told, !fault->later);
	if (wrong)
		fail_msg("%s, %s %d, %s, %s: %s is %s", paper->name,
			 command->name, command->which, fault->name, options,
			 wrong, json_line(world.rig.result));
}

static void check_left(const struct paper *paper, const char *options)
{
	json_t *counters = json_object_get(world.rig.result, "counters");

	if (posnet_world_number(&world, "receipt_open") ||
	    posnet_world_number(&world, "form_open"))
		fail_msg("%s, %s %d, %s, %s: left open", paper->name,
			 command->name, command->which, fault->name, options);
	assert_int_equal(posnet_world_number(&world, "duplicates"), 0);
	assert_int_equal(posnet_world_number(&world, "unknown_fields"), 0);
	/* whatever it is, the numbers to tell it by are there */
	assert_non_null(json_object_get(counters, "before"));
	assert_non_null(json_object_get(counters, "after"));
}

static void check_cell(const struct paper *paper, const char *options)
{
	struct op op = paper->make();
	int64_t before;
	enum outcome expected = fault->outcome[command->place];

	if (command->place == DECIDES && fault->later)
		expected = paper->meddled[fault->meddling];
	else if (command->place == DECIDES && fault == faults)
		expected = paper->lost;
	seen = 0;
	struck = answered = false;
	posnet_world_start(&world, options, NULL);
	before = printed(paper->counter);
	world.sending = strike;
	world.answering = strike_reply;
	posnet_world_begin(&world, &op);
	op_clear(&op);
	suffer();
	if (!posnet_world_ends(&world, 60 * MINUTE))
		fail_msg("%s, %s %d, %s, %s: no end", paper->name,
			 command->name, command->which, fault->name, options);
	if (world.rig.outcome != expected)
		fail_msg("%s, %s %d, %s, %s: %s (%s)", paper->name,
			 command->name, command->which, fault->name, options,
			 outcome_name(world.rig.outcome),
			 reason_name(world.rig.reason));
	check_paper(paper, before);
	check_told(paper, options);
	check_left(paper, options);
	posnet_world_stop(&world);
}

static void check_papers(const char *options, bool meddling)
{
	for (size_t i = 0; i < COUNT(papers); i++)
		for (command = papers[i].commands; command->name; command++)
			for (fault = faults; fault < faults + COUNT(faults);
			     fault++)
				if (meddling || !fault->later)
					check_cell(&papers[i], options);
}

/* An open receipt is cancelled by a power cut. */
static void test_matrix(void **state)
{
	(void)state;
	check_papers("power-receipt=cancel cash=9000", true);
}

/* ...or kept open; then nobody else can sell anything. */
static void test_matrix_kept(void **state)
{
	(void)state;
	check_papers("power-receipt=keep cash=9000", false);
}

/* The spellings of errors that the protocol's text leaves open. */
static void test_matrix_spellings(void **state)
{
	(void)state;
	check_papers("power-receipt=cancel cash=9000 error-form=er "
		     "echo-bang=yes cancel-idle=2005 numbering=continuous",
		     true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_matrix_kept),
		cmocka_unit_test(test_matrix_spellings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
