/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/config_base.h"

#include "daemon/config_value.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/text.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

/* The table's last columns, kind by kind. */
#define TEXT(least, most)         \
	CONFIG_TEXT, least, most, \
		"text of " #least " to " #most " characters", false
#define PATH(most)                                                           \
	CONFIG_PATH, 1, most, "an absolute path of at most " #most " bytes", \
		false
#define PROGRAM \
	CONFIG_PATH, 1, 1024, "an absolute path of at most 1024 bytes", true
#define USER                        \
	CONFIG_USER, 0, 4294967294, \
		"the name of a user that there is, or a uid", false
#define GROUP                        \
	CONFIG_GROUP, 0, 4294967294, \
		"the name of a group that there is, or a gid", false
#define MODE                     \
	CONFIG_MODE, 0600, 0777, \
		"an octal mode that lets its owner in, 0600 to 0777", false
#define NUMBER(least, most) \
	CONFIG_NUMBER, least, most, "a number from " #least " to " #most, false

#define HEX(digits) \
	CONFIG_HEX, digits, digits, #digits " hexadecimal digits", false

#define AT(field) offsetof(struct config, field)

/* 107 bytes are what the kernel takes as a socket's path; connections and
 * stop-wait go with LimitNOFILE and TimeoutStopSec in conf/tilld.service. */
const struct config_base config_bases[] = {
	{ NULL, "box", "till box", AT(box), TEXT(1, 64) },
	{ NULL, "state-dir", "/var/lib/tilld", AT(state_dir), PATH(1024) },
	{ NULL, "keys-dir", "/etc/tilld/keys", AT(keys_dir), PATH(1024) },
	{ NULL, "head-file", NULL, AT(head_file), PATH(1024) },
	{ NULL, "archive-dir", NULL, AT(archive_dir), PATH(1024) },
	{ NULL, "journal-keep-days", NULL, AT(keep_days), NUMBER(1, 36500) },
	{ NULL, "alarm", NULL, AT(alarm), PROGRAM },
	{ NULL, "technicians", NULL, AT(technicians), GROUP },
	{ NULL, "policy-key", NULL, AT(policy_key), HEX(64) },
	{ NULL, "password-cost", "15", AT(password_cost), NUMBER(14, 20) },
	{ NULL, "stop-wait", "90", AT(stop_wait_s), NUMBER(1, 600) },
	{ NULL, "seal-entries", "100", AT(seal_entries), NUMBER(1, 10000) },
	{ NULL, "seal-seconds", "60", AT(seal_s), NUMBER(1, 86400) },
	{ NULL, "consent-seconds", "60", AT(consent_s), NUMBER(1, 3600) },
	{ "socket", "path", "/run/tilld/tilld.sock", AT(socket), PATH(107) },
	{ "socket", "owner", NULL, AT(socket_uid), USER },
	{ "socket", "group", NULL, AT(socket_gid), GROUP },
	{ "socket", "mode", "0660", AT(socket_mode), MODE },
	{ "socket", "connections", "512", AT(connections), NUMBER(1, 2000) },
	{ "socket", "connections-per-user", "64", AT(connections_uid),
	  NUMBER(1, 2000) },
	{ 0 },
};

/* --- the kinds --- */

static bool config_base_read_text(const struct config_base *base,
				  const char *text, void *out)
{
	if (!text_is_plain(text) || text_length(text) < (size_t)base->min ||
	    text_length(text) > (size_t)base->max)
		return false;
	*(char **)out = alloc_text(text);
	return true;
}

static bool config_base_read_path(const struct config_base *base,
				  const char *text, void *out)
{
	if (*text != '/' || !text_is_plain(text) ||
	    strlen(text) > (size_t)base->max)
		return false;
	*(char **)out = alloc_text(text);
	return true;
}

static bool config_base_read_user(const struct config_base *base,
				  const char *text, void *out)
{
	const struct passwd *user = getpwnam(text);
	int64_t uid;

	if (!user && !config_number_read(text, base->min, base->max, &uid))
		return false;
	*(uid_t *)out = user ? user->pw_uid : (uid_t)uid;
	return true;
}

static bool config_base_read_group(const struct config_base *base,
				   const char *text, void *out)
{
	const struct group *group = getgrnam(text);
	int64_t gid;

	if (!group && !config_number_read(text, base->min, base->max, &gid))
		return false;
	*(gid_t *)out = group ? group->gr_gid : (gid_t)gid;
	return true;
}

/* Who may not write to a socket can't connect to it, its owner included. */
static bool config_base_read_mode(const struct config_base *base,
				  const char *text, void *out)
{
	size_t len = strlen(text);
	long mode = strtol(text, NULL, 8);

	if (len < 3 || len > 4 || strspn(text, "01234567") != len ||
	    mode > base->max || (mode & base->min) != base->min)
		return false;
	*(mode_t *)out = (mode_t)mode & 0777;
	return true;
}

static bool config_base_read_number(const struct config_base *base,
				    const char *text, void *out)
{
	int64_t number;

	if (!config_number_read(text, base->min, base->max, &number))
		return false;
	*(int *)out = (int)number;
	return true;
}

static bool config_base_read_hex(const struct config_base *base,
				 const char *text, void *out)
{
	size_t len = strlen(text);

	if (len != (size_t)base->max ||
	    strspn(text, "0123456789abcdefABCDEF") != len)
		return false;
	*(char **)out = alloc_text(text);
	return true;
}

static bool config_base_same_text(const void *a, const void *b)
{
	const char *first = *(char *const *)a, *second = *(char *const *)b;

	return first && second ? !strcmp(first, second) : first == second;
}

static bool config_base_same_number(const void *a, const void *b)
{
	return *(const int *)a == *(const int *)b;
}

/* Ids and modes are as wide as an int. */
_Static_assert(sizeof(uid_t) == sizeof(int) && sizeof(gid_t) == sizeof(int) &&
		       sizeof(mode_t) == sizeof(int),
	       "config_base_same_number() compares them");

static const struct {
	bool (*read)(const struct config_base *base, const char *text,
		     void *out);
	bool (*same)(const void *a, const void *b);
	bool is_owned;
} config_kinds[CONFIG_KINDS] = {
	[CONFIG_TEXT] = { config_base_read_text, config_base_same_text, true },
	[CONFIG_PATH] = { config_base_read_path, config_base_same_text, true },
	[CONFIG_USER] = { config_base_read_user, config_base_same_number,
			  false },
	[CONFIG_GROUP] = { config_base_read_group, config_base_same_number,
			   false },
	[CONFIG_MODE] = { config_base_read_mode, config_base_same_number,
			  false },
	[CONFIG_HEX] = { config_base_read_hex, config_base_same_text, true },
	[CONFIG_NUMBER] = { config_base_read_number, config_base_same_number,
			    false },
};

/* --- the table --- */

static void *config_base_at(const struct config_base *base,
			    const struct config *config)
{
	return (char *)(uintptr_t)config + base->offset;
}

static void config_base_read_one(struct config_file *file,
				 const struct config_base *base,
				 struct config *config)
{
	cfg_t *section = base->section ? cfg_getsec(file->cfg, base->section)
				       : file->cfg;
	const char *text = cfg_getstr(section, base->name);
	int line = config_file_line(file, section, base->name, 0);

	config->lines[base - config_bases] = line;
	if (text && !config_kinds[base->kind].read(
			    base, text, config_base_at(base, config)))
		config_fault(file, line,
			     "%s = " CONFIG_SAID ": it has to be %s",
			     base->name, text, base->allowed);
}

/* Who sets only the one means the other to follow. */
static void config_base_read_shares(struct config_file *file,
				    struct config *config)
{
	int line = config_file_line(file, cfg_getsec(file->cfg, "socket"),
				    "connections-per-user", 0);

	if (config->connections_uid <= config->connections)
		return;
	if (line)
		config_fault(file, line,
			     "connections-per-user = \"%d\": it has to be at "
			     "most connections, which is %d",
			     config->connections_uid, config->connections);
	config->connections_uid = config->connections;
}

void config_base_read(struct config_file *file, struct config *config)
{
	config->socket_uid = (uid_t)-1;
	config->socket_gid = (gid_t)-1;
	config->technicians = (gid_t)-1;
	for (const struct config_base *b = config_bases; b->name; b++)
		config_base_read_one(file, b, config);
	config_base_read_shares(file, config);
}

void config_base_free(struct config *config)
{
	for (const struct config_base *b = config_bases; b->name; b++)
		if (config_kinds[b->kind].is_owned)
			free(*(char **)config_base_at(b, config));
}

static void config_base_tell(const struct config_base *base, const char *path,
			     int line, const struct config_listener *listener)
{
	const char *section = base->section ? base->section : "";
	const char *dot = base->section ? "." : "";
	CLEANUP_FREE char *text =
		line ? alloc_format("%s:%d: %s%s%s can only be changed by a "
				    "restart",
				    path, line, section, dot, base->name)
		     : alloc_format("%s: %s%s%s is no longer set; it can only "
				    "go back to its default by a restart",
				    path, section, dot, base->name);

	listener->fault(listener->arg, text);
}

bool config_base_equal(const struct config *was, const struct config *is,
		       const char *path, const struct config_listener *listener)
{
	bool equal = true;

	for (const struct config_base *b = config_bases; b->name; b++) {
		if (b->changes ||
		    config_kinds[b->kind].same(config_base_at(b, was),
					       config_base_at(b, is)))
			continue;
		equal = false;
		config_base_tell(b, path, is->lines[b - config_bases],
				 listener);
	}
	return equal;
}
