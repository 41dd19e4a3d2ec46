/* SPDX-License-Identifier: Apache-2.0 */
/* Operations without a device: begun, done and ended by one transaction. */
#include "core/operation_private.h"

#include "core/authorization.h"
#include "core/record.h"
#include "util/alloc.h"
#include "util/text.h"

#include <stdlib.h>

struct operation_recording {
	struct operation *operation;
	void (*done)(void *arg, int error);
	void *arg;
};

static void operation_recorded(void *arg, int error)
{
	struct operation_recording *recording = arg;
	struct operation *operation = recording->operation;
	struct core *core = operation->core;

	authorization_spent(core, operation->authorization, error);
	recording->done(recording->arg, error);
	free(recording);
	if (error) {
		operation_refuse_all(operation, error);
	} else {
		operation->row.open = false;
		operation->written = true;
		operation_answer_all(operation);
	}
	operation_free(operation);
	core_check_stopped(core);
}

void operation_record(struct core *core, struct caller *caller,
		      const struct operation_row *row,
		      const char *authorization, struct record *record,
		      void (*done)(void *arg, int error), void *arg)
{
	struct operation_recording *recording =
		ALLOC_NEW(struct operation_recording);
	struct operation *operation = operation_new(core, row);

	recording->operation = operation;
	recording->done = done;
	recording->arg = arg;
	operation->row.outcome = OUTCOME_OK;
	operation->row.result =
		row->result ? json_deep_copy(row->result) : NULL;
	operation->row.ended_ms = row->created_ms;
	if (authorization)
		text_copy(operation->authorization,
			  sizeof(operation->authorization), authorization);
	operation_join(operation, caller);
	record_commit(record, operation_recorded, recording);
}
