/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/administer.h"

#include "cli/act.h"
#include "cli/say.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ADMINISTER_PATIENCE_S 600 /* hashing many passwords takes its time */

char *administer_path(const char *pattern, const char *name)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);

	client_add_path(&path, pattern, name);
	return alloc_text(buf_text(&path));
}

enum cli_exit administer_look(struct cli *cli, const char *path,
			      struct client_answer *out_answer)
{
	enum cli_exit exit = cli_sign_in(cli);

	return exit ? exit : cli_get(cli, path, out_answer);
}

enum cli_exit administer_act(struct cli *cli, const char *method,
			     const char *path, const json_t *body,
			     const char *match)
{
	enum cli_exit exit = cli_sign_in(cli);

	if (exit)
		return exit;
	return act_request(cli,
			   &(struct client_request){
				   .method = method,
				   .path = path,
				   .body = body,
				   .match = match,
				   .patience = ADMINISTER_PATIENCE_S,
			   },
			   NULL);
}

/* --- look, change, put back --- */

/* Quietly: what is printed is what comes of it. 404 is an answer here. */
static enum cli_exit administer_find(struct cli *cli,
				     const struct administer_change *change,
				     struct client_answer *out_answer)
{
	struct client_request request = { .method = "GET",
					  .path = change->path };
	bool there, missing;
	enum cli_exit exit;
	int r = client_send(cli_client(cli), &request, out_answer);

	if (r)
		return cli_tell_unsent(cli, r);
	there = out_answer->status == 200;
	missing = out_answer->status == 404;
	if ((there && !change->must_be_new) || (missing && change->may_be_new))
		return CLI_EXIT_DONE;
	exit = there ? CLI_EXIT_REFUSED : cli_tell_answer(cli, out_answer);
	if (there)
		say_error(_("There is such a one already."));
	client_answer_clear(out_answer);
	return exit;
}

enum cli_exit administer_change(struct cli *cli,
				const struct administer_change *change)
{
	CLEANUP_FREE char *fault = NULL;
	CLI_ANSWER answer = { 0 };
	CLI_BODY *item = NULL;
	enum cli_exit exit = cli_sign_in(cli);

	if (!exit)
		exit = administer_find(cli, change, &answer);
	if (exit)
		return exit;
	item = json_deep_copy(json_object_get(answer.json, change->field));
	if (!item)
		item = json_make();
	fault = change->change(cli, item);
	if (fault)
		return cli_misuse("%s", fault);
	return administer_act(cli, "PUT", change->path, item,
			      json_text(answer.json, "etag"));
}

/* --- options --- */

/* False if it was to be taken away, and is not there: a right that somebody
 * misspelt would stay, and they would believe it gone. */
static bool administer_take(json_t *list, const char *name, bool add)
{
	size_t at = 0, size = json_array_size(list);

	while (at < size &&
	       strcmp(json_string_value(json_array_get(list, at)), name) != 0)
		at++;
	if (add && at == size)
		json_array_append_new(list, json_string(name));
	else if (!add && at < size)
		json_array_remove(list, at);
	return add || at < size;
}

static char *administer_say_missing(const json_t *list, const char *name)
{
	CLEANUP_FREE char *rest = administer_join(list);

	return alloc_format("There is no '%s' to take away, %s%s.", name,
			    *rest ? "only " : "nor anything else", rest);
}

json_t *administer_list(const json_t *now, const char *text, char **out_fault)
{
	bool changes = *text == '+' || *text == '-';
	json_t *list = now && changes ? json_deep_copy(now) : json_array();
	char *fault = NULL;

	while (*text && !fault) {
		size_t len = strcspn(text, ",");
		bool sign = changes && (*text == '+' || *text == '-');
		CLEANUP_FREE char *name =
			alloc_text_part(text + sign, len - sign);

		if (*name &&
		    !administer_take(list, name, *text != '-' || !sign))
			fault = administer_say_missing(list, name);
		text += len + (text[len] == ',');
	}
	if (!fault)
		return list;
	json_decref(list);
	*out_fault = fault;
	return NULL;
}

char *administer_put_list(json_t *item, const char *field, const char *text)
{
	char *fault = NULL;
	json_t *list = text ? administer_list(json_object_get(item, field),
					      text, &fault)
			    : NULL;

	if (list)
		json_put(item, field, list);
	return fault;
}

bool administer_put_flag(json_t *item, const char *field, const char *text)
{
	bool yes = text && !strcmp(text, "yes");

	if (text && !yes && strcmp(text, "no") != 0)
		return false;
	if (text)
		json_put_bool(item, field, yes);
	return true;
}

char *administer_join(const json_t *list)
{
	char *text = alloc_text("");
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		char *longer = alloc_format("%s%s%s", text, i ? ", " : "",
					    json_string_value(item)
						    ? json_string_value(item)
						    : "?");

		free(text);
		text = longer;
	}
	return text;
}

/* --- people at a terminal --- */

static enum cli_exit administer_ask(const struct cli *cli, bool pin,
				    const char *prompt,
				    char out_secret[ASK_SECRET_SIZE])
{
	return pin ? cli_ask_pin(cli, prompt, out_secret)
		   : cli_ask_password(cli, prompt, out_secret);
}

enum cli_exit administer_ask_new(const struct cli *cli, bool pin,
				 char out_secret[ASK_SECRET_SIZE])
{
	bool piped = args_has(cli->args,
			      pin ? OPTION_PIN_STDIN : OPTION_PASSWORD_STDIN);
	char again[ASK_SECRET_SIZE];
	enum cli_exit exit = administer_ask(
		cli, pin,
		pin ? "The new PIN: " : "The new password: ", out_secret);

	if (exit || piped)
		return exit;
	exit = administer_ask(cli, pin, "The same again: ", again);
	if (!exit && strcmp(out_secret, again) != 0)
		exit = cli_misuse(_("The two are not the same."));
	secret_wipe(again, sizeof(again));
	if (exit)
		secret_wipe(out_secret, ASK_SECRET_SIZE);
	return exit;
}

/* A line that was piped in, as by "echo y". False if there is none. */
static bool administer_piped(char *out_first)
{
	char line[ASK_SECRET_SIZE];

	if (isatty(STDIN_FILENO) || ask_line(STDIN_FILENO, line))
		return false;
	*out_first = *line;
	return true;
}

bool administer_confirm(const char *question)
{
	char answer[16] = "";
	CLEANUP_FD int fd = -1;

	if (administer_piped(answer))
		return *answer == 'y' || *answer == 'Y';
	fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || write(fd, question, strlen(question)) < 0)
		return false;
	return read(fd, answer, sizeof(answer)) > 0 &&
	       (*answer == 'y' || *answer == 'Y');
}
