/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl without a daemon: what is typed, shown, kept and verified. */
#include "cli/args.h"
#include "cli/ask.h"
#include "cli/bundle.h"
#include "cli/entry.h"
#include "cli/exits.h"
#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/proof.h"
#include "cli/say.h"
#include "cli/sse.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "device/driver.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/money.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What print() puts out. New. */
static char *shown(void (*print)(FILE *out, const void *arg), const void *arg)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	print(out, arg);
	fclose(out);
	return text;
}

/* --- amounts --------------------------------------------------------------- */

static void test_money_good(void **state)
{
	static const struct {
		const char *text;
		int decimals;
		int64_t amount;
	} rows[] = {
		{ "12.34", 2, 1234 },
		{ "12.3", 2, 1230 },
		{ "12", 2, 1200 },
		{ "0.01", 2, 1 },
		{ "007.50", 2, 750 },
		{ "500", 0, 500 },
		{ "1.234", 3, 1234 },
		{ "0.001", 3, 1 },
		{ "0.29", 2, 29 }, /* 28.999... in floating point */
		{ "9999999999.99", 2, 999999999999 },
		{ "999999999999", 0, 999999999999 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t amount = -1;

		assert_null(
			money_parse(rows[i].text, rows[i].decimals, &amount));
		assert_int_equal(amount, rows[i].amount);
	}
}

static void test_money_bad(void **state)
{
	static const struct {
		const char *text;
		int decimals;
	} rows[] = {
		{ "", 2 },
		{ "12.345", 2 },
		{ "12.340", 2 },
		{ "1.0", 0 },
		{ "12,34", 2 },
		{ "1.234,50", 2 },
		{ "-1", 2 },
		{ "+1", 2 },
		{ " 1", 2 },
		{ "1 ", 2 },
		{ ".50", 2 },
		{ "1.", 2 },
		{ "1.2.3", 2 },
		{ "1e3", 2 },
		{ "0x10", 2 },
		{ "0", 2 },
		{ "0.00", 2 },
		{ "EUR 5", 2 },
		{ "nan", 2 },
		{ "\xd9\xa1", 2 },
		{ "10000000000.00", 2 },
		{ "99999999999999999999999999999999", 2 },
		{ "18446744073709551617", 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t amount = 42;

		assert_non_null(
			money_parse(rows[i].text, rows[i].decimals, &amount));
		assert_int_equal(amount, 42);
	}
}

static void test_money_currencies(void **state)
{
	char text[MONEY_TEXT_SIZE];

	(void)state;
	assert_int_equal(money_decimals("EUR"), 2);
	assert_int_equal(money_decimals("PLN"), 2);
	assert_int_equal(money_decimals("JPY"), 0);
	assert_int_equal(money_number("EUR"), 978);
	assert_int_equal(money_number("ALL"), 8);
	assert_int_equal(money_number("eur"), MONEY_NO_CURRENCY);
	assert_int_equal(money_number("985"), 985);
	assert_int_equal(money_number("123"), 123); /* nobody's, so far */
	assert_int_equal(money_number("98"), MONEY_NO_CURRENCY);
	assert_int_equal(money_number("9785"), MONEY_NO_CURRENCY);
	assert_string_equal(money_code(985), "PLN");
	assert_null(money_code(0));
	assert_int_equal(money_decimals("KWD"), 3);
	assert_int_equal(money_decimals(NULL), 2);
	money_format(1234, "EUR", text);
	assert_string_equal(text, "12.34 EUR");
	money_format(5, "EUR", text);
	assert_string_equal(text, "0.05 EUR");
	money_format(-5, "EUR", text);
	assert_string_equal(text, "-0.05 EUR");
	money_format(500, "JPY", text);
	assert_string_equal(text, "500 JPY");
	money_format(1005, "KWD", text);
	assert_string_equal(text, "1.005 KWD");
	money_format(INT64_MIN, NULL, text);
	assert_string_equal(text, "-92233720368547758.08");
}

/* What was counted may be nothing. */
static void test_money_counted(void **state)
{
	int64_t amount = 42;

	(void)state;
	assert_non_null(money_parse("0.00", 2, &amount));
	assert_non_null(money_parse_count("-0", 2, &amount));
	assert_non_null(money_parse_count("0.000", 2, &amount));
	assert_non_null(money_parse_count("10000000000.00", 2, &amount));
	assert_int_equal(amount, 42);
	assert_null(money_parse_count("0.00", 2, &amount));
	assert_int_equal(amount, 0);
	assert_null(money_parse_count("9999999999.99", 2, &amount));
	assert_int_equal(amount, MONEY_MAX);
}

/* --- the command line ------------------------------------------------------ */

static char *parse(struct args *args, const char *const *words)
{
	const char *argv[32] = { "tillctl" };
	int count = 1;

	for (; words[count - 1]; count++)
		argv[count] = words[count - 1];
	return args_parse(count, (char *const *)(uintptr_t)argv, args);
}

#define PARSE(args, ...) \
	parse((args), (const char *const[]){ __VA_ARGS__, NULL })

static void test_args_good(void **state)
{
	struct args args;

	(void)state;
	assert_null(PARSE(&args, "--json", "drawer", "--reason=a = b", "open",
			  "--till", "1", "--wait", "0", "-", "--", "--till"));
	assert_int_equal(args.words_count, 4);
	assert_string_equal(args.words[0], "drawer");
	assert_string_equal(args.words[1], "open");
	assert_string_equal(args.words[2], "-");
	assert_string_equal(args.words[3], "--till");
	assert_string_equal(args.reason, "a = b");
	assert_string_equal(args.till, "1");
	assert_int_equal(args.wait, 0);
	assert_int_equal(args.count, -1);
	assert_true(args_has(&args, OPTION_JSON));
	assert_true(args_has(&args, OPTION_WAIT));
	assert_false(args_has(&args, OPTION_PIN));
	assert_null(args.key);
}

/* "pay -5" is not about options: what is wrong with it is told by pay. */
static void test_args_negative(void **state)
{
	struct args args;

	(void)state;
	assert_null(PARSE(&args, "pay", "-5"));
	assert_int_equal(args.words_count, 2);
	assert_string_equal(args.words[1], "-5");
}

static void refuse(const char *const *words, const char *said)
{
	struct args args = { .wait = 77 };
	CLEANUP_FREE char *error = parse(&args, words);

	assert_non_null(error);
	if (!strstr(error, said))
		fail_msg("'%s' does not say '%s'", error, said);
	assert_null(strstr(error, "geheim"));
	assert_int_equal(args.wait, 77);
}

#define REFUSE(said, ...) \
	refuse((const char *const[]){ __VA_ARGS__, NULL }, (said))

static void test_args_bad(void **state)
{
	(void)state;
	REFUSE("no option --nix", "tills", "--nix");
	REFUSE("no option --tillx", "tills", "--tillx=1");
	REFUSE("no option --til", "tills", "--til", "1");
	REFUSE("given twice", "tills", "--till", "1", "--till", "1");
	REFUSE("value is missing", "tills", "--till");
	REFUSE("is empty", "tills", "--till=");
	REFUSE("takes no value", "tills", "--json=geheim");
	REFUSE("whole number", "pay", "--wait", "-1");
	REFUSE("whole number", "pay", "--wait", "1.5");
	REFUSE("whole number", "pay", "--wait", "");
	REFUSE("--wait takes a whole number, up to 3600.", "pay", "--wait",
	       "3601");
	REFUSE("whole number", "events", "--after", "9223372036854775808");
	REFUSE("two dashes", "tills", "-j");
}

/* As many as a shell makes of a pattern for a folder of archived segments. */
static void test_args_many(void **state)
{
	static char word[] = "word", *argv[ARGS_WORDS_MAX + 3];
	CLEANUP_FREE char *error = NULL;
	struct args args;

	(void)state;
	for (int i = 0; i < ARGS_WORDS_MAX + 2; i++)
		argv[i] = word;
	assert_null(args_parse(ARGS_WORDS_MAX + 1, argv, &args));
	assert_int_equal(args.words_count, ARGS_WORDS_MAX);
	error = args_parse(ARGS_WORDS_MAX + 2, argv, &args);
	assert_non_null(strstr(error, "too much"));
}

/* A password in the wrong place is not repeated, nor taken by abbreviation. */
static void test_args_no_password(void **state)
{
	(void)state;
	REFUSE("--password-stdin", "sign-on", "--password", "geheim");
	REFUSE("--password-stdin", "sign-on", "--password=geheim");
	REFUSE("--password-stdin", "sign-on", "--pass=geheim");
	REFUSE("takes no value", "sign-on", "--pin=geheim");
	REFUSE("takes no value", "sign-on", "--pin-stdin=geheim");
}

/* --- verbs ----------------------------------------------------------------- */

static const struct verb *find(const char *first, const char *second,
			       size_t *out_words)
{
	const char *words[] = { first, second };

	return verbs_find(words, second ? 2 : 1, out_words);
}

static void test_verbs_find(void **state)
{
	size_t words = 99;

	(void)state;
	assert_string_equal(find("drawer", NULL, &words)->name, "drawer");
	assert_int_equal(words, 1);
	assert_string_equal(find("drawer", "open", &words)->name,
			    "drawer open");
	assert_int_equal(words, 2);
	assert_string_equal(find("drawer", "opens", &words)->name, "drawer");
	assert_int_equal(words, 1);
	assert_string_equal(find("till", "tills", &words)->name, "till");
	assert_null(find("journal", NULL, &words));
	assert_null(find("draw", NULL, &words));
	assert_null(find("", NULL, &words));
	assert_null(verbs_find(NULL, 0, &words));
}

/* "--key" of a journal is not that of an action. */
static void print_help(FILE *out, const void *arg)
{
	size_t words = 0;

	help_print_verb(out, find("journal", arg, &words));
}

static void test_help_by_verb(void **state)
{
	CLEANUP_FREE char *verify = shown(print_help, "verify");
	CLEANUP_FREE char *list = shown(print_help, "list");

	(void)state;
	assert_non_null(strstr(verify, "--key KEY"));
	assert_non_null(strstr(verify, "the public key"));
	assert_null(strstr(verify, "never done twice"));
	assert_non_null(strstr(list, "only entries of this till"));
	assert_null(strstr(list, "the only one there is"));
}

/* --- what the manual page says
 * ------------------------------------------------ */

static char *read_manual(void)
{
	const char *top = getenv("TILLD_SOURCE");
	CLEANUP_FREE char *path =
		alloc_format("%s/man/tillctl.1", top ? top : ".");
	CLEANUP_FILE FILE *file = fopen(path, "re");
	char *text = alloc_zero(65536, 1);

	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	assert_true(fread(text, 1, 65535, file) > 0);
	return text;
}

/* The words as a word of their own. */
static void assert_manual_has(const char *manual, const char *words)
{
	const char *at = manual;

	while ((at = strstr(at, words))) {
		at += strlen(words);
		if (!*at || strchr(" \n,", *at))
			return;
	}
	fail_msg("the manual page does not have '%s'", words);
}

static void test_manual(void **state)
{
	CLEANUP_FREE char *manual = read_manual();
	const struct exits_row *exit;
	const struct verb *verb;

	(void)state;
	for (size_t i = 0; (verb = verbs_at(i)); i++) {
		CLEANUP_FREE char *words =
			alloc_format(".It Ic %s", verb->name);

		assert_manual_has(manual, words);
	}
	for (unsigned int i = 0; i < OPTIONS; i++) {
		CLEANUP_FREE char *words =
			alloc_format("Fl Fl %s", args_option_name(i));

		assert_manual_has(manual, words);
	}
	for (size_t i = 0; (exit = exits_at(i)); i++) {
		CLEANUP_FREE char *words = alloc_format(
			".It %d\n%s\n", (int)exit->code, exit->meaning);

		assert_non_null(strstr(manual, words));
	}
}

/* --- exit codes ------------------------------------------------------------ */

static void test_exits_of_problems(void **state)
{
	static const struct {
		const char *code;
		enum cli_exit exit;
		bool final;
	} rows[] = {
		{ "authorization-required", CLI_EXIT_CONSENT, true },
		{ "authorization-denied", CLI_EXIT_CONSENT, true },
		{ "authorization-not-yours", CLI_EXIT_CONSENT, true },
		{ "authorization-not-found", CLI_EXIT_CONSENT, true },
		{ "may-not-authorize", CLI_EXIT_CONSENT, false },
		{ "sign-on-required", CLI_EXIT_SIGN_ON, false },
		{ "wrong-credentials", CLI_EXIT_SIGN_ON, false },
		{ "slow-down", CLI_EXIT_SIGN_ON, false },
		{ "device-not-ready", CLI_EXIT_DEVICE, true },
		{ "no-such-device", CLI_EXIT_DEVICE, true },
		{ "reader-busy", CLI_EXIT_DEVICE, false },
		{ "outcome-unknown", CLI_EXIT_OPEN, false },
		{ "outcome-lost", CLI_EXIT_OPEN, false },
		{ "outcome-open", CLI_EXIT_REFUSED, true },
		{ "session-needed", CLI_EXIT_REFUSED, true },
		{ "session-not-locked", CLI_EXIT_REFUSED, true },
		{ "not-counted", CLI_EXIT_REFUSED, true },
		{ "refused-by-device", CLI_EXIT_REFUSED, false },
		{ "failed", CLI_EXIT_REFUSED, false },
		{ "stopping", CLI_EXIT_REFUSED, false },
		{ "disk-full", CLI_EXIT_REFUSED, false },
		{ "of-a-newer-daemon", CLI_EXIT_REFUSED, false },
		{ NULL, CLI_EXIT_REFUSED, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(exits_of_problem(rows[i].code), rows[i].exit);
		assert_int_equal(exits_is_final(rows[i].code), rows[i].final);
	}
}

static void test_exits_of_outcomes(void **state)
{
	static const struct {
		const char *json;
		enum cli_exit exit;
	} rows[] = {
		{ "{\"state\":\"ended\",\"outcome\":\"ok\"}", CLI_EXIT_DONE },
		{ "{\"outcome\":\"sent\",\"deferred\":true}", CLI_EXIT_DONE },
		{ "{\"outcome\":\"refused\"}", CLI_EXIT_REFUSED },
		{ "{\"outcome\":\"failed\"}", CLI_EXIT_REFUSED },
		{ "{\"outcome\":\"unknown\"}", CLI_EXIT_OPEN },
		{ "{\"outcome\":\"something else\"}", CLI_EXIT_OPEN },
		{ "{\"state\":\"open\"}", CLI_EXIT_OPEN },
		{ "{\"outcome\":7}", CLI_EXIT_OPEN },
		{ "[]", CLI_EXIT_OPEN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_JSON json_t *json =
			json_parse(rows[i].json, strlen(rows[i].json));

		assert_int_equal(exits_of_operation(json), rows[i].exit);
	}
	assert_int_equal(exits_of_operation(NULL), CLI_EXIT_OPEN);
	assert_int_equal(exits_of_authorization(NULL), CLI_EXIT_CONSENT);
}

/* --- what is shown --------------------------------------------------------- */

static void print_clean(FILE *out, const void *arg)
{
	say_clean(out, arg);
}

static void assert_clean(const char *text, const char *expected, size_t width)
{
	CLEANUP_FREE char *cleaned = shown(print_clean, text);

	assert_string_equal(cleaned, expected);
	assert_int_equal(say_width(text), width);
}

#define MARK "\xef\xbf\xbd"

static void test_say_clean(void **state)
{
	(void)state;
	assert_clean("", "", 0);
	assert_clean("plain", "plain", 5);
	assert_clean("Zażółć", "Zażółć", 6);
	assert_clean("日本", "日本", 4);	   /* each two columns wide */
	assert_clean("e\xcc\x81", "e\xcc\x81", 1); /* a combining accent */
	assert_clean("a\x1b[31mb", "a" MARK "[31mb", 7);
	assert_clean("a\rb\nc\td\x7f", "a" MARK "b" MARK "c" MARK "d" MARK, 8);
	assert_clean("\xc2\x9b"
		     "31m",
		     MARK "31m", 4);		     /* C1: CSI */
	assert_clean("\xe2\x80\xaex", MARK "x", 2);  /* right to left */
	assert_clean("\xff\xc3", MARK MARK, 2);	     /* no UTF-8 */
	assert_clean("\xc0\xaf", MARK MARK, 2);	     /* too long a form */
	assert_clean("a\xe2\x82", "a" MARK MARK, 3); /* cut off */
}

static void print_json(FILE *out, const void *arg)
{
	say_json_text(out, arg, strlen(arg));
}

static void test_say_json(void **state)
{
	CLEANUP_FREE char *plain = shown(print_json, "{\"a\":\"ż\\n\"}\n");
	CLEANUP_FREE char *tricky =
		shown(print_json, "{\"a\":\"\xc2\x9b\x7f\xc2\xa0\"}\n\n");

	(void)state;
	assert_string_equal(plain, "{\"a\":\"ż\\n\"}\n");
	assert_string_equal(tricky, "{\"a\":\"\\u009b\\u007f\xc2\xa0\"}\n");
}

static void print_table(FILE *out, const void *arg)
{
	static const char *const headings[] = { "NAME", "STATE", "REMARK",
						NULL };
	struct table *table = table_new(headings);
	const char *const *cells = arg;

	for (; *cells; cells++)
		table_add(table, *cells);
	table_print(table, out);
	table_free(table);
}

static void test_table(void **state)
{
	static const char *const cells[] = { "日本",
					     "ok",
					     "",
					     "kasa1",
					     "gęś",
					     "a\x1b"
					     "b",
					     NULL };
	static const char *const none[] = { NULL };
	CLEANUP_FREE char *table = shown(print_table, cells);
	CLEANUP_FREE char *empty = shown(print_table, none);

	(void)state;
	assert_string_equal(table, "NAME   STATE  REMARK\n"
				   "日本   ok     -\n"
				   "kasa1  gęś    a" MARK "b\n");
	assert_string_equal(empty, "");
}

/* What a terminal that wide shows of a table; returns it new. */
static char *show_on_terminal(unsigned short columns, const char *const *cells)
{
	struct winsize size = { .ws_row = 24, .ws_col = columns };
	char *text = alloc_zero(4096, 1);
	size_t len = 0;
	int master, slave;
	ssize_t got;
	FILE *out;

	assert_return_code(openpty(&master, &slave, NULL, NULL, &size), errno);
	out = fdopen(slave, "w");
	print_table(out, cells);
	fputs("END", out);
	fflush(out);
	while (!strstr(text, "END")) {
		got = read(master, text + len, 4095 - len);
		assert_true(got > 0);
		len += (size_t)got;
	}
	*strstr(text, "END") = 0;
	fclose(out);
	close(master);
	return text;
}

static void test_table_narrow(void **state)
{
	static const char *const cells[] = {
		"a", "ok", "one two three four five six", "b", "-", "", NULL
	};
	static const char *const wide[] = { "/dev/serial/by-id/a-long-name",
					    "ok", "one two three", NULL };
	CLEANUP_FREE char *full = show_on_terminal(200, cells);
	CLEANUP_FREE char *wrapped = show_on_terminal(34, cells);
	CLEANUP_FREE char *cut = show_on_terminal(40, wide);
	CLEANUP_FREE char *unknown = show_on_terminal(0, cells);

	(void)state;
	assert_string_equal(full, "NAME  STATE  REMARK\r\n"
				  "a     ok     one two three four five six\r\n"
				  "b     -      -\r\n");
	assert_string_equal(wrapped, "NAME  STATE  REMARK\r\n"
				     "a     ok     one two three four\r\n"
				     "             five six\r\n"
				     "b     -      -\r\n");
	assert_string_equal(cut,
			    "NAME                STATE  REMARK\r\n"
			    "/dev/serial/by-id…  ok     one two three\r\n");
	setenv("COLUMNS", "34", 1); /* where the terminal does not say it */
	free(unknown);
	unknown = show_on_terminal(0, cells);
	unsetenv("COLUMNS");
	assert_string_equal(unknown, wrapped);
}

static void print_fields(FILE *out, const void *arg)
{
	static const char *const leave_out[] = { "secret", NULL };
	CLEANUP_JSON json_t *json = json_parse(arg, strlen(arg));

	say_fields(out, json, leave_out, "EUR");
}

static void test_fields(void **state)
{
	CLEANUP_FREE char *text = shown(
		print_fields,
		"{\"id\":\"x\",\"amount\":1234,\"secret\":\"y\",\"none\":null,"
		"\"tills\":[\"1\",\"2\"],\"no_list\":[],\"ready\":true,"
		"\"created_at\":\"2026-11-22T10:15:00.250Z\","
		"\"who\":[{\"id\":\"1\",\"name\":\"Eva\"},"
		"{\"id\":\"2\",\"name\":\"Jan\"}],"
		"\"card\":{\"name\":\"Visa\",\"number\":\"4***1\"},"
		"\"parts\":[{\"vat\":\"23\"},{\"vat\":\"8\"}]}");

	(void)state;
	assert_string_equal(text, "Id           x\n"
				  "Amount       12.34 EUR\n"
				  "Tills        1, 2\n"
				  "Ready        yes\n"
				  "Begun        2026-11-22 10:15:00Z\n"
				  "Who          Eva, Jan\n"
				  "Card name    Visa\n"
				  "Card number  4***1\n"
				  "Parts 1 vat  23\n"
				  "Parts 2 vat  8\n");
}

static void test_fields_labels(void **state)
{
	CLEANUP_FREE char *text = shown(
		print_fields,
		"{\"figures\":{\"receipts\":3,\"receipts_cancelled_amount\":5,"
		"\"of_a_newer_daemon\":1,\"rates\":[{\"rate\":\"A\","
		"\"vat\":\"23.00\",\"receipts_amount\":1200},"
		"{\"rate\":\"D\",\"vat\":\"exempt\",\"receipts_amount\":7},"
		"{\"rate\":\"E\",\"vat\":\"5.50\",\"receipts_amount\":8},"
		"{\"rate\":\"F\",\"receipts_amount\":9}]},"
		"\"devices\":{\"drawer\":{\"drawer\":\"open\","
		"\"device_state\":\"ready\"}}}");

	(void)state;
	assert_string_equal(text, "Receipts                    3\n"
				  "Cancelled receipts, amount  0.05 EUR\n"
				  "Of a newer daemon           1\n"
				  "Rate A 23 % receipts        12.00 EUR\n"
				  "Rate D exempt receipts      0.07 EUR\n"
				  "Rate E 5.50 % receipts      0.08 EUR\n"
				  "Rate F receipts             0.09 EUR\n"
				  "Drawer                      open\n"
				  "Drawer state                ready\n");
}

/* What is nested deeper than anybody would read is left out. */
static void test_fields_deep(void **state)
{
	json_t *deep = json_put_text(json_make(), "leaf", "x");
	CLEANUP_FREE char *line = NULL;
	CLEANUP_FREE char *text = NULL;

	(void)state;
	for (int i = 0; i < 1000; i++)
		deep = json_put(json_make(), "a", deep);
	line = json_line(deep);
	text = shown(print_fields, line);
	assert_string_equal(text, "");
	json_decref(deep);
}

static void test_time(void **state)
{
	static const char *const rows[][2] = {
		{ "2026-11-22T10:15:00.250Z", "2026-11-22 10:15:00Z" },
		{ "2026-11-22T10:15:00Z", "2026-11-22 10:15:00Z" },
		{ "2026-11-22T10:15:00+01:00", "2026-11-22T10:15:00+01:00" },
		{ "yesterday", "yesterday" },
		{ "", "" },
	};
	char text[SAY_TIME_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		say_time(rows[i][0], text);
		assert_string_equal(text, rows[i][1]);
	}
}

static const char entry_names[] = "{\"a1\":\"Anna\",\"m1\":\"Maria\"}";

/* "what | who | details" */
static void assert_entry(const char *line, bool ids, const char *expected)
{
	CLEANUP_JSON json_t *entry = json_parse(line, strlen(line));
	CLEANUP_JSON json_t *names =
		json_parse(entry_names, strlen(entry_names));
	CLEANUP_JSON json_t *currencies =
		json_put_text(json_make(), "1", "EUR");
	struct entry_context context = { .names = names,
					 .currencies = currencies,
					 .ids = ids };
	CLEANUP_FREE char *who = entry_who(entry, &context);
	CLEANUP_FREE char *details = entry_details(entry, &context);
	CLEANUP_FREE char *text =
		alloc_format("%s | %s | %s", entry_what(entry), who, details);

	assert_string_equal(text, expected);
}

/* --- what of a configuration may leave the box --- */

static char *config_of(const char *text)
{
	char path[] = "/tmp/tilld-config.XXXXXX";
	int fd = mkstemp(path);
	json_t *lines;
	char *told;

	assert_return_code(fd, errno);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	lines = bundle_read_config(path);
	unlink(path);
	told = json_write(lines);
	json_decref(lines);
	return told;
}

static void assert_config(const char *text, const char *expected)
{
	CLEANUP_FREE char *told = config_of(text);

	assert_string_equal(told, expected);
}

static void test_config_without_secrets(void **state)
{
	(void)state;
	assert_config("box = \"a till\" # hunter2\n// hunter2\n/* hunter2 */\n"
		      "socket { mode = 0660 }",
		      "[\"box = a till\",\"socket {\",\"mode = 0660\",\"}\"]");
	assert_config("device \"t1\" { driver = 'zvt-terminal' password = "
		      "\"hunter2\" tills = { \"1\", \"2\" } }",
		      "[\"device t1 {\",\"driver = zvt-terminal\",\"password = "
		      "**\",\"tills = { 1 , 2 }\",\"}\"]");
	/* misspelt, unfinished, and what is none at all */
	assert_config("pasword = hunter2\nkeys += { hunter2, hunter2 }",
		      "[\"pasword = **\",\"keys = { ** , ** }\"]");
	assert_config("password = \"hunter2\\\"more", "[\"password = **\"]");
	assert_config("hunter2", "[\"**\"]");
	assert_config("socket hunter2 { mode", "[\"**\",\"**\",\"**\",\"**\"]");
	assert_null(bundle_read_config("/nowhere"));
}

/* Whatever a driver calls it. */
static void test_config_of_drivers(void **state)
{
	size_t secrets = 0;

	(void)state;
	for (const struct driver *const *driver = drivers; *driver; driver++)
		for (const struct driver_option *option = (*driver)->options;
		     option && option->name; option++) {
			CLEANUP_FREE char *text = alloc_format(
				"device x { %s = hunter2 }", option->name);
			CLEANUP_FREE char *told = NULL;

			if (!option->secret)
				continue;
			secrets++;
			told = config_of(text);
			assert_null(strstr(told, "hunter2"));
		}
	assert_true(secrets > 0);
}

static void test_entry(void **state)
{
	(void)state;
	assert_entry("{}", false, "? |  | ");
	assert_entry("{\"kind\":\"drawer.opened\",\"device\":\"drawer1\"}",
		     false, "drawer.opened |  | drawer1");
	assert_entry("{\"kind\":\"setup\",\"uid\":0}", false,
		     "setup | uid 0 | ");
	assert_entry("{\"kind\":\"sign-on\",\"operator\":\"a1\",\"uid\":0,"
		     "\"how\":\"badge\"}",
		     false, "sign-on | Anna | badge");
	assert_entry("{\"kind\":\"refused\",\"operator\":\"gone\","
		     "\"action\":\"report.z\",\"device\":\"printer1\","
		     "\"missing\":[\"drawer.open\",\"report.daily\"],"
		     "\"authorization\":\"z\"}",
		     false,
		     "report.z | gone | refused: lacks drawer.open, "
		     "report.daily");
	assert_entry("{\"kind\":\"settled\",\"operator\":\"m1\","
		     "\"outcome\":\"ok\",\"reason\":\"slip\","
		     "\"operation\":\"o1\"}",
		     false, "settled | Maria | ok, slip");
	assert_entry("{\"type\":\"device\",\"device\":{\"name\":\"t1\","
		     "\"state\":\"lost\",\"sentence\":\"It is gone.\"}}",
		     false, "device |  | t1, lost, It is gone.");
	assert_entry("{\"missing\":[1,{}],\"device\":[],\"why\":7,"
		     "\"parameters\":[],\"result\":7,\"operator\":[]}",
		     true, "? |  | ");
}

static void test_entry_of_action(void **state)
{
	static const char intent[] =
		"{\"kind\":\"intent\",\"till\":\"1\",\"operator\":\"a1\","
		"\"action\":\"payment.cancel\",\"device\":\"terminal1\","
		"\"approver\":\"m1\",\"how\":\"badge\",\"reason\":\"x\","
		"\"operation\":\"o1\",\"authorization\":\"z1\","
		"\"parameters\":{\"amount\":1234}}";

	(void)state;
	assert_entry(intent, false,
		     "payment.cancel | Anna | intent: 12.34 EUR, x, by Maria "
		     "(badge)");
	assert_entry(intent, true,
		     "payment.cancel | Anna | intent: 12.34 EUR, x, by Maria "
		     "(badge), operation o1, authorization z1");
	assert_entry("{\"kind\":\"check\",\"till\":\"1\","
		     "\"operator\":\"a1\",\"action\":\"price.change\","
		     "\"amount\":499,\"detail\":\"Coffee\","
		     "\"reference\":\"r\",\"how\":\"badge\","
		     "\"approver\":\"m1\"}",
		     false,
		     "price.change | Anna | check: 4.99 EUR, Coffee, r, by "
		     "Maria (badge)");
	assert_entry("{\"kind\":\"refused\",\"operator\":\"a1\","
		     "\"action\":\"correction.new\",\"missing\":[],"
		     "\"missing_any\":[\"a.read\",\"b.read\"]}",
		     false,
		     "correction.new | Anna | refused: lacks any of a.read, "
		     "b.read");
	/* a till that is not known (any more), and an event's own names */
	assert_entry("{\"type\":\"outcome\",\"till\":\"2\","
		     "\"operator\":\"gone\",\"operator_name\":\"Eva\","
		     "\"action\":\"payment\",\"outcome\":\"ok\","
		     "\"recovered\":true,\"result\":{\"amount\":1234}}",
		     false,
		     "payment | Eva | outcome: ok, 12.34, found out "
		     "afterwards");
	assert_entry("{\"kind\":\"authorization.approved\","
		     "\"operator\":\"a1\",\"action\":\"drawer.open\","
		     "\"approver\":\"x\",\"approver_name\":\"Piotr\"}",
		     false,
		     "drawer.open | Anna | authorization.approved: by Piotr");
}

/* Which device, which test, for how long, and how it came back. */
static void test_entry_of_technicians(void **state)
{
	(void)state;
	assert_entry("{\"kind\":\"device.release\",\"device\":\"p1\","
		     "\"operator\":\"m1\",\"seconds\":600,"
		     "\"reason\":\"firmware\"}",
		     false,
		     "device.release | Maria | p1, for 10 min, firmware");
	assert_entry("{\"kind\":\"device.take\",\"device\":\"p1\","
		     "\"operator\":\"m1\"}",
		     false, "device.take | Maria | p1");
	assert_entry("{\"kind\":\"device.take\",\"device\":\"p1\","
		     "\"uid\":1103}",
		     false, "device.take | uid 1103 | p1");
	assert_entry("{\"kind\":\"device.expired\",\"device\":\"p1\","
		     "\"operator\":\"m1\"}",
		     false, "device.expired |  | p1, handed over by Maria");
	assert_entry("{\"kind\":\"device.returned\",\"device\":\"p1\","
		     "\"operator\":\"m1\",\"compared\":true}",
		     false,
		     "device.returned |  | p1, handed over by Maria, as it "
		     "was before");
	assert_entry("{\"kind\":\"device.returned\",\"device\":\"p1\","
		     "\"operator\":\"m1\",\"compared\":false}",
		     false,
		     "device.returned |  | p1, handed over by Maria, not "
		     "compared");
	assert_entry("{\"kind\":\"device.returned\",\"device\":\"p1\","
		     "\"operator\":\"m1\",\"compared\":true,"
		     "\"differences\":{\"daily_reports\":{\"before\":3,"
		     "\"after\":4},\"drawer\":{\"after\":\"open\"}}}",
		     false,
		     "device.returned |  | p1, handed over by Maria, "
		     "daily_reports 3 -> 4, drawer ? -> open");
	assert_entry("{\"kind\":\"intent\",\"device\":\"d1\","
		     "\"action\":\"device.service\",\"uid\":0,"
		     "\"parameters\":{\"kind\":\"test-internal\","
		     "\"seen\":\"open\"}}",
		     false,
		     "device.service | uid 0 | intent: d1, internal, seen "
		     "open");
	assert_entry("{\"kind\":\"intent\",\"device\":\"d1\","
		     "\"action\":\"drawer.test\",\"operator\":\"a1\","
		     "\"parameters\":{\"kind\":\"drawer-open\"}}",
		     false, "drawer.test | Anna | intent: d1");
}

static void test_entry_of_shift(void **state)
{
	(void)state;
	assert_entry("{\"kind\":\"session.close\",\"till\":\"1\","
		     "\"operator\":\"a1\",\"forced\":true,"
		     "\"blind\":{\"counted\":11250,\"withdrawal\":0,"
		     "\"difference\":-50,\"balance\":1}}",
		     false,
		     "session.close | Anna | 112.50 EUR counted, 0.00 EUR "
		     "taken out, -0.50 EUR difference, by force");
	assert_entry("{\"kind\":\"session.open\",\"till\":\"1\","
		     "\"blind\":{\"counted\":0,\"difference\":0,"
		     "\"limits\":[]}}",
		     false, "session.open |  | 0.00 EUR counted");
	assert_entry("{\"kind\":\"cash.in\",\"till\":\"1\","
		     "\"operator\":\"a1\",\"amount\":2000,"
		     "\"reason\":\"coins\"}",
		     false, "cash.in | Anna | 20.00 EUR, coins");
	/* in what it was then, whatever the till works in now */
	assert_entry("{\"kind\":\"cash.in\",\"till\":\"1\","
		     "\"operator\":\"a1\",\"currency\":\"JPY\","
		     "\"amount\":2000}",
		     false, "cash.in | Anna | 2000 JPY");
	assert_entry("{\"kind\":\"session.count\",\"till\":\"1\","
		     "\"currency\":\"JPY\",\"blind\":{\"counted\":7}}",
		     false, "session.count |  | 7 JPY counted");
	assert_entry("{\"kind\":\"balance.alarm\",\"operator\":\"a1\","
		     "\"blind\":{\"limits\":[\"minimum\",\"negative\"]}}",
		     false,
		     "balance.alarm | Anna | past its minimum, negative");
	assert_entry("{\"kind\":\"session.hand-over\",\"operator\":\"a1\","
		     "\"to\":\"m1\",\"blind\":{\"counted\":\"x\"}}",
		     false, "session.hand-over | Anna | to Maria");
}

static void test_plural(void **state)
{
	char text[SAY_COUNT_SIZE];

	(void)state;
	say_count(text, 1, "entry", "entries");
	assert_string_equal(text, "1 entry");
	say_count(text, 0, "entry", "entries");
	assert_string_equal(text, "0 entries");
	say_count(text, 2, "entry", "entries");
	assert_string_equal(text, "2 entries");
}

/* --- events ---------------------------------------------------------------- */

struct heard {
	char text[512];
};

static void hear(void *arg, const char *type, const char *data)
{
	struct heard *heard = arg;
	size_t len = strlen(heard->text);

	snprintf(heard->text + len, sizeof(heard->text) - len, "<%s|%s>", type,
		 data);
}

static const char sse_stream[] =
	": tilld\n\n"
	"id: 7\nevent: intent\ndata: {\"a\":1}\n\n"
	"event:x\r\ndata:one\r\ndata: two\r\nretry: 5\r\nwhat\r\n\r\n"
	"event: empty\n\n"
	"data: plain\n\n"
	"id: 8\nevent: cut\ndata: never dispatched";

static void test_sse(void **state)
{
	static const char expected[] =
		"<intent|{\"a\":1}><x|one\ntwo><message|plain>";

	(void)state;
	/* as a whole, and one byte at a time */
	for (size_t step = sizeof(sse_stream) - 1; step;
	     step = step == 1 ? 0 : 1) {
		struct heard heard = { .text = "" };
		struct sse sse;

		sse_init(&sse, hear, &heard);
		for (size_t at = 0; at < sizeof(sse_stream) - 1; at += step)
			assert_true(sse_feed(&sse, sse_stream + at, step));
		assert_string_equal(heard.text, expected);
		/* that of the last whole one: the cut one has to come again */
		assert_string_equal(sse.id, "7");
		sse_restart(&sse);
		sse_feed(&sse, "data: new\n\n", 11);
		assert_non_null(strstr(heard.text, "<message|new>"));
		assert_null(strstr(heard.text, "never"));
		sse_free(&sse);
	}
}

static void test_sse_too_long(void **state)
{
	struct heard heard = { .text = "" };
	CLEANUP_FREE char *much = alloc_zero(SSE_EVENT_MAX + 1, 1);
	struct sse sse;

	(void)state;
	memset(much, 'a', SSE_EVENT_MAX + 1);
	sse_init(&sse, hear, &heard);
	assert_false(sse_feed(&sse, much, SSE_EVENT_MAX + 1));
	assert_false(sse_feed(&sse, "\n\n", 2));
	assert_string_equal(heard.text, "");
	sse_free(&sse);
	sse_init(&sse, hear, &heard);
	assert_true(sse_feed(&sse, "id: 123456789012345678901234\n", 29));
	assert_string_equal(sse.id, ""); /* too long to be one of ours */
	sse_free(&sse);
}

/* --- kept sign-ons --------------------------------------------------------- */

struct place {
	char folder[64];
	char runtime[80];
};

static int place_setup(void **state)
{
	struct place *place = ALLOC_NEW(struct place);

	strcpy(place->folder, "/tmp/tillctl-test-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->runtime, sizeof(place->runtime), "%s/runtime",
		 place->folder);
	mkdir(place->runtime, 0700);
	setenv("XDG_RUNTIME_DIR", place->runtime, 1);
	setenv("HOME", place->folder, 1);
	*state = place;
	return 0;
}

static int remove_one(const char *path, const struct stat *stat, int type,
		      struct FTW *at)
{
	(void)stat;
	(void)type;
	(void)at;
	return remove(path);
}

static int place_teardown(void **state)
{
	struct place *place = *state;

	nftw(place->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(place);
	return 0;
}

static mode_t mode_of(const char *path)
{
	struct stat state;

	assert_return_code(lstat(path, &state), errno);
	return state.st_mode & 07777;
}

/* The path of the one file that is kept. New. */
static char *kept_file(const struct place *place)
{
	CLEANUP_FREE char *command =
		alloc_format("ls -A %s/tillctl", place->runtime);
	FILE *list = popen(command, "r");
	char name[128] = "";
	char *path;

	assert_non_null(fgets(name, sizeof(name), list));
	name[strcspn(name, "\n")] = 0;
	path = alloc_format("%s/tillctl/%s", place->runtime, name);
	assert_null(fgets(name, sizeof(name), list)); /* no other */
	pclose(list);
	return path;
}

static void test_keep(void **state)
{
	const struct place *place = *state;
	char till[KEEP_TILL_SIZE], token[KEEP_TOKEN_SIZE];
	char folder[128];
	char *file;

	assert_int_equal(keep_load("/s", NULL, till, token), KEEP_E_NONE);
	assert_int_equal(keep_remove("/s", "1"), KEEP_E_NONE);
	assert_int_equal(keep_save("/s", "1", "first"), 0);
	assert_int_equal(keep_save("/s", "1", "again"), 0);
	snprintf(folder, sizeof(folder), "%s/tillctl", place->runtime);
	assert_int_equal(mode_of(folder), 0700);
	file = kept_file(place); /* nothing of the writing is left */
	assert_int_equal(mode_of(file), 0600);
	free(file);
	assert_int_equal(keep_load("/s", NULL, till, token), 0);
	assert_string_equal(till, "1");
	assert_string_equal(token, "again");
	assert_int_equal(keep_load("/s", "2", till, token), KEEP_E_NONE);
	assert_int_equal(keep_load("/other", "1", till, token), KEEP_E_NONE);
	assert_int_equal(keep_remove("/s", "1"), 0);
	assert_int_equal(keep_load("/s", "1", NULL, token), KEEP_E_NONE);
}

static void set_time(const struct place *place, const char *till, time_t when)
{
	CLEANUP_FREE char *command =
		alloc_format("touch -d @%lld %s/tillctl/*.%s", (long long)when,
			     place->runtime, till);

	assert_int_equal(system(command), 0);
}

static void test_keep_last(void **state)
{
	char till[KEEP_TILL_SIZE], token[KEEP_TOKEN_SIZE];

	keep_save("/s", "a", "one");
	keep_save("/s", "b.2", "two");
	keep_save("/t", "c", "three");
	set_time(*state, "a", 2000000000);
	assert_int_equal(keep_load("/s", NULL, till, token), 0);
	assert_string_equal(till, "a");
	set_time(*state, "b.2", 2000000001);
	assert_int_equal(keep_load("/s", NULL, till, token), 0);
	assert_string_equal(till, "b.2");
	assert_string_equal(token, "two");
}

static void test_keep_unsafe(void **state)
{
	const struct place *place = *state;
	char till[KEEP_TILL_SIZE], token[KEEP_TOKEN_SIZE];
	char folder[128], other[128];
	CLEANUP_FREE char *file = NULL;

	keep_save("/s", "1", "token");
	file = kept_file(place);
	chmod(file, 0640);
	assert_int_equal(keep_load("/s", "1", till, token), KEEP_E_UNSAFE);
	snprintf(other, sizeof(other), "%s/other", place->folder);
	rename(file, other);
	chmod(other, 0600);
	assert_int_equal(symlink(other, file), 0);
	assert_int_equal(keep_load("/s", "1", till, token), KEEP_E_UNSAFE);
	/* Writing replaces the link, and leaves what it points to alone. */
	assert_int_equal(keep_save("/s", "1", "new"), 0);
	assert_int_equal(keep_load("/s", "1", till, token), 0);
	assert_string_equal(token, "new");
	snprintf(folder, sizeof(folder), "%s/tillctl", place->runtime);
	chmod(folder, 0750);
	assert_int_equal(keep_load("/s", "1", till, token), KEEP_E_UNSAFE);
	assert_int_equal(keep_save("/s", "1", "x"), KEEP_E_UNSAFE);
	unlink(file);
	rmdir(folder);
	assert_int_equal(symlink(place->folder, folder), 0);
	assert_int_equal(keep_save("/s", "1", "x"), KEEP_E_UNSAFE);
}

static void test_keep_damaged(void **state)
{
	char token[KEEP_TOKEN_SIZE];
	CLEANUP_FREE char *file = NULL;
	FILE *out;

	keep_save("/s", "1", "token");
	file = kept_file(*state);
	out = fopen(file, "we");
	fputs("to ken\n", out); /* would break a header */
	fclose(out);
	assert_int_equal(keep_load("/s", "1", NULL, token), KEEP_E_NONE);
	truncate(file, 0);
	assert_int_equal(keep_load("/s", "1", NULL, token), KEEP_E_NONE);
}

static void test_keep_home(void **state)
{
	const struct place *place = *state;
	char token[KEEP_TOKEN_SIZE], folder[128];

	unsetenv("XDG_RUNTIME_DIR");
	assert_int_equal(keep_load("/s", NULL, NULL, token), KEEP_E_NONE);
	assert_int_equal(keep_save("/s", "1", "token"), 0);
	snprintf(folder, sizeof(folder), "%s/.cache/tillctl", place->folder);
	assert_int_equal(mode_of(folder), 0700);
	assert_int_equal(keep_load("/s", NULL, NULL, token), 0);
	unsetenv("HOME");
	assert_int_equal(keep_save("/s", "1", "token"), KEEP_E_NO_FOLDER);
}

/* --- passwords ------------------------------------------------------------- */

static int ask_text(const char *text, size_t len, char *out_secret)
{
	int ends[2], r;

	assert_return_code(pipe(ends), errno);
	assert_int_equal(write(ends[1], text, len), (ssize_t)len);
	close(ends[1]);
	r = ask_line(ends[0], out_secret);
	close(ends[0]);
	return r;
}

static void test_ask_line(void **state)
{
	char secret[ASK_SECRET_SIZE];
	char much[ASK_SECRET_SIZE + 1];

	(void)state;
	memset(much, 'x', sizeof(much));
	assert_int_equal(ask_text("geheim\n", 7, secret), 0);
	assert_string_equal(secret, "geheim");
	assert_int_equal(ask_text(" zażółć \r\nrest", 19, secret), 0);
	assert_string_equal(secret, " zażółć ");
	assert_int_equal(ask_text("no end", 6, secret), 0);
	assert_int_equal(ask_text("", 0, secret), ASK_E_EMPTY);
	assert_int_equal(ask_text("\nx\n", 3, secret), ASK_E_EMPTY);
	assert_int_equal(ask_text("a\0b\n", 4, secret), ASK_E_NOT_TEXT);
	assert_int_equal(ask_text("a\x1b\n", 3, secret), ASK_E_NOT_TEXT);
	assert_int_equal(ask_text("\xff\n", 2, secret), ASK_E_NOT_TEXT);
	assert_int_equal(ask_text(much, ASK_SECRET_SIZE - 1, secret), 0);
	assert_int_equal(ask_text(much, ASK_SECRET_SIZE, secret),
			 ASK_E_TOO_LONG);
	assert_int_equal(secret[0], 0); /* and wiped */
	assert_int_equal(ask_line(-1, secret), -EBADF);
}

/* Two lines on one input: what follows the first stays. */
static void test_ask_leaves_rest(void **state)
{
	char secret[ASK_SECRET_SIZE];
	int ends[2];

	(void)state;
	assert_return_code(pipe(ends), errno);
	assert_int_equal(write(ends[1], "one\ntwo\n", 8), 8);
	assert_int_equal(ask_line(ends[0], secret), 0);
	assert_string_equal(secret, "one");
	assert_int_equal(ask_line(ends[0], secret), 0);
	assert_string_equal(secret, "two");
	close(ends[0]);
	close(ends[1]);
}

/* Plays the person: waits for the prompt and types. Exits 0 if nothing of it
 * was shown. */
static void type_secret(int terminal)
{
	char seen[256] = "";
	size_t len = 0;
	ssize_t got;

	while (!strstr(seen, "PIN: ")) {
		got = read(terminal, seen + len, sizeof(seen) - 1 - len);
		if (got <= 0)
			_exit(1);
		len += (size_t)got;
	}
	if (write(terminal, "2580\n", 5) != 5)
		_exit(2);
	while (!strchr(strstr(seen, "PIN: "), '\n')) {
		got = read(terminal, seen + len, sizeof(seen) - 1 - len);
		if (got <= 0)
			_exit(3);
		len += (size_t)got;
	}
	_exit(strstr(seen, "2580") ? 4 : 0);
}

static void test_ask_terminal(void **state)
{
	char secret[ASK_SECRET_SIZE] = "";
	struct termios before, after;
	int master, slave, status;
	pid_t person;

	(void)state;
	assert_return_code(openpty(&master, &slave, NULL, NULL, NULL), errno);
	assert_return_code(tcgetattr(slave, &before), errno);
	person = fork();
	if (!person)
		type_secret(master);
	assert_int_equal(ask_terminal_at(slave, "PIN: ", secret), 0);
	assert_string_equal(secret, "2580");
	assert_return_code(tcgetattr(slave, &after), errno);
	assert_int_equal(after.c_lflag, before.c_lflag);
	assert_int_equal(waitpid(person, &status, 0), person);
	assert_int_equal(status, 0);
	close(slave);
	close(master);
}

/* A signal that came before is not overslept. */
static void test_ask_interrupted(void **state)
{
	char secret[ASK_SECRET_SIZE] = "old";
	int ends[2];

	(void)state;
	assert_return_code(pipe(ends), errno);
	interrupt_catch();
	raise(SIGINT);
	assert_true(interrupt_came());
	assert_int_equal(ask_line(ends[0], secret), ASK_E_INTERRUPTED);
	assert_string_equal(secret, "");
	assert_false(interrupt_wait(-1, 60000));
	interrupt_forget();
	assert_true(interrupt_wait(-1, 1));
	close(ends[0]);
	close(ends[1]);
}

static void test_ask_no_terminal(void **state)
{
	char secret[ASK_SECRET_SIZE];
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)state;
	assert_int_equal(ask_terminal_at(fd, "PIN: ", secret),
			 ASK_E_NO_TERMINAL);
	close(fd);
}

/* --- an exported journal --------------------------------------------------- */

#define JOURNAL_ENTRIES 3

/* A journal as store/journal.h has it, made here by hand. */
struct book {
	struct keys *keys;
	struct buf text;
	uint8_t hash[HASH_SIZE];
	uint8_t public[PROOF_KEY_SIZE];
};

static void book_put_hex(json_t *line, const char *key, const void *data,
			 size_t len)
{
	char text[2 * KEYS_SIGNATURE_SIZE + 1];

	hash_to_hex(data, len, text);
	json_put_text(line, key, text);
}

static void book_add(struct book *book, json_t *line)
{
	CLEANUP_FREE char *text = json_line(line);

	hash_sha256(text, strlen(text), book->hash);
	buf_add_text(&book->text, text);
	buf_add_text(&book->text, "\n");
	json_decref(line);
}

static void book_add_entry(struct book *book, int64_t seq, json_t *entry)
{
	json_put_int(entry, "seq", seq);
	json_put_text(entry, "time", "2026-11-22T10:15:00.250Z");
	book_put_hex(entry, "prev", book->hash, HASH_SIZE);
	book_add(book, entry);
}

static void book_add_end(struct book *book, int64_t seq)
{
	json_t *end = json_put_int(json_make(), "tilld-journal-end", 1);
	uint8_t signature[KEYS_SIGNATURE_SIZE], whole[HASH_SIZE];
	CLEANUP_FREE char *text = NULL;

	json_put_int(end, "seq", seq);
	book_put_hex(end, "hash", book->hash, HASH_SIZE);
	text = json_line(end);
	hash_sha256(text, strlen(text), whole);
	keys_sign(book->keys, whole, signature);
	book_put_hex(end, "signature", signature, sizeof(signature));
	book_add(book, end);
}

static void book_init(struct book *book, const struct place *place)
{
	char folder[128];
	json_t *first = json_put_int(json_make(), "tilld-journal", 1);
	json_t *seal = json_put_text(json_make(), "kind", "seal");
	uint8_t signature[KEYS_SIGNATURE_SIZE];

	snprintf(folder, sizeof(folder), "%s/keys", place->folder);
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_int_equal(keys_create(folder, random_system(), &book->keys), 0);
	buf_init(&book->text, 65536);
	keys_seal_public(book->keys, book->public);
	json_put_text(first, "key", keys_seal_id(book->keys));
	book_put_hex(first, "public", book->public, PROOF_KEY_SIZE);
	book_add(book, first);
	memset(book->hash, 0, HASH_SIZE);
	book_add_entry(book, 1, json_put_text(json_make(), "kind", "setup"));
	keys_sign(book->keys, book->hash, signature);
	json_put_text(seal, "key", keys_seal_id(book->keys));
	json_put_int(seal, "of", 1);
	book_put_hex(seal, "signature", signature, sizeof(signature));
	book_add_entry(book, 2, seal);
	book_add_entry(book, JOURNAL_ENTRIES,
		       json_put_text(json_make(), "kind", "sign-on"));
	book_add_end(book, JOURNAL_ENTRIES);
}

static void book_free(struct book *book)
{
	keys_free(book->keys);
	buf_free(&book->text);
}

static enum journal_fault prove(const struct book *book, size_t len,
				size_t step, const uint8_t *public)
{
	struct proof *proof = proof_new(public);
	struct journal_verdict verdict;

	for (size_t at = 0; at < len; at += step)
		proof_feed(proof, book->text.data + at,
			   len - at < step ? len - at : step);
	verdict = proof_end(proof);
	if (verdict.fault == JOURNAL_SOUND)
		assert_int_equal(verdict.entries, JOURNAL_ENTRIES);
	proof_free(proof);
	return verdict.fault;
}

static void test_proof(void **state)
{
	static const size_t steps[] = { 65536, 100, 7, 1 };
	uint8_t other[PROOF_KEY_SIZE] = { 1 };
	struct book book;

	book_init(&book, *state);
	for (size_t i = 0; i < COUNT(steps); i++)
		assert_int_equal(prove(&book, book.text.len, steps[i],
				       book.public),
				 JOURNAL_SOUND);
	/* The newline at the end is not needed, all before it is. */
	assert_int_equal(prove(&book, book.text.len - 1, 65536, NULL),
			 JOURNAL_SOUND);
	for (size_t len = 0; len < book.text.len - 1; len++)
		assert_int_not_equal(prove(&book, len, 65536, NULL),
				     JOURNAL_SOUND);
	assert_int_equal(prove(&book, book.text.len, 65536, other),
			 JOURNAL_OTHER_KEY);
	book_free(&book);
}

static void test_proof_altered(void **state)
{
	struct book book;

	book_init(&book, *state);
	for (size_t i = 0; i < book.text.len - 1; i++) {
		book.text.data[i] ^= 1;
		assert_int_not_equal(prove(&book, book.text.len, 65536, NULL),
				     JOURNAL_SOUND);
		book.text.data[i] ^= 1;
	}
	book_free(&book);
}

/* A line without an end is neither held whole nor believed. */
static void test_proof_long_line(void **state)
{
	CLEANUP_FREE char *much = alloc_zero(1024 * 1024, 1);
	struct proof *proof;
	struct book book;
	size_t first;

	book_init(&book, *state);
	first = strcspn(buf_text(&book.text), "\n") + 1;
	memset(much, 'a', 1024 * 1024);
	proof = proof_new(NULL);
	proof_feed(proof, book.text.data, first);
	for (int i = 0; i < 3; i++)
		proof_feed(proof, much, 1024 * 1024);
	assert_int_equal(proof_end(proof).fault, JOURNAL_BAD_LINE);
	proof_free(proof);
	book_free(&book);
}

static void test_proof_key(void **state)
{
	const struct place *place = *state;
	uint8_t public[PROOF_KEY_SIZE];
	char hex[HASH_TEXT_SIZE], path[128];
	char fingerprint[KEYS_FINGERPRINT_SIZE];
	struct book book;

	book_init(&book, place);
	hash_to_hex(book.public, PROOF_KEY_SIZE, hex);
	assert_true(proof_read_key(hex, public));
	assert_memory_equal(public, book.public, PROOF_KEY_SIZE);
	memset(public, 0, sizeof(public));
	snprintf(path, sizeof(path), "%s/keys/seal.pub", place->folder);
	assert_true(proof_read_key(path, public));
	assert_memory_equal(public, book.public, PROOF_KEY_SIZE);
	/* the fingerprint as it is printed, which a person has noted down */
	keys_fingerprint(book.public, fingerprint);
	assert_true(proof_read_key(fingerprint, public));
	assert_int_equal(prove(&book, book.text.len, 65536, public),
			 JOURNAL_SOUND);
	fingerprint[70] = fingerprint[70] == '0' ? '1' : '0';
	assert_true(proof_read_key(fingerprint, public));
	assert_int_equal(prove(&book, book.text.len, 65536, public),
			 JOURNAL_OTHER_KEY);
	hex[63] = 0;
	assert_false(proof_read_key(hex, public));
	snprintf(path, sizeof(path), "%s/keys/pin.pepper", place->folder);
	assert_false(proof_read_key(path, public));
	assert_false(proof_read_key("/dev/null", public));
	assert_false(proof_read_key("", public));
	book_free(&book);
}

static void print_part(FILE *out, const void *arg)
{
	proof_show(out, arg, strlen(arg));
}

static void test_proof_show(void **state)
{
	CLEANUP_FREE char *text =
		shown(print_part, "{\"a\"}\n\x1b\xc2\x9b\x7f");

	(void)state;
	assert_string_equal(text, "{\"a\"}\n\\x1b\\xc2\\x9b\\x7f");
}

#define PLACED(test) \
	cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_money_good),
		cmocka_unit_test(test_money_bad),
		cmocka_unit_test(test_money_currencies),
		cmocka_unit_test(test_money_counted),
		cmocka_unit_test(test_args_good),
		cmocka_unit_test(test_args_negative),
		cmocka_unit_test(test_args_bad),
		cmocka_unit_test(test_args_many),
		cmocka_unit_test(test_args_no_password),
		cmocka_unit_test(test_verbs_find),
		cmocka_unit_test(test_help_by_verb),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_exits_of_problems),
		cmocka_unit_test(test_exits_of_outcomes),
		cmocka_unit_test(test_say_clean),
		cmocka_unit_test(test_say_json),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_table_narrow),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_fields_labels),
		cmocka_unit_test(test_fields_deep),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_entry_of_action),
		cmocka_unit_test(test_config_without_secrets),
		cmocka_unit_test(test_config_of_drivers),
		cmocka_unit_test(test_entry_of_technicians),
		cmocka_unit_test(test_entry_of_shift),
		cmocka_unit_test(test_plural),
		cmocka_unit_test(test_sse),
		cmocka_unit_test(test_sse_too_long),
		PLACED(test_keep),
		PLACED(test_keep_last),
		PLACED(test_keep_unsafe),
		PLACED(test_keep_damaged),
		PLACED(test_keep_home),
		cmocka_unit_test(test_ask_line),
		cmocka_unit_test(test_ask_leaves_rest),
		cmocka_unit_test(test_ask_terminal),
		cmocka_unit_test(test_ask_interrupted),
		cmocka_unit_test(test_ask_no_terminal),
		PLACED(test_proof),
		PLACED(test_proof_altered),
		PLACED(test_proof_long_line),
		PLACED(test_proof_key),
		cmocka_unit_test(test_proof_show),
	};

	say_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
