/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the drawer did, whoever made it: a drawer that opens without having
 * been told to was opened by its key, and that is put on record at once; so is
 * one that is left open longer than its option "open-alarm" says, again and
 * again. And what a fiscal printer did: a daily report that nobody here asked
 * for was made at its own keypad, or by itself at midnight.
 */
#ifndef TILLD_CORE_WITNESS_H
#define TILLD_CORE_WITNESS_H

#include "core/core_private.h"

struct witness;

struct witness *witness_new(struct core *core, struct fixture *fixture);
/* Whether a class of devices has something to be seen. */
bool witness_sees(enum device_class class);

struct witness *witness_free(struct witness *witness);

/* An opening was commanded now: what opens within a while is that. */
void witness_expect(struct witness *witness);

/* The drawer's or printer's status changed (device listener). */
void witness_status(struct core *core, struct fixture *fixture,
		    const json_t *before, const json_t *now);

#endif
