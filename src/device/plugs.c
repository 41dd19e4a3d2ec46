/* SPDX-License-Identifier: Apache-2.0 */
#include "device/plugs.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_LIBUDEV
#include <libudev.h>
#endif

LIST_HEAD(plug_watches, plug_watch);

struct plugs {
	struct plug_watches watches;
#ifdef HAVE_LIBUDEV
	struct udev *udev;
	struct udev_monitor *monitor; /* NULL: nothing can be heard */
	struct event *notice;
#endif
	char *puzzle; /* the name that fitted several, told last */
};

bool plugs_can(enum driver_plug plug)
{
	static const bool can[DRIVER_PLUGS] = {
#ifdef HAVE_LIBUDEV
		[DRIVER_PLUG_HID] = true,
#ifdef HAVE_LIBUSB
		[DRIVER_PLUG_USB] = true,
#endif
#ifdef HAVE_LIBEVDEV
		[DRIVER_PLUG_KEYS] = true,
#endif
#endif
		[DRIVER_PLUG_NONE] = false,
	};

	return can[plug];
}

/* --- who wants to hear --- */

void plugs_watch(struct plugs *plugs, struct plug_watch *watch)
{
	LIST_INSERT_HEAD(&plugs->watches, watch, entry);
	watch->is_set = true;
}

void plugs_unwatch(struct plug_watch *watch)
{
	if (watch->is_set)
		LIST_REMOVE(watch, entry);
	watch->is_set = false;
}

void plugs_tell_came(struct plugs *plugs)
{
	struct plug_watch *watch, *next;

	for (watch = LIST_FIRST(&plugs->watches); watch; watch = next) {
		next = LIST_NEXT(watch, entry);
		watch->came(watch->arg);
	}
}

void plug_found_clear(struct plug_found *found)
{
	free(found->serial);
	free(found->model);
	free(found->node);
	free(found->sysfs);
	free(found->inhibit);
	*found = (struct plug_found){ 0 };
}

#ifdef HAVE_LIBUDEV

/* --- notices --- */

static void plugs_tell_gone(struct plugs *plugs, const char *node)
{
	struct plug_watch *watch, *next;

	for (watch = LIST_FIRST(&plugs->watches); watch; watch = next) {
		next = LIST_NEXT(watch, entry);
		if (watch->gone)
			watch->gone(watch->arg, node);
	}
}

static void plugs_take_notice(struct plugs *plugs, struct udev_device *device)
{
	const char *action = udev_device_get_action(device);
	const char *node = udev_device_get_devnode(device);

	if (!action || !node)
		return;
	if (!strcmp(action, "remove"))
		plugs_tell_gone(plugs, node);
	else
		plugs_tell_came(plugs);
}

static void plugs_hear(evutil_socket_t fd, short what, void *arg)
{
	struct plugs *plugs = arg;
	struct udev_device *device =
		udev_monitor_receive_device(plugs->monitor);

	(void)fd;
	(void)what;
	if (!device)
		return;
	plugs_take_notice(plugs, device);
	udev_device_unref(device);
}

static const struct {
	const char *subsystem, *type;
} plugs_heard[] = {
	{ "usb", "usb_device" },
	{ "hidraw", NULL },
	{ "input", NULL },
	{ "tty", NULL },
};

static bool plugs_listen(struct plugs *plugs)
{
	plugs->monitor = udev_monitor_new_from_netlink(plugs->udev, "udev");
	if (!plugs->monitor)
		return false;
	for (size_t i = 0; i < sizeof(plugs_heard) / sizeof(*plugs_heard); i++)
		udev_monitor_filter_add_match_subsystem_devtype(
			plugs->monitor, plugs_heard[i].subsystem,
			plugs_heard[i].type);
	return udev_monitor_enable_receiving(plugs->monitor) >= 0;
}

struct plugs *plugs_new(struct event_base *base)
{
	struct plugs *plugs = ALLOC_NEW(struct plugs);

	LIST_INIT(&plugs->watches);
	plugs->udev = udev_new();
	if (!plugs->udev)
		abort(); /* out of memory */
	if (!plugs_listen(plugs)) {
		log_warning("what is plugged in later is only found by looking "
			    "again: udev does not tell (%s)",
			    strerror(errno));
		return plugs;
	}
	plugs->notice = event_new(base, udev_monitor_get_fd(plugs->monitor),
				  EV_READ | EV_PERSIST, plugs_hear, plugs);
	if (!plugs->notice || event_add(plugs->notice, NULL))
		abort(); /* out of memory */
	return plugs;
}

struct plugs *plugs_free(struct plugs *plugs)
{
	if (!plugs)
		return NULL;
	if (plugs->notice)
		event_free(plugs->notice);
	if (plugs->monitor)
		udev_monitor_unref(plugs->monitor);
	udev_unref(plugs->udev);
	free(plugs->puzzle);
	free(plugs);
	return NULL;
}

/* --- what is there --- */

static int plugs_number(struct udev_device *device, const char *name, int base)
{
	const char *text = udev_device_get_sysattr_value(device, name);

	return text ? (int)strtol(text, NULL, base) : 0;
}

/* "... 402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe": 64 keys
 * a word, the lowest last. */
#define PLUGS_DIGITS 0xffcUL	 /* KEY_1 (2) to KEY_0 (11) */
#define PLUGS_ENTER  (1UL << 28) /* KEY_ENTER */

/* Not the power button, and not the volume keys of the same device. */
static bool plugs_is_keyboard(struct udev_device *device)
{
	struct udev_device *input = udev_device_get_parent(device);
	const char *keys =
		input ? udev_device_get_sysattr_value(input, "capabilities/key")
		      : NULL;
	const char *last = keys ? strrchr(keys, ' ') : NULL;
	unsigned long low;

	if (!keys)
		return false;
	low = strtoul(last ? last : keys, NULL, 16);
	return (low & PLUGS_DIGITS) == PLUGS_DIGITS && (low & PLUGS_ENTER);
}

static const struct {
	const char *subsystem;
	const char *type; /* NULL: any */
	const char *name; /* how its name begins; NULL: any */
	bool (*is_it)(struct udev_device *device);
} plugs_kinds[DRIVER_PLUGS] = {
	[DRIVER_PLUG_USB] = { "usb", "usb_device", NULL, NULL },
	[DRIVER_PLUG_HID] = { "hidraw", NULL, NULL, NULL },
	[DRIVER_PLUG_KEYS] = { "input", NULL, "event", plugs_is_keyboard },
};

/* The device on the bus that it is a part of; NULL: it is not on USB. */
static struct udev_device *plugs_usb_of(struct udev_device *device)
{
	const char *type = udev_device_get_devtype(device);

	if (type && !strcmp(type, "usb_device"))
		return device;
	return udev_device_get_parent_with_subsystem_devtype(device, "usb",
							     "usb_device");
}

static bool plugs_fits(struct udev_device *device, enum driver_plug plug,
		       const struct plug_name *name)
{
	struct udev_device *usb = plugs_usb_of(device);
	const char *type = udev_device_get_devtype(device);
	const char *begins = plugs_kinds[plug].name;
	struct plug_seen seen = { .node = udev_device_get_devnode(device) };

	if (!seen.node ||
	    (plugs_kinds[plug].type &&
	     (!type || strcmp(type, plugs_kinds[plug].type) != 0)) ||
	    (begins && strncmp(udev_device_get_sysname(device), begins,
			       strlen(begins)) != 0))
		return false;
	if (usb) {
		seen.vendor = (uint16_t)plugs_number(usb, "idVendor", 16);
		seen.product = (uint16_t)plugs_number(usb, "idProduct", 16);
		seen.serial = udev_device_get_sysattr_value(usb, "serial");
		seen.port = udev_device_get_sysname(usb);
	}
	return plug_name_fits(name, &seen) &&
	       (!plugs_kinds[plug].is_it || plugs_kinds[plug].is_it(device));
}

/* New: the kernel's switch for a keyboard's keys, if it has one. */
static char *plugs_inhibit(struct udev_device *device)
{
	struct udev_device *input = udev_device_get_parent(device);

	if (!input || !udev_device_get_sysattr_value(input, "inhibited"))
		return NULL;
	return alloc_format("%s/inhibited", udev_device_get_syspath(input));
}

static char *plugs_copy(const char *text)
{
	return text ? alloc_text(text) : NULL;
}

static void plugs_take(struct udev_device *device, enum driver_plug plug,
		       struct plug_found *found)
{
	struct udev_device *usb = plugs_usb_of(device);

	found->is_settled = udev_device_get_is_initialized(device) > 0;
	found->node = plugs_copy(udev_device_get_devnode(device));
	found->sysfs = plugs_copy(udev_device_get_syspath(device));
	if (plug == DRIVER_PLUG_KEYS)
		found->inhibit = plugs_inhibit(device);
	if (!usb)
		return;
	found->vendor = (uint16_t)plugs_number(usb, "idVendor", 16);
	found->product = (uint16_t)plugs_number(usb, "idProduct", 16);
	found->bus = plugs_number(usb, "busnum", 10);
	found->address = plugs_number(usb, "devnum", 10);
	found->serial =
		plugs_copy(udev_device_get_sysattr_value(usb, "serial"));
	found->model =
		plugs_copy(udev_device_get_sysattr_value(usb, "product"));
}

/* Said once, until another name fits several. */
static void plugs_note_puzzle(struct plugs *plugs, struct udev_device *device,
			      const struct plug_found *found, bool is_told)
{
	struct udev_device *usb = plugs_usb_of(device);

	if (!is_told)
		log_warning("the same name fits %s and %s, at the USB socket "
			    "%s, with %s%s: which is meant?",
			    found->node, udev_device_get_devnode(device),
			    usb ? udev_device_get_sysname(usb) : "none",
			    found->serial ? "the serial number "
					  : "no serial number",
			    found->serial ? found->serial : "");
	free(plugs->puzzle);
	plugs->puzzle = alloc_text(found->node);
}

/* One more; -ENOTUNIQ if it is not the only one. */
static int plugs_add(struct plugs *plugs, struct udev_device *device,
		     enum driver_plug plug, struct plug_found *found)
{
	if (found->node) {
		bool told =
			plugs->puzzle && !strcmp(plugs->puzzle, found->node);

		plugs_note_puzzle(plugs, device, found, told);
		return -ENOTUNIQ;
	}
	plugs_take(device, plug, found);
	return 0;
}

static int plugs_look(struct plugs *plugs, struct udev_enumerate *all,
		      enum driver_plug plug, const struct plug_name *name,
		      struct plug_found *found)
{
	struct udev_list_entry *entry;
	int r = 0;

	udev_enumerate_add_match_subsystem(all, plugs_kinds[plug].subsystem);
	if (udev_enumerate_scan_devices(all) < 0)
		return err_born(-EIO);
	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(all))
	{
		struct udev_device *device = udev_device_new_from_syspath(
			plugs->udev, udev_list_entry_get_name(entry));

		if (device && !r && plugs_fits(device, plug, name))
			r = plugs_add(plugs, device, plug, found);
		udev_device_unref(device);
	}
	return r ? r : found->node ? 0 : -ENODEV;
}

int plugs_find(struct plugs *plugs, enum driver_plug plug,
	       const struct plug_name *name, struct plug_found *out_found)
{
	struct udev_enumerate *all = udev_enumerate_new(plugs->udev);
	struct plug_found found = { 0 };
	int r;

	if (!all)
		abort(); /* out of memory */
	r = plugs_look(plugs, all, plug, name, &found);
	udev_enumerate_unref(all);
	if (r)
		plug_found_clear(&found);
	else
		*out_found = found;
	return r;
}

#else

struct plugs *plugs_new(struct event_base *base)
{
	struct plugs *plugs = ALLOC_NEW(struct plugs);

	(void)base;
	LIST_INIT(&plugs->watches);
	return plugs;
}

struct plugs *plugs_free(struct plugs *plugs)
{
	free(plugs);
	return NULL;
}

int plugs_find(struct plugs *plugs, enum driver_plug plug,
	       const struct plug_name *name, struct plug_found *out_found)
{
	(void)plugs;
	(void)plug;
	(void)name;
	(void)out_found;
	return -ENODEV;
}

#endif
