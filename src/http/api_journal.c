/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: read, exported, verified. For those who may see all of it. */
#include "core/journal_access.h"
#include "http/api.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define API_JOURNAL_LIMIT 100

void api_list_journal(struct request *request, void *context)
{
	const json_t *query = request_query(request);
	const char *order = json_text(query, "order");

	journal_access_list(context, api_caller(request),
			    &(struct journal_filter){
				    .after = json_int(query, "after", 0),
				    .before = json_int(query, "before", 0),
				    .kind = json_text(query, "kind"),
				    .till = json_text(query, "till"),
				    .operation = json_text(query, "operation"),
				    .newest_first =
					    order && !strcmp(order, "newest"),
				    .max = (size_t)json_int(query, "limit",
							    API_JOURNAL_LIMIT),
			    });
}

void api_verify_journal(struct request *request, void *context)
{
	journal_access_verify(context, api_caller(request));
}

/* An export goes out page by page, as fast as its reader takes it. */
struct api_export {
	struct core *core;
	struct stream *stream; /* NULL: its reader has left */
	int64_t next;
	bool reading;
};

static void api_export_gone(void *arg)
{
	struct api_export *export = arg;

	export->stream = NULL;
	if (!export->reading)
		free(export);
}

static void api_export_page(void *arg, int error, const char *text, size_t len,
			    int64_t next, bool complete)
{
	struct api_export *export = arg;
	bool sent;

	export->reading = false;
	if (!export->stream) {
		free(export);
		return;
	}
	sent = !error && stream_write(export->stream, text, len);
	if (!sent || complete) {
		/* What is cut short has no last line, and verify says so. */
		stream_end(export->stream);
		free(export);
		return;
	}
	export->next = next;
}

static void api_export_more(void *arg)
{
	struct api_export *export = arg;

	if (export->reading)
		return;
	export->reading = true;
	journal_access_page(export->core, export->next, api_export_page,
			    export);
}

void api_export_journal(struct request *request, void *context)
{
	struct api_export *export;
	enum problem why = journal_access_problem(
		context, request_peer(request), request_token(request));

	if (why != PROBLEMS) {
		request_reply_problem(request, why, NULL);
		return;
	}
	export = ALLOC_NEW(struct api_export);
	export->core = context;
	export->next = -1;
	export->stream = request_reply_stream(
		request, "application/x-ndjson",
		&(struct stream_events){ .drained = api_export_more,
					 .gone = api_export_gone,
					 .arg = export });
	api_export_more(export);
}
