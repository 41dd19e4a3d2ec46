/* SPDX-License-Identifier: Apache-2.0 */
/* Text as people write it: UTF-8 checked, and converted to a device's bytes. */
#ifndef TILLD_UTIL_TEXT_H
#define TILLD_UTIL_TEXT_H

#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes one character of well-formed UTF-8 (RFC 3629: shortest form, no
 * surrogates, at most U+10FFFF) and returns its length, 0 if it is not one.
 */
size_t text_decode(const char *text, uint32_t *out_code);

/*
 * Fit for people to read: well-formed UTF-8 without control characters (C0,
 * DEL, C1), and without what is not seen and makes the rest read otherwise
 * (marks that turn the direction, of no width, of lines; tags).
 */
bool text_is_plain(const char *text);

/* The same for what nobody reads, as a password: whatever can be typed. */
bool text_is_typed(const char *text);

/* Characters, not bytes; only for well-formed UTF-8. */
size_t text_length(const char *text);

/*
 * Bytes of its first line, where lines have so many characters (1 and up): all
 * of it if it fits, else up to its last blank that does, else as many as fit.
 */
size_t text_break(const char *text, size_t columns);

/*
 * 1 to max characters out of a-z A-Z 0-9 . _ - that begin with a letter or a
 * digit: what ids of tills, devices, groups and logins are made of.
 */
bool text_is_name(const char *text, size_t max);

/* Copies into a field of size bytes; what does not fit is cut off. */
void text_copy(char *out, size_t size, const char *text);

/* Of the pages below: what Polish printers had before there were others. */
#define TEXT_MAZOVIA "MAZOVIA"

/*
 * Appends text in a code page known to iconv ("CP437", "CP852", "CP1250"...) or
 * in TEXT_MAZOVIA, one byte a character; an accent that stands for itself is
 * put with its letter first. A Latin letter that the page lacks loses its accent
 * ("Zoltek" for a name, never "???tek"); what else it lacks becomes substitute.
 * Control characters are left out, and combining ones that it lacks. Returns
 * false if the page is not known.
 */
bool text_to_page(const char *text, const char *page, char substitute,
		  struct buf *out);

/*
 * Appends bytes of a code page as UTF-8. Bytes that the page does not define
 * become U+FFFD; what is not plain (control bytes, a soft hyphen) becomes a
 * blank. False if the page is not known.
 */
bool text_from_page(const void *bytes, size_t len, const char *page,
		    struct buf *out);

#endif
