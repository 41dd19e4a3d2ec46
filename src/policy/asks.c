/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/asks.h"

#include <stdio.h>
#include <string.h>

/* --- permissions, and rights on objects: one row each, made once --- */

static const char *const permission_prompts[PERMISSIONS] = {
	[PERMISSION_DRAWER_OPEN] = "OPEN DRAWER",
	[PERMISSION_REPORT_DAILY] = "DAILY REPORT",
	[PERMISSION_REPORT_PERIODIC] = "PERIODIC REPORT",
	[PERMISSION_CARD_CANCEL] = "CANCEL CARD",
	[PERMISSION_REFUND_VALIDATE] = "GIVE MONEY BACK",
	[PERMISSION_BALANCE_PREVIEW] = "SEE BALANCE",
	[PERMISSION_SHIFT_START_DIFFERENCE] = "START, CASH DIFFERS",
	[PERMISSION_SHIFT_END_WITHOUT_WITHDRAWAL] = "END, NO WITHDRAWAL",
	[PERMISSION_SHIFT_END_DIFFERENCE] = "END, CASH DIFFERS",
	[PERMISSION_DAY_END] = "END OF DAY",
	[PERMISSION_BALANCE_EXCEED_LIMIT] = "PAST BALANCE LIMIT",
	[PERMISSION_PAYMENT_ACCEPT_UNVALIDATED] = "ACCEPT UNKNOWN PAY",
	[PERMISSION_CONFIG_ACCESS] = "CONFIGURATION",
	[PERMISSION_CONFIG_INTERFACE] = "WINDOW LAYOUTS",
	[PERMISSION_PRICE_CHANGE] = "CHANGE PRICE",
	[PERMISSION_CUSTOMER_EDIT] = "EDIT CUSTOMER",
	[PERMISSION_DOCUMENT_EDIT_OTHERS] = "OTHERS' DOCUMENTS",
	[PERMISSION_STOCK_RECONCILE] = "RECONCILE STOCK",
	[PERMISSION_INVENTORY_COUNT_LIST] = "LIST STOCK COUNTS",
	[PERMISSION_INVENTORY_COUNT_PREVIEW] = "SEE STOCK COUNT",
	[PERMISSION_INVENTORY_COUNT_OPEN] = "OPEN STOCK COUNT",
	[PERMISSION_INVENTORY_COUNT_CLOSE] = "CLOSE STOCK COUNT",
	[PERMISSION_INVENTORY_SHEET_OPEN] = "OPEN COUNT SHEET",
	[PERMISSION_INVENTORY_SHEET_MODIFY] = "CHANGE COUNT SHEET",
	[PERMISSION_INVENTORY_SHEET_CLOSE] = "CLOSE COUNT SHEET",
	[PERMISSION_CREDIT_EXCEED] = "PAST CREDIT LIMIT",
	[PERMISSION_CREDIT_MODIFY_LIMIT] = "GRANT CREDIT LIMIT",
};

/* Short enough to follow "CANCEL ". */
static const char *const object_prompts[OBJECTS] = {
	[OBJECT_RECEIPT] = "RECEIPT",
	[OBJECT_SALES_INVOICE] = "INVOICE",
	[OBJECT_RECEIPT_CORRECTION] = "RECEIPT CORR.",
	[OBJECT_INVOICE_CORRECTION] = "INVOICE CORR.",
	[OBJECT_CASH_DEPOSIT] = "CASH DEPOSIT",
	[OBJECT_CASH_WITHDRAWAL] = "WITHDRAWAL",
	[OBJECT_CASH_REPORT] = "CASH REPORT",
	[OBJECT_SALES_COMPLAINT] = "COMPLAINT",
	[OBJECT_WAREHOUSE_MOVEMENT] = "STOCK MOVE",
	[OBJECT_RECEIVING_REPORT] = "DELIVERY REP.",
	[OBJECT_ADVANCE_INVOICE] = "ADV. INVOICE",
	[OBJECT_ADVANCE_INVOICE_CORRECTION] = "ADV.INV.CORR.",
	[OBJECT_DEBIT_MEMO] = "DEBIT MEMO",
	[OBJECT_SALES_ORDER] = "SALES ORDER",
	[OBJECT_SALES_QUOTE] = "SALES QUOTE",
	[OBJECT_TAX_FREE] = "TAX FREE",
	[OBJECT_PERSONAL_DATA_CONSENT] = "DATA CONSENT",
};

static const char *const right_prompts[RIGHTS] = {
	[RIGHT_READ] = "SEE",
	[RIGHT_ADD] = "ADD",
	[RIGHT_MODIFY] = "CHANGE",
	[RIGHT_DELETE] = "CANCEL",
};

#define PLAIN_ALL_MAX 3 /* read, the right itself, ASKS_END */

static const unsigned int nothing[] = { ASKS_END };
static unsigned int plain_all[RIGHTS_COUNT][PLAIN_ALL_MAX];
static char object_right_prompts[OBJECTS * RIGHTS][ASKS_PROMPT_MAX + 1];
static struct ask_row plain[RIGHTS_COUNT];

static void asks_make_plain(unsigned int which)
{
	plain[which].name = rights_name(which);
	plain[which].asks = rights_meaning(which);
	plain[which].all = plain_all[which];
	plain[which].any = nothing;
}

static void asks_make_permission(enum permission permission)
{
	unsigned int which = rights_of_permission(permission);

	asks_make_plain(which);
	plain[which].prompt = permission_prompts[permission];
	plain_all[which][0] = which;
	plain_all[which][1] = ASKS_END;
}

static void asks_make_right(enum object object, enum right right)
{
	unsigned int which = rights_of_object(object, right);
	unsigned int *all = plain_all[which];
	char *prompt = object_right_prompts[which - PERMISSIONS];

	asks_make_plain(which);
	snprintf(prompt, ASKS_PROMPT_MAX + 1, "%s %s", right_prompts[right],
		 object_prompts[object]);
	plain[which].prompt = prompt;
	*all++ = rights_of_object(object, RIGHT_READ);
	if (right != RIGHT_READ)
		*all++ = which;
	*all = ASKS_END;
}

__attribute__((constructor)) static void asks_make(void)
{
	for (enum permission p = 0; p < PERMISSIONS; p++)
		asks_make_permission(p);
	for (enum object object = 0; object < OBJECTS; object++)
		for (enum right right = 0; right < RIGHTS; right++)
			asks_make_right(object, right);
}

/* --- what takes several of them --- */

#define OF(object, right)                                            \
	((unsigned int)PERMISSIONS + (unsigned int)(object)*RIGHTS + \
	 (unsigned int)(right))
#define READ(object)   OF(OBJECT_##object, RIGHT_READ)
#define ADD(object)    READ(object), OF(OBJECT_##object, RIGHT_ADD)
#define MODIFY(object) READ(object), OF(OBJECT_##object, RIGHT_MODIFY)
#define DELETE(object) READ(object), OF(OBJECT_##object, RIGHT_DELETE)
#define REFUND	       ((unsigned int)PERMISSION_REFUND_VALIDATE)

#define LIST(...)   ((const unsigned int[]){ __VA_ARGS__, ASKS_END })
#define ALL_OF(...) .all = LIST(__VA_ARGS__), .any = nothing
#define ANY_OF(...) .all = nothing, .any = LIST(__VA_ARGS__)

static const struct ask_row composites[] = {
	/* What both of a kind share asks only where neither may be seen. */
	{
		.name = "trade_document.new",
		.asks = "begin a new sales document",
		.prompt = "NEW SALES DOCUMENT",
		ANY_OF(READ(RECEIPT), READ(SALES_INVOICE)),
	},
	{
		.name = "cash_document.list",
		.asks = "list deposits and withdrawals",
		.prompt = "LIST CASH DOCUMENTS",
		ANY_OF(READ(CASH_DEPOSIT), READ(CASH_WITHDRAWAL)),
	},
	{
		.name = "correction.new",
		.asks = "begin a new correction",
		.prompt = "NEW CORRECTION",
		ANY_OF(READ(RECEIPT_CORRECTION), READ(INVOICE_CORRECTION)),
	},
	/* A sale also takes its money and stands in the cash report. */
	{
		.name = "receipt.issue",
		.asks = "issue a receipt",
		.prompt = "ISSUE RECEIPT",
		ALL_OF(ADD(RECEIPT), ADD(CASH_DEPOSIT), ADD(CASH_REPORT)),
	},
	{
		.name = "sales_invoice.issue",
		.asks = "issue a sales invoice",
		.prompt = "ISSUE INVOICE",
		ALL_OF(ADD(SALES_INVOICE), ADD(CASH_DEPOSIT), ADD(CASH_REPORT)),
	},
	{
		.name = "payment_in.confirm",
		.asks = "confirm a payment that comes in",
		.prompt = "CONFIRM MONEY IN",
		ALL_OF(ADD(CASH_DEPOSIT)),
	},
	{
		.name = "payment_out.confirm",
		.asks = "confirm a payment that goes out",
		.prompt = "CONFIRM MONEY OUT",
		ALL_OF(ADD(CASH_WITHDRAWAL)),
	},
	/* Money back; where cash leaves, a withdrawal as well. */
	{
		.name = "receipt_correction.confirm",
		.asks = "confirm a receipt correction",
		.prompt = "CORRECT RECEIPT",
		ALL_OF(REFUND, ADD(RECEIPT_CORRECTION)),
	},
	{
		.name = "receipt_correction.confirm_cash",
		.asks = "confirm a receipt correction and give the cash back",
		.prompt = "CORR. RECEIPT, CASH",
		ALL_OF(REFUND, ADD(RECEIPT_CORRECTION), ADD(CASH_WITHDRAWAL)),
	},
	{
		.name = "invoice_correction.confirm",
		.asks = "confirm an invoice correction",
		.prompt = "CORRECT INVOICE",
		ALL_OF(REFUND, ADD(INVOICE_CORRECTION)),
	},
	{
		.name = "invoice_correction.confirm_cash",
		.asks = "confirm an invoice correction and give the cash back",
		.prompt = "CORR. INVOICE, CASH",
		ALL_OF(REFUND, ADD(INVOICE_CORRECTION), ADD(CASH_WITHDRAWAL)),
	},
	{
		.name = "advance_invoice_correction.confirm",
		.asks = "confirm an advance invoice correction",
		.prompt = "CORRECT ADV. INVOICE",
		ALL_OF(REFUND, ADD(ADVANCE_INVOICE_CORRECTION)),
	},
	{
		.name = "advance_invoice_correction.confirm_cash",
		.asks = "confirm an advance invoice correction and give the "
			"cash back",
		.prompt = "CORR. ADV.INV., CASH",
		ALL_OF(REFUND, ADD(ADVANCE_INVOICE_CORRECTION),
		       ADD(CASH_WITHDRAWAL)),
	},
	{
		.name = "tax_free.confirm_export",
		.asks = "confirm a tax free export",
		.prompt = "TAX FREE EXPORT",
		ALL_OF(REFUND, ADD(TAX_FREE)),
	},
	{
		.name = "tax_free.confirm_cash",
		.asks = "confirm a tax free export and give the cash back",
		.prompt = "TAX FREE, CASH",
		ALL_OF(REFUND, ADD(TAX_FREE), ADD(CASH_WITHDRAWAL)),
	},
	{
		.name = "exchange.confirm",
		.asks = "confirm an exchange of goods",
		.prompt = "CONFIRM EXCHANGE",
		ALL_OF(REFUND, ADD(RECEIPT_CORRECTION), ADD(CASH_WITHDRAWAL)),
	},
	{
		.name = "buy_back.confirm",
		.asks = "confirm goods bought back",
		.prompt = "CONFIRM BUY-BACK",
		ALL_OF(REFUND, ADD(RECEIPT_CORRECTION), ADD(CASH_WITHDRAWAL)),
	},
	/* Steps in the life of a document. */
	{
		.name = "sales_complaint.accept",
		.asks = "accept a sales complaint",
		.prompt = "ACCEPT COMPLAINT",
		ALL_OF(MODIFY(SALES_COMPLAINT)),
	},
	{
		.name = "sales_complaint.close",
		.asks = "close a sales complaint",
		.prompt = "CLOSE COMPLAINT",
		ALL_OF(MODIFY(SALES_COMPLAINT)),
	},
	{
		.name = "warehouse_movement.process",
		.asks = "receive or release goods",
		.prompt = "MOVE STOCK",
		ALL_OF(READ(WAREHOUSE_MOVEMENT)),
	},
	{
		.name = "warehouse_movement.save",
		.asks = "save a changed warehouse movement",
		.prompt = "SAVE STOCK MOVE",
		ALL_OF(MODIFY(WAREHOUSE_MOVEMENT)),
	},
	{
		.name = "warehouse_movement.confirm",
		.asks = "confirm a changed warehouse movement",
		.prompt = "CONFIRM STOCK MOVE",
		ALL_OF(MODIFY(WAREHOUSE_MOVEMENT)),
	},
	{
		.name = "warehouse_movement.cancel",
		.asks = "cancel a warehouse movement",
		.prompt = "CANCEL STOCK MOVE",
		ALL_OF(DELETE(WAREHOUSE_MOVEMENT)),
	},
	{
		.name = "receiving_report.process",
		.asks = "receive or release a delivery",
		.prompt = "PROCESS DELIVERY",
		ALL_OF(READ(RECEIVING_REPORT)),
	},
	{
		.name = "receiving_report.save",
		.asks = "save a changed receiving report",
		.prompt = "SAVE DELIVERY REP.",
		ALL_OF(MODIFY(RECEIVING_REPORT)),
	},
	{
		.name = "receiving_report.confirm",
		.asks = "confirm a changed receiving report",
		.prompt = "CONFIRM DELIVERY",
		ALL_OF(MODIFY(RECEIVING_REPORT)),
	},
	{
		.name = "receiving_report.cancel",
		.asks = "cancel a receiving report",
		.prompt = "CANCEL DELIVERY REP.",
		ALL_OF(DELETE(RECEIVING_REPORT)),
	},
	{
		.name = "sales_order.make_advance_invoice",
		.asks = "make an advance invoice of a sales order",
		.prompt = "ORDER: ADV. INVOICE",
		ALL_OF(READ(SALES_ORDER), ADD(ADVANCE_INVOICE)),
	},
};

#define COMPOSITES (sizeof(composites) / sizeof(composites[0]))

/* --- */

const struct ask_row *asks_at(size_t index)
{
	if (index < RIGHTS_COUNT)
		return &plain[index];
	index -= RIGHTS_COUNT;
	return index < COMPOSITES ? &composites[index] : NULL;
}

const struct ask_row *asks_find(const char *name)
{
	const struct ask_row *row;

	for (size_t i = 0; (row = asks_at(i)); i++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

struct demand ask_demand(const struct ask_row *row)
{
	struct demand demand = { 0 };

	for (const unsigned int *which = row->all; *which != ASKS_END; which++)
		rights_add(&demand.all, *which);
	for (const unsigned int *which = row->any; *which != ASKS_END; which++)
		rights_add(&demand.any, *which);
	return demand;
}
