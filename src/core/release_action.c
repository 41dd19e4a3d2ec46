/* SPDX-License-Identifier: Apache-2.0 */
/* Handing a device over, and taking it back, as actions of the one path. */
#include "core/action_private.h"
#include "core/operation.h"
#include "core/release_private.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/message.h"
#include "util/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define SECOND_MS 1000

/* Of a device's name, on a display. */
#define RELEASE_NAME_LINES 2
static_assert(DEVICE_NAME_MAX <= RELEASE_NAME_LINES * PROMPT_COLUMNS,
	      "a name fits");

struct fixture *release_fixture(const struct attempt *attempt,
				json_t **out_extra)
{
	struct fixture *fixture =
		core_fixture_named(attempt->core, attempt->of);

	if (fixture &&
	    core_till_place(fixture, attempt->till) < fixture->tills_count)
		return fixture;
	*out_extra = core_missing("device", attempt->of);
	return NULL;
}

/* --- handing over --- */

static void release_set_words(struct action_words *words,
			      const struct action_row *row)
{
	action_words_clear(words);
	words->asks = row->asks;
	words->prompt = row->prompt;
}

/* A name goes on in the next line. */
static size_t release_set_name(struct action_words *words, const char *device)
{
	return prompt_wrap(device, words->details, RELEASE_NAME_LINES);
}

/* " (printer1, for 10 minutes)", or how many seconds. */
static void release_say(struct attempt *attempt)
{
	struct action_words *words = &attempt->words;
	int64_t seconds = json_int(attempt->params, "seconds", 0);
	bool minutes = seconds % 60 == 0;
	int64_t count = minutes ? seconds / 60 : seconds;
	static const char *const forms[2][2] = {
		{ N_(" (%1$s, for %2$s seconds)"),
		  N_(" (%1$s, for %2$s second)") },
		{ N_(" (%1$s, for %2$s minutes)"),
		  N_(" (%1$s, for %2$s minute)") },
	};
	char text[24];
	const char *unit = minutes ? "minute" : "second";
	size_t lines;

	release_set_words(words, attempt->row);
	snprintf(text, sizeof(text), "%lld", (long long)count);
	words->what = message_new(forms[minutes][count == 1], attempt->of, text,
				  NULL);
	lines = release_set_name(words, attempt->of);
	snprintf(words->details[lines], PROMPT_LINE_SIZE, "for %lld %s%s",
		 (long long)count, unit, count == 1 ? "" : "s");
}

enum problem release_plan(struct attempt *attempt, const struct action_by *by,
			  json_t **out_extra)
{
	const struct fixture *fixture = release_fixture(attempt, out_extra);
	char id[OP_ID_SIZE];
	enum problem why;

	(void)by;
	if (!fixture)
		return PROBLEM_NOT_FOUND;
	why = release_problem(attempt->core, fixture->device, out_extra);
	if (why != PROBLEMS)
		return why;
	if (release_is_compared(attempt->core, attempt->of))
		return PROBLEM_DEVICE_BUSY;
	why = operation_rest_problem(attempt->core, fixture->device, id);
	if (why != PROBLEMS) {
		*out_extra = json_put_text(json_make(), "device", attempt->of);
		json_put_text(*out_extra, "operation_id", id);
		return why;
	}
	text_copy(attempt->device, sizeof(attempt->device), attempt->of);
	release_say(attempt);
	return PROBLEMS;
}

/* One that had not been compared since it came back last is compared with how
 * it was before that. */
static json_t *release_before(struct attempt *attempt)
{
	struct release *earlier = release_of(attempt->core, attempt->of);
	json_t *before =
		earlier && earlier->before ? earlier->before : attempt->found;

	return before ? json_incref(before) : NULL;
}

json_t *release_apply(struct attempt *attempt, const struct action_by *by,
		      struct record *record, json_t *entry)
{
	int64_t seconds = json_int(attempt->params, "seconds", 0);
	const char *reason = json_text(attempt->params, "reason");
	json_t *before = release_before(attempt);
	struct release *release = release_new(attempt->core, attempt->of);
	char until[CLOCK_TEXT_SIZE];
	json_t *result = json_make();

	release->before = before;
	release->reason = reason ? alloc_text(reason) : NULL;
	text_copy(release->operation, sizeof(release->operation),
		  attempt->op.id);
	text_copy(release->till, sizeof(release->till), attempt->till);
	text_copy(release->operator, sizeof(release->operator), by->who->id);
	release->since = core_wall(attempt->core);
	release->until = release->since + seconds * SECOND_MS;
	release_put(release, false, record->txn);
	clock_format(release->until, until);
	json_put_text(entry, "device", release->device);
	json_put_int(entry, "seconds", seconds);
	if (before)
		json_put(entry, "before", json_deep_copy(before));
	action_set_plan(attempt, release, NULL);
	json_put_text(result, "device", release->device);
	return json_put_text(result, "until", until);
}

void release_applied(struct attempt *attempt, int error)
{
	struct release *release = attempt->plan;

	action_set_plan(attempt, NULL, NULL);
	if (error)
		release_drop(release);
	else
		release_begin(release);
}

/* --- taking back --- */

const char *release_place(struct core *core, const char *device,
			  const char *till)
{
	const struct fixture *fixture = core_fixture_named(core, device);

	if (!fixture || !fixture->tills_count)
		return NULL;
	return till && core_till_place(fixture, till) < fixture->tills_count
		       ? till
		       : fixture->tills[0];
}

/* Whoever handed it over, and technicians, need nobody's leave. */
enum problem release_plan_take(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra)
{
	const struct fixture *fixture = release_fixture(attempt, out_extra);
	const struct release *release = release_of(attempt->core, attempt->of);

	if (!fixture)
		return PROBLEM_NOT_FOUND;
	if (!release || release->state != RELEASE_IN_FORCE || release->ending)
		return PROBLEM_DEVICE_NOT_RELEASED;
	text_copy(attempt->device, sizeof(attempt->device), attempt->of);
	release_set_words(&attempt->words, attempt->row);
	attempt->words.what = message_new(" (%1$s)", attempt->of, NULL);
	release_set_name(&attempt->words, attempt->of);
	if (!by->who || !strcmp(release->operator, by->who->id) ||
	    core_is_technician(attempt->core, &attempt->caller->peer))
		attempt->demand = (struct demand){ 0 };
	return PROBLEMS;
}

json_t *release_apply_take(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry)
{
	struct release *release = release_of(attempt->core, attempt->of);

	(void)by;
	release->ending = true;
	release_put(release, true, record->txn);
	json_put_text(entry, "device", release->device);
	json_put_text(entry, "released", release->operation);
	return json_put_text(json_make(), "device", release->device);
}

void release_applied_take(struct attempt *attempt, int error)
{
	struct release *release = release_of(attempt->core, attempt->of);

	if (!release) /* its time was over meanwhile, and it is back */
		return;
	release->ending = false;
	if (!error)
		release_return(release);
}
