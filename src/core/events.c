/* SPDX-License-Identifier: Apache-2.0 */
#include "core/events.h"

#include "core/core_private.h"
#include "core/signon.h"
#include "store/journal.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define EVENTS_PAGE 200

struct subscription {
	LIST_ENTRY(subscription) entry;
	struct core *core;
	struct peer peer;
	char viewer[POLICY_ID_MAX + 1]; /* who is signed on; "": nobody */
	char till[POLICY_ID_MAX + 1];	/* "": all that the peer may see */
	struct subscriber subscriber;
	int64_t told;	/* journal entries up to here were told */
	bool live;	/* what was missed has been told */
	bool missed;	/* something was published before it was live */
	bool reading;	/* a page is on its way to us, or being told */
	bool cancelled; /* and nobody wants it any more */
};

LIST_HEAD(subscriptions, subscription);

struct events {
	struct subscriptions list;
};

struct events *events_new(void)
{
	struct events *events = ALLOC_NEW(struct events);

	LIST_INIT(&events->list);
	return events;
}

struct events *events_free(struct events *events)
{
	struct subscription *subscription;

	/* Theirs to give up: they only hear nothing more. */
	while (events && (subscription = LIST_FIRST(&events->list))) {
		LIST_REMOVE(subscription, entry);
		subscription->core = NULL;
	}
	free(events);
	return NULL;
}

/* What an operator may not view does not exist for them. */
static bool events_views(const struct core *core, const char *viewer,
			 const char *till)
{
	const struct policy_operator *who =
		policy_operator(core->policy, viewer);
	const struct policy_till *at = policy_till(core->policy, till);

	return who && at && policy_may_view(core->policy, who, at);
}

/* Asked anew for each event: a policy may have changed who sees what. */
static bool events_sees(const struct subscription *subscription,
			const char *till)
{
	struct core *core = subscription->core;

	if (*subscription->till &&
	    (!till || strcmp(subscription->till, till) != 0))
		return false;
	if (till && *subscription->viewer &&
	    !events_views(core, subscription->viewer, till))
		return false;
	return core_is_technician(core, &subscription->peer) ||
	       (till && core_till(core, &subscription->peer, till));
}

static void events_tell(struct subscription *subscription, int64_t seq,
			const char *type, const char *till, const json_t *event)
{
	char *line;

	if (!events_sees(subscription, till))
		return;
	line = json_line(event);
	subscription->subscriber.event(subscription->subscriber.arg, seq, type,
				       line, strlen(line));
	free(line);
}

/* People are ids in the journal; those who watch are told the names too. */
static void events_name(struct core *core, json_t *event, const char *field,
			const char *name_field)
{
	const char *id = json_text(event, field);
	const struct policy_operator *who =
		id && core->policy ? policy_operator(core->policy, id) : NULL;

	if (who)
		json_put_text(event, name_field, who->name);
}

json_t *events_of_entry(struct core *core, const json_t *entry)
{
	/* Jansson copies shallowly without changing what it copies from. */
	json_t *event = json_copy((json_t *)(uintptr_t)entry);

	const char *kind = json_text(entry, "kind");

	json_object_del(event, "kind");
	json_object_del(event, "time");
	json_object_del(event, "prev");
	/* What should have been there is told to nobody who counts. */
	json_object_del(event, "blind");
	/* Which logins exist is told to nobody who guesses. */
	if (kind && !strcmp(kind, "wrong-credentials"))
		json_object_del(event, "operator");
	events_name(core, event, "operator", "operator_name");
	events_name(core, event, "approver", "approver_name");
	events_name(core, event, "by", "by_name");
	return event;
}

void events_publish(struct core *core, int64_t seq, const char *type,
		    const char *till, json_t *event)
{
	struct subscription *subscription, *next;
	char at[CLOCK_TEXT_SIZE];

	clock_format(core_wall(core), at);
	json_put_text(event, "at", at);
	json_put_text(event, "till", till);
	json_put_text(event, "type", type);
	if (seq)
		json_put_int(event, "seq", seq);
	/* A subscriber may end its own subscription while it is told. */
	for (subscription = LIST_FIRST(&core->events->list); subscription;
	     subscription = next) {
		next = LIST_NEXT(subscription, entry);
		if (!subscription->live) {
			subscription->missed = true; /* read in the journal */
			continue;
		}
		if (seq && seq <= subscription->told)
			continue;
		if (seq)
			subscription->told = seq;
		events_tell(subscription, seq, type, till, event);
	}
	json_decref(event);
}

static void events_read(struct subscription *subscription);

static void events_tell_page(struct subscription *subscription,
			     const json_t *entries)
{
	json_t *entry;
	size_t i;

	json_array_foreach (entries, i, entry) {
		json_t *event = events_of_entry(subscription->core, entry);

		json_put_text(event, "type", json_text(entry, "kind"));
		json_put_text(event, "at", json_text(entry, "time"));
		subscription->told = json_int(entry, "seq", 0);
		events_tell(subscription, subscription->told,
			    json_text(entry, "kind"), json_text(entry, "till"),
			    event);
		json_decref(event);
		if (subscription->cancelled)
			return;
	}
}

/* Was the next one archived before it could be told? */
static bool events_has_gap(const struct subscription *subscription,
			   const json_t *entries)
{
	const json_t *next = json_array_get(entries, 0);

	return next && json_int(next, "seq", 0) != subscription->told + 1;
}

static void events_page(void *arg, int error, const json_t *entries)
{
	struct subscription *subscription = arg;

	if (!error && !subscription->cancelled &&
	    events_has_gap(subscription, entries)) {
		/* as it is read no longer, this frees it */
		subscription->reading = false;
		subscription->subscriber.ended(subscription->subscriber.arg);
		return;
	}
	if (!error && !subscription->cancelled)
		events_tell_page(subscription, entries);
	subscription->reading = false;
	if (subscription->cancelled)
		free(subscription);
	else if (!error && subscription->core &&
		 !subscription->core->stopping &&
		 (json_array_size(entries) || subscription->missed))
		events_read(subscription);
	else
		subscription->live = true;
}

static void events_read(struct subscription *subscription)
{
	subscription->reading = true;
	subscription->missed = false;
	journal_read(subscription->core->store,
		     &(struct journal_filter){ .after = subscription->told,
					       .max = EVENTS_PAGE },
		     events_page, subscription);
}

static bool core_sees_any_till(struct core *core, const struct peer *peer)
{
	size_t count = core->policy ? policy_tills(core->policy) : 0;

	if (core_is_technician(core, peer))
		return true;
	for (size_t i = 0; i < count; i++)
		if (core_till(core, peer, policy_till_at(core->policy, i)->id))
			return true;
	return false;
}

int64_t events_first(const struct core *core)
{
	return core_archived(core) + 1;
}

/* The operator who is signed on with it, if somebody is. */
static const char *events_viewer(struct core *core, const struct follower *who)
{
	struct caller caller = { .peer = who->peer, .token = who->token };
	const struct signon *signon;
	const struct policy_operator *viewer =
		signon_operator(core, &caller, NULL, &signon);

	return viewer ? viewer->id : "";
}

bool events_may_follow(struct core *core, const struct follower *who,
		       const char *till)
{
	const struct peer *peer = &who->peer;
	const char *viewer = events_viewer(core, who);

	if (till && *viewer && !events_views(core, viewer, till))
		return false;
	if (!till)
		return core_sees_any_till(core, peer);
	return core_till(core, peer, till) ||
	       (core_is_technician(core, peer) && core->policy &&
		policy_till(core->policy, till));
}

int64_t events_last(const struct core *core)
{
	CLEANUP_JSON json_t *head = store_describe(core->store);

	return json_int(head, "seq", 0);
}

struct subscription *events_subscribe(struct core *core,
				      const struct follower *who,
				      const char *till, int64_t after,
				      const struct subscriber *subscriber)
{
	struct subscription *subscription;

	subscription = ALLOC_NEW(struct subscription);
	subscription->core = core;
	subscription->peer = who->peer;
	text_copy(subscription->viewer, sizeof(subscription->viewer),
		  events_viewer(core, who));
	subscription->subscriber = *subscriber;
	if (till)
		text_copy(subscription->till, sizeof(subscription->till), till);
	LIST_INSERT_HEAD(&core->events->list, subscription, entry);
	if (after < 0) {
		subscription->live = true;
	} else {
		subscription->told = after;
		events_read(subscription);
	}
	return subscription;
}

struct subscription *events_unsubscribe(struct subscription *subscription)
{
	if (!subscription)
		return NULL;
	if (subscription->core)
		LIST_REMOVE(subscription, entry);
	subscription->cancelled = true;
	if (!subscription->reading)
		free(subscription);
	return NULL;
}
