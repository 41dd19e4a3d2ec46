/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the daemon's life share. */
#ifndef TILLD_DAEMON_DAEMON_PRIVATE_H
#define TILLD_DAEMON_DAEMON_PRIVATE_H

#include "core/core.h"
#include "daemon/alarm.h"
#include "daemon/config.h"
#include "daemon/listen.h"
#include "device/device.h"
#include "http/server.h"
#include "store/store.h"
#include "util/env.h"

#include <event2/event.h>

#define DAEMON_SIGNALS 3

struct daemon {
	const char *config_path;
	struct config *config;
	struct event_base *base;
	struct env env;
	struct transports *transports;
	struct store *store;
	struct core *core;
	struct device **devices; /* as config->devices */
	struct listen_config listen_config;
	struct listen_socket listen;
	bool listening;
	struct server *server;
	struct alarm *alarm;
	struct event *signals[DAEMON_SIGNALS];
	struct timer *stop_timer;
	struct timer *watchdog;
	bool stopping;
	bool failed;
};

/* wiring.c: 0, or -1 with the reason in the log */
int daemon_wire(struct daemon *daemon);
void daemon_unwire(struct daemon *daemon);

/* reload.c: takes over a changed configuration, or leaves all as it was */
void daemon_reload(struct daemon *daemon);

/* restore.c: puts a backup back ("-": standard input); the exit status. */
int daemon_restore(const char *config_path, const char *file, bool new_keys);

/* What the store is told of a configuration; borrowed from it. */
struct store_config daemon_store_config(const struct config *config);

/* What there is to say of a configuration goes to the log. */
extern const struct config_listener daemon_config_listener;

struct device *daemon_make_device(struct daemon *daemon,
				  const struct config_device *config);

#endif
