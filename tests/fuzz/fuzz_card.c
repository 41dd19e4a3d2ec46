/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What chip cards tell: records cut anywhere, elements, certificates and
 * signatures. The first byte says which. No bytes prove anything: no key signs
 * here.
 */
#include "reader/badge.h"
#include "reader/piv_codec.h"
#include "util/reader_name.h"

#include "fuzz.h"

#include <stdio.h>
#include <string.h>

const int fuzz_variants = 20000;

/* The same, in whatever pieces; what was read says how long it is. */
static void card_records(const uint8_t *data, size_t size)
{
	struct card_record record = { .len = 0 };
	size_t len, whole = 0;

	for (size_t i = 0; i < size; i++) {
		if (card_read(&record, data[i]) != CARD_RECORD)
			continue;
		card_body(&record, &len);
		FUZZ_HOLDS(len <= DRIVER_CARD_MOST);
		FUZZ_HOLDS(i + 1 >= whole + len + DRIVER_CARD_HEAD);
		FUZZ_HOLDS(!memcmp(card_body(&record, &len), data + i + 1 - len,
				   len));
		whole = i + 1;
	}
}

static void card_elements(const uint8_t *data, size_t size)
{
	struct cursor value;

	if (!size || !card_find(data + 1, size - 1, data[0], &value))
		return;
	FUZZ_HOLDS((data[0] & 0x1f) != 0x1f);
	FUZZ_HOLDS(value.data >= data + 1 &&
		   value.data + value.len <= data + size);
	FUZZ_HOLDS(!value.len || value.data > data + 1);
}

/* What is said has its length where ISO 7816-4 wants it. */
static void card_commands(const uint8_t *data, size_t size)
{
	uint8_t apdu[DRIVER_CARD_MOST];
	size_t len;

	if (size > UINT8_MAX)
		size = UINT8_MAX;
	len = card_put_select(data, size, apdu);
	FUZZ_HOLDS(len == (size ? 6 + size : 5));
	FUZZ_HOLDS(!size || (apdu[4] == size && !memcmp(apdu + 5, data, size)));
	len = piv_put_get_certificate(apdu);
	FUZZ_HOLDS(len == 11 && apdu[4] == 5);
	if (size == 2)
		card_is_selected((uint16_t)(data[0] << 8 | data[1]));
}

/* Two halves: of a certificate, and of what is to prove that it is its own. */
static void card_proof(const uint8_t *data, size_t size)
{
	const uint8_t digest[HASH_SIZE] = { 1, 2, 3 };
	uint8_t hash[HASH_SIZE], apdu[DRIVER_CARD_MOST];
	struct public_key *key = NULL;
	char id[BADGE_ID_SIZE];
	size_t parts = 0;

	if (piv_read_certificate(data, size, &key) != PIV_CERTIFICATE) {
		FUZZ_HOLDS(!key);
		return;
	}
	FUZZ_HOLDS(public_key_kind(key) != PUBLIC_KEY_OTHER);
	while (piv_put_challenge(public_key_kind(key), digest, parts, apdu))
		parts++;
	FUZZ_HOLDS(parts ==
		   (public_key_kind(key) == PUBLIC_KEY_RSA_2048 ? 2 : 1));
	FUZZ_HOLDS(!piv_is_proof(key, digest, data, size));
	FUZZ_HOLDS(!public_key_verifies(key, digest, data, size));
	public_key_hash(key, hash);
	badge_name_key(hash, id);
	FUZZ_HOLDS(strlen(id) == strlen("piv:") + 2 * HASH_SIZE);
	public_key_free(key);
}

static void card_names(const uint8_t *data, size_t size)
{
	char id[BADGE_ID_SIZE], name[READER_NAME_MAX + 1] = "";
	char list[2 * sizeof(name)] = ""; /* of two */
	const char *found = NULL;

	if (badge_name_uid(data, size, 40, id))
		FUZZ_HOLDS(strlen(id) < BADGE_ID_SIZE && strchr(id, ':'));
	memcpy(name, data, size < READER_NAME_MAX ? size : READER_NAME_MAX);
	snprintf(list, sizeof(list) - 1, "%s%cDesk 00 00", name, 0);
	FUZZ_HOLDS(reader_name_fits(name, name));
	FUZZ_HOLDS(!*name || reader_name_find(name, list, &found) >= 1);
	FUZZ_HOLDS(!reader_name_is(name) || found == list);
	card_is_memory(data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parts[])(const uint8_t *data, size_t size) = {
		card_records, card_elements, card_proof, card_names,
		card_commands
	};

	if (size)
		parts[data[0] % 5](data + 1, size - 1);
	return 0;
}
