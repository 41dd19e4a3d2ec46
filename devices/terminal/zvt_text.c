/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/zvt_text.h"

#include "util/secret.h"
#include "util/text.h"

#include <string.h>

#define ZVT_TEXT_MAX 4096 /* of one line, in UTF-8 */
#define ZVT_PAN_MIN  13
#define ZVT_PAN_MAX  19

struct zvt_text {
	uint8_t code;
	const char *text;
};

#define ZVT_COUNT(table) (sizeof(table) / sizeof(*(table)))

static const char *zvt_text_find(const struct zvt_text *table, size_t count,
				 int code)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].code == code)
			return table[i].text;
	return NULL;
}

/* --- results (6.1) --- */

/* Ranges by class; what is in none is an error of the terminal's own. */
static const struct zvt_class {
	uint8_t first, last;
	enum reason reason;
} zvt_classes[] = {
	{ 0x00, 0x00, REASON_NONE },
	{ 0x01, 0x63, REASON_DECLINED }, /* the host's own codes */
	{ 0x64, 0x64, REASON_CUSTOMER_ABORTED },
	{ 0x65, 0x65, REASON_DECLINED },
	{ 0x66, 0x66, REASON_CUSTOMER_ABORTED },
	{ 0x67, 0x68, REASON_DECLINED },
	{ 0x6a, 0x6a, REASON_END_OF_DAY_NEEDED },
	{ 0x6c, 0x6c, REASON_CUSTOMER_ABORTED },
	{ 0x6e, 0x6e, REASON_DECLINED },
	{ 0x6f, 0x6f, REASON_BAD_PARAMETER },
	{ 0x71, 0x71, REASON_DECLINED },
	{ 0x72, 0x73, REASON_CUSTOMER_ABORTED },
	{ 0x76, 0x76, REASON_DECLINED },
	{ 0x78, 0x7a, REASON_DECLINED },
	{ 0x7b, 0x7c, REASON_CUSTOMER_ABORTED },
	{ 0x7d, 0x7d, REASON_NETWORK_DOWN },
	{ 0x7e, 0x7e, REASON_CUSTOMER_ABORTED },
	{ 0x83, 0x83, REASON_NOT_SUPPORTED },
	{ 0x89, 0x89, REASON_TERMINAL_SERVICE },
	{ 0x9b, 0x9b, REASON_NETWORK_DOWN },
	{ 0x9c, 0x9c, REASON_BUSY },
	{ 0xa0, 0xa3, REASON_NETWORK_DOWN },
	{ 0xb1, 0xb2, REASON_END_OF_DAY_NEEDED },
	{ 0xb4, 0xb4, REASON_ALREADY_REVERSED },
	{ 0xb5, 0xb5, REASON_REVERSAL_IMPOSSIBLE },
	{ 0xb7, 0xb7, REASON_BAD_PARAMETER },
	{ 0xbf, 0xc2, REASON_TERMINAL_SERVICE },
	{ 0xc3, 0xc5, REASON_DECLINED },
	{ 0xc6, 0xc6, REASON_BAD_PARAMETER },
	{ 0xc8, 0xc9, REASON_DECLINED },
	{ 0xcb, 0xcb, REASON_BAD_PARAMETER },
	{ 0xcd, 0xcd, REASON_DECLINED },
	{ 0xd2, 0xd2, REASON_DECLINED },
	{ 0xdc, 0xde, REASON_CUSTOMER_ABORTED },
	{ 0xe0, 0xe0, REASON_BUSY },
	{ 0xe2, 0xe4, REASON_TERMINAL_SERVICE },
	{ 0xe7, 0xea, REASON_DECLINED },
	{ 0xf0, 0xf0, REASON_END_OF_DAY_NEEDED },
};

enum reason zvt_text_reason(uint8_t result)
{
	for (size_t i = 0; i < ZVT_COUNT(zvt_classes); i++)
		if (result >= zvt_classes[i].first &&
		    result <= zvt_classes[i].last)
			return zvt_classes[i].reason;
	return REASON_DEVICE_REFUSED;
}

enum reason zvt_text_answer_reason(uint8_t error)
{
	/* not the host's word: the command never got that far */
	if (error == 0x37)
		return REASON_BAD_PARAMETER;
	return error && error < 0x64 ? REASON_DEVICE_REFUSED
				     : zvt_text_reason(error);
}

static const struct zvt_text zvt_results[] = {
	{ 0x00, "Approved" },
	{ 0x64, "Card can't be read" },
	{ 0x65, "No card data" },
	{ 0x66, "Error while processing" },
	{ 0x67, "Not allowed for debit cards" },
	{ 0x68, "Not allowed for credit or fleet cards" },
	{ 0x6a, "Turnover memory full" },
	{ 0x6b, "Terminal not registered" },
	{ 0x6c, "Stopped by the customer, or timed out" },
	{ 0x6e, "Card is on the block list" },
	{ 0x6f, "Wrong currency" },
	{ 0x71, "Not enough credit on the chip" },
	{ 0x72, "Chip error" },
	{ 0x73, "Card data wrong" },
	{ 0x76, "Card not on the white list" },
	{ 0x77, "End of day not possible" },
	{ 0x78, "Card expired" },
	{ 0x79, "Card not valid yet" },
	{ 0x7a, "Card unknown" },
	{ 0x7d, "Communication module error" },
	{ 0x83, "Function not possible" },
	{ 0x85, "Key missing" },
	{ 0x89, "PIN pad defective" },
	{ 0x9a, "Protocol error" },
	{ 0x9b, "Payment host can't be reached" },
	{ 0x9c, "Terminal busy" },
	{ 0xa0, "Receiver not ready" },
	{ 0xa1, "Payment host does not answer" },
	{ 0xa3, "No connection to the payment host" },
	{ 0xb1, "Memory full" },
	{ 0xb2, "Merchant journal full" },
	{ 0xb4, "Already reversed" },
	{ 0xb5, "Reversal not possible" },
	{ 0xb7, "Amount wrong or too high" },
	{ 0xc2, "Diagnosis required" },
	{ 0xc3, "Above the highest amount allowed" },
	{ 0xc5, "Payment method not supported" },
	{ 0xc6, "Currency not applicable" },
	{ 0xc8, "Amount too small" },
	{ 0xc9, "Limit too small" },
	{ 0xcb, "Only in EUR" },
	{ 0xcc, "Printer not ready" },
	{ 0xcd, "Cashback not possible" },
	{ 0xd2, "Not allowed for service cards" },
	{ 0xe0, "Remote maintenance active" },
	{ 0xf0, "End of day outstanding" },
	{ 0xff, "System error" },
};

const char *zvt_text_result(uint8_t result)
{
	return zvt_text_find(zvt_results, ZVT_COUNT(zvt_results), result);
}

/* 6.2: in these states a terminal takes no payment. */
static const struct zvt_class zvt_locks[] = {
	{ 0x51, 0x51, REASON_TERMINAL_SERVICE }, /* initialisation */
	{ 0x62, 0x62, REASON_TERMINAL_SERVICE }, /* clock */
	{ 0x9c, 0x9d, REASON_BUSY },
	{ 0xb1, 0xb2, REASON_END_OF_DAY_NEEDED },
	{ 0xc0, 0xc2, REASON_TERMINAL_SERVICE }, /* C2: diagnosis */
	{ 0xc4, 0xc4, REASON_BUSY },		 /* software update */
	{ 0xdf, 0xdf, REASON_TERMINAL_SERVICE },
	{ 0xe0, 0xe0, REASON_BUSY }, /* remote maintenance */
	{ 0xe2, 0xe4, REASON_TERMINAL_SERVICE },
	{ 0xf0, 0xf0, REASON_END_OF_DAY_NEEDED },
	{ 0xf6, 0xf6, REASON_TERMINAL_SERVICE },
};

static const struct zvt_text zvt_states[] = {
	{ 0x00, "Ready" },
	{ 0x51, "Initialisation needed" },
	{ 0x62, "Clock wrong" },
	{ 0x9c, "Busy" },
	{ 0x9d, "Part of the goods was handed out" },
	{ 0xb1, "End of day needed" },
	{ 0xb2, "Merchant journal full" },
	{ 0xbf, "Supply voltage low" },
	{ 0xc0, "Card lock defective" },
	{ 0xc1, "Merchant card locked" },
	{ 0xc2, "Diagnosis needed" },
	{ 0xc4, "Software update" },
	{ 0xcc, "Printer not ready" },
	{ 0xdc, "Card inserted" },
	{ 0xe0, "Remote maintenance active" },
	{ 0xe1, "Card not removed" },
	{ 0xe2, "Card reader defective" },
	{ 0xe3, "Shutter closed" },
	{ 0xe4, "Activation needed" },
	{ 0xf0, "End of day needed" },
	{ 0xf6, "Personalisation data missing" },
};

const char *zvt_text_state(uint8_t status)
{
	return zvt_text_find(zvt_states, ZVT_COUNT(zvt_states), status);
}

enum reason zvt_text_status(uint8_t status)
{
	for (size_t i = 0; i < ZVT_COUNT(zvt_locks); i++)
		if (status >= zvt_locks[i].first && status <= zvt_locks[i].last)
			return zvt_locks[i].reason;
	return REASON_NONE;
}

static const struct zvt_text zvt_cards[] = {
	{ 2, "ec" },
	{ 5, "girocard" },
	{ 6, "Mastercard" },
	{ 8, "American Express" },
	{ 9, "Direct debit" },
	{ 10, "Visa" },
	{ 11, "Visa Electron" },
	{ 12, "Diners Club" },
	{ 13, "V PAY" },
	{ 14, "JCB" },
	{ 30, "GeldKarte" },
	{ 46, "Maestro" },
	{ 69, "PostCard" },
	{ 87, "Bancontact" },
	{ 97, "Alipay" },
	{ 107, "Alipay" },
	{ 198, "UnionPay" },
	{ 232, "Discover" },
};

const char *zvt_text_card(int type)
{
	return zvt_text_find(zvt_cards, ZVT_COUNT(zvt_cards), type);
}

/* --- card numbers in text --- */

static bool zvt_text_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The check digit of ISO/IEC 7812-1, and a first digit that cards have. */
static bool zvt_text_is_card(const char *digits, size_t len)
{
	int sum = 0;

	if (len < ZVT_PAN_MIN || digits[0] < '2' || digits[0] > '6')
		return false;
	for (size_t i = 0; i < len; i++) {
		int digit = digits[len - 1 - i] - '0';

		if (i % 2)
			digit = digit > 4 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return sum % 10 == 0;
}

/*
 * Masks the longest card number that begins at text and ends where a group of
 * digits does; returns how many bytes it took, 0 if there is none.
 */
static size_t zvt_text_mask_at(char *text)
{
	char digits[ZVT_PAN_MAX + 1] = "";
	size_t where[ZVT_PAN_MAX], len = 0, best = 0, i = 0;

	while (len < ZVT_PAN_MAX) {
		/* groups are set off by one blank or dash */
		if (len && (text[i] == ' ' || text[i] == '-') &&
		    zvt_text_is_digit(text[i + 1]))
			i++;
		if (!zvt_text_is_digit(text[i]))
			break;
		where[len] = i;
		digits[len++] = text[i++];
		if (!zvt_text_is_digit(text[i]) &&
		    zvt_text_is_card(digits, len))
			best = len;
	}
	if (best) {
		digits[best] = '\0';
		/* as for BMP 22: the first six and the last four stay */
		for (size_t at = 6; at + 4 < best; at++)
			text[where[at]] = '*';
		i = where[best - 1] + 1;
	}
	secret_wipe(digits, sizeof(digits));
	return best ? i : 0;
}

void zvt_text_mask(char *text)
{
	bool in_digits = false;

	while (*text) {
		bool digit = zvt_text_is_digit(*text);
		size_t taken = digit && !in_digits ? zvt_text_mask_at(text) : 0;

		in_digits = digit;
		text += taken ? taken : 1;
	}
}

/* --- code pages --- */

/* Bytes that claim to be UTF-8, and may not be. */
static void zvt_text_add_utf8(struct buf *line, struct cursor text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];

		buf_add_byte(line, byte < 0x20 || byte == 0x7f ? ' ' : byte);
	}
	if (text_is_plain(buf_text(line)))
		return;
	buf_reset(line);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];

		buf_add_byte(line, byte < 0x20 || byte >= 0x7f ? '?' : byte);
	}
}

void zvt_text_add(struct buf *buf, struct cursor text, const char *page)
{
	struct buf line = BUF_INIT(ZVT_TEXT_MAX);

	if (strcmp(page, "utf-8") == 0 ||
	    !text_from_page(text.data, text.len, page, &line))
		zvt_text_add_utf8(&line, text);
	/* 80 to 9F are control characters in ISO 8859 */
	if (!text_is_plain(buf_text(&line))) {
		buf_reset(&line);
		zvt_text_add_utf8(&line, text);
	}
	if (line.len) {
		zvt_text_mask((char *)line.data);
		buf_add(buf, line.data, line.len);
	}
	buf_free(&line);
}

const char *zvt_text_page(uint8_t announced, const char *otherwise)
{
	static const struct zvt_text pages[] = {
		{ 0x00, "ASCII" },	 { 0x01, "iso-8859-1" },
		{ 0x02, "iso-8859-2" },	 { 0x05, "iso-8859-5" },
		{ 0x07, "iso-8859-7" },	 { 0x09, "iso-8859-9" },
		{ 0x0f, "iso-8859-15" }, { 0x10, "iso-8859-16" },
		{ 0xfe, "utf-8" },	 { 0xff, "cp437" },
	};
	const char *page = zvt_text_find(pages, ZVT_COUNT(pages), announced);

	return page ? page : otherwise;
}
