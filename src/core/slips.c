/* SPDX-License-Identifier: Apache-2.0 */
#include "core/slips.h"

#include "core/action_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/message.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* --- whose they are --- */

static void slips_found(void *arg, int error, const struct operation_row *row)
{
	struct attempt *attempt = arg;
	const json_t *receipts =
		row ? json_object_get(row->result, "receipts") : NULL;

	if (error && error != STORE_E_NOT_FOUND) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
		return;
	}
	if (!row || strcmp(row->till, attempt->till) != 0 || !receipts) {
		action_refuse(attempt, PROBLEM_NOT_FOUND,
			      core_missing("operation", attempt->of));
		return;
	}
	json_decref(attempt->found);
	attempt->found = json_put_text(json_make(), "operation", row->id);
	json_put_text(attempt->found, "action", row->action);
	json_put_bool(attempt->found, "signature",
		      json_flag(row->result, "signature"));
	json_put(attempt->found, "receipts", json_deep_copy(receipts));
	action_decide(attempt);
}

void slips_find(struct attempt *attempt)
{
	store_find_operation(attempt->core->store, attempt->of, slips_found,
			     attempt);
}

/* --- told --- */

json_t *slips_apply(struct attempt *attempt, const struct action_by *by,
		    struct record *record, json_t *entry)
{
	(void)by;
	(void)record;
	(void)entry;
	return json_incref(attempt->found);
}

/* --- printed --- */

static size_t slips_without_end(const char *text, size_t len)
{
	while (len && text[len - 1] == ' ')
		len--;
	return len;
}

/* Terminals fill their lines up with blanks, which are not worth a line. */
static void slips_add_line(json_t *lines, const char *line, size_t columns)
{
	size_t end = slips_without_end(line, strlen(line)), at = 0;

	do {
		CLEANUP_FREE char *rest = alloc_text_part(line + at, end - at);
		size_t len = text_break(rest, columns);

		json_array_append_new(
			lines,
			json_stringn(rest, slips_without_end(rest, len)));
		at += len;
		while (at < end && line[at] == ' ')
			at++;
	} while (at < end);
}

static json_t *slips_lines(const json_t *slip, size_t columns)
{
	json_t *lines = json_array();
	const json_t *line;
	size_t i;

	json_array_foreach (slip, i, line)
		slips_add_line(lines, json_string_value(line), columns);
	return lines;
}

enum problem slips_build(struct attempt *attempt, json_t **out_extra)
{
	(void)out_extra;
	attempt->op.kind = OP_PRINT_TEXT;
	return PROBLEMS;
}

static enum problem slips_refuse(const char *detail, enum problem problem,
				 json_t **out_extra)
{
	*out_extra = json_put_text(json_make(), "detail", detail);
	return problem;
}

enum problem slips_plan(struct attempt *attempt, const struct action_by *by,
			json_t **out_extra)
{
	const struct fixture *fixture =
		core_fixture(attempt->core, attempt->till, DEVICE_PRINTER);
	const struct receipt_rules *rules = device_rules(fixture->device);
	const char *copy = json_text(attempt->params, "copy");
	const json_t *slip = json_object_get(
		json_object_get(attempt->found, "receipts"), copy);
	struct op_print *print = &attempt->op.print;

	(void)by;
	if (!slip)
		return slips_refuse("The card terminal gave no such slip.",
				    PROBLEM_NOT_FOUND, out_extra);
	if (!rules || !rules->text_columns) {
		*out_extra =
			action_device_extra(attempt->core, fixture->device,
					    device_reason(fixture->device));
		return PROBLEM_DEVICE_NOT_READY;
	}
	json_decref(print->lines);
	print->lines = slips_lines(slip, rules->text_columns);
	if (json_array_size(print->lines) > OP_PRINT_LINES_MAX)
		return slips_refuse("That slip is too long for a printer.",
				    PROBLEM_NOT_SUPPORTED, out_extra);
	json_decref(attempt->words.what);
	attempt->words.what = message_new(" (%1$s)", copy, NULL);
	text_copy(attempt->words.details[0], PROMPT_LINE_SIZE, copy);
	return PROBLEMS;
}

void slips_note(const struct attempt *attempt, json_t *op)
{
	json_put_text(op, "slip_of", json_text(attempt->found, "operation"));
	json_put_text(op, "copy", json_text(attempt->params, "copy"));
}
