/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went over a line, taken apart for a technician. A driver's trace() is a
 * pure function beside its codec: it takes the first thing off the bytes of one
 * direction, says in words what it is, and shows its bytes without what nobody
 * may see.
 *
 * Shown is only what is known: bytes that a driver has no words for are told by
 * their number and kinds. So a secret that comes where none is expected (a
 * badge reader at the drawer's port, a card number in a field of a maker's own)
 * gets into no trace.
 *
 * Never in words or bytes: badge numbers, PINs, passwords, track data, card
 * numbers; nor a checksum that was made over them, from which they could be
 * found by trying. Each is replaced by a stand-in of the same form ('0' for
 * digits), and the checksum by that of what stands there now: so a recording
 * can be played to a driver.
 */
#ifndef TILLD_DEVICE_TRACE_H
#define TILLD_DEVICE_TRACE_H

#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trace_way {
	TRACE_OUT, /* to the device */
	TRACE_IN,
};

#define TRACE_WAYS	 2
#define TRACE_TEXT_MAX	 1024 /* bytes of words for one thing */
#define TRACE_HIDDEN_MAX 64   /* places in it that are hidden */
#define TRACE_KEPT_SIZE	 16

/* The longest thing that is waited for; a line that brings a longer one is not
 * told apart any more until it is opened again. */
#define TRACE_BYTES_MAX ((size_t)72 * 1024)

/* The same as it is shown: a frame may get longer by what is doubled in it. */
#define TRACE_SHOWN_MAX (2 * TRACE_BYTES_MAX)

struct trace_range {
	size_t at, len;
};

struct trace {
	enum trace_way way;
	bool serial;
	const uint8_t *bytes; /* what is not told yet, from its first on */
	size_t len;	      /* 1 and up */
	/* the driver's, for both directions: zero when the line comes up; what
	 * was asked last, say, but no secret */
	uint8_t *kept;
	struct buf text;  /* the words, plain UTF-8; none: it is not told */
	struct buf shown; /* the bytes; empty: they are not */
	struct trace_range hidden[TRACE_HIDDEN_MAX]; /* stand-ins in shown */
	size_t hidden_count;
	bool lost; /* what follows can't be told apart either */
};

/* Adds to the words. */
void trace_say(struct trace *trace, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Bytes of a code page as words, without controls. */
void trace_say_bytes(struct trace *trace, const void *bytes, size_t len,
		     const char *page);

/* Shows so many of the bytes as they are, for trace_hide() to overwrite. */
void trace_show(struct trace *trace, size_t len);

/* Overwrites what is shown, and notes that something else stood there. */
void trace_hide(struct trace *trace, size_t at, size_t len, uint8_t with);
void trace_hide_digits(struct trace *trace, size_t at, size_t len); /* by '0' */

/* Notes that what is shown there stands for something else: a checksum. */
void trace_mark(struct trace *trace, size_t at, size_t len);

/* These bytes are nothing that is known; nothing of them is shown, whatever was
 * said and shown so far. Returns len. */
size_t trace_strange(struct trace *trace, size_t len);

/*
 * For frames between begin and end: what stands before one is strange, and so
 * is one that breaks off, or is longer than max. True with *out_len the length
 * of a frame at the front; false with what trace() is to return.
 */
bool trace_find_frame(struct trace *trace, uint8_t begin, uint8_t end,
		      size_t max, size_t *out_len);

#endif
