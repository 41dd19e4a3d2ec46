/* SPDX-License-Identifier: Apache-2.0 */
/* What is answered, handed to microhttpd: a text, a stream, or past it. */
#include "http/server_private.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "util/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define CONNECTION_STREAM_BLOCK (16 * 1024)

/* Room for any problem. */
#define CONNECTION_ANSWER_MAX (16 * 1024)

static void connection_wake(void *arg)
{
	connection_resume(arg);
}

static void connection_cut(void *arg)
{
	struct connection *connection = arg;

	shutdown(connection->fd, SHUT_RDWR);
	connection_resume(connection);
}

static void connection_forget_stream(void *arg)
{
	struct connection *connection = arg;

	connection->stream = NULL;
}

static const struct stream_owner connection_stream_owner = {
	.wake = connection_wake,
	.cut = connection_cut,
	.released = connection_forget_stream,
};

static ssize_t connection_read_stream(void *cls, uint64_t at, char *out,
				      size_t max)
{
	struct connection *connection = cls;
	ssize_t len = STREAM_BROKEN;

	(void)at;
	if (connection->stream && !connection->left)
		len = stream_take(connection->stream, out, max);
	if (len == STREAM_ENDED)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (len == STREAM_BROKEN)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (!len)
		connection_suspend(connection);
	return len;
}

static void connection_free_stream(void *cls)
{
	struct connection *connection = cls;

	if (connection->stream)
		stream_release(connection->stream);
}

static struct MHD_Response *
connection_make_stream_response(struct connection *connection,
				struct answer *answer)
{
	struct MHD_Response *response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, CONNECTION_STREAM_BLOCK,
		connection_read_stream, connection, connection_free_stream);

	if (!response)
		return NULL;
	/* microhttpd 0.9.75 ends even HEAD's chunks, where none may be */
	if (connection->is_head)
		MHD_set_response_options(response,
					 MHD_RF_HTTP_1_0_COMPATIBLE_STRICT,
					 MHD_RO_END);
	connection->stream = answer->stream;
	answer->stream = NULL;
	stream_attach(connection->stream, &connection_stream_owner, connection);
	return response;
}

/* An answer may hold the token of a sign-on. */
static void connection_free_text(void *text)
{
	secret_free(text);
}

static struct MHD_Response *connection_make_text_response(struct answer *answer)
{
	struct MHD_Response *response;

	if (!answer->text)
		return MHD_create_response_from_buffer(
			0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
	response = MHD_create_response_from_buffer_with_free_callback(
		answer->len, answer->text, connection_free_text);
	if (response)
		answer->text = NULL;
	return response;
}

static void connection_add_headers(const struct connection *connection,
				   const struct answer *answer,
				   struct MHD_Response *response)
{
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	if (connection->server->quiesced || connection->request->doubtful)
		MHD_add_response_header(response, "Connection", "close");
	for (size_t i = 0; i < answer->headers_count; i++)
		if (MHD_add_response_header(response, answer->headers[i].name,
					    answer->headers[i].value) !=
		    MHD_YES)
			log_error("a header that cannot be sent: %s",
				  answer->headers[i].name);
}

enum MHD_Result connection_answer(struct connection *connection)
{
	struct answer *answer = &connection->request->answer;
	struct MHD_Response *response =
		answer->stream
			? connection_make_stream_response(connection, answer)
			: connection_make_text_response(answer);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	connection_add_headers(connection, answer, response);
	connection->queued = true;
	result = MHD_queue_response(connection->mhd,
				    (unsigned int)answer->status, response);
	MHD_destroy_response(response);
	return result;
}

void connection_write_answer(int fd, const struct answer *answer)
{
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(CONNECTION_ANSWER_MAX);
	CLEANUP_FREE char *rest = alloc_format("Cache-Control: no-store\r\n"
					       "Content-Length: %zu\r\n"
					       "Connection: close\r\n\r\n",
					       answer->len);
	CLEANUP_FREE char *line = alloc_format(
		"HTTP/1.1 %d %s\r\n", answer->status,
		MHD_get_reason_phrase_for((unsigned int)answer->status));

	buf_add_text(&out, line);
	for (size_t i = 0; i < answer->headers_count; i++) {
		buf_add_text(&out, answer->headers[i].name);
		buf_add_text(&out, ": ");
		buf_add_text(&out, answer->headers[i].value);
		buf_add_text(&out, "\r\n");
	}
	buf_add_text(&out, rest);
	buf_add(&out, answer->text, answer->len);
	if (!out.failed &&
	    send(fd, out.data, out.len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_debug("an answer is not taken: %s", strerror(errno));
}
