/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receipt of twenty lines, from the request to its answer, on a printer that
 * tillsim plays, on a line of 115200 baud: how many commands it takes, and how
 * long neither the line nor the printer works, but we do: deciding, writing to
 * disk, reckoning. The peer is the printer itself.
 */
#include "box.h"

#include "core/action.h"
#include "drivers.h"
#include "sim/datecs_model.h"
#include "sim/models.h"
#include "sim/posnet_model.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES	     20
#define ROUNDS	     8
#define ROUNDS_BRIEF 1
#define BYTE_NS	     (10.0 * 1e9 / 115200) /* with its start and stop bit */
#define WAY_MAX	     (1 << 16)
#define SHARE_MAX    0.01

struct wire;

/* One direction. */
struct way {
	struct buf bytes;
	struct event *due;
	double free_at; /* ns: then all of it has arrived */
};

struct printer {
	const char *name;
	const struct driver *driver;
	const struct model_class *class;
	bool (*is_idle)(const struct wire *wire);
	/* Whether it is one of the receipt's own. */
	bool (*is_receipts)(const uint8_t *frame, size_t len);
	/* opening, lines, payment, closing */
	size_t needed;
};

struct wire {
	struct transports transports;
	struct transport transport;
	const struct printer *printer;
	struct model *model;
	struct event *model_due, *up;
	struct way out, in; /* seen from the daemon */

	size_t commands, questions;
	double ours_from; /* ns: since then it is our turn; 0: it isn't */
	double ours;
	int64_t work_from;
	double work; /* of that, the loop's own on the processor */
};

/* --- whose turn it is --- */

static bool wire_rests(const struct wire *wire)
{
	return !wire->out.bytes.len && !wire->in.bytes.len &&
	       wire->printer->is_idle(wire);
}

static void wire_note_ours(struct wire *wire)
{
	if (wire->ours_from || !wire_rests(wire))
		return;
	wire->ours_from = (double)bench_now();
	wire->work_from = bench_cpu();
}

static void wire_note_theirs(struct wire *wire)
{
	if (!wire->ours_from)
		return;
	wire->ours += (double)bench_now() - wire->ours_from;
	wire->work += (double)(bench_cpu() - wire->work_from);
	wire->ours_from = 0;
}

/* --- bytes on their way --- */

static void event_after(struct event *event, double ns)
{
	long us = ns > 0 ? (long)(ns / 1000) : 0;
	struct timeval after = { us / 1000000, us % 1000000 };

	event_add(event, &after);
}

static void way_send(struct way *way, const uint8_t *data, size_t len)
{
	double now = (double)bench_now();

	if (way->free_at < now)
		way->free_at = now;
	way->free_at += (double)len * BYTE_NS;
	buf_add(&way->bytes, data, len);
	event_after(way->due, way->free_at - now);
}

static struct buf way_take(struct way *way)
{
	struct buf taken = way->bytes;

	buf_init(&way->bytes, WAY_MAX);
	return taken;
}

static void wire_arrive_out(evutil_socket_t fd, short what, void *arg)
{
	struct wire *wire = arg;
	struct buf bytes = way_take(&wire->out);

	(void)fd;
	(void)what;
	if (wire->printer->is_receipts(bytes.data, bytes.len))
		wire->commands++;
	else
		wire->questions++;
	wire->model->class->input(wire->model, bytes.data, bytes.len);
	buf_free(&bytes);
}

static void wire_arrive_in(evutil_socket_t fd, short what, void *arg)
{
	struct wire *wire = arg;
	struct transport_events *events = &wire->transport.events;
	struct buf bytes = way_take(&wire->in);

	(void)fd;
	(void)what;
	wire_note_ours(wire);
	events->input(events->arg, bytes.data, bytes.len);
	buf_free(&bytes);
}

/* --- the printer's end --- */

static void wire_host_send(void *arg, const uint8_t *data, size_t len)
{
	way_send(&((struct wire *)arg)->in, data, len);
}

static void wire_host_timer(void *arg, int64_t ms)
{
	struct wire *wire = arg;

	if (ms < 0)
		event_del(wire->model_due);
	else
		event_after(wire->model_due, (double)ms * 1e6);
}

static int64_t wire_host_now(void *arg)
{
	(void)arg;
	return bench_now() / 1000000;
}

static void wire_host_show(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

static void wire_host_nothing(void *arg)
{
	(void)arg;
}

static void wire_model_due(evutil_socket_t fd, short what, void *arg)
{
	struct wire *wire = arg;

	(void)fd;
	(void)what;
	wire->model->class->timeout(wire->model);
}

/* --- the daemon's end --- */

static struct wire *wire_of(struct transport *transport)
{
	return (struct wire *)((char *)transport -
			       offsetof(struct wire, transport));
}

static void wire_up(evutil_socket_t fd, short what, void *arg)
{
	struct wire *wire = arg;

	(void)fd;
	(void)what;
	wire->model->class->line(wire->model, true);
	wire->transport.events.up(wire->transport.events.arg);
}

static void wire_open(struct transport *transport)
{
	event_after(wire_of(transport)->up, 0);
}

static void wire_shut(struct transport *transport)
{
	event_del(wire_of(transport)->up);
}

static bool wire_write(struct transport *transport, const uint8_t *data,
		       size_t len)
{
	struct wire *wire = wire_of(transport);

	wire_note_theirs(wire);
	way_send(&wire->out, data, len);
	return true;
}

static struct transport *wire_create(struct transports *transports,
				     const struct transport_config *config)
{
	(void)config;
	return &((struct wire *)transports)->transport;
}

static void wire_init(struct wire *wire, struct event_base *base,
		      const struct printer *printer, bool brief)
{
	static const struct transport_ops ops = { .open = wire_open,
						  .shut = wire_shut,
						  .write = wire_write,
						  .destroy = wire_shut };
	const struct model_host host = { .send = wire_host_send,
					 .timer = wire_host_timer,
					 .now = wire_host_now,
					 .show = wire_host_show,
					 .hang_up = wire_host_nothing,
					 .come_back = wire_host_nothing,
					 .arg = wire };
	const struct model_option fast = { "speed", "fast" };
	char *error = NULL;

	*wire = (struct wire){ .transports.create = wire_create,
			       .transport.ops = &ops,
			       .printer = printer };
	buf_init(&wire->out.bytes, WAY_MAX);
	buf_init(&wire->in.bytes, WAY_MAX);
	wire->out.due = evtimer_new(base, wire_arrive_out, wire);
	wire->in.due = evtimer_new(base, wire_arrive_in, wire);
	wire->model_due = evtimer_new(base, wire_model_due, wire);
	wire->up = evtimer_new(base, wire_up, wire);
	wire->model = printer->class->create(&host, &fast, brief, true, &error);
	if (!wire->model)
		bench_give_up("%s: %s", printer->name, error);
}

static void wire_free(struct wire *wire)
{
	event_free(wire->out.due);
	event_free(wire->in.due);
	event_free(wire->model_due);
	event_free(wire->up);
	buf_free(&wire->out.bytes);
	buf_free(&wire->in.bytes);
	wire->model->class->destroy(wire->model);
}

/* --- the printers --- */

static bool posnet_is_idle(const struct wire *wire)
{
	const struct fp *fp = fp_of(wire->model);

	return fp->phase == FP_PHASE_READY && !fp->queue_count;
}

static bool posnet_is_receipts(const uint8_t *frame, size_t len)
{
	return len > 3 && !memcmp(frame + 1, "tr", 2);
}

static bool datecs_is_idle(const struct wire *wire)
{
	return !isl_of(wire->model)->working;
}

static bool datecs_is_one_of(int command)
{
	return command == 48 || command == 49 || command == 53 || command == 56;
}

static bool datecs_is_receipts_x(const uint8_t *frame, size_t len)
{
	return len > 9 &&
	       datecs_is_one_of((frame[8] - '0') * 16 + frame[9] - '0');
}

static bool datecs_is_receipts_classic(const uint8_t *frame, size_t len)
{
	return len > 3 && datecs_is_one_of(frame[3]);
}

static const struct printer printers[] = {
	{ "POSNET", &printer_posnet, &model_posnet, posnet_is_idle,
	  posnet_is_receipts, 1 + LINES + 1 + 1 },
	{ "Datecs, X", &printer_datecs, &model_datecs_x, datecs_is_idle,
	  datecs_is_receipts_x, 1 + LINES + 1 + 1 },
	{ "Datecs, classic", &printer_datecs, &model_datecs_classic,
	  datecs_is_idle, datecs_is_receipts_classic, 1 + LINES + 1 + 1 },
};

#define PRINTERS (sizeof(printers) / sizeof(printers[0]))

/* --- measuring --- */

static json_t *make_receipt(int round)
{
	json_t *lines = json_array(), *payments = json_array();
	json_t *body = json_make();
	int64_t total = 0;

	for (int i = 0; i < LINES; i++) {
		int64_t price = 100 + 10 * i + round;
		char name[32];

		snprintf(name, sizeof(name), "Article number %d", i);
		json_array_append_new(lines,
				      json_pack("{s:s, s:I, s:s}", "name", name,
						"price", (json_int_t)price,
						"vat", "B"));
		total += price;
	}
	json_array_append_new(payments, json_pack("{s:s, s:I}", "kind", "cash",
						  "amount", (json_int_t)total));
	json_put(body, "lines", lines);
	return json_put(body, "payments", payments);
}

struct measured {
	struct bench_series printer, ours, work, share;
	size_t commands, questions;
};

static void measure_round(struct box *box, struct wire *wire, int round,
			  struct measured *out)
{
	json_t *body = make_receipt(round);
	double began = (double)bench_now(), all;

	wire->commands = wire->questions = 0;
	wire->ours = wire->work = 0;
	wire->ours_from = began;
	wire->work_from = bench_cpu();
	box_do(box, ACTION_RECEIPT, body);
	wire_note_theirs(wire);
	all = (double)bench_now() - began;
	bench_add(&out->ours, wire->ours);
	bench_add(&out->work, wire->work);
	bench_add(&out->printer, all - wire->ours);
	bench_add(&out->share, wire->ours / (all - wire->ours));
	out->commands = wire->commands;
	out->questions = wire->questions;
	json_decref(body);
}

/* Between two receipts the daemon looks at the printer; not while it sells. */
static void wait_for_ready(struct box *box, const struct device *device,
			   const struct wire *wire)
{
	while (device_state(device) != DEVICE_READY || !wire_rests(wire))
		event_base_loop(box->base, EVLOOP_ONCE);
}

static void tell(const struct printer *printer, struct measured *measured)
{
	char commands[48], questions[24], share[24];
	double median = bench_median(&measured->share);

	snprintf(commands, sizeof(commands), "%zu of %zu", measured->commands,
		 printer->needed);
	snprintf(questions, sizeof(questions), "%zu", measured->questions);
	snprintf(share, sizeof(share), "%.2f %%", median * 100);
	BENCH_ROW(printer->name, commands, questions,
		  bench_middle(&measured->printer),
		  bench_middle(&measured->ours), bench_middle(&measured->work),
		  share);
	bench_expect(measured->commands == printer->needed,
		     "%s: %zu commands, and not %zu", printer->name,
		     measured->commands, printer->needed);
	bench_expect(median < SHARE_MAX, "%s: %s are added", printer->name,
		     share);
}

static void measure(struct box *box, const struct printer *printer, bool brief)
{
	const struct device_listener listener = core_listener(box->core);
	const char *tills[] = { WORLD_TILL };
	struct measured measured = { .commands = 0 };
	struct wire wire;
	struct device_config config = { .name = "printer",
					.driver = printer->driver,
					.transport.path = "/dev/ttyS0" };
	struct device *device;

	wire_init(&wire, box->base, printer, brief);
	device = device_new(&config, &box->env, &wire.transports, &listener);
	core_add_device(box->core, device, tills, 1);
	device_open(device);
	for (int i = 0; i < (brief ? ROUNDS_BRIEF : ROUNDS); i++) {
		wait_for_ready(box, device, &wire);
		measure_round(box, &wire, i, &measured);
	}
	tell(printer, &measured);
	core_remove_device(box->core, device);
	device_free(device);
	wire_free(&wire);
	bench_free(&measured.printer);
	bench_free(&measured.ours);
	bench_free(&measured.work);
	bench_free(&measured.share);
}

int main(int argc, char **argv)
{
	bool brief = bench_is_brief(argc, argv);
	json_t *session;
	struct box box;

	box_open(&box, &world_brief);
	session = json_pack("{s:i}", "counted", 0);
	box_do(&box, ACTION_SESSION_OPEN, session);
	json_decref(session);
	printf("A receipt of %d lines, at 115200 baud\n", LINES);
	BENCH_TABLE("printer", "commands of the receipt",
		    "questions before and after", "line and printer take",
		    "tilld adds", "of that at work", "that is");
	for (size_t i = 0; i < PRINTERS; i++)
		measure(&box, &printers[i], brief);
	box_close(&box);
	return bench_end();
}
