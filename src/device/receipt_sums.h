/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fiscal printer makes of a receipt: the sums it comes to, per VAT rate,
 * as the printer will reckon them, and why it would refuse it. Pure; in minor
 * units, in whole numbers. So nothing is begun on paper that would be broken
 * off, and what became of it can be told by the printer's sums.
 *
 * Source: docs/protocols.md 3.8 (POSNET). What differs from printer to printer
 * is in struct receipt_rules, which a driver tells with driver_rules().
 */
#ifndef TILLD_DEVICE_RECEIPT_SUMS_H
#define TILLD_DEVICE_RECEIPT_SUMS_H

#include "device/receipt.h"

#define RECEIPT_RATE_EXEMPT 10000 /* hundredths of a percent, as all rates */
#define RECEIPT_RATE_UNUSED (-1)
#define RECEIPT_VAT_UNKNOWN (-1)

/* Of a percentage, what is rounded (half up), and what is the difference. */
enum receipt_rounding {
	RECEIPT_ROUNDS_REST,	 /* what is left */
	RECEIPT_ROUNDS_DISCOUNT, /* what is taken off */
};

/* What it prints of goods that come back. */
enum receipt_returns {
	RECEIPT_RETURNS_SLIP,	 /* a slip of the amount, and one of the cash */
	RECEIPT_RETURNS_RECEIPT, /* line by line, and of which document */
	RECEIPT_RETURNS_NONE,
};

/* What a printer takes. All zero: no receipts at all. */
struct receipt_rules {
	int rates[RECEIPT_RATES];
	enum receipt_rounding rounding;
	size_t lines_max;
	size_t footer_max;
	size_t footer_text_max;
	int64_t money_max;    /* a price, a line, a payment, any sum */
	int64_t quantity_max; /* RECEIPT_QUANTITY_ONE is 1 */
	int quantity_places;  /* decimals of a quantity */
	enum receipt_returns returns;
	bool sale_numbers; /* prints the sale's own */
	bool any_name; /* not only with a plain or Polish letter, or a digit */
	bool plain_only;       /* no buyer's number, no descriptions */
	bool opens_drawer;     /* by itself, where cash comes or goes */
	unsigned int payments; /* RECEIPT_TAKES(kind) of all that it knows */
	size_t text_columns;   /* of a line that is not fiscal */
};

#define RECEIPT_TAKES(kind) (1U << (kind))

struct receipt_sums {
	int64_t gross[RECEIPT_RATES];
	/* Within gross; once it is complete. RECEIPT_VAT_UNKNOWN where it was
	 * not put on record. */
	int64_t vat[RECEIPT_RATES];
	int64_t total;
	int64_t paid;
	int64_t change;	  /* in cash */
	int64_t tendered; /* of paid, in cash */
};

/* What the drawer gains by it: cash tendered less change; it may be below zero,
 * where change is given on something else. */
int64_t receipt_cash(const struct receipt_sums *sums);

/* What a line or a discount came to. */
struct receipt_made {
	int64_t before; /* price times quantity, or the subtotal */
	int64_t change; /* by its discount (below zero) or markup; or 0 */
};

/*
 * One step after the other, in this order, on sums that begin as all zero:
 * lines, discounts, payments. Each is true, or false with its fault, sums being
 * of no use then.
 */
bool receipt_add_line(const struct receipt *receipt,
		      const struct receipt_rules *rules, size_t index,
		      struct receipt_sums *sums, struct receipt_made *out_made,
		      struct receipt_fault *out_fault);
bool receipt_add_discount(const struct receipt *receipt,
			  const struct receipt_rules *rules, size_t index,
			  struct receipt_sums *sums,
			  struct receipt_made *out_made,
			  struct receipt_fault *out_fault);
bool receipt_add_payment(const struct receipt *receipt,
			 const struct receipt_rules *rules, size_t index,
			 struct receipt_sums *sums,
			 struct receipt_fault *out_fault);

/* All of it, from the beginning to the change. */
bool receipt_reckon(const struct receipt *receipt,
		    const struct receipt_rules *rules,
		    struct receipt_sums *out_sums,
		    struct receipt_fault *out_fault);

/* {"total", "paid", "change", "cash", "rates": [{"rate": "A", "gross",
 * "vat"}]}: cash is receipt_cash(); a vat that is not known is left out. New. */
json_t *receipt_sums_to_json(const struct receipt_sums *sums);

/*
 * The same to and from a driver's evidence, so that what is found out later can
 * be told as if it had been seen: {"gross": [...], "vat": [...], "total",
 * "paid", "change", "tendered"}, by VAT rate from A on. New. What is read may
 * be an earlier release's, and then has no VAT.
 */
json_t *receipt_sums_to_evidence(const struct receipt_sums *sums);
void receipt_sums_from_evidence(const json_t *evidence,
				struct receipt_sums *out_sums);

#endif
