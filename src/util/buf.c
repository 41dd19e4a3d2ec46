/* SPDX-License-Identifier: Apache-2.0 */
#include "util/buf.h"

#include "util/alloc.h"
#include "util/secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_SIZE 64

void buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){ .max = max };
}

void buf_free(struct buf *buf)
{
	size_t max = buf->max;

	secret_wipe(buf->data, buf->size);
	free(buf->data);
	buf_init(buf, max);
}

void buf_reset(struct buf *buf)
{
	secret_wipe(buf->data, buf->len);
	buf->len = 0;
	buf->failed = false;
}

/* Copies rather than reallocates: what moved away has to be wiped. */
static void buf_resize(struct buf *buf, size_t size)
{
	uint8_t *data = alloc_zero(size, 1);

	if (buf->len)
		memcpy(data, buf->data, buf->len);
	secret_wipe(buf->data, buf->size);
	free(buf->data);
	buf->data = data;
	buf->size = size;
}

static void buf_grow(struct buf *buf, size_t need)
{
	size_t size = buf->size ? buf->size : BUF_FIRST_SIZE;

	while (size < need)
		size *= 2;
	buf_resize(buf, size);
}

void buf_expect(struct buf *buf, size_t len)
{
	if (len <= buf->max && len + 1 > buf->size)
		buf_resize(buf, len + 1);
}

static bool buf_reserve(struct buf *buf, size_t len)
{
	if (buf->failed || len > buf->max || buf->len > buf->max - len) {
		buf->failed = true;
		return false;
	}
	if (buf->len + len + 1 > buf->size)
		buf_grow(buf, buf->len + len + 1);
	return true;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	if (!buf_reserve(buf, len))
		return;
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = 0;
}

void buf_add_byte(struct buf *buf, uint8_t byte)
{
	buf_add(buf, &byte, 1);
}

void buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_add_format(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0 || !buf_reserve(buf, (size_t)len)) {
		buf->failed = true;
	} else {
		vsnprintf((char *)buf->data + buf->len, (size_t)len + 1, format,
			  again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void buf_add_be16(struct buf *buf, uint16_t value)
{
	buf_add(buf, (uint8_t[]){ (uint8_t)(value >> 8), (uint8_t)value }, 2);
}

void buf_add_le16(struct buf *buf, uint16_t value)
{
	buf_add(buf, (uint8_t[]){ (uint8_t)value, (uint8_t)(value >> 8) }, 2);
}

void buf_drop(struct buf *buf, size_t len)
{
	size_t left;

	if (!buf->len)
		return;
	if (len > buf->len)
		len = buf->len;
	left = buf->len - len;
	memmove(buf->data, buf->data + len, left);
	secret_wipe(buf->data + left, len);
	buf->len = left;
	buf->data[left] = 0;
}

const char *buf_text(const struct buf *buf)
{
	return buf->data ? (const char *)buf->data : "";
}

struct cursor cursor_make(const void *data, size_t len)
{
	return (struct cursor){ .data = data, .len = len };
}

size_t cursor_left(const struct cursor *cursor)
{
	return cursor->failed ? 0 : cursor->len - cursor->at;
}

const uint8_t *cursor_take(struct cursor *cursor, size_t len)
{
	static const uint8_t nothing;
	const uint8_t *part;

	if (cursor->failed || len > cursor->len - cursor->at) {
		cursor->failed = true;
		return NULL;
	}
	part = cursor->data ? cursor->data + cursor->at : &nothing;
	cursor->at += len;
	return part;
}

uint8_t cursor_byte(struct cursor *cursor)
{
	const uint8_t *part = cursor_take(cursor, 1);

	return part ? part[0] : 0;
}

uint16_t cursor_be16(struct cursor *cursor)
{
	const uint8_t *part = cursor_take(cursor, 2);

	if (!part)
		return 0;
	return (uint16_t)(part[0] << 8 | part[1]);
}

uint16_t cursor_le16(struct cursor *cursor)
{
	const uint8_t *part = cursor_take(cursor, 2);

	if (!part)
		return 0;
	return (uint16_t)(part[1] << 8 | part[0]);
}

struct cursor cursor_part(struct cursor *cursor, size_t len)
{
	const uint8_t *part = cursor_take(cursor, len);
	struct cursor made = cursor_make(part, part ? len : 0);

	made.failed = !part;
	return made;
}
