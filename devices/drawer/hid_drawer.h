/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of drawers that are HIDs: whole ones out of what comes, and short
 * commands filled up to their length. Neither make numbers its reports. */
#ifndef TILLD_DRAWER_HID_DRAWER_H
#define TILLD_DRAWER_HID_DRAWER_H

#include "drawer/kick.h"

#define HID_DRAWER_REPORT_MAX 128

struct hid_drawer {
	struct kick kick;
	size_t in, out; /* bytes of a report */
	size_t len;	/* of the one that comes */
	uint8_t report[HID_DRAWER_REPORT_MAX];
};

/* Reads the lengths; false, and the line given up, if they are not those of a
 * drawer: at least so many bytes each way. */
bool hid_drawer_open(struct driver_io *io, size_t least);

/* The report's first two bytes; the rest of it is zero. */
void hid_drawer_send(struct driver_io *io, uint8_t first, uint8_t second);

/* Hands over each whole report. */
void hid_drawer_input(struct driver_io *io, const uint8_t *data, size_t len,
		      void (*take)(struct driver_io *io,
				   const uint8_t *report));

/* --- for people (device/trace.h) --- */

/* What goes out is one report, at its full length: its first two bytes, if no
 * other is set. Shown; false if it is something else. */
bool hid_drawer_trace_out(struct trace *trace, uint8_t out_two[2]);

/* The first byte of one that came is shown, and stands alone: of the others
 * nothing is known, and nothing is kept. */
size_t hid_drawer_trace_in(struct trace *trace);

#endif
