/* SPDX-License-Identifier: Apache-2.0 */
/* How receipt printers that drive a drawer are looked for (device/driver.h). */
#ifndef TILLD_DRAWER_SCAN_H
#define TILLD_DRAWER_SCAN_H

#include "device/driver.h"

extern const struct driver_scan drawer_scan_escpos;
extern const struct driver_scan drawer_scan_star;

#endif
