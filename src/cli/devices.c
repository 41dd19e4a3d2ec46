/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl devices. */
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <string.h>

/* "1, 2" New. */
static char *devices_join(const json_t *tills)
{
	char *text = alloc_text("");
	const json_t *till;
	size_t i;

	json_array_foreach (tills, i, till) {
		const char *id = json_string_value(till);
		char *longer = alloc_format("%s%s%s", text, i ? ", " : "",
					    id ? id : "?");

		free(text);
		text = longer;
	}
	return text;
}

/* "handed over by Maria until 10:15" New. */
static char *devices_hands(const json_t *released)
{
	const char *name = json_text(released, "name");
	const char *until = json_text(released, "until");
	char time[SAY_TIME_SIZE];

	say_time(until ? until : "", time);
	return alloc_format("handed over by %s until %s", name ? name : "?",
			    time);
}

/* What keeps it from working, or soon will: "paper out, cover open". New. */
static char *devices_remark(const json_t *device)
{
	const json_t *status = json_object_get(device, "status");
	const char *sentence = json_text(device, "sentence");
	const char *paper = json_text(status, "paper");
	const char *cover = json_text(status, "cover");
	bool tell_paper = paper && strcmp(paper, "ok") != 0;
	bool tell_cover = cover && strcmp(cover, "closed") != 0;

	if (json_object_get(device, "released"))
		return devices_hands(json_object_get(device, "released"));
	if (sentence)
		return alloc_text(sentence);
	return alloc_format("%s%s%s%s%s", tell_paper ? "paper " : "",
			    tell_paper ? paper : "",
			    tell_paper && tell_cover ? ", " : "",
			    tell_cover ? "cover " : "",
			    tell_cover ? cover : "");
}

static void devices_print(const json_t *devices)
{
	static const char *const headings[] = { "DEVICE", "CLASS", "DRIVER",
						"TILLS",  "PORT",  "STATE",
						"REMARK", NULL };
	struct table *table = table_new(headings);
	const json_t *device;
	size_t i;

	json_array_foreach (devices, i, device) {
		CLEANUP_FREE char *tills =
			devices_join(json_object_get(device, "tills"));
		CLEANUP_FREE char *remark = devices_remark(device);

		table_add(table, json_text(device, "name"));
		table_add(table, json_text(device, "class"));
		table_add(table, json_text(device, "driver"));
		table_add(table, tills);
		table_add(table, json_text(device, "port"));
		table_add(table, json_text(device, "state"));
		table_add(table, remark);
	}
	table_print(table, stdout);
	table_free(table);
}

static void devices_print_one(const json_t *device)
{
	static const char *const said[] = { "sentence", "advice", "reason",
					    NULL };
	const char *sentence = json_text(device, "sentence");
	const char *advice = json_text(device, "advice");
	CLEANUP_FREE char *line =
		alloc_format("%s%s%s", sentence ? sentence : "",
			     sentence && advice ? " " : "",
			     advice ? advice : "");

	if (*line) {
		say_clean(stdout, line);
		putchar('\n');
	}
	say_fields(stdout, device, said, NULL);
}

static enum cli_exit devices_list(struct cli *cli)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_get(cli, "/v1/devices", &answer);
	const json_t *devices = json_object_get(answer.json, "devices");

	if (exit || !cli_prints(cli))
		return exit;
	if (json_array_size(devices))
		devices_print(devices);
	else
		say_note(_("There is no device here that you may see."));
	return CLI_EXIT_DONE;
}

enum cli_exit verb_show_devices(struct cli *cli, const char *const *words,
				size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	if (!count)
		return devices_list(cli);
	if (!cli_is_id("device", words[0]))
		return CLI_EXIT_USAGE;
	client_add_path(&path, "/v1/devices/{}", words[0]);
	exit = cli_get(cli, buf_text(&path), &answer);
	if (!exit && cli_prints(cli))
		devices_print_one(answer.json);
	return exit;
}
