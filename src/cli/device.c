/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl device test, learn, release, take. */
#include "cli/act.h"
#include "cli/amount.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A diagnosis calls the payment host, a reader waits for somebody. */
#define DEVICE_WAIT_S	60
#define DEVICE_LINE_MAX 64

/* --- tests --- */

static const struct device_test {
	const char *word; /* as it is typed */
	const char *task; /* of service; NULL: one that takes a permission */
} device_tests[] = {
	{ "internal", "internal-test" },
	{ "external", "external-test" },
	{ "interactive", "interactive-test" },
	{ "drawer", NULL },
	{ "report", NULL },
};

static const struct device_test *device_find_test(const char *word)
{
	for (size_t i = 0; i < sizeof(device_tests) / sizeof(device_tests[0]);
	     i++)
		if (!strcmp(device_tests[i].word, word))
			return &device_tests[i];
	return NULL;
}

static enum cli_exit device_serve(struct cli *cli, const char *device,
				  const char *task, const char *seen,
				  struct client_answer *out_answer)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body = json_put_text(json_make(), "task", task);

	json_put_text(body, "seen", seen);
	client_add_path(&path, "/v1/devices/{}/service", device);
	return cli_call(cli,
			&(struct client_request){
				.method = "POST",
				.path = buf_text(&path),
				.body = body,
				.wait = (int)cli_wait(cli, DEVICE_WAIT_S),
				.patience = DEVICE_WAIT_S + 10,
			},
			out_answer);
}

static enum cli_exit device_serve_and_tell(struct cli *cli, const char *device,
					   const char *task)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = device_serve(cli, device, task, NULL, &answer);

	if (!exit && cli_prints(cli))
		act_print(answer.json, NULL);
	return exit;
}

/* Its body: what the test is called, and why. New. */
static json_t *device_test_body(const struct cli *cli, const char *test)
{
	json_t *body = json_put_text(json_make(), "test", test);

	return json_put_text(body, "reason", cli->args->reason);
}

static enum cli_exit device_move(struct cli *cli, const char *device,
				 const char *test)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body = device_test_body(cli, test);
	char currency[CLI_CURRENCY_SIZE];
	enum cli_exit exit = amount_begin(cli, NULL, currency);

	if (exit)
		return exit;
	client_add_path(&path, "/v1/devices/{}/test", device);
	return act_run(cli, buf_text(&path), body, currency);
}

enum cli_exit verb_test_device(struct cli *cli, const char *const *words,
			       size_t count)
{
	const struct device_test *test =
		device_find_test(count > 1 ? words[1] : "internal");

	if (!cli_is_id("device", words[0]))
		return CLI_EXIT_USAGE;
	if (!test)
		return cli_misuse("There is no test %s: internal, external, "
				  "interactive, drawer, report.",
				  words[1]);
	return test->task ? device_serve_and_tell(cli, words[0], test->task)
			  : device_move(cli, words[0], test->word);
}

/* --- learning what a drawer's sensor means --- */

/* "open" or "closed"; NULL if somebody has nothing to say. */
static const char *device_ask_drawer(void)
{
	char line[DEVICE_LINE_MAX];

	for (;;) {
		say_note("Look at the drawer. Is it open or shut now? "
			 "(open/shut)");
		if (!fgets(line, sizeof(line), stdin))
			return NULL;
		line[strcspn(line, "\r\n")] = 0;
		if (!strcmp(line, "open"))
			return "open";
		if (!strcmp(line, "shut") || !strcmp(line, "closed"))
			return "closed";
	}
}

static void device_tell_sensor(const json_t *result, const char *seen)
{
	const char *told = json_text(result, "drawer");
	const char *right =
		json_text(json_object_get(result, "sensor_if"), seen);
	CLEANUP_FREE char *line = NULL;

	if (told && !strcmp(told, seen))
		line = alloc_text("Its sensor says the same: it is configured "
				  "as it should be.");
	else if (right)
		line = alloc_format("Set it in tilld.conf, then have that read "
				    "again: sensor = \"%s\"",
				    right);
	else if (told && !strcmp(told, "no-sensor"))
		line = alloc_text("It has no sensor, or none is configured.");
	else
		line = alloc_text("Its sensor says otherwise: set the other "
				  "way round in tilld.conf.");
	say_clean(stdout, line);
	putchar('\n');
}

static enum cli_exit device_look(struct cli *cli, const char *device)
{
	CLI_ANSWER answer = { 0 };
	const char *seen = device_ask_drawer();
	enum cli_exit exit;

	if (!seen)
		return cli_misuse("Nobody said how the drawer is.");
	exit = device_serve(cli, device, "internal-test", seen, &answer);
	if (!exit && cli_prints(cli))
		device_tell_sensor(json_object_get(answer.json, "result"),
				   seen);
	return exit;
}

/* A sensor that is set the wrong way round says that it stayed shut: then
 * nobody knows, as far as the daemon is concerned. */
static void device_tell_unknown(const struct client_answer *answer)
{
	const char *id =
		json_text(json_object_get(answer->json, "operation"), "id");

	if (id)
		say_note("Say what you saw: tillctl settle %s ok|failed "
			 "--reason TEXT",
			 id);
}

enum cli_exit verb_learn_device(struct cli *cli, const char *const *words,
				size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body = device_test_body(cli, "drawer");
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	(void)count;
	if (!cli_is_id("device", words[0]))
		return CLI_EXIT_USAGE;
	exit = cli_sign_in(cli);
	if (exit)
		return exit;
	client_add_path(&path, "/v1/devices/{}/test", words[0]);
	exit = act_do(cli, buf_text(&path), body, cli->args->key, &answer);
	if (exit == CLI_EXIT_OPEN)
		device_tell_unknown(&answer);
	else if (exit)
		return exit;
	return device_look(cli, words[0]);
}

/* --- another program's hands --- */

/* "90s", "10m", "2h", or a number of minutes: in seconds; 0 if it is none. */
static int64_t device_read_span(const char *text)
{
	static const struct {
		const char *unit;
		int64_t seconds;
	} units[] = { { "s", 1 },
		      { "m", 60 },
		      { "min", 60 },
		      { "h", 3600 },
		      { "", 60 } };
	char *rest;
	long long count = strtoll(text, &rest, 10);

	if (rest == text || count < 1 || count > 100000)
		return 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(rest, units[i].unit))
			return count * units[i].seconds;
	return 0;
}

enum cli_exit verb_release_device(struct cli *cli, const char *const *words,
				  size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body = json_make();
	const struct args *args = cli->args;
	int64_t seconds =
		device_read_span(args->requester ? args->requester : "");
	enum cli_exit exit;

	(void)count;
	if (!cli_is_id("device", words[0]))
		return CLI_EXIT_USAGE;
	if (!seconds || !args->reason)
		return cli_misuse("Say for how long, and why: --for 10m "
				  "--reason TEXT.");
	exit = cli_sign_in(cli);
	if (exit)
		return exit;
	json_put_int(body, "seconds", seconds);
	json_put_text(body, "reason", args->reason);
	client_add_path(&path, "/v1/devices/{}/release", words[0]);
	return act_run(cli, buf_text(&path), body, NULL);
}

enum cli_exit verb_take_device(struct cli *cli, const char *const *words,
			       size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body = json_make();
	enum cli_exit exit;

	(void)count;
	if (!cli_is_id("device", words[0]))
		return CLI_EXIT_USAGE;
	exit = cli_sign_in(cli);
	if (exit)
		return exit;
	client_add_path(&path, "/v1/devices/{}/take", words[0]);
	return act_run(cli, buf_text(&path), body, NULL);
}
