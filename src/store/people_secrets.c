/* SPDX-License-Identifier: Apache-2.0 */
#include "store/people_secrets.h"

#include "util/alloc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE_NO_SECRET "-"

/* --- writing --- */

static const char *people_or_none(const char *hash)
{
	return hash ? hash : PEOPLE_NO_SECRET;
}

void people_add_secret(struct buf *text, const char *id, const char *password,
		       const char *pin)
{
	buf_add_format(text, "o %s %s %s\n", id, people_or_none(password),
		       people_or_none(pin));
}

void people_add_badge(struct buf *text, const struct policy_badge *badge)
{
	char key[HASH_TEXT_SIZE];

	hash_to_hex(badge->key, HASH_SIZE, key);
	buf_add_format(text, "b %s %s %d %" PRId64 " %s\n", badge->handle, key,
		       badge->active, badge->until_ms, badge->label);
}

/* --- reading --- */

/* Up to the next blank; NULL if there is none. */
static char *people_next_word(char **at)
{
	char *word = *at, *end = strchr(word, ' ');

	if (!end)
		return NULL;
	*end = 0;
	*at = end + 1;
	return word;
}

static const char *people_secret_or_null(const char *word)
{
	return strcmp(word, PEOPLE_NO_SECRET) ? word : NULL;
}

static bool people_take_secret(char *line, struct policy_operator *out_who)
{
	const char *kind = people_next_word(&line);
	const char *id = kind ? people_next_word(&line) : NULL;
	const char *password = id ? people_next_word(&line) : NULL;

	if (!password || strcmp(kind, "o") != 0)
		return false;
	*out_who = (struct policy_operator){
		.id = id,
		.password = people_secret_or_null(password),
		.pin = people_secret_or_null(line),
	};
	return true;
}

static bool people_take_badge(char *line, struct policy_badge *out_badge)
{
	enum { KIND, HANDLE, KEY, ACTIVE, UNTIL, WORDS };
	const char *words[WORDS];
	struct policy_badge badge;

	for (size_t i = 0; i < WORDS; i++)
		if (!(words[i] = people_next_word(&line)))
			return false;
	badge = (struct policy_badge){
		.handle = words[HANDLE],
		.label = line,
		.active = words[ACTIVE][0] == '1',
		.until_ms = strtoll(words[UNTIL], NULL, 10),
	};
	if (strcmp(words[KIND], "b") != 0 ||
	    !hash_from_hex(words[KEY], HASH_SIZE, badge.key))
		return false;
	*out_badge = badge;
	return true;
}

/* Room for one more, doubled each time it is used up. */
static void *people_grow(void *array, size_t count, size_t size)
{
	bool full = !(count & (count - 1));

	return full ? alloc_resize(array, count ? count * 2 : 1, size) : array;
}

static bool people_take_row(char *line, struct people_rows *rows)
{
	struct policy_operator who;
	struct people_badge_row row;

	if (*line == 'o') {
		if (!people_take_secret(line, &who))
			return false;
		rows->operators = people_grow(
			rows->operators, rows->operators_count, sizeof(who));
		rows->operators[rows->operators_count++] = who;
		return true;
	}
	if (!rows->operators_count || !people_take_badge(line, &row.badge))
		return false;
	row.operator= rows->operators[rows->operators_count - 1].id;
	rows->badges =
		people_grow(rows->badges, rows->badges_count, sizeof(row));
	rows->badges[rows->badges_count++] = row;
	return true;
}

bool people_take_rows(char *text, struct people_rows *rows)
{
	char *line = text, *end;

	for (; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			return false;
		*end = 0;
		if (!people_take_row(line, rows))
			return false;
	}
	return true;
}

void people_rows_free(struct people_rows *rows)
{
	free(rows->operators);
	free(rows->badges);
}
