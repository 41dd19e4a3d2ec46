/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bus for tests: things that are plugged into a box that has none, by
 * umockdev. It answers tilld's ioctls for usbfs, evdev and modem lines, holds
 * the other ends of hidraw and tty nodes, and sends udev's notices; behind each
 * thing is one of tillsim's models, or a keyboard that types. It is a process
 * of its own, and tilld runs unchanged beside it.
 */
#ifndef TILLD_TESTS_PLUG_BUS_H
#define TILLD_TESTS_PLUG_BUS_H

#include "sim/model.h"

#include <umockdev.h>

#define BUS_NAME_MAX	31
#define BUS_OPTIONS_MAX 16

struct bus;
struct bus_thing;

/* A way of being plugged in. */
struct bus_kind {
	const char *name;
	/* Makes the node and tells udev. */
	void (*plug)(struct bus_thing *thing);
	void (*unplug)(struct bus_thing *thing);
	/* Bytes from the model to the daemon. */
	void (*send)(struct bus_thing *thing, const uint8_t *data, size_t len);
	/* A command that is not the model's; NULL if done, else a sentence (to
	 * be freed), "" if it knows no such command. */
	char *(*command)(struct bus_thing *thing, const char *command);
};

struct bus_thing {
	struct bus *bus;
	char name[BUS_NAME_MAX + 1];
	const struct bus_kind *kind;
	struct model *model; /* NULL: a keyboard */
	unsigned int number; /* of its nodes; never used again */
	/* what it says of itself */
	const char *vendor, *product, *serial, *port, *words;
	struct model_option own[BUS_OPTIONS_MAX]; /* texts are owned */
	size_t own_count;
	struct model_option options[BUS_OPTIONS_MAX]; /* the model's */
	size_t options_count;

	bool is_plugged;
	char *node;	    /* "/dev/hidraw3" */
	char *paths[4];	    /* in sysfs, the topmost first; NULL: none */
	unsigned int timer; /* the model's; 0: none */
	/* hidraw, tty, evdev: the other end */
	int master, slave;
	unsigned int watch;
	/* usbfs */
	struct bus_usb *usb;
	bool deaf; /* takes nothing: NAKs for ever */
};

struct bus {
	UMockdevTestbed *testbed;
	GMainLoop *loop;
	GList *things;
	unsigned int numbers;
	GRecMutex lock; /* umockdev's worker calls the ioctl handlers */
	char *root;
};

extern const struct bus_kind bus_printer, bus_hid, bus_tty, bus_keyboard;

/* One of the thing's own options on the line of "plug", as "reports"; or NULL. */
const char *bus_own_option(const struct bus_thing *thing, const char *name);

/* Adds a device under the thing's last path; returns its path in sysfs. The
 * description's lines without P:, as of umockdev-record. */
void bus_add(struct bus_thing *thing, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The usb_device that the thing is a part of. */
void bus_add_usb(struct bus_thing *thing, const char *extra);

/* A pty behind the node; what comes is the model's. */
void bus_open_pty(struct bus_thing *thing, const char *node);
void bus_close_pty(struct bus_thing *thing);
void bus_send_pty(struct bus_thing *thing, const uint8_t *data, size_t len);

/* Has the handler answer ioctls on a node, as it is opened. */
void bus_handle(const char *node,
		gboolean (*handler)(UMockdevIoctlBase *base,
				    UMockdevIoctlClient *client, void *arg),
		void *arg);

/* The memory that an ioctl's argument points to. */
UMockdevIoctlData *bus_argument(UMockdevIoctlClient *client, size_t size);
void bus_answer(UMockdevIoctlClient *client, const void *data, size_t size,
		long result);

/* Takes it away from sysfs, with a notice of each part. */
void bus_remove(struct bus_thing *thing);

/* Bytes from the daemon. */
void bus_input(struct bus_thing *thing, const uint8_t *data, size_t len);

void bus_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
