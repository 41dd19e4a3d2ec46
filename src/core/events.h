/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that happens, as it happens. Events that stand in the journal
 * carry their entry's sequence number and can be asked for again; passing ones
 * (a terminal's progress, a device's state) carry none.
 */
#ifndef TILLD_CORE_EVENTS_H
#define TILLD_CORE_EVENTS_H

#include "core/caller.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct core;
struct events;
struct subscription;

/* Somebody who follows; called from the loop. line is the event's JSON. */
struct subscriber {
	void (*event)(void *arg, int64_t seq, const char *type,
		      const char *line, size_t len);
	/* What was to be told next has been archived while it was read: there
	 * comes nothing more, and the subscription is to be given up. */
	void (*ended)(void *arg);
	void *arg;
};

struct events *events_new(void);
/* Ends the telling; subscriptions stay their subscribers' to give up. */
struct events *events_free(struct events *events);

/*
 * Publishes a passing event (stolen). till: who may see it; NULL for what
 * concerns the box as a whole.
 */
void events_publish(struct core *core, const char *type, const char *till,
		    json_t *event);

/*
 * The same for an entry of the journal that was written under that number: to
 * those who may be told of its kind (event_sight.h), without what is blind.
 * That what was declared has passed a limit is one more event, for those who
 * may see the balance; it is no entry of its own, since numbers are seen by
 * everybody, and one that is missing would tell the same.
 */
void events_publish_entry(struct core *core, int64_t seq, const json_t *entry);

/* Who follows: the uid and, where a token came along, whoever is signed on by
 * it, who then sees no more than they may view. */
struct follower {
	struct peer peer;
	const char *token; /* NULL without one */
};

/* Whether there is anything (till: that till) that it may follow. */
bool events_may_follow(struct core *core, const struct follower *who,
		       const char *till);

/* The first entry from which on all are there to be told; what is older has
 * been archived. */
int64_t events_first(const struct core *core);

/* The journal's last entry: nobody can have been told of a later one. */
int64_t events_last(const struct core *core);

/*
 * Follows what it may see: events of the tills that admit its uid (till: of
 * that one only), all of them for technicians and the owner. after: journal
 * sequence number to go on from; -1 for only what comes from now on.
 * Only where events_may_follow().
 */
struct subscription *events_subscribe(struct core *core,
				      const struct follower *who,
				      const char *till, int64_t after,
				      const struct subscriber *subscriber);
struct subscription *events_unsubscribe(struct subscription *subscription);

#endif
