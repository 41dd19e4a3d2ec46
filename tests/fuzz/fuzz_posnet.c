/* SPDX-License-Identifier: Apache-2.0 */
/* Replies of a POSNET printer: the first byte says how the rest is cut. */
#include "printer/posnet_codec.h"

#include "fuzz.h"

#include <string.h>

const int fuzz_variants = 60000;

/* A frame read is one that can be written, and is read as the same again. */
static void posnet_write_again(const struct posnet_frame *frame)
{
	struct posnet_frame again;
	struct buf buf = BUF_INIT(POSNET_FRAME_MAX);

	posnet_frame_begin(&buf, posnet_frame_mnemonic(frame));
	for (size_t i = 0; i < frame->fields; i++) {
		const char *text = frame->text + frame->field[i];
		char name[3] = { text[0], text[0] ? text[1] : 0, 0 };

		posnet_frame_field(&buf, name,
				   strlen(text) > 2 ? text + 2 : "");
	}
	if (frame->token != POSNET_NO_TOKEN)
		posnet_frame_token(&buf, frame->token);
	posnet_frame_end(&buf);
	if (!buf.failed)
		posnet_frame_parse(buf.data + 1, buf.len - 2, &again);
	buf_free(&buf);
}

static void posnet_look(const struct posnet_frame *frame)
{
	static const char *const names[] = { "va", "vb", "nu", "to", "ho",
					     "tz", "fs", "ts", "hn", "bn" };
	int64_t number;
	bool flag;

	FUZZ_HOLDS(frame->fields <= POSNET_FIELDS_MAX);
	FUZZ_HOLDS(strlen(posnet_frame_mnemonic(frame)) < POSNET_FRAME_MAX);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		posnet_frame_value(frame, names[i]);
		if (posnet_frame_number(frame, names[i], &number))
			FUZZ_HOLDS(number <= 999999999999999999 &&
				   number >= -999999999999999999);
		posnet_frame_flag(frame, names[i], &flag);
	}
	posnet_write_again(frame);
}

/* How many frames and broken ones come out of bytes cut into parts. */
static void posnet_read(const uint8_t *data, size_t size, size_t part,
			size_t out_counts[2])
{
	struct posnet_reader reader = { .len = 0 };
	struct posnet_frame frame;

	for (size_t at = 0; at < size; at += part) {
		struct cursor input = cursor_make(
			data + at, size - at < part ? size - at : part);
		enum posnet_read read;

		while ((read = posnet_reader_take(&reader, &input, &frame)) !=
		       POSNET_READ_MORE) {
			out_counts[read == POSNET_READ_BROKEN]++;
			if (read == POSNET_READ_FRAME)
				posnet_look(&frame);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t whole[2] = { 0 }, parts[2] = { 0 };
	struct posnet_frame frame;

	if (!size)
		return 0;
	posnet_read(data + 1, size - 1, size, whole);
	posnet_read(data + 1, size - 1, 1 + data[0] % 16, parts);
	FUZZ_HOLDS(!memcmp(whole, parts, sizeof(whole)));
	if (!posnet_frame_parse(data + 1, size - 1, &frame))
		posnet_look(&frame);
	return 0;
}
