/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/config_device.h"

#include "daemon/config_port.h"
#include "daemon/config_value.h"
#include "policy/policy.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

const char *const config_device_words[] = {
	"driver",    "serial",	 "tcp",	 "tls",	 "usb",
	"hid",	     "keyboard", "pcsc", "baud", "data-bits",
	"stop-bits", "parity",	 "flow", NULL,
};

/* --- the driver's own options --- */

static const struct driver_option *
config_device_find(const struct driver *driver, const char *name)
{
	const struct driver_option *option = driver->options;

	for (; option && option->name; option++)
		if (!strcmp(option->name, name))
			return option;
	return NULL;
}

static void config_device_set(struct config_device *device, const char *name,
			      char *value)
{
	device->settings =
		alloc_resize(device->settings, device->settings_count + 1,
			     sizeof(*device->settings));
	device->settings[device->settings_count++] =
		(struct device_setting){ .name = name, .value = value };
}

/* Digits may be a code: they are not repeated. */
static void config_device_fault_value(struct config_file *file, int line,
				      const struct driver_option *option,
				      const char *text)
{
	CLEANUP_FREE char *allowed = config_option_allowed(option);

	if (option->type == DRIVER_OPTION_DIGITS)
		config_fault(file, line, "%s: it has to be %s", option->name,
			     allowed);
	else
		config_fault(file, line,
			     "%s = " CONFIG_SAID ": it has to be %s",
			     option->name, text, allowed);
}

static void config_device_read_setting(struct config_file *file, cfg_t *section,
				       const char *name,
				       struct config_device *device)
{
	const struct driver_option *option =
		config_device_find(device->driver, name);
	const char *text = cfg_getstr(section, name);
	int line = config_file_line(file, section, name, 0);
	char *value;

	if (!option) {
		config_fault(file, line,
			     "%s: the driver %s has no such option; see "
			     "tilld --drivers",
			     name, device->driver->name);
		return;
	}
	value = config_option_read(option, text);
	if (value)
		config_device_set(device, option->name, value);
	else
		config_device_fault_value(file, line, option, text);
}

static bool config_device_is_word(const char *name)
{
	for (const char *const *word = config_device_words; *word; word++)
		if (!strcmp(*word, name))
			return true;
	return false;
}

static void config_device_read_settings(struct config_file *file,
					cfg_t *section,
					struct config_device *device)
{
	for (const cfg_opt_t *o = section->opts; o->name; o++)
		if (config_file_line(file, section, o->name, 0) &&
		    strcmp(o->name, "tills") != 0 &&
		    !config_device_is_word(o->name))
			config_device_read_setting(file, section, o->name,
						   device);
}

/* --- tills --- */

static bool config_device_serves(const struct config_device *device,
				 const char *till)
{
	for (size_t i = 0; i < device->tills_count; i++)
		if (!strcmp(device->tills[i], till))
			return true;
	return false;
}

static void config_device_add_till(struct config_file *file, int line,
				   const char *till,
				   struct config_device *device)
{
	if (!text_is_name(till, POLICY_ID_MAX))
		config_fault(
			file, line,
			CONFIG_SAID
			" can't be a till's id: it has to be 1 to "
			"%d letters, digits, dots, dashes and underscores, "
			"beginning with a letter or a digit",
			till, POLICY_ID_MAX);
	else if (config_device_serves(device, till))
		config_fault(file, line, "till \"%s\" is named twice", till);
	else
		device->tills[device->tills_count++] = alloc_text(till);
}

static void config_device_read_tills(struct config_file *file, cfg_t *section,
				     struct config_device *device)
{
	unsigned int count = cfg_size(section, "tills");
	unsigned int most =
		device->driver->class == DEVICE_DRAWER ? 1 : CONFIG_TILLS_MAX;

	if (!count)
		config_fault(file, config_file_section_line(section),
			     "device " CONFIG_SAID
			     ": tills = { ... } has to name the "
			     "tills that it serves",
			     device->name);
	if (count > most)
		config_fault(file,
			     config_file_line(file, section, "tills", most),
			     "tills: a %s serves at most %u",
			     device_class_name(device->driver->class), most);
	device->tills = alloc_zero(count, sizeof(*device->tills));
	for (unsigned int i = 0; i < count; i++)
		config_device_add_till(
			file, config_file_line(file, section, "tills", i),
			cfg_getnstr(section, "tills", i), device);
}

/* One of its own, or a printer that it hangs on. */
static bool config_device_has_drawer(const struct config_device *device)
{
	if (!device->driver)
		return false;
	if (device->driver->class == DEVICE_DRAWER)
		return true;
	for (size_t i = 0; i < device->settings_count; i++)
		if (!strcmp(device->settings[i].name, DEVICE_DRAWER_OPTION))
			return strcmp(device->settings[i].value,
				      DEVICE_DRAWER_NONE) != 0;
	return false;
}

/* Whoever sells at another till would open it. */
static void config_device_check_drawer(struct config_file *file, cfg_t *section,
				       const struct config_device *device)
{
	if (config_device_has_drawer(device) && device->tills_count > 1)
		config_fault(file, config_file_place(file, section, "tills"),
			     "device " CONFIG_SAID
			     ": a drawer belongs to one till, and the "
			     "printer that it hangs on serves %zu",
			     device->name, device->tills_count);
}

/* --- the section --- */

static void config_device_read_driver(struct config_file *file, cfg_t *section,
				      struct config_device *device)
{
	const char *driver = cfg_getstr(section, "driver");
	int line = config_file_place(file, section, "driver");

	device->driver = driver ? driver_find(driver) : NULL;
	if (!driver)
		config_fault(file, line,
			     "device " CONFIG_SAID
			     ": it has to have a driver, one that "
			     "tilld --drivers lists",
			     device->name);
	else if (!device->driver)
		config_fault(file, line,
			     "driver = " CONFIG_SAID ": it has to be one that "
			     "tilld --drivers lists",
			     driver);
}

void config_device_read(struct config_file *file, cfg_t *section,
			struct config_device *out_device)
{
	const char *name = cfg_title(section);

	*out_device = (struct config_device){ .name = alloc_text(name) };
	if (!text_is_name(name, DEVICE_NAME_MAX))
		config_fault(file, config_file_section_line(section),
			     CONFIG_SAID
			     " can't be a device's name: it has to be 1 "
			     "to %d letters, digits, dots, dashes and "
			     "underscores, beginning with a letter or a digit",
			     name, DEVICE_NAME_MAX);
	config_device_read_driver(file, section, out_device);
	if (!out_device->driver)
		return;
	config_port_read(file, section, out_device);
	config_device_read_tills(file, section, out_device);
	config_device_read_settings(file, section, out_device);
	if (out_device->driver->class == DEVICE_PRINTER)
		config_device_check_drawer(file, section, out_device);
}

void config_device_clear(struct config_device *device)
{
	for (size_t i = 0; i < device->settings_count; i++)
		free((char *)(uintptr_t)device->settings[i].value);
	for (size_t i = 0; i < device->tills_count; i++)
		free(device->tills[i]);
	free(device->settings);
	free(device->tills);
	free(device->name);
	free(device->serial);
	free(device->host);
	free(device->plug_name);
}

/* --- two of them --- */

void config_device_check_pair(struct config_file *file, cfg_t *section,
			      const struct config_device *device,
			      const struct config_device *earlier)
{
	int line = config_file_section_line(section);

	if (config_port_same(device, earlier))
		config_fault(file, line,
			     "device " CONFIG_SAID
			     ": its port is that of \"%s\" "
			     "already, and a port has one owner",
			     device->name, earlier->name);
	if (config_device_has_drawer(device) &&
	    config_device_has_drawer(earlier) && device->tills_count &&
	    config_device_serves(earlier, device->tills[0]))
		config_fault(file, line,
			     "device " CONFIG_SAID
			     ": till %s has a drawer already, "
			     "\"%s\"",
			     device->name, device->tills[0], earlier->name);
}
