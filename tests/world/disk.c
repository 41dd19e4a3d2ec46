/* SPDX-License-Identifier: Apache-2.0 */
#include "disk.h"

#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What a write or a truncate did: what it replaced, and what it put there. */
struct disk_undo {
	struct disk_undo *before;
	int64_t at;
	int64_t size_before, size_after;
	size_t old_len, len;
	uint8_t *old;
	uint8_t *fresh; /* only while a power cut is worked out */
};

struct disk *disk_now;

/* --- names --- */

static struct disk_name *disk_name_of(struct disk *disk, const char *path)
{
	struct disk_name *name;

	for (name = disk->names; name; name = name->next)
		if (!strcmp(name->path, path))
			return name;
	name = ALLOC_NEW(struct disk_name);
	name->path = alloc_text(path);
	name->next = disk->names;
	disk->names = name;
	return name;
}

struct disk_file *disk_find(struct disk *disk, const char *path)
{
	return disk_name_of(disk, path)->file;
}

static void disk_set_name(struct disk *disk, const char *path,
			  struct disk_file *file)
{
	struct disk_name *name = disk_name_of(disk, path);
	struct disk_change *change = ALLOC_NEW(struct disk_change);

	change->path = alloc_text(path);
	change->was = name->file;
	change->group = disk->groups;
	change->before = disk->changes;
	disk->changes = change;
	name->file = file;
}

static struct disk_change *disk_change_free(struct disk_change *change)
{
	free(change->path);
	free(change);
	return NULL;
}

static bool disk_is_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) && path[len] == '/' &&
	       !strchr(path + len + 1, '/');
}

/* --- what fails --- */

/* Before anything that changes the disk: 0 or a negative errno. */
static int disk_step(struct disk *disk)
{
	struct disk_trouble *trouble = &disk->trouble;

	loom_touch(disk->loom, TOUCH_DISK);
	if (!trouble->fail_in)
		return 0;
	if (trouble->fail_in > 1) {
		trouble->fail_in--;
		return 0;
	}
	if (trouble->fail_last-- <= 0) {
		trouble->fail_in = 0;
		return 0;
	}
	disk->failures++;
	disk->error = trouble->fail_errno;
	return -trouble->fail_errno;
}

int64_t disk_room(const struct disk *disk)
{
	int64_t used = disk->alien;

	for (const struct disk_file *at = disk->files; at; at = at->next)
		used += at->size;
	return used < DISK_SIZE ? DISK_SIZE - used : 0;
}

static int disk_take_room(struct disk *disk, int64_t more)
{
	if (more <= 0 || more <= disk_room(disk))
		return 0;
	disk->error = ENOSPC;
	disk->failures++;
	return -ENOSPC;
}

/* --- contents --- */

struct disk_file *disk_make_nameless(struct disk *disk)
{
	struct disk_file *file = ALLOC_NEW(struct disk_file);

	file->mode = 0600;
	file->next = disk->files;
	disk->files = file;
	return file;
}

struct disk_file *disk_make(struct disk *disk, const char *path, mode_t mode)
{
	struct disk_file *file;

	if (disk_step(disk))
		return NULL;
	file = disk_make_nameless(disk);
	file->mode = mode & 07777;
	file->named_anew = true;
	disk->groups++;
	disk_set_name(disk, path, file);
	loom_touch(disk->loom, TOUCH_DISK_END);
	return file;
}

/* The bytes of [at, at + len) that there are; the rest of out is zeros. */
static size_t disk_copy_out(const struct disk_file *file, void *out, size_t len,
			    int64_t at)
{
	int64_t there = file->size - at;
	size_t kept = 0;

	if (there < 0)
		there = 0;
	if ((size_t)there < len)
		len = (size_t)there;
	if ((uint64_t)at < file->room)
		kept = file->room - (size_t)at;
	if (kept > len)
		kept = len;
	if (kept)
		memcpy(out, file->data + at, kept);
	if (len > kept)
		memset((uint8_t *)out + kept, 0, len - kept);
	return len;
}

static void disk_copy_in(struct disk_file *file, const void *data, size_t len,
			 int64_t at)
{
	size_t end = (size_t)at + len;

	if (!len)
		return;
	if (end > file->room) {
		size_t room = end + end / 2;

		file->data = alloc_resize(file->data, room, 1);
		memset(file->data + file->room, 0, room - file->room);
		file->room = room;
	}
	memcpy(file->data + at, data, len);
	if ((int64_t)end > file->size)
		file->size = (int64_t)end;
}

static void disk_set_size(struct disk_file *file, int64_t size)
{
	if (size < file->size && (uint64_t)size < file->room)
		memset(file->data + size, 0, file->room - (size_t)size);
	file->size = size;
}

static struct disk_undo *disk_remember(struct disk_file *file, int64_t at,
				       size_t len)
{
	struct disk_undo *undo = ALLOC_NEW(struct disk_undo);

	undo->at = at;
	undo->len = len;
	undo->size_before = file->size;
	undo->old = alloc_zero(len + 1, 1);
	undo->old_len = disk_copy_out(file, undo->old, len, at);
	undo->before = file->last;
	file->last = undo;
	return undo;
}

static void disk_undo_free(struct disk_undo *undo)
{
	free(undo->old);
	free(undo->fresh);
	free(undo);
}

static void disk_forget_undo(struct disk_file *file)
{
	struct disk_undo *undo;

	while ((undo = file->last)) {
		file->last = undo->before;
		disk_undo_free(undo);
	}
}

int disk_read(struct disk *disk, struct disk_file *file, void *out, size_t len,
	      int64_t at)
{
	if (disk->trouble.read_fails) {
		disk->trouble.read_fails--;
		disk->failures++;
		disk->error = EIO;
		return -EIO;
	}
	return (int)disk_copy_out(file, out, len, at);
}

int disk_write(struct disk *disk, struct disk_file *file, const void *data,
	       size_t len, int64_t at)
{
	struct disk_undo *undo;
	int r = disk_step(disk);

	if (!r)
		r = disk_take_room(disk, at + (int64_t)len - file->size);
	if (r)
		return r;
	disk->writes++;
	undo = disk_remember(file, at, len);
	disk_copy_in(file, data, len, at);
	undo->size_after = file->size;
	loom_touch(disk->loom, TOUCH_DISK_END);
	return 0;
}

int disk_resize(struct disk *disk, struct disk_file *file, int64_t size)
{
	struct disk_undo *undo;
	int r = disk_step(disk);

	if (!r)
		r = disk_take_room(disk, size - file->size);
	if (r)
		return r;
	undo = disk_remember(file, size,
			     size < file->size ? (size_t)(file->size - size)
					       : 0);
	undo->len = 0;
	disk_set_size(file, size);
	undo->size_after = size;
	loom_touch(disk->loom, TOUCH_DISK_END);
	return 0;
}

/* --- syncing --- */

/* A name is on disk once its folder was synced. */
static void disk_settle_names(struct disk *disk, const char *folder,
			      const struct disk_file *file)
{
	struct disk_change **at = &disk->changes, *change;

	while ((change = *at)) {
		bool settled = folder ? disk_is_in(change->path, folder)
				      : disk_find(disk, change->path) == file;

		if (!settled) {
			at = &change->before;
			continue;
		}
		*at = change->before;
		disk_change_free(change);
	}
}

/* SQLite's own VFS syncs the folder as well when a log is synced that was made
 * anew; so does ours, by the name of the file. */
int disk_sync(struct disk *disk, struct disk_file *file)
{
	int r = disk_step(disk);

	if (r)
		return r;
	disk->syncs++;
	if (disk->trouble.liar)
		return 0;
	disk_forget_undo(file);
	if (file->named_anew)
		disk_settle_names(disk, NULL, file);
	file->named_anew = false;
	loom_touch(disk->loom, TOUCH_DISK_END);
	return 0;
}

int disk_sync_folder(struct disk *disk, const char *path)
{
	int r = disk_step(disk);

	if (r)
		return r;
	disk->syncs++;
	if (!disk->trouble.liar)
		disk_settle_names(disk, path, NULL);
	loom_touch(disk->loom, TOUCH_DISK_END);
	return 0;
}

/* --- changing names --- */

int disk_unlink(struct disk *disk, const char *path)
{
	int r;

	if (!disk_find(disk, path))
		return -ENOENT;
	r = disk_step(disk);
	if (r)
		return r;
	disk->groups++;
	disk_set_name(disk, path, NULL);
	loom_touch(disk->loom, TOUCH_DISK_END);
	return 0;
}

int disk_rename(struct disk *disk, const char *from, const char *to)
{
	struct disk_file *file = disk_find(disk, from);
	int r = file ? disk_step(disk) : -ENOENT;

	if (r)
		return r;
	disk->groups++;
	disk_set_name(disk, from, NULL);
	disk_set_name(disk, to, file);
	loom_touch(disk->loom, TOUCH_DISK_END);
	return 0;
}

int disk_link(struct disk *disk, const char *from, const char *to)
{
	struct disk_file *file = disk_find(disk, from);
	int r = file ? disk_step(disk) : -ENOENT;

	if (r)
		return r;
	if (disk_find(disk, to))
		return -EEXIST;
	disk->groups++;
	disk_set_name(disk, to, file);
	loom_touch(disk->loom, TOUCH_DISK_END);
	return 0;
}

/* --- the power cut --- */

/* What becomes of writes that were not synced: all kept, all lost, each by
 * itself, or each torn. */
enum disk_fate { FATE_KEPT, FATE_LOST, FATE_EACH, FATE_TORN, FATES };

static void disk_apply(struct disk_file *file, const struct disk_undo *undo,
		       size_t from, size_t len)
{
	disk_copy_in(file, undo->fresh + from, len, undo->at + (int64_t)from);
}

static void disk_apply_torn(struct disk *disk, struct disk_file *file,
			    const struct disk_undo *undo)
{
	for (size_t at = 0; at < undo->len; at += DISK_SECTOR) {
		size_t len = undo->len - at;

		if (len > DISK_SECTOR)
			len = DISK_SECTOR;
		if (chance_hits(&disk->chance, 50))
			disk_apply(file, undo, at, len);
		else
			disk->torn++;
	}
}

static void disk_redo(struct disk *disk, struct disk_file *file,
		      const struct disk_undo *undo, enum disk_fate fate)
{
	bool kept = fate == FATE_KEPT ||
		    (fate != FATE_LOST && chance_hits(&disk->chance, 60));

	if (!undo->len && kept) {
		disk_set_size(file, undo->size_after);
	} else if (kept) {
		disk_apply(file, undo, 0, undo->len);
	} else if (fate == FATE_TORN) {
		disk_apply_torn(disk, file, undo);
	} else {
		disk->lost++;
	}
}

/* Back to what was synced, keeping what was written meanwhile. */
static size_t disk_undo_all(struct disk_file *file)
{
	size_t count = 0;

	for (struct disk_undo *undo = file->last; undo; undo = undo->before) {
		undo->fresh = alloc_zero(undo->len + 1, 1);
		disk_copy_out(file, undo->fresh, undo->len, undo->at);
		disk_set_size(file, undo->size_before);
		disk_copy_in(file, undo->old, undo->old_len, undo->at);
		disk_set_size(file, undo->size_before);
		count++;
	}
	return count;
}

static void disk_cut_file(struct disk *disk, struct disk_file *file,
			  enum disk_fate fate)
{
	size_t count = disk_undo_all(file);
	struct disk_undo **undos = alloc_zero(count + 1, sizeof(*undos));
	struct disk_undo *undo = file->last;

	for (size_t i = count; i-- > 0; undo = undo->before)
		undos[i] = undo;
	for (size_t i = 0; i < count; i++)
		disk_redo(disk, file, undos[i], fate);
	free(undos);
	disk_forget_undo(file);
}

/* The last of them are lost, as a file system's own log would have it. */
static void disk_cut_names(struct disk *disk)
{
	unsigned int from = disk->groups + 1, group = from;
	struct disk_change *change;

	for (change = disk->changes; change; change = change->before) {
		if (change->group == group)
			continue;
		group = change->group;
		if (chance_hits(&disk->chance, 50))
			break;
		from = group;
	}
	while ((change = disk->changes)) {
		disk->changes = change->before;
		if (change->group >= from)
			disk_name_of(disk, change->path)->file = change->was;
		disk_change_free(change);
	}
}

void disk_cut_power(struct disk *disk)
{
	enum disk_fate fate = chance_below(&disk->chance, FATES);

	for (struct disk_file *at = disk->files; at; at = at->next) {
		disk_cut_file(disk, at, fate);
		at->named_anew = false;
	}
	disk_cut_names(disk);
}

void disk_forget_process(struct disk *disk)
{
	for (size_t i = 0; i < DISK_FDS; i++) {
		free(disk->fds[i].path);
		disk->fds[i] = (struct disk_fd){ 0 };
	}
	for (struct disk_file *at = disk->files; at; at = at->next) {
		at->shared = 0;
		at->reserved = at->exclusive = NULL;
		at->locked = false;
		disk_free_shm(at);
	}
}

/* --- what is there --- */

static bool disk_file_holds(const struct disk_file *file, const void *bytes,
			    size_t len)
{
	size_t there = (size_t)file->size;

	if (there > file->room)
		there = file->room;
	return there && memmem(file->data, there, bytes, len);
}

bool disk_holds(const struct disk *disk, const void *bytes, size_t len)
{
	for (const struct disk_file *at = disk->files; at; at = at->next)
		if (disk_file_holds(at, bytes, len))
			return true;
	return false;
}

/* Not in what was written since the last sync. */
static bool disk_file_holds_durably(const struct disk_file *file,
				    const void *bytes, size_t len)
{
	int64_t first = file->size;
	const uint8_t *found;

	for (struct disk_undo *undo = file->last; undo; undo = undo->before)
		if (undo->at < first)
			first = undo->at;
	if ((uint64_t)first > file->room)
		first = (int64_t)file->room;
	found = first ? memmem(file->data, (size_t)first, bytes, len) : NULL;
	return found != NULL;
}

bool disk_holds_durably(const struct disk *disk, const void *bytes, size_t len)
{
	for (const struct disk_file *at = disk->files; at; at = at->next)
		if (disk_file_holds_durably(at, bytes, len))
			return true;
	return false;
}

/* --- making --- */

void disk_init(struct disk *disk, struct loom *loom, uint64_t seed)
{
	struct disk_file *root;

	*disk = (struct disk){ .loom = loom, .chance = chance_make(seed, 3) };
	root = disk_make_nameless(disk);
	root->folder = true;
	root->mode = 0700;
	disk_name_of(disk, DISK_ROOT)->file = root;
	disk_now = disk;
}

void disk_free(struct disk *disk)
{
	struct disk_file *file;
	struct disk_name *name;
	struct disk_change *change;

	disk_forget_process(disk);
	while ((file = disk->files)) {
		disk->files = file->next;
		disk_forget_undo(file);
		free(file->data);
		free(file);
	}
	while ((name = disk->names)) {
		disk->names = name->next;
		free(name->path);
		free(name);
	}
	while ((change = disk->changes)) {
		disk->changes = change->before;
		disk_change_free(change);
	}
	disk_now = NULL;
}
