/* SPDX-License-Identifier: Apache-2.0 */
/* A segment's file: written, synced, read back, and only then named. */
#include "store/archive_private.h"
#include "store/files.h"
#include "store/segments.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/json.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ARCHIVE_PAGE	  200		/* entries in one read... */
#define ARCHIVE_PAGE_SIZE (1024 * 1024) /* ...or bytes, and one entry */
#define ARCHIVE_ROOM	  (3 * (int64_t)STORE_BALLAST)

struct archive_file {
	struct db *db;
	const struct keys *keys;
	const char *folder;
	const struct archive_plan *plan;
	struct journal_segment segment;
	int folder_fd;
	int fd;
	char *part; /* its name until it is whole */
	int64_t at; /* entries up to here are in it */
	struct hash_run *sum;
};

static void archive_close(struct archive_file *file)
{
	cleanup_fd(&file->fd);
	cleanup_fd(&file->folder_fd);
	free(file->part);
	hash_run_free(file->sum);
}

/* --- writing --- */

static int archive_put(struct archive_file *file, const void *bytes, size_t len)
{
	const char *at = bytes;
	ssize_t put;

	hash_run_add(file->sum, bytes, len);
	for (; len; at += put, len -= (size_t)put) {
		put = write(file->fd, at, len);
		if (put < 0)
			return err_born(-errno);
	}
	return 0;
}

static int archive_put_line(struct archive_file *file, const char *line)
{
	int r = archive_put(file, line, strlen(line));

	return r ? r : archive_put(file, "\n", 1);
}

/* Where the segment begins, in the words of its first entry. */
static int archive_read_start(struct archive_file *file)
{
	QUERY query =
		query_make(file->db, "SELECT line FROM journal WHERE seq = ?");
	CLEANUP_JSON json_t *entry = NULL;
	const char *line;

	query_int(&query, file->plan->first);
	if (!query_next(&query))
		return query.error ? query.error : STORE_E_CORRUPT;
	line = query_get_text(&query, 0);
	entry = json_parse(line, strlen(line));
	return journal_get_hex(entry, "prev", HASH_SIZE, file->segment.prev)
		       ? 0
		       : STORE_E_CORRUPT;
}

static int archive_put_start(struct archive_file *file)
{
	CLEANUP_FREE char *line = NULL;
	struct journal_keys keys;
	int r = archive_read_start(file);

	if (!r)
		r = segments_keys(file->db, &keys);
	if (r || !keys.count)
		return r ? r : STORE_E_KEYS_MISSING;
	line = journal_first_line(&keys, file->plan->first - 1,
				  file->segment.prev);
	return archive_put_line(file, line);
}

/* The last is a seal: whose? */
static int archive_note_seal(struct archive_file *file, const char *line)
{
	CLEANUP_JSON json_t *entry = json_parse(line, strlen(line));
	const char *key = json_text(entry, "key");

	if (!key || strlen(key) >= sizeof(file->segment.sealed_by))
		return STORE_E_CORRUPT;
	text_copy(file->segment.sealed_by, sizeof(file->segment.sealed_by),
		  key);
	hash_sha256(line, strlen(line), file->segment.hash);
	return 0;
}

/* Each page is a read of its own, so that checkpoints go on. */
static int archive_read_page(struct archive_file *file, struct buf *text)
{
	QUERY query = query_make(file->db, "SELECT seq, line FROM journal "
					   "WHERE seq > ? AND seq <= ? "
					   "ORDER BY seq LIMIT ?");
	int r = 0;

	query_int(&query, file->at);
	query_int(&query, file->plan->last);
	query_int(&query, ARCHIVE_PAGE);
	while (!r && text->len < ARCHIVE_PAGE_SIZE && query_next(&query)) {
		const char *line = query_get_text(&query, 1);

		if (query_get_int(&query, 0) != ++file->at)
			return STORE_E_CORRUPT;
		buf_add_text(text, line);
		buf_add_byte(text, '\n');
		if (file->at == file->plan->last)
			r = archive_note_seal(file, line);
	}
	return r ? r : query.error;
}

/* On the disk of the database there has to be room for outcomes all the time,
 * and which disk it is can't be told. */
static int archive_check_room(const struct archive_file *file)
{
	const struct files folder = { .folder_fd = file->folder_fd };

	return files_room(&folder) < ARCHIVE_ROOM ? err_born(-ENOSPC) : 0;
}

static int archive_put_page(struct archive_file *file)
{
	CLEANUP(buf_cleanup)
	struct buf text = BUF_INIT(ARCHIVE_PAGE_SIZE + JOURNAL_LINE_MAX + 1);
	int64_t before = file->at;
	int r = archive_check_room(file);

	if (!r)
		r = archive_read_page(file, &text);
	if (!r && file->at == before)
		r = STORE_E_CORRUPT; /* no entries, but there have to be */
	return r ? r : archive_put(file, text.data, text.len);
}

static int archive_put_all(struct archive_file *file)
{
	CLEANUP_FREE char *end = NULL;
	int r = archive_put_start(file);

	while (!r && file->at < file->plan->last)
		r = archive_put_page(file);
	if (r)
		return r;
	end = journal_end_line(file->keys, file->plan->last,
			       file->segment.hash);
	r = archive_put_line(file, end);
	hash_run_end(file->sum, file->segment.sha256);
	if (!r && fsync(file->fd) < 0)
		r = err_born(-errno);
	return r;
}

/* --- reading back --- */

CLEANUP_DEFINE(archive_check_cleanup, struct journal_check *,
	       journal_check_free);

/* As anybody would verify it later, from the disk. */
static int archive_verify(const struct archive_file *file, const char *name)
{
	CLEANUP(archive_check_cleanup) struct journal_check *check = NULL;
	CLEANUP_FREE char *path = alloc_format("%s/%s", file->folder, name);
	CLEANUP_FILE FILE *in = fopen(path, "re");
	CLEANUP_FREE char *line = NULL;
	uint8_t public[32], sum[HASH_SIZE];
	struct journal_verdict verdict;
	size_t size = 0;
	ssize_t len;

	if (!in)
		return err_born(-errno);
	keys_seal_public(file->keys, public);
	check = journal_check_new(public);
	while ((len = getline(&line, &size, in)) > 0) {
		hash_run_add(file->sum, line, (size_t)len);
		journal_check_line(check, line, (size_t)len);
	}
	hash_run_end(file->sum, sum);
	verdict = journal_check_end(check);
	if (ferror(in))
		return err_born(-EIO);
	if (verdict.fault || memcmp(sum, file->segment.sha256, HASH_SIZE) != 0)
		return err_born(-EILSEQ);
	return 0;
}

/* --- the file --- */

static void archive_name(struct archive_file *file)
{
	snprintf(file->segment.file, sizeof(file->segment.file),
		 "journal-%012" PRId64 "-%012" PRId64 "-%s.jsonl",
		 file->plan->first, file->plan->last, keys_seal_id(file->keys));
	file->part = alloc_format("%s.part", file->segment.file);
}

/* One that is left of a try that was cut off is made anew. */
static int archive_open(struct archive_file *file)
{
	int r;

	file->folder_fd =
		open(file->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file->folder_fd < 0)
		return err_born(-errno);
	r = files_check_folder(file->folder_fd, file->folder);
	if (r)
		return r;
	if (unlinkat(file->folder_fd, file->part, 0) < 0 && errno != ENOENT)
		return err_born(-errno);
	file->fd = openat(file->folder_fd, file->part,
			  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			  0600);
	return file->fd < 0 ? err_born(-errno) : 0;
}

/* A name that is taken is another's, or our own of a run that was cut off. */
static int archive_take_name(struct archive_file *file)
{
	int fd = file->folder_fd;
	int r;

	if (!faccessat(fd, file->segment.file, F_OK, AT_SYMLINK_NOFOLLOW)) {
		r = archive_verify(file, file->segment.file);
		return r == -EILSEQ ? STORE_E_EXISTS : r;
	}
	if (renameat(fd, file->part, fd, file->segment.file) < 0)
		return err_born(-errno);
	return 0;
}

static int archive_make(struct archive_file *file)
{
	int r = archive_open(file);

	if (!r)
		r = archive_put_all(file);
	if (!r)
		r = archive_verify(file, file->part);
	if (!r)
		r = archive_take_name(file);
	if (file->fd >= 0)
		unlinkat(file->folder_fd, file->part, 0);
	if (!r && fsync(file->folder_fd) < 0)
		r = err_born(-errno);
	return r;
}

int archive_write(struct db *db, const struct keys *keys, const char *folder,
		  const struct archive_plan *plan,
		  struct journal_segment *out_segment)
{
	CLEANUP(archive_close)
	struct archive_file file = {
		.db = db,
		.keys = keys,
		.folder = folder,
		.plan = plan,
		.segment = { .first = plan->first, .last = plan->last },
		.folder_fd = -1,
		.fd = -1,
		.at = plan->first - 1,
		.sum = hash_run_new(),
	};
	int r;

	archive_name(&file);
	r = archive_make(&file);
	if (!r)
		*out_segment = file.segment;
	return r;
}
