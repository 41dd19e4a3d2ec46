/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "sim/models.h"
#include "util/alloc.h"
#include "util/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plant_private.h"

struct plant_end {
	struct transport transport;
	struct plant_line *line;
	struct timer *soon;
	enum reason down; /* what soon tells; REASON_NONE: up */
};

const struct plant_row plant_rows[PLANT_LINES] = {
	{ "drawer1", "escpos-drawer", "escpos", "1", false, false },
	{ "printer1", "posnet-printer", "posnet", "1", false, false },
	{ "terminal1", "zvt-terminal", "zvt", "1", false, false },
	{ "display1", "epson-display", "display", "1", true, false },
	{ "reader1", "em4100-reader", "em4100", "1", true, false },
	{ "drawer2", "escpos-drawer", "escpos", "2", false, true },
	{ "terminal2", "zvt-terminal", "zvt", "2", false, false },
	{ "printer2", "datecs-printer", "datecs", "2", false, false },
};

/* Two of them are two, also where they are exchanged. */
#define PLANT_OTHER_TERMINAL "52000022"

/* --- the model's end --- */

static void plant_host_send(void *arg, const uint8_t *data, size_t len)
{
	struct plant_line *line = arg;

	if (line->up)
		plant_send(line, &line->in, data, len);
}

static void plant_host_timer(void *arg, int64_t ms)
{
	struct plant_line *line = arg;

	if (ms < 0)
		timer_stop(line->model_timer);
	else
		timer_set(line->model_timer, ms);
}

static int64_t plant_host_now(void *arg)
{
	return ((struct plant_line *)arg)->plant->loom->now;
}

static void plant_host_show(void *arg, const char *text)
{
	struct plant_line *line = arg;

	if (line->plant->shown)
		line->plant->shown(line->plant->arg, line, text);
}

static void plant_break(struct plant_line *line, enum reason reason);

static void plant_host_hang_up(void *arg)
{
	struct plant_line *line = arg;

	line->hung_up = true;
	plant_break(line, REASON_UNPLUGGED);
}

static void plant_host_come_back(void *arg)
{
	((struct plant_line *)arg)->hung_up = false;
}

static void plant_model_timeout(void *arg)
{
	struct plant_line *line = arg;

	line->model->class->timeout(line->model);
	plant_observe(line);
}

static void plant_hear(struct plant_line *line, bool at_device,
		       const struct plant_parcel *parcel)
{
	struct plant *plant = line->plant;

	if (plant->heard && parcel->len)
		plant->heard(plant->arg, line, at_device, parcel->data,
			     parcel->len);
}

static void plant_arrive_out(void *arg)
{
	struct plant_line *line = arg;
	struct plant_parcel *parcel = plant_way_take(&line->out);

	plant_way_arm(line->plant->loom, &line->out);
	plant_hear(line, true, parcel);
	if (parcel->hang_up)
		line->model->class->line(line->model, false);
	else
		line->model->class->input(line->model, parcel->data,
					  parcel->len);
	free(parcel);
	plant_observe(line);
}

bool plant_command(struct plant_line *line, const char *command)
{
	CLEANUP_FREE char *error = NULL;

	/* these move something by themselves */
	line->plant->by_hand = !strcmp(command, "z") ||
			       !strcmp(command, "key") ||
			       !strncmp(command, "reverse ", 8);
	error = line->model->class->command(line->model, command);
	plant_observe(line);
	line->plant->by_hand = false;
	return !error;
}

/* --- the daemon's end --- */

/* The line is down; both sides will hear of it. */
static void plant_break(struct plant_line *line, enum reason reason)
{
	struct plant_parcel *parcel;

	if (!line->up)
		return;
	line->up = false;
	plant_way_clear(&line->in);
	parcel = plant_parcel_new(line->plant->loom->now, NULL, 0);
	parcel->hang_up = true;
	plant_way_append(line->plant->loom, &line->out, parcel);
	if (line->end) {
		line->end->down = reason;
		timer_set(line->end->soon, 0);
	}
}

/* In memory of exactly its size, so that who reads past it is caught. It may
 * be the daemon's last moment; then the copy is left behind. */
static void plant_lend(struct plant_line *line,
		       const struct plant_parcel *parcel)
{
	free(line->lent);
	line->lent = alloc_zero(parcel->len, 1);
	memcpy(line->lent, parcel->data, parcel->len);
	line->lent_len = parcel->len;
}

static void plant_arrive_in(void *arg)
{
	struct plant_line *line = arg;
	struct loom *loom = line->plant->loom;
	struct plant_parcel *parcel;
	struct transport_events *events;

	loom_touch(loom, TOUCH_INPUT);
	parcel = plant_way_take(&line->in);
	plant_way_arm(loom, &line->in);
	plant_hear(line, false, parcel);
	plant_lend(line, parcel);
	free(parcel);
	if (!line->up || !line->end)
		return;
	events = &line->end->transport.events;
	events->input(events->arg, line->lent, line->lent_len);
}

static enum reason plant_why_not(const struct plant_line *line)
{
	if (!line->unplugged && !line->hung_up)
		return REASON_NONE;
	return line->serial ? REASON_PORT_MISSING : REASON_CONNECTION_REFUSED;
}

static void plant_end_soon(void *arg)
{
	struct plant_end *end = arg;
	struct plant_line *line = end->line;
	struct transport_events *events = &end->transport.events;

	loom_touch(line->plant->loom, TOUCH_INPUT);
	if (end->down == REASON_NONE)
		end->down = plant_why_not(line);
	if (end->down != REASON_NONE) {
		events->down(events->arg, end->down);
		return;
	}
	line->up = true;
	line->opens++;
	line->model->class->line(line->model, true);
	plant_observe(line);
	events->up(events->arg);
}

static void plant_end_shut(struct transport *transport)
{
	struct plant_end *end = (struct plant_end *)transport;
	struct plant_line *line = end->line;

	timer_stop(end->soon);
	line->end = NULL;
	plant_break(line, REASON_UNPLUGGED);
	line->end = end;
}

static void plant_end_open(struct transport *transport)
{
	struct plant_end *end = (struct plant_end *)transport;

	loom_touch(end->line->plant->loom, TOUCH_LINE);
	plant_end_shut(transport);
	end->down = REASON_NONE;
	timer_set(end->soon, 1);
}

static bool plant_end_write(struct transport *transport, const uint8_t *data,
			    size_t len)
{
	struct plant_line *line = ((struct plant_end *)transport)->line;
	struct loom *loom = line->plant->loom;

	loom_touch(loom, TOUCH_LINE);
	if (line->up)
		plant_send(line, &line->out, data, len);
	loom_touch(loom, TOUCH_LINE_END);
	return true;
}

static void plant_end_free(struct plant_end *end)
{
	timer_free(end->soon);
	if (end->line->end == end)
		end->line->end = NULL;
	free(end);
}

static void plant_end_destroy(struct transport *transport)
{
	plant_end_shut(transport);
	plant_end_free((struct plant_end *)transport);
}

/* The path of a serial port and the port of a TCP one are its place here. */
static struct transport *plant_create(struct transports *transports,
				      const struct transport_config *config)
{
	static const struct transport_ops ops = { .open = plant_end_open,
						  .shut = plant_end_shut,
						  .write = plant_end_write,
						  .destroy =
							  plant_end_destroy };
	struct plant *plant = (struct plant *)transports;
	struct plant_end *end = ALLOC_NEW(struct plant_end);
	size_t at = (size_t)(config->path ? atoi(config->path) : config->port);

	end->transport.ops = &ops;
	end->line = &plant->lines[at];
	end->soon = loom_own_timer(plant->loom, plant_end_soon, end);
	end->line->end = end;
	return &end->transport;
}

void plant_forget_daemon(struct plant *plant)
{
	for (size_t i = 0; i < PLANT_LINES; i++) {
		struct plant_line *line = &plant->lines[i];

		if (!line->end)
			continue;
		plant_end_shut(&line->end->transport);
		plant_end_free(line->end);
	}
}

/* --- plugs --- */

static void plant_plug_due(void *arg)
{
	plant_plug(arg);
}

void plant_unplug(struct plant_line *line, int64_t ms)
{
	line->unplugged = true;
	plant_way_clear(&line->out);
	plant_break(line, REASON_UNPLUGGED);
	timer_set(line->plug_timer, ms);
}

void plant_plug(struct plant_line *line)
{
	line->unplugged = false;
	timer_stop(line->plug_timer);
}

/* It has heard that its line went, and carries its account with it. */
struct plant_moved {
	struct model *model;
	int64_t left; /* of what its timer runs for */
	int64_t seen[MOVES];
	size_t seen_documents;
};

static struct plant_moved plant_pull(struct plant_line *line, int64_t ms)
{
	struct plant_moved moved = { .model = line->model };
	bool was_up = line->up;

	line->was_faulty = true;
	plant_unplug(line, ms);
	plant_way_clear(&line->out);
	if (was_up)
		line->model->class->line(line->model, false);
	plant_observe(line);
	moved.left = loom_timer_left(line->model_timer);
	memcpy(moved.seen, line->seen, sizeof(moved.seen));
	moved.seen_documents = line->seen_documents;
	return moved;
}

static void plant_put(struct plant_line *line, const struct plant_moved *moved)
{
	line->model = moved->model;
	line->model->host.arg = line;
	plant_host_timer(line, moved->left);
	memcpy(line->seen, moved->seen, sizeof(line->seen));
	line->seen_documents = moved->seen_documents;
}

bool plant_swap(struct plant_line *one, struct plant_line *other, int64_t ms)
{
	struct plant_moved was_here, was_there;

	if (one->serial != other->serial || one->hung_up || other->hung_up ||
	    strcmp(one->row->model, other->row->model) != 0)
		return false;
	was_here = plant_pull(one, ms);
	was_there = plant_pull(other, ms);
	plant_put(one, &was_there);
	plant_put(other, &was_here);
	return true;
}

/* Who holds the other end has given it up by then, if something waited. */
static void plant_stall_due(void *arg)
{
	struct plant_line *line = arg;
	bool lost = line->stalls_for_good && line->out.first;

	timer_stop(line->stall_timer);
	line->out.held = line->stalls_for_good = false;
	if (lost) {
		plant_way_clear(&line->out);
		plant_break(line, REASON_NO_ANSWER);
	}
	plant_way_arm(line->plant->loom, &line->out);
}

void plant_stall(struct plant_line *line, int64_t ms)
{
	line->out.held = true;
	timer_stop(line->out.timer);
	timer_set(line->stall_timer,
		  ms < TRANSPORT_STALL_MS ? ms : TRANSPORT_STALL_MS);
	line->stalls_for_good = ms >= TRANSPORT_STALL_MS;
}

static void plant_voice_due(void *arg)
{
	struct plant_line *line = arg;

	line->out.silent = line->in.silent = false;
	timer_stop(line->voice_timer);
}

void plant_silence(struct plant_line *line, bool both, int64_t ms)
{
	line->in.silent = true;
	line->out.silent = both;
	timer_set(line->voice_timer, ms);
}

void plant_heal(struct plant *plant)
{
	for (size_t i = 0; i < PLANT_LINES; i++) {
		struct plant_line *line = &plant->lines[i];

		memset(line->out.faults, 0, sizeof(line->out.faults));
		memset(line->in.faults, 0, sizeof(line->in.faults));
		plant_voice_due(line);
		line->stalls_for_good = false;
		plant_stall_due(line);
		plant_plug(line);
	}
}

/* --- finding --- */

struct plant_line *plant_find(struct plant *plant, const char *device)
{
	for (size_t i = 0; i < PLANT_LINES; i++)
		if (!strcmp(plant_rows[i].name, device))
			return &plant->lines[i];
	return NULL;
}

size_t plant_index(const struct plant_line *line)
{
	return (size_t)(line->row - plant_rows);
}

/* --- making --- */

/* A drawer without a switch has no settings for one. */
static void plant_choose(struct plant_line *line, struct chance *later)
{
	struct variety *variety = &line->variety;

	variety_choose(line->row->model, &line->plant->chance, later, variety);
	line->serial = variety->serial || line->row->always_serial;
	if (!strcmp(line->row->name, "terminal2"))
		variety->options[variety->options_count++] =
			(struct model_option){ "tid", PLANT_OTHER_TERMINAL };
	if (!line->row->blind)
		return;
	variety->options[0] = (struct model_option){ "drawer", "no-switch" };
	variety->options_count = 1;
	variety->settings_count = 0;
}

static void plant_make_model(struct plant_line *line)
{
	const struct model_host host = {
		.send = plant_host_send,
		.timer = plant_host_timer,
		.now = plant_host_now,
		.show = plant_host_show,
		.hang_up = plant_host_hang_up,
		.come_back = plant_host_come_back,
		.arg = line,
	};
	const struct model_class *class = models_find(line->variety.model);
	char *error = NULL;

	line->model = class->create(&host, line->variety.options,
				    line->variety.options_count, line->serial,
				    &error);
	if (!line->model) {
		fprintf(stderr, "%s: %s\n", line->row->name, error);
		abort();
	}
}

void plant_init(struct plant *plant, struct loom *loom, uint64_t seed)
{
	struct chance later = chance_make(seed, 5);

	*plant = (struct plant){ .transports.create = plant_create,
				 .loom = loom,
				 .chance = chance_make(seed, 4) };
	for (size_t i = 0; i < PLANT_LINES; i++) {
		struct plant_line *line = &plant->lines[i];

		line->plant = plant;
		line->row = &plant_rows[i];
		line->model_timer =
			loom_own_timer(loom, plant_model_timeout, line);
		line->plug_timer = loom_own_timer(loom, plant_plug_due, line);
		line->voice_timer = loom_own_timer(loom, plant_voice_due, line);
		line->stall_timer = loom_own_timer(loom, plant_stall_due, line);
		line->out.timer = loom_own_timer(loom, plant_arrive_out, line);
		line->in.timer = loom_own_timer(loom, plant_arrive_in, line);
		plant_choose(line, &later);
		plant_make_model(line);
		plant_observe_first(line);
	}
}

void plant_free(struct plant *plant)
{
	plant_forget_daemon(plant);
	for (size_t i = 0; i < PLANT_LINES; i++) {
		struct plant_line *line = &plant->lines[i];

		line->model->class->destroy(line->model);
		free(line->lent);
		plant_way_clear(&line->out);
		plant_way_clear(&line->in);
		timer_free(line->model_timer);
		timer_free(line->plug_timer);
		timer_free(line->voice_timer);
		timer_free(line->stall_timer);
		timer_free(line->out.timer);
		timer_free(line->in.timer);
	}
}
