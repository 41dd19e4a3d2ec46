/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tillctl replay: plays the device of a recorded session, on a pty or a TCP
 * port, to a tilld on the desk whose driver is to be looked at. What the device
 * said is said again when the driver says what it said then. A question that
 * was answered before (the daemon asks every second, and not at the same
 * moments as then) is answered like the last time.
 */
#include "cli/interrupt.h"
#include "cli/recording.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/json.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#define REPLAY_READ	 4096
#define REPLAY_INPUT_MAX (256 * 1024)
#define REPLAY_GAP_MAX	 2000 /* ms that the device thinks, at most */
#define REPLAY_LINGER_MS 2000
#define REPLAY_HANG_MS	 20 /* nobody has the pty open: look again */

struct replay {
	struct recording recording;
	const char *port;
	bool serial;
	int listener; /* TCP; -1 */
	int line;     /* -1 while there is none */
	int slave;    /* of the pty: kept open, so that it hangs up never */
	bool linked;  /* the link at the port is ours */
	size_t at;    /* the next item */
	struct buf input;
};

/* --- the port --- */

static bool replay_open_pty(struct replay *replay)
{
	struct termios raw;
	const char *name;

	replay->line = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (replay->line < 0 || grantpt(replay->line) || unlockpt(replay->line))
		return false;
	name = ptsname(replay->line);
	replay->slave = name ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
	if (replay->slave < 0 || tcgetattr(replay->slave, &raw))
		return false;
	cfmakeraw(&raw);
	replay->linked = !tcsetattr(replay->slave, TCSANOW, &raw) &&
			 !symlink(name, replay->port);
	return replay->linked;
}

/* What else is at the port by now is somebody's. */
static void replay_remove_link(const struct replay *replay)
{
	const char *name = ptsname(replay->line);
	char target[PATH_MAX];
	ssize_t len = readlink(replay->port, target, sizeof(target) - 1);

	if (len < 0 || !name)
		return;
	target[len] = '\0';
	if (!strcmp(target, name))
		unlink(replay->port);
}

static bool replay_open_tcp(struct replay *replay)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	long port = strtol(replay->port, NULL, 10);
	int one = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons((uint16_t)port);
	replay->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (replay->listener < 0)
		return false;
	setsockopt(replay->listener, SOL_SOCKET, SO_REUSEADDR, &one,
		   sizeof(one));
	return !bind(replay->listener, (struct sockaddr *)&address,
		     sizeof(address)) &&
	       !listen(replay->listener, 1);
}

/* Bytes of bulk endpoints go over a serial line just as well. */
static bool replay_can(const char *line)
{
	return strcmp(line, "hid") != 0 && strcmp(line, "keyboard") != 0 &&
	       strcmp(line, "pcsc") != 0;
}

static enum cli_exit replay_open(struct replay *replay)
{
	bool digits = replay->port[strspn(replay->port, "0123456789")] == '\0';

	if (digits == replay->serial)
		return cli_misuse(
			replay->serial ? _("It was recorded on a serial line "
					   "or by USB: PORT is the path of a "
					   "link to be made, as "
					   "/tmp/printer1.")
				       : "It was recorded on TCP: PORT is "
					 "a number.");
	if (replay->serial ? replay_open_pty(replay) : replay_open_tcp(replay))
		return CLI_EXIT_DONE;
	say_error("%s: %s.", replay->port, strerror(errno));
	return CLI_EXIT_OUTPUT;
}

static void replay_close(struct replay *replay)
{
	if (replay->linked)
		replay_remove_link(replay);
	if (replay->slave >= 0)
		close(replay->slave);
	if (replay->line >= 0)
		close(replay->line);
	if (replay->listener >= 0)
		close(replay->listener);
}

/* False when it has been interrupted. */
static bool replay_accept(struct replay *replay)
{
	while (replay->line < 0) {
		if (!interrupt_wait(replay->listener, -1))
			return false;
		replay->line = accept4(replay->listener, NULL, NULL,
				       SOCK_CLOEXEC | SOCK_NONBLOCK);
	}
	return true;
}

static bool replay_take_bytes(struct replay *replay)
{
	uint8_t bytes[REPLAY_READ];
	ssize_t len;

	len = read(replay->line, bytes, sizeof(bytes));
	if (len > 0) {
		buf_add(&replay->input, bytes, (size_t)len);
	} else if (len < 0 && errno == EAGAIN) {
		return true; /* it was waited for in vain */
	} else if (!replay->serial) {
		close(replay->line);
		replay->line = -1;
		buf_reset(&replay->input);
	} else {
		return interrupt_wait(-1, REPLAY_HANG_MS);
	}
	return !replay->input.failed;
}

/* More of what the driver says; false when it has been interrupted. */
static bool replay_read(struct replay *replay)
{
	return replay_accept(replay) && interrupt_wait(replay->line, -1) &&
	       replay_take_bytes(replay);
}

/* --- playing --- */

static const struct recording_item *replay_item(const struct replay *replay,
						size_t at)
{
	return &replay->recording.items[at];
}

static void replay_print(const struct recording_item *item)
{
	printf("%s  ", item->note ? "-" : item->out ? ">" : "<");
	say_clean(stdout, item->text);
	putchar('\n');
	if (item->event && !strcmp(item->event, "begin"))
		say_note(_("Have the daemon do that now."));
	fflush(stdout);
}

/* The device's part from there on, up to the next thing that the driver says.
 * Returns where that is. */
static size_t replay_answer(struct replay *replay, size_t at, bool print)
{
	for (; at < replay->recording.count; at++) {
		const struct recording_item *item = replay_item(replay, at);
		int64_t gap =
			at ? item->at - replay_item(replay, at - 1)->at : 0;

		if (item->out)
			break;
		if (print)
			replay_print(item);
		if (item->note || item->told)
			continue;
		if (gap > 0 &&
		    !interrupt_wait(-1, (int)(gap < REPLAY_GAP_MAX
						      ? gap
						      : REPLAY_GAP_MAX)))
			break;
		if (replay->line < 0 ||
		    write(replay->line, item->bytes, item->len) < 0)
			break;
	}
	return at;
}

static bool replay_was_said(const struct replay *replay, size_t before,
			    const struct recording_item *item)
{
	for (size_t i = 0; i < before; i++) {
		const struct recording_item *earlier = replay_item(replay, i);

		if (earlier->len == item->len &&
		    recording_compare(earlier, item->bytes, item->len) ==
			    RECORDING_SAME)
			return true;
	}
	return false;
}

/*
 * What the driver says, in the recording: the next thing; or one behind it, if
 * all that is in between was said before (the daemon asks it again and again);
 * or one that was said before. count if there is none.
 */
static size_t replay_find(const struct replay *replay,
			  enum recording_match wanted)
{
	const struct buf *input = &replay->input;
	size_t count = replay->recording.count;

	for (size_t i = replay->at; i < count; i++) {
		const struct recording_item *item = replay_item(replay, i);

		if (recording_compare(item, input->data, input->len) == wanted)
			return i;
		if (item->out && !replay_was_said(replay, replay->at, item))
			break;
	}
	for (size_t i = replay->at; i > 0; i--)
		if (recording_compare(replay_item(replay, i - 1), input->data,
				      input->len) == wanted)
			return i - 1;
	return count;
}

static void replay_print_bytes(const char *what, const uint8_t *bytes,
			       size_t len)
{
	fprintf(stderr, "%s", what);
	for (size_t i = 0; i < len; i++)
		fprintf(stderr, " %02x", bytes[i]);
	fputc('\n', stderr);
}

static enum cli_exit replay_differs(const struct replay *replay)
{
	const struct recording_item *item = replay_item(replay, replay->at);

	say_error(_("The driver says something else than it did then."));
	say_note(_("then: %s"), item->text);
	replay_print_bytes("then:", item->bytes, item->len);
	replay_print_bytes("now: ", replay->input.data, replay->input.len);
	return CLI_EXIT_REFUSED;
}

/* One thing that the driver said, if it is whole; sets *out_more if not. */
static enum cli_exit replay_take(struct replay *replay, bool *out_more)
{
	size_t found = replay_find(replay, RECORDING_SAME);
	bool on = found >= replay->at;

	*out_more = false;
	if (found == replay->recording.count) {
		*out_more = replay_find(replay, RECORDING_PART) != found;
		return *out_more ? CLI_EXIT_DONE : replay_differs(replay);
	}
	if (on)
		replay_print(replay_item(replay, found));
	buf_drop(&replay->input, replay_item(replay, found)->len);
	found = replay_answer(replay, found + 1, on);
	if (on)
		replay->at = found;
	return CLI_EXIT_DONE;
}

/* The driver may have asked something once more than it did then, and still
 * want an answer that it had: all that was said is answered for a while. */
static void replay_linger(struct replay *replay)
{
	int64_t end = clock_monotonic_ms(clock_system()) + REPLAY_LINGER_MS;

	for (;;) {
		int64_t left = end - clock_monotonic_ms(clock_system());
		size_t found = replay_find(replay, RECORDING_SAME);

		if (replay->input.len && found < replay->recording.count) {
			buf_drop(&replay->input,
				 replay_item(replay, found)->len);
			replay_answer(replay, found + 1, false);
		} else if (left <= 0 || replay->line < 0 ||
			   !interrupt_wait(replay->line, (int)left) ||
			   !replay_take_bytes(replay)) {
			return;
		}
	}
}

static enum cli_exit replay_play(struct replay *replay)
{
	enum cli_exit exit = CLI_EXIT_DONE;
	bool more = true;

	if (!replay->serial && !replay_accept(replay))
		return CLI_EXIT_OPEN;
	replay->at = replay_answer(replay, 0, true);
	while (!exit && replay->at < replay->recording.count) {
		if ((more || !replay->input.len) && !replay_read(replay))
			return CLI_EXIT_OPEN;
		more = false;
		if (replay->input.len)
			exit = replay_take(replay, &more);
	}
	if (exit)
		return exit;
	say_note(_("It was played to its end."));
	replay_linger(replay);
	return CLI_EXIT_DONE;
}

enum cli_exit verb_replay(struct cli *cli, const char *const *words,
			  size_t count)
{
	struct replay replay = { .port = words[1],
				 .listener = -1,
				 .line = -1,
				 .slave = -1,
				 .input = BUF_INIT(REPLAY_INPUT_MAX) };
	const json_t *head;
	enum cli_exit exit;

	(void)cli;
	(void)count;
	if (!recording_load(words[0], &replay.recording))
		return CLI_EXIT_USAGE;
	head = replay.recording.head;
	replay.serial = strcmp(json_text(head, "line"), "tcp") != 0;
	exit = replay_can(json_text(head, "line"))
		       ? replay_open(&replay)
		       : cli_misuse(_("It was recorded of a HID or a keyboard, "
				      "or at pcscd: no port can stand for one. "
				      "tests/replay plays it to the driver."));
	if (!exit) {
		say_note(_("A device for %s is at %s."),
			 json_text(head, "driver"), replay.port);
		exit = replay_play(&replay);
	}
	replay_close(&replay);
	buf_free(&replay.input);
	recording_clear(&replay.recording);
	return exit;
}
