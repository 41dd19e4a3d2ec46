/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t interrupt_signal;

static void interrupt_note(int number)
{
	interrupt_signal = number;
}

void interrupt_catch(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = interrupt_note };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &action, NULL);
	action.sa_handler = SIG_IGN; /* a closed pipe is seen where it is
				      * written to */
	sigaction(SIGPIPE, &action, NULL);
}

bool interrupt_came(void)
{
	return interrupt_signal;
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
