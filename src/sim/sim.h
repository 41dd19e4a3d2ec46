/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host of the models: real wires, real time, and what can go wrong on the
 * way. Everything is printed to one stream, a line at a time, flushed:
 *
 *	ready NAME MODEL PLACE	a device can be opened at PLACE
 *	NAME: TEXT		what a person in the shop sees or hears
 *	account NAME {...}	the model's account
 *
 * A model's line, input, timeout and command are called from the loop only,
 * one at a time, never from within a call that it makes to its host. When it
 * hangs up, nobody can connect until it comes back; somebody may also pull
 * the plug, and then both have to end.
 */
#ifndef TILLD_SIM_SIM_H
#define TILLD_SIM_SIM_H

#include "sim/script.h"

#include <event2/event.h>
#include <stdio.h>

struct sim;

/* Quiet leaves out what a person sees. out stays the caller's. */
struct sim *sim_new(struct event_base *base, FILE *out, bool quiet);
struct sim *sim_free(struct sim *sim);

/* Makes a device and plugs it in. NULL, or a sentence (to be freed). */
char *sim_add_device(struct sim *sim, const struct script_device *device);

/* Runs its command when its time has come; a failure goes to the log. */
void sim_add_event(struct sim *sim, const struct script_event *event);

/* "NAME COMMAND...". NULL if done, or a sentence (to be freed). */
char *sim_run_command(struct sim *sim, const char *line);

/* Prints its account. NULL if done, or a sentence (to be freed). */
char *sim_print_account(struct sim *sim, const char *name);

/* The commands that every device has, and those of the devices there are. */
void sim_print_help(struct sim *sim);

#endif
