/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sums.h"

#include "util/json.h"

#include <stdbool.h>
#include <string.h>

#define SUMS_CASH "cash"

static bool sums_is_sum(const char *name)
{
	size_t len = strlen(SUMS_CASH);

	return !strncmp(name, SUMS_CASH, len) &&
	       (!name[len] || name[len] == '_');
}

/* As part of what was taken, if there is anything in it. */
static json_t *sums_put(json_t *taken, const char *key, json_t *part)
{
	if (!part)
		return taken;
	return json_put(taken ? taken : json_make(), key, part);
}

static json_t *sums_take_flat(json_t *counters)
{
	json_t *taken = NULL, *value;
	const char *name;
	void *next;

	json_object_foreach_safe(counters, next, name, value)
	{
		if (!sums_is_sum(name))
			continue;
		taken = sums_put(taken, name, json_incref(value));
		json_object_del(counters, name);
	}
	return taken;
}

json_t *sums_take_counters(json_t *told)
{
	static const char *const times[] = { "before", "after" };
	json_t *counters = json_object_get(told, "counters");
	json_t *taken = sums_take_flat(counters);

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		taken = sums_put(
			taken, times[i],
			sums_take_flat(json_object_get(counters, times[i])));
	return sums_put(NULL, "counters", taken);
}

json_t *sums_take(json_t *told)
{
	json_t *taken = sums_take_counters(told);

	taken = sums_put(taken, "figures",
			 json_incref(json_object_get(told, "figures")));
	json_object_del(told, "figures");
	return taken;
}

void sums_enter(json_t *entry, const char *key, const json_t *told)
{
	json_t *copy = json_deep_copy(told);
	json_t *taken = sums_take(copy);
	json_t *blind = json_object_get(entry, "blind");

	json_put(entry, key, copy);
	if (taken && blind)
		json_object_update_missing(blind, taken);
	else if (taken)
		json_put(entry, "blind", json_incref(taken));
	json_decref(taken);
}
