/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fiscal printer does besides reports: rows of the action table for
 * receipts and invoices, documents that give money back, slips of cash that was
 * booked, text, copies, the clock. A receipt is reckoned before anybody is
 * asked for anything, so that what the printer would refuse is refused here, at
 * the field that is wrong.
 */
#ifndef TILLD_CORE_RECEIPT_H
#define TILLD_CORE_RECEIPT_H

#include "core/action.h"

/*
 * All of them as struct action_row has them. build reads the body:
 * PROBLEM_BAD_BODY, with "field" and "detail". plan reckons by the printer's
 * own rules and asks for what the cash takes: PROBLEM_DEVICE_NOT_READY while
 * nobody knows these rules, PROBLEM_RECEIPT_UNPRINTABLE with "field", "detail"
 * and, where it is known, "total".
 */
enum problem receipt_build(struct attempt *attempt, json_t **out_extra);
enum problem receipt_build_invoice(struct attempt *attempt, json_t **out_extra);
enum problem receipt_plan(struct attempt *attempt, const struct action_by *by,
			  json_t **out_extra);

enum problem return_build(struct attempt *attempt, json_t **out_extra);
enum problem return_plan(struct attempt *attempt, const struct action_by *by,
			 json_t **out_extra);

/* What settling one takes besides its row's, by its parameters on record. */
void return_require(const json_t *op, struct demand *demand);

enum problem slip_build(struct attempt *attempt, json_t **out_extra);
enum problem print_build(struct attempt *attempt, json_t **out_extra);
enum problem print_plan(struct attempt *attempt, const struct action_by *by,
			json_t **out_extra);
enum problem copy_build(struct attempt *attempt, json_t **out_extra);
enum problem fiscal_build(struct attempt *attempt, json_t **out_extra);
enum problem clock_build(struct attempt *attempt, json_t **out_extra);

/* Of what was read from a fiscal printer: its clock against that of the box. */
void fiscal_compare_clock(json_t *result, int64_t wall_ms);

/* Into the intent: what cash will move, and what it is a correction of. */
void receipt_note(const struct attempt *attempt, json_t *op);

#endif
