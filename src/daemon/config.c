/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/config.h"

#include "daemon/config_advice.h"
#include "daemon/config_base.h"
#include "daemon/config_device.h"
#include "daemon/config_file.h"
#include "daemon/config_paths.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static void config_read_devices(struct config_file *file, struct config *config)
{
	unsigned int count = cfg_size(file->cfg, "device");

	config->devices =
		alloc_zero(CONFIG_DEVICES_MAX, sizeof(*config->devices));
	for (unsigned int i = 0; i < count; i++) {
		cfg_t *section = cfg_getnsec(file->cfg, "device", i);
		struct config_device *device = &config->devices[i];

		if (i == CONFIG_DEVICES_MAX) {
			config_fault(file, config_file_section_line(section),
				     "one device too many: there can be %d",
				     CONFIG_DEVICES_MAX);
			return;
		}
		config_device_read(file, section, device);
		config->devices_count++;
		for (unsigned int earlier = 0; earlier < i; earlier++)
			config_device_check_pair(file, section, device,
						 &config->devices[earlier]);
	}
}

/* What is removed from the journal has to be somewhere else. */
static void config_check_archive(struct config_file *file,
				 const struct config *config)
{
	if (config->keep_days && !config->archive_dir)
		config_fault(
			file,
			config_file_line(file, file->cfg, "journal-keep-days",
					 0),
			"journal-keep-days needs an archive-dir, where the "
			"older part of the journal is put");
}

struct config *config_load(const char *path,
			   const struct config_listener *listener)
{
	struct config_file file = { .path = path, .listener = listener };
	struct config *config = ALLOC_NEW(struct config);

	if (config_file_read(&file)) {
		config_base_read(&file, config);
		config_check_archive(&file, config);
		config_read_devices(&file, config);
		config_paths_check(&file, config);
	}
	if (!file.faults)
		config_advice_give(&file, config);
	config_file_close(&file);
	return file.faults ? config_free(config) : config;
}

struct config *config_free(struct config *config)
{
	if (!config)
		return NULL;
	for (size_t i = 0; i < config->devices_count; i++)
		config_device_clear(&config->devices[i]);
	free(config->devices);
	config_base_free(config);
	free(config);
	return NULL;
}

/* --- comparing --- */

static bool config_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool config_same_line(const struct driver_line *a,
			     const struct driver_line *b)
{
	return a->baud == b->baud && a->data_bits == b->data_bits &&
	       a->stop_bits == b->stop_bits && a->parity == b->parity &&
	       a->flow == b->flow;
}

static bool config_same_settings(const struct config_device *a,
				 const struct config_device *b)
{
	if (a->settings_count != b->settings_count)
		return false;
	for (size_t i = 0; i < a->settings_count; i++)
		if (strcmp(a->settings[i].name, b->settings[i].name) != 0 ||
		    strcmp(a->settings[i].value, b->settings[i].value) != 0)
			return false;
	return true;
}

static bool config_same_tills(const struct config_device *a,
			      const struct config_device *b)
{
	if (a->tills_count != b->tills_count)
		return false;
	for (size_t i = 0; i < a->tills_count; i++)
		if (strcmp(a->tills[i], b->tills[i]) != 0)
			return false;
	return true;
}

bool config_device_equal(const struct config_device *a,
			 const struct config_device *b)
{
	return config_same(a->name, b->name) && a->driver == b->driver &&
	       config_same(a->serial, b->serial) &&
	       config_same(a->host, b->host) && a->port == b->port &&
	       a->plug == b->plug && config_same(a->plug_name, b->plug_name) &&
	       config_same_line(&a->line, &b->line) &&
	       config_same_settings(a, b) && config_same_tills(a, b);
}
