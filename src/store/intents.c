/* SPDX-License-Identifier: Apache-2.0 */
#include "store/intents.h"

#include "store/files.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INTENTS_SLOT	 64
#define INTENTS_SIZE	 ((size_t)INTENTS_MAX * INTENTS_SLOT)
#define INTENTS_LABEL	 "intent-note"
/* Far more than are ever noted at once: so many of the oldest may be torn. */
#define INTENTS_TORN_MAX 1024

enum intents_offset {
	INTENTS_AT_NUMBER = 0,
	INTENTS_AT_SEQ = 8,
	INTENTS_AT_PLACE = 14,
	INTENTS_AT_HASH = 16,
	INTENTS_AT_KEY = 32,
	INTENTS_AT_MAC = 48,
};

struct intents {
	char *path;
	int fd;
	uint64_t number; /* of the latest note; 0: none */
	struct intent_note latest;
	size_t place; /* of that one */
	bool whole;   /* no gap but what a power cut tears... */
	bool gaps;    /* ...and not even that */
	bool is_refused;
};

/* --- slots --- */

static void intents_put(uint8_t *slot, size_t from, size_t to, uint64_t value)
{
	for (size_t i = from; i < to; i++)
		slot[i] = (uint8_t)(value >> 8 * (i - from));
}

static uint64_t intents_get(const uint8_t *slot, size_t from, size_t to)
{
	uint64_t value = 0;

	for (size_t i = to; i > from; i--)
		value = value << 8 | slot[i - 1];
	return value;
}

static uint64_t intents_get_number(const uint8_t *slot)
{
	return intents_get(slot, INTENTS_AT_NUMBER, INTENTS_AT_SEQ);
}

static void intents_sign(const struct keys *keys, const uint8_t *slot,
			 uint8_t out_mac[HASH_SIZE])
{
	keys_mac(keys, INTENTS_LABEL, slot, INTENTS_AT_MAC, out_mac);
}

static void intents_write_slot(const struct keys *keys, uint64_t number,
			       size_t place, const struct intent_note *note,
			       uint8_t out_slot[INTENTS_SLOT])
{
	uint8_t mac[HASH_SIZE];

	intents_put(out_slot, INTENTS_AT_NUMBER, INTENTS_AT_SEQ, number);
	intents_put(out_slot, INTENTS_AT_SEQ, INTENTS_AT_PLACE,
		    (uint64_t)note->seq);
	intents_put(out_slot, INTENTS_AT_PLACE, INTENTS_AT_HASH, place);
	memcpy(out_slot + INTENTS_AT_HASH, note->hash, INTENTS_HALF);
	memcpy(out_slot + INTENTS_AT_KEY, note->key, INTENTS_KEY_SIZE);
	intents_sign(keys, out_slot, mac);
	memcpy(out_slot + INTENTS_AT_MAC, mac, INTENTS_SLOT - INTENTS_AT_MAC);
}

/* false if nothing whole is in it. */
static bool intents_read_slot(const struct keys *keys, const uint8_t *slot,
			      uint64_t *out_number,
			      struct intent_note *out_note)
{
	uint8_t mac[HASH_SIZE];

	intents_sign(keys, slot, mac);
	if (memcmp(mac, slot + INTENTS_AT_MAC, INTENTS_SLOT - INTENTS_AT_MAC))
		return false;
	*out_number = intents_get_number(slot);
	out_note->seq =
		(int64_t)intents_get(slot, INTENTS_AT_SEQ, INTENTS_AT_PLACE);
	memcpy(out_note->hash, slot + INTENTS_AT_HASH, INTENTS_HALF);
	memcpy(out_note->key, slot + INTENTS_AT_KEY, INTENTS_KEY_SIZE);
	return true;
}

/* --- the file --- */

struct intents *intents_new(const char *path)
{
	struct intents *intents = ALLOC_NEW(struct intents);

	intents->path = alloc_text(path);
	intents->fd = -1;
	intents->whole = true;
	return intents;
}

static void intents_close(struct intents *intents)
{
	cleanup_fd(&intents->fd);
	intents->fd = -1;
}

struct intents *intents_free(struct intents *intents)
{
	if (!intents)
		return NULL;
	intents_close(intents);
	free(intents->path);
	free(intents);
	return NULL;
}

bool intents_is_open(const struct intents *intents)
{
	return intents->fd >= 0;
}

static int intents_read(int fd, uint8_t **out_slots)
{
	CLEANUP_FREE uint8_t *slots = alloc_zero(INTENTS_MAX, INTENTS_SLOT);
	ssize_t got = pread(fd, slots, INTENTS_SIZE, 0);

	if (got != (ssize_t)INTENTS_SIZE)
		return err_born(got < 0 ? -errno : -EIO);
	*out_slots = slots;
	slots = NULL;
	return 0;
}

/* From the end: of what is before a higher number no mac has to be looked at,
 * and so of nearly none. */
static void intents_find_latest(struct intents *intents,
				const struct keys *keys, const uint8_t *slots)
{
	intents->number = 0;
	for (size_t i = INTENTS_MAX; i > 0; i--) {
		const uint8_t *slot = slots + (i - 1) * INTENTS_SLOT;
		uint64_t number = intents_get_number(slot);
		struct intent_note note;

		if (number > intents->number && number % INTENTS_MAX == i - 1 &&
		    intents_read_slot(keys, slot, &number, &note)) {
			intents->number = number;
			intents->latest = note;
			intents->place = intents_get(slot, INTENTS_AT_PLACE,
						     INTENTS_AT_HASH);
		}
	}
}

/* The oldest that there is room for. */
static uint64_t intents_first(const struct intents *intents)
{
	return intents->number < INTENTS_MAX
		       ? 1
		       : intents->number - INTENTS_MAX + 1;
}

static bool intents_has(const struct keys *keys, const uint8_t *slots,
			uint64_t number)
{
	const uint8_t *slot = slots + number % INTENTS_MAX * INTENTS_SLOT;
	struct intent_note note;
	uint64_t found;

	return intents_get_number(slot) == number &&
	       intents_read_slot(keys, slot, &found, &note);
}

/* The next from number on that is there, or the end. */
static uint64_t intents_skip_gap(const struct intents *intents,
				 const struct keys *keys, const uint8_t *slots,
				 uint64_t number)
{
	while (number < intents->number && !intents_has(keys, slots, number))
		number++;
	return number;
}

static void intents_find_gaps(struct intents *intents, const struct keys *keys,
			      const uint8_t *slots)
{
	uint64_t first = intents_first(intents), begun, number;

	intents->gaps = false;
	intents->whole = true;
	if (!intents->number)
		return;
	begun = intents->number - intents->place; /* the last batch */
	number = intents_skip_gap(intents, keys, slots, first);
	if (number > first) {
		intents->gaps = true;
		intents->whole =
			first == begun ||
			(first > 1 && number - first <= INTENTS_TORN_MAX);
	}
	for (; number < intents->number; number++) {
		if (intents_has(keys, slots, number))
			continue;
		intents->gaps = true;
		if (number < begun)
			intents->whole = false;
	}
}

static int intents_load(struct intents *intents, const struct keys *keys)
{
	CLEANUP_FREE uint8_t *slots = NULL;
	CLEANUP_FD int fd = open(intents->path,
				 O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat stat;
	int r;

	if (fd < 0 && errno == ENOENT)
		return INTENTS_E_NONE;
	if (fd < 0 || fstat(fd, &stat) < 0)
		return err_born(-errno);
	if (!S_ISREG(stat.st_mode) || stat.st_size != (off_t)INTENTS_SIZE)
		return INTENTS_E_NONE;
	if (fdatasync(fd) < 0) /* of one that was killed it may be in memory */
		return err_born(-errno);
	r = intents_read(fd, &slots);
	if (r)
		return r;
	intents_find_latest(intents, keys, slots);
	intents_find_gaps(intents, keys, slots);
	intents->fd = fd;
	fd = -1;
	return 0;
}

int intents_open(struct intents *intents, const struct keys *keys)
{
	int r = intents_load(intents, keys);

	intents->is_refused = r == -EIO || r == -EROFS || r == -ENOSPC;
	return r;
}

bool intents_are_refused(const struct intents *intents)
{
	return intents->is_refused;
}

void intents_expect(struct intents *intents, int64_t number)
{
	if (intents->is_refused)
		intents->number = (uint64_t)number;
}

/* Written full of zeros: later on a note is written in place, and no size or
 * block list has to be made durable with it. */
static int intents_fill(int fd)
{
	CLEANUP_FREE uint8_t *zeros = alloc_zero(INTENTS_MAX, INTENTS_SLOT);
	ssize_t put = write(fd, zeros, INTENTS_SIZE);

	if (put != (ssize_t)INTENTS_SIZE)
		return err_born(put < 0 ? -errno : -ENOSPC);
	return fsync(fd) < 0 ? err_born(-errno) : 0;
}

int intents_make(struct intents *intents)
{
	CLEANUP_FREE char *temp = alloc_format("%s.new", intents->path);
	CLEANUP_FD int fd = -1;
	int r;

	unlink(temp); /* of an attempt that was cut off */
	fd = open(temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return err_born(-errno);
	r = intents_fill(fd);
	if (!r && rename(temp, intents->path) < 0)
		r = err_born(-errno);
	if (!r)
		r = files_sync_folder_of(intents->path);
	if (r) {
		unlink(temp);
		return r;
	}
	intents_close(intents);
	intents->number = 0;
	intents->gaps = false;
	intents->whole = true;
	intents->fd = fd;
	fd = -1;
	return 0;
}

/* --- notes --- */

int64_t intents_number(const struct intents *intents)
{
	return (int64_t)intents->number;
}

bool intents_are_whole(const struct intents *intents)
{
	return intents->whole;
}

static int intents_fill_gap(struct intents *intents, const struct keys *secret,
			    uint64_t number)
{
	struct intent_note note = { .seq = intents->latest.seq };
	off_t at = (off_t)(number % INTENTS_MAX * INTENTS_SLOT);
	uint8_t slot[INTENTS_SLOT];
	ssize_t put;

	memcpy(note.hash, intents->latest.hash, sizeof(note.hash));
	intents_write_slot(secret, number, 0, &note, slot);
	put = pwrite(intents->fd, slot, sizeof(slot), at);
	if (put != (ssize_t)sizeof(slot))
		return err_born(put < 0 ? -errno : -EIO);
	return 0;
}

int intents_mend(struct intents *intents, const struct keys *secret)
{
	CLEANUP_FREE uint8_t *slots = NULL;
	uint64_t number = intents_first(intents);
	int r;

	if (!intents->gaps)
		return 0;
	r = intents_read(intents->fd, &slots);
	for (; !r && number < intents->number; number++)
		if (!intents_has(secret, slots, number))
			r = intents_fill_gap(intents, secret, number);
	if (!r && fdatasync(intents->fd) < 0)
		r = err_born(-errno);
	if (!r) {
		intents->gaps = false;
		intents->whole = true;
	}
	return r;
}

bool intents_latest(const struct intents *intents, struct intent_note *out_note)
{
	if (!intents_is_open(intents) || !intents->number)
		return false;
	*out_note = intents->latest;
	return true;
}

/* The slots from that number on that lie in a row, at most count. */
static size_t intents_run(uint64_t number, size_t count)
{
	size_t left = INTENTS_MAX - number % INTENTS_MAX;

	return count < left ? count : left;
}

static int intents_write(struct intents *intents, const uint8_t *slots,
			 size_t count)
{
	uint64_t number = intents->number + 1;

	while (count) {
		size_t run = intents_run(number, count);
		size_t len = run * INTENTS_SLOT;
		off_t at = (off_t)(number % INTENTS_MAX * INTENTS_SLOT);
		ssize_t put = pwrite(intents->fd, slots, len, at);

		if (put != (ssize_t)len)
			return err_born(put < 0 ? -errno : -EIO);
		number += run;
		slots += len;
		count -= run;
	}
	return fdatasync(intents->fd) < 0 ? err_born(-errno) : 0;
}

int intents_note(struct intents *intents, const struct keys *secret,
		 int64_t seq, const uint8_t hash[HASH_SIZE],
		 const uint8_t *keys, size_t count)
{
	CLEANUP_FREE uint8_t *slots = alloc_zero(count, INTENTS_SLOT);
	struct intent_note note = { .seq = seq };
	int r;

	memcpy(note.hash, hash, sizeof(note.hash));
	for (size_t i = 0; i < count; i++) {
		memcpy(note.key, keys + i * INTENTS_KEY_SIZE, sizeof(note.key));
		intents_write_slot(secret, intents->number + 1 + i, i, &note,
				   slots + i * INTENTS_SLOT);
	}
	r = intents_mend(intents, secret);
	if (!r)
		r = intents_write(intents, slots, count);
	if (r) {
		intents_close(intents);
		return r;
	}
	intents->number += count;
	intents->latest = note;
	return 0;
}

struct intent_note *intents_list(const struct intents *intents,
				 const struct keys *keys, size_t *out_count)
{
	CLEANUP_FREE uint8_t *slots = NULL;
	struct intent_note *notes;
	size_t count = 0;

	if (!intents_is_open(intents) || intents_read(intents->fd, &slots))
		return NULL;
	notes = alloc_zero(INTENTS_MAX, sizeof(*notes));
	for (size_t i = 0; i < INTENTS_MAX; i++) {
		const uint8_t *slot = slots + i * INTENTS_SLOT;
		uint64_t number = intents_get_number(slot);

		if (number &&
		    intents_read_slot(keys, slot, &number, &notes[count]))
			count++;
	}
	*out_count = count;
	return notes;
}
