/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/config_file.h"

#include "daemon/config_base.h"
#include "daemon/config_device.h"
#include "daemon/config_text.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_SENTENCE_MAX 512

/* A subsection that nobody writes: see config_file_section_line(). */
#define CONFIG_FILE_BEGIN "(begin)"

/* libconfuse calls back without an argument of ours. */
static struct config_file *config_file_current;

/* --- what there is to say --- */

static void config_file_tell(const struct config_file *file, int line,
			     void (*tell)(void *arg, const char *text),
			     const char *what)
{
	CLEANUP_FREE char *text =
		line ? alloc_format("%s:%d: %s", file->path, line, what)
		     : alloc_format("%s: %s", file->path, what);

	tell(file->listener->arg, text);
}

void config_fault(struct config_file *file, int line, const char *format, ...)
{
	char what[CONFIG_SENTENCE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	file->faults++;
	config_file_tell(file, line, file->listener->fault, what);
}

void config_advise(struct config_file *file, int line, const char *format, ...)
{
	char what[CONFIG_SENTENCE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	config_file_tell(file, line, file->listener->advice, what);
}

/* --- where things stand --- */

/* A section's own line goes on to its end, but libconfuse makes the sections
 * within it as it begins. */
int config_file_section_line(cfg_t *section)
{
	return cfg_getsec(section, CONFIG_FILE_BEGIN)->line;
}

/* The last one: a setting that comes again replaces the one before. */
int config_file_line(const struct config_file *file, const cfg_t *section,
		     const char *option, unsigned int index)
{
	for (size_t i = file->notes_count; i-- > 0;) {
		const struct config_note *note = &file->notes[i];

		if (note->section == section && note->index == index &&
		    !strcmp(note->option, option))
			return note->line;
	}
	return 0;
}

int config_file_place(const struct config_file *file, cfg_t *section,
		      const char *option)
{
	int line = config_file_line(file, section, option, 0);

	return line ? line : config_file_section_line(section);
}

/* libconfuse's callback for each value, in the order of the file. */
static int config_file_note(cfg_t *section, cfg_opt_t *option,
			    const char *value, void *result)
{
	struct config_file *file = config_file_current;
	unsigned int index = cfg_opt_size(option) - 1;
	int before = config_file_line(file, section, option->name, index);

	if (before)
		config_fault(file, section->line,
			     "%s is set a second time, after line %d",
			     option->name, before);
	file->notes = alloc_resize(file->notes, file->notes_count + 1,
				   sizeof(*file->notes));
	file->notes[file->notes_count++] =
		(struct config_note){ .section = section,
				      .option = option->name,
				      .index = index,
				      .line = section->line };
	*(const char **)result = value;
	return 0;
}

/* --- the grammar --- */

static cfg_opt_t config_file_option(const char *name, const char *otherwise)
{
	const cfg_opt_t option =
		CFG_STR_CB(name, otherwise, CFGF_NONE, config_file_note);

	return option;
}

static cfg_opt_t config_file_list(const char *name)
{
	const cfg_opt_t option =
		CFG_STR_LIST_CB(name, NULL, CFGF_NONE, config_file_note);

	return option;
}

static cfg_opt_t config_file_section(const char *name, cfg_opt_t *options,
				     cfg_flag_t flags)
{
	const cfg_opt_t section = CFG_SEC(name, options, flags);

	return section;
}

/* options: ended by CFG_END(), as ever; what is there already stays. */
static void config_file_add(cfg_opt_t **options, cfg_opt_t option)
{
	const cfg_opt_t end = CFG_END();
	size_t count = 0;

	for (; *options && (*options)[count].name; count++)
		if (!strcmp((*options)[count].name, option.name))
			return;
	*options = alloc_resize(*options, count + 2, sizeof(**options));
	(*options)[count] = option;
	(*options)[count + 1] = end;
}

/* What a section begins with: the general settings in it ("": in none). */
static cfg_opt_t *config_file_base_options(const char *section)
{
	static cfg_opt_t nothing[] = { CFG_END() };
	cfg_opt_t *options = NULL;

	config_file_add(&options, config_file_section(CONFIG_FILE_BEGIN,
						      nothing, CFGF_NONE));
	for (const struct config_base *b = config_bases; b->name; b++)
		if (!strcmp(b->section ? b->section : "", section))
			config_file_add(&options,
					config_file_option(b->name,
							   b->otherwise));
	return options;
}

/* What any device may have: a line, tills, and the options of all drivers. */
static cfg_opt_t *config_file_device_options(void)
{
	cfg_opt_t *options = config_file_base_options("device");

	config_file_add(&options, config_file_list("tills"));
	for (const char *const *name = config_device_words; *name; name++)
		config_file_add(&options, config_file_option(*name, NULL));
	for (size_t i = 0; drivers[i]; i++)
		for (const struct driver_option *o = drivers[i]->options;
		     o && o->name; o++)
			config_file_add(&options,
					config_file_option(o->name, NULL));
	return options;
}

static void config_file_parser_fault(cfg_t *cfg, const char *format,
				     va_list args)
{
	char what[CONFIG_SENTENCE_MAX];

	vsnprintf(what, sizeof(what), format, args);
	config_fault(config_file_current, cfg->line, "%s", what);
}

static cfg_t *config_file_parser(void)
{
	CLEANUP_FREE cfg_opt_t *options = config_file_base_options("");
	CLEANUP_FREE cfg_opt_t *socket = config_file_base_options("socket");
	CLEANUP_FREE cfg_opt_t *device = config_file_device_options();
	cfg_t *cfg;

	config_file_add(&options,
			config_file_section("socket", socket, CFGF_NONE));
	config_file_add(&options,
			config_file_section("device", device,
					    CFGF_MULTI | CFGF_TITLE |
						    CFGF_NO_TITLE_DUPES));
	cfg = cfg_init(options, CFGF_NONE);
	cfg_set_error_function(cfg, config_file_parser_fault);
	return cfg;
}

/* --- reading --- */

#define CONFIG_FILE_ODD	   1 /* neither a file nor a folder */
#define CONFIG_FILE_PUBLIC 2 /* anybody may write to it */

/* Not a pipe, to which nobody may ever write; nor what is anybody's to write:
 * devices and how they are set are the administrator's alone. */
static int config_file_open(const char *path, int *out_fd)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat state;

	if (fd < 0 || fstat(fd, &state) < 0)
		return err_born(-errno);
	if (!S_ISREG(state.st_mode))
		return S_ISDIR(state.st_mode) ? -EISDIR : CONFIG_FILE_ODD;
	if (state.st_mode & S_IWOTH)
		return CONFIG_FILE_PUBLIC;
	*out_fd = fd;
	fd = -1;
	return 0;
}

/* text takes CONFIG_FILE_MAX bytes, and is longer than the file. */
static int config_file_fetch(const char *path, char *text, size_t *out_len)
{
	CLEANUP_FD int fd = -1;
	size_t len = 0;
	ssize_t got;
	int r = config_file_open(path, &fd);

	if (r)
		return r;
	while (len < CONFIG_FILE_MAX &&
	       (got = read(fd, text + len, CONFIG_FILE_MAX - len))) {
		if (got < 0)
			return err_born(-errno);
		len += (size_t)got;
	}
	*out_len = len;
	return len < CONFIG_FILE_MAX ? 0 : -EFBIG;
}

static char *config_file_text(struct config_file *file)
{
	CLEANUP_FREE char *text = alloc_zero(1, CONFIG_FILE_MAX);
	struct config_text_fault fault;
	size_t len = 0;
	int r = config_file_fetch(file->path, text, &len);

	if (r == CONFIG_FILE_PUBLIC)
		config_fault(
			file, 0,
			"anybody may write to it; its mode should be 0644");
	else if (r)
		config_fault(file, 0, "can't be read: %s",
			     r < 0 ? strerror(-r) : "it is no file");
	else if (strlen(text) != len)
		config_fault(file, 0, "is not text");
	else if (!config_text_prepare(text, &fault))
		config_fault(file, fault.line, "%s", fault.what);
	return file->faults ? NULL : alloc_text(text);
}

bool config_file_read(struct config_file *file)
{
	CLEANUP_FREE char *text = config_file_text(file);
	int r;

	if (!text)
		return false;
	config_file_current = file;
	file->cfg = config_file_parser();
	r = cfg_parse_buf(file->cfg, text);
	config_file_current = NULL;
	if (r != CFG_SUCCESS && !file->faults)
		config_fault(file, file->cfg->line, /* a name that is "" */
			     "here is something that can't be understood");
	return r == CFG_SUCCESS;
}

void config_file_close(struct config_file *file)
{
	if (file->cfg)
		cfg_free(file->cfg);
	free(file->notes);
}
