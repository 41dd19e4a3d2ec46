/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A keyboard that is none: a badge reader that types. Its keys are ours alone.
 * From plugging it in until we have it, a udev rule keeps it quiet by the
 * kernel's "inhibited" (Linux 5.11 and later); we grab it before we switch that
 * off, and switch it on again before we let go of it.
 */
#include "device/transport_plug.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/log.h"
#include "util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <libevdev/libevdev.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEYS_AT_ONCE 512 /* events in one go */

struct transport_keys {
	struct plug plug;
	int fd; /* -1 while it is shut */
	struct libevdev *evdev;
	struct event *readable;
	bool lost; /* what it told has a gap */
};

/* --- the switch --- */

static int keys_write_switch(const char *path, bool inhibited)
{
	CLEANUP_FD int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, inhibited ? "1" : "0", 1) < 0 ? -errno : 0;
}

/* Not every kernel has one, and not every site gives it to us: that is told,
 * and the grab alone has to do. It goes with a reader that is pulled out. */
static void keys_set_inhibited(const struct transport_keys *keys,
			       bool inhibited)
{
	const char *path = keys->plug.found.inhibit;
	int r = path ? keys_write_switch(path, inhibited) : 0;

	if (r && r != -ENOENT && r != -ENODEV)
		log_warning("%s can't be written (%s): before and after tilld "
			    "has the reader, what it types goes elsewhere",
			    path, strerror(-r));
}

/* --- events --- */

static void keys_tell(struct transport_keys *keys, unsigned int code, int value)
{
	uint8_t record[DRIVER_KEY_SIZE] = { (uint8_t)code, (uint8_t)(code >> 8),
					    (uint8_t)value };

	plug_input(&keys->plug, record, sizeof(record));
	secret_wipe(record, sizeof(record));
}

static void keys_take(struct transport_keys *keys,
		      const struct input_event *event)
{
	if (event->type == EV_KEY)
		keys_tell(keys, event->code, event->value);
}

/* One event; false if there is none now. After a gap, libevdev makes up events
 * that lead to the state of now: these are no keys that anybody pressed. */
static bool keys_next(struct transport_keys *keys)
{
	struct input_event event;
	int r = libevdev_next_event(keys->evdev,
				    keys->lost ? LIBEVDEV_READ_FLAG_SYNC
					       : LIBEVDEV_READ_FLAG_NORMAL,
				    &event);

	if (keys->lost) {
		keys->lost = r == LIBEVDEV_READ_STATUS_SYNC;
		return true;
	}
	if (r == LIBEVDEV_READ_STATUS_SYNC) {
		keys->lost = true;
		keys_tell(keys, DRIVER_KEYS_LOST, 0);
		return keys->fd >= 0;
	}
	if (r == LIBEVDEV_READ_STATUS_SUCCESS) {
		keys_take(keys, &event);
		secret_wipe(&event, sizeof(event));
	} else if (r != -EAGAIN && r != -EINTR) {
		plug_go_down(&keys->plug, REASON_UNPLUGGED);
	}
	return r == LIBEVDEV_READ_STATUS_SUCCESS && keys->fd >= 0;
}

static void keys_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct transport_keys *keys = arg;

	(void)fd;
	(void)what;
	if (!keys->plug.is_up)
		return; /* told again when it is: level-triggered */
	for (int i = 0; i < KEYS_AT_ONCE && keys_next(keys); i++)
		continue;
}

static bool keys_write(struct plug *plug, const uint8_t *data, size_t len)
{
	(void)plug;
	(void)data;
	(void)len;
	return true; /* there is nothing to tell a keyboard */
}

/* --- opening and closing --- */

static int keys_grab(struct transport_keys *keys)
{
	int r = libevdev_new_from_fd(keys->fd, &keys->evdev);

	if (r)
		return err_born(r);
	r = libevdev_grab(keys->evdev, LIBEVDEV_GRAB);
	return r ? err_born(r) : 0;
}

static int keys_open(struct plug *plug)
{
	struct transport_keys *keys = (struct transport_keys *)plug;
	int r = plug_open_node(plug, &keys->fd);

	if (!r)
		r = keys_grab(keys);
	if (r)
		return r;
	keys_set_inhibited(keys, false);
	keys->lost = false;
	keys->readable = event_new(plug->base, keys->fd, EV_READ | EV_PERSIST,
				   keys_on_readable, keys);
	if (!keys->readable || event_add(keys->readable, NULL))
		return err_born(-EIO);
	plug_tell_up(plug);
	return 0;
}

static void keys_shut(struct plug *plug)
{
	struct transport_keys *keys = (struct transport_keys *)plug;

	if (keys->readable) {
		event_free(keys->readable);
		keys_set_inhibited(keys, true);
	}
	keys->readable = NULL;
	libevdev_free(keys->evdev); /* ungrabs nothing: closing does */
	keys->evdev = NULL;
	if (keys->fd >= 0)
		close(keys->fd);
	keys->fd = -1;
}

/* Whoever has udev look at all devices anew (udevadm trigger) has the rule
 * switch it on again, too. */
static void keys_came(struct plug *plug)
{
	const struct transport_keys *keys = (struct transport_keys *)plug;

	if (keys->readable)
		keys_set_inhibited(keys, false);
}

static void keys_destroy(struct plug *plug)
{
	free(plug);
}

struct transport *transport_keys_new(struct event_base *base,
				     struct plugs *plugs,
				     const struct transport_config *config)
{
	static const struct plug_ops ops = { .open = keys_open,
					     .shut = keys_shut,
					     .write = keys_write,
					     .came = keys_came,
					     .destroy = keys_destroy };
	struct transport_keys *keys = ALLOC_NEW(struct transport_keys);

	keys->fd = -1;
	plug_init(&keys->plug, &ops, base, plugs, config);
	return &keys->plug.transport;
}
