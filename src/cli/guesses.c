/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl guesses. */
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <inttypes.h>
#include <string.h>

/* "Anna", "uid 1000", or nothing for a login that nobody has. New. */
static char *guesses_who(const json_t *guess)
{
	const char *name =
		json_text(json_object_get(guess, "operator"), "name");
	int64_t uid = json_int(guess, "uid", -1);

	if (uid >= 0)
		return alloc_format("uid %" PRId64, uid);
	return alloc_text(name ? name : "");
}

static void guesses_add(struct table *table, const json_t *guess)
{
	CLEANUP_FREE char *who = guesses_who(guess);
	CLEANUP_FREE char *tries =
		alloc_format("%" PRId64, json_int(guess, "tries", 0));
	CLEANUP_FREE char *wait =
		alloc_format("%" PRId64 " s", json_int(guess, "wait", 0));
	const char *last = json_text(guess, "last_at");
	char time[SAY_TIME_SIZE];

	say_time(last ? last : "?", time);
	table_add(table, json_text(guess, "kind"));
	table_add(table, who);
	table_add(table, json_text(guess, "till"));
	table_add(table, tries);
	table_add(table, time);
	table_add(table, wait);
	table_add(table, json_text(guess, "subject"));
}

static void guesses_print(const json_t *list)
{
	static const char *const headings[] = { "WHAT",	   "OF",   "TILL",
						"TRIES",   "LAST", "WAIT",
						"SUBJECT", NULL };
	struct table *table = table_new(headings);
	const json_t *guess;
	size_t i;

	json_array_foreach (list, i, guess)
		guesses_add(table, guess);
	table_print(table, stdout);
	table_free(table);
}

enum cli_exit verb_list_guesses(struct cli *cli, const char *const *words,
				size_t count)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;
	const json_t *list;

	(void)words;
	(void)count;
	cli_sign_in_if_kept(cli); /* root needs none */
	exit = cli_get(cli, "/v1/guesses", &answer);
	if (exit || !cli_prints(cli))
		return exit;
	list = json_object_get(answer.json, "guesses");
	if (json_array_size(list))
		guesses_print(list);
	else
		say_note(_("There was nothing wrong of late."));
	return CLI_EXIT_DONE;
}

enum cli_exit verb_clear_guesses(struct cli *cli, const char *const *words,
				 size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);

	(void)count;
	if (!strchr(words[0], ':') || !cli_is_header(words[0], 95))
		return cli_misuse(_("That is no subject; tillctl guesses lists "
				    "them."));
	cli_sign_in_if_kept(cli);
	client_add_path(&path, "/v1/guesses/{}", words[0]);
	return cli_delete(cli, buf_text(&path), "Forgotten.");
}
