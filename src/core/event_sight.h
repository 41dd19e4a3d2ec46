/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is told of an entry of the journal as it is written, beyond that they
 * may follow its till at all. docs/security.md has the same table for people,
 * and tests/unit/test_core_sight.c holds one against the other.
 */
#ifndef TILLD_CORE_EVENT_SIGHT_H
#define TILLD_CORE_EVENT_SIGHT_H

enum event_sight {
	/* Everybody who may act for the till, and technicians: what goes on. */
	EVENT_SIGHT_TILL,
	/* Whoever it is about ("operator", "approver", "by") while they are
	 * signed on; and those of the next. */
	EVENT_SIGHT_PARTIES,
	/* Who may read the whole journal: who is who, and who may do what. */
	EVENT_SIGHT_JOURNAL,
	EVENT_SIGHTS,
};

/* Of that kind; what is in no list is for those who may read the journal. */
enum event_sight event_sight(const char *kind);

/* All that are in the list: NULL past its end. */
const char *event_sight_kind(unsigned int at);

#endif
