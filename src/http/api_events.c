/* SPDX-License-Identifier: Apache-2.0 */
/* What happens, as Server-Sent Events. */
#include "core/events.h"
#include "http/api.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define API_EVENT_MAX (64 * 1024)

struct api_follower {
	struct stream *stream;
	struct subscription *subscription;
};

static void api_unfollow(struct api_follower *follower)
{
	events_unsubscribe(follower->subscription);
	free(follower);
}

static void api_follower_gone(void *arg)
{
	api_unfollow(arg);
}

/* One that does not keep up is cut off; it can go on by Last-Event-ID. */
static void api_event(void *arg, int64_t seq, const char *type,
		      const char *line, size_t len)
{
	struct api_follower *follower = arg;
	struct buf text = BUF_INIT(API_EVENT_MAX);

	if (seq)
		buf_add_format(&text, "id: %" PRId64 "\n", seq);
	buf_add_format(&text, "event: %s\ndata: ", type);
	buf_add(&text, line, len);
	buf_add_text(&text, "\n\n");
	if (text.failed ||
	    !stream_write(follower->stream, text.data, text.len)) {
		stream_end(follower->stream);
		api_unfollow(follower);
	}
	buf_free(&text);
}

static void api_events_ended(void *arg)
{
	struct api_follower *follower = arg;

	stream_end(follower->stream);
	api_unfollow(follower);
}

/* Where to go on from: -1 for only what comes from now on; -2 if it is bad. */
static int64_t api_last_event(const struct request *request)
{
	const char *text = request_header(request, "Last-Event-ID");
	long long last;
	char *end;

	if (!text)
		return json_int(request_query(request), "after", -1);
	errno = 0;
	last = strtoll(text, &end, 10);
	return errno || end == text || *end || last < 0 ? -2 : last;
}

/* An id that is still to come is of a journal that was rolled back since. */
static void api_refuse_future(struct request *request, int64_t last)
{
	bool header = request_header(request, "Last-Event-ID");
	CLEANUP_FREE char *detail =
		alloc_format("The journal goes up to %" PRId64
			     ": older records were put back since. Follow from "
			     "now on, and look at all anew.",
			     last);
	json_t *extra = json_put_text(json_make(), "detail", detail);

	if (header)
		json_put_text(extra, "header", "Last-Event-ID");
	else
		json_put_text(extra, "field", "after");
	request_reply_problem(request,
			      header ? PROBLEM_BAD_HEADER : PROBLEM_BAD_QUERY,
			      extra);
}

void api_follow_events(struct request *request, void *context)
{
	const char *till = json_text(request_query(request), "till");
	struct api_follower *follower;
	int64_t after = api_last_event(request);
	const struct follower who = { .peer = *request_peer(request),
				      .token = request_token(request) };
	struct subscriber subscriber = { .event = api_event,
					 .ended = api_events_ended };

	if (after < -1) {
		request_reply_problem(request, PROBLEM_BAD_HEADER,
				      json_put_text(json_make(), "header",
						    "Last-Event-ID"));
		return;
	}
	if (!events_may_follow(context, &who, till)) {
		request_reply_problem(request, PROBLEM_NOT_FOUND, NULL);
		return;
	}
	if (after >= 0 && after + 1 < events_first(context)) {
		request_reply_problem(request, PROBLEM_JOURNAL_ARCHIVED,
				      json_put_int(json_make(), "first",
						   events_first(context)));
		return;
	}
	if (after > events_last(context)) {
		api_refuse_future(request, events_last(context));
		return;
	}
	follower = ALLOC_NEW(struct api_follower);
	follower->stream = request_reply_stream(
		request, "text/event-stream",
		&(struct stream_events){ .gone = api_follower_gone,
					 .arg = follower });
	stream_write(follower->stream, ": tilld\n\n", 9);
	subscriber.arg = follower;
	follower->subscription =
		events_subscribe(context, &who, till, after, &subscriber);
}
