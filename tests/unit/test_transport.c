/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real transports, against a real pty and a real TCP listener on the
 * loopback, in a real loop; alarm() is the watchdog.
 */
#include "device/transports.h"

#include "util/cleanup.h"
#include "util/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#define WATCHDOG_S 20
#define WAIT_S	   10

static struct {
	struct event_base *base;
	struct transports *transports;
	struct transport *line;
	int peer;   /* our end: the pty's master, or a socket */
	int server; /* the listener */
	int port;
	char path[64];

	bool inside; /* of a call of the transport */
	int ups, downs, drains;
	enum reason reason;
	uint8_t got[256 * 1024];
	size_t got_len;
	size_t wanted_len;
	bool shut_on_input;
} rig;

/* --- the transport's user --- */

static void heard_up(void *arg)
{
	(void)arg;
	assert_false(rig.inside);
	rig.ups++;
	event_base_loopbreak(rig.base);
}

static void heard_down(void *arg, enum reason reason)
{
	(void)arg;
	assert_false(rig.inside);
	rig.downs++;
	rig.reason = reason;
	event_base_loopbreak(rig.base);
}

static void line_shut(void)
{
	rig.inside = true;
	rig.line->ops->shut(rig.line);
	rig.inside = false;
}

static void heard_input(void *arg, const uint8_t *data, size_t len)
{
	(void)arg;
	assert_false(rig.inside);
	assert_true(rig.got_len + len <= sizeof(rig.got));
	memcpy(rig.got + rig.got_len, data, len);
	rig.got_len += len;
	if (rig.shut_on_input)
		line_shut();
	if (rig.got_len >= rig.wanted_len)
		event_base_loopbreak(rig.base);
}

static void heard_drained(void *arg)
{
	(void)arg;
	assert_false(rig.inside);
	rig.drains++;
	event_base_loopbreak(rig.base);
}

/* --- the bench --- */

static void line_open(void)
{
	rig.inside = true;
	rig.line->ops->open(rig.line);
	rig.inside = false;
}

static bool line_write(const void *data, size_t len)
{
	bool good;

	rig.inside = true;
	good = rig.line->ops->write(rig.line, data, len);
	rig.inside = false;
	return good;
}

/* Until one of the callbacks has what it waits for. */
static void wait_for(const int *count, int wanted)
{
	struct timeval limit = { .tv_sec = WAIT_S };

	event_base_loopexit(rig.base, &limit);
	while (*count < wanted && !event_base_got_exit(rig.base))
		event_base_dispatch(rig.base);
	assert_int_equal(*count, wanted);
}

static void wait_for_input(size_t len)
{
	struct timeval limit = { .tv_sec = WAIT_S };

	rig.wanted_len = len;
	event_base_loopexit(rig.base, &limit);
	while (rig.got_len < len && !event_base_got_exit(rig.base))
		event_base_dispatch(rig.base);
	assert_int_equal(rig.got_len, len);
}

/* What is ready is done; nothing is waited for. */
static void turn(void)
{
	for (int i = 0; i < 10; i++)
		event_base_loop(rig.base, EVLOOP_NONBLOCK);
}

static int set_up(void **arg)
{
	(void)arg;
	alarm(WATCHDOG_S);
	memset(&rig, 0, sizeof(rig));
	rig.peer = rig.server = -1;
	rig.base = event_base_new();
	rig.transports = transports_new(rig.base, NULL);
	return 0;
}

static void drop_line(void)
{
	if (rig.line)
		rig.line->ops->destroy(rig.line);
	rig.line = NULL;
}

static void hang_up(void)
{
	if (rig.peer >= 0)
		close(rig.peer);
	rig.peer = -1;
}

static int tear_down(void **arg)
{
	(void)arg;
	drop_line();
	hang_up();
	if (rig.server >= 0)
		close(rig.server);
	rig.transports = transports_free(rig.transports);
	event_base_free(rig.base);
	alarm(0);
	return 0;
}

static void make(const struct transport_config *config)
{
	rig.line = rig.transports->create(rig.transports, config);
	rig.line->events =
		(struct transport_events){ .up = heard_up,
					   .down = heard_down,
					   .input = heard_input,
					   .drained = heard_drained };
}

static struct transport_config serial_config(void)
{
	return (struct transport_config){
		.path = rig.path,
		.line = { .baud = 9600, .data_bits = 8, .stop_bits = 1 }
	};
}

/* A pty whose slave nobody has open yet. */
static void make_pty(void)
{
	int slave;

	assert_int_equal(openpty(&rig.peer, &slave, rig.path, NULL, NULL), 0);
	close(slave);
	fcntl(rig.peer, F_SETFL, O_NONBLOCK);
}

static void make_serial(void)
{
	struct transport_config config;

	make_pty();
	config = serial_config();
	make(&config);
}

static void open_serial(void)
{
	make_serial();
	line_open();
	wait_for(&rig.ups, 1);
}

static size_t peer_read(void *data, size_t size)
{
	ssize_t len = read(rig.peer, data, size);

	return len > 0 ? (size_t)len : 0;
}

static void peer_write(const void *data, size_t len)
{
	assert_int_equal(write(rig.peer, data, len), len);
}

/* --- serial --- */

static void test_serial_both_ways(void **arg)
{
	static const uint8_t all[] = { 0x00, 0x03, 0x04, 0x0a, 0x0d, 0x11,
				       0x13, 0x1a, 0x1c, 0x7f, 0x80, 0xff };
	uint8_t got[32];

	(void)arg;
	open_serial();
	assert_true(line_write(all, sizeof(all)));
	wait_for(&rig.drains, 1);
	assert_int_equal(peer_read(got, sizeof(got)), sizeof(all));
	assert_memory_equal(got, all, sizeof(all)); /* raw: nothing is eaten */
	peer_write(all, sizeof(all));
	wait_for_input(sizeof(all));
	assert_memory_equal(rig.got, all, sizeof(all));
}

static void test_serial_up_comes_from_the_loop(void **arg)
{
	(void)arg;
	make_serial();
	line_open();
	assert_int_equal(rig.ups, 0);
	line_shut();
	turn();
	assert_int_equal(rig.ups, 0); /* nor after shut */
	assert_int_equal(rig.downs, 0);
}

static void test_serial_unplugged(void **arg)
{
	(void)arg;
	open_serial();
	hang_up();
	wait_for(&rig.downs, 1);
	assert_int_equal(rig.reason, REASON_UNPLUGGED);
	assert_true(line_write("x", 1)); /* into the void */
	turn();
	assert_int_equal(rig.downs, 1);
}

static void test_serial_missing(void **arg)
{
	struct transport_config config = serial_config();

	(void)arg;
	config.path = "/dev/there-is-no-such-port";
	make(&config);
	line_open();
	assert_int_equal(rig.downs, 0);
	wait_for(&rig.downs, 1);
	assert_int_equal(rig.reason, REASON_PORT_MISSING);
}

static void test_serial_not_a_tty(void **arg)
{
	struct transport_config config = serial_config();

	(void)arg;
	config.path = "/dev/null";
	make(&config);
	line_open();
	wait_for(&rig.downs, 1);
	assert_int_equal(rig.reason, REASON_PORT_MISSING);
}

static void test_serial_busy(void **arg)
{
	CLEANUP_FD int other = -1;

	(void)arg;
	make_serial();
	other = open(rig.path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
	line_open();
	wait_for(&rig.downs, 1);
	assert_int_equal(rig.reason, REASON_PORT_BUSY);
	close(other);
	other = -1;
	line_open();
	wait_for(&rig.ups, 1);
	other = open(rig.path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
}

static void test_serial_reopens_at_once(void **arg)
{
	(void)arg;
	open_serial();
	for (int i = 2; i < 6; i++) {
		line_shut();
		line_open(); /* our own lock must be gone by now */
		wait_for(&rig.ups, i);
	}
	assert_int_equal(rig.downs, 0);
}

static void test_serial_denied(void **arg)
{
	(void)arg;
	if (geteuid())
		skip(); /* only root can become somebody who may not */
	make_serial();
	assert_int_equal(chmod(rig.path, 0), 0);
	assert_int_equal(seteuid(65534), 0);
	line_open();
	assert_int_equal(seteuid(0), 0);
	wait_for(&rig.downs, 1);
	assert_int_equal(rig.reason, REASON_PORT_DENIED);
}

static void test_serial_bad_speed(void **arg)
{
	struct transport_config config;

	(void)arg;
	make_pty();
	config = serial_config();
	config.line.baud = 12345;
	make(&config);
	line_open();
	wait_for(&rig.downs, 1);
	assert_int_equal(rig.reason, REASON_BAD_PARAMETER);
}

/* What the slave's own settings say afterwards. */
static void assert_settings(const struct driver_line *line, speed_t speed,
			    tcflag_t wanted, tcflag_t mask)
{
	struct transport_config config;
	struct termios termios;
	CLEANUP_FD int slave = -1;
	int ups = rig.ups;

	make_pty();
	config = serial_config();
	config.line = *line;
	make(&config);
	line_open();
	wait_for(&rig.ups, ups + 1);
	slave = open(rig.path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_equal(tcgetattr(slave, &termios), 0);
	assert_int_equal(cfgetospeed(&termios), speed);
	assert_int_equal(cfgetispeed(&termios), speed);
	assert_int_equal(termios.c_cflag & mask, wanted);
	assert_int_equal(termios.c_iflag & (IXON | IXOFF),
			 line->flow == DRIVER_FLOW_XONXOFF ? IXON | IXOFF : 0);
	assert_int_equal(termios.c_lflag & (ICANON | ECHO | ISIG), 0);
	assert_int_equal(termios.c_oflag & OPOST, 0);
	drop_line();
	hang_up();
}

static void test_serial_settings(void **arg)
{
	const tcflag_t mask = CSIZE | PARENB | CSTOPB | CRTSCTS | CLOCAL;

	(void)arg;
	assert_settings(&(struct driver_line){ .baud = 1200,
					       .data_bits = 8,
					       .stop_bits = 1 },
			B1200, CS8 | CLOCAL, mask);
	assert_settings(&(struct driver_line){ .baud = 115200,
					       .data_bits = 8,
					       .stop_bits = 2,
					       .flow = DRIVER_FLOW_RTSCTS },
			B115200, CS8 | CSTOPB | CRTSCTS | CLOCAL, mask);
	assert_settings(&(struct driver_line){ .baud = 38400,
					       .data_bits = 8,
					       .stop_bits = 1,
					       .flow = DRIVER_FLOW_XONXOFF },
			B38400, CS8 | CLOCAL, mask);
	/* a pty has neither 7 bits nor parity; the rest is set all the same */
	assert_settings(&(struct driver_line){ .baud = 19200,
					       .data_bits = 7,
					       .stop_bits = 2,
					       .parity = DRIVER_PARITY_EVEN },
			B19200, CS8 | CSTOPB | CLOCAL, mask);
}

static void test_serial_drops_stale_input(void **arg)
{
	CLEANUP_FD int slave = -1;

	(void)arg;
	make_serial();
	slave = open(rig.path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	peer_write("stale\n", 6);
	line_open();
	wait_for(&rig.ups, 1);
	peer_write("fresh", 5);
	wait_for_input(5);
	assert_memory_equal(rig.got, "fresh", 5);
}

static void test_queue_is_bounded(void **arg)
{
	static const uint8_t block[4096];
	size_t taken = 0;

	(void)arg;
	open_serial();
	while (taken <= TRANSPORT_QUEUE_MAX && line_write(block, sizeof(block)))
		taken += sizeof(block);
	assert_int_equal(taken, TRANSPORT_QUEUE_MAX);
	assert_int_equal(rig.downs, 0);
	assert_false(line_write("x", 1));
}

static void test_last_words_are_sent(void **arg)
{
	uint8_t got[8];

	(void)arg;
	open_serial();
	assert_true(line_write("bye", 3));
	drop_line();
	assert_int_equal(peer_read(got, sizeof(got)), 3);
	assert_memory_equal(got, "bye", 3);
}

static void test_shut_within_input(void **arg)
{
	(void)arg;
	open_serial();
	rig.shut_on_input = true;
	peer_write("x", 1);
	wait_for_input(1);
	peer_write("y", 1);
	hang_up();
	turn();
	assert_int_equal(rig.got_len, 1);
	assert_int_equal(rig.downs, 0);
}

/* --- TCP --- */

static void make_listener(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);

	rig.server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(rig.server, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(rig.server, 1), 0);
	assert_int_equal(getsockname(rig.server, (struct sockaddr *)&at, &len),
			 0);
	rig.port = ntohs(at.sin_port);
}

static void make_tcp(const char *host)
{
	struct transport_config config = { .host = host, .port = rig.port };

	make(&config);
}

static void open_tcp(const char *host)
{
	make_listener();
	make_tcp(host);
	line_open();
	assert_int_equal(rig.ups, 0);
	wait_for(&rig.ups, 1);
	rig.peer = accept(rig.server, NULL, NULL);
	assert_true(rig.peer >= 0);
}

/* Another speed, until the port is opened again. */
static void test_serial_changes_its_speed(void **arg)
{
	struct termios termios;
	int fd;

	(void)arg;
	make_serial();
	line_open();
	wait_for(&rig.ups, 1);
	fd = open(rig.path, O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(rig.line->ops->set_line(
		rig.line, &(struct driver_line){ .baud = 19200,
						 .data_bits = 8,
						 .stop_bits = 2 }));
	assert_int_equal(tcgetattr(fd, &termios), 0);
	assert_int_equal(cfgetospeed(&termios), B19200);
	assert_true(termios.c_cflag & CSTOPB);
	/* there is no such speed; a pty has no parity */
	assert_false(rig.line->ops->set_line(
		rig.line, &(struct driver_line){ .baud = 12345 }));
	assert_false(rig.line->ops->set_line(
		rig.line,
		&(struct driver_line){ .baud = 1200,
				       .data_bits = 8,
				       .stop_bits = 1,
				       .parity = DRIVER_PARITY_EVEN }));
	assert_int_equal(tcgetattr(fd, &termios), 0);
	assert_int_equal(cfgetospeed(&termios), B19200);
	assert_true(termios.c_cflag & CSTOPB);
	line_shut();
	line_open();
	wait_for(&rig.ups, 2);
	assert_int_equal(tcgetattr(fd, &termios), 0);
	assert_int_equal(cfgetospeed(&termios), B9600);
	close(fd);
}

static void test_tcp_both_ways(void **arg)
{
	uint8_t got[8];

	(void)arg;
	open_tcp("127.0.0.1");
	assert_true(line_write("ping", 4));
	wait_for(&rig.drains, 1);
	assert_int_equal(recv(rig.peer, got, 4, MSG_WAITALL), 4);
	assert_memory_equal(got, "ping", 4);
	peer_write("pong", 4);
	wait_for_input(4);
	assert_memory_equal(rig.got, "pong", 4);
}

static void test_tcp_long_input(void **arg)
{
	static uint8_t block[100 * 1024];

	(void)arg;
	open_tcp("localhost");
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (uint8_t)(i * 7);
	fcntl(rig.peer, F_SETFL, O_NONBLOCK);
	for (size_t sent = 0; sent < sizeof(block);) {
		ssize_t len =
			write(rig.peer, block + sent, sizeof(block) - sent);

		if (len > 0)
			sent += (size_t)len;
		rig.wanted_len = sizeof(block);
		turn();
	}
	wait_for_input(sizeof(block));
	assert_memory_equal(rig.got, block, sizeof(block));
}

static void test_tcp_input_then_end(void **arg)
{
	(void)arg;
	open_tcp("127.0.0.1");
	peer_write("last", 4);
	hang_up();
	wait_for(&rig.downs, 1);
	assert_int_equal(rig.got_len, 4); /* before down */
	assert_int_equal(rig.reason, REASON_UNPLUGGED);
}

static void test_tcp_refused(void **arg)
{
	(void)arg;
	make_listener();
	close(rig.server); /* the port is free, and nobody listens */
	rig.server = -1;
	make_tcp("127.0.0.1");
	line_open();
	assert_int_equal(rig.downs, 0);
	wait_for(&rig.downs, 1);
	assert_int_equal(rig.reason, REASON_CONNECTION_REFUSED);
	line_open();
	wait_for(&rig.downs, 2);
}

static void test_tcp_name_is_refused(void **arg)
{
	(void)arg;
	make_tcp("terminal.example");
	line_open();
	wait_for(&rig.downs, 1);
	assert_int_equal(rig.reason, REASON_BAD_PARAMETER);
}

static void test_tcp_hosts_have_one_usual_form(void **arg)
{
	static const struct {
		const char *host, *usual;
	} cases[] = {
		{ "192.0.2.7", "192.0.2.7" },
		{ "localhost", "127.0.0.1" },
		{ "127.1", "127.0.0.1" },
		{ "::ffff:192.0.2.7", "192.0.2.7" },
		{ "2001:db8::7", "2001:db8::7" },
		{ "2001:DB8:0:0:0:0:0:7", "2001:db8::7" },
		{ "::1", "::1" },
		{ "terminal.example", NULL },
		{ "192.0.2.7:20007", NULL },
		{ "", NULL },
		{ "0.0.0.0", NULL },
		{ "255.255.255.255", NULL },
		{ "224.0.0.1", NULL },
		{ "::", NULL },
		{ "ff02::1", NULL },
		{ "::ffff:0.0.0.0", NULL },
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_FREE char *name = transports_name_host(cases[i].host);

		if (!cases[i].usual)
			assert_null(name);
		else
			assert_string_equal(name, cases[i].usual);
	}
}

static void test_tcp_shut_while_connecting(void **arg)
{
	(void)arg;
	make_listener();
	make_tcp("127.0.0.1");
	line_open();
	line_shut();
	turn();
	assert_int_equal(rig.ups, 0);
	line_open();
	wait_for(&rig.ups, 1);
	assert_int_equal(rig.downs, 0);
}

static void test_tcp_options(void **arg)
{
	struct sockaddr_in at;
	socklen_t len = sizeof(at);
	bool found = false;

	(void)arg;
	open_tcp("127.0.0.1");
	/* ours is the descriptor whose local port the server sees as peer */
	assert_int_equal(getpeername(rig.peer, (struct sockaddr *)&at, &len),
			 0);
	for (int fd = 3; fd < 64; fd++) {
		struct sockaddr_in own;
		socklen_t own_len = sizeof(own);
		int value = 0;
		socklen_t size = sizeof(value);

		if (getsockname(fd, (struct sockaddr *)&own, &own_len) ||
		    own.sin_port != at.sin_port || fd == rig.peer)
			continue;
		found = true;
		getsockopt(fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &value, &size);
		assert_true(value);
		getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &size);
		assert_true(value);
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	}
	assert_true(found);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_serial_both_ways),
		TEST(test_serial_up_comes_from_the_loop),
		TEST(test_serial_unplugged),
		TEST(test_serial_missing),
		TEST(test_serial_not_a_tty),
		TEST(test_serial_busy),
		TEST(test_serial_reopens_at_once),
		TEST(test_serial_denied),
		TEST(test_serial_bad_speed),
		TEST(test_serial_settings),
		TEST(test_serial_drops_stale_input),
		TEST(test_queue_is_bounded),
		TEST(test_last_words_are_sent),
		TEST(test_shut_within_input),
		TEST(test_serial_changes_its_speed),
		TEST(test_tcp_both_ways),
		TEST(test_tcp_long_input),
		TEST(test_tcp_input_then_end),
		TEST(test_tcp_refused),
		TEST(test_tcp_name_is_refused),
		TEST(test_tcp_hosts_have_one_usual_form),
		TEST(test_tcp_shut_while_connecting),
		TEST(test_tcp_options),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
