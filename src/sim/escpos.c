/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/escpos.h"

#include <string.h>

#define ESC 0x1b
#define FS  0x1c
#define GS  0x1d
#define DLE 0x10

struct escpos_command {
	uint8_t lead, code;
	uint8_t count; /* of parameters */
	enum escpos_action action;
	/* what data follows, as the parameters say; NULL for none */
	void (*measure)(const uint8_t *params, struct escpos_payload *payload);
};

static void escpos_payload_set_bytes(struct escpos_payload *payload,
				     uint64_t left)
{
	if (!left)
		return;
	payload->kind = ESCPOS_PAYLOAD_BYTES;
	payload->left = left;
}

/* ESC * m nL nH: 8 dots a column, or 24 */
static void escpos_measure_bit_image(const uint8_t *params,
				     struct escpos_payload *payload)
{
	uint64_t columns = params[1] | (unsigned int)params[2] << 8;

	escpos_payload_set_bytes(payload, columns * (params[0] >= 32 ? 3 : 1));
}

/* GS v 0 m xL xH yL yH: x bytes a row, y rows */
static void escpos_measure_raster(const uint8_t *params,
				  struct escpos_payload *payload)
{
	uint64_t width = params[2] | (unsigned int)params[3] << 8;
	uint64_t rows = params[4] | (unsigned int)params[5] << 8;

	escpos_payload_set_bytes(payload, width * rows);
}

/* GS ( x pL pH, FS ( x pL pH, ESC ( x pL pH */
static void escpos_measure_function(const uint8_t *params,
				    struct escpos_payload *payload)
{
	escpos_payload_set_bytes(payload,
				 params[1] | (unsigned int)params[2] << 8);
}

/* GS 8 L p1 p2 p3 p4 */
static void escpos_measure_big_function(const uint8_t *params,
					struct escpos_payload *payload)
{
	escpos_payload_set_bytes(payload, params[1] | (uint64_t)params[2] << 8 |
						  (uint64_t)params[3] << 16 |
						  (uint64_t)params[4] << 24);
}

/* GS k m d... NUL, or, from m = 65, GS k m n and n bytes */
static void escpos_measure_barcode(const uint8_t *params,
				   struct escpos_payload *payload)
{
	if (params[0] >= 65)
		escpos_payload_set_bytes(payload, params[1]);
	else if (params[1])
		payload->kind = ESCPOS_PAYLOAD_UNTIL_NUL;
}

/* GS V m, or, from m = 65, GS V m n */
static void escpos_measure_cut(const uint8_t *params,
			       struct escpos_payload *payload)
{
	escpos_payload_set_bytes(payload, params[0] >= 65 ? 1 : 0);
}

/* GS * x y: x * 8 columns of y bytes */
static void escpos_measure_logo(const uint8_t *params,
				struct escpos_payload *payload)
{
	escpos_payload_set_bytes(payload, 8ULL * params[0] * params[1]);
}

/* ESC & y c1 c2 */
static void escpos_measure_glyphs(const uint8_t *params,
				  struct escpos_payload *payload)
{
	if (params[2] < params[1])
		return;
	payload->kind = ESCPOS_PAYLOAD_GLYPHS;
	payload->items = params[2] - params[1] + 1U;
	payload->height = params[0];
}

/* FS q n */
static void escpos_measure_bitmaps(const uint8_t *params,
				   struct escpos_payload *payload)
{
	if (!params[0])
		return;
	payload->kind = ESCPOS_PAYLOAD_BITMAPS;
	payload->items = params[0];
}

static void escpos_measure_tabs(const uint8_t *params,
				struct escpos_payload *payload)
{
	(void)params;
	payload->kind = ESCPOS_PAYLOAD_UNTIL_NUL;
}

/* Real-time commands, executed when they came in, are only stepped over. */
static void escpos_measure_realtime(const uint8_t *params,
				    struct escpos_payload *payload)
{
	static const uint8_t more[] = {
		[1] = 2, [2] = 2, [3] = 5, [7] = 1, [8] = 7
	};

	escpos_payload_set_bytes(
		payload, params[0] < sizeof(more) ? more[params[0]] : 0);
}

static const struct escpos_command escpos_commands[] = {
	{ DLE, 0x04, 1, ESCPOS_IGNORE, NULL },
	{ DLE, 0x05, 1, ESCPOS_IGNORE, NULL },
	{ DLE, 0x14, 1, ESCPOS_IGNORE, escpos_measure_realtime },
	{ ESC, ' ', 1, ESCPOS_IGNORE, NULL },
	{ ESC, '!', 1, ESCPOS_IGNORE, NULL },
	{ ESC, '$', 2, ESCPOS_IGNORE, NULL },
	{ ESC, '%', 1, ESCPOS_IGNORE, NULL },
	{ ESC, '&', 3, ESCPOS_IGNORE, escpos_measure_glyphs },
	{ ESC, '(', 3, ESCPOS_IGNORE, escpos_measure_function },
	{ ESC, '*', 3, ESCPOS_IMAGE, escpos_measure_bit_image },
	{ ESC, '-', 1, ESCPOS_IGNORE, NULL },
	{ ESC, '2', 0, ESCPOS_IGNORE, NULL },
	{ ESC, '3', 1, ESCPOS_IGNORE, NULL },
	{ ESC, '<', 0, ESCPOS_IGNORE, NULL },
	{ ESC, '=', 1, ESCPOS_SELECT, NULL },
	{ ESC, '?', 1, ESCPOS_IGNORE, NULL },
	{ ESC, '@', 0, ESCPOS_RESET, NULL },
	{ ESC, 'D', 0, ESCPOS_IGNORE, escpos_measure_tabs },
	{ ESC, 'E', 1, ESCPOS_IGNORE, NULL },
	{ ESC, 'G', 1, ESCPOS_IGNORE, NULL },
	{ ESC, 'J', 1, ESCPOS_FEED_N, NULL },
	{ ESC, 'K', 1, ESCPOS_FEED_N, NULL },
	{ ESC, 'L', 0, ESCPOS_IGNORE, NULL },
	{ ESC, 'M', 1, ESCPOS_IGNORE, NULL },
	{ ESC, 'R', 1, ESCPOS_IGNORE, NULL },
	{ ESC, 'S', 0, ESCPOS_IGNORE, NULL },
	{ ESC, 'T', 1, ESCPOS_IGNORE, NULL },
	{ ESC, 'U', 1, ESCPOS_IGNORE, NULL },
	{ ESC, 'V', 1, ESCPOS_IGNORE, NULL },
	{ ESC, 'W', 8, ESCPOS_IGNORE, NULL },
	{ ESC, '\\', 2, ESCPOS_IGNORE, NULL },
	{ ESC, 'a', 1, ESCPOS_IGNORE, NULL },
	{ ESC, 'c', 2, ESCPOS_IGNORE, NULL },
	{ ESC, 'd', 1, ESCPOS_FEED_N, NULL },
	{ ESC, 'e', 1, ESCPOS_FEED_N, NULL },
	{ ESC, 'i', 0, ESCPOS_CUT, NULL },
	{ ESC, 'm', 0, ESCPOS_CUT, NULL },
	{ ESC, 'p', 3, ESCPOS_PULSE, NULL },
	{ ESC, 'r', 1, ESCPOS_IGNORE, NULL },
	{ ESC, 't', 1, ESCPOS_PAGE, NULL },
	{ ESC, 'u', 1, ESCPOS_IGNORE, NULL },
	{ ESC, 'v', 0, ESCPOS_IGNORE, NULL },
	{ ESC, '{', 1, ESCPOS_IGNORE, NULL },
	{ FS, '!', 1, ESCPOS_IGNORE, NULL },
	{ FS, '&', 0, ESCPOS_IGNORE, NULL },
	{ FS, '(', 3, ESCPOS_IGNORE, escpos_measure_function },
	{ FS, '-', 1, ESCPOS_IGNORE, NULL },
	{ FS, '.', 0, ESCPOS_IGNORE, NULL },
	{ FS, 'C', 1, ESCPOS_IGNORE, NULL },
	{ FS, 'S', 2, ESCPOS_IGNORE, NULL },
	{ FS, 'W', 1, ESCPOS_IGNORE, NULL },
	{ FS, 'p', 2, ESCPOS_IMAGE, NULL },
	{ FS, 'q', 1, ESCPOS_IGNORE, escpos_measure_bitmaps },
	{ GS, '!', 1, ESCPOS_IGNORE, NULL },
	{ GS, '$', 2, ESCPOS_IGNORE, NULL },
	{ GS, '(', 3, ESCPOS_IGNORE, escpos_measure_function },
	{ GS, '*', 2, ESCPOS_IGNORE, escpos_measure_logo },
	{ GS, '/', 1, ESCPOS_IMAGE, NULL },
	{ GS, '8', 5, ESCPOS_IGNORE, escpos_measure_big_function },
	{ GS, ':', 0, ESCPOS_IGNORE, NULL },
	{ GS, 'B', 1, ESCPOS_IGNORE, NULL },
	{ GS, 'H', 1, ESCPOS_IGNORE, NULL },
	{ GS, 'I', 1, ESCPOS_ID, NULL },
	{ GS, 'L', 2, ESCPOS_IGNORE, NULL },
	{ GS, 'P', 2, ESCPOS_IGNORE, NULL },
	{ GS, 'T', 1, ESCPOS_IGNORE, NULL },
	{ GS, 'V', 1, ESCPOS_CUT, escpos_measure_cut },
	{ GS, 'W', 2, ESCPOS_IGNORE, NULL },
	{ GS, '\\', 2, ESCPOS_IGNORE, NULL },
	{ GS, '^', 3, ESCPOS_IGNORE, NULL },
	{ GS, 'a', 1, ESCPOS_ASB, NULL },
	{ GS, 'b', 1, ESCPOS_IGNORE, NULL },
	{ GS, 'f', 1, ESCPOS_IGNORE, NULL },
	{ GS, 'h', 1, ESCPOS_IGNORE, NULL },
	{ GS, 'k', 2, ESCPOS_BARCODE, escpos_measure_barcode },
	{ GS, 'r', 1, ESCPOS_STATUS, NULL },
	{ GS, 'v', 6, ESCPOS_IMAGE, escpos_measure_raster },
	{ GS, 'w', 1, ESCPOS_IGNORE, NULL },
	{ GS, '|', 1, ESCPOS_IGNORE, NULL },
};

static const struct escpos_command *escpos_command_find(uint8_t lead,
							uint8_t code)
{
	for (size_t i = 0;
	     i < sizeof(escpos_commands) / sizeof(escpos_commands[0]); i++)
		if (escpos_commands[i].lead == lead &&
		    escpos_commands[i].code == code)
			return &escpos_commands[i];
	return NULL;
}

/* A character, or one of the control characters that do something alone. */
static size_t escpos_read_byte(uint8_t byte, struct escpos_token *out_token)
{
	struct escpos_token token = { .params = { byte } };

	if (byte == '\n')
		token.action = ESCPOS_FEED;
	else if (byte == '\t')
		token = (struct escpos_token){ .action = ESCPOS_TEXT,
					       .params = { ' ' } };
	else if (byte >= 0x20)
		token.action = ESCPOS_TEXT;
	*out_token = token;
	return 1;
}

/* TM-U295: an m that is none ends the command; t1 and t2 are then data. */
static bool escpos_pulse_is_bad(const struct escpos_command *command, uint8_t m)
{
	return command->action == ESCPOS_PULSE && m != 0 && m != 1 &&
	       m != '0' && m != '1';
}

size_t escpos_read_token(const uint8_t *data, size_t len,
			 struct escpos_token *out_token)
{
	const struct escpos_command *command;
	struct escpos_token token = { 0 };

	if (!len)
		return 0;
	if (data[0] != ESC && data[0] != FS && data[0] != GS && data[0] != DLE)
		return escpos_read_byte(data[0], out_token);
	if (len < 2)
		return 0;
	command = escpos_command_find(data[0], data[1]);
	if (!command) {
		*out_token = (struct escpos_token){ .action = ESCPOS_UNKNOWN };
		return 2;
	}
	if (len > 2 && escpos_pulse_is_bad(command, data[2])) {
		token.action = ESCPOS_BAD_PULSE;
		*out_token = token;
		return 3;
	}
	if (len < 2U + command->count)
		return 0;
	token.action = command->action;
	memcpy(token.params, data + 2, command->count);
	if (command->measure)
		command->measure(token.params, &token.payload);
	*out_token = token;
	return 2U + command->count;
}

static size_t escpos_skip_bytes(struct escpos_payload *payload, size_t len)
{
	size_t take = payload->left < len ? (size_t)payload->left : len;

	payload->left -= take;
	return take;
}

static size_t escpos_skip_until_nul(struct escpos_payload *payload,
				    const uint8_t *data, size_t len)
{
	const uint8_t *end = memchr(data, 0, len);

	if (!end)
		return len;
	payload->kind = ESCPOS_PAYLOAD_NONE;
	return (size_t)(end - data) + 1;
}

/* The head of one more item says how long it is. */
static size_t escpos_skip_item_head(struct escpos_payload *payload,
				    const uint8_t *data, size_t len)
{
	bool glyph = payload->kind == ESCPOS_PAYLOAD_GLYPHS;
	size_t head = glyph ? 1 : 4;

	if (len < head)
		return 0;
	if (glyph)
		payload->left = (uint64_t)data[0] * payload->height;
	else
		payload->left = 8ULL * (data[0] | (unsigned int)data[1] << 8) *
				(data[2] | (unsigned int)data[3] << 8);
	payload->items--;
	return head;
}

size_t escpos_skip_payload(struct escpos_payload *payload, const uint8_t *data,
			   size_t len)
{
	size_t skipped;

	if (!len || payload->kind == ESCPOS_PAYLOAD_NONE)
		return 0;
	if (payload->kind == ESCPOS_PAYLOAD_UNTIL_NUL)
		return escpos_skip_until_nul(payload, data, len);
	skipped = payload->left ? escpos_skip_bytes(payload, len)
				: escpos_skip_item_head(payload, data, len);
	if (!payload->left && !payload->items)
		payload->kind = ESCPOS_PAYLOAD_NONE;
	return skipped;
}

struct escpos_realtime_form {
	enum escpos_realtime what;
	uint8_t len;	/* of the whole command */
	uint8_t params; /* how many of its last bytes are parameters */
	uint8_t head[ESCPOS_WINDOW]; /* the bytes before them */
	uint8_t least[2], most[2];
};

static const struct escpos_realtime_form escpos_realtime_forms[] = {
	{ ESCPOS_REALTIME_STATUS, 3, 1, { DLE, 0x04 }, { 1 }, { 4 } },
	{ ESCPOS_REALTIME_ENQUIRY, 3, 1, { DLE, 0x05 }, { 1 }, { 2 } },
	{ ESCPOS_REALTIME_PULSE, 5, 2, { DLE, 0x14, 1 }, { 0, 1 }, { 1, 8 } },
	{ ESCPOS_REALTIME_ASB, 4, 1, { DLE, 0x14, 7 }, { 1 }, { 1 } },
	{ ESCPOS_REALTIME_CLEAR,
	  10,
	  0,
	  { DLE, 0x14, 8, 1, 3, 20, 1, 6, 2, 8 },
	  { 0 },
	  { 0 } },
};

static bool escpos_form_ends(const struct escpos_realtime_form *form,
			     const struct escpos_scanner *scanner)
{
	const uint8_t *at = scanner->window + ESCPOS_WINDOW - form->len;
	size_t head = form->len - form->params;

	if (memcmp(at, form->head, head))
		return false;
	for (size_t i = 0; i < form->params; i++)
		if (at[head + i] < form->least[i] ||
		    at[head + i] > form->most[i])
			return false;
	return true;
}

enum escpos_realtime escpos_scan_byte(struct escpos_scanner *scanner,
				      uint8_t byte, uint8_t out_params[2])
{
	memmove(scanner->window, scanner->window + 1, ESCPOS_WINDOW - 1);
	scanner->window[ESCPOS_WINDOW - 1] = byte;
	for (size_t i = 0; i < sizeof(escpos_realtime_forms) /
				       sizeof(escpos_realtime_forms[0]);
	     i++) {
		const struct escpos_realtime_form *form =
			&escpos_realtime_forms[i];

		if (!escpos_form_ends(form, scanner))
			continue;
		memcpy(out_params,
		       scanner->window + ESCPOS_WINDOW - form->params,
		       form->params);
		return form->what;
	}
	return ESCPOS_REALTIME_NONE;
}
