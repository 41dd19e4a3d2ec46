/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void judge_copy(char *out, size_t size, const char *text)
{
	text_copy(out, size, text ? text : "");
}

/* "Anna" is anna. */
static void judge_copy_login(char *out, size_t size, const json_t *names,
			     const char *id)
{
	judge_copy(out, size, id ? json_text(names, id) : NULL);
	for (char *at = out; *at; at++)
		*at = (char)tolower((unsigned char)*at);
}

const struct judged *judge_find(const struct judgement *all, const char *id)
{
	for (size_t i = all->count; i-- > 0;)
		if (!strcmp(all->list[i].id, id))
			return &all->list[i];
	return NULL;
}

static void judge_time(const struct world *world, struct judged *judged)
{
	for (size_t i = 0; i < world->begun_count; i++) {
		const struct begun *begun = &world->begun[i];

		if (strcmp(begun->id, judged->id) != 0)
			continue;
		judged->created_at = begun->at;
		judged->ended_at = begun->until;
	}
}

static struct judged *judge_add(struct judgement *all, const json_t *entry,
				const json_t *names)
{
	struct judged *judged;
	const char *how = json_text(entry, "how");

	all->list = alloc_resize(all->list, all->count + 1, sizeof(*all->list));
	judged = &all->list[all->count++];
	*judged = (struct judged){ .outcome = OUTCOME_UNKNOWN };
	judged->uid = json_int(entry, "uid", -1);
	judge_copy(judged->id, sizeof(judged->id),
		   json_text(entry, "operation"));
	judge_copy(judged->till, sizeof(judged->till),
		   json_text(entry, "till"));
	judge_copy(judged->key, sizeof(judged->key), json_text(entry, "key"));
	judge_copy(judged->event, sizeof(judged->event),
		   json_text(entry, "event"));
	judge_copy(judged->authorization, sizeof(judged->authorization),
		   json_text(entry, "authorization"));
	judge_copy_login(judged->operator, sizeof(judged->operator), names,
			 json_text(entry, "operator"));
	judge_copy_login(judged->approver, sizeof(judged->approver), names,
			 json_text(entry, "approver"));
	judged->in_advance = how && !strcmp(how, "token");
	return judged;
}

static void judge_intent(struct judgement *all, const json_t *entry,
			 const json_t *names)
{
	struct judged *judged = judge_add(all, entry, names);

	judged->moves =
		op_from_json(json_object_get(entry, "parameters"), &judged->op);
	judge_copy(judged->action, sizeof(judged->action),
		   json_text(entry, "action"));
	judge_copy(judged->device, sizeof(judged->device),
		   json_text(entry, "device"));
	judge_copy(judged->payment, sizeof(judged->payment),
		   json_text(entry, "payment"));
}

/* Where not all of it is told, as none. */
static void judge_tax(struct judged *judged, const json_t *result)
{
	const json_t *rates = json_object_get(result, "rates"), *rate;
	size_t i;

	judged->taxed = json_array_size(rates) > 0;
	judged->tax = 0;
	json_array_foreach (rates, i, rate) {
		judged->taxed &= json_object_get(rate, "vat") != NULL;
		judged->tax += json_int(rate, "vat", 0);
	}
}

static void judge_end(struct judgement *all, const json_t *entry, size_t at)
{
	struct judged *judged = (struct judged *)(uintptr_t)judge_find(
		all, json_text(entry, "operation"));

	if (!judged ||
	    !outcome_from_name(json_text(entry, "outcome"), &judged->outcome))
		return;
	if (!strcmp(json_text(entry, "kind"), "settled"))
		judged->settled = true;
	if (judged->outcome == OUTCOME_UNKNOWN)
		judge_copy(judged->why, sizeof(judged->why),
			   json_text(entry, "reason"));
	judged->was_unknown |= judged->outcome == OUTCOME_UNKNOWN;
	judge_tax(judged, json_object_get(entry, "result"));
	if (judged->outcome == OUTCOME_OK && !judged->done_at)
		judged->done_at = at;
	judged->outcomes += !strcmp(json_text(entry, "kind"), "outcome");
	judged->ended = true;
}

/* Done by its record alone. */
static void judge_record(struct judgement *all, const json_t *entry, size_t at,
			 const json_t *names)
{
	struct judged *judged = judge_add(all, entry, names);

	judge_copy(judged->action, sizeof(judged->action),
		   json_text(entry, "kind"));
	judged->ended = true;
	judged->outcome = OUTCOME_OK;
	judged->done_at = at;
}

void judge_read(struct judgement *out, const struct world *world)
{
	const json_t *entry;
	size_t at;

	*out = (struct judgement){ 0 };
	json_array_foreach (world->journal, at, entry) {
		const char *kind = json_text(entry, "kind");

		if (!strcmp(kind, "intent"))
			judge_intent(out, entry, world->names);
		else if (!strcmp(kind, "outcome") || !strcmp(kind, "settled"))
			judge_end(out, entry, at + 1);
		else if (json_text(entry, "operation") &&
			 json_text(entry, "key"))
			judge_record(out, entry, at + 1, world->names);
	}
	for (size_t i = 0; i < out->count; i++)
		judge_time(world, &out->list[i]);
}

void judge_free(struct judgement *judgement)
{
	for (size_t i = 0; i < judgement->count; i++)
		if (judgement->list[i].moves)
			op_clear(&judgement->list[i].op);
	free(judgement->list);
}
