/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A display that core itself may write on: while the reader is armed it says
 * what is being asked, since the app could show something else; afterwards the
 * app's own text comes back.
 */
#ifndef TILLD_CORE_PROMPT_H
#define TILLD_CORE_PROMPT_H

#include "core/core_private.h"

struct prompt;

struct prompt *prompt_new(struct core *core, struct fixture *fixture);
struct prompt *prompt_free(struct prompt *prompt);

/* True if the till has a display that is there. */
bool prompt_can(struct core *core, const char *till);

/* Shows two lines until prompt_hide; nothing happens without a display. */
void prompt_show(struct core *core, const char *till, const char *first,
		 const char *second);
void prompt_hide(struct core *core, const char *till);

/* The display came back: what should be on it is written again. */
void prompt_redraw(struct prompt *prompt);

/* An app wants to show something: true if it has to wait until the prompt is
 * gone (remembered, and shown then). */
bool prompt_defers(struct core *core, const char *till, const struct op *op);

#endif
