/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/script.h"

#include "sim/command.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define SCRIPT_BLANKS	 " \t\r\n"
#define SCRIPT_WORDS_MAX (5 + SCRIPT_OPTIONS_MAX)

/* One line, cut into words; they point into text, which is cut up. */
struct script_words {
	char *word[SCRIPT_WORDS_MAX];
	size_t count;
};

static void script_cut_comment(char *text)
{
	for (char *at = text; (at = strchr(at, '#')); at++)
		if (at == text || strchr(SCRIPT_BLANKS, at[-1])) {
			*at = 0;
			return;
		}
}

/* False for more words than any line may have. */
static bool script_split(char *text, struct script_words *out_words)
{
	struct script_words words = { .count = 0 };
	char *rest;

	for (char *word = strtok_r(text, SCRIPT_BLANKS, &rest); word;
	     word = strtok_r(NULL, SCRIPT_BLANKS, &rest)) {
		if (words.count == SCRIPT_WORDS_MAX)
			return false;
		words.word[words.count++] = word;
	}
	*out_words = words;
	return true;
}

static const struct script_device *script_find(const struct script *script,
					       const char *name)
{
	for (size_t i = 0; i < script->devices_count; i++)
		if (!strcmp(script->devices[i].name, name))
			return &script->devices[i];
	return NULL;
}

/* The console has commands with these names. */
static bool script_name_is_taken(const char *name)
{
	static const char *const words[] = { "help", "quit", "account", NULL };

	return command_choice(name, words) >= 0;
}

static char *script_check_name(const struct script *script, const char *name)
{
	const struct script_device *other = script_find(script, name);

	if (!text_is_name(name, SCRIPT_NAME_MAX))
		return alloc_format("a name is 1 to %d letters, digits, "
				    "dots, dashes and underscores",
				    SCRIPT_NAME_MAX);
	if (script_name_is_taken(name))
		return alloc_format("%s is a command of tillsim, "
				    "not a name for a device",
				    name);
	if (other)
		return alloc_format("%s is the name of the device in line %u "
				    "already",
				    name, other->line);
	return NULL;
}

static char *script_set_pty(const struct script *script,
			    struct script_device *device, const char *path)
{
	for (size_t i = 0; i < script->devices_count; i++)
		if (script->devices[i].path &&
		    !strcmp(script->devices[i].path, path))
			return alloc_format("%s is the pty of %s already", path,
					    script->devices[i].name);
	device->path = alloc_text(path);
	return NULL;
}

static char *script_set_tcp(struct script_device *device, const char *text)
{
	int64_t port;

	if (!command_number(text, 0, 65535, &port))
		return alloc_text("a port is a number up to 65535, "
				  "or 0 for any that is free");
	device->port = (uint16_t)port;
	return NULL;
}

static char *script_set_baud(struct script_device *device, const char *value)
{
	static const char *const speeds[] = { "1200",  "2400",	 "4800",
					      "9600",  "19200",	 "38400",
					      "57600", "115200", NULL };

	if (!device->path || command_choice(value, speeds) < 0)
		return alloc_text("baud is the speed of a pty's device: 1200, "
				  "2400, 4800, 9600, 19200, 38400, 57600 or "
				  "115200");
	device->baud = atoi(value);
	return NULL;
}

static char *script_set_option(struct script_device *device, char *word)
{
	char *equals = strchr(word, '=');

	if (!equals || equals == word)
		return alloc_format("%s is not NAME=VALUE", word);
	*equals = 0;
	if (!strcmp(word, "baud"))
		return script_set_baud(device, equals + 1);
	for (size_t i = 0; i < device->options_count; i++)
		if (!strcmp(device->options[i].name, word))
			return alloc_format("%s is set twice", word);
	device->options[device->options_count++] =
		(struct model_option){ alloc_text(word),
				       alloc_text(equals + 1) };
	return NULL;
}

static char *script_fill_device(const struct script *script,
				struct script_device *device,
				const struct script_words *words)
{
	bool pty = words->count >= 5 && !strcmp(words->word[3], "pty");
	char *error;

	if (!pty && (words->count < 5 || strcmp(words->word[3], "tcp") != 0))
		return alloc_text("expected device NAME MODEL pty PATH or "
				  "device NAME MODEL tcp PORT");
	error = script_check_name(script, words->word[1]);
	if (error)
		return error;
	device->name = alloc_text(words->word[1]);
	device->model = alloc_text(words->word[2]);
	error = pty ? script_set_pty(script, device, words->word[4])
		    : script_set_tcp(device, words->word[4]);
	for (size_t i = 5; !error && i < words->count; i++)
		error = script_set_option(device, words->word[i]);
	return error;
}

static void script_free_device(struct script_device *device)
{
	free(device->name);
	free(device->model);
	free(device->path);
	for (size_t i = 0; i < device->options_count; i++) {
		free((void *)(uintptr_t)device->options[i].name);
		free((void *)(uintptr_t)device->options[i].value);
	}
}

static char *script_read_device(struct script *script, unsigned int line,
				char *text)
{
	struct script_device device = { .line = line };
	struct script_words words;
	char *error;

	if (!script_split(text, &words))
		return alloc_format("a device takes %d options at most",
				    SCRIPT_OPTIONS_MAX);
	if (script->devices_count == SCRIPT_DEVICES_MAX)
		return alloc_format("a script has %d devices at most",
				    SCRIPT_DEVICES_MAX);
	error = script_fill_device(script, &device, &words);
	if (error) {
		script_free_device(&device);
		return error;
	}
	script->devices = alloc_resize(
		script->devices, script->devices_count + 1, sizeof(device));
	script->devices[script->devices_count++] = device;
	return NULL;
}

/* 500ms, 2s */
static bool script_parse_time(char *text, int64_t *out_ms)
{
	size_t digits = strspn(text, "0123456789");
	bool seconds = !strcmp(text + digits, "s");
	int64_t number;

	if (!seconds && strcmp(text + digits, "ms") != 0)
		return false;
	text[digits] = 0;
	if (!command_number(text, 0,
			    seconds ? SCRIPT_TIME_MAX / 1000 : SCRIPT_TIME_MAX,
			    &number))
		return false;
	*out_ms = seconds ? number * 1000 : number;
	return true;
}

/* The rest of a line, after its first words and without blanks around it. */
static char *script_trim(char *text)
{
	size_t len;

	text += strspn(text, SCRIPT_BLANKS);
	for (len = strlen(text); len && strchr(SCRIPT_BLANKS, text[len - 1]);
	     len--)
		text[len - 1] = 0;
	return text;
}

static char *script_read_event(struct script *script, unsigned int line,
			       char *text)
{
	struct script_event event = { .line = line };
	char *rest, *time, *device, *command;

	strtok_r(text, SCRIPT_BLANKS, &rest);
	time = strtok_r(NULL, SCRIPT_BLANKS, &rest);
	device = time ? strtok_r(NULL, SCRIPT_BLANKS, &rest) : NULL;
	command = device ? script_trim(rest) : NULL;
	if (!command || !*command)
		return alloc_text("expected at TIME NAME COMMAND");
	if (!script_parse_time(time, &event.ms))
		return alloc_text("a time is a number with ms or s, "
				  "one day at most");
	if (script->events_count == SCRIPT_EVENTS_MAX)
		return alloc_format("a script has %d lines with at, at most",
				    SCRIPT_EVENTS_MAX);
	event.device = alloc_text(device);
	event.command = alloc_text(command);
	script->events = alloc_resize(script->events, script->events_count + 1,
				      sizeof(event));
	script->events[script->events_count++] = event;
	return NULL;
}

static const struct {
	const char *word;
	char *(*read)(struct script *script, unsigned int line, char *text);
} script_lines[] = {
	{ "device", script_read_device },
	{ "at", script_read_event },
};

static char *script_read_line(struct script *script, unsigned int line,
			      char *text)
{
	size_t len;

	script_cut_comment(text);
	text = script_trim(text);
	len = strcspn(text, SCRIPT_BLANKS);
	if (!len)
		return NULL;
	for (size_t i = 0; i < sizeof(script_lines) / sizeof(script_lines[0]);
	     i++)
		if (strlen(script_lines[i].word) == len &&
		    !strncmp(script_lines[i].word, text, len))
			return script_lines[i].read(script, line, text);
	return alloc_text("a line begins with device or at");
}

/* Said of the line it is in, although it is known only at the end. */
static char *script_check_events(const struct script *script,
				 unsigned int *out_line)
{
	for (size_t i = 0; i < script->events_count; i++) {
		const struct script_event *event = &script->events[i];

		if (script_find(script, event->device))
			continue;
		*out_line = event->line;
		return alloc_format("no device is called %s", event->device);
	}
	return NULL;
}

static char *script_read_all(struct script *script, FILE *file,
			     unsigned int *out_line)
{
	char text[SCRIPT_LINE_MAX + 2];

	for (*out_line = 1; fgets(text, sizeof(text), file); ++*out_line) {
		size_t len = strlen(text);
		char *error;

		if (!len || (text[len - 1] != '\n' && !feof(file)))
			return alloc_format("not a line of text of up to %d "
					    "bytes",
					    SCRIPT_LINE_MAX);
		error = script_read_line(script, *out_line, text);
		if (error)
			return error;
	}
	if (ferror(file))
		return alloc_text("cannot be read");
	if (!script->devices_count)
		return alloc_text("there is no device in it");
	return script_check_events(script, out_line);
}

struct script *script_read(FILE *file, const char *name, char **out_error)
{
	struct script *script = ALLOC_NEW(struct script);
	unsigned int line;
	char *error = script_read_all(script, file, &line);

	if (!error)
		return script;
	*out_error = alloc_format("%s:%u: %s", name, line, error);
	free(error);
	return script_free(script);
}

struct script *script_free(struct script *script)
{
	if (!script)
		return NULL;
	for (size_t i = 0; i < script->devices_count; i++)
		script_free_device(&script->devices[i]);
	for (size_t i = 0; i < script->events_count; i++) {
		free(script->events[i].device);
		free(script->events[i].command);
	}
	free(script->devices);
	free(script->events);
	free(script);
	return NULL;
}
