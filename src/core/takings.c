/* SPDX-License-Identifier: Apache-2.0 */
#include "core/takings.h"

#include "core/core_private.h"
#include "core/record.h"
#include "core/session.h"
#include "util/json.h"
#include "util/log.h"
#include "util/text.h"

void takings_put(json_t *op, const struct takings *takings)
{
	json_t *json = json_put_int(json_make(), "total", takings->total);

	json_put_int(json, "cash", takings->cash);
	json_put_int(json, "tendered", takings->tendered);
	if (takings->refund)
		json_put_bool(json, "refund", true);
	json_put(op, "takings", json);
}

bool takings_get(const json_t *op, struct takings *out_takings)
{
	const json_t *json = json_object_get(op, "takings");

	if (!json)
		return false;
	*out_takings = (struct takings){
		.total = json_int(json, "total", 0),
		.cash = json_int(json, "cash", 0),
		.tendered = json_int(json, "tendered", 0),
		.refund = json_flag(json, "refund"),
	};
	return true;
}

/* Change that is given on a card is taken out of the drawer. */
bool takings_movement(const struct takings *takings, enum cash_kind *out_kind,
		      int64_t *out_amount)
{
	bool out = takings->cash < 0;

	*out_kind = takings->refund ? CASH_REFUND
		    : out	    ? CASH_WITHDRAWAL
				    : CASH_SALE;
	*out_amount = out ? -takings->cash : takings->cash;
	return takings->cash;
}

static void takings_enter(struct core *core, const struct takings_of *of,
			  struct record *record, const struct book *book,
			  const struct shift_entry *made)
{
	struct cash_row row = {
		.day = book_has_day(book) ? book->day.number : 0,
		.kind = made->kind,
		.amount = made->amount,
		.declared = of->declared,
		.at_ms = core_wall(core),
	};

	text_copy(row.till, sizeof(row.till), of->till);
	text_copy(row.session, sizeof(row.session), book->session.id);
	text_copy(row.operator, sizeof(row.operator), of->operator);
	text_copy(row.operation, sizeof(row.operation), of->operation);
	txn_cash_add(record->txn, &row, &book->balance);
}

int64_t takings_record(struct core *core, const struct takings *takings,
		       const struct takings_of *of, struct record *record,
		       json_t *entry)
{
	const struct policy_till *till = policy_till(core->policy, of->till);
	struct shift_rules rules =
		till ? book_rules(till) : (struct shift_rules){ 0 };
	struct book *book = book_of(core, of->till);
	struct shift_book figures = book_figures(book);
	struct shift_step step;
	enum cash_kind kind;
	int64_t amount;
	json_t *blind;

	if (!takings_movement(takings, &kind, &amount))
		return book->balance;
	if (shift_move(&rules, &figures, kind, amount, false, &step)) {
		log_error("operation %s: its cash does not fit into the "
			  "balance of till %s any more",
			  of->operation, of->till);
		return book->balance;
	}
	takings_enter(core, of, record, book, &step.entries[0]);
	if (of->consented) { /* written again until it is */
		book_put_no_probes(record->txn, book);
		book_forget_probes(book);
	}
	blind = json_put_int(json_make(), "expected", book->balance);
	json_put_int(blind, "balance", step.balance);
	json_put(blind, "limits", session_limits(&step));
	json_put(blind, "cash",
		 json_pack("[{s:s, s:I, s:b}]", "kind", cash_kind_name(kind),
			   "amount", (json_int_t)amount, "document", 0));
	json_put(entry, "blind", blind);
	return step.balance;
}
