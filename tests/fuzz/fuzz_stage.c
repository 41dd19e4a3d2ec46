/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_stage.h"

#include "fuzz.h"

#include <string.h>

#define STAGE_TIMERS_MAX 300
#define STAGE_SENT_MAX	 (1 << 16)

static void stage_send(void *arg, const uint8_t *data, size_t len)
{
	struct stage *stage = arg;

	FUZZ_HOLDS(data && len);
	if (stage->sent.len + len > STAGE_SENT_MAX)
		buf_reset(&stage->sent);
	buf_add(&stage->sent, data, len);
}

static void stage_timer(void *arg, int64_t ms)
{
	struct stage *stage = arg;

	stage->due = ms < 0 ? -1 : stage->now + ms;
}

static int64_t stage_now(void *arg)
{
	return ((struct stage *)arg)->now;
}

static void stage_show(void *arg, const char *line)
{
	(void)arg;
	FUZZ_HOLDS(!strchr(line, '\n'));
}

static void stage_nothing(void *arg)
{
	(void)arg;
}

void stage_init(struct stage *stage)
{
	*stage = (struct stage){ .now = 1000, .due = -1 };
	buf_init(&stage->sent, STAGE_SENT_MAX);
}

struct model *stage_make(struct stage *stage, const struct model_class *class,
			 const struct model_option *options, size_t count,
			 bool serial)
{
	const struct model_host host = { stage_send,	stage_timer,
					 stage_now,	stage_show,
					 stage_nothing, stage_nothing,
					 stage };
	char *error = NULL;
	struct model *model =
		class->create(&host, options, count, serial, &error);

	FUZZ_HOLDS(!model == !!error);
	free(error);
	return model;
}

bool stage_wait(struct stage *stage, struct model *model)
{
	if (stage->due < 0 || stage->timers++ > STAGE_TIMERS_MAX)
		return false;
	if (stage->due > stage->now)
		stage->now = stage->due;
	stage->due = -1;
	model->class->timeout(model);
	return true;
}
