/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/config_port.h"

#include "daemon/config_value.h"
#include "device/plug_name.h"
#include "device/transports.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/reader_name.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CONFIG_PORT_MAX 65535
#define CONFIG_WAYS_MAX 128

/* --- how a serial line is set --- */

#define AT(field) offsetof(struct driver_line, field)

const struct config_line_setting config_line_settings[] = {
	{ "baud", "1200 2400 4800 9600 19200 38400 57600 115200 230400",
	  AT(baud), true },
	{ "data-bits", "7 8", AT(data_bits), true },
	{ "stop-bits", "1 2", AT(stop_bits), true },
	/* as enum driver_parity and enum driver_flow have them */
	{ "parity", "none odd even", AT(parity), false },
	{ "flow", "none rtscts xonxoff", AT(flow), false },
	{ 0 },
};

/* The how-manieth of the words it is. */
static int config_word_place(const char *words, const char *word)
{
	const char *end = strstr(words, word);
	int place = 0;

	for (const char *at = words; at < end; at++)
		place += *at == ' ';
	return place;
}

static const char *config_word_at(const char *words, int place)
{
	while (place--)
		words = strchr(words, ' ') + 1;
	return words;
}

char *config_line_say(const struct config_line_setting *setting,
		      const struct driver_line *line)
{
	const int *value = (const int *)(const void *)((const char *)line +
						       setting->offset);
	const char *word;

	if (setting->is_number)
		return alloc_format("%d", *value);
	word = config_word_at(setting->choices, *value);
	return alloc_text_part(word, strcspn(word, " "));
}

static void config_line_read(struct config_file *file, cfg_t *section,
			     const struct config_line_setting *setting,
			     struct config_device *device)
{
	const char *text = cfg_getstr(section, setting->name);
	int line = config_file_line(file, section, setting->name, 0);
	int *target = (int *)(void *)((char *)&device->line + setting->offset);

	if (!text)
		return;
	if (!config_word_is_in(setting->choices, text)) {
		CLEANUP_FREE char *choices = config_words_say(setting->choices);

		config_fault(file, line,
			     "%s = " CONFIG_SAID ": it has to be %s",
			     setting->name, text, choices);
		return;
	}
	if (!cfg_getstr(section, "serial"))
		config_fault(file, line, "%s is for serial ports, not for %s",
			     setting->name,
			     cfg_getstr(section, "tcp") ? "tcp" : "USB");
	*target = setting->is_number
			  ? atoi(text)
			  : config_word_place(setting->choices, text);
}

/* --- serial ports --- */

/* The path without links and detours, as far as there is something yet. New. */
static char *config_serial_resolve(const char *path)
{
	char *whole = realpath(path, NULL);
	const char *name = strrchr(path, '/') + 1;
	CLEANUP_FREE char *above = NULL;
	CLEANUP_FREE char *folder = NULL;

	if (whole)
		return whole;
	above = alloc_text_part(path, (size_t)(name - path));
	folder = realpath(above, NULL);
	return folder ? alloc_format("%s/%s", folder, name) : alloc_text(path);
}

static bool config_serial_same(const char *a, const char *b)
{
	CLEANUP_FREE char *first = config_serial_resolve(a);
	CLEANUP_FREE char *second = config_serial_resolve(b);
	struct stat x, y;

	if (!strcmp(first, second))
		return true;
	return !stat(a, &x) && !stat(b, &y) && S_ISCHR(x.st_mode) &&
	       S_ISCHR(y.st_mode) && x.st_rdev == y.st_rdev;
}

/* What is not plugged in yet may become anything. */
static bool config_serial_may_be(const char *path)
{
	struct stat state;

	return stat(path, &state) < 0 || S_ISCHR(state.st_mode);
}

static void config_serial_read(struct config_file *file, cfg_t *section,
			       struct config_device *device)
{
	const char *path = cfg_getstr(section, "serial");
	int line = config_file_line(file, section, "serial", 0);

	if (!device->driver->line.baud)
		config_fault(file, line,
			     "serial: the driver %s knows no serial ports; "
			     "give tcp = \"address:port\"",
			     device->driver->name);
	else if (*path != '/' || !text_is_plain(path))
		config_fault(file, line,
			     "serial = " CONFIG_SAID
			     ": it has to be an absolute path",
			     path);
	else if (!config_serial_may_be(path))
		config_fault(file, line,
			     "serial = " CONFIG_SAID
			     ": it has to be a serial port, "
			     "this is something else",
			     path);
	else
		device->serial = alloc_text(path);
}

/* --- TCP --- */

/* "127.0.0.1:9100", "[::1]:9100", or without the port for the usual one. */
static bool config_tcp_split(const char *text, int usual, char **out_host,
			     int *out_port)
{
	bool bracket = *text == '[';
	const char *host = text + bracket;
	size_t len = strcspn(host, bracket ? "]" : ":");
	const char *rest = host + len + bracket;
	int64_t port = usual;

	if (bracket && host[len] != ']')
		return false;
	if (!bracket && strchr(host, ':') != strrchr(host, ':'))
		rest = host + (len = strlen(host)); /* "::1" */
	if (*rest && (*rest != ':' ||
		      !config_number_read(rest + 1, 1, CONFIG_PORT_MAX, &port)))
		return false;
	*out_host = alloc_text_part(host, len);
	*out_port = (int)port;
	return true;
}

static void config_tcp_read(struct config_file *file, cfg_t *section,
			    struct config_device *device)
{
	const char *text = cfg_getstr(section, "tcp");
	int line = config_file_line(file, section, "tcp", 0);
	CLEANUP_FREE char *host = NULL;

	if (!device->driver->tcp_port) {
		config_fault(file, line,
			     "tcp: the driver %s knows serial ports only; give "
			     "serial = \"/dev/...\"",
			     device->driver->name);
		return;
	}
	if (config_tcp_split(text, device->driver->tcp_port, &host,
			     &device->port))
		device->host = transports_name_host(host);
	if (!device->host)
		config_fault(file, line,
			     "tcp = " CONFIG_SAID
			     ": it has to be the numeric address "
			     "of one device, or localhost, and a port from 1 "
			     "to %d, like 192.0.2.7:9100 or [2001:db8::7]:9100",
			     text, CONFIG_PORT_MAX);
}

/* "sha256:...", of the certificate that the device has to show. */
static void config_tls_read(struct config_file *file, cfg_t *section,
			    struct config_device *device)
{
	const char *text = cfg_getstr(section, "tls");
	int line = config_file_line(file, section, "tls", 0);

	if (!text)
		return;
	if (!cfg_getstr(section, "tcp"))
		config_fault(file, line,
			     "tls is for tcp, not for serial ports");
	else if (!tls_pin_read(text, device->tls_pin))
		config_fault(file, line,
			     "tls: it has to be the SHA-256 of the device's "
			     "certificate, like sha256:9f86... with 64 "
			     "hexadecimal digits");
	device->has_tls = true;
}

/* --- what is plugged in by USB --- */

const struct config_plug config_plugs[] = {
	{ "usb", DRIVER_PLUG_USB },	  { "hid", DRIVER_PLUG_HID },
	{ "keyboard", DRIVER_PLUG_KEYS }, { "pcsc", DRIVER_PLUG_CARD },
	{ NULL, DRIVER_PLUG_NONE },
};

/* PC/SC has names of its own. */
static void config_card_read(struct config_file *file, int line,
			     const char *text, struct config_device *device)
{
	if (!reader_name_is(text)) {
		config_fault(file, line,
			     "pcsc = " CONFIG_SAID
			     ": it has to be a reader's name as pcscd has it, "
			     "1 to %d characters",
			     text, READER_NAME_MAX);
		return;
	}
	device->plug = DRIVER_PLUG_CARD;
	device->plug_name = alloc_text(text);
}

static void config_plug_read(struct config_file *file, cfg_t *section,
			     const struct config_plug *plug,
			     struct config_device *device)
{
	const char *text = cfg_getstr(section, plug->word);
	int line = config_file_line(file, section, plug->word, 0);
	struct plug_name name;

	if (!(device->driver->plugs & DRIVER_CAN(plug->plug))) {
		config_fault(file, line,
			     "%s: the driver %s does not take such devices; "
			     "see tilld --drivers",
			     plug->word, device->driver->name);
	} else if (!transports_can(plug->plug)) {
		config_fault(file, line, "%s: this tilld was built without %s",
			     plug->word, transports_lack(plug->plug));
	} else if (plug->plug == DRIVER_PLUG_CARD) {
		config_card_read(file, line, text, device);
	} else if (!plug_name_read(text, &name)) {
		config_fault(file, line,
			     "%s = " CONFIG_SAID
			     ": it has to be " PLUG_NAME_FORMS,
			     plug->word, text);
	} else {
		plug_name_clear(&name);
		device->plug = plug->plug;
		device->plug_name = alloc_text(text);
	}
}

/* --- all of them --- */

static const struct config_plug *config_port_plug(cfg_t *section)
{
	const struct config_plug *plug = config_plugs;

	while (plug->word && !cfg_getstr(section, plug->word))
		plug++;
	return plug->word ? plug : NULL;
}

static int config_port_count(cfg_t *section)
{
	int count = (cfg_getstr(section, "serial") != NULL) +
		    (cfg_getstr(section, "tcp") != NULL);

	for (const struct config_plug *p = config_plugs; p->word; p++)
		count += cfg_getstr(section, p->word) != NULL;
	return count;
}

/* What it could be: as in "either serial = ... or usb = ...". */
static void config_port_fault_count(struct config_file *file, cfg_t *section,
				    const struct config_device *device)
{
	CLEANUP(buf_cleanup) struct buf ways = BUF_INIT(CONFIG_WAYS_MAX);

	for (const struct config_plug *p = config_plugs; p->word; p++)
		if (device->driver->plugs & DRIVER_CAN(p->plug))
			buf_add_format(&ways, " or %s = \"...\"", p->word);
	config_fault(file, config_file_section_line(section),
		     "device " CONFIG_SAID ": it has to have either "
		     "serial = \"/dev/...\" or tcp = \"address:port\"%s",
		     device->name, buf_text(&ways));
}

void config_port_read(struct config_file *file, cfg_t *section,
		      struct config_device *device)
{
	const char *serial = cfg_getstr(section, "serial");
	const struct config_plug *plug = config_port_plug(section);

	device->line = device->driver->line;
	for (const struct config_line_setting *s = config_line_settings;
	     s->name; s++)
		config_line_read(file, section, s, device);
	config_tls_read(file, section, device);
	if (config_port_count(section) != 1)
		config_port_fault_count(file, section, device);
	else if (serial)
		config_serial_read(file, section, device);
	else if (plug)
		config_plug_read(file, section, plug, device);
	else
		config_tcp_read(file, section, device);
}

bool config_port_same(const struct config_device *a,
		      const struct config_device *b)
{
	if (a->serial && b->serial)
		return config_serial_same(a->serial, b->serial);
	if (a->plug_name && b->plug_name && a->plug == DRIVER_PLUG_CARD)
		return b->plug == a->plug &&
		       (reader_name_fits(a->plug_name, b->plug_name) ||
			reader_name_fits(b->plug_name, a->plug_name));
	if (a->plug_name && b->plug_name)
		return a->plug == b->plug &&
		       !strcasecmp(a->plug_name, b->plug_name);
	return a->host && b->host && a->port == b->port &&
	       !strcmp(a->host, b->host);
}
