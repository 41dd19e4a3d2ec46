/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that a group can grant: POS permissions, and rights on objects.
 * The ids are stable: API, database, journal and tillctl use them. The tables
 * are in rights.c; docs/policy.md explains each row.
 */
#ifndef TILLD_POLICY_RIGHTS_H
#define TILLD_POLICY_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum permission {
	PERMISSION_DRAWER_OPEN,
	PERMISSION_REPORT_DAILY,
	PERMISSION_REPORT_PERIODIC,
	PERMISSION_CARD_CANCEL,
	PERMISSION_REFUND_VALIDATE,
	PERMISSION_BALANCE_PREVIEW,
	PERMISSION_SHIFT_START_DIFFERENCE,
	PERMISSION_SHIFT_END_WITHOUT_WITHDRAWAL,
	PERMISSION_SHIFT_END_DIFFERENCE,
	PERMISSION_DAY_END,
	PERMISSION_BALANCE_EXCEED_LIMIT,
	PERMISSION_PAYMENT_ACCEPT_UNVALIDATED,
	PERMISSION_CONFIG_ACCESS,
	PERMISSION_CONFIG_INTERFACE,
	PERMISSION_PRICE_CHANGE,
	PERMISSION_CUSTOMER_EDIT,
	PERMISSION_DOCUMENT_EDIT_OTHERS,
	PERMISSION_STOCK_RECONCILE,
	PERMISSION_INVENTORY_COUNT_LIST,
	PERMISSION_INVENTORY_COUNT_PREVIEW,
	PERMISSION_INVENTORY_COUNT_OPEN,
	PERMISSION_INVENTORY_COUNT_CLOSE,
	PERMISSION_INVENTORY_SHEET_OPEN,
	PERMISSION_INVENTORY_SHEET_MODIFY,
	PERMISSION_INVENTORY_SHEET_CLOSE,
	PERMISSION_CREDIT_EXCEED,
	PERMISSION_CREDIT_MODIFY_LIMIT,
	PERMISSIONS,
};

enum object {
	OBJECT_RECEIPT,
	OBJECT_SALES_INVOICE,
	OBJECT_RECEIPT_CORRECTION,
	OBJECT_INVOICE_CORRECTION,
	OBJECT_CASH_DEPOSIT,
	OBJECT_CASH_WITHDRAWAL,
	OBJECT_CASH_REPORT,
	OBJECT_SALES_COMPLAINT,
	OBJECT_WAREHOUSE_MOVEMENT,
	OBJECT_RECEIVING_REPORT,
	OBJECT_ADVANCE_INVOICE,
	OBJECT_ADVANCE_INVOICE_CORRECTION,
	OBJECT_DEBIT_MEMO,
	OBJECT_SALES_ORDER,
	OBJECT_SALES_QUOTE,
	OBJECT_TAX_FREE,
	OBJECT_PERSONAL_DATA_CONSENT,
	OBJECTS,
};

enum right { RIGHT_READ, RIGHT_ADD, RIGHT_MODIFY, RIGHT_DELETE, RIGHTS };

/*
 * Each thing that can be granted is one number, from 0 to RIGHTS_COUNT - 1:
 * first the permissions, then four rights of each object.
 */
#define RIGHTS_COUNT (PERMISSIONS + OBJECTS * RIGHTS)
#define RIGHTS_WORDS ((RIGHTS_COUNT + 63) / 64)

static inline unsigned int rights_of_permission(enum permission permission)
{
	return (unsigned int)permission;
}

static inline unsigned int rights_of_object(enum object object,
					    enum right right)
{
	return (unsigned int)PERMISSIONS + (unsigned int)object * RIGHTS +
	       (unsigned int)right;
}

/* A set of them. {0} is the empty one. */
struct rights {
	uint64_t words[RIGHTS_WORDS];
};

void rights_add(struct rights *rights, unsigned int which);
bool rights_has(const struct rights *rights, unsigned int which);
bool rights_empty(const struct rights *rights);
void rights_join(struct rights *rights, const struct rights *more);

/* What is in wanted and not in held. */
struct rights rights_missing(const struct rights *wanted,
			     const struct rights *held);

/* Is there anything that both have? */
bool rights_meet(const struct rights *one, const struct rights *other);

/*
 * Takes away the add, modify and delete of every object whose read is not in
 * the set. Done inside each group, before groups are added up.
 */
void rights_void(struct rights *rights);

/*
 * What an action requires: everything in all and, if any is not empty, at least
 * one thing of any. {0} requires nothing. What is missing of a demand is again
 * a demand: any is in it as a whole, or not at all.
 */
struct demand {
	struct rights all;
	struct rights any;
};

void demand_add(struct demand *demand, unsigned int which); /* to all */
bool demand_empty(const struct demand *demand);

/*
 * Both together. There is room for one any: where both have one, the second
 * is required whole, which is stricter, never laxer.
 */
void demand_join(struct demand *demand, const struct demand *more);

struct demand demand_missing(const struct demand *demand,
			     const struct rights *held);

/* Whoever meets the one meets the other, too. */
bool demand_implies(const struct demand *one, const struct demand *other);

/* "drawer.open", "cash_deposit.add": the stable name of each, and back; false
 * if there is no such name. */
const char *rights_name(unsigned int which);
bool rights_from_name(const char *name, unsigned int *out_which);

/* "open the drawer by hand": completes "may ..." and "... is missing". */
const char *rights_meaning(unsigned int which);

/* "cash_deposit", "cash deposits", "add": what objects' rights are made of. */
const char *rights_object_name(enum object object);
const char *rights_object_meaning(enum object object);
const char *rights_right_name(enum right right);

#endif
