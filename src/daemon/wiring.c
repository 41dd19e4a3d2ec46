/* SPDX-License-Identifier: Apache-2.0 */
/* Puts the parts together, from the outside in, and takes them apart again. */
#include "daemon/daemon_private.h"

#include "daemon/loop.h"
#include "daemon/threads.h"
#include "device/transports.h"
#include "util/alloc.h"
#include "util/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* What is still to be said to clients at the end gets so long. */
#define DAEMON_LAST_WORDS_MS 200

struct device *daemon_make_device(struct daemon *daemon,
				  const struct config_device *config)
{
	const struct device_config made = {
		.name = config->name,
		.driver = config->driver,
		.transport = { .path = config->serial,
			       .host = config->host,
			       .port = config->port,
			       .tls_pin =
				       config->has_tls ? config->tls_pin : NULL,
			       .line = config->line,
			       .plug = config->plug,
			       .plug_name = config->plug_name },
		.settings = config->settings,
		.settings_count = config->settings_count,
	};
	const struct device_listener listener = core_listener(daemon->core);

	return device_new(&made, &daemon->env, daemon->transports, &listener);
}

static void daemon_wire_loop(struct daemon *daemon)
{
	daemon->base = event_base_new();
	if (!daemon->base)
		abort();
	daemon->env = (struct env){
		.clock = clock_system(),
		.random = random_system(),
		.timers = loop_timers_new(daemon->base),
		.workers = threads_new(daemon->base),
	};
	daemon->transports = transports_new(daemon->base, daemon->env.workers);
}

struct store_config daemon_store_config(const struct config *config)
{
	return (struct store_config){
		.state_dir = config->state_dir,
		.keys_dir = config->keys_dir,
		.head_file = config->head_file,
		.seal_every = config->seal_entries,
		.seal_ms = (int64_t)config->seal_s * 1000,
		.archive_dir = config->archive_dir,
		.keep_days = config->keep_days,
	};
}

static int daemon_wire_store(struct daemon *daemon)
{
	const struct store_config made = daemon_store_config(daemon->config);

	return store_open(&made, &daemon->env, &daemon->store) ? -1 : 0;
}

static int daemon_wire_core(struct daemon *daemon)
{
	const struct config *config = daemon->config;
	struct core_config made = core_config_default;
	int r;

	made.box = config->box;
	made.keys_dir = config->keys_dir;
	made.own_uid = geteuid();
	made.clients = config->socket_gid != (gid_t)-1 ? config->socket_gid
						       : getegid();
	made.technicians = config->technicians;
	made.password_cost = config->password_cost;
	made.consent_ms = (int64_t)config->consent_s * 1000;
	made.has_policy_key =
		config->policy_key &&
		hash_from_hex(config->policy_key, sizeof(made.policy_key),
			      made.policy_key);
	daemon->core = core_new(&made, &daemon->env, daemon->store);
	daemon->alarm = alarm_new(daemon->base, &daemon->env, daemon->core);
	alarm_set_program(daemon->alarm, config->alarm);
	daemon->devices =
		alloc_zero(CONFIG_DEVICES_MAX, sizeof(*daemon->devices));
	for (size_t i = 0; i < config->devices_count; i++) {
		const struct config_device *device = &config->devices[i];

		daemon->devices[i] = daemon_make_device(daemon, device);
		core_add_device(daemon->core, daemon->devices[i],
				(const char *const *)device->tills,
				device->tills_count);
	}
	/* Recovery is queued before anything can be asked of a device. */
	r = core_start(daemon->core);
	if (r) {
		log_error("%s: %s", config->state_dir,
			  r > 0 ? store_error_text(r) : strerror(-r));
		return -1;
	}
	/* Found out before anybody could be told: said at every start, until
	 * root has looked into it. */
	if (store_is_rolled_back(daemon->store))
		alarm_raise(daemon->alarm, "rolled-back");
	for (size_t i = 0; i < config->devices_count; i++)
		device_open(daemon->devices[i]);
	return 0;
}

/* Who may connect to a socket that systemd made is up to its unit. */
static void daemon_tell_inherited(int fd)
{
	struct sockaddr_un address = { 0 };
	socklen_t len = sizeof(address) - 1;
	struct stat state;

	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0 ||
	    stat(address.sun_path, &state) < 0)
		return;
	log_info("%s is systemd's socket: owner uid %u, group gid %u and mode "
		 "%04o are as its unit says; socket.path, owner, group and "
		 "mode of the configuration do not count",
		 address.sun_path, (unsigned int)state.st_uid,
		 (unsigned int)state.st_gid,
		 (unsigned int)(state.st_mode & 07777));
	if (state.st_mode & 0002)
		log_warning("%s lets every user of the box connect; "
			    "SocketMode=0660 and a SocketGroup let in only "
			    "those who should",
			    address.sun_path);
}

static bool daemon_knows(void *context, const struct peer *peer)
{
	return core_knows(context, peer);
}

static int daemon_wire_server(struct daemon *daemon)
{
	const struct config *config = daemon->config;
	struct server_limits limits = server_limits_default;
	int r;

	daemon->listen_config = (struct listen_config){
		.path = alloc_text(config->socket), /* outlives a SIGHUP */
		.uid = config->socket_uid,
		.gid = config->socket_gid,
		.mode = config->socket_mode,
	};
	limits.connections = (unsigned int)config->connections;
	limits.connections_uid = (unsigned int)config->connections_uid;
	r = listen_open(&daemon->listen_config, &daemon->listen);
	if (r) {
		log_error("%s: %s", config->socket,
			  r == -EADDRINUSE ? "another daemon is there"
					   : strerror(-r));
		return -1;
	}
	daemon->listening = true;
	if (daemon->listen.inherited)
		daemon_tell_inherited(daemon->listen.fd);
	r = server_new(daemon->base, daemon->listen.fd, &limits, routes,
		       daemon->core, &daemon->server);
	if (r) {
		log_error("the server can't be started: %s", strerror(-r));
		return -1;
	}
	server_set_known(daemon->server, daemon_knows);
	return 0;
}

int daemon_wire(struct daemon *daemon)
{
	daemon_wire_loop(daemon);
	if (daemon_wire_store(daemon) || daemon_wire_core(daemon) ||
	    daemon_wire_server(daemon))
		return -1;
	return 0;
}

static void daemon_say_last_words(struct daemon *daemon)
{
	const struct timeval while_ = { .tv_usec =
						DAEMON_LAST_WORDS_MS * 1000 };

	event_base_loopexit(daemon->base, &while_);
	event_base_dispatch(daemon->base);
}

/*
 * The order matters: passwords still being checked may write, what is written
 * may still start something, and what waits for an answer gets one before the
 * server goes.
 */
void daemon_unwire(struct daemon *daemon)
{
	size_t count = daemon->config->devices_count;

	for (size_t i = 0; i < DAEMON_SIGNALS; i++)
		if (daemon->signals[i])
			event_free(daemon->signals[i]);
	timer_free(daemon->stop_timer);
	timer_free(daemon->watchdog);
	if (daemon->server)
		server_end_reading(daemon->server);
	if (daemon->core)
		core_settle(daemon->core);
	daemon->store = store_close(daemon->store);
	daemon->core = core_free(daemon->core);
	daemon->alarm = alarm_free(daemon->alarm);
	for (size_t i = 0; daemon->devices && i < count; i++)
		device_free(daemon->devices[i]);
	free(daemon->devices);
	if (daemon->server)
		daemon_say_last_words(daemon);
	server_free(daemon->server);
	if (daemon->listening)
		listen_close(&daemon->listen_config, &daemon->listen);
	free((char *)(uintptr_t)daemon->listen_config.path);
	transports_free(daemon->transports);
	threads_free(daemon->env.workers);
	loop_timers_free(daemon->env.timers);
	event_base_free(daemon->base);
}
