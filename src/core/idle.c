/* SPDX-License-Identifier: Apache-2.0 */
#include "core/idle.h"

#include "core/core_private.h"
#include "core/prompt.h"

void idle_set(struct core *core, struct caller *caller, const char *till,
	      const json_t *body)
{
	struct op idle = { .kind = OP_DISPLAY_SHOW };
	struct prompt *prompt;

	if (!core_is_open(core, caller, false))
		return;
	if (!core_viewed_till(core, caller, till)) {
		core_refuse_missing(caller, "till", till);
		return;
	}
	prompt = prompt_of(core, till);
	if (!prompt) {
		caller_refuse(caller, PROBLEM_NO_SUCH_DEVICE, NULL);
		return;
	}
	if (body)
		op_set_lines(&idle, json_object_get(body, "lines"));
	prompt_set_idle(prompt, body ? &idle : NULL);
	caller_answer(caller, 204, NULL);
}
