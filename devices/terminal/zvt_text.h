/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ZVT's codes mean, in English and in the reasons of the API, and text
 * of the terminal's code page as UTF-8. Pure.
 */
#ifndef TILLD_TERMINAL_ZVT_TEXT_H
#define TILLD_TERMINAL_ZVT_TEXT_H

#include "device/reason.h"
#include "util/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define ZVT_TEXT_SIZE 112 /* bytes of UTF-8 */

enum zvt_language {
	ZVT_ENGLISH,
	ZVT_POLISH,
	ZVT_GERMAN,
	ZVT_LANGUAGES,
};

/* For whom the terminal waits. */
enum zvt_waits {
	ZVT_WAITS_TERMINAL, /* itself */
	ZVT_WAITS_CUSTOMER,
	ZVT_WAITS_HOST,
	ZVT_WAITS_CASHIER,
};

/* "terminal", "customer", "host", "cashier": as the API has them. */
const char *zvt_waits_name(enum zvt_waits waits);

/*
 * An intermediate status (04 FF): "Please insert card". False, and "Status
 * A7", if the code says nothing by itself; then the terminal's own text may.
 */
bool zvt_text_intermediate(uint8_t code, enum zvt_language language,
			   char out_text[ZVT_TEXT_SIZE],
			   enum zvt_waits *out_waits);

/* What the status byte of an enquiry says (6.2): "Ready"; NULL if unknown. */
const char *zvt_text_state(uint8_t status);

/* Why a transaction ended so: of BMP 27 and of 06 1E. NONE for 00. */
enum reason zvt_text_reason(uint8_t result);

/* Why a command was not taken: of 84 xx, where 37 is the password. */
enum reason zvt_text_answer_reason(uint8_t error);

/* "Aborted by the customer, or timed out"; NULL where the code says no more
 * than that it was declined. */
const char *zvt_text_result(uint8_t result);

/*
 * What the status byte of an enquiry (05 01) says against a payment: NONE if
 * nothing, BUSY if it will pass by itself.
 */
enum reason zvt_text_status(uint8_t status);

/* The brand of a card by its type (8A); NULL if unknown. */
const char *zvt_text_card(int type);

/*
 * Appends text of the terminal as UTF-8 in one line, with control bytes as
 * blanks and card numbers masked. page is a name that iconv knows, or "utf-8".
 */
void zvt_text_add(struct buf *buf, struct cursor text, const char *page);

/* The code page that a tag 14 announces, or otherwise if it is none of ours. */
const char *zvt_text_page(uint8_t announced, const char *otherwise);

/*
 * Masks in place what looks like a card number: 13 to 19 digits, perhaps in
 * groups, that begin as one and carry its check digit.
 */
void zvt_text_mask(char *text);

#endif
