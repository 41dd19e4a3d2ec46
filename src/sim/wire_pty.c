/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/wire_private.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

/* One pty: our side, and the name of the other. */
struct wire_pty_end {
	int master; /* -1: none */
	int watch;  /* inotify's number for it */
	char slave[PATH_MAX];
};

struct wire_pty {
	struct wire wire;
	struct wire_pty_end now; /* the link points to it */
	struct wire_pty_end old; /* before it, for one more look */
	struct event *drop_old;
	int notes; /* inotify: opens and closes of the other sides */
	struct event *noted;
};

/* For somebody who is in the middle of opening a pty that is replaced. */
static const struct timeval wire_pty_moment = { .tv_usec = 20000 };

static struct wire_pty *wire_pty_of(struct wire *wire)
{
	return (struct wire_pty *)wire;
}

/* Raw, so that nothing is echoed to a driver that has yet to set it up. */
static int wire_pty_open(int notes, struct wire_pty_end *out_end)
{
	struct termios raw = { .c_cflag = CREAD | CLOCAL | CS8 };
	int master, slave;

	cfmakeraw(&raw);
	cfsetspeed(&raw, B9600);
	if (openpty(&master, &slave, NULL, &raw, NULL) < 0)
		return err_born(-errno);
	close(slave); /* which makes the kernel say that it is hung up */
	fcntl(master, F_SETFD, FD_CLOEXEC);
	fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
	ptsname_r(master, out_end->slave, sizeof(out_end->slave));
	out_end->watch =
		inotify_add_watch(notes, out_end->slave, IN_OPEN | IN_CLOSE);
	if (out_end->watch < 0) {
		int r = err_born(-errno);

		close(master);
		return r;
	}
	out_end->master = master;
	return 0;
}

static void wire_pty_close(struct wire_pty_end *end)
{
	if (end->master >= 0)
		close(end->master);
	end->master = -1;
}

static void wire_pty_make_folder(const char *path)
{
	CLEANUP_FREE char *copy = alloc_text(path);

	mkdir(dirname(copy), 0777);
}

/* In one step: whoever opens the link gets the old pty or the new one. */
static int wire_pty_point_link(const char *path, const char *slave)
{
	CLEANUP_FREE char *fresh = alloc_format("%s.%d", path, (int)getpid());
	struct stat st;

	if (!lstat(path, &st) && !S_ISLNK(st.st_mode))
		return -EEXIST;
	unlink(fresh);
	if (symlink(slave, fresh) < 0)
		return err_born(-errno);
	if (rename(fresh, path) < 0) {
		int r = err_born(-errno);

		unlink(fresh);
		return r;
	}
	return 0;
}

/* Only if it is ours still. */
static void wire_pty_remove_link(const struct wire_pty *pty)
{
	char target[PATH_MAX];
	ssize_t len = readlink(pty->wire.place, target, sizeof(target) - 1);

	if (len < 0)
		return;
	target[len] = 0;
	if (!strcmp(target, pty->now.slave))
		unlink(pty->wire.place);
}

/*
 * A new pty behind the link. The one before it is kept until the next look:
 * somebody may be in the middle of opening it.
 */
static int wire_pty_renew(struct wire_pty *pty)
{
	struct wire_pty_end fresh;
	int r = wire_pty_open(pty->notes, &fresh);

	if (r)
		return r;
	r = wire_pty_point_link(pty->wire.place, fresh.slave);
	if (r) {
		wire_pty_close(&fresh);
		return r;
	}
	wire_pty_close(&pty->old);
	pty->old = pty->now;
	pty->now = fresh;
	event_add(pty->drop_old, &wire_pty_moment);
	return 0;
}

/* Is somebody there? It also counts if they came, wrote, and have gone. */
static bool wire_pty_is_open(const struct wire_pty_end *end)
{
	struct pollfd look = { .fd = end->master, .events = POLLIN };

	if (end->master < 0)
		return false;
	poll(&look, 1, 0);
	return !(look.revents & POLLHUP) || (look.revents & POLLIN);
}

/* They got the old one: then that is the one, and the link says so again. */
static void wire_pty_drop_old(struct wire_pty *pty)
{
	if (wire_pty_is_open(&pty->old) && !wire_pty_is_open(&pty->now) &&
	    !wire_pty_point_link(pty->wire.place, pty->old.slave)) {
		struct wire_pty_end fresh = pty->now;

		pty->now = pty->old;
		pty->old = fresh;
	}
	wire_pty_close(&pty->old);
}

static void wire_pty_look(struct wire *wire)
{
	struct wire_pty *pty = wire_pty_of(wire);

	if (wire->fd < 0 && wire_pty_is_open(&pty->now))
		wire_set_up(wire, pty->now.master);
}

static void wire_pty_on_drop_old(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	wire_pty_drop_old(arg);
	wire_pty_look(arg);
}

/* Nobody is there any more: the next one gets a clean pty. */
static void wire_pty_freshen(struct wire_pty *pty)
{
	if (!wire_pty_is_open(&pty->now) && wire_pty_renew(pty) < 0)
		log_warning("%s: no fresh pty, keeping the old one",
			    pty->wire.place);
}

/* Reads what is noted; was the pty that the link points to closed? */
static bool wire_pty_read_notes(const struct wire_pty *pty)
{
	_Alignas(struct inotify_event) char bytes[4096];
	bool closed = false;
	ssize_t len;

	while ((len = read(pty->notes, bytes, sizeof(bytes))) > 0)
		for (ssize_t at = 0; at < len;) {
			struct inotify_event *event = (void *)(bytes + at);

			if (event->wd == pty->now.watch)
				closed |= (event->mask & IN_CLOSE) != 0;
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	return closed;
}

/* Somebody may have come and gone before we look: also a reason to renew. */
static void wire_pty_on_noted(evutil_socket_t fd, short what, void *arg)
{
	struct wire_pty *pty = arg;
	bool closed = wire_pty_read_notes(pty);

	(void)fd;
	(void)what;
	wire_pty_look(&pty->wire);
	if (closed && pty->wire.fd < 0)
		wire_pty_freshen(pty);
}

static void wire_pty_closed(struct wire *wire)
{
	wire_set_down(wire);
	wire_pty_freshen(wire_pty_of(wire));
	wire_pty_look(wire);
}

static int wire_pty_start_notes(struct wire_pty *pty)
{
	pty->notes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (pty->notes < 0)
		return err_born(-errno);
	pty->noted = event_new(pty->wire.base, pty->notes, EV_READ | EV_PERSIST,
			       wire_pty_on_noted, pty);
	if (!pty->noted || event_add(pty->noted, NULL))
		abort();
	return 0;
}

static void wire_pty_stop_notes(struct wire_pty *pty)
{
	event_free(pty->noted);
	close(pty->notes);
}

static int wire_pty_plug(struct wire *wire)
{
	struct wire_pty *pty = wire_pty_of(wire);
	int r = wire_pty_start_notes(pty);

	if (r)
		return r;
	wire_pty_make_folder(wire->place);
	r = wire_pty_renew(pty);
	if (r)
		wire_pty_stop_notes(pty);
	return r;
}

static void wire_pty_unplug(struct wire *wire)
{
	struct wire_pty *pty = wire_pty_of(wire);

	event_del(pty->drop_old);
	wire_pty_stop_notes(pty);
	wire_set_down(wire);
	wire_pty_remove_link(pty);
	wire_pty_close(&pty->now);
	wire_pty_close(&pty->old);
}

/* The master tells how the slave is set. */
static int wire_pty_speed(struct wire *wire)
{
	static const struct {
		speed_t speed;
		int baud;
	} speeds[] = {
		{ B1200, 1200 },   { B2400, 2400 },	{ B4800, 4800 },
		{ B9600, 9600 },   { B19200, 19200 },	{ B38400, 38400 },
		{ B57600, 57600 }, { B115200, 115200 },
	};
	struct termios termios;

	if (wire->fd < 0 || tcgetattr(wire->fd, &termios))
		return 0;
	for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++)
		if (speeds[i].speed == cfgetospeed(&termios))
			return speeds[i].baud;
	return -1; /* one that no model has */
}

static void wire_pty_destroy(struct wire *wire)
{
	struct wire_pty *pty = wire_pty_of(wire);

	event_free(pty->drop_old);
	free(pty);
}

static const struct wire_ops wire_pty_ops = {
	.plug = wire_pty_plug,
	.unplug = wire_pty_unplug,
	.closed = wire_pty_closed,
	.look = wire_pty_look,
	.speed = wire_pty_speed,
	.destroy = wire_pty_destroy,
};

struct wire *wire_new_pty(struct event_base *base, const char *path,
			  const struct wire_events *events)
{
	struct wire_pty *pty = ALLOC_NEW(struct wire_pty);

	wire_init(&pty->wire, &wire_pty_ops, base, events);
	pty->wire.place = alloc_text(path);
	pty->now.master = pty->old.master = -1;
	pty->drop_old = evtimer_new(base, wire_pty_on_drop_old, pty);
	if (!pty->drop_old)
		abort();
	return &pty->wire;
}
