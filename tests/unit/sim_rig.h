/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host for one model, in virtual time: what the model sends and shows is
 * kept until a test asks for it. Every function fails the running test where
 * something is not as it says.
 */
#ifndef TILLD_TESTS_SIM_RIG_H
#define TILLD_TESTS_SIM_RIG_H

#include "sim/model.h"
#include "util/buf.h"

struct sim_rig {
	struct model *model;
	int64_t now;
	int64_t due; /* of the model's timer, -1 if it is stopped */
	struct buf sent;
	struct buf shown; /* lines, each with its \n */
	int hung_up, came_back;
	bool away; /* hung up; what is sent then is lost */
};

/* options: "polarity=low-is-open pin=5", or NULL; a word without = goes on
 * with the value before it */
void sim_rig_start(struct sim_rig *rig, const struct model_class *class,
		   bool serial, const char *options);
void sim_rig_stop(struct sim_rig *rig);

/* The sentence that creating the model ends with; free it. */
char *sim_rig_refusal(const struct model_class *class, const char *options);

void sim_rig_input(struct sim_rig *rig, const void *data, size_t len);
#define SIM_RIG_INPUT(rig, text) sim_rig_input((rig), (text), sizeof(text) - 1)

/* The other end hangs up, or is there again. */
void sim_rig_line(struct sim_rig *rig, bool up);

/* Time passes, timers fire when they are due. */
void sim_rig_wait(struct sim_rig *rig, int64_t ms);

/* Exactly that was sent since the last time this was asked. */
void sim_rig_expect(struct sim_rig *rig, const void *data, size_t len);
#define SIM_RIG_EXPECT(rig, text) \
	sim_rig_expect((rig), (text), sizeof(text) - 1)

/* Forgets what was sent and shown. */
void sim_rig_clear(struct sim_rig *rig);

/* Was that in what was shown since the last time? Forgets all of it; or none. */
bool sim_rig_saw(struct sim_rig *rig, const char *part);
bool sim_rig_showed(const struct sim_rig *rig, const char *part);

/* A command that is done; one that is not, with part in its sentence. */
void sim_rig_do(struct sim_rig *rig, const char *command);
void sim_rig_cannot(struct sim_rig *rig, const char *command, const char *part);

/* A number, or a flag as 0 or 1, or a text, of the account. */
int64_t sim_rig_number(const struct sim_rig *rig, const char *key);
void sim_rig_text(const struct sim_rig *rig, const char *key,
		  const char *expected);
/* A text in a list of the account. */
void sim_rig_item(const struct sim_rig *rig, const char *key, size_t index,
		  const char *expected);

/* Every command and every option that the help names is known. */
void sim_rig_check_help(const struct model_class *class);

#endif
