/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workers of the daemon: a thread each, which takes work from a queue and
 * hands it back to the loop through an eventfd. This is the only place with
 * locks; what a work item points to is its worker's while it is there.
 */
#ifndef TILLD_DAEMON_THREADS_H
#define TILLD_DAEMON_THREADS_H

#include "util/worker.h"

#include <event2/event.h>

/* Workers made by it live on their own, but no longer than base. They are
 * submitted to, and freed, from the loop. */
struct workers *threads_new(struct event_base *base);
struct workers *threads_free(struct workers *workers);

#endif
