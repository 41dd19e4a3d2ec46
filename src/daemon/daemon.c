/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/daemon.h"

#include "daemon/daemon_private.h"
#include "daemon/log_journal.h"
#include "daemon/print.h"
#include "util/log.h"
#include "util/message.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#endif

#define DAEMON_CONFIG TILLD_SYSCONFDIR "/tilld/tilld.conf"

/* --- what it is asked to do --- */

static void daemon_print_usage(FILE *out)
{
	fputs("Usage: tilld [-c FILE] [-n] [-v]\n"
	      "Owns a till's hardware; POS apps talk to it over a socket.\n"
	      "\n"
	      "  -c, --config FILE  configuration (" DAEMON_CONFIG ")\n"
	      "  -n, --check        check the configuration and end\n"
	      "  -v, --verbose      log more\n"
	      "      --restore FILE put a backup back (- is standard input); "
	      "tilld\n"
	      "                     must not be running\n"
	      "      --new-keys     with --restore: go on without the old "
	      "keys\n"
	      "      --drivers      print the drivers and their options\n"
	      "      --udev-rules   print udev's rules for the devices they "
	      "know\n"
	      "      --api          print what the API is made of (JSON)\n"
	      "  -V, --version\n"
	      "  -h, --help\n"
	      "\n"
	      "See tilld(8) and tilld.conf(5).\n",
	      out);
}

/* --- the configuration --- */

static void daemon_log_fault(void *arg, const char *text)
{
	(void)arg;
	log_error("%s", text);
}

static void daemon_log_advice(void *arg, const char *text)
{
	(void)arg;
	log_warning("%s", text);
}

/* Who only starts it has been advised when it was checked. */
static void daemon_keep_advice(void *arg, const char *text)
{
	(void)arg;
	log_debug("%s", text);
}

const struct config_listener daemon_config_listener = {
	.fault = daemon_log_fault,
	.advice = daemon_keep_advice,
};

static int daemon_check(const char *path)
{
	static const struct config_listener listener = {
		.fault = daemon_log_fault,
		.advice = daemon_log_advice,
	};
	struct config *config = config_load(path, &listener);

	if (!config)
		return DAEMON_EXIT_CONFIG;
	printf("%s: good; %zu device%s\n", path, config->devices_count,
	       config->devices_count == 1 ? "" : "s");
	config_free(config);
	return DAEMON_EXIT_DONE;
}

/* --- running --- */

static void daemon_notify(const char *state)
{
#ifdef HAVE_LIBSYSTEMD
	sd_notify(0, state);
#else
	(void)state;
#endif
}

static void daemon_stopped(void *arg)
{
	struct daemon *daemon = arg;

	event_base_loopbreak(daemon->base);
}

static void daemon_stop_late(void *arg)
{
	log_warning("an operation is still under way; its outcome will be "
		    "found out at the next start");
	daemon_stopped(arg);
}

/* What has passed its point of no return is waited for; a second signal, or
 * stop-wait, leaves it to the next start. */
static void daemon_stop(struct daemon *daemon)
{
	if (daemon->stopping) {
		daemon_stop_late(daemon);
		return;
	}
	log_info("stopping");
	daemon->stopping = true;
	daemon_notify("STOPPING=1");
	timer_set(daemon->stop_timer, daemon->config->stop_wait_s * 1000);
	server_quiesce(daemon->server);
	core_stop(daemon->core, daemon_stopped, daemon);
}

static void daemon_signal(evutil_socket_t number, short what, void *arg)
{
	struct daemon *daemon = arg;

	(void)what;
	if (number == SIGHUP)
		daemon_reload(daemon);
	else
		daemon_stop(daemon);
}

static void daemon_watch_signals(struct daemon *daemon)
{
	static const int numbers[DAEMON_SIGNALS] = { SIGTERM, SIGINT, SIGHUP };

	for (size_t i = 0; i < DAEMON_SIGNALS; i++) {
		/* What libevent restores when it lets go: at the very end an
		 * impatient one must not cut the closing of files short. */
		signal(numbers[i], SIG_IGN);
		daemon->signals[i] = evsignal_new(daemon->base, numbers[i],
						  daemon_signal, daemon);
		event_add(daemon->signals[i], NULL);
	}
}

static void daemon_feed_watchdog(void *arg)
{
#ifdef HAVE_LIBSYSTEMD
	struct daemon *daemon = arg;
	uint64_t usec;

	if (sd_watchdog_enabled(0, &usec) <= 0)
		return;
	daemon_notify("WATCHDOG=1");
	timer_set(daemon->watchdog, (int64_t)(usec / 2000));
#else
	(void)arg;
#endif
}

/* Nobody else reads our files, or our memory: no core dumps, no ptrace. */
static void daemon_close_in(void)
{
	const struct rlimit none = { 0, 0 };

	umask(077);
	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

static int daemon_run(const char *path)
{
	struct daemon daemon = { .config_path = path };

	daemon_close_in();
	log_set_sink(log_journal_take);
	daemon.config = config_load(path, &daemon_config_listener);
	if (!daemon.config)
		return DAEMON_EXIT_CONFIG;
	if (daemon_wire(&daemon)) {
		daemon.failed = true;
	} else {
		daemon.stop_timer =
			timer_new(daemon.env.timers, daemon_stop_late, &daemon);
		daemon.watchdog = timer_new(daemon.env.timers,
					    daemon_feed_watchdog, &daemon);
		daemon_watch_signals(&daemon);
		daemon_feed_watchdog(&daemon);
		daemon_notify("READY=1");
		log_info("ready at %s", daemon.config->socket);
		event_base_dispatch(daemon.base);
	}
	daemon_unwire(&daemon);
	config_free(daemon.config);
	return daemon.failed ? DAEMON_EXIT_FAILED : DAEMON_EXIT_DONE;
}

int daemon_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'n' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "restore", required_argument, NULL, 'R' },
		{ "new-keys", no_argument, NULL, 'K' },
		{ "drivers", no_argument, NULL, 'D' },
		{ "udev-rules", no_argument, NULL, 'U' },
		{ "api", no_argument, NULL, 'A' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *path = DAEMON_CONFIG, *restore = NULL;
	bool check = false, new_keys = false;
	int option;

	message_init();
	while ((option = getopt_long(argc, argv, "c:nvVh", options, NULL)) !=
	       -1) {
		switch (option) {
		case 'c':
			path = optarg;
			break;
		case 'n':
			check = true;
			break;
		case 'v':
			log_set_level(LOG_LEVEL_DEBUG);
			break;
		case 'R':
			restore = optarg;
			break;
		case 'K':
			new_keys = true;
			break;
		case 'D':
			print_drivers();
			return DAEMON_EXIT_DONE;
		case 'U':
			print_udev_rules();
			return DAEMON_EXIT_DONE;
		case 'A':
			print_api();
			return DAEMON_EXIT_DONE;
		case 'V':
			puts("tilld " PACKAGE_VERSION);
			return DAEMON_EXIT_DONE;
		case 'h':
			daemon_print_usage(stdout);
			return DAEMON_EXIT_DONE;
		default:
			daemon_print_usage(stderr);
			return DAEMON_EXIT_USAGE;
		}
	}
	if (optind < argc || (new_keys && !restore)) {
		daemon_print_usage(stderr);
		return DAEMON_EXIT_USAGE;
	}
	if (restore)
		return daemon_restore(path, restore, new_keys);
	return check ? daemon_check(path) : daemon_run(path);
}
