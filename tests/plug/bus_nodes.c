/* SPDX-License-Identifier: Apache-2.0 */
/* hidraw, USB-serial and evdev: nodes that bytes go through, with a pty each. */
#include "bus.h"

#include "util/alloc.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/input.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CHUNK 8192

static gboolean node_on_bytes(int fd, GIOCondition condition, void *arg)
{
	struct bus_thing *thing = arg;
	uint8_t data[CHUNK];
	ssize_t len = read(fd, data, sizeof(data));

	(void)condition;
	g_rec_mutex_lock(&thing->bus->lock);
	if (len > 0)
		bus_input(thing, data, (size_t)len);
	g_rec_mutex_unlock(&thing->bus->lock);
	return G_SOURCE_CONTINUE;
}

static void node_open(struct bus_thing *thing, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *node = g_strdup_vprintf(format, args);
	va_end(args);
	bus_open_pty(thing, node);
	thing->watch =
		g_unix_fd_add(thing->master, G_IO_IN, node_on_bytes, thing);
}

/* --- hidraw --- */

static void hid_plug(struct bus_thing *thing)
{
	const char *reports = bus_own_option(thing, "Reports");

	node_open(thing, "/dev/hidraw%u", thing->number);
	bus_add_usb(thing, "");
	bus_add(thing, "1-0:1.0",
		"E: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n");
	bus_add(thing, "0003:0001:0001.0001",
		"E: SUBSYSTEM=hid\nH: report_descriptor=%s\n",
		reports ? reports : "");
	bus_add(thing, "hidraw/hidraw",
		"E: SUBSYSTEM=hidraw\nE: DEVNAME=%s\n"
		"L: device=../../../0003:0001:0001.0001\n",
		thing->node);
}

const struct bus_kind bus_hid = { .name = "hid",
				  .plug = hid_plug,
				  .unplug = bus_close_pty,
				  .send = bus_send_pty };

/* --- a serial adapter --- */

/* "sense" names the line that is on while the drawer is open. */
static unsigned int tty_lines(const struct bus_thing *thing)
{
	const char *sense = bus_own_option(thing, "Sense");
	json_t *account;
	bool open;

	if (!sense)
		return 0;
	account = thing->model->class->account(thing->model);
	open = json_is_true(json_object_get(account, "open"));
	json_decref(account);
	return !open		       ? 0
	       : !strcmp(sense, "cts") ? TIOCM_CTS
	       : !strcmp(sense, "dsr") ? TIOCM_DSR
	       : !strcmp(sense, "dcd") ? TIOCM_CAR
				       : TIOCM_RNG;
}

static gboolean tty_on_ioctl(UMockdevIoctlBase *base,
			     UMockdevIoctlClient *client, void *arg)
{
	struct bus_thing *thing = arg;
	unsigned int on;
	gint error = 0;

	(void)base;
	switch (umockdev_ioctl_client_get_request(client)) {
	case TIOCMGET:
		g_rec_mutex_lock(&thing->bus->lock);
		on = tty_lines(thing);
		g_rec_mutex_unlock(&thing->bus->lock);
		bus_answer(client, &on, sizeof(on), 0);
		return TRUE;
	case TIOCMBIS:
	case TIOCMBIC:
	case TIOCMSET:
	case TIOCEXCL:
	case TIOCNXCL:
		umockdev_ioctl_client_complete(client, 0, 0);
		return TRUE;
	default:
		umockdev_ioctl_client_complete(
			client,
			umockdev_ioctl_client_execute(client, &error, NULL),
			error);
		return TRUE;
	}
}

/* "link" is its name below /dev/serial/by-id. */
static void tty_link(struct bus_thing *thing)
{
	const char *link = bus_own_option(thing, "Link");
	g_autofree char *path =
		link ? g_strconcat(thing->bus->root, link, NULL) : NULL;
	g_autofree char *folder = path ? g_path_get_dirname(path) : NULL;
	g_autofree char *to = g_strconcat(thing->bus->root, thing->node, NULL);

	if (!path)
		return;
	g_mkdir_with_parents(folder, 0755);
	unlink(path);
	if (symlink(to, path))
		abort();
}

static void tty_plug(struct bus_thing *thing)
{
	const char *link = bus_own_option(thing, "Link");

	node_open(thing, "/dev/ttyUSB%u", thing->number);
	tty_link(thing);
	bus_handle(link ? link : thing->node, tty_on_ioctl, thing);
	bus_add_usb(thing, "");
	bus_add(thing, "1-0:1.0",
		"E: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n");
	bus_add(thing, "tty/ttyUSB", "E: SUBSYSTEM=tty\nE: DEVNAME=%s\n",
		thing->node);
}

static void tty_unplug(struct bus_thing *thing)
{
	const char *link = bus_own_option(thing, "Link");
	g_autofree char *path =
		link ? g_strconcat(thing->bus->root, link, NULL) : NULL;

	umockdev_testbed_detach_ioctl(thing->bus->testbed,
				      link ? link : thing->node, NULL);
	bus_close_pty(thing);
	if (path)
		unlink(path);
}

const struct bus_kind bus_tty = { .name = "tty",
				  .plug = tty_plug,
				  .unplug = tty_unplug,
				  .send = bus_send_pty };

/* --- a keyboard --- */

static void keyboard_send(struct bus_thing *thing, unsigned int type,
			  unsigned int code, int value)
{
	struct input_event event = { .type = (__u16)type,
				     .code = (__u16)code,
				     .value = value };

	bus_send_pty(thing, (const uint8_t *)&event, sizeof(event));
}

static void keyboard_press(struct bus_thing *thing, unsigned int code)
{
	keyboard_send(thing, EV_KEY, code, 1);
	keyboard_send(thing, EV_SYN, SYN_REPORT, 0);
	keyboard_send(thing, EV_KEY, code, 0);
	keyboard_send(thing, EV_SYN, SYN_REPORT, 0);
}

static void keyboard_type(struct bus_thing *thing, char letter)
{
	static const char plain[] = "\0\0331234567890-=\b\tqwertyuiop[]"
				    "\n\0asdfghjkl;'`\0\\zxcvbnm,./";
	static const char shifted[] = "\0\0!@#$%^&*()_+\0\0QWERTYUIOP{}"
				      "\0\0ASDFGHJKL:\"~\0|ZXCVBNM<>?";
	const char *at = memchr(plain, letter, sizeof(plain) - 1);
	const char *up = memchr(shifted, letter, sizeof(shifted) - 1);

	if (at) {
		keyboard_press(thing, (unsigned int)(at - plain));
	} else if (up) {
		keyboard_send(thing, EV_KEY, KEY_LEFTSHIFT, 1);
		keyboard_press(thing, (unsigned int)(up - shifted));
		keyboard_send(thing, EV_KEY, KEY_LEFTSHIFT, 0);
	}
}

static gboolean keyboard_set_bits(UMockdevIoctlClient *client,
				  unsigned int type, size_t size)
{
	guint8 bits[512] = { 0 };

	if (type == 0)
		bits[EV_KEY / 8] |= 1 << EV_KEY;
	if (type == EV_KEY)
		memset(bits, 0xff, 16);
	bus_answer(client, bits, MIN(size, sizeof(bits)), (long)MIN(size, 96));
	return TRUE;
}

/* Whoever has it has it alone. */
static gboolean keyboard_grab(struct bus_thing *thing,
			      UMockdevIoctlClient *client)
{
	void *wanted;

	memcpy(&wanted, umockdev_ioctl_client_get_arg(client)->data,
	       sizeof(wanted));
	bus_say("%s: %s", thing->name, wanted ? "grabbed" : "let go");
	umockdev_ioctl_client_complete(client, 0, 0);
	return TRUE;
}

static gboolean keyboard_ioctl(struct bus_thing *thing,
			       UMockdevIoctlClient *client)
{
	const struct input_id id = { .bustype = BUS_USB };
	const int version = EV_VERSION;
	gulong request = umockdev_ioctl_client_get_request(client);
	unsigned int number = _IOC_NR(request);
	size_t size = _IOC_SIZE(request);

	if (request == EVIOCGRAB)
		return keyboard_grab(thing, client);
	if (request == EVIOCGVERSION)
		bus_answer(client, &version, sizeof(version), 0);
	else if (request == EVIOCGID)
		bus_answer(client, &id, sizeof(id), 0);
	else if (number == _IOC_NR(EVIOCGNAME(0)))
		bus_answer(client, "Badges", 7, 7);
	else if (number >= _IOC_NR(EVIOCGBIT(0, 0)) &&
		 number < _IOC_NR(EVIOCGABS(0)))
		return keyboard_set_bits(
			client, number - _IOC_NR(EVIOCGBIT(0, 0)), size);
	else if (number == _IOC_NR(EVIOCGKEY(0)) ||
		 number == _IOC_NR(EVIOCGLED(0)) ||
		 number == _IOC_NR(EVIOCGSW(0)) ||
		 number == _IOC_NR(EVIOCGPROP(0)))
		return keyboard_set_bits(client, EV_MAX, size);
	else
		umockdev_ioctl_client_complete(client, -1, ENOENT);
	return TRUE;
}

static gboolean keyboard_on_ioctl(UMockdevIoctlBase *base,
				  UMockdevIoctlClient *client, void *arg)
{
	struct bus_thing *thing = arg;
	gboolean done;

	(void)base;
	g_rec_mutex_lock(&thing->bus->lock);
	done = keyboard_ioctl(thing, client);
	g_rec_mutex_unlock(&thing->bus->lock);
	return done;
}

/* The switch stands as the udev rule has left it. */
static void keyboard_plug(struct bus_thing *thing)
{
	g_autofree char *node =
		g_strdup_printf("/dev/input/event%u", thing->number);

	bus_open_pty(thing, node);
	bus_handle(thing->node, keyboard_on_ioctl, thing);
	bus_add_usb(thing, "");
	bus_add(thing, "1-0:1.0",
		"E: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n");
	bus_add(thing, "input/input",
		"E: SUBSYSTEM=input\nA: inhibited=1\\n\n"
		"A: capabilities/key=1000000000007 ff9f207ac14057ff "
		"febeffdfffefffff fffffffffffffffe\\n\n");
	bus_add(thing, "event", "E: SUBSYSTEM=input\nE: DEVNAME=%s\n",
		thing->node);
}

/* The kernel takes the switch away before anybody is told. */
static void keyboard_unplug(struct bus_thing *thing)
{
	g_autofree char *path = g_strdup_printf(
		"%s/sys%s/inhibited", thing->bus->root, thing->paths[2]);

	unlink(path);
	bus_close_pty(thing);
}

static char *keyboard_command(struct bus_thing *thing, const char *command)
{
	if (!strncmp(command, "type ", 5)) {
		for (const char *at = command + 5; *at; at++)
			keyboard_type(thing, *at == '~' ? '\n' : *at);
	} else if (!strcmp(command, "drop")) {
		keyboard_send(thing, EV_SYN, SYN_DROPPED, 0);
		keyboard_send(thing, EV_SYN, SYN_REPORT, 0);
	} else if (!strcmp(command, "inhibit")) {
		g_autofree char *path =
			g_strconcat("/sys", thing->paths[2], NULL);

		umockdev_testbed_set_attribute(thing->bus->testbed, path,
					       "inhibited", "1");
	} else if (!strcmp(command, "inhibited")) {
		g_autofree char *path =
			g_strdup_printf("%s/sys%s/inhibited", thing->bus->root,
					thing->paths[2]);
		g_autofree char *text = NULL;

		g_file_get_contents(path, &text, NULL, NULL);
		bus_say("%s: inhibited %c", thing->name, text ? text[0] : '?');
	} else {
		return alloc_text("type TEXT (~ is Enter), drop, inhibit, "
				  "inhibited");
	}
	return NULL;
}

static void keyboard_nothing(struct bus_thing *thing, const uint8_t *data,
			     size_t len)
{
	(void)thing;
	(void)data;
	(void)len;
}

const struct bus_kind bus_keyboard = { .name = "keyboard",
				       .plug = keyboard_plug,
				       .unplug = keyboard_unplug,
				       .send = keyboard_nothing,
				       .command = keyboard_command };
