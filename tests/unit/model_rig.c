/* SPDX-License-Identifier: Apache-2.0 */
#include "model_rig.h"

#include "sim/command.h"
#include "util/alloc.h"
#include "util/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MODEL_RIG_OPTIONS 16
#define MODEL_RIG_OUTPUT  65536
#define MODEL_RIG_SHOWN	  262144

static void model_rig_send(void *arg, const uint8_t *data, size_t len)
{
	struct model_rig *rig = arg;

	if (!rig->away)
		buf_add(&rig->output, data, len);
}

static void model_rig_timer(void *arg, int64_t ms)
{
	struct model_rig *rig = arg;

	rig->deadline = ms < 0 ? -1 : rig->now + ms;
}

static int64_t model_rig_now(void *arg)
{
	const struct model_rig *rig = arg;

	return rig->now;
}

static void model_rig_show(void *arg, const char *line)
{
	struct model_rig *rig = arg;

	buf_add_text(&rig->shown, line);
	buf_add_byte(&rig->shown, '\n');
}

static void model_rig_hang_up(void *arg)
{
	struct model_rig *rig = arg;

	rig->hang_ups++;
	rig->away = true;
}

static void model_rig_come_back(void *arg)
{
	struct model_rig *rig = arg;

	rig->come_backs++;
	rig->away = false;
}

void model_rig_start(struct model_rig *rig, const struct model_class *class,
		     bool serial, const char *const *options)
{
	struct model_option list[MODEL_RIG_OPTIONS];
	const struct model_host host = {
		.send = model_rig_send,
		.timer = model_rig_timer,
		.now = model_rig_now,
		.show = model_rig_show,
		.hang_up = model_rig_hang_up,
		.come_back = model_rig_come_back,
		.arg = rig,
	};
	char *error = NULL;
	size_t count = 0;

	for (; options[0]; options += 2, count++)
		list[count] = (struct model_option){ options[0], options[1] };
	*rig = (struct model_rig){ .now = 1000000, .deadline = -1 };
	buf_init(&rig->output, MODEL_RIG_OUTPUT);
	buf_init(&rig->shown, MODEL_RIG_SHOWN);
	rig->model = class->create(&host, list, count, serial, &error);
	assert_null(error);
	assert_non_null(rig->model);
	rig->model->class->line(rig->model, true);
}

void model_rig_stop(struct model_rig *rig)
{
	rig->model->class->destroy(rig->model);
	buf_free(&rig->output);
	buf_free(&rig->shown);
}

void model_rig_pass(struct model_rig *rig, int64_t ms)
{
	int64_t until = rig->now + ms;

	while (rig->deadline >= 0 && rig->deadline <= until) {
		rig->now = rig->deadline > rig->now ? rig->deadline : rig->now;
		rig->deadline = -1;
		rig->model->class->timeout(rig->model);
	}
	rig->now = until;
}

void model_rig_do(struct model_rig *rig, const char *command)
{
	char *objection = rig->model->class->command(rig->model, command);

	if (objection)
		fail_msg("%s: %s", command, objection);
}

void model_rig_refused(struct model_rig *rig, const char *command)
{
	char *objection = rig->model->class->command(rig->model, command);

	if (!objection)
		fail_msg("%s: not refused", command);
	free(objection);
}

static void model_rig_check_option(const struct model_rig *rig,
				   const char *name)
{
	const struct model_option option = { name, "\x01" };
	CLEANUP_FREE char *error = NULL;

	assert_null(rig->model->class->create(&rig->model->host, &option, 1,
					      false, &error));
	assert_null(strstr(error, "has no option"));
}

static void model_rig_check_command(const struct model_rig *rig,
				    const char *words)
{
	CLEANUP_FREE char *error =
		rig->model->class->command(rig->model, words);

	assert_true(!error || strcmp(error, COMMAND_UNKNOWN) != 0);
}

void model_rig_check_help(struct model_rig *rig)
{
	CLEANUP_FREE char *help = alloc_text(rig->model->class->help);
	bool options = true;
	char *rest;
	int seen = 0;

	for (char *line = strtok_r(help, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest), seen++) {
		if (!strcmp(line, "Commands:"))
			options = false;
		else if (!strcmp(line, "Options:"))
			continue;
		else if (options)
			model_rig_check_option(rig, strtok(line, "="));
		else
			model_rig_check_command(rig, strtok(line, ":"));
	}
	assert_true(seen > 20);
}

void model_rig_feed(struct model_rig *rig, const void *data, size_t len)
{
	rig->model->class->input(rig->model, data, len);
}

void model_rig_line(struct model_rig *rig, bool up)
{
	rig->away = !up;
	rig->model->class->line(rig->model, up);
}

void model_rig_clear(struct model_rig *rig)
{
	buf_reset(&rig->output);
	buf_reset(&rig->shown);
}

bool model_rig_showed(const struct model_rig *rig, const char *text)
{
	return strstr(buf_text(&rig->shown), text) != NULL;
}
