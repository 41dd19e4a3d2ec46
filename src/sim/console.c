/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/console.h"

#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct console {
	struct event_base *base;
	struct sim *sim;
	struct event *readable;
	FILE *out;
	struct buf line;
};

static void console_answer(const struct console *console, char *error)
{
	if (error)
		fprintf(console->out, "error: %s\n", error);
	else
		fputs("ok\n", console->out);
	fflush(console->out);
	free(error);
}

static void console_account(const struct console *console, const char *name)
{
	char *error = sim_print_account(console->sim, name);

	if (error)
		console_answer(console, error);
}

static void console_run(const struct console *console, const char *line)
{
	if (!strcmp(line, "quit")) {
		event_base_loopbreak(console->base);
		console_answer(console, NULL);
	} else if (!strcmp(line, "help")) {
		sim_print_help(console->sim);
		console_answer(console, NULL);
	} else if (!strncmp(line, "account ", 8)) {
		console_account(console, line + 8 + strspn(line + 8, " "));
	} else {
		console_answer(console, sim_run_command(console->sim, line));
	}
}

/* Without the blanks around it. The buffer wipes it: it may be a badge. */
static void console_end_line(struct console *console)
{
	char *line = (char *)console->line.data;
	size_t len = console->line.len;

	if (console->line.failed) {
		console_answer(console, alloc_text("that line is too long"));
		len = 0;
	}
	while (len && strchr(" \t\r", line[len - 1]))
		line[--len] = 0;
	if (len)
		line += strspn(line, " \t");
	if (len && *line && *line != '#')
		console_run(console, line);
	buf_reset(&console->line);
}

static void console_take_byte(struct console *console, char byte)
{
	if (byte == '\n')
		console_end_line(console);
	else
		buf_add_byte(&console->line, (uint8_t)byte);
}

static void console_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct console *console = arg;
	char bytes[CONSOLE_LINE_MAX];
	ssize_t got = read(fd, bytes, sizeof(bytes));

	(void)what;
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	for (ssize_t i = 0; i < got; i++)
		console_take_byte(console, bytes[i]);
	secret_wipe(bytes, sizeof(bytes));
	if (got > 0)
		return;
	console_end_line(console);
	event_base_loopbreak(console->base);
}

struct console *console_new(struct event_base *base, struct sim *sim, int fd,
			    FILE *out)
{
	struct console *console = ALLOC_NEW(struct console);

	console->base = base;
	console->sim = sim;
	console->out = out;
	buf_init(&console->line, CONSOLE_LINE_MAX);
	console->readable = event_new(base, fd, EV_READ | EV_PERSIST,
				      console_on_readable, console);
	if (!console->readable || event_add(console->readable, NULL))
		abort();
	return console;
}

struct console *console_free(struct console *console)
{
	if (!console)
		return NULL;
	event_free(console->readable);
	buf_free(&console->line);
	free(console);
	return NULL;
}
