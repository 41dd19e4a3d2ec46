/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/config_device.h"

#include "device/transports.h"
#include "policy/policy.h"
#include "util/alloc.h"
#include "util/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG_OPTIONS_MAX 128
#define CONFIG_TILLS_MAX   64

/* --- the union of all drivers' options --- */

static const cfg_opt_t config_line_options[] = {
	CFG_STR("driver", NULL, CFGF_NONE),
	CFG_STR("serial", NULL, CFGF_NONE),
	CFG_STR("tcp", NULL, CFGF_NONE),
	CFG_STR("baud", NULL, CFGF_NONE),
	CFG_STR("data-bits", NULL, CFGF_NONE),
	CFG_STR("stop-bits", NULL, CFGF_NONE),
	CFG_STR("parity", NULL, CFGF_NONE),
	CFG_STR("flow", NULL, CFGF_NONE),
	CFG_STR_LIST("tills", NULL, CFGF_NONE),
	CFG_END(),
};

static bool config_has_option(const cfg_opt_t *options, size_t count,
			      const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(options[i].name, name))
			return true;
	return false;
}

cfg_opt_t *config_device_options(void)
{
	cfg_opt_t *options = alloc_zero(CONFIG_OPTIONS_MAX, sizeof(*options));
	const cfg_opt_t end = CFG_END();
	size_t count = 0;

	for (const cfg_opt_t *o = config_line_options; o->name; o++)
		options[count++] = *o;
	for (size_t i = 0; drivers[i]; i++) {
		const struct driver_option *o = drivers[i]->options;

		for (; o && o->name && count < CONFIG_OPTIONS_MAX - 1; o++) {
			const cfg_opt_t text =
				CFG_STR(o->name, NULL, CFGF_NONE);

			if (!config_has_option(options, count, o->name))
				options[count++] = text;
		}
	}
	options[count] = end;
	return options;
}

/* --- values --- */

/* A whole number, with "ms", "s" or "m" behind it for a duration. */
static bool config_parse_number(const char *text, bool duration, int64_t *out)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = { { "", 1 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 } };
	long long number;
	char *end;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno || end == text || number > INT64_MAX / 60000 ||
	    number < INT64_MIN / 60000)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(end, units[i].unit) != 0 || (i && !duration))
			continue;
		*out = number * units[i].ms;
		return true;
	}
	return false;
}

static bool config_is_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; len && (at = strstr(at, word)); at += len)
		if ((at == words || at[-1] == ' ') &&
		    (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

static bool config_is_digits(const char *text, int64_t min, int64_t max)
{
	int64_t len = (int64_t)strlen(text);

	return len >= min && len <= max &&
	       strspn(text, "0123456789") == (size_t)len;
}

/* The value as drivers read it (driver.h), or NULL. New. */
static char *config_value(const struct driver_option *option, const char *text)
{
	bool duration = option->type == DRIVER_OPTION_DURATION;
	int64_t number;

	switch (option->type) {
	case DRIVER_OPTION_BOOL:
		if (config_is_word("yes true on", text))
			return alloc_text("yes");
		return config_is_word("no false off", text) ? alloc_text("no")
							    : NULL;
	case DRIVER_OPTION_INT:
	case DRIVER_OPTION_DURATION:
		if (!config_parse_number(text, duration, &number) ||
		    number < option->min || number > option->max)
			return NULL;
		return alloc_format("%lld", (long long)number);
	case DRIVER_OPTION_CHOICE:
		return config_is_word(option->choices, text) ? alloc_text(text)
							     : NULL;
	case DRIVER_OPTION_TEXT:
		return text_is_plain(text) && *text &&
				       (int64_t)strlen(text) <= option->max
			       ? alloc_text(text)
			       : NULL;
	case DRIVER_OPTION_DIGITS:
		return config_is_digits(text, option->min, option->max)
			       ? alloc_text(text)
			       : NULL;
	}
	return NULL;
}

static void config_fault_value(const struct driver_option *option,
			       const char *text, int line)
{
	line = config_line_of(option->name, line);
	if (option->type == DRIVER_OPTION_BOOL)
		config_fault(line, "%s: \"%s\" is neither yes nor no",
			     option->name, text);
	else if (option->type == DRIVER_OPTION_CHOICE)
		config_fault(line, "%s: \"%s\" is none of: %s", option->name,
			     text, option->choices);
	else if (option->type == DRIVER_OPTION_DIGITS)
		config_fault(line, "%s: has to be %lld to %lld digits",
			     option->name, (long long)option->min,
			     (long long)option->max);
	else
		config_fault(line,
			     "%s: \"%s\" is not a value between %lld "
			     "and %lld",
			     option->name, text, (long long)option->min,
			     (long long)option->max);
}

static const struct driver_option *
config_find_option(const struct driver *driver, const char *name)
{
	const struct driver_option *option = driver->options;

	for (; option && option->name; option++)
		if (!strcmp(option->name, name))
			return option;
	return NULL;
}

static void config_read_setting(const struct driver_option *option,
				const char *text, int line,
				struct config_device *device)
{
	char *value = config_value(option, text);

	if (!value) {
		config_fault_value(option, text, line);
		return;
	}
	device->settings =
		alloc_resize(device->settings, device->settings_count + 1,
			     sizeof(*device->settings));
	device->settings[device->settings_count++] =
		(struct device_setting){ .name = option->name, .value = value };
}

static void config_read_settings(cfg_t *section, int line,
				 struct config_device *device)
{
	for (const cfg_opt_t *o = section->opts; o->name; o++) {
		const char *text = o->type == CFGT_STR
					   ? cfg_getstr(section, o->name)
					   : NULL;
		const struct driver_option *option;

		if (!text || config_has_option(config_line_options, 9, o->name))
			continue;
		option = config_find_option(device->driver, o->name);
		if (option)
			config_read_setting(option, text, line, device);
		else
			config_fault(config_line_of(o->name, line),
				     "the driver %s has no option \"%s\"",
				     device->driver->name, o->name);
	}
}

/* --- the line --- */

static int config_line_number(cfg_t *section, int line, const char *name,
			      int otherwise, const char *allowed)
{
	const char *text = cfg_getstr(section, name);

	if (!text)
		return otherwise;
	if (config_is_word(allowed, text))
		return atoi(text);
	config_fault(config_line_of(name, line), "%s: \"%s\" is none of: %s",
		     name, text, allowed);
	return otherwise;
}

static int config_line_word(cfg_t *section, int line, const char *name,
			    int otherwise, const char *const *words)
{
	const char *text = cfg_getstr(section, name);

	for (int i = 0; text && words[i]; i++)
		if (!strcmp(words[i], text))
			return i;
	if (text)
		config_fault(config_line_of(name, line),
			     "%s: \"%s\" is none of: %s %s %s", name, text,
			     words[0], words[1], words[2]);
	return otherwise;
}

static void config_read_line(cfg_t *section, int line,
			     struct config_device *device)
{
	static const char *const parities[] = { "none", "odd", "even", NULL };
	static const char *const flows[] = { "none", "rtscts", "xonxoff",
					     NULL };
	struct driver_line *set = &device->line;

	*set = device->driver->line;
	set->baud = config_line_number(
		section, line, "baud", set->baud,
		"1200 2400 4800 9600 19200 38400 57600 115200 230400");
	set->data_bits = config_line_number(section, line, "data-bits",
					    set->data_bits, "7 8");
	set->stop_bits = config_line_number(section, line, "stop-bits",
					    set->stop_bits, "1 2");
	set->parity = (enum driver_parity)config_line_word(
		section, line, "parity", (int)set->parity, parities);
	set->flow = (enum driver_flow)config_line_word(section, line, "flow",
						       (int)set->flow, flows);
}

/* "127.0.0.1:9100", "[::1]:9100", or without the port for the usual one. */
static void config_read_tcp(const char *text, int line,
			    struct config_device *device)
{
	const char *colon = strrchr(text, ':');
	bool bracket = *text == '[';
	int64_t port = device->driver->tcp_port;
	size_t len;

	if (colon && (bracket ? colon[-1] == ']' : strchr(text, ':') == colon))
		len = (size_t)(colon - text);
	else
		len = strlen(text), colon = NULL;
	device->host = bracket && len >= 2 ? alloc_text_part(text + 1, len - 2)
					   : alloc_text_part(text, len);
	if ((colon && !config_parse_number(colon + 1, false, &port)) ||
	    port < 1 || port > 65535)
		config_fault(config_line_of("tcp", line),
			     "tcp: \"%s\" has no port that could be", text);
	else if (!transports_can_reach(device->host))
		config_fault(config_line_of("tcp", line),
			     "tcp: \"%s\" is not a numeric address or "
			     "localhost; names are not looked up",
			     device->host);
	device->port = (int)port;
}

static void config_read_port(cfg_t *section, int line,
			     struct config_device *device)
{
	const char *serial = cfg_getstr(section, "serial");
	const char *tcp = cfg_getstr(section, "tcp");

	if (!serial == !tcp) {
		config_fault(line,
			     "device \"%s\": give either serial = \"/dev/...\" "
			     "or tcp = \"address:port\"",
			     device->name);
		return;
	}
	if (tcp) {
		config_read_tcp(tcp, line, device);
		if (cfg_getstr(section, "baud") ||
		    cfg_getstr(section, "parity"))
			config_fault(config_line_of("baud", line),
				     "baud and parity are for serial ports");
		return;
	}
	if (*serial != '/')
		config_fault(config_line_of("serial", line),
			     "serial: \"%s\" is not an absolute path", serial);
	device->serial = alloc_text(serial);
}

static void config_read_tills(cfg_t *section, int line,
			      struct config_device *device)
{
	unsigned int count = cfg_size(section, "tills");

	if (!count || count > CONFIG_TILLS_MAX)
		config_fault(line,
			     "device \"%s\": tills = { ... } has to name the "
			     "tills it serves",
			     device->name);
	if (device->driver->class == DEVICE_DRAWER && count > 1)
		config_fault(config_line_of("tills", line),
			     "a drawer belongs to exactly one till");
	device->tills = alloc_zero(count, sizeof(*device->tills));
	for (unsigned int i = 0; i < count; i++) {
		const char *till = cfg_getnstr(section, "tills", i);

		if (!text_is_name(till, POLICY_ID_MAX))
			config_fault(config_line_of("tills", line),
				     "\"%s\" can't be a till's id", till);
		device->tills[device->tills_count++] = alloc_text(till);
	}
}

void config_read_device(cfg_t *section, int line,
			struct config_device *out_device)
{
	const char *name = cfg_title(section);
	const char *driver = cfg_getstr(section, "driver");

	out_device->name = alloc_text(name);
	if (!text_is_name(name, DEVICE_NAME_MAX))
		config_fault(line, "\"%s\" can't be a device's name", name);
	out_device->driver = driver ? driver_find(driver) : NULL;
	if (!out_device->driver) {
		config_fault(driver ? config_line_of("driver", line) : line,
			     driver ? "device \"%s\": there is no driver "
				      "\"%s\"; see tilld --drivers"
				    : "device \"%s\": driver is missing",
			     name, driver);
		return;
	}
	config_read_port(section, line, out_device);
	config_read_line(section, line, out_device);
	config_read_tills(section, line, out_device);
	config_read_settings(section, line, out_device);
}

static const char *config_address(const char *host)
{
	return strcmp(host, "localhost") ? host : "127.0.0.1";
}

void config_check_pair(const struct config_device *a,
		       const struct config_device *b, int line)
{
	if (a->serial && b->serial && !strcmp(a->serial, b->serial))
		config_fault(line, "devices \"%s\" and \"%s\" can't share %s",
			     a->name, b->name, a->serial);
	if (a->driver && a->driver == b->driver &&
	    a->driver->class == DEVICE_DRAWER && a->tills_count &&
	    b->tills_count && !strcmp(a->tills[0], b->tills[0]))
		config_fault(line,
			     "drawers \"%s\" and \"%s\" can't both be "
			     "till %s's",
			     a->name, b->name, a->tills[0]);
	if (a->host && b->host && a->port == b->port &&
	    !strcmp(config_address(a->host), config_address(b->host)))
		config_fault(line,
			     "devices \"%s\" and \"%s\" can't share %s:%d",
			     a->name, b->name, a->host, a->port);
}
