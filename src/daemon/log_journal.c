/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/log_journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#ifdef HAVE_LIBSYSTEMD
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>
#endif

#define LOG_JOURNAL_MAX (LOG_LINE_MAX + 32) /* a line with its name */

#ifdef HAVE_LIBSYSTEMD
/* systemd names in JOURNAL_STREAM what goes to its journal: a program that it
 * has started may have been given another standard error since. */
static bool log_journal_is_ours(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat state;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       !fstat(STDERR_FILENO, &state) && state.st_dev == device &&
	       state.st_ino == inode;
}

struct log_journal_fields {
	struct iovec at[8];
	int count;
};

static void log_journal_add(struct log_journal_fields *fields,
			    char out[LOG_JOURNAL_MAX], const char *name,
			    const char *value)
{
	if (!value || !*value)
		return;
	snprintf(out, LOG_JOURNAL_MAX, "%s=%s", name, value);
	fields->at[fields->count++] =
		(struct iovec){ .iov_base = out, .iov_len = strlen(out) };
}

bool log_journal_take(enum log_level level, const struct log_about *about,
		      const char *line)
{
	static const char *const priorities[] = { "3", "4", "6", "7" };
	char message[LOG_JOURNAL_MAX], priority[LOG_JOURNAL_MAX],
		name[LOG_JOURNAL_MAX], device[LOG_JOURNAL_MAX],
		till[LOG_JOURNAL_MAX], operation[LOG_JOURNAL_MAX],
		event[LOG_JOURNAL_MAX];
	struct log_journal_fields fields = { 0 };

	if (!log_journal_is_ours())
		return false;
	log_journal_add(&fields, message, "MESSAGE", line);
	log_journal_add(&fields, priority, "PRIORITY", priorities[level]);
	log_journal_add(&fields, name, "SYSLOG_IDENTIFIER",
			program_invocation_short_name);
	log_journal_add(&fields, device, "TILLD_DEVICE", about->device);
	log_journal_add(&fields, till, "TILLD_TILL", about->till);
	log_journal_add(&fields, operation, "TILLD_OPERATION",
			about->operation);
	log_journal_add(&fields, event, "TILLD_EVENT", about->event);
	return sd_journal_sendv(fields.at, fields.count) >= 0;
}
#else
bool log_journal_take(enum log_level level, const struct log_about *about,
		      const char *line)
{
	(void)level;
	(void)about;
	(void)line;
	return false;
}
#endif
