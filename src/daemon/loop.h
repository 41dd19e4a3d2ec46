/* SPDX-License-Identifier: Apache-2.0 */
/* The timers of the daemon: libevent's. */
#ifndef TILLD_DAEMON_LOOP_H
#define TILLD_DAEMON_LOOP_H

#include "util/timer.h"

#include <event2/event.h>

/* Timers made by it live on their own, but no longer than base. */
struct timers *loop_timers_new(struct event_base *base);
struct timers *loop_timers_free(struct timers *timers);

#endif
