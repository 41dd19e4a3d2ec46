/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is plugged in, by libudev: finding it by its name, and hearing of what
 * comes and goes. Notices are those of udev itself, not of the kernel: when one
 * comes, rules have been applied and links are there. Where there is no udev
 * (or tilld was built without it), nothing is found and nothing is heard.
 */
#ifndef TILLD_DEVICE_PLUGS_H
#define TILLD_DEVICE_PLUGS_H

#include "device/driver.h"
#include "device/plug_name.h"

#include <event2/event.h>
#include <sys/queue.h>

struct plugs;

struct plugs *plugs_new(struct event_base *base);
struct plugs *plugs_free(struct plugs *plugs); /* returns NULL */

/* Whether this tilld was built with what such plugs take. */
bool plugs_can(enum driver_plug plug);

struct plug_found {
	uint16_t vendor, product;
	char *serial;	 /* NULL: it tells none */
	char *model;	 /* the same */
	char *node;	 /* "/dev/hidraw0" */
	char *sysfs;	 /* its folder there */
	int bus;	 /* of DRIVER_PLUG_USB */
	int address;	 /* the same */
	char *inhibit;	 /* of DRIVER_PLUG_KEYS: the file that keeps its keys
			    from everybody; NULL: an old kernel */
	bool is_settled; /* udev has applied its rules to it */
};

/*
 * The one that the name fits: -ENODEV if there is none, -ENOTUNIQ if there are
 * several; these are in the log then, once.
 */
int plugs_find(struct plugs *plugs, enum driver_plug plug,
	       const struct plug_name *name, struct plug_found *out_found);
void plug_found_clear(struct plug_found *found);

/* Whoever wants to hear; called from the loop. */
struct plug_watch {
	LIST_ENTRY(plug_watch) entry;
	void (*came)(void *arg);
	void (*gone)(void *arg, const char *node); /* may be NULL */
	void *arg;
	bool is_set; /* plugs.c's */
};

void plugs_watch(struct plugs *plugs, struct plug_watch *watch);
void plugs_unwatch(struct plug_watch *watch);

/* Something came, and who says so is another. */
void plugs_tell_came(struct plugs *plugs);

#endif
