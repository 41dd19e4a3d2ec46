/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl tills, till. */
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <string.h>

static const char *const tills_classes[] = { "drawer",	"printer", "terminal",
					     "display", "reader",  NULL };

/* "ready", and what a drawer or a printer has to say besides. New. */
static char *tills_describe(const json_t *device)
{
	const char *state = json_text(device, "device_state");
	const char *drawer = json_text(device, "drawer");
	const char *paper = json_text(device, "paper");
	const char *cover = json_text(device, "cover");
	bool tell_paper = paper && strcmp(paper, "ok") != 0;
	bool tell_cover = cover && strcmp(cover, "closed") != 0;

	if (!device)
		return alloc_text("-");
	return alloc_format("%s%s%s%s%s%s%s", state ? state : "?",
			    drawer ? ", " : "", drawer ? drawer : "",
			    tell_paper ? ", paper " : "",
			    tell_paper ? paper : "",
			    tell_cover ? ", cover " : "",
			    tell_cover ? cover : "");
}

static void tills_print(const json_t *tills)
{
	static const char *const headings[] = {
		"TILL",	    "NAME",    "CURRENCY", "DRAWER", "PRINTER",
		"TERMINAL", "DISPLAY", "READER",   NULL
	};
	struct table *table = table_new(headings);
	const json_t *till;
	size_t i;

	json_array_foreach (tills, i, till) {
		const json_t *devices = json_object_get(till, "devices");

		table_add(table, json_text(till, "id"));
		table_add(table, json_text(till, "name"));
		table_add(table, json_text(till, "currency"));
		for (size_t n = 0; tills_classes[n]; n++) {
			CLEANUP_FREE char *text = tills_describe(
				json_object_get(devices, tills_classes[n]));

			table_add(table, text);
		}
	}
	table_print(table, stdout);
	table_free(table);
}

/* What keeps all of them from working. */
static void tills_tell_box(struct cli *cli)
{
	CLI_ANSWER answer = { 0 };
	const json_t *storage;
	const char *detail, *advice;

	if (cli_get(cli, "/v1", &answer))
		return;
	storage = json_object_get(answer.json, "storage");
	detail = json_text(storage, "detail");
	advice = json_text(storage, "advice");
	if (detail)
		say_note("%s %s", detail, advice ? advice : "");
	if (json_flag(answer.json, "rolled_back"))
		say_note(
			_("It is not certain that the records are complete, so "
			  "nothing that moves money may be done. Check, then: "
			  "tillctl setup --confirm-rollback (as root)"));
}

enum cli_exit verb_list_tills(struct cli *cli, const char *const *words,
			      size_t count)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_get(cli, "/v1/tills", &answer);
	const json_t *tills = json_object_get(answer.json, "tills");

	(void)words;
	(void)count;
	if (exit || !cli_prints(cli))
		return exit;
	if (json_array_size(tills))
		tills_print(tills);
	else
		say_note(_("There is no till here that you may use."));
	tills_tell_box(cli);
	return CLI_EXIT_DONE;
}

enum cli_exit verb_show_till(struct cli *cli, const char *const *words,
			     size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	if (count && cli->args->till)
		return cli_misuse(_("Which till? It is given twice."));
	if (count && !cli_is_id("till", words[0]))
		return CLI_EXIT_USAGE;
	exit = count ? CLI_EXIT_DONE : cli_find_till(cli);
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}", count ? words[0] : cli->till);
	exit = cli_get(cli, buf_text(&path), &answer);
	if (!exit && cli_prints(cli))
		say_fields(stdout, answer.json, NULL, NULL);
	return exit;
}
