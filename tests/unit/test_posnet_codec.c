/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of the POSNET protocol; numbers in brackets are sections of
 * docs/protocols.md.
 */
#include "printer/posnet_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct vector {
	const char *payload;
	const char *crc;
};

/* Published (3.3) and recorded or derived (3.4, 3.12), both directions. */
static const struct vector vectors[] = {
	{ "trinit\tbm0\t", "4825" },
	{ "trinit\t", "911D" },
	{ "ERR\t?5\t", "7F84" },
	{ "trend\t?2805\t", "9C4D" },
	{ "scomm\t", "C42B" },
	{ "scomm\tfsT\ttzT\tts0\thrT\tnuZBF 2101002392\ttdN\t", "6D97" },
	{ "scnt\t", "E484" },
	{ "scnt\trd4\thn55\tbn0\tfn0\tnuZBF 2101002392\tbc0\tbt0\tfc0\t",
	  "D96E" },
	{ "trline\tnaCandies\tvt1\tpr999\t", "5E2D" },
	{ "trline\t", "56B5" },
	{ "trpayment\tty0\twa999\tnaGot\xF3wka\tre0\t", "25D8" },
	{ "trpayment\t", "A1EE" },
	{ "trend\tto999\tfp999\t", "D595" },
	{ "trend\t", "2902" },
	{ "eclastdocnoget\tty0\t", "2BC6" },
	{ "eclastdocnoget\tdi61\t", "E341" },
	{ "rtcget\t", "7D61" },
	{ "rtcget\tda2026-10-09;11:48\ttm2026-10-09T11:48:15+02:00\t", "E083" },
	{ "scnt\trd4\thn56\tbn1\tfn0\tnuZBF 2101002392\tbc0\tbt1\tfc0\t",
	  "9005" },
	{ "strns\t", "FCA8" },
	{ "strns\tto0\tts16\tva0\tvb999\tvc0\tvd0\tve0\tvf0\tvg0\tpp0\tpm0\t"
	  "re0\tfp999\tfeN\t",
	  "B682" },
	{ "stot\t", "993E" },
	{ "stot\tno5\tfa0\tfb0\tfc0\tfd0\tfe0\tff0\tfg0\tfn0\tpa0\tpb999\tpc0\t"
	  "pd0\tpe0\tpf0\tpg0\tpn1\tct0\tcn0\tcc0\tva23,00\tvb8,00\tvc5,00\t"
	  "vd0,00\tve101,00\tvf101,00\tvg101,00\tds2026-10-09;11:48\t"
	  "is2026-10-09T11:48:14+02:00\tde2026-10-09;11:48\t"
	  "ie2026-10-09T11:48:14+02:00\tft0\tfl0\tnf0\tbc0\tle0\toe0\ttf0\t",
	  "1532" },
	{ "sfsk\t", "4ABE" },
	{ "sfsk\tfsT\tcl0\trd4\tvt0\tva23,00\tvb8,00\tvc5,00\tvd0,00\t"
	  "ve101,00\tvf101,00\tvg101,00\trw2026-10-09;11:44\t"
	  "tm2026-10-09T11:44:42+02:00\tnuZBF 2101002392\t",
	  "7AB7" },
	{ "trline\tnaApples\tvt1\tpr200\t", "F7AE" },
	{ "trpayment\tty2\twa500\tnaKarta\tre0\t", "6E01" },
	{ "trpayment\tty0\twa300\tnaReszta\tre1\t", "AD4A" },
	{ "trend\tto200\tre300\tfp500\t", "E57A" },
	{ "trline\tnaKawa\tvt1\tpr1000\twa1000\trd1\trnRabat\trw200\t",
	  "FCAB" },
	{ "trline\tnaPiwo\tvt1\tpr800\t", "E4C8" },
	{ "trline\tnaKawa\tvt1\tpr1000\tst1\twa1000\trd1\trnRabat\trw200\t",
	  "C74E" },
	{ "trpayment\tty0\twa800\tnaGot\xF3wka\tre0\t", "FBBA" },
	{ "trend\tto800\tfp800\t", "73B8" },
	{ "trdiscntsubtot\tnaSta\xB3y klient\trd1\trw100\t", "AAE5" },
	{ "stocash\tkw999\t", "F9D6" },
	{ "stocash\t", "ED5F" },
	{ "scnt\trd0\thn20\tbn18\tfn0\tnuZBF 2101002392\tbc0\tbt18\tfc0\t",
	  "8532" },
	{ "dailyrep\tda2026-09-08\t", "51D1" },
	{ "dailyrep\t", "9180" },
	{ "scnt\trd1\thn21\tbn0\tfn0\tnuZBF 2101002392\tbc0\tbt0\tfc0\t",
	  "A285" },
	{ "stot\tno2\tfa0\tfb0\tfc0\tfd0\tfe0\tff0\tfg0\tfn0\tpa0\tpb0\tpc0\t"
	  "pd0\tpe0\tpf0\tpg0\tpn0\tct0\tcn0\tcc0\tva23,00\tvb8,00\tvc5,00\t"
	  "vd0,00\tve101,00\tvf101,00\tvg101,00\tds2000-01-01;01:00\t"
	  "is2000-01-01T01:00:00+01:00\tde2000-01-01;01:00\t"
	  "ie2000-01-01T01:00:00+01:00\tft0\tfl0\tnf0\tbc0\tle0\toe0\ttf0\t",
	  "68C1" },
	{ "!sdev\t", "5392" },
	{ "sdev\tds0\tcpN\tqeT\tpeN\ttl0\t", "D7D2" },
	{ "!sprn\t", "CEED" },
	{ "sprn\tpr0\t", "C577" },
	{ "opendrwr\t", "5836" },
	{ "cash\tkw5000\twpT\t", "D646" },
	{ "cash\tkw5000\twpN\t", "3AFE" },
	{ "scashstate\t", "23DC" },
	{ "scashstate\tcs5000\t", "AB8E" },
	{ "periodicrepbydates\tfd2026-09-01\ttd2026-09-30\tsu1\t", "4D6A" },
	{ "periodicrepbynumbers\tfn1\ttn4\t", "D2A5" },
	{ "shiftrep\tshZM1\tzrN\t", "DBC8" },
	{ "formstart\tfn200\tfh84\t", "83A2" },
	{ "formline\ts1Hello\tfn200\tfl711\t", "963D" },
	{ "formend\tfn200\t", "73B1" },
	{ "trend\t@0017\tto999\tfp999\t", "72F9" },
	{ "trend\t@0017\t", "8CC0" },
	{ "rpt\t@0017\t", "8BD4" },
	{ "ERR\t@0017\t?13\tcmrpt\t", "F629" },
	{ "ERR\t?1\tcmxyz\t", "7AEE" },
	{ "ERR\t?2\tcmtrline\tfdpr\t", "C1C4" },
	{ "trline\t@0042\t?2005\t", "3BED" },
};

static void frame_cleanup(struct posnet_frame **frame)
{
	free(*frame);
}

#define FRAME __attribute__((cleanup(frame_cleanup))) struct posnet_frame *

static struct posnet_frame *frame_new(void)
{
	return calloc(1, sizeof(struct posnet_frame));
}

static int parse(const char *inner, struct posnet_frame *frame)
{
	return posnet_frame_parse(inner, strlen(inner), frame);
}

/* [3.3] The check word, the byte to follow by hand, and nothing at all. */
static void test_crc_known(void **state)
{
	(void)state;
	assert_int_equal(posnet_frame_crc("123456789", 9), 0x31C3);
	assert_int_equal(posnet_frame_crc("A", 1), 0x58E5);
	assert_int_equal(posnet_frame_crc("", 0), 0x0000);
}

static void test_crc_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		const struct vector *v = &vectors[i];

		assert_int_equal(posnet_frame_crc(v->payload,
						  strlen(v->payload)),
				 strtol(v->crc, NULL, 16));
	}
}

/* Every vector taken apart into words, and put together again by them. */
static void test_vectors_rebuilt(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		const struct vector *v = &vectors[i];
		char *words = strdup(v->payload);
		char *word = strtok(words, "\t");
		struct buf buf = BUF_INIT(POSNET_FRAME_MAX);
		char want[POSNET_FRAME_MAX];
		bool plain = true;

		posnet_frame_begin(&buf, word);
		while ((word = strtok(NULL, "\t")) != NULL) {
			char name[3] = { word[0], word[1], 0 };

			if (word[0] == '@')
				posnet_frame_token(&buf, atoi(word + 1));
			else if (word[0] == '?')
				plain = false; /* only printers say this */
			else
				posnet_frame_field(&buf, name, word + 2);
		}
		posnet_frame_end(&buf);
		snprintf(want, sizeof(want), "\x02%s#%s\x03", v->payload,
			 v->crc);
		assert_false(buf.failed);
		if (plain)
			assert_string_equal(buf_text(&buf), want);
		buf_free(&buf);
		free(words);
	}
}

static void test_vectors_parsed(void **state)
{
	FRAME frame = frame_new();

	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		const struct vector *v = &vectors[i];
		char inner[POSNET_FRAME_MAX];
		size_t tabs = 0;

		snprintf(inner, sizeof(inner), "%s#%s", v->payload, v->crc);
		assert_int_equal(parse(inner, frame), 0);
		for (const char *c = v->payload; *c; c++)
			tabs += *c == '\t';
		assert_int_equal(tabs, 1 + frame->fields + (frame->token >= 0) +
					       (frame->error >= 0));
	}
}

/* [3.3] The one whole frame that is published byte by byte. */
static void test_build_published(void **state)
{
	static const uint8_t want[] = { 0x02, 0x74, 0x72, 0x69, 0x6E, 0x69,
					0x74, 0x09, 0x62, 0x6D, 0x30, 0x09,
					0x23, 0x34, 0x38, 0x32, 0x35, 0x03 };
	struct buf buf = BUF_INIT(POSNET_FRAME_MAX);

	(void)state;
	posnet_frame_begin(&buf, "trinit");
	posnet_frame_field(&buf, "bm", "0");
	posnet_frame_end(&buf);
	assert_false(buf.failed);
	assert_int_equal(buf.len, sizeof(want));
	assert_memory_equal(buf.data, want, sizeof(want));
	buf_free(&buf);
}

static void test_build_refused(void **state)
{
	static const struct {
		const char *mnemonic, *name, *value;
	} bad[] = {
		{ "trinit", "na", "a\tb" }, { "trinit", "na", "a\x02" },
		{ "trinit", "na", "\x03" }, { "trinit", "n", "x" },
		{ "trinit", "nam", "x" },   { "trinit", "n\t", "x" },
		{ "tr\tinit", "na", "x" },  { "trinit", "?1", "x" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct buf buf = BUF_INIT(POSNET_FRAME_MAX);

		posnet_frame_begin(&buf, bad[i].mnemonic);
		posnet_frame_field(&buf, bad[i].name, bad[i].value);
		posnet_frame_end(&buf);
		assert_true(buf.failed);
		buf_free(&buf);
	}
}

static void test_build_token_range(void **state)
{
	struct buf buf = BUF_INIT(POSNET_FRAME_MAX);

	(void)state;
	for (int token = -1; token <= 10000; token += 10001) {
		posnet_frame_begin(&buf, "rpt");
		posnet_frame_token(&buf, token);
		assert_true(buf.failed);
	}
	posnet_frame_begin(&buf, "rpt");
	posnet_frame_token(&buf, 0);
	posnet_frame_token(&buf, 9999);
	assert_false(buf.failed);
	assert_non_null(strstr(buf_text(&buf), "@0000\t@9999\t"));
	buf_free(&buf);
}

static void test_build_too_long(void **state)
{
	struct buf buf = BUF_INIT(4 * POSNET_FRAME_MAX);
	char value[POSNET_FRAME_MAX];

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = 0;
	posnet_frame_begin(&buf, "trline");
	posnet_frame_field(&buf, "na", value);
	posnet_frame_end(&buf);
	assert_true(buf.failed);
	/* forgotten with the next frame */
	posnet_frame_begin(&buf, "scnt");
	posnet_frame_end(&buf);
	assert_false(buf.failed);
	assert_string_equal(buf_text(&buf), "\x02scnt\t#E484\x03");
	buf_free(&buf);
}

/* [3.2] A text may hold '#': the checksum's is the last one. */
static void test_hash_in_text(void **state)
{
	struct buf buf = BUF_INIT(POSNET_FRAME_MAX);
	FRAME frame = frame_new();

	(void)state;
	posnet_frame_begin(&buf, "formline");
	posnet_frame_field(&buf, "s1", "No #12#AB");
	posnet_frame_end(&buf);
	assert_int_equal(posnet_frame_parse(buf.data + 1, buf.len - 2, frame),
			 0);
	assert_string_equal(posnet_frame_value(frame, "s1"), "No #12#AB");
	buf_free(&buf);
}

/* [3.2] LF separates the arguments of a form's line. */
static void test_linefeed_in_text(void **state)
{
	struct buf buf = BUF_INIT(POSNET_FRAME_MAX);
	FRAME frame = frame_new();

	(void)state;
	posnet_frame_begin(&buf, "formline");
	posnet_frame_field(&buf, "s1", "a\nb");
	posnet_frame_end(&buf);
	assert_false(buf.failed);
	assert_int_equal(posnet_frame_parse(buf.data + 1, buf.len - 2, frame),
			 0);
	assert_string_equal(posnet_frame_value(frame, "s1"), "a\nb");
	buf_free(&buf);
}

static void test_parse_fields(void **state)
{
	FRAME frame = frame_new();
	int64_t number = 77;
	bool flag = true;

	(void)state;
	assert_int_equal(
		parse("scomm\tfsT\ttzT\tts0\thrT\tnuZBF 2101002392\ttdN\t#6D97",
		      frame),
		0);
	assert_string_equal(posnet_frame_mnemonic(frame), "scomm");
	assert_string_equal(posnet_frame_value(frame, "nu"), "ZBF 2101002392");
	assert_null(posnet_frame_value(frame, "xx"));
	assert_true(posnet_frame_number(frame, "ts", &number));
	assert_int_equal(number, 0);
	assert_false(posnet_frame_number(frame, "nu", &number));
	assert_false(posnet_frame_number(frame, "xx", &number));
	assert_true(posnet_frame_flag(frame, "td", &flag));
	assert_false(flag);
	assert_true(posnet_frame_flag(frame, "fs", &flag));
	assert_true(flag);
	assert_false(posnet_frame_flag(frame, "nu", &flag));
	assert_true(flag);
	assert_int_equal(frame->token, POSNET_NO_TOKEN);
	assert_int_equal(frame->error, POSNET_NO_ERROR);
	assert_false(frame->async || frame->frame_error);
}

static void test_parse_token_and_error(void **state)
{
	FRAME frame = frame_new();

	(void)state;
	assert_int_equal(parse("trline\t@0042\t?2005\t#3BED", frame), 0);
	assert_int_equal(frame->token, 42);
	assert_int_equal(frame->error, 2005);
	assert_false(frame->frame_error);
	assert_int_equal(parse("ERR\t@0017\t?13\tcmrpt\t#F629", frame), 0);
	assert_int_equal(frame->token, 17);
	assert_int_equal(frame->error, 13);
	assert_true(frame->frame_error);
	assert_string_equal(posnet_frame_value(frame, "cm"), "rpt");
}

/* An inner frame with the right checksum, by a CRC of the test's own. */
static const char *sealed(const char *payload)
{
	static char inner[2 * POSNET_FRAME_MAX];
	unsigned int crc = 0;

	for (const char *c = payload; *c; c++)
		for (int bit = 7; bit >= 0; bit--) {
			unsigned int top = crc >> 15;

			crc = (crc << 1 | ((unsigned char)*c >> bit & 1U)) &
			      0xFFFF;
			if (top)
				crc ^= 0x1021;
		}
	for (int bit = 0; bit < 16; bit++)
		crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) & 0xFFFF;
	snprintf(inner, sizeof(inner), "%s#%04X", payload, crc);
	return inner;
}

/* [3.4] Both spellings of both errors. */
static void test_parse_error_spellings(void **state)
{
	static const struct {
		const char *payload;
		int error;
	} cases[] = {
		{ "trend\t?2805\t", 2805 },
		{ "trend\t?2805", 2805 },
		{ "trend\t@0017\t?2805", 2805 },
		{ "ERR\t?13\tcmrpt\t", 13 },
		{ "ERR\ter13\tcmrpt\t", 13 },
		{ "ERR\t@0017\ter13\t", 13 },
		{ "ERR\ter13", 13 },
		{ "ERR\tcmrpt\t?13", 13 },
	};
	FRAME frame = frame_new();

	(void)state;
	assert_string_equal(sealed("trend\t?2805\t"), "trend\t?2805\t#9C4D");
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(parse(sealed(cases[i].payload), frame), 0);
		assert_int_equal(frame->error, cases[i].error);
		assert_int_equal(frame->frame_error,
				 cases[i].payload[0] == 'E');
	}
	/* er is a field like any other where it is no ERR */
	assert_int_equal(parse(sealed("scnt\ter13\t"), frame), 0);
	assert_int_equal(frame->error, POSNET_NO_ERROR);
}

/* [3.4] '!' may or may not come back. */
static void test_parse_async(void **state)
{
	FRAME frame = frame_new();

	(void)state;
	assert_int_equal(parse(sealed("!sdev\tds0\t"), frame), 0);
	assert_true(frame->async);
	assert_string_equal(posnet_frame_mnemonic(frame), "sdev");
	assert_int_equal(parse(sealed("sdev\tds0\t"), frame), 0);
	assert_false(frame->async);
	assert_string_equal(posnet_frame_mnemonic(frame), "sdev");
}

/* [3.3] Lower case, and one to four digits. */
static void test_parse_checksum_forms(void **state)
{
	FRAME frame = frame_new();
	char inner[64], text[32] = "";
	const char *tail;

	(void)state;
	assert_int_equal(parse("trinit\t#911d", frame), 0);
	/* find payloads whose checksum begins with zeros, by the test's CRC */
	for (int i = 0; i < 100000; i++) {
		snprintf(text, sizeof(text), "cash\tkw%d\t", i);
		tail = strrchr(sealed(text), '#') + 1;
		if (!strncmp(tail, "000", 3))
			break;
	}
	assert_memory_equal(tail, "000", 3);
	for (int digits = 1; digits <= 4; digits++) {
		snprintf(inner, sizeof(inner), "%s#%s", text,
			 tail + 4 - digits);
		assert_int_equal(parse(inner, frame), 0);
	}
	snprintf(inner, sizeof(inner), "%s#0%s", text, tail);
	assert_int_equal(parse(inner, frame), POSNET_FRAME_MALFORMED);
}

/* [3.3] The trap: begun with FFFFh it is another CRC, and no POSNET frame. */
static void test_parse_wrong_crc(void **state)
{
	FRAME frame = frame_new();

	(void)state;
	assert_int_equal(parse("trinit\t#911E", frame), POSNET_FRAME_CRC);
	assert_int_equal(parse("trinit\t#0000", frame), POSNET_FRAME_CRC);
	assert_int_equal(parse("trinis\t#911D", frame), POSNET_FRAME_CRC);
	assert_int_equal(parse("trinit\tbm0\t#6C10", frame), POSNET_FRAME_CRC);
}

static void test_parse_malformed(void **state)
{
	static const char *const bad[] = {
		"",	     "#0000",	      "\t", "trinit", "trinit\t",
		"trinit\t#", "trinit\t#zzzz",
	};
	static const char *const worse[] = {
		"",
		"\t",
		"trinit",
		"trinit\tbm0",
		"trinit\t\t",
		"trinit\tb\t",
		"tr init\t",
		"trinit\t@1\t",
		"rpt\t@12345\t",
		"rpt\t@00x7\t",
		"rpt\t@0017",
		"rpt\t@0017\t@0017\t",
		"trend\t?\t",
		"trend\t?28x\t",
		"trend\t?280500\t",
		"trend\t?1\t?2\t",
		"ERR\t",
		"ERR\tcmrpt\t",
		"?13\t",
		"!\t",
		"!!sdev\t",
		"scnt\t-1\t",
		"scnt\trd\x01\t",
	};
	FRAME frame = frame_new();

	(void)state;
	frame->token = 4711;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(parse(bad[i], frame), POSNET_FRAME_MALFORMED);
	for (size_t i = 0; i < COUNT(worse); i++)
		assert_int_equal(parse(sealed(worse[i]), frame),
				 POSNET_FRAME_MALFORMED);
	assert_int_equal(frame->token, 4711); /* untouched by failures */
}

static void test_parse_numbers(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		int64_t number;
	} cases[] = {
		{ "0", true, 0 },
		{ "-5", true, -5 },
		{ "49999999999", true, 49999999999 },
		{ "999999999999999999", true, 999999999999999999 },
		{ "1000000000000000000", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "--1", false, 0 },
		{ "1.5", false, 0 },
		{ "23,00", false, 0 },
		{ " 1", false, 0 },
	};
	FRAME frame = frame_new();
	char payload[64];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t number = 4711;

		snprintf(payload, sizeof(payload), "x\tno%s\t", cases[i].text);
		assert_int_equal(parse(sealed(payload), frame), 0);
		assert_int_equal(posnet_frame_number(frame, "no", &number),
				 cases[i].valid);
		assert_true(number ==
			    (cases[i].valid ? cases[i].number : 4711));
	}
}

static void test_parse_flags(void **state)
{
	FRAME frame = frame_new();
	bool flag;

	(void)state;
	for (const char *c = "TtYy1NnFf0"; *c; c++) {
		char payload[] = { 'x', '\t', 'f', 's', *c, '\t', 0 };

		assert_int_equal(parse(sealed(payload), frame), 0);
		assert_true(posnet_frame_flag(frame, "fs", &flag));
		assert_int_equal(flag, strchr("TtYy1", *c) != NULL);
	}
	assert_int_equal(parse(sealed("x\tfs\tfzTT\tfy2\t"), frame), 0);
	assert_false(posnet_frame_flag(frame, "fs", &flag));
	assert_false(posnet_frame_flag(frame, "fz", &flag));
	assert_false(posnet_frame_flag(frame, "fy", &flag));
}

static void test_parse_too_many_fields(void **state)
{
	FRAME frame = frame_new();
	char payload[POSNET_FRAME_MAX] = "x\t";

	(void)state;
	for (int i = 0; i < POSNET_FIELDS_MAX; i++)
		strcat(payload, "aa\t");
	assert_int_equal(parse(sealed(payload), frame), 0);
	assert_int_equal(frame->fields, POSNET_FIELDS_MAX);
	strcat(payload, "aa\t");
	assert_int_equal(parse(sealed(payload), frame), POSNET_FRAME_MALFORMED);
}

/* --- the stream --- */

struct stream {
	struct posnet_reader reader;
	struct posnet_frame frame;
	int frames, broken;
};

static void stream_feed(struct stream *s, const void *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct cursor input;
	enum posnet_read got;

	memcpy(copy, data, len);
	input = cursor_make(copy, len);
	while ((got = posnet_reader_take(&s->reader, &input, &s->frame)) !=
	       POSNET_READ_MORE) {
		s->frames += got == POSNET_READ_FRAME;
		s->broken += got == POSNET_READ_BROKEN;
	}
	assert_int_equal(cursor_left(&input), 0);
	free(copy);
}

static struct stream *stream_fed(const char *text)
{
	struct stream *s = calloc(1, sizeof(*s));

	stream_feed(s, text, strlen(text));
	return s;
}

static void test_stream_cut_anywhere(void **state)
{
	static const char two[] = "\x02scnt\t#E484\x03\x02trinit\t#911D\x03";
	size_t len = sizeof(two) - 1;

	(void)state;
	for (size_t cut = 0; cut <= len; cut++) {
		struct stream *s = calloc(1, sizeof(*s));

		stream_feed(s, two, cut);
		stream_feed(s, two + cut, len - cut);
		assert_int_equal(s->frames, 2);
		assert_int_equal(s->broken, 0);
		assert_string_equal(posnet_frame_mnemonic(&s->frame), "trinit");
		free(s);
	}
}

static void test_stream_byte_by_byte(void **state)
{
	struct stream *s = calloc(1, sizeof(*s));

	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		char frame[POSNET_FRAME_MAX];

		snprintf(frame, sizeof(frame), "\x02%s#%s\x03",
			 vectors[i].payload, vectors[i].crc);
		for (const char *c = frame; *c; c++)
			stream_feed(s, c, 1);
		assert_int_equal(s->frames, i + 1);
	}
	assert_int_equal(s->broken, 0);
	assert_int_equal(s->reader.noise, 0);
	free(s);
}

static void test_stream_noise_between(void **state)
{
	struct stream *s =
		stream_fed("ab\x03#\x02trinit\t#911D\x03zz\x02scnt\t#E484\x03");

	(void)state;
	assert_int_equal(s->frames, 2);
	assert_int_equal(s->broken, 0);
	assert_int_equal(s->reader.noise, 6);
	free(s);
}

/* A reply that broke off and the next one: the loss is told. */
static void test_stream_truncated(void **state)
{
	struct stream *s = stream_fed("\x02trin\x02scnt\t#E484\x03");

	(void)state;
	assert_int_equal(s->frames, 1);
	assert_int_equal(s->broken, 1);
	assert_string_equal(posnet_frame_mnemonic(&s->frame), "scnt");
	free(s);
}

static void test_stream_broken(void **state)
{
	struct stream *s = stream_fed("\x02\x03\x02trinit\t#911E\x03"
				      "\x02\x02scnt\t#E484\x03");

	(void)state;
	assert_int_equal(s->frames, 1);
	assert_int_equal(s->broken, 2);
	free(s);
}

/* XON and XOFF may come anywhere from a printer left at its factory setting. */
static void test_stream_flow_bytes(void **state)
{
	struct stream *s = stream_fed("\x11\x02sc\x13nt\t#E4\x11"
				      "84\x03\x13");

	(void)state;
	assert_int_equal(s->frames, 1);
	assert_int_equal(s->broken, 0);
	assert_int_equal(s->reader.noise, 0);
	free(s);
}

static void test_stream_too_long(void **state)
{
	struct stream *s = stream_fed("\x02");

	(void)state;
	for (int i = 0; i < 5000; i++)
		stream_feed(s, "x", 1);
	assert_int_equal(s->broken, 1); /* once, as soon as it is too long */
	stream_feed(s, "\x03\x02scnt\t#E484\x03", 13);
	assert_int_equal(s->frames, 1);
	assert_int_equal(s->broken, 1);
	free(s);
}

/* The longest frame there may be goes through, one byte more doesn't. */
static void test_stream_longest(void **state)
{
	for (int extra = 0; extra < 2; extra++) {
		struct stream *s = stream_fed("\x02");
		char payload[POSNET_FRAME_MAX + 1];
		size_t len = (size_t)(POSNET_FRAME_MAX - 2 - 5 + extra);
		const char *inner;

		(void)state;
		memset(payload, 'x', len);
		memcpy(payload, "a\tna", 4);
		payload[len - 1] = '\t';
		payload[len] = 0;
		inner = sealed(payload);
		stream_feed(s, inner, strlen(inner));
		stream_feed(s, "\x03", 1);
		assert_int_equal(s->frames, !extra);
		assert_int_equal(s->broken, extra);
		free(s);
	}
}

/* --- whatever comes --- */

static uint32_t random_seed;

static uint32_t random_next(void)
{
	random_seed = random_seed * 1664525 + 1013904223;
	return random_seed >> 8;
}

/* A vector with some bytes changed, dropped or doubled, or plain garbage. */
static size_t garbage_make(uint8_t *out, size_t max)
{
	static const uint8_t special[] = { 2, 3, 9, '#', '@', '?', '!' };
	const struct vector *v = &vectors[random_next() % COUNT(vectors)];
	char frame[POSNET_FRAME_MAX];
	size_t len = 0;

	snprintf(frame, sizeof(frame), "\x02%s#%s\x03", v->payload, v->crc);
	for (size_t i = 0; frame[i] && len + 2 < max; i++) {
		uint32_t dice = random_next() % 64;

		if (dice == 0)
			continue;
		out[len++] =
			dice == 1 ? (uint8_t)random_next() : (uint8_t)frame[i];
		if (dice == 2)
			out[len++] = special[random_next() % sizeof(special)];
	}
	return len;
}

static void test_garbage(void **state)
{
	struct stream *s = calloc(1, sizeof(*s));
	uint8_t data[2 * POSNET_FRAME_MAX];
	int fed = 0;

	(void)state;
	random_seed = 20261122;
	for (int i = 0; i < 20000; i++) {
		size_t len = garbage_make(data, sizeof(data));

		stream_feed(s, data, len);
		fed++;
		assert_true(s->reader.len <= POSNET_FRAME_MAX - 2);
		assert_true(s->frame.fields <= POSNET_FIELDS_MAX);
		assert_true(s->frame.token < 10000);
	}
	/* most are spoilt, some came through unharmed */
	assert_true(s->frames > 1000 && s->broken > 1000);
	assert_true(s->frames < fed);
	free(s);
}

static void test_garbage_plain(void **state)
{
	struct stream *s = calloc(1, sizeof(*s));
	uint8_t data[64];

	(void)state;
	random_seed = 7;
	for (int i = 0; i < 20000; i++) {
		for (size_t j = 0; j < sizeof(data); j++)
			data[j] = (uint8_t)random_next();
		stream_feed(s, data, random_next() % sizeof(data));
	}
	assert_int_equal(s->frames, 0);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crc_known),
		cmocka_unit_test(test_crc_vectors),
		cmocka_unit_test(test_vectors_rebuilt),
		cmocka_unit_test(test_vectors_parsed),
		cmocka_unit_test(test_build_published),
		cmocka_unit_test(test_build_refused),
		cmocka_unit_test(test_build_token_range),
		cmocka_unit_test(test_build_too_long),
		cmocka_unit_test(test_hash_in_text),
		cmocka_unit_test(test_linefeed_in_text),
		cmocka_unit_test(test_parse_fields),
		cmocka_unit_test(test_parse_token_and_error),
		cmocka_unit_test(test_parse_error_spellings),
		cmocka_unit_test(test_parse_async),
		cmocka_unit_test(test_parse_checksum_forms),
		cmocka_unit_test(test_parse_wrong_crc),
		cmocka_unit_test(test_parse_malformed),
		cmocka_unit_test(test_parse_numbers),
		cmocka_unit_test(test_parse_flags),
		cmocka_unit_test(test_parse_too_many_fields),
		cmocka_unit_test(test_stream_cut_anywhere),
		cmocka_unit_test(test_stream_byte_by_byte),
		cmocka_unit_test(test_stream_noise_between),
		cmocka_unit_test(test_stream_truncated),
		cmocka_unit_test(test_stream_broken),
		cmocka_unit_test(test_stream_flow_bytes),
		cmocka_unit_test(test_stream_too_long),
		cmocka_unit_test(test_stream_longest),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_garbage_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
