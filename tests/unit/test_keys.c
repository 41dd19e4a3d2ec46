/* SPDX-License-Identifier: Apache-2.0 */
#include "store/keys.h"

#include "util/alloc.h"

#include "fake_env.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/*
 * Seal key 00..1f, badge pepper 20..3f, PIN pepper 40..5f. Public key and
 * signature by openssl(1), the HMACs by Python's hmac.
 */
#define SEAL_HEX \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define BADGE_HEX \
	"202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define PIN_HEX \
	"404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
#define PUBLIC_HEX \
	"03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
#define PUBLIC_ID "56475aa7"
#define SIGNATURE_HEX                                                      \
	"d5d7e12dafb4a1ecb7c73c38725e585ba90a21eb043c794aa8f8305c78782501" \
	"7ebf816df3c019bbd0166d192deb636821a81ab11749197279184fa7e41f4f03"
#define BADGE_KEY_HEX \
	"de290804176fa542d9f146ad2ec021c17c92ebdc47b516b22ca07198996a3614"
#define PIN_KEY_HEX \
	"87234e36921afebc990a5744d49270193a2a8907e5e0087ce5f23251048b0c06"

struct place {
	struct fake_env fake;
	char folder[64];
	char keys[96];
	char credentials[96];
};

static int setup(void **state)
{
	struct place *place = ALLOC_NEW(struct place);

	fake_env_init(&place->fake);
	strcpy(place->folder, "/tmp/tilld-keys-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->keys, sizeof(place->keys), "%s/keys", place->folder);
	snprintf(place->credentials, sizeof(place->credentials),
		 "%s/credentials", place->folder);
	unsetenv("CREDENTIALS_DIRECTORY");
	*state = place;
	return 0;
}

static int remove_one(const char *path, const struct stat *stat, int type,
		      struct FTW *at)
{
	(void)stat;
	(void)type;
	(void)at;
	return remove(path);
}

static int teardown(void **state)
{
	struct place *place = *state;

	unsetenv("CREDENTIALS_DIRECTORY");
	nftw(place->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	fake_env_free(&place->fake);
	free(place);
	return 0;
}

static const char *path_of(const char *folder, const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void put(const char *folder, const char *name, mode_t mode,
		const char *text)
{
	const char *path = path_of(folder, name);
	FILE *file;

	unlink(path);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
}

/* The known ones, as the files are described in keys.h. */
static void put_all(const char *folder, mode_t mode)
{
	assert_int_equal(mkdir(folder, 0700), 0);
	put(folder, "seal.key", mode, "ed25519 " PUBLIC_ID " " SEAL_HEX "\n");
	put(folder, "seal.pub", 0444, "ed25519 " PUBLIC_ID " " PUBLIC_HEX "\n");
	put(folder, "badge.pepper", mode,
	    "hmac-sha256 01234567 " BADGE_HEX "\n");
	put(folder, "pin.pepper", mode, "hmac-sha256 89abcdef " PIN_HEX "\n");
}

static void expect_hex(const void *data, size_t len, const char *hex)
{
	char text[2 * KEYS_SIGNATURE_SIZE + 1];

	hash_to_hex(data, len, text);
	assert_string_equal(text, hex);
}

static void test_known_keys_do_what_others_do(void **state)
{
	struct place *place = *state;
	uint8_t public[32], hash[HASH_SIZE], signature[KEYS_SIGNATURE_SIZE];
	char pin[HASH_TEXT_SIZE];
	struct keys *keys = NULL;

	put_all(place->keys, 0400);
	assert_int_equal(keys_load(place->keys, &keys), 0);
	assert_string_equal(keys_seal_id(keys), PUBLIC_ID);
	keys_seal_public(keys, public);
	expect_hex(public, sizeof(public), PUBLIC_HEX);
	hash_sha256("abc", 3, hash);
	keys_sign(keys, hash, signature);
	expect_hex(signature, sizeof(signature), SIGNATURE_HEX);
	assert_true(keys_verify(public, hash, signature));
	keys_badge(keys, "em4100:0110185c5b", hash);
	expect_hex(hash, sizeof(hash), BADGE_KEY_HEX);
	keys_pin(keys, "2468", pin);
	assert_string_equal(pin, PIN_KEY_HEX);
	keys_free(keys);
}

/* "printf PUBLIC_HEX | xxd -r -p | sha256sum" says the same, without blanks. */
static void test_a_fingerprint_is_of_the_whole_key(void **state)
{
	char text[KEYS_FINGERPRINT_SIZE], blank_less[HASH_TEXT_SIZE] = "";
	uint8_t public[32], hash[HASH_SIZE];
	size_t len = 0;

	(void)state;
	assert_true(hash_from_hex(PUBLIC_HEX, sizeof(public), public));
	keys_fingerprint(public, text);
	assert_int_equal(strlen(text), 71);
	assert_memory_equal(text, PUBLIC_ID " ", 9);
	for (size_t i = 0; text[i]; i++)
		if (text[i] != ' ')
			blank_less[len++] = text[i];
	hash_sha256(public, sizeof(public), hash);
	expect_hex(hash, sizeof(hash), blank_less);
	public[31] ^= 1;
	keys_fingerprint(public, text);
	assert_memory_not_equal(text, PUBLIC_ID, 8);
}

static void test_every_bit_of_a_signature_counts(void **state)
{
	struct place *place = *state;
	uint8_t public[32], hash[HASH_SIZE], signature[KEYS_SIGNATURE_SIZE];
	struct keys *keys = NULL;

	put_all(place->keys, 0400);
	assert_int_equal(keys_load(place->keys, &keys), 0);
	keys_seal_public(keys, public);
	hash_sha256("abc", 3, hash);
	keys_sign(keys, hash, signature);
	for (size_t i = 0; i < sizeof(signature) * 8; i += 7) {
		signature[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_false(keys_verify(public, hash, signature));
		signature[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	hash[31] ^= 1;
	assert_false(keys_verify(public, hash, signature));
	keys_free(keys);
}

static void expect_mode(const char *folder, const char *name, mode_t mode)
{
	struct stat found;

	assert_int_equal(lstat(path_of(folder, name), &found), 0);
	assert_int_equal(found.st_mode & 07777, mode);
}

static void test_made_keys_come_back(void **state)
{
	struct place *place = *state;
	uint8_t hash[HASH_SIZE], first[KEYS_SIGNATURE_SIZE],
		second[KEYS_SIGNATURE_SIZE];
	struct keys *made = NULL, *loaded = NULL, *other = NULL;

	umask(0);
	assert_int_equal(keys_create(place->keys, &place->fake.random, &made),
			 0);
	expect_mode(place->keys, ".", 0700);
	expect_mode(place->keys, "seal.key", 0400);
	expect_mode(place->keys, "badge.pepper", 0400);
	expect_mode(place->keys, "pin.pepper", 0400);
	assert_int_equal(keys_load(place->keys, &loaded), 0);
	hash_sha256("x", 1, hash);
	keys_sign(made, hash, first);
	keys_sign(loaded, hash, second);
	assert_memory_equal(first, second, sizeof(first));
	assert_int_equal(keys_create(place->keys, &place->fake.random, &other),
			 -EEXIST);
	assert_null(other);
	keys_free(loaded);
	keys_free(made);
}

static void test_never_over_a_part_of_old_ones(void **state)
{
	static const char *const names[] = { "seal.key", "badge.pepper",
					     "pin.pepper", "seal.pub" };
	struct place *place = *state;
	struct keys *keys = NULL;

	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(mkdir(place->keys, 0700), 0);
		put(place->keys, names[i], 0400, "something");
		assert_int_equal(keys_create(place->keys, &place->fake.random,
					     &keys),
				 -EEXIST);
		unlink(path_of(place->keys, names[i]));
		assert_int_equal(rmdir(place->keys), 0);
	}
	assert_null(keys);
}

/* Cut off at each step: before any has its name, it is begun anew; after the
 * first has, it is gone through with. */
static void test_a_creation_that_was_cut_off(void **state)
{
	static const char *const names[] = { "seal.pub", "seal.key",
					     "badge.pepper", "pin.pepper" };
	struct place *place = *state;
	struct keys *made = NULL, *found = NULL;

	for (size_t named = 0; named < 4; named++) {
		assert_int_equal(keys_create(place->keys, &place->fake.random,
					     &made),
				 0);
		for (size_t i = named; i < 4; i++) {
			char temp[32], kept[200];

			snprintf(temp, sizeof(temp), ".%s.new", names[i]);
			snprintf(kept, sizeof(kept), "%s",
				 path_of(place->keys, temp));
			rename(path_of(place->keys, names[i]), kept);
		}
		if (!named) {
			assert_int_equal(keys_load(place->keys, &found),
					 KEYS_E_NONE);
			made = keys_free(made);
			assert_int_equal(keys_create(place->keys,
						     &place->fake.random,
						     &made),
					 0);
		}
		assert_int_equal(keys_load(place->keys, &found), 0);
		assert_string_equal(keys_seal_id(found), keys_seal_id(made));
		found = keys_free(found);
		made = keys_free(made);
		for (size_t i = 0; i < 4; i++)
			unlink(path_of(place->keys, names[i]));
		assert_int_equal(rmdir(place->keys), 0); /* nothing is left */
	}
}

static void test_none_and_some(void **state)
{
	static const char *const names[] = { "seal.key", "badge.pepper",
					     "pin.pepper", "seal.pub" };
	struct place *place = *state;
	struct keys *keys = NULL;

	assert_int_equal(keys_load(place->keys, &keys), KEYS_E_NONE);
	assert_int_equal(mkdir(place->keys, 0700), 0);
	assert_int_equal(keys_load(place->keys, &keys), KEYS_E_NONE);
	assert_int_equal(rmdir(place->keys), 0);
	put_all(place->keys, 0400);
	for (size_t i = 0; i < 4; i++) {
		char kept[200];

		snprintf(kept, sizeof(kept), "%s/kept", place->folder);
		rename(path_of(place->keys, names[i]), kept);
		assert_int_equal(keys_load(place->keys, &keys), KEYS_E_PARTLY);
		rename(kept, path_of(place->keys, names[i]));
	}
	assert_null(keys);
}

static void test_what_others_may_read_is_bad(void **state)
{
	struct place *place = *state;
	struct keys *keys = NULL;

	put_all(place->keys, 0400);
	chmod(path_of(place->keys, "pin.pepper"), 0440);
	assert_int_equal(keys_load(place->keys, &keys), KEYS_E_BAD);
	chmod(path_of(place->keys, "pin.pepper"), 0404);
	assert_int_equal(keys_load(place->keys, &keys), KEYS_E_BAD);
	chmod(path_of(place->keys, "pin.pepper"), 0400);
	chmod(place->keys, 0750);
	assert_int_equal(keys_load(place->keys, &keys), KEYS_E_BAD);
	chmod(place->keys, 0700);
	assert_int_equal(keys_load(place->keys, &keys), 0);
	keys_free(keys);
}

static void test_links_are_not_followed(void **state)
{
	struct place *place = *state;
	struct keys *keys = NULL;

	put_all(place->keys, 0400);
	put(place->folder, "real", 0400,
	    "ed25519 " PUBLIC_ID " " SEAL_HEX "\n");
	unlink(path_of(place->keys, "seal.key"));
	assert_int_equal(symlink("../real", path_of(place->keys, "seal.key")),
			 0);
	assert_int_equal(keys_load(place->keys, &keys), KEYS_E_BAD);
}

static void test_damaged_files(void **state)
{
	static const char *const damaged[] = {
		"",
		"\n",
		"ed25519",
		"ed25519 " PUBLIC_ID,
		"ed25519 " PUBLIC_ID " ",
		"ed25519 " PUBLIC_ID " 00",
		"ed25519 0000000 " SEAL_HEX "\n",
		"ed25519 00000000 " SEAL_HEX "\n", /* not the key's id */
		"hmac-sha256 " PUBLIC_ID " " SEAL_HEX "\n",
		"ed25519 " PUBLIC_ID " " SEAL_HEX "0\n",
		"ed25519 " PUBLIC_ID " " SEAL_HEX " more\n",
		"ed25519 " PUBLIC_ID " " SEAL_HEX "\nmore\n",
		"ed25519 " PUBLIC_ID " " BADGE_HEX "\n", /* another key */
		"ed25519ed25519ed25519 " PUBLIC_ID " " SEAL_HEX "\n",
	};
	struct place *place = *state;
	struct keys *keys = NULL;

	put_all(place->keys, 0400);
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		put(place->keys, "seal.key", 0400, damaged[i]);
		assert_int_equal(keys_load(place->keys, &keys), KEYS_E_BAD);
	}
	put(place->keys, "seal.key", 0400,
	    "ed25519 " PUBLIC_ID " " SEAL_HEX "\n");
	put(place->keys, "seal.pub", 0444,
	    "ed25519 " PUBLIC_ID " " BADGE_HEX "\n");
	assert_int_equal(keys_load(place->keys, &keys), KEYS_E_BAD);
	assert_null(keys);
}

static void test_credentials_come_first(void **state)
{
	struct place *place = *state;
	struct keys *keys = NULL, *made = NULL;

	put_all(place->credentials, 0440); /* as systemd's ACL looks */
	assert_int_equal(keys_create(place->keys, &place->fake.random, &made),
			 0);
	setenv("CREDENTIALS_DIRECTORY", place->credentials, 1);
	assert_int_equal(keys_load(place->keys, &keys), 0);
	assert_string_equal(keys_seal_id(keys), PUBLIC_ID);
	keys = keys_free(keys);
	unlink(path_of(place->credentials, "pin.pepper"));
	assert_int_equal(keys_load(place->keys, &keys), KEYS_E_PARTLY);
	unlink(path_of(place->credentials, "badge.pepper"));
	unlink(path_of(place->credentials, "seal.key"));
	assert_int_equal(keys_load(place->keys, &keys), 0);
	assert_string_equal(keys_seal_id(keys), keys_seal_id(made));
	keys_free(keys);
	keys_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_known_keys_do_what_others_do, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_a_fingerprint_is_of_the_whole_key, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_every_bit_of_a_signature_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_made_keys_come_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			test_never_over_a_part_of_old_ones, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_a_creation_that_was_cut_off, setup, teardown),
		cmocka_unit_test_setup_teardown(test_none_and_some, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			test_what_others_may_read_is_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_links_are_not_followed,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged_files, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_credentials_come_first,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
