/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plug NAME KIND MODEL [OPTION=VALUE...]	kinds: printer hid tty keyboard
 *	id=VVVV:PPPP serial=TEXT port=1-2 words=TEXT are its own, others the
 *model's unplug NAME replug NAME	as it was, at once account NAME NAME
 *COMMAND	as tillsim has them, or the kind's own
 *
 * Each is answered by "ok" or "error: ..."; what a person would see is told as
 * "NAME: ...". The first line tells where the testbed is: "root /tmp/...".
 */
#include "bus.h"

#include "sim/models.h"
#include "util/alloc.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static struct bus bus;

void bus_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

/* --- the models' host --- */

static void thing_send(void *arg, const uint8_t *data, size_t len)
{
	struct bus_thing *thing = arg;

	if (thing->is_plugged)
		thing->kind->send(thing, data, len);
}

static gboolean thing_due(void *arg)
{
	struct bus_thing *thing = arg;

	g_rec_mutex_lock(&bus.lock);
	thing->timer = 0;
	thing->model->class->timeout(thing->model);
	g_rec_mutex_unlock(&bus.lock);
	return G_SOURCE_REMOVE;
}

static void thing_timer(void *arg, int64_t ms)
{
	struct bus_thing *thing = arg;

	if (thing->timer)
		g_source_remove(thing->timer);
	thing->timer = ms < 0 ? 0 : g_timeout_add((guint)ms, thing_due, thing);
}

static int64_t thing_now(void *arg)
{
	(void)arg;
	return g_get_monotonic_time() / 1000;
}

static void thing_show(void *arg, const char *line)
{
	bus_say("%s: %s", ((struct bus_thing *)arg)->name, line);
}

/* On USB and serial lines, only a plug that is pulled is a line that goes. */
static void thing_stay(void *arg)
{
	(void)arg;
}

void bus_input(struct bus_thing *thing, const uint8_t *data, size_t len)
{
	if (thing->model && thing->is_plugged)
		thing->model->class->input(thing->model, data, len);
}

/* --- nodes --- */

void bus_open_pty(struct bus_thing *thing, const char *node)
{
	struct termios raw = { .c_cflag = CREAD | CLOCAL | CS8 };
	g_autofree char *path = g_strconcat(bus.root, node, NULL);
	g_autofree char *folder = g_path_get_dirname(path);
	char name[128];

	cfmakeraw(&raw);
	if (openpty(&thing->master, &thing->slave, name, &raw, NULL) ||
	    g_mkdir_with_parents(folder, 0755) || symlink(name, path))
		abort();
	fcntl(thing->master, F_SETFL, O_RDWR | O_NONBLOCK);
	thing->node = g_strdup(node);
}

void bus_close_pty(struct bus_thing *thing)
{
	g_autofree char *path = g_strconcat(bus.root, thing->node, NULL);

	if (thing->watch)
		g_source_remove(thing->watch);
	thing->watch = 0;
	close(thing->master);
	close(thing->slave);
	thing->master = thing->slave = -1;
	unlink(path);
}

void bus_send_pty(struct bus_thing *thing, const uint8_t *data, size_t len)
{
	if (write(thing->master, data, len) != (ssize_t)len)
		bus_say("%s: nobody reads", thing->name);
}

/* --- sysfs --- */

void bus_add(struct bus_thing *thing, const char *path, const char *format, ...)
{
	size_t depth = 0;
	va_list args;

	while (thing->paths[depth])
		depth++;
	va_start(args, format);
	g_autofree char *rest = g_strdup_vprintf(format, args);
	va_end(args);
	g_autofree char *above = depth ? g_strdup(thing->paths[depth - 1])
				       : g_strdup("/devices/pci0000:00/usb1");
	char *whole = g_strdup_printf("%s/%s", above, path);
	g_autofree char *text = g_strdup_printf("P: %s\n%s\n", whole, rest);
	GError *error = NULL;

	thing->paths[depth] = whole;
	if (!umockdev_testbed_add_from_string(bus.testbed, text, &error))
		g_error("%s: %s", text, error->message);
}

void bus_add_usb(struct bus_thing *thing, const char *extra)
{
	g_autofree char *serial =
		thing->serial
			? g_strdup_printf("A: serial=%s\\n\n", thing->serial)
			: g_strdup("");
	g_autofree char *words =
		thing->words
			? g_strdup_printf("A: product=%s\\n\n", thing->words)
			: g_strdup("");

	bus_add(thing, thing->port,
		"E: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
		"E: DEVNAME=/dev/bus/usb/001/%03u\n"
		"A: busnum=1\\n\nA: devnum=%u\\n\nA: idVendor=%s\\n\n"
		"A: idProduct=%s\\n\nA: speed=12\\n\n"
		"A: bConfigurationValue=1\\n\n%s%s%s",
		thing->number, thing->number, thing->vendor, thing->product,
		serial, words, extra);
}

void bus_remove(struct bus_thing *thing)
{
	for (int i = 3; i >= 0; i--) {
		g_autofree char *path =
			thing->paths[i]
				? g_strconcat("/sys", thing->paths[i], NULL)
				: NULL;

		if (!path)
			continue;
		umockdev_testbed_uevent(bus.testbed, path, "remove");
		umockdev_testbed_remove_device(bus.testbed, path);
		g_clear_pointer(&thing->paths[i], g_free);
	}
}

/* --- ioctls --- */

void bus_handle(const char *node,
		gboolean (*handler)(UMockdevIoctlBase *base,
				    UMockdevIoctlClient *client, void *arg),
		void *arg)
{
	UMockdevIoctlBase *ioctls = umockdev_ioctl_base_new();
	GError *error = NULL;

	g_signal_connect(ioctls, "handle-ioctl", G_CALLBACK(handler), arg);
	if (!umockdev_testbed_attach_ioctl(bus.testbed, node, ioctls, &error))
		g_error("%s: %s", node, error->message);
}

UMockdevIoctlData *bus_argument(UMockdevIoctlClient *client, size_t size)
{
	return umockdev_ioctl_data_resolve(
		umockdev_ioctl_client_get_arg(client), 0, size, NULL);
}

void bus_answer(UMockdevIoctlClient *client, const void *data, size_t size,
		long result)
{
	UMockdevIoctlData *to = size ? bus_argument(client, size) : NULL;

	if (to) {
		umockdev_ioctl_data_update(to, 0, (guint8 *)(uintptr_t)data,
					   (gint)size);
		umockdev_ioctl_data_unref(to);
	}
	umockdev_ioctl_client_complete(client, result, 0);
}

/* --- things --- */

const char *bus_own_option(const struct bus_thing *thing, const char *name)
{
	for (size_t i = 0; i < thing->own_count; i++)
		if (!strcmp(thing->own[i].name, name))
			return thing->own[i].value;
	return NULL;
}

static void thing_add_option(struct model_option *options, size_t *count,
			     const char *name, const char *value)
{
	if (*count == BUS_OPTIONS_MAX)
		g_error("too many options");
	options[(*count)++] =
		(struct model_option){ g_strdup(name), g_strdup(value) };
}

static struct bus_thing *bus_find(const char *name)
{
	for (GList *at = bus.things; at; at = at->next)
		if (!strcmp(((struct bus_thing *)at->data)->name, name))
			return at->data;
	return NULL;
}

static void thing_plug(struct bus_thing *thing)
{
	thing->number = ++bus.numbers;
	thing->is_plugged = true;
	thing->kind->plug(thing);
	if (thing->model)
		thing->model->class->line(thing->model, true);
}

static void thing_unplug(struct bus_thing *thing)
{
	thing->is_plugged = false;
	if (thing->model)
		thing->model->class->line(thing->model, false);
	thing->kind->unplug(thing);
	bus_remove(thing);
	g_clear_pointer(&thing->node, g_free);
}

/* What is said of the thing itself has a capital: Serial=X; else it is the
 * model's. */
static void thing_take_option(struct bus_thing *thing, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		g_error("an option is NAME=VALUE: %s", word);
	*value++ = '\0';
	if (!strcmp(word, "Id")) {
		thing->vendor = g_strndup(value, 4);
		thing->product = g_strdup(value + 5);
	} else if (!strcmp(word, "Serial")) {
		thing->serial = g_strdup(value);
	} else if (!strcmp(word, "Port")) {
		thing->port = g_strdup(value);
	} else if (!strcmp(word, "Words")) {
		thing->words = g_strdup(value);
	} else if (g_ascii_isupper(*word)) {
		thing_add_option(thing->own, &thing->own_count, word, value);
	} else {
		thing_add_option(thing->options, &thing->options_count, word,
				 value);
	}
}

static char *thing_make_model(struct bus_thing *thing, const char *name)
{
	const struct model_host host = { .send = thing_send,
					 .timer = thing_timer,
					 .now = thing_now,
					 .show = thing_show,
					 .hang_up = thing_stay,
					 .come_back = thing_stay,
					 .arg = thing };
	const struct model_class *class = models_find(name);
	char *error = NULL;

	if (!strcmp(name, "-"))
		return NULL;
	if (!class)
		return g_strdup("no such model");
	thing->model = class->create(&host, thing->options,
				     thing->options_count, true, &error);
	return error;
}

static char *bus_do_plug(char **words)
{
	static const struct bus_kind *const kinds[] = { &bus_printer, &bus_hid,
							&bus_tty,
							&bus_keyboard };
	struct bus_thing *thing = ALLOC_NEW(struct bus_thing);
	char *error;

	thing->bus = &bus;
	thing->master = thing->slave = -1;
	thing->port = "1-1";
	thing->vendor = "04b8";
	thing->product = "0202";
	g_strlcpy(thing->name, words[1], sizeof(thing->name));
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (!strcmp(kinds[i]->name, words[2]))
			thing->kind = kinds[i];
	if (!thing->kind)
		g_error("no such kind: %s", words[2]);
	for (size_t i = 4; words[i]; i++)
		thing_take_option(thing, words[i]);
	error = thing_make_model(thing, words[3]);
	if (error)
		return error;
	bus.things = g_list_append(bus.things, thing);
	thing_plug(thing);
	return NULL;
}

static char *bus_do_unplug(struct bus_thing *thing)
{
	if (thing->is_plugged)
		thing_unplug(thing);
	return NULL;
}

static char *bus_do_replug(struct bus_thing *thing)
{
	if (thing->is_plugged)
		thing_unplug(thing);
	thing_plug(thing);
	return NULL;
}

static char *bus_do_account(struct bus_thing *thing)
{
	json_t *account = thing->model->class->account(thing->model);
	char *text = json_dumps(account, JSON_COMPACT);

	bus_say("account %s %s", thing->name, text);
	free(text);
	json_decref(account);
	return NULL;
}

static char *bus_do_thing(struct bus_thing *thing, const char *command)
{
	char *error = thing->kind->command
			      ? thing->kind->command(thing, command)
			      : alloc_text("");

	if (!error || *error || !thing->model)
		return error;
	free(error);
	return thing->model->class->command(thing->model, command);
}

static char *bus_do(char *line)
{
	static const struct {
		const char *word;
		char *(*run)(struct bus_thing *thing);
	} words_known[] = { { "unplug", bus_do_unplug },
			    { "replug", bus_do_replug },
			    { "account", bus_do_account } };
	g_auto(GStrv) words = g_strsplit(line, " ", 0);
	const char *rest = strchr(line, ' ');
	struct bus_thing *thing;

	if (!words[0] || !words[1])
		return alloc_text("say what");
	if (!strcmp(words[0], "plug") && words[2] && words[3])
		return bus_do_plug(words);
	for (size_t i = 0; i < G_N_ELEMENTS(words_known); i++) {
		thing = bus_find(words[1]);
		if (!strcmp(words[0], words_known[i].word) && thing)
			return words_known[i].run(thing);
	}
	thing = bus_find(words[0]);
	return thing ? bus_do_thing(thing, rest + 1)
		     : alloc_text("nothing is called that");
}

/* --- the console --- */

static gboolean bus_on_line(GIOChannel *channel, GIOCondition condition,
			    void *arg)
{
	g_autofree char *line = NULL;
	gsize end;
	char *error;

	(void)condition;
	(void)arg;
	if (g_io_channel_read_line(channel, &line, NULL, &end, NULL) !=
	    G_IO_STATUS_NORMAL) {
		g_main_loop_quit(bus.loop);
		return G_SOURCE_REMOVE;
	}
	line[end] = '\0';
	g_rec_mutex_lock(&bus.lock);
	error = bus_do(line);
	g_rec_mutex_unlock(&bus.lock);
	if (error)
		bus_say("error: %s", error);
	else
		bus_say("ok");
	free(error);
	return G_SOURCE_CONTINUE;
}

int main(void)
{
	GIOChannel *console = g_io_channel_unix_new(0);

	bus.testbed = umockdev_testbed_new();
	if (!umockdev_in_mock_environment()) {
		fprintf(stderr, "to be run by umockdev-wrapper\n");
		return 77;
	}
	bus.root = umockdev_testbed_get_root_dir(bus.testbed);
	g_rec_mutex_init(&bus.lock);
	bus.loop = g_main_loop_new(NULL, FALSE);
	bus_say("root %s", bus.root);
	g_io_add_watch(console, G_IO_IN | G_IO_HUP, bus_on_line, NULL);
	g_main_loop_run(bus.loop);
	g_object_unref(bus.testbed);
	return 0;
}
