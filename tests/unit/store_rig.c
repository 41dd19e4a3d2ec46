/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cmocka.h>

#define STORE_RIG_ROOM (64 * 1024 * 1024)

/* In memory, where there is room: thousands of fsyncs would take their time. */
static const char *store_rig_place(void)
{
	const char *place = getenv("TMPDIR");
	struct statvfs disk;

	if (place)
		return place;
	if (!access("/dev/shm", W_OK) && !statvfs("/dev/shm", &disk) &&
	    disk.f_bavail * disk.f_frsize > STORE_RIG_ROOM)
		return "/dev/shm";
	return "/tmp";
}

void store_rig_init(struct store_rig *rig, const char *folder)
{
	memset(rig, 0, sizeof(*rig));
	log_set_level(getenv("TILLD_TEST_LOG") ? LOG_LEVEL_DEBUG
					       : LOG_LEVEL_ERROR);
	fake_env_init(&rig->fake);
	snprintf(rig->folder, sizeof(rig->folder), "%s/tilld-store-XXXXXX",
		 folder ? folder : store_rig_place());
	assert_non_null(mkdtemp(rig->folder));
	snprintf(rig->state, sizeof(rig->state), "%.100s/state", rig->folder);
	snprintf(rig->keys, sizeof(rig->keys), "%.100s/keys", rig->folder);
	rig->config = (struct store_config){
		.state_dir = rig->state,
		.keys_dir = rig->keys,
		.seal_every = 100,
		.seal_ms = 60000,
	};
}

static int store_rig_remove(const char *path, const struct stat *stat, int type,
			    struct FTW *at)
{
	(void)stat;
	(void)type;
	(void)at;
	return remove(path);
}

void store_rig_free(struct store_rig *rig)
{
	if (rig->store)
		store_rig_close(rig);
	nftw(rig->folder, store_rig_remove, 8, FTW_DEPTH | FTW_PHYS);
	fake_env_free(&rig->fake);
}

int store_rig_open(struct store_rig *rig)
{
	return store_open(&rig->config, &rig->fake.env, &rig->store);
}

void store_rig_close(struct store_rig *rig)
{
	rig->store = store_close(rig->store);
}

void store_rig_reopen(struct store_rig *rig)
{
	store_rig_close(rig);
	assert_int_equal(store_rig_open(rig), 0);
}

static void store_rig_keep_result(void *arg, const struct txn_result *result)
{
	*(struct txn_result *)arg = *result;
}

struct txn_result store_rig_commit(struct store_rig *rig, struct txn *txn)
{
	struct txn_result result = { .error = -12345 };

	txn_commit(txn, store_rig_keep_result, &result);
	fake_env_run(&rig->fake);
	assert_int_not_equal(result.error, -12345);
	return result;
}

void store_rig_set_up(struct store_rig *rig)
{
	struct people *people =
		people_first_manager("maria", "Maria", "sample-password", 100);
	struct keys *keys;
	struct txn *txn;

	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_new(rig->store));
	assert_int_equal(keys_create(rig->keys, &rig->fake.random, &keys), 0);
	people_prepare(people, keys, &rig->fake.random, 10);
	txn = txn_new(rig->store);
	txn_setup(txn, keys);
	txn_policy_replace(txn, people, 0);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	people_free(people);
	keys_free(keys);
	assert_false(store_is_new(rig->store));
}

int store_rig_begin(void **state)
{
	struct store_rig *rig = ALLOC_NEW(struct store_rig);

	store_rig_init(rig, NULL);
	*state = rig;
	return 0;
}

int store_rig_begin_set_up(void **state)
{
	store_rig_begin(state);
	store_rig_set_up(*state);
	return 0;
}

int store_rig_end(void **state)
{
	store_rig_free(*state);
	free(*state);
	return 0;
}

int64_t store_rig_describe(const struct store_rig *rig, const char *field)
{
	json_t *described = store_describe(rig->store);
	int64_t value = json_int(described, field, -1);

	json_decref(described);
	return value;
}

int64_t store_rig_note(struct store_rig *rig, const char *kind, int64_t number)
{
	struct txn *txn = txn_new(rig->store);
	json_t *entry = json_put_text(json_make(), "kind", kind);
	struct txn_result result;

	txn_journal(txn, json_put_int(entry, "number", number));
	result = store_rig_commit(rig, txn);
	assert_int_equal(result.error, 0);
	assert_true(result.seq > 0);
	assert_int_equal(result.seq, result.last_seq);
	return result.seq;
}

struct store_rig_text {
	char *text;
	size_t len;
	int64_t next;
	bool complete;
};

static void store_rig_add_text(void *arg, int error, const char *text,
			       size_t len, int64_t next, bool complete)
{
	struct store_rig_text *all = arg;

	assert_int_equal(error, 0);
	all->text = alloc_resize(all->text, all->len + len + 1, 1);
	memcpy(all->text + all->len, text, len);
	all->len += len;
	all->text[all->len] = 0;
	all->next = next;
	all->complete = complete;
}

char *store_rig_export(struct store_rig *rig)
{
	struct store_rig_text all = { .next = -1 };

	while (!all.complete) {
		journal_export(rig->store, all.next, store_rig_add_text, &all);
		fake_env_run(&rig->fake);
	}
	return all.text;
}

int64_t store_rig_count(struct store_rig *rig, const char *kind)
{
	char *text = store_rig_export(rig), *at = text;
	char *what = alloc_format("\"kind\":\"%s\"", kind);
	int64_t count = 0;

	while ((at = strstr(at, what))) {
		count++;
		at++;
	}
	free(what);
	free(text);
	return count;
}

struct store_rig_verdict {
	bool told;
	struct journal_verdict verdict;
};

static void store_rig_keep_verdict(void *arg, int error,
				   const struct journal_verdict *verdict)
{
	struct store_rig_verdict *kept = arg;

	assert_int_equal(error, 0);
	kept->told = true;
	kept->verdict = *verdict;
}

struct journal_verdict store_rig_verify(struct store_rig *rig)
{
	struct store_rig_verdict kept = { 0 };

	journal_verify(rig->store, store_rig_keep_verdict, &kept);
	fake_env_run(&rig->fake);
	assert_true(kept.told);
	return kept.verdict;
}

const char *store_rig_path(const struct store_rig *rig, const char *name)
{
	static char path[2 * STORE_RIG_PATH];

	snprintf(path, sizeof(path), "%s/%s", rig->state, name);
	return path;
}

static void store_rig_copy(const char *from, const char *to)
{
	char *command = alloc_format("cp -p '%s' '%s'", from, to);

	assert_int_equal(system(command), 0);
	free(command);
}

void store_rig_keep(const struct store_rig *rig, const char *name)
{
	char *kept = alloc_format("%s/kept-%s", rig->folder, name);

	store_rig_copy(store_rig_path(rig, name), kept);
	free(kept);
}

void store_rig_bring_back(const struct store_rig *rig, const char *name)
{
	char *kept = alloc_format("%s/kept-%s", rig->folder, name);

	store_rig_copy(kept, store_rig_path(rig, name));
	free(kept);
}
