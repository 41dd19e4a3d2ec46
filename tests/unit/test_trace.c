/* SPDX-License-Identifier: Apache-2.0 */
/* What a trace tells, what it hides, and how much of it is kept. */
#include "drivers.h"
#include "printer/datecs_frame.h"
#include "printer/posnet_codec.h"
#include "reader/em4100_codec.h"
#include "terminal/zvt_codec.h"
#include "terminal/zvt_link.h"
#include "trace_bench.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- the drawer --- */

static void test_a_drawer_is_asked_and_answers(void **state)
{
	(void)state;
	tap_to(&drawer_escpos, true);
	out("\x10\x04\x01", 3);
	in("\x12", 1);
	out("\x10\x04\x04", 3);
	in("\x72", 1);
	out("\x1bp\x00\x32\x64", 5);
	expect_told("out asks for the printer and the drawer;"
		    "in online, drawer pin low;"
		    "out asks for the paper;in paper out;"
		    "out pulse on pin 2: 100 ms on, 200 ms off;");
	expect_hex(0, "1b70003264");
	assert_int_equal(bench.told, 5);
}

/* What is on it is not shown; what stands behind it is told apart. */
static void test_a_print_job_is_told_by_its_length(void **state)
{
	(void)state;
	tap_to(&drawer_escpos, true);
	out("\x1dr\x01", 3);
	in("\x03", 1);
	out("\x1b@Secret\n\x1dv0\x00\x01\x00\x03\x00\x1bpA", 20);
	out("\x1dr\x01", 3);
	in("\x00", 1);
	out("\x10\x04\x01", 3);
	in("\x12", 1);
	out("\x00\x00\x00\x1dr\x01", 6);
	expect_told("out asks for the paper, to be answered in order;"
		    "in all of that is done, paper low;"
		    "out a print job of 20 bytes;"
		    "out asks for the paper, to be answered in order;"
		    "in all of that is done, paper ok;"
		    "out asks for the printer and the drawer;"
		    "in online, drawer pin low;"
		    "out 3 NULs, for the rest of a job that broke off;"
		    "out asks for the paper, to be answered in order;");
	expect_nowhere("Secret", 6);
}

static void test_a_print_job_of_a_star_printer(void **state)
{
	(void)state;
	tap_to(&drawer_star, true);
	out("\x1b@Secret\n\x1bX\x01\x00\x07\x1b\x40\n", 17);
	out("\x1b\x06\x01", 3);
	out("\x00\x00\x1b@Hi\n\x1b\x06\x01", 10);
	expect_told("out a print job of 17 bytes;out asks for its status;"
		    "out a print job of 7 bytes;out asks for its status;");
	expect_nowhere("Secret", 6);
}

/* 32 and 36, the digits 2 and 6, have the form of answers. */
static void test_a_badge_at_the_drawers_port_is_not_shown(void **state)
{
	(void)state;
	tap_to(&drawer_escpos, true);
	in_bytes("\x02"
		 "2662266226\x03",
		 12);
	expect_nowhere("2662266226", 10);
	in("\x02"
	   "2662266226\x03",
	   12);
	expect_nowhere("2662266226", 10);
	json_t *record = record_at(0);

	assert_null(json_text(record, "hex"));
	assert_string_equal(json_text(record, "text"),
			    "12 bytes of no meaning here (digits 10, "
			    "controls 2)");
	json_decref(record);
}

/* --- the reader --- */

static void test_a_badge_is_shown_and_not_told(void **state)
{
	static const char badge[] = "\x02"
				    "04184EDCBA34\r\n\x03";

	(void)state;
	tap_to(&reader_em4100, true);
	in_bytes(badge, sizeof(badge) - 1);
	expect_told("in a badge is shown; its number is not kept;");
	expect_hex(0, "023030303030303030303030300d0a03");
	expect_nowhere("04184EDCBA", 10);
	expect_nowhere("34", 2);
}

/* A stand-in is a badge like any other to a driver. */
static void test_a_badges_stand_in_is_sound(void **state)
{
	static const char zeros[] = "\x02"
				    "000000000000\x03";
	struct em4100_reader reader = { 0 };
	uint8_t tag[EM4100_TAG_SIZE];
	enum em4100_event event = EM4100_NOTHING;

	(void)state;
	for (size_t i = 0; i < sizeof(zeros) - 1; i++)
		event = em4100_read(&reader, (uint8_t)zeros[i], EM4100_XOR,
				    tag);
	assert_int_equal(event, EM4100_TAG);
}

static void test_half_a_badge_is_not_told(void **state)
{
	(void)state;
	tap_to(&reader_em4100, true);
	in("04184EDCBA34", 12);
	in("\x02"
	   "04184EDCBA",
	   11);
	tap_note(bench.tap, "lost", json_pack("{s:s}", "reason", "unplugged"));
	expect_told("in 12 bytes of no meaning here (digits 7, letters 5);"
		    "in 11 bytes of something that did not end;"
		    "note the line is gone: unplugged;");
	expect_nowhere("04184EDCBA", 10);
}

/* --- printers --- */

static void test_posnet_is_told_by_commands_and_fields(void **state)
{
	struct buf frame = BUF_INIT(POSNET_FRAME_MAX);

	(void)state;
	tap_to(&printer_posnet, true);
	posnet_frame_begin(&frame, "trline");
	posnet_frame_field(&frame, "na", "Bread");
	posnet_frame_field(&frame, "pr", "450");
	posnet_frame_end(&frame);
	out(frame.data, frame.len);
	in_bytes("noise", 5);
	expect_told("out trline (a line of the receipt): na Bread, pr 450;"
		    "in 1 byte of no meaning here (letters 1);"
		    "in 1 byte of no meaning here (letters 1);"
		    "in 1 byte of no meaning here (letters 1);"
		    "in 1 byte of no meaning here (letters 1);"
		    "in 1 byte of no meaning here (letters 1);");
	buf_free(&frame);
}

static void test_a_card_number_is_held_back_wherever_it_stands(void **state)
{
	struct buf frame = BUF_INIT(POSNET_FRAME_MAX);

	(void)state;
	tap_to(&printer_posnet, true);
	posnet_frame_begin(&frame, "trftrln");
	posnet_frame_field(&frame, "na", "Card 4111 1111 1111 1111");
	posnet_frame_end(&frame);
	out(frame.data, frame.len);
	expect_nowhere("4111 1111 1111 1111", 19);
	expect_hex(0, "");
	buf_free(&frame);
}

static void datecs_open(const struct datecs_dialect *dialect, const char *data)
{
	struct buf frame = BUF_INIT(DATECS_FRAME_MAX);
	json_t *record;
	const char *hex;
	uint8_t bytes[DATECS_FRAME_MAX], bcc[DATECS_BCC_DIGITS];
	struct datecs_request request;
	size_t len, at;

	tap_to(&printer_datecs, true);
	datecs_frame_build(dialect, 0x20, 48, data, strlen(data), &frame);
	out(frame.data, frame.len);
	expect_nowhere("8642", 4);
	/* what is shown is whole: its checksum is its own */
	record = record_at(0);
	hex = json_text(record, "hex");
	assert_non_null(hex);
	len = strlen(hex) / 2;
	for (size_t i = 0; i < len; i++) {
		unsigned int byte;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		bytes[i] = (uint8_t)byte;
	}
	assert_int_equal(datecs_request_parse(dialect, bytes, len, &request),
			 0);
	at = datecs_frame_reckon(frame.data, frame.len, bcc);
	assert_memory_not_equal(bytes + at, bcc, sizeof(bcc));
	json_decref(record);
	buf_free(&frame);
}

static void test_a_cashiers_password_is_hidden_with_its_checksum(void **state)
{
	(void)state;
	datecs_open(&datecs_classic, "1,8642,24");
	expect_told("out 48 (a receipt begins): 1,0000,24;");
	datecs_open(&datecs_x, "1\t8642\t24\t\t");
	expect_told("out 48 (a receipt begins): 1 0000 24  ;");
}

/* --- terminals --- */

static const uint8_t zvt_password[] = { 0x86, 0x42, 0x19 };
static const uint8_t zvt_card[] = { 0x41, 0x11, 0x11, 0x11,
				    0x11, 0x11, 0x11, 0x11 };
static const uint8_t zvt_track[] = { 0x41, 0x11, 0x11, 0x11, 0x11, 0x11,
				     0x11, 0x11, 0xd3, 0x01, 0x22, 0x01,
				     0x00, 0x00, 0x00, 0x00, 0x00, 0x0f };

static void zvt_make_result(struct buf *apdu)
{
	struct buf data = BUF_INIT(512), tlv = BUF_INIT(256);

	zvt_field_write(&data, 0x27, "\0", 1);
	zvt_field_write_bcd(&data, 0x04, 1234, 6);
	zvt_field_write(&data, 0x22, zvt_card, sizeof(zvt_card));
	zvt_field_write(&data, 0x23, zvt_track, sizeof(zvt_track));
	zvt_field_write(&data, 0x0e, "\x30\x01", 2);
	zvt_tlv_write(&tlv, 0x1f12, "\x02", 1);
	zvt_tlv_write(&tlv, 0x1f4c, zvt_card, sizeof(zvt_card));
	zvt_field_write(&data, 0x06, tlv.data, tlv.len);
	zvt_apdu_write(apdu, ZVT_STATUS_INFORMATION, data.data, data.len);
	assert_false(data.failed);
	assert_false(apdu->failed);
	buf_free(&tlv);
	buf_free(&data);
}

static void expect_no_card(void)
{
	expect_nowhere(zvt_card, sizeof(zvt_card));
	expect_nowhere(zvt_track + 8, 4);
	expect_nowhere("4111111111111111", 16);
	expect_nowhere("\x0e\x30\x01", 3);
}

static void test_a_result_is_told_without_the_card(void **state)
{
	struct buf apdu = BUF_INIT(1024), frame = BUF_INIT(2048);

	(void)state;
	zvt_make_result(&apdu);
	tap_to(&terminal_zvt, false);
	in_bytes(apdu.data, apdu.len);
	expect_told("in result 00: Approved, amount 1234;");
	expect_no_card();
	tap_to(&terminal_zvt, true);
	zvt_link_write_frame(&frame, apdu.data, apdu.len);
	in_bytes(frame.data, frame.len);
	expect_told("in result 00: Approved, amount 1234;");
	expect_no_card();
	expect_nowhere(frame.data + frame.len - 2, 2);
	buf_free(&frame);
	buf_free(&apdu);
}

static void test_digits_of_a_slip_are_not_told(void **state)
{
	struct buf apdu = BUF_INIT(64);

	(void)state;
	tap_to(&terminal_zvt, false);
	zvt_apdu_write(&apdu, ZVT_PRINT_LINE, "\0Karte 41111111", 15);
	in(apdu.data, apdu.len);
	buf_reset(&apdu);
	zvt_apdu_write(&apdu, ZVT_PRINT_LINE, "\0 11111111", 10);
	in(apdu.data, apdu.len);
	expect_told("in prints a line: Karte 00000000;"
		    "in prints a line:  00000000;");
	buf_free(&apdu);
}

static void test_the_terminals_password_is_not_told(void **state)
{
	struct buf data = BUF_INIT(64), apdu = BUF_INIT(64);

	(void)state;
	tap_to(&terminal_zvt, false);
	buf_add(&data, zvt_password, sizeof(zvt_password));
	buf_add(&data, "\xbe\x09\x78", 3);
	zvt_apdu_write(&apdu, ZVT_REGISTRATION, data.data, data.len);
	out(apdu.data, apdu.len);
	expect_told("out registration;");
	expect_hex(0, "060006000000be0978");
	buf_free(&apdu);
	buf_free(&data);
}

static void test_after_nonsense_on_tcp_nothing_is_shown(void **state)
{
	(void)state;
	tap_to(&terminal_zvt, false);
	in("\x77\x41\x11", 3);
	in("\x80\x00\x00", 3);
	expect_told("in 3 bytes of no meaning here (letters 2, "
		    "controls 1);in 3 bytes that can't be told apart;");
	tap_note(bench.tap, "up", NULL);
	in("\x80\x00\x00", 3);
	expect_hex(0, "800000");
}

static void test_a_message_that_is_not_known_shows_its_name(void **state)
{
	struct buf apdu = BUF_INIT(64);

	(void)state;
	tap_to(&terminal_zvt, false);
	zvt_apdu_write(&apdu, 0x0fa1, zvt_card, sizeof(zvt_card));
	in(apdu.data, apdu.len);
	expect_told("in a message that is not known: 0FA1;");
	expect_hex(0, "0fa1080000000000000000");
	buf_free(&apdu);
}

/* --- displays --- */

static void test_a_display_is_told_in_words(void **state)
{
	static const char text[] = "\fHello               12.50 EUR           ";

	(void)state;
	tap_to(&display_epson, true);
	out(text, sizeof(text) - 1);
	out("\f4111 1111 1111 \x1f\x58\x02 1111", 24);
	expect_told("out clears / Hello / 12.50 EUR;"
		    "out clears / 0000 0000 0000; sets it up /  0000;");
	expect_nowhere("4111", 4);
}

/* --- how much is kept --- */

static void ask_drawer(void)
{
	out("\x10\x04\x01", 3);
	in("\x12", 1);
	fake_env_advance(&bench.fake, 1000);
}

static void test_what_repeats_itself_is_kept_once(void **state)
{
	json_t *list, *first;

	(void)state;
	tap_to(&drawer_escpos, true);
	for (int i = 0; i < 10000; i++)
		ask_drawer();
	list = tap_list(bench.tap, -1, 1000);
	assert_int_equal(json_array_size(list), TAP_RECENT + 2);
	first = json_array_get(list, 0);
	assert_int_equal(json_int(first, "times", 0), 10000 - TAP_RECENT / 2);
	assert_string_equal(json_text(first, "at"), "2026-11-22T10:15:00.000Z");
	assert_non_null(json_text(first, "until"));
	json_decref(list);
}

static void test_what_happens_in_between_stays(void **state)
{
	json_t *list;

	(void)state;
	tap_to(&drawer_escpos, true);
	for (int i = 0; i < 100; i++)
		ask_drawer();
	out("\x1bp\x00\x32\x64", 5);
	for (int i = 0; i < 100; i++)
		ask_drawer();
	list = tap_list(bench.tap, -1, 1000);
	assert_int_equal(json_array_size(list), TAP_RECENT + 5);
	assert_string_equal(json_text(json_array_get(list, 2), "text"),
			    "pulse on pin 2: 100 ms on, 200 ms off");
	json_decref(list);
}

static void test_it_is_bounded(void **state)
{
	char line[22] = "\f";
	json_t *list;

	(void)state;
	tap_to(&display_epson, true);
	for (int i = 0; i < 50000; i++) {
		snprintf(line + 1, sizeof(line) - 1, "%d", i);
		out(line, strlen(line));
	}
	list = tap_list(bench.tap, 0, 1000000);
	assert_true(json_array_size(list) < TAP_SIZE_MAX / 64);
	assert_true(json_array_size(list) > 1000);
	assert_true(json_int(json_array_get(list, 0), "seq", 0) > 1);
	assert_int_equal(tap_last(bench.tap), 50000);
	json_decref(list);
}

static void test_what_is_old_is_forgotten(void **state)
{
	(void)state;
	tap_to(&drawer_escpos, true);
	out("\x1bp\x00\x32\x64", 5);
	fake_env_advance(&bench.fake, TAP_AGE_MS + 1);
	out("\x10\x04\x01", 3);
	expect_told("out asks for the printer and the drawer;");
}

/* A line may bring a beginning without an end. */
static void test_what_never_ends_is_given_up(void **state)
{
	uint8_t bytes[1024] = { 0x06, 0xd3, 0xff, 0xff, 0xff };
	json_t *record;

	(void)state;
	tap_to(&terminal_zvt, true);
	in("\x10\x02", 2);
	memset(bytes, 'x', sizeof(bytes));
	for (size_t i = 0; i <= TRACE_BYTES_MAX / sizeof(bytes); i++)
		in(bytes, sizeof(bytes));
	record = record_at(0);
	assert_non_null(
		strstr(json_text(record, "text"), "that can't be told apart"));
	json_decref(record);
}

static void test_it_goes_on_where_it_was_read_to(void **state)
{
	json_t *list;

	(void)state;
	tap_to(&drawer_escpos, true);
	for (int i = 0; i < 10; i++)
		ask_drawer();
	list = tap_list(bench.tap, 4, 3);
	assert_int_equal(json_array_size(list), 3);
	assert_int_equal(json_int(json_array_get(list, 0), "seq", 0), 5);
	json_decref(list);
	list = tap_list(bench.tap, tap_last(bench.tap), 3);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
}

/* --- every driver --- */

/* Whatever comes, it is taken, and nothing that could be a secret is shown. */
static void test_every_driver_takes_anything(void **state)
{
	static const char pan[] = "4111111111111111";
	uint8_t noise[64];

	(void)state;
	for (const struct driver *const *at = drivers; *at; at++) {
		assert_non_null((*at)->trace);
		for (int serial = 0; serial < 2; serial++) {
			tap_to(*at, serial);
			for (int i = 0; i < 300; i++) {
				random_fill(bench.fake.env.random, noise,
					    sizeof(noise));
				in(noise, 1 + noise[0] % sizeof(noise));
				out(noise, 1 + noise[1] % sizeof(noise));
				in(pan, sizeof(pan) - 1);
				out(pan, sizeof(pan) - 1);
			}
			expect_nowhere(pan, sizeof(pan) - 1);
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_a_drawer_is_asked_and_answers),
		TEST(test_a_print_job_is_told_by_its_length),
		TEST(test_a_print_job_of_a_star_printer),
		TEST(test_a_badge_at_the_drawers_port_is_not_shown),
		TEST(test_a_badge_is_shown_and_not_told),
		TEST(test_a_badges_stand_in_is_sound),
		TEST(test_half_a_badge_is_not_told),
		TEST(test_posnet_is_told_by_commands_and_fields),
		TEST(test_a_card_number_is_held_back_wherever_it_stands),
		TEST(test_a_cashiers_password_is_hidden_with_its_checksum),
		TEST(test_a_result_is_told_without_the_card),
		TEST(test_digits_of_a_slip_are_not_told),
		TEST(test_the_terminals_password_is_not_told),
		TEST(test_after_nonsense_on_tcp_nothing_is_shown),
		TEST(test_a_message_that_is_not_known_shows_its_name),
		TEST(test_a_display_is_told_in_words),
		TEST(test_what_repeats_itself_is_kept_once),
		TEST(test_what_happens_in_between_stays),
		TEST(test_it_is_bounded),
		TEST(test_what_is_old_is_forgotten),
		TEST(test_what_never_ends_is_given_up),
		TEST(test_it_goes_on_where_it_was_read_to),
		TEST(test_every_driver_takes_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
