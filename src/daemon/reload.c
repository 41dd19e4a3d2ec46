/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIGHUP: the configuration is read again, all of it or nothing. Devices can
 * come, go and change, and so can the alarm's program; everything else needs a
 * restart, and is refused here together with all that was changed beside it.
 */
#include "daemon/daemon_private.h"

#include "util/alloc.h"
#include "util/log.h"

#include <stdlib.h>

/* The old device that is wired just like this new one; NULL if none. */
static struct device *reload_keeps(const struct daemon *daemon,
				   const struct config_device *wanted)
{
	for (size_t i = 0; i < daemon->config->devices_count; i++)
		if (config_device_equal(&daemon->config->devices[i], wanted))
			return daemon->devices[i];
	return NULL;
}

static bool reload_is_kept(const struct config *config,
			   const struct config_device *old)
{
	for (size_t i = 0; i < config->devices_count; i++)
		if (config_device_equal(&config->devices[i], old))
			return true;
	return false;
}

/* Not from under what it is at; and not while another program is at its port,
 * which another device might be meant for now. */
static bool reload_may_take(const struct device *device)
{
	if (device_state(device) == DEVICE_RELEASED)
		log_error("%s is in another program's hands; nothing was taken "
			  "over, take it back first",
			  device_name(device));
	else if (device_load(device))
		log_error("%s is at work; nothing was taken over, try again "
			  "later",
			  device_name(device));
	else
		return true;
	return false;
}

static bool reload_may(const struct daemon *daemon, const struct config *config)
{
	const struct config *old = daemon->config;

	if (!config_base_equal(old, config, daemon->config_path,
			       &daemon_config_listener)) {
		log_error("%s: only devices and the alarm can be changed "
			  "without a restart; nothing was taken over",
			  daemon->config_path);
		return false;
	}
	for (size_t i = 0; i < old->devices_count; i++)
		if (!reload_is_kept(config, &old->devices[i]) &&
		    !reload_may_take(daemon->devices[i]))
			return false;
	return true;
}

static void reload_drop(struct daemon *daemon, const struct config *config)
{
	for (size_t i = 0; i < daemon->config->devices_count; i++) {
		const struct config_device *old = &daemon->config->devices[i];

		if (reload_is_kept(config, old))
			continue;
		log_line_about(LOG_LEVEL_INFO, LOG_OF(.device = old->name),
			       "%s goes", old->name);
		core_remove_device(daemon->core, daemon->devices[i]);
		device_free(daemon->devices[i]);
		daemon->devices[i] = NULL;
	}
}

static struct device *reload_add(struct daemon *daemon,
				 const struct config_device *wanted)
{
	struct device *device = daemon_make_device(daemon, wanted);

	log_line_about(LOG_LEVEL_INFO, LOG_OF(.device = wanted->name),
		       "%s comes", wanted->name);
	core_add_device(daemon->core, device,
			(const char *const *)wanted->tills,
			wanted->tills_count);
	device_open(device);
	return device;
}

void daemon_reload(struct daemon *daemon)
{
	struct config *config =
		config_load(daemon->config_path, &daemon_config_listener);
	struct device **devices;

	if (!config) {
		log_error("the configuration was not taken over");
		return;
	}
	if (daemon->stopping || !reload_may(daemon, config)) {
		config_free(config);
		return;
	}
	devices = alloc_zero(CONFIG_DEVICES_MAX, sizeof(struct device *));
	for (size_t i = 0; i < config->devices_count; i++)
		devices[i] = reload_keeps(daemon, &config->devices[i]);
	reload_drop(daemon, config);
	for (size_t i = 0; i < config->devices_count; i++)
		if (!devices[i])
			devices[i] = reload_add(daemon, &config->devices[i]);
	alarm_set_program(daemon->alarm, config->alarm);
	free(daemon->devices);
	daemon->devices = devices;
	config_free(daemon->config);
	daemon->config = config;
	log_info("the configuration was read again");
}
