/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/exits.h"

#include "util/json.h"

#include <string.h>

static const struct exits_row exits_rows[] = {
	{ CLI_EXIT_DONE, "done" },
	{ CLI_EXIT_REFUSED, "refused or failed: it did not happen" },
	{ CLI_EXIT_OPEN, "it is not known whether it happened, or it still "
			 "goes on: look, never just repeat it" },
	{ CLI_EXIT_CONSENT, "an authorization is needed and was not given" },
	{ CLI_EXIT_SIGN_ON,
	  "nobody is signed on, or name, password, PIN or badge are wrong" },
	{ CLI_EXIT_DEVICE, "the device is not ready; nothing happened" },
	{ CLI_EXIT_UNREACHABLE, "the daemon can't be reached" },
	{ CLI_EXIT_JOURNAL, "the journal is not sound" },
	{ CLI_EXIT_USAGE, "the command line is wrong; nothing was asked" },
	{ CLI_EXIT_OUTPUT,
	  "the output could not be written; an action was done all the same" },
};

const struct exits_row *exits_at(size_t index)
{
	return index < sizeof(exits_rows) / sizeof(exits_rows[0])
		       ? &exits_rows[index]
		       : NULL;
}

/* Those that are not simply refused. */
static const struct exits_problem {
	const char *code;
	enum cli_exit exit;
} exits_problems[] = {
	{ "outcome-unknown", CLI_EXIT_OPEN },
	{ "outcome-lost", CLI_EXIT_OPEN },

	{ "authorization-required", CLI_EXIT_CONSENT },
	{ "authorization-not-found", CLI_EXIT_CONSENT },
	{ "authorization-spent", CLI_EXIT_CONSENT },
	{ "authorization-expired", CLI_EXIT_CONSENT },
	{ "authorization-denied", CLI_EXIT_CONSENT },
	{ "authorization-withdrawn", CLI_EXIT_CONSENT },
	{ "authorization-mismatch", CLI_EXIT_CONSENT },
	{ "authorization-outdated", CLI_EXIT_CONSENT },
	{ "authorization-not-yours", CLI_EXIT_CONSENT },
	{ "may-not-authorize", CLI_EXIT_CONSENT },
	{ "own-authorization", CLI_EXIT_CONSENT },
	{ "pin-not-asked", CLI_EXIT_CONSENT },

	{ "sign-on-required", CLI_EXIT_SIGN_ON },
	{ "wrong-credentials", CLI_EXIT_SIGN_ON },
	{ "slow-down", CLI_EXIT_SIGN_ON },
	{ "badge-timeout", CLI_EXIT_SIGN_ON },

	{ "no-such-device", CLI_EXIT_DEVICE },
	{ "device-not-ready", CLI_EXIT_DEVICE },
	{ "device-busy", CLI_EXIT_DEVICE },
	{ "device-released", CLI_EXIT_DEVICE },
	{ "reader-busy", CLI_EXIT_DEVICE },
	{ "no-reader", CLI_EXIT_DEVICE },
};

enum cli_exit exits_of_problem(const char *code)
{
	size_t count = sizeof(exits_problems) / sizeof(exits_problems[0]);

	for (size_t i = 0; code && i < count; i++)
		if (!strcmp(exits_problems[i].code, code))
			return exits_problems[i].exit;
	return CLI_EXIT_REFUSED;
}

/*
 * What is said only after the key was looked for and not found. Till, sign-on
 * and the daemon's own state are looked at before that, so what is not in this
 * list (a problem of a newer daemon, too) proves nothing about an earlier try.
 */
bool exits_is_final(const char *code)
{
	static const char *const after_the_key[] = {
		"authorization-required",
		"authorization-spent",
		"authorization-expired",
		"authorization-denied",
		"authorization-withdrawn",
		"authorization-mismatch",
		"authorization-outdated",
		"authorization-not-found",
		"authorization-not-yours",
		"no-such-device",
		"device-not-ready",
		"device-busy",
		"device-released",
		"device-not-released",
		"technicians-only",
		"not-supported",
		"outcome-open",
		"payment-not-reversible",
		"session-needed",
		"session-exists",
		"session-elsewhere",
		"session-foreign",
		"session-locked",
		"session-not-locked",
		"session-closing",
		"session-closed",
		"not-counted",
		"count-limit",
		"sessions-open",
		"printer-closing",
		"day-not-open",
		"event-unusable",
		"own-rights",
		"own-secret",
		"change-too-large",
		"policy-changed",
		"changed-meanwhile",
		"last-administrator",
		"badge-taken",
	};
	size_t count = sizeof(after_the_key) / sizeof(after_the_key[0]);

	for (size_t i = 0; code && i < count; i++)
		if (!strcmp(after_the_key[i], code))
			return true;
	return false;
}

struct exits_name {
	const char *name;
	enum cli_exit exit;
};

static enum cli_exit exits_find(const struct exits_name *names, size_t count,
				const char *name, enum cli_exit otherwise)
{
	for (size_t i = 0; name && i < count; i++)
		if (!strcmp(names[i].name, name))
			return names[i].exit;
	return otherwise;
}

enum cli_exit exits_of_operation(const json_t *operation)
{
	static const struct exits_name outcomes[] = {
		{ "ok", CLI_EXIT_DONE },
		{ "sent", CLI_EXIT_DONE },
		{ "refused", CLI_EXIT_REFUSED },
		{ "failed", CLI_EXIT_REFUSED },
	};
	const char *reason = json_text(operation, "reason");

	if (reason && !strcmp(reason, "settled"))
		return CLI_EXIT_DONE; /* that it is settled is what was asked */
	return exits_find(outcomes, sizeof(outcomes) / sizeof(outcomes[0]),
			  json_text(operation, "outcome"), CLI_EXIT_OPEN);
}

enum cli_exit exits_of_authorization(const json_t *authorization)
{
	static const struct exits_name states[] = {
		{ "approved", CLI_EXIT_DONE },
		{ "spent", CLI_EXIT_DONE },
	};

	return exits_find(states, sizeof(states) / sizeof(states[0]),
			  json_text(authorization, "state"), CLI_EXIT_CONSENT);
}
