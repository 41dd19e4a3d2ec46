/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl policy show, apply, explain, lint. */
#include "cli/administer.h"
#include "cli/changes.h"
#include "cli/policy_file.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/json.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define POLICY_PATIENCE_S 600

/* --- show --- */

static enum cli_exit policy_write(const char *path, const json_t *policy)
{
	CLEANUP_FREE char *text = json_dumps(policy, JSON_INDENT(2));
	CLEANUP_FD int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t len = text ? strlen(text) : 0;

	if (fd < 0 || !text || write(fd, text, len) != (ssize_t)len ||
	    write(fd, "\n", 1) != 1) {
		say_error(_("%s can't be made: %s"), path, strerror(errno));
		return CLI_EXIT_OUTPUT;
	}
	return CLI_EXIT_DONE;
}

enum cli_exit verb_show_policy(struct cli *cli, const char *const *words,
			       size_t count)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = administer_look(cli, "/v1/policy", &answer);

	if (exit || (!cli_prints(cli) && !count))
		return exit;
	if (count)
		return policy_write(words[0], answer.json);
	json_dumpf(answer.json, stdout, JSON_INDENT(2));
	putchar('\n');
	return CLI_EXIT_DONE;
}

/* --- apply --- */

static bool policy_needs_consent(const struct client_answer *answer)
{
	const char *code = json_text(answer->json, "code");

	return code && !strcmp(code, "authorization-required");
}

/* What it would change, said first. Who may not look may still ask: then the
 * supervisor is told what differs. */
static enum cli_exit policy_compare(struct cli *cli, const json_t *policy,
				    struct client_answer *out_answer)
{
	struct client_request request = {
		.method = "PUT",
		.path = "/v1/policy?dry_run=true",
		.body = policy,
		.patience = POLICY_PATIENCE_S,
	};
	enum cli_exit exit;
	int r = client_send(cli_client(cli), &request, out_answer);

	if (r)
		return cli_tell_unsent(cli, r);
	if (policy_needs_consent(out_answer) &&
	    args_has(cli->args, OPTION_YES) &&
	    !args_has(cli->args, OPTION_DRY_RUN))
		return CLI_EXIT_DONE;
	if (out_answer->status != 200 || !cli_prints(cli)) {
		exit = args_has(cli->args, OPTION_DRY_RUN) ||
				       out_answer->status != 200
			       ? cli_tell_answer(cli, out_answer)
			       : CLI_EXIT_DONE;
		if (exit)
			client_answer_clear(out_answer);
		return exit;
	}
	changes_print(stdout, json_object_get(out_answer->json, "changes"));
	return CLI_EXIT_DONE;
}

static bool policy_is_nothing(const struct client_answer *compared)
{
	return compared->status == 200 &&
	       !json_object_size(json_object_get(compared->json, "changes"));
}

enum cli_exit verb_apply_policy(struct cli *cli, const char *const *words,
				size_t count)
{
	CLI_BODY *policy = NULL;
	CLI_ANSWER compared = { 0 };
	const char *match;
	enum cli_exit exit = policy_file_read(words[0], &policy);

	(void)count;
	if (!exit)
		exit = cli_sign_in(cli);
	if (!exit)
		exit = policy_compare(cli, policy, &compared);
	if (exit || args_has(cli->args, OPTION_DRY_RUN) ||
	    policy_is_nothing(&compared))
		return exit;
	fflush(stdout);
	if (!args_has(cli->args, OPTION_YES) &&
	    !administer_confirm("Apply this? [y/N] "))
		return cli_misuse(_("Nothing was done. Say y, or give --yes."));
	match = json_text(compared.json, "etag");
	return administer_act(cli, "PUT", "/v1/policy", policy,
			      match ? match : "*");
}

/* --- explain --- */

static void policy_print_near(const json_t *near)
{
	static const struct {
		const char *because;
		const char *words;
	} rows[] = {
		{ "not-attached",
		  "they are in it, but it does not count here" },
		{ "void", "they are in it, but it can't read these" },
		{ "not-a-member", "it would allow it; they are not in it" },
	};
	const json_t *row;
	size_t i;

	json_array_foreach (near, i, row) {
		const char *because = json_text(row, "because");

		for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++)
			if (because && !strcmp(rows[n].because, because))
				printf("      group %s: %s\n",
				       json_text(row, "group"), rows[n].words);
	}
}

static void policy_print_missing(const char *heading, const json_t *missing)
{
	const json_t *row;
	size_t i;

	if (!json_array_size(missing))
		return;
	puts(heading);
	json_array_foreach (missing, i, row) {
		printf("  %s (%s)\n", json_text(row, "right"),
		       json_text(row, "meaning"));
		policy_print_near(json_object_get(row, "near"));
	}
}

static void policy_print_authorizers(const json_t *answer)
{
	const json_t *people = json_object_get(answer, "authorizers"), *row;
	const char *badge = json_text(answer, "badge");
	int64_t more = json_int(answer, "more_authorizers", 0);
	size_t i;

	if (!json_array_size(people)) {
		puts(_("Nobody could authorize it."));
		return;
	}
	puts(_("Could be authorized by:"));
	json_array_foreach (people, i, row) {
		CLEANUP_FREE char *line =
			alloc_format("  %s (%s)", json_text(row, "name"),
				     json_text(row, "login"));

		say_clean(stdout, line);
		putchar('\n');
	}
	if (more)
		printf("  and %lld more\n", (long long)more);
	if (badge && strcmp(badge, "alone") != 0)
		printf("A badge alone will not do: %s.\n",
		       !strcmp(badge, "pin") ? "it needs the PIN as well"
					     : "it has to be one that can "
					       "prove itself");
}

static void policy_print_granted(const json_t *granted)
{
	const json_t *row;
	size_t i;

	json_array_foreach (granted, i, row) {
		CLEANUP_FREE char *groups =
			administer_join(json_object_get(row, "groups"));

		printf("  %s through %s\n", json_text(row, "right"), groups);
	}
}

static bool policy_is_kept_out(const json_t *answer)
{
	const char *access = json_text(answer, "access");

	return access && strcmp(access, "open") != 0;
}

/* Where they can't sign on no right is of use. */
static bool policy_is_allowed(const json_t *answer)
{
	return json_flag(answer, "allowed") && !policy_is_kept_out(answer);
}

/* "Anna may open the drawer by hand at till 1, on conditions:" */
static char *policy_verdict(const json_t *answer)
{
	const char *till = json_text(answer, "till");
	const char *who =
		json_text(json_object_get(answer, "operator"), "name");
	bool depends = json_flag(answer, "depends");
	bool may = depends || policy_is_allowed(answer);
	const char *end = may && json_text(answer, "conditions")
				  ? ", on conditions:"
				  : ".";

	return alloc_format("%s%s may%s %s at %s%s%s",
			    depends ? "Whether " : "", who, may ? "" : " not",
			    json_text(answer, "asks"),
			    strcmp(till, "@box") ? "till " : "", till,
			    depends ? " depends:" : end);
}

static void policy_print_answer(const json_t *answer)
{
	const char *conditions = json_text(answer, "conditions");
	CLEANUP_FREE char *line = policy_verdict(answer);

	say_clean(stdout, line);
	putchar('\n');
	if (conditions) {
		CLEANUP_FREE char *told = alloc_format("  %s", conditions);

		say_clean(stdout, told);
		putchar('\n');
	}
	policy_print_granted(json_object_get(answer, "granted"));
	if (json_is_false(json_object_get(answer, "active")))
		puts(_("They are not active, so they may do nothing."));
	if (policy_is_kept_out(answer))
		puts(_("They are restricted: they can't sign on at this "
		       "till."));
	if (json_flag(answer, "allowed"))
		return;
	policy_print_missing("What is missing:",
			     json_object_get(answer, "missing"));
	policy_print_missing("Any of these is missing:",
			     json_object_get(answer, "missing_any"));
	policy_print_authorizers(answer);
}

/* Shaped as it should be, so that nothing of it has to be looked at twice. */
static bool policy_is_answer(const json_t *answer)
{
	return json_text(answer, "asks") && json_text(answer, "till") &&
	       json_text(json_object_get(answer, "operator"), "name");
}

enum cli_exit verb_explain_policy(struct cli *cli, const char *const *words,
				  size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	const struct args *args = cli->args;
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	(void)words;
	(void)count;
	if (!args->who || !args->action)
		return cli_misuse(_("Give --operator and --action."));
	cli_sign_in_if_kept(cli);
	if (!args->till && !*cli->till)
		return cli_misuse(_("Which till? Say --till; @box is what "
				    "belongs to none."));
	client_add_path(&path, "/v1/policy/explain");
	client_add_query(&path, "operator", args->who);
	client_add_query(&path, "till", args->till ? args->till : cli->till);
	client_add_query(&path, "action", args->action);
	exit = cli_get(cli, buf_text(&path), &answer);
	if (exit)
		return exit;
	if (cli_prints(cli) && policy_is_answer(answer.json))
		policy_print_answer(answer.json);
	if (policy_is_kept_out(answer.json)) /* which no consent lifts */
		return CLI_EXIT_REFUSED;
	return json_flag(answer.json, "allowed") ? CLI_EXIT_DONE
						 : CLI_EXIT_CONSENT;
}

/* --- lint --- */

enum cli_exit verb_lint_policy(struct cli *cli, const char *const *words,
			       size_t count)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = administer_look(cli, "/v1/policy/lint", &answer);
	const json_t *findings = json_object_get(answer.json, "findings"), *row;
	int64_t more = json_int(answer.json, "more", 0);
	size_t i;

	(void)words;
	(void)count;
	if (exit)
		return exit;
	json_array_foreach (findings, i, row) {
		CLEANUP_FREE char *names =
			administer_join(json_object_get(row, "permissions"));
		CLEANUP_FREE char *line =
			alloc_format("%s%s%s", json_text(row, "sentence"),
				     *names ? " " : "", names);

		if (!cli_prints(cli))
			continue;
		say_clean(stdout, line);
		putchar('\n');
	}
	if (more && cli_prints(cli))
		printf("And %lld more.\n", (long long)more);
	if (!json_array_size(findings) && cli_prints(cli))
		puts(_("Nothing to say against it."));
	return json_array_size(findings) ? CLI_EXIT_REFUSED : CLI_EXIT_DONE;
}
