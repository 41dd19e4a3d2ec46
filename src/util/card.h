/* SPDX-License-Identifier: Apache-2.0 */
/* Card numbers in text that people or programs wrote: they may not be kept. */
#ifndef TILLD_UTIL_CARD_H
#define TILLD_UTIL_CARD_H

#include <stdbool.h>

/*
 * Whether the text, well-formed UTF-8, holds what is in all likelihood a full
 * card number: 13 to 19 digits in a row or in groups (see below), of a length
 * and with a beginning that some issuer uses, and with a right check digit
 * (ISO/IEC 7812, Luhn). Groups are of three digits or more, the first of four
 * or more, with single blanks or hyphens between them. Digits of other scripts
 * and typographic hyphens count as well.
 *
 * Left alone are a longer row of digits, a UUID, a word that is hexadecimal
 * (two letters or more among its digits), and a 13-digit number whose check
 * digit is that of a barcode (EAN-13).
 */
bool card_is_in(const char *text);

/* What is said of such a text, which is itself repeated nowhere. */
#define CARD_REFUSED "It must not hold a full card number, as it is kept."

#endif
