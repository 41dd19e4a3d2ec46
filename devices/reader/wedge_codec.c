/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/wedge_codec.h"

#include "util/hash.h"
#include "util/secret.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define WEDGE_KEY_ENTER	   28
#define WEDGE_KEY_KP_ENTER 96
#define WEDGE_KEY_SHIFT	   42
#define WEDGE_KEY_SHIFT_2  54
#define WEDGE_PRESSED	   1
#define WEDGE_DIGITS_MAX   10

/* By linux/input-event-codes.h; a NUL is no character. */
static const char wedge_plain[] =
	"\0\0001234567890-=\0\0qwertyuiop[]\0\0asdfghjkl;'`\0\\zxcvbnm,./"
	"\0*\0 \0\0\0\0\0\0\0\0\0\0\0\0\000789-456+1230.";
static const char wedge_shifted[] =
	"\0\0!@#$%^&*()_+\0\0QWERTYUIOP{}\0\0ASDFGHJKL:\"~\0|ZXCVBNM<>?"
	"\0*\0 \0\0\0\0\0\0\0\0\0\0\0\0\000789-456+1230.";

void wedge_reset(struct wedge *wedge)
{
	secret_wipe(wedge, sizeof(*wedge));
}

static void wedge_add(struct wedge *wedge, char letter)
{
	if (wedge->len == WEDGE_TEXT_MAX)
		wedge->spoiled = true;
	else
		wedge->text[wedge->len++] = letter;
}

bool wedge_take_key(struct wedge *wedge, unsigned int code, int value)
{
	bool shifted;

	if (code == WEDGE_KEY_SHIFT || code == WEDGE_KEY_SHIFT_2) {
		wedge->shifted[code == WEDGE_KEY_SHIFT_2] = value != 0;
		return false;
	}
	if (value != WEDGE_PRESSED)
		return false;
	if (code == WEDGE_KEY_ENTER || code == WEDGE_KEY_KP_ENTER) {
		wedge_add(wedge, '\n');
		return true;
	}
	shifted = wedge->shifted[0] || wedge->shifted[1];
	if (code < sizeof(wedge_plain) - 1 && wedge_plain[code])
		wedge_add(wedge,
			  shifted ? wedge_shifted[code] : wedge_plain[code]);
	return false;
}

/* --- tags --- */

static void wedge_put_tag(uint64_t value, uint8_t out_tag[BADGE_TAG_SIZE])
{
	for (int i = BADGE_TAG_SIZE - 1; i >= 0; i--, value >>= 8)
		out_tag[i] = (uint8_t)value;
}

static int wedge_read_hex(const char *digits, size_t len, uint64_t *out_value)
{
	if (strspn(digits, "0123456789abcdefABCDEF") != len ||
	    (len != 10 && len != 8 && len != 6))
		return 0;
	*out_value = strtoull(digits, NULL, 16);
	return (int)len * 4;
}

/* Facility and number: "078,56506". */
static int wedge_read_pair(const char *digits, uint64_t *out_value)
{
	unsigned long high = strtoul(digits, NULL, 10);
	unsigned long low = strtoul(digits + 4, NULL, 10);

	if (strspn(digits, "0123456789") != 3 ||
	    strspn(digits + 4, "0123456789") != 5 || high > UINT8_MAX ||
	    low > UINT16_MAX)
		return 0;
	*out_value = high << 16 | low;
	return 24;
}

static int wedge_read_decimal(const char *digits, size_t len,
			      uint64_t *out_value)
{
	uint64_t value = strtoull(digits, NULL, 10);

	if (len == 9 && digits[3] == ',')
		return wedge_read_pair(digits, out_value);
	if (strspn(digits, "0123456789") != len)
		return 0;
	*out_value = value;
	if (len == 10)
		return value <= UINT32_MAX ? 32 : 0;
	return len == 8 && value < 1UL << 24 ? 24 : 0;
}

size_t wedge_read_uid(const char *text, size_t len, enum wedge_digits digits,
		      uint8_t out_uid[BADGE_UID_MAX])
{
	char row[2 * BADGE_UID_MAX + 1] = "";
	bool good;

	while (len && text[len - 1] == '\n')
		len--;
	if (digits != WEDGE_HEX || (len != 14 && len != 16 && len != 20))
		return 0;
	memcpy(row, text, len);
	good = hash_from_hex(row, len / 2, out_uid);
	secret_wipe(row, sizeof(row));
	return good ? len / 2 : 0;
}

int wedge_read_tag(const char *text, size_t len, enum wedge_digits digits,
		   uint8_t out_tag[BADGE_TAG_SIZE])
{
	char row[WEDGE_DIGITS_MAX + 1] = "";
	uint64_t value = 0;
	int bits;

	while (len && text[len - 1] == '\n')
		len--;
	if (!len || len > WEDGE_DIGITS_MAX)
		return 0;
	memcpy(row, text, len);
	bits = digits == WEDGE_HEX ? wedge_read_hex(row, len, &value)
				   : wedge_read_decimal(row, len, &value);
	if (bits)
		wedge_put_tag(value, out_tag);
	secret_wipe(row, sizeof(row));
	secret_wipe(&value, sizeof(value));
	return bits;
}
