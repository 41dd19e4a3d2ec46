/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Balances add up: what the clients said they put in and took out, of all that
 * the journal says was done, against what the daemon says there is.
 */
#include "judge.h"

#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

struct check_till {
	int64_t balance, counted;
	bool open;
};

const struct ask *check_ask_of(const struct world *world,
			       const struct judged *judged)
{
	for (const struct ask *ask = world->asks; ask; ask = ask->next)
		if (ask->uid == judged->uid && !strcmp(ask->key, judged->key) &&
		    !strcmp(ask->till, judged->till) && ask->body)
			return ask;
	return NULL;
}

static void check_end_session(struct check_till *till, int64_t counted,
			      int64_t withdrawal)
{
	till->balance = counted - withdrawal;
	till->open = false;
}

/* What was paid by other means is not in the drawer. */
static int64_t check_receipt_cash(const json_t *body)
{
	int64_t cash = json_int(body, "total", 0);
	const json_t *payment;
	size_t i;

	json_array_foreach (json_object_get(body, "payments"), i, payment)
		if (strcmp(json_text(payment, "kind"), "cash") != 0)
			cash -= json_int(payment, "amount", 0);
	return cash;
}

static void check_cash_step(struct check_till *till, const char *action,
			    const json_t *body)
{
	int64_t amount = json_int(body, "amount", 0);
	int64_t counted = json_int(body, "counted", -1);
	const char *kind = json_text(body, "kind");

	if (!strcmp(action, "session.open")) {
		till->balance = counted;
		till->open = true;
	} else if (!strcmp(action, "cash.in")) {
		till->balance += amount;
	} else if (!strcmp(action, "cash.out")) {
		till->balance -= amount;
	} else if (!strcmp(action, "receipt")) {
		till->balance += check_receipt_cash(body);
	} else if (!strcmp(action, "goods.return")) {
		till->balance -= json_int(body, "cash", 0);
	} else if (!strcmp(action, "declared")) {
		till->balance += strcmp(kind, "sale") ? -amount : amount;
	} else if (!strcmp(action, "session.count")) {
		till->counted = counted;
	} else if (!strcmp(action, "session.close")) {
		check_end_session(till, till->counted,
				  json_int(body, "withdrawal", 0));
	} else if (!strcmp(action, "day.end")) {
		check_end_session(till, till->open ? till->counted : counted,
				  json_int(body, "withdrawal", 0));
	}
}

static int check_compare_done(const void *a, const void *b)
{
	const struct judged *one = *(const struct judged *const *)a;
	const struct judged *other = *(const struct judged *const *)b;

	return one->done_at < other->done_at ? -1
					     : one->done_at > other->done_at;
}

/* In the order in which they were done, which is not that in which they were
 * begun: what a printer does takes a while, and may be settled days later. */
static const struct judged **check_order(const struct judgement *all,
					 size_t *out_count)
{
	const struct judged **list = alloc_zero(all->count + 1, sizeof(*list));

	*out_count = 0;
	for (size_t i = 0; i < all->count; i++)
		if (all->list[i].done_at)
			list[(*out_count)++] = &all->list[i];
	qsort(list, *out_count, sizeof(*list), check_compare_done);
	return list;
}

static void check_cash_till(struct world *world, const struct judgement *all,
			    const char *id, const json_t *told)
{
	const struct judged **order;
	size_t count;
	struct check_till till = { 0 };
	int64_t balance = json_int(told, "balance", INT64_MIN);

	order = check_order(all, &count);
	for (size_t i = 0; i < count; i++) {
		const struct judged *judged = order[i];
		const struct ask *ask;
		json_t *body;

		if (strcmp(judged->till, id) != 0)
			continue;
		ask = check_ask_of(world, judged);
		body = ask ? json_parse(ask->body, strlen(ask->body)) : NULL;
		check_cash_step(&till, judged->action, body);
		json_decref(body);
	}
	free(order);
	if (balance != till.balance)
		world_breach(world, "balances-add-up",
			     "till %s: %lld, and not %lld", id,
			     (long long)balance, (long long)till.balance);
}

void check_cash(struct world *world, const struct judgement *all)
{
	check_cash_till(world, all, "1", world->balances[0]);
	check_cash_till(world, all, "2", world->balances[1]);
}

/* However it was found out what became of it. */
void check_tax(struct world *world, const struct judged *judged)
{
	if (judged->op.kind != OP_RECEIPT || judged->outcome != OUTCOME_OK ||
	    judged->settled || !judged->taxed)
		return;
	for (size_t i = 0; i < world->plant.moves_count; i++) {
		const struct movement *movement = &world->plant.moves[i];

		if (movement->move != MOVE_RECEIPT || movement->by_hand ||
		    movement->blurred ||
		    strcmp(movement->op_id, judged->id) != 0 ||
		    movement->tax == judged->tax)
			continue;
		world_breach(world, "tells-the-tax",
			     "%s %s: %lld, and not %lld", judged->action,
			     judged->id, (long long)judged->tax,
			     (long long)movement->tax);
	}
}
