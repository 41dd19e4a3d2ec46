/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ask.h"

#include "cli/interrupt.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/secret.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

const char *ask_error_text(int error)
{
	switch ((enum ask_error)error) {
	case ASK_E_NO_TERMINAL:
		return "there is no terminal to type it on";
	case ASK_E_EMPTY:
		return "nothing was typed";
	case ASK_E_TOO_LONG:
		return "it is too long";
	case ASK_E_NOT_TEXT:
		return "it has characters that can't be used";
	case ASK_E_INTERRUPTED:
		return "interrupted";
	}
	return strerror(-error);
}

/* The line's bytes without its end; reads it up to the end even if it is too
 * long, so that the rest is not taken for something else. */
static int ask_read(int fd, char out_secret[ASK_SECRET_SIZE])
{
	size_t len = 0;
	bool too_long = false;
	char c = 0;

	for (;;) {
		ssize_t got;

		if (fd >= 0 && !interrupt_wait(fd, -1))
			return ASK_E_INTERRUPTED;
		got = read(fd, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_born(-errno);
		if (!got || c == '\n')
			break;
		if (len + 1 < ASK_SECRET_SIZE)
			out_secret[len++] = c;
		else
			too_long = true;
	}
	if (len && out_secret[len - 1] == '\r')
		len--;
	out_secret[len] = 0;
	if (too_long)
		return ASK_E_TOO_LONG;
	if (strlen(out_secret) != len || !text_is_typed(out_secret))
		return ASK_E_NOT_TEXT;
	return len ? 0 : ASK_E_EMPTY;
}

int ask_line(int fd, char out_secret[ASK_SECRET_SIZE])
{
	int r = ask_read(fd, out_secret);

	if (r)
		secret_wipe(out_secret, ASK_SECRET_SIZE);
	return r;
}

static void ask_write(int fd, const char *text)
{
	ssize_t done = write(fd, text, strlen(text));

	(void)done; /* a prompt that can't be shown changes nothing */
}

int ask_terminal_at(int fd, const char *prompt,
		    char out_secret[ASK_SECRET_SIZE])
{
	struct termios shown, hidden;
	int r;

	if (tcgetattr(fd, &shown) < 0)
		return ASK_E_NO_TERMINAL;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	hidden.c_lflag |= ICANON | ISIG;
	/* FLUSH: what was typed before the question is no answer to it. */
	if (tcsetattr(fd, TCSAFLUSH, &hidden) < 0)
		return err_born(-errno);
	ask_write(fd, prompt);
	r = ask_line(fd, out_secret);
	tcsetattr(fd, TCSADRAIN, &shown);
	ask_write(fd, "\n");
	return r;
}

int ask_terminal(const char *prompt, char out_secret[ASK_SECRET_SIZE])
{
	CLEANUP_FD int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? ASK_E_NO_TERMINAL
		      : ask_terminal_at(fd, prompt, out_secret);
}

int ask_shown(const char *prompt, char out_line[ASK_SECRET_SIZE])
{
	if (isatty(STDIN_FILENO))
		ask_write(STDERR_FILENO, prompt);
	return ask_line(STDIN_FILENO, out_line);
}
