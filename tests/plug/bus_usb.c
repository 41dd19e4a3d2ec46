/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usbfs, as far as libusb asks for it: URBs are taken and given back. The node
 * is a pipe: when it is full, nothing can be reaped, and the daemon's loop
 * waits for it as it would for the real node.
 */
#include "bus.h"

#include "util/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIPE_SIZE 4096
#define EP_OUT	  0x01
#define EP_IN	  0x82

/* Plugged in once: what was under way then is given back after it is gone. */
struct bus_usb {
	struct bus_thing *thing;
	bool is_there;
	int fifo;
	GQueue *urbs;	/* in flight, struct bus_urb */
	GQueue *reaped; /* done, for the daemon to fetch */
	GByteArray *in; /* what its bulk IN endpoint has to say */
};

struct bus_urb {
	UMockdevIoctlData *data, *buffer;
	struct usbdevfs_urb *urb; /* as it was submitted */
	uint64_t address;	  /* in the daemon */
};

/* --- the pipe --- */

static void usb_close_gate(struct bus_usb *usb)
{
	static const char filling[PIPE_SIZE];

	while (write(usb->fifo, filling, sizeof(filling)) > 0)
		continue;
}

static void usb_open_gate(struct bus_usb *usb)
{
	char drain[PIPE_SIZE];

	while (read(usb->fifo, drain, sizeof(drain)) > 0)
		continue;
}

/* --- URBs --- */

static void usb_finish(struct bus_usb *usb, struct bus_urb *urb, int status,
		       int actual)
{
	umockdev_ioctl_data_update(urb->data,
				   offsetof(struct usbdevfs_urb, status),
				   (guint8 *)&status, sizeof(status));
	umockdev_ioctl_data_update(urb->data,
				   offsetof(struct usbdevfs_urb, actual_length),
				   (guint8 *)&actual, sizeof(actual));
	g_queue_remove(usb->urbs, urb);
	g_queue_push_tail(usb->reaped, urb);
	usb_open_gate(usb);
}

/* GET_DEVICE_ID of a printer, docs/protocols.md A.6; all else is stalled. */
static void usb_control(struct bus_usb *usb, struct bus_urb *urb)
{
	const guint8 *setup = urb->urb->buffer;
	const char *id = bus_own_option(usb->thing, "device-id");
	g_autofree char *text =
		id ? g_strdup(id)
		   : g_strdup("MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;");
	size_t len = strlen(text) + 2;
	guint8 answer[512] = { (guint8)(len >> 8), (guint8)len };

	if (setup[0] != 0xa1 || setup[1] != 0) {
		usb_finish(usb, urb, -EPIPE, 0);
		return;
	}
	memcpy(answer + 2, text, len - 2);
	umockdev_ioctl_data_update(urb->buffer, 8, answer, (gint)len);
	usb_finish(usb, urb, 0, (int)len);
}

static void usb_say(struct bus_usb *usb)
{
	for (GList *at = usb->urbs->head; at && usb->in->len;) {
		struct bus_urb *urb = at->data;
		guint len = MIN(usb->in->len, (guint)urb->urb->buffer_length);

		at = at->next;
		if (urb->urb->endpoint != EP_IN)
			continue;
		umockdev_ioctl_data_update(urb->buffer, 0, usb->in->data,
					   (gint)len);
		g_byte_array_remove_range(usb->in, 0, len);
		usb_finish(usb, urb, 0, (int)len);
	}
}

static void usb_hear(struct bus_usb *usb)
{
	for (GList *at = usb->urbs->head; at && !usb->thing->deaf;) {
		struct bus_urb *urb = at->data;

		at = at->next;
		if (urb->urb->endpoint != EP_OUT)
			continue;
		usb_finish(usb, urb, 0, urb->urb->buffer_length);
		bus_input(usb->thing, urb->urb->buffer,
			  (size_t)urb->urb->buffer_length);
	}
}

static gboolean usb_submit(struct bus_usb *usb, UMockdevIoctlClient *client)
{
	struct bus_urb *urb = g_new0(struct bus_urb, 1);
	UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg(client);
	gsize len;

	memcpy(&urb->address, arg->data, sizeof(void *));
	urb->data = bus_argument(client, sizeof(struct usbdevfs_urb));
	urb->urb = g_memdup2(urb->data->data, sizeof(*urb->urb));
	len = (gsize)urb->urb->buffer_length;
	if (len)
		urb->buffer = umockdev_ioctl_data_resolve(
			urb->data, offsetof(struct usbdevfs_urb, buffer), len,
			NULL);
	urb->urb->buffer =
		g_memdup2(urb->buffer ? urb->buffer->data : NULL, len);
	g_queue_push_tail(usb->urbs, urb);
	umockdev_ioctl_client_complete(client, 0, 0);
	if (urb->urb->type == USBDEVFS_URB_TYPE_CONTROL)
		usb_control(usb, urb);
	usb_hear(usb);
	usb_say(usb);
	return TRUE;
}

static gboolean usb_discard(struct bus_usb *usb, UMockdevIoctlClient *client)
{
	uint64_t address = 0;

	memcpy(&address, umockdev_ioctl_client_get_arg(client)->data,
	       sizeof(void *));
	for (GList *at = usb->urbs->head; at; at = at->next) {
		struct bus_urb *urb = at->data;

		if (urb->address != address)
			continue;
		usb_finish(usb, urb, -ENOENT, 0);
		umockdev_ioctl_client_complete(client, 0, 0);
		return TRUE;
	}
	umockdev_ioctl_client_complete(client, -1, EINVAL);
	return TRUE;
}

static gboolean usb_reap(struct bus_usb *usb, UMockdevIoctlClient *client)
{
	struct bus_urb *urb = g_queue_pop_head(usb->reaped);
	UMockdevIoctlData *to;

	if (!urb) {
		if (usb->is_there)
			usb_close_gate(usb);
		umockdev_ioctl_client_complete(client, -1,
					       usb->is_there ? EAGAIN : ENODEV);
		return TRUE;
	}
	to = bus_argument(client, sizeof(void *));
	umockdev_ioctl_data_set_ptr(to, 0, urb->data);
	umockdev_ioctl_client_complete(client, 0, 0);
	return TRUE;
}

static gboolean usb_capabilities(UMockdevIoctlClient *client)
{
	const guint32 can = USBDEVFS_CAP_ZERO_PACKET |
			    USBDEVFS_CAP_NO_PACKET_SIZE_LIM |
			    USBDEVFS_CAP_REAP_AFTER_DISCONNECT;

	bus_answer(client, &can, sizeof(can), 0);
	return TRUE;
}

static gboolean usb_ioctl(struct bus_usb *usb, UMockdevIoctlClient *client)
{
	gulong request = umockdev_ioctl_client_get_request(client);

	if (request == USBDEVFS_REAPURB || request == USBDEVFS_REAPURBNDELAY)
		return usb_reap(usb, client);
	if (!usb->is_there) {
		umockdev_ioctl_client_complete(client, -1, ENODEV);
		return TRUE;
	}
	switch (request) {
	case USBDEVFS_GET_CAPABILITIES:
		return usb_capabilities(client);
	case USBDEVFS_SUBMITURB:
		return usb_submit(usb, client);
	case USBDEVFS_DISCARDURB:
		return usb_discard(usb, client);
	case USBDEVFS_GETDRIVER:
		umockdev_ioctl_client_complete(client, -1, ENODATA);
		return TRUE;
	case USBDEVFS_CLAIMINTERFACE:
	case USBDEVFS_RELEASEINTERFACE:
	case USBDEVFS_DISCONNECT_CLAIM:
	case USBDEVFS_IOCTL:
		umockdev_ioctl_client_complete(client, 0, 0);
		return TRUE;
	default:
		umockdev_ioctl_client_complete(client, -1, ENOTTY);
		return TRUE;
	}
}

static gboolean usb_on_ioctl(UMockdevIoctlBase *base,
			     UMockdevIoctlClient *client, void *arg)
{
	struct bus_usb *usb = arg;
	GRecMutex *lock = &usb->thing->bus->lock;
	gboolean done;

	(void)base;
	g_rec_mutex_lock(lock);
	done = usb_ioctl(usb, client);
	g_rec_mutex_unlock(lock);
	return done;
}

/* --- plugging --- */

static struct bus_usb *usb_new(struct bus_thing *thing, const char *path)
{
	struct bus_usb *usb = g_new0(struct bus_usb, 1);

	usb->thing = thing;
	usb->is_there = true;
	usb->urbs = g_queue_new();
	usb->reaped = g_queue_new();
	usb->in = g_byte_array_new();
	usb->fifo = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	fcntl(usb->fifo, F_SETPIPE_SZ, PIPE_SIZE);
	usb_close_gate(usb);
	return usb;
}

static void usb_plug(struct bus_thing *thing)
{
	g_autofree char *node =
		g_strdup_printf("/dev/bus/usb/001/%03u", thing->number);
	g_autofree char *path = g_strconcat(thing->bus->root, node, NULL);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *descriptors = g_strdup_printf(
		"H: descriptors="
		"1201000200000040%.2s%.2s%.2s%.2s000101020301"
		"0902200001010080320904000002070102000705010240000007058202"
		"400000\n",
		thing->vendor + 2, thing->vendor, thing->product + 2,
		thing->product);

	if (g_mkdir_with_parents(folder, 0755) || mkfifo(path, 0600))
		abort();
	thing->node = g_strdup(node);
	thing->usb = usb_new(thing, path);
	bus_handle(thing->node, usb_on_ioctl, thing->usb);
	bus_add_usb(thing, descriptors);
}

static void usb_unplug(struct bus_thing *thing)
{
	struct bus_usb *usb = thing->usb;
	g_autofree char *path =
		g_strconcat(thing->bus->root, thing->node, NULL);

	usb->is_there = false;
	while (usb->urbs->head)
		usb_finish(usb, usb->urbs->head->data, -ESHUTDOWN, 0);
	unlink(path);
	usb_open_gate(usb);
}

static void usb_send(struct bus_thing *thing, const uint8_t *data, size_t len)
{
	g_byte_array_append(thing->usb->in, data, (guint)len);
	usb_say(thing->usb);
}

static char *usb_command(struct bus_thing *thing, const char *command)
{
	if (strcmp(command, "deaf") != 0 && strcmp(command, "hear") != 0)
		return alloc_text("");
	thing->deaf = *command == 'd';
	usb_hear(thing->usb);
	return NULL;
}

const struct bus_kind bus_printer = { .name = "printer",
				      .plug = usb_plug,
				      .unplug = usb_unplug,
				      .send = usb_send,
				      .command = usb_command };
