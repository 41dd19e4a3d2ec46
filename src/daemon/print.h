/* SPDX-License-Identifier: Apache-2.0 */
/* What tilld prints about itself, made from the tables that it runs by. */
#ifndef TILLD_DAEMON_PRINT_H
#define TILLD_DAEMON_PRINT_H

/* --drivers: all that a device's section can hold. */
void print_drivers(void);

/* udev/72-tilld.rules (print_udev.c). */
void print_udev_rules(void);

/* --api: what daemon/api.h describes, as JSON. */
void print_api(void);

#endif
