/* SPDX-License-Identifier: Apache-2.0 */
/* A stage for one of tillsim's models: takes what it does, in virtual time. */
#ifndef TILLD_TESTS_FUZZ_STAGE_H
#define TILLD_TESTS_FUZZ_STAGE_H

#include "sim/model.h"
#include "util/buf.h"

struct stage {
	int64_t now, due; /* of the model's timer; -1: none */
	int timers;	  /* that have fired; a few hundred at most do */
	struct buf sent;  /* the last of what it sent; for who wants it */
};

void stage_init(struct stage *stage);

/* NULL for options that will not do, with a sentence, which is dropped. */
struct model *stage_make(struct stage *stage, const struct model_class *class,
			 const struct model_option *options, size_t count,
			 bool serial);

/* Until its timer is due; false if none is set. */
bool stage_wait(struct stage *stage, struct model *model);

#endif
