/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fiscal receipt as a till asks for it, whatever the printer's protocol: what
 * is sold, taken back, discounted and paid. It is read once, out of the body of
 * the request or out of the journal, and never changed; receipt_sums.h reckons
 * what a printer makes of it.
 *
 *	{"lines": [{"name": "Coffee", "quantity": "0.25", "unit": "kg",
 *		    "price": 4000, "vat": "B", "description": "Arabica",
 *		    "discount": {"percent": "10.00", "name": "Tuesday"}},
 *		   {"void": 1}],
 *	 "discounts": [{"amount": 100, "markup": true}],
 *	 "payments": [{"kind": "cash", "amount": 1000, "name": "Cash"}],
 *	 "total": 1000, "buyer_tax_id": "5261040828", "footer": ["Thank you"],
 *	 "sale_number": "DT636533-0020-0010110"}
 *
 * Amounts and prices are in minor units and above zero; quantities and percents
 * are decimals in text. A line takes another one back as a whole ("void": its
 * place, counted from 1). What is discounted at the end goes by all lines.
 */
#ifndef TILLD_DEVICE_RECEIPT_H
#define TILLD_DEVICE_RECEIPT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What any printer may take; each one's own bounds are in struct
 * receipt_rules. Texts are in characters. */
#define RECEIPT_RATES		8 /* A to H */
#define RECEIPT_LINES_MAX	250
#define RECEIPT_DISCOUNTS_MAX	8
#define RECEIPT_PAYMENTS_MAX	16
#define RECEIPT_FOOTER_MAX	20
#define RECEIPT_NAME_MAX	80
#define RECEIPT_UNIT_MAX	4
#define RECEIPT_DESCRIPTION_MAX 50
#define RECEIPT_LABEL_MAX	25 /* of a discount or a payment */
#define RECEIPT_BUYER_MAX	30
#define RECEIPT_SALE_LEN	21 /* DT636533-0020-0010110 */
#define RECEIPT_TEXT_MAX	56 /* a line of the footer */
#define RECEIPT_MONEY_MAX	9999999999
#define RECEIPT_DECIMALS	2 /* of sums, as all fiscal printers here print them */
#define RECEIPT_QUANTITY_ONE	100000000 /* eight decimals */
#define RECEIPT_PERCENT_ONE	100	  /* two */
#define RECEIPT_PERCENT_MAX	9999

enum receipt_payment_kind {
	RECEIPT_CASH,
	RECEIPT_CARD,
	RECEIPT_CHEQUE,
	RECEIPT_VOUCHER,
	RECEIPT_CREDIT,
	RECEIPT_TRANSFER,
	RECEIPT_OTHER,
	RECEIPT_PAYMENT_KINDS,
};

/* The words of all of them, for a field of the API. */
#define RECEIPT_PAYMENT_WORDS "cash card cheque voucher credit transfer other"

/* A discount or, said so, a markup. */
struct receipt_discount {
	bool set;
	bool markup;
	bool percent;	  /* else an amount */
	int64_t value;	  /* hundredths of a percent, or minor units */
	const char *name; /* NULL: none given */
};

struct receipt_line {
	size_t voids;		 /* 0: it is sold; else the line taken back */
	const char *name;	 /* of a line taken back: that one's, as all */
	const char *unit;	 /* NULL: none given */
	const char *description; /* NULL: none given */
	int rate;		 /* 0 for A */
	int64_t price;
	int64_t quantity; /* RECEIPT_QUANTITY_ONE is 1 */
	struct receipt_discount discount;
};

struct receipt_payment {
	enum receipt_payment_kind kind;
	int64_t amount;
	const char *name; /* NULL: none given */
};

/* All texts are borrowed from json. */
struct receipt {
	unsigned int holders;
	json_t *json;
	struct receipt_line *lines;
	size_t lines_count;
	struct receipt_discount discounts[RECEIPT_DISCOUNTS_MAX];
	size_t discounts_count;
	struct receipt_payment payments[RECEIPT_PAYMENTS_MAX];
	size_t payments_count;
	const char *footer[RECEIPT_FOOTER_MAX];
	size_t footer_count;
	const char *buyer; /* tax number; NULL: none given */
	const char *sale;  /* unique sale number (Bulgaria); NULL: none given */
	int64_t total;	   /* what the app says it comes to; 0: it doesn't */
};

#define RECEIPT_FIELD_SIZE 48

/* What is wrong with it, and where: "lines[3].quantity". */
struct receipt_fault {
	char field[RECEIPT_FIELD_SIZE];
	const char *detail; /* a whole sentence; constant */
};

/* format: its field. */
void receipt_fault_set(struct receipt_fault *fault, const char *detail,
		       const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Reads it out of an object of which it takes its own fields and leaves others
 * (the body of a request has more). NULL and the first fault, where it is no
 * receipt. The one who made it holds it.
 */
struct receipt *receipt_parse(const json_t *json,
			      struct receipt_fault *out_fault);

/* One more holder; and one less (NULL is fine), the last of whom frees it. */
struct receipt *receipt_hold(struct receipt *receipt);
struct receipt *receipt_drop(struct receipt *receipt);

#endif
