/* SPDX-License-Identifier: Apache-2.0 */
#include "shelf_rig.h"

#include "util/alloc.h"
#include "util/json.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

struct shelf *shelf_make(uint64_t seed)
{
	struct shelf *shelf = ALLOC_NEW(struct shelf);

	store_rig_init(&shelf->rig, NULL);
	shelf->rig.fake.seed += seed;
	snprintf(shelf->folder, sizeof(shelf->folder), "%s/archive",
		 shelf->rig.folder);
	assert_int_equal(mkdir(shelf->folder, 0700), 0);
	shelf->rig.config.archive_dir = shelf->folder;
	shelf->rig.config.seal_every = 10;
	store_rig_set_up(&shelf->rig);
	return shelf;
}

int shelf_setup(void **state)
{
	*state = shelf_make(0);
	return 0;
}

int shelf_teardown(void **state)
{
	struct shelf *shelf = *state;

	store_rig_free(&shelf->rig);
	free(shelf);
	return 0;
}

void shelf_note(struct shelf *shelf, int count)
{
	for (int i = 0; i < count; i++)
		store_rig_note(&shelf->rig, "test", i);
}

int64_t shelf_state(struct shelf *shelf, const char *name)
{
	json_t *head = store_describe(shelf->rig.store);
	int64_t value = json_int(head, name, -1);

	json_decref(head);
	return value;
}

void shelf_keep_result(void *arg, const struct archive_result *result)
{
	struct shelf *shelf = arg;

	shelf->result = *result;
	shelf->told = true;
}

struct archive_result shelf_archive(struct shelf *shelf, int keep_days)
{
	shelf->told = false;
	assert_int_equal(store_archive(shelf->rig.store, keep_days,
				       shelf_keep_result, shelf),
			 0);
	for (int i = 0; i < 1000 && !shelf->told; i++)
		fake_env_advance(&shelf->rig.fake, 20);
	assert_true(shelf->told);
	return shelf->result;
}

/* --- files --- */

static int shelf_is_journal(const struct dirent *entry)
{
	return !strncmp(entry->d_name, "journal-", 8);
}

/* Paths in the order of their names; how many. */
int shelf_list(const struct shelf *shelf, char *paths[SHELF_FILES_MAX])
{
	struct dirent **found;
	int count = scandir(shelf->folder, &found, shelf_is_journal, alphasort);

	assert_true(count >= 0 && count <= SHELF_FILES_MAX);
	for (int i = 0; i < count; i++) {
		paths[i] =
			alloc_format("%s/%s", shelf->folder, found[i]->d_name);
		free(found[i]);
	}
	free(found);
	return count;
}

static char *shelf_read_file(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = alloc_zero(4 * 1024 * 1024, 1);

	assert_non_null(in);
	assert_true(fread(text, 1, 4 * 1024 * 1024 - 1, in) > 0);
	fclose(in);
	return text;
}

void shelf_check_text(struct journal_check *check, const char *text)
{
	const char *end;

	for (; (end = strchr(text, '\n')); text = end + 1)
		journal_check_line(check, text, (size_t)(end - text));
}

/* Texts as the files of one journal, under the rig's key. */
struct journal_verdict shelf_check(struct shelf *shelf,
				   const char *const *texts, int count)
{
	struct journal_check *check;
	struct journal_verdict verdict;
	uint8_t public[32];

	keys_seal_public(store_keys(shelf->rig.store), public);
	check = journal_check_new(public);
	for (int i = 0; i < count; i++) {
		if (i)
			journal_check_next(check);
		shelf_check_text(check, texts[i]);
	}
	verdict = journal_check_end(check);
	journal_check_free(check);
	return verdict;
}

struct shelf_texts shelf_read_all(struct shelf *shelf)
{
	char *paths[SHELF_FILES_MAX];
	struct shelf_texts texts = { .count = shelf_list(shelf, paths) };

	for (int i = 0; i < texts.count; i++) {
		texts.text[i] = shelf_read_file(paths[i]);
		free(paths[i]);
	}
	texts.text[texts.count++] = store_rig_export(&shelf->rig);
	return texts;
}

void shelf_free_texts(struct shelf_texts *texts)
{
	for (int i = 0; i < texts->count; i++)
		free(texts->text[i]);
}

struct journal_verdict shelf_check_texts(struct shelf *shelf,
					 const struct shelf_texts *texts)
{
	return shelf_check(shelf, (const char *const *)texts->text,
			   texts->count);
}

void shelf_expect(struct journal_verdict verdict, enum journal_fault fault,
		  size_t file)
{
	assert_string_equal(journal_fault_text(verdict.fault),
			    journal_fault_text(fault));
	if (fault)
		assert_int_equal(verdict.file, file);
}
