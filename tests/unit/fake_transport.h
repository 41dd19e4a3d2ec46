/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transports for tests, in the virtual time of a fake_env: the test is the
 * other end of the line. Opening is answered from the (fake) loop.
 */
#ifndef TILLD_TESTS_FAKE_TRANSPORT_H
#define TILLD_TESTS_FAKE_TRANSPORT_H

#include "device/transport.h"
#include "fake_env.h"
#include "util/buf.h"

struct fake_lines;

struct fake_line {
	struct transport transport;
	struct fake_lines *lines;
	struct timer *soon;
	bool up;
	struct buf written;	 /* since it was last reset */
	struct driver_line line; /* as it was set last, while up */
	int opens;
	int writes_while_shut;
};

struct fake_lines {
	struct transports transports; /* hand out &lines.transports */
	struct fake_env *fake;
	struct fake_line *last;	   /* the one made last */
	enum reason refuse;	   /* opening fails with this */
	bool silent;		   /* opening comes to no end */
	bool full;		   /* takes no more bytes */
	struct driver_facts facts; /* of what is plugged in */
	bool has_modem;
	unsigned int modem;	/* lines that are on */
	struct buf *last_words; /* gets what was written last before the end */
};

void fake_lines_init(struct fake_lines *lines, struct fake_env *fake);

/* Bytes come in, in a copy of exact size; nothing if the line is not up. */
void fake_line_input(struct fake_line *line, const void *data, size_t len);

/* Notice of something plugged in. */
void fake_line_plugged(struct fake_line *line);

/* The plug is pulled. */
void fake_line_drop(struct fake_line *line, enum reason reason);

#endif
