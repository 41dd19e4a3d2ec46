/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_transport.h"

#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define FAKE_LINE_WRITTEN_MAX (16 * 1024 * 1024)

static void fake_line_soon(void *arg)
{
	struct fake_line *line = arg;
	struct transport_events *events = &line->transport.events;

	if (line->lines->refuse) {
		events->down(events->arg, line->lines->refuse);
		return;
	}
	line->up = true;
	events->up(events->arg);
}

static void fake_line_open(struct transport *transport)
{
	struct fake_line *line = (struct fake_line *)transport;

	line->opens++;
	if (!line->lines->silent)
		timer_set(line->soon, 0);
}

static void fake_line_shut(struct transport *transport)
{
	struct fake_line *line = (struct fake_line *)transport;

	timer_stop(line->soon);
	line->up = false;
}

static bool fake_line_write(struct transport *transport, const uint8_t *data,
			    size_t len)
{
	struct fake_line *line = (struct fake_line *)transport;

	if (!line->up)
		line->writes_while_shut++;
	if (line->lines->full)
		return false;
	buf_add(&line->written, data, len);
	return true;
}

static void fake_line_destroy(struct transport *transport)
{
	struct fake_line *line = (struct fake_line *)transport;

	if (line->lines->last_words)
		buf_add(line->lines->last_words, line->written.data,
			line->written.len);
	timer_free(line->soon);
	buf_free(&line->written);
	if (line->lines->last == line)
		line->lines->last = NULL;
	free(line);
}

/* Without parity, as a pty is. */
static bool fake_line_set(struct transport *transport,
			  const struct driver_line *wanted)
{
	struct fake_line *line = (struct fake_line *)transport;

	if (!line->up || wanted->parity != DRIVER_PARITY_NONE)
		return false;
	line->line = *wanted;
	return true;
}

static bool fake_line_modem(struct transport *transport,
			    unsigned int *out_lines)
{
	const struct fake_line *line = (struct fake_line *)transport;

	*out_lines = line->lines->modem;
	return line->lines->has_modem;
}

static const struct driver_facts *fake_line_facts(struct transport *transport)
{
	return &((struct fake_line *)transport)->lines->facts;
}

static struct transport *
fake_lines_create(struct transports *transports,
		  const struct transport_config *config)
{
	static const struct transport_ops ops = { .open = fake_line_open,
						  .shut = fake_line_shut,
						  .write = fake_line_write,
						  .set_line = fake_line_set,
						  .modem = fake_line_modem,
						  .facts = fake_line_facts,
						  .destroy =
							  fake_line_destroy };
	struct fake_lines *lines = (struct fake_lines *)transports;
	struct fake_line *line = ALLOC_NEW(struct fake_line);

	(void)config;
	line->transport.ops = &ops;
	line->lines = lines;
	line->soon = timer_new(&lines->fake->timers, fake_line_soon, line);
	buf_init(&line->written, FAKE_LINE_WRITTEN_MAX);
	lines->last = line;
	return &line->transport;
}

void fake_lines_init(struct fake_lines *lines, struct fake_env *fake)
{
	*lines = (struct fake_lines){ .transports.create = fake_lines_create,
				      .fake = fake };
}

void fake_line_input(struct fake_line *line, const void *data, size_t len)
{
	struct transport_events *events = &line->transport.events;
	uint8_t *copy;

	if (!line->up || !len)
		return;
	copy = alloc_zero(1, len);
	memcpy(copy, data, len);
	events->input(events->arg, copy, len);
	free(copy);
}

void fake_line_plugged(struct fake_line *line)
{
	struct transport_events *events = &line->transport.events;

	events->plugged(events->arg);
}

void fake_line_drop(struct fake_line *line, enum reason reason)
{
	struct transport_events *events = &line->transport.events;

	if (!line->up)
		return;
	line->up = false;
	events->down(events->arg, reason);
}
