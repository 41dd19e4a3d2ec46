/* SPDX-License-Identifier: Apache-2.0 */
#include "core/prompt.h"

#include "core/turns.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROMPT_WAIT_MS	 2000
#define PROMPT_REPEAT_MS 2000

struct prompt {
	struct core *core;
	struct fixture *fixture;
	struct turns *turns;
	struct op shown; /* the app's own, last */
	bool has_shown;
	struct op idle; /* while there is nothing else to show */
	bool has_idle;
	struct op meanwhile; /* what a terminal is at, in place of that */
	bool has_meanwhile;
	struct prompt_question *question; /* NULL: none */
	size_t page;	     /* of it, on the display or on its way there */
	struct timer *timer; /* for the next page, or the next try */
	bool failed;	     /* the last writing: the same again */
	bool writing;
	bool stale; /* what is being written is not what should be there */
	bool there; /* the display, when looked at last */
};

/* --- what is told --- */

static void prompt_tell(const struct prompt *prompt, const char *type)
{
	const struct prompt_question *question = prompt->question;
	json_t *event = json_make();

	json_put_text(event, "display", device_name(prompt->fixture->device));
	json_put_text(event, "authorization", question->authorization);
	events_publish(prompt->core, type, question->till, event);
}

static void prompt_set_read(struct prompt *prompt, bool is_read)
{
	struct prompt_question *question = prompt->question;

	if (!question || question->read == is_read)
		return;
	question->read = is_read;
	prompt_tell(prompt, is_read ? "prompt.shown" : "prompt.not-shown");
	question->changed(question);
}

/* --- writing --- */

static void prompt_fill(const struct prompt *prompt, struct op *out_op)
{
	const struct prompt_pages *pages =
		prompt->question ? prompt->question->pages : NULL;

	*out_op = (struct op){ .kind = OP_DISPLAY_CLEAR };
	if (!pages && prompt->has_meanwhile)
		*out_op = prompt->meanwhile;
	else if (!pages && prompt->has_shown)
		*out_op = prompt->shown;
	else if (!pages && prompt->has_idle)
		*out_op = prompt->idle;
	text_copy(out_op->id, sizeof(out_op->id), "prompt");
	if (!pages)
		return;
	out_op->kind = OP_DISPLAY_SHOW;
	for (size_t i = 0; i < PROMPT_ROWS; i++)
		text_copy(out_op->display.lines[i], OP_DISPLAY_TEXT_SIZE,
			  pages->lines[prompt->page][i]);
}

static void prompt_done(void *arg, enum outcome outcome, enum reason reason,
			const json_t *result);

/*
 * Text on a display moves nothing, so it needs no intent: see action.h. One
 * writing at a time, so that what was written is what its end speaks of.
 */
static void prompt_write(struct prompt *prompt)
{
	const struct device_user user = { .done = prompt_done, .arg = prompt };
	struct op op;

	timer_stop(prompt->timer);
	prompt->stale = prompt->writing;
	if (prompt->writing || !prompt_is_there(prompt))
		return; /* for its end, or for when the display is back */
	prompt->writing = true;
	prompt_fill(prompt, &op);
	device_start(prompt->fixture->device, &op, PROMPT_WAIT_MS, &user);
}

static void prompt_wrote(struct prompt *prompt)
{
	const struct prompt_pages *pages =
		prompt->question ? prompt->question->pages : NULL;

	if (!pages)
		return;
	if (prompt->page + 1 == pages->count)
		prompt_set_read(prompt, true);
	/* A display that had no power for a moment says nothing of it: what is
	 * asked is written again and again, while it is. */
	timer_set(prompt->timer,
		  pages->count > 1 ? PROMPT_PAGE_MS : PROMPT_REPEAT_MS);
}

static void prompt_done(void *arg, enum outcome outcome, enum reason reason,
			const json_t *result)
{
	struct prompt *prompt = arg;

	(void)reason;
	(void)result;
	prompt->writing = false;
	prompt->failed = outcome != OUTCOME_SENT && outcome != OUTCOME_OK;
	if (prompt->stale)
		prompt_write(prompt);
	else if (!prompt->failed)
		prompt_wrote(prompt);
	else if (!prompt->core->stopping)
		timer_set(prompt->timer, PROMPT_AGAIN_MS);
	core_check_stopped(prompt->core);
}

static void prompt_due(void *arg)
{
	struct prompt *prompt = arg;

	if (prompt->question && !prompt->failed)
		prompt->page =
			(prompt->page + 1) % prompt->question->pages->count;
	prompt_write(prompt);
}

/* --- making and finding --- */

struct prompt *prompt_new(struct core *core, struct fixture *fixture)
{
	struct prompt *prompt = ALLOC_NEW(struct prompt);

	prompt->core = core;
	prompt->fixture = fixture;
	prompt->turns = turns_new(fixture->tills_count);
	prompt->timer = timer_new(core->env.timers, prompt_due, prompt);
	return prompt;
}

struct prompt *prompt_free(struct prompt *prompt)
{
	struct prompt_question *question = prompt ? prompt->question : NULL;

	if (!prompt)
		return NULL;
	if (question) {
		prompt->question = NULL;
		question->prompt = NULL;
		question->gone(question);
	}
	timer_free(prompt->timer);
	turns_free(prompt->turns);
	free(prompt);
	return NULL;
}

struct prompt *prompt_of(struct core *core, const char *till)
{
	struct fixture *fixture = core_fixture(core, till, DEVICE_DISPLAY);

	return fixture ? fixture->prompt : NULL;
}

bool prompt_is_there(const struct prompt *prompt)
{
	enum device_state state = device_state(prompt->fixture->device);

	return state == DEVICE_READY || state == DEVICE_BUSY;
}

bool prompt_is_asking(const struct prompt *prompt)
{
	return prompt->question;
}

const char *prompt_name(struct core *core, const char *till)
{
	const struct prompt *prompt = prompt_of(core, till);

	if (!prompt)
		return "none";
	return prompt_is_there(prompt) ? "display" : "not-ready";
}

const struct fixture *prompt_fixture(const struct prompt *prompt)
{
	return prompt->fixture;
}

struct turns *prompt_turns(struct prompt *prompt)
{
	return prompt->turns;
}

/* --- the question --- */

void prompt_show(struct prompt *prompt, struct prompt_question *question)
{
	question->prompt = prompt;
	question->read = false;
	prompt->question = question;
	prompt->page = 0;
	prompt->there = prompt_is_there(prompt);
	if (!prompt->there)
		prompt_tell(prompt, "prompt.not-shown");
	prompt_write(prompt);
}

void prompt_hide(struct prompt_question *question)
{
	struct prompt *prompt = question->prompt;

	if (!prompt)
		return;
	question->prompt = NULL;
	question->read = false;
	prompt->question = NULL;
	prompt_write(prompt);
}

void prompt_device_changed(struct prompt *prompt)
{
	bool there = prompt_is_there(prompt);

	if (there == prompt->there)
		return;
	prompt->there = there;
	prompt->page = 0;
	if (there)
		prompt_write(prompt);
	else if (prompt->question && !prompt->question->read)
		prompt_tell(prompt, "prompt.not-shown");
	else
		prompt_set_read(prompt, false);
}

bool prompt_defers(struct core *core, const char *till, struct op *op)
{
	struct prompt *prompt = prompt_of(core, till);

	if (!prompt)
		return false;
	prompt->shown = *op;
	prompt->has_shown = op->kind == OP_DISPLAY_SHOW;
	if (!prompt->has_shown && prompt->has_idle)
		*op = prompt->idle;
	return prompt->question || prompt->has_meanwhile;
}

void prompt_set_idle(struct prompt *prompt, const struct op *idle)
{
	prompt->has_idle = idle;
	if (idle)
		prompt->idle = *idle;
	if (!prompt->question && !prompt->has_meanwhile && !prompt->has_shown)
		prompt_write(prompt);
}

void prompt_tell_meanwhile(struct core *core, const char *till,
			   const char *text)
{
	char lines[OP_DISPLAY_LINES][PROMPT_LINE_SIZE] = { "", "" };
	struct prompt *prompt = prompt_of(core, till);

	if (!prompt || (!text && !prompt->has_meanwhile))
		return;
	prompt->has_meanwhile = text;
	prompt->meanwhile = (struct op){ .kind = OP_DISPLAY_SHOW };
	if (text)
		prompt_wrap(text, lines, OP_DISPLAY_LINES);
	for (size_t i = 0; i < OP_DISPLAY_LINES; i++)
		text_copy(prompt->meanwhile.display.lines[i],
			  OP_DISPLAY_TEXT_SIZE, lines[i]);
	if (!prompt->question)
		prompt_write(prompt);
}

bool prompts_writing(const struct core *core)
{
	const struct fixture *fixture;

	LIST_FOREACH(fixture, &core->fixtures, entry)
	if (fixture->prompt && fixture->prompt->writing)
		return true;
	return false;
}
