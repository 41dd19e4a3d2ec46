/* SPDX-License-Identifier: Apache-2.0 */
#include "device/transport_wire.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

/* So few bytes are gone soon, unless the other side holds them up. */
#define SERIAL_LAST_WORDS 256

/* Unix98 pty slaves, Documentation/admin-guide/devices.txt of Linux. */
#define SERIAL_PTY_FIRST 136
#define SERIAL_PTY_LAST	 143

struct transport_serial {
	struct wire wire;
	char *path;
	struct driver_line line;
	struct plug_watch watch;
};

/* --- settings --- */

static const struct {
	int baud;
	speed_t speed;
} serial_speeds[] = {
	{ 300, B300 },	     { 600, B600 },	  { 1200, B1200 },
	{ 2400, B2400 },     { 4800, B4800 },	  { 9600, B9600 },
	{ 19200, B19200 },   { 38400, B38400 },	  { 57600, B57600 },
	{ 115200, B115200 }, { 230400, B230400 }, { 460800, B460800 },
	{ 921600, B921600 },
};

static int serial_find_speed(int baud, speed_t *out_speed)
{
	size_t count = sizeof(serial_speeds) / sizeof(*serial_speeds);

	for (size_t i = 0; i < count; i++) {
		if (serial_speeds[i].baud != baud)
			continue;
		*out_speed = serial_speeds[i].speed;
		return 0;
	}
	return err_born(-EINVAL);
}

static void serial_set_frame(struct termios *termios,
			     const struct driver_line *line)
{
	termios->c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CMSPAR |
					CSTOPB | CRTSCTS);
	termios->c_cflag |= CLOCAL | CREAD;
	termios->c_cflag |= line->data_bits == 7 ? CS7 : CS8;
	if (line->stop_bits == 2)
		termios->c_cflag |= CSTOPB;
	if (line->parity != DRIVER_PARITY_NONE)
		termios->c_cflag |= PARENB;
	if (line->parity == DRIVER_PARITY_ODD)
		termios->c_cflag |= PARODD;
	if (line->flow == DRIVER_FLOW_RTSCTS)
		termios->c_cflag |= CRTSCTS;
	if (line->flow == DRIVER_FLOW_XONXOFF)
		termios->c_iflag |= IXON | IXOFF;
}

/* A driver sees whatever comes; what must not be set is found out afterwards,
 * since tcsetattr() succeeds if it could do anything at all. */
static int serial_apply(int fd, const struct termios *wanted)
{
	const tcflag_t frame = CSIZE | PARENB | PARODD | CSTOPB | CRTSCTS;
	struct termios got;

	if (tcsetattr(fd, TCSANOW, wanted) || tcgetattr(fd, &got))
		return err_born(-errno);
	if ((got.c_cflag & frame) != (wanted->c_cflag & frame) ||
	    cfgetospeed(&got) != cfgetospeed(wanted))
		return err_born(-EINVAL);
	return 0;
}

static bool serial_is_pty(int fd)
{
	struct stat stat;

	return !fstat(fd, &stat) && S_ISCHR(stat.st_mode) &&
	       major(stat.st_rdev) >= SERIAL_PTY_FIRST &&
	       major(stat.st_rdev) <= SERIAL_PTY_LAST;
}

/* A pty has neither 7 bits nor parity, and needs neither. */
static int serial_apply_to_pty(int fd, struct termios *termios)
{
	termios->c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD);
	termios->c_cflag |= CS8;
	return serial_apply(fd, termios);
}

static int serial_plan(int fd, const struct driver_line *line,
		       struct termios *out_termios)
{
	struct termios termios;
	speed_t speed;
	int r = serial_find_speed(line->baud, &speed);

	if (r)
		return r;
	if (tcgetattr(fd, &termios))
		return err_born(-errno);
	cfmakeraw(&termios);
	termios.c_iflag &= ~(tcflag_t)(IXON | IXOFF | IXANY | INPCK);
	serial_set_frame(&termios, line);
	cfsetispeed(&termios, speed);
	cfsetospeed(&termios, speed);
	*out_termios = termios;
	return 0;
}

static int serial_configure(int fd, const struct transport_serial *serial)
{
	struct termios termios;
	int r = serial_plan(fd, &serial->line, &termios);

	if (r)
		return r;
	r = serial_apply(fd, &termios);
	if (r == -EINVAL && serial_is_pty(fd)) {
		log_info("%s is a pty: 8 bits without parity", serial->path);
		r = serial_apply_to_pty(fd, &termios);
	}
	return r;
}

/* --- opening and closing --- */

/*
 * flock keeps out those who co-operate, TIOCEXCL everybody else but root. A
 * pty gets no TIOCEXCL: its slave stays exclusive for as long as its master
 * lives, so we would shut out ourselves after a crash (seen on Linux 6.1).
 */
static int serial_own(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB))
		return err_born(-errno);
	if (!serial_is_pty(fd) && ioctl(fd, TIOCEXCL))
		return err_born(-errno);
	return 0;
}

/* Many devices only talk to a terminal that is ready; ptys have no such
 * lines (ENOTTY), and some adapters refuse: no reason to give up. */
static void serial_raise_lines(int fd, enum driver_flow flow)
{
	int lines = TIOCM_DTR | (flow == DRIVER_FLOW_RTSCTS ? 0 : TIOCM_RTS);

	if (ioctl(fd, TIOCMBIS, &lines))
		log_debug("modem lines stay: %s", strerror(errno));
}

static int serial_open_port(const struct transport_serial *serial, int *out_fd)
{
	CLEANUP_FD int fd =
		open(serial->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	int r;

	if (fd < 0)
		return err_born(-errno);
	if (!isatty(fd))
		return err_born(-ENOTTY);
	r = serial_own(fd);
	if (!r)
		r = serial_configure(fd, serial);
	if (r)
		return r;
	serial_raise_lines(fd, serial->line.flow);
	tcflush(fd, TCIOFLUSH);
	*out_fd = fd;
	fd = -1;
	return 0;
}

static void serial_open(struct wire *wire)
{
	struct transport_serial *serial = (struct transport_serial *)wire;
	int fd = -1, r = serial_open_port(serial, &fd);

	if (r) {
		wire_set_down(wire, wire_reason(-r));
		return;
	}
	wire_take(wire, fd);
	wire_set_up(wire);
}

/*
 * Closing a tty waits until it has sent what it holds, for up to 30 s; that
 * would stop the loop. So only a last word is waited for, and only where
 * nobody can hold it up.
 */
static void serial_close(struct wire *wire, int fd, bool stalled)
{
	struct transport_serial *serial = (struct transport_serial *)wire;
	int held = 0;

	if (stalled || serial->line.flow != DRIVER_FLOW_NONE ||
	    (!ioctl(fd, TIOCOUTQ, &held) && held > SERIAL_LAST_WORDS))
		tcflush(fd, TCOFLUSH);
	if (!serial_is_pty(fd))
		ioctl(fd, TIOCNXCL);
}

static void serial_destroy(struct wire *wire)
{
	struct transport_serial *serial = (struct transport_serial *)wire;

	plugs_unwatch(&serial->watch);
	free(serial->path);
	free(serial);
}

/* What the port would not have is taken back: it may have done some of it. */
static bool serial_set_line(struct wire *wire, int fd,
			    const struct driver_line *line)
{
	struct termios before, termios;

	(void)wire;
	if (tcgetattr(fd, &before) || serial_plan(fd, line, &termios))
		return false;
	if (!serial_apply(fd, &termios))
		return true;
	if (tcsetattr(fd, TCSANOW, &before))
		log_debug("the line stays: %s", strerror(errno));
	return false;
}

static bool serial_modem(struct wire *wire, int fd, unsigned int *out_lines)
{
	static const struct {
		int tiocm;
		unsigned int line;
	} lines[] = {
		{ TIOCM_CTS, DRIVER_MODEM_CTS },
		{ TIOCM_DSR, DRIVER_MODEM_DSR },
		{ TIOCM_CAR, DRIVER_MODEM_DCD },
		{ TIOCM_RNG, DRIVER_MODEM_RI },
	};
	int on = 0;

	(void)wire;
	if (ioctl(fd, TIOCMGET, &on))
		return false;
	*out_lines = 0;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (on & lines[i].tiocm)
			*out_lines |= lines[i].line;
	return true;
}

/* A USB adapter may be back: its name is there, or it is not. */
static void serial_came(void *arg)
{
	struct transport_serial *serial = arg;
	struct transport_events *events = &serial->wire.transport.events;

	if (!serial->wire.bytes && events->plugged &&
	    !access(serial->path, F_OK))
		events->plugged(events->arg);
}

struct transport *transport_serial_new(struct event_base *base,
				       struct plugs *plugs,
				       const struct transport_config *config)
{
	static const struct wire_ops ops = { .open = serial_open,
					     .set_line = serial_set_line,
					     .modem = serial_modem,
					     .close = serial_close,
					     .destroy = serial_destroy };
	struct transport_serial *serial = ALLOC_NEW(struct transport_serial);

	wire_init(&serial->wire, &ops, base);
	serial->path = alloc_text(config->path);
	serial->line = config->line;
	serial->watch =
		(struct plug_watch){ .came = serial_came, .arg = serial };
	plugs_watch(plugs, &serial->watch);
	return &serial->wire.transport;
}
