/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes, written and read within bounds. Both sides keep a sticky error, so a
 * codec builds or takes apart a whole frame and asks once, at the end, whether
 * it went well.
 */
#ifndef TILLD_UTIL_BUF_H
#define TILLD_UTIL_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A writer. Grows up to max bytes; a write past that writes nothing and sets
 * failed, as does every later write. data[len] is always a NUL that does not
 * count, so that text can be read as text. Owns data.
 */
struct buf {
	uint8_t *data;
	size_t len;
	size_t size;
	size_t max;
	bool failed;
};

#define BUF_INIT(limit)        \
	{                      \
		.max = (limit) \
	}

void buf_init(struct buf *buf, size_t max);
void buf_free(struct buf *buf);	 /* wipes, frees, leaves an empty buf */
void buf_reset(struct buf *buf); /* empty again, error forgotten, wiped */

void buf_add(struct buf *buf, const void *data, size_t len);

/* So much is to come: makes room for it at once, as far as may be, so that it
 * is not copied again and again. */
void buf_expect(struct buf *buf, size_t len);

void buf_add_byte(struct buf *buf, uint8_t byte);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_format(struct buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buf_add_be16(struct buf *buf, uint16_t value);
void buf_add_le16(struct buf *buf, uint16_t value);

/* Drops the first len bytes (all of them, if there are fewer). */
void buf_drop(struct buf *buf, size_t len);

const char *buf_text(const struct buf *buf);

static inline void buf_cleanup(struct buf *buf)
{
	buf_free(buf);
}

/*
 * A reader over bytes that somebody else owns. Reading past the end returns
 * zero (or NULL) and sets failed, as does every later read.
 */
struct cursor {
	const uint8_t *data;
	size_t len;
	size_t at;
	bool failed;
};

struct cursor cursor_make(const void *data, size_t len);
size_t cursor_left(const struct cursor *cursor);
uint8_t cursor_byte(struct cursor *cursor);
uint16_t cursor_be16(struct cursor *cursor);
uint16_t cursor_le16(struct cursor *cursor);

/* The next len bytes in place, or NULL. len 0 gives a pointer, never read. */
const uint8_t *cursor_take(struct cursor *cursor, size_t len);

/* The next len bytes as a reader of their own; failed if there are fewer. */
struct cursor cursor_part(struct cursor *cursor, size_t len);

#endif
