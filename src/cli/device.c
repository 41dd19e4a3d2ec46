/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl device test, learn, release, take. */
#include "cli/device.h"
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

/* A diagnosis calls the payment host, a reader waits for somebody, and to look
 * for a device takes up to a minute. */
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

enum cli_exit device_serve(struct cli *cli, const char *device,
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

/* A card terminal without a booking answers a test with a code that says so,
 * and reads as if the test had failed. */
static void device_forget_code(json_t *operation, const char *task)
{
	json_t *result = json_object_get(operation, "result");

	if (strcmp(task, "internal-test") != 0 || !json_text(result, "code"))
		return;
	json_object_del(result, "code");
	json_put_text(result, "text", "It answers, and tells of no booking.");
}

static enum cli_exit device_serve_and_tell(struct cli *cli, const char *device,
					   const char *task)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = device_serve(cli, device, task, NULL, &answer);

	if (!exit && cli_prints(cli)) {
		device_forget_code(answer.json, task);
		act_print(answer.json, NULL);
	}
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
		return cli_misuse(_("There is no test %s: internal, external, "
				    "interactive, drawer, report."),
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
		say_note(_("Look at the drawer. Is it open or shut now? "
			   "(open/shut)"));
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
		return cli_misuse(_("Nobody said how the drawer is."));
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
		say_note(_("Say what you saw: tillctl settle %s ok|failed "
			   "--reason TEXT"),
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

#define DEVICE_SPAN_MAX	  (2 * 3600) /* as the daemon has it */
#define DEVICE_SPAN_COUNT 100000

/* "90s", "10m", "2h" in seconds, which may be too many; CLI_EXIT_USAGE after
 * saying what is wrong with it. */
static enum cli_exit device_read_span(const char *text, int64_t *out_seconds)
{
	static const struct {
		const char *unit;
		int64_t seconds;
	} units[] = { { "s", 1 }, { "m", 60 }, { "min", 60 }, { "h", 3600 } };
	size_t digits = strspn(text, "0123456789");
	int64_t count = strtoll(text, NULL, 10);

	if (digits && !text[digits])
		return cli_misuse(_("--for takes a number with its unit: %ss "
				    "or %sm."),
				  text, text);
	for (size_t i = 0; digits && i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(text + digits, units[i].unit)) {
			count = count < DEVICE_SPAN_COUNT ? count
							  : DEVICE_SPAN_COUNT;
			*out_seconds = count * units[i].seconds;
			return CLI_EXIT_DONE;
		}
	return cli_misuse(
		_("--for takes a number with its unit, as 90s, 10m or "
		  "2h."));
}

static enum cli_exit device_find_span(const struct args *args,
				      int64_t *out_seconds)
{
	if (!args->requester || !args->reason)
		return cli_misuse(_("Say for how long, and why: --for 10m "
				    "--reason TEXT."));
	if (device_read_span(args->requester, out_seconds))
		return CLI_EXIT_USAGE;
	if (*out_seconds > DEVICE_SPAN_MAX)
		return cli_misuse(_("A device is handed over for at most two "
				    "hours: --for 2h."));
	return *out_seconds
		       ? CLI_EXIT_DONE
		       : cli_misuse(_("A device is handed over for at least "
				      "one second, at most two hours."));
}

enum cli_exit verb_release_device(struct cli *cli, const char *const *words,
				  size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body = json_make();
	const struct args *args = cli->args;
	enum cli_exit exit;
	int64_t seconds = 0;

	(void)count;
	if (!cli_is_id("device", words[0]))
		return CLI_EXIT_USAGE;
	exit = device_find_span(args, &seconds);
	if (!exit)
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

	(void)count;
	if (!cli_is_id("device", words[0]))
		return CLI_EXIT_USAGE;
	cli_sign_in_if_kept(cli); /* technicians need none */
	client_add_path(&path, "/v1/devices/{}/take", words[0]);
	return act_run(cli, buf_text(&path), body, NULL);
}
