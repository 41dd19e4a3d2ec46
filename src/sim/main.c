/* SPDX-License-Identifier: Apache-2.0 */
/* tillsim: plays the devices of a till for people who have none. */
#include "sim/console.h"
#include "sim/script.h"
#include "sim/sim.h"
#include "util/cleanup.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

CLEANUP_DEFINE(main_cleanup_script, struct script *, script_free);
CLEANUP_DEFINE(main_cleanup_sim, struct sim *, sim_free);
CLEANUP_DEFINE(main_cleanup_console, struct console *, console_free);
CLEANUP_DEFINE(main_cleanup_base, struct event_base *, event_base_free);
CLEANUP_DEFINE(main_cleanup_event, struct event *, event_free);

static void main_print_usage(FILE *out)
{
	fputs("usage: tillsim [-q] SCRIPT\n"
	      "\n"
	      "Plays the devices that SCRIPT names, and reads commands, a\n"
	      "line each; begin with help.\n"
	      "\n"
	      "  -q  leave out what a person in the shop would see\n"
	      "  -h  print this\n",
	      out);
}

/* NULL after saying why. */
static struct script *main_read_script(const char *path)
{
	CLEANUP_FILE FILE *file = fopen(path, "re");
	CLEANUP_FREE char *error = NULL;
	struct script *script;

	if (!file) {
		fprintf(stderr, "tillsim: %s: %s\n", path, strerror(errno));
		return NULL;
	}
	script = script_read(file, path, &error);
	if (!script)
		fprintf(stderr, "tillsim: %s\n", error);
	return script;
}

static bool main_add_devices(struct sim *sim, const struct script *script,
			     const char *path)
{
	for (size_t i = 0; i < script->devices_count; i++) {
		const struct script_device *device = &script->devices[i];
		CLEANUP_FREE char *error = sim_add_device(sim, device);

		if (!error)
			continue;
		fprintf(stderr, "tillsim: %s:%u: %s\n", path, device->line,
			error);
		return false;
	}
	for (size_t i = 0; i < script->events_count; i++)
		sim_add_event(sim, &script->events[i]);
	return true;
}

/*
 * Not epoll: it refuses regular files and /dev/null, which standard input may
 * well be.
 */
static struct event_base *main_make_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config && !event_config_require_features(config, EV_FEATURE_FDS))
		base = event_base_new_with_config(config);
	if (config)
		event_config_free(config);
	if (!base)
		abort();
	return base;
}

static void main_on_signal(evutil_socket_t number, short what, void *arg)
{
	(void)number;
	(void)what;
	event_base_loopbreak(arg);
}

static struct event *main_watch_signal(struct event_base *base, int number)
{
	struct event *event = evsignal_new(base, number, main_on_signal, base);

	if (!event || event_add(event, NULL))
		abort();
	return event;
}

static int main_play(const struct script *script, const char *path, bool quiet)
{
	CLEANUP(main_cleanup_base) struct event_base *base = main_make_base();
	CLEANUP(main_cleanup_event) struct event *term = NULL;
	CLEANUP(main_cleanup_event) struct event *interrupt = NULL;
	CLEANUP(main_cleanup_event) struct event *hang_up = NULL;
	CLEANUP(main_cleanup_sim) struct sim *sim = NULL;
	CLEANUP(main_cleanup_console) struct console *console = NULL;

	term = main_watch_signal(base, SIGTERM);
	interrupt = main_watch_signal(base, SIGINT);
	hang_up = main_watch_signal(base, SIGHUP);
	sim = sim_new(base, stdout, quiet);
	if (!main_add_devices(sim, script, path))
		return EXIT_FAILURE;
	console = console_new(base, sim, STDIN_FILENO, stdout);
	event_base_dispatch(base);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	CLEANUP(main_cleanup_script) struct script *script = NULL;
	bool quiet = false;
	int option;

	while ((option = getopt(argc, argv, "qh")) != -1) {
		if (option == 'h') {
			main_print_usage(stdout);
			return EXIT_SUCCESS;
		}
		if (option != 'q') {
			main_print_usage(stderr);
			return EXIT_FAILURE;
		}
		quiet = true;
	}
	if (argc - optind != 1) {
		main_print_usage(stderr);
		return EXIT_FAILURE;
	}
	signal(SIGPIPE, SIG_IGN);
	script = main_read_script(argv[optind]);
	return script ? main_play(script, argv[optind], quiet) : EXIT_FAILURE;
}
