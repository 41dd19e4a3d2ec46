/* SPDX-License-Identifier: Apache-2.0 */
#include "util/card.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/text.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CARD_MIN   13
#define CARD_MAX   19
#define CARD_EAN   13
#define CARD_FIRST 4 /* digits of the first group */
#define CARD_NEXT  3 /* of each further one */

#define CARD_DIGITS  "0123456789"
#define CARD_HEX     CARD_DIGITS "abcdef"
#define CARD_LETTERS "abcdefghijklmnopqrstuvwxyz"
#define CARD_BREAKS  " -"

/* --- the text, made simple --- */

/* The zeros of the scripts whose digits keyboards in shops can write. */
static const uint32_t card_zeros[] = {
	0x0660 /* Arabic */,  0x06f0 /* Persian */, 0x0966 /* Devanagari */,
	0x09e6 /* Bengali */, 0x0e50 /* Thai */,    0xff10 /* fullwidth */,
};

static const struct {
	uint32_t from, to;
	char simple;
} card_marks[] = {
	{ 0x00a0, 0x00a0, ' ' }, /* no-break space */
	{ 0x2000, 0x200a, ' ' }, /* spaces of all widths */
	{ 0x2010, 0x2015, '-' }, /* hyphens and dashes */
	{ 0x202f, 0x202f, ' ' }, /* narrow no-break space */
	{ 0x2212, 0x2212, '-' }, /* minus */
	{ 0x3000, 0x3000, ' ' }, /* ideographic space */
	{ 0xff0d, 0xff0d, '-' }, /* fullwidth hyphen */
};

static char card_simplify_other(uint32_t code)
{
	for (size_t i = 0; i < sizeof(card_zeros) / sizeof(card_zeros[0]); i++)
		if (code >= card_zeros[i] && code <= card_zeros[i] + 9)
			return (char)('0' + (code - card_zeros[i]));
	for (size_t i = 0; i < sizeof(card_marks) / sizeof(card_marks[0]); i++)
		if (code >= card_marks[i].from && code <= card_marks[i].to)
			return card_marks[i].simple;
	return '.';
}

/* One byte a character, in small letters. New. */
static char *card_simplify(const char *text)
{
	char *simple = alloc_zero(strlen(text) + 1, 1), *out = simple;
	uint32_t code;
	size_t len;

	for (; (len = *text ? text_decode(text, &code) : 0); text += len) {
		if (code >= 'A' && code <= 'Z')
			*out++ = (char)(code - 'A' + 'a');
		else
			*out++ = code < 0x80 ? (char)code
					     : card_simplify_other(code);
	}
	return simple;
}

/* --- numbers --- */

/* By the first four digits: what the schemes have published of their ranges. */
static const struct {
	int from, to, least, most; /* digits */
} card_ranges[] = {
	{ 2200, 2204, 16, 19 }, /* Mir */
	{ 2221, 2720, 16, 16 }, /* Mastercard */
	{ 3000, 3059, 14, 19 }, /* Diners Club */
	{ 3095, 3095, 14, 19 }, /* Diners Club */
	{ 3400, 3499, 15, 15 }, /* American Express */
	{ 3500, 3599, 16, 19 }, /* JCB */
	{ 3600, 3699, 14, 19 }, /* Diners Club */
	{ 3700, 3799, 15, 15 }, /* American Express */
	{ 3800, 3999, 14, 19 }, /* Diners Club */
	{ 4000, 4999, 13, 13 }, /* Visa, old */
	{ 4000, 4999, 16, 16 }, /* Visa */
	{ 4000, 4999, 19, 19 }, /* Visa */
	{ 5000, 5099, 14, 19 }, /* Maestro */
	{ 5100, 5599, 16, 16 }, /* Mastercard */
	{ 5600, 6999, 14, 19 }, /* Maestro, Discover, UnionPay and others */
	{ 8100, 8199, 16, 19 }, /* UnionPay, RuPay */
	{ 9792, 9792, 16, 16 }, /* Troy */
};

static bool card_is_issued(const char *digits, size_t count)
{
	int begin = 0, length = (int)count;

	for (size_t i = 0; i < 4; i++)
		begin = begin * 10 + (digits[i] - '0');
	for (size_t i = 0; i < sizeof(card_ranges) / sizeof(card_ranges[0]);
	     i++)
		if (begin >= card_ranges[i].from &&
		    begin <= card_ranges[i].to &&
		    length >= card_ranges[i].least &&
		    length <= card_ranges[i].most)
			return true;
	return false;
}

/* Every other digit from the right counts double, its own digits added up. */
static bool card_is_luhn(const char *digits, size_t count)
{
	int sum = 0;

	for (size_t i = 0; i < count; i++) {
		int digit = digits[count - 1 - i] - '0';

		if (i % 2)
			digit = digit * 2 - (digit > 4 ? 9 : 0);
		sum += digit;
	}
	return sum % 10 == 0;
}

/* Every other digit from the right counts three times. */
static bool card_is_barcode(const char *digits, size_t count)
{
	int sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += (digits[count - 1 - i] - '0') * (i % 2 ? 3 : 1);
	return count == CARD_EAN && sum % 10 == 0;
}

static bool card_is_number(const char *digits, size_t count)
{
	return count >= CARD_MIN && card_is_issued(digits, count) &&
	       card_is_luhn(digits, count) && !card_is_barcode(digits, count);
}

/* --- looking for them --- */

/* Whether one begins with the row of digits at text, and ends with a row. */
static bool card_begins(const char *text)
{
	size_t len = strspn(text, CARD_DIGITS), least = CARD_FIRST, count = 0;
	char digits[CARD_MAX];

	while (len >= least && len <= CARD_MAX - count) {
		memcpy(digits + count, text, len);
		count += len;
		if (card_is_number(digits, count))
			return true;
		text += len;
		if (!*text || !strchr(CARD_BREAKS, *text))
			return false;
		text++;
		len = strspn(text, CARD_DIGITS);
		least = CARD_NEXT;
	}
	return false;
}

/* The length of a UUID at the beginning of a word, or 0. */
static size_t card_uuid(const char *word)
{
	static const char groups[] = { 8, 4, 4, 4, 12 };
	const char *at = word;

	for (size_t i = 0; i < sizeof(groups); i++) {
		size_t len = (size_t)groups[i];
		bool last = i + 1 == sizeof(groups);

		if (strspn(at, CARD_HEX) != len || (!last && at[len] != '-'))
			return 0;
		at += len + !last;
	}
	return strspn(at, CARD_LETTERS) ? 0 : (size_t)(at - word);
}

static bool card_is_hexadecimal(const char *word, size_t len)
{
	size_t letters = 0;

	for (size_t i = 0; i < len; i++)
		letters += word[i] > '9';
	return letters >= 2 && strspn(word, CARD_HEX) >= len;
}

/* Looks at each row of digits in a word; what follows may be part of it. */
static bool card_is_in_word(const char *word, size_t len)
{
	const char *at = word;

	while ((at = strpbrk(at, CARD_DIGITS)) && at < word + len) {
		if (card_begins(at))
			return true;
		at += strspn(at, CARD_DIGITS);
	}
	return false;
}

bool card_is_in(const char *text)
{
	CLEANUP_FREE char *simple = card_simplify(text);
	const char *at = simple;

	while ((at = strpbrk(at, CARD_DIGITS CARD_LETTERS))) {
		size_t len = strspn(at, CARD_DIGITS CARD_LETTERS);
		size_t uuid = card_uuid(at);

		if (!uuid && !card_is_hexadecimal(at, len) &&
		    card_is_in_word(at, len))
			return true;
		at += uuid ? uuid : len;
	}
	return false;
}
