/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small codecs: badge readers, answers of receipt printers, display lines;
 * and texts, amounts and times as people and apps write them. The first byte
 * says which.
 */
#include "device/plug_name.h"
#include "display/lines.h"
#include "drawer/escpos_codec.h"
#include "drawer/star_codec.h"
#include "reader/badge.h"
#include "reader/em4100_codec.h"
#include "reader/swipe_codec.h"
#include "reader/wedge_codec.h"
#include "util/alloc.h"
#include "util/card.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/hid.h"
#include "util/json.h"
#include "util/money.h"
#include "util/text.h"

#include "fuzz.h"

#include <string.h>

const int fuzz_variants = 60000;

static void small_badge(const uint8_t *data, size_t size)
{
	struct em4100_reader reader = { .at = 0 };
	uint8_t tag[EM4100_TAG_SIZE];
	char id[BADGE_ID_SIZE];

	for (size_t i = 1; i < size; i++)
		if (em4100_read(&reader, data[i],
				data[0] & 1 ? EM4100_SUM : EM4100_XOR,
				tag) == EM4100_TAG) {
			badge_name_tag(tag, 40, id);
			FUZZ_HOLDS(strlen(id) == strlen("em4100:04184edcba"));
		}
	em4100_reset(&reader);
}

/* What a reader types or reports: no card's number is ever a badge's name. */
static void small_stripe(const uint8_t *data, size_t size)
{
	static const enum wedge_digits digits[] = { WEDGE_DECIMAL, WEDGE_HEX };
	const char *text = (const char *)data;
	struct badge_stripe stripe;
	uint8_t tag[BADGE_TAG_SIZE];
	char id[BADGE_ID_SIZE];

	for (int i = 0; i < 2; i++)
		wedge_read_tag(text, size, digits[i], tag);
	if (!badge_read_stripe(text, size, &stripe))
		return;
	for (int track = 1; track <= BADGE_TRACKS; track++)
		if (badge_name_stripe(&stripe, track, id) == BADGE_CARD_BADGE) {
			FUZZ_HOLDS(strlen(id) < BADGE_ID_SIZE);
			FUZZ_HOLDS(!card_is_in(stripe.tracks[track - 1]));
		}
}

/* A report of one of the sizes that there are, with what there is of it. */
static void small_swipe(const uint8_t *data, size_t size)
{
	static const size_t sizes[] = { SWIPE_MAGTEK_SIZE, SWIPE_IDTECH_SIZE,
					SWIPE_MAGNESAFE_SIZE };
	size_t wanted = size ? sizes[data[0] % 3] : 0;
	uint8_t report[SWIPE_SIZE_MAX] = { 0 };
	struct badge_stripe stripe;
	char id[BADGE_ID_SIZE];

	if (!size)
		return;
	memcpy(report, data + 1, size - 1 < wanted ? size - 1 : wanted);
	FUZZ_HOLDS(swipe_is_size(wanted) && !swipe_is_size(wanted + 1));
	if (swipe_read(report, wanted, &stripe) != SWIPE_STRIPE)
		return;
	for (int track = 1; track <= BADGE_TRACKS; track++)
		if (badge_name_stripe(&stripe, track, id) == BADGE_CARD_BADGE)
			FUZZ_HOLDS(!card_is_in(stripe.tracks[track - 1]));
}

/* Keys go down and up, as the kernel tells of them. */
static void small_keys(const uint8_t *data, size_t size)
{
	struct wedge wedge = { .len = 0 };
	uint8_t tag[BADGE_TAG_SIZE];

	for (size_t i = 0; i + 1 < size; i += 2)
		if (wedge_take_key(&wedge, data[i], data[i + 1] % 3)) {
			FUZZ_HOLDS(wedge.len <= WEDGE_TEXT_MAX);
			wedge_read_tag(wedge.text, wedge.len,
				       data[0] & 1 ? WEDGE_HEX : WEDGE_DECIMAL,
				       tag);
			wedge_reset(&wedge);
		}
	wedge_reset(&wedge);
}

static void small_star(const uint8_t *data, size_t size)
{
	struct star_reader reader = { .len = 0 };
	struct buf out = BUF_INIT(64);

	for (size_t i = 0; i < size; i++) {
		if (star_read(&reader, data[i]) == STAR_STATUS) {
			FUZZ_HOLDS(reader.size >= STAR_STATUS_MIN &&
				   reader.size <= STAR_STATUS_MAX);
			star_is_offline(reader.status);
			star_is_cover_open(reader.status);
			star_is_paper_out(reader.status);
			star_is_switch_set(reader.status);
		}
		buf_reset(&out);
		star_add_question(&out);
		star_add_pulse(&out, i % 2 ? 2 : 1, data[i] * 10, data[i]);
		FUZZ_HOLDS(!out.failed);
	}
	buf_free(&out);
}

static void small_hid(const uint8_t *data, size_t size)
{
	struct hid_sizes sizes;

	if (hid_read_sizes(data, size, &sizes))
		FUZZ_HOLDS(sizes.in <= HID_REPORT_BYTES_MAX &&
			   sizes.out <= HID_REPORT_BYTES_MAX);
}

static void small_plug(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = alloc_text_part((const char *)data, size);
	struct plug_name name;

	if (plug_name_read(text, &name))
		plug_name_clear(&name);
}

static void small_escpos(const uint8_t *data, size_t size)
{
	struct escpos_reader reader = { .report_left = 0 };
	struct buf out = BUF_INIT(64);

	for (size_t i = 0; i < size; i++) {
		escpos_read(&reader, data[i]);
		escpos_is_offline(data[i]);
		escpos_is_pin3_high(data[i]);
		escpos_is_cover_open(data[i]);
		escpos_is_paper_stop(data[i]);
		escpos_is_error(data[i]);
		escpos_is_paper_near_end(data[i]);
		escpos_is_paper_end(data[i]);
		buf_reset(&out);
		escpos_add_question(&out, i % 2 ? ESCPOS_ASK_CAUSE
						: ESCPOS_ASK_PAPER);
		escpos_add_pulse(&out, i % 2 ? 2 : 5, data[i] * 2, data[i]);
		FUZZ_HOLDS(!out.failed);
	}
	buf_free(&out);
}

/* Nothing that a display could take for a command. */
static void small_lines(const char *text, uint8_t which)
{
	static const char *const pages[] = { "cp437", "cp852", "cp866",
					     "cp1250", "cp1257" };
	static const struct lines_page nowhere = { "x", "no-page", 0 };
	struct op_display display = { 0 };
	struct lines lines;

	if (!text_is_plain(text))
		return;
	text_copy(display.lines[0], sizeof(display.lines[0]), text);
	text_copy(display.lines[1], sizeof(display.lines[1]),
		  text + strlen(text) / 2);
	if (!text_is_plain(display.lines[0]) ||
	    !text_is_plain(display.lines[1]))
		return;
	FUZZ_HOLDS(!lines_set(&display, &nowhere, &lines));
	FUZZ_HOLDS(
		lines_set(&display, lines_page_find(pages[which % 5]), &lines));
	for (size_t i = 0; i < sizeof(lines.cells); i++)
		FUZZ_HOLDS(lines.cells[i / LINES_COLUMNS][i % LINES_COLUMNS] >=
			   0x20);
}

static void small_text(const char *text, size_t size)
{
	struct buf out = BUF_INIT(64 * 1024);
	uint32_t code;

	text_is_name(text, 32);
	text_decode(text, &code);
	text_from_page(text, size, "CP852", &out);
	FUZZ_HOLDS(text_is_plain(buf_text(&out)));
	buf_reset(&out);
	if (text_is_plain(text)) {
		FUZZ_HOLDS(text_length(text) <= size);
		card_is_in(text);
		FUZZ_HOLDS(text_to_page(text, "CP1250", '?', &out));
		FUZZ_HOLDS(out.len <= text_length(text));
	}
	buf_free(&out);
}

/* What is understood can be written, and is understood as the same again. */
static void small_money(const char *text)
{
	char written[MONEY_TEXT_SIZE];
	int64_t amount, again;

	for (int decimals = 0; decimals <= 3; decimals++)
		money_parse_count(text, decimals, &amount);
	if (money_parse(text, 2, &amount))
		return;
	FUZZ_HOLDS(amount >= 1 && amount <= MONEY_MAX);
	money_format(amount, NULL, written);
	FUZZ_HOLDS(!money_parse(written, 2, &again) && again == amount);
}

static void small_json(const uint8_t *data, size_t size)
{
	json_t *value = json_parse(data, size), *again;
	CLEANUP_FREE char *line = value ? json_line(value) : NULL;

	if (!value)
		return;
	again = json_parse(line, strlen(line));
	FUZZ_HOLDS(again && json_equal(again, value));
	json_decref(again);
	json_wipe(value);
}

/* Which codec: the first ten by any byte, what came later by one each. */
static int small_kind(uint8_t byte)
{
	return byte >= 250 && byte < 253 ? byte - 240 : byte % 10;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = NULL;
	int64_t wall;

	if (!size)
		return 0;
	text = alloc_zero(size, 1);
	memcpy(text, data + 1, size - 1);
	switch (small_kind(data[0])) {
	case 0:
		small_badge(data, size);
		break;
	case 1:
		small_escpos(data + 1, size - 1);
		break;
	case 2:
		small_lines(text, data[0] / 10);
		break;
	case 3:
		small_text(text, strlen(text));
		break;
	case 4:
		small_money(text);
		break;
	case 5:
		small_json(data + 1, size - 1);
		break;
	case 6:
		small_stripe(data + 1, size - 1);
		break;
	case 7:
		small_hid(data + 1, size - 1);
		break;
	case 8:
		small_plug(data + 1, size - 1);
		break;
	case 10:
		small_swipe(data + 1, size - 1);
		break;
	case 11:
		small_keys(data + 1, size - 1);
		break;
	case 12:
		small_star(data + 1, size - 1);
		break;
	default:
		clock_parse(text, &wall);
	}
	return 0;
}
