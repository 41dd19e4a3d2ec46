/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl log, and what of the log goes into tillctl report. */
#include "cli/loglines.h"

#include "cli/doctor.h"
#include "cli/run.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/clock.h"
#include "util/json.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOGLINES_WORDS 16
#define LOGLINES_USUAL 200

struct loglines {
	const struct loglines_wanted *wanted;
	bool (*each)(void *arg, const json_t *line);
	void *arg;
	size_t count;
};

static bool loglines_tell(struct loglines *lines, json_t *line)
{
	bool on;

	lines->count++;
	on = lines->each(lines->arg, line);
	json_decref(line);
	return on;
}

/* --- systemd's journal --- */

/* As util/log.h has it: what is a mere information has no word. */
static const char *loglines_level(const char *priority)
{
	int level = priority ? atoi(priority) : 6;

	return level <= 3 ? "error" : level == 4 ? "warning" : NULL;
}

static void loglines_put_time(json_t *line, const char *microseconds)
{
	char at[CLOCK_TEXT_SIZE];

	if (!microseconds)
		return;
	clock_format(strtoll(microseconds, NULL, 10) / 1000, at);
	json_put_text(line, "at", at);
}

static bool loglines_take_entry(void *arg, char *text)
{
	static const char *const fields[][2] = {
		{ "TILLD_DEVICE", "device" },
		{ "TILLD_TILL", "till" },
		{ "TILLD_OPERATION", "operation" },
		{ "TILLD_EVENT", "event" },
		{ "MESSAGE", "text" },
	};
	CLEANUP_JSON json_t *entry = json_parse(text, strlen(text));
	json_t *line;

	if (!json_text(entry, "MESSAGE"))
		return true; /* no entry, or no text */
	line = json_make();
	loglines_put_time(line, json_text(entry, "__REALTIME_TIMESTAMP"));
	json_put_text(line, "level",
		      loglines_level(json_text(entry, "PRIORITY")));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		json_put_text(line, fields[i][1],
			      json_text(entry, fields[i][0]));
	return loglines_tell(arg, line);
}

static void loglines_read_journal(struct loglines *lines)
{
	const struct loglines_wanted *wanted = lines->wanted;
	CLEANUP_FREE char *count = alloc_format("%d", wanted->limit);
	CLEANUP_FREE char *match =
		wanted->device ? alloc_format("TILLD_DEVICE=%s", wanted->device)
			       : NULL;
	const char *words[LOGLINES_WORDS] = {
		"journalctl", "-u",   "tilld.service",
		"-o",	      "json", "--no-pager",
		"-q",	      "-n",   count
	};
	size_t at = 9;

	if (wanted->follow)
		words[at++] = "-f";
	words[at] = match;
	run_follow(words, loglines_take_entry, lines);
}

/* --- a file --- */

static bool loglines_take_text(void *arg, char *text)
{
	static const char *const levels[] = { "error", "warning" };
	const struct loglines *lines = arg;
	json_t *line;

	if (lines->wanted->device && !strstr(text, lines->wanted->device))
		return true;
	line = json_make();
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		size_t len = strlen(levels[i]);

		if (strncmp(text, levels[i], len) ||
		    strncmp(text + len, ": ", 2))
			continue;
		json_put_text(line, "level", levels[i]);
		text += len + 2;
	}
	return loglines_tell(arg, json_put_text(line, "text", text));
}

/* The file that its standard error is; NULL if that is none, or not told to
 * this user. New. */
static char *loglines_find_file(int daemon)
{
	CLEANUP_FREE char *link = alloc_format("/proc/%d/fd/2", daemon);
	char path[PATH_MAX];
	ssize_t len = daemon ? readlink(link, path, sizeof(path) - 1) : -1;
	struct stat state;

	if (len <= 0 || stat(link, &state) || !S_ISREG(state.st_mode))
		return NULL;
	path[len] = '\0';
	return access(path, R_OK) ? NULL : alloc_text(path);
}

static void loglines_read_file(struct loglines *lines, const char *path)
{
	CLEANUP_FREE char *count = alloc_format("%d", lines->wanted->limit);
	const char *const once[] = { "tail", "-n", count, "--", path, NULL };
	const char *const on[] = { "tail", "-n", count, "-F", "--", path, NULL };

	run_follow(lines->wanted->follow ? on : once, loglines_take_text,
		   lines);
}

enum loglines_from loglines_read(const struct loglines_wanted *wanted,
				 bool (*each)(void *arg, const json_t *line),
				 void *arg)
{
	struct loglines lines = { .wanted = wanted, .each = each, .arg = arg };
	CLEANUP_FREE char *file = loglines_find_file(wanted->daemon);

	if (file)
		loglines_read_file(&lines, file);
	else
		loglines_read_journal(&lines);
	if (!lines.count)
		return LOGLINES_NONE;
	return file ? LOGLINES_FILE : LOGLINES_JOURNAL;
}

/* --- for people --- */

static bool loglines_print(void *arg, const json_t *line)
{
	const struct cli *cli = arg;
	const char *at = json_text(line, "at");
	const char *level = json_text(line, "level");
	CLEANUP_FREE char *text = NULL;
	char time[SAY_TIME_SIZE];

	if (!cli_prints(cli)) {
		text = json_write(line);
		puts(text);
	} else {
		say_time(at ? at : "", time);
		text = alloc_format("%s%s%-7s  %s", time, at ? "  " : "",
				    level ? level : "",
				    json_text(line, "text"));
		say_clean(stdout, text);
		putchar('\n');
	}
	fflush(stdout);
	return !ferror(stdout);
}

enum cli_exit verb_show_log(struct cli *cli, const char *const *words,
			    size_t count)
{
	const struct args *args = cli->args;
	struct doctor doctor = { .cli = cli };
	struct loglines_wanted wanted = {
		.device = count ? words[0] : NULL,
		.limit = args_has(args, OPTION_LIMIT) ? (int)args->limit
						      : LOGLINES_USUAL,
		.follow = args_has(args, OPTION_FOLLOW),
	};

	if (count && !cli_is_id("device", words[0]))
		return CLI_EXIT_USAGE;
	doctor_find_daemon(&doctor);
	wanted.daemon = doctor.daemon;
	if (loglines_read(&wanted, loglines_print, cli) != LOGLINES_NONE)
		return CLI_EXIT_DONE;
	say_error(_("There is no line of tilld's log here that this user may "
		    "read."));
	say_note(_("  Where systemd has started tilld, its journal has it, for "
		   "root and the groups adm and systemd-journal; else it goes "
		   "where tilld's standard error does."));
	return CLI_EXIT_REFUSED;
}
