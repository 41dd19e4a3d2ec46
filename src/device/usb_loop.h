/* SPDX-License-Identifier: Apache-2.0 */
/* libusb in a libevent loop: its descriptors are watched, its callbacks come
 * from the loop. It is only begun when the first device needs it. */
#ifndef TILLD_DEVICE_USB_LOOP_H
#define TILLD_DEVICE_USB_LOOP_H

#include "device/plugs.h"

#include <event2/event.h>
#include <libusb.h>

struct usb_loop;

/*
 * What is held of a device, and lives until all its transfers have come back,
 * if need be longer than the one who held it: the loop's end waits for that,
 * but not for ever. It is let go of by run, called from the loop: libusb must
 * not be asked to close a device from within its own callbacks (1.0.26 waits
 * for itself then).
 */
struct usb_held {
	TAILQ_ENTRY(usb_held) entry;
	void (*run)(struct usb_held *held);
};

void usb_loop_hold(struct usb_loop *loop);
void usb_loop_let_go(struct usb_loop *loop, struct usb_held *held);

/* What arrives is told by plugs_tell_came(). */
struct usb_loop *usb_loop_new(struct event_base *base, struct plugs *plugs);
struct usb_loop *usb_loop_free(struct usb_loop *loop); /* returns NULL */

/* Opens the device with that number on that bus: 0, or an errno. */
int usb_loop_open(struct usb_loop *loop, int bus, int address,
		  libusb_device_handle **out_handle);

/* What an error of libusb is as an errno, negative. */
int usb_errno(int error);

#endif
