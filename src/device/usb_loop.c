/* SPDX-License-Identifier: Apache-2.0 */
#include "device/usb_loop.h"

#include "util/alloc.h"
#include "util/err.h"
#include "util/log.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

struct usb_fd {
	LIST_ENTRY(usb_fd) entry;
	int fd;
	struct event *ready;
};

struct usb_loop {
	struct event_base *base;
	struct plugs *plugs;
	libusb_context *context; /* NULL: it did not work */
	LIST_HEAD(, usb_fd) fds;
	struct event *arrived; /* told from the loop, not from libusb */
	libusb_hotplug_callback_handle callback;
	unsigned int held;
	TAILQ_HEAD(, usb_held) going;
	struct event *going_now;
};

/* Transfers that are called off come back at once; a kernel that keeps one is
 * not waited for longer than so many turns of a tenth of a second. */
#define USB_LAST_TURNS 10

void usb_loop_hold(struct usb_loop *loop)
{
	loop->held++;
}

void usb_loop_let_go(struct usb_loop *loop, struct usb_held *held)
{
	const struct timeval now = { 0 };

	TAILQ_INSERT_TAIL(&loop->going, held, entry);
	event_add(loop->going_now, &now);
}

static void usb_loop_run_going(struct usb_loop *loop)
{
	struct usb_held *held;

	while ((held = TAILQ_FIRST(&loop->going))) {
		TAILQ_REMOVE(&loop->going, held, entry);
		loop->held--;
		held->run(held);
	}
}

static void usb_loop_on_going(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	usb_loop_run_going(arg);
}

int usb_errno(int error)
{
	switch (error) {
	case LIBUSB_SUCCESS:
		return 0;
	case LIBUSB_ERROR_NO_DEVICE:
	case LIBUSB_ERROR_NOT_FOUND:
		return -ENODEV;
	case LIBUSB_ERROR_ACCESS:
	case LIBUSB_ERROR_IO: /* not let by systemd's DeviceAllow */
		return -EACCES;
	case LIBUSB_ERROR_BUSY:
		return -EBUSY;
	case LIBUSB_ERROR_TIMEOUT:
		return -ETIMEDOUT;
	case LIBUSB_ERROR_NO_MEM:
		return -ENOMEM;
	default:
		return -EPROTO;
	}
}

/* --- its descriptors --- */

static void usb_loop_turn(evutil_socket_t fd, short what, void *arg)
{
	struct usb_loop *loop = arg;
	struct timeval now = { 0 };

	(void)fd;
	(void)what;
	libusb_handle_events_timeout_completed(loop->context, &now, NULL);
}

static void usb_loop_add_fd(int fd, short events, void *arg)
{
	struct usb_loop *loop = arg;
	struct usb_fd *watched = ALLOC_NEW(struct usb_fd);
	short what = EV_PERSIST;

	if (events & POLLIN)
		what |= EV_READ;
	if (events & POLLOUT)
		what |= EV_WRITE;
	watched->fd = fd;
	watched->ready = event_new(loop->base, fd, what, usb_loop_turn, loop);
	if (!watched->ready)
		abort(); /* out of memory */
	if (event_add(watched->ready, NULL))
		log_error("a descriptor of libusb can't be waited for");
	LIST_INSERT_HEAD(&loop->fds, watched, entry);
}

static void usb_loop_drop(struct usb_fd *watched)
{
	LIST_REMOVE(watched, entry);
	event_free(watched->ready);
	free(watched);
}

static void usb_loop_drop_fd(int fd, void *arg)
{
	struct usb_loop *loop = arg;
	struct usb_fd *watched;

	LIST_FOREACH(watched, &loop->fds, entry)
	if (watched->fd == fd) {
		usb_loop_drop(watched);
		return;
	}
}

/* On Linux it has a descriptor for its time-outs too. */
static void usb_loop_watch_fds(struct usb_loop *loop)
{
	const struct libusb_pollfd **fds = libusb_get_pollfds(loop->context);

	for (size_t i = 0; fds && fds[i]; i++)
		usb_loop_add_fd(fds[i]->fd, fds[i]->events, loop);
	libusb_free_pollfds(fds);
	libusb_set_pollfd_notifiers(loop->context, usb_loop_add_fd,
				    usb_loop_drop_fd, loop);
}

/* --- what arrives --- */

static void usb_loop_tell_arrived(evutil_socket_t fd, short what, void *arg)
{
	const struct usb_loop *loop = arg;

	(void)fd;
	(void)what;
	plugs_tell_came(loop->plugs);
}

/* Nothing may be opened from within this. */
static int usb_loop_on_arrival(libusb_context *context, libusb_device *device,
			       libusb_hotplug_event event, void *arg)
{
	const struct timeval now = { 0 };
	struct usb_loop *loop = arg;

	(void)context;
	(void)device;
	(void)event;
	event_add(loop->arrived, &now);
	return 0;
}

static void usb_loop_hear(struct usb_loop *loop)
{
	loop->arrived = evtimer_new(loop->base, usb_loop_tell_arrived, loop);
	if (!loop->arrived)
		abort(); /* out of memory */
	if (libusb_hotplug_register_callback(
		    loop->context, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED, 0,
		    LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
		    LIBUSB_HOTPLUG_MATCH_ANY, usb_loop_on_arrival, loop,
		    &loop->callback))
		log_warning("libusb tells of nothing that is plugged in later");
}

struct usb_loop *usb_loop_new(struct event_base *base, struct plugs *plugs)
{
	struct usb_loop *loop = ALLOC_NEW(struct usb_loop);
	int r;

	loop->base = base;
	loop->plugs = plugs;
	LIST_INIT(&loop->fds);
	TAILQ_INIT(&loop->going);
	loop->going_now = evtimer_new(base, usb_loop_on_going, loop);
	if (!loop->going_now)
		abort(); /* out of memory */
	r = libusb_init(&loop->context);
	if (r) {
		log_error("USB can't be used: libusb says %s; the unit has to "
			  "allow AF_NETLINK",
			  libusb_error_name(r));
		loop->context = NULL;
		return loop;
	}
	usb_loop_watch_fds(loop);
	usb_loop_hear(loop);
	return loop;
}

static void usb_loop_finish(struct usb_loop *loop)
{
	usb_loop_run_going(loop);
	for (int i = 0; loop->held && i < USB_LAST_TURNS; i++) {
		struct timeval turn = { .tv_usec = 100000 };

		libusb_handle_events_timeout_completed(loop->context, &turn,
						       NULL);
		usb_loop_run_going(loop);
	}
}

struct usb_loop *usb_loop_free(struct usb_loop *loop)
{
	struct usb_fd *watched;

	if (!loop)
		return NULL;
	if (loop->context)
		usb_loop_finish(loop);
	if (loop->context) {
		libusb_set_pollfd_notifiers(loop->context, NULL, NULL, NULL);
		libusb_hotplug_deregister_callback(loop->context,
						   loop->callback);
		event_free(loop->arrived);
	}
	while ((watched = LIST_FIRST(&loop->fds)))
		usb_loop_drop(watched);
	event_free(loop->going_now);
	if (loop->context)
		libusb_exit(loop->context);
	free(loop);
	return NULL;
}

/* --- opening --- */

int usb_loop_open(struct usb_loop *loop, int bus, int address,
		  libusb_device_handle **out_handle)
{
	libusb_device **all;
	int r = LIBUSB_ERROR_NO_DEVICE;
	ssize_t count;

	if (!loop->context)
		return err_born(-EACCES);
	count = libusb_get_device_list(loop->context, &all);
	if (count < 0)
		return usb_errno((int)count);
	for (ssize_t i = 0; i < count; i++)
		if (libusb_get_bus_number(all[i]) == bus &&
		    libusb_get_device_address(all[i]) == address) {
			r = libusb_open(all[i], out_handle);
			break;
		}
	libusb_free_device_list(all, 1);
	return usb_errno(r);
}
