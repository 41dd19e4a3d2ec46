/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl doctor: what /proc and the ports' files tell. */
#include "cli/doctor.h"

#include "util/alloc.h"
#include "util/json.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#define PROCESS_NAME   64
#define PROCESS_LINE   512
#define PROCESS_GROUPS 64

/* --- processes --- */

static bool process_read_name(int pid, char out_name[PROCESS_NAME])
{
	CLEANUP_FREE char *path = alloc_format("/proc/%d/comm", pid);
	CLEANUP_FILE FILE *file = fopen(path, "re");

	if (!file || !fgets(out_name, PROCESS_NAME, file))
		return false;
	out_name[strcspn(out_name, "\n")] = '\0';
	return true;
}

/* Calls each with every process there is; stops where it returns false. */
static void process_each(bool (*each)(void *arg, int pid), void *arg)
{
	DIR *folder = opendir("/proc");
	const struct dirent *entry;
	bool on = folder != NULL;

	while (on && (entry = readdir(folder))) {
		int pid = atoi(entry->d_name);

		if (pid > 0)
			on = each(arg, pid);
	}
	if (folder)
		closedir(folder);
}

/* --- the daemon's --- */

/* Who listens there; where systemd made the socket that is systemd. */
static int process_of_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		return 0;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len))
		return 0;
	return peer.pid;
}

static bool process_is_daemon(void *arg, int pid)
{
	char name[PROCESS_NAME];
	int *found = arg;

	if (!process_read_name(pid, name) || strcmp(name, "tilld"))
		return true;
	*found = pid;
	return false;
}

void doctor_find_daemon(struct doctor *doctor)
{
	int pid = process_of_socket(doctor->cli->socket);

	if (pid <= 0 || process_is_daemon(&doctor->daemon, pid))
		process_each(process_is_daemon, &doctor->daemon);
}

/* A line of /proc/PID/status, as "NoNewPrivs"; false if there is none. */
static bool process_read_status(int pid, const char *name,
				char out_value[PROCESS_LINE])
{
	CLEANUP_FREE char *path = alloc_format("/proc/%d/status", pid);
	CLEANUP_FILE FILE *file = fopen(path, "re");
	char line[PROCESS_LINE];

	while (file && fgets(line, sizeof(line), file)) {
		size_t len = strlen(name);

		if (strncmp(line, name, len) || line[len] != ':')
			continue;
		len += 1 + strspn(line + len + 1, "\t ");
		line[strcspn(line, "\n")] = '\0';
		snprintf(out_value, PROCESS_LINE, "%s", line + len);
		return true;
	}
	return false;
}

/* --- the unit's sandbox --- */

void doctor_check_hardening(struct doctor *doctor)
{
	static const struct {
		const char *name, *wanted, *means;
	} rows[] = {
		{ "NoNewPrivs", "1", "it could gain privileges" },
		{ "Seccomp", "2", "any system call is open to it" },
		{ "CapEff", "0000000000000000", "it holds capabilities" },
	};
	char value[PROCESS_LINE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!process_read_status(doctor->daemon, rows[i].name, value)) {
			doctor_find(doctor, FINDING_SKIPPED, "hardening", NULL,
				    "/proc does not tell about process %d.",
				    doctor->daemon);
			return;
		}
		if (strcmp(value, rows[i].wanted) != 0) {
			doctor_find(doctor, FINDING_WARNING, "hardening",
				    "Start it by its unit: systemctl start "
				    "tilld; systemctl cat tilld shows what "
				    "overrides it.",
				    "tilld runs without its sandbox: %s.",
				    rows[i].means);
			return;
		}
	}
	doctor_find(doctor, FINDING_GOOD, "hardening", NULL,
		    "The sandbox of its unit is active.");
}

/* --- those who open ports that are not theirs --- */

static const char *const process_meddlers[] = { "ModemManager", "brltty" };

struct process_meddling {
	struct doctor *doctor;
	size_t found;
};

static bool process_look_for_meddler(void *arg, int pid)
{
	struct process_meddling *meddling = arg;
	char name[PROCESS_NAME];

	for (size_t i = 0;
	     i < sizeof(process_meddlers) / sizeof(process_meddlers[0]) &&
	     process_read_name(pid, name);
	     i++) {
		CLEANUP_FREE char *advice = NULL;

		if (strcmp(name, process_meddlers[i]) != 0)
			continue;
		meddling->found++;
		advice = alloc_format("A till does not need it: systemctl "
				      "disable --now %s; or keep it off the "
				      "till's ports by a udev rule.",
				      name);
		doctor_find(meddling->doctor, FINDING_WARNING, "ports", advice,
			    "%s runs here (process %d): it opens serial ports "
			    "and writes to what it finds there.",
			    name, pid);
	}
	return true;
}

void doctor_check_meddlers(struct doctor *doctor)
{
	struct process_meddling meddling = { .doctor = doctor };

	process_each(process_look_for_meddler, &meddling);
	if (!meddling.found)
		doctor_find(doctor, FINDING_GOOD, "ports", NULL,
			    "Neither ModemManager nor brltty runs here.");
}

/* --- who holds a port --- */

struct process_holder {
	struct stat port;
	int pid; /* not the daemon; 0: nobody */
	int daemon;
	bool blind; /* there are processes that could not be looked at */
};

static bool process_look_for_holder(void *arg, int pid)
{
	struct process_holder *holder = arg;
	CLEANUP_FREE char *path = alloc_format("/proc/%d/fd", pid);
	const struct dirent *entry;
	DIR *folder;

	if (pid == holder->daemon || pid == getpid())
		return true;
	folder = opendir(path);
	holder->blind = holder->blind || (!folder && errno == EACCES);
	while (folder && (entry = readdir(folder)) && !holder->pid) {
		CLEANUP_FREE char *name =
			alloc_format("%s/%s", path, entry->d_name);
		struct stat state;

		if (!stat(name, &state) && S_ISCHR(state.st_mode) &&
		    state.st_rdev == holder->port.st_rdev)
			holder->pid = pid;
	}
	if (folder)
		closedir(folder);
	return !holder->pid;
}

/* The pty's other end is the simulator's, and no other program's port. */
static bool process_is_pty(const struct stat *port)
{
	return major(port->st_rdev) >= 136 && major(port->st_rdev) <= 143;
}

static void process_check_holder(struct doctor *doctor, const char *name,
				 const char *path, const struct stat *port)
{
	struct process_holder holder = { .port = *port,
					 .daemon = doctor->daemon };
	char program[PROCESS_NAME] = "?";

	if (process_is_pty(port))
		return;
	process_each(process_look_for_holder, &holder);
	if (holder.pid) {
		process_read_name(holder.pid, program);
		doctor_find(doctor, FINDING_BAD, name,
			    "End that program, and see to it that it does not "
			    "come back; then the device comes by itself.",
			    "%s is also held by %s (process %d).", path,
			    program, holder.pid);
	} else if (holder.blind) {
		doctor_find(doctor, FINDING_SKIPPED, name,
			    "Say it as root: sudo tillctl doctor.",
			    "Who holds %s can't be seen by this user.", path);
	}
}

/* --- rights --- */

static bool process_has_group(int pid, gid_t gid)
{
	char groups[PROCESS_LINE], own[PROCESS_LINE];
	char *rest = groups;
	const char *word;

	if (process_read_status(pid, "Gid", own) && (gid_t)atoi(own) == gid)
		return true;
	if (!process_read_status(pid, "Groups", groups))
		return false;
	while ((word = strsep(&rest, " \t")))
		if (*word && (gid_t)atoi(word) == gid)
			return true;
	return false;
}

static bool process_may_open(int pid, const struct stat *port)
{
	char uid[PROCESS_LINE] = "";
	bool known = process_read_status(pid, "Uid", uid);

	if (known && atoi(uid) == 0)
		return true;
	if (known && (uid_t)atoi(uid) == port->st_uid)
		return (port->st_mode & 0600) == 0600;
	if (process_has_group(pid, port->st_gid))
		return (port->st_mode & 0060) == 0060;
	return (port->st_mode & 0006) == 0006;
}

static void process_check_rights(struct doctor *doctor, const char *name,
				 const char *path, const struct stat *port)
{
	if (!doctor->daemon)
		return;
	if (process_may_open(doctor->daemon, port))
		doctor_find(doctor, FINDING_GOOD, name, NULL,
			    "tilld may open %s.", path);
	else
		doctor_find(doctor, FINDING_BAD, name,
			    "Serial ports belong to the group dialout: "
			    "usermod -aG dialout tilld, then systemctl restart "
			    "tilld.",
			    "tilld may not open %s: its group is %u, its mode "
			    "%04o.",
			    path, (unsigned int)port->st_gid,
			    (unsigned int)port->st_mode & 07777);
}

void doctor_check_port(struct doctor *doctor, const json_t *device)
{
	const char *name = json_text(device, "name");
	const char *path = json_text(device, "port");
	struct stat port;

	if (!path || *path != '/')
		return;
	if (stat(path, &port)) {
		doctor_find(doctor, FINDING_BAD, name,
			    "Plug it in; ls /dev/serial/by-id tells what is "
			    "there, and tilld.conf which it should be.",
			    "There is no %s.", path);
	} else if (!S_ISCHR(port.st_mode)) {
		doctor_find(doctor, FINDING_BAD, name,
			    "Correct the port in tilld.conf.", "%s is no port.",
			    path);
	} else {
		process_check_rights(doctor, name, path, &port);
		process_check_holder(doctor, name, path, &port);
	}
}
