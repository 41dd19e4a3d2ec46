/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl device scan: at which settings a device answers, and what to do. */
#include "cli/cli.h"
#include "cli/device.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#define SCAN_TEXT_MAX 1024

/* As tilld.conf calls them, and as the result does. */
static const struct scan_setting {
	const char *name;
	const char *field;
} scan_settings[] = {
	{ "baud", "baud" },
	{ "data-bits", "data_bits" },
	{ "parity", "parity" },
	{ "stop-bits", "stop_bits" },
};

#define SCAN_SETTINGS (sizeof(scan_settings) / sizeof(scan_settings[0]))

/* "9600 8N1" */
static void scan_add_line(struct buf *text, const json_t *line)
{
	const char *parity = json_text(line, "parity");

	buf_add_format(text, "%" PRId64 " %" PRId64 "%c%" PRId64,
		       json_int(line, "baud", 0),
		       json_int(line, "data_bits", 0),
		       parity ? toupper((unsigned char)*parity) : '?',
		       json_int(line, "stop_bits", 0));
}

static void scan_say(FILE *out, const struct buf *text)
{
	say_clean(out, buf_text(text));
	fputc('\n', out);
}

static void scan_tell_setting(const struct scan_setting *setting,
			      const json_t *found, const json_t *configured)
{
	const json_t *right = json_object_get(found, setting->field);

	if (json_equal(right, json_object_get(configured, setting->field)))
		return;
	printf("    %s = ", setting->name);
	if (json_is_string(right))
		printf("\"%s\"\n", json_string_value(right));
	else
		printf("%" PRId64 "\n", (int64_t)json_integer_value(right));
}

static void scan_tell_found(const char *device, const json_t *found,
			    const json_t *configured)
{
	CLEANUP(buf_cleanup) struct buf text = BUF_INIT(SCAN_TEXT_MAX);
	const char *dialect = json_text(found, "dialect");
	bool same = true;

	for (size_t i = 0; i < SCAN_SETTINGS; i++)
		same = same &&
		       json_equal(json_object_get(found,
						  scan_settings[i].field),
				  json_object_get(configured,
						  scan_settings[i].field));
	buf_add_format(&text, "%s answers at ", device);
	scan_add_line(&text, found);
	if (dialect)
		buf_add_format(&text, ", in the dialect %s", dialect);
	if (same) {
		buf_add_text(&text, ", as it is configured.");
		scan_say(stdout, &text);
		return;
	}
	buf_add_text(&text, "; the configuration says ");
	scan_add_line(&text, configured);
	buf_add_text(&text, ". Set in tilld.conf, then have that read again:");
	scan_say(stdout, &text);
	for (size_t i = 0; i < SCAN_SETTINGS; i++)
		scan_tell_setting(&scan_settings[i], found, configured);
}

static void scan_tell_strange(const json_t *strange)
{
	CLEANUP(buf_cleanup) struct buf text = BUF_INIT(SCAN_TEXT_MAX);
	const json_t *line;
	size_t i;

	json_array_foreach (strange, i, line) {
		buf_add_text(&text, i ? ", " : "Something came at ");
		scan_add_line(&text, line);
	}
	buf_add_text(&text, ", but no answer: it may be another device, or "
			    "set to another protocol than its driver's.");
	say_note("%s", buf_text(&text));
}

/* Of one that was looked for in vain; result is NULL if it was not. */
static void scan_tell_nothing(const json_t *result)
{
	const json_t *strange = json_object_get(result, "strange");

	if (strange)
		scan_tell_strange(strange);
	else if (result)
		say_note("It was asked at %" PRId64 " settings of the line, "
			 "and nothing came back. It is off, or the cable is of "
			 "the other kind (crossed or straight) or in another "
			 "socket, or it speaks another protocol than its "
			 "driver's.",
			 json_int(result, "tried", 0));
}

enum cli_exit verb_scan_device(struct cli *cli, const char *const *words,
			       size_t count)
{
	CLI_ANSWER answer = { 0 };
	const json_t *result;
	enum cli_exit exit;

	(void)count;
	if (!cli_is_id("device", words[0]))
		return CLI_EXIT_USAGE;
	exit = device_serve(cli, words[0], "scan", NULL, &answer);
	if (exit)
		scan_tell_nothing(json_object_get(
			json_object_get(answer.json, "operation"), "result"));
	result = exit ? NULL : json_object_get(answer.json, "result");
	if (result && cli_prints(cli))
		scan_tell_found(words[0], json_object_get(result, "found"),
				json_object_get(result, "configured"));
	return exit;
}
