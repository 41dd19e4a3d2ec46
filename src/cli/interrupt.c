/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t interrupt_signal;

static void interrupt_note(int number)
{
	interrupt_signal = number;
}

static const int interrupt_numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

#define INTERRUPT_NUMBERS \
	(sizeof(interrupt_numbers) / sizeof(interrupt_numbers[0]))

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = interrupt_note };

	for (size_t i = 0; i < INTERRUPT_NUMBERS; i++)
		sigaction(interrupt_numbers[i], &action, NULL);
	action.sa_handler = SIG_IGN; /* a closed pipe is seen where it is
				      * written to */
	sigaction(SIGPIPE, &action, NULL);
}

bool interrupt_came(void)
{
	return interrupt_signal;
}

/* Blocked but in ppoll(), no signal can slip in between looking and waiting. */
bool interrupt_wait(int fd, int milliseconds)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	struct timespec limit = { .tv_sec = milliseconds / 1000,
				  .tv_nsec = milliseconds % 1000 * 1000000L };
	sigset_t ours, before;

	sigemptyset(&ours);
	for (size_t i = 0; i < INTERRUPT_NUMBERS; i++)
		sigaddset(&ours, interrupt_numbers[i]);
	sigprocmask(SIG_BLOCK, &ours, &before);
	if (!interrupt_signal)
		ppoll(&ready, 1, milliseconds < 0 ? NULL : &limit, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return !interrupt_signal;
}

void interrupt_forget(void)
{
	interrupt_signal = 0;
}

void interrupt_obey(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	if (!interrupt_signal)
		return;
	sigaction(interrupt_signal, &action, NULL);
	raise(interrupt_signal);
}
