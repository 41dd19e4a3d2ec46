/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tillsim's models: what a client on their line may send. The first byte says
 * which model, and whether on a serial line.
 */
#include "sim/models.h"

#include "fuzz.h"
#include "fuzz_stage.h"

#include <string.h>

const int fuzz_variants = 12000;

/* Parts of at most 63 bytes, with the model's timers in between. */
static void model_feed(struct stage *stage, struct model *model,
		       const uint8_t *data, size_t size)
{
	while (size) {
		size_t len = data[0] & 63;
		bool wait = data[0] & 64;

		data++, size--;
		if (len > size)
			len = size;
		if (len)
			model->class->input(model, data, len);
		data += len, size -= len;
		if (wait)
			stage_wait(stage, model);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage stage;
	struct model *model;
	size_t count = 0;

	if (!size)
		return 0;
	while (models[count])
		count++;
	stage_init(&stage);
	model = stage_make(&stage, models[data[0] / 2 % count], NULL, 0,
			   data[0] & 1);
	FUZZ_HOLDS(model);
	model->class->line(model, true);
	model_feed(&stage, model, data + 1, size - 1);
	json_decref(model->class->account(model));
	model->class->destroy(model);
	buf_free(&stage.sent);
	return 0;
}
