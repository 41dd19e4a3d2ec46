/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/say.h"

#include "cli/table.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/message.h"
#include "util/money.h"

#include <inttypes.h>
#include <locale.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#define SAY_DEPTH_MAX 8

static enum message_language say_own; /* English before say_init() */

void say_init(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	say_own = message_of_locale();
	message_init();
}

const char *say_language(void)
{
	return message_tag(say_own);
}

const char *say_in(const char *english)
{
	return message_in(say_own, english);
}

/* U+202A to U+202E and U+2066 to U+2069 make text look like other text. */
static bool say_turns(wchar_t code)
{
	return (code >= 0x202a && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0x200e ||
	       code == 0x200f || code == 0x061c;
}

/*
 * One character: its length in bytes, never 0 before the end, and its columns;
 * -1 columns if it is not to be shown.
 */
static size_t say_next(const char *text, int *out_columns)
{
	mbstate_t state = { 0 };
	wchar_t code;
	size_t len = mbrtowc(&code, text, strlen(text), &state);

	if (!len || len > strlen(text)) {
		*out_columns = -1;
		return 1;
	}
	*out_columns = say_turns(code) ? -1 : wcwidth(code);
	return len;
}

static size_t say_put(FILE *out, const char *text)
{
	size_t columns = 0;

	while (*text) {
		int width;
		size_t len = say_next(text, &width);

		if (out && width < 0)
			fputs("\xef\xbf\xbd", out);
		else if (out)
			fwrite(text, 1, len, out);
		columns += width < 0 ? 1 : (size_t)width;
		text += len;
	}
	return columns;
}

size_t say_clean(FILE *out, const char *text)
{
	return say_put(out, text);
}

size_t say_width(const char *text)
{
	return say_put(NULL, text);
}

size_t say_fit(const char *text, size_t columns)
{
	size_t len = 0, taken = 0;

	while (text[len]) {
		int width;
		size_t bytes = say_next(text + len, &width);

		taken += width < 0 ? 1 : (size_t)width;
		if (taken > columns)
			break;
		len += bytes;
	}
	return len;
}

/* --- what goes on --- */

#define SAY_BAR_CELLS 20
#define SAY_BAR_BLOCK 5
#define SAY_BAR_STEP  250 /* ms */

static bool say_bar_stands;

void say_bar_end(void)
{
	if (say_bar_stands)
		fputs("\r\033[K", stderr);
	say_bar_stands = false;
}

/* A block that goes to and fro: how much is left, no printer tells. */
void say_bar(const char *what, int64_t ms)
{
	int span = SAY_BAR_CELLS - SAY_BAR_BLOCK;
	int at = (int)(ms / SAY_BAR_STEP % (2 * span));

	if (!isatty(STDERR_FILENO))
		return;
	at = at < span ? at : 2 * span - at;
	fputs("\r\033[K  ", stderr);
	say_clean(stderr, what);
	fprintf(stderr, " [%*s%.*s%*s] %lld s", at, "", SAY_BAR_BLOCK,
		"########", span - at, "", (long long)ms / 1000);
	fflush(stderr);
	say_bar_stands = true;
}

/* --- lines --- */

static void say_line(const char *prefix, const char *format, va_list args)
{
	CLEANUP_FREE char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		abort();
	say_bar_end();
	fputs(prefix, stderr);
	say_clean(stderr, text);
	fputc('\n', stderr);
}

void say_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_line("tillctl: ", format, args);
	va_end(args);
}

void say_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_line("", format, args);
	va_end(args);
}

/* --- JSON --- */

void say_json_text(FILE *out, const char *text, size_t len)
{
	const uint8_t *at = (const uint8_t *)text;

	while (len && (at[len - 1] == '\n' || at[len - 1] == '\r'))
		len--;
	for (size_t i = 0; i < len; i++) {
		if (i + 1 < len && at[i] == 0xc2 && at[i + 1] >= 0x80 &&
		    at[i + 1] < 0xa0)
			fprintf(out, "\\u%04x", (unsigned int)at[++i]);
		else if (at[i] == 0x7f)
			fputs("\\u007f", out);
		else
			fputc(at[i] < 0x20 ? ' ' : at[i], out);
	}
	fputc('\n', out);
}

void say_count(char out_text[SAY_COUNT_SIZE], int64_t count, const char *one,
	       const char *many)
{
	snprintf(out_text, SAY_COUNT_SIZE, "%" PRId64 " %s", count,
		 count == 1 ? one : many);
}

/* The errno of an earlier write is lost by now; what poll() says is not. */
enum say_end say_end(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	if (!fflush(stdout) && !ferror(stdout))
		return SAY_WRITTEN;
	return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP))
		       ? SAY_UNREAD
		       : SAY_FAILED;
}

/* --- fields --- */

static bool say_is_digits(const char *text, size_t len)
{
	return strspn(text, "0123456789") >= len;
}

void say_time(const char *time, char out_text[SAY_TIME_SIZE])
{
	size_t len = strlen(time);

	if (len >= 20 && say_is_digits(time, 4) && time[10] == 'T' &&
	    time[len - 1] == 'Z')
		snprintf(out_text, SAY_TIME_SIZE, "%.10s %.8sZ", time,
			 time + 11);
	else
		snprintf(out_text, SAY_TIME_SIZE, "%.30s", time);
}

static bool say_is_time(const char *name)
{
	size_t len = strlen(name);

	return (len > 3 && !strcmp(name + len - 3, "_at")) ||
	       !strcmp(name, "as_of") || !strcmp(name, "since") ||
	       !strcmp(name, "time");
}

static bool say_is_amount(const char *name)
{
	static const char *const sums[] = {
		"float",   "counted",	 "expected", "difference",
		"balance", "withdrawal", "total",    "paid",
		"change",  "cash",	 "gross",    "vat"
	};
	size_t len = strlen(name), tail = strlen("amount");

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		if (!strcmp(sums[i], name))
			return true;
	return len >= tail && !strcmp(name + len - tail, "amount");
}

/* What an {"id", "name"} or {"id", "meaning"} is called; NULL for others. */
static const char *say_label(const json_t *value)
{
	const char *name = json_text(value, "name");

	if (json_object_size(value) != 2 || !json_text(value, "id"))
		return NULL;
	return name ? name : json_text(value, "meaning");
}

/* A value that fits on a line; NULL for objects, lists and null. New. */
static char *say_scalar(const char *name, const json_t *value,
			const char *currency)
{
	char time[SAY_TIME_SIZE], amount[MONEY_TEXT_SIZE];

	if (json_is_string(value) && say_is_time(name)) {
		say_time(json_string_value(value), time);
		return alloc_text(time);
	}
	if (json_is_string(value))
		return alloc_text(json_string_value(value));
	if (json_is_integer(value) && currency && say_is_amount(name)) {
		money_format(json_integer_value(value), currency, amount);
		return alloc_text(amount);
	}
	if (json_is_integer(value))
		return alloc_format("%" JSON_INTEGER_FORMAT,
				    json_integer_value(value));
	if (json_is_boolean(value))
		return alloc_text(json_is_true(value) ? "yes" : "no");
	return alloc_text(say_label(value));
}

/* "a, b" of a list of scalars, else NULL. New. */
static char *say_list(const char *name, const json_t *list,
		      const char *currency)
{
	CLEANUP_FREE char *text = alloc_text("");
	const json_t *item;
	size_t i;

	if (!json_is_array(list))
		return NULL;
	json_array_foreach (list, i, item) {
		CLEANUP_FREE char *one = say_scalar(name, item, currency);
		char *longer;

		if (!one)
			return NULL;
		longer = alloc_format("%s%s%s", text, *text ? ", " : "", one);
		free(text);
		text = longer;
	}
	return alloc_text(text);
}

/* Names that people would not say like that; "": better not said at all. */
static const char *say_words(const char *name)
{
	static const struct {
		const char *name;
		const char *words;
	} rows[] = {
		{ "created_at", "begun" },
		{ "ended_at", "ended" },
		{ "operator_name", "operator" },
		{ "device_state", "state" },
		{ "stale", "out of date" },
		{ "figures", "" },
		{ "day", "fiscal day" },
		{ "devices", "" },
		{ "status", "" },
		{ "identity", "" },
		{ "rates", "" },
		{ "receipts_amount", "receipts" },
		{ "receipts_cancelled", "cancelled receipts" },
		{ "receipts_cancelled_amount", "cancelled receipts, amount" },
		{ "invoices_amount", "invoices" },
		{ "invoices_cancelled", "cancelled invoices" },
		{ "invoices_cancelled_amount", "cancelled invoices, amount" },
		{ "nonfiscal", "non-fiscal documents" },
		{ "goods_changes", "changes of goods" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].name, name))
			return rows[i].words;
	return name;
}

/* "Drawer out of date" of "drawer" and "stale". New. */
static char *say_title(const char *prefix, const char *name)
{
	const char *words = say_words(name);
	const char *gap = *prefix && *words ? " " : "";
	char *title;

	if (!strcasecmp(prefix, words)) /* the drawer's "drawer" */
		words = gap = "";
	title = alloc_format("%s%s%s", prefix, gap, words);
	for (char *at = title; *at; at++)
		if (*at == '_')
			*at = ' ';
	if (*title >= 'a' && *title <= 'z')
		*title = (char)(*title - 'a' + 'A');
	return title;
}

/* One of a list: "rate A 23 %", or its number. New. */
static char *say_item(const json_t *item, size_t index)
{
	const char *rate = json_text(item, "rate");
	const char *vat = json_text(item, "vat");
	size_t len = vat ? strlen(vat) : 0;
	bool number = len && say_is_digits(vat, 1);

	if (!rate)
		return alloc_format("%zu", index + 1);
	if (number && len > 3 && !strcmp(vat + len - 3, ".00"))
		len -= 3;
	return alloc_format("rate %s%s%.*s%s", rate, vat ? " " : "", (int)len,
			    vat ? vat : "", number ? " %" : "");
}

struct say_rows {
	struct table *table;
	const char *currency;
	int depth;
};

static void say_collect(struct say_rows *rows, const char *prefix,
			const json_t *value);

static void say_collect_one(struct say_rows *rows, const char *prefix,
			    const char *name, const json_t *value)
{
	CLEANUP_FREE char *title = say_title(prefix, name);
	CLEANUP_FREE char *text = say_scalar(name, value, rows->currency);

	if (!text)
		text = say_list(name, value, rows->currency);
	if (text && *text) {
		table_add(rows->table, title);
		table_add(rows->table, text);
	} else if (!text && rows->depth < SAY_DEPTH_MAX) {
		say_collect(rows, title, value);
	}
}

/* What an item is called by is not told again. */
static bool say_is_told(const json_t *object, const char *name)
{
	return json_text(object, "rate") &&
	       (!strcmp(name, "rate") || !strcmp(name, "vat"));
}

static void say_collect(struct say_rows *rows, const char *prefix,
			const json_t *value)
{
	const json_t *item;
	const char *name;
	size_t i;

	rows->depth++;
	json_object_foreach ((json_t *)(uintptr_t)value, name, item)
		if (!say_is_told(value, name))
			say_collect_one(rows, prefix, name, item);
	json_array_foreach (value, i, item) {
		CLEANUP_FREE char *called = say_item(item, i);

		say_collect_one(rows, prefix, called, item);
	}
	rows->depth--;
}

void say_fields(FILE *out, const json_t *object, const char *const *leave_out,
		const char *currency)
{
	static const char *const headings[] = { "", "", NULL };
	json_t *copy = json_copy((json_t *)(uintptr_t)object);
	struct say_rows rows = { .table = table_new(headings),
				 .currency = currency };

	for (; leave_out && *leave_out; leave_out++)
		json_object_del(copy, *leave_out);
	say_collect(&rows, "", copy);
	table_print(rows.table, out);
	table_free(rows.table);
	json_decref(copy);
}
