/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl display. Nothing moves, so there is no key: it can be repeated. */
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"

static const char *display_sentence(const struct client_answer *answer,
				    bool idle)
{
	if (idle)
		return "Done: that is shown while there is nothing else.";
	if (json_flag(answer->json, "deferred"))
		return "Kept: it is shown when the display is free again.";
	return "Sent; a display never confirms.";
}

enum cli_exit verb_show_on_display(struct cli *cli, const char *const *words,
				   size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	bool clear = args_has(cli->args, OPTION_CLEAR);
	bool idle = args_has(cli->args, OPTION_IDLE);
	CLEANUP_JSON json_t *body = json_make();
	struct client_request request = { .method = clear ? "DELETE" : "PUT" };
	json_t *lines = json_array();
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	json_put(body, "lines", lines);
	if (clear == (count > 0))
		return cli_misuse(_("Give one or two lines, or --clear."));
	for (size_t i = 0; i < count; i++)
		if (json_array_append_new(lines, json_string(words[i])))
			return cli_misuse(_("What is shown has to be UTF-8."));
	exit = idle ? cli_find_till(cli) : cli_sign_in(cli);
	if (exit)
		return exit;
	client_add_path(&path,
			idle ? "/v1/tills/{}/display/idle"
			     : "/v1/tills/{}/display",
			cli->till);
	request.path = buf_text(&path);
	request.body = clear ? NULL : body;
	exit = cli_call(cli, &request, &answer);
	if (!exit && cli_prints(cli))
		puts(display_sentence(&answer, idle));
	return exit;
}
