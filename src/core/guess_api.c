/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was guessed at, for managers, and that it is forgotten. Of a login that
 * nobody has nothing is told but that it was tried: people type passwords
 * there.
 */
#include "core/core_private.h"
#include "core/guess.h"

#include "core/record.h"
#include "core/signon.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define GUESS_LIST_MAX 200 /* of the latest */

/* What a subject begins with, and what the API calls it. */
static const struct {
	const char *prefix;
	const char *kind;
	bool person;
} guess_kinds[] = {
	{ "operator:", "password", true },
	{ "badge-pin:", "badge-pin", true },
	{ "token:", "token", true },
	{ "uid:", "client", false },
	{ "login:", "unknown-login", false },
};

#define GUESS_KINDS (sizeof(guess_kinds) / sizeof(guess_kinds[0]))

/* A subject, taken apart. */
struct guess_parts {
	size_t kind;
	char what[GUESS_SUBJECT_SIZE]; /* operator, uid or keyed hash */
	const char *till;
};

static bool guess_take_apart(const char *subject, struct guess_parts *out)
{
	size_t kind = 0;
	char *at;

	while (kind < GUESS_KINDS &&
	       strncmp(subject, guess_kinds[kind].prefix,
		       strlen(guess_kinds[kind].prefix)) != 0)
		kind++;
	if (kind == GUESS_KINDS)
		return false;
	out->kind = kind;
	text_copy(out->what, sizeof(out->what),
		  subject + strlen(guess_kinds[kind].prefix));
	at = strrchr(out->what, '@');
	if (!at)
		return false;
	*at = 0;
	out->till = at + 1;
	return true;
}

/* kind, till and, where that is somebody, who. */
static void guess_put_parts(struct core *core, json_t *body,
			    const struct guess_parts *parts)
{
	const struct policy_operator *who =
		policy_operator(core->policy, parts->what);
	json_t *person;

	json_put_text(body, "kind", guess_kinds[parts->kind].kind);
	json_put_text(body, "till", parts->till);
	if (!strcmp(guess_kinds[parts->kind].kind, "client"))
		json_put_int(body, "uid", atoll(parts->what));
	if (!guess_kinds[parts->kind].person || !who)
		return;
	person = json_put_text(json_make(), "id", who->id);
	json_put(body, "operator", json_put_text(person, "name", who->name));
}

static json_t *guess_describe(struct core *core, const struct guess_row *row)
{
	json_t *body = json_put_text(json_make(), "subject", row->subject);
	struct guess_parts parts;
	char last[CLOCK_TEXT_SIZE];

	if (guess_take_apart(row->subject, &parts))
		guess_put_parts(core, body, &parts);
	clock_format(row->last_ms, last);
	json_put_int(body, "tries", row->tries);
	json_put_text(body, "last_at", last);
	return json_put_int(body, "wait",
			    (guess_wait(core, row->subject) + 999) / 1000);
}

/* Answers, and returns false, unless a manager asks; out_by: who, NULL for the
 * owner who is not signed on. */
static bool guess_is_for(struct core *core, struct caller *caller,
			 const struct policy_operator **out_by)
{
	const struct signon *signon;
	const struct policy_operator *who;

	if (!core_is_open(core, caller, false))
		return false;
	who = signon_operator(core, caller, NULL, &signon);
	*out_by = who;
	if (core_is_owner(core, &caller->peer) ||
	    (who && who->role == ROLE_MANAGER))
		return true;
	if (who)
		caller_refuse(caller, PROBLEM_MANAGERS_ONLY, NULL);
	else
		signon_refuse(core, caller);
	return false;
}

struct guess_listing {
	struct core *core;
	json_t *list;
	size_t total;
};

static void guess_list_one(void *arg, const struct guess_row *row)
{
	struct guess_listing *listing = arg;

	if (listing->total++ < GUESS_LIST_MAX)
		json_array_append_new(listing->list,
				      guess_describe(listing->core, row));
}

void guess_list(struct core *core, struct caller *caller)
{
	struct guess_listing listing = { .core = core };
	const struct policy_operator *by;
	json_t *body;

	if (!guess_is_for(core, caller, &by))
		return;
	listing.list = json_array();
	guesses_each(core, guess_list_one, &listing);
	body = json_put(json_make(), "guesses", listing.list);
	json_put_int(body, "total", (int64_t)listing.total);
	caller_answer(caller, 200, body);
}

/* --- clearing --- */

struct guess_clearing {
	struct core *core;
	struct caller *caller;
	char subject[GUESS_SUBJECT_SIZE];
	int64_t tries;
};

static void guess_cleared(void *arg, int error)
{
	struct guess_clearing *clearing = arg;

	if (error) {
		core_refuse_disk(clearing->caller, error);
	} else {
		guess_forget(clearing->core, clearing->subject,
			     clearing->tries);
		caller_answer(clearing->caller, 204, NULL);
	}
	free(clearing);
}

static void guess_begin_clearing(struct core *core, struct caller *caller,
				 const struct policy_operator *by,
				 const struct guess_parts *parts,
				 const char *subject)
{
	struct guess_clearing *clearing = ALLOC_NEW(struct guess_clearing);
	struct record *record;
	json_t *entry =
		record_note(core, &record, "guesses.cleared", parts->till);

	clearing->core = core;
	clearing->caller = caller;
	text_copy(clearing->subject, sizeof(clearing->subject), subject);
	clearing->tries = guess_right(core, record->txn, subject);
	json_put_text(entry, "of", guess_kinds[parts->kind].kind);
	if (guess_kinds[parts->kind].person)
		json_put_text(entry, "operator", parts->what);
	if (!strcmp(guess_kinds[parts->kind].kind, "client"))
		json_put_int(entry, "client", atoll(parts->what));
	json_put_int(entry, "tries", clearing->tries);
	json_put_text(entry, "by", by ? by->id : NULL);
	json_put_int(entry, "uid", caller->peer.uid);
	record_commit(record, guess_cleared, clearing);
}

void guess_clear(struct core *core, struct caller *caller, const char *subject)
{
	const struct policy_operator *by;
	struct guess_parts parts;

	if (!guess_is_for(core, caller, &by))
		return;
	if (guess_is_known(core, subject) && guess_take_apart(subject, &parts))
		guess_begin_clearing(core, caller, by, &parts, subject);
	else
		core_refuse_missing(caller, "record of wrong tries", subject);
}
