/* SPDX-License-Identifier: Apache-2.0 */
/* How long a HID's reports are, out of its report descriptor (Device Class
 * Definition for HID 1.11, 6.2.2). Pure. */
#ifndef TILLD_UTIL_HID_H
#define TILLD_UTIL_HID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HID_REPORT_BYTES_MAX 16384 /* as Linux has it */

/* In bytes, without the number; of the longest, where there are several. */
struct hid_sizes {
	size_t in, out;
	bool numbered; /* reports are led by their number */
};

/* False if it can't be read to its end. */
bool hid_read_sizes(const uint8_t *descriptor, size_t len,
		    struct hid_sizes *out_sizes);

#endif
