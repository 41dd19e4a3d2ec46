/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace of one device: what went over its line in the last hours, in
 * words and bytes, without secrets (trace.h), and what the framework made of
 * it. It is in memory only, TAP_SIZE_MAX of it; what is older is forgotten.
 * What repeats itself, as a question every second does, is kept once, with how
 * often and until when; the newest TAP_RECENT records stand as they came.
 */
#ifndef TILLD_DEVICE_TAP_H
#define TILLD_DEVICE_TAP_H

#include "device/driver.h"
#include "util/env.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAP_SIZE_MAX ((size_t)512 * 1024)
#define TAP_AGE_MS   ((int64_t)24 * 60 * 60 * 1000)
#define TAP_RECENT   64
#define TAP_PERIOD   12 /* records that may repeat together */

struct tap;

/* told: called with each new record, from wherever bytes are written or read;
 * may only take note. */
struct tap *tap_new(const struct driver *driver, bool serial,
		    const struct env *env, void (*told)(void *arg), void *arg);
struct tap *tap_free(struct tap *tap); /* wipes */

/* What goes over the line now. */
void tap_bytes(struct tap *tap, enum trace_way way, const void *data,
	       size_t len);

/*
 * Something that the framework did: "up", "ready", "lost", "begin", "recover",
 * "done", "speed". detail (stolen, may be NULL) is told with it, and holds no
 * secret. With "up" and "lost" what is half said on the line ends.
 */
void tap_note(struct tap *tap, const char *event, json_t *detail);

/* The number of the newest record; 0: there is none yet. */
int64_t tap_last(const struct tap *tap);

/*
 * At most limit records behind that number, the oldest first (after -1: the
 * newest limit of all), and no more than about TAP_ANSWER_MAX in all:
 * [{"seq", "at", "way": "out" | "in" | "note", "text", "hex"?, "hidden"?:
 * [[at, length]], "times"?, "until"?, "event"?, "detail"?}]. New.
 */
#define TAP_ANSWER_MAX ((size_t)256 * 1024)
json_t *tap_list(const struct tap *tap, int64_t after, size_t limit);

#endif
