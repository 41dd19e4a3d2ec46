/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl badge enroll, list, block, unblock, set, remove. */
#include "cli/act.h"
#include "cli/administer.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/clock.h"
#include "util/json.h"

#include <string.h>

#define BADGE_PATH	 "/v1/badges/{}"
#define BADGE_WAIT_S	 30
#define BADGE_PATIENCE_S 70 /* the daemon waits for a swipe, 60 s at most */

/* "never" takes the end away. */
static json_t *badge_until(const char *until)
{
	return strcmp(until, "never") ? json_string(until) : json_null();
}

enum cli_exit verb_enroll_badge(struct cli *cli, const char *const *words,
				size_t count)
{
	CLEANUP_FREE char *path =
		administer_path("/v1/operators/{}/badges", words[0]);
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "label", cli->args->label);
	enum cli_exit exit = cli_sign_in(cli);

	(void)count;
	json_put_text(body, "until", cli->args->until);
	if (exit)
		return exit;
	say_note(_("Show the new badge at the reader of till %s."), cli->till);
	return act_request(cli,
			   &(struct client_request){
				   .method = "POST",
				   .path = path,
				   .body = body,
				   .wait = (int)cli_wait(cli, BADGE_WAIT_S),
				   .patience = BADGE_PATIENCE_S,
			   },
			   NULL);
}

/* Neither blocked, nor past its end. */
static bool badge_works(const json_t *badge)
{
	const char *until = json_text(badge, "until");
	int64_t ends;

	return json_flag(badge, "active") &&
	       (!until || !clock_parse(until, &ends) ||
		ends > clock_wall_ms(clock_system()));
}

enum cli_exit verb_list_badges(struct cli *cli, const char *const *words,
			       size_t count)
{
	static const char *const headings[] = { "BADGE", "LABEL", "WORKS",
						"UNTIL", NULL };
	CLEANUP_FREE char *path = administer_path("/v1/operators/{}", words[0]);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = administer_look(cli, path, &answer);
	const json_t *badges, *badge;
	struct table *table;
	size_t i;

	(void)count;
	if (exit || !cli_prints(cli))
		return exit;
	table = table_new(headings);
	badges = json_object_get(json_object_get(answer.json, "operator"),
				 "badges");
	json_array_foreach (badges, i, badge) {
		table_add(table, json_text(badge, "handle"));
		table_add(table, json_text(badge, "label"));
		table_add(table, badge_works(badge) ? "yes" : "no");
		table_add(table, json_text(badge, "until"));
	}
	table_print(table, stdout);
	table_free(table);
	return CLI_EXIT_DONE;
}

/* body is stolen. */
static enum cli_exit badge_put(struct cli *cli, const char *handle,
			       json_t *body)
{
	CLEANUP_FREE char *path = administer_path(BADGE_PATH, handle);
	enum cli_exit exit = administer_act(cli, "PUT", path, body, NULL);

	json_decref(body);
	return exit;
}

enum cli_exit verb_block_badge(struct cli *cli, const char *const *words,
			       size_t count)
{
	(void)count;
	return badge_put(cli, words[0],
			 json_put_bool(json_make(), "active", false));
}

enum cli_exit verb_unblock_badge(struct cli *cli, const char *const *words,
				 size_t count)
{
	(void)count;
	return badge_put(cli, words[0],
			 json_put_bool(json_make(), "active", true));
}

enum cli_exit verb_set_badge(struct cli *cli, const char *const *words,
			     size_t count)
{
	json_t *body = json_put_text(json_make(), "label", cli->args->label);

	(void)count;
	if (cli->args->until)
		json_put(body, "until", badge_until(cli->args->until));
	return badge_put(cli, words[0], body);
}

enum cli_exit verb_remove_badge(struct cli *cli, const char *const *words,
				size_t count)
{
	CLEANUP_FREE char *path = administer_path(BADGE_PATH, words[0]);

	(void)count;
	return administer_act(cli, "DELETE", path, NULL, NULL);
}
