/* SPDX-License-Identifier: Apache-2.0 */
#include "device/transports.h"

#include "device/transport_wire.h"
#include "util/alloc.h"

#include <stdlib.h>

struct transports_real {
	struct transports transports;
	struct event_base *base;
};

static struct transport *
transports_create(struct transports *transports,
		  const struct transport_config *config)
{
	struct transports_real *real = (struct transports_real *)transports;

	return config->path ? transport_serial_new(real->base, config)
			    : transport_tcp_new(real->base, config);
}

struct transports *transports_new(struct event_base *base)
{
	struct transports_real *real = ALLOC_NEW(struct transports_real);

	real->transports.create = transports_create;
	real->base = base;
	return &real->transports;
}

struct transports *transports_free(struct transports *transports)
{
	free(transports);
	return NULL;
}
