/* SPDX-License-Identifier: Apache-2.0 */
/* The table of routes: method and path to handler, with what may come in. */
#ifndef TILLD_HTTP_ROUTE_H
#define TILLD_HTTP_ROUTE_H

#include "http/field.h"
#include "http/request.h"

/* The first row that fits is taken: "/current" stands above "/{id}". */
struct route {
	const char *method; /* "GET", "POST", "PUT", "DELETE"; NULL ends */
	const char *path;   /* "/v1/tills/{till}/drawer/open" */
	void (*handle)(struct request *request, void *context);
	const struct field *body;  /* NULL: no body may come */
	const struct field *query; /* NULL: no query may come */
};

/* All of the daemon's; ended by a NULL method (routes.c). */
extern const struct route routes[];

/* The routes of "tilld --api": [{"method", "path", "body", "query"}]. New. */
json_t *route_describe(const struct route *table);

#endif
