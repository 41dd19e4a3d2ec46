/* SPDX-License-Identifier: Apache-2.0 */
/* A store that archives its journal, and its files, for the tests of that. */
#ifndef TILLD_TESTS_SHELF_RIG_H
#define TILLD_TESTS_SHELF_RIG_H

#include "store/archive.h"

#include "store_rig.h"

#define SHELF_FILES_MAX 16

struct shelf {
	struct store_rig rig; /* set up; seals after every 10 entries */
	char folder[2 * STORE_RIG_PATH];
	struct archive_result result; /* of the last run... */
	bool told;		      /* ...once it has ended */
};

/* Another seed makes other keys. */
struct shelf *shelf_make(uint64_t seed);

/* For cmocka; state is the shelf. */
int shelf_setup(void **state);
int shelf_teardown(void **state);

/* So many entries, each in a transaction of its own. */
void shelf_note(struct shelf *shelf, int count);

/* A number of store_describe(): "archived_seq". */
int64_t shelf_state(struct shelf *shelf, const char *name);

/* Archives and waits for it. */
struct archive_result shelf_archive(struct shelf *shelf, int keep_days);
void shelf_keep_result(void *shelf, const struct archive_result *result);

/* Paths of its files in the order of their names, to be freed; how many. */
int shelf_list(const struct shelf *shelf, char *paths[SHELF_FILES_MAX]);

/* The texts of all files, and of an export after them. */
struct shelf_texts {
	char *text[SHELF_FILES_MAX + 1];
	int count;
};

struct shelf_texts shelf_read_all(struct shelf *shelf);
void shelf_free_texts(struct shelf_texts *texts);

/* All lines of a text. */
void shelf_check_text(struct journal_check *check, const char *text);

/* Texts as the files of one journal, under the rig's key. */
struct journal_verdict shelf_check(struct shelf *shelf,
				   const char *const *texts, int count);
struct journal_verdict shelf_check_texts(struct shelf *shelf,
					 const struct shelf_texts *texts);

/* file: only where there is a fault. */
void shelf_expect(struct journal_verdict verdict, enum journal_fault fault,
		  size_t file);

#endif
