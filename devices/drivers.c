/* SPDX-License-Identifier: Apache-2.0 */
#include "drivers.h"

#include <string.h>

/* clang-format off */
const struct driver *const drivers[] = {
	&drawer_escpos,
	&drawer_star,
	&drawer_posiflex,
	&drawer_apg,
	&drawer_trigger,
	&printer_datecs,
	&printer_posnet,
	&terminal_zvt,
	&display_epson,
	&display_cd5220,
	&display_lci,
	&display_aedex,
	&display_wincor,
	&reader_em4100,
	&reader_swipe_hid,
	&reader_wedge,
	&reader_pcsc,
	NULL,
};
/* clang-format on */

const struct driver *driver_find(const char *name)
{
	for (const struct driver *const *at = drivers; *at; at++)
		if (!strcmp((*at)->name, name))
			return *at;
	return NULL;
}
