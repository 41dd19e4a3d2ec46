/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes through the bulk endpoints of a USB interface: a printer's (class 7),
 * or, where there is none, a vendor's own (docs/protocols.md A.6). All by
 * asynchronous transfers: one is always under way for what comes in, at most
 * one for what goes out. An interface that was let go of is only free again
 * when its transfers have come back; opening waits for that.
 */
#include "device/transport_plug.h"

#include "device/usb_loop.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/err.h"
#include "util/secret.h"
#include "util/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define USB_CHUNK	  1024 /* whole packets at any speed */
#define USB_GET_DEVICE_ID 0
#define USB_DEVICE_ID_MAX 512
#define USB_DEVICE_ID_MS  1000
#define USB_MODEL_MAX	  64

/* Where bytes go: of an interface, in one of its settings. */
struct usb_way {
	int interface, setting;
	bool is_printer;
	uint8_t in, out; /* endpoints; 0: none */
};

/* The interface while it is held; lives until its transfers are back. */
struct usb_claim {
	struct usb_held held;	     /* by the loop */
	struct transport_usb *owner; /* NULL: it is gone */
	struct usb_loop *loop;
	libusb_device_handle *handle;
	struct usb_way way;
	bool is_held; /* else let go of */
	struct libusb_transfer *reading, *writing, *asking;
	bool is_reading, is_writing, is_asking; /* under way */
	uint8_t read[USB_CHUNK], write[USB_CHUNK];
	uint8_t id[LIBUSB_CONTROL_SETUP_SIZE + USB_DEVICE_ID_MAX];
};

struct transport_usb {
	struct plug plug;
	struct usb_loop *loop;
	struct usb_claim *claim; /* NULL while it is shut */
	struct usb_claim *old;	 /* let go of, and not back yet */
	bool is_wanted;		 /* to be opened when that is back */
	struct buf queue;	 /* what goes out */
	char model[USB_MODEL_MAX];
};

/* --- letting go --- */

static bool usb_claim_is_busy(const struct usb_claim *claim)
{
	return claim->is_reading || claim->is_writing || claim->is_asking;
}

static void usb_begin_wanted(struct transport_usb *usb);

/* All its transfers are back. */
static void usb_claim_end(struct usb_held *held)
{
	struct usb_claim *claim = (struct usb_claim *)held;
	struct transport_usb *owner = claim->owner;

	libusb_free_transfer(claim->reading);
	libusb_free_transfer(claim->writing);
	libusb_free_transfer(claim->asking);
	libusb_release_interface(claim->handle, claim->way.interface);
	libusb_close(claim->handle);
	secret_wipe(claim, sizeof(*claim));
	free(claim);
	if (!owner)
		return;
	owner->old = NULL;
	usb_begin_wanted(owner);
}

/* One that is let go of goes when its last transfer has come back. */
static void usb_claim_settle(struct usb_claim *claim)
{
	if (!claim->is_held && !usb_claim_is_busy(claim))
		usb_loop_let_go(claim->loop, &claim->held);
}

static void usb_claim_let_go(struct usb_claim *claim)
{
	claim->is_held = false;
	if (claim->is_reading)
		libusb_cancel_transfer(claim->reading);
	if (claim->is_writing)
		libusb_cancel_transfer(claim->writing);
	if (claim->is_asking)
		libusb_cancel_transfer(claim->asking);
	usb_claim_settle(claim);
}

static void usb_shut(struct plug *plug)
{
	struct transport_usb *usb = (struct transport_usb *)plug;
	struct usb_claim *claim = usb->claim;

	usb->is_wanted = false;
	usb->claim = NULL;
	buf_reset(&usb->queue);
	if (!claim)
		return;
	usb->old = claim;
	usb_claim_let_go(claim);
}

static enum reason usb_reason(enum libusb_transfer_status status)
{
	return status == LIBUSB_TRANSFER_TIMED_OUT ? REASON_NO_ANSWER
						   : REASON_UNPLUGGED;
}

/* --- what comes in --- */

static void usb_read(struct usb_claim *claim)
{
	if (!claim->way.in)
		return;
	claim->is_reading = !libusb_submit_transfer(claim->reading);
	if (!claim->is_reading)
		plug_fail(&claim->owner->plug, REASON_UNPLUGGED);
}

static void usb_on_read(struct libusb_transfer *transfer)
{
	struct usb_claim *claim = transfer->user_data;
	struct transport_usb *usb = claim->owner;

	claim->is_reading = false;
	if (!claim->is_held) {
		usb_claim_settle(claim);
	} else if (transfer->status != LIBUSB_TRANSFER_COMPLETED) {
		plug_go_down(&usb->plug, usb_reason(transfer->status));
	} else {
		plug_input(&usb->plug, claim->read,
			   (size_t)transfer->actual_length);
		if (usb->claim == claim) /* else it was shut by that */
			usb_read(claim);
	}
}

/* --- what goes out --- */

static void usb_send(struct transport_usb *usb)
{
	struct usb_claim *claim = usb->claim;
	size_t len = usb->queue.len < USB_CHUNK ? usb->queue.len : USB_CHUNK;

	if (!len || claim->is_writing)
		return;
	memcpy(claim->write, usb->queue.data, len);
	claim->writing->length = (int)len;
	claim->is_writing = !libusb_submit_transfer(claim->writing);
	if (!claim->is_writing)
		plug_fail(&usb->plug, REASON_UNPLUGGED);
}

static void usb_on_sent(struct libusb_transfer *transfer)
{
	struct usb_claim *claim = transfer->user_data;
	struct transport_usb *usb = claim->owner;
	struct transport_events *events;

	claim->is_writing = false;
	if (!claim->is_held) {
		usb_claim_settle(claim);
		return;
	}
	if (transfer->status != LIBUSB_TRANSFER_COMPLETED) {
		plug_go_down(&usb->plug, usb_reason(transfer->status));
		return;
	}
	buf_drop(&usb->queue, (size_t)transfer->actual_length);
	usb_send(usb);
	events = &usb->plug.transport.events;
	if (!usb->queue.len && events->drained)
		events->drained(events->arg);
}

static bool usb_write(struct plug *plug, const uint8_t *data, size_t len)
{
	struct transport_usb *usb = (struct transport_usb *)plug;

	if (len > TRANSPORT_QUEUE_MAX - usb->queue.len)
		return false;
	buf_add(&usb->queue, data, len);
	usb_send(usb);
	return true;
}

/* --- who it is --- */

/* The value of a key in "MFG:EPSON;MDL:TM-T88V;"; false if it has none. */
static bool usb_find_key(const char *id, const char *key, char *out_value,
			 size_t size)
{
	const char *at = strstr(id, key);
	size_t len;

	if (!at || (at != id && at[-1] != ';'))
		return false;
	at += strlen(key);
	len = strcspn(at, ";");
	if (!len || len >= size)
		return false;
	memcpy(out_value, at, len);
	out_value[len] = '\0';
	return true;
}

/* A length of two bytes, high byte first, which counts itself; then text. */
static void usb_take_id(struct transport_usb *usb, const uint8_t *data,
			size_t len)
{
	char text[USB_DEVICE_ID_MAX + 1] = "";

	if (len <= 2 || len > USB_DEVICE_ID_MAX)
		return;
	memcpy(text, data + 2, len - 2);
	if ((usb_find_key(text, "MDL:", usb->model, sizeof(usb->model)) ||
	     usb_find_key(text, "MODEL:", usb->model, sizeof(usb->model))) &&
	    text_is_plain(usb->model))
		usb->plug.facts.model = usb->model;
}

static void usb_be_up(struct usb_claim *claim)
{
	usb_read(claim);
	if (!claim->way.in || claim->is_reading)
		plug_tell_up(&claim->owner->plug);
}

/* Whatever it answers, or if it doesn't: it need not be known. */
static void usb_on_id(struct libusb_transfer *transfer)
{
	struct usb_claim *claim = transfer->user_data;

	claim->is_asking = false;
	if (!claim->is_held) {
		usb_claim_settle(claim);
		return;
	}
	if (transfer->status == LIBUSB_TRANSFER_NO_DEVICE) {
		plug_go_down(&claim->owner->plug, REASON_UNPLUGGED);
		return;
	}
	usb_be_up(claim);
	if (transfer->status == LIBUSB_TRANSFER_COMPLETED)
		usb_take_id(claim->owner,
			    libusb_control_transfer_get_data(transfer),
			    (size_t)transfer->actual_length);
}

static void usb_ask_id(struct usb_claim *claim)
{
	libusb_fill_control_setup(claim->id,
				  (uint8_t)LIBUSB_ENDPOINT_IN |
					  (uint8_t)LIBUSB_REQUEST_TYPE_CLASS |
					  (uint8_t)LIBUSB_RECIPIENT_INTERFACE,
				  USB_GET_DEVICE_ID, 0,
				  (uint16_t)(claim->way.interface << 8 |
					     claim->way.setting),
				  USB_DEVICE_ID_MAX);
	libusb_fill_control_transfer(claim->asking, claim->handle, claim->id,
				     usb_on_id, claim, USB_DEVICE_ID_MS);
	claim->is_asking = !libusb_submit_transfer(claim->asking);
	if (!claim->is_asking)
		usb_be_up(claim);
}

/* --- opening --- */

static struct usb_way
usb_read_way(const struct libusb_interface_descriptor *interface)
{
	struct usb_way way = {
		.interface = interface->bInterfaceNumber,
		.setting = interface->bAlternateSetting,
		.is_printer =
			interface->bInterfaceClass == LIBUSB_CLASS_PRINTER,
	};

	for (int i = 0; i < interface->bNumEndpoints; i++) {
		const struct libusb_endpoint_descriptor *end =
			&interface->endpoint[i];
		uint8_t *into = end->bEndpointAddress & LIBUSB_ENDPOINT_IN
					? &way.in
					: &way.out;

		if ((end->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) ==
			    LIBUSB_TRANSFER_TYPE_BULK &&
		    !*into)
			*into = end->bEndpointAddress;
	}
	return way;
}

/* A printer that can answer is better than one that can't, and any printer
 * better than a maker's own. */
static int usb_rate_way(const struct libusb_interface_descriptor *interface,
			const struct usb_way *way)
{
	if (!way->out)
		return 0;
	if (way->is_printer)
		return way->in ? 3 : 2;
	return interface->bInterfaceClass == LIBUSB_CLASS_VENDOR_SPEC &&
	       way->in;
}

static int usb_find_way(libusb_device_handle *handle, struct usb_way *out_way)
{
	struct libusb_config_descriptor *config;
	int best = 0, r;

	r = libusb_get_active_config_descriptor(libusb_get_device(handle),
						&config);
	if (r)
		return usb_errno(r);
	for (int i = 0; i < config->bNumInterfaces; i++)
		for (int s = 0; s < config->interface[i].num_altsetting; s++) {
			const struct libusb_interface_descriptor *at =
				&config->interface[i].altsetting[s];
			struct usb_way way = usb_read_way(at);
			int rate = usb_rate_way(at, &way);

			if (rate > best) {
				best = rate;
				*out_way = way;
			}
		}
	libusb_free_config_descriptor(config);
	return best ? 0 : err_born(-EPROTO);
}

/* The kernel's own driver (usblp) has to let go, for as long as we hold it. */
static int usb_take_way(libusb_device_handle *handle, struct usb_way *out_way)
{
	int r = usb_find_way(handle, out_way);

	if (r)
		return r;
	libusb_set_auto_detach_kernel_driver(handle, 1);
	r = libusb_claim_interface(handle, out_way->interface);
	if (!r && out_way->setting)
		r = libusb_set_interface_alt_setting(handle, out_way->interface,
						     out_way->setting);
	return usb_errno(r);
}

static struct usb_claim *usb_claim_new(struct transport_usb *usb,
				       libusb_device_handle *handle,
				       const struct usb_way *way)
{
	struct usb_claim *claim = ALLOC_NEW(struct usb_claim);

	claim->held.run = usb_claim_end;
	claim->owner = usb;
	claim->loop = usb->loop;
	claim->handle = handle;
	claim->way = *way;
	claim->is_held = true;
	claim->reading = libusb_alloc_transfer(0);
	claim->writing = libusb_alloc_transfer(0);
	claim->asking = libusb_alloc_transfer(0);
	if (!claim->reading || !claim->writing || !claim->asking)
		abort(); /* out of memory */
	libusb_fill_bulk_transfer(claim->reading, handle, way->in, claim->read,
				  USB_CHUNK, usb_on_read, claim, 0);
	libusb_fill_bulk_transfer(claim->writing, handle, way->out,
				  claim->write, 0, usb_on_sent, claim,
				  TRANSPORT_STALL_MS);
	usb_loop_hold(usb->loop);
	return claim;
}

static int usb_begin(struct transport_usb *usb)
{
	const struct plug_found *found = &usb->plug.found;
	libusb_device_handle *handle;
	struct usb_way way;
	int r = usb_loop_open(usb->loop, found->bus, found->address, &handle);

	if (r)
		return r;
	r = usb_take_way(handle, &way);
	if (r) {
		libusb_close(handle);
		return r;
	}
	usb->claim = usb_claim_new(usb, handle, &way);
	if (way.is_printer)
		usb_ask_id(usb->claim);
	else
		usb_be_up(usb->claim);
	return 0;
}

/* As usb_open, when there is nobody to give the error to. */
static void usb_begin_wanted(struct transport_usb *usb)
{
	if (!usb->is_wanted)
		return;
	usb->is_wanted = false;
	plug_try(&usb->plug, usb_begin(usb));
}

static int usb_open(struct plug *plug)
{
	struct transport_usb *usb = (struct transport_usb *)plug;

	if (!usb->old)
		return usb_begin(usb);
	usb->is_wanted = true;
	return 0;
}

static void usb_destroy(struct plug *plug)
{
	struct transport_usb *usb = (struct transport_usb *)plug;

	if (usb->old)
		usb->old->owner = NULL;
	buf_free(&usb->queue);
	free(usb);
}

struct transport *transport_usb_new(struct event_base *base,
				    struct plugs *plugs, struct usb_loop *loop,
				    const struct transport_config *config)
{
	static const struct plug_ops ops = { .open = usb_open,
					     .shut = usb_shut,
					     .write = usb_write,
					     .destroy = usb_destroy };
	struct transport_usb *usb = ALLOC_NEW(struct transport_usb);

	usb->loop = loop;
	buf_init(&usb->queue, TRANSPORT_QUEUE_MAX);
	plug_init(&usb->plug, &ops, base, plugs, config);
	return &usb->plug.transport;
}
