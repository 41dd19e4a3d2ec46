/* SPDX-License-Identifier: Apache-2.0 */
#include "util/message.h"

#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <libintl.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MESSAGE_FOLDER	   "TEXTDOMAINDIR"
#define MESSAGE_ALL	   "pl:de" /* LANGUAGE, from message_init() on */
#define MESSAGE_TEXT_MAX   4096
#define MESSAGE_DEPTH_MAX  4   /* messages in messages */
#define MESSAGE_ACCEPT_MAX 512 /* bytes of an Accept-Language */
#define MESSAGE_RANGES_MAX 64
#define MESSAGE_KEY_MAX	   64
#define MESSAGE_MARK	   '#' /* behind the name of what is remembered */

static const struct message_catalogue {
	const char *tag;
	const char *domain; /* NULL: the program's own words */
} message_catalogues[MESSAGE_LANGUAGES] = {
	[MESSAGE_ENGLISH] = { "en", NULL },
	[MESSAGE_POLISH] = { "pl", "tilld-pl" },
	[MESSAGE_GERMAN] = { "de", "tilld-de" },
};

static locale_t message_locale; /* 0: there is no other than "C" */

const char *message_tag(enum message_language language)
{
	return message_catalogues[language].tag;
}

/* False if it is none of ours; len: up to where it is to be looked at. */
static bool message_find(const char *tag, size_t len,
			 enum message_language *out_language)
{
	for (int i = 0; i < MESSAGE_LANGUAGES; i++) {
		if (len != 2 || strncasecmp(message_catalogues[i].tag, tag, 2))
			continue;
		*out_language = (enum message_language)i;
		return true;
	}
	return false;
}

/* --- catalogues --- */

void message_init(void)
{
	const char *folder = getenv(MESSAGE_FOLDER);

	setenv("LANGUAGE", MESSAGE_ALL, true);
	if (!message_locale)
		message_locale =
			newlocale(LC_MESSAGES_MASK, "C.UTF-8", (locale_t)0);
	for (int i = 0; i < MESSAGE_LANGUAGES; i++) {
		const char *domain = message_catalogues[i].domain;

		if (!domain)
			continue;
		bindtextdomain(domain,
			       folder && *folder ? folder : TILLD_LOCALEDIR);
		bind_textdomain_codeset(domain, "UTF-8");
		message_in((enum message_language)i, " "); /* read it now */
	}
}

/* In the locale "C" libintl does not even look. */
const char *message_in(enum message_language language, const char *english)
{
	const char *domain = message_catalogues[language].domain;
	const char *text;
	locale_t before;

	if (!domain || !message_locale || !*english)
		return english;
	before = uselocale(message_locale);
	text = dgettext(domain, english);
	uselocale(before);
	return text;
}

/* --- which language --- */

static size_t message_skip_blanks(const char *text)
{
	return strspn(text, " \t");
}

/* "1", "0.8" in thousandths; -1 if it is none. */
static int message_read_weight(const char **at)
{
	int weight = 0, digits = 0;

	if (**at != '0' && **at != '1')
		return -1;
	weight = (*(*at)++ - '0') * 1000;
	if (**at != '.')
		return weight;
	for ((*at)++; **at >= '0' && **at <= '9'; (*at)++) {
		static const int places[] = { 100, 10, 1 };

		if (digits == 3)
			return -1;
		weight += (**at - '0') * places[digits++];
	}
	return weight <= 1000 ? weight : -1;
}

/* What follows a language: ";q=0.8", or nothing, which is 1; -1 if it is
 * malformed. */
static int message_read_quality(const char **at)
{
	int weight;

	*at += message_skip_blanks(*at);
	if (**at != ';')
		return 1000;
	(*at)++;
	*at += message_skip_blanks(*at);
	if (strncasecmp(*at, "q=", 2) != 0)
		return -1;
	*at += 2;
	weight = message_read_weight(at);
	*at += message_skip_blanks(*at);
	return weight;
}

#define MESSAGE_LETTERS                                        \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789-*"

/* How much our languages are wanted, 0 for not at all; of two that weigh the
 * same the first more. -1: it is not named; the last is "*". False if it is
 * malformed, or has too many of them. */
static bool message_read_accept(const char *at, int ranks[])
{
	for (int left = MESSAGE_RANGES_MAX; left > 0; left--) {
		enum message_language language = MESSAGE_LANGUAGES;
		const char *range;
		size_t len;
		int weight;

		at += message_skip_blanks(at);
		range = at;
		len = strspn(at, MESSAGE_LETTERS);
		at += len;
		weight = message_read_quality(&at);
		if (weight < 0 || (*at && *at != ','))
			return false;
		if (message_find(range, strcspn(range, "-;, \t"), &language) ||
		    (len == 1 && *range == '*'))
			if (ranks[language] < weight * MESSAGE_RANGES_MAX)
				ranks[language] =
					weight ? weight * MESSAGE_RANGES_MAX +
							 left
					       : 0;
		if (!*at++)
			return true;
	}
	return false;
}

/* Whoever takes anything gets what we would say anyway. */
enum message_language message_wanted(const char *accept)
{
	int ranks[MESSAGE_LANGUAGES + 1];
	enum message_language best = MESSAGE_ENGLISH;

	for (int i = 0; i <= MESSAGE_LANGUAGES; i++)
		ranks[i] = -1;
	if (!accept ||
	    strnlen(accept, MESSAGE_ACCEPT_MAX) == MESSAGE_ACCEPT_MAX ||
	    !message_read_accept(accept, ranks))
		return MESSAGE_ENGLISH;
	if (ranks[MESSAGE_ENGLISH] < 0)
		ranks[MESSAGE_ENGLISH] = ranks[MESSAGE_LANGUAGES];
	if (ranks[MESSAGE_ENGLISH] < 0)
		ranks[MESSAGE_ENGLISH] = 0;
	for (int i = 0; i < MESSAGE_LANGUAGES; i++)
		if (ranks[i] > ranks[best])
			best = (enum message_language)i;
	return best;
}

/* The first of LANGUAGE that is ours, or what the locale is called. */
enum message_language message_of_locale(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *list = getenv("LANGUAGE"), *locale = NULL;
	enum message_language language = MESSAGE_ENGLISH;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!locale || !*locale)
			locale = getenv(names[i]);
	if (!locale || !*locale || !strcmp(locale, "C") ||
	    !strcmp(locale, "POSIX"))
		return MESSAGE_ENGLISH;
	for (; list && *list; list += strspn(list, ":")) {
		size_t len = strcspn(list, ":");

		if (message_find(list, strcspn(list, "_.@:"), &language))
			return language;
		list += len;
	}
	message_find(locale, strcspn(locale, "_.@"), &language);
	return language;
}

/* --- templates --- */

json_t *message_new(const char *template, ...)
{
	json_t *message = json_array();
	const char *part;
	va_list parts;

	if (!message)
		abort();
	message_add(message, json_string(template));
	va_start(parts, template);
	while ((part = va_arg(parts, const char *)))
		message_add(message, json_string(part));
	va_end(parts);
	return message;
}

json_t *message_add(json_t *message, json_t *part)
{
	json_array_append_new(message, part ? part : json_string(""));
	return message;
}

static void message_write(struct buf *out, enum message_language language,
			  const json_t *message, int depth);

/* "%1$s": the part behind the template that it stands for; NULL: it is none. */
static const json_t *message_part(const json_t *message, const char *at)
{
	if (at[0] != '%' || at[1] < '1' || at[1] > '9' || at[2] != '$' ||
	    at[3] != 's')
		return NULL;
	return json_array_get(message, (size_t)(at[1] - '0'));
}

static void message_fill(struct buf *out, enum message_language language,
			 const json_t *message, int depth)
{
	const char *at = json_string_value(json_array_get(message, 0));

	at = message_in(language, at ? at : "");
	while (*at) {
		const json_t *part = message_part(message, at);

		if (part)
			message_write(out, language, part, depth);
		else
			buf_add_byte(out, (uint8_t)*at);
		at += part ? 4 : 1;
	}
}

static void message_write(struct buf *out, enum message_language language,
			  const json_t *message, int depth)
{
	if (json_is_string(message))
		buf_add_text(out, json_string_value(message));
	else if (depth)
		message_fill(out, language, message, depth - 1);
}

char *message_text(enum message_language language, const json_t *message)
{
	CLEANUP(buf_cleanup) struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);

	message_write(&text, language, message, MESSAGE_DEPTH_MAX);
	return alloc_text(buf_text(&text));
}

/* --- what is answered --- */

static void message_name(const char *key, char out_name[MESSAGE_KEY_MAX])
{
	snprintf(out_name, MESSAGE_KEY_MAX, "%s%c", key, MESSAGE_MARK);
}

json_t *message_put(json_t *object, const char *key, json_t *message)
{
	CLEANUP_FREE char *text = NULL;
	char name[MESSAGE_KEY_MAX];

	if (!message)
		return object;
	text = message_text(MESSAGE_ENGLISH, message);
	message_name(key, name);
	json_put_text(object, key, text);
	return json_put(object, name, message);
}

/* Which fields are sentences of ours, and which hold nothing of ours. */
static bool message_is_sentence(const char *key)
{
	static const char *const keys[] = {
		"title", "detail", "advice", "sentence", "badge_objection",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(keys[i], key))
			return true;
	return false;
}

static bool message_is_foreign(const char *key)
{
	static const char *const keys[] = {
		"parameters", "evidence", "policy",  "changes",
		"result",     "records",  "entries",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(keys[i], key))
			return true;
	return false;
}

static void message_settle_text(json_t *object, const char *key, json_t *value,
				enum message_language language)
{
	CLEANUP_FREE char *text = NULL;
	char name[MESSAGE_KEY_MAX];
	const json_t *message;

	message_name(key, name);
	message = json_object_get(object, name);
	if (message)
		text = message_text(language, message);
	json_string_set(value,
			text ? text
			     : message_in(language, json_string_value(value)));
}

static bool message_is_made(const char *key)
{
	size_t len = strlen(key);

	return len && key[len - 1] == MESSAGE_MARK;
}

static void message_settle_object(json_t *object,
				  enum message_language language)
{
	const char *key;
	json_t *value;
	void *next;

	if (language != MESSAGE_ENGLISH)
		json_object_foreach (object, key, value)
			if (json_is_string(value) && message_is_sentence(key))
				message_settle_text(object, key, value,
						    language);
	json_object_foreach_safe(object, next, key, value)
	{
		if (message_is_made(key))
			json_object_del(object, key);
		else if (!message_is_foreign(key))
			message_settle(value, language);
	}
}

void message_settle(json_t *body, enum message_language language)
{
	json_t *value;
	size_t i;

	if (json_is_object(body))
		message_settle_object(body, language);
	else if (json_is_array(body))
		json_array_foreach (body, i, value)
			message_settle(value, language);
}
