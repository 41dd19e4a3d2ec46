/* SPDX-License-Identifier: Apache-2.0 */
/* Documents in the languages of receipt printers: docs/printing.md. */
#include "receipt/paper.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct job_fault fault;
static struct buf made;

/* 'in' "quotes" of one kind, so that it can be read here */
static json_t *parse(const char *text)
{
	char *copy = strdup(text);
	json_t *json;

	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	json = json_parse(copy, strlen(copy));
	assert_non_null(json);
	free(copy);
	return json;
}

static bool make(const struct paper_language *language, const char *page,
		 const char *text)
{
	json_t *asked = parse(text);
	bool done;

	buf_free(&made);
	made = (struct buf)BUF_INIT(JOB_BYTES_MAX);
	done = paper_make(language, asked, page, &made, &fault);
	json_decref(asked);
	return done;
}

static void expect(const struct paper_language *language, const char *page,
		   const char *text, const char *bytes, size_t len)
{
	if (!make(language, page, text))
		fail_msg("%s: %s", fault.field, fault.detail);
	assert_int_equal(made.len, len);
	assert_memory_equal(made.data, bytes, len);
}

#define EXPECT(language, page, text, bytes) \
	expect(language, page, text, bytes, sizeof(bytes) - 1)

static void refuse(const struct paper_language *language, const char *text,
		   const char *field, const char *detail)
{
	assert_false(make(language, "cp437", text));
	assert_string_equal(fault.field, field);
	if (!strstr(fault.detail, detail))
		fail_msg("%s", fault.detail);
}

static int forget(void **state)
{
	(void)state;
	buf_free(&made);
	return 0;
}

static void test_escpos_text(void **state)
{
	(void)state;
	EXPECT(&paper_escpos, "cp437",
	       "{'document':[{'text':'Caf\u00e9 \u20ac'}]}",
	       "\x1b@\x1c.\x1bt\x00"
	       "Caf\x82 ?\n");
	EXPECT(&paper_escpos, "cp858", "{'document':[{'text':'\u20ac'}]}",
	       "\x1b@\x1c.\x1bt\x13\xd5\n");
	/* a letter that the page lacks loses its accent */
	EXPECT(&paper_escpos, "cp437",
	       "{'document':[{'text':'\u017b\u00f3\u0142ty'}]}",
	       "\x1b@\x1c.\x1bt\x00"
	       "Z\xa2lty\n");
	EXPECT(&paper_escpos, "cp852",
	       "{'document':[{'text':'A','align':'center','bold':true,"
	       "'underline':true,'invert':true,'width':2,'height':3,"
	       "'continues':true},{'text':'B'}]}",
	       "\x1b@\x1c.\x1bt\x12"
	       "\x1b"
	       "a\x01\x1b"
	       "E\x01\x1b-\x01\x1d"
	       "B\x01\x1d!\x12"
	       "A"
	       "\x1b"
	       "a\x00\x1b"
	       "E\x00\x1b-\x00\x1d"
	       "B\x00\x1d!\x00"
	       "B\n");
}

static void test_escpos_codes(void **state)
{
	(void)state;
	EXPECT(&paper_escpos, "cp437",
	       "{'document':[{'barcode':{'kind':'ean-13','data':'400638133393',"
	       "'text':true,'height':50,'width':3}},{'barcode':{'kind':"
	       "'code-128','data':'A{1'},'align':'right'}]}",
	       "\x1b@\x1c.\x1bt\x00"
	       "\x1dh\x32\x1dw\x03\x1dH\x02\x1dk\x43\x0c"
	       "400638133393"
	       "\x1b"
	       "a\x02\x1dh\x50\x1dw\x02\x1dH\x00\x1dk\x49\x06{BA{{1");
	EXPECT(&paper_escpos, "cp437",
	       "{'document':[{'qr':{'data':'abc','size':6,'level':'q'}},"
	       "{'feed':3},{'cut':'partial'},{'cut':'full'}]}",
	       "\x1b@\x1c.\x1bt\x00"
	       "\x1d(k\x04\x00\x31\x41\x32\x00\x1d(k\x03\x00\x31\x43\x06"
	       "\x1d(k\x03\x00\x31\x45\x32\x1d(k\x06\x00\x31\x50\x30"
	       "abc"
	       "\x1d(k\x03\x00\x31\x51\x30"
	       "\x1b"
	       "d\x03\x1dVB\x00\x1dVA\x00");
}

static void test_escpos_image(void **state)
{
	(void)state;
	EXPECT(&paper_escpos, "cp437",
	       "{'document':[{'image':{'width':12,'data':'//CAEA=='}}]}",
	       "\x1b@\x1c."
	       "\x1bt\x00\x1dv0\x00\x02\x00\x02\x00\xff\xf0\x80\x10\x1c.");
}

/* Three rows that are DLE DC4 1 together: two bands. */
static void test_escpos_takes_rows_apart(void **state)
{
	(void)state;
	EXPECT(&paper_escpos, "cp437",
	       "{'document':[{'image':{'width':8,'data':'EBQBAAE='}}]}",
	       "\x1b@\x1c.\x1bt\x00\x1dv0\x00\x01\x00\x02\x00\x10\x14"
	       "\x1dv0\x00\x01\x00\x03\x00\x01\x00\x01\x1c.");
	/* ESC p 0 as well */
	EXPECT(&paper_escpos, "cp437",
	       "{'document':[{'image':{'width':8,'data':'G3AA'}}]}",
	       "\x1b@\x1c.\x1bt\x00\x1dv0\x00\x01\x00\x02\x00\x1bp"
	       "\x1dv0\x00\x01\x00\x01\x00\x00\x1c.");
}

/* One row that is: moved to the right by a dot. */
static void test_escpos_moves_rows(void **state)
{
	(void)state;
	EXPECT(&paper_escpos, "cp437",
	       "{'document':[{'image':{'width':24,'data':'EBQB'}}]}",
	       "\x1b@\x1c."
	       "\x1bt\x00\x1dv0\x00\x04\x00\x01\x00\x08\x0a\x00\x80\x1c.");
	refuse(&paper_escpos,
	       /* 10 14 01, and the same moved to the left by 1 to 7 dots */
	       "{'document':[{'image':{'width':256,'data':"
	       "'EBQBACAoAgBAUAQAgKAIAQFAEAICgCAEBQBACAoAgBA='}}]}",
	       "document[0]", "change it a little");
}

static void test_star_text(void **state)
{
	(void)state;
	EXPECT(&paper_star, "cp852",
	       "{'document':[{'text':'\u017b','align':'right','bold':true,"
	       "'underline':true,'invert':true,'width':2,'height':3},"
	       "{'text':'B'},{'feed':2},{'cut':'full'}]}",
	       "\x1b@\x1b\x1dt\x05"
	       "\x1b\x1d"
	       "a\x02\x1b"
	       "E\x1b-\x01\x1b"
	       "4\x1bi\x02\x01\xbd\n"
	       "\x1b\x1d"
	       "a\x00\x1b"
	       "F\x1b-\x00\x1b"
	       "5\x1bi\x00\x00"
	       "B\n"
	       "\n\n\x1b"
	       "d\x02");
	refuse(&paper_star, "{'document':[{'feed':1},{'text':'A','width':7}]}",
	       "document[1]", "up to 6 times");
}

static void test_star_codes(void **state)
{
	(void)state;
	EXPECT(&paper_star, "cp437",
	       "{'document':[{'barcode':{'kind':'code-128','data':'A%1',"
	       "'height':26,'text':true}}]}",
	       "\x1b@\x1b\x1dt\x01\x1b"
	       "b621\x1b"
	       "A%01\x1e");
	EXPECT(&paper_star, "cp437", "{'document':[{'qr':{'data':'abc'}}]}",
	       "\x1b@\x1b\x1dt\x01\x1b\x1dyS0\x02\x1b\x1dyS1\x01\x1b\x1dyS2\x04"
	       "\x1b\x1dyD1\x00\x03\x00"
	       "abc\x1b\x1dyP");
	refuse(&paper_star,
	       "{'document':[{'qr':{'data':'abcdefghijklmnopqrstuvwxyz'}}]}",
	       "document[0]", "make it longer");
}

/* Columns of 24 dots; what would open the drawer has a dot more. */
static void test_star_image(void **state)
{
	(void)state;
	EXPECT(&paper_star, "cp437",
	       "{'document':[{'image':{'width':3,'data':'IECA4ACA'}}]}",
	       "\x1b@\x1b\x1dt\x01\x1b"
	       "0\x1bX\x03\x00"
	       "\x34\x00\x00\x50\x00\x00\x90\x00\x00\n\x1bz\x01");
	/* rows 3, 4 and 5 black: 1C */
	EXPECT(&paper_star, "cp437",
	       "{'document':[{'image':{'width':1,'data':'AAAAgICAAAA='}}]}",
	       "\x1b@\x1b\x1dt\x01\x1b"
	       "0\x1bX\x01\x00\x1e\x00\x00\n\x1bz\x01");
}

/* Its width is no drawer's command either. */
static void test_star_image_width(void **state)
{
	(void)state;
	assert_true(make(&paper_star, "cp437",
			 "{'document':[{'image':{'width':28,'data':'AAAAAA=='}}"
			 "]}"));
	assert_memory_equal(made.data + 8, "\x1bX\x1d\x00", 4);
}

static void test_what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *text, *field, *detail;
	} wrong[] = {
		{ "{}", "document", "Give a document" },
		{ "{'document':[{'feed':1}],'raw':{}}", "document", "Give" },
		{ "{'document':[{}]}", "document[0]", "It is one of" },
		{ "{'document':[{'text':'A','feed':1}]}", "document[0]",
		  "one" },
		{ "{'document':[{'feed':1,'bold':true}]}", "document[0]",
		  "only text" },
		{ "{'document':[{'barcode':{'kind':'ean-13','data':'12'}}]}",
		  "document[0]", "12 or 13 digits" },
		{ "{'document':[{'barcode':{'kind':'itf','data':'123'}}]}",
		  "document[0]", "even" },
		{ "{'document':[{'barcode':{'kind':'code-39','data':'a'}}]}",
		  "document[0]", "capital" },
		{ "{'document':[{'barcode':{'kind':'code-128','data':'\u00e9'}}"
		  "]}",
		  "document[0]", "ASCII" },
		{ "{'document':[{'image':{'width':8,'data':'A'}}]}",
		  "document[0]", "base64" },
		{ "{'document':[{'image':{'width':9,'data':'AAAA'}}]}",
		  "document[0]", "rows of 2 bytes" },
		{ "{'raw':{'language':'star','data':'QQ=='}}", "raw.language",
		  "speaks escpos" },
		{ "{'raw':{'language':'escpos','data':''}}", "raw.data",
		  "base64" },
		{ "{'raw':{'language':'escpos','data':'Q=Q='}}", "raw.data",
		  "base64" },
		{ "{'raw':{'language':'escpos','data':'QUEbcAAZ+g=='}}",
		  "raw.data", "At byte 2: a drawer pulse (ESC p)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		refuse(&paper_escpos, wrong[i].text, wrong[i].field,
		       wrong[i].detail);
}

static void test_raw(void **state)
{
	(void)state;
	EXPECT(&paper_escpos, "cp437",
	       "{'raw':{'language':'escpos','data':'QUIK'}}",
	       "\x1b@"
	       "AB\n");
	EXPECT(&paper_star, "cp437",
	       "{'raw':{'language':'star','data':'QUIK'}}",
	       "\x1b@"
	       "AB\n");
}

/* Every byte value, three columns wide: nothing of it is a drawer's. */
static void test_any_image_is_clean(void **state)
{
	CLEANUP_JSON json_t *asked =
		parse("{'document':[{'image':{'width':600,'data':''}}]}");
	json_t *image = json_object_get(
		json_array_get(json_object_get(asked, "document"), 0), "image");
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789+/";
	char text[75 * 300 / 3 * 4 + 1] = { 0 };
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		seed = seed * 1664525 + 1013904223;
		text[i] = digits[seed >> 26];
	}
	json_put_text(image, "data", text);
	buf_free(&made);
	made = (struct buf)BUF_INIT(JOB_BYTES_MAX);
	assert_true(paper_make(&paper_escpos, asked, "cp437", &made, &fault));
	buf_reset(&made);
	assert_true(paper_make(&paper_star, asked, "cp437", &made, &fault));
	assert_null(memchr(made.data, 0x07, made.len));
	assert_null(memchr(made.data, 0x19, made.len));
}

static void test_pages_are_the_options(void **state)
{
	const struct {
		const struct paper_language *language;
		const char *words;
	} options[] = { { &paper_escpos, PAPER_ESCPOS_PAGES },
			{ &paper_star, PAPER_STAR_PAGES } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct buf words = BUF_INIT(256);

		for (const struct paper_page *page = options[i].language->pages;
		     page->option; page++) {
			struct buf out = BUF_INIT(8);

			buf_add_format(&words, "%s%s", words.len ? " " : "",
				       page->option);
			assert_int_equal(strcasecmp(page->option, page->name),
					 0);
			buf_free(&out);
		}
		assert_string_equal(buf_text(&words), options[i].words);
		buf_free(&words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escpos_text),
		cmocka_unit_test(test_escpos_codes),
		cmocka_unit_test(test_escpos_image),
		cmocka_unit_test(test_escpos_takes_rows_apart),
		cmocka_unit_test(test_escpos_moves_rows),
		cmocka_unit_test(test_star_text),
		cmocka_unit_test(test_star_codes),
		cmocka_unit_test(test_star_image),
		cmocka_unit_test(test_star_image_width),
		cmocka_unit_test(test_what_is_wrong_is_named),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_any_image_is_clean),
		cmocka_unit_test(test_pages_are_the_options),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
