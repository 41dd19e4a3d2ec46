/* SPDX-License-Identifier: Apache-2.0 */
/*
 * udev's rules, out of the drivers' tables: who owns the nodes, under which
 * names they are found again, and who else keeps off. udev/72-tilld.rules is
 * what this prints, held to it by a test.
 */
#include "daemon/print.h"

#include "device/driver.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *word;      /* as the configuration has it */
	const char *subsystem; /* of the node that is opened */
	const char *node;      /* and more of it */
} print_plugs[DRIVER_PLUGS] = {
	[DRIVER_PLUG_USB] = { "usb", "usb", ", ENV{DEVTYPE}==\"usb_device\"" },
	[DRIVER_PLUG_HID] = { "hid", "hidraw", "" },
	[DRIVER_PLUG_KEYS] = { "keyboard", "input", ", KERNEL==\"event*\"" },
};

static void print_head(void)
{
	puts("# SPDX-License-Identifier: Apache-2.0\n"
	     "# Made by \"tilld --udev-rules\" of the tables of its drivers. "
	     "For\n"
	     "# others, write rules of your own: see the end.\n"
	     "#\n"
	     "# The number is behind 70-uaccess.rules, whose tag is taken "
	     "off,\n"
	     "# and before 73-seat-late.rules, which would act on it.\n"
	     "\n"
	     "ACTION==\"remove\", GOTO=\"tilld_end\"\n"
	     "SUBSYSTEM!=\"usb|usbmisc|hidraw|input|tty\", GOTO=\"tilld_end\"\n"
	     "\n"
	     "# What they are, and how tilld takes them.");
}

/* "0200|0201|0202" */
static void print_products(const struct driver_match *match)
{
	for (unsigned int product = match->first; product <= match->last;
	     product++)
		printf("%s%04x", product == match->first ? "" : "|", product);
}

static void print_match(const struct driver *driver,
			const struct driver_match *match)
{
	printf("SUBSYSTEMS==\"usb\", ATTRS{idVendor}==\"%04x\", "
	       "ATTRS{idProduct}==\"",
	       match->vendor);
	print_products(match);
	printf("\", ENV{TILLD_CLASS}=\"%s\", ENV{TILLD_PLUG}=\"%s\"\n",
	       device_class_name(driver->class), print_plugs[match->plug].word);
}

static void print_matches(const struct driver *driver)
{
	if (!driver->matches)
		return;
	printf("\n# %s: %s\n", driver->name, driver->summary);
	for (const struct driver_match *m = driver->matches; m->plug; m++)
		print_match(driver, m);
}

/* By its serial number; where it has none, by the socket that it is in. */
static void print_links(int plug)
{
	const char *subsystem = print_plugs[plug].subsystem;
	const char *node = print_plugs[plug].node;

	if (!subsystem)
		return; /* pcscd owns the nodes of card readers */
	printf("SUBSYSTEM==\"%s\"%s, ENV{TILLD_PLUG}==\"%s\", "
	       "ENV{ID_SERIAL_SHORT}==\"?*\", "
	       "SYMLINK+=\"till/$env{TILLD_CLASS}-$env{ID_SERIAL_SHORT}\"\n",
	       subsystem, node, print_plugs[plug].word);
	printf("SUBSYSTEM==\"%s\"%s, ENV{TILLD_PLUG}==\"%s\", "
	       "ENV{ID_SERIAL_SHORT}!=\"?*\", "
	       "SYMLINK+=\"till/$env{TILLD_CLASS}-$env{ID_PATH_TAG}\"\n",
	       subsystem, node, print_plugs[plug].word);
}

static void print_ownership(void)
{
	puts("\nENV{TILLD_CLASS}!=\"?*\", GOTO=\"tilld_end\"\n"
	     "\n"
	     "# Nobody else opens them, and no later rule changes that.\n"
	     "SUBSYSTEM==\"usb\", ENV{DEVTYPE}==\"usb_device\", "
	     "OWNER:=\"tilld\", GROUP:=\"tilld\", MODE:=\"0600\", "
	     "TAG-=\"uaccess\"\n"
	     "SUBSYSTEM==\"usbmisc|hidraw|tty\", "
	     "OWNER:=\"tilld\", GROUP:=\"tilld\", MODE:=\"0600\", "
	     "TAG-=\"uaccess\"\n"
	     "SUBSYSTEM==\"input\", KERNEL==\"event*|mouse*|js*\", "
	     "OWNER:=\"tilld\", GROUP:=\"tilld\", MODE:=\"0600\", "
	     "TAG-=\"uaccess\"\n"
	     "\n"
	     "# ModemManager keeps its hands off; brltty has no right to open "
	     "them.\n"
	     "ENV{ID_MM_DEVICE_IGNORE}=\"1\", ENV{ID_MM_PORT_IGNORE}=\"1\"\n"
	     "\n"
	     "# The kernel's printer driver lets go of what tilld drives.\n"
	     "ACTION==\"add|bind\", SUBSYSTEM==\"usb\", DRIVER==\"usblp\", "
	     "ENV{TILLD_PLUG}==\"usb\", "
	     "RUN+=\"/bin/sh -c 'echo -n %k > "
	     "/sys/bus/usb/drivers/usblp/unbind || :'\"");
}

/* Linux 5.11 and later have the switch; what it does not hold back, the grab
 * does from when tilld has it. */
static void print_wedges(void)
{
	puts("\n# Badge readers that type: quiet from the moment they are "
	     "plugged in until\n"
	     "# tilld has them to itself, and no keyboard to anybody.\n"
	     "ACTION==\"add\", SUBSYSTEM==\"input\", KERNEL==\"input*\", "
	     "ENV{TILLD_PLUG}==\"keyboard\", ATTR{inhibited}=\"1\", "
	     "RUN+=\"/bin/chown tilld:tilld /sys%p/inhibited\"\n"
	     "SUBSYSTEM==\"input\", ENV{TILLD_PLUG}==\"keyboard\", "
	     "ENV{LIBINPUT_IGNORE_DEVICE}=\"1\", ENV{ID_INPUT}=\"\", "
	     "ENV{ID_INPUT_KEY}=\"\", ENV{ID_INPUT_KEYBOARD}=\"\"");
}

static void print_tail(void)
{
	puts("\nLABEL=\"tilld_end\"\n"
	     "\n"
	     "# Numbers that adapters and other things share stand in no rule "
	     "above. For one of\n"
	     "# these, name the very thing, in a file of your own that comes "
	     "before this one\n"
	     "# (71-till.rules); the rest is done here. A badge reader that "
	     "types, say:\n"
	     "#\n"
	     "#   SUBSYSTEMS==\"usb\", ATTRS{idVendor}==\"08ff\", "
	     "ATTRS{idProduct}==\"0009\", "
	     "ENV{TILLD_CLASS}=\"reader\", ENV{TILLD_PLUG}=\"keyboard\"\n"
	     "#\n"
	     "# and a serial adapter, by its serial number, or by its socket "
	     "(KERNELS==\"1-1.4\"):\n"
	     "#\n"
	     "#   SUBSYSTEMS==\"usb\", ATTRS{idVendor}==\"0403\", "
	     "ATTRS{serial}==\"A50285BI\", "
	     "ENV{TILLD_CLASS}=\"display\", ENV{TILLD_PLUG}=\"serial\"");
}

void print_udev_rules(void)
{
	print_head();
	for (size_t i = 0; drivers[i]; i++)
		print_matches(drivers[i]);
	print_ownership();
	puts("\n# Names that stay.\n"
	     "IMPORT{builtin}=\"usb_id\"\n"
	     "IMPORT{builtin}=\"path_id\"");
	for (int plug = DRIVER_PLUG_NONE + 1; plug < DRIVER_PLUGS; plug++)
		print_links(plug);
	puts("SUBSYSTEM==\"tty\", ENV{TILLD_PLUG}==\"serial\", "
	     "ENV{ID_SERIAL_SHORT}==\"?*\", "
	     "SYMLINK+=\"till/$env{TILLD_CLASS}-$env{ID_SERIAL_SHORT}\"\n"
	     "SUBSYSTEM==\"tty\", ENV{TILLD_PLUG}==\"serial\", "
	     "ENV{ID_SERIAL_SHORT}!=\"?*\", "
	     "SYMLINK+=\"till/$env{TILLD_CLASS}-$env{ID_PATH_TAG}\"");
	print_wedges();
	print_tail();
}
