/* SPDX-License-Identifier: Apache-2.0 */
/* The drivers that there are, one line each; drivers.c puts them in a table. */
#ifndef TILLD_DRIVERS_H
#define TILLD_DRIVERS_H

#include "device/driver.h"

extern const struct driver drawer_apg;
extern const struct driver drawer_escpos;
extern const struct driver drawer_posiflex;
extern const struct driver drawer_star;
extern const struct driver drawer_trigger;
extern const struct driver printer_datecs;
extern const struct driver printer_posnet;
extern const struct driver terminal_zvt;
extern const struct driver display_epson;
extern const struct driver display_aedex;
extern const struct driver display_cd5220;
extern const struct driver display_lci;
extern const struct driver display_wincor;
extern const struct driver reader_em4100;
extern const struct driver reader_swipe_hid;
extern const struct driver reader_wedge;
extern const struct driver reader_pcsc;

#endif
