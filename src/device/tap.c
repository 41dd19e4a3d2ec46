/* SPDX-License-Identifier: Apache-2.0 */
#include "device/tap.h"

#include "util/alloc.h"
#include "util/card.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define TAP_JSON 4 /* JSON takes so much more memory than its text, about */

struct tap_record {
	TAILQ_ENTRY(tap_record) entry;
	int64_t seq;
	int64_t at, until; /* wall; until that of the newest repetition */
	int64_t times;
	enum trace_way way;
	const char *event; /* of a note; NULL for bytes */
	json_t *detail;
	size_t detail_size;
	char *text;
	uint8_t *bytes; /* NULL where they are not shown */
	size_t len;
	struct trace_range *hidden;
	size_t hidden_count;
};

TAILQ_HEAD(tap_records, tap_record);

/* One direction. */
struct tap_side {
	struct buf bytes; /* not told yet */
	bool lost;
};

struct tap {
	const struct driver *driver;
	bool serial;
	const struct env *env;
	void (*told)(void *arg);
	void *told_arg;
	struct tap_side sides[TRACE_WAYS];
	uint8_t kept[TRACE_KEPT_SIZE];
	struct tap_records older; /* folded */
	struct tap_records recent;
	size_t recent_count;
	size_t size;
	int64_t last;
};

/* --- records --- */

static size_t tap_record_size(const struct tap_record *record)
{
	return sizeof(*record) + strlen(record->text) + record->len +
	       record->hidden_count * sizeof(*record->hidden) +
	       record->detail_size;
}

static void tap_record_free(struct tap_record *record)
{
	json_decref(record->detail);
	free(record->hidden);
	free(record->bytes);
	free(record->text);
	free(record);
}

static void tap_forget(struct tap *tap, struct tap_records *from,
		       struct tap_record *record)
{
	TAILQ_REMOVE(from, record, entry);
	tap->size -= tap_record_size(record);
	tap_record_free(record);
}

static void tap_forget_oldest(struct tap *tap)
{
	struct tap_record *record = TAILQ_FIRST(&tap->older);

	if (record) {
		tap_forget(tap, &tap->older, record);
		return;
	}
	tap_forget(tap, &tap->recent, TAILQ_FIRST(&tap->recent));
	tap->recent_count--;
}

static const struct tap_record *tap_oldest(const struct tap *tap)
{
	return TAILQ_EMPTY(&tap->older) ? TAILQ_FIRST(&tap->recent)
					: TAILQ_FIRST(&tap->older);
}

/* --- what repeats itself --- */

/* By the words: bytes may differ by a sequence number. */
static bool tap_is_same(const struct tap_record *a, const struct tap_record *b)
{
	return !a->event && !b->event && a->way == b->way &&
	       !strcmp(a->text, b->text);
}

static struct tap_record *tap_back(struct tap_record *record, size_t steps)
{
	while (record && steps--)
		record = TAILQ_PREV(record, tap_records, entry);
	return record;
}

static bool tap_repeats(struct tap_record *last, size_t period)
{
	struct tap_record *record = last;
	struct tap_record *before = tap_back(last, period);

	for (size_t i = 0; i < period; i++) {
		if (!before || !tap_is_same(record, before))
			return false;
		record = TAILQ_PREV(record, tap_records, entry);
		before = TAILQ_PREV(before, tap_records, entry);
	}
	return true;
}

static void tap_fold(struct tap *tap)
{
	struct tap_record *last = TAILQ_LAST(&tap->older, tap_records);
	size_t period = 1;

	while (period <= TAP_PERIOD && !tap_repeats(last, period))
		period++;
	for (size_t i = 0; period <= TAP_PERIOD && i < period; i++) {
		struct tap_record *before = tap_back(last, period);
		struct tap_record *next = TAILQ_PREV(last, tap_records, entry);

		before->times += last->times;
		before->until = last->until;
		tap_forget(tap, &tap->older, last);
		last = next;
		/* what is before it is one closer now */
	}
}

static void tap_age(struct tap *tap)
{
	struct tap_record *record = TAILQ_FIRST(&tap->recent);

	TAILQ_REMOVE(&tap->recent, record, entry);
	tap->recent_count--;
	TAILQ_INSERT_TAIL(&tap->older, record, entry);
	tap_fold(tap);
}

static void tap_add(struct tap *tap, struct tap_record *record)
{
	int64_t now = clock_wall_ms(tap->env->clock);

	record->seq = ++tap->last;
	record->at = record->until = now;
	record->times = 1;
	TAILQ_INSERT_TAIL(&tap->recent, record, entry);
	tap->recent_count++;
	tap->size += tap_record_size(record);
	if (tap->recent_count > TAP_RECENT)
		tap_age(tap);
	while (tap->size > TAP_SIZE_MAX ||
	       tap_oldest(tap)->until < now - TAP_AGE_MS)
		tap_forget_oldest(tap);
	tap->told(tap->told_arg);
}

/* --- bytes --- */

/* Whatever the driver took it for: nothing that reads as a card number. */
static bool tap_is_card(const struct trace *trace)
{
	CLEANUP(buf_cleanup) struct buf text = BUF_INIT(TRACE_SHOWN_MAX);

	if (card_is_in(buf_text(&trace->text)))
		return true;
	for (size_t i = 0; i < trace->shown.len; i++) {
		uint8_t byte = trace->shown.data[i];

		buf_add_byte(&text, byte < 0x20 || byte > 0x7e ? '\n' : byte);
	}
	return card_is_in(buf_text(&text));
}

static void tap_keep_bytes(struct tap_record *record, const struct trace *trace)
{
	size_t len = trace->shown.len, count = trace->hidden_count;

	record->len = len;
	record->bytes = alloc_zero(len, 1);
	memcpy(record->bytes, trace->shown.data, len);
	record->hidden_count = count;
	record->hidden = alloc_zero(count, sizeof(*record->hidden));
	memcpy(record->hidden, trace->hidden, count * sizeof(*record->hidden));
}

static void tap_tell(struct tap *tap, struct trace *trace, size_t len)
{
	struct tap_record *record;

	if (trace->shown.failed || tap_is_card(trace))
		trace_strange(trace, len);
	if (!trace->text.len)
		return;
	record = ALLOC_NEW(struct tap_record);
	record->way = trace->way;
	record->text = alloc_text(buf_text(&trace->text));
	if (trace->shown.len)
		tap_keep_bytes(record, trace);
	tap_add(tap, record);
}

/* A driver that tells nothing: that something went over the line. */
static size_t tap_take_unknown(struct trace *trace)
{
	trace_say(trace, "%zu byte%s", trace->len, trace->len == 1 ? "" : "s");
	return trace->len;
}

/* Takes one thing off; false where more is needed. */
static bool tap_take(struct tap *tap, enum trace_way way)
{
	struct tap_side *side = &tap->sides[way];
	struct trace trace = { .way = way,
			       .serial = tap->serial,
			       .bytes = side->bytes.data,
			       .len = side->bytes.len,
			       .kept = tap->kept,
			       .text = BUF_INIT(TRACE_TEXT_MAX),
			       .shown = BUF_INIT(TRACE_SHOWN_MAX) };
	size_t len = tap->driver->trace ? tap->driver->trace(&trace)
					: tap_take_unknown(&trace);

	if (len)
		tap_tell(tap, &trace, len);
	side->lost = side->lost || trace.lost;
	buf_drop(&side->bytes, len);
	buf_free(&trace.text);
	buf_free(&trace.shown);
	return len > 0;
}

/* What can't be told apart: that it came, and how much of it. */
static void tap_give_up(struct tap *tap, enum trace_way way, const char *why,
			size_t len)
{
	struct tap_record *record = ALLOC_NEW(struct tap_record);

	record->way = way;
	record->text =
		alloc_format("%zu byte%s %s", len, len == 1 ? "" : "s", why);
	tap_add(tap, record);
}

static void tap_end_side(struct tap *tap, enum trace_way way)
{
	struct tap_side *side = &tap->sides[way];

	if (side->bytes.len)
		tap_give_up(tap, way, "of something that did not end",
			    side->bytes.len);
	buf_free(&side->bytes);
	side->lost = false;
}

void tap_bytes(struct tap *tap, enum trace_way way, const void *data,
	       size_t len)
{
	struct tap_side *side = &tap->sides[way];

	if (!side->lost)
		buf_add(&side->bytes, data, len);
	if (side->bytes.failed) {
		len += side->bytes.len;
		buf_free(&side->bytes);
		side->lost = true;
	}
	if (side->lost) {
		tap_give_up(tap, way, "that can't be told apart", len);
		return;
	}
	while (side->bytes.len && !side->lost && tap_take(tap, way))
		continue;
	if (!side->bytes.len || side->lost)
		buf_free(&side->bytes); /* wipes */
}

/* --- notes --- */

static const struct tap_word {
	const char *event;
	const char *text;
	const char *detail; /* a text of the detail that is told with it */
} tap_words[] = {
	{ "up", "the line is up", NULL },
	{ "ready", "the device is ready", NULL },
	{ "lost", "the line is gone", "reason" },
	{ "begin", "an operation begins", "kind" },
	{ "recover", "what became of an operation is found out", "kind" },
	{ "done", "the operation has ended", "outcome" },
	{ "speed", "the line's speed changes", NULL },
};

static char *tap_say_note(const char *event, const json_t *detail)
{
	const struct tap_word *word = tap_words;
	const char *more;

	while (strcmp(word->event, event))
		word++;
	more = word->detail ? json_text(detail, word->detail) : NULL;
	return alloc_format("%s%s%s", word->text, more ? ": " : "",
			    more ? more : "");
}

void tap_note(struct tap *tap, const char *event, json_t *detail)
{
	struct tap_record *record = ALLOC_NEW(struct tap_record);
	bool breaks = !strcmp(event, "up") || !strcmp(event, "lost");

	for (enum trace_way way = 0; breaks && way < TRACE_WAYS; way++)
		tap_end_side(tap, way);
	if (breaks)
		memset(tap->kept, 0, sizeof(tap->kept));
	record->event = event;
	record->detail = detail;
	record->detail_size =
		detail ? TAP_JSON * json_dumpb(detail, NULL, 0, 0) : 0;
	record->text = tap_say_note(event, detail);
	tap_add(tap, record);
}

/* --- telling --- */

static json_t *tap_describe_hex(const struct tap_record *record)
{
	static const char digits[] = "0123456789abcdef";
	CLEANUP_FREE char *hex = alloc_zero(2 * record->len + 1, 1);

	for (size_t i = 0; i < record->len; i++) {
		hex[2 * i] = digits[record->bytes[i] >> 4];
		hex[2 * i + 1] = digits[record->bytes[i] & 0xf];
	}
	return json_string(hex);
}

static json_t *tap_describe_hidden(const struct tap_record *record)
{
	json_t *ranges = json_array();

	for (size_t i = 0; i < record->hidden_count; i++) {
		json_t *range = json_array();

		json_array_append_new(
			range, json_integer((json_int_t)record->hidden[i].at));
		json_array_append_new(
			range, json_integer((json_int_t)record->hidden[i].len));
		json_array_append_new(ranges, range);
	}
	return ranges;
}

static void tap_describe_bytes(const struct tap_record *record, json_t *json)
{
	json_put(json, "hex", tap_describe_hex(record));
	if (record->hidden_count)
		json_put(json, "hidden", tap_describe_hidden(record));
}

static json_t *tap_describe(const struct tap_record *record)
{
	static const char *const ways[] = { "out", "in" };
	char text[CLOCK_TEXT_SIZE];
	json_t *json = json_make();

	clock_format(record->at, text);
	json_put_int(json, "seq", record->seq);
	json_put_text(json, "at", text);
	json_put_text(json, "way", record->event ? "note" : ways[record->way]);
	json_put_text(json, "text", record->text);
	if (record->bytes)
		tap_describe_bytes(record, json);
	json_put_text(json, "event", record->event);
	json_put(json, "detail", json_incref(record->detail));
	if (record->times > 1) {
		clock_format(record->until, text);
		json_put_int(json, "times", record->times);
		json_put_text(json, "until", text);
	}
	return json;
}

int64_t tap_last(const struct tap *tap)
{
	return tap->last;
}

static struct tap_record *tap_first(const struct tap *tap)
{
	return TAILQ_EMPTY(&tap->older) ? TAILQ_FIRST(&tap->recent)
					: TAILQ_FIRST(&tap->older);
}

static struct tap_record *tap_next(const struct tap *tap,
				   const struct tap_record *record)
{
	struct tap_record *next = TAILQ_NEXT(record, entry);

	if (next || record != TAILQ_LAST(&tap->older, tap_records))
		return next;
	return TAILQ_FIRST(&tap->recent);
}

/* Where the newest limit records begin. */
static struct tap_record *tap_newest(const struct tap *tap, size_t limit)
{
	struct tap_record *record = tap_first(tap);
	size_t count = 0;

	for (struct tap_record *at = record; at; at = tap_next(tap, at))
		count++;
	for (; record && count > limit; count--)
		record = tap_next(tap, record);
	return record;
}

json_t *tap_list(const struct tap *tap, int64_t after, size_t limit)
{
	struct tap_record *record =
		after < 0 ? tap_newest(tap, limit) : tap_first(tap);
	json_t *list = json_array();
	size_t size = 0;

	for (; record; record = tap_next(tap, record)) {
		if (record->seq <= after)
			continue;
		size += tap_record_size(record);
		if (json_array_size(list) >= limit ||
		    (json_array_size(list) && size > TAP_ANSWER_MAX))
			break;
		json_array_append_new(list, tap_describe(record));
	}
	return list;
}

/* --- making --- */

struct tap *tap_new(const struct driver *driver, bool serial,
		    const struct env *env, void (*told)(void *arg), void *arg)
{
	struct tap *tap = ALLOC_NEW(struct tap);

	tap->driver = driver;
	tap->serial = serial;
	tap->env = env;
	tap->told = told;
	tap->told_arg = arg;
	for (enum trace_way way = 0; way < TRACE_WAYS; way++)
		buf_init(&tap->sides[way].bytes, TRACE_BYTES_MAX);
	TAILQ_INIT(&tap->older);
	TAILQ_INIT(&tap->recent);
	return tap;
}

struct tap *tap_free(struct tap *tap)
{
	if (!tap)
		return NULL;
	while (tap->last && tap_first(tap))
		tap_forget_oldest(tap);
	for (enum trace_way way = 0; way < TRACE_WAYS; way++)
		buf_free(&tap->sides[way].bytes);
	free(tap);
	return NULL;
}
