/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers of chip cards as PC/SC names them: the reader's own words, the how
 * manieth of its kind it was plugged in as, and which of its slots it is, two
 * hexadecimal digits each:
 *
 *	ACS ACR1252 Dual Reader [PICC] 00 01
 *
 * The first of the numbers changes with the order of plugging in, so it never
 * counts. A name without numbers is that of every slot. Never by a guess: a
 * name that fits two readers names neither.
 */
#ifndef TILLD_UTIL_READER_NAME_H
#define TILLD_UTIL_READER_NAME_H

#include <stdbool.h>
#include <stddef.h>

#define READER_NAME_MAX 127 /* MAX_READERNAME of pcsc-lite, without its NUL */

/* Whether it can be a reader's name at all. */
bool reader_name_is(const char *text);

/* Whether the reader that is there is meant by that name. */
bool reader_name_fits(const char *wanted, const char *there);

/* How many of names, of which each ends with a NUL and the last with another,
 * are meant; the first of them in out_found, if there is one. */
size_t reader_name_find(const char *wanted, const char *names,
			const char **out_found);

#endif
