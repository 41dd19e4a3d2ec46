/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/config.h"

#include "daemon/config_device.h"
#include "util/alloc.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libconfuse calls back without an argument of ours. */
static struct config_reading *config_reading;

struct config_reading *config_now(void)
{
	return config_reading;
}

void config_fault(int line, const char *format, ...)
{
	struct config_reading *reading = config_reading;
	char what[512], text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(text, sizeof(text), "%s:%d: %s", reading->path, line, what);
	reading->faults++;
	reading->fault(reading->arg, text);
}

static void config_parser_fault(cfg_t *cfg, const char *format, va_list args)
{
	char what[512];

	vsnprintf(what, sizeof(what), format, args);
	config_fault(cfg ? cfg->line : 0, "%s", what);
}

/* Where each option stood: libconfuse forgets once it has gone on. */
int config_note_line(cfg_t *cfg, cfg_opt_t *opt)
{
	struct config_reading *reading = config_reading;

	if (reading->lines_count < CONFIG_LINES_MAX)
		reading->lines[reading->lines_count++] = (struct config_line){
			.name = opt->name,
			.line = cfg->line,
			.in_device = !strcmp(cfg->name, "device"),
		};
	return 0;
}

int config_line_of(const char *name, int otherwise)
{
	const struct config_reading *reading = config_reading;

	for (size_t i = reading->lines_count; i-- > 0;)
		if (!strcmp(reading->lines[i].name, name))
			return reading->lines[i].line;
	return otherwise;
}

/* The next device has options of the same names. */
static void config_forget_device_lines(struct config_reading *reading)
{
	while (reading->lines_count &&
	       reading->lines[reading->lines_count - 1].in_device)
		reading->lines_count--;
}

static int config_take_device(cfg_t *cfg, cfg_opt_t *opt)
{
	struct config *config = config_reading->config;
	cfg_t *section = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	struct config_device *device;

	if (config->devices_count == CONFIG_DEVICES_MAX) {
		config_fault(cfg->line, "too many devices: at most %d",
			     CONFIG_DEVICES_MAX);
		return 0;
	}
	device = &config->devices[config->devices_count++];
	config_read_device(section, cfg->line, device);
	for (size_t i = 0; i + 1 < config->devices_count; i++)
		config_check_pair(&config->devices[i], device, cfg->line);
	config_forget_device_lines(config_reading);
	return 0;
}

/* --- the general part --- */

static cfg_opt_t *config_socket_options(void)
{
	static cfg_opt_t options[] = {
		CFG_STR("path", "/run/tilld/tilld.sock", CFGF_NONE),
		CFG_STR("owner", NULL, CFGF_NONE),
		CFG_STR("group", NULL, CFGF_NONE),
		CFG_STR("mode", "0660", CFGF_NONE),
		CFG_INT("connections", 512, CFGF_NONE),
		CFG_INT("connections-per-user", 64, CFGF_NONE),
		CFG_END(),
	};

	return options;
}

static bool config_find_user(const char *name, uid_t *out_uid)
{
	struct passwd *user = getpwnam(name);
	char *end;
	unsigned long number;

	if (user) {
		*out_uid = user->pw_uid;
		return true;
	}
	number = strtoul(name, &end, 10);
	if (!*name || *end || number >= (uid_t)-1)
		return false;
	*out_uid = (uid_t)number;
	return true;
}

static bool config_find_group(const char *name, gid_t *out_gid)
{
	struct group *group = getgrnam(name);
	char *end;
	unsigned long number;

	if (group) {
		*out_gid = group->gr_gid;
		return true;
	}
	number = strtoul(name, &end, 10);
	if (!*name || *end || number >= (gid_t)-1)
		return false;
	*out_gid = (gid_t)number;
	return true;
}

static int config_number(cfg_t *cfg, const char *name, long min, long max)
{
	long number = cfg_getint(cfg, name);

	if (number < min || number > max)
		config_fault(config_line_of(name, cfg->line),
			     "%s: %ld is not between %ld and %ld", name, number,
			     min, max);
	return (int)number;
}

static char *config_path(cfg_t *cfg, const char *name)
{
	const char *path = cfg_getstr(cfg, name);

	if (path && *path != '/')
		config_fault(config_line_of(name, cfg->line),
			     "%s: \"%s\" is not an absolute path", name, path);
	return alloc_text(path);
}

static void config_read_mode(cfg_t *cfg, struct config *config)
{
	const char *text = cfg_getstr(cfg, "mode");
	char *end;
	unsigned long mode = strtoul(text, &end, 8);

	if (!*text || *end || mode > 0777)
		config_fault(config_line_of("mode", cfg->line),
			     "mode: \"%s\" is not an octal mode like 0660",
			     text);
	config->socket_mode = (mode_t)mode & 0777;
}

static void config_read_socket(cfg_t *cfg, struct config *config)
{
	const char *owner = cfg_getstr(cfg, "owner");
	const char *group = cfg_getstr(cfg, "group");

	config->socket = config_path(cfg, "path");
	if (owner && !config_find_user(owner, &config->socket_uid))
		config_fault(config_line_of("owner", cfg->line),
			     "owner: there is no user \"%s\"", owner);
	if (group && !config_find_group(group, &config->socket_gid))
		config_fault(config_line_of("group", cfg->line),
			     "group: there is no group \"%s\"", group);
	config_read_mode(cfg, config);
	config->connections = config_number(cfg, "connections", 1, 65536);
	config->connections_uid =
		config_number(cfg, "connections-per-user", 1, 65536);
}

static void config_read_base(cfg_t *cfg, struct config *config)
{
	const char *technicians = cfg_getstr(cfg, "technicians");

	config->box = alloc_text(cfg_getstr(cfg, "box"));
	config->state_dir = config_path(cfg, "state-dir");
	config->keys_dir = config_path(cfg, "keys-dir");
	config->head_file = config_path(cfg, "head-file");
	if (technicians &&
	    !config_find_group(technicians, &config->technicians))
		config_fault(config_line_of("technicians", cfg->line),
			     "technicians: there is no group \"%s\"",
			     technicians);
	config->password_cost = config_number(cfg, "password-cost", 14, 20);
	config->stop_wait_s = config_number(cfg, "stop-wait", 1, 3600);
	config->seal_entries = config_number(cfg, "seal-entries", 1, 1000000);
	config->seal_s = config_number(cfg, "seal-seconds", 1, 86400);
	config->consent_s = config_number(cfg, "consent-seconds", 1, 3600);
	config_read_socket(cfg_getsec(cfg, "socket"), config);
}

/* --- the file --- */

static void config_watch_lines(cfg_t *cfg, const cfg_opt_t *options,
			       const char *prefix)
{
	for (; options->name; options++) {
		CLEANUP_FREE char *path =
			alloc_format("%s%s", prefix, options->name);

		if (options->type != CFGT_SEC)
			cfg_set_validate_func(cfg, path, config_note_line);
	}
}

static cfg_t *config_parser(cfg_opt_t *device_options)
{
	cfg_opt_t options[] = {
		CFG_STR("box", "till box", CFGF_NONE),
		CFG_STR("state-dir", "/var/lib/tilld", CFGF_NONE),
		CFG_STR("keys-dir", "/etc/tilld/keys", CFGF_NONE),
		CFG_STR("head-file", NULL, CFGF_NONE),
		CFG_STR("technicians", NULL, CFGF_NONE),
		CFG_INT("password-cost", 15, CFGF_NONE),
		CFG_INT("stop-wait", 90, CFGF_NONE),
		CFG_INT("seal-entries", 100, CFGF_NONE),
		CFG_INT("seal-seconds", 60, CFGF_NONE),
		CFG_INT("consent-seconds", 60, CFGF_NONE),
		CFG_SEC("socket", config_socket_options(), CFGF_NONE),
		CFG_SEC("device", device_options,
			CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
		CFG_END(),
	};
	cfg_t *cfg = cfg_init(options, CFGF_NONE);

	cfg_set_error_function(cfg, config_parser_fault);
	config_watch_lines(cfg, options, "");
	config_watch_lines(cfg, config_socket_options(), "socket|");
	config_watch_lines(cfg, device_options, "device|");
	cfg_set_validate_func(cfg, "device", config_take_device);
	return cfg;
}

static void config_parse(cfg_t *cfg, struct config_reading *reading)
{
	switch (cfg_parse(cfg, reading->path)) {
	case CFG_SUCCESS:
		break;
	case CFG_FILE_ERROR:
		config_fault(0, "can't be read: %s", strerror(errno));
		return;
	default:
		if (!reading->faults)
			config_fault(0, "can't be understood");
		return;
	}
	config_read_base(cfg, reading->config);
}

struct config *config_load(const char *path,
			   void (*fault)(void *arg, const char *text),
			   void *arg)
{
	struct config_reading reading = { .path = path,
					  .fault = fault,
					  .arg = arg };
	CLEANUP_FREE cfg_opt_t *device_options = config_device_options();
	cfg_t *cfg;

	reading.config = ALLOC_NEW(struct config);
	reading.config->socket_uid = (uid_t)-1;
	reading.config->socket_gid = (gid_t)-1;
	reading.config->technicians = (gid_t)-1;
	reading.config->devices = alloc_zero(CONFIG_DEVICES_MAX,
					     sizeof(*reading.config->devices));
	config_reading = &reading;
	cfg = config_parser(device_options);
	config_parse(cfg, &reading);
	cfg_free(cfg);
	config_reading = NULL;
	return reading.faults ? config_free(reading.config) : reading.config;
}

static void config_device_clear(struct config_device *device)
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
}

struct config *config_free(struct config *config)
{
	if (!config)
		return NULL;
	for (size_t i = 0; i < config->devices_count; i++)
		config_device_clear(&config->devices[i]);
	free(config->devices);
	free(config->box);
	free(config->state_dir);
	free(config->keys_dir);
	free(config->head_file);
	free(config->socket);
	free(config);
	return NULL;
}

/* --- comparing --- */

static bool config_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
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
	       a->line.baud == b->line.baud &&
	       a->line.data_bits == b->line.data_bits &&
	       a->line.stop_bits == b->line.stop_bits &&
	       a->line.parity == b->line.parity &&
	       a->line.flow == b->line.flow && config_same_settings(a, b) &&
	       config_same_tills(a, b);
}

bool config_base_equal(const struct config *a, const struct config *b)
{
	return config_same(a->box, b->box) &&
	       config_same(a->state_dir, b->state_dir) &&
	       config_same(a->keys_dir, b->keys_dir) &&
	       config_same(a->head_file, b->head_file) &&
	       config_same(a->socket, b->socket) &&
	       a->socket_uid == b->socket_uid &&
	       a->socket_gid == b->socket_gid &&
	       a->socket_mode == b->socket_mode &&
	       a->technicians == b->technicians &&
	       a->password_cost == b->password_cost &&
	       a->stop_wait_s == b->stop_wait_s &&
	       a->seal_entries == b->seal_entries && a->seal_s == b->seal_s &&
	       a->consent_s == b->consent_s &&
	       a->connections == b->connections &&
	       a->connections_uid == b->connections_uid;
}
