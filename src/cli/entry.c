/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/entry.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/money.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

/* The kind of an entry is the type of an event. */
static const char *entry_kind(const json_t *entry)
{
	const char *kind = json_text(entry, "kind");

	if (!kind)
		kind = json_text(entry, "type");
	return kind ? kind : "?";
}

const char *entry_what(const json_t *entry)
{
	const char *action = json_text(entry, "action");

	return action ? action : entry_kind(entry);
}

/* Events tell the name beside the id, entries leave it to the context. */
static const char *entry_name(const json_t *entry, const char *id_field,
			      const char *name_field,
			      const struct entry_context *context)
{
	const char *id = json_text(entry, id_field);
	const char *name = json_text(entry, name_field);

	if (!name && id)
		name = json_text(context->names, id);
	return name ? name : id;
}

/* Of a port in other hands: what happened by itself is nobody's doing, whoever
 * had handed it over. */
static bool entry_is_of_itself(const json_t *entry)
{
	const char *kind = entry_kind(entry);

	return !strcmp(kind, "device.returned") ||
	       !strcmp(kind, "device.expired");
}

char *entry_who(const json_t *entry, const struct entry_context *context)
{
	const char *name = entry_is_of_itself(entry)
				   ? NULL
				   : entry_name(entry, "operator",
						"operator_name", context);
	int64_t uid = json_int(entry, "uid", -1);

	if (name || uid < 0)
		return alloc_text(name ? name : "");
	return alloc_format("uid %" PRId64, uid);
}

/* --- details --- */

static char *entry_append(char *text, const char *before, const char *more)
{
	char *longer;

	if (!more)
		return text;
	longer =
		alloc_format("%s%s%s%s", text, *text ? ", " : "", before, more);
	free(text);
	return longer;
}

static char *entry_append_fields(char *text, const json_t *entry,
				 const char *const *fields)
{
	for (; *fields; fields++)
		text = entry_append(text, "", json_text(entry, *fields));
	return text;
}

/* Its own; of one from before entries had it, that of the till as it is now. */
static const char *entry_currency(const json_t *entry,
				  const struct entry_context *context)
{
	const char *till = json_text(entry, "till");
	const char *own = json_text(entry, "currency");

	return own || !till ? own : json_text(context->currencies, till);
}

/* Before it is done that of its parameters, then what came of it. */
static char *entry_append_amount(char *text, const json_t *entry,
				 const struct entry_context *context)
{
	const json_t *amount =
		json_object_get(json_object_get(entry, "parameters"), "amount");
	char words[MONEY_TEXT_SIZE];

	if (!amount)
		amount = json_object_get(json_object_get(entry, "result"),
					 "amount");
	if (!amount)
		amount = json_object_get(entry, "amount");
	if (!json_is_integer(amount))
		return text;
	money_format(json_integer_value(amount), entry_currency(entry, context),
		     words);
	return entry_append(text, "", words);
}

/* "lacks drawer.open, report.daily" */
static char *entry_append_names(char *text, const json_t *names,
				const char *before)
{
	const json_t *one;
	size_t i;

	json_array_foreach (names, i, one)
		text = entry_append(text, i ? "" : before,
				    json_string_value(one));
	return text;
}

static char *entry_append_sum(char *text, const json_t *object,
			      const char *name, const char *words,
			      const char *currency)
{
	int64_t sum = json_int(object, name, 0);
	char amount[MONEY_TEXT_SIZE];
	CLEANUP_FREE char *more = NULL;

	if (!json_is_integer(json_object_get(object, name)))
		return text;
	money_format(sum, currency, amount);
	more = alloc_format("%s %s", amount, words);
	return entry_append(text, "", more);
}

/* A difference is only told where there is one. */
static char *entry_append_cash(char *text, const json_t *entry,
			       const struct entry_context *context)
{
	const char *currency = entry_currency(entry, context);
	const json_t *blind = json_object_get(entry, "blind");

	text = entry_append_sum(text, blind, "counted", "counted", currency);
	text = entry_append_sum(text, blind, "withdrawal", "taken out",
				currency);
	if (json_int(blind, "difference", 0))
		text = entry_append_sum(text, blind, "difference", "difference",
					currency);
	text = entry_append_names(text, json_object_get(blind, "limits"),
				  "past its ");
	if (json_flag(entry, "forced"))
		text = entry_append(text, "", "by force");
	return entry_append(text, "to ",
			    entry_name(entry, "to", "to_name", context));
}

/* "by Maria (badge)"; without a second person it is how the first signed. */
static char *entry_append_consent(char *text, const json_t *entry,
				  const struct entry_context *context)
{
	const char *name =
		entry_name(entry, "approver", "approver_name", context);
	const char *how = json_text(entry, "how");
	CLEANUP_FREE char *by = NULL;

	if (!name || !how)
		return entry_append(text, name ? "by " : "", name ? name : how);
	by = alloc_format("%s (%s)", name, how);
	return entry_append(text, "by ", by);
}

/* About which device it is has to be said, whoever did it. */
static bool entry_is_of_device(const json_t *entry)
{
	static const char device[] = "device.", test[] = ".test";
	const char *what = entry_what(entry);
	size_t len = strlen(what), tail = sizeof(test) - 1;

	return !strncmp(what, device, sizeof(device) - 1) ||
	       (len > tail && !strcmp(what + len - tail, test));
}

/* A text, a number; "?" of what it was not told. New. */
static char *entry_value(const json_t *value)
{
	const char *text = json_string_value(value);

	if (json_is_integer(value))
		return alloc_format("%" JSON_INTEGER_FORMAT,
				    json_integer_value(value));
	if (json_is_boolean(value))
		return alloc_text(json_is_true(value) ? "yes" : "no");
	return alloc_text(text ? text : "?");
}

/*
 * Of an action which device it is goes without saying, unless it speaks. As
 * the API shows one, whole, it stands in events that are about nothing else.
 */
static char *entry_append_device(char *text, const json_t *entry)
{
	static const char *const of_whole[] = { "name", "state", "sentence",
						NULL };
	const json_t *device = json_object_get(entry, "device");

	if (json_is_object(device))
		return entry_append_fields(text, device, of_whole);
	if (!json_text(entry, "operator") || entry_is_of_device(entry))
		text = entry_append(text, "", json_string_value(device));
	return entry_append(text, "", json_text(entry, "reader"));
}

/* "internal", "external": which test it was; "seen open". */
static char *entry_append_test(char *text, const json_t *entry)
{
	static const char *const tests[][2] = {
		{ "test-internal", "internal" },
		{ "test-external", "external" },
		{ "print-text", "external" },
		{ "terminal-diagnosis", "external" },
		{ "test-interactive", "interactive" },
	};
	const json_t *parameters = json_object_get(entry, "parameters");
	const char *kind = json_text(parameters, "kind");
	const char *action = json_text(entry, "action");

	if (!kind || !action || strcmp(action, "device.service") != 0)
		return text;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		if (!strcmp(tests[i][0], kind))
			kind = tests[i][1];
	text = entry_append(text, "", kind);
	return entry_append(text, "seen ", json_text(parameters, "seen"));
}

/* "daily_reports 3 -> 4"; what was not told is "?". */
static char *entry_append_difference(char *text, const char *name,
				     const json_t *pair)
{
	CLEANUP_FREE char *before =
		entry_value(json_object_get(pair, "before"));
	CLEANUP_FREE char *after = entry_value(json_object_get(pair, "after"));
	CLEANUP_FREE char *more =
		alloc_format("%s %s -> %s", name, before, after);

	return entry_append(text, "", more);
}

/* How long a port is in other hands, and how it came back. */
static char *entry_append_hands(char *text, const json_t *entry,
				const struct entry_context *context)
{
	const json_t *compared = json_object_get(entry, "compared");
	json_t *differences = json_object_get(entry, "differences"), *pair;
	int64_t seconds = json_int(entry, "seconds", 0);
	CLEANUP_FREE char *span = NULL;
	const char *name;

	if (seconds > 0)
		span = alloc_format("for %" PRId64 " %s",
				    seconds % 60 ? seconds : seconds / 60,
				    seconds % 60 ? "s" : "min");
	text = entry_append(text, "", span);
	if (entry_is_of_itself(entry))
		text = entry_append(text, "handed over by ",
				    entry_name(entry, "operator",
					       "operator_name", context));
	if (compared && !json_object_size(differences))
		text = entry_append(text, "",
				    json_is_true(compared) ? "as it was before"
							   : "not compared");
	json_object_foreach (differences, name, pair)
		text = entry_append_difference(text, name, pair);
	return text;
}

static char *entry_append_ids(char *text, const json_t *entry)
{
	text = entry_append(text, "operation ", json_text(entry, "operation"));
	return entry_append(text, "authorization ",
			    json_text(entry, "authorization"));
}

static char *entry_list(const json_t *entry,
			const struct entry_context *context)
{
	static const char *const first[] = { "outcome", NULL };
	static const char *const then[] = { "detail",	"reference", "reason",
					    "sentence", "text",	     "why",
					    NULL };
	char *text = entry_append_fields(alloc_text(""), entry, first);

	text = entry_append_amount(text, entry, context);
	text = entry_append_cash(text, entry, context);
	text = entry_append_names(text, json_object_get(entry, "missing"),
				  "lacks ");
	text = entry_append_names(text, json_object_get(entry, "missing_any"),
				  "lacks any of ");
	text = entry_append_device(text, entry);
	text = entry_append_test(text, entry);
	text = entry_append_hands(text, entry, context);
	text = entry_append_fields(text, entry, then);
	if (json_flag(entry, "recovered"))
		text = entry_append(text, "", "found out afterwards");
	text = entry_append_consent(text, entry, context);
	text = entry_append(text, "by ",
			    entry_name(entry, "by", "by_name", context));
	text = entry_append(text, "version ", json_text(entry, "version"));
	return context->ids ? entry_append_ids(text, entry) : text;
}

char *entry_details(const json_t *entry, const struct entry_context *context)
{
	CLEANUP_FREE char *list = entry_list(entry, context);

	if (!json_text(entry, "action"))
		return alloc_text(list);
	return alloc_format("%s%s%s", entry_kind(entry), *list ? ": " : "",
			    list);
}
