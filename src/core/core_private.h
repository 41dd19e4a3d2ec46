/* SPDX-License-Identifier: Apache-2.0 */
/* What the modules of core/ share among themselves. */
#ifndef TILLD_CORE_CORE_PRIVATE_H
#define TILLD_CORE_CORE_PRIVATE_H

#include "core/core.h"
#include "core/events.h"
#include "core/guess.h"
#include "core/rate.h"

#include <sys/queue.h>

/* A device as the tills see it. */
struct fixture {
	LIST_ENTRY(fixture) entry;
	struct device *device;
	char **tills;
	size_t tills_count;
	struct reader *reader;	 /* a badge reader's; NULL for others */
	struct prompt *prompt;	 /* a display's; NULL for others */
	struct witness *witness; /* a drawer's or printer's; or NULL */
	struct wiretap *wiretap;
};

LIST_HEAD(fixtures, fixture);

struct core {
	struct core_config config;
	struct env env;
	struct store *store;
	struct policy *policy; /* as it stands now */
	struct fixtures fixtures;
	struct events *events;
	struct guesses *guesses;
	struct rates *refusals; /* per uid, for the journal's sake */
	struct rates *armings;	/* per uid and till */
	struct signons *signons;
	struct strays *strays;
	struct books *books;
	struct authorizations *authorizations;
	struct tokens *tokens;
	struct operations *operations;
	struct passwords *passwords;
	struct cans *cans;
	struct releases *releases;
	struct drafts *drafts;
	json_t *reports; /* of each fiscal printer, as seen last */
	int64_t since;	 /* wall; when it was made */
	bool setting_up;
	bool backing_up;
	bool stopping;
	void (*stopped)(void *arg);
	void *stopped_arg;
	struct timer *stop_timer;
	struct timer *prune_timer;
};

static inline int64_t core_now(const struct core *core)
{
	return clock_monotonic_ms(core->env.clock);
}

static inline int64_t core_wall(const struct core *core)
{
	return clock_wall_ms(core->env.clock);
}

/* The till's device of that class, the first configured; NULL if none. */
struct fixture *core_fixture(struct core *core, const char *till,
			     enum device_class class);

/* The one that opens the till's drawer: its own device, else the printer that
 * it hangs on; NULL if there is none. */
struct fixture *core_drawer(struct core *core, const char *till);

/* The till's place among those that the device serves; their count if it is
 * none of them. */
size_t core_till_place(const struct fixture *fixture, const char *till);

/* NULL if there is none of that name. */
struct fixture *core_fixture_named(struct core *core, const char *name);

/* The till of that id if the caller's uid may act for it, else NULL. */
const struct policy_till *core_till(struct core *core, const struct peer *peer,
				    const char *id);

/* The same, but NULL too if somebody is signed on with the caller's token who
 * may not view it: what may not be viewed does not exist (docs/policy.md,
 * section 5). */
const struct policy_till *core_viewed_till(struct core *core,
					   const struct caller *caller,
					   const char *id);
/* Whether what was done by the badge of that handle ("": by none) still stands:
 * as long as it is there, active and not past its time. */
bool core_badge_stands(const struct core *core, const char *handle);

/* core_show.c: a device, and in whose hands it is. New. */
json_t *core_describe_device(struct core *core, const struct fixture *fixture);

/* core_show.c: whether that device is there for whoever asks. */
bool core_sees_device(struct core *core, const struct caller *caller,
		      const struct fixture *fixture);

/* Root, or the daemon's own uid: they could read the files anyway. */
bool core_is_owner(const struct core *core, const struct peer *peer);
bool core_is_technician(const struct core *core, const struct peer *peer);

/*
 * Whether the daemon can act at all now; else answers the caller and returns
 * false. moves: something is to be moved, not only looked at.
 */
bool core_is_open(struct core *core, struct caller *caller, bool moves);

/* What is wrong, in a whole sentence, with a field (NULL: the whole) of what
 * came in: a problem's extra. New. */
json_t *core_fault(const char *field, const char *detail);

/* "There is no till 9 here." what: "till", "device"... The extra (new) of
 * PROBLEM_NOT_FOUND; and that told. */
json_t *core_missing(const char *what, const char *id);
void core_refuse_missing(struct caller *caller, const char *what,
			 const char *id);

/* The last entry of the journal that is in the archive; 0: none is. */
int64_t core_archived(const struct core *core);

/* Answers for a failed transaction (store_error or errno). */
enum problem core_disk_problem(int error);
void core_refuse_disk(struct caller *caller, int error);

/*
 * A new policy (stolen) came into force: void what it takes away. Whose
 * password or PIN is another one now is signed off, but for the sign-on keep,
 * which may be NULL.
 */
void core_change_policy(struct core *core, struct policy *policy,
			const char *keep);
void core_set_policy(struct core *core, struct policy *policy);

/* Called whenever an operation ended: a stop may be waiting for it. */
void core_check_stopped(struct core *core);

#endif
