/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading on the reader worker, a page at a time: each page is one read
 * transaction of a few milliseconds, so that checkpoints go on and others get
 * their turn in between.
 */
#include "store/journal.h"
#include "store/journal_private.h"
#include "store/segments.h"
#include "store/store_private.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A rare kind is looked for in windows of so many entries. */
#define JOURNAL_WINDOW	    8192
#define JOURNAL_EXPORT_SIZE 65536
#define JOURNAL_VERIFY_PAGE 1000

/* --- lists --- */

struct journal_reading {
	struct work work;
	struct store *store;
	struct journal_filter filter;
	char *kind;
	char *till;
	char *operation;
	int64_t at;  /* the window's nearer end, which is not in it */
	int64_t end; /* as far as the windows go, not in them */
	json_t *entries;
	bool complete;
	int error;
	journal_page page;
	void *arg;
};

static void journal_free_reading(struct journal_reading *reading)
{
	json_decref(reading->entries);
	free(reading->kind);
	free(reading->till);
	free(reading->operation);
	free(reading);
}

/* One window: (after, before), both not in it. */
static struct query journal_query(struct journal_reading *reading,
				  int64_t after, int64_t before)
{
	const struct journal_filter *filter = &reading->filter;
	CLEANUP_FREE char *sql = alloc_format(
		"SELECT line FROM journal WHERE seq > ? AND seq < ?"
		"%s%s%s ORDER BY seq %s LIMIT ?",
		filter->kind ? " AND kind = ?" : "",
		filter->till ? " AND till = ?" : "",
		filter->operation ? " AND operation = ?" : "",
		filter->newest_first ? "DESC" : "ASC");
	struct query query = query_make_once(&reading->store->reader, sql);

	query_int(&query, after);
	query_int(&query, before);
	if (filter->kind)
		query_text(&query, filter->kind);
	if (filter->till)
		query_text(&query, filter->till);
	if (filter->operation)
		query_text(&query, filter->operation);
	query_int(&query,
		  (int64_t)(filter->max - json_array_size(reading->entries)));
	return query;
}

static int journal_collect(struct query *query, json_t *entries)
{
	while (query_next(query)) {
		const char *line = query_get_text(query, 0);
		json_t *entry = json_parse(line, strlen(line));

		if (!entry)
			return STORE_E_CORRUPT;
		json_array_append_new(entries, entry);
	}
	return query->error;
}

static void journal_run_reading(struct work *work)
{
	struct journal_reading *reading = (struct journal_reading *)work;
	bool down = reading->filter.newest_first;
	int64_t far = down ? reading->at - JOURNAL_WINDOW
			   : reading->at + JOURNAL_WINDOW;
	QUERY query = { 0 };

	if (down ? far < reading->end : far > reading->end)
		far = reading->end;
	query = down ? journal_query(reading, far, reading->at)
		     : journal_query(reading, reading->at, far);
	reading->error = journal_collect(&query, reading->entries);
	reading->complete =
		far == reading->end ||
		json_array_size(reading->entries) == reading->filter.max;
	/* the next window holds what is at this one's far end */
	reading->at = down ? far + 1 : far - 1;
}

static void journal_finish_reading(struct work *work)
{
	struct journal_reading *reading = (struct journal_reading *)work;

	if (!reading->error && !reading->complete) {
		store_submit_read(reading->store, work);
		return;
	}
	reading->page(reading->arg, reading->error,
		      reading->error ? NULL : reading->entries);
	journal_free_reading(reading);
}

/* The bounds of what there is, so that the windows come to an end. */
static void journal_bound(struct journal_reading *reading)
{
	int64_t after = reading->filter.after, before = reading->filter.before;
	int64_t last = reading->store->view.head.seq;
	int64_t archived = reading->store->view.head.archived;

	if (after < archived)
		after = archived;
	if (after > last)
		after = last;
	if (before <= 0 || before > last + 1)
		before = last + 1;
	if (before < after)
		before = after;
	reading->at = reading->filter.newest_first ? before : after;
	reading->end = reading->filter.newest_first ? after : before;
}

void journal_read(struct store *store, const struct journal_filter *filter,
		  journal_page page, void *arg)
{
	struct journal_reading *reading = ALLOC_NEW(struct journal_reading);

	*reading = (struct journal_reading){
		.work = { .run = journal_run_reading,
			  .done = journal_finish_reading },
		.store = store,
		.filter = *filter,
		.kind = alloc_text(filter->kind),
		.till = alloc_text(filter->till),
		.operation = alloc_text(filter->operation),
		.entries = json_array(),
		.page = page,
		.arg = arg,
	};
	reading->filter.kind = reading->kind;
	reading->filter.till = reading->till;
	reading->filter.operation = reading->operation;
	if (!filter->max || filter->max > JOURNAL_PAGE_MAX)
		reading->filter.max = JOURNAL_PAGE_MAX;
	journal_bound(reading);
	store_submit_read(store, &reading->work);
}

/* --- export --- */

struct journal_exporting {
	struct work work;
	struct store *store;
	const struct keys *keys;
	struct journal_head head; /* as last committed, when this was asked */
	int64_t after;
	struct buf text;
	int64_t next;
	bool complete;
	int error;
	journal_text told;
	void *arg;
};

static void journal_add_line(struct buf *text, const char *line)
{
	buf_add_text(text, line);
	buf_add_byte(text, '\n');
}

/* The keys as they are on disk, of which the last has to be ours. */
static int journal_load_keys(struct db *db, const struct keys *ours,
			     struct journal_keys *out_keys)
{
	uint8_t public[32];
	int r = segments_keys(db, out_keys);

	if (r)
		return r;
	keys_seal_public(ours, public);
	if (!out_keys->count ||
	    memcmp(public, out_keys->public[out_keys->count - 1], 32) != 0)
		return STORE_E_KEYS_MISSING;
	return 0;
}

/*
 * If it is not entry seq that comes first now, is it gone because its segment
 * was archived while somebody was reading it?
 */
static int journal_check_gap(struct db *db, int64_t seq, int64_t found)
{
	CLEANUP_FREE char *head = NULL;
	int r;

	if (seq == found)
		return 0;
	r = segments_find(db, seq, &head);
	if (r)
		return r;
	return head ? STORE_E_ARCHIVED : 0; /* else the chain will tell */
}

/* The hash of the entry that the export is to end with. */
static int journal_hash_of(struct db *db, int64_t seq,
			   uint8_t out_hash[HASH_SIZE])
{
	QUERY query = query_make(db, "SELECT line FROM journal WHERE seq = ?");

	query_int(&query, seq);
	if (query_next(&query)) {
		const char *line = query_get_text(&query, 0);

		hash_sha256(line, strlen(line), out_hash);
	} else {
		memset(out_hash, 0, HASH_SIZE);
	}
	return query.error;
}

static int journal_add_segments(struct journal_exporting *exporting)
{
	while (exporting->text.len < JOURNAL_EXPORT_SIZE) {
		CLEANUP_FREE char *head = NULL;
		int64_t last = 0;
		int r = segments_find_first(&exporting->store->reader,
					    exporting->next + 1, &head, &last);

		if (r || !head)
			return r;
		journal_add_line(&exporting->text, head);
		exporting->next = last;
	}
	return 0;
}

static int journal_add_entries(struct journal_exporting *exporting,
			       bool *out_all)
{
	struct db *db = &exporting->store->reader;
	QUERY query = query_make(db, "SELECT seq, line FROM journal "
				     "WHERE seq > ? ORDER BY seq");
	int r = 0;

	query_int(&query, exporting->next);
	while (!r && exporting->text.len < JOURNAL_EXPORT_SIZE) {
		if (!query_next(&query)) {
			*out_all = !query.error;
			break;
		}
		r = journal_check_gap(db, exporting->next + 1,
				      query_get_int(&query, 0));
		journal_add_line(&exporting->text, query_get_text(&query, 1));
		exporting->next = query_get_int(&query, 0);
	}
	return r ? r : query.error;
}

/*
 * The end line signs what the daemon knows to be its head, if that is what the
 * database ends with: one that was cut must not get a signature to say it is
 * whole. What was committed since it was asked for belongs to it as well.
 */
static int journal_add_end(struct journal_exporting *exporting)
{
	CLEANUP_FREE char *end = NULL;
	int64_t seq = exporting->next;
	uint8_t hash[HASH_SIZE];
	int r;

	if (seq < exporting->head.seq)
		return STORE_E_CORRUPT;
	r = journal_hash_of(&exporting->store->reader, exporting->head.seq,
			    hash);
	if (!r && memcmp(hash, exporting->head.hash, HASH_SIZE) != 0)
		r = STORE_E_CORRUPT;
	if (!r)
		r = journal_hash_of(&exporting->store->reader, seq, hash);
	if (r)
		return r;
	end = journal_end_line(exporting->keys, seq, hash);
	journal_add_line(&exporting->text, end);
	exporting->complete = true;
	return 0;
}

static int journal_add_first(struct journal_exporting *exporting)
{
	CLEANUP_FREE char *first = NULL;
	struct journal_keys keys;
	int r = journal_load_keys(&exporting->store->reader, exporting->keys,
				  &keys);

	if (r)
		return r;
	first = journal_first_line(&keys, 0, NULL);
	journal_add_line(&exporting->text, first);
	return 0;
}

static void journal_run_export(struct work *work)
{
	struct journal_exporting *exporting = (struct journal_exporting *)work;
	bool all = false;
	int r = exporting->keys ? 0 : STORE_E_KEYS_MISSING;

	if (!r && exporting->after < 0)
		r = journal_add_first(exporting);
	if (!r)
		r = journal_add_segments(exporting);
	if (!r)
		r = journal_add_entries(exporting, &all);
	if (!r && all)
		r = journal_add_end(exporting);
	exporting->error = r;
}

static void journal_finish_export(struct work *work)
{
	struct journal_exporting *exporting = (struct journal_exporting *)work;

	exporting->told(exporting->arg, exporting->error,
			buf_text(&exporting->text), exporting->text.len,
			exporting->next, exporting->complete);
	buf_free(&exporting->text);
	free(exporting);
}

void journal_export(struct store *store, int64_t after, journal_text text,
		    void *arg)
{
	struct journal_exporting *exporting =
		ALLOC_NEW(struct journal_exporting);

	*exporting = (struct journal_exporting){
		.work = { .run = journal_run_export,
			  .done = journal_finish_export },
		.store = store,
		.keys = store->keys,
		.head = store->view.head,
		.after = after,
		.next = after < 0 ? 0 : after,
		.text = BUF_INIT(JOURNAL_EXPORT_SIZE + JOURNAL_LINE_MAX + 1024),
		.told = text,
		.arg = arg,
	};
	store_submit_read(store, &exporting->work);
}

/* --- verifying our own --- */

struct journal_verifying {
	struct work work;
	struct store *store;
	struct journal_check *check;
	const struct keys *keys;
	struct journal_head head; /* what it has to end with */
	bool is_begun;
	int64_t at;
	bool complete;
	int error;
	journal_verified verified;
	void *arg;
};

/* As if it had been exported: numbers of lines are those of an export. */
static void journal_verify_line(struct journal_verifying *verifying,
				const char *line)
{
	journal_check_line(verifying->check, line, strlen(line));
}

static int journal_verify_first(struct journal_verifying *verifying)
{
	CLEANUP_FREE char *first = NULL;
	struct journal_keys keys;
	uint8_t public[32];
	int r = journal_load_keys(&verifying->store->reader, verifying->keys,
				  &keys);

	if (r)
		return r;
	keys_seal_public(verifying->keys, public);
	first = journal_first_line(&keys, 0, NULL);
	journal_check_free(verifying->check);
	verifying->check = journal_check_new(public);
	verifying->is_begun = true;
	verifying->at = 0;
	journal_verify_line(verifying, first);
	return 0;
}

static int journal_verify_segments(struct journal_verifying *verifying)
{
	for (int64_t i = 0; i < JOURNAL_VERIFY_PAGE; i++) {
		CLEANUP_FREE char *head = NULL;
		int64_t last = 0;
		int r = segments_find_first(&verifying->store->reader,
					    verifying->at + 1, &head, &last);

		if (r || !head)
			return r;
		journal_verify_line(verifying, head);
		verifying->at = last;
	}
	return 0;
}

static bool journal_column_agrees(struct query *query, int column,
				  const json_t *entry, const char *name)
{
	const char *text = query_get_text(query, column);
	const char *meant = json_text(entry, name);

	return text && meant ? !strcmp(text, meant) : !text && !meant;
}

/* Where they don't, an entry is hidden from those who search: it is none. */
static void journal_verify_row(struct journal_check *check, struct query *query)
{
	const char *line = query_get_text(query, 1);
	CLEANUP_JSON json_t *entry = json_parse(line, strlen(line));
	bool found = journal_column_agrees(query, 2, entry, "kind") &&
		     journal_column_agrees(query, 3, entry, "till") &&
		     journal_column_agrees(query, 4, entry, "operation");

	journal_check_parsed(check, found ? entry : NULL, line, strlen(line));
}

static int journal_verify_entries(struct journal_verifying *verifying)
{
	struct db *db = &verifying->store->reader;
	QUERY query = query_make(db, "SELECT seq, line, kind, till, operation "
				     "FROM journal "
				     "WHERE seq > ? AND seq <= ? "
				     "ORDER BY seq LIMIT ?");
	int64_t read = 0;
	int r = 0;

	query_int(&query, verifying->at);
	query_int(&query, verifying->head.seq);
	query_int(&query, JOURNAL_VERIFY_PAGE);
	for (; !r && query_next(&query); read++) {
		r = journal_check_gap(db, verifying->at + 1,
				      query_get_int(&query, 0));
		if (r)
			break;
		journal_verify_row(verifying->check, &query);
		verifying->at = query_get_int(&query, 0);
	}
	verifying->complete = !r && read < JOURNAL_VERIFY_PAGE;
	return r ? r : query.error;
}

static void journal_verify_end(struct journal_verifying *verifying)
{
	CLEANUP_FREE char *end = journal_end_line(
		verifying->keys, verifying->head.seq, verifying->head.hash);

	journal_verify_line(verifying, end);
}

/* What was archived while it was being read is looked at by its head then, so
 * all of it is begun again; that comes to an end, as nothing is archived twice.
 */
static void journal_run_verify(struct work *work)
{
	struct journal_verifying *verifying = (struct journal_verifying *)work;
	int r = verifying->keys ? 0 : STORE_E_KEYS_MISSING;

	if (!r && !verifying->is_begun)
		r = journal_verify_first(verifying);
	if (!r)
		r = journal_verify_segments(verifying);
	if (!r)
		r = journal_verify_entries(verifying);
	if (!r && verifying->complete)
		journal_verify_end(verifying);
	if (r == STORE_E_ARCHIVED)
		verifying->is_begun = false;
	verifying->error = r == STORE_E_ARCHIVED ? 0 : r;
}

static void journal_finish_verify(struct work *work)
{
	struct journal_verifying *verifying = (struct journal_verifying *)work;
	struct journal_verdict verdict;

	if (!verifying->error && !verifying->complete) {
		if (!verifying->store->closing) {
			store_submit_read(verifying->store, work);
			return;
		}
		verifying->error = -ECANCELED;
	}
	if (!verifying->error)
		verdict = journal_check_end(verifying->check);
	verifying->verified(verifying->arg, verifying->error,
			    verifying->error ? NULL : &verdict);
	journal_check_free(verifying->check);
	free(verifying);
}

void journal_verify(struct store *store, journal_verified verified, void *arg)
{
	struct journal_verifying *verifying =
		ALLOC_NEW(struct journal_verifying);

	*verifying = (struct journal_verifying){
		.work = { .run = journal_run_verify,
			  .done = journal_finish_verify },
		.store = store,
		.keys = store->keys,
		.head = store->view.head,
		.verified = verified,
		.arg = arg,
	};
	store_submit_read(store, &verifying->work);
}
