/* SPDX-License-Identifier: Apache-2.0 */
#include "device/transport_plug.h"

#include "device/transport_wire.h"
#include "util/alloc.h"
#include "util/err.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* --- up and down --- */

static void plug_shut(struct transport *transport)
{
	struct plug *plug = (struct plug *)transport;

	event_del(plug->soon);
	if (plug->is_open)
		plug->ops->shut(plug);
	plug->is_open = false;
	plug->is_up = false;
	plug->facts = (struct driver_facts){ 0 };
	plug_found_clear(&plug->found);
}

void plug_go_down(struct plug *plug, enum reason reason)
{
	struct transport_events *events = &plug->transport.events;

	plug_shut(&plug->transport);
	events->down(events->arg, reason);
}

static void plug_on_soon(evutil_socket_t fd, short what, void *arg)
{
	struct plug *plug = arg;
	struct transport_events *events = &plug->transport.events;

	(void)fd;
	(void)what;
	if (plug->outcome != REASON_NONE) {
		plug_go_down(plug, plug->outcome);
		return;
	}
	plug->is_up = true;
	events->up(events->arg);
}

static void plug_set_soon(struct plug *plug, enum reason outcome)
{
	const struct timeval now = { 0 };

	plug->outcome = outcome;
	event_add(plug->soon, &now);
}

/* What a device says of itself, if it can be read at all. */
static const char *plug_words(const char *text)
{
	return text && *text && strlen(text) <= PLUG_NAME_MAX &&
			       text_is_plain(text)
		       ? text
		       : NULL;
}

void plug_tell_up(struct plug *plug)
{
	struct driver_facts *facts = &plug->facts;

	facts->vendor = plug->found.vendor;
	facts->product = plug->found.product;
	facts->serial = plug_words(plug->found.serial);
	facts->model = plug_words(plug->found.model);
	plug_set_soon(plug, REASON_NONE);
}

void plug_fail(struct plug *plug, enum reason reason)
{
	plug_set_soon(plug, reason);
}

void plug_try(struct plug *plug, int r)
{
	if (r)
		plug_fail(plug, r == -ENOTUNIQ ? REASON_PORT_AMBIGUOUS
				: r == -EPROTO ? REASON_WRONG_PROTOCOL
					       : wire_reason(-r));
}

/* The kernel has it already, and udev has yet to make it ours: that will be
 * told. Where there is no udev nobody will. */
static bool plug_is_early(const struct plug *plug, int r)
{
	return r == -EACCES && !plug->found.is_settled &&
	       !access("/run/udev/control", F_OK);
}

static int plug_find_and_open(struct plug *plug)
{
	int r = plugs_find(plug->plugs, plug->kind, &plug->name, &plug->found);

	if (r)
		return r;
	plug->is_open = true;
	r = plug->ops->open(plug);
	return plug_is_early(plug, r) ? err_born(-ENODEV) : r;
}

static void plug_open(struct transport *transport)
{
	struct plug *plug = (struct plug *)transport;

	plug_shut(transport);
	plug_try(plug, plug_find_and_open(plug));
}

int plug_open_node(const struct plug *plug, int *out_fd)
{
	int fd = open(plug->found.node,
		      O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return err_born(-errno);
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		r = err_born(-errno);
		close(fd);
		return r;
	}
	*out_fd = fd;
	return 0;
}

/* --- bytes --- */

void plug_input(struct plug *plug, const uint8_t *data, size_t len)
{
	struct transport_events *events = &plug->transport.events;

	if (plug->is_up && len)
		events->input(events->arg, data, len);
}

static bool plug_write(struct transport *transport, const uint8_t *data,
		       size_t len)
{
	struct plug *plug = (struct plug *)transport;

	return !plug->is_up || plug->ops->write(plug, data, len);
}

static const struct driver_facts *plug_facts(struct transport *transport)
{
	struct plug *plug = (struct plug *)transport;

	return &plug->facts;
}

/* --- notices --- */

static void plug_came(void *arg)
{
	struct plug *plug = arg;
	struct transport_events *events = &plug->transport.events;

	if (plug->is_open && plug->ops->came)
		plug->ops->came(plug);
	else if (!plug->is_open && events->plugged)
		events->plugged(events->arg);
}

static void plug_gone(void *arg, const char *node)
{
	struct plug *plug = arg;

	if (plug->is_open && !strcmp(plug->found.node, node))
		plug_go_down(plug, REASON_UNPLUGGED);
}

/* --- making --- */

static void plug_destroy(struct transport *transport)
{
	struct plug *plug = (struct plug *)transport;

	plugs_unwatch(&plug->watch);
	plug_shut(transport);
	event_free(plug->soon);
	plug_name_clear(&plug->name);
	plug->ops->destroy(plug);
}

void plug_init(struct plug *plug, const struct plug_ops *ops,
	       struct event_base *base, struct plugs *plugs,
	       const struct transport_config *config)
{
	static const struct transport_ops transport_ops = {
		.open = plug_open,
		.shut = plug_shut,
		.write = plug_write,
		.destroy = plug_destroy,
		.facts = plug_facts,
	};

	plug->transport.ops = &transport_ops;
	plug->ops = ops;
	plug->base = base;
	plug->plugs = plugs;
	plug->kind = config->plug;
	if (!plug_name_read(config->plug_name, &plug->name))
		abort(); /* the configuration has been checked */
	plug->watch = (struct plug_watch){ .came = plug_came,
					   .gone = plug_gone,
					   .arg = plug };
	plugs_watch(plugs, &plug->watch);
	plug->soon = evtimer_new(base, plug_on_soon, plug);
	if (!plug->soon)
		abort(); /* out of memory */
}
