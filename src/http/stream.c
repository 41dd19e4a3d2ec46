/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue between a handler that writes and a connection that sends. Either
 * may go first: the handler by stream_end(), the connection because the client
 * left. What is told to the handler is told from an event of the stream's own,
 * never from inside of microhttpd, so that it may do there what it likes.
 */
#include "http/request_private.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

struct stream {
	struct stream_events events;
	struct event *due; /* something is to be told: drained or gone */
	struct buf queue;
	size_t taken; /* bytes at the front of queue that are sent */
	bool ended;   /* the handler has let go */
	bool left;    /* the connection has */
	bool overrun;
	const struct stream_owner *owner; /* NULL: not attached */
	void *owner_arg;
};

static void stream_free(struct stream *stream)
{
	event_free(stream->due);
	buf_free(&stream->queue);
	free(stream);
}

static size_t stream_queued(const struct stream *stream)
{
	return stream->queue.len - stream->taken;
}

static void stream_tell(struct stream *stream)
{
	struct stream_events events = stream->events;

	if (stream->ended)
		return;
	if (stream->left) {
		stream_free(stream);
		events.gone(events.arg);
	} else if (!stream_queued(stream) && events.drained) {
		events.drained(events.arg);
	}
}

static void stream_run_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	stream_tell(arg);
}

struct stream *stream_new(struct event_base *base,
			  const struct stream_events *events)
{
	struct stream *stream = ALLOC_NEW(struct stream);

	stream->events = *events;
	stream->due = event_new(base, -1, 0, stream_run_due, stream);
	if (!stream->due)
		abort();
	buf_init(&stream->queue, STREAM_QUEUE_MAX);
	return stream;
}

void stream_attach(struct stream *stream, const struct stream_owner *owner,
		   void *arg)
{
	stream->owner = owner;
	stream->owner_arg = arg;
}

bool stream_write(struct stream *stream, const void *data, size_t len)
{
	if (stream->left)
		return true; /* gone() is on its way */
	if (stream->overrun || len > STREAM_QUEUE_MAX - stream_queued(stream)) {
		stream->overrun = true;
		return false;
	}
	if (stream->queue.len + len > STREAM_QUEUE_MAX) {
		buf_drop(&stream->queue, stream->taken);
		stream->taken = 0;
	}
	buf_add(&stream->queue, data, len);
	if (len && stream->owner)
		stream->owner->wake(stream->owner_arg);
	return true;
}

void stream_end(struct stream *stream)
{
	stream->ended = true;
	if (stream->left)
		stream_free(stream);
	else if (stream->owner && stream->overrun)
		stream->owner->cut(stream->owner_arg);
	else if (stream->owner)
		stream->owner->wake(stream->owner_arg);
}

bool stream_is_ended(const struct stream *stream)
{
	return stream->ended;
}

static void stream_note_empty(struct stream *stream)
{
	buf_reset(&stream->queue);
	stream->taken = 0;
	event_active(stream->due, EV_TIMEOUT, 0);
}

ssize_t stream_take(struct stream *stream, char *out, size_t max)
{
	size_t len = stream_queued(stream);

	if (stream->overrun && stream->ended)
		return STREAM_BROKEN;
	if (!len)
		return stream->ended ? STREAM_ENDED : 0;
	if (len > max)
		len = max;
	memcpy(out, stream->queue.data + stream->taken, len);
	stream->taken += len;
	if (!stream_queued(stream))
		stream_note_empty(stream);
	return (ssize_t)len;
}

void stream_release(struct stream *stream)
{
	if (stream->owner)
		stream->owner->released(stream->owner_arg);
	stream->owner = NULL;
	stream->left = true;
	if (stream->ended)
		stream_free(stream);
	else
		event_active(stream->due, EV_TIMEOUT, 0);
}

bool stream_is_read(const struct stream *stream)
{
	return stream->events.drained != NULL;
}

void stream_abandon(struct stream *stream)
{
	if (stream->ended)
		return;
	stream->ended = true; /* who is told has let go */
	stream->events.gone(stream->events.arg);
}

void stream_cut(struct stream *stream)
{
	stream_abandon(stream);
	stream->overrun = true;
	if (stream->owner)
		stream->owner->cut(stream->owner_arg);
}
