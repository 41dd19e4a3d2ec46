/* SPDX-License-Identifier: Apache-2.0 */
#include "core/events.h"

#include "core/action.h"
#include "core/core_private.h"
#include "core/event_sight.h"
#include "core/journal_access.h"
#include "core/session.h"
#include "core/signon.h"
#include "core/sums.h"
#include "store/journal.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define EVENTS_PAGE  200
#define EVENTS_ALARM "balance.alarm"

struct subscription {
	LIST_ENTRY(subscription) entry;
	struct core *core;
	struct peer peer;
	char viewer[POLICY_ID_MAX + 1]; /* who was signed on; "": nobody */
	char signon[RANDOM_ID_SIZE];	/* by which they were */
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

/* One event, made ready: who may follow its till is not always all. */
struct event {
	int64_t seq; /* 0: passing */
	const char *type;
	const char *till; /* or NULL */
	enum event_sight sight;
	json_t *body;
	json_t *alarm; /* for those who may see the balance; or NULL */
};

/* What they may not view they don't see, whatever becomes of their sign-on;
 * more than others they see only while it lasts. */
static const struct policy_operator *
events_operator(const struct subscription *subscription)
{
	struct core *core = subscription->core;

	return *subscription->viewer && signon_is_on(core, subscription->signon)
		       ? policy_operator(core->policy, subscription->viewer)
		       : NULL;
}

static bool events_is_party(const struct subscription *subscription,
			    const json_t *body)
{
	static const char *const parties[] = { "operator", "approver", "by" };

	for (size_t i = 0; i < sizeof(parties) / sizeof(parties[0]); i++) {
		const char *id = json_text(body, parties[i]);

		if (id && !strcmp(id, subscription->viewer))
			return true;
	}
	return false;
}

static bool events_is_told(const struct subscription *subscription,
			   const struct event *event)
{
	switch (event->sight) {
	case EVENT_SIGHT_PARTIES:
		if (events_operator(subscription) &&
		    events_is_party(subscription, event->body))
			return true;
		break;
	case EVENT_SIGHT_JOURNAL:
		break;
	case EVENT_SIGHT_TILL:
	case EVENT_SIGHTS:
		return true;
	}
	return journal_access_is_for(subscription->core, &subscription->peer,
				     signon_lasting(subscription->core,
						    subscription->signon),
				     events_operator(subscription));
}

static bool events_sees_balance(const struct subscription *subscription,
				const char *till)
{
	struct core *core = subscription->core;

	return core_is_owner(core, &subscription->peer) ||
	       session_sees_balance(core,
				    signon_lasting(core, subscription->signon),
				    events_operator(subscription),
				    policy_till(core->policy, till));
}

static void events_write(struct subscription *subscription, int64_t seq,
			 const char *type, const json_t *body)
{
	char *line = json_line(body);

	subscription->subscriber.event(subscription->subscriber.arg, seq, type,
				       line, strlen(line));
	free(line);
}

/* It may be given up while it is told, and is freed only afterwards. */
static void events_tell(struct subscription *subscription,
			const struct event *event)
{
	bool reading = subscription->reading;

	if (!events_sees(subscription, event->till) ||
	    !events_is_told(subscription, event))
		return;
	subscription->reading = true;
	events_write(subscription, event->seq, event->type, event->body);
	if (event->alarm && !subscription->cancelled &&
	    events_sees_balance(subscription, event->till))
		events_write(subscription, event->seq, EVENTS_ALARM,
			     event->alarm);
	subscription->reading = reading;
	if (subscription->cancelled && !reading)
		free(subscription);
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

/* What a device told, without sums: those of entries that were written when
 * they did not stand apart yet, too. */
static void events_without_sums(json_t *event, const char *key)
{
	json_t *told = json_object_get(event, key), *copy;

	if (!told)
		return;
	copy = json_deep_copy(told);
	json_decref(sums_take(copy));
	json_put(event, key, copy);
}

/* What the world is told of it: the same now as when it is read again. New. */
static json_t *events_of_entry(struct core *core, const json_t *entry)
{
	/* Jansson copies shallowly without changing what it copies from. */
	json_t *event = json_copy((json_t *)(uintptr_t)entry);

	const char *kind = json_text(entry, "kind");

	json_object_del(event, "kind");
	json_object_del(event, "time");
	json_object_del(event, "prev");
	/* What should have been there is told to nobody who counts. */
	json_object_del(event, "blind");
	events_without_sums(event, "result");
	events_without_sums(event, "evidence");
	/* Which logins exist is told to nobody who guesses. */
	if (kind && !strcmp(kind, "wrong-credentials"))
		json_object_del(event, "operator");
	events_name(core, event, "operator", "operator_name");
	events_name(core, event, "approver", "approver_name");
	events_name(core, event, "by", "by_name");
	return event;
}

/* What was declared, or is known only afterwards, has happened, and no limit
 * could hold it up. */
static bool events_is_late(const json_t *entry)
{
	const char *kind = json_text(entry, "kind");

	if (!kind)
		return false;
	return !strcmp(kind, action_row(ACTION_DECLARE)->name) ||
	       !strcmp(kind, "settled") ||
	       (!strcmp(kind, "outcome") && json_flag(entry, "recovered"));
}

/* That it has passed a limit. NULL if it has passed none; new. */
static json_t *events_alarm(struct core *core, const json_t *entry)
{
	static const char *const fields[] = { "till", "policy", "operation",
					      "operator" };
	const json_t *blind = json_object_get(entry, "blind");
	json_t *alarm;

	if (!events_is_late(entry) ||
	    !json_array_size(json_object_get(blind, "limits")))
		return NULL;
	alarm = json_make();
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		json_put(alarm, fields[i],
			 json_incref(json_object_get(entry, fields[i])));
	events_name(core, alarm, "operator", "operator_name");
	return alarm;
}

static void events_finish(const struct event *event, const char *type,
			  json_t *body, const char *at)
{
	if (!body)
		return;
	json_put_text(body, "at", at);
	json_put_text(body, "till", event->till);
	json_put_text(body, "type", type);
	if (event->seq)
		json_put_int(body, "seq", event->seq);
}

static void events_end(struct event *event)
{
	json_decref(event->body);
	json_decref(event->alarm);
}

/* at: when; NULL: it stands in the entry. */
static struct event events_make(struct core *core, int64_t seq,
				const json_t *entry, const char *at)
{
	struct event event = {
		.seq = seq,
		.type = json_text(entry, "kind"),
		.till = json_text(entry, "till"),
		.sight = event_sight(json_text(entry, "kind")),
		.body = events_of_entry(core, entry),
		.alarm = events_alarm(core, entry),
	};

	events_finish(&event, event.type, event.body, at);
	events_finish(&event, EVENTS_ALARM, event.alarm, at);
	return event;
}

/* One event to all who follow. */
static void events_tell_all(struct core *core, const struct event *event)
{
	struct subscription *subscription, *next;

	/* A subscriber may end its own subscription while it is told. */
	for (subscription = LIST_FIRST(&core->events->list); subscription;
	     subscription = next) {
		next = LIST_NEXT(subscription, entry);
		if (!subscription->live) {
			subscription->missed = true; /* read in the journal */
			continue;
		}
		if (event->seq && event->seq <= subscription->told)
			continue;
		if (event->seq)
			subscription->told = event->seq;
		events_tell(subscription, event);
	}
}

void events_publish(struct core *core, const char *type, const char *till,
		    json_t *body)
{
	struct event event = { .type = type, .till = till, .body = body };
	char at[CLOCK_TEXT_SIZE];

	clock_format(core_wall(core), at);
	events_finish(&event, type, body, at);
	events_tell_all(core, &event);
	events_end(&event);
}

void events_publish_entry(struct core *core, int64_t seq, const json_t *entry)
{
	char at[CLOCK_TEXT_SIZE];
	struct event event;

	clock_format(core_wall(core), at);
	event = events_make(core, seq, entry, at);
	events_tell_all(core, &event);
	events_end(&event);
}

static void events_read(struct subscription *subscription);

static void events_tell_page(struct subscription *subscription,
			     const json_t *entries)
{
	json_t *entry;
	size_t i;

	json_array_foreach (entries, i, entry) {
		struct event event =
			events_make(subscription->core,
				    json_int(entry, "seq", 0), entry,
				    json_text(entry, "time"));

		subscription->told = event.seq;
		events_tell(subscription, &event);
		events_end(&event);
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

/* The operator who is signed on with it, and by what; NULL: nobody. */
static const struct policy_operator *
events_viewer(struct core *core, const struct follower *who,
	      const struct signon **out_signon)
{
	struct caller caller = { .peer = who->peer, .token = who->token };

	return signon_operator(core, &caller, NULL, out_signon);
}

bool events_may_follow(struct core *core, const struct follower *who,
		       const char *till)
{
	const struct peer *peer = &who->peer;
	const struct signon *signon;
	const struct policy_operator *viewer =
		events_viewer(core, who, &signon);

	if (till && viewer && !events_views(core, viewer->id, till))
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
	struct subscription *subscription = ALLOC_NEW(struct subscription);
	const struct signon *signon;
	const struct policy_operator *viewer =
		events_viewer(core, who, &signon);

	subscription->core = core;
	subscription->peer = who->peer;
	if (viewer) {
		text_copy(subscription->viewer, sizeof(subscription->viewer),
			  viewer->id);
		text_copy(subscription->signon, sizeof(subscription->signon),
			  signon->row.id);
	}
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
