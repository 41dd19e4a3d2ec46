/* SPDX-License-Identifier: Apache-2.0 */
#include "core/prompt.h"

#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROMPT_WAIT_MS 2000

struct prompt {
	struct core *core;
	struct fixture *fixture;
	struct op shown; /* the app's own, last */
	bool has_shown;
	struct op asked;
	char till[POLICY_ID_MAX + 1]; /* whose question it shows; "": none */
	bool there;		      /* the display, when looked at last */
};

struct prompt *prompt_new(struct core *core, struct fixture *fixture)
{
	struct prompt *prompt = ALLOC_NEW(struct prompt);

	prompt->core = core;
	prompt->fixture = fixture;
	return prompt;
}

struct prompt *prompt_free(struct prompt *prompt)
{
	free(prompt);
	return NULL;
}

static struct prompt *prompt_of(struct core *core, const char *till)
{
	struct fixture *fixture = core_fixture(core, till, DEVICE_DISPLAY);

	return fixture ? fixture->prompt : NULL;
}

bool prompt_can(struct core *core, const char *till)
{
	struct prompt *prompt = prompt_of(core, till);
	enum device_state state;

	if (!prompt)
		return false;
	state = device_state(prompt->fixture->device);
	return state == DEVICE_READY || state == DEVICE_BUSY;
}

static void prompt_done(void *arg, enum outcome outcome, enum reason reason,
			const json_t *result)
{
	(void)arg;
	(void)outcome;
	(void)reason;
	(void)result;
}

/* Text on a display moves nothing, so it needs no intent: see action.h. */
static void prompt_write(struct prompt *prompt, const struct op *op)
{
	static const struct device_user nobody = { .done = prompt_done };

	device_start(prompt->fixture->device, op, PROMPT_WAIT_MS, &nobody);
}

void prompt_show(struct core *core, const char *till, const char *first,
		 const char *second)
{
	struct prompt *prompt = prompt_of(core, till);
	struct op op = { .kind = OP_DISPLAY_SHOW, .id = "prompt" };

	if (!prompt)
		return;
	text_copy(op.display.lines[0], OP_DISPLAY_TEXT_SIZE, first);
	text_copy(op.display.lines[1], OP_DISPLAY_TEXT_SIZE, second);
	prompt->asked = op;
	text_copy(prompt->till, sizeof(prompt->till), till);
	prompt_write(prompt, &op);
}

static void prompt_restore(struct prompt *prompt)
{
	struct op clear = { .kind = OP_DISPLAY_CLEAR, .id = "prompt" };

	prompt_write(prompt, *prompt->till	 ? &prompt->asked
			     : prompt->has_shown ? &prompt->shown
						 : &clear);
}

/* A display may be shared: only the till that asks takes its question off. */
void prompt_hide(struct core *core, const char *till)
{
	struct prompt *prompt = prompt_of(core, till);

	if (!prompt || strcmp(prompt->till, till) != 0)
		return;
	*prompt->till = 0;
	prompt_restore(prompt);
}

void prompt_redraw(struct prompt *prompt)
{
	enum device_state state = device_state(prompt->fixture->device);
	bool there = state == DEVICE_READY || state == DEVICE_BUSY;

	if (there && !prompt->there)
		prompt_restore(prompt);
	prompt->there = there;
}

bool prompt_defers(struct core *core, const char *till, const struct op *op)
{
	struct prompt *prompt = prompt_of(core, till);

	if (!prompt)
		return false;
	prompt->shown = *op;
	prompt->has_shown = op->kind == OP_DISPLAY_SHOW;
	return *prompt->till;
}
