/* SPDX-License-Identifier: Apache-2.0 */
/* Devices in other hands: while they are, when they come back, and from disk. */
#include "core/release_private.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/log.h"
#include "util/message.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define RELEASE_RETRY_MS 30000
#define RELEASE_LOOK_MS	 10000 /* until the device comes to it */

struct releases *releases_new(void)
{
	struct releases *releases = ALLOC_NEW(struct releases);

	LIST_INIT(&releases->list);
	LIST_INIT(&releases->looks);
	return releases;
}

struct releases *releases_free(struct releases *releases)
{
	if (releases)
		release_looks_free(releases);
	while (releases && !LIST_EMPTY(&releases->list))
		release_drop(LIST_FIRST(&releases->list));
	free(releases);
	return NULL;
}

struct release *release_of(struct core *core, const char *device)
{
	struct release *release;

	LIST_FOREACH(release, &core->releases->list, entry)
	if (!strcmp(release->device, device))
		return release;
	return NULL;
}

static void release_due(void *arg);

struct release *release_new(struct core *core, const char *device)
{
	struct release *release = ALLOC_NEW(struct release);

	release->core = core;
	text_copy(release->device, sizeof(release->device), device);
	release->timer = timer_new(core->env.timers, release_due, release);
	LIST_INSERT_HEAD(&core->releases->list, release, entry);
	return release;
}

struct release *release_drop(struct release *release)
{
	LIST_REMOVE(release, entry);
	timer_free(release->timer);
	json_decref(release->before);
	json_decref(release->after);
	free(release->reason);
	free(release);
	return NULL;
}

/* --- what is told of it --- */

static void release_put_time(json_t *json, const char *key, int64_t wall)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(wall, text);
	json_put_text(json, key, text);
}

static const struct release *release_away(struct core *core,
					  const struct device *device)
{
	const struct release *release = release_of(core, device_name(device));

	return release && release->state != RELEASE_RETURNING ? release : NULL;
}

static const char *release_name(const struct release *release)
{
	const struct policy_operator *who =
		release->core->policy ? policy_operator(release->core->policy,
							release->operator)
				      : NULL;

	return who ? who->name : NULL;
}

static json_t *release_to_json(const struct release *release)
{
	json_t *json = json_make();

	json_put_text(json, "operator", release->operator);
	json_put_text(json, "name", release_name(release));
	release_put_time(json, "since", release->since);
	release_put_time(json, "until", release->until);
	json_put_text(json, "reason", release->reason);
	return json_put_text(json, "operation", release->operation);
}

json_t *release_describe(struct core *core, const struct device *device)
{
	const struct release *release = release_away(core, device);

	return release ? release_to_json(release) : NULL;
}

json_t *release_sentence(struct core *core, const struct device *device)
{
	const struct release *release = release_away(core, device);
	char until[CLOCK_TEXT_SIZE];
	const char *name;

	if (!release)
		return NULL;
	name = release_name(release);
	clock_format_plain(release->until, until);
	return message_new(
		N_("%1$s has handed %2$s over until %3$s, at the latest."),
		name ? name : release->operator, release->device, until, NULL);
}

enum problem release_problem(struct core *core, const struct device *device,
			     json_t **out_extra)
{
	json_t *detail = release_sentence(core, device);
	json_t *extra;

	if (!detail)
		return PROBLEMS;
	extra = json_put_text(json_make(), "device", device_name(device));
	message_put(extra, "detail", detail);
	*out_extra =
		json_put(extra, "released", release_describe(core, device));
	return PROBLEM_DEVICE_RELEASED;
}

/* --- on disk --- */

void release_put(const struct release *release, bool returning, struct txn *txn)
{
	json_t *json = json_make();
	char *line;

	json_put_text(json, "operation", release->operation);
	json_put_text(json, "till", release->till);
	json_put_text(json, "operator", release->operator);
	json_put_text(json, "reason", release->reason);
	json_put_int(json, "since", release->since);
	json_put_int(json, "until", release->until);
	json_put_bool(json, "returning", returning);
	if (release->before)
		json_put(json, "before", json_incref(release->before));
	line = json_line(json);
	txn_release(txn, release->device, line);
	free(line);
	json_decref(json);
}

static void release_take_text(char *out, size_t size, const json_t *json,
			      const char *key)
{
	const char *text = json_text(json, key);

	text_copy(out, size, text ? text : "");
}

/* A clock that was set back meanwhile makes it no longer than it was; 0: it is
 * over, also where the box slept while it was written. */
static int64_t release_left(const struct release *release)
{
	int64_t left = release->until - core_wall(release->core);
	int64_t whole = release->until - release->since;

	return left < 0 ? 0 : left < whole ? left : whole;
}

void release_load(void *core, const char *device, const char *text)
{
	json_t *json = json_parse(text, strlen(text));
	const char *reason = json_text(json, "reason");
	struct release *release = release_new(core, device);
	const struct fixture *fixture = core_fixture_named(core, device);

	release_take_text(release->operation, sizeof(release->operation), json,
			  "operation");
	release_take_text(release->till, sizeof(release->till), json, "till");
	release_take_text(release->operator, sizeof(release->operator), json,
			  "operator");
	release->reason = reason ? alloc_text(reason) : NULL;
	release->since = json_int(json, "since", 0);
	release->until = json_int(json, "until", 0);
	release->before = json_incref(json_object_get(json, "before"));
	release->state = RELEASE_IN_FORCE;
	if (json_flag(json, "returning"))
		release->state = RELEASE_RETURNING;
	else
		timer_set(release->timer, release_left(release));
	if (fixture)
		release_adopt(core, fixture);
	json_decref(json);
}

void release_adopt(struct core *core, const struct fixture *fixture)
{
	const struct release *release =
		release_of(core, device_name(fixture->device));

	if (release && release->state == RELEASE_IN_FORCE)
		device_release(fixture->device);
}

/* --- from beginning to end --- */

bool release_is_compared(struct core *core, const char *device)
{
	const struct release *release = release_of(core, device);

	return release && release->state == RELEASE_RETURNING &&
	       (release->looking || release->told);
}

/* It was not there to be asked since it came back. */
static void release_drop_earlier(struct release *release)
{
	struct release *earlier = LIST_NEXT(release, entry);

	while (earlier && strcmp(earlier->device, release->device) != 0)
		earlier = LIST_NEXT(earlier, entry);
	if (earlier)
		release_drop(earlier);
}

void release_begin(struct release *release)
{
	const struct fixture *fixture =
		core_fixture_named(release->core, release->device);

	release_drop_earlier(release);
	release->state = RELEASE_IN_FORCE;
	timer_set(release->timer, release_left(release));
	log_line_about(LOG_LEVEL_INFO,
		       LOG_OF(.device = release->device, .till = release->till,
			      .operation = release->operation,
			      .event = "device.release"),
		       "%s has been handed over by operator %s",
		       release->device, release->operator);
	if (fixture)
		device_release(fixture->device);
}

void release_return(struct release *release)
{
	const struct fixture *fixture =
		core_fixture_named(release->core, release->device);

	if (release->state != RELEASE_IN_FORCE)
		return;
	release->state = RELEASE_RETURNING;
	timer_stop(release->timer);
	log_line_about(LOG_LEVEL_INFO,
		       LOG_OF(.device = release->device, .till = release->till,
			      .operation = release->operation),
		       "%s is taken back", release->device);
	if (fixture)
		device_take(fixture->device);
}

static json_t *release_note(const struct release *release,
			    struct record **out_record, const char *kind)
{
	json_t *entry =
		record_note(release->core, out_record, kind, release->till);

	json_put_text(entry, "device", release->device);
	json_put_text(entry, "operator", release->operator);
	return json_put_text(entry, "released", release->operation);
}

/* What takes it away from them holds at once, whatever the disk says; a restart
 * before it is written would find its time over, too. */
static void release_expire(struct release *release)
{
	struct record *record;

	release_note(release, &record, "device.expired");
	release_put(release, true, record->txn);
	record_commit(record, NULL, NULL);
	release_return(release);
}

/* --- back again --- */

json_t *release_facts(const json_t *result)
{
	static const char *const worth[] = { "drawer", "counters", "receipt",
					     "trace", "terminal" };
	json_t *facts = json_make();

	for (size_t i = 0; i < sizeof(worth) / sizeof(worth[0]); i++)
		if (json_object_get(result, worth[i]))
			json_put(facts, worth[i],
				 json_deep_copy(
					 json_object_get(result, worth[i])));
	if (json_object_size(facts))
		return facts;
	json_decref(facts);
	return NULL;
}

static void release_differ(json_t *differences, const char *name,
			   json_t *before, json_t *after)
{
	json_t *pair = json_make();

	if (before)
		json_put(pair, "before", json_incref(before));
	if (after)
		json_put(pair, "after", json_incref(after));
	json_put(differences, name, pair);
}

/* A value as people read it; "?" of what was not told. New. */
static char *release_tell(const json_t *value)
{
	if (json_is_string(value))
		return alloc_text(json_string_value(value));
	if (json_is_integer(value))
		return alloc_format("%" JSON_INTEGER_FORMAT,
				    json_integer_value(value));
	return alloc_text("?");
}

/* Of each that was told at both times, or at one alone. */
static void release_compare_all(const json_t *before, const json_t *after,
				json_t *differences)
{
	json_t *value;
	const char *name;

	json_object_foreach ((json_t *)(uintptr_t)before, name, value) {
		json_t *now = json_object_get(after, name);

		if (json_is_object(value))
			release_compare_all(value, now, differences);
		else if (!now || !json_equal(value, now))
			release_differ(differences, name, value, now);
	}
	json_object_foreach ((json_t *)(uintptr_t)after, name, value) {
		if (!json_object_get(before, name) && !json_is_object(value))
			release_differ(differences, name, NULL, value);
	}
}

/* "daily_reports 3, now 4, drawer closed, now open" New. */
static char *release_tell_differences(json_t *differences)
{
	char *text = alloc_text("");
	const char *name;
	json_t *pair;

	json_object_foreach (differences, name, pair) {
		CLEANUP_FREE char *before =
			release_tell(json_object_get(pair, "before"));
		CLEANUP_FREE char *after =
			release_tell(json_object_get(pair, "after"));
		char *longer =
			alloc_format("%s%s%s %s, now %s", text,
				     *text ? "; " : "", name, before, after);

		free(text);
		text = longer;
	}
	return text;
}

static void release_log_differences(const struct release *release,
				    json_t *differences)
{
	CLEANUP_FREE char *text = release_tell_differences(differences);

	if (json_object_size(differences))
		log_line_about(
			LOG_LEVEL_WARNING,
			LOG_OF(.device = release->device, .till = release->till,
			       .operation = release->operation,
			       .event = "device.returned"),
			"%s is not as it was before it was handed over: %s",
			release->device, text);
}

static void release_compared(void *arg, int error)
{
	struct release *release = arg;

	if (error)
		timer_set(release->timer, RELEASE_RETRY_MS);
	else
		release_drop(release);
}

/* What can't be compared is said to be so, and never taken for the same. */
static void release_compare(struct release *release)
{
	bool compared = release->before && release->after;
	json_t *differences = json_make(), *entry;
	struct record *record;

	if (compared)
		release_compare_all(release->before, release->after,
				    differences);
	release_log_differences(release, differences);
	entry = release_note(release, &record, "device.returned");
	json_put_bool(entry, "compared", compared);
	if (json_object_size(differences))
		json_put(entry, "differences", json_incref(differences));
	txn_release(record->txn, release->device, NULL);
	record_commit(record, release_compared, release);
	json_decref(differences);
}

static void release_due(void *arg)
{
	struct release *release = arg;

	if (release->state == RELEASE_IN_FORCE)
		release_expire(release);
	else if (release->told)
		release_compare(release);
}

static bool release_is_there(const struct device *device)
{
	enum device_state state = device_state(device);

	return state == DEVICE_READY || state == DEVICE_BUSY;
}

/* It may be gone again: then it is asked when it is there once more. */
static void release_looked(void *arg, enum outcome outcome, enum reason reason,
			   const json_t *result)
{
	struct release *release = arg;
	const struct fixture *fixture =
		core_fixture_named(release->core, release->device);

	(void)reason;
	release->looking = false;
	if (outcome != OUTCOME_OK &&
	    (!fixture || !release_is_there(fixture->device)))
		return;
	release->told = true;
	release->after = outcome == OUTCOME_OK ? release_facts(result) : NULL;
	release_compare(release);
}

void release_device_changed(struct core *core, struct fixture *fixture)
{
	struct release *release =
		release_of(core, device_name(fixture->device));
	const struct device_user user = { .done = release_looked,
					  .arg = release };
	const struct op op = { .kind = OP_TEST_INTERNAL, .id = "returned" };

	if (!release || release->state != RELEASE_RETURNING ||
	    release->looking || release->told ||
	    !release_is_there(fixture->device))
		return;
	if (!device_can(fixture->device, OP_TEST_INTERNAL)) {
		release->told = true;
		release_compare(release);
		return;
	}
	release->looking = true;
	device_start(fixture->device, &op, RELEASE_LOOK_MS, &user);
}
