/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the drawers that are no ESC/POS printer's have in common: the thing of
 * steel (sim/drawer.h), what people do to it, and bytes that are gathered until
 * they make a command. model_box.c has Posiflex, APG and triggers, model_star.c
 * the printer.
 */
#ifndef TILLD_SIM_MODEL_BOX_H
#define TILLD_SIM_MODEL_BOX_H

#include "sim/command.h"
#include "sim/drawer.h"
#include "sim/model.h"
#include "sim/setting.h"

#define MODEL_BOX_BUFFER 128

struct model_box {
	struct model model;
	struct drawer drawer;
	/* the switch has moved: tell whom it concerns; NULL: nobody */
	void (*moved)(struct model_box *box);
	uint8_t in[MODEL_BOX_BUFFER];
	size_t in_len;
	int number; /* Posiflex: of the drawer, by its switches */
	int mute;   /* APG: answers no question */
	bool told_open;
	unsigned int unknown;
};

void model_box_init(struct model_box *box, const struct model_class *class,
		    const struct model_host *host);
int64_t model_box_now(const struct model_box *box);
void model_box_show(const struct model_box *box, const char *line);
void model_box_send(const struct model_box *box, const void *data, size_t len);
void model_box_pulse(struct model_box *box, int pin, int on, int off);
void model_box_timeout(struct model *model);
void model_box_line(struct model *model, bool up);

char *model_box_do_close(void *owner, const char *arguments);
char *model_box_do_key(void *owner, const char *arguments);
char *model_box_do_lock(void *owner, const char *arguments);
char *model_box_do_unlock(void *owner, const char *arguments);
char *model_box_do_jam(void *owner, const char *arguments);
char *model_box_do_unjam(void *owner, const char *arguments);

extern const char *const model_box_kinds[];

/* clang-format off: rows for the macros that make tables and help of them */
#define MODEL_BOX_OPTIONS(X)                                                  \
	X("drawer", "fitted|no-switch|none", "what is plugged in",            \
	  model_box_kinds, 0, 0, offsetof(struct model_box, drawer.fit.kind)) \
	X("opening", "MS", "from the latch to the open drawer (80)", NULL, 0, \
	  1000, offsetof(struct model_box, drawer.fit.opening))

#define MODEL_BOX_COMMANDS(X)                                           \
	X("close", "", "push the drawer shut", model_box_do_close)      \
	X("key", "", "open the drawer with its key", model_box_do_key)  \
	X("lock", "", "turn the key: pulses no longer open the drawer", \
	  model_box_do_lock)                                            \
	X("unlock", "", "turn it back", model_box_do_unlock)            \
	X("jam", "", "the drawer sticks where it is", model_box_do_jam) \
	X("unjam", "", "it moves again", model_box_do_unjam)
/* clang-format on */

#endif
