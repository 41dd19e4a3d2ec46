/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/config_advice.h"

#include "daemon/alarm.h"
#include "util/alloc.h"
#include "util/cleanup.h"

#include <string.h>

#define CONFIG_MODE_OTHERS 0002 /* connecting is writing */

static void config_advise_socket(struct config_file *file,
				 const struct config *config)
{
	cfg_t *socket = cfg_getsec(file->cfg, "socket");

	if (config->socket_mode & CONFIG_MODE_OTHERS)
		config_advise(file, config_file_line(file, socket, "mode", 0),
			      "socket.mode lets every user of the box connect; "
			      "0660 and a group let in only those who should");
}

/* What is in state-dir is backed up; with the keys, so is the seal. */
static void config_advise_keys(struct config_file *file,
			       const struct config *config)
{
	size_t len = strlen(config->state_dir);

	if (!strncmp(config->keys_dir, config->state_dir, len) &&
	    strchr("/", config->keys_dir[len]))
		config_advise(file,
			      config_file_line(file, file->cfg, "keys-dir", 0),
			      "keys-dir is within state-dir: whoever gets hold "
			      "of a backup of the one has the keys, too");
}

static void config_advise_alarm(struct config_file *file,
				const struct config *config)
{
	const char *fault =
		config->alarm ? alarm_program_fault(config->alarm) : NULL;

	if (fault)
		config_advise(file,
			      config_file_line(file, file->cfg, "alarm", 0),
			      "alarm: %s %s", config->alarm, fault);
}

/* --- devices --- */

static cfg_t *config_advised_section(struct config_file *file, size_t index)
{
	return cfg_getnsec(file->cfg, "device", (unsigned int)index);
}

/* Which of two USB adapters gets which number is chance. */
static void config_advise_port(struct config_file *file, cfg_t *section,
			       const struct config_device *device)
{
	static const char *const unstable[] = { "/dev/ttyUSB", "/dev/ttyACM" };

	for (size_t i = 0; i < sizeof(unstable) / sizeof(*unstable); i++)
		if (device->serial &&
		    !strncmp(device->serial, unstable[i], strlen(unstable[i])))
			config_advise(
				file,
				config_file_line(file, section, "serial", 0),
				"device \"%s\": after a restart, %s may be "
				"another device; its name below "
				"/dev/serial/by-id stays",
				device->name, device->serial);
}

static bool config_advised_is_set(const struct config_device *device,
				  const struct driver_option *option)
{
	for (size_t i = 0; i < device->settings_count; i++)
		if (!strcmp(device->settings[i].name, option->name) &&
		    strcmp(device->settings[i].value, option->otherwise) != 0)
			return true;
	return false;
}

static void config_advise_options(struct config_file *file, cfg_t *section,
				  const struct config_device *device)
{
	const struct driver_option *option = device->driver->options;

	for (; option && option->name; option++)
		if (option->advice && !config_advised_is_set(device, option))
			config_advise(file,
				      config_file_place(file, section,
							option->name),
				      "device \"%s\": %s = %s: %s",
				      device->name, option->name,
				      option->otherwise, option->advice);
}

static bool config_advised_serves(const struct config_device *device,
				  enum device_class class, const char *till)
{
	if (device->driver->class != class)
		return false;
	for (size_t i = 0; i < device->tills_count; i++)
		if (!strcmp(device->tills[i], till))
			return true;
	return false;
}

/* The device before this one that serves the till with the class; or NULL. */
static const struct config_device *
config_advised_before(const struct config *config, size_t index,
		      enum device_class class, const char *till)
{
	for (size_t i = 0; i < index; i++)
		if (config_advised_serves(&config->devices[i], class, till))
			return &config->devices[i];
	return NULL;
}

static bool config_advised_first(const struct config *config, size_t index,
				 const char *till)
{
	for (enum device_class class = 0; class < DEVICE_CLASSES; class ++)
		if (config_advised_before(config, index, class, till))
			return false;
	return true;
}

static void config_advise_till(struct config_file *file,
			       const struct config *config, size_t index,
			       unsigned int place)
{
	const struct config_device *device = &config->devices[index];
	const char *till = device->tills[place];
	const struct config_device *other = config_advised_before(
		config, index, device->driver->class, till);
	int line = config_file_line(file, config_advised_section(file, index),
				    "tills", place);

	if (other)
		config_advise(file, line,
			      "device \"%s\": till %s has a %s already, and "
			      "uses only \"%s\"",
			      device->name, till,
			      device_class_name(device->driver->class),
			      other->name);
	if (config_advised_first(config, index, till) &&
	    !config_advised_before(config, config->devices_count, DEVICE_READER,
				   till))
		config_advise(
			file, line,
			"till %s has no badge reader: sign-on and consent "
			"will need passwords",
			till);
}

void config_advice_give(struct config_file *file, const struct config *config)
{
	config_advise_socket(file, config);
	config_advise_keys(file, config);
	config_advise_alarm(file, config);
	for (size_t i = 0; i < config->devices_count; i++) {
		const struct config_device *device = &config->devices[i];
		cfg_t *section = config_advised_section(file, i);

		config_advise_port(file, section, device);
		config_advise_options(file, section, device);
		for (unsigned int at = 0; at < device->tills_count; at++)
			config_advise_till(file, config, i, at);
	}
}
