/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/way_out.h"

#include "cli/say.h"
#include "util/json.h"

#include <string.h>

static void way_out_of_open_outcome(const json_t *problem)
{
	const char *id = json_text(problem, "operation_id");

	if (!id)
		return;
	say_note(_("  It is operation %s. Look what became of it, then:"), id);
	say_note(_("  tillctl settle %s ok|failed --reason TEXT"), id);
}

/* Theirs at another till, which is told already. */
static void way_out_of_elsewhere(const json_t *problem)
{
	const char *till =
		json_text(json_object_get(problem, "session"), "till");

	if (till)
		say_note(_("  Signed on there: tillctl session end --till %s"),
			 till);
}

/* Somebody else's at this till; whose, where that is not told already. */
static void way_out_of_foreign(const json_t *problem)
{
	const json_t *session = json_object_get(problem, "session");
	const char *name = json_text(json_object_get(session, "owner"), "name");

	if (name && !json_text(problem, "detail"))
		say_note(_("  It is the session of %s."), name);
	say_note(_("  Whoever has it: tillctl session hand-over LOGIN"));
	say_note(_("  Whoever may close another's: tillctl session end --force "
		   "--reason TEXT"));
}

static void way_out_of_locked(const json_t *problem)
{
	(void)problem;
	say_note(_(
		"  Signed on as the one whose it is: tillctl session unlock"));
	say_note(_("  If that one has gone: tillctl session unlock --force "
		   "--reason TEXT"));
}

static const struct way_out {
	const char *code;
	const char *line; /* or what finds it out */
	void (*tell)(const json_t *problem);
} way_outs[] = {
	{ "not-set-up",
	  "Set it up with: tillctl setup --login L --name N (as root)", NULL },
	{ "sign-on-required", "Sign on with: tillctl sign-on --login LOGIN",
	  NULL },
	{ "outcome-open", NULL, way_out_of_open_outcome },
	{ "session-needed", "With 100.00 in it: tillctl session open 100.00",
	  NULL },
	{ "session-exists", "To close it: tillctl session end", NULL },
	{ "session-elsewhere", NULL, way_out_of_elsewhere },
	{ "session-foreign", NULL, way_out_of_foreign },
	{ "session-locked", NULL, way_out_of_locked },
	{ "session-closing", "To go on with that: tillctl session end", NULL },
	{ "session-closed", "Which one is open: tillctl session", NULL },
	{ "not-counted",
	  "With 100.00 in it: tillctl session count 100.00; or, step by step: "
	  "tillctl session end",
	  NULL },
	{ "count-limit",
	  "With 12.50 taken out of it: tillctl session close 12.50", NULL },
	{ "day-not-open", "With 100.00 in it: tillctl session open 100.00",
	  NULL },
};

static void way_out_find(const char *code, const json_t *problem)
{
	for (size_t i = 0; i < sizeof(way_outs) / sizeof(way_outs[0]); i++) {
		if (strcmp(way_outs[i].code, code) != 0)
			continue;
		if (way_outs[i].tell)
			way_outs[i].tell(problem);
		else
			say_note("  %s", way_outs[i].line);
	}
}

void way_out_tell(const json_t *problem)
{
	const char *code = json_text(problem, "code");

	if (code)
		way_out_find(code, problem);
}

void way_out_tell_code(const char *code)
{
	way_out_find(code, NULL);
}
