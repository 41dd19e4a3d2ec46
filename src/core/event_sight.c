/* SPDX-License-Identifier: Apache-2.0 */
#include "core/event_sight.h"

#include <stddef.h>
#include <string.h>

static const struct event_sight_row {
	const char *kind;
	enum event_sight sight;
} event_sight_rows[] = {
	{ "start", EVENT_SIGHT_TILL },
	{ "rolled-back", EVENT_SIGHT_TILL },
	{ "rollback-confirmed", EVENT_SIGHT_TILL },
	{ "head-missing", EVENT_SIGHT_TILL },
	{ "restored", EVENT_SIGHT_TILL },
	{ "key-changed", EVENT_SIGHT_TILL },
	{ "archive-asked", EVENT_SIGHT_TILL },
	{ "archived", EVENT_SIGHT_TILL },
	{ "backup", EVENT_SIGHT_TILL },
	{ "setup", EVENT_SIGHT_TILL },
	{ "sign-on", EVENT_SIGHT_TILL },
	{ "sign-off", EVENT_SIGHT_TILL },
	{ "wrong-credentials", EVENT_SIGHT_TILL },
	{ "unknown-badge", EVENT_SIGHT_TILL },
	{ "unknown-badges", EVENT_SIGHT_TILL },
	{ "refused", EVENT_SIGHT_TILL },
	{ "authorization.approved", EVENT_SIGHT_TILL },
	{ "authorization.denied", EVENT_SIGHT_TILL },
	{ "authorization.withdrawn", EVENT_SIGHT_TILL },
	{ "authorization.expired", EVENT_SIGHT_TILL },
	{ "authorization.outdated", EVENT_SIGHT_TILL },
	{ "authorization.void", EVENT_SIGHT_TILL },
	{ "authorization.not-taken", EVENT_SIGHT_TILL },
	{ "intent", EVENT_SIGHT_TILL },
	{ "evidence", EVENT_SIGHT_TILL },
	{ "outcome", EVENT_SIGHT_TILL },
	{ "called-off", EVENT_SIGHT_TILL },
	{ "settled", EVENT_SIGHT_TILL },
	{ "check", EVENT_SIGHT_TILL },
	{ "session.open", EVENT_SIGHT_TILL },
	{ "session.closing", EVENT_SIGHT_TILL },
	{ "session.count", EVENT_SIGHT_TILL },
	{ "session.close", EVENT_SIGHT_TILL },
	{ "session.lock", EVENT_SIGHT_TILL },
	{ "session.unlock", EVENT_SIGHT_TILL },
	{ "session.hand-over", EVENT_SIGHT_TILL },
	{ "session.report", EVENT_SIGHT_TILL },
	{ "report.unsolicited", EVENT_SIGHT_TILL },
	{ "day.end", EVENT_SIGHT_TILL },
	{ "cash.in", EVENT_SIGHT_TILL },
	{ "cash.out", EVENT_SIGHT_TILL },
	{ "declared", EVENT_SIGHT_TILL },
	{ "balance.read", EVENT_SIGHT_TILL },
	{ "drawer.opened", EVENT_SIGHT_TILL },
	{ "drawer.closed", EVENT_SIGHT_TILL },
	{ "drawer.unsolicited", EVENT_SIGHT_TILL },
	{ "drawer.found-open", EVENT_SIGHT_TILL },
	{ "drawer.left-open", EVENT_SIGHT_TILL },
	{ "drawer.gap", EVENT_SIGHT_TILL },
	{ "payment.slips", EVENT_SIGHT_TILL },
	{ "job.refused", EVENT_SIGHT_TILL },
	{ "device.release", EVENT_SIGHT_TILL },
	{ "device.take", EVENT_SIGHT_TILL },
	{ "device.expired", EVENT_SIGHT_TILL },
	{ "device.returned", EVENT_SIGHT_TILL },
	{ "terminal.alarm", EVENT_SIGHT_TILL },
	{ "token.given", EVENT_SIGHT_PARTIES },
	{ "token.not-given", EVENT_SIGHT_PARTIES },
	{ "token.revoked", EVENT_SIGHT_PARTIES },
	{ "token.void", EVENT_SIGHT_PARTIES },
	{ "wrong-token", EVENT_SIGHT_PARTIES },
	{ "own-password", EVENT_SIGHT_PARTIES },
	{ "own-pin", EVENT_SIGHT_PARTIES },
	{ "guesses.cleared", EVENT_SIGHT_PARTIES },
	{ "wrong-sign-on", EVENT_SIGHT_JOURNAL },
	{ "seal", EVENT_SIGHT_JOURNAL },
	{ "policy.read", EVENT_SIGHT_JOURNAL },
	{ "policy.compare", EVENT_SIGHT_JOURNAL },
	{ "policy.replace", EVENT_SIGHT_JOURNAL },
	{ "policy.bundle", EVENT_SIGHT_JOURNAL },
	{ "change.refused", EVENT_SIGHT_JOURNAL },
	{ "operator.put", EVENT_SIGHT_JOURNAL },
	{ "operator.remove", EVENT_SIGHT_JOURNAL },
	{ "operator.erase", EVENT_SIGHT_JOURNAL },
	{ "operator.password", EVENT_SIGHT_JOURNAL },
	{ "operator.pin", EVENT_SIGHT_JOURNAL },
	{ "group.put", EVENT_SIGHT_JOURNAL },
	{ "group.remove", EVENT_SIGHT_JOURNAL },
	{ "till.put", EVENT_SIGHT_JOURNAL },
	{ "till.remove", EVENT_SIGHT_JOURNAL },
	{ "badge.enroll", EVENT_SIGHT_JOURNAL },
	{ "badge.put", EVENT_SIGHT_JOURNAL },
	{ "badge.remove", EVENT_SIGHT_JOURNAL },
	{ "recovered", EVENT_SIGHT_JOURNAL },
};

#define EVENT_SIGHT_ROWS \
	(sizeof(event_sight_rows) / sizeof(event_sight_rows[0]))

enum event_sight event_sight(const char *kind)
{
	for (size_t i = 0; kind && i < EVENT_SIGHT_ROWS; i++)
		if (!strcmp(event_sight_rows[i].kind, kind))
			return event_sight_rows[i].sight;
	return EVENT_SIGHT_JOURNAL;
}

const char *event_sight_kind(unsigned int at)
{
	return at < EVENT_SIGHT_ROWS ? event_sight_rows[at].kind : NULL;
}
