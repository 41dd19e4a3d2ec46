/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring of used keys, by itself and with a database that comes back from the
 * past: what was done meanwhile is not done again.
 */
#include "store/intents.h"

#include "util/alloc.h"
#include "util/json.h"

#include "store_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* --- the ring --- */

static struct intents *ring_of(const struct store_rig *rig, const char *name)
{
	struct intents *ring = intents_new(store_rig_path(rig, name));

	assert_int_equal(intents_open(ring, store_keys(rig->store)), 0);
	return ring;
}

static struct intents *new_ring(const struct store_rig *rig, const char *name)
{
	struct intents *ring = intents_new(store_rig_path(rig, name));

	assert_int_equal(intents_open(ring, store_keys(rig->store)),
			 INTENTS_E_NONE);
	assert_int_equal(intents_make(ring), 0);
	return ring;
}

/* count keys, all bytes of the first first, one more in the next... */
static void note(const struct store_rig *rig, struct intents *ring, int64_t seq,
		 uint32_t first, size_t count)
{
	uint8_t *keys = alloc_zero(count, INTENTS_KEY_SIZE);
	uint8_t hash[HASH_SIZE] = { (uint8_t)seq };

	for (size_t i = 0; i < count; i++) {
		uint32_t number = first + (uint32_t)i;

		memcpy(keys + i * INTENTS_KEY_SIZE, &number, sizeof(number));
	}
	assert_int_equal(intents_note(ring, store_keys(rig->store), seq, hash,
				      keys, count),
			 0);
	free(keys);
}

static bool *list(const struct store_rig *rig, const struct intents *ring,
		  uint32_t max, size_t *out_count)
{
	bool *has = alloc_zero(max, sizeof(*has));
	struct intent_note *notes =
		intents_list(ring, store_keys(rig->store), out_count);

	assert_non_null(notes);
	for (size_t i = 0; i < *out_count; i++) {
		uint32_t number;

		memcpy(&number, notes[i].key, sizeof(number));
		/* 0: of no key */
		assert_true(number < max && !(number && has[number]));
		has[number] = true;
	}
	free(notes);
	return has;
}

static void test_notes_come_back(void **state)
{
	const struct store_rig *rig = *state;
	struct intents *ring = new_ring(rig, "ring");
	struct intent_note latest;
	size_t count;
	bool *has;

	assert_false(intents_latest(ring, &latest));
	note(rig, ring, 7, 1, 3);
	note(rig, ring, 9, 4, 1);
	intents_free(ring);
	ring = ring_of(rig, "ring");
	assert_true(intents_latest(ring, &latest));
	assert_int_equal(latest.seq, 9);
	assert_int_equal(latest.hash[0], 9);
	has = list(rig, ring, 5, &count);
	assert_int_equal(count, 4);
	assert_true(has[1] && has[2] && has[3] && has[4]);
	free(has);
	/* and what is noted then comes after them */
	note(rig, ring, 10, 0, 1);
	intents_free(ring);
	ring = ring_of(rig, "ring");
	free(list(rig, ring, 5, &count));
	assert_int_equal(count, 5);
	intents_free(ring);
}

static void test_the_oldest_make_way(void **state)
{
	const struct store_rig *rig = *state;
	struct intents *ring = new_ring(rig, "ring");
	struct intent_note latest;
	size_t count;
	bool *has;

	for (uint32_t i = 0; i < INTENTS_MAX; i += 512)
		note(rig, ring, i + 1, i, 512);
	note(rig, ring, INTENTS_MAX + 5, INTENTS_MAX, 10);
	intents_free(ring);
	ring = ring_of(rig, "ring");
	assert_true(intents_latest(ring, &latest));
	assert_int_equal(latest.seq, INTENTS_MAX + 5);
	has = list(rig, ring, INTENTS_MAX + 10, &count);
	assert_int_equal(count, INTENTS_MAX);
	for (uint32_t i = 0; i < INTENTS_MAX + 10; i++)
		assert_int_equal(has[i], i >= 10);
	free(has);
	intents_free(ring);
}

static void put_byte(const struct store_rig *rig, off_t at)
{
	int fd = open(store_rig_path(rig, "ring"), O_RDWR);
	uint8_t byte;

	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 0x40;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

/* Whichever byte of a note is wrong: it is none, and the others are. */
static void test_a_torn_note_is_none(void **state)
{
	const struct store_rig *rig = *state;
	struct intents *ring = new_ring(rig, "ring");
	struct intent_note latest;
	size_t count;

	note(rig, ring, 7, 1, 1);
	note(rig, ring, 8, 2, 1);
	intents_free(ring);
	for (off_t at = 128; at < 192; at++) {
		put_byte(rig, at);
		ring = ring_of(rig, "ring");
		assert_true(intents_latest(ring, &latest));
		assert_int_equal(latest.seq, 7);
		free(list(rig, ring, 3, &count));
		assert_int_equal(count, 1);
		intents_free(ring);
		put_byte(rig, at);
	}
}

static void damage(const struct store_rig *rig, uint32_t slot)
{
	put_byte(rig, (off_t)slot * 64 + 20);
}

static void expect_whole(const struct store_rig *rig, bool whole)
{
	struct intents *ring = ring_of(rig, "ring");

	assert_int_equal(intents_are_whole(ring), whole);
	intents_free(ring);
}

/* Of what was noted together last a power cut may leave any, and no more has to
 * be missing for ever: what comes next is no gap's other side. */
static void test_a_batch_that_was_torn(void **state)
{
	const struct store_rig *rig = *state;
	struct intents *ring = new_ring(rig, "ring");
	size_t count;

	note(rig, ring, 7, 1, 3);
	note(rig, ring, 8, 4, 4);
	intents_free(ring);
	expect_whole(rig, true);
	damage(rig, 4);
	damage(rig, 6);
	expect_whole(rig, true);
	damage(rig, 3);
	expect_whole(rig, false);
	damage(rig, 3);
	ring = ring_of(rig, "ring");
	assert_int_equal(intents_number(ring), 7);
	note(rig, ring, 9, 8, 2);
	intents_free(ring);
	expect_whole(rig, true);
	ring = ring_of(rig, "ring");
	free(list(rig, ring, 10, &count));
	assert_int_equal(count, 9);
	intents_free(ring);
	damage(rig, 6);
	expect_whole(rig, false);
}

/* The first of all. */
static void test_the_first_batch_that_was_torn(void **state)
{
	const struct store_rig *rig = *state;
	struct intents *ring = new_ring(rig, "ring");

	note(rig, ring, 7, 1, 3);
	intents_free(ring);
	damage(rig, 1);
	damage(rig, 2);
	expect_whole(rig, true);
}

/* Of a batch of which nothing is left, in the place of the oldest. */
static void test_the_oldest_that_were_torn(void **state)
{
	const struct store_rig *rig = *state;
	struct intents *ring = new_ring(rig, "ring");

	for (uint32_t i = 0; i < INTENTS_MAX; i += 512)
		note(rig, ring, i + 1, i + 1, 512);
	note(rig, ring, INTENTS_MAX + 1, 0, 10);
	intents_free(ring);
	for (uint32_t slot = 11; slot < 20; slot++)
		damage(rig, slot);
	expect_whole(rig, true);
	damage(rig, 21);
	expect_whole(rig, false);
	damage(rig, 21);
	for (uint32_t slot = 20; slot < 11 + 1025; slot++)
		damage(rig, slot);
	expect_whole(rig, false);
}

static void test_another_till_s_ring_is_none(void **state)
{
	const struct store_rig *rig = *state;
	struct intents *ring = new_ring(rig, "ring");
	struct intent_note latest;
	char *dir = alloc_format("%s/others", rig->folder);
	struct keys *others;

	note(rig, ring, 7, 1, 3);
	intents_free(ring);
	assert_int_equal(keys_create(dir, &rig->fake.random, &others), 0);
	ring = intents_new(store_rig_path(rig, "ring"));
	assert_int_equal(intents_open(ring, others), 0);
	assert_false(intents_latest(ring, &latest));
	intents_free(ring);
	keys_free(others);
	free(dir);
}

/* --- with a database --- */

static int begin(struct store_rig *rig, const char *key)
{
	struct operation_row row = {
		.till = "1",
		.uid = 1000,
		.action = "drawer.open",
		.operator= "maria",
		.device = "drawer1",
		.op = json_put_text(json_make(), "kind", "drawer-open"),
	};
	struct txn *txn = txn_new(rig->store);

	snprintf(row.id, sizeof(row.id), "op-%.16s", key);
	snprintf(row.key, sizeof(row.key), "%s", key);
	txn_operation_begin(txn, &row);
	operation_row_clear(&row);
	txn_journal(txn, json_put_text(json_make(), "kind", "intent"));
	return store_rig_commit(rig, txn).error;
}

static void keep_error(void *arg, int error, const struct operation_row *row)
{
	(void)row;
	*(int *)arg = error;
}

static int find(struct store_rig *rig, const char *key)
{
	int error = -12345;

	store_find_key(rig->store, "1", 1000, key, keep_error, &error);
	fake_env_run(&rig->fake);
	return error;
}

static void go_back(struct store_rig *rig, const char *name)
{
	store_rig_close(rig);
	store_rig_bring_back(rig, name);
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
}

static void confirm(struct store_rig *rig)
{
	struct txn *txn = txn_new(rig->store);

	txn_confirm_rollback(txn);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	store_rig_reopen(rig);
	assert_false(store_is_rolled_back(rig->store));
}

/* Of the entries of that kind: how many there are, and the last one's field. */
static int count_of(struct store_rig *rig, const char *kind, int64_t *out_lost)
{
	char *text = store_rig_export(rig), *line, *rest = text;
	int count = 0;

	while ((line = strsep(&rest, "\n"))) {
		json_t *entry = json_parse(line, strlen(line));
		const char *found = json_text(entry, "kind");

		if (found && !strcmp(found, kind)) {
			count++;
			*out_lost = json_int(entry, "lost", -1);
		}
		json_decref(entry);
	}
	free(text);
	return count;
}

static void test_what_was_done_meanwhile_is_not_done_again(void **state)
{
	struct store_rig *rig = *state;
	int64_t lost = -1;

	assert_int_equal(begin(rig, "before"), 0);
	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(begin(rig, "meanwhile"), 0);
	assert_int_equal(begin(rig, "before"), STORE_E_EXISTS);
	assert_int_equal(begin(rig, "meanwhile too"), 0);
	go_back(rig, "tilld.db");
	assert_int_equal(count_of(rig, "rolled-back", &lost), 1);
	assert_int_equal(lost, 2);
	store_rig_reopen(rig);
	assert_true(store_is_rolled_back(rig->store));
	assert_int_equal(count_of(rig, "rolled-back", &lost), 1);
	confirm(rig);
	assert_int_equal(find(rig, "before"), 0);
	assert_int_equal(find(rig, "meanwhile"), STORE_E_LOST_KEY);
	assert_int_equal(find(rig, "meanwhile too"), STORE_E_LOST_KEY);
	assert_int_equal(find(rig, "later"), STORE_E_NOT_FOUND);
	assert_int_equal(begin(rig, "meanwhile"), STORE_E_LOST_KEY);
	assert_int_equal(begin(rig, "later"), 0);
}

static void test_the_past_of_the_past(void **state)
{
	struct store_rig *rig = *state;

	assert_int_equal(begin(rig, "1"), 0);
	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(begin(rig, "2"), 0);
	go_back(rig, "tilld.db");
	confirm(rig);
	assert_int_equal(begin(rig, "3"), 0);
	/* the same backup once more: it knows of neither */
	go_back(rig, "tilld.db");
	confirm(rig);
	assert_int_equal(find(rig, "1"), 0);
	assert_int_equal(find(rig, "2"), STORE_E_LOST_KEY);
	assert_int_equal(find(rig, "3"), STORE_E_LOST_KEY);
}

/* Also where no seal came after it: what the head file tells is older. */
static void test_the_past_shows_before_the_next_seal(void **state)
{
	struct store_rig *rig = *state;
	char *kept = alloc_format("%s/kept-head", rig->folder);

	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	store_rig_keep(rig, "head");
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(begin(rig, "meanwhile"), 0);
	store_rig_close(rig);
	store_rig_bring_back(rig, "head");
	store_rig_bring_back(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
	assert_int_equal(find(rig, "meanwhile"), STORE_E_LOST_KEY);
	free(kept);
}

static void test_the_head_file_is_gone_as_well(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(begin(rig, "meanwhile"), 0);
	store_rig_close(rig);
	unlink(store_rig_path(rig, "head"));
	store_rig_bring_back(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
	assert_int_equal(find(rig, "meanwhile"), STORE_E_LOST_KEY);
}

/* The head file knows that there were notes: nobody can tell which. It is made
 * again. */
static void test_a_ring_that_is_gone_or_cut(void **state)
{
	struct store_rig *rig = *state;
	struct stat found;
	int64_t lost;

	assert_int_equal(begin(rig, "1"), 0);
	store_rig_close(rig);
	unlink(store_rig_path(rig, "head.intents"));
	assert_int_equal(store_rig_open(rig), 0);
	confirm(rig);
	assert_int_equal(begin(rig, "2"), 0);
	store_rig_close(rig);
	assert_int_equal(truncate(store_rig_path(rig, "head.intents"), 100), 0);
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
	assert_int_equal(count_of(rig, "head-missing", &lost), 2);
	confirm(rig);
	assert_int_equal(begin(rig, "3"), 0);
	assert_int_equal(stat(store_rig_path(rig, "head.intents"), &found), 0);
	assert_int_equal(found.st_size, INTENTS_MAX * 64);
	assert_int_equal(found.st_mode & 07777, 0600);
}

/* Before there was any, there is nothing to miss. */
static void test_a_ring_that_was_never_written_to(void **state)
{
	struct store_rig *rig = *state;

	store_rig_note(rig, "test", 1);
	store_rig_close(rig);
	unlink(store_rig_path(rig, "head.intents"));
	assert_int_equal(store_rig_open(rig), 0);
	assert_false(store_is_rolled_back(rig->store));
}

enum { SLOT = 64 };

static void zero_slots(uint8_t *ring, size_t from, size_t to)
{
	memset(ring + from * SLOT, 0, (to - from) * SLOT);
}

static void zero_all(uint8_t *ring)
{
	zero_slots(ring, 0, INTENTS_MAX);
}

static void zero_the_last(uint8_t *ring)
{
	zero_slots(ring, 5, 6);
}

static void zero_all_but_the_last(uint8_t *ring)
{
	zero_slots(ring, 0, 5);
}

static void zero_the_last_but_one(uint8_t *ring)
{
	zero_slots(ring, 4, 5);
}

static void flip_the_first(uint8_t *ring)
{
	ring[1 * SLOT + 40] ^= 1;
}

static void exchange_two(uint8_t *ring)
{
	uint8_t kept[SLOT];

	memcpy(kept, ring + 2 * SLOT, SLOT);
	memcpy(ring + 2 * SLOT, ring + 3 * SLOT, SLOT);
	memcpy(ring + 3 * SLOT, kept, SLOT);
}

static void edit_ring(const struct store_rig *rig, const char *name,
		      void (*edit)(uint8_t *ring))
{
	uint8_t *bytes = alloc_zero(INTENTS_MAX, SLOT);
	int fd = open(store_rig_path(rig, name), O_RDWR);

	assert_int_equal(pread(fd, bytes, (size_t)INTENTS_MAX * SLOT, 0),
			 INTENTS_MAX * SLOT);
	edit(bytes);
	assert_int_equal(pwrite(fd, bytes, (size_t)INTENTS_MAX * SLOT, 0),
			 INTENTS_MAX * SLOT);
	close(fd);
	free(bytes);
}

/* Five notes in slots 1 to 5, each of a batch of its own, and a seal. */
static void test_notes_that_do_not_fit(void **state)
{
	static void (*const edits[])(uint8_t * ring) = {
		zero_all,
		zero_the_last,
		zero_all_but_the_last,
		zero_the_last_but_one,
		flip_the_first,
		exchange_two,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		static const char *const keys[] = { "1", "2", "3", "4", "5" };
		void *rig;
		int64_t lost;

		store_rig_begin_set_up(&rig);
		for (size_t k = 0; k < 5; k++)
			assert_int_equal(begin(rig, keys[k]), 0);
		store_rig_close(rig);
		edit_ring(rig, "head.intents", edits[i]);
		assert_int_equal(store_rig_open(rig), 0);
		assert_true(
			store_is_rolled_back(((struct store_rig *)rig)->store));
		assert_int_equal(count_of(rig, "head-missing", &lost), 1);
		confirm(rig);
		assert_int_equal(begin(rig, "6"), 0);
		store_rig_reopen(rig);
		assert_false(
			store_is_rolled_back(((struct store_rig *)rig)->store));
		store_rig_end(&rig);
	}
}

/* Whoever has both files, but no keys, writes no head for an older database. */
static void test_an_older_database_with_a_head_to_match(void **state)
{
	struct store_rig *rig = *state;
	char hash[HASH_TEXT_SIZE];
	json_t *described;
	FILE *head;

	described = store_describe(rig->store);
	snprintf(hash, sizeof(hash), "%s", json_text(described, "hash"));
	json_decref(described);
	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(begin(rig, "meanwhile"), 0);
	store_rig_close(rig);
	store_rig_bring_back(rig, "tilld.db");
	head = fopen(store_rig_path(rig, "head"), "w");
	fprintf(head, "{\"hash\":\"%s\",\"seq\":1}", hash);
	fclose(head);
	unlink(store_rig_path(rig, "head.intents"));
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
}

/* Its disk is not there: a warning, and again in a minute. */
static void test_a_ring_that_can_not_be_made(void **state)
{
	struct store_rig *rig = *state;
	char *folder = alloc_format("%s/stick", rig->folder);
	char *head = alloc_format("%s/head", folder);
	char *ring = alloc_format("%s.intents", head);

	store_rig_close(rig);
	rig->config.head_file = head;
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(begin(rig, "1"), 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(begin(rig, "2"), 0);
	assert_int_equal(access(ring, F_OK), -1);
	fake_env_advance(&rig->fake, 61000);
	assert_int_equal(begin(rig, "3"), 0);
	assert_int_equal(access(ring, F_OK), 0);
	free(ring);
	free(head);
	free(folder);
}

#define TEST(name)                                                           \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin_set_up, \
					store_rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(notes_come_back),
		TEST(the_oldest_make_way),
		TEST(a_torn_note_is_none),
		TEST(a_batch_that_was_torn),
		TEST(the_first_batch_that_was_torn),
		TEST(the_oldest_that_were_torn),
		TEST(another_till_s_ring_is_none),
		TEST(what_was_done_meanwhile_is_not_done_again),
		TEST(the_past_of_the_past),
		TEST(the_past_shows_before_the_next_seal),
		TEST(the_head_file_is_gone_as_well),
		TEST(a_ring_that_is_gone_or_cut),
		TEST(a_ring_that_was_never_written_to),
		cmocka_unit_test(test_notes_that_do_not_fit),
		TEST(an_older_database_with_a_head_to_match),
		TEST(a_ring_that_can_not_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
