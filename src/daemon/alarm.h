/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The alarm: a program of the shop's own that is started when something happens
 * that somebody should hear of at once, wherever they are. It gets the kind as
 * its argument and the event as GET /v1/events has it, a line of JSON, on
 * standard input; no shell, an empty environment, so many at once and so long.
 * Whatever it does, the daemon waits for none of it.
 */
#ifndef TILLD_DAEMON_ALARM_H
#define TILLD_DAEMON_ALARM_H

#include "core/core.h"
#include "util/env.h"

#include <event2/event.h>

#define ALARM_RUNNING_MAX 4
#define ALARM_WAITING_MAX 32	/* what comes beyond these is only counted */
#define ALARM_PATIENCE_MS 30000 /* then it is killed */

struct alarm;

/* Follows what happens from now on; no program yet. */
struct alarm *alarm_new(struct event_base *base, const struct env *env,
			struct core *core);

/* Those that run are asked to end. Returns NULL. */
struct alarm *alarm_free(struct alarm *alarm);

/* The program from now on; copied. NULL: none. What is wrong with it goes to
 * the log; it may be there when it is needed. */
void alarm_set_program(struct alarm *alarm, const char *path);

/* One that is no event: it is told as one of that kind. */
void alarm_raise(struct alarm *alarm, const char *kind);

/* What is wrong with such a program, as the end of a sentence; NULL if nothing
 * is. */
const char *alarm_program_fault(const char *path);

#endif
