/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/starline.h"

#include <string.h>

#define ESC 0x1b
#define GS  0x1d
#define RS  0x1e
#define FS  0x1c

/* Which bytes of a head say how much data follows it. */
enum starline_size {
	SIZE_NONE,
	SIZE_COLUMNS, /* n1 n2: a byte each */
	SIZE_FINE,    /* n1 n2: three */
	SIZE_BAND,    /* n1 n2: a row's bytes; 24 rows */
	SIZE_RASTER,  /* m xL xH yL yH n */
	SIZE_SYMBOL,  /* nL nH at the end */
	SIZE_TO_RS,
	SIZE_TO_NUL,
	SIZE_PDF, /* S 0 has two more */
};

static const struct starline_command {
	uint8_t code[3];
	uint8_t code_len; /* behind ESC */
	uint8_t params;
	enum starline_size size;
	enum starline_action action;
} starline_commands[] = {
	{ { 0x06 }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { 0x07 }, 1, 2, SIZE_NONE, STARLINE_TIMES },
	{ { 0x0e }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { 0x14 }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { ' ' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { '$' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { '-' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { '/' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { '0' }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { '4' }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { '5' }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { ':' }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { '@' }, 1, 0, SIZE_NONE, STARLINE_RESET },
	{ { 'A' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { 'B' }, 1, 0, SIZE_TO_NUL, STARLINE_IGNORE },
	{ { 'C' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { 'D' }, 1, 0, SIZE_TO_NUL, STARLINE_IGNORE },
	{ { 'E' }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { 'F' }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { 'I' }, 1, 1, SIZE_NONE, STARLINE_FEED },
	{ { 'J' }, 1, 1, SIZE_NONE, STARLINE_FEED },
	{ { 'K' }, 1, 2, SIZE_COLUMNS, STARLINE_IMAGE },
	{ { 'L' }, 1, 2, SIZE_COLUMNS, STARLINE_IMAGE },
	{ { 'M' }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { 'P' }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { 'Q' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { 'R' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { 'W' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { 'X' }, 1, 2, SIZE_FINE, STARLINE_IMAGE },
	{ { '_' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { 'a' }, 1, 1, SIZE_NONE, STARLINE_FEED },
	{ { 'b' }, 1, 4, SIZE_TO_RS, STARLINE_BARCODE },
	{ { 'd' }, 1, 1, SIZE_NONE, STARLINE_CUT },
	{ { 'g' }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { 'h' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { 'i' }, 1, 2, SIZE_NONE, STARLINE_IGNORE },
	{ { 'k' }, 1, 2, SIZE_BAND, STARLINE_IMAGE },
	{ { 'l' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { 'p' }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { 'q' }, 1, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { 's' }, 1, 2, SIZE_NONE, STARLINE_IGNORE },
	{ { 'z' }, 1, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { '*', 'r', 'D' }, 3, 1, SIZE_TO_NUL, STARLINE_PULSE },
	{ { RS, 'F' }, 2, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { RS, 'R' }, 2, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { RS, 'a' }, 2, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { GS, 0x03 }, 2, 3, SIZE_NONE, STARLINE_IGNORE },
	{ { GS, 0x07 }, 2, 3, SIZE_NONE, STARLINE_IGNORE },
	{ { GS, 'A' }, 2, 2, SIZE_NONE, STARLINE_IGNORE },
	{ { GS, 'P' }, 2, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { GS, 'R' }, 2, 2, SIZE_NONE, STARLINE_IGNORE },
	{ { GS, 'S' }, 2, 6, SIZE_RASTER, STARLINE_IMAGE },
	{ { GS, 'a' }, 2, 1, SIZE_NONE, STARLINE_IGNORE },
	{ { GS, 't' }, 2, 1, SIZE_NONE, STARLINE_PAGE },
	{ { GS, 'x', 'D' }, 3, 2, SIZE_SYMBOL, STARLINE_IGNORE },
	{ { GS, 'x', 'I' }, 3, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { GS, 'x', 'P' }, 3, 0, SIZE_NONE, STARLINE_SYMBOL },
	{ { GS, 'x', 'S' }, 3, 2, SIZE_PDF, STARLINE_IGNORE },
	{ { GS, 'y', 'D' }, 3, 4, SIZE_SYMBOL, STARLINE_IGNORE },
	{ { GS, 'y', 'I' }, 3, 0, SIZE_NONE, STARLINE_IGNORE },
	{ { GS, 'y', 'P' }, 3, 0, SIZE_NONE, STARLINE_SYMBOL },
	{ { GS, 'y', 'S' }, 3, 2, SIZE_NONE, STARLINE_IGNORE },
};

#define COMMANDS (sizeof(starline_commands) / sizeof(starline_commands[0]))

/* Whether one of them begins like that; out_whole: that one, if it is whole. */
static bool starline_find(const uint8_t *code, size_t len,
			  const struct starline_command **out_whole)
{
	bool begins = false;

	for (size_t i = 0; i < COMMANDS; i++) {
		const struct starline_command *command = &starline_commands[i];
		size_t both = len < command->code_len ? len : command->code_len;

		if (memcmp(command->code, code, both) != 0)
			continue;
		begins = true;
		if (len >= command->code_len)
			*out_whole = command;
	}
	return begins;
}

static uint64_t starline_le16(const uint8_t *at)
{
	return at[0] | (uint64_t)at[1] << 8;
}

/* Of data with a length, behind the parameters. */
static void starline_expect(struct starline *line, enum starline_size size,
			    const uint8_t *params)
{
	switch (size) {
	case SIZE_NONE:
		break;
	case SIZE_COLUMNS:
		line->left = starline_le16(params);
		break;
	case SIZE_FINE:
		line->left = 3 * starline_le16(params);
		break;
	case SIZE_BAND:
		line->left = 24 * starline_le16(params);
		break;
	case SIZE_RASTER:
		line->left =
			starline_le16(params + 1) * starline_le16(params + 3);
		break;
	case SIZE_SYMBOL:
		line->left = starline_le16(line->head + line->head_len - 2);
		break;
	case SIZE_TO_RS:
	case SIZE_TO_NUL:
		line->until = true;
		line->end = size == SIZE_TO_RS ? RS : 0;
		break;
	case SIZE_PDF:
		line->left = params[0] == 0 || params[0] == '0' ? 2 : 0;
		break;
	}
}

static enum starline_action starline_end_head(struct starline *line,
					      const struct starline_command *is,
					      uint8_t *out_params)
{
	const uint8_t *params = line->head + 1 + is->code_len;

	starline_expect(line, is->size, params);
	for (size_t i = 0; i < is->params && i < STARLINE_PARAMS_MAX; i++)
		out_params[i] = params[i];
	line->after = is->action;
	line->head_len = 0;
	return line->left || line->until ? STARLINE_MORE : is->action;
}

static enum starline_action
starline_take_head(struct starline *line, uint8_t byte, uint8_t *out_params)
{
	const struct starline_command *whole = NULL;

	line->head[line->head_len++] = byte;
	if (line->head_len < 2)
		return STARLINE_MORE;
	if (!starline_find(line->head + 1, line->head_len - 1, &whole)) {
		line->head_len = 0;
		return STARLINE_UNKNOWN;
	}
	if (!whole || line->head_len < 1U + whole->code_len + whole->params)
		return STARLINE_MORE;
	return starline_end_head(line, whole, out_params);
}

/* The parameters of what has data are told with its end no more: only raster
 * mode's pulse has both, and its drive is a digit. */
static enum starline_action
starline_take_data(struct starline *line, uint8_t byte, uint8_t *out_params)
{
	if (line->until)
		line->until = byte != line->end;
	else
		line->left--;
	if (line->until || line->left)
		return STARLINE_MORE;
	out_params[0] = 3; /* both, to be on the safe side of a test */
	return line->after;
}

static enum starline_action starline_take_control(uint8_t byte,
						  uint8_t *out_params)
{
	switch (byte) {
	case 0x07:
	case 0x19:
		out_params[0] = byte == 0x07 ? 1 : 2;
		return STARLINE_PULSE;
	case '\n':
		return STARLINE_FEED;
	case 0x18:
		return STARLINE_RESET;
	default:
		return byte < 0x20 || byte == 0x7f ? STARLINE_IGNORE
						   : STARLINE_TEXT;
	}
}

enum starline_action starline_take(struct starline *line, uint8_t byte,
				   uint8_t out_params[STARLINE_PARAMS_MAX])
{
	if (line->left || line->until)
		return starline_take_data(line, byte, out_params);
	if (line->head_len || byte == ESC)
		return starline_take_head(line, byte, out_params);
	return starline_take_control(byte, out_params);
}

enum starline_realtime starline_scan(struct starline_scanner *scanner,
				     uint8_t byte)
{
	bool asks = scanner->before[0] == ESC && scanner->before[1] == 0x06 &&
		    byte == 0x01;

	scanner->before[0] = scanner->before[1];
	scanner->before[1] = byte;
	if (byte == FS)
		return STARLINE_PULSE_1;
	if (byte == 0x1a)
		return STARLINE_PULSE_2;
	return asks ? STARLINE_STATUS : STARLINE_NOTHING;
}

const char *starline_page(uint8_t number)
{
	static const char *const names[] = {
		[0] = "CP437",	 [1] = "CP437",	  [3] = "CP437",
		[4] = "CP858",	 [5] = "CP852",	  [6] = "CP860",
		[8] = "CP863",	 [9] = "CP865",	  [10] = "CP866",
		[32] = "CP1252", [33] = "CP1250", [34] = "CP1251",
	};

	return number < sizeof(names) / sizeof(names[0]) ? names[number] : NULL;
}
