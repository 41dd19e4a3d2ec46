/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl doctor: what /proc tells of the daemon, and of who meddles. */
#include "cli/doctor.h"
#include "cli/process.h"

#include "util/alloc.h"
#include "util/json.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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
