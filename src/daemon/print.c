/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/print.h"

#include "daemon/api.h"
#include "daemon/config_port.h"
#include "daemon/config_value.h"
#include "device/driver.h"
#include "util/cleanup.h"

#include <stdio.h>

/* --- drivers --- */

static void print_row(const char *option, const char *type,
		      const char *otherwise, const char *allowed)
{
	printf("  %-16s  %-8s  %-9s  %s\n", option, type, otherwise, allowed);
}

static void print_common(void)
{
	puts("Every device has a driver, its tills, and a serial port, an "
	     "address, or a name\non USB:\n"
	     "\n"
	     "  device \"NAME\" {\n"
	     "    driver = \"escpos-drawer\"\n"
	     "    tills = { \"1\" }\n"
	     "    serial = \"/dev/serial/by-id/...\"  # or: "
	     "tcp = \"192.0.2.7:9100\"\n"
	     "    # or: usb = \"04b8:0202\", hid = \"0d3a:0207\", keyboard = "
	     "\"/dev/till/wedge-...\"\n"
	     "    # or, of a reader of chip cards, its name: "
	     "pcsc = \"ACS ACR122U PICC Interface\"\n"
	     "  }\n"
	     "\n"
	     "On a serial port it may have, in place of its driver's "
	     "defaults:\n");
	for (const struct config_line_setting *s = config_line_settings;
	     s->name; s++) {
		CLEANUP_FREE char *allowed = config_words_say(s->choices);

		print_row(s->name, "choice", "", allowed);
	}
	puts("\nDurations are milliseconds, or have a unit: 500ms, 2s, 1m.");
}

static void print_transports(const struct driver *driver)
{
	if (driver->line.baud) {
		fputs("  serial:", stdout);
		for (const struct config_line_setting *s = config_line_settings;
		     s->name; s++) {
			CLEANUP_FREE char *value =
				config_line_say(s, &driver->line);

			printf("%s %s = %s",
			       s == config_line_settings ? "" : ",", s->name,
			       value);
		}
		putchar('\n');
	}
	for (const struct config_plug *p = config_plugs; p->word; p++)
		if (driver->plugs & DRIVER_CAN(p->plug))
			printf("  %s\n", p->word);
	if (driver->tcp_port)
		printf("  tcp: port %d where none is given\n",
		       driver->tcp_port);
}

static void print_options(const struct driver_option *option)
{
	for (; option && option->name; option++) {
		CLEANUP_FREE char *allowed = config_option_allowed(option);

		print_row(option->name, config_option_type(option),
			  option->otherwise, allowed);
		printf("      %s\n", option->help);
	}
}

void print_drivers(void)
{
	print_common();
	for (size_t i = 0; drivers[i]; i++) {
		printf("\n%s: %s\n", drivers[i]->name, drivers[i]->summary);
		print_transports(drivers[i]);
		print_options(drivers[i]->options);
	}
}

/* --- the API --- */

void print_api(void)
{
	json_t *api = api_describe();

	json_dumpf(api, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(api);
}
