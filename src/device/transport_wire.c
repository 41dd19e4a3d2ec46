/* SPDX-License-Identifier: Apache-2.0 */
#include "device/transport_wire.h"

#include "util/log.h"
#include "util/secret.h"

#include <errno.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIRE_CHUNK 4096

enum reason wire_reason(int err)
{
	switch (err) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
	case ENOTTY:
		return REASON_PORT_MISSING;
	case EACCES:
	case EPERM:
		return REASON_PORT_DENIED;
	case EBUSY:
	case EWOULDBLOCK:
		return REASON_PORT_BUSY;
	case ECONNREFUSED:
		return REASON_CONNECTION_REFUSED;
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case ENETUNREACH:
	case ENETDOWN:
		return REASON_NO_ANSWER;
	case EINVAL:
		return REASON_BAD_PARAMETER;
	default:
		return REASON_UNPLUGGED;
	}
}

/* --- closing --- */

/* Bytes on their way may be card data (libevent would only forget them). */
static void wire_wipe(struct evbuffer *bytes)
{
	struct evbuffer_iovec part;

	while (evbuffer_peek(bytes, -1, NULL, &part, 1) > 0 && part.iov_len) {
		secret_wipe(part.iov_base, part.iov_len);
		evbuffer_drain(bytes, part.iov_len);
	}
}

/* Moves what fits, and leaves nothing behind. */
static size_t wire_move(struct evbuffer *bytes, uint8_t *out, size_t max)
{
	struct evbuffer_iovec part;
	size_t len;

	if (evbuffer_peek(bytes, (ev_ssize_t)max, NULL, &part, 1) < 1)
		return 0;
	len = part.iov_len < max ? part.iov_len : max;
	memcpy(out, part.iov_base, len);
	secret_wipe(part.iov_base, len);
	evbuffer_drain(bytes, len);
	return len;
}

/* Sends what TLS has to say. */
static void wire_flush_tls(struct wire *wire)
{
	uint8_t data[WIRE_CHUNK];
	size_t len;

	while ((len = tls_take(wire->tls, data, sizeof(data))) > 0)
		bufferevent_write(wire->bytes, data, len);
}

static void wire_shut(struct transport *transport)
{
	struct wire *wire = (struct wire *)transport;

	event_del(wire->soon);
	if (!wire->bytes)
		return;
	struct evbuffer *output = bufferevent_get_output(wire->bytes);
	int fd = bufferevent_getfd(wire->bytes);

	bufferevent_disable(wire->bytes, EV_READ | EV_WRITE);
	if (wire->tls) {
		tls_say_goodbye(wire->tls);
		wire_flush_tls(wire);
	}
	if (wire->is_up && !wire->stalled && evbuffer_get_length(output)) {
		/* a driver's last word: what the kernel takes at once */
		evbuffer_unfreeze(output, 1);
		evbuffer_write(output, fd);
	}
	if (wire->ops->close)
		wire->ops->close(wire, fd, wire->stalled);
	/* by ourselves: libevent closes later, and we may open again at once */
	bufferevent_setfd(wire->bytes, -1);
	close(fd);
	wire->is_told = false;
	wire->tls = tls_free(wire->tls);
	wire_wipe(bufferevent_get_input(wire->bytes));
	bufferevent_free(wire->bytes);
	wire->bytes = NULL;
	wire->is_up = false;
	wire->stalled = false;
}

static void wire_tell_down(struct wire *wire, enum reason reason)
{
	struct transport_events *events = &wire->transport.events;

	wire_shut(&wire->transport);
	events->down(events->arg, reason);
}

/* --- the outcome of opening --- */

static void wire_tell_clear(struct wire *wire);

static void wire_tell_soon(evutil_socket_t fd, short what, void *arg)
{
	struct wire *wire = arg;
	struct transport_events *events = &wire->transport.events;

	(void)fd;
	(void)what;
	if (!wire->is_up) {
		wire_tell_down(wire, wire->outcome);
		return;
	}
	/* reading only begins now: no byte may come before up */
	bufferevent_enable(wire->bytes, EV_READ | EV_WRITE);
	wire->is_told = true;
	events->up(events->arg);
	if (wire->tls) /* it may have said something right after it */
		wire_tell_clear(wire);
}

static void wire_set_soon(struct wire *wire, enum reason outcome, int ms)
{
	struct timeval at = { .tv_sec = ms / 1000,
			      .tv_usec = ms % 1000 * 1000 };

	wire->outcome = outcome;
	event_add(wire->soon, &at);
}

static void wire_be_up(struct wire *wire)
{
	struct timeval stall = { .tv_sec = TRANSPORT_STALL_MS / 1000 };

	wire->is_up = true;
	bufferevent_set_timeouts(wire->bytes, NULL, &stall);
	wire_set_soon(wire, REASON_NONE, 0);
}

void wire_set_up(struct wire *wire)
{
	if (!wire->tls_pin) {
		wire_be_up(wire);
		return;
	}
	/* the limit of opening goes on until both have shaken hands */
	wire->tls = tls_new(wire->tls_pin);
	bufferevent_enable(wire->bytes, EV_READ | EV_WRITE);
	wire_flush_tls(wire);
}

void wire_set_down(struct wire *wire, enum reason reason)
{
	wire_set_soon(wire, reason, 0);
}

void wire_limit_open(struct wire *wire, int ms)
{
	wire_set_soon(wire, REASON_NO_ANSWER, ms);
}

/* --- bytes --- */

/* In clear by now; events->input may shut the wire. */
static void wire_tell_clear(struct wire *wire)
{
	struct transport_events *events = &wire->transport.events;
	uint8_t data[WIRE_CHUNK];
	size_t len;

	while (wire->tls && wire->is_told &&
	       (len = tls_read(wire->tls, data, sizeof(data))) > 0)
		events->input(events->arg, data, len);
	secret_wipe(data, sizeof(data));
}

static void wire_take_tls(struct wire *wire, const uint8_t *data, size_t len)
{
	enum tls_state state = tls_feed(wire->tls, data, len);

	wire_flush_tls(wire);
	switch (state) {
	case TLS_HANDSHAKE:
		break;
	case TLS_UP:
		if (wire->is_up)
			wire_tell_clear(wire);
		else
			wire_be_up(wire);
		break;
	case TLS_STRANGER:
		wire_tell_down(wire, REASON_CERTIFICATE_WRONG);
		break;
	case TLS_BROKEN:
		wire_tell_down(wire, wire->is_up ? REASON_UNPLUGGED
						 : REASON_WRONG_PROTOCOL);
		break;
	}
}

static void wire_input(struct bufferevent *bytes, void *arg)
{
	struct wire *wire = arg;
	struct transport_events *events = &wire->transport.events;
	uint8_t data[WIRE_CHUNK];
	size_t len;

	/* events->input may shut the wire, then there is nothing to read */
	while (wire->bytes == bytes &&
	       (len = wire_move(bufferevent_get_input(bytes), data,
				sizeof(data))) > 0) {
		if (wire->tls)
			wire_take_tls(wire, data, len);
		else
			events->input(events->arg, data, len);
	}
	secret_wipe(data, sizeof(data));
}

static void wire_drained(struct bufferevent *bytes, void *arg)
{
	struct wire *wire = arg;
	struct transport_events *events = &wire->transport.events;

	(void)bytes;
	if (wire->is_up && events->drained)
		events->drained(events->arg);
}

/* A tty that hangs up reads 0 bytes or fails with EIO; both is its end. */
static void wire_event(struct bufferevent *bytes, short what, void *arg)
{
	struct wire *wire = arg;
	int err = EVUTIL_SOCKET_ERROR();

	if (wire->bytes != bytes)
		return;
	if (what & BEV_EVENT_CONNECTED) {
		wire_set_up(wire);
	} else if (what & BEV_EVENT_TIMEOUT) {
		wire->stalled = true;
		wire_tell_down(wire, REASON_NO_ANSWER);
	} else if (what & BEV_EVENT_EOF) {
		wire_tell_down(wire, REASON_UNPLUGGED);
	} else {
		log_debug("a line failed: %s", strerror(err));
		wire_tell_down(wire, wire->is_up ? REASON_UNPLUGGED
						 : wire_reason(err));
	}
}

static bool wire_write(struct transport *transport, const uint8_t *data,
		       size_t len)
{
	struct wire *wire = (struct wire *)transport;
	size_t queued;

	if (!wire->bytes || !wire->is_up)
		return true; /* down is on its way */
	queued = evbuffer_get_length(bufferevent_get_output(wire->bytes));
	if (len > TRANSPORT_QUEUE_MAX - queued)
		return false;
	if (!wire->tls)
		return !bufferevent_write(wire->bytes, data, len);
	if (!tls_write(wire->tls, data, len))
		return false;
	wire_flush_tls(wire);
	return true;
}

/* --- making --- */

void wire_take(struct wire *wire, int fd)
{
	wire->bytes =
		bufferevent_socket_new(wire->base, fd, BEV_OPT_DEFER_CALLBACKS);
	if (!wire->bytes)
		abort(); /* out of memory */
	bufferevent_disable(wire->bytes, EV_READ | EV_WRITE);
	bufferevent_setcb(wire->bytes, wire_input, wire_drained, wire_event,
			  wire);
}

static void wire_open(struct transport *transport)
{
	struct wire *wire = (struct wire *)transport;

	wire_shut(transport);
	wire->ops->open(wire);
}

static void wire_destroy(struct transport *transport)
{
	struct wire *wire = (struct wire *)transport;

	wire_shut(transport);
	event_free(wire->soon);
	wire->ops->destroy(wire);
}

static bool wire_set_line(struct transport *transport,
			  const struct driver_line *line)
{
	struct wire *wire = (struct wire *)transport;

	return wire->bytes && wire->is_up && wire->ops->set_line &&
	       wire->ops->set_line(wire, bufferevent_getfd(wire->bytes), line);
}

static bool wire_modem(struct transport *transport, unsigned int *out_lines)
{
	struct wire *wire = (struct wire *)transport;

	return wire->bytes && wire->is_up && wire->ops->modem &&
	       wire->ops->modem(wire, bufferevent_getfd(wire->bytes),
				out_lines);
}

void wire_init(struct wire *wire, const struct wire_ops *ops,
	       struct event_base *base)
{
	static const struct transport_ops transport_ops = {
		.open = wire_open,
		.shut = wire_shut,
		.write = wire_write,
		.destroy = wire_destroy,
		.set_line = wire_set_line,
		.modem = wire_modem,
	};

	wire->transport.ops = &transport_ops;
	wire->ops = ops;
	wire->base = base;
	wire->soon = evtimer_new(base, wire_tell_soon, wire);
	if (!wire->soon)
		abort(); /* out of memory */
}
