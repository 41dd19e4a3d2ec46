/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl doctor: who holds a device's port, and who may open it. */
#include "cli/doctor.h"
#include "cli/process.h"
#include "cli/say.h"

#include "util/alloc.h"
#include "util/json.h"

#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct port {
	struct doctor *doctor;
	const char *name; /* of the device */
	const char *path;
	struct stat file;
	const char *group; /* of the file; NULL if it has no name */
	bool lent;	   /* it was handed over: others may have it */
	bool held;	   /* by somebody who is not the daemon */
	bool blind;	   /* there are processes that can't be looked at */
};

/* --- who holds it --- */

static bool port_look_at(void *arg, int pid)
{
	struct port *port = arg;
	CLEANUP_FREE char *user = NULL;
	char program[PROCESS_NAME] = "?";
	enum process_hold hold;

	if (pid == port->doctor->daemon || pid == getpid())
		return true;
	hold = process_holds(pid, &port->file);
	port->blind = port->blind || hold == PROCESS_HOLD_UNKNOWN;
	if (hold != PROCESS_HOLDS)
		return true;
	port->held = true;
	process_read_name(pid, program);
	user = process_user(pid);
	doctor_find(port->doctor, port->lent ? FINDING_SKIPPED : FINDING_BAD,
		    port->name,
		    port->lent ? NULL
			       : "End that program, and see to it that it does "
				 "not come back; then the device comes by "
				 "itself.",
		    "%s is held by %s (process %d, user %s).", port->path,
		    program, pid, user);
	return true;
}

/* busy: the daemon could not have it. */
static void port_check_holders(struct port *port, bool busy)
{
	process_each(port_look_at, port);
	if (port->held)
		return;
	if (port->blind)
		doctor_find(port->doctor, FINDING_SKIPPED, port->name,
			    _("Say it as root: sudo tillctl doctor."),
			    _("Who holds %s can't be seen by this user."),
			    port->path);
	else if (busy)
		doctor_find(port->doctor, FINDING_WARNING, port->name,
			    _("It may be in a container: look for it there, or "
			      "on the box that this one runs on."),
			    _("Whoever holds %s is no process that can be seen "
			      "here."),
			    port->path);
}

/* --- who may open it --- */

static bool port_has_group(int pid, gid_t gid)
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

static bool port_may_open(int pid, const struct stat *file)
{
	char uid[PROCESS_LINE] = "";
	bool known = process_read_status(pid, "Uid", uid);

	if (known && atoi(uid) == 0)
		return true;
	if (known && (uid_t)atoi(uid) == file->st_uid)
		return (file->st_mode & 0600) == 0600;
	if (port_has_group(pid, file->st_gid))
		return (file->st_mode & 0060) == 0060;
	return (file->st_mode & 0006) == 0006;
}

/* What would help: to join its group where that may use it (never root's),
 * else to have it given to another. New. */
static char *port_advise(const struct port *port, const char *user)
{
	if (port->file.st_gid && port->group &&
	    (port->file.st_mode & 0060) == 0060)
		return alloc_format("usermod -aG %s %s, then systemctl restart "
				    "tilld.",
				    port->group, user);
	return alloc_format("Its group could not use it either: give it to one "
			    "that %s is in (a serial port to dialout) by a "
			    "udev rule with GROUP= and MODE=\"0660\"; for what "
			    "is by USB: tilld --udev-rules.",
			    user);
}

static void port_check_rights(struct port *port)
{
	CLEANUP_FREE char *advice = NULL, *user = NULL;

	if (!port->doctor->daemon)
		return;
	if (port_may_open(port->doctor->daemon, &port->file)) {
		doctor_find(port->doctor, FINDING_GOOD, port->name, NULL,
			    _("tilld may open %s."), port->path);
		return;
	}
	user = process_user(port->doctor->daemon);
	advice = port_advise(port, user);
	doctor_find(
		port->doctor, FINDING_BAD, port->name, advice,
		_("tilld may not open %s: it runs as %s; the port's group is "
		  "%s, its mode %04o."),
		port->path, user, port->group ? port->group : "unknown",
		(unsigned int)port->file.st_mode & 07777);
}

static void port_check(struct port *port, const char *reason)
{
	bool busy = reason && !strcmp(reason, "port-busy");
	const struct group *group = getgrgid(port->file.st_gid);
	CLEANUP_FREE char *named = group ? alloc_text(group->gr_name) : NULL;

	port->group = named;
	port_check_holders(port, busy);
	if (!port->held && !busy)
		port_check_rights(port);
}

void doctor_check_port(struct doctor *doctor, const json_t *device)
{
	struct port port = { .doctor = doctor,
			     .name = json_text(device, "name"),
			     .path = json_text(device, "port"),
			     .lent = json_object_get(device, "released") };

	if (!port.path || *port.path != '/')
		return;
	if (stat(port.path, &port.file) && port.lent)
		return; /* firmware is brought to some by plugging them anew */
	if (!port.file.st_mode)
		doctor_find(doctor, FINDING_BAD, port.name,
			    _("Plug it in; ls /dev/serial/by-id tells what is "
			      "there, and tilld.conf which it should be."),
			    _("There is no %s."), port.path);
	else if (!S_ISCHR(port.file.st_mode))
		doctor_find(doctor, FINDING_BAD, port.name,
			    _("Correct the port in tilld.conf."),
			    _("%s is no port."), port.path);
	else
		port_check(&port, json_text(device, "reason"));
}
