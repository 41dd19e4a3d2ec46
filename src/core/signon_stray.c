/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens of sign-ons that do not do: made up, ended, or another client's. On
 * record one by one up to a rate, and past that counted, by client. Nobody is
 * slowed down by them: they are too long to be guessed, and a program that
 * has not noticed that its sign-on ended must be able to sign on again.
 */
#include "core/signon_private.h"

#include "core/rate.h"
#include "core/record.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#define STRAYS_BURST	   5
#define STRAYS_INTERVAL_MS 60000
#define STRAYS_BULK_MS	   (10 * 60000) /* how long they are only counted */
#define STRAYS_UIDS	   64

struct stray {
	LIST_ENTRY(stray) entry;
	uid_t uid;
	int64_t count;
};

LIST_HEAD(stray_list, stray);

struct strays {
	struct core *core;
	struct rates *rates;
	struct stray_list list;
	size_t uids;
	struct timer *timer;
};

static json_t *stray_note(struct core *core, struct record **out_record,
			  uid_t uid, int64_t count)
{
	/* Of no till: whose token it is must not be heard by who brought it. */
	json_t *entry = record_note(core, out_record, "wrong-sign-on", NULL);

	json_put_int(entry, "uid", uid);
	return json_put_int(entry, "count", count);
}

static void strays_write(void *arg)
{
	struct strays *strays = arg;
	struct stray *stray;
	struct record *record;

	while ((stray = LIST_FIRST(&strays->list))) {
		stray_note(strays->core, &record, stray->uid, stray->count);
		record_commit(record, NULL, NULL);
		LIST_REMOVE(stray, entry);
		free(stray);
	}
	strays->uids = 0;
}

struct strays *strays_new(struct core *core)
{
	struct strays *strays = ALLOC_NEW(struct strays);

	strays->core = core;
	strays->rates = rates_new(STRAYS_BURST, STRAYS_INTERVAL_MS);
	LIST_INIT(&strays->list);
	strays->timer = timer_new(core->env.timers, strays_write, strays);
	return strays;
}

void strays_settle(struct core *core)
{
	timer_stop(core->strays->timer);
	strays_write(core->strays);
}

struct strays *strays_free(struct strays *strays)
{
	struct stray *stray;

	if (!strays)
		return NULL;
	while ((stray = LIST_FIRST(&strays->list))) {
		LIST_REMOVE(stray, entry);
		free(stray);
	}
	rates_free(strays->rates);
	timer_free(strays->timer);
	free(strays);
	return NULL;
}

static void strays_count(struct strays *strays, uid_t uid)
{
	struct stray *stray;

	LIST_FOREACH(stray, &strays->list, entry)
	if (stray->uid == uid)
		break;
	if (!stray) {
		if (strays->uids == STRAYS_UIDS)
			strays_write(strays);
		if (!strays->uids++)
			timer_set(strays->timer, STRAYS_BULK_MS);
		stray = ALLOC_NEW(struct stray);
		stray->uid = uid;
		LIST_INSERT_HEAD(&strays->list, stray, entry);
	}
	stray->count++;
}

static void stray_take(struct core *core, uid_t uid,
		       const struct signon *foreign)
{
	struct record *record;
	char subject[24];
	int64_t wait_ms;
	json_t *entry;

	snprintf(subject, sizeof(subject), "%u", (unsigned int)uid);
	if (!rates_take(core->strays->rates, subject, core_now(core),
			&wait_ms)) {
		strays_count(core->strays, uid);
		return;
	}
	entry = stray_note(core, &record, uid, 1);
	json_put_text(entry, "signon", foreign ? foreign->row.id : NULL);
	json_put_text(entry, "operator",
		      foreign ? foreign->row.operator: NULL);
	record_commit(record, NULL, NULL);
}

void signon_note_wrong(struct core *core, uid_t uid, const char *token)
{
	const struct signon *signon = token ? signon_find(core, token) : NULL;

	if (token && (!signon || signon->row.uid != uid))
		stray_take(core, uid, signon);
}

void signon_refuse(struct core *core, struct caller *caller)
{
	signon_note_wrong(core, caller->peer.uid, caller->token);
	caller_refuse(caller, PROBLEM_SIGN_ON_REQUIRED, NULL);
}
