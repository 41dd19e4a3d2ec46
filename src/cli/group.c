/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl group list, show, set, remove. */
#include "cli/administer.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define GROUP_PATH "/v1/groups/{}"

/* --- rights, as options say them: "receipt.read,receipt.add" --- */

/* {"receipt": ["read", "add"]} as a list of names. New. */
static json_t *group_flatten(const json_t *rights)
{
	json_t *list = json_array(), *of, *right;
	const char *object;
	size_t i;

	json_object_foreach ((json_t *)(uintptr_t)rights, object, of)
		json_array_foreach (of, i, right) {
			CLEANUP_FREE char *name = alloc_format(
				"%s.%s", object, json_string_value(right));

			json_array_append_new(list, json_string(name));
		}
	return list;
}

/* And back; what has no dot is left for the daemon to say what is wrong. New. */
static json_t *group_unflatten(const json_t *list)
{
	json_t *rights = json_make(), *of;
	const json_t *name;
	size_t i;

	json_array_foreach (list, i, name) {
		const char *text = json_string_value(name);
		const char *dot = strrchr(text, '.');
		CLEANUP_FREE char *object = alloc_text_part(
			text, dot ? (size_t)(dot - text) : strlen(text));

		of = json_object_get(rights, object);
		if (!of) {
			of = json_array();
			json_put(rights, object, of);
		}
		json_array_append_new(of, json_string(dot ? dot + 1 : ""));
	}
	return rights;
}

/* --- looking --- */

static void group_add_row(struct table *table, const json_t *group)
{
	CLEANUP_FREE char *tills =
		administer_join(json_object_get(group, "tills"));
	CLEANUP_FREE char *permissions =
		administer_join(json_object_get(group, "permissions"));
	CLEANUP_JSON json_t *flat =
		group_flatten(json_object_get(group, "rights"));
	CLEANUP_FREE char *rights = administer_join(flat);
	CLEANUP_FREE char *all =
		alloc_format("%s%s%s", permissions,
			     *permissions && *rights ? ", " : "", rights);

	table_add(table, json_text(group, "id"));
	table_add(table, json_text(group, "name"));
	table_add(table, tills);
	table_add(table, all);
}

enum cli_exit verb_list_groups(struct cli *cli, const char *const *words,
			       size_t count)
{
	static const char *const headings[] = { "GROUP", "NAME", "TILLS",
						"ALLOWS", NULL };
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = administer_look(cli, "/v1/groups", &answer);
	struct table *table;
	const json_t *group;
	size_t i;

	(void)words;
	(void)count;
	if (exit || !cli_prints(cli))
		return exit;
	table = table_new(headings);
	json_array_foreach (json_object_get(answer.json, "groups"), i, group)
		group_add_row(table, group);
	table_print(table, stdout);
	table_free(table);
	return CLI_EXIT_DONE;
}

enum cli_exit verb_show_group(struct cli *cli, const char *const *words,
			      size_t count)
{
	CLEANUP_FREE char *path = administer_path(GROUP_PATH, words[0]);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = administer_look(cli, path, &answer);

	(void)count;
	if (!exit && cli_prints(cli))
		say_fields(stdout, json_object_get(answer.json, "group"), NULL,
			   NULL);
	return exit;
}

/* --- changing --- */

static char *group_take_rights(json_t *group, const char *text)
{
	CLEANUP_JSON json_t *now =
		group_flatten(json_object_get(group, "rights"));
	char *fault = NULL;
	CLEANUP_JSON json_t *list =
		text ? administer_list(now, text, &fault) : NULL;

	if (list)
		json_put(group, "rights", group_unflatten(list));
	return fault;
}

static char *group_take_options(const struct cli *cli, json_t *group)
{
	const struct args *args = cli->args;
	char *fault = administer_put_list(group, "tills", args->tills);

	json_put_text(group, "name", args->name);
	if (!fault)
		fault = administer_put_list(group, "permissions",
					    args->permissions);
	return fault ? fault : group_take_rights(group, args->rights);
}

enum cli_exit verb_set_group(struct cli *cli, const char *const *words,
			     size_t count)
{
	CLEANUP_FREE char *path = administer_path(GROUP_PATH, words[0]);

	(void)count;
	return administer_change(cli, &(struct administer_change){
					      .path = path,
					      .field = "group",
					      .may_be_new = true,
					      .change = group_take_options,
				      });
}

enum cli_exit verb_remove_group(struct cli *cli, const char *const *words,
				size_t count)
{
	CLEANUP_FREE char *path = administer_path(GROUP_PATH, words[0]);

	(void)count;
	return administer_act(cli, "DELETE", path, NULL, NULL);
}
