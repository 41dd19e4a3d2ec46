/* SPDX-License-Identifier: Apache-2.0 */
#include "core/check.h"

#include "core/action_private.h"
#include "policy/asks.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/message.h"
#include "util/money.h"
#include "util/text.h"

static void check_say(struct action_words *words, const struct ask_row *row,
		      const json_t *params, const struct policy_till *till)
{
	int64_t amount = json_int(params, "amount", 0);
	char text[MONEY_TEXT_SIZE];

	action_words_clear(words);
	words->asks = row->asks;
	words->prompt = row->prompt;
	if (!amount)
		return;
	money_format(amount, till->currency, text);
	words->what = message_new(", %1$s,", text, NULL);
	text_copy(words->details[0], sizeof(words->details[0]), text);
}

enum problem check_plan(struct attempt *attempt, const struct action_by *by,
			json_t **out_extra)
{
	const struct ask_row *row =
		asks_find(json_text(attempt->params, "action"));

	if (!row) {
		*out_extra = core_fault("action",
					"There is nothing of that name; tilld "
					"--api lists what can be asked for.");
		return PROBLEM_BAD_BODY;
	}
	attempt->name = row->name;
	attempt->demand = ask_demand(row);
	check_say(&attempt->words, row, attempt->params, by->till);
	return PROBLEMS;
}

json_t *check_apply(struct attempt *attempt, const struct action_by *by,
		    struct record *record, json_t *entry)
{
	static const char *const told[] = { "detail", "reference" };
	const json_t *params = attempt->params;
	json_t *result = json_make();

	(void)by;
	(void)record;
	json_put_text(entry, "action", attempt->name);
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		json_put_text(entry, told[i], json_text(params, told[i]));
	if (json_object_get(params, "amount"))
		json_put_int(entry, "amount", json_int(params, "amount", 0));
	json_put_text(result, "action", attempt->name);
	return json_put_bool(result, "allowed", true);
}
