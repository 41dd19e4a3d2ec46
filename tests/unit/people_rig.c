/* SPDX-License-Identifier: Apache-2.0 */
#include "people_rig.h"

#include "policy/difference.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

json_t *people_rig_document(const char *text)
{
	char *copy = alloc_text(text);
	json_t *document;

	for (char *at = copy; *at; at++)
		if (*at == '\'')
			*at = '"';
	document = json_parse(copy, strlen(copy));
	if (!document)
		fail_msg("not JSON: %s", copy);
	free(copy);
	return document;
}

struct people *people_rig_people(struct store_rig *rig, const char *text,
				 struct policy *present)
{
	json_t *document = people_rig_document(text);
	char *error = NULL;
	struct people *people = people_parse(document, present, &error);

	if (!people)
		fail_msg("%s", error);
	people_prepare(people, store_keys(rig->store), &rig->fake.random,
		       PEOPLE_RIG_COST);
	json_decref(document);
	return people;
}

/* What was foretold is what stands now, secrets and badges included. */
static void people_rig_compare(struct store_rig *rig, struct people *people)
{
	struct policy *told = people_policy(people);
	struct policy *found = people_rig_load(rig);
	json_t *difference = policy_difference(told, found, POLICY_FOR_PEOPLE);
	char should[POLICY_ETAG_SIZE], is[POLICY_ETAG_SIZE];

	assert_int_equal(json_object_size(difference), 0);
	policy_etag(told, should);
	policy_etag(found, is);
	assert_string_equal(should, is);
	json_decref(difference);
	policy_unref(found);
}

int people_rig_replace(struct store_rig *rig, const char *text)
{
	struct policy *present = people_rig_load(rig);
	struct people *people = people_rig_people(rig, text, present);
	struct txn *txn = txn_new(rig->store);
	int r;

	txn_policy_replace(txn, people, policy_version(present));
	r = store_rig_commit(rig, txn).error;
	if (!r)
		people_rig_compare(rig, people);
	people_free(people);
	policy_unref(present);
	return r;
}

static void people_rig_keep(void *arg, int error, struct policy *policy)
{
	assert_int_equal(error, 0);
	*(struct policy **)arg = policy;
}

struct policy *people_rig_load(struct store_rig *rig)
{
	struct policy *policy = NULL;

	store_load_policy(rig->store, people_rig_keep, &policy);
	fake_env_run(&rig->fake);
	assert_non_null(policy);
	return policy;
}

static void people_rig_take(void *arg, int error,
			    struct policy_document *document)
{
	struct policy_document *taken = arg;

	assert_int_equal(error, 0);
	*taken = *document;
	document->text = NULL;
}

char *people_rig_show(struct store_rig *rig, char etag[POLICY_ETAG_SIZE])
{
	struct policy_document document = { 0 };

	store_policy_document(rig->store, people_rig_take, &document);
	fake_env_run(&rig->fake);
	assert_non_null(document.text);
	assert_int_equal(strlen(document.text), document.len);
	if (etag)
		memcpy(etag, document.etag, POLICY_ETAG_SIZE);
	return document.text;
}

struct people_rig_parts people_rig_count_parts(const struct store_rig *rig)
{
	struct people_rig_parts parts;
	sqlite3_stmt *count;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(store_rig_path(rig, "tilld.db"), &db),
			 SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db,
				   "SELECT (SELECT count(*) FROM policy_part),"
				   " (length(document) + length(secrets)) / 32"
				   " FROM policy",
				   -1, &count, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(count), SQLITE_ROW);
	parts = (struct people_rig_parts){ sqlite3_column_int(count, 0),
					   sqlite3_column_int(count, 1) };
	sqlite3_finalize(count);
	sqlite3_close(db);
	return parts;
}

static bool people_rig_holds(const char *path, const char *what)
{
	CLEANUP_FD int fd = open(path, O_RDONLY);
	off_t size = lseek(fd, 0, SEEK_END);
	CLEANUP_FREE char *data = alloc_zero((size_t)size + 1, 1);

	assert_true(fd >= 0 && size >= 0);
	assert_int_equal(pread(fd, data, (size_t)size, 0), size);
	return memmem(data, (size_t)size, what, strlen(what)) != NULL;
}

size_t people_rig_files_with(const struct store_rig *rig, const char *what)
{
	DIR *folder = opendir(rig->state);
	const struct dirent *file;
	size_t count = 0;

	while ((file = readdir(folder)))
		if (file->d_name[0] != '.')
			count += people_rig_holds(
				store_rig_path(rig, file->d_name), what);
	closedir(folder);
	return count;
}

char *people_rig_crowd(size_t count, const char *name)
{
	struct buf text = BUF_INIT(SIZE_MAX / 2);
	char *crowd;

	buf_add_text(&text, "{'tills':[" TILL "],'groups':[" GROUP
			    "],'operators':[" PERSON);
	for (size_t i = 0; i < count; i++)
		buf_add_format(&text,
			       ",{'login':'x%zu','name':'%s','badges':"
			       "['em:%08zx']}",
			       i, name, i);
	buf_add_text(&text, "]}");
	crowd = alloc_text(buf_text(&text));
	buf_free(&text);
	return crowd;
}

const struct policy_operator *people_rig_badge(struct store_rig *rig,
					       const struct policy *policy,
					       const char *number)
{
	uint8_t key[HASH_SIZE];

	keys_badge(store_keys(rig->store), number, key);
	return policy_badge(policy, key, clock_wall_ms(rig->fake.env.clock),
			    NULL);
}

static char *people_rig_read(const char *path)
{
	CLEANUP_FILE FILE *file = fopen(path, "r");
	char *text = alloc_zero(65536, 1);

	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	assert_true(fread(text, 1, 65535, file) > 0);
	return text;
}

void people_rig_replace_by_sample(struct store_rig *rig)
{
	const char *top = getenv("srcdir");
	char *path = alloc_format("%s/conf/policy.json", top ? top : ".");
	char *text = people_rig_read(path);

	assert_int_equal(people_rig_replace(rig, text), 0);
	free(text);
	free(path);
}
