/* SPDX-License-Identifier: Apache-2.0 */
/* What a fiscal printer is asked for. */
#include "acts.h"

#include <stdio.h>
#include <string.h>

/* --- reports --- */

static void act_report(struct world *world, struct chance *chance,
		       const char *body)
{
	struct actor actor = act_choose(world, chance);

	act_post(world, chance, &actor, "reports", "%s", body);
}

void act_report_x(struct world *world, struct chance *chance)
{
	act_report(world, chance, "{'kind':'x'}");
}

static struct plant_line *act_printer(struct world *world,
				      const struct actor *actor)
{
	return plant_find(&world->plant,
			  strcmp(actor->till, "2") ? "printer1" : "printer2");
}

/* Something was sold by the printer's other interface meanwhile: a second
 * report of nothing would be refused. */
void act_report_z(struct world *world, struct chance *chance)
{
	const struct known_operation *day = act_known(world, chance, "day.end");
	struct actor actor = act_choose(world, chance);
	char body[96] = "{'kind':'z'}";

	plant_command(act_printer(world, &actor), "receipt 100");
	if (day && chance_hits(chance, 30))
		snprintf(body, sizeof(body), "{'kind':'z','event':'%s'}",
			 day->id);
	act_post(world, chance, &actor, "reports", "%s", body);
}

void act_report_periodic(struct world *world, struct chance *chance)
{
	act_report(world, chance,
		   chance_hits(chance, 50)
			   ? "{'kind':'periodic','from_number':1,"
			     "'to_number':2}"
			   : "{'kind':'periodic','from_date':'2026-11-19',"
			     "'to_date':'2026-11-22','summary':true}");
}

/* --- receipts --- */

/* A receipt as an app makes it up, and what the app says it comes to. */
struct basket {
	char lines[640];
	char discounts[64];
	char payments[160];
	int64_t total;
};

struct basket_line {
	int64_t price, quantity, discount;
};

static int64_t basket_add(struct basket *basket, struct chance *chance,
			  size_t number, const struct basket_line *line)
{
	static const char *const goods[][2] = { { "Milk", "B" },
						{ "Tea", "C" },
						{ "Soap", "D" } };
	const char *const *what = goods[chance_below(chance, 3)];
	size_t len = strlen(basket->lines);
	char discount[40] = "";

	if (line->discount)
		snprintf(discount, sizeof(discount),
			 ",'discount':{'amount':%d}", (int)line->discount);
	snprintf(basket->lines + len, sizeof(basket->lines) - len,
		 "%s{'name':'%s','vat':'%s','price':%d,'quantity':'%d'%s}",
		 number ? "," : "", what[0], what[1], (int)line->price,
		 (int)line->quantity, discount);
	return line->price * line->quantity - line->discount;
}

/* Every price is another one, so that no two receipts come to the same. */
static struct basket_line basket_line(struct world *world,
				      struct chance *chance)
{
	struct basket_line line = {
		.price = 1000 + ++world->memory.amounts,
		.quantity = 1 + chance_below(chance, 3),
	};

	if (chance_hits(chance, 25))
		line.discount = 1 + chance_below(chance, 200);
	return line;
}

/* The first is taken back now and then, and some is taken off the whole. */
static void basket_change(struct basket *basket, struct chance *chance,
			  size_t count, int64_t first)
{
	size_t len = strlen(basket->lines);

	if (count > 1 && chance_hits(chance, 25)) {
		snprintf(basket->lines + len, sizeof(basket->lines) - len,
			 ",{'void':1}");
		basket->total -= first;
	}
	if (chance_hits(chance, 25)) {
		snprintf(basket->discounts, sizeof(basket->discounts),
			 "'discounts':[{'amount':50}],");
		basket->total -= 50;
	}
}

/* By card, in cash with change, or half and half. */
static void basket_pay(struct basket *basket, struct chance *chance)
{
	int64_t card = chance_hits(chance, 40)	 ? 0
		       : chance_hits(chance, 50) ? basket->total
						 : basket->total / 2;
	int64_t cash = basket->total - card;
	size_t len = 0;

	if (card)
		len = (size_t)snprintf(basket->payments,
				       sizeof(basket->payments),
				       "{'kind':'card','amount':%d}",
				       (int)card);
	if (cash)
		snprintf(basket->payments + len, sizeof(basket->payments) - len,
			 "%s{'kind':'cash','amount':%d}", len ? "," : "",
			 (int)cash + (int)chance_below(chance, 3) * 100);
}

static void basket_fill(struct basket *basket, struct world *world,
			struct chance *chance)
{
	size_t count = 1 + chance_below(chance, 4);
	int64_t first = 0;

	*basket = (struct basket){ .total = 0 };
	for (size_t i = 0; i < count; i++) {
		struct basket_line line = basket_line(world, chance);
		int64_t sum = basket_add(basket, chance, i, &line);

		first = i ? first : sum;
		basket->total += sum;
	}
	basket_change(basket, chance, count, first);
	basket_pay(basket, chance);
}

void act_receipt(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);
	struct basket basket;

	if (act_opens_session(world, chance, &actor))
		return;
	basket_fill(&basket, world, chance);
	act_post(world, chance, &actor, "receipts",
		 "{'lines':[%s],%s'payments':[%s],'total':%d%s}", basket.lines,
		 basket.discounts, basket.payments, (int)basket.total,
		 chance_hits(chance, 20) ? ",'footer':['Thank you']" : "");
}

/* --- the rest --- */

void act_return(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);
	int64_t amount = 300 + ++world->memory.amounts;

	char lines[224] = "";

	if (act_opens_session(world, chance, &actor))
		return;
	/* a printer of that kind has to be told; others may be */
	if (!strcmp(actor.till, "2") || chance_hits(chance, 20))
		snprintf(lines, sizeof(lines),
			 ",'lines':[{'name':'Milk','vat':'B','price':%d}],"
			 "'original':{'number':7,"
			 "'time':'2026-11-22T10:30:00','memory':'02500002'}",
			 (int)amount);
	act_post(world, chance, &actor, "returns",
		 "{'of':'receipt','amount':%d,'cash':%d,'reason':'stale'%s}",
		 (int)amount, (int)(chance_hits(chance, 30) ? 0 : amount - 100),
		 lines);
}

/* Of what was put in or taken out. */
void act_slip(struct world *world, struct chance *chance)
{
	const struct known_operation *event =
		act_known(world, chance,
			  chance_hits(chance, 60) ? "cash.in" : "cash.out");
	struct actor actor = act_choose(world, chance);
	char body[96];

	if (!event)
		return;
	if (chance_hits(chance, 95))
		actor.till = event->till;
	snprintf(body, sizeof(body), "{'event':'%s'}", event->id);
	act_post(world, chance, &actor, "cash/slip", "%s", body);
}

void act_print(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_post(world, chance, &actor, "printouts",
		 chance_hits(chance, 90) ? "{'lines':['Parking','4711','']}"
					 : "{'lines':['PARAGON FISKALNY']}");
}

/* Of one line each; one of them is refused, as it would open the drawer. */
void act_print_job(struct world *world, struct chance *chance)
{
	static const char *const bodies[] = {
		"{'document':[{'text':'Job 4711'}]}",
		"{'raw':{'language':'escpos','data':'G0BKb2IgNDcxMQo='}}",
		"{'raw':{'language':'escpos','data':'Sm9iCgobcAAZ+g=='}}",
	};
	struct actor actor = act_choose(world, chance);

	if (act_opens_session(world, chance, &actor))
		return;
	act_post(world, chance, &actor, "jobs", "%s",
		 bodies[chance_below(chance, 3)]);
}

void act_copy(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_post(world, chance, &actor, "copies", "{'count':1}");
}

void act_read_fiscal(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_post(world, chance, &actor, "fiscal/read", "{}");
}

/* Within the law or beyond it. */
void act_set_clock(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_post(world, chance, &actor, "fiscal/clock",
		 chance_hits(chance, 70)
			 ? "{'time':'2026-11-22T10:30','reason':'slow'}"
			 : "{'time':'2031-01-01T00:00','reason':'slow'}");
}
