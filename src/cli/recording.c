/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/recording.h"

#include "cli/say.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDING_MAX 1000000 /* records */

/* --- one record --- */

static int recording_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static bool recording_read_bytes(const char *hex, struct recording_item *item)
{
	item->len = strlen(hex) / 2;
	item->bytes = alloc_zero(item->len, 1);
	item->hidden = alloc_zero(item->len, sizeof(*item->hidden));
	for (size_t i = 0; i < item->len; i++) {
		int high = recording_digit(hex[2 * i]);
		int low = recording_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		item->bytes[i] = (uint8_t)(high << 4 | low);
	}
	return strlen(hex) % 2 == 0;
}

static void recording_read_hidden(const json_t *ranges,
				  struct recording_item *item)
{
	const json_t *range;
	size_t i;

	json_array_foreach (ranges, i, range) {
		json_int_t at = json_integer_value(json_array_get(range, 0));
		json_int_t len = json_integer_value(json_array_get(range, 1));

		for (json_int_t j = at < 0 ? 0 : at;
		     j < at + len && j < (json_int_t)item->len; j++)
			item->hidden[j] = true;
	}
}

static bool recording_read(const json_t *record, struct recording_item *item)
{
	const char *way = json_text(record, "way");
	const char *at = json_text(record, "at");
	const char *hex = json_text(record, "hex");

	item->text = json_text(record, "text");
	item->event = json_text(record, "event");
	if (!way || !at || !item->text || !clock_parse(at, &item->at))
		return false;
	item->out = !strcmp(way, "out");
	item->note = !strcmp(way, "note");
	item->told = !item->note && !hex;
	if (hex && !recording_read_bytes(hex, item))
		return false;
	recording_read_hidden(json_object_get(record, "hidden"), item);
	return true;
}

/* --- a file --- */

static json_t *recording_read_line(FILE *file)
{
	CLEANUP_FREE char *line = NULL;
	size_t size = 0;
	ssize_t len = getline(&line, &size, file);

	return len > 0 ? json_parse(line, (size_t)len) : NULL;
}

static bool recording_is_head(const json_t *head)
{
	return json_int(head, "tilld_trace", 0) == 1 &&
	       json_text(head, "driver") && json_text(head, "line");
}

static bool recording_read_all(FILE *file, struct recording *recording)
{
	json_t *record;

	recording->head = recording_read_line(file);
	recording->records = json_array();
	if (!recording_is_head(recording->head))
		return false;
	while ((record = recording_read_line(file)))
		if (json_array_append_new(recording->records, record) ||
		    json_array_size(recording->records) > RECORDING_MAX)
			return false;
	recording->count = json_array_size(recording->records);
	recording->items =
		alloc_zero(recording->count, sizeof(*recording->items));
	for (size_t i = 0; i < recording->count; i++)
		if (!recording_read(json_array_get(recording->records, i),
				    &recording->items[i]))
			return false;
	return feof(file) && recording->count > 0;
}

bool recording_load(const char *path, struct recording *out_recording)
{
	struct recording recording = { 0 };
	CLEANUP_FILE FILE *file = fopen(path, "re");

	if (!file) {
		say_error(_("%s can't be read: %s."), path, strerror(errno));
		return false;
	}
	if (!recording_read_all(file, &recording)) {
		say_error(_("%s is no recording of tillctl trace --record."),
			  path);
		recording_clear(&recording);
		return false;
	}
	*out_recording = recording;
	return true;
}

void recording_clear(struct recording *recording)
{
	for (size_t i = 0; recording->items && i < recording->count; i++) {
		free(recording->items[i].bytes);
		free(recording->items[i].hidden);
	}
	free(recording->items);
	json_decref(recording->records);
	json_decref(recording->head);
	*recording = (struct recording){ 0 };
}

enum recording_match recording_compare(const struct recording_item *item,
				       const uint8_t *bytes, size_t len)
{
	if (!item->out || item->told)
		return RECORDING_OTHER;
	for (size_t i = 0; i < len && i < item->len; i++)
		if (!item->hidden[i] && item->bytes[i] != bytes[i])
			return RECORDING_OTHER;
	return len < item->len ? RECORDING_PART : RECORDING_SAME;
}
