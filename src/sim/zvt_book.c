/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal's book. Money moves in pt_book_payment() and its like, and
 * nowhere else; what they write is what the account tells.
 */
#include "sim/zvt_model.h"

#include "util/alloc.h"
#include "util/json.h"

#include <stdio.h>

const struct pt_card pt_cards[] = {
	{ "girocard", "girocard", 5, 0 },
	{ "mastercard", "Mastercard", 6, 2 },
	{ "visa", "VISA", 10, 4 },
	{ "maestro", "Maestro", 46, 6 },
	{ NULL, NULL, 0, 0 },
};

/* What was asked for by "next ..." holds for one transaction. */
static uint8_t pt_book_take_code(struct pt *pt)
{
	uint8_t code = pt->next_code;

	pt->next_code = PT_CODE_OK;
	return code;
}

static int64_t pt_book_take_trace(struct pt *pt)
{
	int64_t trace = pt->trace_next;

	pt->trace_next = trace % 999999 + 1;
	return trace;
}

static int64_t pt_book_take_receipt(struct pt *pt)
{
	int64_t receipt = pt->receipt_next;

	pt->receipt_next = receipt % 9999 + 1;
	return receipt;
}

uint8_t pt_book_decide(struct pt *pt)
{
	struct pt_transaction *tx = &pt->tx;
	uint8_t code;

	tx->at = pt_time_now(pt);
	if (tx->flow->book && pt->next_pin_wrong) {
		pt->next_pin_wrong = false;
		tx->deny_once = true;
		return PT_CODE_PIN_WRONG;
	}
	code = pt_book_take_code(pt);
	if (!tx->flow->book)
		return code;
	tx->trace = pt_book_take_trace(pt);
	if (code)
		return code;
	tx->receipt = pt_book_take_receipt(pt);
	tx->tip = pt->next_tip;
	tx->amount =
		pt->next_amount ? pt->next_amount : tx->asked + pt->next_tip;
	tx->converted = pt->next_conversion;
	tx->signature = pt->next_signature;
	pt->next_conversion = pt->next_signature = false;
	pt->next_tip = 0;
	pt->next_amount = 0;
	return PT_CODE_OK;
}

static bool pt_booking_is_open(const struct pt_booking *booking)
{
	return booking->kind == PT_PAID && !booking->closed;
}

/* The newest payment in the turnover memory with that receipt number. */
static struct pt_booking *pt_book_find(const struct pt *pt, int64_t receipt)
{
	for (size_t i = pt->bookings_count; i-- > 0;) {
		struct pt_booking *booking = &pt->bookings[i];

		if (pt_booking_is_open(booking) && booking->receipt == receipt)
			return booking;
	}
	return NULL;
}

/* What one terminal does whatever number is sent (5.3). */
static struct pt_booking *pt_book_find_last(const struct pt *pt)
{
	for (size_t i = pt->bookings_count; i-- > 0;) {
		struct pt_booking *booking = &pt->bookings[i];

		if (pt_booking_is_open(booking) && !booking->reversed)
			return booking;
	}
	return NULL;
}

uint8_t pt_book_decide_reversal(struct pt *pt)
{
	struct pt_transaction *tx = &pt->tx;
	const struct pt_booking *found = pt->reverse_last
						 ? pt_book_find_last(pt)
						 : pt_book_find(pt, tx->wanted);
	uint8_t code = pt_book_take_code(pt);

	tx->at = pt_time_now(pt);
	if (code)
		return code;
	if (!found ||
	    (!pt->reverse_last && tx->asked >= 0 && tx->asked != found->amount))
		return PT_CODE_NO_REVERSAL;
	if (found->reversed)
		return PT_CODE_REVERSED;
	tx->original = (size_t)(found - pt->bookings);
	tx->original_trace = found->trace;
	tx->amount = found->amount;
	tx->trace = pt_book_take_trace(pt);
	tx->receipt = pt_book_take_receipt(pt);
	return PT_CODE_OK;
}

/* A failed one leaves the terminal locked until it succeeds (5.4). */
uint8_t pt_book_decide_end_of_day(struct pt *pt)
{
	pt->tx.at = pt_time_now(pt);
	if (!pt_book_take_code(pt))
		return PT_CODE_OK;
	pt->end_of_day_needed = true;
	return PT_CODE_EOD_FAILED;
}

static struct pt_booking *pt_book_add(struct pt *pt, enum pt_booking_kind kind)
{
	static const char *const names[] = { "payment", "reversal", "refund" };
	const struct pt_transaction *tx = &pt->tx;
	struct pt_booking *booking;

	if (pt->bookings_count == PT_BOOKINGS_MAX)
		return NULL;
	pt->bookings = alloc_resize(pt->bookings, pt->bookings_count + 1,
				    sizeof(pt->bookings[0]));
	booking = &pt->bookings[pt->bookings_count++];
	*booking = (struct pt_booking){
		.kind = kind,
		.asked = tx->asked,
		.amount = tx->amount,
		.receipt = tx->receipt,
		.trace = tx->trace,
		.card = pt->card,
	};
	pt->turnover++;
	kit_show(&pt->model.host, "booked: %s %lld.%02lld, receipt %04lld",
		 names[kind], (long long)tx->amount / 100,
		 (long long)tx->amount % 100, (long long)tx->receipt);
	return booking;
}

/* The result as it was told, for repeat receipt (5.7). */
static void pt_book_remember(struct pt *pt)
{
	struct pt_message message;

	pt_message_init(&message, PT_STATUS);
	pt->tx.flow->result(pt, &message);
	pt_message_copy(&pt->last, &message);
	pt->has_last = true;
	pt_message_free(&message);
}

void pt_book_payment(struct pt *pt)
{
	if (pt_book_add(pt, PT_PAID))
		pt_book_remember(pt);
}

void pt_book_refund(struct pt *pt)
{
	if (pt_book_add(pt, PT_REFUNDED))
		pt_book_remember(pt);
}

void pt_book_reversal(struct pt *pt)
{
	struct pt_booking *booking = pt_book_add(pt, PT_REVERSED);
	struct pt_booking *original = &pt->bookings[pt->tx.original];

	if (!booking)
		return;
	original->reversed = true;
	booking->original = original->receipt;
	pt_book_remember(pt);
}

bool pt_book_reverse_by_hand(struct pt *pt, int64_t receipt)
{
	struct pt_booking *found = pt_book_find(pt, receipt);

	if (!found || found->reversed || pt->tx.flow)
		return false;
	pt->tx.flow = &pt_flow_reversal;
	pt->tx.wanted = receipt;
	pt->tx.asked = found->amount;
	if (!pt_book_decide_reversal(pt))
		pt_book_reversal(pt);
	pt_flow_drop(pt);
	return true;
}

void pt_book_end_of_day(struct pt *pt)
{
	if (pt->repeat_end_of_day)
		pt_book_remember(pt);
	for (size_t i = 0; i < pt->bookings_count; i++)
		pt->bookings[i].closed = true;
	pt->end_of_day_needed = false;
	pt->end_of_days++;
}

struct pt_totals pt_book_total(const struct pt *pt)
{
	struct pt_totals totals = { 0 };

	for (size_t i = 0; i < pt->bookings_count; i++) {
		const struct pt_booking *booking = &pt->bookings[i];
		int slot = pt_cards[booking->card].slot;

		if (!pt_booking_is_open(booking) || booking->reversed)
			continue;
		totals.first = totals.first ? totals.first : booking->receipt;
		totals.last = booking->receipt;
		totals.sum += booking->amount;
		totals.counts[slot]++;
		totals.sums[slot] += booking->amount;
	}
	return totals;
}

static json_t *pt_booking_tell(const struct pt_booking *booking)
{
	json_t *made = json_make();

	json_put_int(made, "amount", booking->amount);
	json_put_int(made, "receipt", booking->receipt);
	json_put_int(made, "trace", booking->trace);
	if (booking->kind == PT_PAID)
		json_put_bool(made, "reversed", booking->reversed);
	if (booking->original)
		json_put_int(made, "original", booking->original);
	json_put_bool(made, "closed", booking->closed);
	return made;
}

static json_t *pt_bookings_tell(const struct pt *pt, enum pt_booking_kind kind)
{
	json_t *made = json_array();

	for (size_t i = 0; i < pt->bookings_count; i++)
		if (pt->bookings[i].kind == kind)
			json_array_append_new(
				made, pt_booking_tell(&pt->bookings[i]));
	return made;
}

/* Payments less reversals, with the amount as the label (10). */
static json_t *pt_book_net(const struct pt *pt)
{
	json_t *made = json_make();
	char label[24];

	for (size_t i = 0; i < pt->bookings_count; i++) {
		const struct pt_booking *booking = &pt->bookings[i];

		if (booking->kind != PT_PAID)
			continue;
		snprintf(label, sizeof(label), "%lld",
			 (long long)booking->amount);
		json_put_int(made, label,
			     json_int(made, label, 0) + !booking->reversed);
	}
	return made;
}

json_t *pt_book_account(const struct pt *pt)
{
	json_t *made = json_make();

	json_put(made, "bookings", pt_bookings_tell(pt, PT_PAID));
	json_put(made, "reversals", pt_bookings_tell(pt, PT_REVERSED));
	json_put(made, "refunds", pt_bookings_tell(pt, PT_REFUNDED));
	json_put(made, "net", pt_book_net(pt));
	json_put(made, "violations", json_deep_copy(pt->violations));
	json_put_int(made, "end_of_days", pt->end_of_days);
	json_put_int(made, "commands", pt->commands);
	json_put_int(made, "messages", pt->last_messages);
	json_put_int(made, "registrations", pt->registrations);
	json_put_int(made, "resets", pt->resets);
	json_put_int(made, "link_repeats", pt->link_repeats);
	json_put_int(made, "auto_reversals", pt->auto_reversals);
	json_put_int(made, "power_cuts", pt->power_cuts);
	json_put_bool(made, "registered", pt->registered);
	json_put_bool(made, "end_of_day_needed", pt->end_of_day_needed);
	json_put_bool(made, "busy", pt->tx.flow != NULL);
	return made;
}
