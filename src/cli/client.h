/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP over the daemon's Unix socket, by libcurl; a connection a request. */
#ifndef TILLD_CLI_CLIENT_H
#define TILLD_CLI_CLIENT_H

#include "cli/sse.h"
#include "util/buf.h"

#include <jansson.h>
#include <stdbool.h>

#define CLIENT_ANSWER_MAX (64 * 1024 * 1024)
#define CLIENT_PATH_MAX	  4096

enum client_error {
	CLIENT_E_UNREACHABLE = 1, /* nothing was sent */
	CLIENT_E_LOST,		  /* the request may have arrived, or in part */
	CLIENT_E_INTERRUPTED,	  /* a signal; the same */
	CLIENT_E_TOO_LONG,	  /* an answer longer than CLIENT_ANSWER_MAX */
	CLIENT_E_STOPPED,	  /* the sink wanted no more */
};

struct client;

/* A connection to the daemon that listens there; nothing is opened yet. */
struct client *client_new(const char *socket);
struct client *client_free(struct client *client); /* wipes; returns NULL */

/* For all requests from now on; copied. NULL: none. */
void client_set_token(struct client *client, const char *token);

/* Events that are followed while a request is waited for. */
struct client_watch {
	const char *till;
	sse_event event; /* called from client_send(), outside of libcurl */
	/* Called every now and then, a few times a second; or NULL. */
	void (*tick)(void *arg);
	void *arg;
};

struct client_request {
	const char *method;
	const char *path;	/* with its query; see client_add_path() */
	const json_t *body;	/* NULL: none */
	const char *key;	/* Idempotency-Key, or NULL */
	const char *match;	/* If-Match, or NULL */
	const char *consent;	/* Tilld-Authorization, or NULL */
	int wait;		/* Prefer: wait=N where above 0, or with key */
	const char *last_event; /* Last-Event-ID, or NULL */
	const struct client_watch *watch;
	/* Where a 200 goes as it comes; false to stop. Else into the answer. */
	bool (*sink)(void *arg, const void *bytes, size_t len);
	void *sink_arg;
	int patience; /* seconds for an answer that takes long by itself */
	bool endless; /* an answer that may take for ever */
};

/* text is the body as it came; json is NULL if it is none. */
struct client_answer {
	int status;
	struct buf text;
	json_t *json;
};

void client_answer_clear(struct client_answer *answer);

/* 0, or a client_error; out_answer is to be cleared after 0. */
int client_send(struct client *client, const struct client_request *request,
		struct client_answer *out_answer);

/* After CLIENT_E_UNREACHABLE: the errno, or 0 if it is not known. */
int client_errno(const struct client *client);

/* Waits that long, but not past a signal. */
void client_pause(int milliseconds);

/* Appends pattern to path, "{}" replaced by the values, escaped. */
void client_add_path(struct buf *path, const char *pattern, ...);

/* Appends "?name=value" or "&name=value"; nothing for a NULL value. */
void client_add_query(struct buf *path, const char *name, const char *value);
void client_add_query_int(struct buf *path, const char *name, int64_t value);

#endif
