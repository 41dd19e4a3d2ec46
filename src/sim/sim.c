/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/sim.h"

#include "sim/command.h"
#include "sim/fault.h"
#include "sim/models.h"
#include "sim/roll.h"
#include "sim/wire.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/json.h"
#include "util/log.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SIM_GARBAGE_MAX 4096
#define SIM_REPLIES_MAX 1000
#define SIM_DELAY_MAX	60000 /* ms */

struct sim_device {
	struct sim_device *next;
	struct sim *sim;
	char *name;
	struct model *model;
	struct wire *wire;
	struct fault fault;
	struct roll *roll;
	struct event *model_timer;
	struct event *fault_timer;
	bool unplugged; /* by a person */
	bool hung_up;	/* by the model */
};

struct sim_event {
	struct sim_event *next;
	struct sim *sim;
	struct event *timer;
	unsigned int line;
	char *command; /* with the device's name */
};

struct sim {
	struct event_base *base;
	FILE *out;
	bool quiet;
	struct sim_device *devices, **last_device;
	struct sim_event *events;
};

static int64_t sim_now(void)
{
	return clock_monotonic_ms(clock_system());
}

__attribute__((format(printf, 2, 3))) static void
sim_print(const struct sim *sim, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(sim->out, format, args);
	va_end(args);
	fputc('\n', sim->out);
	if (fflush(sim->out))
		event_base_loopbreak(sim->base); /* nobody reads us any more */
}

static void sim_set_timer(struct event *timer, int64_t ms)
{
	struct timeval left = { .tv_sec = ms / 1000,
				.tv_usec = ms % 1000 * 1000 };

	if (ms < 0)
		event_del(timer);
	else
		event_add(timer, &left);
}

static struct event *sim_make_timer(struct event_base *base,
				    event_callback_fn callback, void *arg)
{
	struct event *timer = evtimer_new(base, callback, arg);

	if (!timer)
		abort();
	return timer;
}

/*
 * Passes on what has arrived by now. Bytes that are to come one at a time do
 * so even if we are late.
 */
static void sim_device_deliver(struct sim_device *device)
{
	CLEANUP(buf_cleanup) struct buf parcel = BUF_INIT(FAULT_QUEUE_MAX);
	int64_t least = device->fault.split ? FAULT_SPLIT_GAP : 0;
	int64_t now = sim_now(), left;

	while (fault_take(&device->fault, now, &parcel)) {
		wire_send(device->wire, parcel.data, parcel.len);
		buf_reset(&parcel);
		if (least)
			break;
	}
	left = fault_next_due(&device->fault);
	if (left >= 0)
		left = left - now > least ? left - now : least;
	sim_set_timer(device->fault_timer, left);
}

static void sim_on_fault_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	sim_device_deliver(arg);
}

static void sim_on_model_timer(evutil_socket_t fd, short what, void *arg)
{
	struct sim_device *device = arg;

	(void)fd;
	(void)what;
	device->model->class->timeout(device->model);
}

static void sim_host_send(void *arg, const uint8_t *data, size_t len)
{
	struct sim_device *device = arg;

	fault_send(&device->fault, sim_now(), data, len);
	sim_device_deliver(device);
}

static void sim_host_timer(void *arg, int64_t ms)
{
	sim_set_timer(((struct sim_device *)arg)->model_timer, ms);
}

static int64_t sim_host_now(void *arg)
{
	(void)arg;
	return sim_now();
}

static void sim_host_show(void *arg, const char *line)
{
	const struct sim_device *device = arg;

	roll_add(device->roll, line);
	if (!device->sim->quiet)
		sim_print(device->sim, "%s: %s", device->name, line);
}

/* Plugs in, or out, as person and model together want it. */
static char *sim_device_replug(struct sim_device *device)
{
	int r;

	if (device->unplugged || device->hung_up) {
		wire_unplug(device->wire);
		return NULL;
	}
	r = wire_plug(device->wire);
	return r ? alloc_format("cannot plug in %s: %s", device->name,
				strerror(-r))
		 : NULL;
}

static void sim_host_hang_up(void *arg)
{
	struct sim_device *device = arg;

	device->hung_up = true;
	free(sim_device_replug(device));
}

static void sim_host_come_back(void *arg)
{
	struct sim_device *device = arg;
	CLEANUP_FREE char *error = NULL;

	device->hung_up = false;
	error = sim_device_replug(device);
	if (error)
		log_error("%s", error);
}

static void sim_on_line(void *arg, bool up)
{
	struct sim_device *device = arg;

	if (!up)
		fault_clear(&device->fault);
	device->model->class->line(device->model, up);
}

static void sim_on_input(void *arg, const uint8_t *data, size_t len)
{
	struct sim_device *device = arg;

	device->model->class->input(device->model, data, len);
}

static struct sim_device *sim_find(const struct sim *sim, const char *name,
				   size_t len)
{
	for (struct sim_device *at = sim->devices; at; at = at->next)
		if (strlen(at->name) == len && !strncmp(at->name, name, len))
			return at;
	return NULL;
}

struct sim *sim_new(struct event_base *base, FILE *out, bool quiet)
{
	struct sim *sim = ALLOC_NEW(struct sim);

	*sim = (struct sim){ .base = base, .out = out, .quiet = quiet };
	sim->last_device = &sim->devices;
	return sim;
}

/* A half-made one, too. The wire goes first: it calls the model. */
static void sim_device_free(struct sim_device *device)
{
	wire_free(device->wire);
	if (device->model)
		device->model->class->destroy(device->model);
	fault_clear(&device->fault);
	roll_free(device->roll);
	event_free(device->model_timer);
	event_free(device->fault_timer);
	free(device->name);
	free(device);
}

static void sim_event_free(struct sim_event *event)
{
	event_free(event->timer);
	free(event->command);
	free(event);
}

struct sim *sim_free(struct sim *sim)
{
	if (!sim)
		return NULL;
	while (sim->events) {
		struct sim_event *event = sim->events;

		sim->events = event->next;
		sim_event_free(event);
	}
	while (sim->devices) {
		struct sim_device *device = sim->devices;

		sim->devices = device->next;
		sim_device_free(device);
	}
	free(sim);
	return NULL;
}

static char *sim_device_make_model(struct sim_device *device,
				   const struct script_device *wanted)
{
	const struct model_class *class = models_find(wanted->model);
	const struct model_host host = {
		.send = sim_host_send,
		.timer = sim_host_timer,
		.now = sim_host_now,
		.show = sim_host_show,
		.hang_up = sim_host_hang_up,
		.come_back = sim_host_come_back,
		.arg = device,
	};
	char *error = NULL;

	if (!class)
		return alloc_format("there is no model %s", wanted->model);
	device->model =
		class->create(&host, wanted->options, wanted->options_count,
			      wanted->path != NULL, &error);
	return error;
}

static void sim_device_make_wire(struct sim_device *device,
				 const struct script_device *wanted)
{
	const struct wire_events events = { .line = sim_on_line,
					    .input = sim_on_input,
					    .arg = device };
	struct event_base *base = device->sim->base;

	device->wire = wanted->path ? wire_new_pty(base, wanted->path, &events)
				    : wire_new_tcp(base, wanted->port, &events);
	wire_set_speed(device->wire, wanted->baud);
}

char *sim_add_device(struct sim *sim, const struct script_device *wanted)
{
	struct sim_device *device = ALLOC_NEW(struct sim_device);
	char *error;

	device->sim = sim;
	device->name = alloc_text(wanted->name);
	device->roll = roll_new();
	device->model_timer =
		sim_make_timer(sim->base, sim_on_model_timer, device);
	device->fault_timer =
		sim_make_timer(sim->base, sim_on_fault_timer, device);
	fault_init(&device->fault, wanted->line);
	sim_device_make_wire(device, wanted);
	error = sim_device_make_model(device, wanted);
	if (!error)
		error = sim_device_replug(device);
	if (error) {
		sim_device_free(device);
		return error;
	}
	*sim->last_device = device;
	sim->last_device = &device->next;
	sim_print(sim, "ready %s %s %s", device->name, wanted->model,
		  wire_place(device->wire));
	return NULL;
}

static void sim_on_event(evutil_socket_t fd, short what, void *arg)
{
	struct sim_event *event = arg;
	CLEANUP_FREE char *error = sim_run_command(event->sim, event->command);

	(void)fd;
	(void)what;
	if (error) /* without the command: it may hold a badge number */
		log_error("line %u of the script: %s", event->line, error);
}

void sim_add_event(struct sim *sim, const struct script_event *wanted)
{
	struct sim_event *event = ALLOC_NEW(struct sim_event);

	event->sim = sim;
	event->line = wanted->line;
	event->command = alloc_format("%s %s", wanted->device, wanted->command);
	event->timer = sim_make_timer(sim->base, sim_on_event, event);
	event->next = sim->events;
	sim->events = event;
	sim_set_timer(event->timer, wanted->ms);
}

static char *sim_do_unplug(void *owner, const char *arguments)
{
	struct sim_device *device = owner;

	(void)arguments;
	device->unplugged = true;
	return sim_device_replug(device);
}

static char *sim_do_plug(void *owner, const char *arguments)
{
	struct sim_device *device = owner;

	(void)arguments;
	device->unplugged = false;
	return sim_device_replug(device);
}

static char *sim_do_silence(void *owner, const char *arguments)
{
	if (command_switch(arguments,
			   &((struct sim_device *)owner)->fault.silent))
		return NULL;
	return alloc_text("silence is on or off");
}

static char *sim_do_split(void *owner, const char *arguments)
{
	if (command_switch(arguments,
			   &((struct sim_device *)owner)->fault.split))
		return NULL;
	return alloc_text("split is on or off");
}

static char *sim_do_delay(void *owner, const char *arguments)
{
	if (command_number(arguments, 0, SIM_DELAY_MAX,
			   &((struct sim_device *)owner)->fault.delay))
		return NULL;
	return alloc_format("delay takes 0 to %d milliseconds", SIM_DELAY_MAX);
}

/* How many replies: one, if it is not said. */
static char *sim_count_replies(const char *arguments, unsigned int *out_count)
{
	int64_t count = 1;

	if (*arguments &&
	    !command_number(arguments, 0, SIM_REPLIES_MAX, &count))
		return alloc_format("a number up to %d may follow",
				    SIM_REPLIES_MAX);
	*out_count = (unsigned int)count;
	return NULL;
}

static char *sim_do_lose(void *owner, const char *arguments)
{
	return sim_count_replies(arguments,
				 &((struct sim_device *)owner)->fault.lose);
}

static char *sim_do_double(void *owner, const char *arguments)
{
	return sim_count_replies(arguments,
				 &((struct sim_device *)owner)->fault.doubled);
}

static char *sim_do_garbage(void *owner, const char *arguments)
{
	struct sim_device *device = owner;
	int64_t count;

	if (!command_number(arguments, 1, SIM_GARBAGE_MAX, &count))
		return alloc_format("garbage takes 1 to %d bytes",
				    SIM_GARBAGE_MAX);
	fault_make_noise(&device->fault, sim_now(), (size_t)count);
	sim_device_deliver(device);
	return NULL;
}

static char *sim_do_picture(void *owner, const char *arguments)
{
	return roll_draw(((struct sim_device *)owner)->roll, arguments);
}

/* clang-format off: a list for the macros that make a table and help */
#define SIM_COMMANDS(X)                                                     \
	X("unplug", "", "pull the plug, also while something is under way", \
	  sim_do_unplug)                                                    \
	X("plug", "", "put it in again", sim_do_plug)                       \
	X("silence", " on|off", "swallow all that the device sends",        \
	  sim_do_silence)                                                   \
	X("lose reply", " [N]", "swallow the next N things that it sends",  \
	  sim_do_lose)                                                      \
	X("double reply", " [N]", "send the next N twice", sim_do_double)   \
	X("garbage", " N", "N random bytes, the same in every run",         \
	  sim_do_garbage)                                                   \
	X("split", " on|off", "what it sends arrives one byte at a time",   \
	  sim_do_split)                                                     \
	X("delay", " MS", "what it sends arrives MS milliseconds later",    \
	  sim_do_delay)                                                     \
	X("picture", " FILE", "what it printed since the last, as a PNG",   \
	  sim_do_picture)
/* clang-format on */

static const struct command sim_commands[] = { SIM_COMMANDS(COMMAND_ROW) };

static const char sim_help[] =
	SIM_COMMANDS(COMMAND_HELP) "baud=N: of a pty, the one speed at which "
				   "the device is to be "
				   "understood\n";

/*
 * The model comes first: it may know more about what goes wrong, as the card
 * terminal does, which can lose the reply at a certain step.
 */
char *sim_run_command(struct sim *sim, const char *line)
{
	size_t len = strcspn(line, " ");
	struct sim_device *device = sim_find(sim, line, len);
	char *error;

	if (!device)
		return alloc_text("no device has that name");
	line += len + strspn(line + len, " ");
	if (!*line)
		return alloc_text("what is it to do?");
	error = device->model->class->command(device->model, line);
	if (!error || strcmp(error, COMMAND_UNKNOWN) != 0)
		return error;
	free(error);
	return command_run(sim_commands,
			   sizeof(sim_commands) / sizeof(sim_commands[0]),
			   device, line);
}

char *sim_print_account(struct sim *sim, const char *name)
{
	const struct sim_device *device = sim_find(sim, name, strlen(name));
	CLEANUP_JSON json_t *account = NULL;
	CLEANUP_FREE char *text = NULL;

	if (!device)
		return alloc_text("no device has that name");
	account = device->model->class->account(device->model);
	text = json_line(account);
	sim_print(sim, "account %s %s", name, text);
	return NULL;
}

static bool sim_has_model(const struct sim *sim,
			  const struct model_class *class)
{
	for (const struct sim_device *at = sim->devices; at; at = at->next)
		if (at->model->class == class)
			return true;
	return false;
}

void sim_print_help(struct sim *sim)
{
	fprintf(sim->out,
		"help\nquit\naccount NAME: what really happened, as JSON\n"
		"\nNAME, and one of these, for every device:\n%s",
		sim_help);
	for (size_t i = 0; models[i]; i++)
		if (sim_has_model(sim, models[i]))
			fprintf(sim->out, "\n%s, %s:\n%s", models[i]->name,
				models[i]->summary, models[i]->help);
}
