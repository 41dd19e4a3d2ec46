/* SPDX-License-Identifier: Apache-2.0 */
/* What goes over the wires, and what goes wrong on the way. */
#include "plant_private.h"

#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* From one end of a cable to the other, and on slow days. */
#define PLANT_LATENCY_MS 3
#define PLANT_DELAY_MS	 20000
#define PLANT_MERGE_MS	 40
#define PLANT_SPLIT_MS	 2
/* So long after bytes went wrong somebody may still be confused by them. */
#define PLANT_BLUR_MS	 30000

/* --- parcels --- */

struct plant_parcel *plant_parcel_new(int64_t due, const uint8_t *data,
				      size_t len)
{
	struct plant_parcel *parcel = alloc_zero(1, sizeof(*parcel) + len);

	parcel->due = due;
	parcel->len = len;
	if (len)
		memcpy(parcel->data, data, len);
	return parcel;
}

void plant_way_arm(struct loom *loom, struct plant_way *way)
{
	int64_t due;

	if (!way->first || way->held)
		return;
	due = way->first->due;
	timer_set(way->timer, due > loom->now ? due - loom->now : 0);
}

/* Nothing overtakes what is on its way already. */
void plant_way_append(struct loom *loom, struct plant_way *way,
		      struct plant_parcel *parcel)
{
	if (way->last && way->last->due > parcel->due)
		parcel->due = way->last->due;
	if (way->last)
		way->last->next = parcel;
	else
		way->first = parcel;
	way->last = parcel;
	plant_way_arm(loom, way);
}

struct plant_parcel *plant_way_take(struct plant_way *way)
{
	struct plant_parcel *parcel = way->first;

	way->first = parcel->next;
	if (!way->first)
		way->last = NULL;
	return parcel;
}

void plant_way_clear(struct plant_way *way)
{
	while (way->first)
		free(plant_way_take(way));
	timer_stop(way->timer);
}

/* --- what goes wrong on the way --- */

static bool plant_way_strikes(struct plant_way *way, enum wire_fault fault)
{
	if (!way->faults[fault])
		return false;
	way->faults[fault]--;
	return true;
}

/* A changed byte is noticed where there are checksums. */
static bool plant_has_checksums(const struct plant_line *line)
{
	return !strcmp(line->row->model, "posnet") ||
	       !strcmp(line->row->model, "datecs") ||
	       (!strcmp(line->row->model, "zvt") && line->serial);
}

static bool plant_is_numbered(const struct plant_line *line)
{
	return strcmp(line->row->model, "escpos") != 0;
}

static void plant_note_lie(struct plant_line *line, bool lost)
{
	int64_t now = line->plant->loom->now;
	struct plant_lie *last =
		&line->lies[(line->lies_count + PLANT_LIES - 1) % PLANT_LIES];

	if (line->lies_count && last->lost == lost && last->to >= now) {
		last->to = now + PLANT_BLUR_MS;
		return;
	}
	line->lies[line->lies_count++ % PLANT_LIES] =
		(struct plant_lie){ now, now + PLANT_BLUR_MS, lost };
}

static bool plant_has_lie(const struct plant_line *line, int64_t from,
			  int64_t to, bool lost)
{
	for (size_t i = 0; i < PLANT_LIES && i < line->lies_count; i++)
		if (line->lies[i].from <= to && line->lies[i].to >= from &&
		    line->lies[i].lost == lost)
			return true;
	return false;
}

bool plant_lied(const struct plant_line *line, int64_t from, int64_t to)
{
	return plant_has_lie(line, from, to, false);
}

bool plant_missed(const struct plant_line *line, int64_t from, int64_t to)
{
	return plant_has_lie(line, from, to, true);
}

void plant_sleep(struct plant *plant, int64_t ms)
{
	int64_t now = plant->loom->now;

	for (struct plant_line *line = plant->lines;
	     line < plant->lines + PLANT_LINES; line++) {
		if (line->blurred_until > now)
			line->blurred_until += ms;
		for (size_t i = 0; i < PLANT_LIES && i < line->lies_count; i++)
			if (line->lies[i].to > now)
				line->lies[i].to += ms;
	}
}

/* What the daemon sent is no longer what arrives. */
static void plant_blur(struct plant_line *line, const struct plant_way *way)
{
	if (way == &line->out)
		line->blurred_until = line->plant->loom->now + PLANT_BLUR_MS;
	plant_note_lie(line, false);
}

static void plant_corrupt(struct plant_line *line, struct plant_way *way,
			  struct plant_parcel *parcel)
{
	struct chance *chance = &line->plant->chance;
	size_t at = chance_below(chance, (uint32_t)parcel->len);

	parcel->data[at] ^= (uint8_t)(1 + chance_below(chance, 255));
	if (!plant_has_checksums(line))
		plant_blur(line, way);
}

static void plant_send_split(struct plant_line *line, struct plant_way *way,
			     int64_t due, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		plant_way_append(
			line->plant->loom, way,
			plant_parcel_new(due + (int64_t)i * PLANT_SPLIT_MS,
					 data + i, 1));
}

static void plant_send_once(struct plant_line *line, struct plant_way *way,
			    int64_t due, const uint8_t *data, size_t len)
{
	struct plant_parcel *parcel;

	if (plant_way_strikes(way, WIRE_SPLIT)) {
		plant_send_split(line, way, due, data, len);
		return;
	}
	parcel = plant_parcel_new(due, data, len);
	if (plant_way_strikes(way, WIRE_CORRUPT))
		plant_corrupt(line, way, parcel);
	plant_way_append(line->plant->loom, way, parcel);
}

void plant_send(struct plant_line *line, struct plant_way *way,
		const uint8_t *data, size_t len)
{
	struct chance *chance = &line->plant->chance;
	int64_t due = line->plant->loom->now +
		      chance_between(chance, 0, PLANT_LATENCY_MS);

	if (!len)
		return;
	if (way->silent || plant_way_strikes(way, WIRE_DROP)) {
		if (way == &line->out)
			plant_note_lie(line, true);
		return;
	}
	if (plant_way_strikes(way, WIRE_DELAY))
		due += chance_between(chance, 10, PLANT_DELAY_MS);
	if (plant_way_strikes(way, WIRE_MERGE))
		due += PLANT_MERGE_MS;
	plant_send_once(line, way, due, data, len);
	if (plant_way_strikes(way, WIRE_DOUBLE)) {
		if (way == &line->out || !plant_is_numbered(line))
			plant_blur(line, way);
		plant_send_once(line, way, due, data, len);
	}
}
