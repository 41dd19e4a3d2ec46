/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bench for one model: plays the host's side of sim/model.h in virtual
 * time, and keeps what the model sent and showed.
 */
#ifndef TILLD_TESTS_MODEL_RIG_H
#define TILLD_TESTS_MODEL_RIG_H

#include "sim/model.h"
#include "util/buf.h"

struct model_rig {
	struct model *model;
	int64_t now;
	int64_t deadline;  /* -1: none */
	struct buf output; /* sent since the last model_rig_clear() */
	struct buf shown;  /* lines, each ended by a newline */
	int hang_ups;
	int come_backs;
	bool away; /* hung up; what is sent then is lost */
};

/* options: name, value, ..., NULL; fails the test if they are refused */
void model_rig_start(struct model_rig *rig, const struct model_class *class,
		     bool serial, const char *const *options);
void model_rig_stop(struct model_rig *rig);

/* Lets time pass, timers ringing on the way. */
void model_rig_pass(struct model_rig *rig, int64_t ms);

/* Fails the test if the model refuses. */
void model_rig_do(struct model_rig *rig, const char *command);

/* Fails the test if the model does not refuse. */
void model_rig_refused(struct model_rig *rig, const char *command);

/* Whatever the help names as a command or an option, the model knows. */
void model_rig_check_help(struct model_rig *rig);

void model_rig_feed(struct model_rig *rig, const void *data, size_t len);
void model_rig_line(struct model_rig *rig, bool up);
void model_rig_clear(struct model_rig *rig);
bool model_rig_showed(const struct model_rig *rig, const char *text);

#endif
