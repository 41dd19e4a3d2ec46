/* SPDX-License-Identifier: Apache-2.0 */
/* What happens while an action waits, in words, if it is about that action. */
#include "cli/act_private.h"

#include "cli/consent.h"
#include "cli/say.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/json.h"

#include <stdio.h>
#include <string.h>

#define ACT_BAR_MS 2000

static bool act_is(const json_t *event, const char *field, const char *id)
{
	const char *text = json_text(event, field);

	return *id && text && !strcmp(text, id);
}

/* Its intent is on record: from now on it may have happened. */
static void act_on_intent(struct act *act, const json_t *event)
{
	const char *id = json_text(event, "operation");

	if (id && act_is(event, "key", act->key))
		snprintf(act->operation, sizeof(act->operation), "%s", id);
}

static void act_on_progress(struct act *act, const json_t *event)
{
	const char *text = json_text(event, "text");
	const char *device = json_text(event, "device");

	if (!text || !act_is(event, "operation", act->operation))
		return;
	snprintf(act->at, sizeof(act->at), "%s: %s", device ? device : "device",
		 text);
	act->at_since = clock_monotonic_ms(clock_system());
	say_note("  %s", act->at);
}

/* The first seconds are nobody's worry. */
void act_on_tick(void *arg)
{
	const struct act *act = arg;
	int64_t ms = clock_monotonic_ms(clock_system()) - act->at_since;

	if (*act->at && ms >= ACT_BAR_MS)
		say_bar(act->at, ms);
}

static void act_on_doubt(struct act *act, const json_t *event)
{
	const char *sentence = json_text(event, "sentence");

	if (sentence && act_is(event, "operation", act->operation))
		say_note(_("  %s It is being found out what became of it."),
			 sentence);
}

static void act_on_approved(struct act *act, const json_t *event)
{
	const char *name = json_text(event, "approver_name");

	if (act_is(event, "authorization", act->authorization))
		say_note(_("  Authorized by %s."),
			 name ? name : "a supervisor");
}

static void act_on_not_taken(struct act *act, const json_t *event)
{
	const char *name = json_text(event, "approver_name");

	if (act_is(event, "authorization", act->authorization))
		say_note(_("  %s may not authorize this."),
			 name ? name : "That person");
}

/* What is no badge's fault. "": was said when the reader was asked. */
static const char *act_reader_words(const char *why)
{
	static const struct {
		const char *why;
		const char *words;
	} rows[] = {
		{ "reader-busy", "" },
		{ "no-reader", "No badge reader is ready at this till; it is "
			       "asked once it is. A password does now." },
		{ "too-many-requests", "The reader was asked for too often; "
				       "a password does now." },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].why, why))
			return rows[i].words;
	return NULL;
}

static void act_on_remark(struct act *act, const json_t *event)
{
	const char *why = json_text(event, "why"), *words;

	if (!why || !act_is(event, "authorization", act->authorization))
		return;
	words = act_reader_words(why);
	if (words && *words)
		say_note("  %s", words);
	if (words)
		return;
	if (!strcmp(why, "wrong-credentials"))
		say_note(_("  The PIN is wrong."));
	else
		say_note(_("  The badge was not taken: %s."), why);
	if (consent_has_person())
		consent_give_pin(act->cli, act->authorization);
}

static void act_on_ignored(struct act *act, const json_t *event)
{
	const char *why = json_text(event, "why");

	if (*act->authorization && !*act->operation)
		say_note(_("  A badge did not count: %s."), why ? why : "?");
}

/* After another had it, or it was gone: before that it was said already. */
static void act_on_armed(struct act *act, const json_t *event)
{
	const char *prompt = json_text(event, "prompt");

	if (act_is(event, "authorization", act->authorization) &&
	    (!prompt || strcmp(prompt, "not-ready") != 0))
		say_note(_("  The reader waits for the badge."));
}

static void act_on_disarmed(struct act *act, const json_t *event)
{
	const char *why = json_text(event, "why");

	if (!why || !act_is(event, "authorization", act->authorization))
		return;
	if (!strcmp(why, "device-gone"))
		say_note(_(
			"  The reader is gone, so no badge counts until it is "
			"back; a password does."));
	else if (!strcmp(why, "turn"))
		say_note(_(
			"  Another till has the reader for now; then it waits "
			"for the badge again."));
}

static void act_on_shown(struct act *act, const json_t *event)
{
	if (!act->hidden || !act_is(event, "authorization", act->authorization))
		return;
	act->hidden = false;
	say_note(_("  The display shows what is asked; a badge counts now."));
}

static void act_on_not_shown(struct act *act, const json_t *event)
{
	if (!act_is(event, "authorization", act->authorization))
		return;
	act->hidden = true;
	say_note(_("  The till's display can't show what is asked, so no "
		   "badge counts; a password does."));
}

static void act_on_unknown_badge(struct act *act, const json_t *event)
{
	(void)event;
	if (*act->authorization && !*act->operation)
		say_note(_("  That badge is not known here."));
}

void act_on_event(void *arg, const char *type, const char *data)
{
	static const struct {
		const char *type;
		void (*tell)(struct act *act, const json_t *event);
	} rows[] = {
		{ "intent", act_on_intent },
		{ "operation.progress", act_on_progress },
		{ "operation.doubtful", act_on_doubt },
		{ "authorization.approved", act_on_approved },
		{ "authorization.not-taken", act_on_not_taken },
		{ "authorization.remark", act_on_remark },
		{ "prompt.shown", act_on_shown },
		{ "prompt.not-shown", act_on_not_shown },
		{ "reader.armed", act_on_armed },
		{ "reader.disarmed", act_on_disarmed },
		{ "reader.ignored", act_on_ignored },
		{ "reader.unknown-badge", act_on_unknown_badge },
	};
	CLEANUP_JSON json_t *event = json_parse(data, strlen(data));

	for (size_t i = 0; event && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].type, type))
			rows[i].tell(arg, event);
}
