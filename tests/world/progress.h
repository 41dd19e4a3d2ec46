/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far each operation has come, seen from outside: the linker leads the
 * calls at core's border (txn_operation_begin, txn_commit, device_start...)
 * through here, where they are written down and passed on.
 */
#ifndef TILLD_WORLD_PROGRESS_H
#define TILLD_WORLD_PROGRESS_H

#include "device/device.h"

#include <stdbool.h>
#include <stddef.h>

/* The steps of the one path (docs/architecture.md), in its order. */
enum stage {
	STAGE_IDLE,	  /* nothing is under way */
	STAGE_ASKED,	  /* a request is there, nothing on disk of it */
	STAGE_RECORDING,  /* the intent is on its way to the disk */
	STAGE_BEGUN,	  /* it is there, the device has been told to begin */
	STAGE_COMMITTED,  /* past the point of no return */
	STAGE_OUTCOME,	  /* done; the outcome is on its way to the disk */
	STAGE_RECOVERING, /* a later daemon finds out what became of it */
	STAGES,
};

const char *stage_name(enum stage stage);

#define PROGRESS_MAX 64

struct progress_op {
	char id[OP_ID_SIZE];
	char device[DEVICE_NAME_MAX + 1];
	enum op_kind kind;
	enum stage stage;
};

struct progress {
	struct progress_op ops[PROGRESS_MAX];
	size_t count;
	/* Called when one comes to a stage; may be NULL. */
	void (*reached)(void *arg, const struct progress_op *op);
	void *arg;
};

/* The one that is written down from now on. */
extern struct progress *progress_now;

/* The process is gone: what was under way is nobody's. */
void progress_forget(struct progress *progress);

/* How far the device's operation is; STAGE_IDLE if it has none. */
const struct progress_op *progress_at(const struct progress *progress,
				      const char *device);
bool progress_is_at(const struct progress *progress, enum stage stage);

#endif
