/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A display that core itself may write on: while the reader is armed it says
 * what is being asked, since the app could show something else; afterwards the
 * app's own text comes back. A question counts as read once each of its pages
 * was written while the display was there; a display that goes makes it unread
 * again, and one that comes back is written anew. Pages go on alternating.
 *
 * Nothing here waits for an app: what apps write meanwhile is kept and shown
 * afterwards (prompt_defers).
 */
#ifndef TILLD_CORE_PROMPT_H
#define TILLD_CORE_PROMPT_H

#include "core/core_private.h"
#include "core/prompt_pages.h"

#define PROMPT_PAGE_MS	2000 /* a page stays so long */
#define PROMPT_AGAIN_MS 500  /* until what was not written is tried again */

struct prompt;
struct turns;

/* Embedded by whoever asks. */
struct prompt_question {
	const char *till;	   /* these three live as long as it does */
	const char *authorization; /* its id; NULL for a sign-on */
	const struct prompt_pages *pages;
	/* It was read, or no longer is. */
	void (*changed)(struct prompt_question *question);
	/* Its display was taken away for good; hidden already. */
	void (*gone)(struct prompt_question *question);
	struct prompt *prompt; /* NULL while it is on no display */
	bool read;
};

struct prompt *prompt_new(struct core *core, struct fixture *fixture);
struct prompt *prompt_free(struct prompt *prompt);

/* The till's display, there or not; NULL if it has none. */
struct prompt *prompt_of(struct core *core, const char *till);

/* "display", "not-ready" (there is one, but it can't show anything now) or
 * "none": as the API says it. */
const char *prompt_name(struct core *core, const char *till);

bool prompt_is_there(const struct prompt *prompt);
const struct fixture *prompt_fixture(const struct prompt *prompt);

/* Whose question is on it: one at a time. The reader keeps these (reader.c). */
struct turns *prompt_turns(struct prompt *prompt);

/* Puts a question on a display that has none; prompt_hide takes it off, and is
 * fine if it is not on one. */
void prompt_show(struct prompt *prompt, struct prompt_question *question);
void prompt_hide(struct prompt_question *question);

/* The display's device went away or came back. */
void prompt_device_changed(struct prompt *prompt);

/* An app wants to show something: true if it has to wait until the question is
 * gone (remembered, and shown then). Where it shows nothing any more, the idle
 * text takes the place of that. */
bool prompt_defers(struct core *core, const char *till, struct op *op);

/* What is shown while there is nothing else; NULL: nothing. */
void prompt_set_idle(struct prompt *prompt, const struct op *idle);

/* What a terminal is at, in place of what the app shows; NULL: no more. A
 * question goes before it. */
void prompt_tell_meanwhile(struct core *core, const char *till,
			   const char *text);

/* Whether somebody is being asked on it. */
bool prompt_is_asking(const struct prompt *prompt);

/* Something is on its way to a display: the daemon's end waits for that. */
bool prompts_writing(const struct core *core);

#endif
