/* SPDX-License-Identifier: Apache-2.0 */
/* The journal's archive, and backups. */
#include "core/archive.h"
#include "http/api.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>

#define API_SEGMENTS_LIMIT 100
#define API_BACKUP_RETRY_S 5

void api_list_segments(struct request *request, void *context)
{
	const json_t *query = request_query(request);

	archive_list(context, api_caller(request), json_int(query, "after", 0),
		     (size_t)json_int(query, "limit", API_SEGMENTS_LIMIT));
}

void api_archive_journal(struct request *request, void *context)
{
	archive_run(context, api_caller(request),
		    json_int(request_body(request), "keep_days", -1));
}

/* --- a backup, as fast as its reader takes it --- */

struct api_backup {
	struct request *request; /* NULL: answered, or its client has left */
	struct stream *stream;	 /* NULL: not yet, or its client has left */
	struct backup *backup;
	bool reading;
};

static void api_backup_end(struct api_backup *api)
{
	backup_free(api->backup);
	free(api);
}

static void api_backup_gone(void *arg)
{
	struct api_backup *api = arg;

	api->stream = NULL;
	if (!api->reading)
		api_backup_end(api);
}

/* What is cut short shows by its length: SQLite's first page tells it. */
static void api_backup_read(void *arg, int error, const void *bytes, size_t len)
{
	struct api_backup *api = arg;

	api->reading = false;
	if (!api->stream) {
		api_backup_end(api);
	} else if (error || !len || !stream_write(api->stream, bytes, len)) {
		stream_end(api->stream);
		api_backup_end(api);
	}
}

static void api_backup_more(void *arg)
{
	struct api_backup *api = arg;

	if (api->reading)
		return;
	api->reading = true;
	backup_read(api->backup, api_backup_read, api);
}

static void api_backup_taken(void *arg, enum problem problem, json_t *extra,
			     struct backup *backup)
{
	struct api_backup *api = arg;
	struct request *request = api->request;

	api->request = NULL;
	api->backup = backup;
	if (!request || problem != PROBLEMS) {
		if (request)
			request_reply_problem(request, problem, extra);
		else
			json_decref(extra);
		api_backup_end(api);
		return;
	}
	api->stream = request_reply_stream(
		request, "application/vnd.sqlite3",
		&(struct stream_events){ .drained = api_backup_more,
					 .gone = api_backup_gone,
					 .arg = api });
	api_backup_more(api);
}

static void api_backup_left(void *arg, struct request *request)
{
	(void)request;
	((struct api_backup *)arg)->request = NULL;
}

void api_take_backup(struct request *request, void *context)
{
	struct api_backup *api = ALLOC_NEW(struct api_backup);
	json_t *extra = NULL;
	enum problem why = archive_take_backup(context, request_peer(request),
					       request_token(request),
					       api_backup_taken, api);

	if (why == PROBLEMS) {
		api->request = request;
		request_on_gone(request, api_backup_left, api);
		return;
	}
	if (why == PROBLEM_TOO_MANY_REQUESTS)
		extra = json_put_int(json_make(), "retry_after",
				     API_BACKUP_RETRY_S);
	request_reply_problem(request, why, extra);
	free(api);
}
