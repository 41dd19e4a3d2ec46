/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl till show, add, set, remove: how a till is set up. */
#include "cli/administer.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define TILL_PATH "/v1/tills/{}/policy"

enum cli_exit verb_show_till_policy(struct cli *cli, const char *const *words,
				    size_t count)
{
	CLEANUP_FREE char *path = administer_path(TILL_PATH, words[0]);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = administer_look(cli, path, &answer);

	(void)count;
	if (!exit && cli_prints(cli))
		say_fields(stdout, json_object_get(answer.json, "till"), NULL,
			   NULL);
	return exit;
}

/* The policy has the numbers of users and groups; options have names or numbers
 * as text. New. */
static json_t *till_as_text(const json_t *numbers)
{
	json_t *list = json_array();
	const json_t *number;
	size_t i;

	json_array_foreach (numbers, i, number) {
		CLEANUP_FREE char *text = json_line(number);

		json_array_append_new(list, json_string(text));
	}
	return list;
}

static json_t *till_as_numbers(const json_t *texts)
{
	json_t *list = json_array();
	const json_t *item;
	size_t i;

	json_array_foreach (texts, i, item) {
		const char *text = json_string_value(item);
		bool number = strspn(text, "0123456789") == strlen(text);

		json_array_append_new(list, number ? json_integer(atoll(text))
						   : json_string(text));
	}
	return list;
}

static char *till_take_clients(json_t *till, const char *field,
			       const char *text)
{
	json_t *clients = json_object_get(till, "clients");
	CLEANUP_JSON json_t *now = NULL, *list = NULL;
	char *fault = NULL;

	if (!text)
		return NULL;
	if (!clients) {
		clients = json_make();
		json_put(till, "clients", clients);
	}
	now = till_as_text(json_object_get(clients, field));
	list = administer_list(now, text, &fault);
	if (list)
		json_put(clients, field, till_as_numbers(list));
	return fault;
}

static char *till_take_options(const struct cli *cli, json_t *till)
{
	const struct args *args = cli->args;
	char *fault = till_take_clients(till, "users", args->users);

	json_put_text(till, "name", args->name);
	json_put_text(till, "currency", args->currency);
	if (!fault)
		fault = till_take_clients(till, "groups", args->client_groups);
	if (!fault &&
	    !administer_put_flag(till, "pin_sign_on", args->pin_sign_on))
		fault = alloc_text("--pin-sign-on takes yes or no.");
	return fault;
}

/* A new one is for the same programs as the till that one is signed on at,
 * unless it is said. */
static char *till_begin(const struct cli *cli, json_t *till)
{
	CLEANUP_FREE char *path = administer_path(TILL_PATH, cli->till);
	struct client_request request = { .method = "GET", .path = path };
	CLI_ANSWER answer = { 0 };
	const json_t *like;

	if (cli->args->users || cli->args->client_groups ||
	    client_send(cli->client, &request, &answer))
		return till_take_options(cli, till);
	like = json_object_get(answer.json, "till");
	json_put(till, "clients",
		 json_deep_copy(json_object_get(like, "clients")));
	json_put_text(till, "currency", json_text(like, "currency"));
	return till_take_options(cli, till);
}

enum cli_exit verb_add_till(struct cli *cli, const char *const *words,
			    size_t count)
{
	CLEANUP_FREE char *path = administer_path(TILL_PATH, words[0]);

	(void)count;
	return administer_change(cli, &(struct administer_change){
					      .path = path,
					      .field = "till",
					      .may_be_new = true,
					      .must_be_new = true,
					      .change = till_begin,
				      });
}

enum cli_exit verb_set_till(struct cli *cli, const char *const *words,
			    size_t count)
{
	CLEANUP_FREE char *path = administer_path(TILL_PATH, words[0]);

	(void)count;
	return administer_change(cli, &(struct administer_change){
					      .path = path,
					      .field = "till",
					      .change = till_take_options,
				      });
}

enum cli_exit verb_remove_till(struct cli *cli, const char *const *words,
			       size_t count)
{
	CLEANUP_FREE char *path = administer_path(TILL_PATH, words[0]);

	(void)count;
	if (!args_has(cli->args, OPTION_YES) &&
	    !administer_confirm("All who are signed on there are signed off, "
				"and its groups lose it. Remove it? [y/N] "))
		return cli_misuse(_("Nothing was done. Say y, or give --yes."));
	return administer_act(cli, "DELETE", path, NULL, NULL);
}
