/* SPDX-License-Identifier: Apache-2.0 */
#include "device/driver.h"

const char *device_class_name(enum device_class class)
{
	static const char *const names[DEVICE_CLASSES] = {
		[DEVICE_DRAWER] = "drawer",	[DEVICE_PRINTER] = "printer",
		[DEVICE_TERMINAL] = "terminal", [DEVICE_DISPLAY] = "display",
		[DEVICE_READER] = "reader",
	};

	return names[class];
}
