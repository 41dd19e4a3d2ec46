/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts, goods returns and slips of the POSNET driver on the simulator's
 * printer: the very frames that were recorded, what is refused and cleaned up
 * behind, and what the printer has on paper afterwards. Numbers in brackets are
 * sections of docs/protocols.md; its vectors are what is expected.
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

static struct posnet_world world;

static int tear_down(void **state)
{
	(void)state;
	posnet_world_stop(&world);
	return 0;
}

/* --- what is sent --- */

static struct buf sent = BUF_INIT(65536); /* what changes something */

/* Tokens are left out: they depend on the printer's clock. */
static bool keep_changes(struct posnet_world *of, const char *payload)
{
	static const char *const reads[] = {
		"!",	  "rpt",	  "s",	     "eclastdoc", "rtcget",
		"vatget", "discounttype", "getreal", "formis"
	};
	const char *token = strstr(payload, "\t@");

	(void)of;
	for (size_t i = 0; i < COUNT(reads); i++)
		if (!strncmp(payload, reads[i], strlen(reads[i])) &&
		    strncmp(payload, "stocash", 7) != 0)
			return true;
	assert_non_null(token); /* [3.9] a token on all that changes */
	buf_add(&sent, payload, (size_t)(token - payload));
	buf_add_text(&sent, token + 6);
	buf_add_byte(&sent, '\n');
	return true;
}

static void start(const char *options)
{
	posnet_world_start(&world, options, NULL);
	buf_reset(&sent);
	world.sending = keep_changes;
}

static struct op op_receipt(const char *body)
{
	struct op op = { .kind = OP_RECEIPT, .id = "op" };

	op.receipt = maker_receipt(body);
	return op;
}

static void print(struct op op)
{
	posnet_world_begin(&world, &op);
	op_clear(&op);
	assert_true(posnet_world_ends(&world, 10 * MINUTE));
}

static void expect(enum outcome outcome, enum reason reason)
{
	if (world.rig.outcome != outcome || world.rig.reason != reason)
		fail_msg("%s %s", outcome_name(world.rig.outcome),
			 reason_name(world.rig.reason));
}

static int64_t told(const char *key)
{
	return json_int(world.rig.result, key, -1);
}

/* [3.12] Recorded on a real printer, byte for byte, but for the tokens. */
static const struct {
	const char *body, *frames;
} recorded[] = {
	/* cash sale of 9,99 at rate B */
	{ "{'lines': [{'name': 'Candies', 'price': 999, 'vat': 'B'}],"
	  " 'payments': [{'kind': 'cash', 'amount': 999}]}",
	  "trinit\tbm0\t\n"
	  "trline\tnaCandies\tvt1\tpr999\t\n"
	  "trpayment\tty0\twa999\tnaGot\xf3wka\tre0\t\n"
	  "trend\tto999\tfp999\t\n" },
	/* card with change */
	{ "{'lines': [{'name': 'Apples', 'price': 200, 'vat': 'B'}],"
	  " 'payments': [{'kind': 'card', 'amount': 500}]}",
	  "trinit\tbm0\t\n"
	  "trline\tnaApples\tvt1\tpr200\t\n"
	  "trpayment\tty2\twa500\tnaKarta\tre0\t\n"
	  "trpayment\tty0\twa300\tnaReszta\tre1\t\n"
	  "trend\tto200\tre300\tfp500\t\n" },
	/* discount and void */
	{ "{'lines': [{'name': 'Kawa', 'price': 1000, 'vat': 'B',"
	  " 'discount': {'amount': 200, 'name': 'Rabat'}},"
	  " {'name': 'Piwo', 'price': 800, 'vat': 'B'}, {'void': 1}],"
	  " 'payments': [{'kind': 'cash', 'amount': 800}]}",
	  "trinit\tbm0\t\n"
	  "trline\tnaKawa\tvt1\tpr1000\twa1000\trd1\trnRabat\trw200\t\n"
	  "trline\tnaPiwo\tvt1\tpr800\t\n"
	  "trline\tnaKawa\tvt1\tpr1000\tst1\twa1000\trd1\trnRabat\trw200\t\n"
	  "trpayment\tty0\twa800\tnaGot\xf3wka\tre0\t\n"
	  "trend\tto800\tfp800\t\n" },
	/* subtotal discount */
	{ "{'lines': [{'name': 'Kawa', 'price': 1000, 'vat': 'B'}],"
	  " 'discounts': [{'amount': 100, 'name': 'Stały klient'}],"
	  " 'payments': [{'kind': 'cash', 'amount': 900}]}",
	  "trinit\tbm0\t\n"
	  "trline\tnaKawa\tvt1\tpr1000\t\n"
	  "trdiscntsubtot\tnaSta\xb3y klient\trd1\trw100\t\n"
	  "trpayment\tty0\twa900\tnaGot\xf3wka\tre0\t\n"
	  "trend\tto900\tfp900\t\n" },
};

static void test_recorded(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(recorded); i++) {
		start("speed=fast");
		print(op_receipt(recorded[i].body));
		expect(OUTCOME_OK, REASON_NONE);
		assert_string_equal(buf_text(&sent), recorded[i].frames);
		posnet_world_stop(&world);
	}
	start(NULL);
}

/* [3.7] Everything that a receipt may have. */
static void test_whole(void **state)
{
	(void)state;
	start("speed=fast cash=1000");
	print(op_receipt(
		"{'lines': [{'name': 'Ser żółty', 'quantity': '0.255',"
		" 'unit': 'kg', 'price': 3999, 'vat': 'C',"
		" 'description': 'Gouda', 'discount': {'percent': '10'}},"
		" {'name': 'Chleb', 'price': 450, 'vat': 'C',"
		" 'discount': {'percent': '5', 'markup': true}}],"
		" 'discounts': [{'percent': '15'}],"
		" 'payments': [{'kind': 'voucher', 'amount': 200},"
		" {'kind': 'transfer', 'amount': 100},"
		" {'kind': 'cash', 'amount': 1000}],"
		" 'buyer_tax_id': '5261040828',"
		" 'footer': ['Dziękujemy', 'Nr 17']}"));
	expect(OUTCOME_OK, REASON_NONE);
	/* 10,20 - 1,02 = 9,18; 4,50 + 0,23 = 4,73; 13,91 x 0,85 = 11,82 */
	assert_string_equal(
		buf_text(&sent),
		"trinit\tbm0\t\n"
		"trline\tnaSer \xbf\xf3\xb3ty\tvt2\tpr3999\til0.255\twa1020\t"
		"jmkg\topGouda\trd1\trp1000\trw102\t\n"
		"trline\tnaChleb\tvt2\tpr450\twa450\trd0\trp500\trw23\t\n"
		"trdiscntsubtot\trd1\trp1500\trw209\t\n"
		"trnipset\tni5261040828\t\n"
		"trpayment\tty4\twa200\tnaBon\tre0\t\n"
		"trpayment\tty8\twa100\tnaPrzelew\tre0\t\n"
		"trpayment\tty0\twa1000\tnaGot\xf3wka\tre0\t\n"
		"trpayment\tty0\twa118\tnaReszta\tre1\t\n"
		"trend\tto1182\tre118\tfp1300\tfe0\t\n"
		"trftrln\tid25\tnaDzi\xeakujemy\t\n"
		"trftrln\tid25\tnaNr 17\t\n"
		"trftrend\t\n");
	assert_int_equal(told("number"), 4);
	assert_int_equal(told("day"), 5);
	assert_int_equal(told("total"), 1182);
	assert_int_equal(told("change"), 118);
	assert_int_equal(told("cash"), 882);
	assert_int_equal(posnet_world_number(&world, "cash"),
			 1000 + 3 * 1230 + 882);
	assert_true(sim_rig_saw(&world.sim, "NIP NABYWCY:"));
}

/* A percentage on several rates goes as the amount that it comes to. */
static void test_percent_on_rates(void **state)
{
	(void)state;
	start("speed=fast");
	print(op_receipt("{'lines': [{'name': 'x', 'price': 100, 'vat': 'A'},"
			 " {'name': 'y', 'price': 200, 'vat': 'B'}],"
			 " 'discounts': [{'percent': '20'}],"
			 " 'payments': [{'kind': 'cash', 'amount': 240}]}"));
	expect(OUTCOME_OK, REASON_NONE);
	assert_non_null(strstr(buf_text(&sent), "trdiscntsubtot\trd1\trw60\t"));
}

#define PLAIN                                                      \
	"{'lines': [{'name': 'Apples', 'price': 200, 'vat': 'B'}," \
	" {'name': 'Pears', 'price': 300, 'vat': 'A'}],"           \
	" 'payments': [{'kind': 'cash', 'amount': 500}]}"

static int turns; /* commands that were sent */

static bool count_turns(struct posnet_world *of, const char *payload)
{
	(void)of;
	turns += *payload != '!'; /* probes go beside the others */
	return true;
}

static int turns_of(size_t lines)
{
	struct op op = { .kind = OP_RECEIPT, .id = "op" };
	json_t *body = maker_json("{'lines': [], 'payments': [{'kind':"
				  " 'cash', 'amount': 100000}]}");
	struct receipt_fault fault;

	for (size_t i = 0; i < lines; i++)
		json_array_append_new(json_object_get(body, "lines"),
				      maker_json("{'name': 'x', 'price': 1,"
						 " 'vat': 'A'}"));
	op.receipt = receipt_parse(body, &fault);
	json_decref(body);
	posnet_world_start(&world, "speed=fast", NULL);
	world.sending = count_turns;
	turns = 0;
	print(op);
	expect(OUTCOME_OK, REASON_NONE);
	posnet_world_stop(&world);
	return turns;
}

/* One turn a line, and around it what 3.9 wants: the token, what is open, eight
 * counters before; open or not, the sums and those counters after. */
static void test_wire_turns(void **state)
{
	enum { TOKEN = 1, OPEN = 2, COUNTERS = 8, SUMS = 3, FRAME = 4 };

	(void)state;
	assert_int_equal(turns_of(1),
			 TOKEN + OPEN + COUNTERS + FRAME + 1 + SUMS + COUNTERS);
	assert_int_equal(turns_of(20) - turns_of(1), 19);
	start(NULL);
}

/* --- what a printer refuses --- */

/* [3.6] The rate of a name was lowered once, and may not be raised again. */
static void test_refused_line(void **state)
{
	static const char body[] =
		"{'lines': [{'name': 'Pears', 'price': 300, 'vat': 'B'}],"
		" 'payments': [{'kind': 'cash', 'amount': 300}]}";

	(void)state;
	start("speed=fast");
	print(op_receipt(PLAIN));
	print(op_receipt(body));
	expect(OUTCOME_OK, REASON_NONE);
	print(op_receipt(PLAIN));
	expect(OUTCOME_REFUSED, REASON_ARTICLE_LOCKED);
	assert_string_equal(json_text(world.rig.result, "code"), "2106");
	assert_string_equal(json_text(world.rig.result, "field"),
			    "lines[1].vat");
	assert_false(posnet_world_number(&world, "receipt_open"));
	assert_int_equal(posnet_world_count(&world, "bc"), 1);
	assert_int_equal(posnet_world_count(&world, "pn"), 3 + 2);
	assert_string_equal(buf_text(&sent) + sent.len - 11, "prncancel\t\n");
}

/* Before anything is on paper. */
static void test_refused_before(void **state)
{
	static const char *const doings[] = { "paper out", "cover open",
					      "menu on" };
	static const enum reason reasons[] = { REASON_PAPER_OUT,
					       REASON_COVER_OPEN,
					       REASON_PRINTER_WAITS };

	(void)state;
	for (size_t i = 0; i < COUNT(doings); i++) {
		start("speed=fast");
		sim_rig_do(&world.sim, doings[i]);
		print(op_receipt(PLAIN));
		expect(OUTCOME_REFUSED, reasons[i]);
		assert_int_equal(sent.len, 0);
		posnet_world_stop(&world);
	}
	start(NULL);
}

/* Each its own: blocked sales, a memory that is full. */
static void test_refused_at_once(void **state)
{
	static const struct {
		const char *doing;
		enum reason reason;
	} cases[] = {
		{ "blocked on", REASON_SALES_BLOCKED },
		{ "memory full", REASON_MEMORY_FULL },
		{ "other on", REASON_BUSY },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		start("speed=fast");
		sim_rig_do(&world.sim, cases[i].doing);
		print(op_receipt(PLAIN));
		expect(OUTCOME_REFUSED, cases[i].reason);
		assert_int_equal(posnet_world_count(&world, "pn"), 3);
		/* nothing was begun, so there is nothing of ours to cancel */
		assert_string_equal(buf_text(&sent), "trinit\tbm0\t\n");
		posnet_world_stop(&world);
	}
	start(NULL);
}

/* Somebody has put a line of his own among ours: the sums disagree. */
static bool put_in_a_line(struct posnet_world *of, const char *payload)
{
	static bool done;

	done = done && strncmp(payload, "trinit", 6) != 0;
	if (!done && !strncmp(payload, "trpayment", 9)) {
		static const char line[] =
			"\x02trline\tnaNuts\tvt1\tpr100\t#96AB\x03";

		done = true;
		sim_rig_input(&of->sim, line, sizeof(line) - 1);
	}
	return keep_changes(of, payload);
}

/* [3.9] A refused trend leaves the receipt open: it is cancelled. */
static void test_refused_total(void **state)
{
	(void)state;
	start("speed=fast");
	world.sending = put_in_a_line;
	print(op_receipt(PLAIN));
	expect(OUTCOME_REFUSED, REASON_BAD_PARAMETER);
	assert_string_equal(json_text(world.rig.result, "code"), "2805");
	assert_true(json_flag(world.rig.result, "ending"));
	assert_false(posnet_world_number(&world, "receipt_open"));
	assert_int_equal(posnet_world_count(&world, "pn"), 3);
	assert_int_equal(posnet_world_count(&world, "bc"), 1);
}

/* --- what it does by itself --- */

/* A daily report made at its keypad is seen within some rounds of probes. */
static void test_sees_a_report(void **state)
{
	(void)state;
	start("speed=fast");
	posnet_world_run(&world, MINUTE);
	assert_int_equal(json_int(world.rig.status, "daily_reports", -1), 4);
	sim_rig_do(&world.sim, "z");
	posnet_world_run(&world, MINUTE);
	assert_int_equal(json_int(world.rig.status, "daily_reports", -1), 5);
	/* and what is begun meanwhile is done as ever */
	for (int i = 0; i < 20; i++) {
		posnet_world_run(&world, 2500 + 50 * i);
		print(op_receipt(PLAIN));
		expect(OUTCOME_OK, REASON_NONE);
	}
	assert_int_equal(posnet_world_count(&world, "pn"), 20);
}

/* --- paper and people --- */

/* It asks for paper, and goes on where it was. */
static void test_paper_runs_out(void **state)
{
	struct op op = op_receipt(PLAIN);

	(void)state;
	start(NULL);
	posnet_world_begin(&world, &op);
	op_clear(&op);
	while (!strstr(buf_text(&sent), "Pears"))
		posnet_world_run(&world, 50);
	sim_rig_do(&world.sim, "paper out");
	assert_false(posnet_world_ends(&world, 60 * MINUTE));
	assert_string_equal(json_text(world.rig.progress, "text"), "paper out");
	sim_rig_do(&world.sim, "paper ok");
	assert_true(posnet_world_ends(&world, MINUTE));
	expect(OUTCOME_OK, REASON_NONE);
	assert_int_equal(posnet_world_count(&world, "pn"), 4);
	assert_int_equal(posnet_world_number(&world, "duplicates"), 0);
}

/* --- money back, cash, text, copies, clock --- */

static void test_return(void **state)
{
	(void)state;
	start("speed=fast cash=2000 receipts=0");
	print((struct op){ .kind = OP_GOODS_RETURN,
			   .id = "op",
			   .goods = { .amount = 999, .cash = 500 } });
	expect(OUTCOME_OK, REASON_NONE);
	assert_string_equal(buf_text(&sent),
			    "stocash\tkw999\t\ncash\tkw500\twpN\t\n");
	assert_int_equal(posnet_world_number(&world, "cash"), 1500);
	assert_int_equal(posnet_world_count(&world, "nf"), 2);
	assert_int_equal(told("cash"), 500);
}

/* [3.7, cash] Below zero the printer would forget what it has: not begun. */
static void test_return_short(void **state)
{
	(void)state;
	start("speed=fast cash=400 receipts=0");
	print((struct op){ .kind = OP_GOODS_RETURN,
			   .id = "op",
			   .goods = { .amount = 999, .cash = 500 } });
	expect(OUTCOME_REFUSED, REASON_CASH_SHORT);
	assert_int_equal(sent.len, 0);
	assert_int_equal(posnet_world_number(&world, "cash"), 400);
}

static void test_cash(void **state)
{
	(void)state;
	start("speed=fast receipts=0");
	print((struct op){
		.kind = OP_CASH_SLIP, .id = "op", .cash = { .amount = 5000 } });
	expect(OUTCOME_OK, REASON_NONE);
	print((struct op){ .kind = OP_CASH_SLIP,
			   .id = "op",
			   .cash = { .out = true, .amount = 2000 } });
	expect(OUTCOME_OK, REASON_NONE);
	assert_string_equal(buf_text(&sent),
			    "cash\tkw5000\twpT\t\ncash\tkw2000\twpN\t\n");
	assert_int_equal(posnet_world_number(&world, "cash"), 3000);
}

/* [3.6, 3.7] Of more than it can count it would forget what it has. */
static void test_cash_overflows(void **state)
{
	struct op slip = { .kind = OP_CASH_SLIP,
			   .id = "op",
			   .cash = { .amount = 9999999999 } };

	(void)state;
	start("speed=fast receipts=0 cash=9999999999");
	for (int i = 0; i < 4; i++) {
		print(slip);
		expect(OUTCOME_OK, REASON_NONE);
	}
	buf_reset(&sent);
	slip.cash.amount = 5;
	print(slip);
	expect(OUTCOME_REFUSED, REASON_BAD_PARAMETER);
	assert_int_equal(sent.len, 0);
	slip.cash.amount = 4;
	print(slip);
	expect(OUTCOME_OK, REASON_NONE);
	assert_int_equal(posnet_world_number(&world, "cash"), 49999999999);
}

static void test_text(void **state)
{
	struct op op = { .kind = OP_PRINT_TEXT, .id = "op" };

	(void)state;
	start("speed=fast");
	op.print.lines = maker_json("['Hello', 'Zażółć gęślą jaźń']");
	print(op);
	expect(OUTCOME_OK, REASON_NONE);
	assert_string_equal(
		buf_text(&sent),
		"formstart\tfn200\tfh84\t\n"
		"formline\ts1Hello\tfn200\tfl711\t\n"
		"formline\ts1Za\xbf\xf3\xb3\xe6 g\xea\x9cl\xb9 ja\x9f\xf1\t"
		"fn200\tfl711\t\n"
		"formend\tfn200\t\n");
	assert_true(sim_rig_saw(&world.sim, "Zażółć gęślą jaźń"));
}

/* [3.6] Of Latin-2 and Mazovia the printer knows Polish letters only, and where
 * Windows-1250 has some signs it draws boxes: what it can't print is replaced. */
static void test_pages(void **state)
{
	static const struct {
		const char *option, *simulated, *sent;
	} cases[] = {
		{ "cp1250", "speed=fast code-page=cp1250",
		  "s1Za\xbf\xf3\xb3\xe6 caf\xe9 ? ? ?" },
		{ "latin2", "speed=fast code-page=latin2",
		  "s1Za\xbf\xf3\xb3\xe6 cafe ? ? ?" },
		{ "mazovia", "speed=fast code-page=mazovia",
		  "s1Za\xa7\xa2\x92\x8d cafe ? ? ?" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rig_setting settings[] = {
			{ "code-page", cases[i].option }, { NULL, NULL }
		};
		struct op op = { .kind = OP_PRINT_TEXT, .id = "op" };

		posnet_world_start(&world, cases[i].simulated, settings);
		buf_reset(&sent);
		world.sending = keep_changes;
		op.print.lines = maker_json("['Zażółć café ¤ ´ Ж']");
		print(op);
		expect(OUTCOME_OK, REASON_NONE);
		assert_non_null(strstr(buf_text(&sent), cases[i].sent));
		assert_true(sim_rig_saw(&world.sim, "Zażółć caf"));
		posnet_world_stop(&world);
	}
	start(NULL);
}

/* [3.7] No slip may pass for a receipt; what was begun is cancelled. */
static void test_text_refused(void **state)
{
	struct op op = { .kind = OP_PRINT_TEXT, .id = "op" };

	(void)state;
	start("speed=fast");
	op.print.lines = maker_json("['Hello', 'PARAGON FISKALNY']");
	print(op);
	expect(OUTCOME_REFUSED, REASON_BAD_PARAMETER);
	assert_false(posnet_world_number(&world, "form_open"));
	assert_int_equal(posnet_world_count(&world, "nf"), 0);
	op.print.lines = maker_json("['"
				    "123456789 123456789 123456789 "
				    "123456789"
				    "']");
	buf_reset(&sent);
	print(op);
	expect(OUTCOME_REFUSED, REASON_BAD_PARAMETER);
	assert_int_equal(sent.len, 0);
}

static void test_copy(void **state)
{
	struct op op = { .kind = OP_PRINT_COPY, .id = "op" };

	(void)state;
	start("speed=fast");
	op.print.count = 2;
	print(op);
	expect(OUTCOME_OK, REASON_NONE);
	assert_int_equal(posnet_world_number(&world, "copies"), 2);
	op.print.count = 9;
	print(op);
	expect(OUTCOME_REFUSED, REASON_BAD_RANGE);
}

/* [3.7, Clock] Right after a daily report only, and by two hours at most. */
static void test_clock(void **state)
{
	static const struct {
		const char *time;
		enum reason reason;
	} cases[] = {
		{ "2026-11-22T10:30", REASON_NONE },
		{ "2026-11-22T15:00", REASON_CLOCK_WRONG },
	};

	(void)state;
	start("speed=fast clock=2026-11-22T10:00");
	print((struct op){ .kind = OP_CLOCK_SET,
			   .id = "op",
			   .clock = { "2026-11-22T10:30" } });
	expect(OUTCOME_REFUSED, REASON_REPORT_NEEDED);
	sim_rig_do(&world.sim, "z");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct op op = { .kind = OP_CLOCK_SET, .id = "op" };

		memcpy(op.clock.time, cases[i].time, OP_TIME_SIZE);
		print(op);
		expect(cases[i].reason ? OUTCOME_REFUSED : OUTCOME_OK,
		       cases[i].reason);
	}
	print((struct op){ .kind = OP_FISCAL_READ, .id = "op" });
	expect(OUTCOME_OK, REASON_NONE);
	assert_memory_equal(json_text(world.rig.result, "clock"),
			    "2026-11-22T10:3", 15);
	assert_int_equal(json_int(json_object_get(world.rig.result, "counters"),
				  "daily_reports", -1),
			 5);
}

/* --- evidence --- */

/* [3.9] Counters before are on disk before the first command, and that the
 * deciding one comes before it does. */
static void test_saved(void **state)
{
	struct op op = op_receipt(PLAIN);

	(void)state;
	start(NULL);
	world.rig.hold_saves = true;
	posnet_world_begin(&world, &op);
	op_clear(&op);
	posnet_world_run(&world, 10000);
	assert_true(world.rig.save_pending);
	assert_int_equal(sent.len, 0);
	assert_false(world.rig.committed);
	assert_false(json_flag(world.rig.evidence, "ending"));
	assert_int_equal(
		json_int(json_object_get(world.rig.evidence, "counters"),
			 "last_receipt", -1),
		3);
	rig_saved(&world.rig, 0);
	assert_true(world.rig.committed);
	posnet_world_run(&world, 10000);
	assert_true(world.rig.save_pending);
	assert_true(json_flag(world.rig.evidence, "ending"));
	assert_null(strstr(buf_text(&sent), "trend"));
	/* it can't be written: nothing is sold */
	rig_saved(&world.rig, 28);
	assert_true(posnet_world_ends(&world, MINUTE));
	expect(OUTCOME_REFUSED, REASON_ABORTED);
	assert_int_equal(posnet_world_count(&world, "pn"), 3);
	assert_false(posnet_world_number(&world, "receipt_open"));
}

int main(void)
{
#define CASE(test) cmocka_unit_test_teardown(test, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_recorded),
		CASE(test_whole),
		CASE(test_percent_on_rates),
		CASE(test_wire_turns),
		CASE(test_refused_line),
		CASE(test_refused_before),
		CASE(test_refused_at_once),
		CASE(test_paper_runs_out),
		CASE(test_refused_total),
		CASE(test_sees_a_report),
		CASE(test_return),
		CASE(test_return_short),
		CASE(test_cash),
		CASE(test_cash_overflows),
		CASE(test_text),
		CASE(test_text_refused),
		CASE(test_pages),
		CASE(test_copy),
		CASE(test_clock),
		CASE(test_saved),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&sent);
	return failed;
}
