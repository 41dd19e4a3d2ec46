/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is held against the database before it is used.
 *
 * SQLite's quick_check reads all of the file, which costs a second for some
 * hundred megabytes on a till's disk. So it is done where it can find something
 * new: after the daemon was killed or the power failed, up to 64 MiB; and in
 * any case up to 8 MiB, where nobody notices. Beyond, its first page, the size
 * that page tells and the tail of the journal are looked at, and whatever is
 * damaged elsewhere shows when it is read (cell_size_check).
 */
#include "store/journal_private.h"
#include "store/schema.h"
#include "store/segments.h"
#include "store/store_private.h"
#include "util/json.h"
#include "util/log.h"

#include <string.h>

#define CHECK_UNCLEAN_MAX (64 * 1024 * 1024)
#define CHECK_ALWAYS_MAX  (8 * 1024 * 1024)

static int check_pages(struct db *db)
{
	QUERY query = query_make_once(db, "PRAGMA quick_check(1)");
	const char *text;

	if (!query_next(&query))
		return query.error ? query.error : STORE_E_CORRUPT;
	text = query_get_text(&query, 0);
	if (!strcmp(text, "ok"))
		return 0;
	log_error("tilld.db is damaged: %s", text);
	return STORE_E_CORRUPT;
}

/* With an empty log the file has to hold all the pages that it says. */
static int check_size(struct db *db, int64_t size, int64_t log)
{
	QUERY query =
		query_make_once(db, "SELECT page_count * page_size "
				    "FROM pragma_page_count, pragma_page_size");

	if (!query_next(&query))
		return query.error ? query.error : STORE_E_CORRUPT;
	if (log || query_get_int(&query, 0) <= size)
		return 0;
	log_error("tilld.db has been cut short");
	return STORE_E_CORRUPT;
}

int check_database(struct db *db, const struct files *files)
{
	int64_t size, log, clean = 0;
	int r = files_measure_database(files, &size, &log);

	if (!r)
		r = schema_check(db);
	if (!r)
		r = check_size(db, size, log);
	if (!r && size <= CHECK_ALWAYS_MAX)
		return check_pages(db);
	if (!r)
		r = meta_get_int(db, "clean", 0, &clean);
	if (!r && !clean && size <= CHECK_UNCLEAN_MAX)
		r = check_pages(db);
	return r;
}

/* --- the tail of the journal --- */

/* Entry seq as where a chain begins: what is before it is its own word. */
static int check_begin(struct db *db, int64_t seq, const uint8_t *public,
		       struct journal_check **out_check)
{
	QUERY query = query_make(db, "SELECT line FROM journal WHERE seq = ?");
	uint8_t prev[HASH_SIZE] = { 0 };
	CLEANUP_JSON json_t *entry = NULL;
	const char *line, *text;

	query_int(&query, seq);
	if (query_next(&query)) {
		line = query_get_text(&query, 0);
		entry = json_parse(line, strlen(line));
		text = json_text(entry, "prev");
		if (!text || !hash_from_hex(text, HASH_SIZE, prev))
			return STORE_E_CORRUPT;
	}
	if (!query.error)
		*out_check = journal_check_new_after(public, seq - 1, prev);
	return query.error;
}

CLEANUP_DEFINE(check_cleanup, struct journal_check *, journal_check_free);

/* By the key that has sealed it, which need not be ours any more. */
int check_tail(struct db *db, const struct journal_head *head)
{
	CLEANUP(check_cleanup) struct journal_check *check = NULL;
	int64_t from = head->sealed ? head->sealed : 1;
	const struct journal_verdict *verdict;
	struct journal_keys keys;
	QUERY query = query_make_once(db, "SELECT line FROM journal "
					  "WHERE seq >= ? ORDER BY seq");
	int r = segments_keys(db, &keys);

	if (!r)
		r = check_begin(db, from,
				keys.count ? keys.public[keys.count - 1] : NULL,
				&check);
	if (r)
		return r;
	query_int(&query, from);
	while (query_next(&query)) {
		const char *line = query_get_text(&query, 0);

		journal_check_line(check, line, strlen(line));
	}
	verdict = journal_check_verdict(check);
	if (!query.error && verdict->fault) {
		log_error("the journal, after entry %lld: %s",
			  (long long)(from + verdict->line - 2),
			  journal_fault_text(verdict->fault));
		return STORE_E_CORRUPT;
	}
	return query.error;
}

/* --- the policy --- */

static int check_sealed_policy(struct db *db, int64_t sealed,
			       int64_t *out_version)
{
	QUERY query = query_make(db, "SELECT line FROM journal WHERE seq = ?");
	CLEANUP_JSON json_t *seal = NULL;
	const char *line;

	query_int(&query, sealed);
	*out_version = 0;
	if (query_next(&query)) {
		line = query_get_text(&query, 0);
		seal = json_parse(line, strlen(line));
		*out_version = json_int(seal, "policy", 0);
	}
	return query.error;
}

int check_policy(struct db *db, struct bound_by by,
		 const struct journal_head *head)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct people_kept kept;
	int64_t sealed;
	int r = people_read_kept(db, &arena, &kept);

	if (!r)
		r = bound_check_policy(db, by, &kept);
	if (!r)
		r = check_sealed_policy(db, head->sealed, &sealed);
	if (r || kept.version >= sealed)
		return r;
	log_error("the policy in the database is version %lld, the journal "
		  "knows of version %lld",
		  (long long)kept.version, (long long)sealed);
	return STORE_E_CORRUPT;
}

/* By no column that could have been altered alone; in no other kind of entry
 * do these words stand so. */
int check_version(struct db *db)
{
	QUERY query =
		query_make_once(db,
				"SELECT seq FROM journal WHERE line LIKE"
				" '%\"kind\":\"seal\",%\"policy\":%' LIMIT 1");
	int64_t version = 0;
	int r = schema_version(db, &version);

	if (r || !version || version >= SCHEMA_BOUND || !query_next(&query))
		return r ? r : query.error;
	log_error("tilld.db says that it is of version %lld, but its journal "
		  "was sealed by a newer one; somebody has altered the "
		  "database",
		  (long long)version);
	return STORE_E_CORRUPT;
}

/* --- the head file --- */

/* One that was archived since was there: it was noted in good time before, and
 * whoever noted nothing later has nothing later to tell. */
static int check_is_archived(struct db *db, int64_t seq, bool *out_is)
{
	int64_t archived;
	int r = segments_last(db, &archived);

	if (!r)
		*out_is = seq <= archived;
	return r;
}

/* Is that entry in the journal, with a hash that begins so? */
static int check_has_entry(struct db *db, int64_t seq, const uint8_t *hash,
			   size_t len, bool *out_has)
{
	QUERY query = query_make(db, "SELECT line FROM journal WHERE seq = ?");
	uint8_t found[HASH_SIZE];

	query_int(&query, seq);
	if (!query_next(&query))
		return query.error ? query.error
				   : check_is_archived(db, seq, out_has);
	hash_sha256(query_get_text(&query, 0),
		    strlen(query_get_text(&query, 0)), found);
	*out_has = !memcmp(found, hash, len);
	return 0;
}

static json_t *check_rolled_back(int64_t seq, const uint8_t *hash)
{
	json_t *entry = json_put_text(json_make(), "kind", "rolled-back");
	char hex[HASH_TEXT_SIZE];

	json_put_int(entry, "expected_seq", seq);
	if (hash)
		hash_to_hex(hash, HASH_SIZE, hex);
	return json_put_text(entry, "expected_hash", hash ? hex : NULL);
}

/* What was noted outside is not there, or not ours: nobody can tell. */
static void check_is_missing(enum check_past *out_past, json_t **out_entry)
{
	*out_past = CHECK_HEAD_MISSING;
	*out_entry = json_put_text(json_make(), "kind", "head-missing");
}

/* The database says so in a word, which can be taken out; and each seal does. */
static int check_is_noted(struct db *db, bool *out_is)
{
	QUERY query = query_make_once(
		db, "SELECT seq FROM journal WHERE line LIKE"
		    " '%\"kind\":\"seal\",\"noted\":true,%' LIMIT 1");
	int64_t noted = 0;
	int r = meta_get_int(db, "head_noted", 0, &noted);

	if (!r)
		*out_is = noted || query_next(&query);
	return r ? r : query.error;
}

static int check_missing_head(struct db *db, const struct files *files,
			      bool sealed, enum check_past *out_past,
			      json_t **out_entry)
{
	bool noted = false;
	int r = sealed ? check_is_noted(db, &noted) : 0;

	*out_past = CHECK_PRESENT;
	if (r || !noted)
		return r;
	log_error("%s: the journal's head was noted here and is missing or "
		  "damaged, so nobody can tell whether records are missing, "
		  "too; if it is on a disk of its own, look whether that is "
		  "mounted, and start again",
		  files->head);
	check_is_missing(out_past, out_entry);
	return 0;
}

static int check_head(struct db *db, const struct head *head,
		      enum check_past *out_past, json_t **out_entry)
{
	bool has;
	int r = check_has_entry(db, head->seq, head->hash, HASH_SIZE, &has);

	if (r)
		return r;
	*out_past = has ? CHECK_PRESENT : CHECK_ROLLED_BACK;
	if (has)
		return 0;
	log_error("the database is older than its head file says: "
		  "entry %lld is missing or another one",
		  (long long)head->seq);
	*out_entry = check_rolled_back(head->seq, head->hash);
	return 0;
}

int check_head_file(struct db *db, const struct files *files,
		    const struct keys *keys, bool sealed, struct head *out_head,
		    enum check_past *out_past, json_t **out_entry)
{
	enum head_found found;
	int r = head_read(files, keys, &found, out_head);

	if (r)
		return r;
	if (found == HEAD_MISSING)
		return check_missing_head(db, files, sealed, out_past,
					  out_entry);
	if (found == HEAD_THERE)
		return check_head(db, out_head, out_past, out_entry);
	log_error("%s: it is not what these keys have written, so nobody can "
		  "tell whether records are missing",
		  files->head);
	*out_head = (struct head){ 0 };
	check_is_missing(out_past, out_entry);
	return 0;
}

/* Fewer than the head file knows of, or with a gap. */
static bool check_notes_fit(const struct files *files,
			    const struct intents *intents, int64_t expected)
{
	if (intents_are_refused(intents))
		return true; /* that was said */
	if (intents_number(intents) < expected)
		log_error("%s: of %lld notes of used keys that were made here "
			  "the last are missing, so nobody can tell what was "
			  "done",
			  files->intents, (long long)expected);
	else if (!intents_are_whole(intents))
		log_error("%s: notes of used keys are missing or were altered, "
			  "so nobody can tell what was done",
			  files->intents);
	else
		return true;
	return false;
}

/* Noted with every intent, and so later than the last seal. */
int check_intents(struct db *db, const struct files *files,
		  const struct intents *intents, int64_t expected,
		  enum check_past *out_past, json_t **out_entry)
{
	struct intent_note note;
	bool has = true;
	int r = 0;

	if (intents_latest(intents, &note))
		r = check_has_entry(db, note.seq, note.hash, sizeof(note.hash),
				    &has);
	if (r)
		return r;
	*out_past = CHECK_PRESENT;
	if (!check_notes_fit(files, intents, expected))
		check_is_missing(out_past, out_entry);
	if (has || *out_past != CHECK_PRESENT)
		return 0;
	log_error("the database is older than the keys that were used: "
		  "entry %lld is missing or another one",
		  (long long)note.seq);
	*out_past = CHECK_ROLLED_BACK;
	*out_entry = check_rolled_back(note.seq, NULL);
	return 0;
}

int check_restored(struct db *db, enum check_past *out_past, json_t **out_entry)
{
	int64_t restored = 0;
	int r = meta_get_int(db, "restored", 0, &restored);

	*out_past = restored ? CHECK_RESTORED : CHECK_PRESENT;
	if (!r && restored)
		*out_entry = json_put_text(json_make(), "kind", "restored");
	return r;
}
