/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports of a HID, through the kernel's hidraw. Each read gives one report.
 * A write doesn't return before the device took the report, or for five seconds
 * where it does not (hid_hw_output_report() in Linux): so a worker of its own
 * writes, and no device holds up the loop.
 */
#include "device/transport_plug.h"

#include "device/transport_wire.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/log.h"
#include "util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HID_REPORT_MAX	   4096
#define HID_DESCRIPTOR_MAX 4096 /* the kernel's HID_MAX_DESCRIPTOR_SIZE */
#define HID_READS	   16	/* in one go */
#define HID_QUEUE	   64	/* reports that wait to be written */

struct transport_hid {
	struct plug plug;
	struct workers *workers;
	struct worker *worker; /* NULL until something is written */
	int fd;		       /* -1 while it is shut */
	struct event *readable;
	unsigned int turn;    /* how often it was opened */
	unsigned int waiting; /* reports that the worker has */
	uint8_t descriptor[HID_DESCRIPTOR_MAX];
	size_t descriptor_len;
};

/* --- reading --- */

/* False if nothing more is to be read now. */
static bool hid_read(struct transport_hid *hid)
{
	uint8_t report[HID_REPORT_MAX];
	ssize_t len = read(hid->fd, report, sizeof(report));

	if (len > 0)
		plug_input(&hid->plug, report, (size_t)len);
	else if (!len || (errno != EAGAIN && errno != EINTR))
		plug_go_down(&hid->plug, REASON_UNPLUGGED);
	secret_wipe(report, sizeof(report));
	return len > 0 && hid->fd >= 0;
}

static void hid_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct transport_hid *hid = arg;

	(void)fd;
	(void)what;
	if (!hid->plug.is_up)
		return; /* told again when it is: level-triggered */
	for (int i = 0; i < HID_READS && hid_read(hid); i++)
		continue;
}

/* --- writing --- */

struct hid_write {
	struct work work;
	struct transport_hid *hid;
	unsigned int turn;
	int fd; /* its own */
	int error;
	size_t len;
	uint8_t report[];
};

static void hid_write_run(struct work *work)
{
	struct hid_write *out = (struct hid_write *)work;

	if (write(out->fd, out->report, out->len) < 0)
		out->error = errno;
}

static void hid_write_done(struct work *work)
{
	struct hid_write *out = (struct hid_write *)work;
	struct transport_hid *hid = out->hid;
	struct transport_events *events = &hid->plug.transport.events;
	bool is_now = hid->plug.is_up && out->turn == hid->turn;

	hid->waiting--;
	close(out->fd);
	if (is_now && out->error)
		plug_go_down(&hid->plug, out->error == ETIMEDOUT
						 ? REASON_NO_ANSWER
						 : REASON_UNPLUGGED);
	else if (is_now && !hid->waiting && events->drained)
		events->drained(events->arg);
	secret_wipe(out->report, out->len);
	free(out);
}

static bool hid_write(struct plug *plug, const uint8_t *data, size_t len)
{
	struct transport_hid *hid = (struct transport_hid *)plug;
	struct hid_write *out;

	if (hid->waiting == HID_QUEUE || len > HID_REPORT_MAX)
		return false;
	if (!hid->worker)
		hid->worker = worker_new(hid->workers, "hid", NULL);
	out = alloc_zero(1, sizeof(*out) + len);
	out->work =
		(struct work){ .run = hid_write_run, .done = hid_write_done };
	out->hid = hid;
	out->turn = hid->turn;
	out->fd = fcntl(hid->fd, F_DUPFD_CLOEXEC, 0);
	out->len = len;
	memcpy(out->report, data, len);
	hid->waiting++;
	worker_submit(hid->worker, &out->work);
	return true;
}

/* --- opening and closing --- */

/* What its reports are made of, as the kernel has read it. */
static void hid_read_descriptor(struct transport_hid *hid)
{
	CLEANUP_FREE char *path = alloc_format("%s/device/report_descriptor",
					       hid->plug.found.sysfs);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len =
		fd < 0 ? -1
		       : read(fd, hid->descriptor, sizeof(hid->descriptor));

	hid->descriptor_len = len > 0 ? (size_t)len : 0;
	hid->plug.facts.reports = hid->descriptor;
	hid->plug.facts.reports_len = hid->descriptor_len;
}

static int hid_open(struct plug *plug)
{
	struct transport_hid *hid = (struct transport_hid *)plug;
	int r = plug_open_node(plug, &hid->fd);

	if (r)
		return r;
	hid->turn++;
	hid_read_descriptor(hid);
	hid->readable = event_new(plug->base, hid->fd, EV_READ | EV_PERSIST,
				  hid_on_readable, hid);
	if (!hid->readable || event_add(hid->readable, NULL))
		return err_born(-EIO);
	plug_tell_up(plug);
	return 0;
}

static void hid_shut(struct plug *plug)
{
	struct transport_hid *hid = (struct transport_hid *)plug;

	if (hid->readable)
		event_free(hid->readable);
	hid->readable = NULL;
	if (hid->fd >= 0)
		close(hid->fd);
	hid->fd = -1;
}

static void hid_destroy(struct plug *plug)
{
	struct transport_hid *hid = (struct transport_hid *)plug;

	worker_free(hid->worker);
	free(hid);
}

struct transport *transport_hid_new(struct event_base *base,
				    struct plugs *plugs,
				    struct workers *workers,
				    const struct transport_config *config)
{
	static const struct plug_ops ops = { .open = hid_open,
					     .shut = hid_shut,
					     .write = hid_write,
					     .destroy = hid_destroy };
	struct transport_hid *hid = ALLOC_NEW(struct transport_hid);

	hid->fd = -1;
	hid->workers = workers;
	plug_init(&hid->plug, &ops, base, plugs, config);
	return &hid->plug.transport;
}
