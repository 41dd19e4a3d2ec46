/* SPDX-License-Identifier: Apache-2.0 */
/* Those who wait for an operation's end, and how each of them is answered. */
#include "core/operation_private.h"

#include "core/event_grounds.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static struct caller *operation_leave(struct operation_waiter *waiter)
{
	struct caller *caller = waiter->caller;

	caller->left = NULL;
	LIST_REMOVE(waiter, entry);
	timer_free(waiter->timer);
	free(waiter);
	return caller;
}

static void operation_waited(void *arg)
{
	struct operation_waiter *waiter = arg;
	struct operation *operation = waiter->operation;
	bool watching = waiter->watching;
	struct caller *caller = operation_leave(waiter);

	if (watching)
		caller_answer(caller, 200,
			      operation_describe_to(operation->core, caller,
						    &operation->row));
	else
		operation_answer_row(operation->core, caller, &operation->row);
}

/* Nobody is told of an operation that may not have been written yet. */
static void operation_wait_is_over(void *arg)
{
	struct operation_waiter *waiter = arg;

	waiter->due = true;
	if (waiter->operation->written)
		operation_waited(waiter);
}

void operation_answer_due(struct operation *operation)
{
	struct operation_waiter *waiter, *next;

	for (waiter = LIST_FIRST(&operation->waiters); waiter; waiter = next) {
		next = LIST_NEXT(waiter, entry);
		if (waiter->due)
			operation_waited(waiter);
	}
}

/* Leaving is not cancelling: the operation goes on, without this waiter. */
static void operation_left(void *arg, struct caller *caller)
{
	struct operation_waiter *waiter = arg;
	struct operation *operation = waiter->operation;

	operation_leave(waiter);
	caller_answer(caller, 202,
		      operation_describe(operation->core, &operation->row));
}

static struct operation_waiter *operation_wait(struct operation *operation,
					       struct caller *caller)
{
	struct operation_waiter *waiter = ALLOC_NEW(struct operation_waiter);
	int seconds = caller->wait >= 0 ? caller->wait : OPERATION_WAIT_S;

	waiter->operation = operation;
	waiter->caller = caller;
	waiter->timer = timer_new(operation->core->env.timers,
				  operation_wait_is_over, waiter);
	timer_set(waiter->timer, (int64_t)seconds * 1000);
	LIST_INSERT_HEAD(&operation->waiters, waiter, entry);
	caller->left = operation_left;
	caller->left_arg = waiter;
	return waiter;
}

void operation_join(struct operation *operation, struct caller *caller)
{
	operation_wait(operation, caller);
}

void operation_watch(struct operation *operation, struct caller *caller)
{
	operation_wait(operation, caller)->watching = true;
}

/* One who lost the race for a key, and is told what its winner did. */
struct operation_race {
	struct core *core;
	struct caller *caller;
	char action[sizeof(((struct operation_row *)NULL)->action)];
	uint8_t body[HASH_SIZE];
	bool reverses; /* a payment */
	bool for_event;
};

/* Not the key was taken, but what it is about. */
static void operation_refuse_race(const struct operation_race *race)
{
	if (race->reverses)
		caller_refuse(race->caller, PROBLEM_PAYMENT_NOT_REVERSIBLE,
			      NULL);
	else if (race->for_event)
		caller_refuse(race->caller, PROBLEM_EVENT_UNUSABLE,
			      event_extra(race->action,
					  "That was done for it already."));
	else
		caller_refuse(race->caller, PROBLEM_CHANGED_MEANWHILE, NULL);
}

static void operation_raced(void *arg, int error,
			    const struct operation_row *row)
{
	struct operation_race *race = arg;

	if (row && !operation_row_is_for(row, race->action, race->body))
		caller_refuse(race->caller, PROBLEM_KEY_REUSED, NULL);
	else if (row)
		operation_answer_row(race->core, race->caller, row);
	else if (error == STORE_E_NOT_FOUND)
		operation_refuse_race(race);
	else
		core_refuse_disk(race->caller, error);
	free(race);
}

void operation_refuse_all(struct operation *operation, int error)
{
	while (!LIST_EMPTY(&operation->waiters)) {
		struct caller *caller =
			operation_leave(LIST_FIRST(&operation->waiters));
		struct operation_race *race;

		if (error != STORE_E_EXISTS) {
			core_refuse_disk(caller, error);
			continue;
		}
		race = ALLOC_NEW(struct operation_race);
		race->core = operation->core;
		race->caller = caller;
		race->reverses = *operation->row.of;
		race->for_event = *operation->row.event;
		memcpy(race->action, operation->row.action,
		       sizeof(race->action));
		memcpy(race->body, operation->row.body, HASH_SIZE);
		store_find_key(operation->core->store, operation->row.till,
			       operation->row.uid, operation->row.key,
			       operation_raced, race);
	}
}

void operation_answer_all(struct operation *operation)
{
	while (!LIST_EMPTY(&operation->waiters))
		operation_waited(LIST_FIRST(&operation->waiters));
}
