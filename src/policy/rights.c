/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rights.h"

#include <stdio.h>
#include <string.h>

struct rights_row {
	const char *name;
	const char *meaning;
};

static const struct rights_row permission_rows[PERMISSIONS] = {
	[PERMISSION_DRAWER_OPEN] = { "drawer.open", "open the drawer by hand" },
	[PERMISSION_REPORT_DAILY] = { "report.daily",
				      "print the daily report (X or Z)" },
	[PERMISSION_REPORT_PERIODIC] = { "report.periodic",
					 "print a periodic report" },
	[PERMISSION_CARD_CANCEL] = { "card.cancel",
				     "cancel a card transaction" },
	[PERMISSION_REFUND_VALIDATE] = { "refund.validate",
					 "confirm that money is given back" },
	[PERMISSION_BALANCE_PREVIEW] = { "balance.preview",
					 "see the till's balance" },
	[PERMISSION_SHIFT_START_DIFFERENCE] = { "shift.start_difference",
						"start a shift although the "
						"counted cash differs" },
	[PERMISSION_SHIFT_END_WITHOUT_WITHDRAWAL] = { "shift.end_without_"
						      "withdrawal",
						      "end a shift without "
						      "withdrawing the cash" },
	[PERMISSION_SHIFT_END_DIFFERENCE] = { "shift.end_difference",
					      "end a shift or a day although "
					      "the cash differs" },
	[PERMISSION_DAY_END] = { "day.end", "end a day" },
	[PERMISSION_BALANCE_EXCEED_LIMIT] = { "balance.exceed_limit",
					      "go past a limit of the "
					      "balance" },
	[PERMISSION_PAYMENT_ACCEPT_UNVALIDATED] = { "payment.accept_"
						    "unvalidated",
						    "accept a payment whose "
						    "outcome is unknown" },
	[PERMISSION_CONFIG_ACCESS] = { "config.access",
				       "open the configuration" },
	[PERMISSION_CONFIG_INTERFACE] = { "config.interface",
					  "change window layouts" },
	[PERMISSION_PRICE_CHANGE] = { "price.change", "change a sales price" },
	[PERMISSION_CUSTOMER_EDIT] = { "customer.edit",
				       "add and edit customers" },
	[PERMISSION_DOCUMENT_EDIT_OTHERS] = { "document.edit_others",
					      "edit the pending documents of "
					      "other cashiers" },
	[PERMISSION_STOCK_RECONCILE] = { "stock.reconcile",
					 "start the reconciliation of stock "
					 "levels" },
	[PERMISSION_INVENTORY_COUNT_LIST] = { "inventory.count_list",
					      "list inventory counts" },
	[PERMISSION_INVENTORY_COUNT_PREVIEW] = { "inventory.count_preview",
						 "look into an inventory "
						 "count" },
	[PERMISSION_INVENTORY_COUNT_OPEN] = { "inventory.count_open",
					      "open an inventory count" },
	[PERMISSION_INVENTORY_COUNT_CLOSE] = { "inventory.count_close",
					       "close an inventory count" },
	[PERMISSION_INVENTORY_SHEET_OPEN] = { "inventory.sheet_open",
					      "open an inventory sheet" },
	[PERMISSION_INVENTORY_SHEET_MODIFY] = { "inventory.sheet_modify",
						"change an inventory sheet" },
	[PERMISSION_INVENTORY_SHEET_CLOSE] = { "inventory.sheet_close",
					       "close an inventory sheet" },
	[PERMISSION_CREDIT_EXCEED] = { "credit.exceed",
				       "go past a customer's credit limit" },
	[PERMISSION_CREDIT_MODIFY_LIMIT] = { "credit.modify_limit",
					     "grant credit limits" },
};

static const char *const object_names[OBJECTS] = {
	[OBJECT_RECEIPT] = "receipt",
	[OBJECT_SALES_INVOICE] = "sales_invoice",
	[OBJECT_RECEIPT_CORRECTION] = "receipt_correction",
	[OBJECT_INVOICE_CORRECTION] = "invoice_correction",
	[OBJECT_CASH_DEPOSIT] = "cash_deposit",
	[OBJECT_CASH_WITHDRAWAL] = "cash_withdrawal",
	[OBJECT_CASH_REPORT] = "cash_report",
	[OBJECT_SALES_COMPLAINT] = "sales_complaint",
	[OBJECT_WAREHOUSE_MOVEMENT] = "warehouse_movement",
	[OBJECT_RECEIVING_REPORT] = "receiving_report",
	[OBJECT_ADVANCE_INVOICE] = "advance_invoice",
	[OBJECT_ADVANCE_INVOICE_CORRECTION] = "advance_invoice_correction",
	[OBJECT_DEBIT_MEMO] = "debit_memo",
	[OBJECT_SALES_ORDER] = "sales_order",
	[OBJECT_SALES_QUOTE] = "sales_quote",
	[OBJECT_TAX_FREE] = "tax_free",
	[OBJECT_PERSONAL_DATA_CONSENT] = "personal_data_consent",
};

static const char *const object_words[OBJECTS] = {
	[OBJECT_RECEIPT] = "receipts",
	[OBJECT_SALES_INVOICE] = "sales invoices",
	[OBJECT_RECEIPT_CORRECTION] = "receipt corrections",
	[OBJECT_INVOICE_CORRECTION] = "invoice corrections",
	[OBJECT_CASH_DEPOSIT] = "cash deposits",
	[OBJECT_CASH_WITHDRAWAL] = "cash withdrawals",
	[OBJECT_CASH_REPORT] = "cash reports",
	[OBJECT_SALES_COMPLAINT] = "sales complaints",
	[OBJECT_WAREHOUSE_MOVEMENT] = "warehouse movements",
	[OBJECT_RECEIVING_REPORT] = "receiving reports",
	[OBJECT_ADVANCE_INVOICE] = "advance invoices",
	[OBJECT_ADVANCE_INVOICE_CORRECTION] = "advance invoice corrections",
	[OBJECT_DEBIT_MEMO] = "debit memos",
	[OBJECT_SALES_ORDER] = "sales orders",
	[OBJECT_SALES_QUOTE] = "sales quotes",
	[OBJECT_TAX_FREE] = "tax free documents",
	[OBJECT_PERSONAL_DATA_CONSENT] = "consents to data processing",
};

static const struct rights_row right_rows[RIGHTS] = {
	[RIGHT_READ] = { "read", "see" },
	[RIGHT_ADD] = { "add", "add" },
	[RIGHT_MODIFY] = { "modify", "change" },
	[RIGHT_DELETE] = { "delete", "cancel" },
};

#define RIGHTS_NAME_SIZE    48
#define RIGHTS_MEANING_SIZE 64

/* The names of objects' rights are made from two tables, once. */
static char object_right_names[OBJECTS * RIGHTS][RIGHTS_NAME_SIZE];
static char object_right_meanings[OBJECTS * RIGHTS][RIGHTS_MEANING_SIZE];

__attribute__((constructor)) static void rights_spell(void)
{
	for (unsigned int i = 0; i < OBJECTS * RIGHTS; i++) {
		const struct rights_row *right = &right_rows[i % RIGHTS];

		snprintf(object_right_names[i], RIGHTS_NAME_SIZE, "%s.%s",
			 object_names[i / RIGHTS], right->name);
		snprintf(object_right_meanings[i], RIGHTS_MEANING_SIZE, "%s %s",
			 right->meaning, object_words[i / RIGHTS]);
	}
}

void rights_add(struct rights *rights, unsigned int which)
{
	rights->words[which / 64] |= UINT64_C(1) << which % 64;
}

bool rights_has(const struct rights *rights, unsigned int which)
{
	return rights->words[which / 64] >> which % 64 & 1;
}

bool rights_empty(const struct rights *rights)
{
	for (size_t i = 0; i < RIGHTS_WORDS; i++)
		if (rights->words[i])
			return false;
	return true;
}

void rights_join(struct rights *rights, const struct rights *more)
{
	for (size_t i = 0; i < RIGHTS_WORDS; i++)
		rights->words[i] |= more->words[i];
}

struct rights rights_missing(const struct rights *wanted,
			     const struct rights *held)
{
	struct rights missing;

	for (size_t i = 0; i < RIGHTS_WORDS; i++)
		missing.words[i] = wanted->words[i] & ~held->words[i];
	return missing;
}

bool rights_meet(const struct rights *one, const struct rights *other)
{
	for (size_t i = 0; i < RIGHTS_WORDS; i++)
		if (one->words[i] & other->words[i])
			return true;
	return false;
}

static void rights_remove(struct rights *rights, unsigned int which)
{
	rights->words[which / 64] &= ~(UINT64_C(1) << which % 64);
}

void rights_void(struct rights *rights)
{
	for (enum object object = 0; object < OBJECTS; object++) {
		if (rights_has(rights, rights_of_object(object, RIGHT_READ)))
			continue;
		for (enum right right = RIGHT_ADD; right < RIGHTS; right++)
			rights_remove(rights, rights_of_object(object, right));
	}
}

/* --- demands --- */

void demand_add(struct demand *demand, unsigned int which)
{
	rights_add(&demand->all, which);
}

bool demand_empty(const struct demand *demand)
{
	return rights_empty(&demand->all) && rights_empty(&demand->any);
}

struct demand demand_missing(const struct demand *demand,
			     const struct rights *held)
{
	struct demand missing = { .all = rights_missing(&demand->all, held) };

	if (!rights_meet(&demand->any, held))
		missing.any = demand->any;
	return missing;
}

bool demand_implies(const struct demand *one, const struct demand *other)
{
	struct rights more = rights_missing(&other->all, &one->all);
	struct rights beside = rights_missing(&one->any, &other->any);

	if (!rights_empty(&more))
		return false;
	if (rights_empty(&other->any) || rights_meet(&one->all, &other->any))
		return true;
	return !rights_empty(&one->any) && rights_empty(&beside);
}

/* --- names --- */

const char *rights_name(unsigned int which)
{
	return which < PERMISSIONS ? permission_rows[which].name
				   : object_right_names[which - PERMISSIONS];
}

bool rights_from_name(const char *name, unsigned int *out_which)
{
	for (unsigned int which = 0; which < RIGHTS_COUNT; which++) {
		if (strcmp(rights_name(which), name) != 0)
			continue;
		*out_which = which;
		return true;
	}
	return false;
}

const char *rights_meaning(unsigned int which)
{
	return which < PERMISSIONS ? permission_rows[which].meaning
				   : object_right_meanings[which - PERMISSIONS];
}

const char *rights_object_name(enum object object)
{
	return object_names[object];
}

const char *rights_object_meaning(enum object object)
{
	return object_words[object];
}

const char *rights_right_name(enum right right)
{
	return right_rows[right].name;
}
