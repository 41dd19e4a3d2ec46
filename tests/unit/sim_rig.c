/* SPDX-License-Identifier: Apache-2.0 */
#include "sim_rig.h"

#include "sim/command.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SIM_RIG_MAX	    (1 << 20)
#define SIM_RIG_OPTIONS_MAX 8

static void sim_rig_host_send(void *arg, const uint8_t *data, size_t len)
{
	struct sim_rig *rig = arg;

	if (!rig->away)
		buf_add(&rig->sent, data, len);
}

static void sim_rig_host_timer(void *arg, int64_t ms)
{
	struct sim_rig *rig = arg;

	rig->due = ms < 0 ? -1 : rig->now + ms;
}

static int64_t sim_rig_host_now(void *arg)
{
	return ((struct sim_rig *)arg)->now;
}

static void sim_rig_host_show(void *arg, const char *line)
{
	buf_add_format(&((struct sim_rig *)arg)->shown, "%s\n", line);
}

static void sim_rig_host_hang_up(void *arg)
{
	struct sim_rig *rig = arg;

	rig->hung_up++;
	rig->away = true;
}

static void sim_rig_host_come_back(void *arg)
{
	struct sim_rig *rig = arg;

	rig->came_back++;
	rig->away = false;
}

/* Cuts up text, which the options point into. */
static size_t sim_rig_split_options(char *text, struct model_option *options)
{
	size_t count = 0;
	char *rest;

	for (char *word = strtok_r(text, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		char *equals = strchr(word, '=');

		if (!equals) {
			assert_true(count > 0);
			word[-1] = ' '; /* the value goes on */
			continue;
		}
		assert_true(count < SIM_RIG_OPTIONS_MAX);
		*equals = 0;
		options[count++] = (struct model_option){ word, equals + 1 };
	}
	return count;
}

static char *sim_rig_create(struct sim_rig *rig,
			    const struct model_class *class, bool serial,
			    const char *options)
{
	const struct model_host host = {
		.send = sim_rig_host_send,
		.timer = sim_rig_host_timer,
		.now = sim_rig_host_now,
		.show = sim_rig_host_show,
		.hang_up = sim_rig_host_hang_up,
		.come_back = sim_rig_host_come_back,
		.arg = rig,
	};
	struct model_option list[SIM_RIG_OPTIONS_MAX];
	CLEANUP_FREE char *text = alloc_text(options ? options : "");
	size_t count = sim_rig_split_options(text, list);
	char *error = NULL;

	*rig = (struct sim_rig){ .now = 1000000, .due = -1 };
	buf_init(&rig->sent, SIM_RIG_MAX);
	buf_init(&rig->shown, SIM_RIG_MAX);
	rig->model = class->create(&host, list, count, serial, &error);
	assert_true((rig->model == NULL) == (error != NULL));
	return error;
}

void sim_rig_start(struct sim_rig *rig, const struct model_class *class,
		   bool serial, const char *options)
{
	assert_null(sim_rig_create(rig, class, serial, options));
	assert_ptr_equal(rig->model->class, class);
	class->line(rig->model, true);
}

void sim_rig_stop(struct sim_rig *rig)
{
	if (rig->model)
		rig->model->class->destroy(rig->model);
	rig->model = NULL;
	buf_free(&rig->sent);
	buf_free(&rig->shown);
}

char *sim_rig_refusal(const struct model_class *class, const char *options)
{
	struct sim_rig rig;
	char *error = sim_rig_create(&rig, class, true, options);

	assert_non_null(error);
	sim_rig_stop(&rig);
	return error;
}

void sim_rig_input(struct sim_rig *rig, const void *data, size_t len)
{
	rig->model->class->input(rig->model, data, len);
}

void sim_rig_line(struct sim_rig *rig, bool up)
{
	rig->away = !up;
	rig->model->class->line(rig->model, up);
}

void sim_rig_wait(struct sim_rig *rig, int64_t ms)
{
	int64_t end = rig->now + ms;

	while (rig->due >= 0 && rig->due <= end) {
		rig->now = rig->due > rig->now ? rig->due : rig->now;
		rig->due = -1;
		rig->model->class->timeout(rig->model);
	}
	rig->now = end;
}

void sim_rig_expect(struct sim_rig *rig, const void *data, size_t len)
{
	assert_int_equal(rig->sent.len, len);
	if (len)
		assert_memory_equal(rig->sent.data, data, len);
	buf_reset(&rig->sent);
}

void sim_rig_clear(struct sim_rig *rig)
{
	buf_reset(&rig->sent);
	buf_reset(&rig->shown);
}

bool sim_rig_showed(const struct sim_rig *rig, const char *part)
{
	return strstr(buf_text(&rig->shown), part) != NULL;
}

bool sim_rig_saw(struct sim_rig *rig, const char *part)
{
	bool saw = sim_rig_showed(rig, part);

	buf_reset(&rig->shown);
	return saw;
}

void sim_rig_do(struct sim_rig *rig, const char *command)
{
	char *error = rig->model->class->command(rig->model, command);

	if (error)
		fail_msg("%s: %s", command, error);
}

void sim_rig_cannot(struct sim_rig *rig, const char *command, const char *part)
{
	CLEANUP_FREE char *error =
		rig->model->class->command(rig->model, command);

	if (!error || !strstr(error, part))
		fail_msg("%s: %s", command, error ? error : "done");
}

int64_t sim_rig_number(const struct sim_rig *rig, const char *key)
{
	CLEANUP_JSON json_t *account = rig->model->class->account(rig->model);
	const json_t *value = json_object_get(account, key);

	if (json_is_boolean(value))
		return json_is_true(value);
	if (!json_is_integer(value))
		fail_msg("no number %s in the account", key);
	return json_integer_value(value);
}

void sim_rig_text(const struct sim_rig *rig, const char *key,
		  const char *expected)
{
	CLEANUP_JSON json_t *account = rig->model->class->account(rig->model);

	assert_non_null(json_text(account, key));
	assert_string_equal(json_text(account, key), expected);
}

void sim_rig_item(const struct sim_rig *rig, const char *key, size_t index,
		  const char *expected)
{
	CLEANUP_JSON json_t *account = rig->model->class->account(rig->model);
	const json_t *item =
		json_array_get(json_object_get(account, key), index);

	assert_non_null(json_string_value(item));
	assert_string_equal(json_string_value(item), expected);
}

static bool sim_rig_is_example(const char *value)
{
	static const char *const examples[] = {
		"MS",	"BYTES",       "N",	     "DIGITS", "GROSZ",
		"TEXT", "MNEMONIC:MS", "COMMAND:MS", "CENTS"
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		if (!strcmp(value, examples[i]))
			return true;
	return strchr(value, '[') != NULL;
}

/* It is taken; what only shows the form is known, at least. */
static void sim_rig_check_value(const struct model_class *class,
				const char *name, const char *value)
{
	CLEANUP_FREE char *option = alloc_format("%s=%s", name, value);
	CLEANUP_FREE char *error = NULL;
	struct sim_rig rig;

	error = sim_rig_create(&rig, class, true, option);
	sim_rig_stop(&rig);
	if (error && (!sim_rig_is_example(value) || strstr(error, "no option")))
		fail_msg("the help names %s: %s", option, error);
}

/* "polarity=low-is-open|high-is-open", "min-pulse=MS" */
static void sim_rig_check_option(const struct model_class *class, char *text)
{
	char *equals = strchr(text, '='), *rest;

	assert_non_null(equals);
	*equals = 0;
	for (char *value = strtok_r(equals + 1, "|", &rest); value;
	     value = strtok_r(NULL, "|", &rest))
		sim_rig_check_value(class, text, value);
}

/* As it stands, arguments in capitals and all: refused perhaps, but known. */
static void sim_rig_check_command(const struct model_class *class,
				  const char *text)
{
	CLEANUP_FREE char *error = NULL;
	struct sim_rig rig;

	sim_rig_start(&rig, class, true, NULL);
	error = rig.model->class->command(rig.model, text);
	if (error && !strcmp(error, COMMAND_UNKNOWN))
		fail_msg("the help names %s", text);
	sim_rig_stop(&rig);
}

void sim_rig_check_help(const struct model_class *class)
{
	CLEANUP_FREE char *help = alloc_text(class->help);
	bool options = false;
	char *rest;

	for (char *line = strtok_r(help, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *meaning = strstr(line, ": ");

		if (meaning)
			*meaning = 0;
		if (!strcmp(line, "Options:") || !strcmp(line, "Commands:"))
			options = *line == 'O';
		else if (options)
			sim_rig_check_option(class, line);
		else
			sim_rig_check_command(class, line);
	}
}
