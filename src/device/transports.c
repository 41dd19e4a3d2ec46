/* SPDX-License-Identifier: Apache-2.0 */
#include "device/transports.h"

#include "device/plugs.h"
#include "device/transport_plug.h"
#include "device/transport_wire.h"
#ifdef HAVE_LIBPCSCLITE
#include "device/transport_card.h"
#endif
#ifdef HAVE_LIBUSB
#include "device/usb_loop.h"
#endif
#include "util/alloc.h"

#include <stdlib.h>

struct transports_real {
	struct transports transports;
	struct event_base *base;
	struct workers *workers;
	struct plugs *plugs;  /* NULL until the first device */
	struct usb_loop *usb; /* NULL until the first that needs it */
#ifdef HAVE_LIBPCSCLITE
	struct card_strays strays;
#endif
};

#ifdef HAVE_LIBPCSCLITE
#define TRANSPORTS_CARDS true
#else
#define TRANSPORTS_CARDS false
#endif

bool transports_can(enum driver_plug plug)
{
	return plug == DRIVER_PLUG_CARD ? TRANSPORTS_CARDS : plugs_can(plug);
}

const char *transports_lack(enum driver_plug plug)
{
	static const char *const lacks[DRIVER_PLUGS] = {
		[DRIVER_PLUG_NONE] = "",
		[DRIVER_PLUG_USB] = "libusb and libudev",
		[DRIVER_PLUG_HID] = "libudev",
		[DRIVER_PLUG_KEYS] = "libevdev and libudev",
		[DRIVER_PLUG_CARD] = "libpcsclite",
	};

	return lacks[plug];
}

#ifdef HAVE_LIBUSB
static struct transport *
transports_create_usb(struct transports_real *real,
		      const struct transport_config *config)
{
	if (!real->usb)
		real->usb = usb_loop_new(real->base, real->plugs);
	return transport_usb_new(real->base, real->plugs, real->usb, config);
}
#endif

/* The configuration lets nothing through that this build can't. */
static struct transport *
transports_create_plug(struct transports_real *real,
		       const struct transport_config *config)
{
	switch (config->plug) {
	case DRIVER_PLUG_NONE:
	case DRIVER_PLUGS:
		break;
	case DRIVER_PLUG_USB:
#ifdef HAVE_LIBUSB
		return transports_create_usb(real, config);
#else
		break;
#endif
	case DRIVER_PLUG_HID:
		return transport_hid_new(real->base, real->plugs, real->workers,
					 config);
	case DRIVER_PLUG_KEYS:
#ifdef HAVE_LIBEVDEV
		return transport_keys_new(real->base, real->plugs, config);
#else
		break;
#endif
	case DRIVER_PLUG_CARD:
#ifdef HAVE_LIBPCSCLITE
		return transport_card_new(real->base, real->workers,
					  &real->strays, config);
#else
		break;
#endif
	}
	abort();
}

static struct transport *
transports_create(struct transports *transports,
		  const struct transport_config *config)
{
	struct transports_real *real = (struct transports_real *)transports;

	if (config->host)
		return transport_tcp_new(real->base, config);
	if (!real->plugs)
		real->plugs = plugs_new(real->base);
	return config->path
		       ? transport_serial_new(real->base, real->plugs, config)
		       : transports_create_plug(real, config);
}

struct transports *transports_new(struct event_base *base,
				  struct workers *workers)
{
	struct transports_real *real = ALLOC_NEW(struct transports_real);

	real->transports.create = transports_create;
	real->base = base;
	real->workers = workers;
	return &real->transports;
}

struct transports *transports_free(struct transports *transports)
{
	struct transports_real *real = (struct transports_real *)transports;

	if (!real)
		return NULL;
#ifdef HAVE_LIBPCSCLITE
	card_strays_end(&real->strays);
#endif
#ifdef HAVE_LIBUSB
	usb_loop_free(real->usb);
#endif
	plugs_free(real->plugs);
	free(real);
	return NULL;
}
