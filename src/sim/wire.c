/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/wire_private.h"

#include "util/alloc.h"

#include <errno.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <unistd.h>

#define WIRE_READ_MAX 4096
#define WIRE_OUT_MAX  65536

/* In order, and only what somebody could have noticed. */
static void wire_tell_news(struct wire *wire)
{
	if (wire->told_up && (wire->fd < 0 || wire->changed)) {
		wire->told_up = false;
		wire->events.line(wire->events.arg, false);
	}
	wire->changed = false;
	if (!wire->told_up && wire->fd >= 0) {
		wire->told_up = true;
		wire->events.line(wire->events.arg, true);
	}
}

static void wire_on_news(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	wire_tell_news(arg);
}

void wire_init(struct wire *wire, const struct wire_ops *ops,
	       struct event_base *base, const struct wire_events *events)
{
	wire->ops = ops;
	wire->base = base;
	wire->events = *events;
	wire->fd = -1;
	wire->news = evtimer_new(base, wire_on_news, wire);
	wire->out = evbuffer_new();
	if (!wire->news || !wire->out)
		abort();
}

/* Bits that are read too early or too late. */
static bool wire_is_garbled(struct wire *wire)
{
	int speed = wire->baud && wire->ops->speed ? wire->ops->speed(wire) : 0;

	return speed && speed != wire->baud;
}

static void wire_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct wire *wire = arg;
	uint8_t data[WIRE_READ_MAX];
	ssize_t got;

	(void)what;
	wire_tell_news(wire);
	if (wire->fd != fd)
		return; /* the model hung up when it heard of the line */
	got = read(fd, data, sizeof(data));
	if (got > 0 && wire_is_garbled(wire))
		return;
	if (got > 0)
		wire->events.input(wire->events.arg, data, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		wire->ops->closed(wire);
}

/* What does not go out now waits until it does, or the line goes down. */
static void wire_flush(struct wire *wire)
{
	if (evbuffer_get_length(wire->out))
		evbuffer_write(wire->out, wire->fd);
	if (evbuffer_get_length(wire->out))
		event_add(wire->writable, NULL);
}

static void wire_on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	wire_flush(arg);
}

static struct event *wire_watch(struct wire *wire, short what,
				event_callback_fn callback)
{
	struct event *event =
		event_new(wire->base, wire->fd, what, callback, wire);

	if (!event)
		abort();
	return event;
}

void wire_set_up(struct wire *wire, int fd)
{
	wire->fd = fd;
	wire->readable =
		wire_watch(wire, EV_READ | EV_PERSIST, wire_on_readable);
	wire->writable = wire_watch(wire, EV_WRITE, wire_on_writable);
	event_add(wire->readable, NULL);
	event_active(wire->news, EV_TIMEOUT, 0);
}

void wire_set_down(struct wire *wire)
{
	if (wire->fd < 0)
		return;
	event_free(wire->readable);
	event_free(wire->writable);
	wire->readable = wire->writable = NULL;
	wire->fd = -1;
	evbuffer_drain(wire->out, evbuffer_get_length(wire->out));
	wire->changed = true;
	event_active(wire->news, EV_TIMEOUT, 0);
}

int wire_plug(struct wire *wire)
{
	int r;

	if (wire->plugged)
		return 0;
	r = wire->ops->plug(wire);
	if (!r)
		wire->plugged = true;
	return r;
}

void wire_unplug(struct wire *wire)
{
	if (!wire->plugged)
		return;
	wire->plugged = false;
	wire->ops->unplug(wire);
}

static void wire_add_noise(struct wire *wire, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		evbuffer_add(wire->out, &(uint8_t){ data[i] | 0x80 }, 1);
}

void wire_send(struct wire *wire, const uint8_t *data, size_t len)
{
	if (wire->plugged && wire->fd < 0 && wire->ops->look)
		wire->ops->look(wire);
	if (wire->fd < 0 || evbuffer_get_length(wire->out) > WIRE_OUT_MAX)
		return;
	if (wire_is_garbled(wire))
		wire_add_noise(wire, data, len);
	else
		evbuffer_add(wire->out, data, len);
	wire_flush(wire);
}

void wire_set_speed(struct wire *wire, int baud)
{
	wire->baud = baud;
}

const char *wire_place(const struct wire *wire)
{
	return wire->place;
}

struct wire *wire_free(struct wire *wire)
{
	if (!wire)
		return NULL;
	wire_unplug(wire);
	event_free(wire->news);
	evbuffer_free(wire->out);
	free(wire->place);
	wire->ops->destroy(wire);
	return NULL;
}
