/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the configuration names what is plugged in by USB, and whether something
 * that is there fits the name. Never by a guess: a name that fits two names
 * neither.
 *
 *	/dev/till/drawer-1	  a path that stays, or any other
 *	0d3a:0207		  vendor and product
 *	04b8:0202:J6XK001234	  and serial number
 *	067b:2303@1-1.4		  and the socket that it is plugged into
 */
#ifndef TILLD_DEVICE_PLUG_NAME_H
#define TILLD_DEVICE_PLUG_NAME_H

#include <stdbool.h>
#include <stdint.h>

#define PLUG_NAME_MAX 128 /* characters of a serial number, or of a socket */

struct plug_name {
	char *path; /* or NULL, and: */
	uint16_t vendor, product;
	char *serial; /* NULL: any */
	char *port;   /* "1-1.4", as the kernel calls the socket; NULL: any */
};

/* The words for what a name may be, to follow on "it has to be". */
#define PLUG_NAME_FORMS                                                 \
	"an absolute path, or vendor:product with four hexadecimal "    \
	"digits each, like 04b8:0202, with the serial number behind a " \
	"colon, or the socket behind an @, where there are several"

/* False if text is no such name; then there is nothing to clear. */
bool plug_name_read(const char *text, struct plug_name *out_name);
void plug_name_clear(struct plug_name *name);

/* What is there says of itself; all but the numbers may be NULL. */
struct plug_seen {
	uint16_t vendor, product; /* 0: not on USB */
	const char *serial;
	const char *port;
	const char *node; /* "/dev/hidraw0" */
};

bool plug_name_fits(const struct plug_name *name, const struct plug_seen *seen);

#endif
