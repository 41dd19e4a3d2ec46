/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exported journals and archived segments, as "tillctl journal verify" reads
 * them. Files follow each other with a line "--" between them; the first byte
 * says how they are cut into parts. None that was bent is sound: of what comes
 * in, all was exported, or the seals of a key are needed.
 */
#include "cli/proof.h"
#include "util/json.h"
#include "util/log.h"

#include "fuzz.h"

#include <string.h>

const int fuzz_variants = 3000;

static void journal_feed(struct proof *proof, const uint8_t *data, size_t size,
			 size_t part)
{
	for (size_t at = 0; at < size; at += part)
		proof_feed(proof, data + at,
			   size - at < part ? size - at : part);
}

/* The key that it says it is sealed by, as somebody expects it. */
static bool journal_find_own(const uint8_t *data, size_t size,
			     uint8_t out_public[PROOF_KEY_SIZE])
{
	static const char name[] = "\"public\":\"";
	const uint8_t *at = memmem(data, size, name, sizeof(name) - 1);
	char hex[2 * PROOF_KEY_SIZE + 1] = "";

	if (!at || (size_t)(data + size - at) < sizeof(name) + sizeof(hex))
		return false;
	memcpy(hex, at + sizeof(name) - 1, sizeof(hex) - 1);
	return hex[0] != '/' && hex[0] != '.' &&
	       proof_read_key(hex, out_public);
}

static struct journal_verdict journal_read_all(const uint8_t *data, size_t size,
					       size_t part)
{
	uint8_t own[PROOF_KEY_SIZE];
	bool expects = part & 1 && journal_find_own(data, size, own);
	struct proof *proof = proof_new(expects ? own : NULL);
	struct journal_verdict verdict;
	const uint8_t *next;

	while ((next = memmem(data, size, "\n--\n", 4))) {
		journal_feed(proof, data, (size_t)(next - data) + 1, part);
		proof_next(proof);
		size -= (size_t)(next - data) + 4;
		data = next + 4;
	}
	journal_feed(proof, data, size, part);
	verdict = proof_end(proof);
	proof_free(proof);
	return verdict;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct journal_verdict whole, parts;
	uint8_t public[PROOF_KEY_SIZE];
	char key[256];

	if (!size)
		return 0;
	whole = journal_read_all(data + 1, size - 1, size);
	parts = journal_read_all(data + 1, size - 1, 1 + data[0]);
	FUZZ_HOLDS(whole.fault == parts.fault && whole.line == parts.line &&
		   whole.entries == parts.entries);
	FUZZ_HOLDS(whole.entries >= 0 && whole.seals >= 0);
	FUZZ_HOLDS(journal_fault_text(whole.fault));
	json_decref(proof_tell(&whole));
	snprintf(key, sizeof(key), "%.*s", (int)(size - 1), data + 1);
	if (key[0] != '/' && key[0] != '.')
		proof_read_key(key, public);
	return 0;
}
