/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people read. Nothing that comes from the daemon, from a device or from
 * a file reaches a terminal with control characters in it, and columns are
 * aligned by what a terminal shows, not by bytes.
 */
#ifndef TILLD_CLI_SAY_H
#define TILLD_CLI_SAY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Once, at start: text is UTF-8 whatever the locale says, and sentences are in
 * the language that it names, if that is one of ours. */
void say_init(void);

/* What to ask the daemon for: "en", "pl", "de". */
const char *say_language(void);

/* A sentence in that language, or as it is. */
#define _(text) say_in(text)
const char *say_in(const char *english) __attribute__((format_arg(1)));

/*
 * Writes text, with U+FFFD for control characters, for marks that turn the
 * direction of writing, and for what is not UTF-8. Returns the columns taken.
 */
size_t say_clean(FILE *out, const char *text);

/* The columns that say_clean() would take. */
size_t say_width(const char *text);

/* The bytes of the longest beginning of text that takes no more columns. */
size_t say_fit(const char *text, size_t columns);

/* "tillctl: ..." on standard error; text is cleaned. */
void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line on standard error, without "tillctl:"; text is cleaned. */
void say_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * One line on standard error that shows that something goes on, and for how
 * long; over itself again and again, until another line is said. Only where
 * standard error is a terminal.
 */
void say_bar(const char *what, int64_t ms);
void say_bar_end(void);

/*
 * JSON as it came, on one line: control characters in it, which JSON has only
 * inside its strings, are written as \uXXXX, so it still says the same.
 */
void say_json_text(FILE *out, const char *text, size_t len);

/* A point in time of the API: "2026-11-22 10:15:00Z"; others unchanged. */
#define SAY_TIME_SIZE 32
void say_time(const char *time, char out_text[SAY_TIME_SIZE]);

/*
 * "Name   value" lines of an object, names as people say them; objects and
 * lists in it are spelt out as "Card number   4***1". What is named in
 * leave_out (NULL, or ended by NULL) is left out at the top. Empty ones take no
 * line. With a currency (or NULL) whole numbers that are called an amount are
 * told in it.
 */
void say_fields(FILE *out, const json_t *object, const char *const *leave_out,
		const char *currency);

/* "1 entry", "2 entries" */
#define SAY_COUNT_SIZE 64
void say_count(char out_text[SAY_COUNT_SIZE], int64_t count, const char *one,
	       const char *many);

/* Writes out what standard output still holds, and tells how that went. */
enum say_end {
	SAY_WRITTEN,
	SAY_UNREAD, /* whoever read it is gone, as in "| head" */
	SAY_FAILED,
};
enum say_end say_end(void);

#endif
