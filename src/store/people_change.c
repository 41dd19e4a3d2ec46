/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small changes of the policy, without a new document: a password, a PIN, a
 * badge, a name erased. Each makes a new version, too, so that "policy" in the
 * journal names what was in force.
 */
#include "store/people_parts.h"
#include "store/people_secrets.h"
#include "store/store_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/secret.h"
#include "util/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- lines of the secrets, and where they are --- */

/* One line, from at on, of a part. */
struct people_line {
	struct people_part *part;
	const char *at;
	size_t len; /* with its newline */
};

/* What is changed: read as far as was necessary. */
struct people_edit {
	struct db *db;
	struct arena arena;
	struct people_kept kept;
};

static void people_edit_free(struct people_edit *edit)
{
	arena_free(&edit->arena);
}

static int people_edit_begin(struct people_edit *edit, struct writer *writer)
{
	*edit = (struct people_edit){ .db = &writer->db,
				      .arena = { .secret = true } };
	return people_read_kept(edit->db, &edit->arena, &edit->kept);
}

/* The next version, and nothing left of what it replaces. */
static int people_edit_end(struct people_edit *edit)
{
	int r;

	edit->kept.version++;
	r = people_write_kept(edit->db, &edit->kept);
	return r ? r : people_sweep(edit->db);
}

static const char *people_find_start(const char *text, const char *start)
{
	const size_t len = strlen(start);

	for (; *text; text = strchr(text, '\n') + 1)
		if (!strncmp(text, start, len))
			return text;
	return NULL;
}

/* The line that starts like that ("o ID "). STORE_E_NOT_FOUND if none does. */
static int people_find_line(struct people_edit *edit, const char *start,
			    struct people_line *out_line)
{
	struct people_list *list = &edit->kept.secrets;
	int r = 0;

	for (size_t i = 0; !r && i < list->count; i++) {
		struct people_part *part = &list->parts[i];
		const char *at;

		r = people_read_part(edit->db, &edit->arena, part);
		at = r ? NULL : people_find_start(part->text, start);
		if (!at)
			continue;
		*out_line = (struct people_line){
			part, at, (size_t)(strchr(at, '\n') + 1 - at)
		};
		return 0;
	}
	return r ? r : STORE_E_NOT_FOUND;
}

static int people_find_operator(struct people_edit *edit, const char *id,
				struct people_line *out_line)
{
	CLEANUP_FREE char *start = alloc_format("o %s ", id);

	return people_find_line(edit, start, out_line);
}

static int people_find_badge(struct people_edit *edit, const char *handle,
			     struct people_line *out_line)
{
	CLEANUP_FREE char *start = alloc_format("b %s ", handle);

	return people_find_line(edit, start, out_line);
}

static char *people_copy_line(struct people_edit *edit,
			      const struct people_line *line)
{
	char *copy = arena_alloc(&edit->arena, line->len, 1);

	memcpy(copy, line->at, line->len - 1);
	return copy;
}

/* Other lines (or none) in the place of len bytes from its start on. */
static void people_replace_line(struct people_edit *edit,
				const struct people_line *line, size_t len,
				const struct buf *with)
{
	const char *text = line->part->text;
	size_t before = (size_t)(line->at - text);
	size_t after = strlen(line->at + len);
	char *made =
		arena_alloc(&edit->arena, before + with->len + after + 1, 1);

	memcpy(made, text, before);
	if (with->len)
		memcpy(made + before, with->data, with->len);
	memcpy(made + before + with->len, line->at + len, after);
	people_part_set(line->part, made);
}

#define PEOPLE_LINE_MAX 1024

/* --- passwords and PINs --- */

struct secret_step {
	struct txn_step step;
	char operator[POLICY_ID_MAX + 1];
	enum secret which;
	char *hash;
};

static bool people_set_secret(struct people_edit *edit,
			      const struct people_line *line,
			      const struct secret_step *secret)
{
	CLEANUP(buf_cleanup) struct buf with = BUF_INIT(PEOPLE_LINE_MAX);
	bool is_pin = secret->which == SECRET_PIN;
	struct policy_operator who;

	if (!people_take_secret(people_copy_line(edit, line), &who))
		return false;
	people_add_secret(&with, who.id, is_pin ? who.password : secret->hash,
			  is_pin ? secret->hash : who.pin);
	people_replace_line(edit, line, line->len, &with);
	return true;
}

static int people_run_secret(struct txn_step *step, struct writer *writer,
			     struct txn *txn)
{
	const struct secret_step *secret = (struct secret_step *)step;
	CLEANUP(people_edit_free) struct people_edit edit;
	struct people_line line;
	int r = people_edit_begin(&edit, writer);

	(void)txn;
	if (!r)
		r = people_find_operator(&edit, secret->operator, & line);
	if (!r && !people_set_secret(&edit, &line, secret))
		r = STORE_E_CORRUPT;
	return r ? r : people_edit_end(&edit);
}

static void people_clear_secret(struct txn_step *step)
{
	struct secret_step *secret = (struct secret_step *)step;

	secret->hash = secret_free(secret->hash);
}

void txn_secret_set(struct txn *txn, const char *operator_id, enum secret which,
		    const char *hash)
{
	struct secret_step *step = txn_add(
		txn, sizeof(*step), people_run_secret, people_clear_secret);

	text_copy(step->operator, sizeof(step->operator), operator_id);
	step->which = which;
	step->hash = alloc_text(hash);
}

/* --- badges --- */

struct badge_step {
	struct txn_step step;
	struct badge_row row;
};

/* Nothing but that could not be told from what is behind it. */
static int people_edit_badge(struct people_edit *edit, struct writer *writer,
			     const struct badge_row *row)
{
	int r = people_edit_begin(edit, writer);

	if (!r && !text_is_plain(row->label))
		r = -EINVAL;
	return r;
}

static struct policy_badge people_badge_of_row(const struct badge_row *row)
{
	struct policy_badge badge = {
		.handle = row->handle,
		.label = row->label,
		.active = row->active,
		.until_ms = row->until_ms,
	};

	memcpy(badge.key, row->key, HASH_SIZE);
	return badge;
}

/* 0 if nobody has it and no badge is called that. All parts are read. */
static int people_check_new(struct people_edit *edit,
			    const struct badge_row *row)
{
	struct people_line line;
	char hex[HASH_TEXT_SIZE];
	CLEANUP_FREE char *key = NULL;
	int r = people_find_badge(edit, row->handle, &line);

	if (r != STORE_E_NOT_FOUND)
		return r ? r : STORE_E_EXISTS;
	hash_to_hex(row->key, HASH_SIZE, hex);
	key = alloc_format(" %s ", hex);
	for (size_t i = 0; i < edit->kept.secrets.count; i++)
		if (strstr(edit->kept.secrets.parts[i].text, key))
			return STORE_E_EXISTS;
	return 0;
}

/* Behind their others. */
static int people_insert_badge(struct people_edit *edit,
			       const struct badge_row *row)
{
	CLEANUP(buf_cleanup) struct buf with = BUF_INIT(PEOPLE_LINE_MAX);
	const struct policy_badge badge = people_badge_of_row(row);
	struct people_line line;
	size_t badges = 0;
	int r = people_find_operator(edit, row->operator, & line);

	if (r)
		return r;
	for (line.at += line.len; *line.at == 'b'; badges++)
		line.at = strchr(line.at, '\n') + 1;
	if (badges >= POLICY_BADGES_MAX)
		return STORE_E_TOO_MANY;
	people_add_badge(&with, &badge);
	people_replace_line(edit, &line, 0, &with);
	return 0;
}

static int people_run_put(struct txn_step *step, struct writer *writer,
			  struct txn *txn)
{
	const struct badge_row *row = &((struct badge_step *)step)->row;
	CLEANUP(people_edit_free) struct people_edit edit;
	int r = people_edit_badge(&edit, writer, row);

	(void)txn;
	if (!r)
		r = people_check_new(&edit, row);
	if (!r)
		r = people_insert_badge(&edit, row);
	return r ? r : people_edit_end(&edit);
}

static bool people_set_badge(struct people_edit *edit,
			     const struct people_line *line,
			     const struct badge_row *row)
{
	CLEANUP(buf_cleanup) struct buf with = BUF_INIT(PEOPLE_LINE_MAX);
	struct policy_badge badge = people_badge_of_row(row), before;

	if (!people_take_badge(people_copy_line(edit, line), &before))
		return false;
	memcpy(badge.key, before.key, HASH_SIZE);
	people_add_badge(&with, &badge);
	people_replace_line(edit, line, line->len, &with);
	return true;
}

static int people_run_update(struct txn_step *step, struct writer *writer,
			     struct txn *txn)
{
	const struct badge_row *row = &((struct badge_step *)step)->row;
	CLEANUP(people_edit_free) struct people_edit edit;
	struct people_line line;
	int r = people_edit_badge(&edit, writer, row);

	(void)txn;
	if (!r)
		r = people_find_badge(&edit, row->handle, &line);
	if (!r && !people_set_badge(&edit, &line, row))
		r = STORE_E_CORRUPT;
	return r ? r : people_edit_end(&edit);
}

static int people_run_remove(struct txn_step *step, struct writer *writer,
			     struct txn *txn)
{
	const struct badge_row *row = &((struct badge_step *)step)->row;
	static const struct buf nothing;
	CLEANUP(people_edit_free) struct people_edit edit;
	struct people_line line;
	int r = people_edit_begin(&edit, writer);

	(void)txn;
	if (!r)
		r = people_find_badge(&edit, row->handle, &line);
	if (r)
		return r;
	people_replace_line(&edit, &line, line.len, &nothing);
	return people_edit_end(&edit);
}

void txn_badge_put(struct txn *txn, const struct badge_row *row)
{
	struct badge_step *step =
		txn_add(txn, sizeof(*step), people_run_put, NULL);

	step->row = *row;
}

void txn_badge_update(struct txn *txn, const struct badge_row *row)
{
	struct badge_step *step =
		txn_add(txn, sizeof(*step), people_run_update, NULL);

	step->row = *row;
}

void txn_badge_remove(struct txn *txn, const char *handle)
{
	struct badge_step *step =
		txn_add(txn, sizeof(*step), people_run_remove, NULL);

	text_copy(step->row.handle, sizeof(step->row.handle), handle);
}

/* --- a name --- */

/* The end of a JSON text that begins at text: its quotation mark. */
static const char *people_end_of_text(const char *text)
{
	while (*text && *text != '"')
		text += text[0] == '\\' && text[1] ? 2 : 1;
	return text;
}

/*
 * The same part with the login for that operator's name, or NULL if they are
 * not in it. Taking a document apart and putting it together again would hold
 * up the writer; in the canonical form (json_line()) an operator's id, login
 * and name stand one after the other, and no text within it can look like that,
 * since its quotation marks have a backslash before them.
 */
static char *people_without_name(const char *part, const char *id)
{
	CLEANUP_FREE char *start =
		alloc_format("\"id\":\"%s\",\"login\":\"", id);
	const char *login = strstr(part, start), *end, *name;

	if (!login)
		return NULL;
	login += strlen(start);
	end = people_end_of_text(login);
	name = strstr(end, "\"name\":\"");
	if (!name)
		return NULL;
	name += strlen("\"name\":\"");
	return alloc_format("%.*s%.*s%s", (int)(name - part), part,
			    (int)(end - login), login,
			    people_end_of_text(name));
}

static int people_erase_name(struct people_edit *edit, const char *id)
{
	struct people_list *document = &edit->kept.document;
	int r = 0;

	for (size_t i = 0; !r && i < document->count; i++) {
		CLEANUP_FREE char *text = NULL;

		r = people_read_part(edit->db, &edit->arena,
				     &document->parts[i]);
		if (!r)
			text = people_without_name(document->parts[i].text, id);
		if (!text)
			continue;
		people_part_set(&document->parts[i],
				arena_text(&edit->arena, text));
		people_hash_document(&edit->kept);
		return 0;
	}
	return r ? r : STORE_E_NOT_FOUND;
}

struct erase_step {
	struct txn_step step;
	char operator[POLICY_ID_MAX + 1];
};

static int people_run_erase(struct txn_step *step, struct writer *writer,
			    struct txn *txn)
{
	const struct erase_step *erase = (struct erase_step *)step;
	CLEANUP(people_edit_free) struct people_edit edit;
	int r = people_edit_begin(&edit, writer);

	(void)txn;
	if (!r)
		r = people_erase_name(&edit, erase->operator);
	return r ? r : people_edit_end(&edit);
}

void txn_operator_erase_name(struct txn *txn, const char *operator_id)
{
	struct erase_step *step =
		txn_add(txn, sizeof(*step), people_run_erase, NULL);

	text_copy(step->operator, sizeof(step->operator), operator_id);
}
