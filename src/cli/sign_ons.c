/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl sign-ons. */
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"

static void sign_ons_add(struct table *table, const json_t *one)
{
	const json_t *who = json_object_get(one, "operator");
	const char *since = json_text(one, "since");
	char time[SAY_TIME_SIZE], idle[SAY_COUNT_SIZE], uid[SAY_COUNT_SIZE];

	say_time(since ? since : "?", time);
	say_count(idle, json_int(one, "idle_for", 0) / 60, "minute", "minutes");
	snprintf(uid, sizeof(uid), "%d", (int)json_int(one, "uid", 0));
	table_add(table, json_text(one, "id"));
	table_add(table, json_text(who, "name"));
	table_add(table, json_text(one, "till"));
	table_add(table, uid);
	table_add(table, time);
	table_add(table, idle);
	table_add(table, json_flag(one, "current")    ? "this one"
			 : json_flag(one, "by_badge") ? "by badge"
						      : "");
}

static void sign_ons_print(const json_t *list)
{
	static const char *const headings[] = { "ID",	 "WHO",	 "TILL", "UID",
						"SINCE", "IDLE", "",	 NULL };
	struct table *table = table_new(headings);
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one)
		sign_ons_add(table, one);
	table_print(table, stdout);
	table_free(table);
}

enum cli_exit verb_list_sign_ons(struct cli *cli, const char *const *words,
				 size_t count)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;
	const json_t *list;

	(void)words;
	(void)count;
	cli_sign_in_if_kept(cli); /* root needs none */
	exit = cli_get(cli, "/v1/sign-ons", &answer);
	if (exit || !cli_prints(cli))
		return exit;
	list = json_object_get(answer.json, "sign_ons");
	if (json_array_size(list))
		sign_ons_print(list);
	else
		say_note(_("Nobody is signed on."));
	return CLI_EXIT_DONE;
}

enum cli_exit verb_end_sign_on(struct cli *cli, const char *const *words,
			       size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);

	(void)count;
	if (!cli_is_id("sign-on", words[0]))
		return CLI_EXIT_USAGE;
	cli_sign_in_if_kept(cli);
	client_add_path(&path, "/v1/sign-ons/{}", words[0]);
	return cli_delete(cli, buf_text(&path), "Ended.");
}
