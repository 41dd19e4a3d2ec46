/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/consent.h"

#include "cli/changes.h"
#include "cli/say.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* "Eva Berg, Jan Nowak" of those who are offered. New. */
static char *consent_names(const json_t *people)
{
	char *names = alloc_text("");
	const json_t *one;
	size_t i;

	json_array_foreach (people, i, one) {
		const char *name = json_text(one, "name");
		char *longer = alloc_format("%s%s%s", names, i ? ", " : "",
					    name ? name : "?");

		free(names);
		names = longer;
	}
	return names;
}

static bool consent_goes_by(const json_t *authorization, const char *way)
{
	const json_t *one;
	size_t i;

	json_array_foreach (json_object_get(authorization, "how"), i, one) {
		const char *text = json_string_value(one);

		if (text && !strcmp(text, way))
			return true;
	}
	return false;
}

static bool consent_needs_pin(const json_t *authorization)
{
	const char *badge = json_text(authorization, "badge");

	return badge && !strcmp(badge, "pin");
}

static void consent_tell_rights(const json_t *rights, const char *words)
{
	const json_t *one;
	size_t i;

	json_array_foreach (rights, i, one) {
		const char *meaning = json_text(one, "meaning");
		const char *id = json_text(one, "id");

		say_note("  %s: %s (%s)", words, meaning ? meaning : "?",
			 id ? id : "?");
	}
}

static void consent_tell_missing(const json_t *authorization)
{
	consent_tell_rights(json_object_get(authorization, "missing"),
			    "It needs");
	consent_tell_rights(json_object_get(authorization, "missing_any"),
			    "Enough would be");
}

void consent_tell_objection(const json_t *authorization)
{
	const char *objection = json_text(authorization, "badge_objection");

	if (objection && !consent_goes_by(authorization, "badge"))
		say_note(_("  No badge counts now: %s."), objection);
}

void consent_tell(const json_t *authorization)
{
	CLEANUP_FREE char *names =
		consent_names(json_object_get(authorization, "approvers"));
	const char *sentence = json_text(authorization, "sentence");
	const char *id = json_text(authorization, "id");
	bool badge = consent_goes_by(authorization, "badge");

	say_note("%s", sentence ? sentence : "This has to be authorized.");
	if (json_object_get(authorization, "changes"))
		changes_print(stderr,
			      json_object_get(authorization, "changes"));
	consent_tell_missing(authorization);
	if (!*names) {
		say_note(_("  Nobody else here can authorize it."));
		consent_tell_objection(authorization);
		return;
	}
	say_note(_("  Who can authorize it: %s"), names);
	say_note(_("  How: %s%stillctl authorize %s --login LOGIN"),
		 badge ? "a badge at the reader" : "",
		 !badge				    ? ""
		 : consent_needs_pin(authorization) ? " with its PIN, or "
						    : ", or ",
		 id ? id : "?");
	consent_tell_objection(authorization);
}

/* --- the reader --- */

/* Who has it goes first; what waits then is served by itself. */
static bool consent_tell_busy(const json_t *problem)
{
	const char *code = json_text(problem, "code");

	if (!code || strcmp(code, "reader-busy") != 0)
		return false;
	say_note("  The reader waits for somebody else, at most %" PRId64
		 " s longer. Whoever waits has it next, by itself; or use a "
		 "password.",
		 json_int(problem, "retry_after", 1));
	return true;
}

/* Posts to an authorization; tells only what went wrong. */
static enum cli_exit consent_post(struct cli *cli, const char *id,
				  const char *what, const json_t *body)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	struct client_request request = { .method = "POST", .body = body };
	CLI_ANSWER answer = { 0 };
	int r;

	client_add_path(&path, "/v1/authorizations/{}/", id);
	buf_add_text(&path, what);
	request.path = buf_text(&path);
	r = client_send(cli_client(cli), &request, &answer);
	if (r)
		return cli_tell_error(cli, r);
	if (answer.status == 200)
		return CLI_EXIT_DONE;
	if (!consent_tell_busy(answer.json))
		cli_tell_problem(answer.json, answer.status);
	return exits_of_problem(json_text(answer.json, "code"));
}

enum cli_exit consent_give_pin(struct cli *cli, const char *id)
{
	char pin[ASK_SECRET_SIZE];
	CLI_BODY *body = json_make();
	enum cli_exit exit =
		cli_ask_pin(cli, "PIN of the badge that will be shown: ", pin);

	if (exit)
		return exit;
	json_put_text(body, "pin", pin);
	secret_wipe(pin, sizeof(pin));
	return consent_post(cli, id, "pin", body);
}

bool consent_has_person(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static bool consent_may_ask_pin(const struct cli *cli)
{
	return args_has(cli->args, OPTION_PIN) ||
	       args_has(cli->args, OPTION_PIN_STDIN) || consent_has_person();
}

enum cli_exit consent_arm(struct cli *cli, const json_t *authorization)
{
	const char *id = json_text(authorization, "id");
	CLEANUP_JSON json_t *nothing = json_make();
	enum cli_exit exit;

	if (!id || !consent_goes_by(authorization, "badge"))
		return CLI_EXIT_DEVICE;
	exit = consent_post(cli, id, "arm", nothing);
	if (!exit && consent_needs_pin(authorization)) {
		if (consent_may_ask_pin(cli))
			exit = consent_give_pin(cli, id);
		else
			say_note(_("  The badge needs its PIN, and that comes "
				   "first: use --pin or --pin-stdin."));
	}
	if (!exit)
		say_note(_("  The reader waits for the badge."));
	return exit;
}
